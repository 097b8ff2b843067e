//! What a run has shown so far: a verdict for each row, with its evidence.

use std::time::Duration;

use etalon_contract::codec::Response;
use etalon_contract::model::MediaType;
use etalon_contract::rule::{ResponseRule, Row, Rule};

use crate::case::{Case, CaseKind, Sends, Task};
use crate::evidence::Evidence;
use crate::judge::limit::said;
use crate::judge::response::{self, observe};
use crate::judge::status::{Class, Unrelated, class};
use crate::plan::{OperationPlan, Plan};
use crate::report::{OperationResult, Report, RowResult};
use crate::run::executor::Outcome;
use crate::run::{Event, Listener};
use crate::scenario::{Tainted, read_back};
use crate::session::Session;
use crate::transcript::{Exchange, Role};
use crate::verdict::{FailureKind, Verdict};

/// A row: the number of its chapter, and its number there.
pub type Spot = (usize, usize);

/// What is known of a row.
#[derive(Clone, Debug, Default)]
struct Known {
    verdict: Option<Verdict>,
    evidence: Option<Evidence>,
    cases: Vec<String>,
}

/// What a run has shown so far.
#[derive(Debug)]
pub struct Verdicts<'c> {
    session: Session<'c>,
    chapters: Vec<Vec<Known>>,
    rows: Vec<(usize, Vec<Row>)>,
    /// What became of plain valid requests, chapter by chapter.
    valid: Vec<Valid>,
    /// How many requests were sent for the sake of plain valid ones, and what those were answered that were not let in.
    tried: usize,
    locked: Vec<Response>,
}

/// What became of an operation's plain valid requests.
#[derive(Clone, Debug, Default)]
struct Valid {
    answers: Vec<Response>,
    /// Why the last that could not be sent was not.
    unsent: Option<String>,
}

impl<'c> Verdicts<'c> {
    /// Nothing is known.
    #[must_use]
    pub fn new(session: Session<'c>, plan: &Plan) -> Self {
        let rows: Vec<(usize, Vec<Row>)> =
            plan.operations.iter().map(|planned| (planned.operation, planned.rows.clone())).collect();
        let chapters = rows.iter().map(|(_, rows)| vec![Known::default(); rows.len()]).collect();
        let valid = vec![Valid::default(); rows.len()];
        Self { session, chapters, rows, valid, tried: 0, locked: Vec::new() }
    }

    /// Notes what a plain valid request was answered.
    pub fn saw(&mut self, planned: &OperationPlan, case: &Case, outcome: &Outcome) {
        if !matches!(case.kind, CaseKind::Valid(_)) {
            return;
        }
        for exchange in outcome.exchanges() {
            self.tried += 1;
            if matches!(exchange.response.status, 401 | 403) {
                self.locked.push(exchange.response.clone());
            }
        }
        let Some(number) = self.planned(Some(planned.operation)) else { return };
        let mut tested = outcome.exchanges().filter(|exchange| exchange.role == Role::Tested).peekable();
        if tested.peek().is_none()
            && let Verdict::Inconclusive(why) | Verdict::Unreachable(why) = &outcome.verdict
        {
            self.valid[number].unsent = Some(why.clone());
        }
        self.valid[number].answers.extend(tested.map(|exchange| exchange.response.clone()));
    }

    /// What every request so far was answered, where none was let in.
    #[must_use]
    pub fn locked_out(&self) -> Option<String> {
        self.locked.first().filter(|_| self.locked.len() == self.tried).map(said)
    }

    /// Enters the verdict of a case. That of a plain valid request speaks of the documented success, and only where it was
    /// answered with something undocumented; whether it conforms is observed.
    pub fn enter(
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
            self.chapters[number][row].cases.push(case.id.clone());
            self.put(listener, (number, row), verdict, evidence);
        }
    }

    /// What an exchange says of the documented responses of its operation. Where it holds what an accepted breach left
    /// behind, that proves nothing and is no fault of its own.
    #[must_use]
    pub fn observe(&self, exchange: &Exchange, tainted: &Tainted) -> Vec<(usize, usize, Verdict)> {
        let Some(planned) = self.planned(exchange.operation) else { return Vec::new() };
        let (operation, rows) = &self.rows[planned];
        let Ok(operation) = self.session.contract.operation(*operation) else { return Vec::new() };
        let seen = observe(self.session.contract, operation, &exchange.request, &exchange.response);
        let Some(mut observation) = seen else { return Vec::new() };
        let mut cause = None;
        if let Ok(violations) = &mut observation.violations {
            violations.retain(|violation| match tainted.explains(self.session, exchange, violation) {
                Some(row) => {
                    cause.get_or_insert_with(|| row.to_owned());
                    false
                }
                None => true,
            });
        }
        let verdicts = rows.iter().enumerate().filter_map(|(row, of)| {
            let verdict = response::verdict(of, &observation)?;
            Some(match (&of.rule, verdict, &cause) {
                (Rule::Response(ResponseRule::Conforms(_)), Verdict::Proved { .. }, Some(cause))
                    if !self.is_decided((planned, row)) =>
                {
                    let why = format!("its content is what was wrongly accepted before: see {cause}");
                    (planned, row, Verdict::Inconclusive(why))
                }
                (Rule::Response(ResponseRule::Conforms(_)), Verdict::Proved { .. }, Some(_)) => return None,
                (_, verdict, _) => (planned, row, verdict),
            })
        });
        verdicts.collect()
    }

    /// What an exchange says of the documented success where a valid request was answered with a failure of the server. In
    /// cases whose requests are valid but for their credentials, method or `Accept`, that says nothing.
    #[must_use]
    pub fn unserved(&self, task: Task<'_>, exchange: &Exchange) -> Option<(usize, usize, Verdict)> {
        let ordinary = match task.sends() {
            Sends::Valid | Sends::AtLimit | Sends::Breach | Sends::AgainstAdvice | Sends::Story => true,
            Sends::Altered => false,
        };
        if !ordinary || class(exchange.response.status) != Class::Server {
            return None;
        }
        let planned = self.planned(exchange.operation)?;
        read_back(self.session, &exchange.request)?;
        let (operation, rows) = &self.rows[planned];
        let operation = self.session.contract.operation(*operation).ok()?;
        let success = operation.success()?.status;
        let row = rows
            .iter()
            .position(|row| matches!(row.rule, Rule::Response(ResponseRule::Conforms(status)) if status == success))?;
        Some((planned, row, response::unserved(operation, &exchange.response)?))
    }

    /// Which exchange of an outcome violates a row of the responses in this way, and how.
    #[must_use]
    pub fn shows(
        &self,
        outcome: &Outcome,
        (planned, row): Spot,
        kind: &FailureKind,
        task: Task<'_>,
        tainted: &Tainted,
    ) -> Option<(usize, Verdict)> {
        outcome.exchanges().enumerate().find_map(|(at, exchange)| {
            let verdicts = self.observe(exchange, tainted).into_iter().chain(self.unserved(task, exchange));
            let here = verdicts.into_iter().find(|(c, r, _)| (*c, *r) == (planned, row)).map(|(.., verdict)| verdict);
            here.filter(|verdict| matches!(verdict, Verdict::Violated(failure) if failure.kind == *kind))
                .map(|verdict| (at, verdict))
        })
    }

    /// Whether something is known of a row.
    fn is_decided(&self, (planned, row): Spot) -> bool {
        self.chapters[planned][row].verdict.is_some()
    }

    /// Whether a row is known to be violated.
    #[must_use]
    pub fn is_violated(&self, (planned, row): Spot) -> bool {
        matches!(self.chapters[planned][row].verdict, Some(Verdict::Violated(_)))
    }

    /// Enters a verdict, beside what is known.
    pub fn put(
        &mut self,
        listener: &mut Listener<'_>,
        (planned, row): Spot,
        verdict: Verdict,
        evidence: Option<Evidence>,
    ) {
        let known = &mut self.chapters[planned][row];
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

    /// What is answered to every valid request, where that is not this API: pages for people, or nothing found anywhere,
    /// in a media type that the contract does not have.
    #[must_use]
    pub fn another_server(&self) -> Option<String> {
        let mut answers = Vec::new();
        for ((operation, _), valid) in self.rows.iter().zip(&self.valid) {
            let operation = self.session.contract.operation(*operation).ok()?;
            for response in &valid.answers {
                let sent = response.headers.get("content-type").and_then(MediaType::parse);
                let documented = operation.responses.iter().flat_map(|response| &response.content);
                let known = sent.as_ref().is_some_and(|sent| documented.clone().any(|c| c.media_type.covers(sent)));
                let page = sent.as_ref().is_some_and(|sent| sent.essence() == "text/html");
                let strange = match class(response.status) {
                    Class::Success => page,
                    Class::Missing | Class::Unrelated(Unrelated::Redirect) => {
                        page || operation.response(response.status).is_none()
                    }
                    Class::Protocol => response.status == 405,
                    Class::Invalid
                    | Class::Conflict
                    | Class::Server
                    | Class::Unrelated(Unrelated::Credentials | Unrelated::Busy | Unrelated::Odd) => page,
                };
                if known || !strange {
                    return None;
                }
                let shown = sent.map_or_else(|| "nothing".to_owned(), |sent| sent.essence());
                answers.push(format!("{} with {shown}", response.status));
            }
        }
        answers.into_iter().next()
    }

    /// The report: what is not known by now was not seen.
    #[must_use]
    pub fn report(mut self, plan: &Plan, target: String, requests: usize, took: Duration) -> Report {
        for planned in 0..self.rows.len() {
            self.fill(planned);
        }
        let waivers = &self.session.settings.waivers;
        let known = self.rows.iter().zip(self.chapters).zip(self.valid);
        let results = known.map(|(((operation, rows), known), valid)| {
            let rows = rows.iter().zip(known).map(|(row, known)| {
                let mut verdict = known.verdict.unwrap_or_else(|| Verdict::inconclusive("no case was played"));
                if let (Verdict::Violated(_), Some((_, why))) = (&verdict, waivers.iter().find(|(id, _)| *id == row.id))
                {
                    verdict = Verdict::Waived(why.clone());
                }
                RowResult { row: row.clone(), verdict, evidence: known.evidence, cases: known.cases }
            });
            let accepted = valid.answers.iter().any(|answer| class(answer.status) == Class::Success);
            OperationResult { operation: *operation, accepted, rows: rows.collect() }
        });
        let results: Vec<OperationResult> = results.collect();
        Report::new(self.session, plan, results, target, requests, took)
    }

    /// Says of the responses that were not seen why that is.
    fn fill(&mut self, planned: usize) {
        let valid = &self.valid[planned];
        let (operation, rows) = &self.rows[planned];
        let Ok(operation) = self.session.contract.operation(*operation) else { return };
        for (row, of) in rows.iter().enumerate() {
            if let (Rule::Response(ResponseRule::Conforms(status)), None) =
                (&of.rule, &self.chapters[planned][row].verdict)
            {
                self.chapters[planned][row].verdict =
                    Some(response::unseen(operation, *status, &valid.answers, valid.unsent.as_deref()));
            }
        }
        for (row, of) in rows.iter().enumerate() {
            let Rule::Response(rule) = &of.rule else { continue };
            if self.chapters[planned][row].verdict.is_some() {
                continue;
            }
            let conforms = ResponseRule::Conforms(rule.status());
            let response =
                rows.iter().position(|other| matches!(&other.rule, Rule::Response(rule) if *rule == conforms));
            let response = response.and_then(|response| self.chapters[planned][response].verdict.clone());
            let response = response.unwrap_or_else(|| Verdict::unreachable("it is not documented"));
            let unseen = match rule {
                ResponseRule::Conforms(_) => continue,
                ResponseRule::Header { .. } => response::unseen_header(&response),
                ResponseRule::WriteOnly(_) => response::unseen_owner(&response),
            };
            self.chapters[planned][row].verdict = Some(unseen);
        }
    }

    fn planned(&self, operation: Option<usize>) -> Option<usize> {
        let operation = operation?;
        self.rows.iter().position(|(known, _)| *known == operation)
    }
}
