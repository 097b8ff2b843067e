//! Who may call. A refusal shows that credentials are asked for only where the same request with credentials was let in.

use etalon_contract::codec::Response;
use etalon_contract::model::Operation;

use crate::judge::limit::said;
use crate::judge::status::{Class, Unrelated, class};
use crate::verdict::{FailureKind, Verdict};

/// The part that was left out or wrong in the credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// All of them, or one that is needed.
    Missing,
    /// One of them is wrong.
    Wrong,
}

/// A request whose credentials lack something, and the same with them.
#[must_use]
pub fn refused(operation: &Operation, lack: Lack, answer: &Response, twin: Option<&Response>) -> Verdict {
    let expected = match lack {
        Lack::Missing => "401 with a challenge, since credentials are missing (RFC 9110 §15.5.2)",
        Lack::Wrong => "401 with a challenge or 403, since credentials are wrong (RFC 9110 §15.5.2, §15.5.4)",
    };
    let status = answer.status;
    if class(status) == Class::Success {
        return Verdict::violated(FailureKind::AcceptedInvalid, expected, format!("it was let in with {status}"));
    }
    let Some(twin) = twin else {
        return Verdict::inconclusive("the same request with credentials was not sent");
    };
    match class(twin.status) {
        Class::Unrelated(Unrelated::Credentials) => {
            return Verdict::Inconclusive(format!("the same request with credentials was not let in: {}", said(twin)));
        }
        Class::Server | Class::Unrelated(Unrelated::Redirect | Unrelated::Busy | Unrelated::Odd) => {
            return Verdict::Inconclusive(format!("the same request with credentials was answered {}", said(twin)));
        }
        Class::Success | Class::Invalid | Class::Missing | Class::Conflict | Class::Protocol => {}
    }
    match status {
        401 if !answer.headers.all("www-authenticate").any(|challenge| !challenge.trim().is_empty()) => {
            Verdict::violated(FailureKind::Field("www-authenticate"), expected, "401 without WWW-Authenticate")
        }
        401 => Verdict::proved(),
        403 if lack == Lack::Wrong => Verdict::proved(),
        403 if operation.response(401).is_some_and(|documented| documented.status.specificity() == 0) => {
            Verdict::violated(FailureKind::WrongStatus(403), expected, "403, though the operation documents 401")
        }
        _ if class(status) == Class::Server => {
            Verdict::violated(FailureKind::ServerError(status), expected, format!("the server failed with {status}"))
        }
        _ => Verdict::Inconclusive(format!("answered {} instead of 401", said(answer))),
    }
}

/// A request with the credentials of one alternative alone. `other` is the answer with another alternative's credentials,
/// which tells a target that knows only one from credentials that are wrong altogether.
#[must_use]
pub fn accepted(answer: &Response, other: Option<&Response>) -> Verdict {
    let status = answer.status;
    let let_in = |status| match class(status) {
        Class::Success | Class::Missing | Class::Conflict | Class::Invalid => true,
        Class::Protocol | Class::Server | Class::Unrelated(_) => false,
    };
    if class(status) == Class::Success {
        return Verdict::proved();
    }
    if status == 401 {
        return match other {
            Some(other) if let_in(other.status) => Verdict::violated(
                FailureKind::RefusedValid(status),
                "this alternative alone lets the caller in, as another does",
                "401 (or are the credentials that were given for it wrong?)",
            ),
            Some(_) | None => Verdict::inconclusive("the credentials that were given for it were refused with 401"),
        };
    }
    Verdict::Inconclusive(format!("answered {}, which does not show that the caller was let in", said(answer)))
}
