//! The wording of a schema, by which schemas that say the same are known without a comparison of each with each: large
//! documents say the same thing at many places.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::document::{Document, FileId, Location};

/// Keywords that no value can break.
const READ_BY_PEOPLE: [&str; 8] =
    ["title", "description", "summary", "default", "example", "examples", "deprecated", "externalDocs"];

/// Keywords by which a schema has a name of its own, which is what its references are relative to.
const NAMING: [&str; 4] = ["$id", "$anchor", "$dynamicAnchor", "$dynamicRef"];

/// The wording of a schema: two schemas that have the same one allow the same values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Wording {
    /// The digest of the keywords of a schema in a file, without those that only people read.
    Digest(FileId, [u8; 32]),
    /// A schema that is compared with no other.
    Own(Location),
}

impl Wording {
    /// The wording of the schema at a location.
    pub(crate) fn of(document: &Document, at: &Location) -> Self {
        let own = || Self::Own(at.clone());
        let Some(Value::Object(members)) = document.node(at) else { return own() };
        let mut digest = Sha256::new();
        for (keyword, value) in members.iter().filter(|(word, _)| !READ_BY_PEOPLE.contains(&word.as_str())) {
            if has_name(keyword, value) {
                return own();
            }
            digest.update(format!("{keyword:?}: {value}, "));
        }
        Self::Digest(at.file, digest.finalize().into())
    }
}

/// True where a keyword names the schema, or one within it.
fn has_name(keyword: &str, value: &Value) -> bool {
    NAMING.contains(&keyword)
        || match value {
            Value::Object(members) => members.iter().any(|(keyword, value)| has_name(keyword, value)),
            Value::Array(items) => items.iter().any(|item| has_name("", item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{NoFiles, Source};

    #[test]
    fn schemas_that_say_the_same_have_the_same_wording() {
        let text = "openapi: 3.1.0
info: {title: t, version: '1'}
paths: {}
components:
  schemas:
    a: {type: string, maxLength: 3, description: one}
    b: {title: other, type: string, maxLength: 3}
    c: {type: string, maxLength: 4}
    d: {$ref: '#/components/schemas/a'}
    e: {$ref: '#/components/schemas/a', example: x}
    f: {$id: 'https://example.com/f', $ref: '#/components/schemas/a'}
";
        let document = Document::load(Source { name: "t.yaml", bytes: text.as_bytes() }, &[], &NoFiles);
        let document = document.expect("a document");
        let of = |name| Wording::of(&document, &Location::entry(["components", "schemas", name].iter().collect()));
        assert_eq!(of("a"), of("b"));
        assert_eq!(of("d"), of("e"));
        for (one, other) in [("a", "c"), ("a", "d"), ("d", "f")] {
            assert_ne!(of(one), of(other), "{one} {other}");
        }
    }
}
