//! What a method says of an operation by itself: on an item, on a collection, on the one thing at a path.

use crate::behaviour::inference::resource::Resource;
use crate::behaviour::inference::wrapping;
use crate::behaviour::messages::{request_schema, success_schema};
use crate::behaviour::{Action, shape};
use crate::document::{Location, Pointer};
use crate::model::{Contract, Operation};

/// The action of a method on one thing, whatever the thing is; `None` for POST, which means something else on each, and for
/// methods that say nothing of state.
pub(super) fn on_one(operation: &Operation) -> Option<Action> {
    match operation.method.as_str() {
        "GET" => Some(Action::Read),
        "PUT" => Some(Action::Replace),
        "PATCH" => Some(Action::Update),
        "DELETE" => Some(Action::Delete),
        _ => None,
    }
}

/// The action of a POST with a body.
pub(super) fn on_post(operation: &Operation, action: Action) -> Option<Action> {
    (operation.method.as_str() == "POST" && operation.body.is_some()).then_some(action)
}

/// The action of a method on an item; `None` where it says nothing of state.
pub(super) fn on_item(operation: &Operation) -> Option<Action> {
    on_one(operation).or_else(|| on_post(operation, Action::Update))
}

/// The action of a method on a collection; `None` where it says nothing of state.
pub(super) fn on_collection(operation: &Operation, resource: &Resource) -> Option<Action> {
    match operation.method.as_str() {
        "POST" if resource.reads_by_post => Some(Action::List),
        "POST" => Some(Action::Create),
        "GET" if resource.lists => Some(Action::List),
        "PUT" if operation.body.is_some() => Some(Action::Replace),
        "PATCH" if operation.body.is_some() => Some(Action::Update),
        "DELETE" => Some(Action::Delete),
        _ => None,
    }
}

/// The action of a method on the one thing at a path; `None` where it says nothing of state.
pub(super) fn on_thing(operation: &Operation, resource: &Resource) -> Option<Action> {
    on_one(operation).or_else(|| on_post(operation, Action::Replace).filter(|_| resource.has("GET")))
}

/// True where the answer of an operation shows what its request says.
pub(super) fn shows_sent(contract: &Contract, operation: &Operation) -> bool {
    let (Some(sent), Some(shown)) = (request_schema(operation), success_schema(operation)) else { return false };
    wrapping::overlap(contract, sent, shown) > 0 || shape::target(contract, sent) == shape::target(contract, shown)
}

/// The member of an item that a parameter names by its own name, or by that of the path segment before it.
pub(super) fn member_named(contract: &Contract, item: &Location, parameter: &str, segment: &str) -> Option<Pointer> {
    let plain = shape::plain(parameter);
    let words = [plain.clone(), format!("{plain}name"), shape::singular(&shape::plain(segment))];
    let members = shape::members(contract, item);
    let mut found = words.iter().filter_map(|word| members.iter().find(|(name, _)| shape::plain(name) == *word));
    found.next().map(|(name, _)| Pointer::root().join(name))
}
