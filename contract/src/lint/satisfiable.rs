//! Schemas that say less, or other things, than was meant: bounds that leave nothing between them, values that never
//! fit, members that are required but not described.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::document::{Code, Location, nearest};
use crate::lint::Lint;
use crate::lint::keyword::shown;

/// The most values of one `enum` that are looked at: more are tables, which nobody writes by hand.
const MAX_VALUES: usize = 1_000;

/// The most schemas that are looked into for the members that a schema has by its parts.
const MAX_PARTS: usize = 256;

/// Keywords under which a schema is a part of another, which describes the members.
const PARTS: [&str; 8] = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"];

/// Keywords that describe members without naming them here, or leave it to others.
const ELSEWHERE: [&str; 8] =
    ["patternProperties", "propertyNames", "if", "then", "else", "dependentSchemas", "not", "$dynamicRef"];

/// Keywords that may be in each other's way, in twos: where both stand in one schema, the algebra is asked.
const IN_THE_WAY: [(&str, &str); 14] = [
    ("allOf", "allOf"),
    ("oneOf", "oneOf"),
    ("anyOf", "anyOf"),
    ("not", "not"),
    ("pattern", "maxLength"),
    ("pattern", "minLength"),
    ("format", "maxLength"),
    ("format", "minLength"),
    ("enum", "pattern"),
    ("enum", "format"),
    ("multipleOf", "minimum"),
    ("multipleOf", "maximum"),
    ("required", "maxProperties"),
    ("uniqueItems", "minItems"),
];

pub(crate) fn check(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    if IN_THE_WAY.iter().any(|(one, other)| members.contains_key(*one) && members.contains_key(*other)) {
        lint.composed.push(at.clone());
    }
    contradictions(lint, at, members);
    values(lint, at, members);
    required(lint, at, members);
}

/// Bounds that leave nothing between them.
fn contradictions(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    for (low, high) in [
        ("minimum", "maximum"),
        ("minLength", "maxLength"),
        ("minItems", "maxItems"),
        ("minProperties", "maxProperties"),
        ("minContains", "maxContains"),
    ] {
        let number = |key: &str| members.get(key).and_then(Value::as_f64);
        if let (Some(least), Some(most)) = (number(low), number(high))
            && least > most
        {
            let reason = format!("nothing is both at least {} and at most {}", members[low], members[high]);
            lint.warn(Code::InvalidSchema, at.join(low), reason, None);
        }
    }
    // Before OpenAPI 3.1 an exclusive bound is the plain one with a flag; later it is a number of its own.
    let number = |key: &str| members.get(key).and_then(Value::as_f64);
    let is_set = |key: &str| members.get(key) == Some(&Value::Bool(true));
    let (least, most) = (number("minimum"), number("maximum"));
    let (above, below) = (number("exclusiveMinimum"), number("exclusiveMaximum"));
    let touching = |one: Option<f64>, other: Option<f64>| one.zip(other).is_some_and(|(one, other)| one >= other);
    let is_empty = touching(least, below) || touching(above, most) || touching(above, below);
    let flagged = (is_set("exclusiveMinimum") || is_set("exclusiveMaximum")) && least.is_some() && least == most;
    if is_empty || flagged {
        let key = if members.contains_key("exclusiveMaximum") { "exclusiveMaximum" } else { "exclusiveMinimum" };
        lint.warn(Code::InvalidSchema, at.join(key), "the bounds leave no number between them", None);
    }
}

/// The values of an `enum`: each once, and each of a type that the schema allows.
fn values(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    let Some(Value::Array(values)) = members.get("enum") else { return };
    let at = at.join("enum");
    let mut seen = HashSet::new();
    let types = types(members);
    for (index, value) in values.iter().enumerate().take(MAX_VALUES) {
        let here = at.index(index);
        if !seen.insert(value.to_string()) {
            lint.warn(Code::InvalidSchema, here, format!("{} is in the `enum` twice", shown(value)), None);
        } else if !types.is_empty() && !types.iter().any(|kind| is_of(kind, value)) {
            let reason = format!("{} never fits: it is not of type `{}`", shown(value), types.join("` or `"));
            let hint = match value {
                Value::Null => Some("say that null is allowed, or leave it out".to_owned()),
                Value::Bool(_) | Value::Number(_) => (types == ["string"]).then(|| format!("write '{value}'")),
                Value::String(_) | Value::Array(_) | Value::Object(_) => None,
            };
            lint.warn(Code::InvalidSchema, here, reason, hint);
        }
    }
}

/// The types that a schema allows, null included where the dialect has another word for it; none where all are.
fn types(members: &Map<String, Value>) -> Vec<&str> {
    let mut types: Vec<&str> = match members.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && ["nullable", "x-nullable"].iter().any(|key| members.get(*key) == Some(&Value::Bool(true))) {
        types.push("null");
    }
    types
}

/// True where a value is of a type of JSON Schema; of one that is none, whatever it is.
fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => true,
    }
}

/// Members that are required, though no part of the schema describes them, or though none of that name is allowed.
fn required(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    let Some(Value::Array(names)) = members.get("required") else { return };
    let types = types(members);
    if !types.is_empty() && !types.contains(&"object") {
        return;
    }
    let own = members.get("properties").and_then(Value::as_object);
    let is_closed =
        members.get("additionalProperties") == Some(&Value::Bool(false)) && !members.contains_key("patternProperties");
    let is_part = at.pointer.tokens().rev().take(2).any(|token| PARTS.contains(&token.as_ref()));
    for (index, name) in names.iter().enumerate() {
        let Some(name) = name.as_str().filter(|name| !own.is_some_and(|own| own.contains_key(*name))) else { continue };
        let here = at.join("required").index(index);
        let meant = nearest(name, own.into_iter().flatten().map(|(name, _)| name.as_str()));
        let meant = meant.map(|meant| format!("did you mean `{meant}`?"));
        if is_closed {
            let reason = format!("`{name}` is required, but no member of that name is allowed, so nothing fits");
            lint.warn(Code::InvalidSchema, here, reason, meant);
        } else if !is_part && own.is_some_and(|own| !own.is_empty()) && !is_described(lint, at, name) {
            let hint = meant.unwrap_or_else(|| "describe it, or leave it out of `required`".to_owned());
            let reason = format!("`{name}` is required, but not described in `properties`; any value goes");
            lint.warn(Code::Missing, here, reason, Some(hint));
        }
    }
}

/// True where a part of the schema describes a member, or may do so in a way that is not looked into.
fn is_described(lint: &Lint<'_>, at: &Location, name: &str) -> bool {
    let mut parts = vec![at.clone()];
    let mut seen = HashSet::new();
    while let Some(at) = parts.pop() {
        if seen.len() == MAX_PARTS {
            return true;
        }
        if !seen.insert(at.clone()) {
            continue;
        }
        let Some(Value::Object(members)) = lint.document.node(&at) else { continue };
        let has = |key: &str| members.get(key).and_then(|named| named.get(name)).is_some();
        let tells = members.get("discriminator").and_then(|found| found.get("propertyName")?.as_str()) == Some(name);
        if has("properties") || tells || ELSEWHERE.iter().any(|keyword| members.contains_key(*keyword)) {
            return true;
        }
        if let Some(Value::String(reference)) = members.get("$ref") {
            parts.extend(lint.document.resolve(&at, reference));
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let count = members.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
            parts.extend((0..count).map(|index| at.join(keyword).index(index)));
        }
    }
    false
}
