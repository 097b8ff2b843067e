//! Requests that are repeated under a key: the same does nothing more, and another key is another request.

use etalon_contract::codec::Response;

use crate::judge::limit::said;
use crate::judge::status::{Class, class};
use crate::verdict::{FailureKind, Verdict};

/// A request that repeats a key, or the content of another.
#[derive(Clone, Debug)]
pub struct Repeated<'r> {
    /// The answer to it.
    pub answer: &'r Response,
    /// The key of the item that it made or shows.
    pub key: Option<String>,
    /// The number of the exchange.
    pub shown: Option<usize>,
}

/// The verdict on a key: of the same request again, of other content under the same key, and of another key.
pub(crate) fn repeated(
    first: &Response,
    made: Option<&str>,
    again: &Repeated<'_>,
    changed: &Repeated<'_>,
    apart: &Repeated<'_>,
) -> Verdict {
    let violated = |expected: &str, found: String, shown: Option<usize>| {
        let kind = FailureKind::State("a key that is repeated does something more");
        Verdict::violated(kind, expected, found).shown_by(shown)
    };
    const SAME: &str = "the same request under the same key is answered as the first one was";
    let answered = class(again.answer.status);
    if answered != Class::Success {
        return match answered {
            Class::Conflict | Class::Invalid | Class::Server => violated(SAME, said(again.answer), again.shown),
            Class::Success | Class::Missing | Class::Protocol | Class::Unrelated(_) => {
                Verdict::Inconclusive(format!("the same again was answered {}", said(again.answer)))
            }
        };
    }
    if made.is_some() && again.key.as_deref() != made {
        let key = again.key.as_deref().unwrap_or("none");
        return violated(SAME, format!("it has the key {key}, the first has {}", made.unwrap_or("none")), again.shown);
    }
    if first.status != again.answer.status && first.status == 201 && again.answer.status != 200 {
        return violated(SAME, said(again.answer), again.shown);
    }
    if changed.key.is_some() && changed.key.as_deref() != made {
        let expected = "other content under the same key creates nothing";
        return violated(expected, said(changed.answer), changed.shown);
    }
    if apart.key.is_some() && apart.key.as_deref() == made {
        let expected = "a request under another key is a request of its own";
        return violated(expected, "it is answered as the first one was".to_owned(), apart.shown);
    }
    if class(apart.answer.status) == Class::Success {
        Verdict::proved()
    } else {
        Verdict::Inconclusive(format!("a request under another key was answered {}", said(apart.answer)))
    }
}
