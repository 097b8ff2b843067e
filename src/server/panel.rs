//! What is told of a mock while it serves, and stays while one reading of its contracts follows another: the last requests, how many
//! there were, and the wish that it stops.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::Notify;

use crate::server::journal::Exchange;

/// The most requests that are kept.
const MAX_REQUESTS: usize = 1_000;

/// The most bytes that are kept of a text of a request.
const MAX_TEXT: usize = 2_000;

/// The panel of a mock.
#[derive(Debug, Default)]
pub struct Panel {
    told: Mutex<Told>,
    stop: Notify,
}

/// The requests to contracts.
#[derive(Debug, Default)]
struct Told {
    last: VecDeque<Noted>,
    number: u64,
    /// The number of requests by operation and status.
    counts: BTreeMap<(Option<String>, u16), u64>,
}

/// A request, and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Noted {
    pub(super) number: u64,
    pub(super) at: SystemTime,
    pub(super) took: Duration,
    pub(super) method: String,
    pub(super) target: String,
    pub(super) status: u16,
    pub(super) operation: Option<String>,
    pub(super) why: String,
    pub(super) world: Option<String>,
    pub(super) fault: Option<&'static str>,
    pub(super) rules: Vec<String>,
}

impl Panel {
    /// Takes note of a request to a contract.
    pub(super) fn note(&self, exchange: &Exchange) {
        let account = &exchange.account;
        if account.is_own {
            return;
        }
        let mut noted = Noted {
            number: 0,
            at: exchange.at,
            took: exchange.took,
            method: cut(&exchange.method),
            target: cut(&exchange.target),
            status: exchange.status,
            operation: account.operation.clone(),
            why: cut(&account.cause.to_string()),
            world: account.world.as_ref().map(|world| world.name.to_string()),
            fault: account.fault.map(|fault| fault.name()),
            rules: account.rules.clone(),
        };
        let mut told = self.told();
        told.number += 1;
        noted.number = told.number;
        let key = (noted.operation.clone(), noted.status);
        *told.counts.entry(key).or_default() += 1;
        if told.last.len() == MAX_REQUESTS {
            told.last.pop_front();
        }
        told.last.push_back(noted);
    }

    /// The last requests, the youngest first, and so many at most.
    pub(super) fn last(&self, most: usize) -> Vec<Noted> {
        self.told().last.iter().rev().take(most).cloned().collect()
    }

    /// The number of requests by operation and status.
    pub(super) fn counts(&self) -> BTreeMap<(Option<String>, u16), u64> {
        self.told().counts.clone()
    }

    /// Forgets the last requests.
    pub(super) fn forget(&self) {
        self.told().last.clear();
    }

    /// Asks the mock to stop.
    pub(super) fn stop(&self) {
        self.stop.notify_one();
    }

    /// Waits until somebody asks the mock to stop.
    pub async fn stopped(&self) {
        self.stop.notified().await;
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The beginning of a text that may be long.
fn cut(text: &str) -> String {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
