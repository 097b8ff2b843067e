//! Makes a failing request smaller while it fails in the same way, within a budget of requests. First the numbers that it
//! was made of are cleared, which is coarse and fast; then the request itself is taken apart until no part, member,
//! element or character of it can go: every step must still be valid by the contract, or still break the same row.

mod edit;
mod fresh;
mod law;
mod overlay;
mod pass;
mod scalar;
mod search;
mod together;
mod weight;

use etalon_contract::codec::Draft;
use etalon_contract::generate::{Broken, Numbers};
use etalon_contract::rule::{Rule, Story};
use proptest::strategy::ValueTree;

use crate::case::{Case, Sends, Task};
use crate::evidence::ShrinkEnd;
use crate::plan::OperationPlan;
use crate::run::executor::{Executor, Outcome};
use crate::run::numbers::Shrinking;
use crate::run::shrink::law::Law;
use crate::run::shrink::search::{Search, Stop};
use crate::scenario::{Certainty, Source, make, read_back};
use crate::session::Session;
use crate::target::{Exchange, TargetError};
use crate::transcript::Role;
use crate::verdict::Verdict;

/// The most steps that are taken on the numbers: enough to clear each sixteenth of them.
const COARSE: usize = 63;

/// The divisor of the budget: that part of it the numbers may take. What matters is found on the request itself.
const COARSE_SHARE: usize = 4;

/// A test of the outcome of a smaller request: true where it still fails in the same way.
pub(super) type StillFails<'s> = &'s dyn Fn(&Outcome) -> bool;

/// The smallest outcome of a case that is still the same, from the numbers that it was executed with and the request that they
/// made then: since, the run may have learnt to make others of them.
///
/// # Errors
/// Where the target is gone.
pub(super) async fn from_numbers<E: Exchange>(
    executor: &mut Executor<'_, E>,
    planned: &OperationPlan,
    case: &Case,
    (mut tree, mut kept): (Shrinking, Broken),
    first: Outcome,
    still_fails: StillFails<'_>,
) -> Result<(Outcome, Option<ShrinkEnd>), TargetError> {
    let budget = executor.session().settings.shrinking;
    if !still_fails(&first) || budget == 0 {
        return Ok((first, None));
    }
    let made = |executor: &Executor<'_, E>, numbers: &[u64]| -> Option<Broken> {
        let operation = executor.session().contract.operation(planned.operation).ok()?;
        make(executor.session(), operation, case.task(&planned.rows), &mut Numbers::new(numbers)).ok()
    };
    let (start, mut best) = (executor.sent(), first);
    let mut lost: Vec<Draft> = Vec::new();
    let mut more = tree.simplify();
    for _ in 0..COARSE {
        if !more || executor.sent() >= start + budget / COARSE_SHARE {
            break;
        }
        let numbers = tree.current();
        more = match made(executor, &numbers) {
            // The same request from smaller numbers.
            Some(tried) if tried.draft == kept.draft => tree.simplify(),
            Some(tried) if !lost.contains(&tried.draft) => {
                let outcome = executor.execute(planned, case, Source::Numbers(&numbers), Certainty::Recheck).await?;
                if still_fails(&outcome) {
                    (best, kept) = (outcome, tried);
                    tree.simplify()
                } else {
                    lost.push(tried.draft);
                    tree.complicate()
                }
            }
            Some(_) | None => tree.complicate(),
        };
    }
    let kept = pair(executor.session(), case.task(&planned.rows), &best).unwrap_or(kept);
    taken_apart(executor, planned, case, kept, best, still_fails, start + budget).await
}

/// The refused request at a limit with the twin that was accepted beside it: they become smaller together.
fn pair(session: Session<'_>, task: Task<'_>, outcome: &Outcome) -> Option<Broken> {
    let (Sends::AtLimit, Verdict::Violated(failure)) = (task.sends(), &outcome.verdict) else { return None };
    let refused = outcome.exchanges().nth(failure.shown?)?;
    let twins = outcome.exchanges().filter(|exchange| exchange.role == Role::Twin && exchange.accepted());
    let twin = read_back(session, &twins.last()?.request)?;
    Some(Broken { draft: read_back(session, &refused.request)?, twin })
}

/// The smallest outcome of a valid request that is still the same; `None` where sending it again is not the same at all.
///
/// # Errors
/// Where the target is gone.
pub(super) async fn from_draft<E: Exchange>(
    executor: &mut Executor<'_, E>,
    planned: &OperationPlan,
    case: &Case,
    draft: Draft,
    still_fails: StillFails<'_>,
) -> Result<Option<(Outcome, Option<ShrinkEnd>)>, TargetError> {
    let budget = executor.session().settings.shrinking;
    if budget == 0 {
        return Ok(None);
    }
    let start = executor.sent();
    let given = Broken { twin: draft.clone(), draft };
    let first = executor.execute(planned, case, Source::Drafts(&given), Certainty::Recheck).await?;
    if !still_fails(&first) {
        return Ok(None);
    }
    taken_apart(executor, planned, case, given, first, still_fails, start + budget).await.map(Some)
}

/// The smallest outcome of a story that is still the same: the request that it opens with, which creates or changes what
/// the others look at, is taken apart. Stories about pages, which create many items, stay as they are, and so does what
/// is looked at again and again while time passes.
///
/// # Errors
/// Where the target is gone.
pub(super) async fn from_first_request<E: Exchange>(
    executor: &mut Executor<'_, E>,
    planned: &OperationPlan,
    case: &Case,
    first: Outcome,
    still_fails: StillFails<'_>,
) -> Result<(Outcome, Option<ShrinkEnd>), TargetError> {
    let session = executor.session();
    let budget = session.settings.shrinking;
    let told = case.task(&planned.rows).row().is_some_and(|row| begins_with_one_request(&row.rule));
    // Best the request of the operation that the story is about, else the first that brings something along.
    let drafts: Vec<Draft> = first.exchanges().filter_map(|exchange| read_back(session, &exchange.request)).collect();
    let own = drafts.iter().find(|draft| draft.operation == planned.operation && draft.body.is_some());
    let Some(opening) = own.or_else(|| drafts.iter().find(|draft| draft.body.is_some())).cloned() else {
        return Ok((first, None));
    };
    let Ok(operation) = session.contract.operation(opening.operation) else { return Ok((first, None)) };
    if !told || !still_fails(&first) || budget == 0 {
        return Ok((first, None));
    }
    let most = executor.sent() + budget;
    let given = Broken { twin: opening.clone(), draft: opening };
    let law = Law::new(session, operation, Task::Valid(0), &given);
    let mut search = Search::new(executor, (planned, case), law, given, first, still_fails, most);
    match search.shows_again().await {
        Ok(true) => ended(search).await,
        Ok(false) | Err(Stop::Budget) => Ok((search.found(), None)),
        Err(Stop::Target(error)) => Err(error),
    }
}

fn begins_with_one_request(rule: &Rule) -> bool {
    let Rule::Story(story) = rule else { return false };
    match story {
        Story::CreatedIsRead
        | Story::CreatedIsListed
        | Story::SentIsReturned
        | Story::LocationLeadsToIt
        | Story::ChangedIsRead
        | Story::DeletedIsGone
        | Story::DeletedIsNotListed
        | Story::AgainConflicts
        | Story::SentIsKept
        | Story::ListedIsRead => true,
        Story::ElsewhereIsEmpty
        | Story::PagesAreComplete
        | Story::PagesGoBack
        | Story::AcceptedTakesEffect
        | Story::KeysAreNew
        | Story::CreatedOnce
        | Story::ForeignIsMissing
        | Story::FreeAgain
        | Story::TwiceIsOnce
        | Story::IdempotencyKey
        | Story::FilterChooses
        | Story::SortOrders
        | Story::InOrder
        | Story::CountsAreRight
        | Story::DefaultPage
        | Story::LinksLead
        | Story::UnnamedStay
        | Story::UnnamedGo
        | Story::OthersStay
        | Story::RefusedChangesNothing => false,
    }
}

async fn taken_apart<E: Exchange>(
    executor: &mut Executor<'_, E>,
    planned: &OperationPlan,
    case: &Case,
    given: Broken,
    best: Outcome,
    still_fails: StillFails<'_>,
    most: usize,
) -> Result<(Outcome, Option<ShrinkEnd>), TargetError> {
    let session = executor.session();
    let Ok(operation) = session.contract.operation(planned.operation) else { return Ok((best, None)) };
    let law = Law::new(session, operation, case.task(&planned.rows), &given);
    ended(Search::new(executor, (planned, case), law, given, best, still_fails, most)).await
}

async fn ended<E: Exchange>(mut search: Search<'_, '_, E>) -> Result<(Outcome, Option<ShrinkEnd>), TargetError> {
    match search.exhaust().await {
        Ok(()) => Ok((search.found(), Some(ShrinkEnd::Minimal))),
        Err(Stop::Budget) => Ok((search.found(), Some(ShrinkEnd::Budget))),
        Err(Stop::Target(error)) => Err(error),
    }
}
