//! The flags of every command that reads documents: what is laid over them, and what they may refer to.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Failure;

/// How documents are read.
#[derive(Args, Clone, Debug, Default)]
pub struct Reading {
    /// An OpenAPI Overlay to apply to each document, after NAME.overlay.yaml beside it
    #[arg(long, value_name = "FILE")]
    pub overlay: Vec<PathBuf>,

    /// Follow references to files below this folder, instead of the document's own
    #[arg(long, value_name = "FOLDER")]
    pub root: Option<PathBuf>,
}

impl Reading {
    /// Refuses flags that say how to read documents where none is named: those that come with Etalon need none of them.
    ///
    /// # Errors
    /// A flag is given; the hint is how `command` names a contract.
    pub fn without_documents(&self, command: &str) -> Result<(), Failure> {
        let flag = match (self.overlay.is_empty(), &self.root) {
            (true, None) => return Ok(()),
            (false, _) => "--overlay",
            (true, Some(_)) => "--root",
        };
        Err(Failure::usage(
            format!("{flag} needs a contract to apply it to"),
            Some(&format!("name the contract: etalon {command} api.yaml {flag} ...")),
        ))
    }
}
