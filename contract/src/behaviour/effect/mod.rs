//! The effects of operations on state: the vocabulary of the reference model.

mod action;
mod collection;
mod list;
mod operation;
mod settled;

mod behaviour;

pub use action::Action;
pub use behaviour::Behaviour;
pub(crate) use collection::BYTES_OF_BODY;
pub use collection::{Collection, Origin, Owner};
pub use list::{Filter, PageBy, Paging, Sort, Test};
pub use operation::{Batch, Effect, Elsewhere, Lay, Missing, Naming, Part, Reach, Timing};
pub(crate) use settled::Settled;
