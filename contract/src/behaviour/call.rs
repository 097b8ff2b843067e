//! What comes of a request that is valid: the words between state and answer.

use std::sync::Arc;

use crate::behaviour::state::{Full, Item};
use crate::codec::{Decoded, Headers, Reading, Upload};
use crate::document::Pointer;
use crate::model::{In, Operation};

/// A valid request for an operation.
#[derive(Clone, Copy, Debug)]
pub struct Call<'r> {
    /// The operation that was requested.
    pub operation: &'r Operation,
    /// The request, read by the operation.
    pub decoded: &'r Decoded,
    /// The header fields as they came: conditions and keys of repetition need not be described.
    pub headers: &'r Headers,
    /// The files that were uploaded, but for their bytes, which the body has.
    pub uploads: &'r [Upload],
}

impl<'r> Call<'r> {
    /// The value of a parameter; by a JSON Pointer in the place of a query parameter's name, that of a member of the body; by `page[size]`, also that of the member `size` of the parameter `page`, whose members are
    /// written so (OpenAPI 3.x "Style Values", `deepObject`).
    #[must_use]
    pub fn parameter(&self, place: In, name: &str) -> Option<&'r serde_json::Value> {
        // A member of the body is called by its place there.
        if place == In::Query && name.starts_with('/') {
            return Pointer::parse(name)?.get(self.decoded.body.value()?.2);
        }
        self.whole_parameter(place, name).or_else(|| {
            let (whole, member) = name.strip_suffix(']')?.split_once('[')?;
            self.whole_parameter(place, whole)?.get(member)
        })
    }

    fn whole_parameter(&self, place: In, name: &str) -> Option<&'r serde_json::Value> {
        let index = self
            .operation
            .parameters
            .iter()
            .position(|parameter| parameter.place == place && parameter.name == name)?;
        match self.decoded.parameters.get(index)? {
            Reading::Value(value) => Some(value),
            Reading::Absent | Reading::Unreadable(_) => None,
        }
    }
}

/// The result of a request's step: the item or the items that its answer shows, or a refusal.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// An item was added; the last one, where there were several.
    Created(Arc<Item>),
    /// An item was read, replaced or changed.
    Found(Arc<Item>),
    /// The page of items that was asked for.
    Listed(Listing),
    /// The item, or several, were removed; the item where it was one.
    Deleted(Option<Arc<Item>>),
    /// It takes effect later.
    Accepted,
    /// Nothing that can be seen.
    Answered,
    /// It cannot be done.
    Refused(Refusal),
}

/// The reason why a valid request cannot be carried out.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// There is no such thing; the path parameter that names it, where one does.
    NotFound {
        /// The path parameter that names the item, where one does.
        parameter: Option<String>,
        /// The collection that was looked into.
        collection: String,
    },
    /// There is one already.
    Conflict(Box<Clash>),
    /// A cursor that this list never gave out.
    BadCursor {
        /// The query parameter that holds the cursor.
        parameter: String,
    },
    /// A patch that cannot be applied to what is there (RFC 6902 §5).
    Unpatchable {
        /// The change that cannot be applied, and why, as a sentence.
        reason: String,
    },
    /// A condition of the request does not hold (RFC 9110 §13.1.1).
    PreconditionFailed,
    /// The contract wants changes to be conditional, and this one is not (RFC 6585 §3).
    PreconditionRequired,
    /// A key of repetition that was used for another request.
    KeyReused {
        /// The header field that holds the key.
        header: String,
    },
    /// The contract documents errors alone for the operation, so nothing can succeed.
    NoSuccess,
    /// There is no room for another item.
    Full(Full),
    /// No item can be made that its schema allows.
    Unmakeable {
        /// The reason, as a fragment.
        reason: String,
    },
}

/// A value that may occur only once, and is there already.
#[derive(Clone, Debug, PartialEq)]
pub struct Clash {
    /// The member of an item that may have the value only once, as a pointer into the item.
    pub at: Pointer,
    /// The place in the request's body where the value was sent; `None` where it was computed or its place is not
    /// known.
    pub sent: Option<Pointer>,
    /// The value that is there already.
    pub value: serde_json::Value,
    /// The name of the collection.
    pub collection: String,
}

/// A page of a list.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The items on this page.
    pub items: Vec<Arc<Item>>,
    /// The number of items on all pages.
    pub total: usize,
    /// The number of items before this page.
    pub offset: usize,
    /// The way to other pages.
    pub links: Vec<PageLink>,
    /// The cursor of each item; empty where the list is not cut by cursors.
    pub cursors: Vec<String>,
}

/// The way to a page: this request again, with some of its query parameters changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLink {
    /// The page that the link leads to, seen from this one.
    pub relation: Relation,
    /// Query parameters with their new values; left out where `None`.
    pub query: Vec<(String, Option<String>)>,
}

impl PageLink {
    /// True where an address leads to the page: nothing that it takes stands in the body.
    #[must_use]
    pub fn is_address(&self) -> bool {
        self.query.iter().all(|(name, _)| !name.starts_with('/'))
    }
}

/// The relation of a page to this one (RFC 8288, JSON:API).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The first page of the list.
    First,
    /// The page before this one.
    Prev,
    /// The page after this one.
    Next,
    /// The last page of the list.
    Last,
}

impl Relation {
    /// All, in the order in which people list them.
    pub const ALL: [Self; 4] = [Self::First, Self::Prev, Self::Next, Self::Last];

    /// The word of the standard.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Prev => "prev",
            Self::Next => "next",
            Self::Last => "last",
        }
    }
}

impl Listing {
    /// The way to a page, if there is one.
    #[must_use]
    pub fn link(&self, relation: Relation) -> Option<&PageLink> {
        self.links.iter().find(|link| link.relation == relation)
    }
}
