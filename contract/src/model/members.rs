//! Members of objects as OpenAPI asks for them, or the defect that says what is wrong.

use serde_json::{Map, Value};

use crate::document::{Code, Defect, Location};

pub(crate) fn object<'v>(node: &'v Value, at: &Location, what: &str) -> Result<&'v Map<String, Value>, Defect> {
    node.as_object().ok_or_else(|| wrong(at, format!("{what} must be an object")))
}

pub(crate) fn string<'v>(members: &'v Map<String, Value>, key: &str, at: &Location) -> Result<&'v str, Defect> {
    match members.get(key) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(wrong(&at.join(key), format!("`{key}` must be a string"))),
        None => Err(Defect::new(Code::Missing, at.clone(), format!("`{key}` is missing"))),
    }
}

pub(crate) fn wrong(at: &Location, reason: impl Into<String>) -> Defect {
    Defect::new(Code::WrongType, at.clone(), reason)
}
