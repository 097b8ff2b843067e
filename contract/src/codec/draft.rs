//! A request as values: before it is written (`Draft`), and after it was read (`Decoded`).

use serde_json::Value;

use crate::model::{In, MediaType};

/// A request for an operation as values, before it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The index of the operation.
    pub operation: usize,
    /// The parameters that are sent, by place and name.
    pub parameters: Vec<(In, String, Value)>,
    /// The content.
    pub body: Option<DraftBody>,
}

/// The content of a request, before it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum DraftBody {
    /// A value to be written as its media type asks.
    Value {
        /// The media type.
        media_type: MediaType,
        /// The value.
        value: Value,
    },
    /// Bytes to be sent as they are.
    Raw {
        /// What they claim to be; no `Content-Type` where `None`.
        media_type: Option<MediaType>,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

impl Draft {
    /// The value of a parameter.
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

/// Why a value cannot be written: it has no form on the wire that is read back as the same value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} has no wire form: {why}")]
pub struct NoWireForm {
    /// The part: `query limit`, `body`.
    pub what: String,
    /// The reason.
    pub why: String,
}

/// What was found where a value may stand.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// Nothing.
    Absent,
    /// A value.
    Value(Value),
    /// Something that cannot be read as a value, and why.
    Unreadable(String),
}

/// A request for an operation, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// What was found for each parameter of the operation, in its order.
    pub parameters: Vec<Reading>,
    /// The content.
    pub body: DecodedBody,
}

/// The content of a message, read.
#[derive(Clone, Debug, PartialEq)]
pub enum DecodedBody {
    /// No bytes.
    Absent,
    /// A value.
    Value {
        /// The index of the documented content that it was read as.
        content: usize,
        /// The media type that was sent.
        media_type: MediaType,
        /// The value.
        value: Value,
    },
    /// Bytes of a documented media type that cannot be read as such.
    Malformed {
        /// The index of the documented content.
        content: usize,
        /// Why not.
        reason: String,
    },
    /// Bytes of a documented media type that may be sound, but are beyond a bound of what is read.
    Beyond {
        /// The index of the documented content.
        content: usize,
        /// Which bound, in words.
        bound: String,
    },
    /// Bytes of a media type that is not documented, or of none.
    UndocumentedMediaType {
        /// What `Content-Type` said.
        sent: Option<String>,
    },
    /// Bytes of a documented media type whose inside is not looked at.
    Opaque {
        /// The index of the documented content.
        content: usize,
    },
}
