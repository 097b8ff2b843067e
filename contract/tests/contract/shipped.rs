//! The shipped contracts, as tests use them.

use std::fs;
use std::path::Path;

use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;

/// A contract from `spec/`, with its overlay.
pub(crate) fn contract(name: &str) -> Contract {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let read = |name: &str| fs::read(folder.join(name)).expect("it is shipped");
    let (entry, overlay) = (format!("{name}.yaml"), format!("{name}.overlay.yaml"));
    let (bytes, overlay_bytes) = (read(&entry), read(&overlay));
    let overlays = [Source { name: &overlay, bytes: &overlay_bytes }];
    let document = Document::load(Source { name: &entry, bytes: &bytes }, &overlays, &NoFiles).expect("it loads");
    Contract::new(document)
}

/// The names of all of them.
pub(crate) const NAMES: [&str; 2] = ["nexus-members", "invites"];

/// The contract with rows of the kinds that the shipped ones lack.
pub(crate) fn every_kind() -> Contract {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/targets/every-kind.yaml");
    let bytes = fs::read(path).expect("it is there");
    Contract::new(Document::load(Source { name: "every-kind.yaml", bytes: &bytes }, &[], &NoFiles).expect("it loads"))
}
