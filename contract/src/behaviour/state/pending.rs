//! What a request leaves for later, as data.

use crate::behaviour::context::Context;
use crate::behaviour::said::Said;
use crate::behaviour::state::set::Place;

/// What was accepted and takes effect before the next request is looked at.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    /// The operation that accepted it, by its index.
    pub(crate) operation: usize,
    /// Where its items go.
    pub(crate) place: Place,
    /// What is said of each item.
    pub(crate) items: Vec<Said>,
    /// When it was accepted.
    pub(crate) context: Context,
}
