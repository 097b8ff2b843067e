//! What a valid request does to state: the transition, the item that it makes, and what its body says of that item.

mod new_item;
mod ready;
mod request_members;
mod transition;

pub use new_item::{timestamp, typed, uuid};
pub use ready::ready;
pub(crate) use transition::settle;
pub use transition::step;
