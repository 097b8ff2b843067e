//! Lists, page by page: forward and back over links, cursors, offsets and page numbers, as far as a bound.

use std::collections::{BTreeSet, HashMap};

use etalon_contract::behaviour::{Effect, PageBy, Relation, paging};
use etalon_contract::codec::{Request, Response};
use etalon_contract::model::{In, Operation};
use serde_json::Value;

use crate::judge::limit::said;
use crate::judge::listing::{Keys, Listing, ListingEnd};
use crate::scenario::answer;
use crate::scenario::list_filters::ListFilters;
use crate::scenario::path_values;
use crate::scenario::setup::{Authorization, Setup};
use crate::session::Session;
use crate::transcript::{Exchange, Pending, Role};

/// The most pages of a list that are looked at. A list on a real target may go on for ever.
pub(super) const MOST_PAGES: usize = 100;

/// The direction over the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageDirection {
    /// Towards the last page.
    Forward,
    /// Towards the first page.
    Backward,
}

/// A walk over the pages of a list.
#[derive(Clone, Debug)]
pub(super) struct Walk<'r> {
    /// The items that the pages showed.
    pub listing: Listing,
    /// The exchange of the last page.
    pub last: &'r Exchange,
    /// The exchanges of all pages.
    pub exchanges: Vec<&'r Exchange>,
}

/// A list in a scope, from its first page to its end, narrowed only by what it requires. `size` is what a page may hold.
///
/// # Errors
/// Where a page is refused or is no list, or an answer is needed.
pub(super) fn all<'r>(
    setup: &mut Setup<'r>,
    list: (&Operation, &Effect),
    scope: &[(String, Value)],
    filters: &ListFilters,
    size: Option<u64>,
    role: Role,
) -> Result<Walk<'r>, Pending> {
    let request = first(setup, list, scope, filters, size, &[])?;
    walk(setup, list, request, PageDirection::Forward, role)
}

/// The same, asked for with values of further query parameters.
///
/// # Errors
/// As [`all`].
pub(super) fn asked<'r>(
    setup: &mut Setup<'r>,
    list: (&Operation, &Effect),
    scope: &[(String, Value)],
    filters: &ListFilters,
    size: Option<u64>,
    asked: &[(String, Value)],
) -> Result<Walk<'r>, Pending> {
    let request = first(setup, list, scope, filters, size, asked)?;
    walk(setup, list, request, PageDirection::Forward, Role::Tested)
}

/// The request for the first page.
///
/// # Errors
/// Where it is not valid, or an answer is needed.
pub(super) fn first(
    setup: &mut Setup<'_>,
    list: (&Operation, &Effect),
    scope: &[(String, Value)],
    filters: &ListFilters,
    size: Option<u64>,
    asked: &[(String, Value)],
) -> Result<Request, Pending> {
    let (operation, effect) = list;
    let mut fresh = setup.fresh();
    let mut draft = setup.valid(operation, &mut fresh)?;
    draft.parameters.retain(|(place, name, _)| {
        *place == In::Path || operation.parameter(*place, name).is_some_and(|parameter| parameter.required)
    });
    let path = path_values::find(setup, operation, &draft, scope)?;
    filters.put(&mut draft);
    path.put(&mut draft, None);
    let limit = effect.paging.as_ref().and_then(|paging| paging.limit.as_deref());
    if let (Some(size), Some(limit)) = (size, limit) {
        draft.set_parameter(In::Query, limit, Value::from(size));
    }
    for (name, value) in asked {
        draft.set_parameter(In::Query, name, value.clone());
    }
    setup.valid_request(operation, &draft, Authorization::Usual)
}

/// The way back from a page, without that page.
///
/// # Errors
/// As [`all`].
pub(super) fn back<'r>(
    setup: &mut Setup<'r>,
    list: (&Operation, &Effect),
    from: &Exchange,
    keys: &[String],
) -> Result<Option<Walk<'r>>, Pending> {
    let mut seen = BTreeSet::new();
    let session = setup.session;
    match turn(session, list, &from.request, &from.response, PageDirection::Backward, keys, &mut seen) {
        Some(request) => walk(setup, list, request, PageDirection::Backward, Role::Tested).map(Some),
        None => Ok(None),
    }
}

fn walk<'r>(
    setup: &mut Setup<'r>,
    list: (&Operation, &Effect),
    first: Request,
    direction: PageDirection,
    role: Role,
) -> Result<Walk<'r>, Pending> {
    let (operation, effect) = list;
    let key = effect.collection.and_then(|index| setup.session.behaviour.collections.get(index));
    let Some(key) = key.map(|collection| collection.key.clone()) else {
        return Err(Pending::unreachable("nothing is known of what it lists"));
    };
    let mut listing = Listing::empty();
    let mut seen = BTreeSet::from([first.target.clone()]);
    let mut before: HashMap<String, String> = HashMap::new();
    let mut request = first;
    let mut exchanges = Vec::new();
    loop {
        let exchange = setup.send(role, operation, request)?;
        exchanges.push(exchange);
        if !exchange.accepted() {
            let why = format!("a page of {} was answered {}", operation.id, said(&exchange.response));
            return Err(Pending::inconclusive(why));
        }
        let Some(items) = answer::items(effect, &exchange.response) else {
            return Err(Pending::inconclusive(format!("an answer of {} holds no list", operation.id)));
        };
        let keys: Vec<String> = items.iter().filter_map(|item| key.get(item)).map(answer::text).collect();
        let mut now: Vec<(String, String)> = Vec::new();
        for item in &items {
            let Some(key) = key.get(item).map(answer::text) else { continue };
            let shown = item.to_string();
            if before.get(&key) == Some(&shown) {
                listing.repeated.get_or_insert_with(|| (key.clone(), setup.transcript.latest()));
            }
            now.push((key, shown));
        }
        before.extend(now);
        if keys.len() < items.len() {
            listing.keys = Keys::Hidden;
        }
        listing.pages.push(keys.clone());
        listing.shown.push(setup.transcript.latest());
        let known = seen.len();
        match turn(setup.session, list, &exchange.request, &exchange.response, direction, &keys, &mut seen) {
            None => {
                let marked = marks(effect, &exchange.response, direction);
                listing.end = if marked { ListingEnd::Reached } else { ListingEnd::Unmarked };
                return Ok(Walk { listing, last: exchange, exchanges });
            }
            Some(_) if seen.len() == known => {
                listing.end = ListingEnd::Circle;
                return Ok(Walk { listing, last: exchange, exchanges });
            }
            Some(_) if listing.pages.len() == MOST_PAGES => return Ok(Walk { listing, last: exchange, exchanges }),
            Some(next) => request = next,
        }
    }
}

/// The request for the page beside this one; `None` where the target says that there is none.
fn turn(
    session: Session<'_>,
    list: (&Operation, &Effect),
    request: &Request,
    response: &Response,
    direction: PageDirection,
    page: &[String],
    seen: &mut BTreeSet<String>,
) -> Option<Request> {
    let (operation, effect) = list;
    let body = answer::json(response)?;
    let by = &effect.paging.as_ref()?.by;
    // Where an answer only says that there is more, the mark is the key at the page's edge.
    let (items, last) = (page.len(), if direction == PageDirection::Forward { page.last() } else { page.first() });
    let to = |target: String| Request { target, ..request.clone() };
    let relation = relation(direction);
    let next = if let Some(link) = paging::link(&response.headers, &body, relation) {
        let target = answer::resolve(&request.target, &link);
        to(answer::inside(session, operation, &target))
    } else {
        match (by, direction) {
            (PageBy::Cursor { after: Some(name), .. }, PageDirection::Forward)
            | (PageBy::Cursor { before: Some(name), .. }, PageDirection::Backward) => {
                let more = paging::has_more(&body, relation);
                let mark = paging::cursor(&body, relation).or_else(|| last.filter(|_| more).cloned())?;
                let others: Vec<&str> = session.cursors(operation);
                to(with_query(&request.target, &others, name, &mark))
            }
            (PageBy::Offset(name), PageDirection::Forward) if items > 0 => {
                let offset = query_number(&request.target, name).unwrap_or(0) + u64::try_from(items).ok()?;
                to(with_query(&request.target, &[name.as_str()], name, &offset.to_string()))
            }
            (PageBy::Page(name), PageDirection::Forward) if items > 0 => {
                let page = query_number(&request.target, name).unwrap_or(1) + 1;
                to(with_query(&request.target, &[name.as_str()], name, &page.to_string()))
            }
            (PageBy::Cursor { .. } | PageBy::Offset(_) | PageBy::Page(_) | PageBy::Nothing, _) => return None,
        }
    };
    seen.insert(next.target.clone());
    Some(next)
}

/// The request for the page after the one that an answer shows; `None` where there is none, or nothing tells how to ask for it.
#[must_use]
pub(crate) fn further(
    session: Session<'_>,
    list: (&Operation, &Effect),
    request: &Request,
    response: &Response,
) -> Option<Request> {
    let key = list.1.collection.and_then(|index| session.behaviour.collections.get(index)).map(|known| &known.key)?;
    let items = answer::items(list.1, response)?;
    let keys: Vec<String> = items.iter().filter_map(|item| key.get(item)).map(answer::text).collect();
    turn(session, list, request, response, PageDirection::Forward, &keys, &mut BTreeSet::new())
}

/// True where an answer shows that it is the last page of its list.
#[must_use]
pub(crate) fn is_last(effect: &Effect, response: &Response) -> bool {
    let by_links = || match effect.paging.as_ref().map(|paging| &paging.by) {
        Some(PageBy::Cursor { .. } | PageBy::Nothing) | None => marks(effect, response, PageDirection::Forward),
        // A number leads on as long as a page has items.
        Some(PageBy::Offset(_) | PageBy::Page(_)) => false,
    };
    answer::items(effect, response).is_some_and(|items| items.is_empty()) || by_links()
}

/// The page that a direction leads to.
fn relation(direction: PageDirection) -> Relation {
    match direction {
        PageDirection::Forward => Relation::Next,
        PageDirection::Backward => Relation::Prev,
    }
}

/// True where an answer shows at all where it would speak of a further page, so that its silence means that there is none.
fn marks(effect: &Effect, response: &Response, direction: PageDirection) -> bool {
    let counted = match effect.paging.as_ref().map(|paging| &paging.by) {
        Some(PageBy::Offset(_) | PageBy::Page(_)) => direction == PageDirection::Forward,
        Some(PageBy::Cursor { .. } | PageBy::Nothing) | None => false,
    };
    let Some(body) = answer::json(response) else { return false };
    counted || paging::speaks_of(&response.headers, &body, relation(direction))
}

/// The target with one value for a key of its query, and none for the others named.
fn with_query(target: &str, without: &[&str], name: &str, value: &str) -> String {
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut parts: Vec<String> = query
        .split('&')
        .filter(|part| !part.is_empty() && !without.contains(&decoded_key(part).as_str()))
        .map(str::to_owned)
        .collect();
    parts.push(format!("{}={}", encode(name), encode(value)));
    format!("{path}?{}", parts.join("&"))
}

fn query_number(target: &str, name: &str) -> Option<u64> {
    let query = target.split_once('?')?.1;
    let part = query.split('&').find(|part| decoded_key(part) == name)?;
    part.split_once('=')?.1.parse().ok()
}

fn decoded_key(part: &str) -> String {
    let key = part.split('=').next().unwrap_or("");
    percent_encoding::percent_decode_str(key).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_replaces_the_one_before() {
        assert_eq!(with_query("/a?x=1&after=2", &["after"], "after", "a b"), "/a?x=1&after=a%20b");
        assert_eq!(query_number("/a?offset=20", "offset"), Some(20));
    }
}
