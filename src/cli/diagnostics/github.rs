//! Diagnostics as annotations of GitHub Actions: one workflow command for each.

use std::io::{self, Write};

use etalon_contract::document::Severity;

use crate::cli::diagnostics::findings::Findings;

pub(crate) fn write(out: &mut dyn Write, findings: &[Findings]) -> io::Result<()> {
    for diagnostic in findings.iter().flat_map(|one| &one.diagnostics) {
        let word = match diagnostic.severity {
            Severity::Fatal | Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let place = &diagnostic.place;
        write!(out, "::{word} file={}", property(&place.file))?;
        if place.line > 0 {
            write!(out, ",line={},col={}", place.line, place.column)?;
        }
        let hint = diagnostic.hint.as_ref().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
        let message = format!("{}{hint}", diagnostic.reason);
        writeln!(out, ",title={}::{}", property(diagnostic.code.as_str()), data(&message))?;
    }
    Ok(())
}

/// Escapes the message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
