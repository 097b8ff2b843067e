//! The close look at schemas: keywords that take something else, keywords that do not act in the document's dialect,
//! patterns that are none, and what contradicts itself.

use serde_json::{Map, Value};

use crate::document::{Code, Location, Pointer, Severity, Version, nearest};
use crate::lint::Lint;
use crate::lint::closed;
use crate::lint::grammar::Kind;
use crate::lint::keyword::{TYPES, Takes, keyword, known_in, objection, shown};
use crate::lint::object::check_dialect;
use crate::lint::satisfiable;
use crate::model::{Dialect, Engine, ExpressionReading, Faker, UNKNOWN_TO_3_0};

/// Keywords that only describe, so that nothing is lost where they are ignored beside a `$ref`.
const DESCRIBING: [&str; 10] =
    ["$ref", "title", "description", "summary", "example", "examples", "default", "deprecated", "externalDocs", "xml"];

pub(crate) fn schema(lint: &mut Lint<'_>, at: &Location, node: &Value, version: Version, depth: usize) {
    let members = match node {
        Value::Object(members) => members,
        Value::Bool(_) if !version.has_own_schema_dialect() => return,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            let reason = format!("a schema must be an object, not {}", shown(node));
            let hint = node.is_boolean().then(|| "schemas that are true or false came with OpenAPI 3.1".to_owned());
            return lint.report(Severity::Error, Code::InvalidSchema, at.clone(), reason, hint);
        }
    };
    if let Some(Value::String(reference)) = members.get("$ref") {
        lint.refer(at, reference, Kind::Schema, version);
        if version.has_own_schema_dialect() {
            let lost = members.keys().find(|key| !DESCRIBING.contains(&key.as_str()) && !key.starts_with("x-"));
            if let Some(lost) = lost {
                let hint = "put the `$ref` and the rest into an `allOf`".to_owned();
                let reason = format!("`{lost}` beside a `$ref` is ignored before OpenAPI 3.1");
                lint.warn(Code::Unsupported, at.join(lost), reason, Some(hint));
            }
            return;
        }
    }
    for (key, value) in members {
        member(lint, at, members, key, value, version, depth);
    }
    if version.has_own_schema_dialect()
        && members.get("type").is_some_and(|kind| kind == "array")
        && !members.contains_key("items")
    {
        lint.warn(Code::Missing, at.clone(), "an array must have `items` before OpenAPI 3.1; anything goes", None);
    }
    satisfiable::check(lint, at, members);
    closed::check(lint, at, members, version);
    lint.sample_schema(at);
    discriminator(lint, at, members, version, depth);
    if let Some(xml @ Value::Object(_)) = members.get("xml") {
        lint.visit(&at.join("xml"), Kind::Xml, xml, version, depth + 1);
    }
}

/// Asks the meta-schema of JSON Schema 2020-12 about a whole schema in its normal form: what the table of keywords says
/// nothing about must not go unseen.
pub(crate) fn check_against_meta_schema(lint: &mut Lint<'_>, at: &Location) {
    let Some(node) = lint.document.node(at) else { return };
    let Err(error) = jsonschema::draft202012::meta::validate(node) else { return };
    let pointer = Pointer::parse(&error.instance_path().to_string()).unwrap_or_default();
    let here = Location { file: at.file, pointer: at.pointer.append(&pointer) };
    if !lint.has_invalid_schema_at(&here) {
        let reason = format!("this is no JSON Schema: {error}");
        lint.report(Severity::Error, Code::InvalidSchema, here, reason, None);
    }
}

fn member(
    lint: &mut Lint<'_>,
    at: &Location,
    members: &Map<String, Value>,
    key: &str,
    value: &Value,
    version: Version,
    depth: usize,
) {
    let here = at.join(key);
    let own_dialect = version.has_own_schema_dialect();
    let Some((takes, since)) = keyword(key) else { return unknown(lint, here, key, members, version) };
    if since > version {
        if UNKNOWN_TO_3_0.contains(&key) || matches!(key, "oneOf" | "anyOf" | "not" | "nullable" | "writeOnly") {
            let reason = format!("{version} does not know `{key}` in a schema; it is ignored");
            lint.warn(Code::Unsupported, here, reason, None);
        }
        return;
    }
    if own_dialect && key == "required" && value.is_boolean() {
        let hint = Some("list the property in the `required` of the object that has it".to_owned());
        return lint.warn(Code::InvalidSchema, here, "`required` must be a list of names; it is ignored", hint);
    }
    if key == "type" && version == Version::Swagger2 && value == "file" {
        return;
    }
    if key == "discriminator" && version == Version::Swagger2 && value.is_string() {
        return;
    }
    if let Some(why) = objection(takes, value, version) {
        let (severity, hint) = (weight(takes, key, value, version), hint(key, value, version));
        return lint.report(severity, Code::InvalidSchema, here, format!("`{key}` {why}"), hint);
    }
    match (takes, value) {
        (Takes::Schema, Value::Bool(_)) if key == "additionalProperties" => {}
        (Takes::Schema, value) => schema(lint, &here, value, version, depth + 1),
        (Takes::Schemas, Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                schema(lint, &here.index(index), item, version, depth + 1);
            }
        }
        (Takes::Named, Value::Object(named)) => {
            for (name, item) in named {
                schema(lint, &here.join(name), item, version, depth + 1);
                if key == "patternProperties" {
                    pattern(lint, here.join(name), name);
                }
            }
        }
        _ => {}
    }
    remark(lint, here, members, key, value, version);
}

/// The severity of a keyword that holds another type of value than it takes.
fn weight(takes: Takes, key: &str, value: &Value, version: Version) -> Severity {
    let harmless = matches!(takes, Takes::Object)
        || matches!(
            key,
            "title" | "description" | "example" | "examples" | "deprecated" | "readOnly" | "writeOnly" | "nullable"
        );
    // What the dialect does not have but JSON Schema does is read as JSON Schema has it.
    let read_all_the_same = version.has_own_schema_dialect()
        && match (key, value) {
            ("type", Value::Array(names)) => names.iter().all(|name| TYPES.iter().any(|known| name == known)),
            ("type", Value::String(name)) => name == "null",
            ("items", Value::Array(_)) | ("exclusiveMinimum" | "exclusiveMaximum", Value::Number(_)) => true,
            _ => false,
        };
    if harmless || read_all_the_same { Severity::Warning } else { Severity::Error }
}

/// Remarks on keywords that hold the right type of value.
fn remark(
    lint: &mut Lint<'_>,
    here: Location,
    members: &Map<String, Value>,
    key: &str,
    value: &Value,
    version: Version,
) {
    match (key, value) {
        ("pattern", Value::String(text)) => pattern(lint, here, text),
        ("nullable", Value::Bool(true)) if !version.has_own_schema_dialect() => {
            let hint = Some("write `type: [..., \"null\"]`".to_owned());
            lint.warn(Code::Unsupported, here, "`nullable` does nothing since OpenAPI 3.1", hint);
        }
        ("nullable", Value::Bool(true)) if !members.contains_key("type") => {
            let hint = Some("write the type beside it, or an `enum` with null in an `anyOf`".to_owned());
            lint.warn(Code::Unsupported, here, "`nullable` does nothing without a `type` beside it", hint);
        }
        ("$schema", Value::String(dialect)) => check_dialect(lint, here, dialect),
        ("$dynamicAnchor", Value::String(name)) if !lint.schemas.dynamic.insert(name.clone()) => {
            let reason =
                format!("`{name}` is a dynamic anchor more than once; `$dynamicRef` is followed to the nearest alone");
            lint.warn(Code::Unsupported, here, reason, None);
        }
        ("enum", Value::Array(values)) if values.is_empty() => {
            lint.warn(Code::InvalidSchema, here, "an empty `enum` allows nothing", None);
        }
        _ => {}
    }
}

fn hint(key: &str, value: &Value, version: Version) -> Option<String> {
    match (key, value) {
        ("type", Value::String(name)) if name != "null" => {
            let meant = match name.as_str() {
                "int" | "long" | "int32" | "int64" => Some("integer"),
                "float" | "double" | "decimal" => Some("number"),
                "date" | "date-time" | "datetime" | "uuid" | "file" | "text" | "str" | "binary" => Some("string"),
                "bool" => Some("boolean"),
                "map" | "dict" | "hash" | "json" => Some("object"),
                "list" => Some("array"),
                other => nearest(other, TYPES),
            };
            meant.map(|meant| format!("did you mean `{meant}`?"))
        }
        ("exclusiveMinimum" | "exclusiveMaximum", Value::Number(number)) if version.has_own_schema_dialect() => {
            let bound = if key == "exclusiveMinimum" { "minimum" } else { "maximum" };
            Some(format!("write `{bound}: {number}` and `{key}: true`"))
        }
        ("items", Value::Array(_)) => {
            Some("a list of schemas for the first items is `prefixItems` since OpenAPI 3.1".to_owned())
        }
        _ => None,
    }
}

/// Reports a word that is no keyword and looks like one: any other only annotates.
fn unknown(lint: &mut Lint<'_>, at: Location, key: &str, members: &Map<String, Value>, version: Version) {
    if key == "x-faker" {
        let faker = members.get(key).and_then(Faker::read);
        if !faker.is_some_and(|faker| faker.is_known()) {
            let reason = "`x-faker` names no method that is known here; the name of the member decides instead";
            let hint = "known are those of people, addresses, companies, goods, money, the web, dates and texts: `internet.email`";
            lint.warn(Code::Unsupported, at, reason, Some(hint.to_owned()));
        }
        return;
    }
    if key.starts_with("x-") {
        return;
    }
    let meant = nearest(key, known_in(version)).filter(|meant| meant.len() > 3 && !members.contains_key(*meant));
    let own_dialect = version.has_own_schema_dialect();
    if meant.is_none() && !(own_dialect && lint.schemas.unknown.insert(key.to_owned())) {
        return;
    }
    let reason = format!("`{key}` is no keyword of schemas; it is ignored");
    lint.warn(Code::Unsupported, at, reason, meant.map(|meant| format!("did you mean `{meant}`?")));
}

fn pattern(lint: &mut Lint<'_>, at: Location, text: &str) {
    if !lint.schemas.patterns.contains_key(text) {
        lint.schemas.patterns.insert(text.to_owned(), ExpressionReading::of(text));
    }
    let Some(reading) = lint.schemas.patterns.get(text).copied() else { return };
    if let Some(why) = reading.unread {
        let reason = format!("`{text}` is not a regular expression that can be matched, so it asks nothing: {why}");
        let hint = match text {
            _ if text.starts_with('/') && text.ends_with('/') => "leave the slashes out",
            _ => "patterns follow ECMA-262; leave out what other dialects have alone, such as `(?i)` and `(?P<name>`",
        };
        lint.report(Severity::Error, Code::InvalidSchema, at, reason, Some(hint.to_owned()));
        return;
    }
    if let Some(Dialect { sign, means }) = reading.dialect {
        let reason = format!("`{sign}` in `{text}` {means}, in ECMA-262; another dialect was surely meant");
        let hint = match sign {
            "/" => "leave the slashes and what follows them out",
            _ if sign.starts_with('[') => "write the characters out: `[A-Za-z]`, `[0-9]`",
            _ => "`^` and `$` stand for the ends of the text",
        };
        lint.warn(Code::Unsupported, at.clone(), reason, Some(hint.to_owned()));
    }
    if reading.engine == Engine::Backtracking {
        let reason =
            format!("`{text}` looks around or back, so it is matched by trying, for a bounded number of steps");
        let hint = "a text for which the steps do not suffice is refused; say it without `(?` if you can";
        lint.warn(Code::Unsupported, at, reason, Some(hint.to_owned()));
    }
}

/// A discriminator's mapping names schemas, by name or by reference (OpenAPI 3.x "Discriminator Object").
fn discriminator(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>, version: Version, depth: usize) {
    let Some(node @ Value::Object(discriminator)) = members.get("discriminator") else { return };
    let here = at.join("discriminator");
    lint.visit(&here, Kind::Discriminator, node, version, depth + 1);
    let Some(Value::Object(mapping)) = discriminator.get("mapping") else { return };
    for (value, target) in mapping {
        let Value::String(target) = target else { continue };
        let component = Location::default().join("components").join("schemas").join(target);
        if lint.document.node(&component).is_some() {
            lint.usage.refer(&here, &component);
            continue;
        }
        let found = lint.document.resolve(at, target);
        if let Ok(found) = &found {
            lint.usage.refer(&here, found);
        }
        if let Err(defect) = found {
            let reason =
                format!("`{value}` is mapped to `{target}`, which is neither a schema's name nor a reference to one");
            lint.warn(Code::BrokenReference, here.join("mapping").join(value), reason, defect.hint);
        }
    }
}
