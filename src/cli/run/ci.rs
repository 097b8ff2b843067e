//! What a CI server gets without being asked for it: on GitHub annotations at the places of the contract, and a summary of the step.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use etalon_conformance::{Format, Report};

/// The variable that GitHub Actions sets in every step.
const GITHUB_ACTIONS: &str = "GITHUB_ACTIONS";

/// The variable that names the file of a step's summary.
const GITHUB_STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// The most bytes of a summary of a step; a longer one is refused as a whole.
const MAX_SUMMARY: usize = 1024 * 1024;

/// Tells GitHub Actions, where it runs this, what a run has found.
pub fn tell(out: &mut dyn Write, reports: &[Report]) {
    if std::env::var_os(GITHUB_ACTIONS).is_none_or(|value| value != "true") {
        return;
    }
    // Whoever closes the stream wants no annotations.
    let _ = out.write_all(Format::GitHub.text(reports).as_bytes());
    let _ = out.flush();
    let file = std::env::var_os(GITHUB_STEP_SUMMARY).filter(|file| !file.is_empty()).map(PathBuf::from);
    let Some(file) = file else { return };
    let text = Format::Markdown.text(reports);
    let text = if text.len() < MAX_SUMMARY { text } else { "Etalon's report is too long for a summary.\n".to_owned() };
    // Other steps write there too, so it is added to. Nobody fails for want of a summary.
    if let Ok(mut summary) = OpenOptions::new().append(true).create(true).open(file) {
        let _ = summary.write_all(text.as_bytes());
    }
}
