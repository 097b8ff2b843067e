//! The memory of the close look at schemas, so that what occurs often is judged once.

use std::collections::{HashMap, HashSet};

/// The schemas that were already judged in this look.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(super) patterns: HashMap<String, Engine>,
    pub(super) unknown: HashSet<String>,
    pub(super) dynamic: HashSet<String>,
}

/// The engine that matches a pattern.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Engine {
    /// In time linear in the text.
    Linear,
    /// By trying, for a bounded number of steps.
    Backtracking,
    /// No keyword of the schema does.
    None,
}
