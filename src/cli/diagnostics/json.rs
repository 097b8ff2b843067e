//! Diagnostics as one JSON object, for programs.

use std::io::{self, Write};

use etalon_contract::document::Diagnostic;
use serde::Serialize;

use crate::cli::diagnostics::findings::{Findings, SourceReport};

/// The form of the report. It changes when a member changes its meaning or goes.
const VERSION: u8 = 1;

#[derive(Serialize)]
struct Report<'c> {
    version: u8,
    documents: Vec<DocumentReport<'c>>,
}

#[derive(Serialize)]
struct DocumentReport<'c> {
    file: &'c str,
    openapi: Option<String>,
    operations: Option<usize>,
    errors: usize,
    warnings: usize,
    sources: Vec<SourceReport<'c>>,
    diagnostics: &'c [Diagnostic],
}

pub(crate) fn write(out: &mut dyn Write, findings: &[Findings]) -> io::Result<()> {
    let document = |one| {
        let Findings { name, contract, diagnostics }: &Findings = one;
        let (errors, warnings) = one.counts();
        DocumentReport {
            file: name,
            openapi: contract.as_ref().map(|contract| contract.document().version().to_string()),
            operations: contract.as_ref().map(|contract| contract.entries().len()),
            errors,
            warnings,
            sources: contract.iter().flat_map(|contract| contract.document().sources()).map(SourceReport::of).collect(),
            diagnostics,
        }
    };
    let report = Report { version: VERSION, documents: findings.iter().map(document).collect() };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}
