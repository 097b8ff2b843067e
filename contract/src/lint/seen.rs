//! The memory of the close look at schemas, so that what occurs often is judged once.

use std::collections::{HashMap, HashSet};

use crate::model::ExpressionReading;

/// The schemas that were already judged in this look.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(super) patterns: HashMap<String, ExpressionReading>,
    pub(super) unknown: HashSet<String>,
    pub(super) dynamic: HashSet<String>,
}
