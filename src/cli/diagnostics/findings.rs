//! The diagnostics of one document, and the files that it was read from, as every report has them.

use std::fmt;

use etalon_contract::document::{Diagnostic, Severity, SourceFile};
use etalon_contract::model::Contract;
use serde::Serialize;

/// The diagnostics of one document, warnings included.
#[derive(Debug)]
pub struct Findings {
    /// The document as the user named it.
    pub name: String,
    /// The contract, if it could be read at all.
    pub contract: Option<Contract>,
    /// All of them, in the order of the document.
    pub diagnostics: Vec<Diagnostic>,
}

impl Findings {
    /// The number of errors, and the number of warnings.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let warnings = self.diagnostics.iter().filter(|one| one.severity == Severity::Warning).count();
        (self.diagnostics.len() - warnings, warnings)
    }
}

/// A file that was read: its name, its role and its size in bytes.
#[derive(Debug, Serialize)]
pub(crate) struct SourceReport<'c> {
    file: &'c str,
    role: &'static str,
    /// True where it was fetched from `file`.
    remote: bool,
    /// The URL that a reference named, where that led on to `file`.
    asked: Option<&'c str>,
    bytes: usize,
}

impl fmt::Display for SourceReport<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({}", self.file, self.role)?;
        match (self.remote, self.asked) {
            (false, _) => {}
            (true, None) => write!(out, ", remote")?,
            (true, Some(asked)) => write!(out, ", remote, asked for as {asked}")?,
        }
        write!(out, ", {} bytes)", self.bytes)
    }
}

impl<'c> SourceReport<'c> {
    pub(crate) fn of(source: SourceFile<'c>) -> Self {
        let SourceFile { name, role, is_remote, asked, bytes } = source;
        Self { file: name, role: role.as_str(), remote: is_remote, asked, bytes }
    }
}
