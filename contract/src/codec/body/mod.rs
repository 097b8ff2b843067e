//! Bodies <-> values: the two functions that everybody calls, and which documented content a message is read as.
//!
//! In reading order: the format of a media type (`subject`), the formats: JSON, text, forms, streams of documents, XML, YAML, CSV,
//! multipart, and their readers and writers in one place (`format`). Header fields (`header`) stand here because the
//! parts of a multipart body have them.

mod subject;

mod json;

mod text;

mod form;

mod stream;

mod xml;

pub(crate) mod yaml;

mod csv;

pub(crate) mod header;

pub(crate) mod multipart;

mod format;

pub use stream::Framing;

use serde_json::Value;

use crate::codec::body::subject::{Format, Subject};
use crate::codec::bounds::Unread;
use crate::codec::draft::{DecodedBody, NoWireForm};
use crate::model::{Content, Contract, Direction, MediaType};

/// Writes a value as its media type asks. A range stands for a media type within it, see [`concrete`]; the bytes of a
/// multipart body choose their boundary, see [`content_type`].
///
/// # Errors
/// The reason why no bytes would be read back as this value.
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
    let subject = Subject::of(contract, content, concrete(&content.media_type));
    let bytes = subject.write(value).map_err(refused)?;
    if bytes.is_empty() {
        return Err(refused("it would be empty, which is no body at all".to_owned()));
    }
    // What JSON wrote it reads, and the bodies that must be fast are JSON.
    if subject.format() == Ok(Format::Json) {
        return Ok(bytes);
    }
    let sent = multipart::with_boundary(&subject.media_type, &bytes);
    match Subject::of(contract, content, sent).read(&bytes).map_err(|why| refused(why.into()))? {
        Some(read) if read == *value => Ok(bytes),
        Some(_) => Err(refused("it would be read back as another value".to_owned())),
        None => Err(refused("bodies of this media type are not looked into".to_owned())),
    }
}

/// True where a content is written as one JSON text.
#[must_use]
pub fn is_json(contract: &Contract, content: &Content) -> bool {
    Subject::of(contract, content, concrete(&content.media_type)).format() == Ok(Format::Json)
}

/// The JSON text of a part of a body that may nest so deep, and the number of values that it counts as.
///
/// # Errors
/// It is nested deeper, or holds more values than a body may.
pub fn json_part(value: &Value, depth: usize) -> Result<(Vec<u8>, usize), String> {
    json::write_part(value, depth)
}

/// Reads the body of a message that may have one of the documented contents. Bytes of media types that are not looked
/// into are a string with one character for each byte where the schema allows a string, and else opaque.
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
    match Subject::of(contract, &documented[index], media_type.clone()).read(bytes) {
        Ok(Some(value)) => DecodedBody::Value { content: index, media_type, value },
        Ok(None) => DecodedBody::Opaque { content: index },
        Err(Unread::Malformed(reason)) => DecodedBody::Malformed { content: index, reason },
        Err(Unread::Beyond(bound)) => DecodedBody::Beyond { content: index, bound },
    }
}

/// Writes one item of a stream.
///
/// # Errors
/// Why it has no form.
pub fn encode_item(contract: &Contract, content: &Content, item: &Value) -> Result<Vec<u8>, String> {
    let subject = Subject::of(contract, content, concrete(&content.media_type));
    match subject.format()? {
        Format::Stream(framing) | Format::Item(framing) => stream::write_item(framing, item),
        Format::Event => stream::write_event(item),
        Format::Json
        | Format::Text(_)
        | Format::Form
        | Format::Multipart
        | Format::Yaml
        | Format::Csv(_)
        | Format::Xml
        | Format::Bytes
        | Format::Opaque => Err(format!("{} is no stream of items", subject.media_type)),
    }
}

/// The media type to send for a documented one: [`MediaType::concrete`], and the range itself where that knows none.
#[must_use]
pub fn concrete(media_type: &MediaType) -> MediaType {
    media_type.concrete().unwrap_or_else(|| media_type.clone())
}

/// The `Content-Type` of bytes that [`encode_body`] wrote for a media type: with the boundary that they use.
#[must_use]
pub fn content_type(media_type: &MediaType, bytes: &[u8]) -> String {
    multipart::with_boundary(&concrete(media_type), bytes).to_string()
}

/// Reads a value from text: a parameter or header with `content`.
pub(crate) fn read_text(contract: &Contract, content: &Content, text: &str) -> Result<Value, Unread> {
    let subject = Subject::of(contract, content, concrete(&content.media_type));
    subject.read(text.as_bytes())?.ok_or_else(|| format!("{} is not looked into", subject.media_type).into())
}

/// Writes a value as text: a parameter or header with `content`.
pub(crate) fn write_text(contract: &Contract, content: &Content, value: &Value) -> Result<String, String> {
    let subject = Subject::of(contract, content, concrete(&content.media_type));
    if subject.format()? == Format::Json {
        return json::write_ascii(value);
    }
    String::from_utf8(subject.write(value)?).map_err(|_| format!("{} is not text", subject.media_type))
}

/// The most specific documented content that covers a media type (OpenAPI 3.x "Media Type Object"); of equals the first.
fn choose(documented: &[Content], sent: &MediaType) -> Option<usize> {
    documented
        .iter()
        .enumerate()
        .filter(|(_, content)| content.media_type.covers(sent))
        .max_by_key(|(index, content)| (content.media_type.specificity(), std::cmp::Reverse(*index)))
        .map(|(index, _)| index)
}
