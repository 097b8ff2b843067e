//! XML <-> value, as the XML Object of OpenAPI maps them: `element` reads well-formed documents, `plan` tells which
//! part of an element holds which property, `reading` and `writing` follow the plan.

mod element;
mod plan;
mod reading;
mod writing;

pub(crate) use reading::read;
pub(crate) use writing::write;
