//! One operation: a method on a path, and everything the contract says about it.

use std::fmt;

use serde_json::Value;

use crate::document::Location;
use crate::model::{Body, In, Parameter, PathTemplate, Requirement, Response, StatusPattern};

/// An HTTP method (RFC 9110 §9), upper case as it stands on the wire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Method(String);

impl Method {
    /// A method by its name in any case, as path items spell it.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.to_ascii_uppercase())
    }

    /// A method exactly as it is written, as `additionalOperations` spells it (OpenAPI 3.2 "Path Item Object").
    #[must_use]
    pub fn as_written(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The name as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True where the method promises to change nothing (RFC 9110 §9.2.1; QUERY by RFC draft and OpenAPI 3.2).
    #[must_use]
    pub fn is_safe(&self) -> bool {
        matches!(self.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY")
    }
}

impl fmt::Display for Method {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// An operation of the contract.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The index in [`crate::model::Contract::entries`], from 0.
    pub index: usize,
    /// The `operationId`, or one made of method and path where there is none or it is taken.
    pub id: String,
    /// The method of HTTP.
    pub method: Method,
    /// The whole path, the servers' base path included.
    pub path: PathTemplate,
    /// The place in the document.
    pub at: Location,
    /// The summary, or the first line of the description.
    pub summary: Option<String>,
    /// Path, query, header and cookie parameters: those of the path item and its own.
    pub parameters: Vec<Parameter>,
    /// The body of the request; `None` where it has none.
    pub body: Option<Body>,
    /// The documented responses, in the order of the document.
    pub responses: Vec<Response>,
    /// The alternatives of which one must be satisfied; empty where anybody may call.
    pub security: Vec<Requirement>,
    /// The `x-etalon` extension: what the operation does to state, where paths alone cannot say it.
    pub extension: Option<Value>,
}

impl Operation {
    /// True where its content is a JSON Merge Patch (RFC 7396), which says what each member becomes.
    #[must_use]
    pub fn patches_by_merging(&self) -> bool {
        let mut contents = self.body.iter().flat_map(|body| &body.content).peekable();
        contents.peek().is_some()
            && contents.all(|content| content.media_type.essence() == "application/merge-patch+json")
    }

    /// The parameter of that name and place; header names are compared without case (RFC 9110 §5.1).
    #[must_use]
    pub fn parameter(&self, place: In, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| {
            parameter.place == place
                && match place {
                    In::Header => parameter.name.eq_ignore_ascii_case(name),
                    In::Path | In::Query | In::QueryString | In::Cookie => parameter.name == name,
                }
        })
    }

    /// The documented response for a status: exact, then range, then `default` (OpenAPI 3.0 §4.7.16).
    #[must_use]
    pub fn response(&self, status: u16) -> Option<&Response> {
        self.responses
            .iter()
            .filter(|response| response.status.covers(status))
            .min_by_key(|response| response.status.specificity())
    }

    /// The first documented success: the lowest 2xx, else a 2XX range, else `default`.
    #[must_use]
    pub fn success(&self) -> Option<&Response> {
        self.responses
            .iter()
            .filter(|response| response.status.is_success())
            .min_by_key(|response| (response.is_said_to_fail(), response.status))
            .or_else(|| self.responses.iter().find(|response| response.status == StatusPattern::Default))
    }

    /// The lowest status that is documented, where all that are documented are errors; `None` also where nothing is.
    #[must_use]
    pub fn only_errors(&self) -> Option<u16> {
        let statuses = self.responses.iter().map(|response| match response.status {
            StatusPattern::Exact(status) => Some(status),
            StatusPattern::Range(digit) => Some(u16::from(digit) * 100),
            StatusPattern::Default => None,
        });
        statuses.collect::<Option<Vec<u16>>>()?.into_iter().min().filter(|lowest| *lowest >= 400)
    }
}
