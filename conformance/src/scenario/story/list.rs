//! Lists hold what they should: every item once, on pages no longer than asked for, and nothing of another place.

use etalon_contract::behaviour::Effect;
use etalon_contract::model::{Direction, In, Operation};
use serde_json::Value;

use crate::scenario::answer;
use crate::scenario::list_filters::{self, Narrowing};
use crate::scenario::pages::{self, End, Walk};
use crate::scenario::path_values::{self, Created};
use crate::scenario::setup::Stage;
use crate::scenario::story::{KEYLESS, Tale, key_of};
use crate::transcript::{Halt, Role};
use crate::verdict::{Kind, Verdict};

/// The longest "smallest page" for which items are created until there are three pages.
const LONGEST_PAGE: u64 = 50;

/// How many items are created where a page's size cannot be asked for: more than most APIs show at once by default.
const UNSIZED: u64 = 25;

/// What is created in one place is not listed in another.
pub fn elsewhere_is_empty(stage: &mut Stage<'_, '_, '_, '_>, tale: &Tale<'_>) -> Result<Verdict, Halt> {
    let creator = tale.creator(stage)?;
    let created = path_values::create(stage, creator, tale.operation, &[])?;
    let key = key_of(&created, creator.0)?;
    let here = path_values::carry(&creator.0.path, &created.scope, &tale.operation.path);
    let list = (tale.operation, tale.effect);
    let narrowing = list_filters::to(stage, list, creator.0, &[&created]);
    let walk = pages::all(stage, list, &here, &narrowing, None, Role::Prepare)?;
    if walk.times(&key) == 0 {
        return Ok(Verdict::inconclusive("what was created was not listed where it was created"));
    }
    let mut fresh = stage.fresh();
    let other = stage.valid(tale.operation, &mut fresh)?;
    let elsewhere: Vec<(String, Value)> = here
        .iter()
        .map(|(name, value)| (name.clone(), other.parameter(In::Path, name).unwrap_or(value).clone()))
        .collect();
    if elsewhere == here {
        return Ok(Verdict::unreachable("there is no other place to look"));
    }
    let walk = pages::all(stage, list, &elsewhere, &narrowing, None, Role::Tested)?;
    Ok(match (walk.times(&key), walk.end) {
        (0, End::Bound) => Verdict::inconclusive("the list has more pages than are looked at"),
        (0, End::Reached | End::Unmarked | End::Circle) => Verdict::proved(),
        (..) => Verdict::violated(
            Kind::State("another place's item is listed"),
            format!("{} lists only what is in the place that is asked for", tale.operation.id),
            format!("it lists the key {}, which was created elsewhere", answer::text(&key)),
        )
        .shown_by(walk.holding(&key)),
    })
}

/// The pages together hold every item once, none longer than asked.
pub fn pages_are_complete(stage: &mut Stage<'_, '_, '_, '_>, tale: &Tale<'_>) -> Result<Verdict, Halt> {
    let size = smallest(stage, tale)?;
    let Filled { keys, scope, narrowing } = fill(stage, tale, size)?;
    let walk = pages::all(stage, (tale.operation, tale.effect), &scope, &narrowing, size, Role::Tested)?;
    if let Some(doubt) = unfinished(&walk) {
        return Ok(doubt);
    }
    let incomplete = keys.iter().any(|key| walk.times(key) == 0);
    if incomplete && walk.keyless {
        return Ok(Verdict::inconclusive(KEYLESS));
    }
    if let (Some(name), true) = (&narrowing.doubt, incomplete) {
        return Ok(Verdict::Inconclusive(format!("the list has to be asked for a {name}, and nothing tells which")));
    }
    if let Some(verdict) = once_each(&walk, &keys, size) {
        return Ok(verdict);
    }
    if walk.repeated.is_none() {
        return Ok(three(&walk));
    }
    // Somebody else may have added something meanwhile, which moves the rest to later pages: once more, then.
    let again = pages::all(stage, (tale.operation, tale.effect), &scope, &narrowing, size, Role::Tested)?;
    Ok(match (&walk.repeated, &again.repeated) {
        (Some((first, _)), Some((key, shown))) if first == key => Verdict::violated(
            Kind::State("the pages repeat an item"),
            "the pages together hold every item once",
            format!("two pages hold the same item, with the key {key}"),
        )
        .shown_by(*shown),
        _ => Verdict::inconclusive("the pages repeated an item, but not when they were looked at again"),
    })
}

/// The way back over the pages shows the same items.
pub fn pages_go_back(stage: &mut Stage<'_, '_, '_, '_>, tale: &Tale<'_>) -> Result<Verdict, Halt> {
    let size = smallest(stage, tale)?;
    let Filled { keys, scope, narrowing } = fill(stage, tale, size)?;
    let list = (tale.operation, tale.effect);
    let forth = pages::all(stage, list, &scope, &narrowing, size, Role::Prepare)?;
    if let Some(doubt) = unfinished(&forth) {
        return Ok(doubt);
    }
    if forth.pages.len() < 2 || once_each(&forth, &keys, size).is_some() {
        return Ok(Verdict::inconclusive("the way forth over the pages does not show every item once"));
    }
    let (Some(last), Some(end)) = (forth.last, forth.pages.last()) else {
        return Ok(Verdict::inconclusive("there is no last page"));
    };
    let Some(mut back) = pages::back(stage, list, last, end)? else {
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
fn smallest(stage: &Stage<'_, '_, '_, '_>, tale: &Tale<'_>) -> Result<Option<u64>, Halt> {
    let Some(name) = tale.effect.paging.as_ref().and_then(|paging| paging.limit.as_deref()) else { return Ok(None) };
    let schema = tale.operation.parameter(In::Query, name).and_then(|parameter| parameter.shape.schema());
    let Some(at) = schema else { return Ok(Some(1)) };
    let valid = |size: &u64| {
        let value = Value::from(*size);
        etalon_contract::validate::is_valid(stage.scene.contract, at, Direction::Request, &value).unwrap_or(false)
    };
    match (1..=LONGEST_PAGE).find(valid) {
        Some(size) => Ok(Some(size)),
        None => Err(Halt::unreachable(format!("no page of at most {LONGEST_PAGE} items may be asked for"))),
    }
}

/// Items that were created in one place.
struct Filled {
    keys: Vec<Value>,
    /// The path parameters of the list that holds them.
    scope: Vec<(String, Value)>,
    narrowing: Narrowing,
}

/// Creates enough items in one place for three pages.
fn fill(stage: &mut Stage<'_, '_, '_, '_>, tale: &Tale<'_>, size: Option<u64>) -> Result<Filled, Halt> {
    let creator: (&Operation, &Effect) = tale.creator(stage)?;
    let wanted = size.map_or(UNSIZED, |size| size * 2 + 1);
    let first = path_values::create(stage, creator, creator.0, &[])?;
    let mut keys = vec![key_of(&first, creator.0)?];
    let mut all = Vec::new();
    for _ in 1..wanted {
        let created = path_values::create_beside(stage, creator, &first)?;
        keys.push(key_of(&created, creator.0)?);
        all.push(created);
    }
    let created: Vec<&Created<'_>> = std::iter::once(&first).chain(&all).collect();
    let narrowing = list_filters::to(stage, (tale.operation, tale.effect), creator.0, &created);
    Ok(Filled { keys, scope: path_values::carry(&creator.0.path, &first.scope, &tale.operation.path), narrowing })
}

fn unfinished(walk: &Walk<'_>) -> Option<Verdict> {
    match walk.end {
        End::Reached => None,
        End::Circle => Some(Verdict::violated(
            Kind::State("pages lead in a circle"),
            "the pages of a list come to an end",
            format!("page {} leads to one that was seen before", walk.pages.len()),
        )),
        End::Unmarked => Some(Verdict::inconclusive("the pages do not show whether there is a further one")),
        End::Bound => Some(Verdict::inconclusive("the list has more pages than are looked at")),
    }
}

fn once_each(walk: &Walk<'_>, keys: &[Value], size: Option<u64>) -> Option<Verdict> {
    let longest = walk.pages.iter().map(Vec::len).max().unwrap_or(0);
    if let Some(size) = size
        && u64::try_from(longest).is_ok_and(|longest| longest > size)
    {
        let violated = Verdict::violated(
            Kind::State("a page is too long"),
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
        let kind = Kind::State(if times == 0 { "the pages leave out an item" } else { "the pages repeat an item" });
        Some(Verdict::violated(kind, "the pages together hold every item once", found).shown_by(walk.holding(key)))
    })
}

fn three(walk: &Walk<'_>) -> Verdict {
    match walk.pages.len() {
        0 | 1 => Verdict::inconclusive("everything fitted on one page"),
        _ => Verdict::proved(),
    }
}
