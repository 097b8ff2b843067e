//! References written out in full, where `$id` and anchors (JSON Schema 2020-12 §8.2) make them depend on their place.

use serde_json::Value;

use crate::document::{Document, Location, Pointer};

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

/// Members whose values belong to the user's data, where `$ref` is a member like any other.
const DATA: [&str; 5] = ["example", "default", "enum", "const", "value"];

/// Members that hold others by names of the author's choice.
const NAMED: [&str; 6] = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "schemas"];

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
            let names = at.pointer.last().is_some_and(|word| NAMED.contains(&word.as_ref()));
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
