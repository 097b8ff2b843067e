//! Findings: violated rows of one cause, told as one. Rows are of one cause where the same request shows them, where answers
//! break the same schema, where operations handle the same member alike, or where the server fails in the same way.

use std::collections::BTreeMap;

use etalon_contract::rule::{Class as Kind, Limit, Protocol, Row, Rule, Subject};

use crate::evidence::Evidence;
use crate::judge::status::{Class, class};
use crate::report::{Group, OperationReport, Report, RowReport, Shown};
use crate::verdict::{Failure, FailureKind, Level};

/// What was shown against rows by one cause.
#[derive(Clone, Debug)]
pub(crate) struct Cause<'r> {
    /// What was shown of each row, the one that shows it best first.
    pub rows: Vec<Shown<'r>>,
}

impl<'r> Cause<'r> {
    /// The row that shows it best.
    #[must_use]
    pub(crate) fn shown(&self) -> Shown<'r> {
        self.rows[0]
    }

    /// The gravest level of its rows.
    #[must_use]
    pub(crate) fn level(&self) -> Level {
        self.rows.iter().map(|shown| shown.failure.level).min().unwrap_or_default()
    }
}

/// The findings of a report, the gravest first, else in the order of their first rows.
#[must_use]
pub(crate) fn by_cause(report: &Report) -> Vec<Cause<'_>> {
    let rows: Vec<(&OperationReport, Shown<'_>)> = report
        .operations
        .iter()
        .flat_map(|operation| operation.rows.iter().flat_map(RowReport::shown).map(move |shown| (operation, shown)))
        .collect();
    let mut group: Vec<usize> = (0..rows.len()).collect();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (number, (operation, shown)) in rows.iter().enumerate() {
        for key in causes(&operation.id, &shown.row.row, shown.failure, shown.evidence) {
            let other = *known.entry(key).or_insert(number);
            let (from, to) = (group[number], group[other]);
            for member in &mut group {
                if *member == from {
                    *member = to;
                }
            }
        }
    }
    let mut found: BTreeMap<usize, Vec<Shown<'_>>> = BTreeMap::new();
    for (number, (_, shown)) in rows.iter().enumerate() {
        found.entry(group[number]).or_default().push(*shown);
    }
    let mut findings: Vec<Cause<'_>> = found
        .into_values()
        .map(|mut rows| {
            rows.sort_by_key(|row| (row.failure.level, !fails(*row) || row.group() != Group::Responses));
            Cause { rows }
        })
        .collect();
    findings.sort_by_key(Cause::level);
    findings
}

/// True where the server fails over it.
#[must_use]
pub(crate) fn fails(shown: Shown<'_>) -> bool {
    server(&shown.failure.kind).is_some()
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

/// The keys of the causes that a failure of a row of an operation may share with others.
pub(crate) fn causes(operation: &str, row: &Row, failure: &Failure, evidence: Option<&Evidence>) -> Vec<String> {
    let mut causes = Vec::new();
    if let Some(status) = server(&failure.kind) {
        // What makes an operation fail by its form alone, whatever it says, makes others fail as well.
        let form = row.id.strip_prefix(operation).filter(|_| matches!(row.rule, Rule::Protocol(_)));
        causes.push(match form {
            Some(form) => format!("fails over {form} {status}"),
            None => format!("fails {operation} {status}"),
        });
        return causes;
    }
    let suffix = row.id.strip_prefix(operation).unwrap_or(&row.id);
    match &failure.kind {
        FailureKind::Nonconforming(breach) => causes.push(format!("answer {breach}")),
        FailureKind::RefusedValid(status) => {
            causes.push(format!("refused {operation} {}", failure.found));
            // What is written otherwise is read by one reader of requests.
            if matches!(row.rule, Rule::Protocol(_)) {
                causes.push(format!("refuses so written {suffix} {status}"));
            }
            // A value that is refused wherever it may stand is refused by one rule.
            if let (Rule::Limit(_), Subject::Parameter { place, .. }) = (&row.rule, &row.subject) {
                let limit: Vec<&str> = row.id.rsplit(' ').take(2).collect();
                causes.push(format!("refuses {place:?} {limit:?} {status}"));
            }
        }
        FailureKind::UndocumentedStatus(status) => {
            causes.push(format!("undocumented {operation} {status}"));
            causes.push(said(*status, failure));
        }
        FailureKind::Crash => causes.push(format!("crash {operation}")),
        FailureKind::Field(_) | FailureKind::WrongStatus(_) => {
            causes.push(format!("protocol {:?} {}", Group::of(row), failure.found));
        }
        FailureKind::AcceptedInvalid if Group::of(row) == Group::Security => causes.push(format!("lets in {suffix}")),
        FailureKind::AcceptedInvalid | FailureKind::ServerError(_) | FailureKind::State(_) => {
            causes.push(format!("handles {suffix} {}", failure.found));
        }
    }
    if failure.kind == FailureKind::AcceptedInvalid && matches!(row.rule, Rule::Protocol(Protocol::Malformed(_))) {
        causes.push(format!("reads {suffix}"));
    }
    if failure.kind == FailureKind::AcceptedInvalid
        && let Some(habit) = habit(row)
    {
        causes.push(format!("takes {habit} {operation}"));
    }
    if let Some(evidence) = evidence
        && !matches!(Group::of(row), Group::Protocol | Group::Security | Group::Stateful)
    {
        let shown = &evidence.exchanges[evidence.at];
        let body = String::from_utf8_lossy(&shown.request.body);
        let key = (&shown.request.method, &shown.request.target, body, shown.response.status, Group::of(row).as_str());
        causes.push(format!("request {key:?}"));
    }
    causes
}

/// The key of what is said alike of several operations: it is one rule of the target.
pub(crate) fn said(status: u16, failure: &Failure) -> String {
    format!("said {status} {}", failure.found.chars().take(ALIKE).collect::<String>())
}
