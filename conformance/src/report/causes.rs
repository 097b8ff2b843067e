//! Findings: violated rows of one cause, told as one. Rows are of one cause where the same request shows them, where answers
//! break the same schema, where operations handle the same member alike, or where the server fails in the same way.

use std::collections::BTreeMap;

use etalon_contract::rule::{Class as Kind, Limit, Row, Rule};

use crate::judge::status::{Class, class};
use crate::report::{Group, OperationReport, Report, RowReport};
use crate::verdict::{FailureKind, Level, Verdict};

/// Violated rows of one cause.
#[derive(Clone, Debug)]
pub(crate) struct Cause<'r> {
    /// The rows, the one that shows it best first.
    pub rows: Vec<&'r RowReport>,
}

impl<'r> Cause<'r> {
    /// The row that shows it best.
    #[must_use]
    pub(crate) fn shown(&self) -> &'r RowReport {
        self.rows[0]
    }

    /// The gravest level of its rows.
    #[must_use]
    pub(crate) fn level(&self) -> Level {
        self.rows.iter().map(|row| weight(row)).min().unwrap_or_default()
    }
}

/// The findings of a report, the gravest first, else in the order of their first rows.
#[must_use]
pub(crate) fn by_cause(report: &Report) -> Vec<Cause<'_>> {
    let rows: Vec<(&OperationReport, &RowReport)> = report
        .operations
        .iter()
        .flat_map(|operation| operation.rows.iter().map(move |row| (operation, row)))
        .filter(|(_, row)| matches!(row.verdict, Verdict::Violated(_)))
        .collect();
    let mut group: Vec<usize> = (0..rows.len()).collect();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (number, (operation, row)) in rows.iter().enumerate() {
        for key in causes(operation, row) {
            let other = *known.entry(key).or_insert(number);
            let (from, to) = (group[number], group[other]);
            for member in &mut group {
                if *member == from {
                    *member = to;
                }
            }
        }
    }
    let mut found: BTreeMap<usize, Vec<&RowReport>> = BTreeMap::new();
    for (number, (_, row)) in rows.iter().enumerate() {
        found.entry(group[number]).or_default().push(row);
    }
    let mut findings: Vec<Cause<'_>> = found
        .into_values()
        .map(|mut rows| {
            rows.sort_by_key(|row| (weight(row), !fails(row) || row.group() != Group::Responses));
            Cause { rows }
        })
        .collect();
    findings.sort_by_key(Cause::level);
    findings
}

fn weight(row: &RowReport) -> Level {
    match &row.verdict {
        Verdict::Violated(failure) => failure.level,
        Verdict::Proved { .. } | Verdict::Inconclusive(_) | Verdict::Unreachable(_) | Verdict::Waived(_) => {
            Level::Should
        }
    }
}

/// True where the server fails over it.
#[must_use]
pub(crate) fn fails(row: &RowReport) -> bool {
    match &row.verdict {
        Verdict::Violated(failure) => server(&failure.kind).is_some(),
        Verdict::Proved { .. } | Verdict::Inconclusive(_) | Verdict::Unreachable(_) | Verdict::Waived(_) => false,
    }
}

/// The status that a server fails with.
fn server(kind: &FailureKind) -> Option<u16> {
    match kind {
        FailureKind::ServerError(status) => Some(*status),
        FailureKind::UndocumentedStatus(status) if class(*status) == Class::Server => Some(*status),
        FailureKind::AcceptedInvalid
        | FailureKind::RefusedValid(_)
        | FailureKind::UndocumentedStatus(_)
        | FailureKind::WrongStatus(_)
        | FailureKind::Field(_)
        | FailureKind::Nonconforming(_)
        | FailureKind::State(_)
        | FailureKind::Crash => None,
    }
}

/// The habit of a reader of requests that lets something invalid in whatever the member: it takes null for nothing, turns one
/// type into another, or asks for no member at all. `None` where each member has a rule of its own.
#[must_use]
pub(crate) fn habit(row: &Row) -> Option<&'static str> {
    let Rule::Limit(limit) = &row.rule else { return None };
    if matches!(limit, Limit::Null { .. }) {
        return Some("null");
    }
    match limit.breach()?.keyword()?.class() {
        Kind::Type => Some("types"),
        Kind::Needed => Some("absence"),
        Kind::RestOfMembers => Some("additions"),
        Kind::Listed
        | Kind::Bound(..)
        | Kind::Step
        | Kind::Pattern
        | Kind::Format
        | Kind::Unique
        | Kind::Contains
        | Kind::RestOfItems
        | Kind::Described
        | Kind::Names
        | Kind::Alternatives
        | Kind::Not
        | Kind::Content
        | Kind::Nothing => None,
    }
}

/// The number of first characters in which two findings of one cause agree: values that are repeated in them come
/// later.
const ALIKE: usize = 50;

/// The keys of the causes that a violated row may share with others; empty where it is not violated.
fn causes(operation: &OperationReport, row: &RowReport) -> Vec<String> {
    let Verdict::Violated(failure) = &row.verdict else { return Vec::new() };
    let mut causes = Vec::new();
    if let Some(status) = server(&failure.kind) {
        causes.push(format!("fails {} {status}", operation.id));
        return causes;
    }
    let suffix = row.id().strip_prefix(operation.id.as_str()).unwrap_or(row.id());
    match &failure.kind {
        FailureKind::Nonconforming(breach) => causes.push(format!("answer {breach}")),
        FailureKind::RefusedValid(_) => causes.push(format!("refused {} {}", operation.id, failure.found)),
        FailureKind::UndocumentedStatus(status) => {
            causes.push(format!("undocumented {} {status}", operation.id));
            // What is said alike of several operations is one rule of the target.
            causes.push(format!("said {status} {}", failure.found.chars().take(ALIKE).collect::<String>()));
        }
        FailureKind::Crash => causes.push(format!("crash {}", operation.id)),
        FailureKind::Field(_) | FailureKind::WrongStatus(_) => {
            causes.push(format!("protocol {:?} {}", row.group(), failure.found));
        }
        FailureKind::AcceptedInvalid | FailureKind::ServerError(_) | FailureKind::State(_) => {
            causes.push(format!("handles {suffix} {}", failure.found));
        }
    }
    if failure.kind == FailureKind::AcceptedInvalid
        && let Some(habit) = habit(&row.row)
    {
        causes.push(format!("takes {habit} {}", operation.id));
    }
    if let Some(evidence) = &row.evidence
        && !matches!(row.group(), Group::Protocol | Group::Security | Group::Stateful)
    {
        let shown = &evidence.exchanges[evidence.at];
        let body = String::from_utf8_lossy(&shown.request.body);
        let key = (&shown.request.method, &shown.request.target, body, shown.response.status, row.group().as_str());
        causes.push(format!("request {key:?}"));
    }
    causes
}
