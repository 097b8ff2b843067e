//! A close look in progress: the document as it is written, what was found, and the references that are still to be
//! followed. It knows no object.

use std::collections::HashSet;

use serde_json::Value;

use crate::document::{Code, Defect, Document, Location, Severity, Version};
use crate::lint::grammar::Kind;
use crate::lint::sample::Sample;
use crate::lint::seen::{Seen, Wiring};
use crate::lint::{sample, usage};

/// The most problems of one document that are reported; nobody reads more, and a hostile document could make millions.
pub(super) const MAX_FOUND: usize = 2_000;

/// A walk in progress.
pub(crate) struct Lint<'d> {
    pub(crate) document: &'d Document,
    pub(super) written: Vec<Value>,
    pub(super) found: Vec<(Defect, Severity)>,
    pub(super) queue: Vec<(Location, Kind, Version)>,
    pub(super) seen: HashSet<(Location, Kind)>,
    pub(super) settled: HashSet<Location>,
    pub(crate) schemas: Seen,
    pub(crate) usage: usage::Usage,
    pub(crate) wiring: Wiring,
    pub(super) samples: Vec<Sample>,
    pub(crate) composed: Vec<Location>,
}

impl Lint<'_> {
    pub(crate) fn warn(&mut self, code: Code, at: Location, reason: impl Into<String>, hint: Option<String>) {
        self.report(Severity::Warning, code, at, reason, hint);
    }

    pub(crate) fn report(
        &mut self,
        severity: Severity,
        code: Code,
        at: Location,
        reason: impl Into<String>,
        hint: Option<String>,
    ) {
        if self.found.len() < MAX_FOUND {
            self.found.push((Defect { code, at, reason: reason.into(), hint }, severity));
        }
    }

    /// True where a broken schema was found at that place, or at a part of it.
    pub(crate) fn has_invalid_schema_at(&self, at: &Location) -> bool {
        self.found.iter().any(|(defect, _)| {
            defect.code == Code::InvalidSchema
                && defect.at.file == at.file
                && (defect.at.pointer.is_within(&at.pointer) || at.pointer.is_within(&defect.at.pointer))
        })
    }

    /// Follows a reference to something of that kind; what it leads to is looked at later, once.
    pub(crate) fn refer(&mut self, at: &Location, reference: &str, kind: Kind, version: Version) {
        match self.document.resolve(at, reference) {
            Ok(target) => {
                self.usage.refer(at, &target);
                self.check_for_circle(at, target.clone());
                if self.seen.insert((target.clone(), kind)) {
                    self.queue.push((target, kind, version));
                }
            }
            Err(defect) => self.found.push((Defect { at: at.join("$ref"), ..defect }, Severity::Error)),
        }
    }

    /// Reports a chain of references that comes back to itself, once for each circle: every link is passed once only.
    fn check_for_circle(&mut self, from: &Location, mut here: Location) {
        let mut chain: HashSet<Location> = HashSet::new();
        while !self.settled.contains(&here) {
            let node = self.document.node(&here);
            let Some(reference) = node.and_then(|node| node.get("$ref")).and_then(Value::as_str) else { break };
            if !chain.insert(here.clone()) {
                let reason = "this reference leads back to itself";
                self.report(Severity::Error, Code::ReferenceCycle, from.join("$ref"), reason, None);
                break;
            }
            match self.document.resolve(&here, reference) {
                Ok(next) => here = next,
                Err(_) => break,
            }
        }
        self.settled.extend(chain);
    }

    /// Remembers the examples and defaults of a schema.
    pub(crate) fn sample_schema(&mut self, at: &Location) {
        sample::of_schema(self.document, at, &mut self.samples);
    }
}
