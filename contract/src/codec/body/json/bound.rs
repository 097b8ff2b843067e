//! The bounds of a JSON value: depth, the number of values, the length of numbers.

use serde_json::Value;

use crate::codec::bounds::{DIGITS_OF_A_VALUE, MAX_VALUES};
use crate::codec::style::primitive::{self, Spelling};

/// Refuses what [`read`] would refuse: depth, the number of values, the length of numbers.
///
/// # Errors
/// Which limit it is beyond.
pub(crate) fn check(value: &Value, depth: usize, left: &mut usize) -> Result<(), String> {
    *left = left.checked_sub(1).ok_or_else(too_many)?;
    let too_deep = || "it is nested too deep".to_owned();
    match value {
        Value::Array(items) => {
            let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
            items.iter().try_for_each(|item| check(item, depth, left))
        }
        Value::Object(members) => {
            let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
            members.values().try_for_each(|item| check(item, depth, left))
        }
        Value::Number(number) => match primitive::spelling(number.as_str()) {
            Spelling::Other => Err("it holds what is no JSON number".to_owned()),
            Spelling::Beyond(bound) => Err(bound),
            Spelling::Number { digits, .. } => {
                *left = left.checked_sub((digits / DIGITS_OF_A_VALUE).pow(2)).ok_or_else(too_many)?;
                Ok(())
            }
        },
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

/// The bound on the number of values, in words.
pub(super) fn too_many() -> String {
    format!("it holds more than {MAX_VALUES} values, of which a number of many digits or a large exponent is several")
}
