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

/// The members that say of a thing how far it has come, or when it ended.
#[derive(Default)]
pub(super) struct Begins {
    /// Members that say when something ended, and whether null is said there.
    endings: Vec<(String, Ending)>,
    /// Members that say how far it has come, each with the first state.
    states: Vec<(String, Value)>,
    /// The same of the object in which JSON:API has the members of a thing (§5.2).
    attributes: Option<Box<Begins>>,
}

/// The object in which JSON:API has the members of a thing.
const ATTRIBUTES: &str = "attributes";

/// The way in which a thing says that it has not ended.
enum Ending {
    /// The member is not there.
    Absent,
    /// It must be there, and is null.
    Null,
}

impl Maker<'_> {
    /// Makes a value that was drawn for a new item one of a thing that has only begun: times that say when something ended which
    /// has only begun are taken out, or null where they must be there and may be that; members that say how far it has come say
    /// their first state.
    pub(super) fn as_begun(&self, base: &mut Value) {
        begin(&self.facts().begins, base);
    }

    /// The members that say of a thing how far it has come, or when it ended.
    pub(super) fn find_begins(&self, item: &Location) -> Begins {
        let within = shape::member(self.contract, item, ATTRIBUTES);
        let attributes = within.map(|at| Box::new(self.begins_at(&at)));
        Begins { attributes, ..self.begins_at(item) }
    }

    /// The same of the members of one object.
    fn begins_at(&self, item: &Location) -> Begins {
        let required = shape::required(self.contract, item);
        let mut begins = Begins::default();
        for (name, at) in shape::members(self.contract, item) {
            let plain = shape::plain(&name);
            if let Some(first) = self.first_state(&plain, &at) {
                begins.states.push((name.clone(), first));
            }
            if !ENDINGS.iter().any(|word| plain.strip_prefix(word).is_some_and(|rest| WHEN.contains(&rest))) {
                continue;
            }
            if !required.contains(name.as_str()) {
                begins.endings.push((name, Ending::Absent));
            } else if shape::types(self.contract, &at).contains(&"null") {
                begins.endings.push((name, Ending::Null));
            }
        }
        begins
    }

    /// The first state of a member that says how far a thing has come: its default, its example, else the first of its `enum`
    /// that is not one of the end.
    fn first_state(&self, plain: &str, at: &Location) -> Option<Value> {
        if !STATES.contains(&plain) {
            return None;
        }
        let Some(Value::Array(all)) = shape::keyword(self.contract, at, "enum") else { return None };
        let said = ["default", "example"].into_iter().filter_map(|word| shape::keyword(self.contract, at, word));
        let is_early = |value: &&Value| value.as_str().is_some_and(|word| !is_late(word));
        said.filter(|value| all.contains(value)).chain(all.iter().filter(is_early)).next().cloned()
    }
}

/// Puts into a value what is so of things that begin.
fn begin(begins: &Begins, base: &mut Value) {
    let Value::Object(members) = base else { return };
    for (name, ending) in &begins.endings {
        match ending {
            Ending::Absent => drop(members.shift_remove(name)),
            Ending::Null => {
                if let Some(there) = members.get_mut(name) {
                    *there = Value::Null;
                }
            }
        }
    }
    for (name, first) in &begins.states {
        if let Some(there) = members.get_mut(name) {
            *there = first.clone();
        }
    }
    if let Some((begins, within)) = begins.attributes.as_ref().zip(members.get_mut(ATTRIBUTES)) {
        begin(begins, within);
    }
}

/// True for a state in which nothing begins.
fn is_late(word: &str) -> bool {
    let plain = shape::plain(word);
    LATER.contains(&plain.as_str()) || ENDINGS.contains(&plain.as_str())
}
