//! The value of a header field <-> its text (OpenAPI 3.x "Header Object"; style `simple`, no escapes).

use serde_json::Value;

use crate::codec::body;
use crate::codec::bounds::Unread;
use crate::codec::draft::{NoWireForm, Reading};
use crate::codec::hints::Hints;
use crate::codec::style::delimited::Delimited;
use crate::codec::style::escape::{Escaping, Reserved};
use crate::codec::style::texts::Texts;
use crate::model::{Contract, Shape};

/// Writes the value of a header field.
///
/// # Errors
/// The reason why no text would be read back as this value, or why a field cannot carry it (RFC 9110 §5.5).
pub fn encode_header(contract: &Contract, shape: &Shape, value: &Value) -> Result<String, NoWireForm> {
    let refused = |why: String| NoWireForm { what: "header".to_owned(), why };
    let text = write(contract, shape, value).map_err(refused)?;
    match decode_header(contract, shape, &text) {
        Reading::Value(read) if read == *value => Ok(text),
        Reading::Value(read) => Err(refused(format!("its text `{text}` would be read as {read}"))),
        Reading::Absent => Err(refused("its text would be read as none".to_owned())),
        Reading::Unreadable(unread) => Err(refused(unread.into())),
    }
}

/// Reads the value of a header field. The parts of a list may have white space around them (RFC 9110 §5.6.1).
#[must_use]
pub fn decode_header(contract: &Contract, shape: &Shape, text: &str) -> Reading {
    let text = text.trim_matches([' ', '\t']);
    let result = match shape {
        Shape::Content(content) => body::read_text(contract, content, text),
        Shape::Schema { schema, style, explode, .. } => {
            let hints = Hints::new(contract, schema.as_ref());
            Delimited::new(*style, *explode, Escaping::Header, Reserved::Escaped)
                .split(text, hints.kind())
                .map_err(Unread::from)
                .and_then(|texts| texts.value(&hints))
        }
    };
    result.map_or_else(Reading::Unreadable, Reading::Value)
}

fn write(contract: &Contract, shape: &Shape, value: &Value) -> Result<String, String> {
    let text = match shape {
        Shape::Content(content) => {
            Escaping::Header.write(&body::write_text(contract, content, value)?, Reserved::Escaped)?
        }
        Shape::Schema { style, explode, .. } => {
            Delimited::new(*style, *explode, Escaping::Header, Reserved::Escaped).join(&Texts::of(value)?)?
        }
    };
    if text.starts_with(' ') || text.ends_with(' ') {
        return Err("white space at the ends of a header field is not kept".to_owned());
    }
    Ok(text)
}
