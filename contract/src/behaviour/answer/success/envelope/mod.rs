//! What stands around items: links to other pages and to itself, cursors, counts, the version of JSON:API. Recognised
//! by name, filled where the schema has them.

mod holders;
mod numbers;
mod siblings;
mod ways;

use serde_json::{Number, Value};

use crate::behaviour::answer::occasion::Occasion;
use crate::behaviour::answer::success::envelope::siblings::Siblings;
use crate::behaviour::answer::success::location;
use crate::behaviour::call::{Listing, Relation};
use crate::behaviour::known::Known;
use crate::behaviour::paging::link_field;
use crate::behaviour::paging::words::{self, Member};
use crate::behaviour::{Paging, shape};
use crate::document::{Location, Pointer};
use crate::model::Contract;

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
                for member in &inner {
                    let (name, at) = member;
                    if words::is_envelope(&shape::plain(name)) && shape::is_object(self.contract, at) {
                        // `meta.pagination`
                        let here = here.join(name);
                        let innermost = shape::members(self.contract, at);
                        known.extend(
                            innermost.iter().filter_map(|member| {
                                self.told(member, &here, Siblings::Envelope(&innermost), returned)
                            }),
                        );
                    } else {
                        known.extend(self.told(member, &here, Siblings::Envelope(&inner), returned));
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

    /// A member of an envelope's own object: what tells of pages, or what is always the same.
    fn told(
        &self,
        (name, at): &(String, Location),
        holder: &Pointer,
        siblings: Siblings<'_>,
        returned: &Pointer,
    ) -> Option<Known> {
        let (plain, here) = (shape::plain(name), holder.join(name));
        self.member(&plain, at, here.clone(), siblings).or_else(|| self.constant(&plain, at, here, returned))
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
                Some(Known::At(here.clone(), Value::String(location::of_request(self.occasion))))
            }
            None => None,
        };
        told.or_else(|| Some(Known::At(here, self.echo(plain)?)))
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

/// The value of a `Link` header field (RFC 8288 §3).
pub(crate) fn link_header(occasion: &Occasion<'_>, listing: &Listing) -> String {
    let links = listing.links.iter().filter(|link| link.is_address());
    link_field::write(links.map(|link| (location::of_page(occasion, link), link.relation)))
}
