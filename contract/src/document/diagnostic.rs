//! What is wrong with a document, where, why, and what to do about it. A diagnostic is about the user's document; it is
//! never about an exchange (see `validate`) and never about us.

use std::fmt;

use serde::Serialize;

use crate::document::{Location, Pointer};

/// The weight of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing can be done with the document.
    Fatal,
    /// The part that it names cannot be used; everything else can.
    Error,
    /// The document is usable as it is, but something in it is doubtful or was set aside.
    Warning,
}

/// The stable name of a kind of diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The file cannot be read.
    Unreadable,
    /// The bytes are neither JSON nor YAML.
    Syntax,
    /// The same key stands twice in one mapping.
    DuplicateKey,
    /// JSON or YAML, but not an OpenAPI document.
    NotOpenApi,
    /// A version of OpenAPI that is not known.
    UnknownVersion,
    /// A member that must be there is not.
    Missing,
    /// A member holds a value of the wrong kind.
    WrongType,
    /// A `$ref` leads nowhere.
    BrokenReference,
    /// A `$ref` leads back to itself without a schema between.
    ReferenceCycle,
    /// A `$ref` leads outside what may be read.
    ForbiddenReference,
    /// A schema that cannot be used.
    InvalidSchema,
    /// An overlay that cannot be read or applied.
    InvalidOverlay,
    /// An overlay action that matches nothing.
    UnmatchedAction,
    /// An `x-etalon` extension that cannot be understood.
    InvalidExtension,
    /// Something the document says that the model cannot carry.
    Unsupported,
    /// A path template and its parameters do not agree.
    PathParameter,
    /// Two operations that cannot be told apart.
    Ambiguous,
    /// An example or a default that its own schema does not allow.
    InvalidExample,
    /// A component that nothing refers to; told on demand.
    Unused,
    /// Data for a mock that its contract has no place for.
    InvalidData,
}

impl Code {
    /// Every code, in the order of the reference page.
    pub const ALL: [Self; 20] = [
        Self::Unreadable,
        Self::Syntax,
        Self::DuplicateKey,
        Self::NotOpenApi,
        Self::UnknownVersion,
        Self::Missing,
        Self::WrongType,
        Self::BrokenReference,
        Self::ReferenceCycle,
        Self::ForbiddenReference,
        Self::InvalidSchema,
        Self::InvalidOverlay,
        Self::UnmatchedAction,
        Self::InvalidExtension,
        Self::Unsupported,
        Self::PathParameter,
        Self::Ambiguous,
        Self::InvalidExample,
        Self::Unused,
        Self::InvalidData,
    ];

    /// The code as people see and search it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Syntax => "syntax",
            Self::DuplicateKey => "duplicate-key",
            Self::NotOpenApi => "not-openapi",
            Self::UnknownVersion => "unknown-version",
            Self::Missing => "missing",
            Self::WrongType => "wrong-type",
            Self::BrokenReference => "broken-reference",
            Self::ReferenceCycle => "reference-cycle",
            Self::ForbiddenReference => "forbidden-reference",
            Self::InvalidSchema => "invalid-schema",
            Self::InvalidOverlay => "invalid-overlay",
            Self::UnmatchedAction => "unmatched-action",
            Self::InvalidExtension => "invalid-extension",
            Self::Unsupported => "unsupported",
            Self::PathParameter => "path-parameter",
            Self::Ambiguous => "ambiguous",
            Self::InvalidExample => "invalid-example",
            Self::Unused => "unused",
            Self::InvalidData => "invalid-data",
        }
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The place that a diagnostic points to, for people: file, line and column (both from 1), and the JSON pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// The file as the user named it.
    pub file: String,
    /// The line, from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// The column in characters, from 1; 0 where the file as a whole is meant.
    pub column: usize,
    /// The node of the document, overlays applied.
    pub pointer: Pointer,
}

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The kind of problem.
    pub code: Code,
    /// The severity: an error loses something, a warning does not.
    pub severity: Severity,
    /// The place in the text: file, line and column from 1, pointer.
    pub place: Place,
    /// The reason: a lower-case fragment without a full stop.
    pub reason: String,
    /// The remedy, where one is known: a fragment that may follow the reason.
    pub hint: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.place.file)?;
        if self.place.line > 0 {
            write!(out, ":{}:{}", self.place.line, self.place.column)?;
        }
        write!(out, ": {} [{}]", self.reason, self.code.as_str())?;
        if !self.place.pointer.as_str().is_empty() {
            write!(out, " at {}", self.place.pointer)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

/// A diagnostic before its place has been looked up: what the pure readers make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// The kind of problem.
    pub code: Code,
    /// The node of the document that is wrong.
    pub at: Location,
    /// The reason: a lower-case fragment without a full stop.
    pub reason: String,
    /// The remedy, where one is known.
    pub hint: Option<String>,
}

impl Defect {
    /// A defect without a hint.
    #[must_use]
    pub fn new(code: Code, at: Location, reason: impl Into<String>) -> Self {
        Self { code, at, reason: reason.into(), hint: None }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} [{}] at {}", self.reason, self.code.as_str(), self.at)
    }
}

impl std::error::Error for Defect {}
