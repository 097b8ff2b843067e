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

/// The verdict on requests that are written otherwise; `twin` is the answer to one that is written plainly.
#[must_use]
pub fn verdict(operation: &Operation, written: &[Written<'_>], twin: &Response) -> Verdict {
    let accepted = |answer: &Response| class_for(operation, answer.status) == Class::Success;
    if !accepted(twin) {
        return Verdict::Inconclusive(format!("the plain request was not accepted either: {}", said(twin)));
    }
    let Some(refused) = written.iter().find(|written| !accepted(written.answer)) else { return Verdict::proved() };
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
