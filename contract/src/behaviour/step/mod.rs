//! A valid request takes effect: `transition` is the entry, with the set and the item that a request is about (`place`,
//! `present`, `initial`, `beginning`), its body as members of items (`request_members` with `neighbours`, `request_items`, `batch`, `upload`), and one
//! file for each action (`creation`, `replacement`, `change`, `deletion`), for members with a path of their own (`part`), for those that a verb changes (`laying`) and for things that are put into several collections (`joining`). `item` makes the items, so that none
//! violates its schema; `holding` shows what a thing holds, `removal` takes away what belongs to one; `ready` does beforehand what takes long, and `looking`
//! tells which requests look through a whole set.

mod transition;

mod beginning;
mod initial;
mod place;
mod present;

mod batch;
mod neighbours;
mod request_items;
mod request_members;
mod upload;

mod adding;
mod change;
mod condition;
mod creation;
mod deletion;
mod joining;
mod laying;
mod part;
mod patch;
mod replacement;

mod item;

mod holding;
mod removal;

mod looking;
mod ready;

pub(crate) use adding::settle;
pub(crate) use beginning::{Above, begin, is_below};
pub use beginning::{Begun, begun};
pub(crate) use initial::populate as fill;
pub(crate) use item::{Maker, NewItem};
pub use looking::looks_through;
pub use ready::ready;
pub(crate) use removal::remove;
pub use transition::{Prepared, prepare, step};
