//! The numbers and flags of a page: how many there are, which are shown, how many a page holds, what was asked for.

use serde_json::Value;

use crate::behaviour::PageBy;
use crate::behaviour::answer::success::envelope::siblings::Siblings;
use crate::behaviour::answer::success::envelope::{Envelope, count, is_flag, is_whole};
use crate::behaviour::call::{Listing, Relation};
use crate::behaviour::paging::words::Member;
use crate::behaviour::paging::{asked, page};
use crate::behaviour::shape;
use crate::document::Location;
use crate::model::In;

impl Envelope<'_> {
    /// A number or a flag of the page; `None` where the member's schema has no room for it.
    pub(super) fn fact(
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
    pub(super) fn is_of_page(&self, at: &Location) -> bool {
        const WORDS: [&str; 5] = ["in this", "this page", "on the page", "in the response", "returned"];
        let described = shape::keyword(self.contract, at, "description").and_then(Value::as_str).unwrap_or_default();
        let described = described.to_lowercase();
        WORDS.iter().any(|word| described.contains(word))
    }

    /// The number of pages.
    pub(super) fn pages(&self) -> usize {
        let total = self.listing.map_or(0, |listing| listing.total);
        total.div_ceil(self.limit().max(1))
    }

    /// The mark by which this request asks for its page.
    pub(super) fn by(&self) -> Option<&PageBy> {
        self.paging.map(|paging| page::asked(paging, &self.occasion.call))
    }

    /// The plain name of the query parameter that takes a cursor.
    pub(super) fn cursor_name(&self) -> Option<String> {
        match self.by()? {
            PageBy::Cursor { after, .. } => after.as_deref().map(asked::plain),
            PageBy::Offset(_) | PageBy::Page(_) | PageBy::Nothing => None,
        }
    }

    /// True where the list is cut by cursors.
    pub(super) fn is_by_cursor(&self) -> bool {
        match self.by() {
            Some(PageBy::Cursor { .. }) => true,
            Some(PageBy::Offset(_) | PageBy::Page(_) | PageBy::Nothing) | None => false,
        }
    }

    /// The number of this page, as the contract counts pages.
    pub(super) fn page(&self) -> usize {
        let offset = self.listing.map_or(0, |listing| listing.offset);
        match self.by() {
            Some(PageBy::Page(name)) => page::page(self.contract, &self.occasion.call, name),
            Some(PageBy::Offset(_) | PageBy::Cursor { .. }) => offset / self.limit().max(1) + 1,
            Some(PageBy::Nothing) | None => 1,
        }
    }

    /// The most items that a page holds; where nothing cuts the list, the number of items that there are.
    pub(super) fn limit(&self) -> usize {
        match self.paging {
            Some(paging) => page::limit(self.contract, paging, &self.occasion.call),
            None => self.listing.map_or(0, |listing| listing.total),
        }
    }

    /// A member called as a query parameter tells what was asked for (`limit`, `offset`).
    pub(super) fn echo(&self, plain: &str) -> Option<Value> {
        let call = &self.occasion.call;
        let parameter = call
            .operation
            .parameters
            .iter()
            .find(|parameter| parameter.place == In::Query && shape::plain(&parameter.name) == plain)?;
        call.parameter(In::Query, &parameter.name).cloned()
    }
}
