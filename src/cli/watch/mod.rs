//! `--watch`: documents that are saved are served at once. A save that cannot be used leaves what was there up, and its
//! diagnostics are shown; what requests did is kept where it still means the same. Reading is somebody else's: this decides
//! when, and what becomes of the result.

mod carried;
mod files;
mod worse;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::{RecursiveMode, Watcher as _};

use crate::cli::watch::carried::{kept, lost};
use crate::cli::watch::files::Stamps;
use crate::cli::{Failure, Loaded};
use crate::server::{Live, Mock};

/// The time without a further event before files are read: an editor writes, renames and truncates in one go.
const QUIET: Duration = Duration::from_millis(30);

/// The longest time that events may go on coming: then files are read all the same.
const PATIENCE: Duration = Duration::from_millis(300);

/// The longest time that a save that cannot be used may still be under way: a file that is truncated is empty for a moment.
const HALF_SAVED: Duration = Duration::from_millis(200);

/// The time between two looks at files where no event tells of them: some file systems send none.
const LOOK: Duration = Duration::from_secs(1);

/// Reads the documents and makes a mock of them.
pub trait Reload: Send + 'static {
    /// The contracts as they are now.
    ///
    /// # Errors
    /// They cannot be read.
    fn contracts(&self) -> Result<Vec<Loaded>, Failure>;

    /// A mock of them.
    ///
    /// # Errors
    /// What it should begin with does not fit them.
    fn mock(&self, contracts: &[Loaded]) -> Result<Mock, Failure>;

    /// Hears of a mock that is about to be served in the place of another.
    fn before(&self, next: &Mock);

    /// Files that would change what is read if they were there, beside those that are read.
    fn candidates(&self) -> Vec<PathBuf>;
}

/// Watches the files of contracts that are served, until the process ends.
///
/// # Errors
/// The operating system lets nothing be watched.
pub fn watch(live: Arc<Live>, loaded: &[Loaded], reload: impl Reload) -> Result<(), Failure> {
    let (sender, events) = channel();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading is an event, too, and ours would wake us up for ever.
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // The receiver is gone when the program ends.
            let _ = sender.send(());
        }
    });
    let watcher = watcher.map_err(|error| Failure::usage(format!("nothing can be watched: {error}"), None))?;
    let mut watching = Watching { live, reload, watcher, folders: Vec::new(), stamps: Stamps::default(), broken: None };
    watching.follow(loaded);
    let spawned = std::thread::Builder::new().name("watch".to_owned()).spawn(move || watching.run(&events));
    spawned.map(drop).map_err(|error| Failure::usage(format!("nothing can be watched: {error}"), None))
}

struct Watching<R> {
    live: Arc<Live>,
    reload: R,
    watcher: notify::RecommendedWatcher,
    folders: Vec<PathBuf>,
    stamps: Stamps,
    /// The defect of the last save, as it was told; `None` where it could be used.
    broken: Option<String>,
}

impl<R: Reload> Watching<R> {
    /// Watches the folders of all files that were read: an editor may put a new file in the place of the old one.
    fn follow(&mut self, loaded: &[Loaded]) {
        let read = loaded.iter().flat_map(|one| one.contract.document().sources()).filter(|source| !source.is_remote);
        let mut paths: Vec<PathBuf> = read.map(|source| PathBuf::from(source.name)).collect();
        paths.extend(self.reload.candidates());
        self.stamps.follow(paths);
        for folder in self.stamps.folders() {
            if !self.folders.contains(&folder) && self.watcher.watch(&folder, RecursiveMode::NonRecursive).is_ok() {
                self.folders.push(folder);
            }
        }
    }

    fn run(mut self, events: &Receiver<()>) {
        loop {
            match events.recv_timeout(LOOK) {
                Ok(()) => settle(events),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            // What a broken document lacks may turn up anywhere, so it is tried again.
            if self.stamps.have_changed() || self.broken.is_some() {
                self.read(events);
            }
        }
    }

    fn read(&mut self, events: &Receiver<()>) {
        let begun = Instant::now();
        loop {
            match self.usable() {
                Ok((loaded, next)) => return self.serve(&loaded, next),
                Err(failure) => {
                    if begun.elapsed() >= HALF_SAVED {
                        return self.tell_broken(&failure);
                    }
                    std::thread::sleep(QUIET);
                    settle(events);
                    self.stamps.have_changed();
                }
            }
        }
    }

    /// The contracts as they are saved, if they can serve all that is served now.
    fn usable(&self) -> Result<(Vec<Loaded>, Mock), Failure> {
        let loaded = self.reload.contracts()?;
        let next = self.reload.mock(&loaded)?;
        worse::than(&self.live.now(), &next)?;
        Ok((loaded, next))
    }

    fn serve(&mut self, loaded: &[Loaded], next: Mock) {
        let operations: usize = next.services().iter().map(|service| service.contract.entries().len()).sum();
        self.reload.before(&next);
        let carried = self.live.exchange(next);
        self.broken = None;
        self.follow(loaded);
        let names: Vec<&str> = loaded.iter().map(|one| one.name.as_str()).collect();
        tracing::info!(operations, "{} served as saved{}", names.join(", "), kept(&carried));
        for loss in lost(&carried) {
            tracing::warn!("{loss}");
        }
    }

    fn tell_broken(&mut self, failure: &Failure) {
        let told = failure.to_string();
        if self.broken.as_ref() != Some(&told) {
            tracing::error!("{told}");
            tracing::warn!("this cannot be served; what was there before still is");
            self.broken = Some(told);
        }
    }
}

/// Waits until no event comes any more.
fn settle(events: &Receiver<()>) {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE && events.recv_timeout(QUIET).is_ok() {}
}
