//! `Contract`: what a document promises, in the terms of OpenAPI. Operations are read when first asked for, so a defect in
//! one never takes the others down. Schemas stay JSON values, normalised in place to JSON Schema 2020-12; recursion is a
//! reference, never an expansion.

mod absolute;
mod base;
mod content;
mod contract;
mod format;
mod media_type;
mod normalise;
mod operation;
mod parameter;
mod path;
mod paths;
mod reader;
mod requirement;
mod response;
mod router;
mod schema;
mod security;
mod swagger;
mod variant;

pub use base::{BasePath, BasePathError};
pub use content::{Body, Content, Encoding};
pub use contract::{Contract, Entry};
pub(crate) use format::{Check, Length, NumberFormat, TextFormat};
pub use format::{FormatOf, NUMBER_FORMAT_KEYWORD, asserted_format, is_number_format};
pub use media_type::MediaType;
pub(crate) use normalise::{Children, UNKNOWN_TO_3_0};
pub use operation::{Method, Operation};
pub use parameter::{In, Parameter, Shape, Style};
pub use path::{PathTemplate, Piece, Route, Segment};
pub use response::{Header, Response, StatusPattern};
pub use schema::{Direction, Schema, bundle};
pub(crate) use schema::{STEP, is_exempt, is_step};
pub use security::{Requirement, Scheme, SchemeKind};
pub(crate) use swagger::effective_parameters;
