//! The reports on documents, one file for each format, and the names that a user may have meant. They know no command.

mod findings;
mod github;
mod human;
mod json;
mod sarif;

pub(crate) mod near;

pub use findings::Findings;
pub(crate) use findings::SourceReport;
pub(crate) use human::spot;

use std::io::{self, Write};

use clap::ValueEnum;

/// The format of a report on documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, with the lines of the document
    Human,
    /// One JSON object with the findings of all documents
    Json,
    /// SARIF 2.1.0, as code scanners read it
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

/// Writes the report on documents in a format.
///
/// # Errors
/// The output cannot be written.
pub fn report(out: &mut dyn Write, format: Format, findings: &[Findings]) -> io::Result<()> {
    match format {
        Format::Human => findings.iter().try_for_each(|one| human::write(out, one)),
        Format::Json => json::write(out, findings),
        Format::Sarif => sarif::write(out, findings),
        Format::Github => github::write(out, findings),
    }
}
