//! `Contract`: what a document promises, in the terms of OpenAPI. Operations are read when first asked for, so a defect
//! in one never takes the others down. Schemas stay JSON values, normalised in place to JSON Schema 2020-12; recursion
//! is a reference, never an expansion.
//!
//! `contract` first brings the document into one form (`absolute`, `normalise`, `swagger`), then lists its operations
//! (`paths`, each an `entry`) and routes requests to them (`router`, `query`, `variant`). `reader` reads an operation,
//! member by member (`members`): its `parameter`s, bodies (`content`), `response`s and `security`. Of a schema,
//! `conjuncts` says what else acts on the same value, `exact` reads its numbers and `decimal` computes with them,
//! `format` says what its formats mean, `subschemas` finds those within it, and `bundle` closes it for a validator.

mod absolute;
mod normalise;
mod swagger;
mod unreadable;

mod contract;
mod entry;
mod paths;
mod query;
mod requirement;
mod router;
mod server;
mod variant;

mod members;
mod reader;

mod base;
mod content;
mod media_type;
mod operation;
mod parameter;
mod path;
mod response;
mod security;

mod bundle;
mod conjuncts;
mod decimal;
mod ecma;
mod exact;
mod faker;
mod format;
mod pattern;
mod schema;
mod subschemas;
mod wording;

pub use base::{BasePath, BasePathError};
pub use bundle::bundle;
pub(crate) use bundle::{STEP, is_exempt, is_step};
pub use conjuncts::Conjuncts;
pub(crate) use conjuncts::conjuncts;
pub use content::{Body, Content, Encoding};
pub use contract::Contract;
pub use decimal::Decimal;
pub(crate) use ecma::Dialect;
pub use entry::Entry;
pub(crate) use exact::{Exact, Whole};
pub use faker::Faker;
pub(crate) use format::{Check, Length, NumberFormat, TextFormat};
pub use format::{FormatOf, NUMBER_FORMAT_KEYWORD, asserted_format, is_number_format};
pub use media_type::MediaType;
pub use normalise::DOUBTFUL_NULL;
pub(crate) use normalise::UNKNOWN_TO_3_0;
pub use operation::{Method, Operation};
pub use parameter::{Header, In, Parameter, Shape, Style};
pub use path::{PathTemplate, Piece, Route, Segment};
pub(crate) use pattern::{Engine, ExpressionReading};
pub(crate) use requirement::place as scheme_place;
pub use response::{Response, StatusPattern};
pub use schema::{Direction, Schema};
pub(crate) use security::SchemeType;
pub use security::{Requirement, Scheme, SchemeKind};
pub(crate) use subschemas::{Children, subschemas};
pub(crate) use swagger::effective_parameters;
pub use unreadable::DOUBTFUL_PATTERN;
pub(crate) use wording::Wording;
