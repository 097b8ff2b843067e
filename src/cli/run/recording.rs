//! The file of `--record`: created before anything is sent, written while the run goes on, and closed at its end.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use etalon_conformance::recording::{Pen, Veil};
use etalon_conformance::{Settings, Showing};
use etalon_contract::model::Contract;

use crate::cli::{Failure, whole};

/// A recording on its way into a file.
#[derive(Debug)]
pub struct RecordingFile {
    path: PathBuf,
    pen: Pen,
    /// The key of the stand-ins for secrets, which is forgotten with the run.
    key: [u8; 32],
}

impl RecordingFile {
    /// Creates the file; an older one of its name is gone then.
    ///
    /// # Errors
    /// It cannot be written, or the system gives no random bytes.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let pen = Pen::new(Box::new(file(path)?), random()?);
        let key = random()?;
        Ok(Self { path: path.to_owned(), pen, key })
    }

    /// The pen that writes it.
    #[must_use]
    pub fn pen(&self) -> &Pen {
        &self.pen
    }

    /// The settings of a run as they are recorded, and the veil over its secrets; what a mock issues is none.
    #[must_use]
    pub fn veil(&self, contract: &Contract, settings: &Settings) -> (Settings, Option<Veil>) {
        match settings.showing {
            Showing::Plain => (settings.clone(), None),
            Showing::Masked => {
                let (veil, credentials) = Veil::over(contract, &settings.credentials, self.key);
                (Settings { credentials, ..settings.clone() }, Some(veil))
            }
        }
    }

    /// Closes the file, and says where it is.
    ///
    /// # Errors
    /// Something of it could not be written.
    pub fn finish(self) -> Result<(), Failure> {
        let Self { path, pen, .. } = self;
        let name = pen.name().to_owned();
        pen.finish().map_err(|error| unwritable(&path, &error))?;
        let path = path.display();
        // There is nobody to tell if the stream is closed.
        let _ = writeln!(
            anstream::stderr(),
            "run {name} is recorded in {path}: etalon judge {path} computes its verdicts again"
        );
        Ok(())
    }
}

/// The time of now, in milliseconds since 1970.
#[must_use]
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Random bytes of the operating system.
///
/// # Errors
/// It gives none.
pub fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::usage(format!("the system gives no random bytes: {error}"), None))?;
    Ok(bytes)
}

/// Creates the file of a recording; an older one of its name is gone then.
///
/// # Errors
/// It cannot be written.
pub fn file(path: &Path) -> Result<File, Failure> {
    whole::begin(path).and_then(|()| File::create(path)).map_err(|error| unwritable(path, &error))
}

/// The failure of a recording that cannot be written.
#[must_use]
pub fn unwritable(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("the recording {} cannot be written: {error}", path.display()), None)
}
