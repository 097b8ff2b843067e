//! Names on the command line -> a document: the file or URL, the overlay that stands next to it, and those that were named.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use etalon_contract::document::{Code, Diagnostic, Document, Files, Place, Severity, Source, Supplied, Unsupplied};
use etalon_contract::model::Contract;

use crate::cli::source::files::{DiskFiles, read_named, read_stdin};
use crate::cli::source::named::Named;
use crate::cli::source::remote::{Remote, RemoteUrl};

/// Reads a contract from disk. `NAME.overlay.yaml` (or `.yml`, `.json`) next to `NAME.yaml` is applied first, then
/// `overlays` in order; references are followed below the document's folder, or below `root`.
///
/// # Errors
/// The diagnostics that make the document unusable as a whole: at least one.
pub fn open(entry: &Path, overlays: &[PathBuf], root: Option<&Path>) -> Result<Contract, Vec<Diagnostic>> {
    let overlays = overlays.iter().map(|path| Named::from(path.as_path())).collect();
    let reader = Reader::new(overlays, root.map(Path::to_owned), Remote::default());
    reader.document(&entry.into()).map(Contract::new)
}

/// Reads documents for one run of a command: what several of them refer to is fetched once.
#[derive(Debug, Default)]
pub struct Reader {
    overlays: Vec<Named>,
    root: Option<PathBuf>,
    remote: Remote,
    /// The bytes of the standard input, which can be read only once, or the reason why they could not be read.
    stdin: OnceLock<Result<Vec<u8>, String>>,
}

impl Reader {
    /// Lays these overlays over every document; follows references below `root`, or below each document's own folder, and
    /// to what `remote` allows.
    #[must_use]
    pub fn new(overlays: Vec<Named>, root: Option<PathBuf>, remote: Remote) -> Self {
        Self { overlays, root, remote, stdin: OnceLock::new() }
    }

    /// Reads a document. `NAME.overlay.yaml` (or `.yml`, `.json`) next to a file `NAME.yaml` is applied first.
    ///
    /// # Errors
    /// The diagnostics that make the document unusable as a whole: at least one.
    pub fn document(&self, entry: &Named) -> Result<Document, Vec<Diagnostic>> {
        let (name, bytes) = self.read(entry)?;
        let beside = overlay_beside(entry).map(Named::File).filter(|beside| !self.overlays.contains(beside));
        let mut texts = Vec::new();
        for overlay in beside.iter().chain(&self.overlays) {
            texts.push(self.read(overlay)?);
        }
        let sources: Vec<Source<'_>> = texts.iter().map(|(name, bytes)| Source { name, bytes }).collect();
        let reach = Reach { disk: self.disk(entry)?, remote: &self.remote };
        Document::load(Source { name: &name, bytes: &bytes }, &sources, &reach)
    }

    /// The name to show, which is where it was really found, and the bytes.
    fn read(&self, named: &Named) -> Result<(String, Vec<u8>), Vec<Diagnostic>> {
        let name = named.to_string();
        let read = match named {
            Named::File(path) => read_named(path).map(Supplied::from).map_err(Unsupplied::broken),
            Named::Remote(url) => self.remote.fetch(url),
            Named::Stdin => self.stdin.get_or_init(read_stdin).clone().map(Supplied::from).map_err(Unsupplied::broken),
        };
        match read {
            Ok(Supplied { bytes, found_at }) => Ok((found_at.unwrap_or(name), bytes)),
            Err(why) => Err(vec![unreadable(name, why)]),
        }
    }

    /// The files of this machine that a document may refer to: none, where it comes from another.
    fn disk(&self, entry: &Named) -> Result<Option<DiskFiles>, Vec<Diagnostic>> {
        let path = match entry {
            Named::File(path) => path.as_path(),
            Named::Remote(_) => return Ok(None),
            // What comes on the standard input refers to files from where the user stands.
            Named::Stdin => Path::new("-"),
        };
        if let Some(root) = self.root.as_ref().filter(|root| !root.is_dir()) {
            let why = Unsupplied::broken("there is no such folder, which `--root` names");
            return Err(vec![unreadable(root.display().to_string(), why)]);
        }
        let files = DiskFiles::of(path, self.root.as_deref());
        files.map(Some).map_err(|error| vec![unreadable(entry.to_string(), Unsupplied::broken(error.to_string()))])
    }
}

/// The files and hosts that the references of one document may reach.
struct Reach<'r> {
    disk: Option<DiskFiles>,
    remote: &'r Remote,
}

impl Files for Reach<'_> {
    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        self.supply(name).map(|supplied| supplied.bytes).map_err(|why| why.reason)
    }

    fn supply(&self, name: &str) -> Result<Supplied, Unsupplied> {
        if name.contains("://") {
            return RemoteUrl::parse(name).map_err(Unsupplied::forbidden).and_then(|url| self.remote.fetch(&url));
        }
        match &self.disk {
            Some(disk) => disk.supply(name),
            None => Err(Unsupplied::forbidden(format!("{name} is a file, which a remote document may not refer to"))),
        }
    }
}

/// The overlay that belongs to a document by its name.
fn overlay_beside(entry: &Named) -> Option<PathBuf> {
    overlays_beside(entry).into_iter().find(|path| path.is_file())
}

/// The names that such an overlay may have, the first one that is there taken.
#[must_use]
pub fn overlays_beside(entry: &Named) -> Vec<PathBuf> {
    let Named::File(entry) = entry else { return Vec::new() };
    let Some(stem) = entry.file_stem().and_then(|stem| stem.to_str()) else { return Vec::new() };
    let named = |extension: &&str| entry.with_file_name(format!("{stem}.overlay.{extension}"));
    ["yaml", "yml", "json"].iter().map(named).collect()
}

fn unreadable(file: String, why: Unsupplied) -> Diagnostic {
    Diagnostic {
        code: Code::Unreadable,
        severity: Severity::Fatal,
        place: Place { file, ..Place::default() },
        reason: why.reason,
        hint: why.hint,
    }
}
