//! Worlds: what each contract remembers, once for all requests that name no world and once for each that others name. A world
//! begins as another was at a moment, and nothing that happens in one is seen in another.
//!
//! In reading order: how a request names a world (`name`, `asked`), the memory that all have together (`budget`), a world
//! at a moment (`snapshot`), the world itself (here), all of them (`worlds`), and what they become under the next reading of their
//! contracts (`carried`), and a world as a file (`file`).

mod asked;
mod name;

mod budget;
mod replica;
mod snapshot;

mod carried;
mod file;
mod worlds;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use etalon_contract::behaviour::State;

pub use asked::{Asked, NamedBy, WORLD, WORLD_COOKIE, WORLD_FROM};
pub use carried::CarriedWorld;
pub use file::Imported;
pub(super) use file::{export, import};
pub use name::DEFAULT;
pub(super) use replica::{CarriedOut, Progress, Replica};
pub use snapshot::Snapshot;
pub use worlds::{Bounds, Entered, Forgiving, Unavailable, Worlds};

use crate::server::feed::Feed;
use crate::server::rule::{Rule, Rules};
use crate::server::store::Position;
use crate::server::world::budget::{Budget, Share};

/// The most cookies that a world remembers: as many as any test sets, and no client can fill the memory with them.
const MAX_COOKIES: usize = 1_000;

/// About how many bytes a world takes beside what it remembers.
const WORLD_WEIGHT: usize = 512;

/// The time of a clock that does not stand still.
const FLOWING: i64 = i64::MIN;

/// The cookies that answers set, by name and value: who sends one back is the one who got it.
pub(super) type Cookies = Arc<BTreeSet<(String, String)>>;

/// A world: what requests did there, its clock and its counter.
#[derive(Debug)]
pub struct World {
    /// The name; `None` for the world of all requests that name none.
    name: Option<Arc<str>>,
    /// The moment that it began from, and that a reset takes it back to.
    origin: Arc<Snapshot>,
    parts: Box<[Part]>,
    requests: AtomicU64,
    /// The seconds that the clock is ahead of its requests.
    ahead: AtomicI64,
    /// The time at which the clock stands still; `FLOWING` where it does not.
    frozen: AtomicI64,
    cookies: Mutex<Option<Cookies>>,
    /// The rules that stand here; none where nobody ever asked for some.
    rules: OnceLock<Box<Rules>>,
    /// What is shared with other worlds.
    share: Mutex<Option<Arc<Share>>>,
    budget: Arc<Budget>,
    /// How far this mock has come, where the requests of the world are in a store.
    replica: Option<Box<Replica>>,
    /// The second of the last request, since the mock began.
    used: AtomicU32,
}

/// What a world remembers of one contract.
#[derive(Debug)]
pub(super) struct Part {
    state: Mutex<Arc<State>>,
    feed: OnceLock<Arc<Feed>>,
}

impl Part {
    /// The state, locked. A request that failed half-way leaves a state that is whole: steps change it last.
    pub(super) fn state(&self) -> MutexGuard<'_, Arc<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The changes that are told to those who follow; `None` where nobody ever did.
    pub(super) fn feed(&self) -> Option<&Arc<Feed>> {
        self.feed.get()
    }

    /// The changes that are told from now on.
    pub(super) fn followed(&self) -> &Arc<Feed> {
        self.feed.get_or_init(Arc::default)
    }
}

impl World {
    /// A world that begins as another was at a moment.
    fn of(name: Option<Arc<str>>, origin: Arc<Snapshot>, budget: Arc<Budget>, replica: Option<Box<Replica>>) -> Self {
        let begun = |state: &Arc<State>| Part { state: Mutex::new(state.clone()), feed: OnceLock::new() };
        budget.count(0, WORLD_WEIGHT);
        Self {
            name,
            parts: origin.states.iter().map(begun).collect(),
            requests: AtomicU64::new(origin.requests),
            ahead: AtomicI64::new(origin.ahead),
            frozen: AtomicI64::new(origin.frozen.unwrap_or(FLOWING)),
            cookies: Mutex::new(origin.cookies.clone()),
            rules: OnceLock::new(),
            share: Mutex::new(origin.share.clone()),
            budget,
            replica,
            used: AtomicU32::new(0),
            origin,
        }
    }

    /// The name; `None` for the world of all requests that name none.
    #[must_use]
    pub fn name(&self) -> Option<&Arc<str>> {
        self.name.as_ref()
    }

    /// The number of requests that were counted here.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }

    /// How far this mock has come in the requests of the world; `None` where they are in no store.
    pub(super) fn replica(&self) -> Option<&Replica> {
        self.replica.as_deref()
    }

    /// The name, `default` for the world of all requests that name none.
    #[must_use]
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(DEFAULT)
    }

    /// Takes over how many requests were counted elsewhere.
    pub(super) fn counted_elsewhere(&self, requests: u64) {
        self.requests.fetch_max(requests, Ordering::SeqCst);
    }

    /// Counts a request; its number.
    pub(super) fn count(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// The seconds that the clock is ahead of what its requests make of it.
    #[must_use]
    pub fn ahead(&self) -> i64 {
        self.ahead.load(Ordering::SeqCst)
    }

    /// The moment that the world began from.
    pub(super) fn origin(&self) -> &Snapshot {
        &self.origin
    }

    /// The time at which the clock stands still; `None` where it does not.
    #[must_use]
    pub fn frozen(&self) -> Option<i64> {
        Some(self.frozen.load(Ordering::SeqCst)).filter(|at| *at != FLOWING)
    }

    /// The time of a request that would come at this one by itself.
    #[must_use]
    pub fn time(&self, counted: i64) -> i64 {
        self.frozen().unwrap_or_else(|| counted.saturating_add(self.ahead()))
    }

    /// Puts the clock forward, by seconds, whether it stands still or not. Where the world is in a store, `Mock::advance_world` is for
    /// that.
    pub fn advance(&self, seconds: i64) {
        // A clock that has come to its end stays there.
        let later = |time: i64| Some(time.saturating_add(seconds));
        let _ = self.ahead.fetch_update(Ordering::SeqCst, Ordering::SeqCst, later);
        let later = |at: i64| (at != FLOWING).then(|| at.saturating_add(seconds));
        let _ = self.frozen.fetch_update(Ordering::SeqCst, Ordering::SeqCst, later);
    }

    /// Sets the clock, for requests from one on that would come at `counted` by itself; it stands still from then on, or goes.
    pub(super) fn set_clock(&self, counted: i64, now: i64, stands_still: bool) {
        self.ahead.store(now.saturating_sub(counted), Ordering::SeqCst);
        self.frozen.store(if stands_still { now } else { FLOWING }, Ordering::SeqCst);
    }

    /// About how many bytes what is remembered here takes, what is shared with other worlds included.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.parts.iter().map(|part| part.state().weight()).sum()
    }

    /// The weight of what is remembered of each contract, in bytes; `None` where that is being changed right now.
    pub(super) fn weights_now(&self) -> impl Iterator<Item = Option<usize>> {
        self.parts.iter().map(|part| part.state.try_lock().ok().map(|state| state.weight()))
    }

    pub(super) fn part(&self, contract: usize) -> &Part {
        &self.parts[contract]
    }

    /// Lets a state of this world grow by as much as is left for all worlds. What is in a store is carried out by all mocks or by none: it
    /// was asked before whether there is room (`is_full`).
    pub(super) fn leave_room(&self, state: &mut State) {
        let left = if self.replica.is_some() { usize::MAX } else { self.budget.left() };
        state.leave_room(left, self.budget.most());
    }

    /// The bound of all worlds, in bytes, where nothing more may be added.
    pub(super) fn is_full(&self) -> Option<usize> {
        (self.budget.left() == 0).then(|| self.budget.most())
    }

    /// Counts what a state of this world had of its own before something happened to it, and has now.
    pub(super) fn counted(&self, before: usize, now: usize) {
        self.budget.count(before, now);
    }

    /// The rules that stand here: these, where none did before.
    pub(super) fn rules(&self, start: &[Rule]) -> Option<&Rules> {
        if start.is_empty() {
            return self.rules.get().map(AsRef::as_ref);
        }
        Some(self.rules.get_or_init(|| Box::new(Rules::of(start.to_vec()))))
    }

    /// The same, to be changed: those of the start where none stand.
    pub(super) fn own_rules(&self, start: &[Rule]) -> &Rules {
        self.rules.get_or_init(|| Box::new(Rules::of(start.to_vec())))
    }

    /// The cookies that were set here.
    pub(super) fn cookies(&self) -> Option<Cookies> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers a cookie that an answer sets.
    pub(super) fn remember_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let set = Arc::make_mut(cookies.get_or_insert_default());
        if set.len() < MAX_COOKIES {
            set.insert((name.to_owned(), value.to_owned()));
        }
    }

    /// The world as it is now, to be restored later or to begin others from. It takes no time, whatever is there.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let mut states: Vec<MutexGuard<'_, Arc<State>>> = self.parts.iter().map(Part::state).collect();
        let own: usize = states.iter().map(|state| state.own()).sum();
        // A state that is shared already, and has nothing of its own, is shared as it is.
        for state in states.iter_mut().filter(|state| state.own() > 0) {
            Arc::make_mut(state).share();
        }
        let all = states.iter().map(|state| state.weight()).sum();
        let mut share = self.share.lock().unwrap_or_else(PoisonError::into_inner);
        *share = Share::of(&self.budget, share.take(), own, all);
        Snapshot {
            requests: self.requests(),
            ahead: self.ahead(),
            frozen: self.frozen(),
            cookies: self.cookies(),
            share: share.clone(),
            states: states.iter().map(|state| Arc::clone(state)).collect(),
        }
    }

    /// Makes the world what it was at a moment, or what another one was. Where the world is in a store, which this knows nothing of, it is
    /// loaded again with the next request: `Mock::restore_world` is for both.
    pub fn restore(&self, snapshot: &Snapshot) {
        if let Some(replica) = &self.replica {
            replica.progress().position = Position::default();
        }
        self.restore_here(snapshot);
    }

    /// The same, for whoever has found the snapshot in the store.
    pub(super) fn restore_here(&self, snapshot: &Snapshot) {
        let mut states: Vec<MutexGuard<'_, Arc<State>>> = self.parts.iter().map(Part::state).collect();
        for (state, was) in states.iter_mut().zip(&snapshot.states) {
            self.budget.count(state.own(), 0);
            **state = was.clone();
        }
        self.share.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&snapshot.share);
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&snapshot.cookies);
        self.requests.store(snapshot.requests, Ordering::SeqCst);
        self.ahead.store(snapshot.ahead, Ordering::SeqCst);
        self.frozen.store(snapshot.frozen.unwrap_or(FLOWING), Ordering::SeqCst);
    }

    /// Forgets everything that requests did here.
    pub fn reset(&self) {
        self.restore(&self.origin);
        if let Some(rules) = self.rules.get() {
            rules.reset();
        }
    }

    /// Ends all streams: who follows comes again.
    fn close(&self) {
        for feed in self.parts.iter().filter_map(Part::feed) {
            feed.close();
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.close();
        let own: usize = self.parts.iter().map(|part| part.state().own()).sum();
        self.budget.count(own + WORLD_WEIGHT, 0);
    }
}
