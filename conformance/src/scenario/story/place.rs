//! Places: what is made is there once, and in its own place alone.

use etalon_contract::behaviour::{Action, paging};

use crate::judge::listing::ListingEnd;
use crate::judge::story::{Seen, kept};
use crate::scenario::acting::Acting;
use crate::scenario::answer;
use crate::scenario::list_filters::{self, ListFilters};
use crate::scenario::pages;
use crate::scenario::path_values;
use crate::scenario::setup::Setup;
use crate::scenario::story::key_of;
use crate::scenario::story::world::{large, large_of};
use crate::transcript::{Pending, Role};
use crate::verdict::Verdict;

/// A list has one item more, once one was made.
pub(super) fn created_once(setup: &mut Setup<'_>, acting: &Acting<'_>) -> Result<Verdict, Pending> {
    let creator = (acting.operation, acting.effect);
    let list = acting.with_action(&[Action::List])?;
    let first = path_values::create(setup, creator, acting.operation, &[])?;
    let scope = path_values::carry(&creator.0.path, &first.scope, &list.0.path);
    let filters = list_filters::showing(setup, list, creator.0, &[&first]);
    let count = |setup: &mut Setup<'_>| -> Result<u64, Pending> {
        let request = pages::first(setup, list, &scope, &filters, large_of(setup.session, list), &[])?;
        let page = setup.send(Role::Tested, list.0, request)?;
        let body = answer::json(&page.response).filter(|_| page.accepted());
        if let Some(total) = body.as_ref().and_then(|body| paging::total(&page.response.headers, body)) {
            return Ok(total);
        }
        let size = large_of(setup.session, list);
        let listing = pages::all(setup, list, &scope, &filters, size, Role::Tested)?.listing;
        let whole = listing.end == ListingEnd::Reached || listing.end == ListingEnd::Unmarked && size.is_none();
        let items: usize = listing.pages.iter().map(Vec::len).sum();
        match whole {
            true => Ok(u64::try_from(items).unwrap_or(u64::MAX)),
            false => Err(Pending::inconclusive("the list has more pages than are looked at")),
        }
    };
    let before = count(setup)?;
    path_values::create_beside(setup, creator, &first)?;
    let after = count(setup)?;
    Ok(kept::once(before, after))
}

/// What is made in one of two places is listed there, and not in the other.
pub(super) fn elsewhere<'s>(setup: &mut Setup<'s>, acting: &Acting<'s>) -> Result<Seen<'s>, Pending> {
    let creator = acting.creator()?;
    let list = (acting.operation, acting.effect);
    let there = path_values::fresh_place(setup, acting.operation, None)?;
    let here = path_values::fresh_place(setup, acting.operation, None)?;
    let none = ListFilters::default();
    let before = pages::all(setup, list, &there, &none, large(acting), Role::Prepare)?;
    let created = path_values::create(setup, creator, acting.operation, &here)?;
    let key = key_of(&created, creator.0)?;
    let filters = list_filters::showing(setup, list, creator.0, &[&created]);
    let own = pages::all(setup, list, &here, &filters, large(acting), Role::Prepare)?;
    let mut walk = pages::all(setup, list, &there, &filters, large(acting), Role::Tested)?;
    if own.listing.times(&key) == 0 && walk.listing.times(&key) == 0 {
        return Err(Pending::inconclusive("what was created was not listed where it was created"));
    }
    // A copy of it may have a key of its own.
    let known = before.listing.pages.concat();
    let new = walk.listing.pages.concat().into_iter().find(|key| !known.contains(key));
    let whole = before.listing.end == ListingEnd::Reached || before.listing.end == ListingEnd::Unmarked;
    let shown = new.filter(|_| whole).unwrap_or(key);
    walk.listing.keys = own.listing.keys;
    Ok(Seen::Elsewhere { lister: &acting.operation.id, key: shown, listing: walk.listing })
}
