//! The log of `etalon mock`: events of `tracing`, filtered by flags or `RUST_LOG`, one line each on the standard output.
//! Requests come through `requests`, which takes them off the way of the answers; how a line looks is in `line`, what must
//! not be seen in `mask`, what must not reach a terminal in `escape`.

mod escape;
mod line;
mod mask;
mod message;
mod requests;
mod sink;

use std::io::IsTerminal as _;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::cli::Failure;
use crate::cli::log::line::Lines;
use crate::cli::log::requests::Wanted;
use crate::cli::log::sink::Sink;

pub(in crate::cli) use escape::for_terminal;
pub use mask::{Secrets, given_to};
pub use requests::Requests;

/// The environment variable that says what is logged, where no flag does.
const VARIABLE: &str = "RUST_LOG";

/// The flags of whatever logs.
#[derive(Args, Clone, Debug, Default)]
pub struct LogArgs {
    /// Log warnings and errors alone, and no requests
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Log header fields and bodies as well; credentials are masked
    #[arg(long, short)]
    pub verbose: bool,

    /// The format of the lines of the log
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub log_format: LogFormat,
}

/// The format of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A line for people
    #[default]
    Text,
    /// A JSON object on each line
    Json,
}

/// The log of this process, while it lasts.
#[derive(Debug)]
pub struct Log {
    sink: Arc<Sink>,
    format: LogFormat,
    wanted: Wanted,
}

impl Log {
    /// Starts to log, as flags say; else as `RUST_LOG` says; else what requests there were.
    ///
    /// # Errors
    /// `RUST_LOG` cannot be understood.
    pub fn start(arguments: &LogArgs) -> Result<Self, Failure> {
        let filter = filter(arguments)?;
        let colours = arguments.log_format == LogFormat::Text
            && std::io::stdout().is_terminal()
            && anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
        let sink = Arc::new(Sink::stdout());
        let lines = Lines::new(
            sink.clone(),
            arguments.log_format,
            if colours { line::Look::Coloured } else { line::Look::Plain },
        );
        // A second log in one process would be a test's; the first one stays.
        let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
        Ok(Self { sink, format: arguments.log_format, wanted: requests::wanted() })
    }

    /// The format of its lines.
    #[must_use]
    pub fn format(&self) -> LogFormat {
        self.format
    }

    /// The journal that the server tells of exchanges.
    #[must_use]
    pub fn requests(&self, secrets: Secrets) -> Requests {
        Requests::start(self.sink.clone(), self.format, self.wanted, secrets)
    }
}

fn filter(arguments: &LogArgs) -> Result<Targets, Failure> {
    let level = match (arguments.quiet, arguments.verbose) {
        (true, _) => Some(LevelFilter::WARN),
        (_, true) => Some(LevelFilter::DEBUG),
        (false, false) => None,
    };
    let ours = |level: LevelFilter| Targets::new().with_default(LevelFilter::WARN).with_target("etalon", level);
    if let Some(level) = level {
        return Ok(ours(level));
    }
    match std::env::var(VARIABLE) {
        Ok(text) if !text.trim().is_empty() => text.parse::<Targets>().map_err(|error| {
            Failure::usage(
                format!("{VARIABLE} cannot be understood: {error}"),
                Some("write a level (error, warn, info, debug), or targets with levels: RUST_LOG=etalon=debug"),
            )
        }),
        Ok(_) | Err(_) => Ok(ours(LevelFilter::INFO)),
    }
}
