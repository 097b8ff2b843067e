//! Stories: does what one operation did show in what the others say? A scenario hands in what it saw; here is what that
//! means. What the contract leaves open, and what has another cause, is a doubt.

pub mod again;
pub mod choice;
pub mod cut;
mod item;
pub(crate) mod kept;
mod list;

use etalon_contract::codec::Response;
use etalon_contract::document::Pointer;
use serde_json::Value;

use crate::judge::listing::Listing;
use crate::verdict::Verdict;

pub(crate) use item::OWN_VALUE;
pub(crate) use list::{LEFT_OUT, NOT_LISTED, at_first_look, is_listed, way_forth};

/// The observations of a scenario about a story. Operations are named by their ids, items by their keys as they read in a path.
#[derive(Clone, Debug)]
pub enum Seen<'s> {
    /// The item that was created, read by itself.
    Read {
        /// The operation that created it.
        creator: &'s str,
        /// The operation that reads it.
        reader: &'s str,
        /// The key of what was created.
        key: String,
        /// The answer of the reader.
        answer: &'s Response,
        /// The key of the item in that answer, where it shows one.
        found: Option<String>,
    },
    /// The list that what was created belongs to.
    Listed {
        /// The operation that created it.
        creator: &'s str,
        /// The operation that lists.
        lister: &'s str,
        /// The key of what was created.
        key: String,
        /// The list, when it was looked at last.
        listing: Listing,
        /// A parameter that the list has to be asked with, whose value nothing tells.
        doubt: Option<String>,
    },
    /// The values that were sent, beside those that came back.
    Returned {
        /// The kind of answer that the values came back in.
        echo: Echo,
        /// The common members of the two, and the first difference.
        comparison: Comparison,
    },
    /// The answer at `Location`.
    Location(Location<'s>),
    /// The item that was deleted, read and deleted again.
    Gone {
        /// The operation that reads, and its answer; `None` where the contract has none.
        read: Option<(&'s str, &'s Response)>,
        /// The answer to the second deletion; `None` where it was not sent, since reading decides.
        again: Option<&'s Response>,
        /// True where the reading operation documents that there may be nothing to read, and the item does not say of
        /// itself that it is deleted.
        missing: Documented,
        /// The operation that still lists it, where there is none that reads it and it can be deleted again.
        listed: Option<&'s str>,
    },
    /// The list that what was deleted had been in.
    NoLongerListed {
        /// The key of what was deleted.
        key: String,
        /// The list after the deletion.
        listing: Listing,
    },
    /// The same request again, whose identifying value was taken by the first.
    Again {
        /// The answer to the second.
        answer: &'s Response,
        /// The documentation of 409 by the operation, or its absence.
        conflict: Documented,
    },
    /// The same created by another operation, after what was accepted for later should have had its effect.
    TakenEffect {
        /// The operation that was to meet a conflict.
        witness: &'s str,
        /// The answer to the other operation when it was tried last.
        answer: &'s Response,
        /// The last wait before that answer, in milliseconds.
        waited: u128,
    },
    /// The list of another place than the one that something was created in.
    Elsewhere {
        /// The operation that lists.
        lister: &'s str,
        /// The key of what was created.
        key: String,
        /// The list of the other place.
        listing: Listing,
    },
    /// The pages of a list that items were created in.
    Pages(Pages),
    /// The pages of such a list forth, and back from the last.
    PagesBack {
        /// The pages from the first to the last.
        forth: Pages,
        /// The pages before the last as the way back shows them; `None` where the last page shows no way back.
        back: Option<Listing>,
    },
}

/// The answer that what was sent came back in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// That of the request itself.
    Returned,
    /// That of a reading afterwards.
    Read,
}

impl Echo {
    fn as_str(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Read => "read",
        }
    }
}

/// The answer to whether an operation documents something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Documented {
    /// The operation documents it.
    Yes,
    /// The operation does not document it.
    No,
}

/// The values that were sent, beside those that came back.
#[derive(Clone, Debug, PartialEq)]
pub enum Comparison {
    /// The request had no body.
    Nothing,
    /// No member of the one is in the other.
    Unrelated,
    /// All members that both have are the same.
    Same,
    /// A member that is written differently and may mean the same.
    Spelling(Pointer),
    /// The first member that has another value, though the schema of the answer would allow the one that was sent.
    Different {
        /// The pointer to the member in the item.
        at: Pointer,
        /// The member's value as it was sent.
        sent: Value,
        /// The member's value as it came back.
        back: Value,
    },
    /// A member that stays what the target itself had put there when the item was made without it.
    OwnValue {
        /// The pointer to the member in the item.
        at: Pointer,
        /// The member's value as it was sent.
        sent: Value,
        /// The target's own value.
        back: Value,
    },
}

/// The answer at the `Location` of what was created.
#[derive(Clone, Debug)]
pub enum Location<'s> {
    /// There was none; the status of the answer.
    Absent(u16),
    /// It names another item.
    Another {
        /// The key that it names.
        led: String,
        /// The key of what was created.
        key: String,
    },
    /// The location was followed.
    Followed {
        /// The value of the `Location` field.
        location: &'s str,
        /// The operation that it leads to.
        item: &'s str,
        /// The answer of the operation that the location leads to.
        answer: &'s Response,
    },
}

/// The pages of a list that items were created in.
#[derive(Clone, Debug)]
pub struct Pages {
    /// The pages, from the first to the end.
    pub listing: Listing,
    /// The pages when they were looked at once more; `None` where that was not needed.
    pub again: Option<Listing>,
    /// The keys of what was created.
    pub keys: Vec<String>,
    /// The number of items that a page may hold; `None` where that cannot be asked for.
    pub size: Option<u64>,
    /// A parameter that the list has to be asked with, whose value nothing tells.
    pub doubt: Option<String>,
}

/// The verdict on a story.
#[must_use]
pub fn verdict(seen: &Seen<'_>) -> Verdict {
    match seen {
        Seen::Read { creator, reader, key, answer, found } => {
            item::read(creator, reader, key, answer, found.as_deref())
        }
        Seen::Listed { creator, lister, key, listing, doubt } => {
            list::listed(creator, lister, key, listing, doubt.as_deref())
        }
        Seen::Returned { echo, comparison } => item::returned(*echo, comparison),
        Seen::Location(location) => item::led(location),
        Seen::Gone { read, again, missing, listed } => item::gone(*read, *again, *missing, *listed),
        Seen::NoLongerListed { key, listing } => list::no_longer_listed(key, listing),
        Seen::Again { answer, conflict } => item::conflicts(answer, *conflict),
        Seen::TakenEffect { witness, answer, waited } => item::taken_effect(witness, answer, *waited),
        Seen::Elsewhere { lister, key, listing } => list::elsewhere(lister, key, listing),
        Seen::Pages(pages) => list::complete(pages),
        Seen::PagesBack { forth, back } => list::go_back(forth, back.as_ref()),
    }
}
