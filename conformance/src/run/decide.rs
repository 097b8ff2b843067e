//! What becomes of one case: it is executed, what it shows is made as small as it gets, and entered.

use crate::case::{Case, CaseKind, Sends, Task};
use crate::evidence::Evidence;
use crate::evidence::ShrinkEnd;
use crate::plan::{OperationPlan, Plan};
use crate::run::executor::{Executor, Outcome, is_accepted_breach};
use crate::run::numbers::Shrinking;
use crate::run::shrink::{self, StillFails};
use crate::run::verdicts::Verdicts;
use crate::scenario::read_back;
use crate::target::{Exchange, TargetError};
use crate::transcript::{self, Role, Step};
use crate::verdict::Verdict;

/// Plays a case and enters what it shows: about its own row, and about every documented response that came back.
///
/// # Errors
/// Where the target is gone.
pub(super) async fn decide<E: Exchange>(
    executor: &mut Executor<'_, E>,
    verdicts: &mut Verdicts<'_>,
    plan: &Plan,
    (planned, case): (&OperationPlan, &Case),
) -> Result<(), TargetError> {
    let task = case.task(&planned.rows);
    let (tree, first) = executor.case(planned, case).await?;
    verdicts.note_valid(planned, case, &first);
    if first.silence.is_some() {
        verdicts.note_silence();
    }
    let (mut outcome, mut effort) = (first.clone(), None);
    if let Verdict::Violated(failure) = &first.verdict {
        let kind = failure.kind.clone();
        let still_fails = move |tried: &Outcome| matches!(&tried.verdict, Verdict::Violated(f) if f.kind == kind);
        let before = executor.sent();
        let shrunk = shrink_case(executor, planned, case, (&tree, &first), &still_fails).await;
        let (smallest, end) = match shrunk {
            Ok(smallest) => smallest,
            Err(error) => {
                // What was found stands, though nobody could make it smaller.
                let evidence = Evidence::of(case, &first.record, &first.verdict);
                verdicts.enter(executor.listener(), planned, case, first.verdict, evidence);
                return Err(error);
            }
        };
        effort = end.map(|end| (end, executor.sent() - before));
        outcome = smallest;
    }
    let mut evidence = Evidence::of(case, &outcome.record, &outcome.verdict);
    if let (Some(evidence), Some(found)) = (&mut evidence, Evidence::of(case, &first.record, &first.verdict)) {
        evidence.took(&found, task, effort);
    }
    verdicts.enter(executor.listener(), planned, case, outcome.verdict, evidence);
    for exchange in executor.put_off() {
        for (number, row, verdict) in verdicts.observe(&exchange, executor.tainted()) {
            let evidence = Evidence::at(case, &[Step::Exchanged(Box::new(exchange.clone()))], 0);
            verdicts.put(executor.listener(), (number, row), verdict, Some(evidence));
        }
    }
    for (at, exchange) in first.exchanges().enumerate() {
        // An answer to something invalid that should not have been accepted promises nothing.
        if is_accepted_breach(task, exchange) {
            continue;
        }
        let seen = verdicts.observe(exchange, executor.tainted()).into_iter().chain(verdicts.unserved(task, exchange));
        for (number, row, verdict) in seen.collect::<Vec<_>>() {
            let place = (number, row);
            let Verdict::Violated(failure) = &verdict else {
                verdicts.put(executor.listener(), place, verdict, None);
                continue;
            };
            if verdicts.is_violated(place) {
                continue;
            }
            let tainted = executor.tainted().clone();
            let shows = |tried: &Outcome, task: Task<'_>| verdicts.shows(tried, place, &failure.kind, task, &tainted);
            let before = executor.sent();
            let shown = Shown { case, tree: &tree, first: &first, exchange };
            let shrunk = smallest(executor, plan, planned, shown, &shows).await;
            let (by, smallest, end) = match shrunk {
                Ok(smallest) => smallest,
                Err(error) => {
                    let evidence = Evidence::at(case, &first.record, at);
                    verdicts.put(executor.listener(), place, verdict, Some(evidence));
                    return Err(error);
                }
            };
            let effort = end.map(|end| (end, executor.sent() - before));
            let (shown, verdict) = shows(&smallest, by).unwrap_or((at, verdict));
            let mut evidence = Evidence::at(case, &smallest.record, shown);
            evidence.took(&Evidence::at(case, &first.record, at), by, effort);
            verdicts.put(executor.listener(), place, verdict, Some(evidence));
        }
    }
    Ok(())
}

/// A plain valid request.
const PLAIN: Task<'static> = Task::Valid(0);

/// The exchange of a task's outcome that shows something, by its number, and the verdict that it shows.
type Shows<'s> = &'s dyn Fn(&Outcome, Task<'_>) -> Option<(usize, Verdict)>;

/// What showed something about a documented response.
#[derive(Clone, Copy)]
struct Shown<'s> {
    case: &'s Case,
    tree: &'s Shrinking,
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
    let Shown { case, tree, first, exchange } = shown;
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
    let (outcome, end) = shrink_case(executor, planned, case, (tree, first), &still_fails).await?;
    Ok((task, outcome, end))
}

/// The smallest outcome of a case itself: by its numbers, or for a story by the request that it opens with.
async fn shrink_case<E: Exchange>(
    executor: &mut Executor<'_, E>,
    planned: &OperationPlan,
    case: &Case,
    (tree, first): (&Shrinking, &Outcome),
    still_fails: StillFails<'_>,
) -> Result<(Outcome, Option<ShrinkEnd>), TargetError> {
    match case.task(&planned.rows).sends() {
        Sends::Story => shrink::from_first_request(executor, planned, case, first.clone(), still_fails).await,
        Sends::Valid | Sends::AtLimit | Sends::Breach | Sends::AgainstAdvice | Sends::Altered => {
            shrink::from_numbers(executor, planned, case, tree.clone(), first.clone(), still_fails).await
        }
    }
}
