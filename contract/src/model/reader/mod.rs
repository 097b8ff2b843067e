//! One operation of the document -> the model: the place that knows how OpenAPI and Swagger spell parameters, bodies
//! and responses. What is broken makes the operation unusable; what is only odd is noted and set aside.
//!
//! `operation` reads the whole, `parameters`, `bodies` and `responses` its parts; `swagger` is what Swagger 2.0 spells
//! otherwise.

mod operation;

mod bodies;
mod parameters;
mod responses;

mod swagger;

pub(crate) use operation::operation;
