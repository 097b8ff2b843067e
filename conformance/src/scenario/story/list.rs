//! Lists hold what they should: every item once, on pages no longer than asked for, and nothing of another place.

use etalon_contract::behaviour::Effect;
use etalon_contract::model::{Direction, In, Operation};
use serde_json::Value;

use crate::judge::story::{self, Pages, Seen};
use crate::scenario::acting::Acting;
use crate::scenario::list_filters::{self, ListFilters};
use crate::scenario::pages::{self, Walk};
use crate::scenario::path_values::{self, Created};
use crate::scenario::setup::{Setup, cannot_make};
use crate::scenario::story::create::shows_the_same;
use crate::scenario::story::key_of;
use crate::transcript::{Exchange, Pending, Role};

/// The longest "smallest page" for which items are created until there are three pages.
const LONGEST_PAGE: u64 = 50;

/// The most items that are created where a page's size cannot be asked for: more than most APIs show at once by default.
const UNSIZED: u64 = 25;

/// The story that an item created in one place is not listed in another.
pub(super) fn elsewhere_is_empty<'s>(setup: &mut Setup<'s>, context: &Acting<'s>) -> Result<Seen<'s>, Pending> {
    let creator = context.creator()?;
    let created = path_values::create(setup, creator, context.operation, &[])?;
    let key = key_of(&created, creator.0)?;
    let here = path_values::carry(&creator.0.path, &created.scope, &context.operation.path);
    let list = (context.operation, context.effect);
    let filters = list_filters::showing(setup, list, creator.0, &[&created]);
    let walk = pages::all(setup, list, &here, &filters, None, Role::Prepare)?;
    if walk.listing.times(&key) == 0 {
        return Err(Pending::inconclusive("what was created was not listed where it was created"));
    }
    let mut fresh = setup.fresh();
    // Not what the document's examples name, which is where the item was created.
    let other = etalon_contract::generate::valid(setup.session.contract, context.operation, &mut fresh)
        .map_err(|cannot| cannot_make(&cannot))?;
    let elsewhere: Vec<(String, Value)> = here
        .iter()
        .map(|(name, value)| (name.clone(), other.parameter(In::Path, name).unwrap_or(value).clone()))
        .collect();
    if elsewhere == here {
        return Err(Pending::unreachable("there is no other place to look"));
    }
    let walk = pages::all(setup, list, &elsewhere, &filters, None, Role::Tested)?;
    Ok(Seen::Elsewhere { lister: &context.operation.id, key, listing: walk.listing })
}

/// The pages together hold every item once, none longer than asked.
pub(super) fn pages_are_complete<'s>(setup: &mut Setup<'s>, context: &Acting<'s>) -> Result<Seen<'s>, Pending> {
    let Filled { mut pages, scope, filters, .. } = look_at_pages(setup, context, Role::Tested)?;
    if story::at_first_look(&pages).is_none() && pages.listing.repeated.is_some() {
        // Somebody else may have added something meanwhile, which moves the rest to later pages: once more, then.
        let list = (context.operation, context.effect);
        let again = pages::all(setup, list, &scope, &filters, pages.size, Role::Tested)?;
        pages.again = Some(again.listing);
    }
    Ok(Seen::Pages(pages))
}

/// The way back over the pages shows the same items.
pub(super) fn pages_go_back<'s>(setup: &mut Setup<'s>, context: &Acting<'s>) -> Result<Seen<'s>, Pending> {
    let Filled { pages: forth, last, .. } = look_at_pages(setup, context, Role::Prepare)?;
    let mut back = None;
    if let (None, Some(keys)) = (story::way_forth(&forth), forth.listing.pages.last()) {
        back = pages::back(setup, (context.operation, context.effect), last, keys)?.map(|walk| walk.listing);
    }
    Ok(Seen::PagesBack { forth, back })
}

/// The smallest page that may be asked for; `None` where its size cannot be asked for.
fn smallest(setup: &Setup<'_>, context: &Acting<'_>) -> Result<Option<u64>, Pending> {
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

/// A list that items were created in.
struct Filled<'s> {
    pages: Pages,
    /// The path parameters of the list.
    scope: Vec<(String, Value)>,
    filters: ListFilters,
    /// The exchange of the last page.
    last: &'s Exchange,
}

/// Creates enough items in one place for three pages, and looks at all pages there.
fn look_at_pages<'s>(setup: &mut Setup<'s>, context: &Acting<'s>, role: Role) -> Result<Filled<'s>, Pending> {
    let size = smallest(setup, context)?;
    let creator: (&Operation, &Effect) = context.creator()?;
    let wanted = size.map_or(UNSIZED, |size| size * 2 + 1);
    let first = path_values::create(setup, creator, creator.0, &[])?;
    let mut keys = vec![key_of(&first, creator.0)?];
    let mut others = Vec::new();
    for _ in 1..wanted {
        let created = path_values::create_beside(setup, creator, &first)?;
        keys.push(key_of(&created, creator.0)?);
        others.push(created);
    }
    let created: Vec<&Created<'_>> = std::iter::once(&first).chain(&others).collect();
    let list = (context.operation, context.effect);
    let filters = list_filters::showing(setup, list, creator.0, &created);
    let scope = path_values::carry(&creator.0.path, &first.scope, &context.operation.path);
    let Walk { listing, last, .. } = pages::all(setup, list, &scope, &filters, size, role)?;
    if keys.iter().all(|key| listing.times(key) == 0) && !shows_the_same(setup.session.contract, creator, list) {
        return Err(Pending::inconclusive(format!(
            "{} answers with another kind of item than {} lists",
            creator.0.id, context.operation.id
        )));
    }
    let pages = Pages { listing, again: None, keys, size, doubt: filters.doubt.clone() };
    Ok(Filled { pages, scope, filters, last })
}
