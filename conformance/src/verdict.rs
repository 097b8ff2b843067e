//! What a run says of a row, and of a failure: what was expected, what came back, and what makes two failures the same.

use std::fmt;

/// The verdict of a run on a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The target keeps it: shown by an exchange.
    Proved {
        /// A remark that a reader should know beside the verdict.
        note: Option<String>,
    },
    /// The target breaks it: shown by an exchange.
    Violated(Failure),
    /// The exchanges show neither; why.
    Inconclusive(String),
    /// No exchange can show it; why.
    Unreachable(String),
    /// The target breaks it, and somebody has accepted that; who says so, and why.
    Waived(String),
}

impl Verdict {
    /// Proved, with nothing to add.
    #[must_use]
    pub fn proved() -> Self {
        Self::Proved { note: None }
    }

    /// A verdict of violated, with what was expected and found.
    #[must_use]
    pub fn violated(kind: FailureKind, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self::Violated(Failure {
            kind,
            expected: expected.into(),
            found: found.into(),
            level: Level::Must,
            shown: None,
        })
    }

    /// The same, shown by a certain exchange of its case.
    #[must_use]
    pub fn shown_by(mut self, exchange: Option<usize>) -> Self {
        if let Self::Violated(failure) = &mut self {
            failure.shown = exchange;
        }
        self
    }

    /// A verdict of inconclusive, with its reason.
    #[must_use]
    pub fn inconclusive(why: impl Into<String>) -> Self {
        Self::Inconclusive(why.into())
    }

    /// A verdict of unreachable, with its reason.
    #[must_use]
    pub fn unreachable(why: impl Into<String>) -> Self {
        Self::Unreachable(why.into())
    }

    /// The word for it.
    #[must_use]
    pub fn kind(&self) -> VerdictKind {
        match self {
            Self::Proved { .. } => VerdictKind::Proved,
            Self::Violated(_) => VerdictKind::Violated,
            Self::Inconclusive(_) => VerdictKind::Inconclusive,
            Self::Unreachable(_) => VerdictKind::Unreachable,
            Self::Waived(_) => VerdictKind::Waived,
        }
    }

    /// One verdict of several about the same row: violated if any is, proved if all are that can be reached, else what
    /// kept it from that.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let rank = |verdict: &Self| match verdict {
            Self::Violated(_) => 0,
            Self::Waived(_) => 1,
            Self::Inconclusive(_) => 2,
            Self::Proved { note: Some(_) } => 3,
            Self::Proved { note: None } => 4,
            Self::Unreachable(_) => 5,
        };
        if rank(&other) < rank(&self) { other } else { self }
    }
}

/// The verdicts as words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VerdictKind {
    /// The target keeps it.
    Proved,
    /// The target breaks it.
    Violated,
    /// The row cannot be told.
    Inconclusive,
    /// The row cannot be reached.
    Unreachable,
    /// Broken, and accepted as such.
    Waived,
}

impl VerdictKind {
    /// All, in the order of reports.
    pub const ALL: [Self; 5] = [Self::Proved, Self::Violated, Self::Inconclusive, Self::Unreachable, Self::Waived];

    /// The word for it in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Violated => "violated",
            Self::Inconclusive => "inconclusive",
            Self::Unreachable => "unreachable",
            Self::Waived => "waived",
        }
    }
}

impl fmt::Display for VerdictKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

/// The failure that a violation is.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The kind, which makes it the same failure as another: shrinking keeps it.
    pub kind: FailureKind,
    /// The promise of the contract, as a sentence fragment.
    pub expected: String,
    /// The finding that came back instead, as a sentence fragment.
    pub found: String,
    /// The weight of the violation.
    pub level: Level,
    /// The number of the exchange of the case that shows it; `None` where it is the last that was tested.
    pub shown: Option<usize>,
}

/// The weight of a violation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The contract or a standard says so without doubt: it fails a run.
    #[default]
    Must,
    /// Taste, or a doubtful document: it is told, and fails a run only where the user is strict.
    Should,
}

impl Level {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
        }
    }
}

/// Kinds of failure. Two of a kind, about the same row, are the same failure.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// Something invalid was accepted.
    AcceptedInvalid,
    /// Something valid was refused, with this status.
    RefusedValid(u16),
    /// The target failed, with this status.
    ServerError(u16),
    /// A status that the operation does not document.
    UndocumentedStatus(u16),
    /// Another status than the one that the contract or HTTP asks for here.
    WrongStatus(u16),
    /// A field that HTTP asks for beside the status is missing or wrong.
    Field(&'static str),
    /// The answer does not conform: which rule, where.
    Nonconforming(String),
    /// The connection broke over it, and over nothing else.
    Crash,
    /// The state that was seen contradicts what was done before.
    State(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_violation_outweighs_proofs_and_doubts() {
        let violated = Verdict::violated(FailureKind::AcceptedInvalid, "refused", "201");
        assert_eq!(Verdict::proved().and(violated.clone()).and(Verdict::inconclusive("x")), violated);
    }

    #[test]
    fn all_cases_that_can_be_sent_must_be_decided_for_a_proof() {
        assert_eq!(Verdict::proved().and(Verdict::proved()), Verdict::proved());
        assert_eq!(Verdict::proved().and(Verdict::unreachable("x")), Verdict::proved());
        assert_eq!(Verdict::proved().and(Verdict::inconclusive("x")), Verdict::inconclusive("x"));
    }
}
