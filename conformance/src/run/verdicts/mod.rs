//! The verdicts of a run so far: one for each row, with its evidence. `observer` reads the documented responses off every
//! exchange, `valid_answers` tells a target that is another API, and `unseen` says at the end why a response was not seen.

mod histories;
mod observer;
mod unseen;
mod valid_answers;

use std::collections::BTreeSet;

use etalon_contract::codec::Response;
use etalon_contract::rule::{ResponseRule, Row, Rule};

use crate::case::Case;
use crate::evidence::{Evidence, Refusal};
use crate::judge::level::{doubt, level};
use crate::plan::{OperationPlan, Plan};
use crate::report::{Mask, causes};
use crate::run::Event;
use crate::session::Session;
use crate::verdict::{Failure, FailureKind, Verdict};

/// Tells whoever watches of an event.
pub(super) type Tell<'t> = &'t dyn Fn(&Event<'_>);

/// A row of the plan: the number of its operation there, and its number among the rows of the operation.
pub(super) type RowIndex = (usize, usize);

/// The verdict and evidence of a row so far.
#[derive(Clone, Debug, Default)]
struct Known {
    verdict: Option<Verdict>,
    evidence: Option<Evidence>,
    /// Valid requests that were refused with a status that is not documented: the row of the success is violated by that only where
    /// no other was accepted.
    refusal: Option<Refusal>,
    cases: Vec<String>,
}

impl Known {
    /// Keeps a verdict, or a refusal beside it.
    fn keep(&mut self, verdict: Verdict, evidence: Option<Evidence>, is_refusal: bool) {
        if let (true, Verdict::Violated(failure)) = (is_refusal, &verdict) {
            self.refusal = Some(Refusal { failure: failure.clone(), evidence });
            return;
        }
        self.verdict = Some(verdict);
        self.evidence = evidence;
    }
}

/// The verdicts of a run so far.
#[derive(Debug)]
pub(super) struct Verdicts<'c> {
    session: Session<'c>,
    /// The knowledge of each row, operation by operation.
    known: Vec<Vec<Known>>,
    /// The operations of the plan, by index, with their rows.
    rows: Vec<(usize, Vec<Row>)>,
    /// The answers to plain valid requests, operation by operation.
    valid: Vec<Valid>,
    /// The number of requests that were sent for the sake of plain valid ones, and below it the answers to those not
    /// let in.
    tried: usize,
    locked: Vec<Response>,
    /// The number of cases that ended because a request got no answer.
    silent: usize,
    /// The credentials that may not be shown while the run goes on.
    mask: Mask,
    /// The causes of what was told.
    told: BTreeSet<String>,
}

/// The answers to an operation's plain valid requests.
#[derive(Clone, Debug, Default)]
struct Valid {
    answers: Vec<Response>,
    /// The reason why the last one that could not be sent was not.
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
        Self {
            session,
            known,
            rows,
            valid,
            tried: 0,
            locked: Vec::new(),
            silent: 0,
            mask: Mask::of(session),
            told: BTreeSet::new(),
        }
    }

    /// Notes that a case ended because a request got no answer.
    pub(super) fn note_silence(&mut self) {
        self.silent += 1;
    }

    /// Notes the answer to a valid request that somebody else sent.
    pub(super) fn note_seen(&mut self, operation: usize, answer: &Response) {
        if let Some(number) = self.planned(Some(operation)) {
            self.valid[number].answers.push(answer.clone());
        }
    }

    /// Leaves all rows undecided of which nothing is known, for this reason.
    pub(super) fn leave(&mut self, why: &str) {
        for known in self.known.iter_mut().flatten().filter(|known| known.verdict.is_none()) {
            known.verdict = Some(Verdict::inconclusive(why));
        }
    }

    /// True where nothing is proved or violated of a row so far.
    pub(super) fn is_open(&self, (planned, row): RowIndex) -> bool {
        !matches!(self.known[planned][row].verdict, Some(Verdict::Proved { .. } | Verdict::Violated(_)))
    }

    /// The number of rows that are decided by answers: proved or violated.
    #[must_use]
    pub(super) fn won(&self) -> usize {
        let known = self.known.iter().flatten();
        known.filter(|row| matches!(row.verdict, Some(Verdict::Proved { .. } | Verdict::Violated(_)))).count()
    }

    /// Enters the verdict of a case. That of a plain valid request speaks of the documented success, and only where it was
    /// answered with something undocumented; whether it conforms is observed. The row, where it is violated by this first.
    pub(super) fn enter(
        &mut self,
        tell: Tell<'_>,
        planned: &OperationPlan,
        case: &Case,
        verdict: Verdict,
        evidence: Option<Evidence>,
    ) -> Option<RowIndex> {
        let spot = self.decided_by(planned, case)?;
        if case.row().is_none() && !matches!(verdict, Verdict::Violated(_)) {
            return None;
        }
        self.known[spot.0][spot.1].cases.push(case.id.clone());
        self.put(tell, spot, verdict, evidence).then_some(spot)
    }

    /// The row that a case decides: its own, or for a valid request that of the documented success.
    fn decided_by(&self, planned: &OperationPlan, case: &Case) -> Option<RowIndex> {
        let number = self.planned(Some(planned.operation))?;
        let row = case.row().or_else(|| {
            let success = self.session.contract.operation(planned.operation).ok()?.success()?.status;
            planned
                .rows
                .iter()
                .position(|row| matches!(row.rule, Rule::Response(ResponseRule::Conforms(status)) if status == success))
        })?;
        Some((number, row))
    }

    /// True where something is known of a row.
    fn is_decided(&self, (planned, row): RowIndex) -> bool {
        self.known[planned][row].verdict.is_some()
    }

    /// Enters a verdict, beside what is known. True where it is the gravest violation of its row so far, whose evidence is
    /// kept.
    pub(super) fn put(
        &mut self,
        tell: Tell<'_>,
        (planned, row): RowIndex,
        mut verdict: Verdict,
        evidence: Option<Evidence>,
    ) -> bool {
        self.weigh((planned, row), &mut verdict, evidence.as_ref());
        let is_refusal = self.is_refusal((planned, row), &verdict);
        let known = &self.known[planned][row];
        let graver = match (is_refusal, &known.verdict, &verdict) {
            (true, ..) => known.refusal.is_none(),
            (false, Some(Verdict::Violated(before)), Verdict::Violated(now)) => now.level < before.level,
            (false, _, Verdict::Violated(_)) => true,
            (false, _, _) => false,
        };
        if let (Verdict::Violated(failure), true) = (&verdict, graver) {
            // Credentials that a login gave since are secrets as well.
            let renewed = self.session.knowledge.borrow().credentials().is_some();
            let found = match renewed {
                true => Mask::of(self.session).prose(&failure.found),
                false => self.mask.prose(&failure.found),
            };
            let known = self.is_told((planned, row), failure, evidence.as_ref());
            tell(&Event::RowViolated { row: &self.rows[planned].1[row].id, found: &found, known });
            self.known[planned][row].keep(verdict, evidence, is_refusal);
            return true;
        }
        if is_refusal {
            return false;
        }
        let known = &mut self.known[planned][row];
        known.verdict = Some(match known.verdict.take() {
            Some(before) => before.and(verdict),
            None => verdict,
        });
        false
    }

    /// Puts a smaller request, and what was found by it, in the place of the one that first showed a violation.
    pub(super) fn replace(&mut self, (planned, row): RowIndex, mut verdict: Verdict, evidence: Option<Evidence>) {
        self.weigh((planned, row), &mut verdict, evidence.as_ref());
        let is_refusal = self.is_refusal((planned, row), &verdict);
        self.known[planned][row].keep(verdict, evidence, is_refusal);
    }

    /// True where a verdict says of the row of a documented success that a valid request was refused as nobody documents.
    fn is_refusal(&self, (planned, row): RowIndex, verdict: &Verdict) -> bool {
        let is_success = matches!(self.rows[planned].1[row].rule, Rule::Response(ResponseRule::Conforms(_)));
        let kind = match verdict {
            Verdict::Violated(failure) => Some(&failure.kind),
            Verdict::Proved { .. } | Verdict::Inconclusive(_) | Verdict::Unreachable(_) | Verdict::Waived(_) => None,
        };
        is_success && matches!(kind, Some(FailureKind::UndocumentedStatus(400..=499)))
    }

    /// Says of a violation how much it weighs.
    fn weigh(&self, (planned, row): RowIndex, verdict: &mut Verdict, evidence: Option<&Evidence>) {
        let (operation, rows) = &self.rows[planned];
        let shown = evidence.and_then(|evidence| evidence.exchanges.get(evidence.at));
        if matches!(verdict, Verdict::Violated(_))
            && let Some(doubt) = doubt(self.session.contract, &rows[row], shown)
        {
            *verdict = Verdict::inconclusive(doubt);
        }
        if let (Verdict::Violated(failure), Ok(operation)) = (verdict, self.session.contract.operation(*operation)) {
            failure.level = level(self.session.contract, operation, &rows[row], failure, shown);
        }
    }

    /// True where something of the same cause as a failure was told before; from now on it was.
    fn is_told(&mut self, (planned, row): RowIndex, failure: &Failure, evidence: Option<&Evidence>) -> bool {
        let (operation, rows) = &self.rows[planned];
        let id = &self.session.contract.entries()[*operation].id;
        let causes = causes(id, &rows[row], failure, evidence);
        let known = causes.iter().any(|cause| self.told.contains(cause));
        self.told.extend(causes);
        known
    }

    /// The number of an operation in the plan, by its index in the contract.
    pub(super) fn planned(&self, operation: Option<usize>) -> Option<usize> {
        let operation = operation?;
        self.rows.iter().position(|(known, _)| *known == operation)
    }
}
