//! The conclusion of a run: the worst of all that holds, which decides its exit code.

use crate::report::{Ending, Report};

/// The conclusion of a run, the worst last (`docs/exit-codes.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conclusion {
    /// Something was shown, and nothing is violated.
    Conforms,
    /// The same, but the contract is so defective that some of its operations could not be tested.
    Partly,
    /// So few operations could be tested that it says little.
    TooLittle,
    /// Requests got no answer, so what they were about is not known.
    Unanswered,
    /// The run took all of its time, and rows are left.
    CutShort,
    /// Not one valid request was accepted, so nothing is known.
    NothingTested,
    /// The target is gone.
    Gone,
    /// A row is violated.
    Violates,
    /// The run was interrupted.
    Interrupted,
}

impl Conclusion {
    /// The conclusion of the runs of several contracts: the worst of them. Nothing is tested where there is none.
    #[must_use]
    pub fn of(reports: &[Report]) -> Self {
        reports.iter().map(Report::conclusion).max().unwrap_or(Self::NothingTested)
    }

    /// The word for it in reports for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::Partly => "partly-tested",
            Self::Violates => "violates",
            Self::TooLittle => "too-little-tested",
            Self::Unanswered => "unanswered",
            Self::CutShort => "cut-short",
            Self::NothingTested => "nothing-tested",
            Self::Gone => "target-gone",
            Self::Interrupted => "interrupted",
        }
    }
}

impl Report {
    /// The conclusion of the run: of all that holds, the worst.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        let ended = match self.ending {
            Ending::Complete | Ending::Traffic => Conclusion::Conforms,
            Ending::Interrupted => Conclusion::Interrupted,
            Ending::OutOfTime => Conclusion::CutShort,
            Ending::Gone(_) => Conclusion::Gone,
        };
        let mut holds = vec![ended];
        if self.shown().any(|shown| shown.fails(self.strictness)) {
            holds.push(Conclusion::Violates);
        }
        let tested = self.operations.iter().filter(|operation| operation.is_tested()).count();
        if tested == 0 {
            holds.push(Conclusion::NothingTested);
        } else if tested * 100 < self.operations.len() * usize::from(self.enough) {
            holds.push(Conclusion::TooLittle);
        }
        if self.unanswered > 0 {
            holds.push(Conclusion::Unanswered);
        }
        if !self.unusable.is_empty() {
            holds.push(Conclusion::Partly);
        }
        holds.into_iter().max().unwrap_or(Conclusion::Conforms)
    }
}
