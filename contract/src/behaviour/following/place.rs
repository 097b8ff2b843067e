//! Where in an item of a stream a thing of a collection stands.

use crate::behaviour::{Collection, shape};
use crate::document::Location;
use crate::model::{Content, Contract};

/// One step from an item of a stream to the thing in it.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Into the member of that name.
    Member(String),
    /// Into the text that is the member of that name, which is JSON (`contentSchema`).
    Text(String),
}

/// Names of members that hold whatever an item of a stream is about.
const HOLDERS: [&str; 14] = [
    "data", "object", "item", "payload", "resource", "record", "entity", "value", "model", "body", "content", "node",
    "document", "result",
];

/// The fields of an event (WHATWG HTML §9.2.6).
const FIELDS: [&str; 4] = ["event", "id", "retry", "data"];

/// The most steps to a thing.
const MAX_STEPS: usize = 3;

/// The schema of one item of a stream: each of an array, or the object that documents of before `itemSchema` give.
pub(super) fn item_schema(contract: &Contract, content: &Content) -> Option<Location> {
    let at = content.schema.as_ref()?;
    if shape::is_array(contract, at) { shape::items(contract, at) } else { Some(at.clone()) }
}

/// True where a schema describes an event by its fields.
pub(super) fn is_event(contract: &Contract, at: &Location) -> bool {
    let members = shape::members(contract, at);
    members.iter().any(|(name, _)| name == "data") && members.iter().all(|(name, _)| FIELDS.contains(&name.as_str()))
}

/// The steps to a thing of a collection; `None` where an item of the stream is about something else.
pub(super) fn place_of(contract: &Contract, at: &Location, collection: &Collection) -> Option<Vec<Step>> {
    let item = shape::target(contract, collection.item.as_ref()?);
    // Of a thing without members nothing could be recognised.
    if shape::members(contract, &item).is_empty() {
        return None;
    }
    within(contract, at, &item, &shape::singular(&shape::plain(&collection.name)), MAX_STEPS)
}

fn within(contract: &Contract, at: &Location, item: &Location, name: &str, left: usize) -> Option<Vec<Step>> {
    if shape::target(contract, at) == *item {
        return Some(Vec::new());
    }
    let left = left.checked_sub(1)?;
    for (member, at) in shape::members(contract, at) {
        let plain = shape::plain(&member);
        if plain != name && !HOLDERS.contains(&plain.as_str()) {
            continue;
        }
        if let Some(rest) = within(contract, &at, item, name, left) {
            return Some(std::iter::once(Step::Member(member)).chain(rest).collect());
        }
        let text = shape::target(contract, &at).join("contentSchema");
        if contract.document().node(&text).is_some()
            && let Some(rest) = within(contract, &text, item, name, left)
        {
            return Some(std::iter::once(Step::Text(member)).chain(rest).collect());
        }
    }
    None
}
