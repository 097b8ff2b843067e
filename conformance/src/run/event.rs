//! Events of a run, for whoever watches: a line of progress, a log, a report that grows. It knows what happens and nobody
//! who listens.

use std::time::Duration;

use crate::report::{Report, RowReport};
use crate::transcript::Exchange;

/// An event of a run.
#[derive(Clone, Debug)]
pub enum Event<'e> {
    /// The plan is made; the first event.
    Planned {
        /// The number of operations that are tested.
        operations: usize,
        /// The number of their rows.
        rows: usize,
        /// The number of cases.
        cases: usize,
        /// The longest time that the run may take.
        max_time: Duration,
    },
    /// A case is begun.
    CaseStarted {
        /// The number of cases before it.
        done: usize,
        /// The number of all cases.
        cases: usize,
        /// The id of the operation.
        operation: &'e str,
        /// The row's id; `None` for valid requests, which show the responses.
        row: Option<&'e str>,
    },
    /// A request was answered. Those that make a failing request smaller are among them, and those that were repeated.
    Exchanged(&'e Exchange),
    /// Something is found against a row; the failing request is made smaller once the plan is through.
    RowViolated {
        /// The id of the row.
        row: &'e str,
        /// The answer that came back, as a sentence fragment.
        found: &'e str,
        /// True where something of the same cause was told before.
        known: bool,
    },
    /// Credentials that were let in before are no more, and others are used from now on.
    CredentialsEnded {
        /// The credentials that are used, in a few words.
        by: &'e str,
    },
    /// The plan is through, and something that follows it goes on.
    Afterwards {
        /// The work that goes on.
        work: Afterwards,
        /// The number of pieces of work that are done.
        done: usize,
        /// The number of pieces of work in all.
        all: usize,
    },
    /// A row has its final verdict. Any exchange may still show a response otherwise, so rows are decided when all cases are
    /// executed: each once, in the order of the report.
    RowDecided(&'e RowReport),
    /// The run is over; the last event.
    Finished(&'e Report),
}

/// The work that follows the plan of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Afterwards {
    /// Failing requests are made smaller.
    Shrinking,
    /// The things that the run made are removed.
    Removing,
}

/// Whoever watches a run.
pub type Listener<'l> = dyn FnMut(&Event<'_>) + 'l;
