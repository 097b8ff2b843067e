//! What a valid request does to state: the transition, the item that it makes, and what its body says of that item.

mod holding;
mod new_item;
mod patch;
mod ready;
mod request_members;
mod transition;
mod upload;

pub use ready::ready;
pub(crate) use request_members::Said;
pub(crate) use transition::settle;
pub use transition::{Prepared, prepare, step};
