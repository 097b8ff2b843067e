//! Worlds under the next reading of their contracts: what still means the same and still fits is kept, in each of them. What
//! worlds share they go on sharing, and it is looked at once for all of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use etalon_contract::behaviour::{Carried, Meaning, State, carry};

use crate::server::world::budget::Share;
use crate::server::world::{Snapshot, World, Worlds};

/// The fate of what one world remembered.
#[derive(Clone, Debug)]
pub struct CarriedWorld {
    /// The name of the world; `None` for that of requests that name none.
    pub world: Option<Arc<str>>,
    /// The fate of its collections, contract by contract.
    pub carried: Vec<Vec<Carried>>,
}

/// The two readings of each contract.
pub(in crate::server) type Readings<'r> = [(Meaning<'r>, Meaning<'r>)];

/// What was carried, by where it was kept; with that, which is held, so that no address is used twice.
type Known<T, C> = HashMap<*const T, (Arc<T>, C)>;

/// A state as it was carried, and what became of its collections.
type Fate = (Arc<State>, Vec<Carried>);

/// Carries worlds from one reading of their contracts to the next.
struct Carrying<'r> {
    readings: &'r Readings<'r>,
    from: &'r Worlds,
    to: &'r Worlds,
    known: Vec<Known<State, Fate>>,
    origins: Known<Snapshot, Arc<Snapshot>>,
    /// What several of the carried worlds share.
    share: Arc<Share>,
}

impl Worlds {
    /// These worlds, which nothing happened in yet, with all that happened in others under another reading of the contracts.
    /// Streams of the others end: who follows comes again.
    pub(in crate::server) fn taking_over(self, before: &Self, readings: &Readings<'_>) -> (Self, Vec<CarriedWorld>) {
        let mut carrying = Carrying {
            readings,
            from: before,
            to: &self,
            known: readings.iter().map(|_| HashMap::new()).collect(),
            origins: HashMap::new(),
            share: Arc::new(Share::counted(self.budget(), 0)),
        };
        let (default, fate) = carrying.world(before.default_world());
        let mut told = vec![fate];
        let mut named = HashMap::new();
        for name in before.names() {
            let Some(world) = before.find(&name) else { continue };
            let (carried, fate) = carrying.world(&world);
            named.insert(name, Arc::new(carried));
            told.push(fate);
        }
        (self.with(default, named, before), told)
    }
}

impl Carrying<'_> {
    fn world(&mut self, world: &World) -> (World, CarriedWorld) {
        let now = Snapshot {
            requests: world.requests(),
            ahead: world.ahead(),
            frozen: world.frozen(),
            cookies: world.cookies(),
            ..Snapshot::default()
        };
        let held: Vec<Arc<State>> = world.parts.iter().map(|part| part.state().clone()).collect();
        let (states, carried): (Vec<_>, Vec<_>) =
            held.iter().enumerate().map(|(number, state)| self.state(number, state)).unzip();
        let own = states.iter().map(|state| state.own()).sum();
        let next = World::of(world.name.clone(), self.origin(&world.origin), self.to.budget().clone(), None);
        next.restore(&Snapshot { states: states.into(), share: Some(self.share.clone()), ..now });
        next.counted(0, own);
        if let Some(rules) = world.rules.get() {
            next.rules.get_or_init(|| Box::new(rules.as_they_are()));
        }
        next.used.store(world.used.load(Ordering::Relaxed), Ordering::Relaxed);
        world.close();
        (next, CarriedWorld { world: world.name.clone(), carried })
    }

    fn origin(&mut self, origin: &Arc<Snapshot>) -> Arc<Snapshot> {
        if Arc::ptr_eq(origin, self.from.start()) {
            return self.to.start().clone();
        }
        if let Some((_, known)) = self.origins.get(&Arc::as_ptr(origin)) {
            return known.clone();
        }
        let states = origin.states.iter().enumerate().map(|(number, state)| self.state(number, state).0).collect();
        let carried = Snapshot { states, share: Some(self.share.clone()), ..Snapshot::clone(origin) };
        let carried = Arc::new(carried);
        self.origins.insert(Arc::as_ptr(origin), (origin.clone(), carried.clone()));
        carried
    }

    /// The state of a contract as its next reading has it.
    fn state(&mut self, number: usize, state: &Arc<State>) -> Fate {
        if Arc::ptr_eq(state, &self.from.start().states[number]) {
            return (self.to.start().states[number].clone(), Vec::new());
        }
        if let Some((_, known)) = self.known[number].get(&Arc::as_ptr(state)) {
            return known.clone();
        }
        let (from, to) = self.readings[number];
        let (mut carried, fate) = carry(from, state, to);
        // What several had, several have. What nobody else had has something of its own.
        let is_shared = state.own() == 0;
        if is_shared {
            self.share.add(carried.share());
        }
        let carried = (Arc::new(carried), fate);
        if is_shared {
            self.known[number].insert(Arc::as_ptr(state), (state.clone(), carried.clone()));
        }
        carried
    }
}
