//! `etalon test`: verify a target against its contract. The order of the steps stands here, each step in a file of its own.

mod flags;
mod outcome;
mod settings;
mod target;
mod verification;

use std::io::Write as _;

use etalon_conformance::{Report, Settings};

pub use crate::cli::command::test::flags::TestArgs;

use crate::cli::run::list::list;
use crate::cli::run::recording::RecordingFile;
use crate::cli::run::reports;
use crate::cli::signal::Signals;
use crate::cli::source::contracts::load_at;
use crate::cli::{Exit, Failure, Loaded, load_shipped, whole};

/// Verifies the target, and gives the exit code.
///
/// # Errors
/// A flag or a contract is wrong, nothing can be tested, or the target cannot be reached.
pub fn execute(arguments: &TestArgs) -> Result<Exit, Failure> {
    let loaded = contracts(arguments)?;
    let settings = settings::settings(arguments, &loaded)?;
    if arguments.list {
        return print_list(&loaded, &settings);
    }
    let files = reports::files(&arguments.report)?;
    if let Some(url) = &arguments.url {
        // A wrong URL is told before anything is started.
        target::target(url, &loaded[0], arguments)?;
    }
    let recording = arguments.record.as_deref().map(RecordingFile::create).transpose()?;
    let (reports, signals) = verified(arguments, &loaded, &settings, recording.as_ref())?;
    if signals.is_heard() {
        let _ = writeln!(anstream::stderr(), "interrupted");
    }
    let recorded = recording.map_or(Ok(()), RecordingFile::finish);
    let told = outcome::tell(arguments, &loaded, &files, &reports).and(recorded);
    Ok(outcome::exit(told, &reports, &signals))
}

/// The contract that the flags name, or those that come with etalon.
fn contracts(arguments: &TestArgs) -> Result<Vec<Loaded>, Failure> {
    match &arguments.contract {
        Some(named) => Ok(vec![load_at(named, &arguments.reading.reader([named]), arguments.base_path.as_ref())?]),
        None => {
            arguments.reading.without_documents("test")?;
            load_shipped()
        }
    }
}

/// Prints the operations with their rows and cases, in the place of a run.
fn print_list(loaded: &[Loaded], settings: &[Settings]) -> Result<Exit, Failure> {
    whole::print(anstream::stdout(), &list(loaded, settings))
        .map(|()| Exit::Conforms)
        .map_err(|error| Failure::usage(format!("the list cannot be written: {error}"), None))
}

/// The reports of the contracts' runs, and the signals that were listened to meanwhile.
fn verified(
    arguments: &TestArgs,
    loaded: &[Loaded],
    settings: &[Settings],
    recording: Option<&RecordingFile>,
) -> Result<(Vec<Report>, Signals), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Unreachable { reason: format!("the runner cannot start: {error}"), hint: None })?;
    let signals = Signals::listen();
    let reports = runtime.block_on(verification::verify(arguments, (loaded, settings), recording, &signals));
    // A mock that still serves is not waited for.
    runtime.shutdown_background();
    Ok((reports?, signals))
}
