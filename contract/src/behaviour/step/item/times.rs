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

/// A member that says when an item came or was changed.
pub(super) struct TimePlace {
    at: Pointer,
    form: TimeForm,
    is_modified: bool,
}

/// The form in which a member has a time.
#[derive(Clone, Copy)]
enum TimeForm {
    /// RFC 3339, with the time of day.
    DateTime,
    /// RFC 3339, the day alone.
    Date,
    /// Seconds since 1970-01-01T00:00:00Z.
    Seconds,
}

impl TimeForm {
    fn of(self, seconds: i64) -> Option<Value> {
        let now = jiff::Timestamp::from_second(seconds).ok()?;
        Some(match self {
            Self::DateTime => Value::String(now.to_string()),
            Self::Date => Value::String(now.strftime("%Y-%m-%d").to_string()),
            Self::Seconds => Value::Number(Number::from(seconds)),
        })
    }
}

impl Maker<'_> {
    /// The members that say when an item came or was changed, and the time now as each has it.
    pub(super) fn times(&self, moment: Moment) -> Vec<(Pointer, Value)> {
        let facts = self.facts();
        let wanted = facts.times.iter().filter(|place| place.is_modified || matches!(moment, Moment::Created));
        wanted.filter_map(|place| Some((place.at.clone(), place.form.of(self.context.now)?))).collect()
    }

    /// The members that say when an item came or was changed.
    pub(super) fn time_places(&self, item: &Location) -> Vec<TimePlace> {
        let mut known = Vec::new();
        let mut look = |at: &Location, root: &Pointer| {
            for (name, at) in shape::members(self.contract, at) {
                let plain = shape::plain(&name);
                let is_modified = MODIFIED.contains(&plain.as_str());
                if (is_modified || CREATED.contains(&plain.as_str()))
                    && let Some(form) = self.time_form(&at)
                {
                    known.push(TimePlace { at: root.join(&name), form, is_modified });
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

    fn time_form(&self, at: &Location) -> Option<TimeForm> {
        let types = shape::types(self.contract, at);
        match shape::format(self.contract, at) {
            Some("date-time") => Some(TimeForm::DateTime),
            Some("date") => Some(TimeForm::Date),
            _ if types.contains(&"integer") => Some(TimeForm::Seconds),
            _ => None,
        }
    }
}

pub(super) fn is_modified(pointer: &Pointer) -> bool {
    pointer.last().is_some_and(|name| MODIFIED.contains(&shape::plain(&name).as_str()))
}
