//! What a request leaves for later, as data.

use crate::behaviour::context::Context;
use crate::behaviour::state::set::Place;
use crate::behaviour::statement::Statement;

/// A request that was accepted and takes effect before the next one is looked at.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    /// The operation that accepted it, by its index.
    pub(crate) operation: usize,
    /// The set that its items go to.
    pub(crate) place: Place,
    /// The statement about each item.
    pub(crate) items: Vec<Statement>,
    /// The seed, the time and the number of the request that was accepted.
    pub(crate) context: Context,
}
