//! Data that a state begins with because somebody gives them: by collection, under the names that people see (`catalogue`), put where
//! they belong and checked as what they are (`items`, `reference`); or so many items as are wanted, made by the contract's own
//! creations (`populate`); a state written as such data (`export`), and single items of it changed by hand (`edit`).

mod catalogue;
mod edit;
mod export;
mod items;
mod populate;
mod reference;

use crate::document::Pointer;

pub use catalogue::{Catalogue, Catalogued};
pub use edit::{items_of, remove_item, set_item};
pub use export::{export, held};
pub use items::seed;
pub use populate::{Populated, populate};

/// A part of the given data that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The place in the data.
    pub at: Pointer,
    /// The reason: a fragment without a full stop.
    pub reason: String,
}
