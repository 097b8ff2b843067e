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
use crate::scenario::pages::{self, End};
use crate::scenario::path_values::{self, Created};
use crate::scenario::setup::{Care, Key, Stage};
use crate::scenario::story::{KEYLESS, Tale, key_of};
use crate::transcript::{Exchange, Halt, Role};
use crate::verdict::{Kind, Verdict};

/// How long a list may lag behind before it is looked at once more.
const LAG: Duration = Duration::from_millis(500);

/// What was created is found by reading it.
pub fn is_read(stage: &mut Stage<'_, '_, '_, '_>, tale: &Tale<'_>) -> Result<Verdict, Halt> {
    let created = path_values::create(stage, (tale.operation, tale.effect), tale.operation, &[])?;
    let key = key_of(&created, tale.operation)?;
    let (reader, effect) = tale.acting(stage, &[Action::Read])?;
    let read = read(stage, tale, reader, &created, &key)?;
    let status = read.response.status;
    Ok(match class(status) {
        Class::Success => {
            let found = answer::item(effect, &read.response).and_then(|item| tale.collection.key.get(&item).cloned());
            match found {
                Some(found) if !answer::same(&found, &key) => Verdict::violated(
                    Kind::State("another item is read"),
                    format!("{} returns what was created, with the key {}", reader.id, answer::text(&key)),
                    format!("it returns an item with the key {}", answer::text(&found)),
                ),
                Some(_) | None => Verdict::proved(),
            }
        }
        Class::Missing => Verdict::violated(
            Kind::State("what was created is not found"),
            format!("{} returns what {} created", reader.id, tale.operation.id),
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
pub fn is_listed(stage: &mut Stage<'_, '_, '_, '_>, tale: &Tale<'_>) -> Result<Verdict, Halt> {
    let created = path_values::create(stage, (tale.operation, tale.effect), tale.operation, &[])?;
    let key = key_of(&created, tale.operation)?;
    let (lister, effect) = tale.acting(stage, &[Action::List])?;
    let scope = path_values::carry(&tale.operation.path, &created.scope, &lister.path);
    let narrowing = list_filters::to(stage, (lister, effect), tale.operation, &[&created]);
    let looks: &[Last] = match stage.draw.care {
        Care::Full => &[Last::No, Last::Yes],
        Care::Again => &[Last::Yes],
    };
    for last in looks.iter().copied() {
        let walk = pages::all(stage, (lister, effect), &scope, &narrowing, None, Role::Tested)?;
        if walk.times(&key) > 0 {
            return Ok(Verdict::proved());
        }
        if walk.keyless {
            return Ok(Verdict::inconclusive(KEYLESS));
        }
        match (walk.end, last) {
            (End::Bound, _) => return Ok(Verdict::inconclusive("the list has more pages than are looked at")),
            (End::Unmarked, _) if walk.pages.len() > 1 || !walk.pages.concat().is_empty() => {
                return Ok(Verdict::inconclusive("the list does not show whether it has further pages"));
            }
            (_, Last::No) => stage.talk.wait(LAG)?,
            (_, Last::Yes) => {}
        }
    }
    if let Some(name) = narrowing.doubt {
        return Ok(Verdict::Inconclusive(format!(
            "{} has to be asked for a {name}, and nothing tells which",
            lister.id
        )));
    }
    Ok(Verdict::violated(
        Kind::State("what was created is not listed"),
        format!("{} lists what {} created", lister.id, tale.operation.id),
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
pub fn is_returned(stage: &mut Stage<'_, '_, '_, '_>, tale: &Tale<'_>) -> Result<Verdict, Halt> {
    let created = path_values::create(stage, (tale.operation, tale.effect), tale.operation, &[])?;
    let Some(item) = answer::item(tale.effect, &created.exchange.response) else {
        return Ok(Verdict::inconclusive("the answer holds no item"));
    };
    Ok(compare(stage, tale, created.draft.body_value(), &item, "returned"))
}

/// What was changed is read as changed.
pub fn changed_is_read(stage: &mut Stage<'_, '_, '_, '_>, tale: &Tale<'_>) -> Result<Verdict, Halt> {
    let mut draft = match stage.opening(tale.operation) {
        Some(given) => given,
        None => {
            let mut fresh = stage.fresh();
            stage.valid(tale.operation, &mut fresh)?
        }
    };
    let origin = path_values::find(stage, tale.operation, &draft, &[])?;
    origin.put(&mut draft, None);
    let request = stage.valid_request(tale.operation, &draft, Key::Usual)?;
    let changed = stage.send(Role::Prepare, tale.operation, request)?;
    if !changed.accepted() {
        return Ok(Verdict::Inconclusive(format!("{} was answered {}", tale.operation.id, said(&changed.response))));
    }
    let Ok((reader, effect)) = tale.acting(stage, &[Action::Read]) else {
        let Some(item) = answer::item(tale.effect, &changed.response) else {
            return Ok(Verdict::inconclusive("the answer holds no item"));
        };
        return Ok(compare(stage, tale, draft.body_value(), &item, "returned"));
    };
    let pinned = path_values::carry(&tale.operation.path, &origin.path(), &reader.path);
    let read = look(stage, reader, &pinned, Role::Tested)?;
    if !read.accepted() {
        return Ok(Verdict::Inconclusive(format!("{} was answered {}", reader.id, said(&read.response))));
    }
    let Some(item) = answer::item(effect, &read.response) else {
        return Ok(Verdict::inconclusive("the answer holds no item"));
    };
    Ok(compare(stage, tale, draft.body_value(), &item, "read"))
}

/// The `Location` of what was created leads to it.
pub fn location_leads_to_it(stage: &mut Stage<'_, '_, '_, '_>, tale: &Tale<'_>) -> Result<Verdict, Halt> {
    const EXPECTED: &str = "Location identifies what was created (RFC 9110 §15.3.2)";
    let created = path_values::create(stage, (tale.operation, tale.effect), tale.operation, &[])?;
    let response = &created.exchange.response;
    let Some(location) = response.headers.get("location") else {
        return Ok(if response.status == 201 {
            Verdict::violated(Kind::Field("location"), EXPECTED, "201 without Location, though the contract has it")
        } else {
            Verdict::Inconclusive(format!("{} without Location", response.status))
        });
    };
    let Some((item, effect)) = roles::item(stage.scene.contract, stage.scene.behaviour, tale.index) else {
        return Ok(Verdict::unreachable("the contract has no operation on a single item"));
    };
    let target = answer::resolve(&created.exchange.request.target, location);
    let Some(captures) = answer::route(stage.scene, item, &target) else {
        return Ok(Verdict::Inconclusive(format!("the contract has no path for {location}")));
    };
    let key = effect.key_parameter.as_ref().and_then(|name| captures.iter().find(|(known, _)| known == name));
    if let (Some((_, led)), Some(key)) = (key, &created.key)
        && *led != answer::text(key)
    {
        let found = format!("it leads to {led}, what was created is {}", answer::text(key));
        return Ok(Verdict::violated(Kind::Field("location"), EXPECTED, found));
    }
    let pinned: Vec<(String, Value)> = captures.into_iter().map(|(name, text)| (name, Value::String(text))).collect();
    let led = look(stage, item, &pinned, Role::Tested)?;
    Ok(match class(led.response.status) {
        Class::Success => Verdict::proved(),
        Class::Missing => Verdict::violated(
            Kind::State("Location leads nowhere"),
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
    stage: &mut Stage<'_, '_, '_, 'r>,
    operation: &Operation,
    pinned: &[(String, Value)],
    role: Role,
) -> Result<&'r Exchange, Halt> {
    let mut fresh = stage.fresh();
    let mut draft = stage.valid(operation, &mut fresh)?;
    draft.parameters.retain(|(place, name, _)| {
        *place == In::Path || operation.parameter(*place, name).is_some_and(|parameter| parameter.required)
    });
    let place = path_values::find(stage, operation, &draft, pinned)?;
    place.put(&mut draft, None);
    let request = stage.valid_request(operation, &draft, Key::Usual)?;
    stage.send(role, operation, request)
}

/// Reads what was created.
fn read<'r>(
    stage: &mut Stage<'_, '_, '_, 'r>,
    tale: &Tale<'_>,
    reader: &Operation,
    created: &Created<'_>,
    key: &Value,
) -> Result<&'r Exchange, Halt> {
    let pinned = item_place(stage, tale.operation, reader, created, key);
    look(stage, reader, &pinned, Role::Tested)
}

/// The path parameters of an operation on the item that was created.
pub fn item_place(
    stage: &Stage<'_, '_, '_, '_>,
    creator: &Operation,
    item: &Operation,
    created: &Created<'_>,
    key: &Value,
) -> Vec<(String, Value)> {
    let name = stage.effect(item).and_then(|effect| effect.key_parameter.clone());
    let mut pinned = path_values::carry(&creator.path, &created.scope, &item.path);
    pinned.retain(|(known, _)| Some(known) != name.as_ref());
    pinned.extend(name.map(|name| (name, key.clone())));
    pinned
}

/// Compares what was sent with the item that is seen.
fn compare(stage: &Stage<'_, '_, '_, '_>, tale: &Tale<'_>, sent: Option<&Value>, item: &Value, how: &str) -> Verdict {
    let Some(sent) = sent else { return Verdict::inconclusive("the request has no body to compare with") };
    let mut pairs: Vec<(Pointer, Value, &Value)> = Vec::new();
    match &tale.effect.sent {
        Some(data) if tale.effect.set.is_empty() => {
            let members = data.get(sent).and_then(Value::as_object).into_iter().flatten();
            pairs.extend(members.filter_map(|(name, value)| {
                let member = Pointer::root().join(name);
                Some((member.clone(), value.clone(), member.get(item)?))
            }));
        }
        Some(_) | None => {
            for (member, place) in roles::pairs(tale.effect) {
                if let (Some(sent), Some(back)) = (place.get(sent), member.get(item)) {
                    pairs.push((member, sent.clone(), back));
                }
            }
        }
    }
    // The key is the target's to choose, and what the path says, the body cannot change.
    let in_path: Vec<String> = tale.operation.path.parameters().map(shape::plain).collect();
    pairs.retain(|(member, ..)| {
        let name = member.tokens().last().map(|name| shape::plain(&name));
        *member != tale.collection.key && !name.is_some_and(|name| in_path.contains(&name))
    });
    let may_come_back = |at: &Pointer, sent: &Value| {
        let mut patched = item.clone();
        tale.collection.item.as_ref().is_none_or(|schema| {
            at.put(&mut patched, sent.clone()).is_ok()
                && validate::is_valid(stage.scene.contract, schema, Direction::Response, &patched).unwrap_or(false)
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
                            Kind::State("what was sent is not what comes back"),
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
