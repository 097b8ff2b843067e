//! What every style writes: one text, a list of texts, or named texts. Values are flattened to it and restored from it.

use serde_json::{Map, Value};

use crate::codec::bounds::Unread;
use crate::codec::hints::Hints;
use crate::codec::style::primitive;

/// A value as texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Texts {
    /// The text of a primitive.
    One(String),
    /// An array of primitives.
    List(Vec<String>),
    /// An object of primitives.
    Members(Vec<(String, String)>),
}

impl Texts {
    /// The texts of a value.
    ///
    /// # Errors
    /// Why no style can write the value.
    pub(crate) fn of(value: &Value) -> Result<Self, String> {
        match value {
            Value::Array(items) if items.is_empty() => Err("an empty array cannot be told from none".to_owned()),
            Value::Array(items) if items.as_slice() == [Value::String(String::new())] => {
                Err("an array of one empty string cannot be told from an empty array".to_owned())
            }
            Value::Array(items) => items.iter().map(primitive::write).collect::<Result<_, _>>().map(Self::List),
            Value::Object(members) if members.is_empty() => Err("an empty object cannot be told from none".to_owned()),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| Ok((name.clone(), primitive::write(value)?)))
                .collect::<Result<_, String>>()
                .map(Self::Members),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                primitive::write(value).map(Self::One)
            }
        }
    }

    /// The value that the texts stand for.
    ///
    /// # Errors
    /// The name that is there twice, or the bound that a number is beyond.
    pub(crate) fn value(self, hints: &Hints<'_>) -> Result<Value, Unread> {
        match self {
            Self::One(text) => primitive::read(hints, &text),
            Self::List(texts) => list(texts, hints),
            Self::Members(members) => {
                let mut object = Map::with_capacity(members.len());
                for (name, text) in members {
                    let value = primitive::read(&hints.member(&name), &text).map_err(|unread| unread.of(&name))?;
                    if object.contains_key(&name) {
                        return Err(format!("the member `{name}` is given twice").into());
                    }
                    object.insert(name, value);
                }
                Ok(Value::Object(object))
            }
        }
    }
}

fn list(texts: Vec<String>, hints: &Hints<'_>) -> Result<Value, Unread> {
    let rest = hints.item(usize::MAX);
    let prefixed = hints.keyword("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
    let read = |(index, text): (usize, String)| {
        if index < prefixed { primitive::read(&hints.item(index), &text) } else { primitive::read(&rest, &text) }
    };
    texts.into_iter().enumerate().map(read).collect::<Result<_, _>>().map(Value::Array)
}
