//! Schemas of OpenAPI 3.0 and Swagger 2.0 -> JSON Schema 2020-12, in place: every pointer stays true.

use serde_json::{Map, Value};

use crate::document::{Pointer, Version};

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

/// Rewrites every schema of a document of that version.
pub(crate) fn document(root: &mut Value, version: Version) {
    if version.has_own_schema_dialect() {
        walk(root);
    }
}

/// Members whose values belong to the user's data, never to the specification.
const DATA: [&str; 6] = ["example", "examples", "default", "enum", "value", "const"];

fn walk(node: &mut Value) {
    match node {
        Value::Array(items) => items.iter_mut().for_each(walk),
        Value::Object(members) => {
            for (key, value) in members {
                match key.as_str() {
                    "schema" | "itemSchema" => schema(value),
                    "schemas" | "definitions" => each(value, schema),
                    "components" => components(value),
                    "headers" | "content" | "responses" | "paths" | "callbacks" | "parameters" => each(value, walk),
                    data if DATA.contains(&data) || data.starts_with("x-") => {}
                    _ => walk(value),
                }
            }
        }
        _ => {}
    }
}

fn components(node: &mut Value) {
    let Value::Object(sections) = node else { return };
    for (section, value) in sections {
        match section.as_str() {
            "schemas" => each(value, schema),
            "examples" => {}
            _ => each(value, walk),
        }
    }
}

fn each(node: &mut Value, visit: fn(&mut Value)) {
    match node {
        Value::Object(members) => members.values_mut().for_each(visit),
        Value::Array(items) => items.iter_mut().for_each(visit),
        _ => {}
    }
}

fn schema(node: &mut Value) {
    let Value::Object(members) = node else { return };
    if members.get("$ref").is_some_and(Value::is_string) {
        // OpenAPI 3.0 "Reference Object": siblings are ignored.
        members.retain(|keyword, _| keyword == "$ref");
        return;
    }
    nullable(members);
    exclusive(members, "exclusiveMinimum", "minimum");
    exclusive(members, "exclusiveMaximum", "maximum");
    // Keywords that the dialect does not know must not begin to act (OpenAPI 3.0 "Schema Object").
    for unknown in [
        "const",
        "if",
        "then",
        "else",
        "contains",
        "prefixItems",
        "dependentRequired",
        "dependentSchemas",
        "unevaluatedProperties",
        "unevaluatedItems",
        "propertyNames",
        "patternProperties",
        "$dynamicRef",
        "$dynamicAnchor",
    ] {
        members.remove(unknown);
    }
    for (keyword, value) in members.iter_mut() {
        match (keyword.as_str(), value) {
            ("items" | "additionalProperties" | "not", value) => schema(value),
            ("properties", value) => each(value, schema),
            ("allOf" | "anyOf" | "oneOf", value) => each(value, schema),
            _ => {}
        }
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_dialect_of_3_0_becomes_2020_12_in_place() {
        let mut root = json!({
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
        document(&mut root, Version::OpenApi30);
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
}
