//! The result of parsing a text: its value, and what was odd about it; or the error that kept it from being read.

use serde_json::Value;

use crate::document::{Pointer, text};

/// A text as a value, and what was odd about it.
#[derive(Debug)]
pub(super) struct Parsed {
    /// The value of the text.
    pub(super) value: Value,
    /// The oddities of the text.
    pub(super) oddities: Oddities,
}

/// The oddities of a text that could be read all the same.
#[derive(Debug, Default)]
pub(super) struct Oddities {
    /// The keys that stand twice in one mapping; the last one holds.
    pub(super) duplicates: Vec<Pointer>,
    /// The error for which a text that looks like JSON was read as YAML.
    pub(super) not_json: Option<SyntaxError>,
}

/// A text that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// The error in the words of the parser.
    pub(super) reason: String,
    /// The line, from 1; 0 where it is not known.
    pub(super) line: usize,
    /// The column, from 1; 0 where it is not known.
    pub(super) column: usize,
}

pub(super) fn too_deep(line: usize, column: usize) -> SyntaxError {
    SyntaxError { reason: "this is nested more than 127 levels deep".to_owned(), line, column }
}

/// The place of a byte offset as a syntax error.
pub(super) fn error_at(source: &str, offset: usize, reason: impl Into<String>) -> SyntaxError {
    let (line, column) = text::line_column(source, offset);
    SyntaxError { reason: reason.into(), line, column }
}
