//! Which query parameters cut a list into pages, recognised by name.

use crate::behaviour::paging::words::Parameter;
use crate::behaviour::shape;
use crate::behaviour::{Filter, PageBy, Paging, Sort, Test};
use crate::document::{Location, Pointer};
use crate::model::{Contract, In, Operation};

/// The paging of a list operation; `None` where no query parameter speaks of pages.
#[must_use]
pub(crate) fn of(contract: &Contract, operation: &Operation) -> Option<Paging> {
    let named = |asked: Parameter, numeric: Numeric| {
        asked.words().iter().find_map(|wanted| {
            operation
                .parameters
                .iter()
                .find(|parameter| {
                    parameter.place == In::Query
                        && shape::plain(&parameter.name) == *wanted
                        && parameter.shape.schema().is_none_or(|at| {
                            let types = shape::types(contract, at);
                            let is_number = types.iter().any(|word| matches!(*word, "integer" | "number"));
                            match numeric {
                                Numeric::Must => is_number || types.is_empty(),
                                Numeric::Never => !is_number && !is_date(contract, at),
                            }
                        })
                })
                .map(|parameter| parameter.name.clone())
        })
    };
    // `first` beside `max` is the place of the first one, else how many come first.
    let has = |name: &str| {
        let mut query = operation.parameters.iter().filter(|parameter| parameter.place == In::Query);
        query.any(|parameter| parameter.name == name)
    };
    if has("first") && has("max") {
        return Some(Paging { by: PageBy::Offset("first".to_owned()), or: None, limit: Some("max".to_owned()) });
    }
    let limit = named(Parameter::Limit, Numeric::Must);
    // A mark that is no number is a cursor, however it is called.
    let after = named(Parameter::After, Numeric::Never).or_else(|| {
        named(Parameter::Offset, Numeric::Never).filter(|name| limit.is_some() && is_mark(operation, name))
    });
    let before = named(Parameter::Before, Numeric::Never);
    let is_cut = after.is_some() || before.is_some();
    let cursor = is_cut.then_some(PageBy::Cursor { after, before });
    let offset = named(Parameter::Offset, Numeric::Must)
        .filter(|name| limit.is_some() && !is_range(operation, name) || is_plainly_offset(name))
        .map(PageBy::Offset);
    let page = named(Parameter::Page, Numeric::Must).map(PageBy::Page);
    let mut marks = cursor.into_iter().chain(offset).chain(page);
    let by = marks.next().unwrap_or(PageBy::Nothing);
    (limit.is_some() || by != PageBy::Nothing).then(|| Paging { by, or: marks.next(), limit })
}

/// True for a text that marks a place in a list: `offset` always, `from` where it is described as an identifier.
fn is_mark(operation: &Operation, name: &str) -> bool {
    let described = operation.parameter(In::Query, name).and_then(|parameter| parameter.description.as_deref());
    let names_one =
        || described.is_some_and(|text| text.split(|sign: char| !sign.is_alphanumeric()).any(|word| word == "ID"));
    is_plainly_offset(name) || shape::plain(name) == "from" && !is_range(operation, name) && names_one()
}

/// True for a name that says nothing but how many items are passed over.
fn is_plainly_offset(name: &str) -> bool {
    !matches!(shape::plain(name).as_str(), "from" | "start")
}

/// True for `from` and `start` beside their ends: they are times or values, not places in a list.
fn is_range(operation: &Operation, name: &str) -> bool {
    let ends: &[&str] = match shape::plain(name).as_str() {
        "from" => &["to", "until"],
        "start" => &["end", "stop", "until"],
        _ => &[],
    };
    operation
        .parameters
        .iter()
        .any(|parameter| parameter.place == In::Query && ends.contains(&shape::plain(&parameter.name).as_str()))
}

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

/// Parameters that say how an answer is written, never which items it has, even if a member is called the same.
const FORM: [&str; 12] = [
    "include",
    "expand",
    "fields",
    "embed",
    "select",
    "version",
    "apiversion",
    "format",
    "alt",
    "callback",
    "pretty",
    "prettyprint",
];

/// Parameters that name the members which are shown (`fields` of many services, `$select` of OData 4.01 §5.1.3).
const FIELDS: [&str; 4] = ["fields", "select", "includefields", "onlyfields"];

/// The query parameter that names the members which an answer shows of an item: one whose values are texts that say names.
#[must_use]
pub(crate) fn fields(contract: &Contract, operation: &Operation) -> Option<String> {
    let query = operation.parameters.iter().filter(|parameter| parameter.place == In::Query);
    let named = query.filter(|parameter| FIELDS.contains(&shape::plain(&parameter.name).as_str()));
    let says_names = |at: &Location| {
        let each = shape::items(contract, at);
        let types = shape::types(contract, each.as_ref().unwrap_or(at));
        types.is_empty() || types.contains(&"string")
    };
    let mut fitting = named.filter(|parameter| parameter.shape.schema().is_none_or(says_names));
    fitting.next().map(|parameter| parameter.name.clone())
}

/// Parameters that search in all texts of an item.
const SEARCH: [&str; 10] =
    ["q", "query", "search", "searchtext", "term", "searchterm", "keyword", "keywords", "fulltext", "searchquery"];

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

/// The words of ranges before or behind a member's name, with where each may stand and what it compares.
const RANGES: [(&str, Place, Test); 23] = [
    ("gte", Place::Behind, Test::AtLeast),
    ("gt", Place::Behind, Test::Above),
    ("lte", Place::Behind, Test::AtMost),
    ("lt", Place::Behind, Test::Below),
    ("min", Place::Either, Test::AtLeast),
    ("max", Place::Either, Test::AtMost),
    ("from", Place::Either, Test::AtLeast),
    ("to", Place::Either, Test::AtMost),
    ("since", Place::Either, Test::AtLeast),
    ("until", Place::Either, Test::AtMost),
    ("after", Place::Either, Test::Above),
    ("before", Place::Either, Test::Below),
    ("start", Place::Either, Test::AtLeast),
    ("end", Place::Either, Test::AtMost),
    ("ne", Place::Behind, Test::NotAmong),
    ("not", Place::Either, Test::NotAmong),
    ("in", Place::Behind, Test::Among),
    ("contains", Place::Either, Test::Contains),
    ("pattern", Place::Behind, Test::Contains),
    ("like", Place::Behind, Test::Contains),
    ("icontains", Place::Behind, Test::Contains),
    ("startswith", Place::Behind, Test::Begins),
    ("prefix", Place::Behind, Test::Begins),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Behind,
    Either,
}

/// Parameters that say from when on, or until when, by the member that is the time of an item.
const TIMES: [(&str, Test); 12] = [
    ("since", Test::AtLeast),
    ("until", Test::AtMost),
    ("after", Test::Above),
    ("before", Test::Below),
    ("from", Test::AtLeast),
    ("to", Test::AtMost),
    ("startdate", Test::AtLeast),
    ("enddate", Test::AtMost),
    ("starttime", Test::AtLeast),
    ("endtime", Test::AtMost),
    ("fromdate", Test::AtLeast),
    ("todate", Test::AtMost),
];

/// The meanings of a list's query parameters beside its pages; `keys` gives the key's place for a name that lists keys.
#[must_use]
pub(crate) fn meanings(
    contract: &Contract,
    operation: &Operation,
    paging: Option<&Paging>,
    item: &Location,
    keys: &dyn Fn(&str) -> Option<Pointer>,
) -> Meanings {
    let of_paging = paging.map(Paging::parameters).unwrap_or_default();
    let members = members(contract, item);
    let query = operation.parameters.iter().filter(|parameter| parameter.place == In::Query);
    let query: Vec<_> = query.filter(|parameter| !of_paging.contains(&parameter.name.as_str())).collect();
    let mut found = Meanings::default();
    let named = |names: &[&str], but: Option<&str>| {
        let is_it = |name: &str| names.contains(&shape::plain(name).as_str()) && Some(name) != but;
        query.iter().find(|parameter| is_it(&parameter.name)).map(|parameter| parameter.name.clone())
    };
    let by = named(&SORT[..2], None).or_else(|| named(&SORT[3..], None)).or_else(|| named(&SORT, None));
    if let Some(by) = by {
        let direction = named(&DIRECTION, Some(&by));
        let members = members.iter().map(|(name, at, _)| (shape::plain(name), at.clone())).collect();
        found.sort = Some(Sort { by, direction, members });
    }
    for parameter in query {
        let name = parameter.name.as_str();
        let is_sort =
            found.sort.as_ref().is_some_and(|sort| sort.by == name || sort.direction.as_deref() == Some(name));
        if is_sort {
            continue;
        }
        // `offset` beside a cursor is no member of an item, even if that has one of the name.
        if paging.is_some() && Parameter::is_of_pages(&shape::plain(name)) {
            found.unused.push(name.to_owned());
            continue;
        }
        if SEARCH.contains(&shape::plain(name).as_str()) && parameter.description.as_deref().is_some_and(is_of_language)
        {
            found.unused.push(name.to_owned());
            continue;
        }
        let schema = parameter.shape.schema();
        let before = found.filters.len();
        let limits = parameter.description.as_deref().and_then(limit_told);
        let one = filter(contract, name, schema, &members, keys);
        found.filters.extend(one.map(|one| match (one.test, limits) {
            (Test::Among, Some(test)) if !one.at.as_str().is_empty() => Filter { test, ..one },
            _ => one,
        }));
        if let Some(at) = schema.filter(|at| found.filters.len() == before && shape::is_object(contract, at)) {
            // `filter[status]`: each member is a filter of its own.
            for (inner, at) in shape::members(contract, at) {
                let one = filter(contract, &inner, Some(&at), &members, keys);
                found.filters.extend(one.map(|one| Filter {
                    parameter: name.to_owned(),
                    member: Some(inner.clone()),
                    ..one
                }));
            }
        }
        if found.filters.len() == before {
            found.unused.push(name.to_owned());
        }
    }
    found
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
    ["json", "syntax", "query language", "query string", "expression", "lucene", "sql", "operators"]
        .iter()
        .any(|word| text.contains(word))
}

/// The members of an item that one value or a list of them may be compared with, those of its `attributes` among them.
fn members(contract: &Contract, item: &Location) -> Vec<(String, Pointer, Location)> {
    let mut members: Vec<(String, Pointer, Location)> = Vec::new();
    let root = Pointer::root();
    for (name, at) in shape::members(contract, item) {
        if name == "attributes" || name == "properties" && shape::is_object(contract, &at) {
            // Several parts of an `allOf` may each describe them (GeoJSON features).
            let all = shape::all_within(contract, item, &root.join(&name));
            let inner = all.into_iter().flat_map(|at| shape::members(contract, &at));
            members.extend(inner.map(|(inner, at)| (inner.clone(), root.join(&name).join(&inner), at)));
        }
        members.push((name.clone(), root.join(&name), at));
    }
    members
}

/// The filter that a query parameter is; `None` where its name is no member of the item.
fn filter(
    contract: &Contract,
    name: &str,
    schema: Option<&Location>,
    members: &[(String, Pointer, Location)],
    keys: &dyn Fn(&str) -> Option<Pointer>,
) -> Option<Filter> {
    let plain = shape::plain(name);
    let plain = plain.strip_prefix("filter").filter(|rest| !rest.is_empty()).unwrap_or(&plain);
    let found = |at: Pointer, test: Test| Some(Filter { parameter: name.to_owned(), member: None, at, test });
    if FORM.contains(&plain) {
        return None;
    }
    if let Some(at) = keys(plain) {
        return found(at, Test::Among);
    }
    let is_plain = |at: &Location| !shape::is_object(contract, at) && !shape::is_array(contract, at);
    let member = |wanted: &str| {
        members.iter().find(|(name, _, at)| {
            let name = shape::plain(name);
            let is_same = name == wanted || shape::singular(&name) == shape::singular(wanted);
            is_same && (is_plain(at) || shape::items(contract, at).is_some_and(|each| is_plain(&each)))
        })
    };
    let is_object = schema.is_some_and(|at| shape::is_object(contract, at));
    if let Some((_, at, _)) = member(plain).filter(|_| !is_object) {
        return found(at.clone(), Test::Among);
    }
    if SEARCH.contains(&plain) {
        return found(Pointer::root(), Test::Contains);
    }
    for (word, place, test) in RANGES {
        let behind = plain.strip_suffix(word);
        let before = if place == Place::Either { plain.strip_prefix(word) } else { None };
        for bare in [behind, before].into_iter().flatten().filter(|bare| !bare.is_empty()) {
            // `created_after` speaks of `created_at`.
            let near =
                [bare.to_owned(), format!("{bare}at"), format!("{bare}on"), format!("{bare}date"), format!("{bare}d")];
            if let Some((_, at, _)) = near.iter().find_map(|name| member(name)) {
                return found(at.clone(), test);
            }
        }
    }
    if let Some(found) = selector(contract, name, members) {
        return Some(found);
    }
    if let Some((_, test)) = TIMES.iter().find(|(word, _)| *word == plain) {
        let times = [
            "createdat",
            "created",
            "createdon",
            "creationdate",
            "creationtime",
            "createdtime",
            "createtime",
            "datecreated",
            "createddate",
            "timestamp",
            "date",
            "time",
            "occurredat",
            "updatedat",
            "starttime",
        ];
        let is_updated = plain == "since" && member("updatedat").is_some() && member("createdat").is_none();
        let dated = || members.iter().find(|(_, _, at)| shape::format(contract, at) == Some("date-time"));
        let known = || times.iter().find_map(|name| member(name)).or_else(dated);
        let at = if is_updated { member("updatedat") } else { known() };
        if let Some((_, at, _)) = at {
            return found(at.clone(), *test);
        }
    }
    // `owner_id` and `owner` are compared with the key of the object that is there.
    let bare = plain.strip_suffix("id").or_else(|| plain.strip_suffix("name")).unwrap_or(plain);
    let holder = members.iter().find(|(name, _, at)| shape::plain(name) == bare && shape::is_object(contract, at));
    if let Some((_, at, _)) = holder.filter(|_| !bare.is_empty() && !is_object) {
        return found(at.clone(), Test::Among);
    }
    by_ending(contract, plain, schema, members).and_then(|at| found(at, Test::Among))
}

/// The filter of `label_selector` and `fieldSelector`: by an object of labels, or by members at their places.
fn selector(contract: &Contract, name: &str, members: &[(String, Pointer, Location)]) -> Option<Filter> {
    let found = |at: Pointer, test: Test| Some(Filter { parameter: name.to_owned(), member: None, at, test });
    match shape::plain(name).as_str() {
        "labelselector" | "labelsselector" => {
            let labels = members.iter().find(|(name, _, at)| name == "labels" && shape::is_object(contract, at));
            let within = || {
                let (_, root, at) = members.iter().find(|(name, _, _)| name == "metadata")?;
                shape::member(contract, at, "labels").map(|_| root.join("labels"))
            };
            let at = labels.map(|(_, at, _)| at.clone()).or_else(within)?;
            found(at, Test::Labels)
        }
        "fieldselector" => found(Pointer::root(), Test::Fields),
        _ => None,
    }
}

/// The shortest name that may stand for a longer one which ends in it.
const MIN_ENDING: usize = 5;

/// The one member of that type whose name ends in that of the parameter: `datasetRunName` for `runName`, `is_paused` for
/// `paused`.
fn by_ending(
    contract: &Contract,
    plain: &str,
    schema: Option<&Location>,
    members: &[(String, Pointer, Location)],
) -> Option<Pointer> {
    let asked = shape::types(contract, schema?);
    let mut ending = members.iter().filter(|(name, _, at)| {
        let name = shape::plain(name);
        let types = shape::types(contract, at);
        name.ends_with(plain) && types.iter().any(|kind| asked.contains(kind) && !matches!(*kind, "object" | "null"))
    });
    match (ending.next(), ending.next()) {
        (Some((_, at, _)), None) if plain.len() >= MIN_ENDING => Some(at.clone()),
        (Some(_), _) | (None, _) => None,
    }
}

/// The kind of value that a parameter of such a name holds where it speaks of pages.
#[derive(Clone, Copy)]
enum Numeric {
    Must,
    Never,
}

/// `before` and `after` with a date are filters, not cursors.
fn is_date(contract: &Contract, at: &Location) -> bool {
    shape::format(contract, at).is_some_and(|format| format.starts_with("date"))
}
