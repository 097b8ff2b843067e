//! The operations of a contract as they are listed before any of them is read.

use std::sync::OnceLock;

use serde_json::Value;

use crate::document::{Defect, Location};
use crate::model::{Method, Operation, PathTemplate};

/// An operation as far as it is known without reading it.
#[derive(Debug)]
pub struct Entry {
    /// The index among the operations of the contract, from 0.
    pub index: usize,
    /// The method of HTTP.
    pub method: Method,
    /// The whole path, the servers' base path included.
    pub path: PathTemplate,
    /// The identifier: `operationId`, or method and path where there is none.
    pub id: String,
    /// The place in the document.
    pub at: Location,
    /// True where it says in `x-etalon` what it does.
    pub declares: bool,
    pub(super) read: OnceLock<Result<Read, Defect>>,
}

impl Entry {
    pub(crate) fn new(index: usize, method: Method, path: PathTemplate, id: String, at: Location) -> Self {
        Self { index, method, path, id, at, declares: false, read: OnceLock::new() }
    }

    /// The same, of an operation as it stands in the document.
    pub(crate) fn of(self, operation: &Value) -> Self {
        Self { declares: operation.get("x-etalon").is_some(), ..self }
    }
}

/// An operation, and what was set aside to make it usable.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) operation: Operation,
    pub(crate) notes: Vec<Defect>,
}
