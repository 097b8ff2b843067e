//! Comma-separated values (RFC 4180) <-> an array of objects, one for each record after the header, or of arrays where the
//! media type says `header=absent`. What is nested has no form.

use csv_core::{ReadRecordResult, Reader};
use serde_json::{Map, Value};

use crate::codec::bounds::{MAX_VALUES, Unread};
use crate::codec::hints::{Hints, Types};
use crate::codec::style::primitive;

/// The first record of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Header {
    /// It names the columns.
    Present,
    /// It is data like the others (RFC 4180 §3).
    Absent,
}

/// True for the media types of comma-separated values.
pub(crate) fn is_csv(essence: &str) -> bool {
    matches!(essence, "text/csv" | "application/csv" | "text/x-csv")
}

/// Writes an array as records.
///
/// # Errors
/// Why it has no form.
pub(crate) fn write(header: Header, value: &Value) -> Result<Vec<u8>, String> {
    let Value::Array(rows) = value else { return Err("comma-separated values hold an array of records".to_owned()) };
    let mut text = String::new();
    let mut columns: Vec<&String> = Vec::new();
    for name in rows.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    if header == Header::Present {
        if columns.is_empty() {
            return Err("without members there are no columns".to_owned());
        }
        record(&mut text, columns.iter().map(|name| name.as_str()));
    }
    for row in rows {
        let fields: Vec<String> = match (header, row) {
            (Header::Present, Value::Object(members)) => columns
                .iter()
                .map(|name| members.get(*name).map_or(Ok(String::new()), field))
                .collect::<Result<_, _>>()?,
            (Header::Absent, Value::Array(values)) => values.iter().map(field).collect::<Result<_, _>>()?,
            (Header::Present, _) => return Err("a record is an object of its fields".to_owned()),
            (Header::Absent, _) => return Err("a record without a header is an array of its fields".to_owned()),
        };
        record(&mut text, fields.iter().map(String::as_str));
    }
    Ok(text.into_bytes())
}

fn field(value: &Value) -> Result<String, String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => primitive::write(value),
        Value::Array(_) | Value::Object(_) => Err("a field holds no array and no object".to_owned()),
    }
}

fn record<'f>(text: &mut String, fields: impl Iterator<Item = &'f str>) {
    for (index, field) in fields.enumerate() {
        if index > 0 {
            text.push(',');
        }
        // A record of one empty field would be an empty line, which is none.
        if field.is_empty() && index == 0 || field.contains(['"', ',', '\r', '\n']) {
            text.push_str(&format!("\"{}\"", field.replace('"', "\"\"")));
        } else {
            text.push_str(field);
        }
    }
    text.push_str("\r\n");
}

/// Reads records as an array; the schema of an item says what the fields are.
///
/// # Errors
/// What is wrong with the text.
pub(crate) fn read(header: Header, item: &Hints<'_>, bytes: &[u8]) -> Result<Value, Unread> {
    let text = std::str::from_utf8(bytes).map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))?;
    let mut records = records(text.trim_start_matches('\u{feff}'))?.into_iter();
    let columns = match header {
        Header::Present => records.next().ok_or("it has no header")?,
        Header::Absent => Vec::new(),
    };
    let rows = records.enumerate().map(|(number, fields)| {
        if header == Header::Absent {
            let values = fields.iter().enumerate().map(|(index, text)| typed(&item.item(index), text));
            return Ok(Value::Array(
                values.map(|value| Ok(value?.unwrap_or_default())).collect::<Result<_, Unread>>()?,
            ));
        }
        if fields.len() != columns.len() {
            let why = format!("record {} has {} fields, and the header {}", number + 1, fields.len(), columns.len());
            return Err(why.into());
        }
        let mut members = Map::new();
        for (name, text) in columns.iter().zip(&fields) {
            if let Some(value) = typed(&item.member(name), text)? {
                members.insert(name.clone(), value);
            }
        }
        Ok(Value::Object(members))
    });
    rows.collect::<Result<_, Unread>>().map(Value::Array)
}

/// A field as its schema has it; `None` for an empty one that is no text and no null.
fn typed(hints: &Hints<'_>, text: &str) -> Result<Option<Value>, Unread> {
    let types = hints.types();
    if text.is_empty() {
        return Ok(match (types.has(Types::NULL) && types != Types::ANY, types.has(Types::STRING)) {
            (true, _) => Some(Value::Null),
            (false, true) => Some(Value::String(String::new())),
            (false, false) => None,
        });
    }
    primitive::read(hints, text).map(Some)
}

/// The fields of each record.
fn records(text: &str) -> Result<Vec<Vec<String>>, Unread> {
    let mut reader = Reader::new();
    let mut rest = text.as_bytes();
    // No field is longer than the whole, and no record has more fields than the whole has signs.
    let mut output = vec![0; text.len() + 1];
    let mut ends = vec![0; text.len().min(MAX_VALUES) + 2];
    let (mut records, mut values, mut written, mut ended) = (Vec::new(), 0, 0, 0);
    loop {
        let (result, read, wrote, fields) = reader.read_record(rest, &mut output[written..], &mut ends[ended..]);
        rest = &rest[read..];
        written += wrote;
        ended += fields;
        match result {
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::Record => {
                values += ended;
                if values > MAX_VALUES {
                    break;
                }
                let mut from = 0;
                let field = |end: &usize| {
                    let field = String::from_utf8_lossy(&output[from..*end]).into_owned();
                    from = *end;
                    field
                };
                records.push(ends[..ended].iter().map(field).collect());
                (written, ended) = (0, 0);
            }
            ReadRecordResult::End => return Ok(records),
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => break,
        }
    }
    Err(Unread::Beyond(format!("it holds more than {MAX_VALUES} values")))
}
