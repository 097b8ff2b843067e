//! Streams of items <-> array: JSON Lines, JSON text sequences (RFC 7464) and Server-Sent Events (WHATWG HTML §9.2), as
//! OpenAPI 3.2 describes them by `itemSchema`.

use serde_json::{Map, Value};

use crate::codec::body::json;
use crate::codec::bounds::{MAX_VALUES, Unread};
use crate::codec::hints::{Hints, Types};
use crate::codec::style::primitive;

/// The separation of the items of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// A line for each document.
    Lines,
    /// A record separator before each document, a line feed after it.
    Sequence,
    /// Events of lines of fields, an empty line after each.
    Events,
}

/// The fields of an event, in the order they are written.
const FIELDS: [&str; 4] = ["event", "id", "retry", "data"];

impl Framing {
    /// The framing of a media type; `None` where it is no stream.
    #[must_use]
    pub fn of(essence: &str) -> Option<Self> {
        match essence {
            "application/jsonl"
            | "application/x-jsonl"
            | "application/x-jsonlines"
            | "application/x-ndjson"
            | "application/ndjson" => Some(Self::Lines),
            "application/json-seq" => Some(Self::Sequence),
            "text/event-stream" => Some(Self::Events),
            _ if essence.ends_with("+json-seq") => Some(Self::Sequence),
            _ => None,
        }
    }
}

/// Writes an array as a stream of its items.
///
/// # Errors
/// Why it has no form.
pub(crate) fn write(framing: Framing, value: &Value) -> Result<Vec<u8>, String> {
    let Value::Array(items) = value else { return Err("a stream holds an array of items".to_owned()) };
    let mut bytes = Vec::new();
    for item in items {
        bytes.extend(write_item(framing, item)?);
    }
    Ok(bytes)
}

/// Writes one item of a stream.
///
/// # Errors
/// Why it has no form.
pub(crate) fn write_item(framing: Framing, item: &Value) -> Result<Vec<u8>, String> {
    let mut bytes = match framing {
        Framing::Lines => json::write(item)?,
        Framing::Sequence => [&[SEPARATOR], json::write(item)?.as_slice()].concat(),
        Framing::Events => event(item)?.into_bytes(),
    };
    bytes.push(b'\n');
    Ok(bytes)
}

/// Reads the first item of a stream, where one has come; others hold more of the same.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn read_item(framing: Framing, item: &Hints<'_>, bytes: &[u8]) -> Result<Option<Value>, Unread> {
    Ok(match read(framing, item, bytes)? {
        Value::Array(items) => items.into_iter().next(),
        one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => Some(one),
    })
}

/// True where a schema describes an event by its fields, the data among them, and nothing else.
pub(crate) fn is_event(hints: &Hints<'_>) -> bool {
    let names = hints.properties();
    names.contains(&"data") && names.iter().all(|name| FIELDS.contains(name))
}

/// Reads a stream as an array of its items.
///
/// # Errors
/// Which item is wrong, and how.
pub(crate) fn read(framing: Framing, item: &Hints<'_>, bytes: &[u8]) -> Result<Value, Unread> {
    let mut left = MAX_VALUES;
    match framing {
        Framing::Lines => {
            let lines = bytes.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
            documents(lines.filter(|line| !line.is_empty()), &mut left)
        }
        Framing::Sequence => {
            let rest = bytes.strip_prefix(&[SEPARATOR]).ok_or("it does not begin with a record separator")?;
            documents(rest.split(|&byte| byte == SEPARATOR).filter(|record| !record.is_empty()), &mut left)
        }
        Framing::Events => Ok(events(item, bytes)?),
    }
}

/// Writes one event whose data is the value as JSON (WHATWG HTML §9.2.6).
///
/// # Errors
/// Why it has no form.
pub(crate) fn write_event(value: &Value) -> Result<Vec<u8>, String> {
    Ok([b"data: ".as_slice(), &json::write(value)?, b"\n\n"].concat())
}

/// Reads the data of the first event as JSON, where one has come; more events hold more of the same.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn read_event(bytes: &[u8]) -> Result<Option<Value>, Unread> {
    let text = std::str::from_utf8(bytes).map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut data: Option<String> = None;
    for line in text.lines() {
        if line.is_empty() && data.is_some() {
            break;
        }
        let Some(value) = line.strip_prefix("data:").or((line == "data").then_some("")) else { continue };
        let value = value.strip_prefix(' ').unwrap_or(value);
        match &mut data {
            Some(before) => {
                before.push('\n');
                before.push_str(value);
            }
            None => data = Some(value.to_owned()),
        }
    }
    data.map(|data| json::read(data.as_bytes())).transpose()
}

/// The byte before each JSON text of a sequence (RFC 7464 §2.2).
const SEPARATOR: u8 = 0x1e;

fn documents<'b>(texts: impl Iterator<Item = &'b [u8]>, left: &mut usize) -> Result<Value, Unread> {
    let mut items = Vec::new();
    for text in texts {
        items.push(json::read_within(text, left).map_err(|why| why.of(&format!("item {}", items.len())))?);
    }
    Ok(Value::Array(items))
}

fn event(item: &Value) -> Result<String, String> {
    let Value::Object(members) = item else { return Err("an event is an object of its fields".to_owned()) };
    if let Some(name) = members.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(format!("an event has no field `{name}`"));
    }
    let mut lines = String::new();
    for field in FIELDS {
        let Some(value) = members.get(field) else { continue };
        // Data that is no text is JSON, as everybody sends it.
        let text = if field == "data" && (value.is_object() || value.is_array()) {
            String::from_utf8(json::write(value)?).map_err(|error| error.to_string())?
        } else {
            primitive::write(value)?
        };
        for line in text.split('\n') {
            lines.push_str(&format!("{field}: {line}\n"));
        }
    }
    Ok(lines)
}

fn events(item: &Hints<'_>, bytes: &[u8]) -> Result<Value, Unread> {
    let text = std::str::from_utf8(bytes).map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let mut items = Vec::new();
    let mut fields: Map<String, Value> = Map::new();
    let mut values = 0;
    // What follows the last line end is an unfinished line, and an event without its empty line is not dispatched.
    let complete = text.rfind('\n').map_or("", |end| &text[..end]);
    for line in complete.split('\n') {
        if line.is_empty() {
            if !fields.is_empty() {
                items.push(typed(std::mem::take(&mut fields), item)?);
            }
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        // A line that begins with a colon is a comment; fields of other names are ignored.
        if !FIELDS.contains(&field) {
            continue;
        }
        values += 1;
        if values > MAX_VALUES {
            return Err(Unread::Beyond(format!("it holds more than {MAX_VALUES} values")));
        }
        match fields.get_mut(field) {
            Some(Value::String(before)) if field == "data" => {
                before.push('\n');
                before.push_str(value);
            }
            _ => {
                fields.insert(field.to_owned(), Value::String(value.to_owned()));
            }
        }
    }
    Ok(Value::Array(items))
}

fn typed(fields: Map<String, Value>, item: &Hints<'_>) -> Result<Value, Unread> {
    let read = |(name, text): (String, Value)| {
        let hints = item.member(&name);
        let types = hints.types();
        let is_json = name == "data" && (types.has(Types::OBJECT) || types.has(Types::ARRAY)) && types != Types::ANY;
        let value = match text.as_str() {
            Some(text) if is_json => json::read(text.as_bytes()).or_else(|why| match types.has(Types::STRING) {
                true => Ok(Value::String(text.to_owned())),
                false => Err(why),
            })?,
            Some(text) => primitive::read(&hints, text)?,
            None => Value::Null,
        };
        Ok((name, value))
    };
    fields.into_iter().map(read).collect::<Result<_, _>>().map(Value::Object)
}
