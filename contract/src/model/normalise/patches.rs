//! JSON Patch as RFC 6902 has it: a document that says `type: object` of its body means something else, since a patch is always
//! a list of changes. Such a schema would leave no patch that could be sent.

use serde_json::{Value, json};

use crate::document::{Document, Location, Pointer};

/// The media type of a list of changes (RFC 6902 §6).
const MEDIA_TYPE: &str = "application/json-patch+json";

/// Gives the bodies of that media type whose schema has no room for a list the schema of one.
pub(super) fn describe(document: &mut Document) {
    let mut found = Vec::new();
    for file in document.parts() {
        let root = Location { file, pointer: Pointer::root() };
        for at in bodies(document, &root) {
            let at = at.join("content").join(MEDIA_TYPE);
            if document.node(&at.join("schema")).is_some() && refuses_lists(document, &at.join("schema")) {
                found.push(at);
            }
        }
    }
    for at in found {
        if let Some(Value::Object(members)) = document.node_mut(&at) {
            members.insert("schema".to_owned(), changes());
        }
    }
}

/// The places of the request bodies of a document: of its operations, and those that they may refer to.
fn bodies(document: &Document, root: &Location) -> Vec<Location> {
    let named = |at: &Location| -> Vec<Location> {
        let members = document.node(at).and_then(Value::as_object);
        members.into_iter().flat_map(serde_json::Map::keys).map(|name| at.join(name)).collect()
    };
    let mut found = named(&root.join("components").join("requestBodies"));
    for path in named(&root.join("paths")) {
        found.push(path.join("patch").join("requestBody"));
    }
    found
}

/// True where a schema names its types and an array is none of them.
fn refuses_lists(document: &Document, at: &Location) -> bool {
    let Ok((_, node)) = document.follow(at) else { return false };
    let is_composed = ["allOf", "anyOf", "oneOf"].iter().any(|word| node.get(word).is_some());
    let types = match node.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        Some(_) | None => Vec::new(),
    };
    !is_composed && !types.is_empty() && !types.contains(&"array")
}

/// The schema of a list of changes (RFC 6902 §3, §4).
fn changes() -> Value {
    let pointer = json!({"type": "string", "format": "json-pointer"});
    json!({"type": "array", "items": {
        "type": "object",
        "required": ["op", "path"],
        "properties": {
            "op": {"type": "string", "enum": ["add", "remove", "replace", "move", "copy", "test"]},
            "path": pointer,
            "from": pointer
        }
    }})
}
