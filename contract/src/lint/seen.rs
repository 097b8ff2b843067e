//! The memory of the close look at schemas, so that what occurs often is judged once.

use std::collections::{HashMap, HashSet};

use crate::document::Location;
use crate::model::ExpressionReading;

/// The schemas that were already judged in this look.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(super) patterns: HashMap<String, ExpressionReading>,
    pub(super) unknown: HashSet<String>,
    pub(super) dynamic: HashSet<String>,
}

/// The operations of a document by their `operationId`, and its tags: read when first asked for.
#[derive(Debug, Default)]
pub(crate) struct Wiring {
    /// The operations, each by its `operationId`.
    pub(super) operations: Option<HashMap<String, Location>>,
    /// The names of the declared tags.
    pub(super) tags: Option<HashSet<String>>,
    /// The tags that were told of.
    pub(super) told: HashSet<String>,
}
