//! The filter that a query parameter is, by its name and the members of the items.

use crate::behaviour::shape;
use crate::behaviour::{Filter, Test};
use crate::document::{Location, Pointer};
use crate::model::Contract;

/// A member of an item: its name, its place, its schema.
pub(super) type Member = (String, Pointer, Location);

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

/// True for the plain name of a parameter that says how an answer is written.
pub(crate) fn is_of_form(plain: &str) -> bool {
    FORM.contains(&plain)
}

/// Parameters that search in all texts of an item.
pub(super) const SEARCH: [&str; 10] =
    ["q", "query", "search", "searchtext", "term", "searchterm", "keyword", "keywords", "fulltext", "searchquery"];

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

/// The items of a list, as the names of query parameters speak of them.
#[derive(Clone, Copy)]
pub(crate) struct Items<'i> {
    /// One of them as it is called, in plain spelling: `batch`.
    pub(crate) singular: &'i str,
    /// The key's place for a name that lists keys.
    pub(crate) keys: &'i dyn Fn(&str) -> Option<Pointer>,
}

/// The filter that a query parameter is; `None` where its name is no member of the item.
pub(super) fn filter(
    contract: &Contract,
    name: &str,
    schema: Option<&Location>,
    members: &[Member],
    items: Items<'_>,
) -> Option<Filter> {
    let plain = shape::plain(name);
    let plain = plain.strip_prefix("filter").filter(|rest| !rest.is_empty()).unwrap_or(&plain);
    if FORM.contains(&plain) {
        return None;
    }
    let naming = Naming { contract, plain, schema, members };
    let (at, test) = (items.keys)(plain)
        .map(|at| (at, Test::Among))
        .or_else(|| naming.by_member())
        .or_else(|| SEARCH.contains(&plain).then(|| (Pointer::root(), Test::Contains)))
        .or_else(|| naming.by_range())
        .or_else(|| naming.by_selector())
        .or_else(|| naming.by_time())
        .or_else(|| naming.by_holder())
        .or_else(|| naming.by_flag())
        .or_else(|| naming.by_thing(items.singular))
        .or_else(|| naming.by_day())
        .or_else(|| naming.by_ending())?;
    Some(Filter { parameter: name.to_owned(), member: None, at, test })
}

/// A parameter whose name may speak of members of an item.
struct Naming<'n> {
    contract: &'n Contract,
    /// The name without case and punctuation.
    plain: &'n str,
    schema: Option<&'n Location>,
    members: &'n [Member],
}

impl Naming<'_> {
    /// The member of a plain name that holds one value, or a list of them or of things that have names.
    fn member(&self, wanted: &str) -> Option<&Pointer> {
        self.whole_member(wanted).map(|(_, at, _)| at)
    }

    fn whole_member(&self, wanted: &str) -> Option<&Member> {
        let is_plain = |at: &Location| !shape::is_object(self.contract, at) && !shape::is_array(self.contract, at);
        let is_named = |at: &Location| {
            let members = shape::members(self.contract, at);
            members.iter().any(|(name, _)| shape::NAMES.contains(&name.as_str()))
        };
        self.members.iter().find(|(name, _, at)| {
            let name = shape::plain(name);
            let is_same = name == wanted || shape::singular(&name) == shape::singular(wanted);
            let each = || shape::items(self.contract, at).filter(|_| shape::is_array(self.contract, at));
            is_same && (is_plain(at) || each().is_some_and(|each| is_plain(&each) || is_named(&each)))
        })
    }

    fn is_object(&self) -> bool {
        self.schema.is_some_and(|at| shape::is_object(self.contract, at))
    }

    /// A member that is called as the parameter.
    fn by_member(&self) -> Option<(Pointer, Test)> {
        let at = self.member(self.plain).filter(|_| !self.is_object())?;
        Some((at.clone(), Test::Among))
    }

    /// A member with a word before or behind it that says how it is compared.
    fn by_range(&self) -> Option<(Pointer, Test)> {
        RANGES.iter().find_map(|(word, place, test)| {
            let behind = self.plain.strip_suffix(word);
            let before = if *place == Place::Either { self.plain.strip_prefix(word) } else { None };
            [behind, before].into_iter().flatten().filter(|bare| !bare.is_empty()).find_map(|bare| {
                // `created_after` speaks of `created_at`.
                let near = ["", "at", "on", "date", "d"].map(|ending| format!("{bare}{ending}"));
                let (_, at, schema) = near.iter().find_map(|name| self.whole_member(name))?;
                // Nothing says which of several words is the least.
                let has_order = shape::keyword(self.contract, schema, "enum").is_none()
                    || !matches!(test, Test::AtLeast | Test::AtMost | Test::Above | Test::Below);
                has_order.then(|| (at.clone(), *test))
            })
        })
    }

    /// A flag that asks for items which are else left out: `showHidden` of `hidden`, `include_deleted` of `deleted`.
    fn by_flag(&self) -> Option<(Pointer, Test)> {
        let asked = self.schema.map(|at| shape::types(self.contract, at)).unwrap_or_default();
        let bare = ["show", "include", "with", "list"].iter().find_map(|word| self.plain.strip_prefix(word))?;
        if !OUT_OF_SIGHT.contains(&bare) {
            return None;
        }
        let is_flag = |(name, _, at): &&Member| {
            let name = shape::plain(name);
            name.strip_prefix("is").unwrap_or(&name) == bare && shape::types(self.contract, at).contains(&"boolean")
        };
        let (_, at, _) = self.members.iter().find(is_flag).filter(|_| asked.contains(&"boolean"))?;
        Some((at.clone(), Test::Shown))
    }

    /// A member with the thing's own name in front: `batchStatus` of batches is the `status` of one.
    fn by_thing(&self, singular: &str) -> Option<(Pointer, Test)> {
        let bare = self.plain.strip_prefix(singular).filter(|bare| !bare.is_empty() && !singular.is_empty())?;
        let at = self.member(bare).filter(|_| !self.is_object())?;
        Some((at.clone(), Test::Among))
    }

    /// The one date of an item, which `date` alone asks for: a day chooses all of its times.
    fn by_day(&self) -> Option<(Pointer, Test)> {
        let is_date = |at: &Location| matches!(shape::format(self.contract, at), Some("date" | "date-time"));
        let mut ending =
            self.members.iter().filter(|(name, _, at)| is_date(at) && shape::plain(name).ends_with("date"));
        match (ending.next(), ending.next(), self.plain) {
            (Some((_, at, _)), None, "date" | "day") => Some((at.clone(), Test::Begins)),
            (Some(_) | None, _, _) => None,
        }
    }

    /// The object of labels that `label_selector` chooses by, or the members that `fieldSelector` names at their places.
    fn by_selector(&self) -> Option<(Pointer, Test)> {
        match self.plain {
            "labelselector" | "labelsselector" => {
                let is_labels = |(name, _, at): &&Member| name == "labels" && shape::is_object(self.contract, at);
                let labels = self.members.iter().find(is_labels);
                let within = || {
                    let (_, root, at) = self.members.iter().find(|(name, _, _)| name == "metadata")?;
                    shape::member(self.contract, at, "labels").map(|_| root.join("labels"))
                };
                let at = labels.map(|(_, at, _)| at.clone()).or_else(within)?;
                Some((at, Test::Labels))
            }
            "fieldselector" => Some((Pointer::root(), Test::Fields)),
            _ => None,
        }
    }

    /// The time of an item, for `since`, `before` and their kin.
    fn by_time(&self) -> Option<(Pointer, Test)> {
        let (_, test) = TIMES.iter().find(|(word, _)| *word == self.plain)?;
        let updated = self.member("updatedat").filter(|_| self.plain == "since" && self.member("createdat").is_none());
        let is_dated = |(_, _, at): &&Member| shape::format(self.contract, at) == Some("date-time");
        let dated = || self.members.iter().find(is_dated).map(|(_, at, _)| at);
        let at = updated.or_else(|| TIMES_OF_ITEMS.iter().find_map(|name| self.member(name))).or_else(dated)?;
        Some((at.clone(), *test))
    }

    /// The object that is there, with whose key `owner_id` and `owner` are compared.
    fn by_holder(&self) -> Option<(Pointer, Test)> {
        let bare = self.plain.strip_suffix("id").or_else(|| self.plain.strip_suffix("name")).unwrap_or(self.plain);
        let is_it = |(name, _, at): &&Member| shape::plain(name) == bare && shape::is_object(self.contract, at);
        let (_, at, _) = self.members.iter().find(is_it).filter(|_| !bare.is_empty() && !self.is_object())?;
        Some((at.clone(), Test::Among))
    }

    /// The one member of that type whose name ends in that of the parameter: `datasetRunName` for `runName`, `is_paused` for
    /// `paused`.
    fn by_ending(&self) -> Option<(Pointer, Test)> {
        let asked = shape::types(self.contract, self.schema?);
        let mut ending = self.members.iter().filter(|(name, _, at)| {
            let types = shape::types(self.contract, at);
            let fits = |kind: &&str| asked.contains(kind) && !matches!(*kind, "object" | "null");
            shape::plain(name).ends_with(self.plain) && types.iter().any(fits)
        });
        match (ending.next(), ending.next()) {
            (Some((_, at, _)), None) if self.plain.len() >= MIN_ENDING => Some((at.clone(), Test::Among)),
            (Some(_), _) | (None, _) => None,
        }
    }
}

/// Flags of things that are out of sight until somebody asks for them.
const OUT_OF_SIGHT: [&str; 6] = ["hidden", "deleted", "archived", "trashed", "removed", "purged"];

/// The shortest name that may stand for a longer one which ends in it.
const MIN_ENDING: usize = 5;

/// Members that are the time of an item, most telling first.
const TIMES_OF_ITEMS: [&str; 15] = [
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

/// The members of an item that one value or a list of them may be compared with, those of its `attributes` among them.
pub(super) fn members(contract: &Contract, item: &Location) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::new();
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
