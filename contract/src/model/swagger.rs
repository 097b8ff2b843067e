//! Swagger 2.0 in the terms of OpenAPI 3: a parameter's own keywords become its `schema`, `collectionFormat` becomes
//! style and explode, a form becomes a body. All in place; the way into a `schema` is the only one that a pointer
//! gains.

use serde_json::{Map, Value, json};

use crate::document::{Document, Location};
use crate::model::{Entry, paths};

/// The member of an operation in which the schema of its form is kept.
pub(crate) const FORM: &str = "x-etalon-form";

/// The keywords of a parameter, a header or its items that say what the value may be (Swagger 2.0 "Parameter Object").
const VALUE_KEYWORDS: [&str; 19] = [
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
    "x-nullable",
    "nullable",
    "example",
];

pub(crate) fn parameter(members: &mut Map<String, Value>) {
    match members.get("in").and_then(Value::as_str) {
        Some("body") => {}
        Some("query" | "formData") => inner_schema(members, Delimited::Query),
        _ => inner_schema(members, Delimited::Elsewhere),
    }
}

pub(crate) fn header(members: &mut Map<String, Value>) {
    inner_schema(members, Delimited::Elsewhere);
}

/// The place where a value with separators travels, which decides what they mean.
#[derive(Clone, Copy)]
enum Delimited {
    Query,
    Elsewhere,
}

fn inner_schema(members: &mut Map<String, Value>, place: Delimited) {
    if members.contains_key("schema") {
        return;
    }
    let mut schema = Map::new();
    for keyword in VALUE_KEYWORDS {
        if let Some(value) = members.shift_remove(keyword) {
            schema.insert(keyword.to_owned(), value);
        }
    }
    if schema.get("type").and_then(Value::as_str) == Some("array") {
        let format = members.get("collectionFormat").and_then(Value::as_str).unwrap_or("csv");
        let (style, explode) = match (format, place) {
            ("multi", _) => ("form", true),
            ("ssv", _) => ("spaceDelimited", false),
            ("tsv", _) => ("tabDelimited", false),
            ("pipes", _) => ("pipeDelimited", false),
            (_, Delimited::Query) => ("form", false),
            (_, Delimited::Elsewhere) => ("simple", false),
        };
        members.insert("style".to_owned(), json!(style));
        members.insert("explode".to_owned(), json!(explode));
    }
    members.insert("schema".to_owned(), Value::Object(schema));
}

pub(crate) fn schema(members: &mut Map<String, Value>) {
    let (mut is_nullable, mut is_file) = (false, false);
    for (keyword, value) in members.iter_mut() {
        match (keyword.as_str(), &*value) {
            ("x-nullable", Value::Bool(true)) => is_nullable = true,
            ("type", Value::String(kind)) if kind == "file" => {
                *value = json!("string");
                is_file = true;
            }
            ("discriminator", Value::String(name)) => *value = json!({ "propertyName": name }),
            _ => {}
        }
    }
    if is_nullable {
        members.entry("nullable").or_insert(Value::Bool(true));
    }
    if is_file {
        members.insert("format".to_owned(), json!("binary"));
    }
}

/// The parameters that concern an operation (as the path item names it), the path item's first, each where it really
/// stands.
pub(crate) fn effective_parameters(document: &Document, at: &Location) -> Vec<Location> {
    let mut found: Vec<(Location, Option<&str>, Option<&str>)> = Vec::new();
    let operation = document.follow(at).map_or_else(|_| at.clone(), |(operation, _)| operation);
    for owner in [&paths::item_of(at), &operation] {
        let list = owner.join("parameters");
        let count = document.node(&list).and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..count {
            let Ok((at, node)) = document.follow(&list.index(index)) else { continue };
            let word = |key: &str| node.get(key).and_then(Value::as_str);
            let (name, place) = (word("name"), word("in"));
            found.retain(|(_, known, known_place)| !(*known == name && *known_place == place));
            found.push((at, name, place));
        }
    }
    found.into_iter().map(|(at, ..)| at).collect()
}

/// True where one of the parameters of an operation or path item belongs to a form, or may, where it stands elsewhere.
fn may_take_form(owner: &Value) -> bool {
    owner.get("parameters").and_then(Value::as_array).into_iter().flatten().any(|parameter| {
        parameter.get("$ref").is_some() || parameter.get("in").and_then(Value::as_str) == Some("formData")
    })
}

/// Gives every operation that takes a form the schema of that form.
pub(crate) fn plant_forms(document: &mut Document, entries: &[Entry]) {
    for entry in entries {
        let Ok((operation, node)) = document.follow(&entry.at) else { continue };
        let item = document.node(&paths::item_of(&entry.at));
        if ![Some(node), item].into_iter().flatten().any(may_take_form) {
            continue;
        }
        let mut properties = Map::new();
        let mut required = Vec::new();
        for at in effective_parameters(document, &entry.at) {
            let Some(members) = document.node(&at).and_then(Value::as_object) else { continue };
            if members.get("in").and_then(Value::as_str) != Some("formData") {
                continue;
            }
            let Some(name) = members.get("name").and_then(Value::as_str) else { continue };
            if members.get("required") == Some(&Value::Bool(true)) {
                required.push(json!(name));
            }
            properties.insert(name.to_owned(), json!({ "$ref": at.join("schema").uri() }));
        }
        if properties.is_empty() {
            continue;
        }
        let mut form = json!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            form["required"] = Value::Array(required);
        }
        if let Some(Value::Object(members)) = document.node_mut(&operation) {
            members.insert(FORM.to_owned(), form);
        }
    }
}
