//! What a status says about a request's validity, and which statuses an operation documents.

use etalon_contract::model::{Operation, StatusPattern};

/// The class of a status: what it says of the request that it answers (RFC 9110 §15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// 2xx: the request was accepted.
    Success,
    /// 400, 422, and the 4xx that have no other meaning: the request itself is wrong.
    Invalid,
    /// 404, 410: what is asked for is not there.
    Missing,
    /// 409, 412, 423, 424, 428: state is the matter.
    Conflict,
    /// 405, 406, 408, 411, 413 to 417, 421, 426, 431, 501, 505: a server says so of any request, whatever the contract.
    Protocol,
    /// 5xx, but for 501, 503, 505 and 511: the server failed.
    Server,
    /// A status that has nothing to do with what was sent.
    Unrelated(Unrelated),
}

/// The reason why a status has nothing to do with what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unrelated {
    /// 3xx: what is asked for is elsewhere.
    Redirect,
    /// 401, 403, 407, 511: the caller is the matter.
    Credentials,
    /// 425, 429, 503: the server has no time now.
    Busy,
    /// 1xx as a final status, or beyond 5xx: no such class of statuses.
    Odd,
}

/// The server does not have what the request needs (RFC 9110 §15.6.2).
pub const NOT_IMPLEMENTED: u16 = 501;

/// The class of a status.
#[must_use]
pub fn class(status: u16) -> Class {
    match status {
        200..=299 => Class::Success,
        300..=399 => Class::Unrelated(Unrelated::Redirect),
        401 | 403 | 407 | 511 => Class::Unrelated(Unrelated::Credentials),
        404 | 410 => Class::Missing,
        409 | 412 | 423 | 424 | 428 => Class::Conflict,
        405 | 406 | 408 | 411 | 413 | 414 | 415 | 416 | 417 | 421 | 426 | 431 | 501 | 505 => Class::Protocol,
        425 | 429 | 503 => Class::Unrelated(Unrelated::Busy),
        400..=499 => Class::Invalid,
        500..=599 => Class::Server,
        _ => Class::Unrelated(Unrelated::Odd),
    }
}

/// The class of a status in answer to an operation: a redirect that is its only documented outcome is its success
/// (OpenAPI Responses Object), and not followed.
#[must_use]
pub fn class_for(operation: &Operation, status: u16) -> Class {
    let class = class(status);
    let is_redirect = class == Class::Unrelated(Unrelated::Redirect);
    if is_redirect && is_outcome(operation, status) { Class::Success } else { class }
}

/// True where a redirect is documented, and no 2xx is.
fn is_outcome(operation: &Operation, status: u16) -> bool {
    operation.success().is_none_or(|success| !success.status.is_success())
        && operation.response(status).is_some_and(|documented| documented.status != StatusPattern::Default)
}

/// True where an operation says with which status it refuses what a client did wrong: 402 or 480 speak of something else.
#[must_use]
pub fn documents_client_errors(operation: &Operation) -> bool {
    operation.responses.iter().any(|response| match response.status {
        StatusPattern::Exact(status) => matches!(status, 400 | 422),
        StatusPattern::Range(digit) => digit == 4,
        StatusPattern::Default => true,
    })
}

/// The words for what an operation leaves unsaid about refusals, where [`documents_client_errors`] is false.
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
