//! Documents from other machines: only from hosts that the user named, only so much, only so long, each only once.

mod address;
mod client;

pub use address::{RemoteHost, RemoteUrl};

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use etalon_contract::document::{Supplied, Unsupplied};
use tokio::runtime::Runtime;

use crate::cli::source::remote::client::{FetchError, Fetched};

/// The bounds of what is fetched.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The longest time for one document, redirects included.
    pub patience: Duration,
    /// The longest time for all documents of a run together.
    pub patience_in_all: Duration,
    /// The largest size of one document, in bytes.
    pub size: usize,
    /// The largest size of all documents of a run together, in bytes.
    pub size_in_all: usize,
    /// The most documents that are fetched in a run.
    pub documents: usize,
    /// The most redirects that are followed for one document.
    pub redirects: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            // A server that answers at all does so in a second or two; whoever waits longer wants to know why.
            patience: Duration::from_secs(10),
            // A run that waits a minute for its documents is better told to keep copies of them.
            patience_in_all: Duration::from_secs(60),
            // The largest known documents have 12 MB.
            size: 16 << 20,
            // Four of the largest; more is not a contract but a mistake, or an attack.
            size_in_all: 64 << 20,
            // The largest known contract has 1,500 files, on disk; over a network it is bundled.
            documents: 500,
            // From a short name to http, to https, to a release, to where its files are kept; browsers follow 20.
            redirects: 5,
        }
    }
}

/// The documents of other hosts: those that may be fetched in a run, and those that were.
#[derive(Debug, Default)]
pub struct Remote {
    allowed: Vec<RemoteHost>,
    bounds: Bounds,
    session: Mutex<Session>,
}

/// The documents that were fetched so far, and what is left of the bounds.
#[derive(Debug, Default)]
struct Session {
    runtime: Option<Runtime>,
    answers: BTreeMap<RemoteUrl, Result<Supplied, Unsupplied>>,
    asked: usize,
    bytes: usize,
    spent: Duration,
}

impl Remote {
    /// Fetches from these hosts and no others.
    #[must_use]
    pub fn new(allowed: Vec<RemoteHost>) -> Self {
        Self::within(allowed, Bounds::default())
    }

    /// The same within other bounds.
    #[must_use]
    pub fn within(allowed: Vec<RemoteHost>, bounds: Bounds) -> Self {
        Self { allowed, bounds, session: Mutex::default() }
    }

    /// The content of a URL, fetched when it is first asked for. Waits for it, so it is not for asynchronous code.
    ///
    /// # Errors
    /// The reason why it is not fetched, and a hint.
    pub fn fetch(&self, url: &RemoteUrl) -> Result<Supplied, Unsupplied> {
        self.permit(url)?;
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = session.answers.get(url) {
            return known.clone();
        }
        let answer = self.ask(&mut session, url);
        session.answers.insert(url.clone(), answer.clone());
        answer
    }

    fn permit(&self, url: &RemoteUrl) -> Result<(), Unsupplied> {
        if self.allowed.iter().any(|host| host.has(url)) {
            return Ok(());
        }
        let host = url.host();
        Err(Unsupplied::forbidden(format!("{url} is remote, and nothing is fetched from {host}"))
            .hint(format!("fetch it with `--allow-remote {host}`")))
    }

    fn ask(&self, session: &mut Session, url: &RemoteUrl) -> Result<Supplied, Unsupplied> {
        let Bounds { patience, patience_in_all, size, size_in_all, documents, .. } = self.bounds;
        let enough = |why: String| Unsupplied::broken(why).hint("keep a copy on disk, or bundle the document");
        if session.asked >= documents {
            return Err(enough(format!("{documents} documents were fetched, and no more are")));
        }
        let left = patience_in_all.saturating_sub(session.spent);
        if left.is_zero() {
            return Err(enough(format!("{} were spent on fetching, and no more are", shown(patience_in_all))));
        }
        let (time, room) = (patience.min(left), size.min(size_in_all - session.bytes));
        let runtime = match session.runtime.take() {
            Some(runtime) => runtime,
            None => tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| Unsupplied::broken(format!("nothing can be fetched: {error}")))?,
        };
        session.asked += 1;
        let start = Instant::now();
        let result = runtime.block_on(async { tokio::time::timeout(time, self.follow(url, room)).await });
        session.spent += start.elapsed();
        session.runtime = Some(runtime);
        let because = |why: String| Unsupplied::broken(format!("{url} cannot be fetched: {why}"));
        match result {
            Ok(Ok(supplied)) => {
                session.bytes += supplied.bytes.len();
                if let Some(found) = supplied.found_at.as_ref().and_then(|found| RemoteUrl::parse(found).ok()) {
                    let there = Supplied { found_at: None, ..supplied.clone() };
                    session.answers.entry(found).or_insert(Ok(there));
                }
                Ok(supplied)
            }
            Ok(Err(Stop::Forbidden(forbidden))) => {
                Err(Unsupplied { reason: format!("{url} cannot be fetched: {}", forbidden.reason), ..forbidden })
            }
            Ok(Err(Stop::Failed(FetchError::Because(why)))) => Err(because(why)),
            Ok(Err(Stop::Failed(FetchError::TooLarge))) if room < size => {
                let all = size_in_all >> 20;
                Err(enough(format!("{url} cannot be fetched: with it, more than {all} MB would be")))
            }
            Ok(Err(Stop::Failed(FetchError::TooLarge))) => {
                Err(because(format!("it has more than {}", shown_bytes(size))))
            }
            Err(_) if time < patience => {
                let all = shown(patience_in_all);
                Err(enough(format!("{url} cannot be fetched: with it, more than {all} would be spent")))
            }
            Err(_) => Err(because(format!("there is no whole answer within {}", shown(patience)))),
        }
    }

    /// Asks, and follows redirects to hosts that are allowed.
    async fn follow(&self, url: &RemoteUrl, room: usize) -> Result<Supplied, Stop> {
        let mut here = url.clone();
        for _ in 0..=self.bounds.redirects {
            let location = match client::get(&here, room).await.map_err(Stop::Failed)? {
                Fetched::Content(bytes) => {
                    return Ok(Supplied { bytes, found_at: (here != *url).then(|| here.to_string()) });
                }
                Fetched::Redirect(location) => location,
            };
            let next = here.redirected(&location).map_err(|why| {
                Stop::Failed(FetchError::Because(format!("it is redirected to what is not fetched: {why}")))
            })?;
            if here.is_secure() && !next.is_secure() {
                let why = format!("it is redirected from https to {next}, which nobody guards");
                return Err(Stop::Failed(FetchError::Because(why)));
            }
            self.permit(&next).map_err(|forbidden| {
                let reason = format!("it is redirected to {next}, and nothing is fetched from {}", next.host());
                Stop::Forbidden(Unsupplied { reason, ..forbidden })
            })?;
            here = next;
        }
        let most = self.bounds.redirects;
        Err(Stop::Failed(FetchError::Because(format!("it is redirected more than {most} times, at last to {here}"))))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A name that is still being looked up is not waited for.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The reason why following redirects ended without content.
enum Stop {
    Forbidden(Unsupplied),
    Failed(FetchError),
}

fn shown(time: Duration) -> String {
    if time.subsec_millis() == 0 { format!("{} s", time.as_secs()) } else { format!("{} ms", time.as_millis()) }
}

fn shown_bytes(size: usize) -> String {
    if size >= 1 << 20 { format!("{} MB", size >> 20) } else { format!("{size} bytes") }
}
