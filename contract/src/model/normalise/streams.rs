//! Streams as arrays of their items: a media type that states its items alone (`itemSchema`, OpenAPI 3.2) gets the schema of
//! the whole, so that whoever reads, judges or makes a body needs to know of one schema only.

use serde_json::{Value, json};

use crate::document::{Document, Location, Pointer, Version};

/// Members whose values belong to the user's data.
const DATA: [&str; 6] = ["example", "examples", "default", "enum", "value", "const"];

/// Gives each media type of a document of OpenAPI 3.2 that has an `itemSchema` and no `schema` that of an array.
pub(super) fn describe(document: &mut Document) {
    let mut found = Vec::new();
    for file in document.parts().filter(|file| document.own_version(*file) == Some(Version::OpenApi32)) {
        let root = Location { file, pointer: Pointer::root() };
        if let Some(node) = document.node(&root) {
            media_types(node, &root, &mut found);
        }
    }
    for at in found {
        let items = at.join("itemSchema").uri();
        if let Some(Value::Object(members)) = document.node_mut(&at) {
            members.insert("schema".to_owned(), json!({"type": "array", "items": {"$ref": items}}));
        }
    }
}

fn media_types(node: &Value, at: &Location, found: &mut Vec<Location>) {
    match node {
        Value::Object(members) => {
            if members.get("itemSchema").is_some_and(Value::is_object) && !members.contains_key("schema") {
                found.push(at.clone());
            }
            for (name, member) in members {
                if !DATA.contains(&name.as_str()) && !name.starts_with("x-") && name != "schemas" {
                    media_types(member, &at.join(name), found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                media_types(item, &at.index(index), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
