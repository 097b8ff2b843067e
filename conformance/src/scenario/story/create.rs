//! What was created or changed is what is seen afterwards.

use std::time::Duration;

use etalon_contract::behaviour::{Action, Effect, shape};
use etalon_contract::codec::Response;
use etalon_contract::model::{Contract, In, Operation, Route};
use serde_json::Value;

use crate::judge::limit::said;
use crate::judge::story::{self, Echo, Location, Seen};
use crate::plan::roles;
use crate::scenario::acting::Acting;
use crate::scenario::answer;
use crate::scenario::echo::comparison;
use crate::scenario::list_filters;
use crate::scenario::pages;
use crate::scenario::path_values::{self, Created};
use crate::scenario::setup::{Authorization, Certainty, Setup};
use crate::scenario::story::{created_key, key_of};
use crate::transcript::{Exchange, Pending, Role};

/// The time that a list may lag behind before it is looked at once more.
const LAG: Duration = Duration::from_millis(500);

/// The story that a created item is found by reading it.
pub(super) fn is_read<'s>(setup: &mut Setup<'s>, context: &Acting<'s>) -> Result<Seen<'s>, Pending> {
    // In a place of its own, where one can be made: not in the one that all others are in.
    let place = match path_values::fresh_place(setup, context.operation, None) {
        Ok(place) if !context.collection.scope.is_empty() => place,
        Ok(_) | Err(Pending::Verdict(_)) => Vec::new(),
        Err(pending) => return Err(pending),
    };
    let created = path_values::create(setup, (context.operation, context.effect), context.operation, &place)?;
    let key = created_key(&created, context.operation)?;
    let (reader, effect) = context.with_action(&[Action::Read])?;
    let pinned = item_path(setup, context.operation, reader, &created, &key);
    let answer = &look(setup, reader, &pinned, Role::Tested)?.response;
    let item = answer::item(effect, answer);
    let found = item.and_then(|item| {
        let called = |item: &Value| item.as_object().is_some_and(|members| members.values().any(|value| *value == key));
        let own = if created.is_called && called(&item) { Some(&key) } else { context.collection.key.get(&item) };
        own.map(answer::text)
    });
    Ok(Seen::Read { creator: &context.operation.id, reader: &reader.id, key: answer::text(&key), answer, found })
}

/// The story that a created item is in the list, at once or a little later.
pub(super) fn is_listed<'s>(setup: &mut Setup<'s>, context: &Acting<'s>) -> Result<Seen<'s>, Pending> {
    let created = path_values::create(setup, (context.operation, context.effect), context.operation, &[])?;
    let key = key_of(&created, context.operation)?;
    let (lister, effect) = context.with_action(&[Action::List])?;
    let scope = path_values::carry(&context.operation.path, &created.scope, &lister.path);
    let filters = list_filters::showing(setup, (lister, effect), context.operation, &[&created]);
    let mut listing = pages::all(setup, (lister, effect), &scope, &filters, None, Role::Tested)?.listing;
    let missing = story::is_listed(&listing, &key).is_none();
    let same = || shows_the_same(context.session.contract, (context.operation, context.effect), (lister, effect));
    if missing && !same() && !is_found(setup, context, &created, &key)? {
        return Err(Pending::inconclusive(format!(
            "{} answers with another kind of item than {} lists, and its key leads to none of these",
            context.operation.id, lister.id
        )));
    }
    let may_lag = match setup.inputs.certainty {
        Certainty::Full => story::is_listed(&listing, &key).is_none(),
        Certainty::Recheck => false,
    };
    if may_lag {
        setup.transcript.wait(LAG)?;
        listing = pages::all(setup, (lister, effect), &scope, &filters, None, Role::Tested)?.listing;
    }
    Ok(Seen::Listed { creator: &context.operation.id, lister: &lister.id, key, listing, doubt: filters.doubt })
}

/// True where an operation answers with the same kind of item as a list has, by the schemas of the two.
pub(super) fn shows_the_same(
    contract: &Contract,
    (creator, effect): (&Operation, &Effect),
    (lister, theirs): (&Operation, &Effect),
) -> bool {
    let shown = |operation: &Operation, effect: &Effect| {
        let content = operation.success()?.content.first()?;
        shape::within(contract, content.schema.as_ref()?, effect.returned.as_ref()?)
    };
    let listed = shown(lister, theirs).and_then(|at| shape::items(contract, &at));
    match (shown(creator, effect), listed) {
        (Some(made), Some(listed)) => shape::target(contract, &made) == shape::target(contract, &listed),
        // Nothing says that they differ.
        (None, _) | (_, None) => true,
    }
}

/// True where a created item is found by its key.
fn is_found(setup: &mut Setup<'_>, context: &Acting<'_>, created: &Created<'_>, key: &str) -> Result<bool, Pending> {
    let Ok((reader, _)) = context.with_action(&[Action::Read]) else { return Ok(false) };
    let pinned = item_path(setup, context.operation, reader, created, &Value::String(key.to_owned()));
    Ok(look(setup, reader, &pinned, Role::Prepare)?.accepted())
}

/// The story that the answer of a creation has the values that were sent.
pub(super) fn is_returned<'s>(setup: &mut Setup<'s>, context: &Acting<'s>) -> Result<Seen<'s>, Pending> {
    let created = path_values::create(setup, (context.operation, context.effect), context.operation, &[])?;
    let item = item(context.effect, &created.exchange.response)?;
    let comparison = comparison(context, created.draft.body_value(), &item);
    Ok(Seen::Returned { echo: Echo::Returned, comparison })
}

/// The story that a changed item is read as changed.
pub(super) fn changed_is_read<'s>(setup: &mut Setup<'s>, context: &Acting<'s>) -> Result<Seen<'s>, Pending> {
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
        return Err(not_accepted(context.operation, &changed.response));
    }
    let Ok((reader, effect)) = context.with_action(&[Action::Read]) else {
        let item = item(context.effect, &changed.response)?;
        let comparison = comparison(context, draft.body_value(), &item);
        return Ok(Seen::Returned { echo: Echo::Returned, comparison });
    };
    let pinned = path_values::carry(&context.operation.path, &origin.path(), &reader.path);
    let read = look(setup, reader, &pinned, Role::Tested)?;
    if !read.accepted() {
        return Err(not_accepted(reader, &read.response));
    }
    let item = item(effect, &read.response)?;
    let comparison = comparison(context, draft.body_value(), &item);
    Ok(Seen::Returned { echo: Echo::Read, comparison })
}

fn not_accepted(operation: &Operation, answer: &Response) -> Pending {
    Pending::inconclusive(format!("{} was answered {}", operation.id, said(answer)))
}

fn item(effect: &Effect, answer: &Response) -> Result<Value, Pending> {
    answer::item(effect, answer).ok_or_else(|| Pending::inconclusive("the answer holds no item"))
}

/// The `Location` of what was created leads to it.
pub(super) fn location_leads_to_it<'s>(setup: &mut Setup<'s>, context: &Acting<'s>) -> Result<Seen<'s>, Pending> {
    let created = path_values::create(setup, (context.operation, context.effect), context.operation, &[])?;
    let response = &created.exchange.response;
    let Some(location) = response.headers.get("location") else {
        return Ok(Seen::Location(Location::Absent(response.status)));
    };
    let session = setup.session;
    let Some((item, effect)) = roles::item(session.contract, session.behaviour, context.index) else {
        return Err(Pending::unreachable("the contract has no operation on a single item"));
    };
    let target = answer::resolve(&created.exchange.request.target, location);
    if !is_mounted(setup, item, &target) {
        let why = format!("{location} leads to a path that neither the contract nor the URL has");
        return Err(Pending::inconclusive(why));
    }
    let Some(captures) = answer::route(session, item, &target) else {
        return Err(Pending::inconclusive(format!("the contract has no path for {location}")));
    };
    let led = effect.key_parameter.as_ref().and_then(|name| captures.iter().find(|(known, _)| known == name));
    if let (Some((_, led)), Some(key)) = (led, created.key.as_ref().map(answer::text))
        && *led != key
    {
        return Ok(Seen::Location(Location::Another { led: led.clone(), key }));
    }
    let pinned: Vec<(String, Value)> = captures.into_iter().map(|(name, text)| (name, Value::String(text))).collect();
    let answer = &look(setup, item, &pinned, Role::Tested)?.response;
    Ok(Seen::Location(Location::Followed { location, item: &item.id, answer }))
}

/// True where a target is one of the operation as it stands, or below the path that the base URL has.
fn is_mounted(setup: &Setup<'_>, item: &Operation, target: &str) -> bool {
    let session = setup.session;
    let leads = |target: &str| {
        let path = target.split('?').next().unwrap_or("");
        let route = session.contract.route(item.method.as_str(), path);
        matches!(route, Route::Found { operation, .. } if operation == item.index)
    };
    let prefix = session.knowledge.borrow().prefix.clone();
    leads(target) || target.strip_prefix(prefix.as_str()).is_some_and(leads)
}

/// Sends a valid request without optional parts to an item's operation.
pub(in crate::scenario) fn look<'r>(
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

/// The path parameters of an operation on the item that was created.
pub(in crate::scenario) fn item_path(
    setup: &Setup<'_>,
    creator: &Operation,
    item: &Operation,
    created: &Created<'_>,
    key: &Value,
) -> Vec<(String, Value)> {
    let name = setup.effect(item).and_then(|effect| effect.key_parameter.clone());
    let mut pinned = path_values::carry(&creator.path, &created.scope, &item.path);
    pinned.retain(|(known, _)| Some(known) != name.as_ref());
    let known_by = |name: &str| created.key_for(setup.session, item, name).unwrap_or_else(|| key.clone());
    pinned.extend(name.map(|name| (name.clone(), known_by(&name))));
    pinned
}
