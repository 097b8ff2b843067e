//! Stories of a single item: what is created, changed and deleted shows in what is read, returned and refused afterwards.

use etalon_contract::codec::Response;

use crate::judge::limit::said;
use crate::judge::status::{Class, class};
use crate::judge::story::{Comparison, Documented, Echo, Location};
use crate::verdict::{FailureKind, Verdict};

/// The contradiction of a member that stays what the target itself had put there: it may be no client's to say.
pub(crate) const OWN_VALUE: &str = "a member stays what the target made it";

fn answered(operation: &str, answer: &Response) -> Verdict {
    Verdict::Inconclusive(format!("{operation} was answered {}", said(answer)))
}

pub(crate) fn read(creator: &str, reader: &str, key: &str, answer: &Response, found: Option<&str>) -> Verdict {
    match class(answer.status) {
        Class::Success => match found {
            Some(found) if found != key => Verdict::violated(
                FailureKind::State("another item is read"),
                format!("{reader} returns what was created, with the key {key}"),
                format!("it returns an item with the key {found}"),
            ),
            Some(_) | None => Verdict::proved(),
        },
        Class::Missing => Verdict::violated(
            FailureKind::State("what was created is not found"),
            format!("{reader} returns what {creator} created"),
            said(answer),
        ),
        Class::Invalid | Class::Conflict | Class::Protocol | Class::Server | Class::Unrelated(_) => {
            answered(reader, answer)
        }
    }
}

pub(crate) fn returned(echo: Echo, comparison: &Comparison) -> Verdict {
    match comparison {
        Comparison::Nothing => Verdict::inconclusive("the request has no body to compare with"),
        Comparison::Unrelated => Verdict::inconclusive("the answer shows nothing of what was sent"),
        Comparison::Same => Verdict::proved(),
        Comparison::Spelling(at) => Verdict::Inconclusive(format!("{at} comes back in another spelling")),
        Comparison::OwnValue { at, sent, back } => Verdict::violated(
            FailureKind::State(OWN_VALUE),
            format!("{at} is {} as it was sent: {sent}", echo.as_str()),
            format!("{at} is {back}, as the target itself makes it"),
        ),
        Comparison::Different { at, sent, back } => Verdict::violated(
            FailureKind::State("what was sent is not what comes back"),
            format!("{at} is {} as it was sent: {sent}", echo.as_str()),
            format!("{at} is {back}"),
        ),
    }
}

pub(crate) fn led(location: &Location<'_>) -> Verdict {
    const EXPECTED: &str = "Location identifies what was created (RFC 9110 §15.3.2)";
    match location {
        Location::Absent(201) => Verdict::violated(
            FailureKind::Field("location"),
            EXPECTED,
            "201 without Location, though the contract has it",
        ),
        Location::Absent(status) => Verdict::Inconclusive(format!("{status} without Location")),
        Location::Another { led, key } => {
            let found = format!("it leads to {led}, what was created is {key}");
            Verdict::violated(FailureKind::Field("location"), EXPECTED, found)
        }
        Location::Followed { location, item, answer } => match class(answer.status) {
            Class::Success => Verdict::proved(),
            Class::Missing => Verdict::violated(
                FailureKind::State("Location leads nowhere"),
                EXPECTED,
                format!("{location}: {}", said(answer)),
            ),
            Class::Invalid | Class::Conflict | Class::Protocol | Class::Server | Class::Unrelated(_) => {
                answered(item, answer)
            }
        },
    }
}

/// The verdict on the answer to reading what was deleted: it must be missing.
fn is_read_no_more(reader: &str, answer: &Response) -> Verdict {
    match class(answer.status) {
        Class::Missing => Verdict::proved(),
        Class::Success => Verdict::violated(
            FailureKind::State("what was deleted is still read"),
            format!("{reader} does not find what was deleted"),
            said(answer),
        ),
        Class::Invalid | Class::Conflict | Class::Protocol | Class::Server | Class::Unrelated(_) => {
            answered(reader, answer)
        }
    }
}

pub(crate) fn gone(
    read: Option<(&str, &Response)>,
    again: Option<&Response>,
    missing: Documented,
    listed: Option<&str>,
) -> Verdict {
    let read = read.map(|(reader, answer)| match (class(answer.status), missing) {
        (Class::Success, Documented::No) => Verdict::Inconclusive(format!(
            "{reader} still reads it, and nothing says that it would not: {}",
            said(answer)
        )),
        (_, Documented::Yes | Documented::No) => is_read_no_more(reader, answer),
    });
    let again = again.map(|answer| match class(answer.status) {
        Class::Missing => Verdict::proved(),
        Class::Success if listed.is_some() => Verdict::violated(
            FailureKind::State("what was deleted is still there"),
            "what was deleted is gone",
            format!("it is deleted again, answered {}, and {} lists it", said(answer), listed.unwrap_or("a list")),
        ),
        // DELETE is idempotent: the same again may be answered the same (RFC 9110 §9.2.2).
        Class::Success => Verdict::inconclusive("deleting it again is accepted, which RFC 9110 §9.2.2 leaves open"),
        Class::Invalid | Class::Conflict | Class::Protocol | Class::Server | Class::Unrelated(_) => {
            Verdict::Inconclusive(format!("deleting it again was answered {}", said(answer)))
        }
    });
    match (read, again) {
        // Once it is not found by reading, a lenient second deletion takes nothing from that.
        (Some(read @ Verdict::Proved { .. }), Some(Verdict::Inconclusive(_))) => read,
        (Some(Verdict::Proved { .. }) | None, Some(again)) => again,
        (Some(read), _) => read,
        (None, None) => Verdict::inconclusive("neither was it read nor deleted again"),
    }
}

pub(crate) fn conflicts(answer: &Response, conflict: Documented) -> Verdict {
    const EXPECTED: &str = "the same again is refused with 409, since it must be unique";
    let status = answer.status;
    match (class(status), conflict) {
        (Class::Conflict, Documented::Yes) if status == 409 => Verdict::proved(),
        (Class::Conflict, Documented::No) if status == 409 => {
            Verdict::Proved { note: Some("409, which the operation does not document".to_owned()) }
        }
        (Class::Success, _) => Verdict::violated(
            FailureKind::State("no conflict"),
            EXPECTED,
            format!("it was accepted again with {status}"),
        ),
        (Class::Server, _) => Verdict::violated(FailureKind::ServerError(status), EXPECTED, said(answer)),
        (Class::Invalid, Documented::Yes) => {
            Verdict::violated(FailureKind::WrongStatus(status), EXPECTED, said(answer))
        }
        (Class::Invalid | Class::Missing | Class::Conflict | Class::Protocol | Class::Unrelated(_), _) => {
            Verdict::Inconclusive(format!("the same again was answered {}", said(answer)))
        }
    }
}

pub(crate) fn taken_effect(witness: &str, answer: &Response, waited: u128) -> Verdict {
    match class(answer.status) {
        Class::Conflict => Verdict::proved(),
        Class::Success => Verdict::violated(
            FailureKind::State("what was accepted has no effect"),
            format!("afterwards {witness} meets a conflict"),
            format!("{waited} ms later it was accepted with {}", answer.status),
        ),
        Class::Invalid | Class::Missing | Class::Protocol | Class::Server | Class::Unrelated(_) => {
            answered(witness, answer)
        }
    }
}
