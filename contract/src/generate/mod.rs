//! Values and requests: valid, at a limit, just past it, breaking exactly one row. One generator, driven by `Choices`:
//! the mock's come from a seed, the runner's from numbers that proptest makes and shrinks, so whatever shrinks is still
//! valid, or still broken in the same row.

mod acting;
mod agree;
mod algebra;
mod apart;
mod array;
mod cannot;
mod choices;
mod decimal;
mod facets;
mod limit;
mod maker;
mod number;
mod object;
mod pattern;
mod place;
mod recipe;
mod request;
mod text;
mod value;
mod words;

pub use cannot::{Cannot, Why};
pub use choices::{Choices, Entered, Numbers, Seeded, Taste};
pub use limit::{Broken, at, breach, is_against, is_at, is_breach, is_valid, variants};
pub use request::valid;
pub use value::{invalid, value};
