//! What stands around items: links to other pages and to itself, cursors, counts, the version of JSON:API. Recognised by
//! name, filled where the schema has them.

use serde_json::{Number, Value};

use crate::behaviour::answer::compose::Occasion;
use crate::behaviour::answer::location;
use crate::behaviour::call::{Listing, PageLink, Relation};
use crate::behaviour::known::Known;
use crate::behaviour::paging::words::{self, Member};
use crate::behaviour::paging::{link_field, page};
use crate::behaviour::shape;
use crate::behaviour::{PageBy, Paging};
use crate::document::{Location, Pointer};
use crate::model::{Contract, In};

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
        let members = shape::members(self.contract, at);
        for (name, at) in &members {
            let here = root.join(name);
            if returned.is_some_and(|returned| returned.is_within(&here)) {
                continue;
            }
            let plain = shape::plain(name);
            if plain == "jsonapi" && shape::member(self.contract, at, "version").is_some() {
                known.push(Known::At(here.join("version"), Value::String(JSON_API.to_owned())));
            } else if words::is_envelope(&plain) && shape::is_object(self.contract, at) {
                let inner = shape::members(self.contract, at);
                for (name, at) in &inner {
                    let here = here.join(name);
                    known.extend(self.member(&shape::plain(name), at, here, Around::Envelope(&inner)));
                }
            } else {
                known.extend(self.member(&plain, at, here, Around::Body(&members)));
            }
        }
        known
    }

    fn member(&self, plain: &str, at: &Location, here: Pointer, around: Around<'_>) -> Option<Known> {
        if plain == "self" {
            return Some(self.link(at, here, Some(location::of_itself(self.occasion))));
        }
        let listing = self.listing?;
        let is_whole = is_whole(self.contract, at);
        let count = |number: usize| Value::Number(Number::from(number));
        let value = match words::member(plain) {
            // As a number, the last page is how many there are.
            Some(Member::Pages | Member::Link(Relation::Last)) if is_whole => {
                count(listing.total.div_ceil(self.limit()?.max(1)))
            }
            Some(Member::Link(relation)) if around.has_link(relation, plain) => {
                let target = listing.link(relation).map(|link| location::of_page(self.occasion, link));
                return Some(self.link(at, here, target));
            }
            Some(Member::Cursor(relation)) => return Some(self.cursor(at, here, listing.link(relation))),
            Some(Member::Edge(relation)) if self.is_by_cursor() && !around.tells_clearly(relation) => {
                return Some(self.cursor(at, here, listing.link(relation)));
            }
            Some(Member::More) => Value::Bool(listing.link(Relation::Next).is_some()),
            Some(Member::Has(relation)) => Value::Bool(listing.link(relation).is_some()),
            Some(Member::Total) => count(listing.total),
            Some(Member::Count) if around.is_body() || shape::types(self.contract, at).contains(&"integer") => {
                count(listing.items.len())
            }
            Some(Member::Page) if is_whole => count(self.page()),
            Some(Member::Limit) if is_whole => count(self.limit()?),
            Some(Member::Offset) if is_whole => count(self.offset()?),
            Some(
                Member::Link(_)
                | Member::Edge(_)
                | Member::Count
                | Member::Page
                | Member::Pages
                | Member::Limit
                | Member::Offset,
            )
            | None => self.echo(plain)?,
        };
        Some(Known::At(here, value))
    }

    /// True where the list is cut by cursors.
    fn is_by_cursor(&self) -> bool {
        match self.paging.map(|paging| &paging.by) {
            Some(PageBy::Cursor { .. }) => true,
            Some(PageBy::Offset(_) | PageBy::Page(_) | PageBy::Nothing) | None => false,
        }
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

/// Where in the body a member stands, with all that stand there: some names speak of pages only within an envelope's own
/// object, or where no other does.
#[derive(Clone, Copy)]
enum Around<'m> {
    Body(&'m [(String, Location)]),
    Envelope(&'m [(String, Location)]),
}

impl Around<'_> {
    fn is_body(self) -> bool {
        match self {
            Self::Body(_) => true,
            Self::Envelope(_) => false,
        }
    }

    /// True where a member of that plain name is a link: in a body, `first` and `last` may be anything else.
    fn has_link(self, relation: Relation, plain: &str) -> bool {
        match relation {
            Relation::Next | Relation::Prev => true,
            Relation::First | Relation::Last => !self.is_body() || plain != relation.as_str(),
        }
    }

    /// True where a member of a clear name tells of the page of that relation.
    fn tells_clearly(self, relation: Relation) -> bool {
        let (Self::Body(members) | Self::Envelope(members)) = self;
        members.iter().any(|(name, _)| {
            matches!(
                words::member(&shape::plain(name)),
                Some(Member::Cursor(told) | Member::Link(told)) if told == relation
            )
        })
    }
}

/// The value of a `Link` header field (RFC 8288 §3).
pub(crate) fn link_header(occasion: &Occasion<'_>, listing: &Listing) -> String {
    link_field::write(listing.links.iter().map(|link| (location::of_page(occasion, link), link.relation)))
}
