//! A thing that has only begun: nothing says of a new item that it ended, and its state is one that things begin in.

use serde_json::Value;

use crate::behaviour::shape;
use crate::behaviour::step::item::maker::Maker;
use crate::document::Location;

/// Words for the end of a thing.
const ENDINGS: [&str; 13] = [
    "deleted",
    "archived",
    "voided",
    "cancelled",
    "canceled",
    "revoked",
    "closed",
    "disabled",
    "suspended",
    "deactivated",
    "terminated",
    "rejected",
    "trashed",
];

/// The rest of the name of a member that says when.
const WHEN: [&str; 6] = ["at", "on", "date", "time", "datetime", "timestamp"];

/// Members that say how far a thing has come.
const STATES: [&str; 6] = ["status", "state", "phase", "lifecyclestate", "lifecyclestatus", "stage"];

/// Words for states in which nothing begins, beside those for an end.
const LATER: [&str; 14] = [
    "expired",
    "failed",
    "completed",
    "complete",
    "done",
    "finished",
    "succeeded",
    "inactive",
    "error",
    "errored",
    "paid",
    "refunded",
    "blocked",
    "removed",
];

/// The object in which JSON:API has the members of a thing.
const ATTRIBUTES: &str = "attributes";

impl Maker<'_> {
    /// Makes a value that was drawn for a new item one of a thing that has only begun.
    pub(super) fn as_begun(&self, item: &Location, base: &mut Value) {
        self.leave_out_endings(item, base);
        self.begin_states(item, base);
        // JSON:API §5.2: what a thing says of itself stands in its attributes.
        let within = shape::member(self.contract, item, ATTRIBUTES).zip(base.get_mut(ATTRIBUTES));
        if let Some((at, attributes)) = within {
            self.leave_out_endings(&at, attributes);
            self.begin_states(&at, attributes);
        }
    }

    /// Puts the first state into members that say how far a thing has come: their default, their example, else the first of
    /// their `enum` that is not one of the end.
    fn begin_states(&self, item: &Location, base: &mut Value) {
        let Value::Object(members) = base else { return };
        for (name, at) in shape::members(self.contract, item) {
            if !STATES.contains(&shape::plain(&name).as_str()) {
                continue;
            }
            let (Some(Value::Array(all)), Some(there)) =
                (shape::keyword(self.contract, &at, "enum"), members.get_mut(&name))
            else {
                continue;
            };
            let said = ["default", "example"].into_iter().filter_map(|word| shape::keyword(self.contract, &at, word));
            let is_early = |value: &&Value| value.as_str().is_some_and(|word| !is_late(word));
            let first = said.filter(|value| all.contains(value)).chain(all.iter().filter(is_early)).next();
            if let Some(first) = first {
                *there = first.clone();
            }
        }
    }

    /// Takes times out of a new item that say when something ended which has only begun; null is said where that is allowed and
    /// they must be there.
    fn leave_out_endings(&self, item: &Location, base: &mut Value) {
        let required = shape::required(self.contract, item);
        let Value::Object(members) = base else { return };
        for (name, at) in shape::members(self.contract, item) {
            let plain = shape::plain(&name);
            let is_ending =
                ENDINGS.iter().any(|word| plain.strip_prefix(word).is_some_and(|rest| WHEN.contains(&rest)));
            if !is_ending || !members.contains_key(&name) {
                continue;
            }
            if !required.contains(name.as_str()) {
                members.shift_remove(&name);
            } else if shape::types(self.contract, &at).contains(&"null") {
                members.insert(name, Value::Null);
            }
        }
    }
}

/// True for a state in which nothing begins.
fn is_late(word: &str) -> bool {
    let plain = shape::plain(word);
    LATER.contains(&plain.as_str()) || ENDINGS.contains(&plain.as_str())
}
