//! Values, requests and responses -> what they violate. `jsonschema` judges; its error's schema path names the row.
//! Validators are compiled when a schema is first used, and once for each schema and direction.

mod branch;
mod budget;
mod compile;
mod contains;
mod explain;
mod format;
mod kept;
mod problem;
mod request;
mod response;
mod sample;
mod value;
mod violation;

pub use compile::compiled;
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
