//! What the document advises rather than asserts. A target that follows the advice is proved to; one that does not breaks no
//! rule, unless it fails over it.

use etalon_contract::codec::Response;
use etalon_contract::model::Operation;
use etalon_contract::rule::{Advice, Row, Rule};
use serde_json::Value;

use crate::judge::limit::{self, Refusal, said};
use crate::judge::status::{Class, class};
use crate::verdict::Verdict;

/// The fate of the value of a member that only the server sets.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// The answer has the very value that was sent.
    Same,
    /// The answer has another.
    Other(Value),
    /// The answer does not show it.
    Unseen,
}

/// The verdict where what goes against the advice was accepted.
#[must_use]
pub fn accepted(row: &Row, kept: &Kept) -> Verdict {
    if !matches!(row.rule, Rule::Advice(Advice::ReadOnly)) {
        return Verdict::inconclusive(
            "it was accepted: a name that is not known should be refused, but need not be (OpenAPI 3.1.1 §4.8.25)",
        );
    }
    match kept {
        Kept::Other(_) => {
            Verdict::Proved { note: Some("the value that was sent is ignored: the answer has another".to_owned()) }
        }
        Kept::Same => Verdict::inconclusive(
            "the answer has the value that was sent: readOnly members are expected to be ignored or refused, but need not \
             be (JSON Schema Validation §9.4, OpenAPI 3.0.4 §4.7.24.2)",
        ),
        Kept::Unseen => {
            Verdict::inconclusive("it was accepted, and the answer does not show whether the value is ignored")
        }
    }
}

/// The verdict where it was not accepted, and the twin, which follows the advice, was answered so.
#[must_use]
pub fn refused(operation: &Operation, row: &Row, met: &Response, twin: &Response) -> Verdict {
    match limit::refusal(operation, row, met) {
        Refusal::Refused(_) | Refusal::Failed => limit::past(operation, row, met, Some(twin)),
        Refusal::Undocumented => {
            Verdict::Inconclusive(format!("refused with {}, which the operation does not document", met.status))
        }
        Refusal::Accepted | Refusal::Elsewise(_) if class(met.status) == Class::Conflict => {
            Verdict::Inconclusive(format!("it met a conflict: {}", said(met)))
        }
        Refusal::Accepted | Refusal::Elsewise(_) => {
            Verdict::Inconclusive(format!("answered {}, which says nothing about this", said(met)))
        }
    }
}
