//! A run: plays every case of the plan against a target, has every answer judged, makes what fails smaller, and ends in a
//! report. Requests go out one after another, so the same run sends the same requests in the same order.

mod play;
mod shrink;
mod tally;

use etalon_contract::behaviour::Behaviour;
use etalon_contract::model::{Contract, Operation};

use crate::numbers::Shrinking;
use crate::plan::{Act, Case, Chapter, Plan, plan};
use crate::report::Report;
use crate::run::play::{Outcome, Player, breaks};
use crate::run::tally::Tally;
use crate::script::{Scene, read_back};
use crate::settings::Settings;
use crate::talk::{Exchange as Sent, Role};
use crate::target::{Exchange, TargetError};
use crate::verdict::Verdict;

pub use crate::run::shrink::{Effort, End};
pub use crate::run::tally::Evidence;

/// What happens during a run, for whoever watches.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress<'e> {
    /// The plan is made.
    Planned {
        /// How many operations are tested.
        operations: usize,
        /// How many rows they have.
        rows: usize,
        /// How many cases there are.
        cases: usize,
    },
    /// A case begins.
    Case {
        /// How many were played before it.
        done: usize,
        /// How many there are.
        cases: usize,
        /// The operation's id.
        operation: &'e str,
        /// The row's id; `None` for plain valid requests.
        row: Option<&'e str>,
    },
    /// A row is violated, and the failing request has been made as small as it gets.
    Violated {
        /// The row's id.
        row: &'e str,
        /// What came back.
        found: &'e str,
    },
}

/// Why a run has no report.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The target gives no answers.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The contract has no operation that can be tested, or none of those asked for.
    #[error("nothing to test: {0}")]
    Nothing(String),
    /// What answers is not what the contract describes.
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
    on: &mut dyn FnMut(&Progress<'_>),
) -> Result<Report, RunError> {
    let plan = plan(contract, behaviour, settings);
    something_to_test(contract, settings, &plan)?;
    let began = target.now();
    let scene = Scene { contract, behaviour, settings };
    let mut player = Player::new(scene, target);
    let mut tally = Tally::new(scene, &plan);
    let cases = plan.operations.iter().map(|chapter| chapter.cases.len()).sum();
    let rows = plan.operations.iter().map(|chapter| chapter.rows.len()).sum();
    on(&Progress::Planned { operations: plan.operations.len(), rows, cases });
    let mut done = 0;
    // Plain valid requests come first: they show whether this is the API at all, before anything invalid is sent.
    for pass in [Pass::Valid, Pass::Rest] {
        for chapter in &plan.operations {
            for case in chapter.cases.iter().filter(|case| pass.takes(case.act)) {
                let operation = &contract.entries()[chapter.operation].id;
                let row = case.row.map(|row| chapter.rows[row].id.as_str());
                on(&Progress::Case { done, cases, operation, row });
                done += 1;
                decide(&mut player, &mut tally, on, &plan, (chapter, case)).await?;
            }
        }
        if let Some(answer) = tally.another_server().filter(|_| pass == Pass::Valid) {
            return Err(RunError::AnotherServer { answer });
        }
        if let Some(answer) = tally.locked_out().filter(|_| pass == Pass::Valid) {
            let asked = plan.operations.iter().filter_map(|chapter| contract.operation(chapter.operation).ok());
            return Err(RunError::LockedOut { answer, asked: alternatives(asked) });
        }
    }
    let took = target.now().saturating_sub(began);
    Ok(tally.report(&plan, target.origin(), player.sent(), took))
}

/// The passes over the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    /// Plain valid requests.
    Valid,
    /// All else.
    Rest,
}

impl Pass {
    fn takes(self, act: Act) -> bool {
        matches!(act, Act::Valid(_)) == (self == Self::Valid)
    }
}

/// Plays a case and enters what it shows: about its own row, and about every documented response that came back.
async fn decide<E: Exchange>(
    player: &mut Player<'_, E>,
    tally: &mut Tally<'_>,
    on: &mut dyn FnMut(&Progress<'_>),
    plan: &Plan,
    (chapter, case): (&Chapter, &Case),
) -> Result<(), RunError> {
    let (tree, first) = player.case(chapter, case).await?;
    tally.saw(chapter, case, &first);
    let (mut outcome, mut effort) = (first.clone(), None);
    if let Verdict::Violated(failure) = &first.verdict {
        let kind = failure.kind.clone();
        let same = move |tried: &Outcome| matches!(&tried.verdict, Verdict::Violated(f) if f.kind == kind);
        let before = player.sent();
        let (smallest, end) = shrink::from_numbers(player, chapter, case, tree.clone(), first.clone(), &same).await?;
        effort = end.map(|end| (end, player.sent() - before));
        outcome = smallest;
    }
    let mut evidence = Evidence::of(case, &outcome.record, &outcome.verdict);
    if let (Some(evidence), Some(found)) = (&mut evidence, Evidence::of(case, &first.record, &first.verdict)) {
        evidence.took(&found, effort);
    }
    tally.enter(on, chapter, case, outcome.verdict, evidence);
    for (at, exchange) in first.exchanges().enumerate() {
        // An answer to something invalid that should not have been accepted promises nothing.
        if breaks(case.act, exchange) {
            continue;
        }
        let seen = tally.observe(exchange, player.spoilt()).into_iter().chain(tally.unserved(case.act, exchange));
        for (chapter_number, row, verdict) in seen.collect::<Vec<_>>() {
            let place = (chapter_number, row);
            let Verdict::Violated(failure) = &verdict else {
                tally.put(on, place, verdict, None);
                continue;
            };
            if tally.is_violated(place) {
                continue;
            }
            let spoilt = player.spoilt().clone();
            let shows = |tried: &Outcome, act: Act| tally.shows(tried, place, &failure.kind, act, &spoilt);
            let before = player.sent();
            let shown = Shown { case, tree: &tree, first: &first, exchange };
            let (by, smallest, end) = smallest(player, plan, chapter, shown, &shows).await?;
            let effort = end.map(|end| (end, player.sent() - before));
            let (shown, verdict) = shows(&smallest, by).unwrap_or((at, verdict));
            let mut evidence = Evidence::at(case, &smallest.record, shown);
            evidence.took(&Evidence::at(case, &first.record, at), effort);
            tally.put(on, place, verdict, Some(evidence));
        }
    }
    Ok(())
}

/// What showed something about a documented response.
#[derive(Clone, Copy)]
struct Shown<'s> {
    case: &'s Case,
    tree: &'s Shrinking,
    first: &'s Outcome,
    exchange: &'s Sent,
}

/// The smallest outcome that shows the same of a documented response, and the act that it came of. A valid request is best
/// sent by itself, whatever case it was part of; what cannot be shown so is made smaller as part of its case.
async fn smallest<E: Exchange>(
    player: &mut Player<'_, E>,
    plan: &Plan,
    chapter: &Chapter,
    shown: Shown<'_>,
    shows: &dyn Fn(&Outcome, Act) -> Option<(usize, Verdict)>,
) -> Result<(Act, Outcome, Option<End>), RunError> {
    let Shown { case, tree, first, exchange } = shown;
    let by_itself = match case.act {
        Act::Past(_) | Act::At(_) | Act::MediaType(_) | Act::Story => true,
        Act::Valid(_) | Act::Probe(_) => exchange.role != Role::Tested,
        Act::Accept | Act::Method | Act::Path | Act::Security => false,
    };
    let own = plan.operations.iter().find(|chapter| Some(chapter.operation) == exchange.operation);
    if let (true, Some(own), Some(draft)) = (by_itself, own, read_back(player.scene(), &exchange.request)) {
        let plain = Case { id: case.id.clone(), row: None, act: Act::Valid(0) };
        let same = |tried: &Outcome| shows(tried, plain.act).is_some();
        if let Some((outcome, end)) = shrink::from_draft(player, own, &plain, draft, &same).await? {
            return Ok((plain.act, outcome, end));
        }
    }
    let same = |tried: &Outcome| shows(tried, case.act).is_some();
    let (outcome, end) = shrink::from_numbers(player, chapter, case, tree.clone(), first.clone(), &same).await?;
    Ok((case.act, outcome, end))
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
