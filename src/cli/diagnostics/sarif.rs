//! Diagnostics as SARIF 2.1.0 (OASIS), as far as code scanners read it.

use std::io::{self, Write};

use etalon_contract::document::{Code, Diagnostic, Severity};
use serde_json::{Value, json};

use crate::cli::diagnostics::findings::Findings;

pub(crate) fn write(out: &mut dyn Write, findings: &[Findings]) -> io::Result<()> {
    let rules: Vec<Value> = Code::ALL.iter().map(|code| json!({ "id": code.as_str() })).collect();
    let results: Vec<Value> = findings.iter().flat_map(|one| &one.diagnostics).map(result).collect();
    let report = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "etalon", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn result(diagnostic: &Diagnostic) -> Value {
    let level = match diagnostic.severity {
        Severity::Fatal | Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = &diagnostic.place;
    let mut physical = json!({ "artifactLocation": { "uri": artifact(&place.file) } });
    if place.line > 0 {
        physical["region"] = json!({ "startLine": place.line, "startColumn": place.column });
    }
    let text = match &diagnostic.hint {
        Some(hint) => format!("{} ({hint})", diagnostic.reason),
        None => diagnostic.reason.clone(),
    };
    json!({
        "ruleId": diagnostic.code.as_str(),
        "level": level,
        "message": { "text": text },
        "locations": [{
            "physicalLocation": physical,
            "logicalLocations": [{ "fullyQualifiedName": place.pointer.as_str() }],
        }],
    })
}

/// A file's path as a relative URI reference (RFC 3986 §4.2); a URL is one already.
fn artifact(path: &str) -> String {
    if path.contains("://") {
        return path.to_owned();
    }
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            letter if letter.is_ascii_alphanumeric() => uri.push(char::from(letter)),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifact_is_named_by_a_uri_reference() {
        assert_eq!(artifact("a b/ü.yaml"), "a%20b/%C3%BC.yaml");
        assert_eq!(artifact(r"a\b.yaml"), "a/b.yaml");
        assert_eq!(artifact("https://x.org/a.yaml?b=c"), "https://x.org/a.yaml?b=c");
    }
}
