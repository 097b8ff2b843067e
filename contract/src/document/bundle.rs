//! The document as it is written, overlays applied, in one piece: what references to other files lead to stands in it,
//! so that whoever is given it needs nothing else. It is made when it is asked for, of the texts, since what is kept of
//! them is in its normal form.

use serde_json::{Map, Value};

use crate::document::{Document, FileId, Location, Pointer};

/// The member that holds other files by number; an extension, which every reader of OpenAPI lets be.
const FILES: &str = "x-etalon-files";

impl Document {
    /// The document as it is written, in one value.
    #[must_use]
    pub fn bundled(&self) -> Value {
        let mut texts = self.reread();
        let mut root = std::mem::take(&mut texts[0]);
        let mut wanted: Vec<FileId> = Vec::new();
        self.redirect(&Location::entry(Pointer::root()), &mut root, &mut wanted);
        let mut files = Map::new();
        let mut next = 0;
        while let Some(file) = wanted.get(next).copied() {
            next += 1;
            let Some(mut value) = texts.get_mut(file.0 as usize).map(std::mem::take) else { continue };
            self.redirect(&Location { file, pointer: Pointer::root() }, &mut value, &mut wanted);
            files.insert(file.0.to_string(), value);
        }
        if let (Value::Object(members), false) = (&mut root, files.is_empty()) {
            members.insert(FILES.to_owned(), Value::Object(files));
        }
        root
    }

    /// Lets references to other files lead to where these stand in the whole.
    fn redirect(&self, at: &Location, value: &mut Value, wanted: &mut Vec<FileId>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(reference) if name == "$ref" => {
                            // What leads nowhere is left as it is written.
                            if let Some(moved) = self.moved(at, reference, wanted) {
                                *reference = moved;
                            }
                        }
                        Value::Array(_) | Value::Object(_) => self.redirect(&at.join(name), member, wanted),
                        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
                    }
                }
            }
            Value::Array(items) => {
                items.iter_mut().enumerate().for_each(|(index, item)| self.redirect(&at.index(index), item, wanted));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// The reference as it stands in the whole; `None` where it stays as it is.
    fn moved(&self, from: &Location, reference: &str, wanted: &mut Vec<FileId>) -> Option<String> {
        let target = self.resolve(from, reference).ok()?;
        if target.file == from.file && target.file == FileId(0) {
            return None;
        }
        let pointer = if target.file == FileId(0) {
            target.pointer
        } else {
            if !wanted.contains(&target.file) {
                wanted.push(target.file);
            }
            Pointer::root().join(FILES).join(&target.file.0.to_string()).append(&target.pointer)
        };
        // RFC 6901 §6: a pointer in a fragment is percent-encoded where a URI could not hold it.
        Some(format!("#{}", encoded(pointer.as_str())))
    }
}

/// A pointer as the fragment of a URI (RFC 3986 §3.5).
fn encoded(pointer: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'%')
        .add(b'<')
        .add(b'>')
        .add(b'[')
        .add(b'\\')
        .add(b']')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');
    percent_encoding::utf8_percent_encode(pointer, KEPT).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Files, NoFiles, Source};

    struct Two;

    impl Files for Two {
        fn read(&self, name: &str) -> Result<Vec<u8>, String> {
            match name {
                "parts/pet.yaml" => Ok(b"Pet: {type: object, properties: {tag: {$ref: '#/Tag'}, kind: {$ref: '../api.yaml#/components/schemas/Kind'}}}\nTag: {type: string, nullable: true}\n".to_vec()),
                other => Err(format!("there is no file {other}")),
            }
        }
    }

    const API: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents: {schemas: {Pet: {$ref: 'parts/pet.yaml#/Pet'}, Kind: {type: string}, Own: {$ref: '#/components/schemas/Kind'}}}\n";

    #[test]
    fn other_files_stand_in_the_whole_and_references_lead_there() {
        let document =
            Document::load(Source { name: "api.yaml", bytes: API.as_bytes() }, &[], &Two).expect("a document");
        let whole = document.bundled();
        let schemas = &whole["components"]["schemas"];
        let reference = schemas["Pet"]["$ref"].as_str().expect("a reference");
        assert_eq!(schemas["Own"], json!({"$ref": "#/components/schemas/Kind"}));
        let pet = whole.pointer(&reference[1..]).expect("it leads somewhere");
        let tag = pet["properties"]["tag"]["$ref"].as_str().expect("a reference");
        assert_eq!(whole.pointer(&tag[1..]), Some(&json!({"type": "string", "nullable": true})), "as it is written");
        assert_eq!(pet["properties"]["kind"]["$ref"], "#/components/schemas/Kind");
        let text = whole.to_string();
        let again = Document::load(Source { name: "api.json", bytes: text.as_bytes() }, &[], &NoFiles);
        assert_eq!(again.expect("it stands alone").notes(), []);
    }

    #[test]
    fn overlays_are_applied() {
        let overlay =
            b"overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions: [{target: $.info, update: {title: changed}}]\n";
        let overlay = Source { name: "o.yaml", bytes: overlay };
        let entry = Source { name: "api.yaml", bytes: API.as_bytes() };
        let document = Document::load(entry, &[overlay], &Two).expect("a document");
        assert_eq!(document.bundled()["info"]["title"], "changed");
    }
}
