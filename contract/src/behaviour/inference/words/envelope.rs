//! The words of bodies: what wraps items, what stands beside them, and what says which are wanted. Plain spelling: lower
//! case, no punctuation.

use crate::behaviour::paging::words::Parameter;

/// Members that hold an item or a list of them by custom, most telling first.
pub(crate) const WRAPPERS: &[&str] = &[
    "data",
    "items",
    "results",
    "item",
    "result",
    "value",
    "values",
    "records",
    "entries",
    "content",
    "rows",
    "list",
    "embedded",
    "elements",
    "objects",
    "hits",
    "docs",
    "resources",
    "edges",
    "node",
];

/// Members of an envelope that are no members of what it holds.
const ENVELOPE: &[&str] = &[
    "links",
    "link",
    "meta",
    "metadata",
    "jsonapi",
    "included",
    "success",
    "ok",
    "status",
    "statuscode",
    "code",
    "message",
    "messages",
    "msg",
    "error",
    "errors",
    "warnings",
    "warning",
    "requestid",
    "traceid",
    "timestamp",
    "pagination",
    "paging",
    "page",
    "pageinfo",
    "total",
    "count",
    "totalcount",
    "version",
    "resultinfo",
    "detail",
    "details",
    "info",
    "response",
    "responseheader",
    "object",
    "isfullyauthenticated",
    "token",
    "duration",
    "took",
    "next",
    "previous",
    "prev",
    "self",
    "first",
];

/// Arrays that stand beside the items of a list and are not them.
const BESIDE: &[&str] = &[
    "links",
    "link",
    "errors",
    "error",
    "warnings",
    "messages",
    "included",
    "notices",
    "columns",
    "fields",
    "facets",
    "aggregations",
    "sort",
    "filters",
    "expand",
    "issues",
    "details",
    "queries",
    "headers",
];

/// True for a member that stands around items rather than in them.
pub(crate) fn is_envelope(plain: &str) -> bool {
    ENVELOPE.contains(&plain)
}

/// True for an array that is beside the items of a list.
pub(crate) fn is_beside_items(plain: &str) -> bool {
    BESIDE.contains(&plain)
}

/// Members of a body that says which items are wanted.
const CRITERIA: &[&str] = &[
    "ids",
    "filter",
    "filters",
    "postfilter",
    "query",
    "queries",
    "q",
    "term",
    "search",
    "where",
    "criteria",
    "sort",
    "sorting",
    "sortby",
    "orderby",
    "aggregations",
    "facets",
    "grouping",
    "groupby",
    "fields",
    "select",
    "include",
    "includes",
    "exclude",
    "excludes",
    "expand",
    "associations",
    "totalcountmode",
];

/// True for a member of a body that says which items are wanted, in which order, and which page of them.
pub(crate) fn is_criterion(plain: &str) -> bool {
    CRITERIA.contains(&plain) || Parameter::is_of_pages(plain)
}
