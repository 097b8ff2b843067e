//! The examples, defaults and listed values of a document, each with the schema that it belongs to. Whether they fit is for a later
//! floor.

use serde_json::{Map, Value};

use crate::document::{Document, Location, Version};
use crate::lint::grammar::Kind;
use crate::model::MediaType;

/// Keywords beside an `enum` that may refuse some of its values; `type` is looked at apart.
const REFUSING: [&str; 12] = [
    "pattern",
    "format",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "not",
    "allOf",
    "const",
];

/// The most values of one `enum` that are looked at.
const MAX_LISTED: usize = 100;

/// The most examples and defaults of one document that are looked at: ten times what the largest known one has.
const MAX_SAMPLES: usize = 100_000;

/// A value that a document shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sample {
    /// The location of the value.
    pub(crate) at: Location,
    /// The schema that it is to fit.
    pub(crate) schema: Location,
    /// The role of the value.
    pub(crate) role: Role,
}

/// The role of a value that a document shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    /// A value of `example` or `examples`.
    Example,
    /// An example of a media type other than JSON, whose texts may be what travels (OpenAPI 3.x "Example Object").
    Written,
    /// The value of `default`.
    Default,
    /// A value of `enum`, where other keywords stand beside it.
    Listed,
}

/// Adds the samples of an object that has its own members for them.
pub(crate) fn of_object(
    document: &Document,
    at: &Location,
    kind: Kind,
    members: &Map<String, Value>,
    version: Version,
    samples: &mut Vec<Sample>,
) {
    let schema = at.join("schema");
    let is_described = document.node(&schema).is_some();
    let of_value = matches!(kind, Kind::Parameter | Kind::Header);
    if kind == Kind::Response && version == Version::Swagger2 && is_described {
        for name in members.get("examples").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name) {
            let role = role_in(name);
            push(samples, at.join("examples").join(name), &schema, role);
        }
    } else if of_value && version == Version::Swagger2 {
        // What stands in the parameter itself stands in its schema after normalisation.
        of_schema(document, &schema, samples);
    } else if (of_value || kind == Kind::MediaType) && is_described {
        let role = match (kind, at.pointer.last()) {
            (Kind::MediaType, Some(name)) => role_in(&name),
            _ => Role::Example,
        };
        if members.contains_key("example") {
            push(samples, at.join("example"), &schema, role);
        }
        for name in members.get("examples").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name) {
            let Ok((found, example)) = document.follow(&at.join("examples").join(name)) else { continue };
            let value = ["dataValue", "value"].into_iter().find(|key| example.get(*key).is_some());
            // A `dataValue` is never what travels (OpenAPI 3.2 "Example Object").
            let role = if value == Some("dataValue") { Role::Example } else { role };
            if let Some(value) = value {
                push(samples, found.join(value), &schema, role);
            }
        }
    }
}

/// Adds the samples of a schema.
pub(crate) fn of_schema(document: &Document, at: &Location, samples: &mut Vec<Sample>) {
    let Some(Value::Object(members)) = document.node(at) else { return };
    for (key, role) in [("default", Role::Default), ("example", Role::Example)] {
        if members.contains_key(key) {
            push(samples, at.join(key), at, role);
        }
    }
    let count = members.get("examples").and_then(Value::as_array).map_or(0, Vec::len);
    for index in 0..count {
        push(samples, at.join("examples").index(index), at, Role::Example);
    }
    if REFUSING.iter().any(|keyword| members.contains_key(*keyword)) {
        let listed = members.get("enum").and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..listed.min(MAX_LISTED) {
            push(samples, at.join("enum").index(index), at, Role::Listed);
        }
    }
}

fn role_in(media_type: &str) -> Role {
    match MediaType::parse(media_type) {
        Some(media_type) if media_type.is_json() => Role::Example,
        Some(_) | None => Role::Written,
    }
}

fn push(samples: &mut Vec<Sample>, at: Location, schema: &Location, role: Role) {
    if samples.len() < MAX_SAMPLES {
        samples.push(Sample { at, schema: schema.clone(), role });
    }
}
