//! Schemas of OpenAPI 3.0 and Swagger 2.0 -> JSON Schema 2020-12, in place: every pointer stays true. Fragments of other
//! files are rewritten as what they are referred to as, in the dialect of the document that refers to them. What this
//! takes away is reported by `lint`, which reads the text again.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::document::{Document, Location, Pointer, Version};
use crate::model::swagger;

/// The formats that bound numbers (OpenAPI format registry).
const NUMBER_FORMATS: [&str; 12] = [
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float",
    "double",
    "double-int",
    "decimal",
];

/// What kind of value a format speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatOf {
    /// Texts.
    Text,
    /// Numbers.
    Number,
}

/// The formats of texts that are asserted: those of JSON Schema 2020-12 Validation §7.3, and those of the OpenAPI format
/// registry that have a syntax of their own.
const TEXT_FORMATS: [&str; 24] = [
    "uuid",
    "date",
    "time",
    "date-time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "iri",
    "iri-reference",
    "uri-template",
    "json-pointer",
    "relative-json-pointer",
    "regex",
    "byte",
    "base64url",
    "char",
    "http-date",
    "date-time-local",
    "time-local",
    "media-range",
];

/// What a format speaks of, where it asserts anything; other formats are notes for people.
#[must_use]
pub fn asserted_format(format: &str) -> Option<FormatOf> {
    if TEXT_FORMATS.contains(&format) {
        Some(FormatOf::Text)
    } else {
        (is_number_format(format) && format != "decimal").then_some(FormatOf::Number)
    }
}

/// True for the formats that bound numbers; normalised schemas repeat them as `x-etalon-format`.
#[must_use]
pub fn is_number_format(format: &str) -> bool {
    NUMBER_FORMATS.contains(&format)
}

/// What a keyword holds, as far as schemas go.
pub(crate) enum Children<'v> {
    /// No schema.
    None,
    /// One schema.
    One(&'v Value),
    /// Schemas in an array.
    List(&'v [Value]),
    /// Schemas by name.
    Named(&'v Map<String, Value>),
}

impl<'v> Children<'v> {
    pub(crate) fn of(keyword: &str, value: &'v Value) -> Self {
        match (keyword, value) {
            (
                "additionalProperties"
                | "unevaluatedProperties"
                | "items"
                | "unevaluatedItems"
                | "contains"
                | "propertyNames"
                | "not"
                | "if"
                | "then"
                | "else"
                | "contentSchema",
                Value::Object(_) | Value::Bool(_),
            ) => Self::One(value),
            ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(items)) => Self::List(items),
            (
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas",
                Value::Object(members),
            ) => Self::Named(members),
            _ => Self::None,
        }
    }
}

/// The schemas directly within a schema, each with its pointer from there.
pub(crate) fn subschemas(schema: &Value) -> Vec<(Pointer, &Value)> {
    let Value::Object(members) = schema else { return Vec::new() };
    let mut found = Vec::new();
    for (keyword, value) in members {
        let here = Pointer::root().join(keyword);
        match Children::of(keyword, value) {
            Children::None => {}
            Children::One(child) => found.push((here, child)),
            Children::List(children) => {
                found.extend(children.iter().enumerate().map(|(index, child)| (here.index(index), child)));
            }
            Children::Named(children) => {
                found.extend(children.iter().map(|(name, child)| (here.join(name), child)));
            }
        }
    }
    found
}

/// Rewrites every schema of a document.
pub(crate) fn document(document: &mut Document) {
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
    /// A schema.
    Schema,
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
            Kind::Parameter => self.parameter(node),
            Kind::Header => self.header(node),
        }
    }

    /// Remembers a reference; true where there is one.
    fn refer(&mut self, members: &Map<String, Value>, kind: Kind) -> bool {
        let Some(reference) = members.get("$ref").and_then(Value::as_str) else { return false };
        let covered = self.whole
            && ["#/components/", "#/definitions/", "#/parameters/", "#/responses/"].iter().any(|section| {
                let depth = usize::from(*section == "#/components/");
                reference.strip_prefix(section).is_some_and(|rest| rest.matches('/').count() == depth)
            });
        if !covered {
            self.found.push((reference.to_owned(), kind));
        }
        true
    }

    fn node(&mut self, node: &mut Value) {
        match node {
            Value::Array(items) => items.iter_mut().for_each(|item| self.node(item)),
            Value::Object(members) => {
                self.refer(members, Kind::Node);
                let swagger2 = self.dialect == Version::Swagger2;
                for (key, value) in members {
                    match key.as_str() {
                        "schema" | "itemSchema" => self.schema(value),
                        "schemas" | "definitions" => self.each(value, Self::schema),
                        "components" => self.components(value),
                        "parameters" if swagger2 => self.each(value, Self::parameter),
                        "headers" if swagger2 => self.each(value, Self::header),
                        "headers" | "content" | "responses" | "paths" | "callbacks" | "parameters" => {
                            self.each(value, Self::node);
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
                "schemas" => self.each(value, Self::schema),
                "examples" => {}
                _ => self.each(value, Self::node),
            }
        }
    }

    fn each(&mut self, node: &mut Value, visit: fn(&mut Self, &mut Value)) {
        match node {
            Value::Object(members) => {
                // References may stand for a whole map, such as `paths: {$ref: …}`.
                self.refer(members, Kind::Node);
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
        nullable(members);
        exclusive(members, "exclusiveMinimum", "minimum");
        exclusive(members, "exclusiveMaximum", "maximum");
        if members.keys().any(|keyword| is_dropped(keyword, members)) {
            let kept = std::mem::take(members);
            let dropped: Vec<bool> = kept.keys().map(|keyword| is_dropped(keyword, &kept)).collect();
            members.extend(kept.into_iter().zip(dropped).filter(|(_, dropped)| !dropped).map(|(member, _)| member));
        }
        for (keyword, value) in members.iter_mut() {
            match (keyword.as_str(), value) {
                ("items" | "additionalProperties" | "not", value) => self.schema(value),
                ("properties" | "allOf" | "anyOf" | "oneOf" | "definitions", value) => self.each_schema(value),
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

/// Whether a keyword must go: one that the dialect does not know, or a `required` of JSON Schema draft 3, where it stood
/// in the property and was true or false.
fn is_dropped(keyword: &str, members: &Map<String, Value>) -> bool {
    UNKNOWN_TO_3_0.contains(&keyword) || keyword == "required" && members["required"].is_boolean()
}

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

/// Writes every reference out in full (`urn:etalon:…`) where names make it depend on its place, and `$dynamicRef` as
/// `$ref` to what it means where it stands, so that whoever reads schemas needs to know files and pointers only.
pub(crate) fn spell_out(document: &mut Document) {
    let mut changes: Vec<(Location, &'static str, String)> = Vec::new();
    for file in document.parts().filter(|file| document.has_ids(*file)) {
        let root = Location { file, pointer: Pointer::root() };
        named_references(document, &root, &mut changes);
    }
    for (at, keyword, target) in changes {
        let Some(Value::Object(members)) = document.node_mut(&at) else { continue };
        if keyword == "$ref" {
            members.insert(keyword.to_owned(), Value::String(target));
        } else {
            members.shift_remove(keyword);
            if members.contains_key("$ref") {
                let all = members.entry("allOf").or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(all) = all {
                    all.push(serde_json::json!({ "$ref": target }));
                }
            } else {
                members.insert("$ref".to_owned(), Value::String(target));
            }
        }
    }
}

fn named_references(document: &Document, at: &Location, changes: &mut Vec<(Location, &'static str, String)>) {
    match document.node(at) {
        Some(Value::Object(members)) => {
            for keyword in ["$ref", "$dynamicRef"] {
                if let Some(reference) = members.get(keyword).and_then(Value::as_str)
                    && let Ok(target) = document.resolve(at, reference)
                {
                    changes.push((at.clone(), keyword, target.uri()));
                }
            }
            // Below these every key is a name that the author chose, and no keyword.
            let names = at.pointer.last().is_some_and(|word| {
                ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "schemas"]
                    .contains(&word.as_ref())
            });
            for (key, value) in members {
                let is_data = !names && DATA.contains(&key.as_str());
                if (value.is_object() || value.is_array()) && !is_data {
                    named_references(document, &at.join(key), changes);
                }
            }
        }
        Some(Value::Array(items)) => {
            for index in 0..items.len() {
                named_references(document, &at.index(index), changes);
            }
        }
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{NoFiles, Source};

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
                "n": {"type": ["integer", "null"], "nullable": true, "exclusiveMinimum": 1, "enum": [2, 3, null]},
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
