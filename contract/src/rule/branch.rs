//! The branches that a value may take: alternatives, and the sides of a condition.

use crate::document::Location;
use crate::rule::PointerTemplate;

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
