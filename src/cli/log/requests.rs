//! Requests on their way into the log. The server hands each over and goes on; a thread of its own makes the words, the masks
//! and the line. Where that thread cannot keep up, because the terminal does not, requests are left out and counted: the
//! mock never waits for its log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::time::Duration;

use etalon_contract::behaviour::{Fault, FaultPlace, Kind};
use tracing::Level;

use crate::cli::log::LogFormat;
use crate::cli::log::line::milliseconds;
use crate::cli::log::mask::{MASK, Secrets};
use crate::cli::log::message;
use crate::cli::log::sink::Sink;
use crate::server::{Cause, Detail, Exchange, Journal};

/// The target of the events of requests, for `RUST_LOG`.
pub(super) const REQUEST: &str = "etalon::request";

/// The most exchanges that may wait to be written: a second of a busy mock; each takes some hundred bytes, or its bodies.
const WAITING: usize = 64 * 1024;

/// The most exchanges that may wait where each holds its bodies.
const WAITING_WHOLE: usize = 256;

/// The time between two looks of the writer where nothing is to be written. A thread that waits for the next request is woken
/// by it, and that costs the request more than its line does.
const LOOK: Duration = Duration::from_millis(5);

/// After how many looks at nothing the writer waits for the next request all the same: a mock that nobody uses rests.
const IDLE_LOOKS: u32 = 20;

/// The longest time that the end of the program waits for what is still to be written.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The part of the requests that the filter lets through.
pub(super) fn wanted() -> Wanted {
    if tracing::enabled!(target: REQUEST, Level::DEBUG) {
        Wanted::Whole
    } else if tracing::enabled!(target: REQUEST, Level::INFO) {
        Wanted::Lines
    } else if tracing::enabled!(target: REQUEST, Level::WARN) {
        Wanted::Failures
    } else {
        Wanted::Nothing
    }
}

/// The requests that are logged, and the part of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// No fields and no bodies.
    Nothing,
    /// A line of those that the mock itself failed at.
    Failures,
    /// A line of each.
    Lines,
    /// All fields and whole bodies.
    Whole,
}

/// A message to the writing thread.
enum Entry {
    Exchange(Exchange),
    /// Mask these from now on: the contracts that are served are others.
    Secrets(Secrets),
    /// Write what there is, and say when it is done.
    Done(SyncSender<()>),
}

/// The journal that the server tells of exchanges.
#[derive(Debug)]
pub struct Requests {
    sender: Option<SyncSender<Entry>>,
    left_out: Arc<AtomicU64>,
    wanted: Wanted,
}

impl Requests {
    pub(super) fn start(sink: Arc<Sink>, format: LogFormat, wanted: Wanted, secrets: Secrets) -> Self {
        let left_out = Arc::new(AtomicU64::new(0));
        if wanted == Wanted::Nothing {
            return Self { sender: None, left_out, wanted };
        }
        let waiting = if wanted == Wanted::Whole { WAITING_WHOLE } else { WAITING };
        let (sender, receiver) = sync_channel(waiting);
        let missed = left_out.clone();
        let writer = std::thread::Builder::new().name("log".to_owned()).spawn(move || {
            write(&receiver, &sink, format, secrets, &missed);
        });
        // Without a thread nothing can be logged, and the mock serves all the same.
        Self { sender: writer.is_ok().then_some(sender), left_out, wanted }
    }

    /// Masks these secrets in what is told from now on. Waits until the thread has room for the word: a secret matters more
    /// than a moment of whoever saves a contract.
    pub fn mask(&self, secrets: Secrets) {
        if let Some(sender) = &self.sender {
            // Without its thread nothing is written, and nothing is shown.
            let _ = sender.send(Entry::Secrets(secrets));
        }
    }

    /// Waits, for a moment, until all that was told of is written.
    pub fn finish(&self) {
        let Some(sender) = &self.sender else { return };
        let (done, heard) = sync_channel(1);
        if sender.try_send(Entry::Done(done)).is_ok() {
            // Whoever does not read the log in time does not keep the program from ending.
            let _ = heard.recv_timeout(LAST_WORDS);
        }
    }
}

impl Journal for Requests {
    fn wants(&self) -> Detail {
        match self.wanted {
            Wanted::Nothing => Detail::Nothing,
            Wanted::Failures | Wanted::Lines => Detail::Line,
            Wanted::Whole => Detail::Whole,
        }
    }

    fn note(&self, exchange: Exchange) {
        let Some(sender) = &self.sender else { return };
        if self.wanted == Wanted::Failures && !is_ours(&exchange) && !tells_of_loss(&exchange) {
            return;
        }
        match sender.try_send(Entry::Exchange(exchange)) {
            Ok(()) | Err(TrySendError::Disconnected(_)) => {}
            Err(TrySendError::Full(_)) => {
                self.left_out.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

fn write(receiver: &Receiver<Entry>, sink: &Sink, format: LogFormat, mut secrets: Secrets, left_out: &AtomicU64) {
    let mut idle = 0;
    loop {
        let next = match receiver.try_recv() {
            Ok(entry) => {
                idle = 0;
                Some(entry)
            }
            Err(TryRecvError::Disconnected) => None,
            Err(TryRecvError::Empty) => {
                let missed = left_out.swap(0, Ordering::Relaxed);
                if missed > 0 {
                    tracing::warn!("{missed} requests are not in the log: whoever reads it is too slow");
                }
                sink.flush();
                idle += 1;
                if idle <= IDLE_LOOKS {
                    std::thread::sleep(LOOK);
                    continue;
                }
                receiver.recv().ok()
            }
        };
        match next {
            Some(Entry::Exchange(exchange)) => event(&exchange, format, &secrets),
            Some(Entry::Secrets(now)) => secrets = now,
            Some(Entry::Done(done)) => {
                sink.flush();
                // Nobody waits for it any more; then it does not matter.
                let _ = done.send(());
            }
            None => break,
        }
    }
    sink.flush();
}

/// The cause of an answer in words, without what was sent as a secret.
fn why(cause: &Cause, secrets: &Secrets) -> String {
    match cause {
        // How to be let in is said at the start, and to the client.
        Cause::Problem(problem) if problem.kind == Kind::Unauthorized => problem.kind.title().to_owned(),
        Cause::Problem(problem) => {
            let is_secret = |fault: &Fault| match &fault.place {
                FaultPlace::Body(pointer) => pointer.as_str().split('/').any(|name| secrets.is_secret(name)),
                FaultPlace::Parameter(_, name) => secrets.is_secret(name),
                FaultPlace::Request => false,
            };
            match problem.faults.iter().find(|fault| is_secret(fault)) {
                Some(fault) => format!("{}: it is not as the contract says ({MASK})", fault.place.describe()),
                None => problem.in_full(),
            }
        }
        Cause::Untold | Cause::Outcome { .. } | Cause::AskedFor(_) | Cause::Methods | Cause::Door(_) => {
            cause.to_string()
        }
    }
}

/// True where more is to be told than the request: that something was lost or dropped.
fn tells_of_loss(exchange: &Exchange) -> bool {
    exchange.account.world.as_ref().is_some_and(|world| world.was_lost || !world.dropped.is_empty())
}

/// Statuses at which the mock failed, not the client: no answer was possible.
fn is_ours(exchange: &Exchange) -> bool {
    exchange.status >= 500 && matches!(exchange.account.cause, Cause::Problem(_))
}

fn event(exchange: &Exchange, format: LogFormat, secrets: &Secrets) {
    for world in exchange.account.world.iter().flat_map(|world| &world.dropped) {
        tracing::warn!("the world {world} is dropped to make room for another: nobody has used it for long");
    }
    if let Some(world) = exchange.account.world.as_ref().filter(|world| world.was_lost) {
        tracing::warn!("the store came back without the world {}: it begins again", world.name);
    }
    let at = milliseconds(exchange.at);
    let ms = exchange.took.as_secs_f64() * 1000.0;
    let method = exchange.method.as_str();
    let path = secrets.target(&exchange.target);
    let path = secrets.prose(&path);
    let path = path.as_ref();
    let status = u64::from(exchange.status);
    let operation = exchange.account.operation.as_deref();
    let world = exchange.account.world.as_ref().map(|world| world.name.as_ref());
    let account = &exchange.account;
    let fault = account.fault.map(|fault| format!("given the fault `{}`", fault.name()));
    let rules = account.rules.iter().map(|rule| format!("by the rule `{rule}`"));
    let why = std::iter::once(why(&account.cause, secrets)).chain(fault).chain(rules);
    let why = why.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
    let why = secrets.prose(&why);
    let why = (!why.is_empty()).then_some(why.as_ref());
    let messages = exchange.messages.as_ref().map(|messages| {
        let (request, response) = messages.as_ref();
        (
            message::written(&request.headers, &request.body, format, secrets),
            message::written(&response.headers, &response.body, format, secrets),
        )
    });
    let (request, response) = match &messages {
        Some((request, response)) => (Some(request.as_str()), Some(response.as_str())),
        None => (None, None),
    };
    macro_rules! told {
        ($level:expr) => {
            tracing::event!(
                target: REQUEST, $level, at, method, path, status, ms, operation, world, why, request, response
            )
        };
    }
    if is_ours(exchange) {
        told!(Level::WARN);
    } else if matches!(exchange.account.cause, Cause::Door(_)) {
        // Health is asked for again and again.
        told!(Level::DEBUG);
    } else {
        told!(Level::INFO);
    }
}
