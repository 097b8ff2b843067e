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

/// A validator of a schema on its own, with every format that contracts are judged by.
#[cfg(test)]
pub(crate) fn format_judge(schema: &serde_json::Value) -> jsonschema::Validator {
    format::register(jsonschema::options())
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(schema)
        .expect("a schema")
}
