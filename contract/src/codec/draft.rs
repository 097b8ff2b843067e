//! A request as values: before it is written (`Draft`), and after it was read (`Decoded`).

use serde_json::Value;

use crate::codec::bounds::Unread;
use crate::model::{In, MediaType};

/// A request for an operation as values, before it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The index of the operation in its contract.
    pub operation: usize,
    /// The parameters that are sent: place, name and value of each, in any order.
    pub parameters: Vec<(In, String, Value)>,
    /// The content; `None` sends none.
    pub body: Option<DraftBody>,
}

/// The content of a request, before it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum DraftBody {
    /// A value to be written as its media type asks.
    Value {
        /// The media type that is written: one that the operation documents, or any other.
        media_type: MediaType,
        /// The value before it is encoded.
        value: Value,
    },
    /// Bytes to be sent as they are.
    Raw {
        /// The media type that they claim; no `Content-Type` where `None`.
        media_type: Option<MediaType>,
        /// The bytes of the body.
        bytes: Vec<u8>,
    },
}

impl Draft {
    /// The value of a parameter; `None` where it is not sent.
    #[must_use]
    pub fn parameter(&self, place: In, name: &str) -> Option<&Value> {
        self.parameters.iter().find(|(p, n, _)| *p == place && n == name).map(|(_, _, value)| value)
    }

    /// Sets a parameter's value, or adds it.
    pub fn set_parameter(&mut self, place: In, name: &str, value: Value) {
        match self.parameters.iter_mut().find(|(p, n, _)| *p == place && n == name) {
            Some((_, _, there)) => *there = value,
            None => self.parameters.push((place, name.to_owned(), value)),
        }
    }

    /// Leaves a parameter out.
    pub fn remove_parameter(&mut self, place: In, name: &str) {
        self.parameters.retain(|(p, n, _)| !(*p == place && n == name));
    }

    /// The body's value, where it has one.
    #[must_use]
    pub fn body_value(&self) -> Option<&Value> {
        match &self.body {
            Some(DraftBody::Value { value, .. }) => Some(value),
            Some(DraftBody::Raw { .. }) | None => None,
        }
    }

    /// The body's value, to change it.
    pub fn body_value_mut(&mut self) -> Option<&mut Value> {
        match &mut self.body {
            Some(DraftBody::Value { value, .. }) => Some(value),
            Some(DraftBody::Raw { .. }) | None => None,
        }
    }
}

/// The reason why a value cannot be written: it has no form on the wire that is read back as the same value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} has no wire form: {why}")]
pub struct NoWireForm {
    /// The part of the message: `query limit`, `body`.
    pub what: String,
    /// The reason, a fragment of a sentence.
    pub why: String,
}

/// The result of reading the place where a value may stand.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// The parameter is not sent.
    Absent,
    /// A value, as the schema lets the text be read.
    Value(Value),
    /// Something that is not read as a value, with the reason.
    Unreadable(Unread),
}

/// A request for an operation, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The reading of each parameter of the operation, in its order.
    pub parameters: Vec<Reading>,
    /// The body, decoded by its media type.
    pub body: DecodedBody,
}

/// The content of a message, read.
#[derive(Clone, Debug, PartialEq)]
pub enum DecodedBody {
    /// The request has no bytes as its body.
    Absent,
    /// The body was read as a value.
    Value {
        /// The index of the documented content that it was read as.
        content: usize,
        /// The media type that was sent.
        media_type: MediaType,
        /// The value that was read.
        value: Value,
    },
    /// Bytes of a documented media type that cannot be read as such.
    Malformed {
        /// The index of the documented content.
        content: usize,
        /// The reason, with the place in the bytes where there is one.
        reason: String,
    },
    /// Bytes of a documented media type that may be sound, but are beyond a bound of what is read.
    Beyond {
        /// The index of the documented content.
        content: usize,
        /// The bound that is exceeded, in words.
        bound: String,
    },
    /// Bytes of a media type that is not documented, or of none.
    UndocumentedMediaType {
        /// The value of `Content-Type`; `None` where there is no such field.
        sent: Option<String>,
    },
    /// Bytes of a documented media type whose inside is not looked at.
    Opaque {
        /// The index of the documented content.
        content: usize,
    },
}

impl DecodedBody {
    /// The value that was read, with the index of the documented content that it was read as and the media type that was
    /// sent; `None` where no value was read.
    #[must_use]
    pub fn value(&self) -> Option<(usize, &MediaType, &Value)> {
        match self {
            Self::Value { content, media_type, value } => Some((*content, media_type, value)),
            Self::Absent
            | Self::Malformed { .. }
            | Self::Beyond { .. }
            | Self::UndocumentedMediaType { .. }
            | Self::Opaque { .. } => None,
        }
    }
}
