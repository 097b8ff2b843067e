//! What a run may do to its target: the flags of `etalon test` that keep it harmless, and where its ledger stands.

use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use etalon_conformance::{Changes, CleanUp, ENOUGH, Strictness, WORKERS};

use crate::cli::Failure;

/// The most requests that a run sends unless told otherwise: some minutes, for a target that answers a hundred a second.
const ALTOGETHER: usize = 24_000;

/// The fewest and the most that an operation gets of them.
const LEAST: usize = 60;
const MOST: usize = 2_000;

/// The most workers: each has a connection of its own.
const MOST_WORKERS: usize = 64;

/// The flags of a run about the load and the changes that its target has to bear.
#[derive(Debug, Args)]
pub struct Restraint {
    /// Send nothing but requests that change nothing: GET, HEAD, OPTIONS
    #[arg(long, conflicts_with_all = ["allow_writes", "allow_destructive"])]
    pub read_only: bool,

    /// Let the run change things on a host that is not this machine
    #[arg(long)]
    pub allow_writes: bool,

    /// Let the run change and delete what it did not make, and call what ends or empties things
    #[arg(long)]
    pub allow_destructive: bool,

    /// The file in which the run writes down what it makes, before it makes it; `etalon sweep FILE` removes what is left
    /// [default: a file in the system's folder for temporary files]
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,

    /// Send no more than so many requests a second
    #[arg(long, value_name = "N[/s]", value_parser = rate)]
    pub rate: Option<f64>,

    /// The most requests for each operation, those that make failing ones smaller excepted
    /// [default: what 12000 requests leave for each, at least 60 and at most 2000; no bound for a mock of the run's own]
    #[arg(long, value_name = "N")]
    pub budget: Option<usize>,

    /// The most cases that are tested beside each other, where they share nothing; it changes nothing that is reported
    #[arg(long, value_name = "N", default_value_t = WORKERS, value_parser = workers)]
    pub workers: usize,

    /// Leave what the run makes on the target; `etalon sweep` with the ledger removes it
    #[arg(long)]
    pub keep: bool,

    /// Fail for what should be otherwise as well, not only for what must
    #[arg(long)]
    pub strict: bool,

    /// The share of the operations that must have been tested for a conclusion, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = ENOUGH, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub min_tested: u8,
}

fn workers(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=MOST_WORKERS).contains(number));
    number.ok_or_else(|| format!("write a number from 1 to {MOST_WORKERS}"))
}

fn rate(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix("/s").unwrap_or(text);
    match number.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        Ok(_) | Err(_) => Err("write how many requests a second: 5 or 5/s".to_owned()),
    }
}

impl Restraint {
    /// The changes that the run may make on a target at this URL; all of them on a mock that is started for the run.
    #[must_use]
    pub fn changes(&self, url: Option<&str>) -> Changes {
        match url {
            _ if self.read_only => Changes::ReadOnly,
            None => Changes::Anything,
            Some(url) if !self.allow_writes && !self.allow_destructive && !is_loopback(url) => Changes::NotAllowed,
            Some(_) if self.allow_destructive => Changes::Destructive,
            Some(_) => Changes::Own,
        }
    }

    /// The fate of what the run makes.
    #[must_use]
    pub fn clean_up(&self) -> CleanUp {
        if self.keep { CleanUp::Leaves } else { CleanUp::Removes }
    }

    /// The weight from which on a violation fails the run.
    #[must_use]
    pub fn strictness(&self) -> Strictness {
        if self.strict { Strictness::Should } else { Strictness::Must }
    }

    /// The most requests for each of so many operations; `None` for as many as it takes.
    #[must_use]
    pub fn budget(&self, url: Option<&str>, operations: usize) -> Option<usize> {
        let share = (ALTOGETHER / operations.max(1)).clamp(LEAST, MOST);
        self.budget.or_else(|| url.map(|_| share))
    }

    /// The least time between two requests.
    #[must_use]
    pub fn pace(&self) -> Option<Duration> {
        self.rate.map(|rate| Duration::from_secs_f64(1.0 / rate))
    }

    /// The file of the ledger, opened; a new one where none was named.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn open(&self) -> Result<(LedgerFile, File), Failure> {
        let named = self.ledger.clone();
        let keep = if named.is_some() { Keep::Always } else { Keep::WhileNeeded };
        let path = named.unwrap_or_else(|| std::env::temp_dir().join(format!("etalon-{}.ledger", std::process::id())));
        let opened = OpenOptions::new().append(true).create(true).open(&path);
        let file = opened.map_err(|error| unwritable(&path, &error))?;
        Ok((LedgerFile { path, keep, done: false, is_told: Cell::new(false) }, file))
    }
}

/// The file of a ledger: where the run does not come to its end, it says where what is left stands.
#[derive(Debug)]
pub struct LedgerFile {
    path: PathBuf,
    keep: Keep,
    done: bool,
    /// True once something was entered, and the path told.
    is_told: Cell<bool>,
}

/// The time for which a ledger is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keep {
    Always,
    WhileNeeded,
}

impl LedgerFile {
    /// The path of the ledger.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Something is entered: the first time, it is told where, since whoever kills the run must know.
    pub fn tell_once(&self) {
        if !self.is_told.replace(true) {
            let path = self.path.display();
            if std::io::stderr().is_terminal() {
                // Over the line that shows how far the run is (ECMA-48 CSI K).
                let _ = write!(std::io::stderr(), "\r\u{1b}[K");
            }
            // There is nobody to tell if the stream is closed.
            let _ = writeln!(anstream::stderr(), "what the run makes is written to {path}");
        }
    }

    /// The run is over, and has left so many things behind.
    pub fn finish(mut self, left: usize) {
        self.done = left == 0;
    }
}

impl Drop for LedgerFile {
    fn drop(&mut self) {
        let needed = !self.done && self.is_told.get();
        if !needed && self.keep == Keep::WhileNeeded {
            // A file that cannot be removed from the folder for temporary files does no harm there.
            let _ = std::fs::remove_file(&self.path);
        }
        if needed {
            let path = self.path.display();
            let _ = writeln!(anstream::stderr(), "what the run made stands in {path}: etalon sweep {path} removes it");
        }
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(
        format!("the ledger {} cannot be written: {error}", path.display()),
        Some("name another file: --ledger FILE, or change nothing: --read-only"),
    )
}

/// True for a URL whose host is this machine, by name or by a loopback address.
fn is_loopback(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or("");
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    host.eq_ignore_ascii_case("localhost")
        || host.to_ascii_lowercase().ends_with(".localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_its_names_and_addresses() {
        for (url, here) in [
            ("http://localhost:8080/x", true),
            ("http://127.3.4.5", true),
            ("https://[::1]:8443/", true),
            ("http://api.localhost/", true),
            ("http://localhost.example.com/", false),
            ("http://10.0.0.1:80", false),
            ("https://staging.example.com", false),
        ] {
            assert_eq!(is_loopback(url), here, "{url}");
        }
    }

    #[test]
    fn a_rate_is_a_number_above_zero() {
        assert_eq!((rate("5/s"), rate("0.5")), (Ok(5.0), Ok(0.5)));
        assert!(rate("0").is_err() && rate("-1/s").is_err() && rate("many").is_err());
    }
}
