//! Things beside the item of an answer of success: they do not say that something failed.

use serde_json::Value;

use crate::behaviour::shape;
use crate::document::Location;
use crate::model::Contract;

/// Members that say what went wrong.
const FAILURES: [&str; 6] = ["error", "errors", "failure", "failurereason", "errormessage", "errorcode"];

/// Members that say how something went.
const STATES: [&str; 4] = ["status", "state", "result", "outcome"];

/// Words for what went wrong.
const FAILED: [&str; 8] = ["error", "errored", "failed", "failure", "rejected", "denied", "cancelled", "canceled"];

/// Takes out of a made value what says that something failed, as far as its schema allows.
pub(super) fn say_success(contract: &Contract, at: &Location, made: &mut Value) {
    let required = shape::required(contract, at);
    let Value::Object(members) = made else { return };
    for (name, at) in shape::members(contract, at) {
        let plain = shape::plain(&name);
        if FAILURES.contains(&plain.as_str()) && members.contains_key(&name) {
            if shape::types(contract, &at).contains(&"null") {
                members.insert(name, Value::Null);
            } else if !required.contains(name.as_str()) {
                members.shift_remove(&name);
            }
        } else if STATES.contains(&plain.as_str())
            && let Some(Value::Array(all)) = shape::keyword(contract, &at, "enum")
        {
            let failed =
                |value: &Value| value.as_str().is_some_and(|word| FAILED.contains(&shape::plain(word).as_str()));
            let first = all.iter().find(|value| value.is_string() && !failed(value));
            if let (Some(there), Some(first)) = (members.get_mut(&name).filter(|there| failed(there)), first) {
                *there = first.clone();
            }
        }
    }
}
