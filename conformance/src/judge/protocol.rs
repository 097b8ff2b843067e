//! What HTTP itself asks for, whatever the operation: methods, paths, media types.

use etalon_contract::codec::Response;
use etalon_contract::model::{MediaType, Operation};

use crate::judge::limit::said;
use crate::judge::status::{Class, class, documents_client_errors, silence};
use crate::verdict::{FailureKind, Verdict};

/// A method that the path does not have (RFC 9110 §15.5.6). `documented` are the methods that the contract has there.
#[must_use]
pub fn method_not_allowed(method: &str, documented: &[String], answer: &Response) -> Verdict {
    const EXPECTED: &str = "405 with Allow, since the contract has no such method on this path (RFC 9110 §15.5.6)";
    match answer.status {
        405 => {
            let Some(allow) = allow(answer) else {
                return Verdict::violated(FailureKind::Field("allow"), EXPECTED, "405 without Allow");
            };
            if let Some(missing) = documented.iter().find(|known| !allow.contains(known)) {
                let found = format!("405 whose Allow leaves out {missing}: {}", allow.join(", "));
                return Verdict::violated(FailureKind::Field("allow"), EXPECTED, found);
            }
            if allow.iter().any(|allowed| allowed == method) {
                let found = format!("405 for {method} whose Allow lists {method}");
                return Verdict::violated(FailureKind::Field("allow"), EXPECTED, found);
            }
            Verdict::proved()
        }
        status if class(status) == Class::Success => {
            Verdict::violated(FailureKind::AcceptedInvalid, EXPECTED, format!("it was accepted with {status}"))
        }
        status if class(status) == Class::Server => {
            Verdict::violated(FailureKind::ServerError(status), EXPECTED, format!("the server failed with {status}"))
        }
        _ => Verdict::Inconclusive(format!("answered {} instead of 405", said(answer))),
    }
}

/// The methods in all `Allow` fields; `None` where there is no such field. An empty one is a field (RFC 9110 §10.2.1).
fn allow(answer: &Response) -> Option<Vec<String>> {
    answer.headers.get("allow")?;
    Some(
        answer
            .headers
            .all("allow")
            .flat_map(|value| value.split(','))
            .map(|method| method.trim().to_owned())
            .filter(|method| !method.is_empty())
            .collect(),
    )
}

/// A path that the contract does not have (RFC 9110 §15.5.5).
#[must_use]
pub fn unknown_path(answer: &Response) -> Verdict {
    const EXPECTED: &str = "404, since the contract has no such path (RFC 9110 §15.5.5)";
    match class(answer.status) {
        Class::Missing => Verdict::proved(),
        Class::Success => {
            let found = format!("it was found: {}", answer.status);
            Verdict::violated(FailureKind::AcceptedInvalid, EXPECTED, found)
        }
        Class::Server => {
            let found = format!("the server failed with {}", answer.status);
            Verdict::violated(FailureKind::ServerError(answer.status), EXPECTED, found)
        }
        Class::Invalid | Class::Conflict | Class::Protocol | Class::Unrelated(_) => {
            Verdict::Inconclusive(format!("answered {} instead of 404", said(answer)))
        }
    }
}

/// Content of a media type that the operation does not document (RFC 9110 §15.5.16). A documented 400 or 422 is a refusal
/// too. `None` where the twin must be seen first.
#[must_use]
pub fn unsupported_media_type(operation: &Operation, answer: &Response, twin: Option<&Response>) -> Verdict {
    const EXPECTED: &str = "415, since the operation does not document this media type (RFC 9110 §15.5.16)";
    let status = answer.status;
    let refused = match class(status) {
        Class::Success => {
            return Verdict::violated(FailureKind::AcceptedInvalid, EXPECTED, format!("it was accepted with {status}"));
        }
        Class::Protocol if status == 415 => Ok(None),
        Class::Invalid if operation.response(status).is_some() => {
            Ok(Some(format!("refused with the documented {status} rather than 415")))
        }
        Class::Invalid if !documents_client_errors(operation) && matches!(status, 400 | 422) => {
            Ok(Some(format!("refused with {status} rather than 415; {}", silence(operation))))
        }
        Class::Server => Err(()),
        Class::Invalid | Class::Missing | Class::Conflict | Class::Protocol | Class::Unrelated(_) => {
            return Verdict::Inconclusive(format!("answered {} instead of 415", said(answer)));
        }
    };
    match (refused, twin) {
        (_, None) => Verdict::inconclusive("the valid twin was not sent"),
        (_, Some(twin)) if class(twin.status) != Class::Success => {
            Verdict::Inconclusive(format!("the valid twin was not accepted either: {}", said(twin)))
        }
        (Ok(note), Some(_)) => Verdict::Proved { note },
        (Err(()), Some(_)) => {
            Verdict::violated(FailureKind::ServerError(status), EXPECTED, format!("the server failed with {status}"))
        }
    }
}

/// An `Accept` that no documented media type satisfies. A server may answer 406, or disregard the field (RFC 9110 §12.5.1).
#[must_use]
pub fn not_acceptable(operation: &Operation, answer: &Response) -> Verdict {
    const EXPECTED: &str = "406, or an answer in a documented media type (RFC 9110 §12.5.1, §15.5.7)";
    let status = answer.status;
    match class(status) {
        Class::Protocol if status == 406 => Verdict::proved(),
        Class::Success => match undocumented_media_type(operation, answer) {
            Some(sent) => Verdict::violated(
                FailureKind::Field("content-type"),
                EXPECTED,
                format!("{status} with content of {sent}"),
            ),
            None => Verdict::Inconclusive("Accept was disregarded, which RFC 9110 §12.5.1 allows".to_owned()),
        },
        Class::Server => {
            Verdict::violated(FailureKind::ServerError(status), EXPECTED, format!("the server failed with {status}"))
        }
        Class::Invalid | Class::Missing | Class::Conflict | Class::Protocol | Class::Unrelated(_) => {
            Verdict::Inconclusive(format!("answered {} instead of 406", said(answer)))
        }
    }
}

/// A body that is unusual: the target may take it or refuse it, and may not fail over it (RFC 9110 §15.6).
#[must_use]
pub fn probed(answer: &Response, twin: &Response) -> Verdict {
    let status = answer.status;
    match class(status) {
        Class::Server if class(twin.status) == Class::Success => Verdict::violated(
            FailureKind::ServerError(status),
            "it is accepted or refused: a failure is neither (RFC 9110 §15.6)",
            format!("the server failed over it: {}", said(answer)),
        ),
        Class::Server => Verdict::Inconclusive(format!("the valid twin was not accepted either: {}", said(twin))),
        Class::Unrelated(_) => {
            Verdict::Inconclusive(format!("answered {}, which says nothing about this", said(answer)))
        }
        Class::Success | Class::Invalid | Class::Missing | Class::Conflict | Class::Protocol => Verdict::proved(),
    }
}

/// The media type of content that the operation does not document for this status.
fn undocumented_media_type(operation: &Operation, answer: &Response) -> Option<String> {
    if answer.body.is_empty() {
        return None;
    }
    let documented = operation.response(answer.status).filter(|documented| !documented.content.is_empty())?;
    let sent = answer.headers.get("content-type")?;
    let covered = MediaType::parse(sent).is_some_and(|sent| documented.content_for(&sent).is_some());
    (!covered).then(|| sent.to_owned())
}
