//! Schemas of OpenAPI 3.0 and Swagger 2.0 -> JSON Schema 2020-12, in place: every pointer stays true. Fragments of
//! other files are rewritten as what they are referred to as, in the dialect of the document that refers to them. What
//! this takes away is reported by `lint`, which reads the text again.
//!
//! `walk` finds the schemas of a node, `keywords` rewrites what one of them says, `streams` describes bodies of OpenAPI 3.2
//! that state their items alone, `patches` those that are lists of changes (RFC 6902).

mod keywords;
mod patches;
mod streams;
mod walk;

pub use keywords::DOUBTFUL_NULL;
pub(crate) use keywords::UNKNOWN_TO_3_0;

use std::collections::HashSet;

use crate::document::{Document, Location, Pointer};
use crate::model::normalise::walk::{Kind, Walk};
use crate::model::unreadable;

/// Rewrites every schema of a document.
pub(crate) fn document(document: &mut Document) {
    for file in document.parts() {
        let root = Location { file, pointer: Pointer::root() };
        let is_newer = document.own_version(file).is_some_and(|version| !version.has_own_schema_dialect());
        let flags = if is_newer { unreadable::Flags::Unknown } else { unreadable::Flags::Meant };
        unreadable::leave_out(document.node_mut(&root).expect("every file has a root"), flags);
    }
    let mut queue = Vec::new();
    for file in document.parts() {
        let Some(dialect) = document.own_version(file).filter(|version| version.has_own_schema_dialect()) else {
            continue;
        };
        let root = Location { file, pointer: Pointer::root() };
        let mut walk = Walk { dialect, whole: true, found: Vec::new() };
        walk.node(document.node_mut(&root).expect("every file has a root"));
        queue.extend(walk.found.into_iter().map(|(reference, kind)| (file, dialect, reference, kind)));
    }
    let mut seen: HashSet<(Location, Kind)> = HashSet::new();
    while let Some((file, dialect, reference, kind)) = queue.pop() {
        // What is broken is reported by whoever uses it.
        let Ok(target) = document.resolve(&Location { file, pointer: Pointer::root() }, &reference) else { continue };
        if !seen.insert((target.clone(), kind)) {
            continue;
        }
        let own = document.own_version(target.file);
        let dialect = own.unwrap_or(dialect);
        if !dialect.has_own_schema_dialect() {
            continue;
        }
        let mut walk = Walk { dialect, whole: own.is_some(), found: Vec::new() };
        walk.start(kind, document.node_mut(&target).expect("it was resolved"));
        queue.extend(walk.found.into_iter().map(|(reference, kind)| (target.file, dialect, reference, kind)));
    }
    streams::describe(document);
    patches::describe(document);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::document::{NoFiles, Source};
    use crate::model::absolute::spell_out;

    fn rewritten(root: &Value) -> Value {
        let text = root.to_string();
        let source = Source { name: "api.json", bytes: text.as_bytes() };
        let mut loaded = Document::load(source, &[], &NoFiles).expect("it can be loaded");
        spell_out(&mut loaded);
        document(&mut loaded);
        loaded.root().clone()
    }

    #[test]
    fn the_dialect_of_3_0_becomes_2020_12_in_place() {
        let root = json!({
            "openapi": "3.0.3",
            "components": {"schemas": {"A": {
                "type": "object",
                "properties": {
                    "n": {"type": "integer", "nullable": true, "minimum": 1, "exclusiveMinimum": true, "enum": [2, 3]},
                    "r": {"$ref": "#/components/schemas/A", "description": "ignored"},
                    "example": {"type": "string", "nullable": true}
                },
                "example": {"nullable": true, "type": "x"}
            }}}
        });
        let root = rewritten(&root);
        assert_eq!(
            root.pointer("/components/schemas/A/properties"),
            Some(&json!({
                "n": {
                    "type": ["integer", "null"], "nullable": true, "exclusiveMinimum": 1, "enum": [2, 3, null],
                    "x-etalon-doubtful-null": true
                },
                "r": {"$ref": "#/components/schemas/A"},
                "example": {"type": ["string", "null"], "nullable": true}
            }))
        );
        assert_eq!(root.pointer("/components/schemas/A/example/type"), Some(&json!("x")));
    }

    #[test]
    fn schemas_outside_the_usual_sections_are_rewritten_where_references_find_them() {
        let root = rewritten(&json!({
            "openapi": "3.0.3",
            "components": {"schemas": {"A": {"$ref": "#/odd/B"}}},
            "odd": {"B": {"type": "string", "nullable": true, "properties": {"c": {"$ref": "#/odd/C"}}}, "C": {"type": "string", "nullable": true}}
        }));
        assert_eq!(root.pointer("/odd/B/type"), Some(&json!(["string", "null"])));
        assert_eq!(root.pointer("/odd/C/type"), Some(&json!(["string", "null"])));
    }

    #[test]
    fn a_list_of_items_becomes_a_tuple_once() {
        let root = rewritten(&json!({
            "openapi": "3.0.3",
            "components": {"schemas": {
                "A": {"type": "array", "items": [{"type": "string", "nullable": true}]},
                "B": {"$ref": "#/components/schemas/A/prefixItems/0"},
                "C": {"properties": {"a": {"items": [{}]}}},
                "D": {"$ref": "#/components/schemas/C/properties/a"}
            }}
        }));
        assert_eq!(root.pointer("/components/schemas/A/prefixItems/0/type"), Some(&json!(["string", "null"])));
        assert_eq!(root.pointer("/components/schemas/C/properties/a/prefixItems"), Some(&json!([{}])));
    }

    #[test]
    fn fragments_are_rewritten_as_what_they_are_referred_to_as() {
        /// One other file, under any name.
        struct Other(&'static str);
        impl crate::document::Files for Other {
            fn read(&self, _name: &str) -> Result<Vec<u8>, String> {
                Ok(self.0.as_bytes().to_vec())
            }
        }
        let fragment = "schema: {nullable: true, type: string}\nSize: {nullable: true, type: integer}\nname: {type: string, nullable: true}\n";
        let mut types = Vec::new();
        for (version, reference) in [
            ("openapi: 3.0.3", "components: {schemas: {A: {$ref: 'f.yaml#/Size'}, B: {$ref: 'f.yaml#/name'}}}"),
            ("openapi: 3.0.3", "components: {schemas: {$ref: f.yaml}}"),
            ("openapi: 3.0.3", "paths: {/a: {get: {parameters: [{$ref: f.yaml}]}}}"),
            ("openapi: 3.1.0", "components: {schemas: {$ref: f.yaml}}"),
        ] {
            let text = format!("{version}\n{reference}\n");
            let source = Source { name: "api.yaml", bytes: text.as_bytes() };
            let mut loaded = Document::load(source, &[], &Other(fragment)).expect("it can be loaded");
            document(&mut loaded);
            let at = |pointer: &str| Location {
                file: crate::document::FileId(1),
                pointer: Pointer::parse(pointer).expect("a pointer"),
            };
            let rewritten = ["/schema", "/Size", "/name"]
                .map(|name| loaded.node(&at(name)).is_some_and(|node| node["type"].is_array()));
            types.push(rewritten);
        }
        assert_eq!(types, [[false, true, true], [true, true, true], [true, false, false], [false, false, false]]);
    }

    #[test]
    fn names_and_dynamic_references_are_spelled_out() {
        let root = rewritten(&json!({
            "openapi": "3.1.0",
            "components": {"schemas": {
                "Tree": {"$id": "https://x.org/tree", "$dynamicAnchor": "node", "properties": {"children": {"items": {"$dynamicRef": "#node"}}}},
                "Use": {"$ref": "https://x.org/tree"}
            }}
        }));
        let tree = json!("urn:etalon:0#/components/schemas/Tree");
        assert_eq!(root.pointer("/components/schemas/Tree/properties/children/items/$ref"), Some(&tree));
        assert_eq!(root.pointer("/components/schemas/Use/$ref"), Some(&tree));
    }
}
