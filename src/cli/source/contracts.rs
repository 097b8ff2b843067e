//! Contracts from the command line: documents with their overlays, or the ones that are compiled in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use etalon_contract::model::{BasePath, Contract};

use crate::cli::Failure;
use crate::cli::source::named::Named;
use crate::cli::source::open::{Reader, open};
use crate::shipped;

/// A contract, and where it came from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The file or URL as the user named it.
    pub name: String,
    /// The contract, shared with the server and the runner.
    pub contract: Arc<Contract>,
}

/// Loads the contracts that are compiled in.
///
/// # Errors
/// The diagnostics of one that cannot be used; a test holds that there are none.
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
    let contract = open(path, overlays, None).map_err(Failure::Document)?;
    Ok(Loaded { name: path.display().to_string(), contract: Arc::new(contract) })
}

/// Loads a contract as the flags of a command say; its paths begin at `mount`, or where its servers say.
///
/// # Errors
/// It cannot be read, or is no document that can be used.
pub fn load_at(named: &Named, reader: &Reader, mount: Option<&BasePath>) -> Result<Loaded, Failure> {
    let document = reader.document(named).map_err(Failure::Document)?;
    let contract = match mount {
        Some(mount) => Contract::mounted(document, mount),
        None => Contract::new(document),
    };
    Ok(Loaded { name: named.to_string(), contract: Arc::new(contract) })
}
