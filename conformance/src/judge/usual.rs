//! Valid requests that are written otherwise: each is accepted where the plain one is.

use etalon_contract::codec::Response;
use etalon_contract::model::Operation;

use crate::judge::limit::said;
use crate::judge::status::{Class, class_for};
use crate::verdict::{FailureKind, Verdict};

/// A request that was written otherwise, with its answer.
#[derive(Clone, Debug)]
pub struct Written<'r> {
    /// The words for how it was written.
    pub words: String,
    /// The answer to it.
    pub answer: &'r Response,
    /// The number of the exchange.
    pub shown: Option<usize>,
}

/// The verdict on a request that was written otherwise and refused; `twin` is the answer to the same request, written plainly.
#[must_use]
pub fn verdict(operation: &Operation, refused: &Written<'_>, twin: &Response) -> Verdict {
    if class_for(operation, twin.status) != Class::Success {
        return Verdict::Inconclusive(format!("the plain request was not accepted either: {}", said(twin)));
    }
    let status = refused.answer.status;
    let blame = match class_for(operation, status) {
        Class::Server => FailureKind::ServerError(status),
        Class::Invalid | Class::Missing | Class::Protocol => FailureKind::RefusedValid(status),
        Class::Success | Class::Conflict | Class::Unrelated(_) => {
            return Verdict::Inconclusive(format!("{} was answered {}", refused.words, said(refused.answer)));
        }
    };
    let expected = format!("{} says the same as the plain request, and is accepted as well", refused.words);
    Verdict::violated(blame, expected, format!("it was answered {}", said(refused.answer))).shown_by(refused.shown)
}
