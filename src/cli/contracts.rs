//! Contracts from the command line: files with their overlays, or the ones that are compiled in.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use etalon_contract::document::{Code, Diagnostic, Document, Files, Place, Pointer, Severity, Source};
use etalon_contract::model::Contract;

use crate::cli::Failure;
use crate::shipped;

/// The largest document that is read, in bytes: several times the largest that is published.
const MAX_DOCUMENT: u64 = 64 * 1024 * 1024;

/// A contract, and where it came from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The file as the user named it.
    pub name: String,
    /// The contract.
    pub contract: Arc<Contract>,
}

/// Loads the contracts that are compiled in.
///
/// # Errors
/// What is wrong with them; a test holds that nothing is.
pub fn load_shipped() -> Result<Vec<Loaded>, Failure> {
    shipped::ALL
        .iter()
        .map(|shipped| {
            let document = shipped.load().map_err(Failure::Document)?;
            Ok(Loaded { name: shipped.name.to_owned(), contract: Arc::new(Contract::new(document)) })
        })
        .collect()
}

/// Loads a contract from a file, with these overlays after the one that stands beside it (`NAME.overlay.yaml`).
///
/// # Errors
/// The file cannot be read, or is no document that can be used.
pub fn load(path: &Path, overlays: &[PathBuf]) -> Result<Loaded, Failure> {
    let name = path.display().to_string();
    let bytes = read(path).map_err(|reason| unreadable(&name, reason))?;
    let mut extra = Vec::new();
    for path in beside(path).iter().chain(overlays) {
        let name = path.display().to_string();
        let bytes = read(path).map_err(|reason| unreadable(&name, reason))?;
        extra.push((name, bytes));
    }
    let overlays: Vec<Source<'_>> = extra.iter().map(|(name, bytes)| Source { name, bytes }).collect();
    let folder = Folder::of(path);
    let document =
        Document::load(Source { name: &name, bytes: &bytes }, &overlays, &folder).map_err(Failure::Document)?;
    Ok(Loaded { name, contract: Arc::new(Contract::new(document)) })
}

/// The overlay beside a contract: same name, `.overlay` before the extension.
fn beside(path: &Path) -> Option<PathBuf> {
    let stem = path.file_stem()?.to_str()?;
    ["yaml", "yml", "json"]
        .into_iter()
        .map(|extension| path.with_file_name(format!("{stem}.overlay.{extension}")))
        .find(|candidate| candidate.is_file() && candidate != path)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let reason = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        _ => error.to_string(),
    };
    let metadata = fs::metadata(path).map_err(reason)?;
    if metadata.is_dir() {
        return Err("it is a folder, not a file".to_owned());
    }
    if metadata.len() > MAX_DOCUMENT {
        return Err(format!("it is larger than {MAX_DOCUMENT} bytes"));
    }
    fs::read(path).map_err(reason)
}

fn unreadable(name: &str, reason: String) -> Failure {
    Failure::Document(vec![Diagnostic {
        code: Code::Unreadable,
        severity: Severity::Fatal,
        place: Place { file: name.to_owned(), line: 0, column: 0, pointer: Pointer::root() },
        reason,
        hint: None,
    }])
}

/// The files that a document may refer to: those in its own folder and below the current one.
#[derive(Debug)]
struct Folder {
    home: PathBuf,
    allowed: Vec<PathBuf>,
}

impl Folder {
    fn of(entry: &Path) -> Self {
        let home = match entry.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            Some(_) | None => PathBuf::from("."),
        };
        let allowed =
            [home.as_path(), Path::new(".")].into_iter().filter_map(|path| path.canonicalize().ok()).collect();
        Self { home, allowed }
    }
}

impl Files for Folder {
    fn permit(&self, name: &str) -> Result<(), String> {
        if name.contains("://") {
            return Err(format!("{name} is not fetched: a contract is read from files only"));
        }
        let Ok(path) = self.home.join(name).canonicalize() else { return Ok(()) };
        if self.allowed.iter().any(|folder| path.starts_with(folder)) {
            return Ok(());
        }
        Err(format!("{name} lies outside the contract's folder and the current one"))
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        self.permit(name)?;
        read(&self.home.join(name)).map_err(|reason| format!("{name}: {reason}"))
    }
}
