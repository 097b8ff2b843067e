//! `multipart/form-data` <-> object (RFC 7578, RFC 2046 §5.1; OpenAPI 3.x "Encoding Object"). Binary members are
//! strings with one character for each byte.
//!
//! In reading order: what stands between parts (`boundary`), one part as bytes (`part`), its content as a value
//! (`field`, `styled`), objects as parts (`writing`) and parts as objects (`reading`), and the files among them
//! (`upload`).

mod boundary;
mod part;

mod field;
mod styled;

mod reading;
mod writing;

mod upload;

pub(crate) use boundary::with_boundary;
pub(crate) use reading::read;
pub use upload::{Upload, uploads};
pub(crate) use writing::write;
