//! Rows: the lines of the proof matrix.

use crate::rule::{Advice, Branch, Limit, PointerTemplate, Protocol, ResponseRule, SecurityRule, Story, Subject};

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
