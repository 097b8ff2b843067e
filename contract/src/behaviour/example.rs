//! The document's own examples of a body: by name, and the first that fits. What is shown of a document fits it, so one
//! that does not is passed over.

use std::borrow::Cow;

use serde_json::Value;

use crate::behaviour::shape;
use crate::codec::{self, DecodedBody, NoWireForm};
use crate::model::{Content, Contract, Direction};
use crate::rule::{TemplateToken, write_only};
use crate::validate;

/// The use that is made of the document's own examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Examples {
    /// The example that fits the answer's schema is shown, where nothing of state is.
    #[default]
    Shown,
    /// Answers are made of schemas alone.
    Ignored,
}

/// The examples of a content that have names, in the order of the document (OpenAPI 3.x "Media Type Object": `examples`).
#[must_use]
pub(crate) fn named(contract: &Contract, content: &Content) -> Vec<(String, Value)> {
    let document = contract.document();
    let Some(Value::Object(members)) = document.node(&content.at).and_then(|node| node.get("examples")) else {
        return Vec::new();
    };
    let value = |name: &String| {
        let (_, example) = document.follow(&content.at.join("examples").join(name)).ok()?;
        let value = example.get("dataValue").or_else(|| example.get("value"))?;
        Some((name.clone(), value.clone()))
    };
    members.keys().filter_map(value).collect()
}

/// An example as an answer has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shown {
    /// A value that the schema allows.
    Value(Value),
    /// The text that travels, as the document writes it (OpenAPI 3.x "Example Object": a string, where the media type
    /// is no JSON).
    Written(Vec<u8>),
}

impl Shown {
    /// The bytes that travel.
    ///
    /// # Errors
    /// Where no bytes would be read back as the value.
    pub(crate) fn bytes(self, contract: &Contract, content: &Content) -> Result<Vec<u8>, NoWireForm> {
        match self {
            Self::Value(value) => codec::encode_body(contract, content, &value, Direction::Response),
            Self::Written(bytes) => Ok(bytes),
        }
    }
}

/// The example that answers where none is asked for by name: of the content, then of its schema.
#[must_use]
pub(crate) fn first(contract: &Contract, content: &Content) -> Option<Shown> {
    let of_schema = content.schema.as_ref().and_then(|at| {
        let several = shape::keyword(contract, at, "examples").and_then(Value::as_array);
        several.and_then(|examples| examples.first()).or_else(|| shape::keyword(contract, at, "example"))
    });
    content.examples.iter().chain(of_schema).find_map(|example| shown(contract, content, example))
}

/// An example as a value; `None` where it does not fit its own schema, or where bytes travel that are no value.
#[must_use]
pub(crate) fn value(contract: &Contract, content: &Content, example: &Value) -> Option<Value> {
    match shown(contract, content, example)? {
        Shown::Value(value) => Some(value),
        Shown::Written(bytes) => {
            let media_type = codec::concrete(&content.media_type).to_string();
            let read = codec::decode_body(contract, std::slice::from_ref(content), Some(&media_type), &bytes);
            read.value().map(|(_, _, value)| value.clone())
        }
    }
}

/// An example as an answer has it; `None` where it does not fit its own schema.
#[must_use]
pub(crate) fn shown(contract: &Contract, content: &Content, example: &Value) -> Option<Shown> {
    let kept = without_write_only(contract, content, example);
    if is_valid(contract, content, &kept) && codec::encode_body(contract, content, &kept, Direction::Response).is_ok() {
        return Some(Shown::Value(kept));
    }
    let text = example.as_str().filter(|_| !content.media_type.is_json())?;
    let media_type = codec::concrete(&content.media_type).to_string();
    let fits = match codec::decode_body(contract, std::slice::from_ref(content), Some(&media_type), text.as_bytes()) {
        DecodedBody::Value { value, .. } => is_valid(contract, content, &value),
        DecodedBody::Opaque { .. } => true,
        DecodedBody::Absent
        | DecodedBody::Malformed { .. }
        | DecodedBody::Beyond { .. }
        | DecodedBody::UndocumentedMediaType { .. } => false,
    };
    fits.then(|| Shown::Written(text.as_bytes().to_owned()))
}

/// An example without what only requests may hold (OpenAPI 3.0.4 §4.7.24.2, JSON Schema Validation §9.4).
fn without_write_only(contract: &Contract, content: &Content, example: &Value) -> Value {
    let mut kept = example.clone();
    let places = content.schema.as_ref().map(|at| write_only::places(contract, at).0).unwrap_or_default();
    for place in places {
        let tokens: Vec<String> = place.tokens().map(Cow::into_owned).collect();
        remove(&tokens, &mut kept);
    }
    kept
}

/// Removes the members that a template leads to.
fn remove(tokens: &[String], value: &mut Value) {
    let Some((token, rest)) = tokens.split_first() else { return };
    match value {
        Value::Object(members) if TemplateToken::of(token).is_open() => {
            members.values_mut().for_each(|member| remove(rest, member));
        }
        Value::Object(members) if rest.is_empty() => {
            members.shift_remove(token);
        }
        Value::Object(members) => {
            if let Some(member) = members.get_mut(token) {
                remove(rest, member);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| remove(rest, item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_valid(contract: &Contract, content: &Content, value: &Value) -> bool {
    let at = content.schema.as_ref();
    at.is_none_or(|at| validate::is_valid(contract, at, Direction::Response, value).unwrap_or(false))
}
