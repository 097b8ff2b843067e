//! Lists, page by page: forward and back over links, cursors, offsets and page numbers, as far as a bound.

use std::collections::{BTreeSet, HashMap};

use etalon_contract::behaviour::{Effect, PageBy};
use etalon_contract::codec::{Request, Response};
use etalon_contract::document::Pointer;
use etalon_contract::model::{In, Operation};
use serde_json::Value;

use crate::judge::limit::said;
use crate::scenario::answer;
use crate::scenario::list_filters::ListFilters;
use crate::scenario::path_values;
use crate::scenario::setup::{Authorization, Setup};
use crate::transcript::{Exchange, Pending, Role};

/// How many pages of a list are looked at. A list on a real target may go on for ever.
pub const MOST_PAGES: usize = 100;

/// Which way over the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageDirection {
    /// To the end.
    Forward,
    /// To the start.
    Backward,
}

/// Why a walk over pages ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalkEnd {
    /// The target said that there is no further page.
    Reached,
    /// Nothing was found that would say whether there is a further page.
    Unmarked,
    /// A page led to one that was seen before.
    Circle,
    /// It was cut short.
    Bound,
}

/// The keys on each page, and why there are no more.
#[derive(Clone, Debug)]
pub struct Walk<'r> {
    /// The keys of the items, page by page.
    pub pages: Vec<Vec<String>>,
    /// The number of the exchange that showed each page.
    pub shown: Vec<Option<usize>>,
    /// The key of an item that stands on two pages and is the same on both, and the exchange that showed it again.
    pub repeated: Option<(String, Option<usize>)>,
    /// An item that shows no key was seen, so that what is not seen may be there.
    pub keyless: bool,
    /// Why it ended.
    pub end: WalkEnd,
    /// The last page.
    pub last: Option<&'r Exchange>,
}

impl Walk<'_> {
    /// How often a key was seen.
    #[must_use]
    pub fn times(&self, key: &Value) -> usize {
        let key = answer::text(key);
        self.pages.iter().flatten().filter(|seen| **seen == key).count()
    }

    /// The exchange whose page is the last that holds a key.
    #[must_use]
    pub fn holding(&self, key: &Value) -> Option<usize> {
        let key = answer::text(key);
        self.seen_at(self.pages.iter().rposition(|page| page.contains(&key))?)
    }

    /// The exchange whose page is the longest.
    #[must_use]
    pub fn longest(&self) -> Option<usize> {
        let (page, _) = self.pages.iter().enumerate().max_by_key(|(_, page)| page.len())?;
        self.seen_at(page)
    }

    fn seen_at(&self, page: usize) -> Option<usize> {
        self.shown.get(page).copied().flatten()
    }
}

/// A list in a scope, from its first page to its end, narrowed only by what it requires. `size` is what a page may hold.
///
/// # Errors
/// Where a page is refused or is no list, or an answer is needed.
pub fn all<'r>(
    setup: &mut Setup<'r>,
    list: (&Operation, &Effect),
    scope: &[(String, Value)],
    filters: &ListFilters,
    size: Option<u64>,
    role: Role,
) -> Result<Walk<'r>, Pending> {
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
    let request = setup.valid_request(operation, &draft, Authorization::Usual)?;
    walk(setup, list, request, PageDirection::Forward, role)
}

/// The way back from a page, without that page.
///
/// # Errors
/// As [`all`].
pub fn back<'r>(
    setup: &mut Setup<'r>,
    list: (&Operation, &Effect),
    from: &Exchange,
    keys: &[String],
) -> Result<Option<Walk<'r>>, Pending> {
    let mut seen = BTreeSet::new();
    match turn(setup, list, &from.request, &from.response, PageDirection::Backward, keys, &mut seen) {
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
    let mut walk =
        Walk { pages: Vec::new(), shown: Vec::new(), keyless: false, repeated: None, end: WalkEnd::Bound, last: None };
    let mut seen = BTreeSet::from([first.target.clone()]);
    let mut before: HashMap<String, String> = HashMap::new();
    let mut request = first;
    while walk.pages.len() < MOST_PAGES {
        let exchange = setup.send(role, operation, request)?;
        if !exchange.accepted() {
            let why = format!("a page of {} was answered {}", operation.id, said(&exchange.response));
            return Err(Pending::inconclusive(why));
        }
        let Some(items) = answer::items(effect, &exchange.response) else {
            return Err(Pending::inconclusive(format!("an answer of {} holds no list", operation.id)));
        };
        walk.last = Some(exchange);
        let keys: Vec<String> = items.iter().filter_map(|item| key.get(item)).map(answer::text).collect();
        let mut now: Vec<(String, String)> = Vec::new();
        for item in &items {
            let Some(key) = key.get(item).map(answer::text) else { continue };
            let shown = item.to_string();
            if before.get(&key) == Some(&shown) {
                walk.repeated.get_or_insert_with(|| (key.clone(), setup.transcript.latest()));
            }
            now.push((key, shown));
        }
        before.extend(now);
        walk.keyless |= keys.len() < items.len();
        walk.pages.push(keys.clone());
        walk.shown.push(setup.transcript.latest());
        let known = seen.len();
        match turn(setup, list, &exchange.request, &exchange.response, direction, &keys, &mut seen) {
            None => {
                walk.end =
                    if marks(effect, &exchange.response, direction) { WalkEnd::Reached } else { WalkEnd::Unmarked };
                break;
            }
            Some(_) if seen.len() == known => {
                walk.end = WalkEnd::Circle;
                break;
            }
            Some(next) => request = next,
        }
    }
    Ok(walk)
}

/// The request for the page beside this one; `None` where the target says that there is none.
fn turn(
    setup: &Setup<'_>,
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
    let next = if let Some(link) = link(response, &body, direction) {
        let target = answer::resolve(&request.target, &link);
        to(answer::inside(setup.session, operation, &target))
    } else {
        match (by, direction) {
            (PageBy::Cursor { after: Some(name), .. }, PageDirection::Forward)
            | (PageBy::Cursor { before: Some(name), .. }, PageDirection::Backward) => {
                let more = objects(&body).any(|object| object.get("has_more") == Some(&Value::Bool(true)));
                let mark = cursor(&body, direction).or_else(|| last.filter(|_| more).cloned())?;
                let others: Vec<&str> = setup.cursors(operation);
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

/// A link to the page beside this one: in the `Link` field (RFC 8288 §3), or among the links of the body.
fn link(response: &Response, body: &Value, direction: PageDirection) -> Option<String> {
    let from_field = response.headers.all("link").flat_map(|field| field.split(',')).find_map(|link| {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let named = parameters.split(';').any(|parameter| {
            let Some((name, value)) = parameter.split_once('=') else { return false };
            name.trim().eq_ignore_ascii_case("rel")
                && value.trim().trim_matches('"').split_ascii_whitespace().any(|rel| names_direction(direction, rel))
        });
        named.then(|| target.to_owned())
    });
    from_field.or_else(|| {
        LINKS
            .iter()
            .find_map(|place| {
                let links = Pointer::parse(place)?.get(body)?.as_object()?;
                links.iter().find(|(name, _)| names_direction(direction, name)).and_then(|(_, link)| match link {
                    Value::String(text) => Some(text.as_str()),
                    Value::Object(members) => members.get("href").and_then(Value::as_str),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
                })
            })
            .filter(|text| text.contains(['/', '?']))
            .map(str::to_owned)
    })
}

/// Where bodies keep their links: JSON:API, HAL, and the envelopes that people make.
const LINKS: [&str; 7] = ["/links", "/_links", "", "/meta", "/pagination", "/paging", "/page"];

fn names_direction(direction: PageDirection, word: &str) -> bool {
    match direction {
        PageDirection::Forward => word == "next",
        PageDirection::Backward => matches!(word, "prev" | "previous"),
    }
}

/// Whether an answer shows at all where it would speak of a further page, so that its silence means that there is none.
fn marks(effect: &Effect, response: &Response, direction: PageDirection) -> bool {
    let counted = match effect.paging.as_ref().map(|paging| &paging.by) {
        Some(PageBy::Offset(_) | PageBy::Page(_)) => direction == PageDirection::Forward,
        Some(PageBy::Cursor { .. } | PageBy::Nothing) | None => false,
    };
    let Some(body) = answer::json(response) else { return false };
    let has = |place: &str| body.pointer(place).is_some_and(Value::is_object);
    let named = objects(&body).any(|object| {
        object.contains_key("has_more") || names(direction).iter().any(|name| object.contains_key(*name))
    });
    counted || has("/links") || has("/_links") || response.headers.get("link").is_some() || named
}

/// The body's objects that may speak of pages: itself and its members.
fn objects(body: &Value) -> impl Iterator<Item = &serde_json::Map<String, Value>> {
    let members = body.as_object().into_iter().flat_map(|members| members.values());
    std::iter::once(body).chain(members).filter_map(Value::as_object)
}

/// What people call the cursor of the page beside this one.
fn names(direction: PageDirection) -> &'static [&'static str] {
    match direction {
        PageDirection::Forward => &[
            "next_cursor",
            "nextCursor",
            "next_page_token",
            "nextPageToken",
            "next_token",
            "nextToken",
            "end_cursor",
            "endCursor",
            "next",
            "after",
            "cursor",
        ],
        PageDirection::Backward => &[
            "previous_cursor",
            "prev_cursor",
            "previousCursor",
            "prevCursor",
            "start_cursor",
            "startCursor",
            "previous",
            "prev",
            "before",
        ],
    }
}

/// A cursor that the body gives for the page beside this one.
fn cursor(body: &Value, direction: PageDirection) -> Option<String> {
    names(direction).iter().find_map(|name| objects(body).find_map(|object| object.get(*name))).and_then(|mark| {
        match mark {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    })
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
    use etalon_contract::codec::Headers;
    use serde_json::json;

    use super::*;

    #[test]
    fn links_are_found_wherever_apis_keep_them() {
        let bare = Response::default();
        for body in [
            json!({"links": {"next": "/a?after=1", "prev": null}}),
            json!({"_links": {"next": {"href": "/a?after=1"}}}),
            json!({"next": "/a?after=1"}),
            json!({"meta": {"next": "/a?after=1"}}),
        ] {
            assert_eq!(link(&bare, &body, PageDirection::Forward).as_deref(), Some("/a?after=1"), "{body}");
            assert_eq!(link(&bare, &body, PageDirection::Backward), None, "{body}");
        }
        let headers: Headers = [("Link", "</b>; rel=\"prev\", </c>; rel=next")].into_iter().collect();
        let linked = Response { headers, ..Response::default() };
        assert_eq!(link(&linked, &json!([]), PageDirection::Forward).as_deref(), Some("/c"));
        assert_eq!(link(&linked, &json!([]), PageDirection::Backward).as_deref(), Some("/b"));
    }

    #[test]
    fn cursors_are_found_by_name_and_empty_ones_end_the_list() {
        assert_eq!(cursor(&json!({"meta": {"next_cursor": "x"}}), PageDirection::Forward).as_deref(), Some("x"));
        assert_eq!(cursor(&json!({"next_cursor": ""}), PageDirection::Forward), None);
        assert_eq!(cursor(&json!({"next_cursor": null}), PageDirection::Forward), None);
    }

    #[test]
    fn a_cursor_replaces_the_one_before() {
        assert_eq!(with_query("/a?x=1&after=2", &["after"], "after", "a b"), "/a?x=1&after=a%20b");
        assert_eq!(query_number("/a?offset=20", "offset"), Some(20));
    }
}
