//! Diagnostics as SARIF 2.1.0 (OASIS), as far as code scanners read it.

use std::io::{self, Write};

use etalon_conformance::report::sarif;
use etalon_contract::document::{Code, Diagnostic, Severity};
use serde_json::{Value, json};

use crate::cli::diagnostics::findings::Findings;

pub(crate) fn write(out: &mut dyn Write, findings: &[Findings]) -> io::Result<()> {
    let rules: Vec<Value> = Code::ALL.iter().map(|code| json!({ "id": code.as_str() })).collect();
    let results: Vec<Value> = findings.iter().flat_map(|one| &one.diagnostics).map(result).collect();
    serde_json::to_writer_pretty(&mut *out, &sarif::log(&rules, &results))?;
    writeln!(out)
}

fn result(diagnostic: &Diagnostic) -> Value {
    let level = match diagnostic.severity {
        Severity::Fatal | Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = &diagnostic.place;
    let text = match &diagnostic.hint {
        Some(hint) => format!("{} ({hint})", diagnostic.reason),
        None => diagnostic.reason.clone(),
    };
    json!({
        "ruleId": diagnostic.code.as_str(),
        "level": level,
        "message": { "text": text },
        "locations": [{
            "physicalLocation": sarif::physical_location(&place.file, place.line, place.column),
            "logicalLocations": [{ "fullyQualifiedName": place.pointer.as_str() }],
        }],
    })
}
