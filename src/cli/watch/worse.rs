//! Whether a save takes away what was served: an operation that could be served and cannot be any more, though the document
//! still has it, is a slip in the middle of an edit. What was broken before may stay so.

use etalon_contract::document::{Defect, Severity};
use etalon_contract::model::Entry;

use crate::cli::Failure;
use crate::server::{Mock, Service};

/// Of how many operations at most the schemas are compiled to see it: a second's worth. Of the others it is seen whether they
/// can be read.
const COMPILED: usize = 500;

/// The most slips that are told at once.
const TOLD: usize = 5;

/// # Errors
/// The operations that were served and could not be any more, each a diagnostic.
pub(super) fn than(now: &Mock, next: &Mock) -> Result<(), Failure> {
    let mut found = Vec::new();
    for (was, is) in now.services().iter().zip(next.services()) {
        for entry in is.contract.entries() {
            let Some(slip) = defect(is, entry) else { continue };
            let same = |known: &&Entry| known.method == entry.method && known.path.as_str() == entry.path.as_str();
            let served = was.contract.entries().iter().find(same).is_some_and(|known| defect(was, known).is_none());
            // What is new was not served before, but whoever saved it wants to know.
            let is_new = !was.contract.entries().iter().any(|known| same(&known));
            if served || is_new {
                found.push(is.contract.document().diagnose(&slip, Severity::Error));
            }
            if found.len() >= TOLD {
                return Err(Failure::Document(found));
            }
        }
    }
    if found.is_empty() { Ok(()) } else { Err(Failure::Document(found)) }
}

fn defect(service: &Service, entry: &Entry) -> Option<Defect> {
    match service.contract.operation(entry.index) {
        Err(defect) => Some(defect.clone()),
        Ok(operation) if service.contract.entries().len() <= COMPILED => service.unusable(operation),
        Ok(_) => None,
    }
}
