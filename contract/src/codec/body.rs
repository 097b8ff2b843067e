//! Bodies <-> values: which media type is read and written how.

use serde_json::Value;

use crate::codec::draft::{DecodedBody, NoWireForm};
use crate::codec::guide::{Guide, Types};
use crate::codec::text::Charset;
use crate::codec::{json, primitive};
use crate::model::{Content, Contract, Direction, MediaType};

/// Writes a value as its media type asks. A range stands for a media type within it, see [`concrete`].
///
/// # Errors
/// Where no bytes would be read back as this value.
pub fn encode_body(
    contract: &Contract,
    content: &Content,
    value: &Value,
    direction: Direction,
) -> Result<Vec<u8>, NoWireForm> {
    let what = match direction {
        Direction::Request => "body",
        Direction::Response => "response body",
    };
    let refused = |why: String| NoWireForm { what: what.to_owned(), why };
    let media_type = concrete(&content.media_type);
    let form = Form::of(contract, content, &media_type).map_err(refused)?;
    let bytes = form.write(contract, content, &media_type, value).map_err(refused)?;
    if bytes.is_empty() {
        return Err(refused("it would be empty, which is no body at all".to_owned()));
    }
    // What JSON wrote it reads, and the bodies that must be fast are JSON.
    if form != Form::Json {
        match form.read(contract, content, &media_type, &bytes).map_err(refused)? {
            Some(read) if read == *value => {}
            Some(_) => return Err(refused("it would be read back as another value".to_owned())),
            None => return Err(refused("bodies of this media type are not looked into".to_owned())),
        }
    }
    Ok(bytes)
}

/// Reads the body of a message that may have one of the documented contents.
#[must_use]
pub fn decode_body(
    contract: &Contract,
    documented: &[Content],
    content_type: Option<&str>,
    bytes: &[u8],
) -> DecodedBody {
    if bytes.is_empty() {
        return DecodedBody::Absent;
    }
    let chosen = content_type.and_then(MediaType::parse).and_then(|sent| Some((choose(documented, &sent)?, sent)));
    let Some((index, media_type)) = chosen else {
        return DecodedBody::UndocumentedMediaType { sent: content_type.map(str::to_owned) };
    };
    let content = &documented[index];
    let read =
        Form::of(contract, content, &media_type).and_then(|form| form.read(contract, content, &media_type, bytes));
    match read {
        Ok(Some(value)) => DecodedBody::Value { content: index, media_type, value },
        Ok(None) => DecodedBody::Opaque { content: index },
        Err(reason) => DecodedBody::Malformed { content: index, reason },
    }
}

/// The media type to send for a documented one: itself, or for a range what this floor can write best.
#[must_use]
pub fn concrete(media_type: &MediaType) -> MediaType {
    if !media_type.is_range() {
        return media_type.clone();
    }
    let text = match media_type.essence().split('/').next() {
        Some("*" | "application") => "application/json",
        Some("text") => "text/plain",
        _ => return media_type.clone(),
    };
    MediaType::parse(text).unwrap_or_else(|| media_type.clone())
}

/// The `Content-Type` of bytes that [`encode_body`] wrote for a media type.
#[must_use]
pub fn content_type(media_type: &MediaType, _bytes: &[u8]) -> String {
    concrete(media_type).to_string()
}

/// Reads a value from text: a parameter or header with `content`.
pub(super) fn read_text(contract: &Contract, content: &Content, text: &str) -> Result<Value, String> {
    let media_type = concrete(&content.media_type);
    Form::of(contract, content, &media_type)?
        .read(contract, content, &media_type, text.as_bytes())?
        .ok_or_else(|| format!("{media_type} is not looked into"))
}

/// Writes a value as text: a parameter or header with `content`.
pub(super) fn write_text(contract: &Contract, content: &Content, value: &Value) -> Result<String, String> {
    let media_type = concrete(&content.media_type);
    let form = Form::of(contract, content, &media_type)?;
    if form == Form::Json {
        return json::write_ascii(value);
    }
    let bytes = form.write(contract, content, &media_type, value)?;
    String::from_utf8(bytes).map_err(|_| format!("{media_type} is not text"))
}

/// The most specific documented content that covers a media type (OpenAPI 3.x "Media Type Object").
fn choose(documented: &[Content], sent: &MediaType) -> Option<usize> {
    documented
        .iter()
        .enumerate()
        .filter(|(_, content)| content.media_type.covers(sent))
        .max_by_key(|(index, content)| (content.media_type.specificity(), std::cmp::Reverse(*index)))
        .map(|(index, _)| index)
}

/// The ways in which bytes hold a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    Text(Charset),
    /// A string with one character for each byte.
    Bytes,
    Opaque,
}

impl Form {
    fn of(contract: &Contract, content: &Content, media_type: &MediaType) -> Result<Self, String> {
        if media_type.is_json() {
            return match Charset::of(media_type)? {
                Charset::Utf8 | Charset::UsAscii => Ok(Self::Json),
                Charset::Latin1 => Err("JSON is UTF-8 (RFC 8259 §8.1)".to_owned()),
            };
        }
        if media_type.is_text() {
            return Charset::of(media_type).map(Self::Text);
        }
        let types = Guide::new(contract, content.schema.as_ref()).types();
        if types != Types::ANY && types.has(Types::STRING) { Ok(Self::Bytes) } else { Ok(Self::Opaque) }
    }

    fn write(
        self,
        _contract: &Contract,
        _content: &Content,
        media_type: &MediaType,
        value: &Value,
    ) -> Result<Vec<u8>, String> {
        match (self, value) {
            (Self::Json, value) => json::write(value),
            (Self::Text(charset), value) => charset.write(&primitive::write(value)?),
            (Self::Bytes, Value::String(text)) => Charset::Latin1.write(text),
            (Self::Bytes | Self::Opaque, _) => Err(format!("{media_type} has no form for it")),
        }
    }

    /// The value; `None` where the inside is not looked at.
    fn read(
        self,
        contract: &Contract,
        content: &Content,
        _media_type: &MediaType,
        bytes: &[u8],
    ) -> Result<Option<Value>, String> {
        match self {
            Self::Json => json::read(bytes).map(Some),
            Self::Text(charset) => {
                let text = charset.read(bytes)?;
                Ok(Some(primitive::read(&Guide::new(contract, content.schema.as_ref()), &text)))
            }
            Self::Bytes => Charset::Latin1.read(bytes).map(Value::String).map(Some),
            Self::Opaque => Ok(None),
        }
    }
}
