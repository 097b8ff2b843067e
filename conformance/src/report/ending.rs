//! The end of a run: through, or cut, and by what.

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every case was played.
    Complete,
    /// Nothing was sent: it is the traffic of others that was judged.
    Traffic,
    /// The run was interrupted.
    Interrupted,
    /// It took all of its time.
    OutOfTime,
    /// The target answered nothing any more; what happened last.
    Gone(String),
}

impl Ending {
    /// The word for programs.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Traffic => "traffic",
            Self::Interrupted => "interrupted",
            Self::OutOfTime => "max-time",
            Self::Gone(_) => "gone",
        }
    }
}
