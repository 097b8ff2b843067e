//! Bodies of Swagger 2.0: a parameter `in: body`, a form of parameters `in: formData`, one schema for every media type.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::document::{Defect, Location};
use crate::model::members::{object, string, wrong};
use crate::model::reader::operation::Reader;
use crate::model::swagger::{FORM, effective_parameters};
use crate::model::{Body, Content, Encoding, Entry, MediaType, Style};

impl Reader<'_> {
    /// The body of Swagger 2.0: one parameter `in: body`, or all those `in: formData`.
    pub(super) fn swagger_body(
        &mut self,
        entry: &Entry,
        operation: &Location,
        members: &Map<String, Value>,
    ) -> Result<Option<Body>, Defect> {
        let parameters = effective_parameters(self.document, &entry.at);
        let mut encoding = BTreeMap::new();
        let mut has_file = false;
        for at in &parameters {
            let members = object(self.document.node(at).unwrap_or(&Value::Null), at, "a parameter")?;
            match members.get("in").and_then(Value::as_str) {
                Some("body") => {
                    let types = self.media_types("consumes", operation, "application/json");
                    let schema = members.contains_key("schema").then(|| at.join("schema"));
                    return Ok(Some(Body {
                        required: members.get("required") == Some(&Value::Bool(true)),
                        content: types.into_iter().map(|one| plain_content(one, schema.clone(), at)).collect(),
                        at: at.clone(),
                    }));
                }
                Some("formData") => {
                    has_file |= members.get("schema").and_then(|schema| schema.get("format")).and_then(Value::as_str)
                        == Some("binary");
                    let one = Encoding {
                        style: members.get("style").and_then(Value::as_str).and_then(Style::parse),
                        explode: members.get("explode").and_then(Value::as_bool),
                        ..Encoding::default()
                    };
                    encoding.insert(string(members, "name", at)?.to_owned(), one);
                }
                _ => {}
            }
        }
        if !members.contains_key(FORM) {
            return Ok(None);
        }
        let at = operation.join(FORM);
        let forms = ["multipart/form-data", "application/x-www-form-urlencoded"];
        let default = if has_file { forms[0] } else { forms[1] };
        let mut types = self.media_types("consumes", operation, default);
        types.retain(|known| forms.contains(&known.essence().as_str()) && (!has_file || known.essence() == forms[0]));
        if types.is_empty() {
            types.extend(MediaType::parse(default));
        }
        let content =
            |media_type| Content { encoding: encoding.clone(), ..plain_content(media_type, Some(at.clone()), &at) };
        let content = types.into_iter().map(content).collect();
        let required = members.get(FORM).is_some_and(|form| form.get("required").is_some());
        Ok(Some(Body { required, content, at }))
    }

    /// `consumes` or `produces` of the operation, else of the document (Swagger 2.0 "Operation Object").
    fn media_types(&mut self, key: &str, operation: &Location, default: &str) -> Vec<MediaType> {
        let own = operation.join(key);
        let at = if self.document.node(&own).is_some() { own } else { Location::default().join(key) };
        let mut found = Vec::new();
        for (index, word) in self.document.node(&at).and_then(Value::as_array).into_iter().flatten().enumerate() {
            match word.as_str().and_then(MediaType::parse) {
                Some(media_type) => found.push(media_type),
                None => self.notes.push(wrong(&at.index(index), format!("{word} is not a media type"))),
            }
        }
        if found.is_empty() {
            found.extend(MediaType::parse(default));
        }
        found
    }

    /// The bodies of a response of Swagger 2.0: its one schema for every media type that is produced.
    pub(super) fn swagger_content(
        &mut self,
        operation: &Location,
        response: &Location,
        members: &Map<String, Value>,
    ) -> Vec<Content> {
        if !members.contains_key("schema") {
            return Vec::new();
        }
        let examples = members.get("examples").and_then(Value::as_object);
        let types = self.media_types("produces", operation, "application/json").into_iter();
        let content = |media_type: MediaType| {
            let example =
                examples.into_iter().flatten().find(|(key, _)| MediaType::parse(key).as_ref() == Some(&media_type));
            let examples = example.map(|(_, value)| value.clone()).into_iter().collect();
            Content { examples, ..plain_content(media_type, Some(response.join("schema")), response) }
        };
        types.map(content).collect()
    }
}

fn plain_content(media_type: MediaType, schema: Option<Location>, at: &Location) -> Content {
    Content { media_type, schema, item_schema: None, encoding: BTreeMap::new(), examples: Vec::new(), at: at.clone() }
}
