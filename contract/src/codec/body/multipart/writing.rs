//! An object -> parts, each with the media type of its member.

use serde_json::Value;

use crate::codec::body::multipart::boundary::free_boundary;
use crate::codec::body::multipart::part::is_binary;
use crate::codec::body::multipart::part::is_bytes;
use crate::codec::body::multipart::{field, styled};
use crate::codec::body::subject::Subject;
use crate::codec::body::text::Charset;
use crate::codec::hints::{Hints, Kind};
use crate::model::MediaType;

/// Writes an object, arrays as one part for each item.
///
/// # Errors
/// Why it has no form.
pub(crate) fn write(subject: &Subject<'_>, value: &Value) -> Result<Vec<u8>, String> {
    let Value::Object(members) = value else { return Err("a form holds an object".to_owned()) };
    let mut parts = Vec::new();
    for (name, value) in members {
        let hints = subject.hints.member(name);
        let refused = |why: String| format!("`{name}`: {why}");
        if let Some(named) = styled::styled(subject, name) {
            let fields = field::lines(subject.contract, subject.encoding.get(name)).map_err(refused)?;
            for (name, text) in named.write(value).map_err(refused)? {
                let head = format!("Content-Disposition: form-data; name=\"{}\"\r\n{fields}\r\n", escape(&name));
                parts.push((head + &text).into_bytes());
            }
            continue;
        }
        match value {
            Value::Array(items) if items.is_empty() => {
                return Err(refused("an empty array cannot be told from none".to_owned()));
            }
            Value::Array(items) if hints.kind() != Kind::Members => {
                for (index, item) in items.iter().enumerate() {
                    parts.push(write_part(subject, name, hints.item(index), item).map_err(refused)?);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                parts.push(write_part(subject, name, hints, value).map_err(refused)?)
            }
        }
    }
    if parts.is_empty() {
        return Err("a form of no members has no parts".to_owned());
    }
    let boundary = match subject.media_type.parameter("boundary") {
        Some(given) => given.to_owned(),
        None => free_boundary(&parts),
    };
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        bytes.extend_from_slice(&part);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok(bytes)
}

fn write_part(subject: &Subject<'_>, name: &str, hints: Hints<'_>, value: &Value) -> Result<Vec<u8>, String> {
    let part = Subject::part(subject.contract, hints.clone(), media_type(subject, name, &hints));
    let is_file = is_binary(&hints);
    let body = match value {
        Value::String(text) if is_file || is_bytes(&part)? => Charset::Latin1.write(text)?,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            part.write(value)?
        }
    };
    let mut head = format!("Content-Disposition: form-data; name=\"{}\"", escape(name));
    if is_file {
        head.push_str(&format!("; filename=\"{}\"", escape(name)));
    }
    head.push_str("\r\n");
    if part.media_type.essence() != "text/plain" || part.media_type.parameter("charset").is_some() {
        head.push_str(&format!("Content-Type: {}\r\n", part.media_type));
    }
    head.push_str(&field::lines(subject.contract, subject.encoding.get(name))?);
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

/// The media type of a part that says nothing: the encoding's, or what the schema implies (OpenAPI 3.x "Encoding
/// Object", `contentType`).
pub(super) fn media_type(subject: &Subject<'_>, name: &str, hints: &Hints<'_>) -> MediaType {
    let chosen = subject
        .encoding
        .get(name)
        .and_then(|encoding| encoding.content_type.iter().find(|media_type| !media_type.is_range()))
        .cloned();
    let implied = match hints.kind() {
        Kind::Members | Kind::List => "application/json",
        _ if is_binary(hints) => "application/octet-stream",
        Kind::One | Kind::OneOrList | Kind::OneOrMembers | Kind::Untyped => "text/plain",
    };
    chosen.or_else(|| MediaType::parse(implied)).expect("the media types above are well-formed")
}

/// Names in a disposition as browsers write them (WHATWG HTML §4.10.21.8).
fn escape(name: &str) -> String {
    name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}
