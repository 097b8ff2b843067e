//! What a run has shown so far: a verdict for each row, with its evidence.

use std::time::Duration;

use etalon_contract::codec::Response;
use etalon_contract::model::MediaType;
use etalon_contract::rule::{Row, Rule};

use crate::judge::response::{self, observe};
use crate::judge::status::{Class, class};
use crate::plan::{Act, Case, Chapter, Plan};
use crate::report::{self, Report};
use crate::run::Progress;
use crate::run::play::Outcome;
use crate::script::Scene;
use crate::talk::{Event, Exchange, Role};
use crate::verdict::{Kind, Verdict};

/// The exchanges that show a verdict.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The case's id.
    pub case: String,
    /// The exchanges, up to the one that shows it.
    pub exchanges: Vec<Exchange>,
    /// Which of them shows it.
    pub at: usize,
}

impl Evidence {
    /// A case's own evidence: its last tested exchange, with all that was sent beside it.
    #[must_use]
    pub fn of(case: &Case, record: &[Event]) -> Option<Self> {
        let exchanges = exchanges(record);
        let tested = |exchange: &Exchange| exchange.role == Role::Tested;
        let at = exchanges.iter().rposition(tested).or(exchanges.len().checked_sub(1))?;
        Some(Self { case: case.id.clone(), exchanges, at })
    }

    /// A certain exchange of a case, with what was sent before it.
    #[must_use]
    pub fn at(case: &Case, record: &[Event], at: usize) -> Self {
        let mut exchanges = exchanges(record);
        exchanges.truncate(at + 1);
        Self { case: case.id.clone(), at: exchanges.len().saturating_sub(1), exchanges }
    }
}

fn exchanges(record: &[Event]) -> Vec<Exchange> {
    let exchanged = record.iter().filter_map(|event| match event {
        Event::Exchanged(exchange) => Some(exchange.as_ref().clone()),
        Event::Waited(_) => None,
    });
    exchanged.collect()
}

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
pub struct Tally<'c> {
    scene: Scene<'c>,
    chapters: Vec<Vec<Known>>,
    rows: Vec<(usize, Vec<Row>)>,
    /// The answers to plain valid requests, chapter by chapter.
    valid: Vec<Vec<Response>>,
}

impl<'c> Tally<'c> {
    /// Nothing is known.
    #[must_use]
    pub fn new(scene: Scene<'c>, plan: &Plan) -> Self {
        let rows: Vec<(usize, Vec<Row>)> =
            plan.operations.iter().map(|chapter| (chapter.operation, chapter.rows.clone())).collect();
        let chapters = rows.iter().map(|(_, rows)| vec![Known::default(); rows.len()]).collect();
        let valid = vec![Vec::new(); rows.len()];
        Self { scene, chapters, rows, valid }
    }

    /// Notes what a plain valid request was answered.
    pub fn saw(&mut self, case: &Case, outcome: &Outcome) {
        if !matches!(case.act, Act::Valid(_)) {
            return;
        }
        for exchange in outcome.exchanges().filter(|exchange| exchange.role == Role::Tested) {
            if let Some(chapter) = self.chapter(exchange.operation) {
                self.valid[chapter].push(exchange.response.clone());
            }
        }
    }

    /// Enters the verdict of a case. That of a plain valid request speaks of the documented success, and only where it was
    /// answered with something undocumented; whether it conforms is observed.
    pub fn enter(
        &mut self,
        on: &mut dyn FnMut(&Progress<'_>),
        chapter: &Chapter,
        case: &Case,
        verdict: Verdict,
        evidence: Option<Evidence>,
    ) {
        let Some(number) = self.chapter(Some(chapter.operation)) else { return };
        let row = case.row.or_else(|| {
            let success = self.scene.contract.operation(chapter.operation).ok()?.success()?.status;
            chapter.rows.iter().position(|row| matches!(row.rule, Rule::Response(status) if status == success))
        });
        let Some(row) = row else { return };
        if case.row.is_some() || matches!(verdict, Verdict::Violated(_)) {
            self.chapters[number][row].cases.push(case.id.clone());
            self.put(on, (number, row), verdict, evidence);
        }
    }

    /// What an exchange says of the documented responses of its operation.
    #[must_use]
    pub fn observe(&self, exchange: &Exchange) -> Vec<(usize, usize, Verdict)> {
        let Some(chapter) = self.chapter(exchange.operation) else { return Vec::new() };
        let (operation, rows) = &self.rows[chapter];
        let Ok(operation) = self.scene.contract.operation(*operation) else { return Vec::new() };
        let seen = observe(self.scene.contract, operation, &exchange.request, &exchange.response);
        let Some(observation) = seen else { return Vec::new() };
        let verdicts = rows.iter().enumerate();
        verdicts.filter_map(|(row, of)| Some((chapter, row, response::verdict(of, &observation)?))).collect()
    }

    /// Which exchange of an outcome violates a row of the responses in this way, and how.
    #[must_use]
    pub fn shows(&self, outcome: &Outcome, (chapter, row): Spot, kind: &Kind) -> Option<(usize, Verdict)> {
        outcome.exchanges().enumerate().find_map(|(at, exchange)| {
            let verdicts = self.observe(exchange);
            let here = verdicts.into_iter().find(|(c, r, _)| (*c, *r) == (chapter, row)).map(|(.., verdict)| verdict);
            here.filter(|verdict| matches!(verdict, Verdict::Violated(failure) if failure.kind == *kind))
                .map(|verdict| (at, verdict))
        })
    }

    /// Whether a row is known to be violated.
    #[must_use]
    pub fn is_violated(&self, (chapter, row): Spot) -> bool {
        matches!(self.chapters[chapter][row].verdict, Some(Verdict::Violated(_)))
    }

    /// Enters a verdict, beside what is known.
    pub fn put(
        &mut self,
        on: &mut dyn FnMut(&Progress<'_>),
        (chapter, row): Spot,
        verdict: Verdict,
        evidence: Option<Evidence>,
    ) {
        let known = &mut self.chapters[chapter][row];
        if let Verdict::Violated(failure) = &verdict
            && !matches!(known.verdict, Some(Verdict::Violated(_)))
        {
            on(&Progress::Violated { row: &self.rows[chapter].1[row].id, found: &failure.found });
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
        for ((operation, _), responses) in self.rows.iter().zip(&self.valid) {
            let operation = self.scene.contract.operation(*operation).ok()?;
            for response in responses {
                let sent = response.headers.get("content-type").and_then(MediaType::parse);
                let documented = operation.responses.iter().flat_map(|response| &response.content);
                let known = sent.as_ref().is_some_and(|sent| documented.clone().any(|c| c.media_type.covers(sent)));
                let page = sent.as_ref().is_some_and(|sent| sent.essence() == "text/html");
                let strange = match class(response.status) {
                    Class::Success => page,
                    Class::Missing | Class::Redirect => page || operation.response(response.status).is_none(),
                    Class::Protocol => response.status == 405,
                    Class::Invalid
                    | Class::Credentials
                    | Class::Conflict
                    | Class::Busy
                    | Class::Server
                    | Class::Odd => page,
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
        for chapter in 0..self.rows.len() {
            self.fill(chapter);
        }
        let waivers = &self.scene.settings.waivers;
        let results = self.rows.iter().zip(self.chapters).map(|((operation, rows), known)| {
            let results = rows.iter().zip(known).map(|(row, known)| {
                let mut verdict = known.verdict.unwrap_or_else(|| Verdict::inconclusive("no case was played"));
                if let (Verdict::Violated(_), Some((_, why))) = (&verdict, waivers.iter().find(|(id, _)| *id == row.id))
                {
                    verdict = Verdict::Waived(why.clone());
                }
                report::Result { row: row.clone(), verdict, evidence: known.evidence, cases: known.cases }
            });
            (*operation, results.collect())
        });
        let results: Vec<(usize, Vec<report::Result>)> = results.collect();
        Report::new(self.scene, plan, results, target, requests, took)
    }

    /// Says of the responses that were not seen why that is.
    fn fill(&mut self, chapter: usize) {
        let last = self.valid[chapter].last().cloned();
        let rows = &self.rows[chapter].1;
        for (row, of) in rows.iter().enumerate() {
            if let (Rule::Response(status), None) = (&of.rule, &self.chapters[chapter][row].verdict) {
                self.chapters[chapter][row].verdict = Some(response::unseen(*status, last.as_ref()));
            }
        }
        for (row, of) in rows.iter().enumerate() {
            let Rule::ResponseHeader { status, .. } = &of.rule else { continue };
            if self.chapters[chapter][row].verdict.is_some() {
                continue;
            }
            let response = rows.iter().position(|other| matches!(other.rule, Rule::Response(s) if s == *status));
            let response = response.and_then(|response| self.chapters[chapter][response].verdict.clone());
            let response = response.unwrap_or_else(|| Verdict::unreachable("it is not documented"));
            self.chapters[chapter][row].verdict = Some(response::unseen_header(&response));
        }
    }

    fn chapter(&self, operation: Option<usize>) -> Option<usize> {
        let operation = operation?;
        self.rows.iter().position(|(known, _)| *known == operation)
    }
}
