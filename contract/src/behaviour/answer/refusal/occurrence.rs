//! What is told at one place of a declared error: the problem, or one of its faults.

use crate::behaviour::answer::problem::{Fault, FaultPlace, Problem};

/// The problem, or one of its faults, as one place of a declared error tells it.
#[derive(Clone, Copy)]
pub(super) struct Occurrence<'t> {
    pub(super) problem: &'t Problem,
    pub(super) status: u16,
    pub(super) fault: Option<&'t Fault>,
    /// The sentence about the problem as a whole, in brief or in full.
    pub(super) detail: &'t str,
}

impl Occurrence<'_> {
    pub(super) fn detail(&self) -> String {
        self.fault.map_or_else(|| self.detail.to_owned(), Fault::describe)
    }

    pub(super) fn has_place(&self) -> bool {
        self.fault.is_some_and(|fault| fault.place != FaultPlace::Request)
    }
}
