//! What is kept: what was written is what is seen later, and only what changes it changes it.

use etalon_contract::codec::Response;
use etalon_contract::document::Pointer;
use etalon_contract::model::Operation;
use etalon_contract::rule::Story;
use serde_json::Value;

use crate::judge::limit::said;
use crate::judge::status::{Class, class};
use crate::verdict::{FailureKind, Verdict};

/// The state of an item that lacks what was sent.
pub(crate) const LOST: &str = "what was sent is not there";

/// The verdict where a member is not as it was written, though it should be by a story.
pub(crate) fn differs(story: Story, at: &Pointer, sent: Option<&Value>, back: Option<&Value>) -> Verdict {
    let (kind, expected) = match story {
        Story::ChangedIsRead => ("what was changed is not what is read", "is read as it was changed"),
        Story::UnnamedGo => ("what was not sent is still there", "goes, since it was not sent"),
        Story::UnnamedStay => ("what was not named has changed", "was not named, and stays"),
        Story::RefusedChangesNothing => ("what was refused has changed something", "stays, since it was refused"),
        Story::OthersStay => ("another item has changed", "stays, since another item was meant"),
        Story::ListedIsRead => ("the list shows another value", "is listed as it is read"),
        Story::SentIsKept
        | Story::SentIsReturned
        | Story::CreatedIsRead
        | Story::CreatedIsListed
        | Story::LocationLeadsToIt
        | Story::DeletedIsGone
        | Story::DeletedIsNotListed
        | Story::AgainConflicts
        | Story::ElsewhereIsEmpty
        | Story::PagesAreComplete
        | Story::PagesGoBack
        | Story::KeysAreNew
        | Story::CreatedOnce
        | Story::ForeignIsMissing
        | Story::FreeAgain
        | Story::TwiceIsOnce
        | Story::IdempotencyKey
        | Story::FilterChooses
        | Story::SortOrders
        | Story::InOrder
        | Story::CountsAreRight
        | Story::DefaultPage
        | Story::LinksLead
        | Story::AcceptedTakesEffect => ("what was sent is not what comes back", "is as it was sent"),
    };
    let expected = match sent {
        Some(sent) => format!("{at} {expected}: {sent}"),
        None => format!("{at} is gone, since it was removed"),
    };
    let found = back.map_or_else(|| format!("{at} is not there"), |back| format!("{at} is {back}"));
    let kind = if back.is_none() { LOST } else { kind };
    Verdict::violated(FailureKind::State(kind), expected, found)
}

/// The verdict where an item is not found, though nothing should have removed it.
pub(crate) fn gone(story: Story, reader: &str, answer: &Response) -> Verdict {
    let expected = if story == Story::RefusedChangesNothing {
        "what was refused has no effect"
    } else if story == Story::OthersStay {
        "only the item that was meant is changed or removed"
    } else if story == Story::CreatedIsRead {
        "what was created is there"
    } else {
        "what was changed is still there"
    };
    Verdict::violated(
        FailureKind::State("what is there is not found"),
        format!("{expected}, and {reader} finds it"),
        said(answer),
    )
}

/// The verdict where a new item has the key of another.
pub(crate) fn key_again(key: &str) -> Verdict {
    Verdict::violated(
        FailureKind::State("a key is given twice"),
        "what is created has a key of its own",
        format!("it has the key {key}, which was given before"),
    )
}

/// The verdict where a new item has what was sent for another one alone.
pub(crate) fn leaked(at: &Pointer, value: &Value) -> Verdict {
    Verdict::violated(
        FailureKind::State("what was sent for another item comes back"),
        format!("{at} was not sent, and is not what another item was sent with"),
        format!("{at} is {value}"),
    )
}

/// The doubt where something is read under the key of what was deleted, and has nothing that it alone had.
pub(crate) const PERHAPS_ANOTHER: &str =
    "something is found under its key, and nothing shows that it is what was deleted";

/// The verdict where what was deleted is read.
pub(crate) fn read_again(reader: &Operation, answer: &Response) -> Verdict {
    let documents = reader.responses.iter().any(|response| {
        [404, 410].iter().any(|status| response.status.covers(*status) && response.status.specificity() == 0)
    });
    if !documents || String::from_utf8_lossy(&answer.body).to_lowercase().contains("delet") {
        return Verdict::inconclusive("it is still read, and nothing says that it would not be");
    }
    Verdict::violated(
        FailureKind::State("what was deleted is still read"),
        format!("{} does not find what was deleted", reader.id),
        said(answer),
    )
}

/// The verdict on the same change again, which was accepted the first time.
pub(crate) fn twice(again: &Response) -> Verdict {
    match class(again.status) {
        Class::Success => Verdict::proved(),
        Class::Conflict | Class::Invalid if !matches!(again.status, 412 | 428) => Verdict::violated(
            FailureKind::RefusedValid(again.status),
            "the same change again is accepted as the first time (RFC 9110 §9.2.2)",
            said(again),
        ),
        Class::Server => Verdict::violated(
            FailureKind::ServerError(again.status),
            "the same change again is accepted as the first time (RFC 9110 §9.2.2)",
            said(again),
        ),
        Class::Conflict | Class::Invalid | Class::Missing | Class::Protocol | Class::Unrelated(_) => {
            Verdict::Inconclusive(format!("the same change again was answered {}", said(again)))
        }
    }
}

/// The verdict on taking a unique value again, once the item that had it is gone.
pub(crate) fn free(again: &Response) -> Verdict {
    match class(again.status) {
        Class::Success => Verdict::proved(),
        Class::Conflict if again.status == 409 => Verdict::violated(
            FailureKind::State("what was deleted is still in the way"),
            "the value is free again, since the item that had it was deleted",
            said(again),
        ),
        Class::Conflict | Class::Invalid | Class::Missing | Class::Protocol | Class::Server | Class::Unrelated(_) => {
            Verdict::Inconclusive(format!("the same after the deletion was answered {}", said(again)))
        }
    }
}

/// The verdict on the number of items in a list before and after one was made.
pub(crate) fn once(before: u64, after: u64) -> Verdict {
    match after.checked_sub(before) {
        Some(1) => Verdict::proved(),
        Some(0) | None => Verdict::inconclusive("the list does not have what was created"),
        Some(more) => Verdict::violated(
            FailureKind::State("one creation makes several items"),
            "one item is created",
            format!("the list has {more} items more than before"),
        ),
    }
}

/// What was seen of an operation upon the key of an item, sent to another place than the item is in.
#[derive(Clone, Debug)]
pub(crate) struct Foreign<'r> {
    /// The id of the operation.
    pub operation: &'r str,
    /// The answer to it.
    pub answer: &'r Response,
    /// The answer of the reader to the same key in a place where nothing was made, or that of the operation to a key that nothing has.
    pub twin: Option<&'r Response>,
    /// True where the item itself shows what was done elsewhere.
    pub is_touched: bool,
    /// The number of the exchange that it was answered in.
    pub shown: Option<usize>,
}

/// The verdict on an operation upon an item of another place.
pub(crate) fn foreign(seen: &Foreign<'_>) -> Verdict {
    let violated = || {
        Verdict::violated(
            FailureKind::State("an item is found in another place"),
            format!("{} does not find what is elsewhere", seen.operation),
            said(seen.answer),
        )
        .shown_by(seen.shown)
    };
    match class(seen.answer.status) {
        Class::Missing => Verdict::proved(),
        Class::Success if seen.is_touched => violated(),
        Class::Success => match seen.twin {
            Some(twin) if class(twin.status) == Class::Missing => violated(),
            Some(twin) => Verdict::Inconclusive(format!("where nothing is, the answer is {} as well", said(twin))),
            None => Verdict::inconclusive("something is found, and nothing shows that it is what is elsewhere"),
        },
        Class::Conflict | Class::Invalid | Class::Protocol | Class::Server | Class::Unrelated(_) => {
            Verdict::Inconclusive(format!("what is elsewhere was answered {}", said(seen.answer)))
        }
    }
}
