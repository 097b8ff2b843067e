//! Wire <-> value: requests and responses as bytes, and the values that they carry. Encoding and decoding of each
//! parameter style and media type stand side by side. This floor knows how a value travels, not whether it is right.

mod body;
mod draft;
mod flat;
mod form;
mod format;
mod guide;
mod header;
mod json;
mod layout;
mod limit;
mod medium;
mod message;
mod multipart;
mod named;
mod parameter;
mod primitive;
mod request;
mod stream;
mod text;
mod xml;

#[cfg(test)]
mod law;

pub use body::{concrete, content_type, decode_body, encode_body};
pub use draft::{Decoded, DecodedBody, Draft, DraftBody, NoWireForm, Reading};
pub use header::{decode_header, encode_header};
pub use limit::{
    MAX_ATTRIBUTES, MAX_BRACKETS, MAX_DEPTH, MAX_EXPONENT, MAX_NUMBER_LENGTH, MAX_PAIRS, MAX_PART_HEADER, MAX_PARTS,
    MAX_SCHEMAS, MAX_VALUES, MAX_XML_DEPTH,
};
pub use message::{Headers, Request, Response};
pub use request::{decode, encode, undescribed_query, unknown_query};
