//! What a status says about a request's validity, and which statuses an operation documents.

use etalon_contract::model::{Operation, StatusPattern};

/// What a status says (RFC 9110 §15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// 2xx.
    Success,
    /// 3xx: go elsewhere.
    Redirect,
    /// The request itself is wrong: 400, 422, and the 4xx that have no other meaning.
    Invalid,
    /// 401, 403, 407, 511: who asks is the matter.
    Credentials,
    /// 404, 410: what is asked for is not there.
    Missing,
    /// 409, 412, 423, 424, 428: state is the matter.
    Conflict,
    /// Said by a server about any request whatever the contract: methods, sizes, media types, time.
    Protocol,
    /// 425, 429, 503: not now.
    Busy,
    /// Another 5xx: the server failed.
    Server,
    /// 1xx as a final status, or beyond 5xx.
    Odd,
}

/// The server does not have what the request needs (RFC 9110 §15.6.2).
pub const NOT_IMPLEMENTED: u16 = 501;

/// What a status says.
#[must_use]
pub fn class(status: u16) -> Class {
    match status {
        200..=299 => Class::Success,
        300..=399 => Class::Redirect,
        401 | 403 | 407 | 511 => Class::Credentials,
        404 | 410 => Class::Missing,
        409 | 412 | 423 | 424 | 428 => Class::Conflict,
        405 | 406 | 408 | 411 | 413 | 414 | 415 | 416 | 417 | 421 | 426 | 431 | 501 | 505 => Class::Protocol,
        425 | 429 | 503 => Class::Busy,
        400..=499 => Class::Invalid,
        500..=599 => Class::Server,
        _ => Class::Odd,
    }
}

/// Whether an operation says with which status it refuses what a client did wrong.
#[must_use]
pub fn documents_client_errors(operation: &Operation) -> bool {
    operation.responses.iter().any(|response| match response.status {
        StatusPattern::Exact(status) => class(status) == Class::Invalid,
        StatusPattern::Range(digit) => digit == 4,
        StatusPattern::Default => true,
    })
}

/// What an operation leaves unsaid about refusals, where [`documents_client_errors`] is false.
#[must_use]
pub fn silence(operation: &Operation) -> String {
    let others = list(operation, |status| matches!(status, StatusPattern::Exact(400..=499)));
    if others.is_empty() {
        "the operation documents no refusal".to_owned()
    } else {
        format!("the operation documents no status for invalid requests, only {}", others.join(", "))
    }
}

/// The documented statuses of an operation that a test picks, as written.
#[must_use]
pub fn list(operation: &Operation, pick: impl Fn(StatusPattern) -> bool) -> Vec<String> {
    operation.responses.iter().map(|response| response.status).filter(|s| pick(*s)).map(|s| s.to_string()).collect()
}
