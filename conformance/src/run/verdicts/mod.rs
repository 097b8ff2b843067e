//! The verdicts of a run so far: one for each row, with its evidence. `observer` reads the documented responses off every
//! exchange, `valid_answers` tells a target that is another API, and `unseen` says at the end why a response was not seen.

mod observer;
mod unseen;
mod valid_answers;

use etalon_contract::codec::Response;
use etalon_contract::rule::{ResponseRule, Row, Rule};

use crate::case::Case;
use crate::evidence::Evidence;
use crate::plan::{OperationPlan, Plan};
use crate::run::{Event, Listener};
use crate::session::Session;
use crate::verdict::Verdict;

/// A row of the plan: the number of its operation there, and its number among the rows of the operation.
pub(super) type RowIndex = (usize, usize);

/// The verdict and evidence of a row so far.
#[derive(Clone, Debug, Default)]
struct Known {
    verdict: Option<Verdict>,
    evidence: Option<Evidence>,
    cases: Vec<String>,
}

/// The verdicts of a run so far.
#[derive(Debug)]
pub(super) struct Verdicts<'c> {
    session: Session<'c>,
    /// What is known of each row, operation by operation.
    known: Vec<Vec<Known>>,
    /// The operations of the plan, by index, with their rows.
    rows: Vec<(usize, Vec<Row>)>,
    /// What became of plain valid requests, operation by operation.
    valid: Vec<Valid>,
    /// How many requests were sent for the sake of plain valid ones, and what those were answered that were not let in.
    tried: usize,
    locked: Vec<Response>,
    /// How many cases ended because a request got no answer.
    silent: usize,
}

/// What became of an operation's plain valid requests.
#[derive(Clone, Debug, Default)]
struct Valid {
    answers: Vec<Response>,
    /// Why the last that could not be sent was not.
    unsent: Option<String>,
}

impl<'c> Verdicts<'c> {
    /// The verdicts before the first case: none.
    #[must_use]
    pub(super) fn new(session: Session<'c>, plan: &Plan) -> Self {
        let rows: Vec<(usize, Vec<Row>)> =
            plan.operations.iter().map(|planned| (planned.operation, planned.rows.clone())).collect();
        let known = rows.iter().map(|(_, rows)| vec![Known::default(); rows.len()]).collect();
        let valid = vec![Valid::default(); rows.len()];
        Self { session, known, rows, valid, tried: 0, locked: Vec::new(), silent: 0 }
    }

    /// Notes that a case ended because a request got no answer.
    pub(super) fn note_silence(&mut self) {
        self.silent += 1;
    }

    /// The number of rows that are decided by answers: proved or violated.
    #[must_use]
    pub(super) fn won(&self) -> usize {
        let known = self.known.iter().flatten();
        known.filter(|row| matches!(row.verdict, Some(Verdict::Proved { .. } | Verdict::Violated(_)))).count()
    }

    /// Enters the verdict of a case. That of a plain valid request speaks of the documented success, and only where it was
    /// answered with something undocumented; whether it conforms is observed.
    pub(super) fn enter(
        &mut self,
        listener: &mut Listener<'_>,
        planned: &OperationPlan,
        case: &Case,
        verdict: Verdict,
        evidence: Option<Evidence>,
    ) {
        let Some(number) = self.planned(Some(planned.operation)) else { return };
        let row = case.row().or_else(|| {
            let success = self.session.contract.operation(planned.operation).ok()?.success()?.status;
            planned
                .rows
                .iter()
                .position(|row| matches!(row.rule, Rule::Response(ResponseRule::Conforms(status)) if status == success))
        });
        let Some(row) = row else { return };
        if case.row().is_some() || matches!(verdict, Verdict::Violated(_)) {
            self.known[number][row].cases.push(case.id.clone());
            self.put(listener, (number, row), verdict, evidence);
        }
    }

    /// True where something is known of a row.
    fn is_decided(&self, (planned, row): RowIndex) -> bool {
        self.known[planned][row].verdict.is_some()
    }

    /// True where a row is known to be violated.
    #[must_use]
    pub(super) fn is_violated(&self, (planned, row): RowIndex) -> bool {
        matches!(self.known[planned][row].verdict, Some(Verdict::Violated(_)))
    }

    /// Enters a verdict, beside what is known.
    pub(super) fn put(
        &mut self,
        listener: &mut Listener<'_>,
        (planned, row): RowIndex,
        verdict: Verdict,
        evidence: Option<Evidence>,
    ) {
        let known = &mut self.known[planned][row];
        if let Verdict::Violated(failure) = &verdict
            && !matches!(known.verdict, Some(Verdict::Violated(_)))
        {
            listener(&Event::RowViolated { row: &self.rows[planned].1[row].id, found: &failure.found });
            known.evidence = evidence;
        }
        known.verdict = Some(match known.verdict.take() {
            Some(before) => before.and(verdict),
            None => verdict,
        });
    }

    /// The number of an operation in the plan, by its index in the contract.
    fn planned(&self, operation: Option<usize>) -> Option<usize> {
        let operation = operation?;
        self.rows.iter().position(|(known, _)| *known == operation)
    }
}
