//! What was shown against a row: that it is violated, or that valid requests are refused beside others that are accepted.

use crate::evidence::Evidence;
use crate::report::{Group, RowReport};
use crate::settings::Strictness;
use crate::verdict::{Failure, Level, Verdict};

/// Something that was shown against a row, with its evidence.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'r> {
    /// The row that it is about.
    pub row: &'r RowReport,
    /// The failure that was shown.
    pub failure: &'r Failure,
    /// The exchanges that show it; `None` where none were kept.
    pub evidence: Option<&'r Evidence>,
}

impl<'r> Shown<'r> {
    /// The id of the row that it is about.
    #[must_use]
    pub fn id(&self) -> &'r str {
        self.row.id()
    }

    /// The group of the row that it is about.
    #[must_use]
    pub fn group(&self) -> Group {
        self.row.group()
    }

    /// True where the row itself is not violated by it: others of its valid requests are accepted.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.row.refusal.as_ref().is_some_and(|refusal| std::ptr::eq(&raw const refusal.failure, self.failure))
    }

    /// True where it weighs enough to fail a run.
    #[must_use]
    pub fn fails(&self, strictness: Strictness) -> bool {
        match strictness {
            Strictness::Should => true,
            Strictness::Must => self.failure.level == Level::Must,
        }
    }
}

impl RowReport {
    /// All that was shown against the row: its violation, then the refusal beside it.
    pub fn shown(&self) -> impl Iterator<Item = Shown<'_>> {
        let violation = match &self.verdict {
            Verdict::Violated(failure) => Some(Shown { row: self, failure, evidence: self.evidence.as_ref() }),
            Verdict::Proved { .. } | Verdict::Inconclusive(_) | Verdict::Unreachable(_) | Verdict::Waived(_) => None,
        };
        let refusal = self.refusal.as_ref();
        let refusal =
            refusal.map(|refusal| Shown { row: self, failure: &refusal.failure, evidence: refusal.evidence.as_ref() });
        violation.into_iter().chain(refusal)
    }
}
