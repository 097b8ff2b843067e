//! What a request's body says of an item: what was sent is there, and what could have been sent but was not is absent.

use serde_json::Value;

use crate::behaviour::lay::Fact;
use crate::behaviour::{Collection, Effect, shape};
use crate::document::{Location, Pointer};
use crate::model::{Contract, Operation};

/// How deep objects are compared with their schema: generated members deeper down stay.
const MAX_DEPTH: usize = 8;

/// The facts in the part of a body that describes the item; `changes` is the item that is changed by it, where one is.
pub(super) fn facts(
    contract: &Contract,
    collection: &Collection,
    operation: &Operation,
    effect: &Effect,
    body: &Value,
    changes: Option<&Value>,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    let request = operation
        .body
        .as_ref()
        .into_iter()
        .flat_map(|body| &body.content)
        .find_map(|content| content.schema.as_ref())
        .and_then(|at| shape::within(contract, at, effect.sent.as_ref()?));
    let item = collection.item.as_ref();
    if changes.is_none()
        && let (Some(request), Some(item)) = (&request, item)
    {
        unsent(contract, request, item, body, &Pointer::root(), 0, &mut facts);
    }
    facts.push(Fact::Is(Pointer::root(), visible(contract, item, body)));
    facts
}

/// Members that the request could have had and does not, unless a response must have them.
fn unsent(
    contract: &Contract,
    request: &Location,
    item: &Location,
    body: &Value,
    here: &Pointer,
    depth: usize,
    facts: &mut Vec<Fact>,
) {
    if depth > MAX_DEPTH {
        return;
    }
    let Value::Object(sent) = body else { return };
    for (name, request) in shape::members(contract, request) {
        let Some(item_member) = shape::member(contract, item, &name) else { continue };
        let place = here.join(&name);
        match sent.get(&name) {
            Some(member) => unsent(contract, &request, &item_member, member, &place, depth + 1, facts),
            None if !shape::is_required(contract, item, &name) => facts.push(Fact::Absent(place)),
            None => {}
        }
    }
}

/// What was sent, less what responses never show (`writeOnly`).
fn visible(contract: &Contract, item: Option<&Location>, body: &Value) -> Value {
    let (Some(item), Value::Object(members)) = (item, body) else { return body.clone() };
    let is_hidden = |name: &str| {
        shape::member(contract, item, name)
            .is_some_and(|at| shape::keyword(contract, &at, "writeOnly") == Some(&Value::Bool(true)))
    };
    Value::Object(
        members
            .iter()
            .filter(|(name, _)| !is_hidden(name))
            .map(|(name, member)| (name.clone(), member.clone()))
            .collect(),
    )
}
