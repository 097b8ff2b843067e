//! What was created or changed is what is seen afterwards.

use std::time::Duration;

use etalon_contract::behaviour::{Action, shape};
use etalon_contract::document::Pointer;
use etalon_contract::model::{Direction, In, Operation};
use etalon_contract::validate;
use serde_json::Value;

use crate::judge::limit::said;
use crate::judge::status::{Class, class};
use crate::plan::roles;
use crate::scenario::answer;
use crate::scenario::compare::{Difference, differences};
use crate::scenario::list_filters;
use crate::scenario::pages::{self, WalkEnd};
use crate::scenario::path_values::{self, Created};
use crate::scenario::setup::{Authorization, Certainty, Setup};
use crate::scenario::story::{KEYLESS, StoryContext, key_of};
use crate::transcript::{Exchange, Pending, Role};
use crate::verdict::{FailureKind, Verdict};

/// How long a list may lag behind before it is looked at once more.
const LAG: Duration = Duration::from_millis(500);

/// What was created is found by reading it.
pub fn is_read(setup: &mut Setup<'_>, context: &StoryContext<'_>) -> Result<Verdict, Pending> {
    let created = path_values::create(setup, (context.operation, context.effect), context.operation, &[])?;
    let key = key_of(&created, context.operation)?;
    let (reader, effect) = context.with_action(setup, &[Action::Read])?;
    let read = read(setup, context, reader, &created, &key)?;
    let status = read.response.status;
    Ok(match class(status) {
        Class::Success => {
            let found =
                answer::item(effect, &read.response).and_then(|item| context.collection.key.get(&item).cloned());
            match found {
                Some(found) if !answer::same(&found, &key) => Verdict::violated(
                    FailureKind::State("another item is read"),
                    format!("{} returns what was created, with the key {}", reader.id, answer::text(&key)),
                    format!("it returns an item with the key {}", answer::text(&found)),
                ),
                Some(_) | None => Verdict::proved(),
            }
        }
        Class::Missing => Verdict::violated(
            FailureKind::State("what was created is not found"),
            format!("{} returns what {} created", reader.id, context.operation.id),
            said(&read.response),
        ),
        Class::Redirect
        | Class::Invalid
        | Class::Credentials
        | Class::Conflict
        | Class::Protocol
        | Class::Busy
        | Class::Server
        | Class::Odd => Verdict::Inconclusive(format!("{} was answered {}", reader.id, said(&read.response))),
    })
}

/// What was created is in the list.
pub fn is_listed(setup: &mut Setup<'_>, context: &StoryContext<'_>) -> Result<Verdict, Pending> {
    let created = path_values::create(setup, (context.operation, context.effect), context.operation, &[])?;
    let key = key_of(&created, context.operation)?;
    let (lister, effect) = context.with_action(setup, &[Action::List])?;
    let scope = path_values::carry(&context.operation.path, &created.scope, &lister.path);
    let filters = list_filters::showing(setup, (lister, effect), context.operation, &[&created]);
    let looks: &[Last] = match setup.inputs.certainty {
        Certainty::Full => &[Last::No, Last::Yes],
        Certainty::Recheck => &[Last::Yes],
    };
    for last in looks.iter().copied() {
        let walk = pages::all(setup, (lister, effect), &scope, &filters, None, Role::Tested)?;
        if walk.times(&key) > 0 {
            return Ok(Verdict::proved());
        }
        if walk.keyless {
            return Ok(Verdict::inconclusive(KEYLESS));
        }
        match (walk.end, last) {
            (WalkEnd::Bound, _) => return Ok(Verdict::inconclusive("the list has more pages than are looked at")),
            (WalkEnd::Unmarked, _) if walk.pages.len() > 1 || !walk.pages.concat().is_empty() => {
                return Ok(Verdict::inconclusive("the list does not show whether it has further pages"));
            }
            (_, Last::No) => setup.transcript.wait(LAG)?,
            (_, Last::Yes) => {}
        }
    }
    if let Some(name) = filters.doubt {
        return Ok(Verdict::Inconclusive(format!(
            "{} has to be asked for a {name}, and nothing tells which",
            lister.id
        )));
    }
    Ok(Verdict::violated(
        FailureKind::State("what was created is not listed"),
        format!("{} lists what {} created", lister.id, context.operation.id),
        format!("no page holds the key {}", answer::text(&key)),
    ))
}

/// Whether a look is the last one.
#[derive(Clone, Copy)]
enum Last {
    No,
    Yes,
}

/// What was sent is what comes back.
pub fn is_returned(setup: &mut Setup<'_>, context: &StoryContext<'_>) -> Result<Verdict, Pending> {
    let created = path_values::create(setup, (context.operation, context.effect), context.operation, &[])?;
    let Some(item) = answer::item(context.effect, &created.exchange.response) else {
        return Ok(Verdict::inconclusive("the answer holds no item"));
    };
    Ok(compare(setup, context, created.draft.body_value(), &item, "returned"))
}

/// What was changed is read as changed.
pub fn changed_is_read(setup: &mut Setup<'_>, context: &StoryContext<'_>) -> Result<Verdict, Pending> {
    let mut draft = match setup.first_request(context.operation) {
        Some(given) => given,
        None => {
            let mut fresh = setup.fresh();
            setup.valid(context.operation, &mut fresh)?
        }
    };
    let origin = path_values::find(setup, context.operation, &draft, &[])?;
    origin.put(&mut draft, None);
    let request = setup.valid_request(context.operation, &draft, Authorization::Usual)?;
    let changed = setup.send(Role::Prepare, context.operation, request)?;
    if !changed.accepted() {
        return Ok(Verdict::Inconclusive(format!("{} was answered {}", context.operation.id, said(&changed.response))));
    }
    let Ok((reader, effect)) = context.with_action(setup, &[Action::Read]) else {
        let Some(item) = answer::item(context.effect, &changed.response) else {
            return Ok(Verdict::inconclusive("the answer holds no item"));
        };
        return Ok(compare(setup, context, draft.body_value(), &item, "returned"));
    };
    let pinned = path_values::carry(&context.operation.path, &origin.path(), &reader.path);
    let read = look(setup, reader, &pinned, Role::Tested)?;
    if !read.accepted() {
        return Ok(Verdict::Inconclusive(format!("{} was answered {}", reader.id, said(&read.response))));
    }
    let Some(item) = answer::item(effect, &read.response) else {
        return Ok(Verdict::inconclusive("the answer holds no item"));
    };
    Ok(compare(setup, context, draft.body_value(), &item, "read"))
}

/// The `Location` of what was created leads to it.
pub fn location_leads_to_it(setup: &mut Setup<'_>, context: &StoryContext<'_>) -> Result<Verdict, Pending> {
    const EXPECTED: &str = "Location identifies what was created (RFC 9110 §15.3.2)";
    let created = path_values::create(setup, (context.operation, context.effect), context.operation, &[])?;
    let response = &created.exchange.response;
    let Some(location) = response.headers.get("location") else {
        return Ok(if response.status == 201 {
            Verdict::violated(
                FailureKind::Field("location"),
                EXPECTED,
                "201 without Location, though the contract has it",
            )
        } else {
            Verdict::Inconclusive(format!("{} without Location", response.status))
        });
    };
    let Some((item, effect)) = roles::item(setup.session.contract, setup.session.behaviour, context.index) else {
        return Ok(Verdict::unreachable("the contract has no operation on a single item"));
    };
    let target = answer::resolve(&created.exchange.request.target, location);
    let Some(captures) = answer::route(setup.session, item, &target) else {
        return Ok(Verdict::Inconclusive(format!("the contract has no path for {location}")));
    };
    let key = effect.key_parameter.as_ref().and_then(|name| captures.iter().find(|(known, _)| known == name));
    if let (Some((_, led)), Some(key)) = (key, &created.key)
        && *led != answer::text(key)
    {
        let found = format!("it leads to {led}, what was created is {}", answer::text(key));
        return Ok(Verdict::violated(FailureKind::Field("location"), EXPECTED, found));
    }
    let pinned: Vec<(String, Value)> = captures.into_iter().map(|(name, text)| (name, Value::String(text))).collect();
    let led = look(setup, item, &pinned, Role::Tested)?;
    Ok(match class(led.response.status) {
        Class::Success => Verdict::proved(),
        Class::Missing => Verdict::violated(
            FailureKind::State("Location leads nowhere"),
            EXPECTED,
            format!("{location}: {}", said(&led.response)),
        ),
        Class::Redirect
        | Class::Invalid
        | Class::Credentials
        | Class::Conflict
        | Class::Protocol
        | Class::Busy
        | Class::Server
        | Class::Odd => Verdict::Inconclusive(format!("{} was answered {}", item.id, said(&led.response))),
    })
}

/// Sends a valid request without optional parts to an item's operation.
pub fn look<'r>(
    setup: &mut Setup<'r>,
    operation: &Operation,
    pinned: &[(String, Value)],
    role: Role,
) -> Result<&'r Exchange, Pending> {
    let mut fresh = setup.fresh();
    let mut draft = setup.valid(operation, &mut fresh)?;
    draft.parameters.retain(|(place, name, _)| {
        *place == In::Path || operation.parameter(*place, name).is_some_and(|parameter| parameter.required)
    });
    let path = path_values::find(setup, operation, &draft, pinned)?;
    path.put(&mut draft, None);
    let request = setup.valid_request(operation, &draft, Authorization::Usual)?;
    setup.send(role, operation, request)
}

/// Reads what was created.
fn read<'r>(
    setup: &mut Setup<'r>,
    context: &StoryContext<'_>,
    reader: &Operation,
    created: &Created<'_>,
    key: &Value,
) -> Result<&'r Exchange, Pending> {
    let pinned = item_place(setup, context.operation, reader, created, key);
    look(setup, reader, &pinned, Role::Tested)
}

/// The path parameters of an operation on the item that was created.
pub fn item_place(
    setup: &Setup<'_>,
    creator: &Operation,
    item: &Operation,
    created: &Created<'_>,
    key: &Value,
) -> Vec<(String, Value)> {
    let name = setup.effect(item).and_then(|effect| effect.key_parameter.clone());
    let mut pinned = path_values::carry(&creator.path, &created.scope, &item.path);
    pinned.retain(|(known, _)| Some(known) != name.as_ref());
    pinned.extend(name.map(|name| (name, key.clone())));
    pinned
}

/// Compares what was sent with the item that is seen.
fn compare(setup: &Setup<'_>, context: &StoryContext<'_>, sent: Option<&Value>, item: &Value, how: &str) -> Verdict {
    let Some(sent) = sent else { return Verdict::inconclusive("the request has no body to compare with") };
    let mut pairs: Vec<(Pointer, Value, &Value)> = Vec::new();
    match &context.effect.sent {
        Some(data) if context.effect.set.is_empty() => {
            let members = data.get(sent).and_then(Value::as_object).into_iter().flatten();
            pairs.extend(members.filter_map(|(name, value)| {
                let member = Pointer::root().join(name);
                Some((member.clone(), value.clone(), member.get(item)?))
            }));
        }
        Some(_) | None => {
            for (member, place) in roles::pairs(context.effect) {
                if let (Some(sent), Some(back)) = (place.get(sent), member.get(item)) {
                    pairs.push((member, sent.clone(), back));
                }
            }
        }
    }
    // The key is the target's to choose, and what the path says, the body cannot change.
    let in_path: Vec<String> = context.operation.path.parameters().map(shape::plain).collect();
    pairs.retain(|(member, ..)| {
        let name = member.tokens().last().map(|name| shape::plain(&name));
        *member != context.collection.key && !name.is_some_and(|name| in_path.contains(&name))
    });
    let may_come_back = |at: &Pointer, sent: &Value| {
        let mut patched = item.clone();
        context.collection.item.as_ref().is_none_or(|schema| {
            at.put(&mut patched, sent.clone()).is_ok()
                && validate::is_valid(setup.session.contract, schema, Direction::Response, &patched).unwrap_or(false)
        })
    };
    let mut compared = false;
    let mut spelling = None;
    for (member, sent, back) in pairs {
        if std::mem::discriminant(&sent) != std::mem::discriminant(back) && !back.is_null() {
            continue;
        }
        compared = true;
        for difference in differences(&sent, back) {
            match difference {
                Difference::Spelling(at) => spelling = Some(member.append(&at)),
                Difference::Real(at, sent, back) => {
                    let at = member.append(&at);
                    // What the item's schema does not allow cannot come back as it was sent.
                    if may_come_back(&at, &sent) {
                        return Verdict::violated(
                            FailureKind::State("what was sent is not what comes back"),
                            format!("{at} is {how} as it was sent: {sent}"),
                            format!("{at} is {back}"),
                        );
                    }
                }
            }
        }
    }
    match spelling {
        Some(at) => Verdict::Inconclusive(format!("{at} comes back in another spelling")),
        None if compared => Verdict::proved(),
        None => Verdict::inconclusive("the answer shows nothing of what was sent"),
    }
}
