//! A run: executes every case of the plan against a target, has every answer judged, makes what fails smaller, and ends in a
//! report. What shares nothing may be executed beside each other (`company`); whatever number of workers does so, the same cases
//! send the same requests, and are entered in the order of the plan (`beside`).

mod beside;
mod company;
mod decide;
mod error;
mod event;
mod executor;
mod guard;
mod learn;
pub(crate) mod ledger;
mod leftovers;
mod links;
mod numbers;
mod observe;
mod onlooker;
mod originals;
mod retry;
mod shrink;
mod verdicts;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use etalon_contract::behaviour::Behaviour;
use etalon_contract::model::Contract;

use crate::case::{Case, CaseKind, Probe, Sends};
use crate::knowledge::Knowledge;
use crate::plan::{OperationPlan, Plan, plan};
use crate::report::{Course, Ending, Report};
use crate::run::beside::{Board, Job, Run, Work};
use crate::run::company::companies;
use crate::run::decide::{Found, show_again, shrink};
use crate::run::executor::{Executor, Traffic};
use crate::run::verdicts::Verdicts;
use crate::session::Session;
use crate::settings::{Changes, Settings};
use crate::target::{Exchange, TargetError};

pub use crate::run::error::RunError;
pub use crate::run::event::{Afterwards, Event, Listener};
pub use crate::run::onlooker::{Grounds, Onlooker, Party, Remark, remarks};

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
    let traffic = Traffic::new(target, listener, settings.max_time);
    // One for each family of operations that are tested beside others; there are no more than operations.
    let beside: Vec<RefCell<Knowledge>> = contract.entries().iter().map(|_| RefCell::default()).collect();
    let executor = Executor::new(session, &traffic);
    let verdicts = Verdicts::new(session, &plan);
    let cases = plan.operations.iter().map(|planned| planned.cases.len()).sum();
    let rows = plan.operations.iter().map(|planned| planned.rows.len()).sum();
    let max_time = settings.max_time;
    executor.tell(&Event::Planned { operations: plan.operations.len(), rows, cases, max_time });
    let board = Board::new(&plan, &beside, companies(session, &plan), cases);
    let mut run = Run { executor, verdicts, board, found: Vec::new() };
    let tested = run.plan().await;
    let mut ending = run.ended(tested)?;
    let Run { mut executor, mut verdicts, found, .. } = run;
    if matches!(ending, Ending::Complete | Ending::OutOfTime) {
        traffic.goes_on();
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
    let course = Course { ending, requests: traffic.sent(), took, left_behind };
    let report = verdicts.report(&plan, target.origin(), &course);
    for row in report.rows() {
        traffic.tell(&Event::RowDecided(row));
    }
    traffic.tell(&Event::Finished(&report));
    Ok(report)
}

impl<E: Exchange> Run<'_, E> {
    /// Tests every operation. What makes things that act by themselves comes late, what ends or empties something that others need last.
    async fn plan(&mut self) -> Result<(), RunError> {
        let session = self.executor.session();
        let turn = |at: &usize| {
            let operation = session.contract.operation(self.board.plan.operations[*at].operation);
            match operation {
                Ok(operation) if guard::ends(session, operation) => 2,
                Ok(operation) if guard::acts_by_itself(operation) => 1,
                Ok(_) | Err(_) => 0,
            }
        };
        let mut all: Vec<usize> = (0..self.board.plan.operations.len()).collect();
        all.sort_by_key(turn);
        for turn in all.chunk_by(|one, other| turn(one) == turn(other)).map(<[usize]>::to_vec).collect::<Vec<_>>() {
            self.operations(&turn).await?;
        }
        Ok(())
    }

    /// The ending of the plan, from its result.
    fn ended(&self, tested: Result<(), RunError>) -> Result<Ending, RunError> {
        match tested {
            Ok(()) => Ok(Ending::Complete),
            Err(RunError::Target(error)) => ended(error, self.executor.traffic().was_answered()),
            Err(error @ (RunError::Nothing(_) | RunError::AnotherServer { .. } | RunError::LockedOut { .. })) => {
                Err(error)
            }
        }
    }

    /// Tests some operations, by their places in the plan: first one plain valid request of each, then the others of that kind,
    /// which show whether this is the API at all and what it accepts, before anything invalid is sent.
    async fn operations(&mut self, operations: &[usize]) -> Result<(), RunError> {
        let plan = self.board.plan;
        let cases = |at: &usize| plan.operations[*at].cases.iter();
        let rounds = operations.iter().flat_map(cases).filter_map(|case| valid(case.kind)).max();
        for round in 0..=rounds.unwrap_or(0) {
            let of = |at: &usize| {
                let planned = *at;
                cases(at)
                    .filter(move |case| valid(case.kind) == Some(round))
                    .map(move |case| Job { planned, work: Work::Case(case) })
            };
            self.jobs(operations.iter().flat_map(of).collect()).await?;
        }
        self.is_the_api()?;
        let learn = |at: &usize| Job { planned: *at, work: Work::Learn };
        self.jobs(operations.iter().map(learn).collect()).await?;
        let learnt = |at: &usize| {
            let knowledge = self.executor.session().knowledge.borrow();
            knowledge.of(plan.operations[*at].operation).is_some_and(|learned| !learned.templates.is_empty())
        };
        if operations.iter().any(learnt) {
            // What they need may be made by now, as the target wants it. Those above come first in most documents, and their items
            // are there for those below.
            let again = operations.iter().filter_map(|at| {
                let case = cases(at).find(|case| valid(case.kind) == Some(0))?;
                Some(Job { planned: *at, work: Work::OnceMore(case) })
            });
            self.jobs(again.collect()).await?;
        }
        let budgeted = self.executor.session().settings.budget.is_some();
        for tier in if budgeted { &TIERS[..] } else { &ALL[..] } {
            let mut jobs = Vec::new();
            for at in operations {
                let planned = &plan.operations[*at];
                let others = planned.cases.iter().filter(|case| valid(case.kind).is_none());
                let mut cases: Vec<(usize, &Case)> =
                    others.map(|case| (worth(planned, case), case)).filter(|(worth, _)| tier.contains(worth)).collect();
                if budgeted {
                    cases.sort_by_key(|(worth, _)| *worth);
                }
                jobs.extend(cases.into_iter().map(|(_, case)| Job { planned: *at, work: Work::Budgeted(case) }));
            }
            self.jobs(jobs).await?;
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

/// The divisor of the requests of a plan that has a budget: so many more are spent on making failing requests smaller, but no fewer than
/// [`SMALLER_AT_LEAST`].
const SMALLER: usize = 8;

/// The fewest requests that are spent on making failing requests smaller.
const SMALLER_AT_LEAST: usize = 1_000;

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
    let traffic = executor.traffic();
    let most = traffic.sent() + (traffic.sent() / SMALLER).max(SMALLER_AT_LEAST);
    for (done, mut found) in found.into_iter().enumerate() {
        // What is found stays as it was found: only its requests are larger than they might be.
        if budgeted && traffic.sent() > most {
            break;
        }
        executor.tell(&Event::Afterwards { work: Afterwards::Shrinking, done, all });
        let again = show_again(executor, verdicts, plan, &mut found).await;
        let is_small = budgeted && found.habit(plan).is_some_and(|habit| !habits.insert(habit));
        let smaller = match again {
            Ok(()) if is_small => Ok(()),
            Ok(()) => shrink(executor, verdicts, plan, found).await,
            Err(error) => Err(error),
        };
        let removed = executor.remove_acting().await;
        match smaller.and(removed) {
            Ok(()) => {}
            // Every case was played; only the evidence is larger than it might be.
            Err(TargetError::OutOfTime) => break,
            Err(error) => return ended(error, executor.traffic().was_answered()),
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
