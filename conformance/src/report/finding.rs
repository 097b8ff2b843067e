//! What was shown against a row in the words that every report has of it: what was expected, what came back, where the contract promises it,
//! and the lines that show it again. Credentials are masked.

use crate::report::curl::curl;
use crate::report::{Group, Report, RowReport, Shown};
use crate::verdict::Failure;

/// What was shown against a row in the words of a report: expectation, finding and the requests that show it.
#[derive(Clone, Debug)]
pub(crate) struct Finding<'r> {
    /// The row that it is about.
    pub(crate) row: &'r RowReport,
    /// The failure that was shown.
    pub(crate) failure: &'r Failure,
    /// The id of the row's operation.
    pub(crate) operation: &'r str,
    /// The expectation that the contract gives.
    pub(crate) expected: String,
    /// The answer that came back, as a sentence fragment.
    pub(crate) found: String,
    /// The requests that show it, as lines for a shell: of a story each step, else the one that failed.
    pub(crate) curl: Vec<String>,
}

impl Finding<'_> {
    /// The finding as lines of text, each with its label before it.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![
            format!("expected: {}", self.expected),
            format!("found:    {}", self.found),
            format!("because:  {}", self.row.place),
        ];
        lines.extend(self.curl.iter().map(|line| format!("curl:     {line}")));
        lines.join("\n")
    }
}

/// The finding of something that was shown against a row.
pub(crate) fn finding<'r>(report: &'r Report, operation: &'r str, shown: Shown<'r>) -> Finding<'r> {
    let Shown { row, failure, evidence } = shown;
    let mut lines = Vec::new();
    if let Some(evidence) = evidence {
        // A story is replayed step by step: its last request alone shows nothing.
        let from = if row.group() == Group::Stateful { 0 } else { evidence.at };
        let shown = evidence.exchanges.get(from..=evidence.at).unwrap_or_default();
        lines.extend(shown.iter().map(|exchange| curl(&report.target, &exchange.request, &report.mask)));
    }
    let (expected, found) = (report.mask.prose(&failure.expected), report.mask.prose(&failure.found));
    Finding { row, failure, operation, expected, found, curl: lines }
}

/// The findings of all reports, in order.
pub(crate) fn findings(reports: &[Report]) -> impl Iterator<Item = Finding<'_>> {
    reports.iter().flat_map(|report| {
        report.operations.iter().flat_map(move |operation| {
            operation.rows.iter().flat_map(RowReport::shown).map(move |shown| finding(report, &operation.id, shown))
        })
    })
}
