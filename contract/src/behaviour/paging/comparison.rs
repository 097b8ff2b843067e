//! The order of two values of a member: what is sorted by, and what ranges are cut at.

use std::cmp::Ordering;

use serde_json::Value;

use crate::behaviour::state::text;

/// A value as it is compared: numbers by value and first, all else by its text.
pub(super) struct Mark {
    /// Its number, where it is one.
    number: Option<f64>,
    /// Its text.
    text: String,
}

impl Mark {
    /// A value as it is compared.
    pub(super) fn of(value: &Value) -> Self {
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.parse::<f64>().ok(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        Self { number, text: text(value) }
    }

    /// The order of two values. What is not there goes last.
    pub(super) fn compare(one: Option<&Self>, other: Option<&Self>) -> Ordering {
        match (one, other) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(one), Some(other)) => match (one.number, other.number) {
                (Some(one), Some(other)) => one.total_cmp(&other),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => one.text.cmp(&other.text),
            },
        }
    }
}
