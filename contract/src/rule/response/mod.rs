//! Responses: what a documented answer promises. No case is sent for these; every answer is looked at.

pub(crate) mod write_only;

use crate::model::StatusPattern;

/// A promise about a documented response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponseRule {
    /// It can be reached, and conforms: status, media type, body (OpenAPI Responses Object).
    Conforms(StatusPattern),
    /// A documented header is there (where required) and conforms (OpenAPI Header Object).
    Header {
        /// The response that has it.
        status: StatusPattern,
        /// The header's name as the contract writes it.
        name: String,
    },
    /// A member that is only sent does not come back (JSON Schema Validation §9.4).
    WriteOnly(StatusPattern),
}

impl ResponseRule {
    /// The documented status of the response that it is about.
    #[must_use]
    pub fn status(&self) -> StatusPattern {
        match self {
            Self::Conforms(status) | Self::Header { status, .. } | Self::WriteOnly(status) => *status,
        }
    }
}
