//! Makes a failing request smaller while it fails in the same way, within a budget of requests. First the numbers that it
//! was made of are cleared, which is coarse and fast; then the request itself is taken apart until no part, member,
//! element or character of it can go: every step must still be valid by the contract, or still break the same row.

mod edit;
mod fresh;
mod law;
mod number;
mod overlay;
mod pass;
mod scalar;
mod search;
mod together;
mod weight;

use etalon_contract::codec::{Draft, Request};
use etalon_contract::generate::{Broken, Numbers};
use etalon_contract::rule::{Rule, Story};
use proptest::strategy::ValueTree;

use crate::plan::{Case, Chapter};
use crate::run::executor::{Outcome, Player};
use crate::run::numbers::Shrinking;
use crate::run::shrink::law::Law;
use crate::run::shrink::search::{Search, Stop};
use crate::scenario::{Care, Material, make, read_back};
use crate::target::{Exchange, TargetError};

/// How many steps are taken on the numbers: enough to clear each sixteenth of them.
const COARSE: usize = 63;

/// Which part of the budget the numbers may take: what matters is found on the request itself.
const COARSE_SHARE: usize = 4;

/// What shrinking a request took, and how far it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// How many bytes the first request that failed had: its target, fields and content.
    pub from: usize,
    /// How many the smallest has.
    pub to: usize,
    /// How many requests were sent for it.
    pub requests: usize,
    /// Why it went no further.
    pub end: End,
}

/// Why shrinking ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Nothing can go.
    Minimal,
    /// The budget was spent before that was known.
    Budget,
}

/// How large a request is: its target, fields and content.
#[must_use]
pub fn size(request: &Request) -> usize {
    let fields: usize = request.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    request.target.len() + fields + request.body.len()
}

/// What a smaller request must show.
pub type Same<'s> = &'s dyn Fn(&Outcome) -> bool;

/// The smallest outcome of a case that is still the same, from the numbers that it was played with.
///
/// # Errors
/// Where the target is gone.
pub async fn from_numbers<E: Exchange>(
    player: &mut Player<'_, E>,
    chapter: &Chapter,
    case: &Case,
    mut tree: Shrinking,
    first: Outcome,
    same: Same<'_>,
) -> Result<(Outcome, Option<End>), TargetError> {
    let budget = player.scene().settings.shrinking;
    if !same(&first) || budget == 0 {
        return Ok((first, None));
    }
    let made = |player: &Player<'_, E>, numbers: &[u64]| -> Option<Broken> {
        let operation = player.scene().contract.operation(chapter.operation).ok()?;
        let row = case.row.map(|row| &chapter.rows[row]);
        make(player.scene(), operation, row, case.act, &mut Numbers::new(numbers)).ok()
    };
    let Some(mut kept) = made(player, &tree.current()) else { return Ok((first, None)) };
    let (start, mut best) = (player.sent(), first);
    let mut lost: Vec<Draft> = Vec::new();
    let mut more = tree.simplify();
    for _ in 0..COARSE {
        if !more || player.sent() >= start + budget / COARSE_SHARE {
            break;
        }
        let numbers = tree.current();
        more = match made(player, &numbers) {
            // The same request from smaller numbers.
            Some(tried) if tried.draft == kept.draft => tree.simplify(),
            Some(tried) if !lost.contains(&tried.draft) => {
                let outcome = player.play(chapter, case, Material::Numbers(&numbers), Care::Again).await?;
                if same(&outcome) {
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
    taken_apart(player, chapter, case, kept, best, same, start + budget).await
}

/// The smallest outcome of a valid request that is still the same; `None` where sending it again is not the same at all.
///
/// # Errors
/// Where the target is gone.
pub async fn from_draft<E: Exchange>(
    player: &mut Player<'_, E>,
    chapter: &Chapter,
    case: &Case,
    draft: Draft,
    same: Same<'_>,
) -> Result<Option<(Outcome, Option<End>)>, TargetError> {
    let budget = player.scene().settings.shrinking;
    if budget == 0 {
        return Ok(None);
    }
    let start = player.sent();
    let given = Broken { twin: draft.clone(), draft };
    let first = player.play(chapter, case, Material::Drafts(&given), Care::Again).await?;
    if !same(&first) {
        return Ok(None);
    }
    taken_apart(player, chapter, case, given, first, same, start + budget).await.map(Some)
}

/// The smallest outcome of a story that is still the same: the request that it opens with, which creates or changes what
/// the others look at, is taken apart. Stories about pages, which create many items, stay as they are, and so does what
/// is looked at again and again while time passes.
///
/// # Errors
/// Where the target is gone.
pub async fn from_opening<E: Exchange>(
    player: &mut Player<'_, E>,
    chapter: &Chapter,
    case: &Case,
    first: Outcome,
    same: Same<'_>,
) -> Result<(Outcome, Option<End>), TargetError> {
    let scene = player.scene();
    let budget = scene.settings.shrinking;
    let told = case.row.and_then(|row| chapter.rows.get(row)).is_some_and(|row| opens_with_one(&row.rule));
    // Best the request of the operation that the story is about, else the first that brings something along.
    let drafts: Vec<Draft> = first.exchanges().filter_map(|exchange| read_back(scene, &exchange.request)).collect();
    let own = drafts.iter().find(|draft| draft.operation == chapter.operation && draft.body.is_some());
    let Some(opening) = own.or_else(|| drafts.iter().find(|draft| draft.body.is_some())).cloned() else {
        return Ok((first, None));
    };
    let Ok(operation) = scene.contract.operation(opening.operation) else { return Ok((first, None)) };
    if !told || !same(&first) || budget == 0 {
        return Ok((first, None));
    }
    let most = player.sent() + budget;
    let given = Broken { twin: opening.clone(), draft: opening };
    let law = Law::new(scene, operation, None, case.act, &given, &first);
    let mut search = Search::new(player, (chapter, case), law, given, first, same, most);
    match search.shows_again().await {
        Ok(true) => ended(search).await,
        Ok(false) | Err(Stop::Budget) => Ok((search.found(), None)),
        Err(Stop::Target(error)) => Err(error),
    }
}

fn opens_with_one(rule: &Rule) -> bool {
    let Rule::Story(story) = rule else { return false };
    match story {
        Story::CreatedIsRead
        | Story::CreatedIsListed
        | Story::SentIsReturned
        | Story::LocationLeadsToIt
        | Story::ChangedIsRead
        | Story::DeletedIsGone
        | Story::DeletedIsNotListed
        | Story::AgainConflicts => true,
        Story::ElsewhereIsEmpty | Story::PagesAreComplete | Story::PagesGoBack | Story::AcceptedTakesEffect => false,
    }
}

async fn taken_apart<E: Exchange>(
    player: &mut Player<'_, E>,
    chapter: &Chapter,
    case: &Case,
    given: Broken,
    best: Outcome,
    same: Same<'_>,
    most: usize,
) -> Result<(Outcome, Option<End>), TargetError> {
    let scene = player.scene();
    let Ok(operation) = scene.contract.operation(chapter.operation) else { return Ok((best, None)) };
    let row = case.row.map(|row| &chapter.rows[row]);
    let law = Law::new(scene, operation, row, case.act, &given, &best);
    ended(Search::new(player, (chapter, case), law, given, best, same, most)).await
}

async fn ended<E: Exchange>(mut search: Search<'_, '_, E>) -> Result<(Outcome, Option<End>), TargetError> {
    match search.exhaust().await {
        Ok(()) => Ok((search.found(), Some(End::Minimal))),
        Err(Stop::Budget) => Ok((search.found(), Some(End::Budget))),
        Err(Stop::Target(error)) => Err(error),
    }
}
