//! Plain values that are written in one way everywhere: random UUIDs, times, and texts from paths as values of a
//! schema.

use serde_json::{Number, Value};

use crate::behaviour::shape;
use crate::document::Location;
use crate::generate::Choices;
use crate::model::Contract;

/// A random UUID in the form of version 4 (RFC 9562 §5.4), from decisions.
#[must_use]
pub fn uuid(choices: &mut dyn Choices) -> String {
    let mut bytes = [0; 16];
    for byte in &mut bytes {
        *byte = u8::try_from(choices.below(256)).expect("a number below 256 is a byte");
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// A time in seconds since 1970-01-01T00:00:00Z as RFC 3339 writes it.
#[must_use]
pub fn timestamp(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

/// The seconds since 1970-01-01T00:00:00Z of a time as RFC 3339 writes it; `None` where it is none.
#[must_use]
pub fn moment(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
}

/// A text from a path or query as a value of the schema's type; `None` where it cannot be one.
#[must_use]
pub fn typed(contract: &Contract, at: &Location, text: &str) -> Option<Value> {
    let types = shape::types(contract, at);
    if types.is_empty() || types.contains(&"string") {
        return Some(Value::String(text.to_owned()));
    }
    if types.contains(&"integer") {
        return text.parse::<i64>().ok().map(|number| Value::Number(Number::from(number)));
    }
    if types.contains(&"number") {
        return serde_json::from_str::<Number>(text).ok().map(Value::Number);
    }
    if types.contains(&"boolean") {
        return text.parse::<bool>().ok().map(Value::Bool);
    }
    None
}
