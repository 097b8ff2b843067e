//! Telling reports to people, and the exit code that they amount to.

use std::io::Write as _;
use std::path::PathBuf;

use etalon_conformance::report::{Paint, human};
use etalon_conformance::{Conclusion, Format, Report};

use crate::cli::run::{ci, reports as files_of};
use crate::cli::{Exit, Failure, whole};

/// Shows the reports to people: on the standard output, or on the standard error where a report for programs goes to the
/// standard output.
pub fn show(files: &[(Format, PathBuf)], reports: &[Report]) -> Result<(), Failure> {
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

/// The exit code of what the runs amount to together: of all that holds, the worst (`docs/exit-codes.md`).
#[must_use]
pub fn conclude(reports: &[Report]) -> Exit {
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
