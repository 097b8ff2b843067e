//! A problem becomes an answer: in the contract's own shape where the operation declares an error (`refused`,
//! `declared`, and its members by their names: `members`, `text`), as RFC 9457 has it where it does not (`plain`);
//! always with its `reason` in a header field.

mod refused;

mod declared;
mod members;
mod occurrence;
mod text;

mod plain;
mod reason;

pub use plain::undeclared;
pub use reason::{REASON, reason};
pub use refused::Refused;
