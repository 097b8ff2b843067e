//! The onlooker: it sends nothing, and judges the exchanges that others have with a target. Each is held against the contract in both
//! directions, and rows are decided by what it shows: documented responses as in a run, values at their limits that were accepted, and
//! invalid requests. A refusal proves a row only beside an accepted request of the same traffic that differs in that alone. What takes
//! several requests in a state of their own, or others than clients send, traffic does not show.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use etalon_contract::behaviour::{Behaviour, infer};
use etalon_contract::codec::{self, Draft, DraftBody, Request, Response};
use etalon_contract::generate::{self, Numbers, is_at};
use etalon_contract::model::{Contract, Operation, Route};
use etalon_contract::rule::{ResponseRule, Row, Rule};
use etalon_contract::validate::{self, Violation};
use serde_json::Value;

use crate::case::{Sends, Task};
use crate::evidence::Evidence;
use crate::judge::limit;
use crate::judge::response::observe;
use crate::judge::status::{Class, class, class_for};
use crate::knowledge::Knowledge;
use crate::plan::{Plan, plan};
use crate::report::{Course, Ending, Report};
use crate::run::verdicts::{RowIndex, Verdicts};
use crate::scenario::{Tainted, as_sent, read_back};
use crate::session::Session;
use crate::settings::Settings;
use crate::transcript::{Exchange, Role};
use crate::verdict::{FailureKind, Verdict};

/// The most accepted requests of an operation that are kept, to be twins of those that are refused.
const KEPT: usize = 50;

/// The grounds on which an onlooker judges.
#[derive(Debug)]
pub struct Grounds {
    behaviour: Behaviour,
    settings: Settings,
    knowledge: RefCell<Knowledge>,
}

impl Grounds {
    /// The grounds of a contract; of its operations with these ids alone, where there are any.
    #[must_use]
    pub fn of(contract: &Contract, operations: &[String]) -> Self {
        // Traffic is what it is: however little it shows, what it shows holds.
        let settings = Settings { operations: operations.to_vec(), enough: 0, ..Settings::default() };
        Self { behaviour: infer(contract), settings, knowledge: RefCell::default() }
    }
}

/// The party that broke the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The client, by its request.
    Client,
    /// The server, by its answer.
    Server,
}

/// A breach of the contract in an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The party that broke it.
    pub party: Party,
    /// The breach, in a sentence.
    pub what: String,
}

/// An onlooker of the traffic with a target.
#[derive(Debug)]
pub struct Onlooker<'c> {
    session: Session<'c>,
    plan: Plan,
    verdicts: Verdicts<'c>,
    /// The accepted valid requests of each operation, the latest last.
    accepted: BTreeMap<usize, VecDeque<(Draft, Response)>>,
    /// A request that lies at each row's limit, made when first asked for; `None` where none can be made.
    at: BTreeMap<RowIndex, Option<Draft>>,
    seen: usize,
    foreign: usize,
    took: Duration,
}

impl<'c> Onlooker<'c> {
    /// An onlooker that has seen nothing.
    #[must_use]
    pub fn new(contract: &'c Contract, grounds: &'c Grounds) -> Self {
        let Grounds { behaviour, settings, knowledge } = grounds;
        let session = Session { contract, behaviour, settings, knowledge };
        let plan = plan(contract, behaviour, settings);
        let verdicts = Verdicts::new(session, &plan);
        let (accepted, at) = (BTreeMap::new(), BTreeMap::new());
        Self { session, plan, verdicts, accepted, at, seen: 0, foreign: 0, took: Duration::ZERO }
    }

    /// The number of exchanges that were of the contract, and of others.
    #[must_use]
    pub fn seen(&self) -> (usize, usize) {
        (self.seen, self.foreign)
    }

    /// Judges an exchange. `whole` says whether the content of the answer is all there.
    pub fn sees(&mut self, request: &Request, response: &Response, took: Duration, whole: bool) {
        let contract = self.session.contract;
        let Some((operation, captures)) = routed(contract, request) else {
            self.foreign += 1;
            return;
        };
        self.seen += 1;
        self.took += took;
        let decoded = codec::decode(contract, operation, &captures, request);
        // What cannot be judged is no breach.
        let broken = validate::request(contract, operation, &decoded).unwrap_or_default();
        let (request, response) = (request.clone(), response.clone());
        let exchange = Exchange { role: Role::Tested, operation: Some(operation.index), request, response, took };
        let accepted = class_for(operation, exchange.response.status) == Class::Success;
        if broken.is_empty() {
            self.valid(operation, &exchange, accepted);
        } else {
            self.invalid(operation, &exchange, (&broken, as_sent(operation, decoded, &exchange.request)));
        }
        // An answer to something invalid that should not have been accepted promises nothing.
        if whole && (broken.is_empty() || !accepted) {
            let shown = self.verdicts.observe(&exchange, &Tainted::default());
            let unserved = broken.is_empty().then(|| self.unserved(operation, &exchange)).flatten();
            for (planned, row, verdict) in shown.into_iter().chain(unserved) {
                self.enter((planned, row), verdict, &exchange);
            }
        }
    }

    /// The report: rows that nothing decided were not shown.
    #[must_use]
    pub fn report(mut self, target: String) -> Report {
        self.verdicts.leave("the traffic does not show it");
        let (ending, left_behind) = (Ending::Traffic, Vec::new());
        let course = Course { ending, requests: self.seen, took: self.took, left_behind };
        self.verdicts.report(&self.plan, target, &course)
    }

    fn enter(&mut self, spot: RowIndex, verdict: Verdict, exchange: &Exchange) {
        let shown = matches!(verdict, Verdict::Violated(_)).then(|| Evidence {
            case: format!("exchange {}", self.seen),
            exchanges: vec![exchange.clone()],
            at: 0,
            effort: None,
        });
        self.verdicts.put(&|_| {}, spot, verdict, shown);
    }

    /// Decides what a valid request shows: that it was accepted at the limits where it lies.
    fn valid(&mut self, operation: &Operation, exchange: &Exchange, accepted: bool) {
        self.verdicts.note_seen(operation.index, &exchange.response);
        let Some(planned) = self.verdicts.planned(Some(operation.index)) else { return };
        let Some(draft) = read_back(self.session, &exchange.request).filter(|_| accepted) else { return };
        let is_limit = |row: &Row| Task::Row { row, variant: 0 }.sends() == Sends::AtLimit;
        for row in 0..self.plan.operations[planned].rows.len() {
            // Most rows are decided soon, or are about something else.
            let of = &self.plan.operations[planned].rows[row];
            if !is_limit(of) || !self.verdicts.is_open((planned, row)) {
                continue;
            }
            let of = of.clone();
            let contract = self.session.contract;
            let met = self
                .at
                .entry((planned, row))
                .or_insert_with(|| generate::at(contract, operation, &of, 0, &mut Numbers::new(&[])).ok());
            if met.as_ref().is_some_and(|met| is_at(contract, operation, &of, met, &draft)) {
                self.enter((planned, row), limit::at(operation, &of, &exchange.response, None), exchange);
            }
        }
        let kept = self.accepted.entry(operation.index).or_default();
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((draft, exchange.response.clone()));
    }

    /// Decides the row that an invalid request breaks, where it breaks one alone.
    fn invalid(&mut self, operation: &Operation, exchange: &Exchange, (broken, draft): (&[Violation], Option<Draft>)) {
        let Some(planned) = self.verdicts.planned(Some(operation.index)) else { return };
        let rows = &self.plan.operations[planned].rows;
        let breaks = |at: &usize| {
            Task::Row { row: &rows[*at], variant: 0 }.sends() == Sends::Breach
                && broken.iter().all(|violation| violation.breaks(&rows[*at]))
        };
        let Some(row) = (0..rows.len()).find(breaks).filter(|row| self.verdicts.is_open((planned, *row))) else {
            return;
        };
        let of = rows[row].clone();
        let twin = self.twin(operation, draft);
        let verdict = match (twin, limit::past(operation, &of, &exchange.response, twin)) {
            (None, Verdict::Inconclusive(_)) => {
                Verdict::inconclusive("it was refused, and no accepted request of the traffic differs in this alone")
            }
            (_, verdict) => verdict,
        };
        self.enter((planned, row), verdict, exchange);
    }

    /// The answer to an accepted request of the traffic that is the same but for one part.
    fn twin(&self, operation: &Operation, draft: Option<Draft>) -> Option<&Response> {
        let draft = draft?;
        let kept = self.accepted.get(&operation.index)?;
        kept.iter().rev().find(|(twin, _)| differences(&draft, twin) == 1).map(|(_, answer)| answer)
    }

    /// The verdict on the documented success where a valid request was answered as nobody documents.
    fn unserved(&self, operation: &Operation, exchange: &Exchange) -> Option<(usize, usize, Verdict)> {
        let status = exchange.response.status;
        if let Some(verdict) = self.verdicts.unserved(Task::Valid(0), exchange) {
            return Some(verdict);
        }
        let undocumented =
            operation.response(status).is_none() && matches!(class(status), Class::Invalid | Class::Conflict);
        let planned = self.verdicts.planned(Some(operation.index)).filter(|_| undocumented)?;
        let success = operation.success()?.status;
        let rows = &self.plan.operations[planned].rows;
        let conforms =
            |rule: &Rule| matches!(rule, Rule::Response(ResponseRule::Conforms(status)) if *status == success);
        let row = rows.iter().position(|row| conforms(&row.rule))?;
        let verdict = Verdict::violated(
            FailureKind::UndocumentedStatus(status),
            "a valid request is answered with a documented status",
            format!("{}, which the operation does not document", limit::said(&exchange.response)),
        );
        Some((planned, row, verdict))
    }
}

/// The operation of a request, and the texts of its path parameters; `None` where the contract has none that can be used.
fn routed<'c>(contract: &'c Contract, request: &Request) -> Option<(&'c Operation, Vec<(String, String)>)> {
    match contract.route(&request.method, request.path()) {
        Route::Found { operation, captures } => contract.operation(operation).ok().map(|found| (found, captures)),
        Route::OtherMethods(_) | Route::Unknown => None,
    }
}

/// The breaches of the contract in a request, and in the answer to it where there is one already. `None` where the request is for no
/// operation of the contract.
#[must_use]
pub fn remarks(contract: &Contract, request: &Request, response: Option<&Response>) -> Option<Vec<Remark>> {
    let (operation, captures) = routed(contract, request)?;
    let decoded = codec::decode(contract, operation, &captures, request);
    let broken = validate::request(contract, operation, &decoded).unwrap_or_default();
    let mut remarks: Vec<Remark> =
        broken.iter().map(|violation| Remark { party: Party::Client, what: told(violation) }).collect();
    let Some(response) = response else { return Some(remarks) };
    let server = |what: String| Remark { party: Party::Server, what };
    let accepted = class_for(operation, response.status) == Class::Success;
    if accepted && !broken.is_empty() {
        remarks.push(server(format!("it was accepted with {}, though it breaks the contract", response.status)));
        return Some(remarks);
    }
    match observe(contract, operation, request, response).map(|seen| seen.violations) {
        Some(Ok(violations)) => remarks.extend(violations.iter().map(|violation| server(told(violation)))),
        Some(Err(_)) => {}
        None if is_told_by_contract(response.status) => {
            remarks.push(server(format!("{}, which the operation does not document", response.status)));
        }
        None => {}
    }
    Some(remarks)
}

/// True for a status that the contract has to document, since it says something of the operation.
fn is_told_by_contract(status: u16) -> bool {
    matches!(class(status), Class::Success | Class::Server | Class::Invalid | Class::Conflict)
}

/// A violation in a sentence: its part, place and reason.
fn told(violation: &Violation) -> String {
    let place = violation.target();
    let place = if place.as_str().is_empty() { String::new() } else { format!(" {place}") };
    format!("{}{place}: {}", violation.subject, violation.message)
}

/// The number of parts in which two requests differ: parameters, and places of their contents.
fn differences(one: &Draft, other: &Draft) -> usize {
    let names =
        |draft: &Draft| draft.parameters.iter().map(|(place, name, _)| (*place, name.clone())).collect::<Vec<_>>();
    let mut all = names(one);
    all.extend(names(other).into_iter().filter(|named| !all.contains(named)).collect::<Vec<_>>());
    let parameters = all.iter().filter(|(place, name)| one.parameter(*place, name) != other.parameter(*place, name));
    let contents = match (&one.body, &other.body) {
        (Some(DraftBody::Value { value, media_type }), Some(DraftBody::Value { value: twin, media_type: of_twin })) => {
            usize::from(media_type != of_twin) + places(value, twin)
        }
        (one, other) => usize::from(one != other),
    };
    parameters.count() + contents
}

/// The number of places in which two values differ; what only one of them has is one place.
fn places(one: &Value, other: &Value) -> usize {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let only = other.keys().filter(|name| !one.contains_key(*name)).count();
            let both = one.iter().map(|(name, value)| other.get(name).map_or(1, |other| places(value, other)));
            only + both.sum::<usize>()
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            one.iter().zip(other).map(|(one, other)| places(one, other)).sum()
        }
        (one, other) => usize::from(one != other),
    }
}
