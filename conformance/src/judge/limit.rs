//! Limits: is what lies past a limit refused, and what lies at it accepted? A refusal proves something only where the
//! twin, which differs in that one thing, was accepted in the same state.

use etalon_contract::codec::Response;
use etalon_contract::model::{In, Operation};
use etalon_contract::rule::{Row, Subject};
use serde_json::Value;

use crate::judge::cause::names_another;
use crate::judge::status::{Class, NOT_IMPLEMENTED, class, class_for, documents_client_errors, list, silence};
use crate::verdict::{FailureKind, Verdict};

/// The answer to a broken request, by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The request was accepted.
    Accepted,
    /// It was refused as the contract or HTTP says; a note where it is HTTP that says so.
    Refused(Option<String>),
    /// It was refused with a status that the operation does not document, though it documents others for refusals.
    Undocumented,
    /// The target failed over it.
    Failed,
    /// It was turned away for another reason, which proves nothing; the reason.
    Elsewise(String),
}

/// Reads the answer to a request that breaks this row.
#[must_use]
pub fn refusal(operation: &Operation, row: &Row, broken: &Response) -> Refusal {
    let status = broken.status;
    let documented = operation.response(status).is_some();
    match class_for(operation, status) {
        Class::Success => Refusal::Accepted,
        Class::Invalid if documented => Refusal::Refused(None),
        Class::Invalid if !documents_client_errors(operation) && matches!(status, 400 | 422) => {
            Refusal::Refused(Some(format!("refused with {status}; {}, so RFC 9110 §15.5 decides", silence(operation))))
        }
        Class::Invalid if documents_client_errors(operation) => Refusal::Undocumented,
        Class::Missing if documented && in_path(row) => Refusal::Refused(None),
        Class::Server => Refusal::Failed,
        Class::Invalid | Class::Missing | Class::Conflict | Class::Protocol | Class::Unrelated(_) => {
            Refusal::Elsewise(elsewise(status))
        }
    }
}

/// The verdict on a row whose breach was sent. `twin` is the answer to the twin, `None` where none was sent because the
/// first answer decides alone.
#[must_use]
pub fn past(operation: &Operation, row: &Row, broken: &Response, twin: Option<&Response>) -> Verdict {
    let status = broken.status;
    let first = refusal(operation, row, broken);
    if first == Refusal::Accepted {
        return Verdict::violated(
            FailureKind::AcceptedInvalid,
            expected(operation),
            format!("it was accepted with {status}"),
        );
    }
    if let Refusal::Elsewise(why) = first {
        return Verdict::Inconclusive(why);
    }
    let Some(twin) = twin else {
        return Verdict::inconclusive("the valid twin was not sent");
    };
    if class_for(operation, twin.status) != Class::Success {
        return Verdict::Inconclusive(format!("the valid twin was not accepted either: {}", said(twin)));
    }
    match first {
        Refusal::Refused(_) if names_another(row, broken) => {
            Verdict::Inconclusive(format!("it was refused for another reason: {}", said(broken)))
        }
        Refusal::Refused(note) => Verdict::Proved { note },
        Refusal::Undocumented => Verdict::violated(
            FailureKind::UndocumentedStatus(status),
            expected(operation),
            format!("it was refused with {status}, which the operation does not document"),
        ),
        Refusal::Failed => Verdict::violated(
            FailureKind::ServerError(status),
            expected(operation),
            format!("the server failed over it with {status}, and a failure is not a refusal"),
        ),
        Refusal::Accepted | Refusal::Elsewise(_) => unreachable!("both were answered above"),
    }
}

/// The verdict on a row whose limit was met exactly. `plain` is the answer to the same request without that one thing,
/// `None` where none was sent: the first answer decides alone, or there is no such request. A refusal that names another place blames that.
#[must_use]
pub fn at(operation: &Operation, row: &Row, met: &Response, plain: Option<&Response>) -> Verdict {
    let status = met.status;
    let blame = match class_for(operation, status) {
        Class::Success if operation.response(status).is_some() => return Verdict::proved(),
        Class::Success => return Verdict::Inconclusive(format!("accepted, but with the undocumented status {status}")),
        Class::Invalid if matches!(status, 400 | 422) => FailureKind::RefusedValid(status),
        Class::Server => FailureKind::ServerError(status),
        Class::Invalid | Class::Missing | Class::Conflict | Class::Protocol | Class::Unrelated(_) => {
            return Verdict::Inconclusive(elsewise(status));
        }
    };
    match plain {
        Some(_) if class(status) == Class::Invalid && names_another(row, met) => {
            Verdict::Inconclusive(format!("it was refused for another reason: {}", said(met)))
        }
        Some(plain) if class_for(operation, plain.status) == Class::Success => {
            Verdict::violated(blame, "it is allowed, so it is accepted", format!("it was refused: {}", said(met)))
        }
        Some(plain) => {
            Verdict::Inconclusive(format!("the same request without it was not accepted either: {}", said(plain)))
        }
        None => Verdict::inconclusive("no request was found that differs in this alone"),
    }
}

/// The sentence about an answer whose status has nothing to do with the limit.
fn elsewise(status: u16) -> String {
    match status {
        NOT_IMPLEMENTED => "answered 501: the target does not implement the operation".to_owned(),
        other => format!("answered {other}, which says nothing about this"),
    }
}

/// True where a refusal could be blamed on what was sent, so that it is worth sending a plain valid request beside it.
#[must_use]
pub fn blamable(met: &Response) -> bool {
    matches!(met.status, 400 | 422) || class(met.status) == Class::Server
}

/// An answer in a few words: its status, and what it says about itself.
#[must_use]
pub fn said(response: &Response) -> String {
    let json: Option<Value> = serde_json::from_slice(&response.body).ok();
    let told = json.as_ref().and_then(|body| TELLING.iter().find_map(|place| body.pointer(place)?.as_str()));
    let text = String::from_utf8_lossy(&response.body);
    let text = told.unwrap_or(&text).trim();
    if text.is_empty() {
        return response.status.to_string();
    }
    let mut shown: String = text.chars().take(SAID).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().count() > SAID {
        shown.push('…');
    }
    format!("{} {shown}", response.status)
}

/// The pointers to the sentences in bodies that tell people what is wrong: of problem details (RFC 9457), of JSON:API,
/// and the usual ones that follow no standard.
const TELLING: [&str; 8] = [
    "/detail",
    "/errors/0/detail",
    "/errors/0/message",
    "/error/message",
    "/error_description",
    "/message",
    "/error",
    "/title",
];

/// The most characters of a body that stand within a sentence; more would push the sentence off the screen.
const SAID: usize = 160;

fn expected(operation: &Operation) -> String {
    let documented: Vec<String> = list(operation, |status| status.covers(400) || status.covers(422));
    if documented.is_empty() {
        "it is refused with 400 or 422".to_owned()
    } else {
        format!("it is refused with a documented client error ({})", documented.join(", "))
    }
}

fn in_path(row: &Row) -> bool {
    matches!(&row.subject, Subject::Parameter { place: In::Path, .. })
}
