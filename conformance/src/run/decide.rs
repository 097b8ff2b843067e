//! What becomes of one case: it is played, what it shows is made as small as it gets, and entered.

use crate::case::{Act, Case};
use crate::evidence::Evidence;
use crate::evidence::ShrinkEnd;
use crate::plan::{OperationPlan, Plan};
use crate::run::executor::{Executor, Outcome, breaks};
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
pub async fn decide<E: Exchange>(
    executor: &mut Executor<'_, E>,
    verdicts: &mut Verdicts<'_>,
    plan: &Plan,
    (planned, case): (&OperationPlan, &Case),
) -> Result<(), TargetError> {
    let (tree, first) = executor.case(planned, case).await?;
    verdicts.saw(planned, case, &first);
    let (mut outcome, mut effort) = (first.clone(), None);
    if let Verdict::Violated(failure) = &first.verdict {
        let kind = failure.kind.clone();
        let still_fails = move |tried: &Outcome| matches!(&tried.verdict, Verdict::Violated(f) if f.kind == kind);
        let before = executor.sent();
        let (smallest, end) = shrink_case(executor, planned, case, (&tree, &first), &still_fails).await?;
        effort = end.map(|end| (end, executor.sent() - before));
        outcome = smallest;
    }
    let mut evidence = Evidence::of(case, &outcome.record, &outcome.verdict);
    if let (Some(evidence), Some(found)) = (&mut evidence, Evidence::of(case, &first.record, &first.verdict)) {
        evidence.took(&found, case.act, effort);
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
        if breaks(case.act, exchange) {
            continue;
        }
        let seen =
            verdicts.observe(exchange, executor.tainted()).into_iter().chain(verdicts.unserved(case.act, exchange));
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
            let shows = |tried: &Outcome, act: Act| verdicts.shows(tried, place, &failure.kind, act, &tainted);
            let before = executor.sent();
            let shown = Shown { case, tree: &tree, first: &first, exchange };
            let (by, smallest, end) = smallest(executor, plan, planned, shown, &shows).await?;
            let effort = end.map(|end| (end, executor.sent() - before));
            let (shown, verdict) = shows(&smallest, by).unwrap_or((at, verdict));
            let mut evidence = Evidence::at(case, &smallest.record, shown);
            evidence.took(&Evidence::at(case, &first.record, at), by, effort);
            verdicts.put(executor.listener(), place, verdict, Some(evidence));
        }
    }
    Ok(())
}

/// Which exchange of an outcome of an act shows it, and how.
type Shows<'s> = &'s dyn Fn(&Outcome, Act) -> Option<(usize, Verdict)>;

/// What showed something about a documented response.
#[derive(Clone, Copy)]
struct Shown<'s> {
    case: &'s Case,
    tree: &'s Shrinking,
    first: &'s Outcome,
    exchange: &'s transcript::Exchange,
}

/// The smallest outcome that shows the same of a documented response, and the act that it came of. A valid request is best
/// sent by itself, whatever case it was part of; what cannot be shown so is made smaller as part of its case.
async fn smallest<E: Exchange>(
    executor: &mut Executor<'_, E>,
    plan: &Plan,
    planned: &OperationPlan,
    shown: Shown<'_>,
    shows: Shows<'_>,
) -> Result<(Act, Outcome, Option<ShrinkEnd>), TargetError> {
    let Shown { case, tree, first, exchange } = shown;
    let by_itself = match case.act {
        Act::Past(_) | Act::At(_) | Act::MediaType(_) | Act::Advised | Act::Story => true,
        Act::Valid(_) | Act::Probe(_) => exchange.role != Role::Tested,
        Act::Unusual | Act::Accept | Act::Method | Act::Path | Act::Security => false,
    };
    let own = plan.operations.iter().find(|planned| Some(planned.operation) == exchange.operation);
    if let (true, Some(own), Some(draft)) = (by_itself, own, read_back(executor.session(), &exchange.request)) {
        let plain = Case { id: case.id.clone(), row: None, act: Act::Valid(0) };
        let still_fails = |tried: &Outcome| shows(tried, plain.act).is_some();
        if let Some((outcome, end)) = shrink::from_draft(executor, own, &plain, draft, &still_fails).await? {
            return Ok((plain.act, outcome, end));
        }
    }
    let still_fails = |tried: &Outcome| shows(tried, case.act).is_some();
    let (outcome, end) = shrink_case(executor, planned, case, (tree, first), &still_fails).await?;
    Ok((case.act, outcome, end))
}

/// The smallest outcome of a case itself: by its numbers, or for a story by the request that it opens with.
async fn shrink_case<E: Exchange>(
    executor: &mut Executor<'_, E>,
    planned: &OperationPlan,
    case: &Case,
    (tree, first): (&Shrinking, &Outcome),
    still_fails: StillFails<'_>,
) -> Result<(Outcome, Option<ShrinkEnd>), TargetError> {
    match case.act {
        Act::Story => shrink::from_first_request(executor, planned, case, first.clone(), still_fails).await,
        Act::Valid(_)
        | Act::Probe(_)
        | Act::Past(_)
        | Act::At(_)
        | Act::MediaType(_)
        | Act::Advised
        | Act::Unusual
        | Act::Accept
        | Act::Method
        | Act::Path
        | Act::Security => {
            shrink::from_numbers(executor, planned, case, tree.clone(), first.clone(), still_fails).await
        }
    }
}
