//! The schemas that act on one value: a schema, what its `$ref` leads to, and the parts of its `allOf`, each with what
//! those refer to and consist of (JSON Schema Core 2020-12 §8.2.3.1, §10.2.1.1). Whoever asks what a schema says of a
//! value asks all of these; nobody else needs to follow references for that.

use std::collections::HashSet;

use crate::document::{Document, Location};
use crate::model::Schema;

/// The most schemas that are followed: more than any real document composes one value of, few enough for hostile ones.
const MAX_CONJUNCTS: usize = 256;

/// The schemas that act on the value that a schema acts on.
#[derive(Clone, Debug)]
pub struct Conjuncts<'c> {
    /// Each once: the schema itself, then what its `$ref` leads to, then the parts of its `allOf`, each followed by its own.
    pub schemas: Vec<Schema<'c>>,
    /// False where a reference leads nowhere, or where there are more than are followed, so that some are missing.
    pub is_whole: bool,
}

/// The conjuncts of the schema at a location; a circle of references ends where it began.
pub(crate) fn conjuncts<'c>(document: &'c Document, at: &Location) -> Conjuncts<'c> {
    let mut found = Conjuncts { schemas: Vec::new(), is_whole: true };
    let mut seen: HashSet<Location> = HashSet::new();
    // The last is next.
    let mut open = vec![at.clone()];
    while let Some(at) = open.pop() {
        if seen.contains(&at) {
            continue;
        }
        let Some(value) = document.node(&at).filter(|_| seen.len() < MAX_CONJUNCTS) else {
            found.is_whole = false;
            continue;
        };
        let schema = Schema { at, value };
        let first = open.len();
        open.extend(schema.children("allOf").map(|part| part.at));
        open[first..].reverse();
        if let Some(reference) = schema.reference() {
            match document.resolve(&schema.at, reference) {
                Ok(target) => open.push(target),
                Err(_) => found.is_whole = false,
            }
        }
        seen.insert(schema.at.clone());
        found.schemas.push(schema);
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{NoFiles, Pointer, Source};

    fn found(schemas: &serde_json::Value) -> (Vec<String>, bool) {
        let root = json!({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {},
            "components": {"schemas": schemas}});
        let text = root.to_string();
        let document =
            Document::load(Source { name: "api.json", bytes: text.as_bytes() }, &[], &NoFiles).expect("a document");
        let at = Location::entry(Pointer::parse("/components/schemas/It").expect("a pointer"));
        let found = conjuncts(&document, &at);
        let names = found.schemas.iter().map(|schema| schema.at.pointer.as_str().replace("/components/schemas/", ""));
        (names.collect(), found.is_whole)
    }

    #[test]
    fn a_schema_comes_first_then_what_it_refers_to_then_its_parts() {
        let (names, is_whole) = found(&json!({
            "It": {"$ref": "#/components/schemas/Base", "allOf": [{"allOf": [{}]}, {"$ref": "#/components/schemas/Base"}]},
            "Base": {"type": "object"}
        }));
        assert_eq!(names, ["It", "Base", "It/allOf/0", "It/allOf/0/allOf/0", "It/allOf/1"]);
        assert!(is_whole);
    }

    #[test]
    fn circles_end_and_what_is_missing_is_said() {
        let (names, is_whole) = found(&json!({
            "It": {"$ref": "#/components/schemas/Other"}, "Other": {"allOf": [{"$ref": "#/components/schemas/It"}]}
        }));
        assert_eq!((names.len(), is_whole), (3, true));
        let (names, is_whole) = found(&json!({"It": {"allOf": vec![json!({}); 1_000]}}));
        assert_eq!((names.len(), is_whole), (MAX_CONJUNCTS, false));
    }
}
