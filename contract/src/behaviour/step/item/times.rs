//! Members of an item that say when it was created or changed, with the time as each has it.

use serde_json::{Number, Value};

use crate::behaviour::shape;
use crate::behaviour::step::item::maker::Maker;
use crate::document::{Location, Pointer};

#[derive(Clone, Copy)]
pub(super) enum Moment {
    Created,
    Modified,
}

const CREATED: [&str; 11] = [
    "created",
    "createdat",
    "createdon",
    "createddate",
    "creationdate",
    "creationtime",
    "createtime",
    "datecreated",
    "createdtime",
    "creationtimestamp",
    "createdtimestamp",
];

const MODIFIED: [&str; 14] = [
    "modified",
    "modifiedat",
    "modifiedon",
    "modifieddate",
    "updated",
    "updatedat",
    "updatedon",
    "updatetime",
    "lastmodified",
    "lastmodifiedat",
    "lastupdated",
    "datemodified",
    "dateupdated",
    "updatedtimestamp",
];

impl Maker<'_> {
    /// The members that say when an item came or was changed, and the time now as each has it.
    pub(super) fn times(&self, moment: Moment) -> Vec<(Pointer, Value)> {
        let Some(item) = &self.collection.item else { return Vec::new() };
        let mut known = Vec::new();
        let mut look = |at: &Location, root: &Pointer| {
            for (name, at) in shape::members(self.contract, at) {
                let plain = shape::plain(&name);
                let wanted = match moment {
                    Moment::Created => CREATED.contains(&plain.as_str()) || MODIFIED.contains(&plain.as_str()),
                    Moment::Modified => MODIFIED.contains(&plain.as_str()),
                };
                if wanted && let Some(time) = self.time(&at) {
                    known.push((root.join(&name), time));
                }
            }
        };
        look(item, &Pointer::root());
        if let Some(at) = shape::member(self.contract, item, "attributes") {
            look(&at, &Pointer::root().join("attributes"));
        }
        // What identifies the item may stand beside its times: `metadata.name` and `metadata.creationTimestamp`.
        let beside_key = self.collection.key.parent().filter(|holder| !holder.as_str().is_empty());
        if let Some(holder) = beside_key
            && holder.last().is_none_or(|name| name != "attributes")
            && let Some(at) = shape::within(self.contract, item, &holder)
        {
            look(&at, &holder);
        }
        known
    }

    pub(super) fn time(&self, at: &Location) -> Option<Value> {
        let now = jiff::Timestamp::from_second(self.context.now).ok()?;
        let types = shape::types(self.contract, at);
        match shape::format(self.contract, at) {
            Some("date-time") => Some(Value::String(now.to_string())),
            Some("date") => Some(Value::String(now.strftime("%Y-%m-%d").to_string())),
            _ if types.contains(&"integer") => Some(Value::Number(Number::from(self.context.now))),
            _ => None,
        }
    }
}

pub(super) fn is_modified(pointer: &Pointer) -> bool {
    pointer.last().is_some_and(|name| MODIFIED.contains(&shape::plain(&name).as_str()))
}
