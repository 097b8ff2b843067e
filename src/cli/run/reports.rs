//! Where the reports of a run go: files, or the standard output.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use etalon_conformance::{Format, Report};

use crate::cli::{Failure, whole};

/// The help of `--report`: the formats, each with what it is.
#[must_use]
pub fn help() -> String {
    let formats = Format::ALL.iter().map(|format| format!("{}, {}", format.name(), format.about()));
    let formats = formats.collect::<Vec<_>>().join("; ");
    format!(
        "Write a report to a file, or with `-` to the standard output; may be given several times. Formats: {formats}"
    )
}

/// The formats and files of the values of `--report`.
///
/// # Errors
/// A value cannot be understood, or a file is named twice or cannot be written.
pub fn files(flags: &[String]) -> Result<Vec<(Format, PathBuf)>, Failure> {
    let files = flags.iter().map(|flag| file(flag)).collect::<Result<Vec<_>, Failure>>()?;
    let mut seen = BTreeSet::new();
    for (_, file) in &files {
        if !seen.insert(file) {
            return Err(Failure::usage(format!("two reports would be written to {}", file.display()), None));
        }
        // Better told now than when the run is over; and an older report is none of this run.
        if !is_stdout(file) {
            whole::begin(file).map_err(|error| unwritable(file, &error))?;
        }
    }
    Ok(files)
}

fn file(flag: &str) -> Result<(Format, PathBuf), Failure> {
    let parsed = flag.split_once('=').and_then(|(name, file)| Some((Format::parse(name)?, file)));
    match parsed {
        Some((format, file)) if !file.is_empty() => Ok((format, PathBuf::from(file))),
        Some(_) | None => {
            let forms: Vec<String> = Format::ALL.iter().map(|format| format!("{}=FILE", format.name())).collect();
            let hint = format!("write --report {}", forms.join(", or "));
            Err(Failure::usage(format!("`{flag}` is no value for --report"), Some(&hint)))
        }
    }
}

/// True where a report goes to the standard output, as programs have it.
#[must_use]
pub fn is_stdout(file: &Path) -> bool {
    file == Path::new("-")
}

fn unwritable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("the report {} cannot be written: {error}", file.display()), None)
}

/// Writes a report to its file.
///
/// # Errors
/// The file cannot be written.
pub fn write(format: Format, file: &Path, reports: &[Report]) -> Result<(), Failure> {
    let text = format.text(reports);
    if is_stdout(file) {
        let written = whole::print(std::io::stdout(), &text);
        return written.map_err(|error| Failure::usage(format!("the report cannot be written: {error}"), None));
    }
    whole::write(file, &text).map_err(|error| unwritable(file, &error))
}
