//! Limits: what a schema states of a value, met at every position of the schema.

mod overlap;
mod sides;
mod walk;

pub(crate) use walk::{Position, walk};
