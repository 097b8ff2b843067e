//! Wire <-> value: requests and responses as bytes, and the values that they carry. Encoding and decoding of each
//! parameter style and media type stand side by side. This floor knows how a value travels, not whether it is right.
//!
//! In reading order: messages as they are on the wire (`message`) and requests as values (`draft`); how much is read at
//! all (`bounds`); what a schema says of a text (`hints`); values as texts in the styles of parameters (`style`), and
//! as bytes of a media type (`body`); then parameters (`parameter`) and whole requests (`request`), made of both; last,
//! credentials in requests (`scheme`) and requests as lines for a shell (`curl`).

mod message;

mod draft;

mod bounds;

mod hints;

mod style;

mod body;

mod parameter;

mod request;

mod scheme;

mod curl;

pub use body::header::{decode_header, encode_header};
pub use body::multipart::{Upload, uploads};
pub use body::yaml::yaml_text;
pub use body::{Framing, concrete, content_type, decode_body, encode_body, encode_item, is_json, json_part};
pub use bounds::{
    MAX_ATTRIBUTES, MAX_BRACKETS, MAX_DEPTH, MAX_EXPONENT, MAX_NUMBER_LENGTH, MAX_PAIRS, MAX_PART_HEADER, MAX_PARTS,
    MAX_SCHEMAS, MAX_VALUES, MAX_XML_DEPTH, Unread,
};
pub use curl::curl;
pub use draft::{Decoded, DecodedBody, Draft, DraftBody, NoWireForm, Reading};
pub use message::{Headers, Request, Response};
pub use parameter::parameter_examples;
pub use request::{decode, encode, undescribed_query, unknown_query};
pub use scheme::{Carried, Shown};
