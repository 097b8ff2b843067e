//! The outcome of a run: reports on the streams and in files, and the exit code. No report is left untold because another one
//! could not be written.

use std::io::Write as _;
use std::path::PathBuf;

use etalon_conformance::{Conclusion, Format, Report, schemes};

use crate::cli::command::test::flags::TestArgs;
use crate::cli::run::{reports as files_of, told};
use crate::cli::signal::Signals;
use crate::cli::{Exit, Failure, Loaded, error};

/// Tells the reports on the streams and in their files, every one of them.
///
/// # Errors
/// A stream or a file cannot be written; of several, the last.
pub(super) fn tell(
    arguments: &TestArgs,
    loaded: &[Loaded],
    files: &[(Format, PathBuf)],
    reports: &[Report],
) -> Result<(), Failure> {
    let mut told = told::show(files, reports);
    hint_at_credentials(arguments, loaded, reports);
    for (format, file) in files.iter().filter(|_| !reports.is_empty()) {
        told = files_of::write(*format, file, reports).and(told);
    }
    told
}

/// Names the flag for credentials where nothing could be tested of a contract, some contract asks for them and none were given.
fn hint_at_credentials(arguments: &TestArgs, loaded: &[Loaded], reports: &[Report]) {
    let untested = reports.iter().any(|report| report.conclusion() == Conclusion::NothingTested);
    if untested && arguments.auth.is_empty() && loaded.iter().any(|one| !schemes(&one.contract).is_empty()) {
        let _ = writeln!(anstream::stderr(), "hint: the contract asks for credentials: --auth SCHEME=VALUE");
    }
}

/// The exit code of the run, after what could not be told: that is told as an error, and decides where the targets conform.
pub(super) fn exit(told: Result<(), Failure>, reports: &[Report], signals: &Signals) -> Exit {
    let exit = if signals.is_heard() { Exit::Interrupted } else { told::conclude(reports) };
    match told {
        Ok(()) => exit,
        Err(failure) => {
            error(&failure);
            // What was shown is never hidden by what could not be written.
            if matches!(exit, Exit::Conforms) { failure.exit() } else { exit }
        }
    }
}
