//! The schemas directly within a schema: which keywords hold some, and in which form (JSON Schema Core 2020-12 §10,
//! §11).

use serde_json::{Map, Value};

use crate::document::Pointer;

/// The schemas that a keyword holds.
pub(crate) enum Children<'v> {
    /// The keyword holds no schema.
    None,
    /// The keyword holds one schema.
    One(&'v Value),
    /// Schemas in an array.
    List(&'v [Value]),
    /// The keyword holds schemas by their names.
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
