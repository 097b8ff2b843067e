//! Filters of the language that could make much of little, within the bounds of values and bytes.

use minijinja::ErrorKind;

use crate::behaviour::expression::bounds::{MAX_BYTES, MAX_VALUES};

/// That something is more than an expression may make.
pub(super) fn too_much() -> minijinja::Error {
    minijinja::Error::new(ErrorKind::InvalidOperation, "it makes more than an expression may")
}

/// The items of a sequence, as many as there may be.
pub(super) fn bounded(value: &minijinja::Value) -> Result<Vec<minijinja::Value>, minijinja::Error> {
    let items: Vec<minijinja::Value> = value.try_iter()?.take(MAX_VALUES + 1).collect();
    if items.len() > MAX_VALUES { Err(too_much()) } else { Ok(items) }
}

pub(super) fn list(value: &minijinja::Value) -> Result<minijinja::Value, minijinja::Error> {
    bounded(value).map(minijinja::Value::from)
}

pub(super) fn join(value: &minijinja::Value, between: Option<&str>) -> Result<String, minijinja::Error> {
    let mut joined = String::new();
    for (index, item) in bounded(value)?.into_iter().enumerate() {
        if index > 0 {
            joined.push_str(between.unwrap_or_default());
        }
        match item.as_str() {
            Some(text) => joined.push_str(text),
            None => joined.push_str(&item.to_string()),
        }
        if joined.len() > MAX_BYTES {
            return Err(too_much());
        }
    }
    Ok(joined)
}

pub(super) fn replace(text: &str, from: &str, to: &str) -> Result<String, minijinja::Error> {
    let times = text.matches(from).count();
    let size = times.saturating_mul(to.len()).saturating_add(text.len());
    if size > MAX_BYTES { Err(too_much()) } else { Ok(text.replace(from, to)) }
}
