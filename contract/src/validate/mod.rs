//! Values, requests and responses -> what they violate. `jsonschema` judges; its error's schema path names the row.
//! Validators are compiled when a schema is first used, and once for each schema and direction.
//!
//! `request` and `response` judge messages, `problem` what RFC 9457 asks of one, `sample` the examples of the document;
//! all of them by `value`, which gives `violation`s. `error` reads the validator's errors as such, and `explain` puts
//! them into sentences, with the alternative that was meant (`branch`) and the items that were counted (`contains`).
//! `compile` makes validators that know our formats (`format`) and count their steps (`budget`), and keeps those that
//! are used (`kept`).

mod request;
mod response;

mod problem;
mod sample;

mod value;
mod violation;

mod branch;
mod contains;
mod error;
mod explain;

mod budget;
mod compile;
mod equality;
mod format;
mod kept;
mod number;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::TextFormat;

pub use compile::compiled;
pub(crate) use explain::show;
pub(crate) use kept::Kept;
pub use problem::unresolved_pointers;
pub use request::request;
pub use response::response;
pub use sample::samples;
pub(crate) use value::decide;
pub use value::{is_valid, value};
pub use violation::{Cause, Violation};

/// The judges of all formats, by their names.
static JUDGES: LazyLock<HashMap<&'static str, jsonschema::Validator>> = LazyLock::new(|| {
    let judge = |name: &'static str| (name, format_judge(&serde_json::json!({"format": name})));
    TextFormat::ALL.iter().map(|format| judge(format.name)).collect()
});

/// True for a value that is of a format; also for values of which it says nothing, and for formats that are not asserted.
pub(crate) fn is_of_format(format: &str, value: &serde_json::Value) -> bool {
    JUDGES.get(format).is_none_or(|judge| judge.is_valid(value))
}

/// A validator of a schema on its own, with every format that contracts are judged by.
pub(crate) fn format_judge(schema: &serde_json::Value) -> jsonschema::Validator {
    format::register(jsonschema::options())
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(schema)
        .expect("a schema")
}
