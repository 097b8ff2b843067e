//! JSON (RFC 8259) <-> value, within bounds of depth and size.

mod bound;

mod reading;
mod string;

mod writing;

pub(crate) use bound::check;
pub(crate) use reading::{read, read_within};
pub(crate) use writing::{write, write_ascii, write_part};
