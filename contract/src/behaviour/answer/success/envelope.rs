//! What stands around items: links to other pages and to itself, cursors, counts, the version of JSON:API. Recognised
//! by name, filled where the schema has them.

use std::collections::BTreeSet;

use serde_json::{Map, Number, Value};

use crate::behaviour::answer::occasion::Occasion;
use crate::behaviour::answer::simplest;
use crate::behaviour::answer::success::location;
use crate::behaviour::call::{Listing, PageLink, Relation};
use crate::behaviour::known::Known;
use crate::behaviour::paging::asked;
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
    /// The values of members of a body beside the item or the items at `returned`, for the body's schema at `at`; empty
    /// where the body is the item or the array itself.
    pub(crate) fn known(&self, at: &Location, returned: Option<&Pointer>) -> Vec<Known> {
        let mut known = Vec::new();
        // A body that is the item itself, or the array, has no envelope.
        let Some(returned) = returned.filter(|pointer| !pointer.as_str().is_empty()) else { return known };
        self.around(at, &Pointer::root(), returned, Depth::Body, &mut known);
        let holders = self.holders(at, &known).into_iter().map(|holder| {
            let value = self.required_beside(at, &holder, returned, &known);
            Known::At(holder, value)
        });
        let holders: Vec<Known> = holders.collect();
        known.splice(0..0, holders);
        known
    }

    /// The objects that hold what is known of pages, and that are shown even where they need not be there: clients look into
    /// them on the last page as well. Where no further page is, only those to which nothing has to be added that nobody knows.
    fn holders(&self, at: &Location, known: &[Known]) -> Vec<Pointer> {
        if self.listing.is_none() || self.paging.is_none() {
            return Vec::new();
        }
        let goes_on = self.listing.is_some_and(|listing| listing.link(Relation::Next).is_some());
        let (mut holders, mut told) = (BTreeSet::new(), BTreeSet::new());
        for one in known {
            let (pointer, is_told) = match one {
                // An empty text stands where nothing can be said.
                Known::At(pointer, value) => (pointer, !value.is_null() && value != ""),
                Known::Absent(pointer) => (pointer, false),
            };
            if is_told {
                told.insert(pointer.as_str());
            }
            if is_told || !goes_on {
                holders.extend(pointer.parent().filter(|parent| !parent.as_str().is_empty()));
            }
        }
        let needs_nothing = |holder: &Pointer| {
            shape::within(self.contract, at, holder).is_some_and(|schema| {
                let mut required = shape::required(self.contract, &schema).into_iter();
                required.all(|name| told.contains(holder.join(name).as_str()))
            })
        };
        holders.into_iter().filter(|holder| goes_on || needs_nothing(holder)).collect()
    }

    /// An object of the envelope with what it requires and nothing tells, as the document would have it.
    fn required_beside(&self, at: &Location, holder: &Pointer, returned: &Pointer, known: &[Known]) -> Value {
        let mut value = Map::new();
        let Some(schema) = shape::within(self.contract, at, holder) else { return Value::Object(value) };
        let required = shape::required(self.contract, &schema);
        for (name, at) in shape::members(self.contract, &schema) {
            let here = holder.join(&name);
            let is_told = known.iter().any(|one| matches!(one, Known::At(told, _) if told.is_within(&here)));
            if is_told || returned.is_within(&here) || !required.contains(name.as_str()) {
                continue;
            }
            let said = ["default", "example"].into_iter().find_map(|word| shape::keyword(self.contract, &at, word));
            let plainest = || simplest(self.contract, &at).ok();
            let made = only_value(self.contract, &at).or_else(|| said.cloned()).or_else(plainest);
            value.extend(made.map(|made| (name, made)));
        }
        Value::Object(value)
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
            let siblings = match depth {
                Depth::Body => Siblings::Body(&members),
                Depth::Holder => Siblings::Envelope(&members),
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
                            let (plain, here) = (shape::plain(name), here.join(name));
                            let told = self.member(&plain, at, here.clone(), Siblings::Envelope(&innermost));
                            known.extend(told.or_else(|| self.constant(&plain, at, here, returned)));
                        }
                    } else {
                        let told = self.member(&plain, at, here.clone(), Siblings::Envelope(&inner));
                        known.extend(told.or_else(|| self.constant(&plain, at, here, returned)));
                    }
                }
            } else if self.is_count_of(&plain, returned) {
                let total = self.listing.map(|listing| Value::Number(Number::from(listing.total)));
                known.extend(total.map(|total| Known::At(here, total)));
            } else {
                known.extend(self.member(&plain, at, here, siblings));
            }
        }
    }

    /// A member of an envelope that is always the same: its one value, or the name under which the items stand.
    fn constant(&self, plain: &str, at: &Location, here: Pointer, returned: &Pointer) -> Option<Known> {
        self.listing?;
        let names_list = plain == "key" && shape::types(self.contract, at).contains(&"string");
        let name = || returned.last().filter(|_| names_list).map(|name| Value::String(name.into_owned()));
        only_value(self.contract, at).or_else(name).map(|value| Known::At(here, value))
    }

    /// True for `articlesCount` and `total_articles` beside `articles`.
    fn is_count_of(&self, plain: &str, returned: &Pointer) -> bool {
        let Some(name) = returned.last().map(|name| shape::plain(&name)) else { return false };
        let singular = shape::singular(&name);
        let rest = plain.strip_suffix("count").unwrap_or(plain);
        let bare =
            rest.strip_prefix("total").or_else(|| rest.strip_suffix("total")).or_else(|| rest.strip_prefix("num"));
        let bare = bare.or((rest != plain).then_some(rest)).filter(|bare| !bare.is_empty());
        // `totalCaseClassCount` beside `caseClassArray`.
        let kinds = ["array", "list", "set"].map(|kind| name.strip_suffix(kind));
        let named = kinds.into_iter().flatten().chain([name.as_str(), singular.as_str()]);
        bare.is_some_and(|bare| named.into_iter().any(|name| !name.is_empty() && name == bare))
    }

    /// The value of one member beside the items, told by its plain name; `None` where the name tells nothing of pages.
    fn member(&self, plain: &str, at: &Location, here: Pointer, siblings: Siblings<'_>) -> Option<Known> {
        if plain == "self" {
            return Some(self.link(at, here, Some(location::of_itself(self.occasion))));
        }
        let listing = self.listing?;
        let told = match words::member(plain) {
            Some(Member::Link(relation)) => self.way(relation, listing, (plain, at, here.clone()), siblings),
            Some(Member::Cursor(relation)) => Some(self.cursor(at, here.clone(), listing.link(relation))),
            Some(Member::Edge(relation)) => {
                let is_told = self.is_by_cursor() && !siblings.tells_clearly(relation);
                is_told.then(|| self.cursor(at, here.clone(), listing.link(relation)))
            }
            // Elasticsearch writes `{value, relation}`.
            Some(Member::Total) if shape::member(self.contract, at, "value").is_some() => {
                Some(Known::At(here.join("value"), count(listing.total)))
            }
            Some(Member::Remaining) if listing.link(Relation::Next).is_none() => Some(self.nothing(at, here.clone())),
            Some(member) => self.fact(member, listing, plain, at, siblings).map(|value| Known::At(here.clone(), value)),
            // A number that is called as lists are is how many there are.
            None if plain == "results" && is_whole(self.contract, at) => {
                Some(Known::At(here.clone(), count(listing.total)))
            }
            // A cursor may be called as the parameter that takes it.
            None if self.cursor_name().is_some_and(|name| name == plain) && !siblings.tells_clearly(Relation::Next) => {
                Some(self.cursor(at, here.clone(), listing.link(Relation::Next)))
            }
            None if plain == "url" && !siblings.is_body() && siblings.has(Member::Limit) => {
                Some(self.link(at, here.clone(), Some(location::of_itself(self.occasion))))
            }
            None if matches!(plain, "path" | "url") && (siblings.has(Member::Limit) || siblings.has(Member::More)) => {
                Some(Known::At(here.clone(), Value::String(self.occasion.request.path().to_owned())))
            }
            None => None,
        };
        told.or_else(|| Some(Known::At(here, self.echo(plain)?)))
    }

    /// The way to another page: its number, a flag that says whether there is one, or its URI, as the member's schema has it.
    fn way(
        &self,
        relation: Relation,
        listing: &Listing,
        (plain, at, here): (&str, &Location, Pointer),
        siblings: Siblings<'_>,
    ) -> Option<Known> {
        let link = listing.link(relation);
        if is_whole(self.contract, at) {
            let number = match (relation, link) {
                // As a number, the last page is how many there are; the others are the numbers of pages.
                (Relation::Last, _) => self.pages(),
                (Relation::First, _) if !siblings.is_body() => 1,
                (Relation::Next, Some(_)) => self.page() + 1,
                (Relation::First | Relation::Prev, Some(_)) => self.page().saturating_sub(1),
                (Relation::First | Relation::Prev | Relation::Next, None) => return Some(self.nothing(at, here)),
            };
            return Some(Known::At(here, count(number)));
        }
        if is_flag(self.contract, at) {
            return Some(Known::At(
                here,
                Value::Bool(match relation {
                    Relation::First => listing.offset == 0,
                    Relation::Last => listing.link(Relation::Next).is_none(),
                    Relation::Prev | Relation::Next => link.is_some(),
                }),
            ));
        }
        if !siblings.has_link(relation, plain) {
            return None;
        }
        if shape::is_object(self.contract, at) && shape::member(self.contract, at, "href").is_none() {
            return Some(self.page_object(at, here, link));
        }
        // No address leads to a page that a body asks for.
        let link = link.filter(|link| link.is_address());
        Some(self.link(at, here, link.map(|link| location::of_page(self.occasion, link))))
    }

    /// Another page as an object: its cursor under the name of the query parameter, its path, its URI.
    fn page_object(&self, at: &Location, here: Pointer, link: Option<&PageLink>) -> Known {
        let Some(link) = link else { return self.nothing(at, here) };
        let path = link.is_address().then(|| location::of_page(self.occasion, link));
        let mut known = Map::new();
        for (name, at) in shape::members(self.contract, at) {
            let plain = shape::plain(&name);
            let mark = || link.query.iter().find(|(asked, _)| asked::plain(asked) == plain);
            let value = match plain.as_str() {
                "uri" | "url" | "link" | "href" => path.clone().map(|path| self.uri(&at, path)),
                "path" => path.clone().map(Value::String),
                _ => mark().and_then(|(_, value)| value.clone()).map(|value| match value.parse::<u64>() {
                    Ok(number) if is_whole(self.contract, &at) => Value::Number(Number::from(number)),
                    Ok(_) | Err(_) => Value::String(value),
                }),
            };
            known.extend(value.map(|value| (name, value)));
        }
        Known::At(here, Value::Object(known))
    }

    /// A number or a flag of the page; `None` where the member's schema has no room for it.
    fn fact(
        &self,
        member: Member,
        listing: &Listing,
        plain: &str,
        at: &Location,
        siblings: Siblings<'_>,
    ) -> Option<Value> {
        let is_whole = is_whole(self.contract, at);
        let shown = listing.items.len();
        let number = match member {
            Member::Done => {
                return is_flag(self.contract, at).then(|| Value::Bool(listing.link(Relation::Next).is_none()));
            }
            Member::More => return Some(Value::Bool(listing.link(Relation::Next).is_some())),
            Member::Has(relation) => return Some(Value::Bool(listing.link(relation).is_some())),
            Member::Empty => return is_flag(self.contract, at).then_some(Value::Bool(shown == 0)),
            Member::Total if !is_whole => {
                let is_text = shape::types(self.contract, at).contains(&"string");
                return is_text.then(|| Value::String(listing.total.to_string()));
            }
            Member::Page if plain == "number" && !siblings.has(Member::Pages) => return None,
            Member::Link(_) | Member::Cursor(_) | Member::Edge(_) => return None,
            Member::Total => count(listing.total),
            Member::Remaining => count(listing.total.saturating_sub(listing.offset + shown)),
            // Alone, it counts all that there are (Django REST Framework); beside a total, those on this page.
            Member::Count if plain != "count" || siblings.has(Member::Total) || self.is_of_page(at) => count(shown),
            Member::Count => count(listing.total),
            Member::Page => count(self.page()),
            Member::Pages => count(self.pages()),
            Member::Limit => count(self.limit()),
            Member::Offset => count(listing.offset),
            Member::From if !siblings.has(Member::To) => count(listing.offset + usize::from(plain == "pagingcounter")),
            Member::From | Member::To if shown == 0 => Value::Null,
            Member::From => count(listing.offset + 1),
            Member::To => count(listing.offset + shown),
        };
        is_whole.then_some(number)
    }

    /// True for a count that is described as that of this answer.
    fn is_of_page(&self, at: &Location) -> bool {
        const WORDS: [&str; 5] = ["in this", "this page", "on the page", "in the response", "returned"];
        let described = shape::keyword(self.contract, at, "description").and_then(Value::as_str).unwrap_or_default();
        let described = described.to_lowercase();
        WORDS.iter().any(|word| described.contains(word))
    }

    /// The number of pages.
    fn pages(&self) -> usize {
        let total = self.listing.map_or(0, |listing| listing.total);
        total.div_ceil(self.limit().max(1))
    }

    /// The mark by which this request asks for its page.
    fn by(&self) -> Option<&PageBy> {
        self.paging.map(|paging| page::asked(paging, &self.occasion.call))
    }

    /// The plain name of the query parameter that takes a cursor.
    fn cursor_name(&self) -> Option<String> {
        match self.by()? {
            PageBy::Cursor { after, .. } => after.as_deref().map(asked::plain),
            PageBy::Offset(_) | PageBy::Page(_) | PageBy::Nothing => None,
        }
    }

    /// True where the list is cut by cursors.
    fn is_by_cursor(&self) -> bool {
        match self.by() {
            Some(PageBy::Cursor { .. }) => true,
            Some(PageBy::Offset(_) | PageBy::Page(_) | PageBy::Nothing) | None => false,
        }
    }

    /// The number of this page, as the contract counts pages.
    fn page(&self) -> usize {
        let offset = self.listing.map_or(0, |listing| listing.offset);
        match self.by() {
            Some(PageBy::Page(name)) => page::page(self.contract, &self.occasion.call, name),
            Some(PageBy::Offset(_) | PageBy::Cursor { .. }) => offset / self.limit().max(1) + 1,
            Some(PageBy::Nothing) | None => 1,
        }
    }

    /// The most items that a page holds; where nothing cuts the list, the number of items that there are.
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

    /// A reference is as good as a URI unless the schema insists on the latter, or its example is one.
    fn uri(&self, at: &Location, path: String) -> Value {
        let example = shape::keyword(self.contract, at, "example")
            .or_else(|| shape::keyword(self.contract, at, "examples").and_then(|many| many.get(0)));
        let is_absolute = example.and_then(Value::as_str).is_some_and(|example| example.contains("://"));
        let absolute = match shape::format(self.contract, at) {
            Some("uri" | "url" | "iri") => location::absolute(self.occasion, &path),
            _ if is_absolute => location::absolute(self.occasion, &path),
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

/// The one value that a schema allows, where it says it: its `const`, or the only one of its `enum`.
fn only_value(contract: &Contract, at: &Location) -> Option<Value> {
    let listed = shape::keyword(contract, at, "enum").and_then(Value::as_array);
    let only = listed.and_then(|all| if let [only] = all.as_slice() { Some(only) } else { None });
    shape::keyword(contract, at, "const").or(only).cloned()
}

/// The object that members stand in: the body itself, or the one that holds the items.
#[derive(Clone, Copy)]
enum Depth {
    Body,
    Holder,
}

fn count(number: usize) -> Value {
    Value::Number(Number::from(number))
}

fn is_flag(contract: &Contract, at: &Location) -> bool {
    shape::types(contract, at).contains(&"boolean")
}

fn is_whole(contract: &Contract, at: &Location) -> bool {
    let types = shape::types(contract, at);
    types.contains(&"integer") || types.contains(&"number")
}

/// The members around one member, in the body itself or in an envelope's own object: some names speak of pages only
/// within an envelope, or where no other does.
#[derive(Clone, Copy)]
enum Siblings<'m> {
    Body(&'m [(String, Location)]),
    Envelope(&'m [(String, Location)]),
}

impl Siblings<'_> {
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
    let links = listing.links.iter().filter(|link| link.is_address());
    link_field::write(links.map(|link| (location::of_page(occasion, link), link.relation)))
}
