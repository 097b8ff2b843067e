//! What of a value a schema shows, and what of one a client may say.

use serde_json::{Map, Value};

use crate::behaviour::effect::BYTES_OF_BODY;
use crate::behaviour::form::description::{Rest, described};
use crate::document::Location;
use crate::model::Contract;

/// The most levels of a value that are followed; deeper parts stay as they are.
const MAX_DEPTH: usize = 48;

/// The part of a value that a response of this schema shows: the members that it describes, and others where it is open
/// to them; never those that are `writeOnly`.
pub(crate) fn shown(contract: &Contract, at: &Location, value: &Value) -> Value {
    show(contract, at, value, 0)
}

fn show(contract: &Contract, at: &Location, value: &Value, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return value.clone();
    }
    match value {
        Value::Object(members) => {
            let description = described(contract, at);
            let mut kept = Map::with_capacity(members.len());
            for (name, member) in members {
                if name == BYTES_OF_BODY || description.members.get(name).is_some_and(|known| known.is_write_only) {
                    continue;
                }
                match description.member(name) {
                    Some(Some(at)) => kept.insert(name.clone(), show(contract, at, member, depth + 1)),
                    Some(None) => kept.insert(name.clone(), member.clone()),
                    None => continue,
                };
            }
            Value::Object(kept)
        }
        Value::Array(items) => match &described(contract, at).items {
            Some(at) => items.iter().map(|item| show(contract, at, item, depth + 1)).collect(),
            None => value.clone(),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// The part of a sent value that is the client's to say: all but the members that are `readOnly`, at any depth. Where the
/// request describes a member, it says who may say it; elsewhere the item does.
pub(crate) fn sendable(
    contract: &Contract,
    request: Option<&Location>,
    item: Option<&Location>,
    value: &Value,
) -> Value {
    send(contract, request, item, value, 0)
}

fn send(
    contract: &Contract,
    request: Option<&Location>,
    item: Option<&Location>,
    value: &Value,
    depth: usize,
) -> Value {
    if depth > MAX_DEPTH {
        return value.clone();
    }
    let descriptions = [request, item].map(|at| at.map(|at| described(contract, at)));
    match value {
        Value::Object(members) => {
            let mut kept = Map::with_capacity(members.len());
            for (name, member) in members {
                // What the request itself describes is the client's to say, whatever answers call it.
                let mut known = descriptions.iter().flatten().filter_map(|description| description.members.get(name));
                if known.next().is_some_and(|member| member.is_read_only) {
                    continue;
                }
                let [request, item] = descriptions.each_ref().map(|description| {
                    let description = description.as_ref()?;
                    match (description.members.get(name), &description.rest) {
                        (Some(member), _) => Some(&member.at),
                        (None, Rest::Shown(at)) => at.as_ref(),
                        (None, Rest::Hidden) => None,
                    }
                });
                kept.insert(name.clone(), send(contract, request, item, member, depth + 1));
            }
            Value::Object(kept)
        }
        Value::Array(items) => {
            let [request, item] =
                descriptions.each_ref().map(|description| description.as_ref().and_then(|one| one.items.as_ref()));
            items.iter().map(|value| send(contract, request, item, value, depth + 1)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
