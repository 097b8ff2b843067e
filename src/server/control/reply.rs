//! What the control interface replies, before it is a response.

use etalon_contract::behaviour::{Fault, FaultPlace, Kind, Misfit, Problem};
use etalon_contract::codec::Response;
use serde_json::Value;

/// A reply.
pub(super) enum Reply {
    /// A value as JSON.
    Json(u16, Value),
    /// Text that is JSON already.
    Written(String),
    /// Plain text.
    Text(String),
    /// Nothing but a status.
    Empty(u16),
}

impl Reply {
    /// A value that was asked for.
    pub(super) fn value(value: impl Into<Value>) -> Self {
        Self::Json(200, value.into())
    }

    /// The response.
    pub(super) fn response(self) -> Response {
        let (status, media_type, body) = match self {
            Self::Json(status, value) => (status, Some("application/json"), value.to_string()),
            Self::Written(text) => (200, Some("application/json"), text),
            Self::Text(text) => (200, Some("text/plain"), text),
            Self::Empty(status) => (status, None, String::new()),
        };
        let mut response = Response { status, body: body.into_bytes(), ..Response::default() };
        if let Some(media_type) = media_type {
            response.headers.add("Content-Type", media_type);
        }
        // It changes with every request.
        response.headers.add("Cache-Control", "no-store");
        response
    }
}

/// That there is no such thing.
pub(super) fn missing(what: impl Into<String>) -> Problem {
    Problem::new(Kind::NotFound, what)
}

/// That something does not fit what is there or what is served.
pub(super) fn unfitting(why: impl Into<String>) -> Problem {
    Problem::new(Kind::Unfitting, why)
}

/// The same, with every place in the body.
pub(super) fn misfits(misfits: Vec<Misfit>) -> Problem {
    let told = |misfit: &Misfit| match misfit.at.as_str() {
        "" => misfit.reason.clone(),
        at => format!("{at}: {}", misfit.reason),
    };
    let detail = match misfits.as_slice() {
        [] => "it does not fit".to_owned(),
        [one] => told(one),
        [first, rest @ ..] => format!("{}; and {} more", told(first), rest.len()),
    };
    let mut problem = unfitting(detail);
    problem.faults = misfits.into_iter().map(|one| Fault::new(one.reason, FaultPlace::Body(one.at))).collect();
    problem
}
