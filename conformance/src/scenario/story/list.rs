//! Lists hold what they should: every item once, on pages no longer than asked for, and nothing of another place.

use etalon_contract::behaviour::Effect;
use etalon_contract::model::{Direction, In, Operation};
use serde_json::Value;

use crate::scenario::answer;
use crate::scenario::list_filters::{self, ListFilters};
use crate::scenario::pages::{self, Walk, WalkEnd};
use crate::scenario::path_values::{self, Created};
use crate::scenario::setup::Setup;
use crate::scenario::story::{KEYLESS, StoryContext, key_of};
use crate::transcript::{Pending, Role};
use crate::verdict::{FailureKind, Verdict};

/// The longest "smallest page" for which items are created until there are three pages.
const LONGEST_PAGE: u64 = 50;

/// How many items are created where a page's size cannot be asked for: more than most APIs show at once by default.
const UNSIZED: u64 = 25;

/// What is created in one place is not listed in another.
pub fn elsewhere_is_empty(setup: &mut Setup<'_>, context: &StoryContext<'_>) -> Result<Verdict, Pending> {
    let creator = context.creator(setup)?;
    let created = path_values::create(setup, creator, context.operation, &[])?;
    let key = key_of(&created, creator.0)?;
    let here = path_values::carry(&creator.0.path, &created.scope, &context.operation.path);
    let list = (context.operation, context.effect);
    let filters = list_filters::showing(setup, list, creator.0, &[&created]);
    let walk = pages::all(setup, list, &here, &filters, None, Role::Prepare)?;
    if walk.times(&key) == 0 {
        return Ok(Verdict::inconclusive("what was created was not listed where it was created"));
    }
    let mut fresh = setup.fresh();
    let other = setup.valid(context.operation, &mut fresh)?;
    let elsewhere: Vec<(String, Value)> = here
        .iter()
        .map(|(name, value)| (name.clone(), other.parameter(In::Path, name).unwrap_or(value).clone()))
        .collect();
    if elsewhere == here {
        return Ok(Verdict::unreachable("there is no other place to look"));
    }
    let walk = pages::all(setup, list, &elsewhere, &filters, None, Role::Tested)?;
    Ok(match (walk.times(&key), walk.end) {
        (0, WalkEnd::Bound) => Verdict::inconclusive("the list has more pages than are looked at"),
        (0, WalkEnd::Reached | WalkEnd::Unmarked | WalkEnd::Circle) => Verdict::proved(),
        (..) => Verdict::violated(
            FailureKind::State("another place's item is listed"),
            format!("{} lists only what is in the place that is asked for", context.operation.id),
            format!("it lists the key {}, which was created elsewhere", answer::text(&key)),
        )
        .shown_by(walk.holding(&key)),
    })
}

/// The pages together hold every item once, none longer than asked.
pub fn pages_are_complete(setup: &mut Setup<'_>, context: &StoryContext<'_>) -> Result<Verdict, Pending> {
    let size = smallest(setup, context)?;
    let Filled { keys, scope, filters } = fill(setup, context, size)?;
    let walk = pages::all(setup, (context.operation, context.effect), &scope, &filters, size, Role::Tested)?;
    if let Some(doubt) = unfinished(&walk) {
        return Ok(doubt);
    }
    let incomplete = keys.iter().any(|key| walk.times(key) == 0);
    if incomplete && walk.keyless {
        return Ok(Verdict::inconclusive(KEYLESS));
    }
    if let (Some(name), true) = (&filters.doubt, incomplete) {
        return Ok(Verdict::Inconclusive(format!("the list has to be asked for a {name}, and nothing tells which")));
    }
    if let Some(verdict) = once_each(&walk, &keys, size) {
        return Ok(verdict);
    }
    if walk.repeated.is_none() {
        return Ok(three(&walk));
    }
    // Somebody else may have added something meanwhile, which moves the rest to later pages: once more, then.
    let again = pages::all(setup, (context.operation, context.effect), &scope, &filters, size, Role::Tested)?;
    Ok(match (&walk.repeated, &again.repeated) {
        (Some((first, _)), Some((key, shown))) if first == key => Verdict::violated(
            FailureKind::State("the pages repeat an item"),
            "the pages together hold every item once",
            format!("two pages hold the same item, with the key {key}"),
        )
        .shown_by(*shown),
        _ => Verdict::inconclusive("the pages repeated an item, but not when they were looked at again"),
    })
}

/// The way back over the pages shows the same items.
pub fn pages_go_back(setup: &mut Setup<'_>, context: &StoryContext<'_>) -> Result<Verdict, Pending> {
    let size = smallest(setup, context)?;
    let Filled { keys, scope, filters } = fill(setup, context, size)?;
    let list = (context.operation, context.effect);
    let forth = pages::all(setup, list, &scope, &filters, size, Role::Prepare)?;
    if let Some(doubt) = unfinished(&forth) {
        return Ok(doubt);
    }
    if forth.pages.len() < 2 || once_each(&forth, &keys, size).is_some() {
        return Ok(Verdict::inconclusive("the way forth over the pages does not show every item once"));
    }
    let (Some(last), Some(end)) = (forth.last, forth.pages.last()) else {
        return Ok(Verdict::inconclusive("there is no last page"));
    };
    let Some(mut back) = pages::back(setup, list, last, end)? else {
        return Ok(Verdict::inconclusive("the last page shows no way back"));
    };
    if let Some(doubt) = unfinished(&back) {
        return Ok(doubt);
    }
    back.pages.push(end.clone());
    back.shown.push(forth.shown.last().copied().flatten());
    Ok(once_each(&back, &keys, size).unwrap_or_else(Verdict::proved))
}

/// The smallest page that may be asked for; `None` where its size cannot be asked for.
fn smallest(setup: &Setup<'_>, context: &StoryContext<'_>) -> Result<Option<u64>, Pending> {
    let Some(name) = context.effect.paging.as_ref().and_then(|paging| paging.limit.as_deref()) else { return Ok(None) };
    let schema = context.operation.parameter(In::Query, name).and_then(|parameter| parameter.shape.schema());
    let Some(at) = schema else { return Ok(Some(1)) };
    let valid = |size: &u64| {
        let value = Value::from(*size);
        etalon_contract::validate::is_valid(setup.session.contract, at, Direction::Request, &value).unwrap_or(false)
    };
    match (1..=LONGEST_PAGE).find(valid) {
        Some(size) => Ok(Some(size)),
        None => Err(Pending::unreachable(format!("no page of at most {LONGEST_PAGE} items may be asked for"))),
    }
}

/// Items that were created in one place.
struct Filled {
    keys: Vec<Value>,
    /// The path parameters of the list that holds them.
    scope: Vec<(String, Value)>,
    filters: ListFilters,
}

/// Creates enough items in one place for three pages.
fn fill(setup: &mut Setup<'_>, context: &StoryContext<'_>, size: Option<u64>) -> Result<Filled, Pending> {
    let creator: (&Operation, &Effect) = context.creator(setup)?;
    let wanted = size.map_or(UNSIZED, |size| size * 2 + 1);
    let first = path_values::create(setup, creator, creator.0, &[])?;
    let mut keys = vec![key_of(&first, creator.0)?];
    let mut all = Vec::new();
    for _ in 1..wanted {
        let created = path_values::create_beside(setup, creator, &first)?;
        keys.push(key_of(&created, creator.0)?);
        all.push(created);
    }
    let created: Vec<&Created<'_>> = std::iter::once(&first).chain(&all).collect();
    let filters = list_filters::showing(setup, (context.operation, context.effect), creator.0, &created);
    Ok(Filled { keys, scope: path_values::carry(&creator.0.path, &first.scope, &context.operation.path), filters })
}

fn unfinished(walk: &Walk<'_>) -> Option<Verdict> {
    match walk.end {
        WalkEnd::Reached => None,
        WalkEnd::Circle => Some(Verdict::violated(
            FailureKind::State("pages lead in a circle"),
            "the pages of a list come to an end",
            format!("page {} leads to one that was seen before", walk.pages.len()),
        )),
        WalkEnd::Unmarked => Some(Verdict::inconclusive("the pages do not show whether there is a further one")),
        WalkEnd::Bound => Some(Verdict::inconclusive("the list has more pages than are looked at")),
    }
}

fn once_each(walk: &Walk<'_>, keys: &[Value], size: Option<u64>) -> Option<Verdict> {
    let longest = walk.pages.iter().map(Vec::len).max().unwrap_or(0);
    if let Some(size) = size
        && u64::try_from(longest).is_ok_and(|longest| longest > size)
    {
        let violated = Verdict::violated(
            FailureKind::State("a page is too long"),
            format!("no page holds more than the {size} items that were asked for"),
            format!("a page holds {longest}"),
        );
        return Some(violated.shown_by(walk.longest()));
    }
    keys.iter().find_map(|key| {
        let times = walk.times(key);
        let found = match times {
            1 => return None,
            0 => format!("the {} pages leave out the key {}", walk.pages.len(), answer::text(key)),
            _ => format!("the pages hold the key {} {times} times", answer::text(key)),
        };
        let kind =
            FailureKind::State(if times == 0 { "the pages leave out an item" } else { "the pages repeat an item" });
        Some(Verdict::violated(kind, "the pages together hold every item once", found).shown_by(walk.holding(key)))
    })
}

fn three(walk: &Walk<'_>) -> Verdict {
    match walk.pages.len() {
        0 | 1 => Verdict::inconclusive("everything fitted on one page"),
        _ => Verdict::proved(),
    }
}
