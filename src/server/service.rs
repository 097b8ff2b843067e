//! One contract that is served: a request takes effect here, in the world that it is in, and whoever follows is told.

use std::sync::Arc;

use etalon_contract::behaviour::{
    Action, Call, Change, Context, Inferred as _, Meaning, OnDemand, Outcome, State, prepare, step,
};
use etalon_contract::document::Defect;
use etalon_contract::model::{Contract, Direction, Operation};
use etalon_contract::validate;
use serde_json::Value;

use crate::server::world::{Part, World};

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
    /// The number of the contract among those that are served.
    pub(super) number: usize,
}

impl Service {
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

    /// The contract with what its operations do.
    #[must_use]
    pub fn meaning(&self) -> Meaning<'_> {
        Meaning { contract: &self.contract, behaviour: &self.behaviour }
    }

    /// True for an operation that changes nothing, whatever is there.
    pub(super) fn only_looks(&self, operation: &Operation) -> bool {
        let effect = self.behaviour.effect(operation.index);
        let has_state = effect.collection.or(effect.subject).is_some();
        !has_state || matches!(effect.action, Action::Read | Action::List)
    }

    /// The outcome of a request that changes nothing. What it would put where it is kept is forgotten again.
    pub(super) fn look(&self, world: &World, call: &Call<'_>, context: &Context) -> Outcome {
        let (contract, behaviour) = (&self.contract, &self.behaviour);
        let prepared = prepare(contract, behaviour, call, context);
        let mut copy = State::clone(&world.part(self.number).state());
        world.leave_room(&mut copy);
        step(contract, behaviour, &mut copy, (call, &prepared), context)
    }

    /// Lets a valid request take effect in a world. One that may take long works on a copy, so that no other waits for it; the copy
    /// becomes what is remembered where nothing else changed meanwhile, and else it is tried again.
    pub(super) fn step(&self, world: &World, call: &Call<'_>, context: &Context, size: usize) -> Outcome {
        let (contract, behaviour) = (&self.contract, &self.behaviour);
        let prepared = prepare(contract, behaviour, call, context);
        let part = world.part(self.number);
        let is_followed = part.feed().is_some_and(|feed| feed.is_wanted());
        let happen = |state: &mut State| {
            world.leave_room(state);
            if is_followed {
                state.begin_noting();
            }
            step(contract, behaviour, state, (call, &prepared), context)
        };
        let attempts = if size > LONG_BODY { ATTEMPTS } else { 0 };
        for _ in 0..attempts {
            let mut copy = State::clone(&part.state());
            let before = (copy.revision(), copy.own());
            let outcome = happen(&mut copy);
            let mut state = part.state();
            if state.revision() == before.0 {
                keep(world, part, &mut state, (before, copy));
                return outcome;
            }
        }
        let mut state = part.state();
        let before = (state.revision(), state.own());
        match Arc::get_mut(&mut state) {
            Some(only) => {
                let outcome = happen(only);
                let changes = only.take_noted();
                world.counted(before.1, only.own());
                tell(part, changes);
                outcome
            }
            // What others share is copied where it is changed, and looked at where it is.
            None => {
                let mut copy = State::clone(&state);
                let outcome = happen(&mut copy);
                keep(world, part, &mut state, (before, copy));
                outcome
            }
        }
    }
}

impl Service {
    /// Changes what a world remembers by hand, unless that is refused.
    pub(super) fn edit<T, E>(&self, world: &World, change: impl FnOnce(&mut State) -> Result<T, E>) -> Result<T, E> {
        let part = world.part(self.number);
        let mut state = part.state();
        let mut copy = State::clone(&state);
        let before = (state.revision(), state.own());
        world.leave_room(&mut copy);
        if part.feed().is_some_and(|feed| feed.is_wanted()) {
            copy.begin_noting();
        }
        let changed = change(&mut copy)?;
        keep(world, part, &mut state, (before, copy));
        Ok(changed)
    }
}

/// Lets a copy be what is remembered, where something happened to it since it was of that revision and had so much of its own.
fn keep(world: &World, part: &Part, state: &mut Arc<State>, (before, mut copy): ((u64, usize), State)) {
    let changes = copy.take_noted();
    if copy.revision() != before.0 {
        world.counted(before.1, copy.own());
        *state = Arc::new(copy);
        tell(part, changes);
    }
}

/// Tells those who follow what changed. The state is held, so that what is told has the order in which it happened.
fn tell(part: &Part, changes: Vec<Change>) {
    if let Some(feed) = part.feed() {
        feed.tell(changes, |change| change.item.weight());
    }
}
