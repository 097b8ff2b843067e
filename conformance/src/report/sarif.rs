//! The report for code scanning: SARIF 2.1.0 (OASIS). A violated row is a result at the place of the contract that promises
//! it; its group is the rule. A scanner keeps 5,000 results, so no more are written.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::report::finding::{Finding, findings};
use crate::report::{Group, Report};

/// The most results that are written: what GitHub keeps of a run.
const RESULTS: usize = 5_000;

/// The text of a report file.
#[must_use]
pub(crate) fn text(reports: &[Report]) -> String {
    let rules: Vec<Value> = Group::ALL.into_iter().map(rule).collect();
    let numbers: BTreeMap<Group, usize> = Group::ALL.into_iter().zip(0..).collect();
    let results: Vec<Value> = findings(reports).take(RESULTS).map(|finding| result(&finding, &numbers)).collect();
    format!("{:#}\n", log(&rules, &results))
}

/// A SARIF log with one run of etalon (SARIF 2.1.0 §3.13, §3.14): its rules, which results name by `ruleId`, and its results.
#[must_use]
pub fn log(rules: &[Value], results: &[Value]) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "etalon",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": true}],
            "results": results,
        }],
    })
}

/// The physical location of a line and column of a file, both from 1 (SARIF 2.1.0 §3.29). Line 0 is the file as a whole.
#[must_use]
pub fn physical_location(file: &str, line: usize, column: usize) -> Value {
    let mut physical = json!({"artifactLocation": {"uri": artifact(file)}});
    if line > 0 {
        physical["region"] = json!({"startLine": line, "startColumn": column.max(1)});
    }
    physical
}

fn rule(group: Group) -> Value {
    let text = match group {
        Group::Limits => "What lies at a limit of the contract is accepted",
        Group::Invalid => "What the contract does not allow is refused",
        Group::Protocol => "What HTTP asks for is kept",
        Group::Security => "Only those are let in who show what the contract asks for",
        Group::Responses => "Answers are as the contract describes them",
        Group::Stateful => "What operations do together is what the contract promises",
    };
    json!({
        "id": group.as_str(),
        "shortDescription": {"text": text},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["api", "contract", group.as_str()]},
    })
}

fn result(finding: &Finding<'_>, numbers: &BTreeMap<Group, usize>) -> Value {
    let group = finding.row.group();
    let place = &finding.row.place;
    let digest = Sha256::digest(finding.row.id().as_bytes());
    json!({
        "ruleId": group.as_str(),
        "ruleIndex": numbers.get(&group).copied().unwrap_or_default(),
        "level": "error",
        "message": {"text": format!("{}\n{}", finding.row.id(), finding.text())},
        "locations": [{
            "physicalLocation": physical_location(&place.file, place.line, place.column),
            "logicalLocations": [{"name": finding.operation, "fullyQualifiedName": finding.row.id(), "kind": "function"}],
        }],
        // The same row is the same alert, wherever it moves in the document.
        "partialFingerprints": {"etalonRow/v1": data_encoding::HEXLOWER.encode(&digest)},
    })
}

/// A file's path as a relative URI reference (RFC 3986 §4.2); a URL is one already.
fn artifact(path: &str) -> String {
    if path.contains("://") {
        return path.to_owned();
    }
    let path = path.strip_prefix("./").unwrap_or(path);
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
        assert_eq!(artifact("./a.yaml"), "a.yaml");
        assert_eq!(artifact("https://x.org/a.yaml?b=c"), "https://x.org/a.yaml?b=c");
    }
}
