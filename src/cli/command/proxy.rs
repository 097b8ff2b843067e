//! `etalon proxy`: stands before a server, passes everything through, and says what breaks the contract while it passes. At its end it
//! tells which rows the traffic has shown, which it never did, and which were violated.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;
use etalon_conformance::Party;
use etalon_conformance::recording::Pen;
use etalon_contract::document::visible;
use etalon_contract::model::{BasePath, BasePathError};

use crate::cli::listen::{listen, origin};
use crate::cli::run::recording::{file, now, random, unwritable};
use crate::cli::run::{reports, told};
use crate::cli::signal::Signals;
use crate::cli::source::contracts::load_at;
use crate::cli::source::reading::named;
use crate::cli::{Exit, Failure, Named, Reading, whole};
use crate::proxy::{Proxy, Told, Upstream, Watch, Watching, serve};

/// The end of `--help`.
const EXAMPLES: &str = "\
Examples:
  etalon proxy api.yaml --upstream http://localhost:8080     then point the client at http://127.0.0.1:4011
      --errors                                               refuse what breaks the contract
      --record traffic.etr --report markdown=shown.md        and keep what passed, and what it shows
  etalon judge traffic.etr api.yaml                          the same report again, without anybody

Exit codes: 1 a row was violated, 2 a flag, the document or the address is wrong or no valid request was
answered with success, 0 otherwise.";

/// The flags of `etalon proxy`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ProxyArgs {
    /// An OpenAPI document, a file or a URL
    #[arg(value_name = "CONTRACT", value_parser = named())]
    pub contract: Named,

    /// The flags about reading the document.
    #[command(flatten)]
    pub reading: Reading,

    /// The base URL of the server, with or without the base path of the contract's servers
    #[arg(long, short, value_name = "URL")]
    pub upstream: String,

    /// The path that the server has the contract at, instead of that of its servers; / for none
    #[arg(long, value_name = "PATH", value_parser = base_path)]
    pub base_path: Option<BasePath>,

    /// The address to listen on; of a name, each that it has
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,

    /// The port to listen on; 0 takes a free one
    #[arg(short, long, default_value_t = 4011)]
    pub port: u16,

    /// Refuse requests and answers that break the contract, in place of passing them on
    #[arg(long)]
    pub errors: bool,

    /// Write down every exchange, secrets stood in for, so that `etalon judge` gives the same report
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,

    /// Write a report to a file, or with `-` to the standard output
    #[arg(long, value_name = "FORMAT=FILE", help = reports::help())]
    pub report: Vec<String>,

    /// Say nothing of each exchange
    #[arg(long, short)]
    pub quiet: bool,
}

fn base_path(text: &str) -> Result<BasePath, BasePathError> {
    BasePath::parse(text)
}

/// Passes traffic through until Ctrl-C or SIGTERM, and reports on it.
///
/// # Errors
/// The contract, a flag or the address cannot be used, or something could not be written.
pub fn execute(arguments: &ProxyArgs) -> Result<Exit, Failure> {
    let reader = arguments.reading.reader([&arguments.contract]);
    let loaded = load_at(&arguments.contract, &reader, arguments.base_path.as_ref())?;
    let contract = loaded.contract;
    let upstream = Upstream::new(&arguments.upstream, contract.base()).map_err(|error| {
        Failure::usage(error.to_string(), Some("name the server: --upstream http://localhost:8080"))
    })?;
    let files = reports::files(&arguments.report)?;
    let recording = arguments.record.as_deref().map(file).transpose()?;
    let (name, key) = (random()?, random()?);
    let broken = Arc::new(AtomicUsize::new(0));
    let watch = Watch {
        contract: Arc::clone(&contract),
        base: arguments.base_path.as_ref().map(|base| base.as_str().to_owned()),
        origin: upstream.origin(),
        key,
        began: now(),
        pen: recording.map(|file| Box::new(move || Pen::new(Box::new(file), name)) as Box<dyn FnOnce() -> Pen + Send>),
        tell: teller(arguments.quiet, Arc::clone(&broken)),
    };
    let watching = Watching::begin(watch);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("the proxy cannot start: {error}"), None))?;
    let signals = Signals::listen();
    let shown = upstream.origin();
    let proxy = Proxy::new(contract, upstream, &watching, arguments.errors);
    runtime.block_on(async {
        let listeners = listen(&arguments.host, arguments.port).await?;
        let address = listeners[0]
            .local_addr()
            .map_err(|error| Failure::usage(format!("the proxy cannot start: {error}"), None))?;
        say(&format!("{} passes to {shown}; Ctrl-C ends\n", origin(&arguments.host, address)));
        serve(listeners, Arc::new(proxy), signals.heard()).await;
        Ok(())
    })?;
    // What is still under way is let go, and with it whatever would be judged.
    runtime.shutdown_timeout(std::time::Duration::from_millis(500));
    let watched =
        watching.end().ok_or_else(|| Failure::Unreachable { reason: "the judge broke down".to_owned(), hint: None })?;
    say(&format!(
        "{} exchanges, {} of them break the contract; {} others are none of the contract's{}\n",
        watched.seen,
        broken.load(Ordering::Relaxed),
        watched.foreign,
        match watched.missed {
            0 => String::new(),
            missed => format!(", and {missed} went by unjudged: too large, or too many at a time"),
        }
    ));
    let reports = [watched.report];
    let mut written = told::show(&files, &reports);
    for (format, file) in &files {
        written = reports::write(*format, file, &reports).and(written);
    }
    if let (Some(error), Some(path)) = (&watched.unwritten, &arguments.record) {
        written = written.and(Err(unwritable(path, error)));
    }
    written?;
    Ok(told::conclude(&reports))
}

/// What tells of each exchange that breaks the contract.
fn teller(quiet: bool, broken: Arc<AtomicUsize>) -> Box<dyn FnMut(Told) + Send> {
    Box::new(move |told| {
        let Some(remarks) = told.remarks.as_ref().filter(|remarks| !remarks.is_empty()) else { return };
        broken.fetch_add(1, Ordering::Relaxed);
        if quiet {
            return;
        }
        let mut text =
            format!("{} -> {} in {:.1} ms\n", visible(&told.request), told.status, told.took.as_secs_f64() * 1_000.0);
        for remark in remarks {
            let party = match remark.party {
                Party::Client => "request ",
                Party::Server => "response",
            };
            text.push_str(&format!("  {party}  {}\n", visible(&remark.what)));
        }
        say(&text);
    })
}

/// Tells people; there is nobody to tell where the stream is closed.
fn say(text: &str) {
    let _ = whole::print_bytes(anstream::stderr().by_ref(), text.as_bytes());
}
