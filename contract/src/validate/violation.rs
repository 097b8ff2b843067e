//! One thing that an exchange breaks.

use serde_json::Value;

use crate::document::Pointer;
use crate::rule::{Breach, Subject};

/// One thing that a request or response breaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The part of the exchange.
    pub subject: Subject,
    /// Where in that part: a pointer into the value that was found. For a missing member, the object that lacks it.
    pub pointer: Pointer,
    /// What is broken.
    pub breach: Breach,
    /// The limit as the contract states it; null where there is none.
    pub limit: Value,
    /// One plain sentence, without a full stop: `"x" is shorter than 3 characters`.
    pub message: String,
}
