//! Why something cannot be made: a reason for people, and its kind, by which reports count.

use crate::document::Defect;

/// The kinds of reason why something cannot be made, by which reports count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// No value satisfies the schema; the reason names the keywords that conflict.
    Unsatisfiable,
    /// The document is broken here: a reference leads nowhere, a pattern is none.
    Defective,
    /// Whatever breaks this breaks something else as well, or first.
    Implied,
    /// The value cannot travel, or is read as another one.
    NoWireForm,
    /// It lies beyond the sizes that are made, or the search was given up.
    Budget,
    /// None was found, though there may be one.
    NotFound,
}

impl Why {
    /// The kind in the words of reports, lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsatisfiable => "unsatisfiable",
            Self::Defective => "defective",
            Self::Implied => "implied",
            Self::NoWireForm => "no wire form",
            Self::Budget => "budget",
            Self::NotFound => "not found",
        }
    }
}

/// The reason why something cannot be generated, or a row cannot be broken alone: `implied by pattern`, `no wire form: …`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Cannot {
    /// The kind of reason.
    pub why: Why,
    /// The reason for people: a fragment of a sentence, lower case, without a full stop.
    pub reason: String,
}

impl Cannot {
    /// A reason of the kind [`Why::NotFound`].
    #[must_use]
    pub fn because(reason: impl Into<String>) -> Self {
        Self { why: Why::NotFound, reason: reason.into() }
    }

    /// A reason of a kind.
    #[must_use]
    pub fn of(why: Why, reason: impl Into<String>) -> Self {
        Self { why, reason: reason.into() }
    }

    /// The same reason with the part that it is about before it: `part: reason`.
    #[must_use]
    pub fn within(self, part: impl std::fmt::Display) -> Self {
        Self { reason: format!("{part}: {}", self.reason), ..self }
    }

    pub(crate) fn defective(defect: &Defect) -> Self {
        Self::of(Why::Defective, defect.to_string())
    }

    pub(crate) fn unsatisfiable(reason: impl Into<String>) -> Self {
        Self::of(Why::Unsatisfiable, reason)
    }

    pub(crate) fn budget(reason: impl Into<String>) -> Self {
        Self::of(Why::Budget, reason)
    }

    pub(crate) fn no_wire_form(reason: impl std::fmt::Display) -> Self {
        Self::of(Why::NoWireForm, format!("no wire form: {reason}"))
    }
}
