//! Verdicts as pure tables: what was sent and what came back -> what that shows. A doubt is never a violation, and a
//! refusal is never a proof unless everything else about the request was accepted.

pub mod advised;
pub(crate) mod cause;
pub mod level;
pub mod limit;
pub mod listing;
pub mod protocol;
pub mod response;
pub mod security;
pub mod status;
pub mod story;
pub mod tags;
pub mod usual;
