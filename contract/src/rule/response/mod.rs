//! Responses: what a documented answer promises.

pub(crate) mod write_only;
