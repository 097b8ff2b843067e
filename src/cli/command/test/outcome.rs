//! The outcome of a run: reports on the streams and in files, and the exit code. No report is left untold because another one
//! could not be written.

use std::io::Write as _;
use std::path::PathBuf;

use etalon_conformance::report::{Paint, human};
use etalon_conformance::{Conclusion, Format, Report, schemes};

use crate::cli::command::test::flags::TestArgs;
use crate::cli::run::{ci, reports as files_of};
use crate::cli::signal::Signals;
use crate::cli::{Exit, Failure, Loaded, error, whole};

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
    let mut told = show(files, reports);
    hint_at_credentials(arguments, loaded, reports);
    for (format, file) in files.iter().filter(|_| !reports.is_empty()) {
        told = files_of::write(*format, file, reports).and(told);
    }
    told
}

/// Shows the reports to people: on the standard output, or on the standard error where a report for programs goes to the
/// standard output.
fn show(files: &[(Format, PathBuf)], reports: &[Report]) -> Result<(), Failure> {
    let shown: Vec<String> = reports.iter().map(|report| human(report, Paint::Colours)).collect();
    let mut text = Vec::new();
    if !shown.is_empty() {
        let _ = writeln!(text, "{}", shown.join("\n\n"));
        ci::tell(&mut text, reports);
    }
    let told = if files.iter().any(|(_, file)| files_of::is_stdout(file)) {
        whole::print_bytes(anstream::stderr(), &text)
    } else {
        whole::print_bytes(anstream::stdout(), &text)
    };
    told.map_err(|error| Failure::usage(format!("the report cannot be written: {error}"), None))
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
    let exit = if signals.is_heard() { Exit::Interrupted } else { conclude(reports) };
    match told {
        Ok(()) => exit,
        Err(failure) => {
            error(&failure);
            // What was shown is never hidden by what could not be written.
            if matches!(exit, Exit::Conforms) { failure.exit() } else { exit }
        }
    }
}

/// The exit code of what the runs amount to together: of all that holds, the worst (`docs/exit-codes.md`).
fn conclude(reports: &[Report]) -> Exit {
    match Conclusion::of(reports) {
        Conclusion::Interrupted => Exit::Interrupted,
        Conclusion::Violates => Exit::Violates,
        Conclusion::Gone => Exit::Unreachable,
        Conclusion::NothingTested
        | Conclusion::CutShort
        | Conclusion::Unanswered
        | Conclusion::TooLittle
        | Conclusion::Partly => Exit::Usage,
        Conclusion::Conforms => Exit::Conforms,
    }
}
