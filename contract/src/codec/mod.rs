//! Wire <-> value: requests and responses as bytes, and the values that they carry. Encoding and decoding of each
//! parameter style and media type stand side by side. This floor knows how a value travels, not whether it is right.

mod draft;
mod message;

pub use draft::{Decoded, DecodedBody, Draft, DraftBody, NoWireForm, Reading};
pub use message::{Headers, Request, Response};
