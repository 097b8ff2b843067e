//! The keywords of schemas: which dialect knows them, and what kind of value each takes.

use serde_json::Value;

use crate::document::Version::{self, OpenApi30, OpenApi31, Swagger2};

/// The value that a keyword takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// A value of any type.
    Any,
    /// A string of any text.
    Text,
    /// A boolean, true or false.
    Flag,
    /// A number of any size.
    Number,
    /// A number above zero.
    Positive,
    /// A whole number from zero.
    Count,
    /// A list of any values.
    List,
    /// A list of strings.
    Texts,
    /// A list of strings by name.
    NamedTexts,
    /// A type, or several where the dialect allows.
    Type,
    /// A schema: an object or a boolean.
    Schema,
    /// One schema or more in a list.
    Schemas,
    /// Schemas by their names.
    Named,
    /// An object of any members.
    Object,
    /// A number; true or false in the dialects of OpenAPI 3.0 and before.
    Exclusive,
}

/// The types of JSON Schema (2020-12 validation §6.1.1).
pub(crate) const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "array", "object", "null"];

/// Every keyword, what it takes, and since when it acts.
const KEYWORDS: [(&str, Takes, Version); 60] = [
    ("$ref", Takes::Text, Swagger2),
    ("title", Takes::Text, Swagger2),
    ("description", Takes::Text, Swagger2),
    ("format", Takes::Text, Swagger2),
    ("default", Takes::Any, Swagger2),
    ("example", Takes::Any, Swagger2),
    ("type", Takes::Type, Swagger2),
    ("enum", Takes::List, Swagger2),
    ("multipleOf", Takes::Positive, Swagger2),
    ("maximum", Takes::Number, Swagger2),
    ("exclusiveMaximum", Takes::Exclusive, Swagger2),
    ("minimum", Takes::Number, Swagger2),
    ("exclusiveMinimum", Takes::Exclusive, Swagger2),
    ("maxLength", Takes::Count, Swagger2),
    ("minLength", Takes::Count, Swagger2),
    ("pattern", Takes::Text, Swagger2),
    ("maxItems", Takes::Count, Swagger2),
    ("minItems", Takes::Count, Swagger2),
    ("uniqueItems", Takes::Flag, Swagger2),
    ("maxProperties", Takes::Count, Swagger2),
    ("minProperties", Takes::Count, Swagger2),
    ("required", Takes::Texts, Swagger2),
    ("items", Takes::Schema, Swagger2),
    ("allOf", Takes::Schemas, Swagger2),
    ("properties", Takes::Named, Swagger2),
    ("additionalProperties", Takes::Schema, Swagger2),
    ("discriminator", Takes::Object, Swagger2),
    ("readOnly", Takes::Flag, Swagger2),
    ("xml", Takes::Object, Swagger2),
    ("externalDocs", Takes::Object, Swagger2),
    ("oneOf", Takes::Schemas, OpenApi30),
    ("anyOf", Takes::Schemas, OpenApi30),
    ("not", Takes::Schema, OpenApi30),
    ("nullable", Takes::Flag, OpenApi30),
    ("writeOnly", Takes::Flag, OpenApi30),
    ("deprecated", Takes::Flag, OpenApi30),
    ("$id", Takes::Text, OpenApi31),
    ("$schema", Takes::Text, OpenApi31),
    ("$anchor", Takes::Text, OpenApi31),
    ("$dynamicRef", Takes::Text, OpenApi31),
    ("$dynamicAnchor", Takes::Text, OpenApi31),
    ("$vocabulary", Takes::Object, OpenApi31),
    ("$comment", Takes::Text, OpenApi31),
    ("$defs", Takes::Named, OpenApi31),
    ("if", Takes::Schema, OpenApi31),
    ("then", Takes::Schema, OpenApi31),
    ("else", Takes::Schema, OpenApi31),
    ("dependentSchemas", Takes::Named, OpenApi31),
    ("dependentRequired", Takes::NamedTexts, OpenApi31),
    ("prefixItems", Takes::Schemas, OpenApi31),
    ("contains", Takes::Schema, OpenApi31),
    ("minContains", Takes::Count, OpenApi31),
    ("maxContains", Takes::Count, OpenApi31),
    ("patternProperties", Takes::Named, OpenApi31),
    ("propertyNames", Takes::Schema, OpenApi31),
    ("unevaluatedItems", Takes::Schema, OpenApi31),
    ("unevaluatedProperties", Takes::Schema, OpenApi31),
    ("const", Takes::Any, OpenApi31),
    ("examples", Takes::List, OpenApi31),
    ("contentSchema", Takes::Schema, OpenApi31),
];

/// The value that a keyword takes, and the version since which it acts; `None` for other words.
pub(crate) fn keyword(name: &str) -> Option<(Takes, Version)> {
    KEYWORDS.iter().find(|(known, ..)| *known == name).map(|(_, takes, since)| (*takes, *since))
}

/// The keywords that a version knows.
pub(crate) fn known_in(version: Version) -> impl Iterator<Item = &'static str> {
    KEYWORDS.iter().filter(move |(.., since)| *since <= version).map(|(name, ..)| *name)
}

/// The reason why a keyword cannot take a value, as a sentence; `None` where it can.
pub(crate) fn objection(takes: Takes, value: &Value, version: Version) -> Option<String> {
    let must = |what: &str| Some(format!("must be {what}, not {}", shown(value)));
    let own_dialect = version.has_own_schema_dialect();
    match takes {
        Takes::Any => None,
        Takes::Text if !value.is_string() => must("a string"),
        Takes::Flag if !value.is_boolean() => must("true or false"),
        Takes::Number if !value.is_number() => must("a number"),
        Takes::Positive if !value.as_f64().is_some_and(|number| number > 0.0) => must("a number above zero"),
        Takes::Count if !is_count(value) => must("a whole number, zero or more"),
        Takes::List if !value.is_array() => must("a list"),
        Takes::Texts if !is_texts(value) => must("a list of strings"),
        Takes::NamedTexts if !value.as_object().is_some_and(|named| named.values().all(is_texts)) => {
            must("lists of strings by name")
        }
        Takes::Schema if !(value.is_object() || value.is_boolean()) => must("a schema"),
        Takes::Schemas if value.as_array().is_none_or(Vec::is_empty) => must("a list of one schema or more"),
        Takes::Named if !value.is_object() => must("schemas by name"),
        Takes::Object if !value.is_object() => must("an object"),
        Takes::Exclusive if own_dialect && !value.is_boolean() => must("true or false in this version"),
        Takes::Exclusive if !own_dialect && !value.is_number() => must("a number since OpenAPI 3.1"),
        Takes::Type => types(value, own_dialect),
        Takes::Text
        | Takes::Flag
        | Takes::Number
        | Takes::Positive
        | Takes::Count
        | Takes::List
        | Takes::Texts
        | Takes::NamedTexts
        | Takes::Schema
        | Takes::Schemas
        | Takes::Named
        | Takes::Object
        | Takes::Exclusive => None,
    }
}

fn types(value: &Value, own_dialect: bool) -> Option<String> {
    let unknown =
        |name: &str| (!TYPES.contains(&name)).then(|| format!("is `{name}`, which is no type of JSON Schema"));
    match value {
        Value::String(name) if own_dialect && name == "null" => {
            Some("cannot be `null` before OpenAPI 3.1; `nullable` says that".to_owned())
        }
        Value::String(name) => unknown(name),
        Value::Array(_) if own_dialect => Some("must be one type; several came with OpenAPI 3.1".to_owned()),
        Value::Array(names) if names.is_empty() => Some("must name a type".to_owned()),
        Value::Array(names) => names.iter().find_map(|name| match name.as_str() {
            Some(name) => unknown(name),
            None => Some(format!("must hold strings, not {}", shown(name))),
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            Some(format!("must be a string, not {}", shown(value)))
        }
    }
}

fn is_count(value: &Value) -> bool {
    value.as_u64().is_some() || value.as_f64().is_some_and(|number| number >= 0.0 && number.fract() == 0.0)
}

fn is_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(Value::is_string))
}

/// A value as a short phrase.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.chars().count() <= 40 => format!("the string \"{text}\""),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
