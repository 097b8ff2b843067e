//! What stands around items: links to other pages and to itself, cursors, counts, the version of JSON:API. Recognised by
//! name, filled where the schema has them.

use std::collections::BTreeSet;

use serde_json::{Map, Number, Value};

use crate::behaviour::answer::occasion::Occasion;
use crate::behaviour::answer::success::location;
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
    /// The schema of the body.
    pub(crate) body: &'s Location,
}

impl Envelope<'_> {
    /// What is known of the members of a body beside the item or items at `returned`.
    pub(crate) fn known(&self, at: &Location, returned: Option<&Pointer>) -> Vec<Known> {
        let mut known = Vec::new();
        // A body that is the item itself, or the array, has no envelope.
        let Some(returned) = returned.filter(|pointer| !pointer.as_str().is_empty()) else { return known };
        self.around(at, &Pointer::root(), returned, Depth::Body, &mut known);
        // Where a further page is, the way to it is told, even in a member that need not be there.
        if self.listing.is_some_and(|listing| listing.link(Relation::Next).is_some()) {
            let within = |one: &Known| match one {
                Known::At(pointer, value) if !value.is_null() => pointer.parent(),
                Known::At(..) | Known::Absent(_) => None,
            };
            let holders: BTreeSet<String> = known.iter().filter_map(within).map(|at| at.as_str().to_owned()).collect();
            let holders = holders.into_iter().filter(|holder| !holder.is_empty()).filter_map(|at| Pointer::parse(&at));
            known.splice(0..0, holders.map(|at| Known::At(at, Value::Object(Map::new()))).collect::<Vec<_>>());
        }
        known
    }

    fn around(&self, at: &Location, here: &Pointer, returned: &Pointer, depth: Depth, known: &mut Vec<Known>) {
        let members = shape::members(self.contract, at);
        for (name, at) in &members {
            let here = here.join(name);
            let plain = shape::plain(name);
            if returned.is_within(&here) {
                // The list may stand within something that tells of it (`hits.total`, `response.numFound`).
                if *returned != here && shape::is_object(self.contract, at) {
                    self.around(at, &here, returned, Depth::Holder, known);
                }
                continue;
            }
            let around = match depth {
                Depth::Body => Around::Body(&members),
                Depth::Holder => Around::Envelope(&members),
            };
            if plain == "jsonapi" && shape::member(self.contract, at, "version").is_some() {
                known.push(Known::At(here.join("version"), Value::String(JSON_API.to_owned())));
            } else if words::is_envelope(&plain) && shape::is_object(self.contract, at) {
                let inner = shape::members(self.contract, at);
                for (name, at) in &inner {
                    let here = here.join(name);
                    let plain = shape::plain(name);
                    if words::is_envelope(&plain) && shape::is_object(self.contract, at) {
                        // `meta.pagination`
                        let innermost = shape::members(self.contract, at);
                        for (name, at) in &innermost {
                            known.extend(self.member(
                                &shape::plain(name),
                                at,
                                here.join(name),
                                Around::Envelope(&innermost),
                            ));
                        }
                    } else {
                        known.extend(self.member(&plain, at, here, Around::Envelope(&inner)));
                    }
                }
            } else if self.is_count_of(&plain, returned) {
                let total = self.listing.map(|listing| Value::Number(Number::from(listing.total)));
                known.extend(total.map(|total| Known::At(here, total)));
            } else {
                known.extend(self.member(&plain, at, here, around));
            }
        }
    }

    /// True for `articlesCount` and `total_articles` beside `articles`.
    fn is_count_of(&self, plain: &str, returned: &Pointer) -> bool {
        let Some(name) = returned.last().map(|name| shape::plain(&name)) else { return false };
        let singular = shape::singular(&name);
        let bare =
            plain.strip_suffix("count").or_else(|| plain.strip_prefix("total")).or_else(|| plain.strip_prefix("num"));
        bare.is_some_and(|bare| bare == name || bare == singular)
    }

    fn member(&self, plain: &str, at: &Location, here: Pointer, around: Around<'_>) -> Option<Known> {
        if plain == "self" {
            return Some(self.link(at, here, Some(location::of_itself(self.occasion))));
        }
        let listing = self.listing?;
        let is_whole = is_whole(self.contract, at);
        let count = |number: usize| Value::Number(Number::from(number));
        let is_flag = shape::types(self.contract, at).contains(&"boolean");
        let nullable = |number: Option<usize>| number.map_or(Value::Null, count);
        let value = match words::member(plain) {
            // As a number, the last page is how many there are; the others are the numbers of pages.
            Some(Member::Pages | Member::Link(Relation::Last)) if is_whole => count(self.pages()),
            Some(Member::Link(Relation::First)) if is_whole && !around.is_body() => count(1),
            Some(Member::Link(relation)) if is_whole => match listing.link(relation) {
                Some(_) if relation == Relation::Next => count(self.page() + 1),
                Some(_) => count(self.page().saturating_sub(1)),
                None => return Some(self.nothing(at, here)),
            },
            Some(Member::Link(Relation::First)) if is_flag => Value::Bool(listing.offset == 0),
            Some(Member::Link(Relation::Last)) if is_flag => Value::Bool(listing.link(Relation::Next).is_none()),
            Some(Member::Link(relation)) if is_flag => Value::Bool(listing.link(relation).is_some()),
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
            // Elasticsearch writes `{value, relation}`.
            Some(Member::Total) if shape::member(self.contract, at, "value").is_some() => {
                return Some(Known::At(here.join("value"), count(listing.total)));
            }
            Some(Member::Total) if is_whole => count(listing.total),
            Some(Member::Total) if shape::types(self.contract, at).contains(&"string") => {
                Value::String(listing.total.to_string())
            }
            // Alone, it counts all that there are (Django REST Framework); beside a total, those on this page.
            Some(Member::Count) if is_whole => {
                count(if plain != "count" || around.has(Member::Total) { listing.items.len() } else { listing.total })
            }
            Some(Member::Page) if is_whole && (plain != "number" || around.has(Member::Pages)) => count(self.page()),
            Some(Member::Limit) if is_whole => count(self.limit()),
            Some(Member::Offset) if is_whole => count(listing.offset),
            Some(Member::From) if is_whole && around.has(Member::To) => {
                nullable((!listing.items.is_empty()).then_some(listing.offset + 1))
            }
            Some(Member::From) if is_whole => count(listing.offset + usize::from(plain == "pagingcounter")),
            Some(Member::To) if is_whole => {
                nullable((!listing.items.is_empty()).then_some(listing.offset + listing.items.len()))
            }
            Some(Member::Empty) if is_flag => Value::Bool(listing.items.is_empty()),
            None if matches!(plain, "path" | "url") && (around.has(Member::Limit) || around.has(Member::More)) => {
                Value::String(self.occasion.request.path().to_owned())
            }
            Some(
                Member::Link(_)
                | Member::Edge(_)
                | Member::Total
                | Member::Count
                | Member::Page
                | Member::Pages
                | Member::Limit
                | Member::Offset
                | Member::From
                | Member::To
                | Member::Empty,
            )
            | None => self.echo(plain)?,
        };
        Some(Known::At(here, value))
    }

    /// The number of pages.
    fn pages(&self) -> usize {
        let total = self.listing.map_or(0, |listing| listing.total);
        total.div_ceil(self.limit().max(1))
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
        let offset = self.listing.map_or(0, |listing| listing.offset);
        match self.paging.map(|paging| &paging.by) {
            Some(PageBy::Page(name)) => page::page(self.contract, &self.occasion.call, name),
            Some(PageBy::Offset(_) | PageBy::Cursor { .. }) => offset / self.limit().max(1) + 1,
            Some(PageBy::Nothing) | None => 1,
        }
    }

    /// How many items a page holds at most; where nothing cuts the list, as many as there are.
    fn limit(&self) -> usize {
        match self.paging {
            Some(paging) => page::limit(self.contract, paging, &self.occasion.call),
            None => self.listing.map_or(0, |listing| listing.total),
        }
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

    /// That there is no such page: null, no member, or an empty text where the member must be one.
    fn nothing(&self, at: &Location, here: Pointer) -> Known {
        let types = shape::types(self.contract, at);
        if types.contains(&"null") {
            return Known::At(here, Value::Null);
        }
        let is_required = here.parent().and_then(|parent| {
            let holder = shape::within(self.contract, self.body, &parent)?;
            Some(shape::required(self.contract, &holder).contains(here.last()?.as_ref()))
        });
        match is_required {
            Some(true) if types.contains(&"string") => Known::At(here, Value::String(String::new())),
            Some(_) | None => Known::Absent(here),
        }
    }
}

/// Whether members stand in the body itself, or in what holds the items.
#[derive(Clone, Copy)]
enum Depth {
    Body,
    Holder,
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

    /// True where another member tells this.
    fn has(self, wanted: Member) -> bool {
        let (Self::Body(members) | Self::Envelope(members)) = self;
        members.iter().any(|(name, _)| words::member(&shape::plain(name)) == Some(wanted))
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
