//! The ways from one page to the others: links, cursors, numbers of pages and flags, and that there is none.

use serde_json::{Map, Number, Value};

use crate::behaviour::answer::success::envelope::siblings::Siblings;
use crate::behaviour::answer::success::envelope::{Envelope, count, is_flag, is_whole};
use crate::behaviour::answer::success::location;
use crate::behaviour::call::{Listing, PageLink, Relation};
use crate::behaviour::known::Known;
use crate::behaviour::paging::asked;
use crate::behaviour::shape;
use crate::document::{Location, Pointer};

impl Envelope<'_> {
    /// The way to another page: its number, a flag that says whether there is one, or its URI, as the member's schema has it.
    pub(super) fn way(
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
    pub(super) fn page_object(&self, at: &Location, here: Pointer, link: Option<&PageLink>) -> Known {
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

    pub(super) fn link(&self, at: &Location, here: Pointer, target: Option<String>) -> Known {
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
    pub(super) fn uri(&self, at: &Location, path: String) -> Value {
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

    pub(super) fn cursor(&self, at: &Location, here: Pointer, link: Option<&PageLink>) -> Known {
        match link.and_then(|link| link.query.iter().find_map(|(_, value)| value.clone())) {
            Some(cursor) => Known::At(here, Value::String(cursor)),
            None => self.nothing(at, here),
        }
    }

    /// That there is no such page: null, no member, or an empty text where the member must be one.
    pub(super) fn nothing(&self, at: &Location, here: Pointer) -> Known {
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
