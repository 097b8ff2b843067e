//! Values, requests and responses -> what they violate. `jsonschema` judges; its error's schema path names the row.

mod violation;

pub use violation::Violation;
