//! What stands around items: links to other pages and to itself, cursors, counts, the version of JSON:API. Recognised by
//! name, filled where the schema has them.

use serde_json::{Number, Value};

use crate::behaviour::answer::compose::Occasion;
use crate::behaviour::answer::location;
use crate::behaviour::call::{Listing, PageLink, Relation};
use crate::behaviour::known::Known;
use crate::behaviour::paging::page;
use crate::behaviour::shape;
use crate::behaviour::{PageBy, Paging};
use crate::document::{Location, Pointer};
use crate::model::{Contract, In};

/// Members of an envelope that hold more of it.
const INNER: [&str; 8] = ["links", "meta", "page", "paging", "pagination", "pageinfo", "cursors", "metadata"];

/// The version of JSON:API that is spoken: the first, since nothing that came later is used.
const JSON_API: &str = "1.0";

pub(crate) struct Envelope<'s> {
    pub(crate) contract: &'s Contract,
    pub(crate) occasion: &'s Occasion<'s>,
    pub(crate) listing: Option<&'s Listing>,
    pub(crate) paging: Option<&'s Paging>,
}

impl Envelope<'_> {
    /// What is known of the members of a body beside the item or items at `returned`.
    pub(crate) fn known(&self, at: &Location, returned: Option<&Pointer>) -> Vec<Known> {
        let mut known = Vec::new();
        // A body that is the item itself, or the array, has no envelope.
        if returned.is_none_or(|pointer| pointer.as_str().is_empty()) {
            return known;
        }
        let root = Pointer::root();
        for (name, at) in shape::members(self.contract, at) {
            let here = root.join(&name);
            if returned.is_some_and(|returned| returned.is_within(&here)) {
                continue;
            }
            let plain = shape::plain(&name);
            if plain == "jsonapi" && shape::member(self.contract, &at, "version").is_some() {
                known.push(Known::At(here.join("version"), Value::String(JSON_API.to_owned())));
            } else if INNER.contains(&plain.as_str()) && shape::is_object(self.contract, &at) {
                for (name, at) in shape::members(self.contract, &at) {
                    known.extend(self.member(&shape::plain(&name), &at, here.join(&name), Inside::Envelope));
                }
            } else {
                known.extend(self.member(&plain, &at, here, Inside::Body));
            }
        }
        known
    }

    fn member(&self, plain: &str, at: &Location, here: Pointer, inside: Inside) -> Option<Known> {
        if plain == "self" {
            return Some(self.link(at, here, Some(location::of_itself(self.occasion))));
        }
        let listing = self.listing?;
        if let Some(relation) = relation(plain, inside) {
            let target = listing.link(relation).map(|link| location::of_page(self.occasion, link));
            return Some(self.link(at, here, target));
        }
        let count = |number: usize| Value::Number(Number::from(number));
        let value = match plain {
            "nextcursor" | "nextpagetoken" | "nexttoken" | "endcursor" => {
                return Some(self.cursor(at, here, listing.link(Relation::Next)));
            }
            "prevcursor" | "previouscursor" | "startcursor" | "prevpagetoken" => {
                return Some(self.cursor(at, here, listing.link(Relation::Prev)));
            }
            "hasmore" | "hasnext" | "hasnextpage" => Value::Bool(listing.link(Relation::Next).is_some()),
            "hasprev" | "hasprevious" | "hasprevpage" | "haspreviouspage" => {
                Value::Bool(listing.link(Relation::Prev).is_some())
            }
            "total" | "totalcount" | "totalitems" | "totalresults" | "totalelements" | "totalrecords" => {
                count(listing.total)
            }
            "count" if inside == Inside::Body || shape::types(self.contract, at).contains(&"integer") => {
                count(listing.items.len())
            }
            "page" | "pagenumber" | "pageno" | "pagenum" | "pageindex" | "currentpage"
                if is_whole(self.contract, at) =>
            {
                count(self.page())
            }
            "totalpages" | "pagecount" | "pages" | "lastpage" if is_whole(self.contract, at) => {
                count(listing.total.div_ceil(self.limit()?.max(1)))
            }
            "limit" | "perpage" | "pagesize" | "pagelimit" | "itemsperpage" if is_whole(self.contract, at) => {
                count(self.limit()?)
            }
            "offset" | "skip" | "pageoffset" | "startindex" if is_whole(self.contract, at) => count(self.offset()?),
            _ => self.echo(plain)?,
        };
        Some(Known::At(here, value))
    }

    /// The number of this page, as the contract counts pages.
    fn page(&self) -> usize {
        let call = &self.occasion.call;
        match self.paging.map(|paging| &paging.by) {
            Some(PageBy::Page(name)) => page::page(self.contract, call, name),
            Some(PageBy::Offset(_)) => self.offset().unwrap_or_default() / self.limit().unwrap_or_default().max(1) + 1,
            Some(PageBy::Cursor { .. } | PageBy::Nothing) | None => 1,
        }
    }

    fn offset(&self) -> Option<usize> {
        match &self.paging?.by {
            PageBy::Offset(name) => Some(page::offset(self.contract, &self.occasion.call, name)),
            PageBy::Page(_) | PageBy::Cursor { .. } | PageBy::Nothing => None,
        }
    }

    fn limit(&self) -> Option<usize> {
        Some(page::limit(self.contract, self.paging?, &self.occasion.call))
    }

    /// A member called as a query parameter tells what was asked for (`limit`, `offset`).
    fn echo(&self, plain: &str) -> Option<Value> {
        let call = &self.occasion.call;
        let parameter = call
            .operation
            .parameters
            .iter()
            .find(|parameter| parameter.place == In::Query && shape::plain(&parameter.name) == plain)?;
        call.parameter(In::Query, &parameter.name).cloned()
    }

    fn link(&self, at: &Location, here: Pointer, target: Option<String>) -> Known {
        let Some(path) = target else { return self.nothing(at, here) };
        if shape::is_object(self.contract, at)
            && let Some(href) = shape::member(self.contract, at, "href")
        {
            return Known::At(here.join("href"), self.uri(&href, path));
        }
        let value = self.uri(at, path);
        Known::At(here, value)
    }

    /// A reference is as good as a URI unless the schema insists on the latter.
    fn uri(&self, at: &Location, path: String) -> Value {
        let absolute = match shape::format(self.contract, at) {
            Some("uri" | "url" | "iri") => location::absolute(self.occasion, &path),
            _ => None,
        };
        Value::String(absolute.unwrap_or(path))
    }

    fn cursor(&self, at: &Location, here: Pointer, link: Option<&PageLink>) -> Known {
        match link.and_then(|link| link.query.iter().find_map(|(_, value)| value.clone())) {
            Some(cursor) => Known::At(here, Value::String(cursor)),
            None => self.nothing(at, here),
        }
    }

    fn nothing(&self, at: &Location, here: Pointer) -> Known {
        if shape::types(self.contract, at).contains(&"null") {
            Known::At(here, Value::Null)
        } else {
            Known::Absent(here)
        }
    }
}

fn is_whole(contract: &Contract, at: &Location) -> bool {
    let types = shape::types(contract, at);
    types.contains(&"integer") || types.contains(&"number")
}

/// Where in the body a member stands: some names speak of pages only within an envelope's own object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Body,
    Envelope,
}

fn relation(plain: &str, inside: Inside) -> Option<Relation> {
    let bare = plain.trim_end_matches("url").trim_end_matches("link").trim_end_matches("page");
    match bare {
        "next" => Some(Relation::Next),
        "prev" | "previous" => Some(Relation::Prev),
        "first" if inside == Inside::Envelope || bare != plain => Some(Relation::First),
        "last" if inside == Inside::Envelope || bare != plain => Some(Relation::Last),
        _ => None,
    }
}

/// The value of a `Link` header field (RFC 8288 §3).
pub(crate) fn link_header(occasion: &Occasion<'_>, listing: &Listing) -> String {
    listing
        .links
        .iter()
        .map(|link| format!("<{}>; rel=\"{}\"", location::of_page(occasion, link), link.relation.as_str()))
        .collect::<Vec<_>>()
        .join(", ")
}
