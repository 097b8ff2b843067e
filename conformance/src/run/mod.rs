//! A run: executes every case of the plan against a target, has every answer judged, makes what fails smaller, and ends in a
//! report. Requests go out one after another, so the same run sends the same requests in the same order.

mod decide;
mod event;
mod executor;
mod guard;
mod learn;
pub(crate) mod ledger;
mod leftovers;
mod links;
mod numbers;
mod observe;
mod originals;
mod retry;
mod shrink;
mod verdicts;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use etalon_contract::behaviour::Behaviour;
use etalon_contract::model::{Contract, Operation};

use crate::case::{Case, CaseKind, Probe, Sends};
use crate::knowledge::Knowledge;
use crate::plan::{OperationPlan, Plan, plan};
use crate::report::{Course, Ending, Report};
use crate::run::decide::{Found, decide, note, shrink};
use crate::run::executor::Executor;
use crate::run::learn::learn;
use crate::run::verdicts::Verdicts;
use crate::session::Session;
use crate::settings::{Changes, Settings};
use crate::target::{Exchange, TargetError};
use crate::verdict::Verdict;

pub use crate::run::event::{Afterwards, Event, Listener};

/// The reason why a run has no report.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The target gives no answers.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The contract has no operation that can be tested, or none of those asked for.
    #[error("nothing to test: {0}")]
    Nothing(String),
    /// The server that answers is not the one that the contract describes.
    #[error("the target answers {answer} to every valid request; is this the base URL of the API?")]
    AnotherServer {
        /// The answer of that server, in a few words.
        answer: String,
    },
    /// Nobody is let in.
    #[error("the target lets no valid request in: it answers {answer}; the contract asks for {}", asks(.asked))]
    LockedOut {
        /// The answer to every request, in a few words.
        answer: String,
        /// The credentials that the operations ask for: the names of security schemes, those that are needed together
        /// joined by `and`.
        asked: Vec<String>,
    },
}

/// The alternatives of credentials that operations ask for, each once, in the order of the document.
fn alternatives<'c>(operations: impl Iterator<Item = &'c Operation>) -> Vec<String> {
    let mut asked: Vec<String> = Vec::new();
    for alternative in operations.flat_map(|operation| &operation.security) {
        let names: Vec<&str> = alternative.schemes.iter().map(|(scheme, _)| scheme.name.as_str()).collect();
        let names = names.join(" and ");
        if !names.is_empty() && !asked.contains(&names) {
            asked.push(names);
        }
    }
    asked
}

fn asks(asked: &[String]) -> String {
    if asked.is_empty() { "no credentials".to_owned() } else { asked.join(", or ") }
}

/// Runs the whole plan.
///
/// # Errors
/// Where nothing can be tested: no operation, no target, or a target that is something else.
pub async fn run<E: Exchange>(
    contract: &Contract,
    behaviour: &Behaviour,
    settings: &Settings,
    target: &E,
    listener: &mut Listener<'_>,
) -> Result<Report, RunError> {
    let plan = plan(contract, behaviour, settings);
    something_to_test(contract, settings, &plan)?;
    let began = target.now();
    let knowledge = RefCell::new(Knowledge::at(target.mount()));
    let session = Session { contract, behaviour, settings, knowledge: &knowledge };
    let mut executor = Executor::new(session, target, listener);
    let verdicts = Verdicts::new(session, &plan);
    let cases = plan.operations.iter().map(|planned| planned.cases.len()).sum();
    let rows = plan.operations.iter().map(|planned| planned.rows.len()).sum();
    let max_time = settings.max_time;
    executor.tell(&Event::Planned { operations: plan.operations.len(), rows, cases, max_time });
    let mut run = Run { executor, verdicts, plan: &plan, done: 0, cases, found: Vec::new() };
    let tested = run.plan().await;
    let mut ending = run.ended(tested)?;
    let Run { mut executor, mut verdicts, found, .. } = run;
    if matches!(ending, Ending::Complete | Ending::OutOfTime) {
        executor.goes_on();
        let shrunk = shrunk(&mut executor, &mut verdicts, &plan, found).await?;
        if shrunk != Ending::Complete {
            ending = shrunk;
        }
    }
    let left_behind = match settings.changes {
        Changes::Own | Changes::Destructive => executor.clean_up().await?,
        Changes::Anything | Changes::ReadOnly | Changes::NotAllowed => Vec::new(),
    };
    let took = target.now().saturating_sub(began);
    let course = Course { ending, requests: executor.sent(), took, left_behind };
    let report = verdicts.report(&plan, target.origin(), &course);
    for row in report.rows() {
        executor.tell(&Event::RowDecided(row));
    }
    executor.tell(&Event::Finished(&report));
    Ok(report)
}

/// A run while it goes on.
struct Run<'r, E> {
    executor: Executor<'r, E>,
    verdicts: Verdicts<'r>,
    plan: &'r Plan,
    done: usize,
    cases: usize,
    found: Vec<Found>,
}

/// After how many operations it is looked whether this is the API at all: a wrong base path is told after tens of requests.
const ENOUGH: usize = 20;

impl<E: Exchange> Run<'_, E> {
    /// Tests every operation. What ends or empties something that others need comes last.
    async fn plan(&mut self) -> Result<(), RunError> {
        let session = self.executor.session();
        let ends = |planned: &&OperationPlan| {
            session.contract.operation(planned.operation).is_ok_and(|operation| guard::ends(session, operation))
        };
        let (last, first): (Vec<_>, Vec<_>) = self.plan.operations.iter().partition(ends);
        self.operations(&first).await?;
        self.operations(&last).await
    }

    /// The ending of the plan, from its result.
    fn ended(&self, tested: Result<(), RunError>) -> Result<Ending, RunError> {
        match tested {
            Ok(()) => Ok(Ending::Complete),
            Err(RunError::Target(error)) => ended(error, self.executor.was_answered()),
            Err(error @ (RunError::Nothing(_) | RunError::AnotherServer { .. } | RunError::LockedOut { .. })) => {
                Err(error)
            }
        }
    }

    /// Tests some operations: first one plain valid request of each, then the others of that kind, which show whether this is
    /// the API at all and what it accepts, before anything invalid is sent.
    async fn operations(&mut self, operations: &[&OperationPlan]) -> Result<(), RunError> {
        let rounds = operations.iter().flat_map(|planned| &planned.cases).filter_map(|case| valid(case.kind)).max();
        for round in 0..=rounds.unwrap_or(0) {
            for (number, planned) in operations.iter().enumerate() {
                for case in planned.cases.iter().filter(|case| valid(case.kind) == Some(round)) {
                    self.case(planned, case).await?;
                }
                if round == 0 && number + 1 == ENOUGH {
                    self.is_the_api()?;
                }
            }
        }
        self.is_the_api()?;
        let mut learnt = false;
        for planned in operations {
            learnt |= self.learns(planned).await?;
        }
        if learnt {
            self.once_more(operations).await?;
        }
        let budget = self.executor.session().settings.budget;
        let mut spent = vec![0; operations.len()];
        for tier in if budget.is_some() { &TIERS[..] } else { &ALL[..] } {
            for (planned, spent) in operations.iter().zip(&mut spent) {
                let others = planned.cases.iter().filter(|case| valid(case.kind).is_none());
                let mut cases: Vec<(usize, &Case)> =
                    others.map(|case| (worth(planned, case), case)).filter(|(worth, _)| tier.contains(worth)).collect();
                if budget.is_some() {
                    cases.sort_by_key(|(worth, _)| *worth);
                }
                for (_, case) in cases {
                    if let Some(budget) = budget.filter(|budget| *spent >= *budget) {
                        self.done += 1;
                        let why = format!("the {budget} requests of its operation are spent; --budget N for more");
                        self.verdicts.enter(self.executor.listener(), planned, case, Verdict::Inconclusive(why), None);
                        continue;
                    }
                    let before = self.executor.sent();
                    self.case(planned, case).await?;
                    *spent += self.executor.sent() - before;
                }
            }
        }
        Ok(())
    }

    /// Learns what the target accepts of an operation; true where there was something to learn.
    async fn learns(&mut self, planned: &OperationPlan) -> Result<bool, TargetError> {
        for (case, outcome) in learn(&mut self.executor, planned).await? {
            self.found.extend(note(&mut self.executor, &mut self.verdicts, (planned, &case), &outcome));
        }
        let session = self.executor.session();
        Ok(session.knowledge.borrow().of(planned.operation).is_some_and(|learned| !learned.templates.is_empty()))
    }

    /// Tries the operations once more of which no valid request was accepted: what they need may be made by now, as the target
    /// wants it. Those above come first in most documents, and their items are there for those below.
    async fn once_more(&mut self, operations: &[&OperationPlan]) -> Result<(), TargetError> {
        let session = self.executor.session();
        for planned in operations {
            let accepted = |operation| {
                session.knowledge.borrow().of(operation).is_some_and(|learned| !learned.accepted.is_empty())
            };
            if accepted(planned.operation) {
                continue;
            }
            let Some(case) = planned.cases.iter().find(|case| valid(case.kind) == Some(0)) else { continue };
            self.found.extend(decide(&mut self.executor, &mut self.verdicts, (planned, case)).await?);
            if accepted(planned.operation) {
                session.knowledge.borrow_mut().of_mut(planned.operation).refuses = None;
            } else {
                self.learns(planned).await?;
            }
        }
        Ok(())
    }

    async fn case(&mut self, planned: &OperationPlan, case: &Case) -> Result<(), TargetError> {
        let session = self.executor.session();
        let operation = &session.contract.entries()[planned.operation].id;
        let row = case.row().map(|row| planned.rows[row].id.as_str());
        self.executor.tell(&Event::CaseStarted { done: self.done, cases: self.cases, operation, row });
        self.done += 1;
        if let Some(why) = spared(session, planned, case) {
            self.verdicts.enter(self.executor.listener(), planned, case, Verdict::Inconclusive(why), None);
            return Ok(());
        }
        let late = self.executor.is_late().then(|| self.verdicts.won());
        self.found.extend(decide(&mut self.executor, &mut self.verdicts, (planned, case)).await?);
        self.executor.look_for_ended_credentials().await?;
        if late.is_some_and(|before| self.verdicts.won() > before) {
            self.executor.won();
        }
        Ok(())
    }

    /// A check that the server is the one that the contract describes, and lets anybody in; an error where it is not.
    fn is_the_api(&self) -> Result<(), RunError> {
        if let Some(answer) = self.verdicts.another_server() {
            return Err(RunError::AnotherServer { answer });
        }
        if let Some(answer) = self.verdicts.locked_out() {
            let contract = self.executor.session().contract;
            let asked = self.plan.operations.iter().filter_map(|planned| contract.operation(planned.operation).ok());
            return Err(RunError::LockedOut { answer, asked: alternatives(asked) });
        }
        Ok(())
    }
}

/// The ending of a run that an error of the target ended.
///
/// # Errors
/// Who never answered has no report: there is nothing to tell. What cannot be written down may not be made.
fn ended(error: TargetError, answered: bool) -> Result<Ending, RunError> {
    match error {
        TargetError::Interrupted => Ok(Ending::Interrupted),
        TargetError::OutOfTime => Ok(Ending::OutOfTime),
        TargetError::Ledger(_) => Err(error.into()),
        TargetError::Unreachable { .. }
        | TargetError::Timeout(_)
        | TargetError::TooLarge(_)
        | TargetError::Broken(_)
        | TargetError::Withheld(_)
        | TargetError::Unsendable(_) => {
            if answered {
                Ok(Ending::Gone(error.to_string()))
            } else {
                Err(error.into())
            }
        }
    }
}

/// Makes the requests of what was found smaller, as far as the time goes; how the run ended.
async fn shrunk<E: Exchange>(
    executor: &mut Executor<'_, E>,
    verdicts: &mut Verdicts<'_>,
    plan: &Plan,
    found: Vec<Found>,
) -> Result<Ending, RunError> {
    // Of rows that one habit of the target violates, one is made small: the others are told below it.
    let budgeted = executor.session().settings.budget.is_some();
    let mut habits = BTreeSet::new();
    let all = found.len();
    for (done, found) in found.into_iter().enumerate() {
        executor.tell(&Event::Afterwards { work: Afterwards::Shrinking, done, all });
        if budgeted && found.habit(plan).is_some_and(|habit| !habits.insert(habit)) {
            continue;
        }
        match shrink(executor, verdicts, plan, found).await {
            Ok(()) => {}
            // Every case was played; only the evidence is larger than it might be.
            Err(TargetError::OutOfTime) => break,
            Err(error) => return ended(error, executor.was_answered()),
        }
    }
    Ok(Ending::Complete)
}

/// The rank of a case among those of its operation, less first, where not all may be sent: those that show much with
/// few requests, then limits from the outer members to the inner ones, the further kinds of each later.
fn worth(planned: &OperationPlan, case: &Case) -> usize {
    let depth = case.row().map_or(0, |row| planned.rows[row].pointer.tokens().count());
    let (variant, probe) = match case.kind {
        CaseKind::Valid(_) => (0, false),
        CaseKind::Probe(Probe::Example(_)) => (0, false),
        CaseKind::Probe(_) => (0, true),
        CaseKind::Row { variant, .. } => (variant, false),
    };
    match case.task(&planned.rows).sends() {
        Sends::Valid if probe => 5,
        Sends::Valid | Sends::Altered => 0,
        Sends::Story => 1,
        Sends::AtLimit | Sends::Breach | Sends::AgainstAdvice if variant == 0 => 2 + depth,
        Sends::AtLimit | Sends::Breach | Sends::AgainstAdvice => 6 + depth + variant,
    }
}

/// The tiers of worth that all operations are taken through before the next one, where time or requests may run out: what one
/// operation could go on with for hours does not keep another one from its first rows.
const TIERS: [RangeInclusive<usize>; 4] = [0..=1, 2..=3, 4..=5, 6..=usize::MAX];

/// All cases of an operation together, in the order of the plan.
const ALL: [RangeInclusive<usize>; 1] = [0..=usize::MAX];

/// The how-manieth plain valid request a case sends; `None` where it sends another.
fn valid(kind: CaseKind) -> Option<usize> {
    match kind {
        CaseKind::Valid(number) => Some(number),
        CaseKind::Probe(_) | CaseKind::Row { .. } => None,
    }
}

/// The reason why a case is not worth a request, because nothing could be shown: nothing is let in any more, or the
/// target refuses every valid request of the operation. `None` where it is worth one.
fn spared(session: Session<'_>, planned: &OperationPlan, case: &Case) -> Option<String> {
    if let Some(ended) = &session.knowledge.borrow().ended {
        return Some(ended.clone());
    }
    let shows_nothing = match case.task(&planned.rows).sends() {
        Sends::AtLimit | Sends::Breach | Sends::AgainstAdvice => true,
        Sends::Valid => valid(case.kind).is_none(),
        Sends::Altered | Sends::Story => false,
    };
    let knowledge = session.knowledge.borrow();
    let answer = knowledge.of(planned.operation)?.refuses.as_ref().filter(|_| shows_nothing)?;
    Some(format!("every valid request is refused: {answer}"))
}

fn something_to_test(contract: &Contract, settings: &Settings, plan: &Plan) -> Result<(), RunError> {
    if !plan.operations.is_empty() {
        return Ok(());
    }
    let why = match (plan.unusable.first(), settings.operations.as_slice()) {
        (Some((id, reason)), _) => format!("no operation can be used; {id}: {reason}"),
        (None, []) => "the contract has no operations".to_owned(),
        (None, wanted) => {
            let known: Vec<&str> = contract.entries().iter().map(|entry| entry.id.as_str()).collect();
            format!("the contract has no operation {}; it has {}", wanted.join(", "), known.join(", "))
        }
    };
    Err(RunError::Nothing(why))
}
