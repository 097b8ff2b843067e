//! The meanings of a list's query parameters beside its pages: filters, order, and what is not known.

use crate::behaviour::paging::asked::{self, Asked};
use crate::behaviour::paging::criteria;
use crate::behaviour::paging::filter::{Items, Member, SEARCH, filter, members};
use crate::behaviour::paging::words::Parameter;
use crate::behaviour::shape;
use crate::behaviour::{Filter, Paging, Sort, Test};
use crate::document::{Location, Pointer};
use crate::model::{Contract, Operation};

/// The meanings of a list's query parameters beside its pages.
#[derive(Debug, Default)]
pub(crate) struct Meanings {
    /// Those that choose among items.
    pub(crate) filters: Vec<Filter>,
    /// Those that say in which order items stand.
    pub(crate) sort: Option<Sort>,
    /// Those that mean nothing that is known.
    pub(crate) unused: Vec<String>,
}

/// Parameters that say by which member a list is sorted.
const SORT: [&str; 12] = [
    "sort",
    "sortby",
    "order",
    "orderby",
    "ordering",
    "sortfield",
    "orderfield",
    "sortkey",
    "sorton",
    "sortcolumn",
    "ordercolumn",
    "sorting",
];

/// Parameters that say in which direction.
const DIRECTION: [&str; 9] =
    ["order", "sortorder", "direction", "sortdirection", "dir", "sortdir", "orderdirection", "orderdir", "sorttype"];

/// The meanings of a list's query parameters beside its pages.
#[must_use]
pub(crate) fn meanings(
    contract: &Contract,
    operation: &Operation,
    paging: Option<&Paging>,
    item: &Location,
    items: Items<'_>,
) -> Meanings {
    let of_paging = paging.map(Paging::parameters).unwrap_or_default();
    let members = members(contract, item);
    let query = asked::by_query(operation).into_iter().chain(asked::by_body(contract, operation));
    let is_of_paging = |name: &str| {
        let is_within =
            |used: &&str| used.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('['));
        of_paging.iter().any(is_within)
    };
    let query: Vec<Asked> = query.filter(|parameter| !is_of_paging(&parameter.name)).collect();
    let mut found = Meanings::default();
    let named = |names: &[&str], but: Option<&str>| {
        let is_it = |name: &str| names.contains(&asked::plain(name).as_str()) && Some(name) != but;
        query.iter().find(|parameter| is_it(&parameter.name)).map(|parameter| parameter.name.clone())
    };
    let by = named(&SORT[..2], None).or_else(|| named(&SORT[3..], None)).or_else(|| named(&SORT, None));
    if let Some(by) = by {
        let direction = named(&DIRECTION, Some(&by));
        let members = members.iter().map(|(name, at, _)| (shape::plain(name), at.clone())).collect();
        found.sort = Some(Sort { by, direction, members });
    }
    for parameter in &query {
        let name = parameter.name.as_str();
        let is_sort =
            found.sort.as_ref().is_some_and(|sort| sort.by == name || sort.direction.as_deref() == Some(name));
        if is_sort {
            continue;
        }
        let plain = parameter.plain();
        // `offset` beside a cursor is no member of an item, even if that has one of the name.
        let is_of_pages = paging.is_some() && Parameter::is_of_pages(&plain);
        let is_read =
            !SEARCH.contains(&plain.as_str()) || !parameter.description.as_deref().is_some_and(is_of_language);
        let filters = if is_of_pages || !is_read { Vec::new() } else { filters(contract, parameter, &members, items) };
        if filters.is_empty() {
            found.unused.push(name.to_owned());
        }
        found.filters.extend(filters);
    }
    found
}

/// The filters that a parameter is: one, or one for each member of its value (`filter[status]`).
fn filters(contract: &Contract, parameter: &Asked, members: &[Member], items: Items<'_>) -> Vec<Filter> {
    let name = parameter.name.as_str();
    let schema = parameter.schema.as_ref();
    if asked::is_in_body(name) && schema.is_some_and(|at| criteria::are(contract, at)) {
        let at = Pointer::root();
        return vec![Filter { parameter: name.to_owned(), member: None, at, test: Test::Criteria }];
    }
    let limits = parameter.description.as_deref().and_then(limit_told);
    let bare = if asked::is_in_body(name) { name.rsplit('/').next().unwrap_or(name) } else { name };
    if let Some(one) = filter(contract, bare, schema, members, items) {
        let one = Filter { parameter: name.to_owned(), ..one };
        return vec![match (one.test, limits) {
            (Test::Among, Some(test)) if !one.at.as_str().is_empty() => Filter { test, ..one },
            _ => one,
        }];
    }
    let Some(at) = schema.filter(|at| shape::is_object(contract, at)) else { return Vec::new() };
    let within = shape::members(contract, at).into_iter().filter_map(|(inner, at)| {
        let one = filter(contract, &inner, Some(&at), members, items)?;
        Some(Filter { parameter: name.to_owned(), member: Some(inner), ..one })
    });
    within.collect()
}

/// The limit that a description begins with: "Minimum price".
fn limit_told(description: &str) -> Option<Test> {
    match description.split_whitespace().next()?.to_lowercase().as_str() {
        "minimum" | "min" => Some(Test::AtLeast),
        "maximum" | "max" => Some(Test::AtMost),
        _ => None,
    }
}

/// True where the description of a search says that it is written in a language of its own, which nobody here reads.
fn is_of_language(description: &str) -> bool {
    let text = description.to_lowercase();
    ["json", "syntax", "query language", "query string", "lucene", "sql", "operators"]
        .iter()
        .any(|word| text.contains(word))
}
