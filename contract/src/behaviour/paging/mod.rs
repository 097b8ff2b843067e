//! Lists in pages. In reading order: the words of every convention (`words`), which query parameters cut a list
//! (`parameters`), what the others mean (`filter`, `meanings`, `fields`), which items are chosen and in which order
//! (`selection`, `selector`), its pages (`page`), the `Link` field (`link_field`), and what an answer says of other pages
//! (`reading`). A convention is added in `words`; the mock then
//! speaks it and the runner follows it.

pub(crate) mod words;

pub(crate) mod parameters;

pub(crate) mod asked;
mod comparison;
pub(crate) mod criteria;
pub(crate) mod fields;
pub(crate) mod filter;
pub(crate) mod meanings;

pub(crate) mod page;

pub(crate) mod selection;
mod selector;

pub(crate) mod link_field;

mod reading;

pub use reading::{cursor, has_more, link, pages, speaks_of, total};
