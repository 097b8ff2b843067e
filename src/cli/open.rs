//! Paths on the command line -> a contract: the document, the overlay that stands next to it, and those that were named.

use std::path::{Path, PathBuf};

use etalon_contract::document::{Code, Diagnostic, Document, Place, Severity, Source};
use etalon_contract::model::Contract;

use crate::cli::files::{DiskFiles, read_named};

/// Reads a contract from disk. `NAME.overlay.yaml` (or `.yml`, `.json`) next to `NAME.yaml` is applied first, then
/// `overlays` in order; references are followed below the document's folder, or below `root`.
///
/// # Errors
/// What makes the document unusable as a whole: at least one diagnostic.
pub fn open(entry: &Path, overlays: &[PathBuf], root: Option<&Path>) -> Result<Contract, Vec<Diagnostic>> {
    let bytes = read(entry)?;
    let beside = overlay_beside(entry).filter(|beside| !overlays.contains(beside));
    let paths: Vec<PathBuf> = beside.into_iter().chain(overlays.iter().cloned()).collect();
    let mut texts = Vec::new();
    for path in &paths {
        texts.push((path.display().to_string(), read(path)?));
    }
    let sources: Vec<Source<'_>> = texts.iter().map(|(name, bytes)| Source { name, bytes }).collect();
    if let Some(root) = root.filter(|root| !root.is_dir()) {
        return Err(vec![unreadable(root, "there is no such folder, which `--root` names".to_owned())]);
    }
    let files = DiskFiles::of(entry, root).map_err(|error| vec![unreadable(entry, error.to_string())])?;
    let name = entry.display().to_string();
    Document::load(Source { name: &name, bytes: &bytes }, &sources, &files).map(Contract::new)
}

/// The overlay that belongs to a document by its name.
fn overlay_beside(entry: &Path) -> Option<PathBuf> {
    let stem = entry.file_stem()?.to_str()?;
    ["yaml", "yml", "json"]
        .iter()
        .map(|extension| entry.with_file_name(format!("{stem}.overlay.{extension}")))
        .find(|path| path.is_file())
}

fn read(path: &Path) -> Result<Vec<u8>, Vec<Diagnostic>> {
    read_named(path).map_err(|reason| vec![unreadable(path, reason)])
}

fn unreadable(path: &Path, reason: String) -> Diagnostic {
    Diagnostic {
        code: Code::Unreadable,
        severity: Severity::Fatal,
        place: Place { file: path.display().to_string(), ..Place::default() },
        reason,
        hint: None,
    }
}
