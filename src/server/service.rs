//! One contract that is served, with what it remembers: a request takes effect here, and whoever follows is told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use etalon_contract::behaviour::{Call, Context, Meaning, OnDemand, Outcome, State, prepare, step};
use etalon_contract::document::Defect;
use etalon_contract::model::{Contract, Direction, Operation};
use etalon_contract::validate;
use serde_json::Value;

use crate::server::feed::Feed;

/// From how many bytes on what is remembered may take long to be listed.
const MUCH: usize = 512 * 1024;

/// From how many bytes of a body on a request works on a copy of what is remembered: below, making the item takes less time
/// than copying the set that it goes to.
const LONG_BODY: usize = 64 * 1024;

/// The most times that a request that works on a copy is tried before it holds what is remembered: others that are quicker always win.
const ATTEMPTS: usize = 3;

/// The things that collections begin with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Begins {
    /// With what the documents' own examples show.
    #[default]
    WithExamples,
    /// With nothing, but for lists that nothing adds to.
    WithNothing,
}

impl Begins {
    pub(super) fn state(self) -> State {
        match self {
            Self::WithExamples => State::with_examples(),
            Self::WithNothing => State::default(),
        }
    }
}

/// One contract that is served.
#[derive(Debug)]
pub struct Service {
    /// The contract, shared with whoever reads it.
    pub contract: Arc<Contract>,
    /// The effects of its operations on state, inferred when one is first used.
    pub behaviour: OnDemand,
    pub(super) state: Mutex<State>,
    pub(super) feed: Arc<Feed>,
}

impl Service {
    /// About how many bytes what is remembered takes in memory.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.state().weight()
    }

    /// True where so much is remembered that listing it takes its time; where that is being changed right now, it may be.
    pub(super) fn remembers_much(&self) -> bool {
        self.state.try_lock().map_or(true, |state| state.weight() > MUCH)
    }

    /// The first schema of an operation that cannot be used: of what it takes, and of what it answers where all goes well.
    /// Each schema is compiled once, here or when it is first needed.
    #[must_use]
    pub fn unusable(&self, operation: &Operation) -> Option<Defect> {
        let bodies = operation.body.iter().flat_map(|body| &body.content).filter_map(|content| content.schema.as_ref());
        let parameters = operation.parameters.iter().filter_map(|parameter| parameter.shape.schema());
        let taken = bodies.chain(parameters).map(|at| (at, Direction::Request));
        let answered = operation
            .success()
            .into_iter()
            .flat_map(|response| &response.content)
            .filter_map(|content| content.schema.as_ref())
            .map(|at| (at, Direction::Response));
        taken
            .chain(answered)
            .find_map(|(at, direction)| validate::is_valid(&self.contract, at, direction, &Value::Null).err())
    }

    pub(super) fn meaning(&self) -> Meaning<'_> {
        Meaning { contract: &self.contract, behaviour: &self.behaviour }
    }

    /// Lets a valid request take effect. One that may take long works on a copy, so that no other waits for it; the copy
    /// becomes what is remembered where nothing else changed meanwhile, and else it is tried again.
    pub(super) fn step(&self, call: &Call<'_>, context: &Context, size: usize) -> Outcome {
        let (contract, behaviour) = (&self.contract, &self.behaviour);
        let prepared = prepare(contract, behaviour, call, context);
        let attempts = if size > LONG_BODY { ATTEMPTS } else { 0 };
        for _ in 0..attempts {
            let mut copy = self.state().clone();
            let before = copy.revision();
            let outcome = self.noting(&mut copy, |copy| step(contract, behaviour, copy, (call, &prepared), context));
            let mut state = self.state();
            if state.revision() == before {
                *state = copy;
                self.tell(&mut state);
                return outcome;
            }
        }
        let mut state = self.state();
        let outcome = self.noting(&mut state, |state| step(contract, behaviour, state, (call, &prepared), context));
        self.tell(&mut state);
        outcome
    }

    /// Lets something happen to a state, with a note of what changes where somebody wants to know.
    fn noting<T>(&self, state: &mut State, happen: impl FnOnce(&mut State) -> T) -> T {
        if self.feed.is_wanted() {
            state.begin_noting();
        }
        happen(state)
    }

    /// Tells those who follow what changed. The state is held, so that what is told has the order in which it happened.
    fn tell(&self, state: &mut State) {
        self.feed.tell(state.take_noted(), |change| change.item.weight());
    }

    /// The state, locked. A request that failed half-way leaves a state that is whole: steps change it last.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
