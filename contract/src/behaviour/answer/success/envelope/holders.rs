//! The objects of an envelope that are shown even where they need not be there.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::behaviour::answer::simplest;
use crate::behaviour::answer::success::envelope::{Envelope, only_value};
use crate::behaviour::call::Relation;
use crate::behaviour::known::Known;
use crate::behaviour::shape;
use crate::document::{Location, Pointer};

impl Envelope<'_> {
    /// The objects that hold what is known of pages, and that are shown even where they need not be there: clients look into
    /// them on the last page as well. Where no further page is, only those to which nothing has to be added that nobody knows.
    pub(super) fn holders(&self, at: &Location, known: &[Known]) -> Vec<Pointer> {
        if self.listing.is_none() || self.paging.is_none() {
            return Vec::new();
        }
        let goes_on = self.listing.is_some_and(|listing| listing.link(Relation::Next).is_some());
        let (mut holders, mut told) = (BTreeSet::new(), BTreeSet::new());
        for one in known {
            let (pointer, is_told) = match one {
                // An empty text stands where nothing can be said.
                Known::At(pointer, value) => (pointer, !value.is_null() && value != ""),
                Known::Absent(pointer) => (pointer, false),
            };
            if is_told {
                told.insert(pointer.as_str());
            }
            if is_told || !goes_on {
                holders.extend(pointer.parent().filter(|parent| !parent.as_str().is_empty()));
            }
        }
        let needs_nothing = |holder: &Pointer| {
            shape::within(self.contract, at, holder).is_some_and(|schema| {
                let mut required = shape::required(self.contract, &schema).into_iter();
                required.all(|name| told.contains(holder.join(name).as_str()))
            })
        };
        holders.into_iter().filter(|holder| goes_on || needs_nothing(holder)).collect()
    }

    /// An object of the envelope with what it requires and nothing tells, as the document would have it.
    pub(super) fn required_beside(
        &self,
        at: &Location,
        holder: &Pointer,
        returned: &Pointer,
        known: &[Known],
    ) -> Value {
        let mut value = Map::new();
        let Some(schema) = shape::within(self.contract, at, holder) else { return Value::Object(value) };
        let required = shape::required(self.contract, &schema);
        for (name, at) in shape::members(self.contract, &schema) {
            let here = holder.join(&name);
            let is_told = known.iter().any(|one| matches!(one, Known::At(told, _) if told.is_within(&here)));
            if is_told || returned.is_within(&here) || !required.contains(name.as_str()) {
                continue;
            }
            let said = ["default", "example"].into_iter().find_map(|word| shape::keyword(self.contract, &at, word));
            let plainest = || simplest(self.contract, &at).ok();
            let made = only_value(self.contract, &at).or_else(|| said.cloned()).or_else(plainest);
            value.extend(made.map(|made| (name, made)));
        }
        Value::Object(value)
    }
}
