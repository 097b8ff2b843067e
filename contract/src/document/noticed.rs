//! What was noticed while a document was read, to become diagnostics when somebody asks.

use crate::document::parsed::Oddities;
use crate::document::{Code, Defect, FileId, Location, Pointer};

/// A defect that was noticed while reading, and the line and column that it is about where no node stands there.
#[derive(Debug)]
pub(super) struct Noticed {
    pub(super) defect: Defect,
    pub(super) spot: Option<(usize, usize)>,
}

impl From<Defect> for Noticed {
    fn from(defect: Defect) -> Self {
        Self { defect, spot: None }
    }
}

/// Adds the oddities of a file's text.
pub(super) fn notice(file: FileId, oddities: &Oddities, noticed: &mut Vec<Noticed>) {
    if let Some(error) = &oddities.not_json {
        let reason = format!("this is not JSON, so it was read as YAML: {}", error.reason);
        let defect = Defect::new(Code::Syntax, Location { file, pointer: Pointer::root() }, reason);
        noticed.push(Noticed { defect, spot: (error.line > 0).then_some((error.line, error.column)) });
    }
    for pointer in &oddities.duplicates {
        let key = pointer.last().unwrap_or_default();
        let reason = format!("the key `{key}` stands twice in this mapping; the last one holds");
        let defect = Defect::new(Code::DuplicateKey, Location { file, pointer: pointer.clone() }, reason);
        noticed.push(defect.hint("remove one of them, or merge what they say").into());
    }
}
