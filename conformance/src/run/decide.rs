//! What becomes of one case: it is played, and entered when its turn comes in the plan; what it shows to be violated is made as small as it gets, once the
//! plan is through.

use etalon_contract::generate::{Broken, Numbers};
use etalon_contract::rule::{Protocol, Rule};
use proptest::strategy::ValueTree;

use crate::case::{Case, CaseKind, Sends, Task};
use crate::evidence::Evidence;
use crate::evidence::ShrinkEnd;
use crate::plan::{OperationPlan, Plan};
use crate::report::{habit, said};
use crate::run::Event;
use crate::run::executor::{Executor, Outcome, is_accepted_breach};
use crate::run::numbers::Shrinking;
use crate::run::shrink::{self, StillFails};
use crate::run::verdicts::{RowIndex, Verdicts};
use crate::scenario::{Certainty, Source, alone, make, read_back};
use crate::target::{Exchange, TargetError};
use crate::transcript::{self, Role, Step};
use crate::verdict::{FailureKind, Verdict};

/// A violation whose request is to be made smaller, once the plan is through.
#[derive(Debug)]
pub(super) struct Found {
    spot: RowIndex,
    operation: usize,
    case: Case,
    origin: Origin,
    first: Outcome,
    by: By,
}

impl Found {
    /// The habit of the target that the row of this one is violated by, where others may be by the same: of one operation, or in what it
    /// says when it refuses.
    pub(super) fn habit(&self, plan: &Plan) -> Option<String> {
        match (&self.by, &self.first.verdict) {
            (By::Case(FailureKind::AcceptedInvalid), _) => {
                let planned = plan.operations.iter().find(|planned| planned.operation == self.operation)?;
                let row = planned.rows.get(self.case.row()?)?;
                Some(format!("{} {}", self.operation, habit(row)?))
            }
            (By::Case(FailureKind::UndocumentedStatus(status)), Verdict::Violated(failure)) => {
                Some(said(*status, failure))
            }
            (By::Case(_) | By::Answer(..) | By::History(..), _) => None,
        }
    }
}

/// The origin of the request of a violation.
#[derive(Clone, Debug)]
enum Origin {
    /// The numbers that the generator makes one of, and the one that it made.
    Numbers(Box<(Shrinking, Broken)>),
    /// It was made of what the target accepts.
    Draft,
}

/// The evidence that showed a violation.
#[derive(Debug)]
enum By {
    /// The verdict of the case.
    Case(FailureKind),
    /// An answer, whatever the case is about: the number of its exchange.
    Answer(FailureKind, usize),
    /// What the exchanges of the case show of a story, whatever it is about: the number of the last of them.
    History(FailureKind, usize),
}

/// A case that was executed, and is not entered yet.
#[derive(Debug)]
pub(super) struct Played {
    case: Case,
    /// The numbers that its request was made of; `None` where it was made of what the target accepts.
    tree: Option<Shrinking>,
    outcome: Outcome,
    /// The answers before its own that asked for time.
    put_off: Vec<transcript::Exchange>,
    /// The breaches that were accepted, each with the id of its row.
    breaches: Vec<(String, transcript::Exchange)>,
}

/// Plays a case.
///
/// # Errors
/// Where the target is gone.
pub(super) async fn play<E: Exchange>(
    executor: &mut Executor<'_, E>,
    planned: &OperationPlan,
    case: &Case,
) -> Result<Played, TargetError> {
    let (tree, outcome) = executor.case(planned, case).await?;
    Ok(played(executor, case.clone(), Some(tree), outcome))
}

/// A case that was executed, with what the executor noted meanwhile.
pub(super) fn played<E: Exchange>(
    executor: &mut Executor<'_, E>,
    case: Case,
    tree: Option<Shrinking>,
    outcome: Outcome,
) -> Played {
    Played { case, tree, outcome, put_off: executor.put_off(), breaches: executor.take_breaches() }
}

/// Enters what a case shows: about its own row, and about every documented response that came back. What is violated by it first.
pub(super) fn enter<E: Exchange>(
    executor: &mut Executor<'_, E>,
    verdicts: &mut Verdicts<'_>,
    planned: &OperationPlan,
    played: &Played,
) -> Vec<Found> {
    let Played { case, tree, outcome, .. } = played;
    for (row, exchange) in &played.breaches {
        executor.taint(row, exchange);
    }
    if tree.is_some() && outcome.silence.is_some() {
        verdicts.note_silence();
    }
    let shown = shown(executor, verdicts, planned, played);
    if shown.is_empty() {
        return Vec::new();
    }
    let session = executor.session();
    let made = tree.as_ref().and_then(|tree| {
        let operation = session.contract.operation(planned.operation).ok()?;
        let made = make(session, operation, case.task(&planned.rows), &mut Numbers::new(&tree.current())).ok()?;
        Some(Origin::Numbers(Box::new((tree.clone(), made))))
    });
    let origin = made.unwrap_or(Origin::Draft);
    let found = shown.into_iter().map(|(spot, by)| Found {
        spot,
        operation: planned.operation,
        case: case.clone(),
        origin: origin.clone(),
        first: outcome.clone(),
        by,
    });
    found.collect()
}

/// Enters the verdicts that a case shows; the rows that are violated by it first.
fn shown<E: Exchange>(
    executor: &Executor<'_, E>,
    verdicts: &mut Verdicts<'_>,
    planned: &OperationPlan,
    Played { case, outcome: first, put_off, .. }: &Played,
) -> Vec<(RowIndex, By)> {
    let task = case.task(&planned.rows);
    let tell = |event: &Event<'_>| executor.tell(event);
    verdicts.note_valid(planned, case, first);
    let mut found = Vec::new();
    let evidence = Evidence::of(case, &first.record, &first.verdict);
    let spot = verdicts.enter(&tell, planned, case, first.verdict.clone(), evidence);
    if let (Some(spot), Verdict::Violated(failure)) = (spot, &first.verdict) {
        found.push((spot, By::Case(failure.kind.clone())));
    }
    for exchange in put_off {
        for (number, row, verdict) in verdicts.observe(exchange, executor.tainted()) {
            let evidence = Evidence::at(case, &[Step::Exchanged(Box::new(exchange.clone()))], 0);
            verdicts.put(&tell, (number, row), verdict, Some(evidence));
        }
    }
    for (at, exchange) in first.exchanges().enumerate() {
        // An answer to something invalid that should not have been accepted promises nothing.
        if is_accepted_breach(task, exchange) || asks_for_nothing_known(task, exchange) {
            continue;
        }
        let seen = verdicts.observe(exchange, executor.tainted()).into_iter().chain(verdicts.unserved(task, exchange));
        for (number, row, verdict) in seen.collect::<Vec<_>>() {
            let spot = (number, row);
            let kind = match &verdict {
                Verdict::Violated(failure) => Some(failure.kind.clone()),
                Verdict::Proved { .. } | Verdict::Inconclusive(_) | Verdict::Unreachable(_) | Verdict::Waived(_) => {
                    None
                }
            };
            let evidence = kind.is_some().then(|| Evidence::at(case, &first.record, at));
            let first_shown = verdicts.put(&tell, spot, verdict, evidence);
            if let (true, Some(kind)) = (first_shown, kind) {
                found.push((spot, By::Answer(kind, at)));
            }
        }
    }
    // What comes of something invalid that was accepted promises nothing.
    let is_lawful = !first.exchanges().any(|exchange| is_accepted_breach(task, exchange));
    // Before the first answers nothing is known of what the target makes up by itself.
    let is_lawful = is_lawful && !matches!(case.kind, CaseKind::Valid(_));
    for (spot, sight) in verdicts.history(first).into_iter().filter(|_| is_lawful) {
        let kind = match &sight.verdict {
            Verdict::Violated(failure) => Some(failure.kind.clone()),
            Verdict::Proved { .. } | Verdict::Inconclusive(_) | Verdict::Unreachable(_) | Verdict::Waived(_) => None,
        };
        let evidence = kind.is_some().then(|| Evidence::at(case, &first.record, sight.at));
        let first_shown = verdicts.put(&tell, spot, sight.verdict, evidence);
        if let (true, Some(kind)) = (first_shown, kind) {
            found.push((spot, By::History(kind, sight.at)));
        }
    }
    found
}

/// Shows a violation once more by itself, nothing being beside it, and enters that: whatever was beside it, and in whatever order,
/// is not in the evidence. Where it does not come again, what was found stays. Stories were by themselves.
///
/// # Errors
/// Where the target is gone.
pub(super) async fn show_again<E: Exchange>(
    executor: &mut Executor<'_, E>,
    verdicts: &mut Verdicts<'_>,
    plan: &Plan,
    found: &mut Found,
) -> Result<(), TargetError> {
    let planned = plan.operations.iter().find(|planned| planned.operation == found.operation);
    let Some(planned) = planned else { return Ok(()) };
    let task = found.case.task(&planned.rows);
    if task.sends() == Sends::Story {
        return Ok(());
    }
    let outcome = match &found.origin {
        Origin::Numbers(made) => {
            let numbers = made.0.current();
            executor.execute(planned, &found.case, Source::Numbers(&numbers), Certainty::Full).await?
        }
        Origin::Draft => {
            let tested = found.first.exchanges().find(|exchange| exchange.role == Role::Tested);
            let draft = tested.and_then(|exchange| read_back(executor.session(), &exchange.request));
            let Some(draft) = draft else { return Ok(()) };
            executor.execute(planned, &found.case, Source::Drafts(&alone(draft)), Certainty::Full).await?
        }
    };
    match &mut found.by {
        By::Case(kind) => {
            if !matches!(&outcome.verdict, Verdict::Violated(failure) if failure.kind == *kind) {
                return Ok(());
            }
            let evidence = Evidence::of(&found.case, &outcome.record, &outcome.verdict);
            verdicts.replace(found.spot, outcome.verdict.clone(), evidence);
        }
        By::Answer(kind, at) => {
            let shown = verdicts.shows(&outcome, found.spot, kind, task, executor.tainted());
            let Some((here, verdict)) = shown else { return Ok(()) };
            *at = here;
            verdicts.replace(found.spot, verdict, Some(Evidence::at(&found.case, &outcome.record, here)));
        }
        By::History(kind, at) => {
            let Some(sight) = verdicts.tells(&outcome, found.spot, kind) else { return Ok(()) };
            *at = sight.at;
            let evidence = Evidence::at(&found.case, &outcome.record, sight.at);
            verdicts.replace(found.spot, sight.verdict, Some(evidence));
        }
    }
    found.first = outcome;
    Ok(())
}

/// Makes the request of a violation smaller, and enters what it is then.
///
/// # Errors
/// Where the target is gone.
pub(super) async fn shrink<E: Exchange>(
    executor: &mut Executor<'_, E>,
    verdicts: &mut Verdicts<'_>,
    plan: &Plan,
    found: Found,
) -> Result<(), TargetError> {
    let Found { spot, operation, case, origin, first, by } = found;
    let Some(planned) = plan.operations.iter().find(|planned| planned.operation == operation) else { return Ok(()) };
    let before = executor.sent();
    match by {
        By::Case(kind) => {
            let still_fails = move |tried: &Outcome| matches!(&tried.verdict, Verdict::Violated(f) if f.kind == kind);
            let (outcome, end) = shrink_case(executor, planned, &case, (&origin, &first), &still_fails).await?;
            let effort = end.map(|end| (end, executor.sent() - before));
            let mut evidence = Evidence::of(&case, &outcome.record, &outcome.verdict);
            if let (Some(evidence), Some(found)) = (&mut evidence, Evidence::of(&case, &first.record, &first.verdict)) {
                evidence.took(&found, case.task(&planned.rows), effort);
            }
            verdicts.replace(spot, outcome.verdict, evidence);
        }
        By::Answer(kind, at) => {
            let Some(exchange) = first.exchanges().nth(at) else { return Ok(()) };
            let tainted = executor.tainted().clone();
            let shows = |tried: &Outcome, task: Task<'_>| verdicts.shows(tried, spot, &kind, task, &tainted);
            let shown = Shown { case: &case, origin: &origin, first: &first, exchange };
            let (by, smallest, end) = smallest(executor, plan, planned, shown, &shows).await?;
            let effort = end.map(|end| (end, executor.sent() - before));
            // What was accepted wrongly meanwhile may explain it now; it was shown all the same.
            let Some((shown, verdict)) = shows(&smallest, by) else { return Ok(()) };
            let mut evidence = Evidence::at(&case, &smallest.record, shown);
            evidence.took(&Evidence::at(&case, &first.record, at), by, effort);
            verdicts.replace(spot, verdict, Some(evidence));
        }
        By::History(kind, at) => {
            let still_fails = |tried: &Outcome| verdicts.tells(tried, spot, &kind).is_some();
            let (smallest, end) = shrink_case(executor, planned, &case, (&origin, &first), &still_fails).await?;
            let effort = end.map(|end| (end, executor.sent() - before));
            let Some(sight) = verdicts.tells(&smallest, spot, &kind) else { return Ok(()) };
            let mut evidence = Evidence::at(&case, &smallest.record, sight.at);
            evidence.took(&Evidence::at(&case, &first.record, at), case.task(&planned.rows), effort);
            verdicts.replace(spot, sight.verdict, Some(evidence));
        }
    }
    Ok(())
}

/// True where a request asks for no media type that the operation has: what it gets may be in any (RFC 9110 §12.5.1), and its own row
/// judges that.
fn asks_for_nothing_known(task: Task<'_>, exchange: &transcript::Exchange) -> bool {
    exchange.role == Role::Tested
        && task.row().is_some_and(|row| matches!(row.rule, Rule::Protocol(Protocol::NotAcceptable)))
}

/// A plain valid request.
const PLAIN: Task<'static> = Task::Valid(0);

/// The exchange of a task's outcome that shows something, by its number, and the verdict that it shows.
type Shows<'s> = &'s dyn Fn(&Outcome, Task<'_>) -> Option<(usize, Verdict)>;

/// The case, request and exchange that showed something about a documented response.
#[derive(Clone, Copy)]
struct Shown<'s> {
    case: &'s Case,
    origin: &'s Origin,
    first: &'s Outcome,
    exchange: &'s transcript::Exchange,
}

/// The smallest outcome that shows the same of a documented response, and the task that it came of. A valid request is best
/// sent by itself, whatever case it was part of; what cannot be shown so is made smaller as part of its case.
async fn smallest<'p, E: Exchange>(
    executor: &mut Executor<'_, E>,
    plan: &Plan,
    planned: &'p OperationPlan,
    shown: Shown<'_>,
    shows: Shows<'_>,
) -> Result<(Task<'p>, Outcome, Option<ShrinkEnd>), TargetError> {
    let Shown { case, origin, first, exchange } = shown;
    let task = case.task(&planned.rows);
    let by_itself = match task.sends() {
        Sends::AtLimit | Sends::Breach | Sends::AgainstAdvice | Sends::Story => true,
        Sends::Valid => exchange.role != Role::Tested,
        Sends::Altered => false,
    };
    let own = plan.operations.iter().find(|planned| Some(planned.operation) == exchange.operation);
    if let (true, Some(own), Some(draft)) = (by_itself, own, read_back(executor.session(), &exchange.request)) {
        let plain = Case { id: case.id.clone(), kind: CaseKind::Valid(0) };
        let still_fails = |tried: &Outcome| shows(tried, PLAIN).is_some();
        if let Some((outcome, end)) = shrink::from_draft(executor, own, &plain, draft, &still_fails).await? {
            return Ok((PLAIN, outcome, end));
        }
    }
    let still_fails = |tried: &Outcome| shows(tried, task).is_some();
    let (outcome, end) = shrink_case(executor, planned, case, (origin, first), &still_fails).await?;
    Ok((task, outcome, end))
}

/// The smallest outcome of a case itself: by its numbers, or for a story by the request that it opens with.
async fn shrink_case<E: Exchange>(
    executor: &mut Executor<'_, E>,
    planned: &OperationPlan,
    case: &Case,
    (origin, first): (&Origin, &Outcome),
    still_fails: StillFails<'_>,
) -> Result<(Outcome, Option<ShrinkEnd>), TargetError> {
    if case.task(&planned.rows).sends() == Sends::Story {
        return shrink::from_first_request(executor, planned, case, first.clone(), still_fails).await;
    }
    match origin {
        Origin::Numbers(made) => {
            shrink::from_numbers(executor, planned, case, made.as_ref().clone(), first.clone(), still_fails).await
        }
        Origin::Draft => {
            let tested = first.exchanges().find(|exchange| exchange.role == Role::Tested);
            let draft = tested.and_then(|exchange| read_back(executor.session(), &exchange.request));
            let shrunk = match draft {
                Some(draft) => shrink::from_draft(executor, planned, case, draft, still_fails).await?,
                None => None,
            };
            Ok(shrunk.unwrap_or_else(|| (first.clone(), None)))
        }
    }
}
