//! The places of a response body that hold what only requests may hold: members that are `writeOnly`.

use serde_json::Value;

use crate::document::{Location, Pointer};
use crate::model::{Contract, Direction, Schema};

/// How deep places are looked for; recursion is followed once.
const MAX_DEPTH: usize = 6;

/// How many places one response tells of.
const MAX_PLACES: usize = 100;

/// How many schemas are looked at for one response.
const MAX_SCHEMAS: usize = 4_000;

/// The places of `writeOnly` members below the schema at a location; items and members of any name are written `*`.
pub(crate) fn places(contract: &Contract, at: &Location) -> Vec<Pointer> {
    let mut search = Search { contract, following: Vec::new(), found: Vec::new(), left: MAX_SCHEMAS };
    if let Ok(schema) = contract.schema(at) {
        search.schema(&Pointer::root(), schema, MAX_DEPTH);
    }
    search.found
}

struct Search<'c> {
    contract: &'c Contract,
    following: Vec<Location>,
    found: Vec<Pointer>,
    left: usize,
}

impl<'c> Search<'c> {
    fn schema(&mut self, pointer: &Pointer, schema: Schema<'c>, depth: usize) {
        let (Some(left), Some(inner)) = (self.left.checked_sub(1), depth.checked_sub(1)) else { return };
        self.left = left;
        if self.found.len() >= MAX_PLACES {
            return;
        }
        if let Some(reference) = schema.reference()
            && let Ok((at, target)) = self.contract.refer(schema, reference)
            && !self.following.contains(&at)
        {
            self.following.push(at);
            self.schema(pointer, target, depth);
            self.following.pop();
        }
        for (name, property) in schema.named("properties") {
            let here = pointer.join(name);
            if property.get(Direction::Response.exempting()) != Some(&Value::Bool(true)) {
                self.schema(&here, property, inner);
            } else if !self.found.contains(&here) {
                self.found.push(here);
            }
        }
        for word in ["items", "additionalProperties"] {
            if let Some(child) = schema.child(word) {
                self.schema(&pointer.join("*"), child, inner);
            }
        }
        for word in ["allOf", "anyOf", "oneOf"] {
            for branch in schema.children(word) {
                self.schema(pointer, branch, inner);
            }
        }
    }
}
