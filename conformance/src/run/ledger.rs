//! The ledger of a run: what it is about to make, written before the request goes out, and how each of it is removed again.
//! Its lines are JSON; `docs/harmless.md` describes them.

use etalon_contract::behaviour::shape::singular;
use etalon_contract::behaviour::{Action, Effect};
use etalon_contract::codec::{Draft, Request};
use etalon_contract::generate::{self, Numbers};
use etalon_contract::model::{In, Operation, Piece, Route};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::knowledge::{KeySource, KnownKey, Origin};
use crate::plan::roles;
use crate::scenario::setup::{Authorization, write};
use crate::scenario::{answer, carry, is_unlikely};
use crate::session::Session;
use crate::transcript::Exchange;

/// The placeholder for a key that is not known yet, in the target of a removal.
pub(crate) const KEY: &str = "etalonkeyhere";

/// True where a request may make something: it goes into the ledger first.
#[must_use]
pub(crate) fn may_make(session: Session<'_>, operation: Option<usize>, request: &Request) -> bool {
    let effect = operation.and_then(|index| session.behaviour.effects.get(index));
    match effect.map(|effect| effect.action) {
        Some(Action::Create | Action::Upsert | Action::Replace) => true,
        Some(Action::Answer) => request.method == "POST",
        Some(Action::Read | Action::List | Action::Update | Action::Delete) | None => false,
    }
}

/// The line before a request that may make something.
#[must_use]
pub(crate) fn before(session: Session<'_>, number: usize, operation: Option<usize>, request: &Request) -> Value {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
    let mut line = json!({ "entry": number, "method": request.method, "target": request.target, "body": body });
    let found = operation.and_then(|index| session.contract.operation(index).ok());
    if let Some(operation) = found
        && let Some(effect) = session.effect(operation)
        && let Some(collection) = effect.collection.and_then(|index| session.behaviour.collections.get(index))
    {
        let scope = scope(session, operation, request);
        if let Some(removal) = removal(session, effect.collection, operation, &scope, &Value::String(KEY.to_owned())) {
            line["remove"] = removal.target.into();
        }
        if let Some((list, theirs)) = effect
            .collection
            .and_then(|index| roles::with_action(session.contract, session.behaviour, index, &[Action::List]).next())
            && let Some(request) = plain(session, list, &carry(&operation.path, &scope, &list.path))
        {
            line["list"] = request.target.into();
            line["items"] = theirs.returned.as_ref().map(|at| at.as_str().to_owned()).unwrap_or_default().into();
            line["key"] = collection.key.as_str().into();
        }
        if let Some(sent) = effect.sent.as_ref().and_then(|at| at.get(&line["body"])).cloned() {
            line["body"] = sent;
        }
    }
    line
}

/// The line after something was made, and how it is removed.
#[must_use]
pub(crate) fn after(number: usize, made: &Made) -> Value {
    json!({ "entry": number, "key": made.known.key, "remove": made.removal.as_ref().map(|request| request.target.as_str()) })
}

/// The line after a request that made nothing.
#[must_use]
pub(crate) fn nothing(number: usize, status: u16) -> Value {
    json!({ "entry": number, "status": status })
}

/// The line after something was removed again.
#[must_use]
pub(crate) fn removed(number: usize) -> Value {
    json!({ "entry": number, "removed": true })
}

/// Something that the run made.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// The thing itself: collection, key and scope.
    pub known: KnownKey,
    /// The other names that it was made by: some targets know it by that.
    pub names: Vec<Value>,
    /// The index of the operation that made it.
    pub operation: usize,
    /// The request that removes it; `None` where the contract has none.
    pub removal: Option<Request>,
    /// The number of its entry in the ledger.
    pub entry: usize,
    /// The request that made it, for people.
    pub by: String,
}

/// The thing that an accepted request has made; `None` where it made nothing.
#[must_use]
pub(crate) fn made(session: Session<'_>, entry: usize, exchange: &Exchange) -> Option<Made> {
    let operation = session.contract.operation(exchange.operation?).ok()?;
    let request = &exchange.request;
    let scope = scope(session, operation, request);
    let by = format!("{} {}", request.method, request.target);
    let names = names(exchange);
    let inferred = inferred(session, operation, &scope, exchange).map(|(collection, key)| {
        let removal =
            removal(session, Some(collection), operation, &scope, &learned(session, collection, exchange, &key));
        let known = KnownKey { collection, key, scope: scope.clone(), origin: Origin::Made };
        Made { known, names: names.clone(), operation: operation.index, removal, entry, by: by.clone() }
    });
    match inferred {
        Some(made) if made.removal.is_some() => Some(made),
        other => told(session, operation, &scope, exchange)
            .or_else(|| composed(session, operation, &scope, exchange))
            .map(|(known, removal)| Made {
                known,
                names,
                operation: operation.index,
                removal: Some(removal),
                entry,
                by,
            })
            .or(other),
    }
}

/// The most names of a thing that are tried to remove it by.
const NAMES: usize = 3;

/// The fewest characters of a name that a thing is removed by: shorter ones may be somebody else's.
const NAMED: usize = 3;

/// The names of a thing in the request that made it.
fn names(exchange: &Exchange) -> Vec<Value> {
    let Ok(sent) = serde_json::from_slice::<Value>(&exchange.request.body) else { return Vec::new() };
    let named = |value: &&Value| value.as_str().is_some_and(|text| text.chars().count() >= NAMED);
    answer::known_by(&sent).iter().filter_map(|at| at.get(&sent)).filter(named).take(NAMES).cloned().collect()
}

/// The requests that remove a thing by what it was called.
#[must_use]
pub(crate) fn by_name(session: Session<'_>, made: &Made) -> Vec<Request> {
    let Ok(operation) = session.contract.operation(made.operation) else { return Vec::new() };
    let by = |name| removal(session, Some(made.known.collection), operation, &made.known.scope, name);
    made.names.iter().filter_map(by).collect()
}

/// The value by which the operation that removes things of a collection knows one: the key, or what was learnt.
fn learned(session: Session<'_>, collection: usize, exchange: &Exchange, key: &Value) -> Value {
    let mut removers = roles::with_action(session.contract, session.behaviour, collection, &[Action::Delete]);
    let source = removers.find_map(|(remover, effect)| {
        session.knowledge.borrow().known_by(remover.index, effect.key_parameter.as_ref()?).cloned()
    });
    let found = source.and_then(|source| match source {
        KeySource::Sent(at) => at.get(&serde_json::from_slice(&exchange.request.body).ok()?).cloned(),
        KeySource::Answered(at) => at.get(&answer::json(&exchange.response)?).cloned(),
    });
    found.unwrap_or_else(|| key.clone())
}

/// The collection of things whose keys have several parts: no single parameter names them.
const NOWHERE: usize = usize::MAX;

/// The key that a POST sends in several parts, and the removal, where a path goes on with all of it: what has an `ip` and a
/// `nameserver`, beside `DELETE /servers/{ip}/{nameserver}`.
fn composed(
    session: Session<'_>,
    operation: &Operation,
    scope: &[(String, Value)],
    exchange: &Exchange,
) -> Option<(KnownKey, Request)> {
    if exchange.request.method != "POST" {
        return None;
    }
    let sent: Value = serde_json::from_slice(&exchange.request.body).ok()?;
    let sent = sent.as_object()?;
    let ours = operation.path.segments();
    session.contract.operations().filter(|remover| remover.method.as_str() == "DELETE").find_map(|remover| {
        let theirs = remover.path.segments();
        if theirs.len() <= ours.len() || !remover.path.as_str().starts_with(operation.path.as_str()) {
            return None;
        }
        let mut values = carry(&operation.path, scope, &remover.path);
        for name in remover.path.parameters() {
            if values.iter().all(|(known, _)| known != name) {
                let wanted = plain_name(name);
                let (_, value) = sent
                    .iter()
                    .find(|(member, value)| plain_name(member) == wanted && (value.is_string() || value.is_number()))?;
                values.push((name.to_owned(), value.clone()));
            }
        }
        // What follows the path of the creation is the key, and nothing else.
        let only_key = theirs[ours.len()..]
            .iter()
            .all(|segment| segment.0.iter().all(|piece| matches!(piece, Piece::Parameter(_))));
        let removal = plain(session, remover, &values).filter(|_| only_key)?;
        let key =
            Value::String(removal.path().rsplit('/').take(theirs.len() - ours.len()).collect::<Vec<_>>().join("/"));
        Some((KnownKey { collection: NOWHERE, key, scope: scope.to_vec(), origin: Origin::Made }, removal))
    })
}

/// The collection and key of what was made, as the behaviour that is inferred has it.
fn inferred(
    session: Session<'_>,
    operation: &Operation,
    scope: &[(String, Value)],
    exchange: &Exchange,
) -> Option<(usize, Value)> {
    let effect = session.effect(operation)?;
    let collection = effect.collection?;
    let created = exchange.response.status == 201;
    let new = |key: &Value| created || is_unlikely(&answer::text(key)) && !exists(session, collection, key);
    let key = match effect.action {
        Action::Create => key(session, operation, effect, exchange)?,
        Action::Upsert => {
            let key = key(session, operation, effect, exchange).filter(new)?;
            // What is answered under another key than the path's was there before, whatever the parameter is called.
            let named = last_of(operation, scope);
            let is_another = named.is_some_and(|named| answer::text(named) != answer::text(&key));
            if is_another && !created {
                return None;
            }
            key
        }
        Action::Replace => {
            let name = effect.key_parameter.as_ref()?;
            let key = scope.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())?;
            // What the run made has another key from now on, where that was sent and the answer shows it.
            let sent: Value = serde_json::from_slice(&exchange.request.body).unwrap_or_default();
            let is_own =
                |told: &Value| session.knowledge.borrow().made(collection, &answer::text(&key)) && holds(&sent, told);
            let told = answer::key(session, operation, effect, &exchange.response)
                .filter(|told| answer::text(told) != answer::text(&key));
            match told {
                Some(told) if created || is_own(&told) => told,
                // The path does not name what was changed, which was there before.
                Some(_) => return None,
                None => Some(key).filter(new)?,
            }
        }
        Action::Read | Action::List | Action::Update | Action::Delete | Action::Answer => return None,
    };
    Some((collection, key))
}

/// The value of the parameter that a path ends in.
fn last_of<'a>(operation: &Operation, scope: &'a [(String, Value)]) -> Option<&'a Value> {
    let [Piece::Parameter(name)] = operation.path.segments().last()?.0.as_slice() else { return None };
    scope.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// The key that a POST tells of what it made, and its removal, by the name of what another operation deletes: an answer
/// with a `silenceID` where there is `DELETE /silence/{silenceID}`, or an `id` where the path goes on with the key.
fn told(
    session: Session<'_>,
    operation: &Operation,
    scope: &[(String, Value)],
    exchange: &Exchange,
) -> Option<(KnownKey, Request)> {
    if exchange.request.method != "POST" {
        return None;
    }
    // Some name no media type for it; what was made is to be removed all the same.
    let body: Value = serde_json::from_slice(&exchange.response.body).ok()?;
    let members = told_members(&body);
    let sent: Value = serde_json::from_slice(&exchange.request.body).unwrap_or_default();
    // What was named in the request was there before.
    let is_new = |key: &Value| {
        let known = scope.iter().any(|(_, value)| answer::text(value) == answer::text(key));
        !known && !holds(&sent, key)
    };
    session.contract.operations().filter(|remover| remover.method.as_str() == "DELETE").find_map(|remover| {
        let effect = session.effect(remover)?;
        let name = remover.path.parameters().last()?;
        let below = remover.path.segments().len() == operation.path.segments().len() + 1
            && remover.path.as_str().starts_with(operation.path.as_str().trim_end_matches('/'));
        let wanted = plain_name(name);
        let telling = wanted.len() >= TELLING;
        // `dataset_id`, told by `POST /datasets/upload`, where there is `DELETE /datasets/{id}`.
        let before = remover.path.as_str().split("/{").next().unwrap_or("");
        let is_within = operation.path.as_str().strip_prefix(before).is_some_and(|rest| rest.starts_with('/'));
        let kind = plain_name(&singular(before.rsplit('/').next().unwrap_or("")));
        let (_, key) = members.iter().find(|(member, value)| {
            let member = plain_name(member);
            let of_kind = is_within && member == format!("{kind}{wanted}");
            is_new(value)
                && (telling && member == wanted || of_kind || below && (member == wanted || wanted.ends_with(&member)))
        })?;
        let mut values = carry(&operation.path, scope, &remover.path);
        values.retain(|(known, _)| known != name);
        values.push((name.to_owned(), key.clone()));
        // Whatever else the path names must be known as well.
        let all = remover.path.parameters().all(|name| values.iter().any(|(known, _)| known == name));
        let removal = plain(session, remover, &values).filter(|_| all)?;
        let known =
            KnownKey { collection: effect.collection?, key: key.clone(), scope: scope.to_vec(), origin: Origin::Made };
        Some((known, removal))
    })
}

/// The texts and numbers that an answer tells at its top, or in the objects there, by their members.
fn told_members(body: &Value) -> Vec<(String, Value)> {
    let scalars = |members: &serde_json::Map<String, Value>| {
        let told = members.iter().filter(|(_, value)| value.is_string() || value.is_number());
        told.map(|(name, value)| (name.clone(), value.clone())).collect::<Vec<_>>()
    };
    let Some(members) = body.as_object() else { return Vec::new() };
    let inner = members.values().filter_map(Value::as_object);
    scalars(members).into_iter().chain(inner.flat_map(scalars)).collect()
}

/// True where a value holds another one somewhere.
fn holds(value: &Value, wanted: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| holds(item, wanted)),
        Value::Object(members) => members.values().any(|member| holds(member, wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value == wanted,
    }
}

fn plain_name(name: &str) -> String {
    etalon_contract::behaviour::shape::plain(name)
}

/// The fewest characters of a name that tells of what it is the key: `id` and `name` do not.
const TELLING: usize = 5;

fn exists(session: Session<'_>, collection: usize, key: &Value) -> bool {
    session.knowledge.borrow().keys(collection).any(|known| answer::text(&known.key) == answer::text(key))
}

/// The key of what was created: as the answer tells it, or as it was sent.
fn key(session: Session<'_>, operation: &Operation, effect: &Effect, exchange: &Exchange) -> Option<Value> {
    answer::key(session, operation, effect, &exchange.response)
        .or_else(|| answer::sent_key(session, effect, &serde_json::from_slice(&exchange.request.body).ok()?))
}

/// The path parameters of a request.
#[must_use]
pub(crate) fn scope(session: Session<'_>, operation: &Operation, request: &Request) -> Vec<(String, Value)> {
    match session.contract.route(operation.method.as_str(), request.path()) {
        Route::Found { captures, .. } => captures
            .into_iter()
            .map(|(name, raw)| (name, Value::String(percent_decode_str(&raw).decode_utf8_lossy().into_owned())))
            .collect(),
        Route::OtherMethods(_) | Route::Unknown => Vec::new(),
    }
}

/// The request that removes an item.
pub(crate) fn removal(
    session: Session<'_>,
    collection: Option<usize>,
    from: &Operation,
    scope: &[(String, Value)],
    key: &Value,
) -> Option<Request> {
    let (remover, effect) = roles::with_action(session.contract, session.behaviour, collection?, &[Action::Delete])
        .find(|(_, effect)| effect.key_parameter.is_some())?;
    let name = effect.key_parameter.clone()?;
    let mut values = carry(&from.path, scope, &remover.path);
    values.retain(|(known, _)| *known != name);
    values.push((name, key.clone()));
    plain(session, remover, &values)
}

/// A plain request of an operation with these path parameters, without optional parts.
pub(crate) fn plain(session: Session<'_>, operation: &Operation, path: &[(String, Value)]) -> Option<Request> {
    let mut draft: Draft = generate::valid(session.contract, operation, &mut Numbers::new(&[])).ok()?;
    draft.parameters.retain(|(place, name, _)| {
        *place == In::Path || operation.parameter(*place, name).is_some_and(|parameter| parameter.required)
    });
    for (name, value) in path {
        let value = answer::typed(session.contract, operation, In::Path, name, value);
        draft.set_parameter(In::Path, name, value);
    }
    write(session, operation, &draft, Authorization::Usual).ok()
}
