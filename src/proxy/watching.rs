//! The thread that watches what passes: it judges each exchange, writes it down, and has a report at the end. What passes never waits
//! for it; where it cannot follow, exchanges go by unjudged, and are counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use etalon_conformance::recording::{Book, Pen, Recorded, Veil};
use etalon_conformance::{Grounds, Onlooker, Remark, Report, Settings, TargetError, remarks};
use etalon_contract::codec::{Request, Response};
use etalon_contract::model::Contract;

use crate::proxy::passing::decoded;

/// The most exchanges that wait to be judged.
const WAITING: usize = 4_096;

/// An exchange that has passed.
#[derive(Debug)]
pub struct Passed {
    /// The request, as the contract has its paths.
    pub request: Request,
    /// The answer, its content decoded.
    pub response: Response,
    /// True where the content of the request is all there.
    pub request_whole: bool,
    /// True where the content of the answer is all there.
    pub response_whole: bool,
    /// True where the proxy refused the request itself: the server has not seen it.
    pub is_refused: bool,
    /// When the request came, since the proxy began.
    pub at: Duration,
    /// When its answer had passed.
    pub until: Duration,
}

/// An exchange that was judged, for whoever tells of it.
#[derive(Debug)]
pub struct Told {
    /// The request in a few words: method and target, secrets stood in for.
    pub request: String,
    /// The status of the answer.
    pub status: u16,
    /// The time that it took.
    pub took: Duration,
    /// The breaches of the contract; `None` where it is for no operation of it.
    pub remarks: Option<Vec<Remark>>,
}

/// The circumstances of a watch.
pub struct Watch {
    /// The contract.
    pub contract: Arc<Contract>,
    /// The path that the contract was read to begin at, where that is not the one of its servers.
    pub base: Option<String>,
    /// The URL of the server.
    pub origin: String,
    /// The random key of the stand-ins for secrets.
    pub key: [u8; 32],
    /// When it began, in milliseconds since 1970.
    pub began: u64,
    /// What makes the pen that writes exchanges down, in the thread that does so.
    pub pen: Option<Box<dyn FnOnce() -> Pen + Send>>,
    /// What tells of each exchange.
    pub tell: Box<dyn FnMut(Told) + Send>,
}

/// The outcome of a watch.
#[derive(Debug)]
pub struct Watched {
    /// The rows that the traffic has shown.
    pub report: Report,
    /// The number of exchanges of the contract.
    pub seen: usize,
    /// The number of exchanges that are none of the contract's.
    pub foreign: usize,
    /// The number of exchanges that went by unjudged.
    pub missed: usize,
    /// The error that kept the recording from being written.
    pub unwritten: Option<std::io::Error>,
}

/// A watch that goes on.
#[derive(Debug)]
pub struct Watching {
    exchanges: Option<SyncSender<Passed>>,
    missed: Arc<AtomicUsize>,
    thread: Option<JoinHandle<Watched>>,
}

impl Watching {
    /// Begins to watch.
    #[must_use]
    pub fn begin(watch: Watch) -> Self {
        let (exchanges, waiting) = sync_channel(WAITING);
        let missed = Arc::new(AtomicUsize::new(0));
        let thread = std::thread::spawn(move || watched(watch, &waiting));
        Self { exchanges: Some(exchanges), missed, thread: Some(thread) }
    }

    /// What takes exchanges that have passed.
    #[must_use]
    pub(super) fn taker(&self) -> Taker {
        Taker { exchanges: self.exchanges.clone(), missed: Arc::clone(&self.missed) }
    }

    /// Ends the watch, once all that takes exchanges is gone.
    #[must_use]
    pub fn end(mut self) -> Option<Watched> {
        self.exchanges = None;
        let mut watched = self.thread.take()?.join().ok()?;
        watched.missed += self.missed.load(Ordering::Relaxed);
        Some(watched)
    }
}

/// Takes exchanges to the thread that judges.
#[derive(Clone, Debug)]
pub(super) struct Taker {
    exchanges: Option<SyncSender<Passed>>,
    missed: Arc<AtomicUsize>,
}

impl Taker {
    /// Takes an exchange over; where too many wait, it goes by.
    pub(super) fn take(&self, passed: Passed) {
        let is_taken = self.exchanges.as_ref().is_some_and(|exchanges| exchanges.try_send(passed).is_ok());
        if !is_taken {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn watched(watch: Watch, waiting: &Receiver<Passed>) -> Watched {
    let Watch { contract, base, origin, key, began, pen, mut tell } = watch;
    let grounds = Grounds::of(&contract, &[]);
    let mut onlooker = Onlooker::new(&contract, &grounds);
    let mut veil = Veil::over_traffic(key);
    let pen = pen.map(|pen| pen());
    let settings = Settings { enough: 0, ..Settings::default() };
    let run = Recorded { contract: &contract, base: base.as_deref(), settings: &settings, began, veil: None };
    let book = pen.as_ref().map(|pen| Book::of_traffic(pen, &run, origin.clone()));
    let mut unseen = 0;
    for passed in waiting {
        let Passed { request, response, request_whole, response_whole, is_refused, at, until } = passed;
        if !request_whole {
            // Of a request that is not all here nothing can be said.
            unseen += 1;
            continue;
        }
        let (request, response) = veil.laid_over(&contract, &request, decoded(response));
        let mut took = until.saturating_sub(at);
        let shown = format!("{} {}", request.method, request.target);
        if is_refused {
            // It is told, and neither judged nor written down: it shows nothing of the server.
            let remarks = remarks(&contract, &request, None);
            tell(Told { request: shown, status: response.status, took, remarks });
            continue;
        }
        if let Some(book) = &book {
            let at = book.reads(at);
            let number = book.goes_out(&request);
            let until = book.reads(until);
            took = until.saturating_sub(at);
            book.comes_back(number, &Ok::<_, TargetError>(response.clone()), !response_whole);
        }
        onlooker.sees(&request, &response, took, response_whole);
        let found = remarks(&contract, &request, Some(&response).filter(|_| response_whole));
        tell(Told { request: shown, status: response.status, took, remarks: found });
    }
    let (seen, foreign) = onlooker.seen();
    let report = onlooker.report(origin);
    if let Some(book) = book {
        book.end(Ok(&report));
    }
    let unwritten = pen.and_then(|pen| pen.finish().err());
    Watched { report, seen, foreign, missed: unseen, unwritten }
}
