//! The answer to a request: the documented response with what is known in it, valid as declared. An outcome becomes a
//! `success` or, by way of a `problem`, a `refusal` in the contract's own shape; a client may have asked for another
//! documented answer (`requested`), one that tells it to `wait` among them. What these share: the documented `header` fields and the `simplest` value.

mod occasion;

mod header;
mod simplest;

mod success;

mod problem;
mod refusal;

mod phrase;
mod requested;
mod wait;

pub use header::{Asked, described as described_headers};
pub use occasion::Occasion;
pub use phrase::reason_phrase;
pub use problem::{Fault, FaultPlace, Kind, Problem};
pub use refusal::{REASON, Refused, reason, undeclared};
pub use requested::{Declined, Wish, requested};
pub use simplest::simplest;
pub use success::{compose, pick};
