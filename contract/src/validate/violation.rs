//! One thing that an exchange breaks.

use std::fmt;

use serde_json::Value;

use crate::codec::Unread;
use crate::document::Pointer;
use crate::rule::{Breach, Keyword, Row, Rule, Subject};

/// One thing that a request or response breaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The part of the exchange.
    pub subject: Subject,
    /// The place in that part: a pointer into the value that was found. For a missing or unexpected member, the object.
    pub pointer: Pointer,
    /// The breach: the rule that is broken.
    pub breach: Breach,
    /// The limit as the contract states it; null where there is none.
    pub limit: Value,
    /// One plain sentence without a full stop: `"x" is shorter than 3 characters`.
    pub message: String,
    /// The causes where an `anyOf` or `oneOf` is broken: what the alternative says that the discriminator names, or that came
    /// nearest. Empty for everything else.
    pub causes: Vec<Cause>,
    /// The number of further violations of the same value that were counted and not told: more than 0 in the last one alone.
    pub more: usize,
}

/// One complaint of the alternative that a value was meant to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The place: a pointer into the whole value; for a missing member, the member.
    pub pointer: Pointer,
    /// One plain sentence without a full stop.
    pub message: String,
    /// True where all that is wrong there is that a value fits more than one alternative.
    pub overlaps: bool,
}

impl Violation {
    /// A violation that is about a part of the exchange as a whole, not about a place within a value.
    #[must_use]
    pub fn whole(subject: Subject, breach: Breach, message: impl Into<String>) -> Self {
        Self {
            subject,
            pointer: Pointer::root(),
            breach,
            limit: Value::Null,
            message: message.into(),
            causes: Vec::new(),
            more: 0,
        }
    }

    /// A violation by a part of the exchange that is not read as a value.
    pub(super) fn unread(subject: Subject, why: &Unread) -> Self {
        let breach = match why {
            Unread::Malformed(_) => Breach::Malformed,
            Unread::Beyond(_) => Breach::Beyond,
        };
        Self::whole(subject, breach, why.to_string())
    }

    /// The place to show people: the member itself where one is missing or not expected.
    #[must_use]
    pub fn target(&self) -> Pointer {
        if let Breach::Keyword { member: Some(member), .. } = &self.breach {
            return self.pointer.join(member);
        }
        self.pointer.clone()
    }

    /// True where all that is wrong is that a value fits more than one alternative of a `oneOf`: what fits none has causes.
    #[must_use]
    pub fn fits_several(&self) -> bool {
        let among = |wanted| matches!(&self.breach, Breach::Keyword { keyword, .. } if *keyword == wanted);
        let is_below = among(Keyword::AnyOf) && !self.causes.is_empty();
        (among(Keyword::OneOf) || is_below) && self.causes.iter().all(|cause| cause.overlaps)
    }

    /// True where this is exactly what the row says is broken on its far side. A value of the wrong type breaks every
    /// keyword that acts on its place as a whole, `enum`, `const` and alternatives that state their types again, and that
    /// is one thing to be refused for, not several.
    #[must_use]
    pub fn breaks(&self, row: &Row) -> bool {
        let Rule::Limit(limit) = &row.rule else { return false };
        let Some(breach) = limit.breach() else { return false };
        if self.subject != row.subject {
            return false;
        }
        let of_type = matches!(breach, Breach::Keyword { keyword: Keyword::Type, .. });
        if of_type && self.pointer.fits(&row.pointer) && judges_type(&self.breach) {
            return true;
        }
        if let Some(branch) = row.alternative() {
            // What lies within a branch is broken where no branch is satisfied.
            return self.pointer.fits(&branch.pointer)
                && matches!(&self.breach, Breach::Keyword { at, .. } if *at == branch.at);
        }
        self.pointer.fits(&row.pointer) && self.breach.is_same_rule(breach)
    }
}

/// True for keywords that may refuse a value for its type alone.
fn judges_type(breach: &Breach) -> bool {
    matches!(
        breach,
        Breach::Keyword {
            keyword: Keyword::Type | Keyword::Enum | Keyword::Const | Keyword::AnyOf | Keyword::OneOf | Keyword::Not,
            ..
        }
    )
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = self.target();
        if target.as_str().is_empty() {
            write!(out, "{}: {}", self.subject, self.message)
        } else {
            write!(out, "{} {target}: {}", self.subject, self.message)
        }
    }
}
