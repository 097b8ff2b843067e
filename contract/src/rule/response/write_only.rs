//! The places of a response body that hold what only requests may hold: members that are `writeOnly`.

use std::sync::OnceLock;

use serde_json::Value;

use crate::document::{Location, Pointer};
use crate::model::{Contract, Direction, Schema};
use crate::rule::PointerTemplate;

/// The most levels that schemas may lie within one another; recursion is followed once.
const MAX_DEPTH: usize = 64;

/// The most places that one response tells of.
const MAX_PLACES: usize = 100;

/// The most schemas that are looked at for one response.
const MAX_SCHEMAS: usize = 4_000;

/// The places of `writeOnly` members below the schema at a location; items and members of any name are written `*`. Beside
/// them, how many schemas were not looked at, since there are too many.
pub(crate) fn places(contract: &Contract, at: &Location) -> (Vec<PointerTemplate>, usize) {
    if !is_anywhere(contract) {
        return (Vec::new(), 0);
    }
    let mut search = Search { contract, following: Vec::new(), found: Vec::new(), left: MAX_SCHEMAS, left_out: 0 };
    if let Ok(schema) = contract.schema(at) {
        search.schema(&PointerTemplate::root(), &schema, MAX_DEPTH);
    }
    (search.found, search.left_out)
}

/// The answer to whether a contract says `writeOnly` anywhere: most do not, and then no schema needs a look.
#[derive(Default)]
struct Anywhere(OnceLock<bool>);

fn is_anywhere(contract: &Contract) -> bool {
    let document = contract.document();
    let says = || {
        document
            .parts()
            .any(|file| document.node(&Location { file, pointer: Pointer::root() }).is_some_and(says_write_only))
    };
    *contract.attached::<Anywhere>().0.get_or_init(says)
}

fn says_write_only(node: &Value) -> bool {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        match node {
            Value::Object(members) => {
                if members.get(Direction::Response.exempting()) == Some(&Value::Bool(true)) {
                    return true;
                }
                open.extend(members.values().filter(|value| value.is_object() || value.is_array()));
            }
            Value::Array(items) => open.extend(items.iter().filter(|value| value.is_object() || value.is_array())),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    false
}

struct Search<'c> {
    contract: &'c Contract,
    following: Vec<Location>,
    found: Vec<PointerTemplate>,
    left: usize,
    left_out: usize,
}

impl<'c> Search<'c> {
    fn schema(&mut self, pointer: &PointerTemplate, schema: &Schema<'c>, depth: usize) {
        let (Some(left), Some(inner)) = (self.left.checked_sub(1), depth.checked_sub(1)) else {
            self.left_out += 1;
            return;
        };
        self.left = left;
        if self.found.len() >= MAX_PLACES {
            self.left_out += 1;
            return;
        }
        if let Some(target) = self.contract.target(schema)
            && !self.following.contains(&target.at)
        {
            self.following.push(target.at.clone());
            self.schema(pointer, &target, depth);
            self.following.pop();
        }
        for (name, property) in schema.named("properties") {
            let here = pointer.member(name);
            if property.get(Direction::Response.exempting()) != Some(&Value::Bool(true)) {
                self.schema(&here, &property, inner);
            } else if !self.found.contains(&here) {
                self.found.push(here);
            }
        }
        for word in ["items", "additionalProperties"] {
            if let Some(child) = schema.child(word) {
                self.schema(&pointer.any(), &child, inner);
            }
        }
        for word in ["allOf", "anyOf", "oneOf"] {
            for branch in schema.children(word) {
                self.schema(pointer, &branch, inner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Document, NoFiles, Pointer, Source};

    #[test]
    fn members_that_are_only_sent_are_found_wherever_they_stand_and_recursion_ends() {
        let root = json!({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}, "components": {"schemas": {
            "It": {"allOf": [{"properties": {"password": {"type": "string", "writeOnly": true}}}],
                "properties": {"friends": {"type": "array", "items": {"$ref": "#/components/schemas/It"}},
                    "keys": {"additionalProperties": {"oneOf": [{"properties": {"pin": {"writeOnly": true}}}, {"type": "null"}]}},
                    "name": {"type": "string"}}}
        }}});
        let text = root.to_string();
        let source = Source { name: "api.json", bytes: text.as_bytes() };
        let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("a document"));
        let at = Location::entry(Pointer::parse("/components/schemas/It").expect("a pointer"));
        let (found, left_out) = places(&contract, &at);
        let found: Vec<&str> = found.iter().map(|place| place.as_str()).collect();
        assert_eq!(found, ["/friends/*/keys/*/pin", "/friends/*/password", "/keys/*/pin", "/password"]);
        assert_eq!(left_out, 0);
    }
}
