//! The item or the items in a body (`one`, `many`), at the root or wrapped in an envelope, and the member of an item
//! that is its key (`key`).

mod wanted;

mod key;

mod many;
mod one;

pub(crate) use key::{alternates, key_of};
pub(crate) use many::many;
pub(crate) use one::{in_element, one};
pub(crate) use wanted::{Wanted, is_one, overlap, same};
