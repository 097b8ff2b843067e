//! Lists in pages: which parameters cut them, and the pages.

pub(crate) mod page;
pub(crate) mod parameters;
