//! How a list is cut into pages: the size that it has by default, the numbers that it tells, and where its links lead.

use etalon_contract::behaviour::{PageBy, Relation, paging};
use etalon_contract::codec::Request;
use etalon_contract::document::Pointer;
use serde_json::Value;

use crate::judge::listing::ListingEnd;
use crate::judge::story::cut::{self, Counted, Led, PageSize};
use crate::plan::story::{ToldOrder, default_size, told_order};
use crate::scenario::acting::Acting;
use crate::scenario::list_filters::ListFilters;
use crate::scenario::pages::{self, Walk};
use crate::scenario::setup::Setup;
use crate::scenario::story::key_of;
use crate::scenario::story::world::{World, is_size, large, world};
use crate::scenario::{answer, path_values};
use crate::transcript::{Pending, Role};
use crate::verdict::Verdict;

/// The number of items that are made for pages.
const ITEMS: usize = 5;

/// The longest default page for which items are made until there are more.
const LONGEST: u64 = 30;

/// A list in a place where a few items are.
fn filled(setup: &mut Setup<'_>, acting: &Acting<'_>) -> Result<World, Pending> {
    world(setup, acting, ITEMS, &Pointer::root())
}

fn walk<'r>(setup: &mut Setup<'r>, acting: &Acting<'_>, world: &World, size: Option<u64>) -> Result<Walk<'r>, Pending> {
    pages::all(setup, (acting.operation, acting.effect), &world.scope, &world.filters, size, Role::Tested)
}

/// A size of pages that cuts so many items into about as many pages.
fn size_for(acting: &Acting<'_>, items: usize, pages: usize) -> Option<u64> {
    let size = u64::try_from((items / pages).max(1)).ok()?;
    (size..=size + 10).find(|size| is_size(acting, *size))
}

/// The numbers that a list tells are those that it has: on large pages, on small ones, and where the last page is full.
pub(super) fn counts(setup: &mut Setup<'_>, acting: &Acting<'_>) -> Result<Verdict, Pending> {
    let world = filled(setup, acting)?;
    let mut counted = Vec::new();
    let first = walk(setup, acting, &world, large(acting))?;
    let all = first.listing.pages.concat().len();
    counted.extend(count(&first, large(acting), setup.transcript.latest()));
    let mut sizes = vec![size_for(acting, all, 3)];
    let full = (2..=all).filter(|size| all % size == 0 && all / size <= 20);
    let full = full.filter_map(|size| u64::try_from(size).ok());
    sizes.push(full.into_iter().find(|size| is_size(acting, *size)));
    sizes.dedup();
    for size in sizes.into_iter().flatten() {
        let walk = walk(setup, acting, &world, Some(size))?;
        counted.extend(count(&walk, Some(size), setup.transcript.latest()));
    }
    Ok(cut::counts(&counted))
}

/// The numbers that a walk over all pages shows; `None` where it did not come to the end.
fn count(walk: &Walk<'_>, size: Option<u64>, shown: Option<usize>) -> Option<Counted> {
    let body = |at: usize| walk.exchanges.get(at).and_then(|page| answer::json(&page.response));
    let total = |at: usize| paging::total(&walk.exchanges.get(at)?.response.headers, &body(at)?);
    let lengths: Vec<usize> = walk.listing.pages.iter().map(Vec::len).collect();
    // Where pages are found by number, a walk goes on until one has nothing; that says nothing by itself.
    let says_more = |at: usize| {
        let page = walk.exchanges.get(at)?;
        let body = body(at)?;
        let link = paging::link(&page.response.headers, &body, Relation::Next).is_some();
        Some(link || paging::cursor(&body, Relation::Next).is_some() || paging::has_more(&body, Relation::Next))
    };
    let last = lengths.iter().rposition(|length| *length > 0);
    let is_all = last.is_some_and(|last| lengths[last + 1..].iter().all(|length| *length == 0));
    let goes_on = is_all && last.and_then(says_more).unwrap_or(false);
    (walk.listing.end == ListingEnd::Reached).then(|| Counted {
        items: lengths.iter().sum(),
        totals: (0..walk.exchanges.len()).filter_map(total).collect(),
        pages: (0..walk.exchanges.len()).filter_map(|at| paging::pages(&body(at)?)).collect(),
        size,
        lengths,
        goes_on,
        shown,
    })
}

/// A page that is asked for without a size has the documented one, and none that lies behind the last has anything.
pub(super) fn default_page(setup: &mut Setup<'_>, acting: &Acting<'_>) -> Result<Verdict, Pending> {
    let Some(size) = default_size(acting.session.contract, acting.operation, acting.effect) else {
        return Err(Pending::unreachable("no size is documented for pages that are asked for without one"));
    };
    let creator = acting.creator()?;
    let first = path_values::create(setup, creator, creator.0, &[])?;
    let list = (acting.operation, acting.effect);
    let filters = crate::scenario::list_filters::showing(setup, list, creator.0, &[&first]);
    let scope = path_values::carry(&creator.0.path, &first.scope, &acting.operation.path);
    let look = |setup: &mut Setup<'_>| -> Result<usize, Pending> {
        let request = pages::first(setup, list, &scope, &filters, None, &[])?;
        let page = setup.send(Role::Tested, acting.operation, request)?;
        answer::items(acting.effect, &page.response)
            .map(|items| items.len())
            .ok_or_else(|| Pending::inconclusive("the answer holds no list"))
    };
    let mut there = look(setup)?;
    let all = pages::all(setup, list, &scope, &filters, large(acting), Role::Prepare)?.listing.pages.concat().len();
    let mut lost = None;
    let wanted = usize::try_from(size).unwrap_or(usize::MAX);
    if all <= wanted && size <= LONGEST {
        for _ in all..=wanted {
            path_values::create_beside(setup, creator, &first)?;
        }
        there = look(setup)?;
        let key = key_of(&first, creator.0)?;
        let walk = pages::all(setup, list, &scope, &filters, large(acting), Role::Tested)?;
        lost = Some(key).filter(|key| walk.listing.end == ListingEnd::Reached && walk.listing.times(key) == 0);
    } else if all <= wanted {
        return Err(Pending::inconclusive("there are fewer items than a page has by default"));
    }
    let behind = behind(setup, acting, &scope, &filters)?;
    Ok(cut::default_page(&PageSize { size, there, behind, lost }))
}

/// The number of items on a page far behind the last; `None` where none can be asked for by number, or it is refused.
fn behind(
    setup: &mut Setup<'_>,
    acting: &Acting<'_>,
    scope: &[(String, Value)],
    filters: &ListFilters,
) -> Result<Option<usize>, Pending> {
    let name = match acting.effect.paging.as_ref().map(|paging| &paging.by) {
        Some(PageBy::Offset(name) | PageBy::Page(name)) => name.clone(),
        Some(PageBy::Cursor { .. } | PageBy::Nothing) | None => return Ok(None),
    };
    let list = (acting.operation, acting.effect);
    let asked = [(name, Value::from(FAR))];
    let Ok(request) = pages::first(setup, list, scope, filters, None, &asked) else { return Ok(None) };
    let page = setup.send(Role::Tested, acting.operation, request)?;
    Ok(answer::items(acting.effect, &page.response).filter(|_| page.accepted()).map(|items| items.len()))
}

/// The number of a page, or of items, that lies behind every list.
const FAR: u64 = 100_000;

/// The links of a page lead to the pages that they name.
pub(super) fn links(setup: &mut Setup<'_>, acting: &Acting<'_>) -> Result<Verdict, Pending> {
    let world = filled(setup, acting)?;
    let all = walk(setup, acting, &world, large(acting))?.listing.pages.concat();
    let walk = walk(setup, acting, &world, size_for(acting, all.len(), 4))?;
    let mut pages = walk.listing.pages.clone();
    while pages.last().is_some_and(Vec::is_empty) {
        pages.pop();
    }
    if pages.len() < 3 || walk.listing.end != ListingEnd::Reached {
        return Err(Pending::inconclusive("there are fewer than three pages"));
    }
    let mut led = Vec::new();
    for (at, page) in
        [(1, walk.exchanges[1]), (pages.len() - 1, walk.exchanges[pages.len() - 1]), (0, walk.exchanges[0])]
    {
        for relation in Relation::ALL {
            let Some(body) = answer::json(&page.response) else { continue };
            let link = paging::link(&page.response.headers, &body, relation);
            let meant = match relation {
                Relation::First => Some(0),
                Relation::Last => Some(pages.len() - 1),
                Relation::Prev => at.checked_sub(1),
                Relation::Next => (at + 1 < pages.len()).then_some(at + 1),
            };
            match (link, meant) {
                (Some(link), Some(meant)) => {
                    let target = answer::resolve(&page.request.target, &link);
                    let target = answer::inside(setup.session, acting.operation, &target);
                    let request = Request { target, ..page.request.clone() };
                    let shown = setup.send(Role::Tested, acting.operation, request)?;
                    let items = answer::items(acting.effect, &shown.response).unwrap_or_default();
                    let keys: Vec<String> =
                        items.iter().filter_map(|item| acting.collection.key.get(item)).map(answer::text).collect();
                    led.push(Led {
                        relation,
                        from: at,
                        is_right: shown.accepted() && is_page(relation, &keys, &pages[meant]),
                        shown: setup.transcript.latest(),
                    });
                }
                (Some(_), None) => led.push(Led { relation, from: at, is_right: false, shown: None }),
                (None, _) => {}
            }
        }
    }
    Ok(cut::links(&led))
}

/// True where keys are those of a page. The last may be as long as the others, so that it begins before the last of the pages forth.
fn is_page(relation: Relation, keys: &[String], page: &[String]) -> bool {
    keys == page || relation == Relation::Last && keys.ends_with(page)
}

/// What is listed stands in the order that the description of the list says.
pub(super) fn in_order(setup: &mut Setup<'_>, acting: &Acting<'_>) -> Result<Verdict, Pending> {
    let Some(order) = told_order(acting.session.contract, acting.operation) else {
        return Err(Pending::unreachable("no order is documented"));
    };
    let world = filled(setup, acting)?;
    let keys = walk(setup, acting, &world, large(acting))?.listing.pages.concat();
    let mut made: Vec<String> = world.made.iter().map(|made| made.key.clone()).collect();
    if order == ToldOrder::NewestFirst {
        made.reverse();
    }
    let listed: Vec<String> = keys.into_iter().filter(|key| made.contains(key)).collect();
    Ok(cut::in_order(&made, &listed, setup.transcript.latest()))
}
