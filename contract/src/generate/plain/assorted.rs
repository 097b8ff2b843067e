//! One value of each JSON type, to stand where another is wanted.

use serde_json::{Value, json};

use crate::model::Decimal;
use crate::rule::Subject;

/// Values of the types that `type` does not allow, null apart, which has rows of its own. A text stands first: it is what
/// a form or a careless client sends. In a parameter everything is text, so only what reads as another type counts.
pub(crate) fn wrong(subject: &Subject, allowed: &Value, here: &Value) -> Vec<Value> {
    let allowed: Vec<&str> = match allowed {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    };
    let number = allowed.contains(&"number");
    let mut values = Vec::new();
    if !allowed.contains(&"string") {
        values.push(json!("text"));
        // What a careless reader takes for the value itself.
        let reads_alike = number || ["integer", "boolean"].iter().any(|kind| allowed.contains(kind));
        if reads_alike && !matches!(subject, Subject::Parameter { .. }) {
            values.push(json!(here.to_string()));
        }
    }
    if !number && allowed.contains(&"integer") {
        values.push(beside(here));
    }
    if !number && !allowed.contains(&"integer") {
        values.push(json!(7));
    }
    if !allowed.contains(&"boolean") {
        values.push(json!(true));
    }
    if !matches!(subject, Subject::Parameter { .. }) {
        if !allowed.contains(&"array") {
            values.push(json!([]));
        }
        if !allowed.contains(&"object") {
            values.push(json!({}));
        }
    }
    values
}

/// A fraction next to a valid integer, so that its bounds are kept.
fn beside(here: &Value) -> Value {
    let half = Decimal::unit(1).scaled(5);
    Decimal::of(here).zip(half).and_then(|(here, half)| here.plus(half)).map_or_else(|| json!(1.5), Decimal::to_json)
}

/// Values of every type, for rows that only a search breaks.
pub(crate) fn assorted() -> Vec<Value> {
    vec![
        json!("text"),
        json!(""),
        json!(7),
        json!(-1),
        json!(1.5),
        json!(true),
        json!([]),
        json!(["text"]),
        json!({}),
        json!(null),
    ]
}
