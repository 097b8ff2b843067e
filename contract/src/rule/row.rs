//! Rows: the lines of the proof matrix.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::document::{Location, Pointer};
use crate::model::StatusPattern;
use crate::rule::{Breach, Keyword, Subject};

/// The operand of rows about values that fit several branches of a `oneOf`; those about values that fit none have the
/// number of branches.
pub(crate) const OVERLAP: &str = "overlap";

/// One thing that a contract promises and a black box can show.
#[derive(Clone, Debug)]
pub struct Row {
    /// Stable, readable, sortable: `createOrgInvitation body /data/attributes/email maxLength=250 past`.
    pub id: String,
    /// The index of the operation.
    pub operation: usize,
    /// Which part of the exchange it speaks of.
    pub subject: Subject,
    /// Where in that part; array items and members of any name are written `*`.
    pub pointer: Pointer,
    /// The index of the body's content that it speaks of, where it speaks of one.
    pub content: Option<usize>,
    /// The branches that it lies within, outermost first; empty where it holds whatever branches are taken.
    pub within: Vec<Branch>,
    /// What it promises.
    pub rule: Rule,
}

/// One of several ways that a value may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Where the value stands that takes it.
    pub pointer: Pointer,
    /// Where `anyOf`, `oneOf` or `if` stands in the document.
    pub at: Location,
    /// Which branch: its index, or for `if` 0 where it is satisfied and 1 where not.
    pub index: usize,
}

impl Branch {
    /// Where the branch's schema stands; for `if` the one that then acts.
    #[must_use]
    pub fn schema(&self) -> Location {
        if self.is_condition() {
            let owner = Location { file: self.at.file, pointer: self.at.pointer.parent().unwrap_or_default() };
            owner.join(if self.index == 0 { "then" } else { "else" })
        } else {
            self.at.index(self.index)
        }
    }

    /// True for `if`: what is broken in such a branch is reported as such, since there is no other to take.
    #[must_use]
    pub fn is_condition(&self) -> bool {
        self.at.pointer.last().is_some_and(|word| word == "if")
    }
}

impl Row {
    /// True where it is about a value that fits several branches of a `oneOf`, rather than none.
    #[must_use]
    pub fn is_of_overlap(&self) -> bool {
        matches!(
            &self.rule,
            Rule::Limit { breach: Breach::Keyword { keyword: Keyword::OneOf, .. }, operand, .. } if operand == OVERLAP
        )
    }

    /// The outermost alternative that it lies within: whoever breaks the row satisfies none of its branches.
    #[must_use]
    pub fn alternative(&self) -> Option<&Branch> {
        self.within.iter().find(|branch| !branch.is_condition())
    }
}

/// What a row promises.
#[derive(Clone, Debug)]
pub enum Rule {
    /// Something a request can break, seen from one side of the limit.
    Limit {
        /// What is broken on the far side.
        breach: Breach,
        /// Which side this row shows.
        side: Side,
        /// The limit as the document states it.
        operand: Value,
    },
    /// Null, where a type is stated: accepted or refused as the schema says.
    Null {
        /// What is broken where null is refused.
        breach: Breach,
        /// `At` where null is allowed, `Past` where it is not.
        side: Side,
    },
    /// An optional parameter or member may be left out.
    Omitted,
    /// What the member says that tells alternatives apart (OpenAPI 3.1.1 §4.8.25).
    Discriminator {
        /// The member.
        member: String,
        /// What it says.
        tag: Tag,
        /// The alternative that is then meant; `None` where none is.
        meant: Option<Branch>,
    },
    /// A member that only the server sets is sent to it: it is ignored, or refused (JSON Schema Validation §9.4).
    ReadOnly,
    /// A member that is only sent does not come back (JSON Schema Validation §9.4).
    WriteOnly(StatusPattern),
    /// A body that is unusual, whatever the contract says of it, does not make the target fail.
    Unusual(Unusual),
    /// A body that cannot be parsed as its media type is refused.
    Malformed,
    /// No body, where one is required.
    Empty,
    /// A media type that is not documented is refused with 415.
    UnsupportedMediaType,
    /// An `Accept` that no documented media type satisfies (RFC 9110 §15.5.7).
    NotAcceptable,
    /// A method that the path does not have is refused with 405 and `Allow` (RFC 9110 §15.5.6).
    MethodNotAllowed,
    /// A path that the contract does not have is not found.
    UnknownPath,
    /// Who may call.
    Security(SecurityRule),
    /// A documented response can be reached, and conforms: status, media type, headers, body.
    Response(StatusPattern),
    /// A documented response header is there (where required) and conforms.
    ResponseHeader {
        /// Of which response.
        status: StatusPattern,
        /// The header's name as the contract writes it.
        name: String,
    },
    /// What the operations of a resource do together.
    Story(Story),
}

/// What the member of a discriminator says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tag {
    /// The name of an alternative.
    Named(String),
    /// Nothing: it is left out, and the default is meant (OpenAPI 3.2.0 §4.25).
    Omitted,
    /// A name that no alternative has.
    Unknown,
}

impl Tag {
    /// The side of the limit that it shows: whether it is to be accepted.
    #[must_use]
    pub fn side(&self) -> Side {
        match self {
            Self::Named(_) | Self::Omitted => Side::At,
            Self::Unknown => Side::Past,
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => write!(out, "discriminator={name} at"),
            Self::Omitted => out.write_str("discriminator omitted"),
            Self::Unknown => out.write_str("discriminator unknown past"),
        }
    }
}

/// What makes a body unusual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unusual {
    /// Arrays within arrays, thousands deep.
    Deep,
    /// Megabytes of it.
    Large,
}

impl Unusual {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Deep, Self::Large];

    /// The words of the row's id.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deep => "deep",
            Self::Large => "large",
        }
    }
}

/// The side of a limit that a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The last value that must be accepted.
    At,
    /// The first value that must be refused.
    Past,
}

impl fmt::Display for Side {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::At => "at",
            Self::Past => "past",
        })
    }
}

/// Rows about credentials. Numbers are indices into the operation's security alternatives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecurityRule {
    /// An alternative alone lets the caller in.
    Accepts(usize),
    /// Without credentials: 401 with a challenge (RFC 9110 §15.5.2).
    NoneOf,
    /// One scheme of an alternative left out: 401.
    Without(usize, String),
    /// One scheme's credentials wrong: 401 or 403.
    Wrong(usize, String),
}

/// Rows about state: what one operation does must be seen by others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Story {
    /// What was created is found again by reading it.
    CreatedIsRead,
    /// What was created is in the list.
    CreatedIsListed,
    /// What was sent is what comes back.
    SentIsReturned,
    /// The `Location` of what was created leads to it.
    LocationLeadsToIt,
    /// What was deleted is gone: reading and deleting it again is not found.
    DeletedIsGone,
    /// What was deleted is no longer listed.
    DeletedIsNotListed,
    /// What was changed is read as changed.
    ChangedIsRead,
    /// The same identifying value again conflicts.
    AgainConflicts,
    /// What is created in one place is not listed in another.
    ElsewhereIsEmpty,
    /// The pages together hold every item once, none longer than asked.
    PagesAreComplete,
    /// The way back over the pages shows the same items.
    PagesGoBack,
    /// What was accepted takes effect afterwards.
    AcceptedTakesEffect,
}

impl Story {
    /// The words of the row's id.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreatedIsRead => "created-is-read",
            Self::CreatedIsListed => "created-is-listed",
            Self::SentIsReturned => "sent-is-returned",
            Self::LocationLeadsToIt => "location-leads-to-it",
            Self::DeletedIsGone => "deleted-is-gone",
            Self::DeletedIsNotListed => "deleted-is-not-listed",
            Self::ChangedIsRead => "changed-is-read",
            Self::AgainConflicts => "again-conflicts",
            Self::ElsewhereIsEmpty => "elsewhere-is-empty",
            Self::PagesAreComplete => "pages-are-complete",
            Self::PagesGoBack => "pages-go-back",
            Self::AcceptedTakesEffect => "accepted-takes-effect",
        }
    }
}
