//! A run: executes every case of the plan against a target, has every answer judged, makes what fails smaller, and ends in a
//! report. Requests go out one after another, so the same run sends the same requests in the same order.

mod decide;
mod event;
mod executor;
mod numbers;
mod retry;
mod shrink;
mod verdicts;

use etalon_contract::behaviour::Behaviour;
use etalon_contract::model::{Contract, Operation};

use crate::case::CaseKind;
use crate::plan::{Plan, plan};
use crate::report::{Course, Ending, Report};
use crate::run::decide::decide;
use crate::run::executor::Executor;
use crate::run::verdicts::Verdicts;
use crate::session::Session;
use crate::settings::Settings;
use crate::target::{Exchange, TargetError};

pub use crate::run::event::{Event, Listener};

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
        /// What it answers.
        answer: String,
    },
    /// Nobody is let in.
    #[error("the target lets no valid request in: it answers {answer}; the contract asks for {}", asks(.asked))]
    LockedOut {
        /// What it answers.
        answer: String,
        /// What the operations ask for: the names of security schemes, those that are needed together joined by `and`.
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
    let session = Session { contract, behaviour, settings };
    let mut executor = Executor::new(session, target, listener);
    let mut verdicts = Verdicts::new(session, &plan);
    let cases = plan.operations.iter().map(|planned| planned.cases.len()).sum();
    let rows = plan.operations.iter().map(|planned| planned.rows.len()).sum();
    let max_time = settings.max_time;
    executor.tell(&Event::Planned { operations: plan.operations.len(), rows, cases, max_time });
    let mut done = 0;
    let mut ending = Ending::Complete;
    // Plain valid requests come first: they show whether this is the API at all, before anything invalid is sent.
    'run: for pass in [Pass::Valid, Pass::Rest] {
        for planned in &plan.operations {
            for case in planned.cases.iter().filter(|case| pass.takes(case.kind)) {
                let operation = &contract.entries()[planned.operation].id;
                let row = case.row().map(|row| planned.rows[row].id.as_str());
                executor.tell(&Event::CaseStarted { done, cases, operation, row });
                done += 1;
                let late = executor.is_late().then(|| verdicts.won());
                match decide(&mut executor, &mut verdicts, &plan, (planned, case)).await {
                    Ok(()) => {}
                    Err(TargetError::Interrupted) => ending = Ending::Interrupted,
                    Err(TargetError::OutOfTime) => ending = Ending::OutOfTime,
                    // Who never answered has no report: there is nothing to tell.
                    Err(error) if !executor.was_answered() => return Err(error.into()),
                    Err(error) => ending = Ending::Gone(error.to_string()),
                }
                if ending != Ending::Complete {
                    break 'run;
                }
                if late.is_some_and(|before| verdicts.won() > before) {
                    executor.won();
                }
            }
        }
        if let Some(answer) = verdicts.another_server().filter(|_| pass == Pass::Valid) {
            return Err(RunError::AnotherServer { answer });
        }
        if let Some(answer) = verdicts.locked_out().filter(|_| pass == Pass::Valid) {
            let asked = plan.operations.iter().filter_map(|planned| contract.operation(planned.operation).ok());
            return Err(RunError::LockedOut { answer, asked: alternatives(asked) });
        }
    }
    let took = target.now().saturating_sub(began);
    let report = verdicts.report(&plan, target.origin(), &Course { ending, requests: executor.sent(), took });
    for row in report.rows() {
        executor.tell(&Event::RowDecided(row));
    }
    executor.tell(&Event::Finished(&report));
    Ok(report)
}

/// The passes over the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    /// Plain valid requests, which show that an operation works.
    Valid,
    /// All other cases.
    Rest,
}

impl Pass {
    fn takes(self, kind: CaseKind) -> bool {
        matches!(kind, CaseKind::Valid(_)) == (self == Self::Valid)
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
