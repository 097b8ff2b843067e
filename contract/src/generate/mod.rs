//! Values and requests: valid, at a limit, just past it, breaking exactly one row. One generator, driven by `Choices`:
//! the mock's come from a seed, the runner's from numbers that proptest makes and shrinks, so whatever shrinks is still
//! valid, or still broken in the same row.
//!
//! In reading order: where decisions come from (`choices`), what data look like (`data`) and why something cannot be made (`cannot`); values made of
//! a schema's facets (`plain`), the same folded once and followed (`recipe`), what the algebra of schemas makes where
//! that fails (`canonical`), and values that fit too many alternatives (`one_of`). `value` tries these in turn, `file` has
//! bytes that programs can open, `request` makes whole requests of values, and `limit` requests at a row's limit or past it.

mod choices;
mod data;

mod cannot;

mod plain;

mod recipe;

mod canonical;

mod one_of;

mod value;

mod file;

mod request;

mod limit;

pub use cannot::{Cannot, Why};
pub use canonical::impossible;
pub use choices::{Choices, Entered, Numbers, Seeded, Taste};
pub(crate) use data::data;
pub use data::{Data, Locale, choose_data};
pub use file::file;
pub use limit::{Broken, at, breach, is_against, is_at, is_breach, is_valid, variants};
pub use one_of::apart;
pub(crate) use plain::words::telling as telling_text;
pub use request::valid;
pub use value::{invalid, value};
