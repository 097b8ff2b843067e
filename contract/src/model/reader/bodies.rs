//! Request bodies, media types, encodings and their examples.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::document::{Defect, Location};
use crate::model::members::{object, wrong};
use crate::model::reader::operation::Reader;
use crate::model::{Body, Content, Encoding, MediaType, Style};

impl Reader<'_> {
    pub(super) fn body(&mut self, at: &Location) -> Result<Body, Defect> {
        let (at, node) = self.document.follow(at)?;
        let members = object(node, &at, "a request body")?;
        Ok(Body {
            required: members.get("required") == Some(&Value::Bool(true)),
            content: self.content(&at.join("content"))?,
            at,
        })
    }

    pub(super) fn content(&mut self, at: &Location) -> Result<Vec<Content>, Defect> {
        let Some(node) = self.document.node(at) else { return Ok(Vec::new()) };
        let members = object(node, at, "`content`")?;
        let mut found = Vec::new();
        for key in members.keys() {
            let here = at.join(key);
            let Some(media_type) = MediaType::parse(key) else {
                self.notes.push(
                    wrong(&here, format!("`{key}` is not a media type; it is left out"))
                        .hint("media types look like `application/json`"),
                );
                continue;
            };
            let (here, node) = self.document.follow(&here)?;
            let members = object(node, &here, "a media type")?;
            found.push(Content {
                media_type,
                schema: members.contains_key("schema").then(|| here.join("schema")),
                item_schema: members.contains_key("itemSchema").then(|| here.join("itemSchema")),
                encoding: self.encoding(&here, members)?,
                examples: self.examples(&here, members),
                at: here,
            });
        }
        Ok(found)
    }

    fn encoding(&mut self, at: &Location, members: &Map<String, Value>) -> Result<BTreeMap<String, Encoding>, Defect> {
        let mut found = BTreeMap::new();
        let Some(Value::Object(encodings)) = members.get("encoding") else { return Ok(found) };
        for (name, encoding) in encodings {
            let here = at.join("encoding").join(name);
            let members = object(encoding, &here, "an encoding")?;
            let types = members.get("contentType").and_then(Value::as_str).unwrap_or("");
            found.insert(
                name.clone(),
                Encoding {
                    content_type: types.split(',').filter_map(MediaType::parse).collect(),
                    headers: self.headers(&here.join("headers"))?,
                    style: members.get("style").and_then(Value::as_str).and_then(Style::parse),
                    explode: members.get("explode").and_then(Value::as_bool),
                    allow_reserved: members.get("allowReserved") == Some(&Value::Bool(true)),
                },
            );
        }
        Ok(found)
    }

    pub(super) fn examples(&self, at: &Location, members: &Map<String, Value>) -> Vec<Value> {
        let mut found: Vec<Value> = members.get("example").cloned().into_iter().collect();
        if let Some(Value::Object(named)) = members.get("examples") {
            for name in named.keys() {
                if let Ok((_, example)) = self.document.follow(&at.join("examples").join(name)) {
                    found.extend(example.get("dataValue").or_else(|| example.get("value")).cloned());
                }
            }
        }
        found
    }
}
