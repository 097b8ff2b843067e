//! The effects of all operations of a contract, with the collections that they act on.

use crate::behaviour::effect::collection::Collection;
use crate::behaviour::effect::operation::Effect;
use crate::document::Defect;

/// The effects of all operations of a contract, and the collections that they act on.
#[derive(Clone, Debug, Default)]
pub struct Behaviour {
    /// The collections that operations act on.
    pub collections: Vec<Collection>,
    /// The effect of each operation, by the operation's index.
    pub effects: Vec<Effect>,
    /// The defects of the contract's `x-etalon` extensions; an operation with one keeps the effect that was inferred.
    pub defects: Vec<Defect>,
    /// The operations that act on each collection, by their indices, in the order of the document.
    pub(crate) acting: Vec<Vec<usize>>,
    /// The operations whose answers may show items of each collection, by their indices.
    pub(crate) showing: Vec<Vec<usize>>,
}

impl Behaviour {
    /// The operations that act on a collection, by their indices, in the order of the document.
    #[must_use]
    pub fn acting(&self, collection: usize) -> &[usize] {
        self.acting.get(collection).map_or(&[], Vec::as_slice)
    }
}
