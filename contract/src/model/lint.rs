//! The close look.

use crate::document::{Defect, Document, Severity};

pub(crate) fn lint(_document: &Document) -> Vec<(Defect, Severity)> {
    Vec::new()
}
