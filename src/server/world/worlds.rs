//! All worlds of a mock: the one of requests that name none, and the others by their names. They have a bound, and what was
//! dropped for it is remembered, so that no request meets an empty world where it left a full one.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use etalon_contract::behaviour::State;

use crate::server::store::{Store, Tokens};
use crate::server::world::budget::{Budget, Share};
use crate::server::world::replica::Replica;
use crate::server::world::{Asked, DEFAULT, Snapshot, World};

/// The most names of dropped worlds that are remembered.
const MAX_DROPPED: usize = 100_000;

/// The part of all worlds that is dropped at a time, at most, so that not every new one has to look for another to drop.
const AT_A_TIME: usize = 16;

/// The bounds of all worlds together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The most worlds beside the one of requests that name none.
    pub worlds: usize,
    /// The time for which a world must not have been used before it may be dropped for another.
    pub idle: Duration,
    /// About the most bytes that all of them remember.
    pub memory: usize,
}

/// The reason why a request cannot be in the world that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// The world was dropped.
    Dropped(String),
    /// There is no room for another.
    Full(String),
    /// There is no such world to begin from.
    NoOrigin(String),
}

/// The way to deal with the name of a world that was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgiving {
    /// It is said.
    No,
    /// The world begins again.
    Yes,
}

/// All worlds of a mock.
#[derive(Debug)]
pub struct Worlds {
    bounds: Bounds,
    budget: Arc<Budget>,
    start: Arc<Snapshot>,
    default: Arc<World>,
    named: RwLock<Named>,
    /// The store of all requests that change something, where there is one.
    store: Option<(Arc<dyn Store>, Arc<Tokens>)>,
    began: Instant,
    /// The first second at which a world may have been idle for long enough: before, none is looked for.
    look_at: AtomicU32,
}

#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) worlds: HashMap<Arc<str>, Arc<World>>,
    dropped: HashSet<Arc<str>>,
    /// The same, in the order in which they were dropped.
    order: VecDeque<Arc<str>>,
}

/// A world, and those that were dropped for it.
pub type Entered = (Arc<World>, Vec<Arc<str>>);

impl Worlds {
    /// The worlds of contracts that begin with these states.
    #[must_use]
    pub fn of(states: impl IntoIterator<Item = State>, bounds: Bounds) -> Self {
        let budget = Arc::new(Budget::of(bounds.memory));
        let start = Arc::new(Snapshot::first(states, &budget));
        let default = Arc::new(World::of(None, start.clone(), budget.clone(), None));
        let (named, look_at) = (RwLock::default(), AtomicU32::new(0));
        Self { bounds, budget, start, default, named, store: None, began: Instant::now(), look_at }
    }

    /// The same, whose requests are in a store.
    pub(in crate::server) fn stored_in(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some((store, Arc::default()));
        let replica = self.replica();
        self.default = Arc::new(World::of(None, self.start.clone(), self.budget.clone(), replica));
        self
    }

    /// True where the requests of worlds are in a store.
    #[must_use]
    pub fn are_stored(&self) -> bool {
        self.store.is_some()
    }

    fn replica(&self) -> Option<Box<Replica>> {
        self.store.as_ref().map(|(store, tokens)| Box::new(Replica::of(store.clone(), tokens.clone())))
    }

    /// The same with all that is in others: the world of requests that name none and the named ones, as they are carried there.
    pub(super) fn with(mut self, default: World, named: HashMap<Arc<str>, Arc<World>>, before: &Self) -> Self {
        self.default = Arc::new(default);
        let known = before.read();
        let (dropped, order) = (known.dropped.clone(), known.order.clone());
        self.named = RwLock::new(Named { worlds: named, dropped, order });
        self.began = before.began;
        self
    }

    /// The bounds of all worlds together.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// A share of bytes that are in no world yet.
    pub(super) fn shared(&self, bytes: usize) -> Option<Arc<Share>> {
        self.budget.count(0, bytes);
        Share::of(&self.budget, None, bytes, bytes)
    }

    /// A world as it is now, but for what it remembers: these states.
    pub(in crate::server) fn holding(&self, world: &World, states: Vec<State>) -> Snapshot {
        let mut own = 0;
        let shared = states.into_iter().map(|mut state| {
            own += state.share();
            Arc::new(state)
        });
        let states = shared.collect();
        Snapshot { states, share: self.shared(own), ..world.snapshot() }
    }

    pub(super) fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    /// The moment that worlds begin from which name no other.
    #[must_use]
    pub fn start(&self) -> &Arc<Snapshot> {
        &self.start
    }

    /// The world of all requests that name none.
    #[must_use]
    pub fn default_world(&self) -> &Arc<World> {
        &self.default
    }

    /// About how many bytes all worlds take together.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.budget.used()
    }

    /// The number of worlds that have names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().worlds.len()
    }

    /// True where no world has a name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.read().worlds.is_empty()
    }

    /// The names of all worlds that have one, in order.
    #[must_use]
    pub fn names(&self) -> Vec<Arc<str>> {
        let mut names: Vec<Arc<str>> = self.read().worlds.keys().cloned().collect();
        names.sort();
        names
    }

    /// The world of that name, where there is one; `default` is that of requests that name none.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Arc<World>> {
        if name == DEFAULT { Some(self.default.clone()) } else { self.read().worlds.get(name).cloned() }
    }

    /// The world that a request is in: it is there, or begins now.
    ///
    /// # Errors
    /// It was dropped, there is no room for it, or there is nothing to begin from.
    pub fn enter(&self, asked: &Asked<'_>, forgiving: Forgiving) -> Result<Entered, Unavailable> {
        let Some(name) = asked.name else { return Ok((self.default.clone(), Vec::new())) };
        let now = self.now();
        if let Some(world) = self.read().worlds.get(name) {
            world.used.store(now, Ordering::Relaxed);
            return Ok((world.clone(), Vec::new()));
        }
        // What is in a store is not lost where one mock forgets it.
        if forgiving == Forgiving::No && self.store.is_none() && self.read().dropped.contains(name) {
            let minutes = self.bounds.idle.as_secs() / 60;
            return Err(Unavailable::Dropped(format!(
                "the world `{name}` was dropped to make room for another, after no request for more than {minutes} minutes; \
                 POST /__etalon/reset in it begins it again"
            )));
        }
        // Where there is a store, it has what a world begins from.
        if self.store.is_some() { self.begin(name, self.start.clone()) } else { self.fork(name, asked.from) }
    }

    /// The world of that name, which begins as all begin where this mock has none: a store may.
    pub(in crate::server) fn find_or_begin(&self, name: &str) -> Option<Arc<World>> {
        self.find(name).or_else(|| self.begin(name, self.start.clone()).ok().map(|(world, _)| world))
    }

    /// A new world that begins as another is now, or as all begin.
    ///
    /// # Errors
    /// As for `enter`.
    pub fn fork(&self, name: &str, from: Option<&str>) -> Result<Entered, Unavailable> {
        let origin = match from {
            None => self.start.clone(),
            Some(from) => {
                let known =
                    || Unavailable::NoOrigin(format!("there is no world `{from}` that `{name}` could begin from"));
                Arc::new(self.find(from).ok_or_else(known)?.snapshot())
            }
        };
        self.begin(name, origin)
    }

    /// A new world that begins as one was at a moment.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn begin(&self, name: &str, origin: Arc<Snapshot>) -> Result<Entered, Unavailable> {
        let (now, mut named) = (self.now(), self.write());
        // Another request may have been here first.
        if let Some(world) = named.worlds.get(name) {
            return Ok((world.clone(), Vec::new()));
        }
        let dropped = self.make_room(&mut named, now)?;
        if named.dropped.remove(name) {
            named.order.retain(|known| &**known != name);
        }
        let name: Arc<str> = name.into();
        let world = Arc::new(World::of(Some(name.clone()), origin, self.budget.clone(), self.replica()));
        world.used.store(now, Ordering::Relaxed);
        named.worlds.insert(name, world.clone());
        drop(named);
        Ok((world, dropped.into_iter().map(|world| world.name.clone().unwrap_or_default()).collect()))
    }

    /// Takes a world away; whoever names it next has a new one.
    pub fn delete(&self, name: &str) -> Option<Arc<World>> {
        let world = self.write().worlds.remove(name)?;
        world.close();
        Some(world)
    }

    /// Drops worlds that nobody has used for long, where there is no room for another; they are given out, so that what takes
    /// its time is done when nobody waits.
    fn make_room(&self, named: &mut Named, now: u32) -> Result<Vec<Arc<World>>, Unavailable> {
        let Bounds { worlds: most, idle, memory } = self.bounds;
        let is_full = |named: &Named| named.worlds.len() >= most || self.budget.left() < super::WORLD_WEIGHT;
        if !is_full(named) {
            return Ok(Vec::new());
        }
        let mut dropped = Vec::new();
        let long_ago = u32::try_from(idle.as_secs()).ok().and_then(|idle| now.checked_sub(idle));
        if let Some(long_ago) = long_ago.filter(|_| now >= self.look_at.load(Ordering::Relaxed)) {
            let used = |world: &World| world.used.load(Ordering::Relaxed);
            let mut idle: Vec<(u32, Arc<str>)> =
                named.worlds.iter().map(|(name, world)| (used(world), name.clone())).collect();
            idle.sort();
            let newer = idle.iter().map(|(used, _)| *used).find(|used| *used > long_ago);
            for (_, name) in idle.into_iter().filter(|(used, _)| *used <= long_ago).take((most / AT_A_TIME).max(1)) {
                let Some(world) = named.worlds.remove(&name) else { continue };
                named.remember_dropped(name);
                world.close();
                dropped.push(world);
            }
            let next = newer.map_or(now, |used| used.saturating_add(now - long_ago));
            self.look_at.store(next, Ordering::Relaxed);
        }
        if !dropped.is_empty() {
            return Ok(dropped);
        }
        Err(Unavailable::Full(format!(
            "there are {} worlds with about {} bytes, at most {most} with {memory} are kept, and each was used within the last {} \
             minutes; delete some, or say more by --max-worlds or --max-memory",
            named.worlds.len(),
            self.budget.used(),
            idle.as_secs() / 60
        )))
    }

    /// The seconds since the mock began.
    fn now(&self) -> u32 {
        u32::try_from(self.began.elapsed().as_secs()).unwrap_or(u32::MAX)
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, Named> {
        self.named.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Named> {
        self.named.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Named {
    fn remember_dropped(&mut self, name: Arc<str>) {
        if self.order.len() == MAX_DROPPED
            && let Some(oldest) = self.order.pop_front()
        {
            self.dropped.remove(&oldest);
        }
        if self.dropped.insert(name.clone()) {
            self.order.push_back(name);
        }
    }
}
