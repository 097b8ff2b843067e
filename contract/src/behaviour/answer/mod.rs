//! What comes back: the documented response with what is known in it, valid as declared.

mod compose;
mod condition;
mod envelope;
mod example;
mod header;
mod location;
mod requested;
mod simplest;

mod problem;
mod refusal;

pub use compose::{Occasion, compose, pick};
pub use example::Examples;
pub use header::{Asked, described as described_headers};
pub use problem::{Fault, FaultPlace, Kind, Problem};
pub use refusal::{REASON, Refused, reason, undeclared};
pub use requested::{Declined, Wish, reason_phrase, requested};
pub use simplest::simplest;
