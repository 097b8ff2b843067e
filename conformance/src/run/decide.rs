//! What becomes of one case: it is played, what it shows is made as small as it gets, and entered.

use crate::plan::{Act, Case, Chapter, Plan};
use crate::run::Progress;
use crate::run::executor::{Outcome, Player, breaks};
use crate::run::numbers::Shrinking;
use crate::run::shrink::{self, End, Same};
use crate::run::verdicts::{Evidence, Tally};
use crate::scenario::read_back;
use crate::target::{Exchange, TargetError};
use crate::transcript::{self, Event, Role};
use crate::verdict::Verdict;

/// Plays a case and enters what it shows: about its own row, and about every documented response that came back.
///
/// # Errors
/// Where the target is gone.
pub async fn decide<E: Exchange>(
    player: &mut Player<'_, E>,
    tally: &mut Tally<'_>,
    on: &mut dyn FnMut(&Progress<'_>),
    plan: &Plan,
    (chapter, case): (&Chapter, &Case),
) -> Result<(), TargetError> {
    let (tree, first) = player.case(chapter, case).await?;
    tally.saw(chapter, case, &first);
    let (mut outcome, mut effort) = (first.clone(), None);
    if let Verdict::Violated(failure) = &first.verdict {
        let kind = failure.kind.clone();
        let same = move |tried: &Outcome| matches!(&tried.verdict, Verdict::Violated(f) if f.kind == kind);
        let before = player.sent();
        let (smallest, end) = of_its_case(player, chapter, case, (&tree, &first), &same).await?;
        effort = end.map(|end| (end, player.sent() - before));
        outcome = smallest;
    }
    let mut evidence = Evidence::of(case, &outcome.record, &outcome.verdict);
    if let (Some(evidence), Some(found)) = (&mut evidence, Evidence::of(case, &first.record, &first.verdict)) {
        evidence.took(&found, case.act, effort);
    }
    tally.enter(on, chapter, case, outcome.verdict, evidence);
    for exchange in player.put_off() {
        for (chapter_number, row, verdict) in tally.observe(&exchange, player.spoilt()) {
            let evidence = Evidence::at(case, &[Event::Exchanged(Box::new(exchange.clone()))], 0);
            tally.put(on, (chapter_number, row), verdict, Some(evidence));
        }
    }
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
            evidence.took(&Evidence::at(case, &first.record, at), by, effort);
            tally.put(on, place, verdict, Some(evidence));
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
    player: &mut Player<'_, E>,
    plan: &Plan,
    chapter: &Chapter,
    shown: Shown<'_>,
    shows: Shows<'_>,
) -> Result<(Act, Outcome, Option<End>), TargetError> {
    let Shown { case, tree, first, exchange } = shown;
    let by_itself = match case.act {
        Act::Past(_) | Act::At(_) | Act::MediaType(_) | Act::Advised | Act::Story => true,
        Act::Valid(_) | Act::Probe(_) => exchange.role != Role::Tested,
        Act::Unusual | Act::Accept | Act::Method | Act::Path | Act::Security => false,
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
    let (outcome, end) = of_its_case(player, chapter, case, (tree, first), &same).await?;
    Ok((case.act, outcome, end))
}

/// The smallest outcome of a case itself: by its numbers, or for a story by the request that it opens with.
async fn of_its_case<E: Exchange>(
    player: &mut Player<'_, E>,
    chapter: &Chapter,
    case: &Case,
    (tree, first): (&Shrinking, &Outcome),
    same: Same<'_>,
) -> Result<(Outcome, Option<End>), TargetError> {
    match case.act {
        Act::Story => shrink::from_opening(player, chapter, case, first.clone(), same).await,
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
        | Act::Security => shrink::from_numbers(player, chapter, case, tree.clone(), first.clone(), same).await,
    }
}
