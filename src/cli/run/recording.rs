//! The file of `--record`: created before anything is sent, written while the run goes on, and closed at its end.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

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
        let unwritable = |error: &dyn std::fmt::Display| unwritable(path, error);
        whole::begin(path).map_err(|error| unwritable(&error))?;
        let file = File::create(path).map_err(|error| unwritable(&error))?;
        let (mut name, mut key) = ([0; 16], [0; 32]);
        getrandom::fill(&mut name).and_then(|()| getrandom::fill(&mut key)).map_err(|error| unwritable(&error))?;
        let pen = Pen::new(Box::new(file), name);
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

fn unwritable(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("the recording {} cannot be written: {error}", path.display()), None)
}
