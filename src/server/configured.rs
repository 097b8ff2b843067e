//! A mock as it is told to serve: to whom, by which rules, and what its worlds begin with and may remember.

use std::sync::Arc;
use std::time::Duration;

use etalon_contract::behaviour::{Examples, State};

use crate::server::cors::Cors;
use crate::server::hosts::Hosts;
use crate::server::mock::{Judging, Mock};
use crate::server::rule::Rule;
use crate::server::service::Begins;
use crate::server::store::Store;
use crate::server::world::{Bounds, Worlds};

impl Mock {
    /// The same, for these pages and under these names.
    #[must_use]
    pub fn open_to(mut self, cors: Cors, hosts: Hosts) -> Self {
        self.cors = cors;
        self.hosts = hosts;
        self
    }

    /// The same, that shows the documents' own examples or does not.
    #[must_use]
    pub fn with_examples(self, examples: Examples) -> Self {
        Self { examples, ..self }
    }

    /// The same, that holds requests against this.
    #[must_use]
    pub fn judging_by(self, judging: Judging) -> Self {
        Self { judging, ..self }
    }

    /// The same, whose operations are answered by these rules.
    #[must_use]
    pub fn ruled_by(self, rules: Vec<Rule>) -> Self {
        Self { rules, ..self }
    }

    /// The same, that may be controlled from elsewhere by whoever has this token.
    #[must_use]
    pub fn controlled_by(self, token: Option<String>) -> Self {
        Self { token, ..self }
    }

    /// The same, whose collections begin with the documents' own examples or with nothing.
    #[must_use]
    pub fn beginning_with(self, begins: Begins) -> Self {
        let bounds = self.worlds.bounds();
        Self { begins, given: None, ..self }.bounded(bounds)
    }

    /// The same, whose worlds begin with these states, one for each contract.
    #[must_use]
    pub fn starting_with(self, states: Vec<State>) -> Self {
        let bounds = self.worlds.bounds();
        Self { given: Some(states), ..self }.bounded(bounds)
    }

    /// The same, that remembers about so many bytes and no more, of all contracts in all worlds.
    #[must_use]
    pub fn remembering(self, memory: usize) -> Self {
        let bounds = self.worlds.bounds();
        self.bounded(Bounds { memory, ..bounds })
    }

    /// The same, with so many worlds at most beside that of requests that name none.
    #[must_use]
    pub fn with_worlds(self, worlds: usize) -> Self {
        let bounds = self.worlds.bounds();
        self.bounded(Bounds { worlds, ..bounds })
    }

    /// The same, that drops a world which nobody has used for so long where there is no room for another.
    #[must_use]
    pub fn dropping_after(self, idle: Duration) -> Self {
        let bounds = self.worlds.bounds();
        self.bounded(Bounds { idle, ..bounds })
    }

    fn bounded(self, bounds: Bounds) -> Self {
        Self { worlds: Worlds::of(self.begun(), bounds), ..self }
    }

    /// The same, whose worlds are in a store, together with those of other mocks that are told the same.
    #[must_use]
    pub fn stored_in(self, store: Arc<dyn Store>) -> Self {
        let worlds = self.worlds.stored_in(store);
        Self { worlds, ..self }
    }
}
