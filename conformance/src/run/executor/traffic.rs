//! The traffic of a run with its target: what all cases share that are executed beside each other. It knows the clock, the end of
//! the run, how many requests went out, whether anybody answers, and what was made; it knows of no case.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use etalon_contract::codec::{Request, Response};
use tokio::sync::{Mutex, MutexGuard};

use crate::run::ledger::Made;
use crate::run::leftovers::ListOf;
use crate::run::{Event, Listener};
use crate::target::{Exchange, TargetError};

/// The divisor of a run's time: for that part of it the plan goes on after a row was won.
const LAST_PART: u32 = 10;

/// The number of those parts that the plan may take while no row is won.
const PLANNED: u32 = 8;

/// The traffic of a run with its target.
pub(in crate::run) struct Traffic<'t, E> {
    /// The target of the run.
    pub(super) target: &'t E,
    listener: RefCell<&'t mut Listener<'t>>,
    /// The number of requests that were sent.
    sent: Cell<usize>,
    /// The number of requests in a row that found nobody there.
    pub(super) unanswered: Cell<usize>,
    /// True where any request was ever answered.
    pub(super) answered: Cell<bool>,
    /// The time that the run has waited for a target that asked for it.
    pub(super) waited: Cell<Duration>,
    /// True once the target has asked for time: from then on requests go out one after another.
    busy: Cell<bool>,
    /// The turn to send where requests go out one after another.
    turn: Mutex<()>,
    /// The end of the plan, by the target's clock; moved on while rows are being won, as far as the run goes.
    deadline: Cell<Duration>,
    /// The end of the run, by the target's clock.
    end: Duration,
    max_time: Duration,
    /// The number of the last entry in the ledger.
    entries: Cell<usize>,
    /// The things that the run made, each with the place in the plan of what made it.
    pub(super) made: RefCell<Vec<(usize, Made)>>,
    /// Things that are there once, as they were before the run changed them: the request that puts each back.
    pub(super) originals: RefCell<Vec<Request>>,
    /// The lists of what can be removed, as they were before anything was made; `None` until then.
    pub(super) lists: Mutex<Option<Vec<ListOf>>>,
    /// The targets of the removals of what was there before the run.
    pub(super) there_before: RefCell<BTreeSet<String>>,
    /// The texts that creations sent and told: what is called so is the run's.
    pub(super) texts: RefCell<BTreeSet<String>>,
    /// The number of times that each case was executed, by its id.
    executed: RefCell<BTreeMap<String, u64>>,
    /// The reason why nothing more of the plan is sent.
    over: RefCell<Option<TargetError>>,
}

impl<'t, E: Exchange> Traffic<'t, E> {
    /// The traffic before the first request of a run that may take so long.
    pub(in crate::run) fn new(target: &'t E, listener: &'t mut Listener<'t>, max_time: Duration) -> Self {
        let now = target.now();
        Self {
            target,
            listener: RefCell::new(listener),
            sent: Cell::new(0),
            unanswered: Cell::new(0),
            answered: Cell::new(false),
            waited: Cell::new(Duration::ZERO),
            busy: Cell::new(false),
            turn: Mutex::new(()),
            deadline: Cell::new(now.saturating_add(max_time / LAST_PART * PLANNED)),
            end: now.saturating_add(max_time),
            max_time,
            entries: Cell::new(0),
            made: RefCell::default(),
            originals: RefCell::default(),
            there_before: RefCell::default(),
            lists: Mutex::default(),
            texts: RefCell::default(),
            executed: RefCell::default(),
            over: RefCell::default(),
        }
    }

    /// Tells whoever watches of an event.
    pub(in crate::run) fn tell(&self, event: &Event<'_>) {
        (self.listener.borrow_mut())(event);
    }

    /// The number of requests that were sent so far.
    pub(in crate::run) fn sent(&self) -> usize {
        self.sent.get()
    }

    /// Counts a request that goes out.
    pub(super) fn count(&self) {
        self.sent.set(self.sent.get() + 1);
    }

    /// True where any request was ever answered.
    pub(in crate::run) fn was_answered(&self) -> bool {
        self.answered.get()
    }

    /// Moves the end of the run on, since a row was won.
    pub(in crate::run) fn won(&self) {
        let more = self.target.now().saturating_add(self.max_time / LAST_PART);
        self.deadline.set(self.deadline.get().max(more).min(self.end));
    }

    /// Gives what follows the plan the rest of the time, and some more where the plan took all of it: a finding is told by a
    /// request that a person can read.
    pub(in crate::run) fn goes_on(&self) {
        let more = self.target.now().saturating_add(self.max_time / LAST_PART);
        self.deadline.set(self.end.max(more));
        self.over.replace(None);
    }

    /// True where the run is in the last part of its time.
    pub(in crate::run) fn is_late(&self) -> bool {
        self.target.now().saturating_add(self.max_time / LAST_PART) >= self.deadline.get()
    }

    /// Lets nothing more of the plan be sent, for this reason; the first one stays.
    pub(in crate::run) fn ends(&self, why: TargetError) {
        self.over.borrow_mut().get_or_insert(why);
    }

    /// The reason why nothing more is sent; `None` while there is time and the target is there.
    pub(super) fn over(&self) -> Option<TargetError> {
        let late = self.target.now() > self.deadline.get();
        self.over.borrow().clone().or_else(|| late.then_some(TargetError::OutOfTime))
    }

    /// The number of times that a case was executed before: each time has its own surroundings.
    pub(super) fn turn_of(&self, case: &str) -> u64 {
        let mut executed = self.executed.borrow_mut();
        let turns = executed.entry(case.to_owned()).or_default();
        *turns += 1;
        *turns - 1
    }

    /// The number of a new entry in the ledger.
    pub(super) fn entry(&self) -> usize {
        self.entries.set(self.entries.get() + 1);
        self.entries.get()
    }

    /// From now on requests go out one after another: the target has asked for time.
    pub(super) fn is_asked_for_time(&self) {
        self.busy.set(true);
    }

    /// The turn to send, once it comes; `None` where requests may go out beside each other.
    pub(super) async fn turn(&self) -> Result<Option<MutexGuard<'_, ()>>, TargetError> {
        if !self.busy.get() {
            return Ok(None);
        }
        tokio::select! {
            biased;
            () = self.target.stopped() => Err(TargetError::Interrupted),
            turn = self.turn.lock() => Ok(Some(turn)),
        }
    }

    /// The answer to a request, unless somebody wants the run to end before.
    pub(super) async fn once(&self, request: &Request) -> Result<Response, TargetError> {
        self.count();
        tokio::select! {
            biased;
            () = self.target.stopped() => Err(TargetError::Interrupted),
            answer = self.target.send(request) => answer,
        }
    }

    /// Lets time pass, unless somebody wants the run to end before.
    pub(super) async fn pause(&self, time: Duration) -> Result<(), TargetError> {
        tokio::select! {
            biased;
            () = self.target.stopped() => Err(TargetError::Interrupted),
            () = self.target.pause(time) => Ok(()),
        }
    }
}
