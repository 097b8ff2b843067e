//! A contract as the document that is served: as it is written, its overlays applied, in one piece.

use etalon_contract::codec::Response;
use serde_json::{Number, Value};

use crate::server::doors::written;
use crate::server::mock::Service;

/// The document of a contract as JSON.
pub(super) fn json(service: &Service) -> Response {
    written("application/json", format!("{:#}\n", service.contract.document().bundled()))
}

/// As YAML (RFC 9512).
pub(super) fn yaml(service: &Service) -> Response {
    let value = as_yaml(service.contract.document().bundled());
    match serde_yaml::to_string(&value) {
        Ok(text) => written("application/yaml", text),
        // Every JSON text is YAML 1.2.
        Err(_) => Response { ..json(service) },
    }
}

/// The same value for the YAML writer, which knows nothing of numbers that keep their digits.
fn as_yaml(value: Value) -> serde_yaml::Value {
    match value {
        Value::Null => serde_yaml::Value::Null,
        Value::Bool(flag) => flag.into(),
        Value::Number(number) => as_number(&number),
        Value::String(text) => text.into(),
        Value::Array(items) => serde_yaml::Value::Sequence(items.into_iter().map(as_yaml).collect()),
        Value::Object(members) => serde_yaml::Value::Mapping(
            members.into_iter().map(|(name, member)| (name.into(), as_yaml(member))).collect(),
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
