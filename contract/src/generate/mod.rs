//! Values and requests: valid, at a limit, just past it, breaking exactly one row. One generator, driven by `Choices`:
//! the mock's come from a seed, the runner's from numbers that proptest makes and shrinks.

mod choices;

pub use choices::{Choices, Numbers, Seeded};
