//! A world at a moment: what it remembered, its clock and its counter. It shares all that is remembered with the world itself
//! and with those that begin from it, until one of them changes it.

use std::sync::Arc;

use etalon_contract::behaviour::State;

use crate::server::world::Cookies;
use crate::server::world::budget::{Budget, Share};

/// A world at a moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The state of each contract. Nothing in them is counted as a world's own.
    pub(super) states: Box<[Arc<State>]>,
    pub(super) requests: u64,
    pub(super) ahead: i64,
    /// The time at which the clock stood still.
    pub(super) frozen: Option<i64>,
    pub(super) cookies: Option<Cookies>,
    pub(super) share: Option<Arc<Share>>,
}

impl Snapshot {
    /// The moment before the first request, with these states of the contracts.
    pub(super) fn first(states: impl IntoIterator<Item = State>, budget: &Arc<Budget>) -> Self {
        let mut own = 0;
        let shared = states.into_iter().map(|mut state| {
            own += state.share();
            Arc::new(state)
        });
        let states = shared.collect();
        budget.count(0, own);
        Self { states, share: Share::of(budget, None, own, own), ..Self::default() }
    }

    /// The number of requests that had been counted.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// The state of each contract, in their order.
    pub fn states(&self) -> impl Iterator<Item = &State> {
        self.states.iter().map(Arc::as_ref)
    }
}
