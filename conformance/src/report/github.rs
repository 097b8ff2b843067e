//! Annotations of GitHub Actions: commands on lines of their own, at the places of the contract that promise what is violated.
//! GitHub shows ten of a kind for a step, so the worst nine are told, and one line counts them all.

use std::fmt::Write as _;

use crate::report::finding::{Finding, findings};
use crate::report::{Conclusion, Group, Report};
use crate::verdict::FailureKind;

/// The most findings that are annotations; one more says how many there are.
const SHOWN: usize = 9;

/// The text of a report file, or of the standard output of a step.
#[must_use]
pub(crate) fn text(reports: &[Report]) -> String {
    let mut found: Vec<Finding<'_>> = findings(reports).collect();
    // Of equals, the order of the contract.
    found.sort_by_key(weight);
    let mut out = String::new();
    for finding in found.iter().take(SHOWN) {
        let place = &finding.row.place;
        let _ = write!(out, "::error file={}", property(&place.file));
        if place.line > 0 {
            let _ = write!(out, ",line={},col={}", place.line, place.column);
        }
        let _ = writeln!(out, ",title={}::{}", property(finding.row.id()), data(&finding.text()));
    }
    match Conclusion::of(reports) {
        Conclusion::Violates => {
            let more = found.len().saturating_sub(SHOWN);
            let rest = if more == 0 { String::new() } else { format!("; {more} more are in the report") };
            let rows = if found.len() == 1 { "1 row".to_owned() } else { format!("{} rows", found.len()) };
            let _ = writeln!(out, "::error title=Etalon::{}", data(&format!("{rows} of the contract violated{rest}")));
        }
        Conclusion::NothingTested | Conclusion::TooLittle | Conclusion::Partly => {
            let left: Vec<String> =
                reports.iter().flat_map(Report::untested_masked).map(|(id, why)| format!("{id}: {why}")).collect();
            let shown = left.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n");
            let text = format!("{} operations were not tested\n{shown}", left.len());
            let _ = writeln!(out, "::warning title=Etalon::{}", data(&text));
        }
        concluded @ (Conclusion::Unanswered | Conclusion::CutShort | Conclusion::Gone | Conclusion::Interrupted) => {
            let _ = writeln!(out, "::warning title=Etalon::the run says little: {}", data(concluded.as_str()));
        }
        Conclusion::Conforms => {}
    }
    out
}

/// The rank of a finding, less to the front: a failing server first, then who is let in, then state, then what is
/// answered, then limits.
fn weight(finding: &Finding<'_>) -> u8 {
    if let FailureKind::ServerError(_) = finding.failure.kind {
        return 0;
    }
    match finding.row.group() {
        Group::Security => 1,
        Group::Stateful => 2,
        Group::Responses => 3,
        Group::Invalid => 4,
        Group::Limits => 5,
        Group::Protocol => 6,
    }
}

/// Escapes the message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
