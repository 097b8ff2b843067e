//! A world whose requests are in a store, as far as this mock has carried them out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use etalon_contract::behaviour::{Context, Outcome};

use crate::server::store::{Position, Store, Tokens};

/// The outcome of a request that was carried out, with the seed, the time and the number that it had.
pub(in crate::server) type CarriedOut = (Outcome, Context);

/// The part of a world that is about its store.
#[derive(Debug)]
pub(in crate::server) struct Replica {
    pub(in crate::server) store: Arc<dyn Store>,
    pub(in crate::server) tokens: Arc<Tokens>,
    progress: Mutex<Progress>,
}

/// How far this mock has come, and the outcomes that somebody waits for.
#[derive(Debug, Default)]
pub(in crate::server) struct Progress {
    pub(in crate::server) position: Position,
    /// True where the store came back without the world, until that is told.
    pub(in crate::server) was_lost: bool,
    /// By the tokens of requests; `None` while the request has not been carried out.
    pub(in crate::server) awaited: HashMap<String, Option<CarriedOut>>,
}

impl Replica {
    /// A world of which nothing is known yet.
    pub(super) fn of(store: Arc<dyn Store>, tokens: Arc<Tokens>) -> Self {
        Self { store, tokens, progress: Mutex::default() }
    }

    /// The progress, locked: requests are carried out one after the other, by whoever learns of them.
    pub(in crate::server) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
