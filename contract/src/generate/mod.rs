//! Values and requests: valid, at a limit, just past it, breaking exactly one row. One generator, driven by `Choices`:
//! the mock's come from a seed, the runner's from numbers that proptest makes and shrinks, so whatever shrinks is still
//! valid, or still broken in the same row.

mod choices;
mod decimal;
mod facets;
mod format;
mod limit;
mod number;
mod pattern;
mod place;
mod request;
mod text;
mod value;
mod words;

pub use choices::{Choices, Numbers, Seeded, Taste};
pub use limit::{Broken, at, breach, variants};
pub use request::valid;
pub use value::value;

/// Why something cannot be generated, or a row cannot be broken alone: `implied by pattern`, `no wire form: …`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Cannot {
    /// The reason, a fragment.
    pub reason: String,
}

impl Cannot {
    pub(crate) fn because(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}
