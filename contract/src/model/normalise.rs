//! Schemas of OpenAPI 3.0 and Swagger 2.0 -> JSON Schema 2020-12, in place: every pointer stays true. Fragments of other
//! files are rewritten as what they are referred to as, in the dialect of the document that refers to them. What this
//! takes away is reported by `lint`, which reads the text again.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::document::{Document, Location, Pointer, Version};
use crate::model::{swagger, unreadable};

/// Rewrites every schema of a document.
pub(crate) fn document(document: &mut Document) {
    for file in document.parts() {
        let root = Location { file, pointer: Pointer::root() };
        let is_newer = document.own_version(file).is_some_and(|version| !version.has_own_schema_dialect());
        let flags = if is_newer { unreadable::Flags::Unknown } else { unreadable::Flags::Meant };
        unreadable::leave_out(document.node_mut(&root).expect("every file has a root"), flags);
    }
    let mut queue = Vec::new();
    for file in document.parts() {
        let Some(dialect) = document.own_version(file).filter(|version| version.has_own_schema_dialect()) else {
            continue;
        };
        let root = Location { file, pointer: Pointer::root() };
        let mut walk = Walk { dialect, whole: true, found: Vec::new() };
        walk.node(document.node_mut(&root).expect("every file has a root"));
        queue.extend(walk.found.into_iter().map(|(reference, kind)| (file, dialect, reference, kind)));
    }
    let mut seen: HashSet<(Location, Kind)> = HashSet::new();
    while let Some((file, dialect, reference, kind)) = queue.pop() {
        // What is broken is reported by whoever uses it.
        let Ok(target) = document.resolve(&Location { file, pointer: Pointer::root() }, &reference) else { continue };
        if !seen.insert((target.clone(), kind)) {
            continue;
        }
        let own = document.own_version(target.file);
        let dialect = own.unwrap_or(dialect);
        if !dialect.has_own_schema_dialect() {
            continue;
        }
        let mut walk = Walk { dialect, whole: own.is_some(), found: Vec::new() };
        walk.start(kind, document.node_mut(&target).expect("it was resolved"));
        queue.extend(walk.found.into_iter().map(|(reference, kind)| (target.file, dialect, reference, kind)));
    }
}

/// What a node is, as far as rewriting differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Anything that holds schemas at the usual places.
    Node,
    /// A schema: an object or a boolean.
    Schema,
    /// The keyword holds schemas by their names.
    Schemas,
    /// A parameter of Swagger 2.0.
    Parameter,
    /// A header of Swagger 2.0.
    Header,
}

/// Members whose values belong to the user's data, never to the specification.
const DATA: [&str; 6] = ["example", "examples", "default", "enum", "value", "const"];

/// Keywords that the dialect of OpenAPI 3.0 does not know, so that they must not begin to act ("Schema Object").
pub(crate) const UNKNOWN_TO_3_0: [&str; 18] = [
    "const",
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "prefixItems",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
    "propertyNames",
    "patternProperties",
    "$dynamicRef",
    "$dynamicAnchor",
    "$anchor",
    "$id",
];

/// Marks the `prefixItems` that was a list of `items` (JSON Schema draft 4), which the dialects do not have, but documents do.
const TUPLE: &str = "x-etalon-tuple";

/// One walk over one node; keeps the references that lead to where no walk over a whole document comes by.
struct Walk {
    dialect: Version,
    whole: bool,
    found: Vec<(String, Kind)>,
}

impl Walk {
    fn start(&mut self, kind: Kind, node: &mut Value) {
        match kind {
            Kind::Node => self.node(node),
            Kind::Schema => self.schema(node),
            Kind::Schemas => self.each(node, Kind::Schemas, Self::schema),
            Kind::Parameter => self.parameter(node),
            Kind::Header => self.header(node),
        }
    }

    /// Remembers a reference; true where there is one.
    fn refer(&mut self, members: &Map<String, Value>, kind: Kind) -> bool {
        let reference = members.iter().find(|(key, value)| *key == "$ref" && value.is_string());
        reference.into_iter().for_each(|(_, reference)| self.found_reference(reference, kind));
        reference.is_some()
    }

    fn found_reference(&mut self, reference: &Value, kind: Kind) {
        let Some(reference) = reference.as_str() else { return };
        let covered = self.whole
            && ["#/components/", "#/definitions/", "#/parameters/", "#/responses/"].iter().any(|section| {
                let depth = usize::from(*section == "#/components/");
                reference.strip_prefix(section).is_some_and(|rest| rest.matches('/').count() == depth)
            });
        if !covered {
            self.found.push((reference.to_owned(), kind));
        }
    }

    fn node(&mut self, node: &mut Value) {
        match node {
            Value::Array(items) => items.iter_mut().for_each(|item| self.node(item)),
            Value::Object(members) => {
                let swagger2 = self.dialect == Version::Swagger2;
                for (key, value) in members {
                    match key.as_str() {
                        "$ref" => self.found_reference(value, Kind::Node),
                        "schema" | "itemSchema" => self.schema(value),
                        "schemas" | "definitions" => self.each(value, Kind::Schemas, Self::schema),
                        "components" => self.components(value),
                        "parameters" if swagger2 => self.each(value, Kind::Node, Self::parameter),
                        "headers" if swagger2 => self.each(value, Kind::Node, Self::header),
                        "headers" | "content" | "responses" | "paths" | "callbacks" | "parameters" => {
                            self.each(value, Kind::Node, Self::node);
                        }
                        data if DATA.contains(&data) || data.starts_with("x-") => {}
                        _ => self.node(value),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn components(&mut self, node: &mut Value) {
        let Value::Object(sections) = node else { return };
        for (section, value) in sections {
            match section.as_str() {
                "schemas" => self.each(value, Kind::Schemas, Self::schema),
                "examples" => {}
                _ => self.each(value, Kind::Node, Self::node),
            }
        }
    }

    fn each(&mut self, node: &mut Value, kind: Kind, visit: fn(&mut Self, &mut Value)) {
        match node {
            Value::Object(members) => {
                // References may stand for a whole map, such as `paths: {$ref: …}`.
                self.refer(members, kind);
                members.values_mut().for_each(|value| visit(self, value));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| visit(self, item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn parameter(&mut self, node: &mut Value) {
        let Value::Object(members) = node else { return };
        if !self.refer(members, Kind::Parameter) {
            swagger::parameter(members);
            members.get_mut("schema").into_iter().for_each(|schema| self.schema(schema));
        }
    }

    fn header(&mut self, node: &mut Value) {
        let Value::Object(members) = node else { return };
        if !self.refer(members, Kind::Header) {
            swagger::header(members);
            members.get_mut("schema").into_iter().for_each(|schema| self.schema(schema));
        }
    }

    fn schema(&mut self, node: &mut Value) {
        let Value::Object(members) = node else { return };
        if self.refer(members, Kind::Schema) {
            // OpenAPI 3.0 "Reference Object": siblings are ignored.
            if members.len() > 1 {
                members.retain(|keyword, _| keyword == "$ref");
            }
            return;
        }
        if self.dialect == Version::Swagger2 {
            swagger::schema(members);
        }
        // One look at the keys tells what there is to do, which mostly is nothing.
        let (mut is_nullable, mut is_exclusive, mut drops) = (false, false, false);
        let (mut is_tuple, mut was_tuple) = (false, false);
        for (keyword, value) in members.iter() {
            match keyword.as_str() {
                "items" => is_tuple = value.is_array(),
                TUPLE => was_tuple = true,
                "nullable" => is_nullable = true,
                "exclusiveMinimum" | "exclusiveMaximum" => is_exclusive = true,
                other => drops |= is_dropped(other, value),
            }
        }
        if is_nullable {
            nullable(members);
        }
        if is_exclusive {
            exclusive(members, "exclusiveMinimum", "minimum");
            exclusive(members, "exclusiveMaximum", "maximum");
        }
        if drops {
            members.retain(|keyword, value| !is_dropped(keyword, value) || was_tuple && keyword == "prefixItems");
        }
        if is_tuple && let Some(items) = members.shift_remove("items") {
            members.insert("prefixItems".to_owned(), items);
            members.insert(TUPLE.to_owned(), Value::Bool(true));
        }
        for (keyword, value) in members.iter_mut() {
            match (keyword.as_str(), value) {
                ("items" | "additionalProperties" | "not", value) => self.schema(value),
                ("properties" | "allOf" | "anyOf" | "oneOf" | "prefixItems" | "definitions", value) => {
                    self.each_schema(value)
                }
                _ => {}
            }
        }
    }

    /// As `each`, but a member called `$ref` is a property here.
    fn each_schema(&mut self, node: &mut Value) {
        match node {
            Value::Object(members) => members.values_mut().for_each(|value| self.schema(value)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.schema(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// True where a keyword must go: one that the dialect does not know, or a `required` of JSON Schema draft 3, where it stood
/// in the property and was true or false.
fn is_dropped(keyword: &str, value: &Value) -> bool {
    keyword == "required" && value.is_boolean() || UNKNOWN_TO_3_0.contains(&keyword)
}

/// Marks a schema that is `nullable` beside an `enum` without null: whether null is valid there is read both ways.
pub const DOUBTFUL_NULL: &str = "x-etalon-doubtful-null";

/// `nullable` acts only beside a `type` (OpenAPI 3.0.3 "Schema Object"); an `enum` beside it then has null too.
fn nullable(members: &mut Map<String, Value>) {
    if members.get("nullable") != Some(&Value::Bool(true)) {
        return;
    }
    let Some(Value::String(kind)) = members.get("type") else { return };
    let kind = kind.clone();
    members.insert("type".to_owned(), serde_json::json!([kind, "null"]));
    if let Some(Value::Array(values)) = members.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
        // By the letter of 3.0.3 null is not valid here; much is written as if it were.
        members.insert(DOUBTFUL_NULL.to_owned(), Value::Bool(true));
    }
}

fn exclusive(members: &mut Map<String, Value>, flag: &str, bound: &str) {
    match members.get(flag) {
        Some(Value::Bool(true)) => {
            if let Some(limit) = members.shift_remove(bound) {
                members.insert(flag.to_owned(), limit);
            } else {
                members.shift_remove(flag);
            }
        }
        Some(Value::Bool(false)) => {
            members.shift_remove(flag);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{NoFiles, Source};
    use crate::model::absolute::spell_out;

    fn rewritten(root: &Value) -> Value {
        let text = root.to_string();
        let source = Source { name: "api.json", bytes: text.as_bytes() };
        let mut loaded = Document::load(source, &[], &NoFiles).expect("it can be loaded");
        spell_out(&mut loaded);
        document(&mut loaded);
        loaded.root().clone()
    }

    #[test]
    fn the_dialect_of_3_0_becomes_2020_12_in_place() {
        let root = json!({
            "openapi": "3.0.3",
            "components": {"schemas": {"A": {
                "type": "object",
                "properties": {
                    "n": {"type": "integer", "nullable": true, "minimum": 1, "exclusiveMinimum": true, "enum": [2, 3]},
                    "r": {"$ref": "#/components/schemas/A", "description": "ignored"},
                    "example": {"type": "string", "nullable": true}
                },
                "example": {"nullable": true, "type": "x"}
            }}}
        });
        let root = rewritten(&root);
        assert_eq!(
            root.pointer("/components/schemas/A/properties"),
            Some(&json!({
                "n": {
                    "type": ["integer", "null"], "nullable": true, "exclusiveMinimum": 1, "enum": [2, 3, null],
                    "x-etalon-doubtful-null": true
                },
                "r": {"$ref": "#/components/schemas/A"},
                "example": {"type": ["string", "null"], "nullable": true}
            }))
        );
        assert_eq!(root.pointer("/components/schemas/A/example/type"), Some(&json!("x")));
    }

    #[test]
    fn schemas_outside_the_usual_sections_are_rewritten_where_references_find_them() {
        let root = rewritten(&json!({
            "openapi": "3.0.3",
            "components": {"schemas": {"A": {"$ref": "#/odd/B"}}},
            "odd": {"B": {"type": "string", "nullable": true, "properties": {"c": {"$ref": "#/odd/C"}}}, "C": {"type": "string", "nullable": true}}
        }));
        assert_eq!(root.pointer("/odd/B/type"), Some(&json!(["string", "null"])));
        assert_eq!(root.pointer("/odd/C/type"), Some(&json!(["string", "null"])));
    }

    #[test]
    fn a_list_of_items_becomes_a_tuple_once() {
        let root = rewritten(&json!({
            "openapi": "3.0.3",
            "components": {"schemas": {
                "A": {"type": "array", "items": [{"type": "string", "nullable": true}]},
                "B": {"$ref": "#/components/schemas/A/prefixItems/0"},
                "C": {"properties": {"a": {"items": [{}]}}},
                "D": {"$ref": "#/components/schemas/C/properties/a"}
            }}
        }));
        assert_eq!(root.pointer("/components/schemas/A/prefixItems/0/type"), Some(&json!(["string", "null"])));
        assert_eq!(root.pointer("/components/schemas/C/properties/a/prefixItems"), Some(&json!([{}])));
    }

    #[test]
    fn fragments_are_rewritten_as_what_they_are_referred_to_as() {
        /// One other file, under any name.
        struct Other(&'static str);
        impl crate::document::Files for Other {
            fn read(&self, _name: &str) -> Result<Vec<u8>, String> {
                Ok(self.0.as_bytes().to_vec())
            }
        }
        let fragment = "schema: {nullable: true, type: string}\nSize: {nullable: true, type: integer}\nname: {type: string, nullable: true}\n";
        let mut types = Vec::new();
        for (version, reference) in [
            ("openapi: 3.0.3", "components: {schemas: {A: {$ref: 'f.yaml#/Size'}, B: {$ref: 'f.yaml#/name'}}}"),
            ("openapi: 3.0.3", "components: {schemas: {$ref: f.yaml}}"),
            ("openapi: 3.0.3", "paths: {/a: {get: {parameters: [{$ref: f.yaml}]}}}"),
            ("openapi: 3.1.0", "components: {schemas: {$ref: f.yaml}}"),
        ] {
            let text = format!("{version}\n{reference}\n");
            let source = Source { name: "api.yaml", bytes: text.as_bytes() };
            let mut loaded = Document::load(source, &[], &Other(fragment)).expect("it can be loaded");
            document(&mut loaded);
            let at = |pointer: &str| Location {
                file: crate::document::FileId(1),
                pointer: Pointer::parse(pointer).expect("a pointer"),
            };
            let rewritten = ["/schema", "/Size", "/name"]
                .map(|name| loaded.node(&at(name)).is_some_and(|node| node["type"].is_array()));
            types.push(rewritten);
        }
        assert_eq!(types, [[false, true, true], [true, true, true], [true, false, false], [false, false, false]]);
    }

    #[test]
    fn names_and_dynamic_references_are_spelled_out() {
        let root = rewritten(&json!({
            "openapi": "3.1.0",
            "components": {"schemas": {
                "Tree": {"$id": "https://x.org/tree", "$dynamicAnchor": "node", "properties": {"children": {"items": {"$dynamicRef": "#node"}}}},
                "Use": {"$ref": "https://x.org/tree"}
            }}
        }));
        let tree = json!("urn:etalon:0#/components/schemas/Tree");
        assert_eq!(root.pointer("/components/schemas/Tree/properties/children/items/$ref"), Some(&tree));
        assert_eq!(root.pointer("/components/schemas/Use/$ref"), Some(&tree));
    }
}
