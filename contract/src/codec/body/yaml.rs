//! YAML 1.2 <-> value (RFC 9512), for schemas that describe members or items.

use serde_json::{Number, Value};

use crate::codec::bounds::{MAX_VALUES, Unread};
use crate::document::read_yaml;

/// The bytes of which each value but the first takes at least one.
const SEPARATORS: &[u8] = b"\n,:-?[{&*";

/// Writes a value.
///
/// # Errors
/// Why it has no form.
pub(crate) fn write(value: &Value) -> Result<Vec<u8>, String> {
    yaml_text(value).map(String::into_bytes)
}

/// A value as YAML, for people: without quotation marks where none are needed, a member on each line.
///
/// # Errors
/// Why the value has no such text.
pub fn yaml_text(value: &Value) -> Result<String, String> {
    serde_yaml::to_string(&as_yaml(value)).map_err(|error| error.to_string())
}

/// The same value for the YAML writer, which knows nothing of numbers that keep their digits.
fn as_yaml(value: &Value) -> serde_yaml::Value {
    match value {
        Value::Null => serde_yaml::Value::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => as_number(number),
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => serde_yaml::Value::Sequence(items.iter().map(as_yaml).collect()),
        Value::Object(members) => serde_yaml::Value::Mapping(
            members.iter().map(|(name, member)| (name.as_str().into(), as_yaml(member))).collect(),
        ),
    }
}

fn as_number(number: &Number) -> serde_yaml::Value {
    if let Some(whole) = number.as_i64() {
        return whole.into();
    }
    if let Some(whole) = number.as_u64() {
        return whole.into();
    }
    number.as_f64().map_or_else(|| number.to_string().into(), Into::into)
}

/// Reads a value.
///
/// # Errors
/// What is wrong with the text, or the bound that it is beyond.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, Unread> {
    let text = std::str::from_utf8(bytes).map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))?;
    // Counted before anything is made of them: a text of one-letter values takes twenty times its length.
    if bytes.iter().filter(|byte| SEPARATORS.contains(byte)).count() > MAX_VALUES {
        return Err(Unread::Beyond(format!("it holds more than {MAX_VALUES} values")));
    }
    read_yaml(text).map_err(Unread::Malformed)
}
