//! Rows: the lines of the proof matrix.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::document::Location;
use crate::rule::{Advice, Limit, PointerTemplate, Protocol, ResponseRule, SecurityRule, Story, Subject};

/// One thing that a contract promises and a black box can show.
#[derive(Clone, Debug)]
pub struct Row {
    /// Stable, readable, sortable: `createOrgInvitation body /data/attributes/email maxLength=250 past`.
    pub id: String,
    /// The index of the operation.
    pub operation: usize,
    /// The part of the exchange that it speaks of.
    pub subject: Subject,
    /// The place in that part; array items and members of any name are written `*`.
    pub pointer: PointerTemplate,
    /// The index of the body's content that it speaks of, where it speaks of one.
    pub content: Option<usize>,
    /// The branches that it lies within, outermost first; empty where it holds whatever branches are taken.
    pub within: Vec<Branch>,
    /// The promise that is judged.
    pub rule: Rule,
}

/// One of several ways that a value may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The place of the value that takes it.
    pub pointer: PointerTemplate,
    /// The place of `anyOf`, `oneOf` or `if` in the document.
    pub at: Location,
    /// The index of the branch, from 0; for `if`, 0 where it is satisfied and 1 where not.
    pub index: usize,
}

impl Branch {
    /// The place of the branch's schema; for `if`, of the one that then acts.
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
    /// The outermost alternative that it lies within: whoever breaks the row satisfies none of its branches.
    #[must_use]
    pub fn alternative(&self) -> Option<&Branch> {
        self.within.iter().find(|branch| !branch.is_condition())
    }
}

/// The promise of a row, in the six sections of `docs/rows.md`.
#[derive(Clone, Debug)]
pub enum Rule {
    /// A limit that a schema states of a value, or that a parameter or member may be left out.
    Limit(Limit),
    /// Advice: said of a request by the document, without asserting it.
    Advice(Advice),
    /// A promise of HTTP about a request as a whole, whatever its values.
    Protocol(Protocol),
    /// A promise about who may call.
    Security(SecurityRule),
    /// A promise about a documented response.
    Response(ResponseRule),
    /// A promise about the operations of a resource together.
    Story(Story),
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
