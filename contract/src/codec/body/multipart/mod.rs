//! `multipart/form-data` <-> object (RFC 7578, RFC 2046 §5.1; OpenAPI 3.x "Encoding Object"). Binary members are strings
//! with one character for each byte.

mod field;
mod styled;

use serde_json::{Map, Value};

use crate::codec::body::format::{Format, Subject};
use crate::codec::body::text::Charset;
use crate::codec::bounds::Unread;
use crate::codec::bounds::{MAX_PART_HEADER, MAX_PARTS};
use crate::codec::hints::{Hints, Kind};
use crate::codec::style::pairs::NamedValue;
use crate::model::MediaType;

/// The longest boundary (RFC 2046 §5.1.1).
const MAX_BOUNDARY: usize = 70;

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

/// Reads an object. Parts of one name are an array where the schema asks for one or says nothing.
///
/// # Errors
/// What is wrong with the body or one of its parts.
pub(crate) fn read(subject: &Subject<'_>, bytes: &[u8]) -> Result<Value, Unread> {
    let boundary = subject
        .media_type
        .parameter("boundary")
        .filter(|boundary| (1..=MAX_BOUNDARY).contains(&boundary.len()))
        .ok_or("`Content-Type` has no boundary of 1 to 70 characters")?;
    let parts = split(bytes, boundary)?.into_iter().map(Part::parse).collect::<Result<Vec<_>, _>>()?;
    let mut object = Map::new();
    let styled: Vec<NamedValue<'_>> =
        subject.encoding.keys().filter_map(|name| styled::styled(subject, name)).collect();
    for named in &styled {
        let value = styled::read(subject, named, &parts).map_err(|why| format!("`{}`: {why}", named.name))?;
        if let Some(value) = value {
            object.insert(named.name.to_owned(), value);
        }
    }
    let is_styled = |name: &str| {
        styled.iter().any(|named| named.name == name || (named.claims(name) && !subject.hints.names(name)))
    };
    let mut names: Map<String, Value> = Map::new();
    let mut groups: Vec<Vec<Part<'_>>> = Vec::new();
    for part in parts.into_iter().filter(|part| !is_styled(&part.name)) {
        let group = names.entry(part.name.clone()).or_insert_with(|| {
            groups.push(Vec::new());
            Value::from(groups.len() - 1)
        });
        if let Some(group) = group.as_u64().and_then(|index| groups.get_mut(usize::try_from(index).ok()?)) {
            group.push(part);
        }
    }
    for ((name, _), group) in names.iter().zip(&groups) {
        let value = read_member(subject, name, group).map_err(|unread| unread.of(&format!("`{name}`")))?;
        object.insert(name.clone(), value);
    }
    Ok(Value::Object(object))
}

/// A file as it was uploaded, but for its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The member of the body that it is.
    pub member: String,
    /// The name that the client gives it (RFC 7578 §4.2), without a path; empty where it gives none.
    pub file_name: String,
    /// The media type; `application/octet-stream` where the client says none (RFC 7578 §4.4).
    pub media_type: String,
    /// The number of its bytes.
    pub size: usize,
}

/// The files among the parts of a body, in their order: those parts that have a file name. None where the body is no
/// multipart body that can be read.
#[must_use]
pub fn uploads(media_type: &MediaType, bytes: &[u8]) -> Vec<Upload> {
    let boundary = media_type.parameter("boundary").filter(|_| media_type.essence().starts_with("multipart/"));
    let Some(Ok(parts)) = boundary.map(|boundary| split(bytes, boundary)) else { return Vec::new() };
    let files = parts.into_iter().filter_map(|part| Part::parse(part).ok()).filter_map(|part| {
        let name = part.file_name?;
        // A path on the client's machine is nobody's business (RFC 7578 §4.2).
        let file_name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let media_type = part.content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
        Some(Upload { member: part.name, file_name, media_type, size: part.body.len() })
    });
    files.collect()
}

/// The media type with the boundary that the bytes begin with, where it is a multipart type that names none.
pub(crate) fn with_boundary(media_type: &MediaType, bytes: &[u8]) -> MediaType {
    if !media_type.essence().starts_with("multipart/") || media_type.parameter("boundary").is_some() {
        return media_type.clone();
    }
    let line = bytes.split(|&byte| byte == b'\r').next().and_then(|line| line.strip_prefix(b"--"));
    line.and_then(|boundary| std::str::from_utf8(boundary).ok())
        .and_then(|boundary| MediaType::parse(&format!("{media_type}; boundary={boundary}")))
        .unwrap_or_else(|| media_type.clone())
}

/// The first of a fixed row of boundaries that no part contains.
fn free_boundary(parts: &[Vec<u8>]) -> String {
    let is_free = |boundary: &String| {
        let needle = format!("--{boundary}");
        !parts.iter().any(|part| part.windows(needle.len()).any(|window| window == needle.as_bytes()))
    };
    let candidates = (0_u64..).map(|number| format!("etalon-{number:016x}"));
    candidates.into_iter().find(is_free).expect("parts of finite length lack some boundary")
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
fn media_type(subject: &Subject<'_>, name: &str, hints: &Hints<'_>) -> MediaType {
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

/// True for `format: binary`, and for a `contentMediaType` without `contentEncoding` (OpenAPI 3.1 "Binary Data").
fn is_binary(hints: &Hints<'_>) -> bool {
    match hints.keyword("format").and_then(Value::as_str) {
        Some("binary") => true,
        _ => hints.keyword("contentMediaType").is_some() && hints.keyword("contentEncoding").is_none(),
    }
}

/// True for parts that this floor does not look into; a form within a form is one of them.
fn is_bytes(part: &Subject<'_>) -> Result<bool, String> {
    Ok(match part.format()? {
        Format::Bytes | Format::Opaque | Format::Multipart => true,
        Format::Json | Format::Text(_) | Format::Form | Format::Stream(_) | Format::Event | Format::Xml => false,
    })
}

/// Names in a disposition as browsers write them (WHATWG HTML §4.10.21.8).
fn escape(name: &str) -> String {
    name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}

fn read_member(subject: &Subject<'_>, name: &str, parts: &[Part<'_>]) -> Result<Value, Unread> {
    let hints = subject.hints.member(name);
    let kind = hints.kind();
    match (parts, kind) {
        ([only], Kind::List) => {
            let value = read_part(subject, only, hints.item(0))?;
            // An array that came as one JSON document.
            let is_whole = value.is_array() && hints.item(0).kind() != Kind::List;
            Ok(if is_whole { value } else { Value::Array(vec![value]) })
        }
        (_, Kind::List) | ([_, _, ..], Kind::OneOrList | Kind::Untyped) => parts
            .iter()
            .enumerate()
            .map(|(index, part)| read_part(subject, part, hints.item(index)))
            .collect::<Result<_, _>>()
            .map(Value::Array),
        ([only], _) => read_part(subject, only, hints),
        _ => Err("it is given twice".into()),
    }
}

fn read_part(subject: &Subject<'_>, part: &Part<'_>, hints: Hints<'_>) -> Result<Value, Unread> {
    field::check(subject.contract, subject.encoding.get(&part.name), &part.fields)?;
    let media_type = match &part.content_type {
        None => media_type(subject, &part.name, &hints),
        Some(text) => {
            let sent = MediaType::parse(text).ok_or_else(|| format!("`{text}` is not a media type"))?;
            let allowed = subject.encoding.get(&part.name).map_or(&[][..], |encoding| &encoding.content_type);
            if !allowed.is_empty() && !allowed.iter().any(|allowed| allowed.covers(&sent)) {
                return Err(format!("its media type {sent} is none that the encoding allows").into());
            }
            sent
        }
    };
    let reader = Subject::part(subject.contract, hints, media_type);
    if is_binary(&reader.hints) || is_bytes(&reader)? {
        return Ok(Value::String(Charset::Latin1.read(part.body)?));
    }
    reader.read(part.body)?.ok_or_else(|| format!("{} is not looked into", reader.media_type).into())
}

/// A part of the body.
struct Part<'b> {
    name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    /// The fields that do not say how the part is read, their names in lower case.
    fields: Vec<(String, String)>,
    body: &'b [u8],
}

impl<'b> Part<'b> {
    fn parse(bytes: &'b [u8]) -> Result<Self, Unread> {
        let (head, body) = match bytes.strip_prefix(b"\r\n") {
            Some(body) => (&[][..], body),
            None => {
                let window = &bytes[..bytes.len().min(MAX_PART_HEADER)];
                let end = window.windows(4).position(|window| window == b"\r\n\r\n");
                let end = end.ok_or_else(|| {
                    Unread::Beyond(format!("a part's header has no end within {MAX_PART_HEADER} bytes"))
                })?;
                (&bytes[..end], &bytes[end + 4..])
            }
        };
        let head = std::str::from_utf8(head).map_err(|_| "a part's header is not UTF-8".to_owned())?;
        let (mut name, mut file_name, mut content_type, mut fields) = (None, None, None, Vec::new());
        for line in head.split("\r\n").filter(|line| !line.is_empty()) {
            let (field, value) = line.split_once(':').ok_or("a line of a part's header has no colon")?;
            let value = value.trim_matches([' ', '\t']);
            let field = field.to_ascii_lowercase();
            match field.as_str() {
                "content-disposition" => {
                    name = disposition_parameter(value, "name");
                    file_name = disposition_parameter(value, "filename");
                }
                "content-type" => content_type = Some(value.to_owned()),
                "content-transfer-encoding"
                    if !matches!(value.to_ascii_lowercase().as_str(), "7bit" | "8bit" | "binary") =>
                {
                    return Err(
                        format!("the transfer encoding `{value}` is deprecated and not read (RFC 7578 §4.7)").into()
                    );
                }
                "content-transfer-encoding" => {}
                _ => fields.push((field, value.to_owned())),
            }
        }
        let name = name.ok_or("a part has no name in a `Content-Disposition: form-data` (RFC 7578 §4.2)")?;
        Ok(Self { name, file_name, content_type, fields, body })
    }
}

/// A parameter of a `form-data` disposition.
fn disposition_parameter(value: &str, wanted: &str) -> Option<String> {
    let mut rest = value.get(..9).filter(|kind| kind.eq_ignore_ascii_case("form-data")).map(|_| &value[9..])?;
    loop {
        rest = rest.trim_start_matches([' ', '\t']).strip_prefix(';')?.trim_start_matches([' ', '\t']);
        let (key, after) = rest.split_once('=')?;
        let (text, after) = match after.strip_prefix('"') {
            Some(quoted) => {
                let end = closing_quote(quoted)?;
                (unescape(&quoted[..end]), &quoted[end + 1..])
            }
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after[..end].trim_end().to_owned(), &after[end..])
            }
        };
        if key.trim_end().eq_ignore_ascii_case(wanted) {
            return Some(text);
        }
        rest = after;
    }
}

fn closing_quote(quoted: &str) -> Option<usize> {
    let bytes = quoted.as_bytes();
    (0..bytes.len()).find(|&at| bytes[at] == b'"' && (at == 0 || bytes[at - 1] != b'\\'))
}

fn unescape(text: &str) -> String {
    text.replace("\\\"", "\"").replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

/// The bytes between the delimiters, each part with its header.
fn split<'b>(bytes: &'b [u8], boundary: &str) -> Result<Vec<&'b [u8]>, Unread> {
    let delimiter = format!("--{boundary}").into_bytes();
    let mut parts = Vec::new();
    let mut at = match first_delimiter(bytes, &delimiter) {
        Some(start) => start,
        None => return Err("the boundary is not in the body".into()),
    };
    loop {
        let rest = &bytes[at..];
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        let padding = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let start = at + padding + 2;
        if !rest[padding..].starts_with(b"\r\n") {
            return Err("a boundary is not followed by the end of its line".into());
        }
        // An empty header's line end serves as the next delimiter's as well, so the search begins before it.
        let Some((end, next)) = next_delimiter(bytes, start - 2, &delimiter) else {
            return Err("the body ends before its last boundary".into());
        };
        if parts.len() == MAX_PARTS {
            return Err(Unread::Beyond(format!("there are more than {MAX_PARTS} parts")));
        }
        parts.push(bytes.get(start..end).unwrap_or_default());
        at = next;
    }
}

/// Where the text after the first delimiter begins.
fn first_delimiter(bytes: &[u8], delimiter: &[u8]) -> Option<usize> {
    if bytes.starts_with(delimiter) {
        return Some(delimiter.len());
    }
    next_delimiter(bytes, 0, delimiter).map(|(_, next)| next)
}

/// Where the next delimiter's line end begins, and where the text after it does.
fn next_delimiter(bytes: &[u8], from: usize, delimiter: &[u8]) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == b'\r')?;
        if bytes[at + 1..].starts_with(b"\n") && bytes[at + 2..].starts_with(delimiter) {
            return Some((at, at + 2 + delimiter.len()));
        }
        at += 1;
    }
}
