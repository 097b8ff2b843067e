//! The header fields of an answer: those that state knows, and those that the response describes.

use serde_json::Value;

use crate::behaviour::answer::header;
use crate::behaviour::answer::success::composer::Composer;
use crate::behaviour::answer::success::envelope::{self};
use crate::behaviour::answer::success::location;
use crate::behaviour::call::Outcome;
use crate::behaviour::paging::words::{self, Member};
use crate::behaviour::shape;
use crate::model::{Header, Response};

impl Composer<'_> {
    pub(super) fn headers(&self, response: &Response, status: u16, tag: Option<&str>) -> Vec<(String, String)> {
        let mut known = Vec::new();
        let is_described = |name: &str| response.headers.iter().any(|header| header.name.eq_ignore_ascii_case(name));
        if let (Outcome::Created(item), Some(index)) = (self.outcome, self.effect.collection) {
            let collection = self.behaviour.collection(index);
            // A path that the contract does not have is told only where it asks for one.
            if collection.item_path.is_some() || is_described("location") {
                let path = location::of_item(collection, self.occasion, &item.key);
                let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("location"));
                known.push(("Location".to_owned(), self.fitting(header, path)));
            }
        }
        if (300..400).contains(&status) && is_described("location") {
            let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("location"));
            let shown = header.and_then(|header| header.examples.first()).and_then(Value::as_str);
            let path = shown.map_or_else(|| location::of_request(self.occasion), str::to_owned);
            known.push(("Location".to_owned(), self.fitting(header, path)));
        }
        known.extend(tag.map(|tag| ("ETag".to_owned(), tag.to_owned())));
        if let Outcome::Listed(listing) = self.outcome {
            // A list without an envelope has no other place for the way to its pages (RFC 8288).
            let is_bare = self.effect.paging.is_some()
                && self.effect.returned.as_ref().is_some_and(|place| place.as_str().is_empty())
                && listing.links.len() > 1;
            if is_described("link") || is_bare {
                known.push(("Link".to_owned(), envelope::link_header(self.occasion, listing)));
            }
            for header in &response.headers {
                let plain = shape::plain(&header.name);
                let number = match words::member(plain.strip_prefix('x').unwrap_or(&plain)) {
                    Some(Member::Total) => Some(listing.total),
                    Some(Member::Count) => Some(listing.items.len()),
                    Some(Member::Offset) => Some(listing.offset),
                    Some(_) | None => None,
                };
                known.extend(number.map(|number| (header.name.clone(), number.to_string())));
            }
        }
        let described = header::described(
            self.contract,
            &header::Asked {
                operation: self.occasion.call.operation,
                decoded: self.occasion.call.decoded,
                context: self.occasion.context,
            },
            response,
            &known,
        );
        known.retain(|(name, _)| !is_described(name));
        known.extend(described);
        known
    }

    /// A path, or the absolute URI of it where the header's schema asks for one.
    fn fitting(&self, header: Option<&Header>, path: String) -> String {
        let format = header.and_then(|header| header.shape.schema()).and_then(|at| shape::format(self.contract, at));
        match format {
            Some("uri" | "url" | "iri") => location::absolute(self.occasion, &path).unwrap_or(path),
            _ => path,
        }
    }
}
