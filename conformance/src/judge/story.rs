//! Stories: does what one operation did show in what the others say? A scenario hands in what it saw; here is what that
//! means. What the contract leaves open, and what has another cause, is a doubt.

use etalon_contract::codec::Response;
use etalon_contract::document::Pointer;
use serde_json::Value;

use crate::judge::limit::said;
use crate::judge::listing::{Keys, Listing, ListingEnd};
use crate::judge::status::{Class, class};
use crate::verdict::{FailureKind, Verdict};

/// What a scenario saw of a story. Operations are named by their ids, items by their keys as they read in a path.
#[derive(Clone, Debug)]
pub enum Seen<'s> {
    /// What was created, read by itself.
    Read {
        /// The operation that created it.
        creator: &'s str,
        /// The operation that reads it.
        reader: &'s str,
        /// The key of what was created.
        key: String,
        /// The answer of the reader.
        answer: &'s Response,
        /// The key of the item in that answer, where it shows one.
        found: Option<String>,
    },
    /// The list that what was created belongs to.
    Listed {
        /// The operation that created it.
        creator: &'s str,
        /// The operation that lists.
        lister: &'s str,
        /// The key of what was created.
        key: String,
        /// The list, when it was looked at last.
        listing: Listing,
        /// A parameter that the list has to be asked with, whose value nothing tells.
        doubt: Option<String>,
    },
    /// What was sent, beside what came back.
    Returned {
        /// Which answer it came back in.
        echo: Echo,
        /// What the two have in common, and where they differ.
        comparison: Comparison,
    },
    /// Where `Location` led.
    Location(Location<'s>),
    /// What was deleted, read and deleted again.
    Gone {
        /// The operation that reads, and its answer; `None` where the contract has none.
        read: Option<(&'s str, &'s Response)>,
        /// The answer to the second deletion; `None` where it was not sent, since reading decides.
        again: Option<&'s Response>,
        /// Whether the reading operation documents that there may be nothing to read, and the item does not say of itself that it
        /// is deleted.
        missing: Documented,
    },
    /// The list that what was deleted had been in.
    NoLongerListed {
        /// The key of what was deleted.
        key: String,
        /// The list afterwards.
        listing: Listing,
    },
    /// The same request again, whose identifying value was taken by the first.
    Again {
        /// The answer to the second.
        answer: &'s Response,
        /// Whether the operation documents 409.
        conflict: Documented,
    },
    /// The same created by another operation, after what was accepted for later should have had its effect.
    TakenEffect {
        /// The operation that was to meet a conflict.
        witness: &'s str,
        /// Its answer, when it was tried last.
        answer: &'s Response,
        /// How long the last wait before it was, in milliseconds.
        waited: u128,
    },
    /// The list of another place than the one that something was created in.
    Elsewhere {
        /// The operation that lists.
        lister: &'s str,
        /// The key of what was created.
        key: String,
        /// The list of the other place.
        listing: Listing,
    },
    /// The pages of a list that items were created in.
    Pages(Pages),
    /// The pages of such a list forth, and back from the last.
    PagesBack {
        /// The pages forth.
        forth: Pages,
        /// The pages before the last as the way back shows them; `None` where the last page shows no way back.
        back: Option<Listing>,
    },
}

/// The answer that what was sent came back in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// That of the request itself.
    Returned,
    /// That of a reading afterwards.
    Read,
}

impl Echo {
    fn as_str(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Read => "read",
        }
    }
}

/// Whether an operation documents something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Documented {
    /// It does.
    Yes,
    /// It does not.
    No,
}

/// What was sent, beside what came back.
#[derive(Clone, Debug, PartialEq)]
pub enum Comparison {
    /// The request had no body.
    Nothing,
    /// No member of the one is in the other.
    Unrelated,
    /// All members that both have are the same.
    Same,
    /// A member that is written differently and may mean the same.
    Spelling(Pointer),
    /// The first member that has another value, though the schema of the answer would allow the one that was sent.
    Different {
        /// The member.
        at: Pointer,
        /// Its value as it was sent.
        sent: Value,
        /// Its value as it came back.
        back: Value,
    },
}

/// Where the `Location` of what was created led.
#[derive(Clone, Debug)]
pub enum Location<'s> {
    /// There was none; the status of the answer.
    Absent(u16),
    /// It names another item.
    Another {
        /// The key that it names.
        led: String,
        /// The key of what was created.
        key: String,
    },
    /// It was followed.
    Followed {
        /// The field's value.
        location: &'s str,
        /// The operation that it leads to.
        item: &'s str,
        /// That operation's answer.
        answer: &'s Response,
    },
}

/// The pages of a list that items were created in.
#[derive(Clone, Debug)]
pub struct Pages {
    /// The pages, from the first to the end.
    pub listing: Listing,
    /// The pages when they were looked at once more; `None` where that was not needed.
    pub again: Option<Listing>,
    /// The keys of what was created.
    pub keys: Vec<String>,
    /// How many items a page may hold; `None` where that cannot be asked for.
    pub size: Option<u64>,
    /// A parameter that the list has to be asked with, whose value nothing tells.
    pub doubt: Option<String>,
}

/// The verdict on a story.
#[must_use]
pub fn verdict(seen: &Seen<'_>) -> Verdict {
    match seen {
        Seen::Read { creator, reader, key, answer, found } => read(creator, reader, key, answer, found.as_deref()),
        Seen::Listed { creator, lister, key, listing, doubt } => {
            listed(creator, lister, key, listing, doubt.as_deref())
        }
        Seen::Returned { echo, comparison } => returned(*echo, comparison),
        Seen::Location(location) => led(location),
        Seen::Gone { read, again, missing } => gone(*read, *again, *missing),
        Seen::NoLongerListed { key, listing } => no_longer_listed(key, listing),
        Seen::Again { answer, conflict } => conflicts(answer, *conflict),
        Seen::TakenEffect { witness, answer, waited } => taken_effect(witness, answer, *waited),
        Seen::Elsewhere { lister, key, listing } => elsewhere(lister, key, listing),
        Seen::Pages(pages) => complete(pages),
        Seen::PagesBack { forth, back } => go_back(forth, back.as_ref()),
    }
}

fn answered(operation: &str, answer: &Response) -> Verdict {
    Verdict::Inconclusive(format!("{operation} was answered {}", said(answer)))
}

fn read(creator: &str, reader: &str, key: &str, answer: &Response, found: Option<&str>) -> Verdict {
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

/// Said where a list cannot tell what is missing from it.
const KEYLESS: &str = "the listed items do not show the key of what was created";

/// Said where a list goes on.
const MORE_PAGES: &str = "the list has more pages than are looked at";

/// What a list says of a key that should be in it, without another look; `None` where it lacks the key, and may just lag
/// behind.
#[must_use]
pub fn is_listed(listing: &Listing, key: &str) -> Option<Verdict> {
    if listing.times(key) > 0 {
        return Some(Verdict::proved());
    }
    if listing.keys == Keys::Hidden {
        return Some(Verdict::inconclusive(KEYLESS));
    }
    match listing.end {
        ListingEnd::Bound => Some(Verdict::inconclusive(MORE_PAGES)),
        ListingEnd::Unmarked if listing.pages.len() > 1 || !listing.pages.concat().is_empty() => {
            Some(Verdict::inconclusive("the list does not show whether it has further pages"))
        }
        ListingEnd::Reached | ListingEnd::Unmarked | ListingEnd::Circle => None,
    }
}

fn listed(creator: &str, lister: &str, key: &str, listing: &Listing, doubt: Option<&str>) -> Verdict {
    if let Some(verdict) = is_listed(listing, key) {
        return verdict;
    }
    if let Some(name) = doubt {
        return Verdict::Inconclusive(format!("{lister} has to be asked for a {name}, and nothing tells which"));
    }
    Verdict::violated(
        FailureKind::State("what was created is not listed"),
        format!("{lister} lists what {creator} created"),
        format!("no page holds the key {key}"),
    )
}

fn returned(echo: Echo, comparison: &Comparison) -> Verdict {
    match comparison {
        Comparison::Nothing => Verdict::inconclusive("the request has no body to compare with"),
        Comparison::Unrelated => Verdict::inconclusive("the answer shows nothing of what was sent"),
        Comparison::Same => Verdict::proved(),
        Comparison::Spelling(at) => Verdict::Inconclusive(format!("{at} comes back in another spelling")),
        Comparison::Different { at, sent, back } => Verdict::violated(
            FailureKind::State("what was sent is not what comes back"),
            format!("{at} is {} as it was sent: {sent}", echo.as_str()),
            format!("{at} is {back}"),
        ),
    }
}

fn led(location: &Location<'_>) -> Verdict {
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

/// What reading what was deleted shows.
#[must_use]
pub fn is_read_no_more(reader: &str, answer: &Response) -> Verdict {
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

fn gone(read: Option<(&str, &Response)>, again: Option<&Response>, missing: Documented) -> Verdict {
    let read = read.map(|(reader, answer)| match (class(answer.status), missing) {
        (Class::Success, Documented::No) => Verdict::Inconclusive(format!(
            "{reader} still reads it, and nothing says that it would not: {}",
            said(answer)
        )),
        (_, Documented::Yes | Documented::No) => is_read_no_more(reader, answer),
    });
    let again = again.map(|answer| match class(answer.status) {
        Class::Missing => Verdict::proved(),
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

fn no_longer_listed(key: &str, listing: &Listing) -> Verdict {
    if listing.times(key) == 0 {
        return Verdict::proved();
    }
    Verdict::violated(
        FailureKind::State("what was deleted is still listed"),
        "what was deleted is in no list",
        format!("a page holds the key {key}"),
    )
    .shown_by(listing.holding(key))
}

fn conflicts(answer: &Response, conflict: Documented) -> Verdict {
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

fn taken_effect(witness: &str, answer: &Response, waited: u128) -> Verdict {
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

fn elsewhere(lister: &str, key: &str, listing: &Listing) -> Verdict {
    if listing.times(key) > 0 {
        return Verdict::violated(
            FailureKind::State("another place's item is listed"),
            format!("{lister} lists only what is in the place that is asked for"),
            format!("it lists the key {key}, which was created elsewhere"),
        )
        .shown_by(listing.holding(key));
    }
    match listing.end {
        ListingEnd::Bound => Verdict::inconclusive(MORE_PAGES),
        ListingEnd::Reached | ListingEnd::Unmarked | ListingEnd::Circle => Verdict::proved(),
    }
}

/// What a first look at the pages says; `None` where they hold every item that was created once.
#[must_use]
pub fn at_first_look(pages: &Pages) -> Option<Verdict> {
    let Pages { listing, keys, size, doubt, .. } = pages;
    if let Some(doubt) = unfinished(listing) {
        return Some(doubt);
    }
    let incomplete = keys.iter().any(|key| listing.times(key) == 0);
    if incomplete && listing.keys == Keys::Hidden {
        return Some(Verdict::inconclusive(KEYLESS));
    }
    if let (Some(name), true) = (doubt, incomplete) {
        return Some(Verdict::Inconclusive(format!("the list has to be asked for a {name}, and nothing tells which")));
    }
    once_each(listing, keys, *size)
}

fn complete(pages: &Pages) -> Verdict {
    if let Some(verdict) = at_first_look(pages) {
        return verdict;
    }
    match (&pages.listing.repeated, pages.again.as_ref().and_then(|again| again.repeated.as_ref())) {
        (None, _) => match pages.listing.pages.len() {
            0 | 1 => Verdict::inconclusive("everything fitted on one page"),
            _ => Verdict::proved(),
        },
        (Some((first, _)), Some((key, shown))) if first == key => Verdict::violated(
            FailureKind::State("the pages repeat an item"),
            ONCE,
            format!("two pages hold the same item, with the key {key}"),
        )
        .shown_by(*shown),
        (Some(_), _) => Verdict::inconclusive("the pages repeated an item, but not when they were looked at again"),
    }
}

/// What the way forth over the pages says against going back; `None` where it shows every item once, on several pages.
#[must_use]
pub fn way_forth(forth: &Pages) -> Option<Verdict> {
    let Pages { listing, keys, size, .. } = forth;
    if let Some(doubt) = unfinished(listing) {
        return Some(doubt);
    }
    (listing.pages.len() < 2 || once_each(listing, keys, *size).is_some())
        .then(|| Verdict::inconclusive("the way forth over the pages does not show every item once"))
}

fn go_back(forth: &Pages, back: Option<&Listing>) -> Verdict {
    if let Some(verdict) = way_forth(forth) {
        return verdict;
    }
    let Some(back) = back else {
        return Verdict::inconclusive("the last page shows no way back");
    };
    if let Some(doubt) = unfinished(back) {
        return doubt;
    }
    let mut whole = back.clone();
    whole.pages.extend(forth.listing.pages.last().cloned());
    whole.shown.extend(forth.listing.shown.last().copied());
    once_each(&whole, &forth.keys, forth.size).unwrap_or_else(Verdict::proved)
}

fn unfinished(listing: &Listing) -> Option<Verdict> {
    match listing.end {
        ListingEnd::Reached => None,
        ListingEnd::Circle => Some(Verdict::violated(
            FailureKind::State("pages lead in a circle"),
            "the pages of a list come to an end",
            format!("page {} leads to one that was seen before", listing.pages.len()),
        )),
        ListingEnd::Unmarked => Some(Verdict::inconclusive("the pages do not show whether there is a further one")),
        ListingEnd::Bound => Some(Verdict::inconclusive(MORE_PAGES)),
    }
}

/// What pages that hold everything promise.
const ONCE: &str = "the pages together hold every item once";

fn once_each(listing: &Listing, keys: &[String], size: Option<u64>) -> Option<Verdict> {
    let longest = listing.pages.iter().map(Vec::len).max().unwrap_or(0);
    if let Some(size) = size
        && u64::try_from(longest).is_ok_and(|longest| longest > size)
    {
        let violated = Verdict::violated(
            FailureKind::State("a page is too long"),
            format!("no page holds more than the {size} items that were asked for"),
            format!("a page holds {longest}"),
        );
        return Some(violated.shown_by(listing.longest()));
    }
    keys.iter().find_map(|key| {
        let times = listing.times(key);
        let (kind, found) = match times {
            1 => return None,
            0 => ("the pages leave out an item", format!("the {} pages leave out the key {key}", listing.pages.len())),
            _ => ("the pages repeat an item", format!("the pages hold the key {key} {times} times")),
        };
        Some(Verdict::violated(FailureKind::State(kind), ONCE, found).shown_by(listing.holding(key)))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::verdict::VerdictKind::{self, Inconclusive, Proved, Violated};

    fn status(status: u16) -> Response {
        Response { status, ..Response::default() }
    }

    fn listing(pages: &[&[&str]], end: ListingEnd) -> Listing {
        let pages: Vec<Vec<String>> =
            pages.iter().map(|page| page.iter().map(|key| (*key).to_owned()).collect()).collect();
        let shown = (0..pages.len()).map(Some).collect();
        Listing { pages, shown, end, ..Listing::empty() }
    }

    fn kind(seen: &Seen<'_>) -> VerdictKind {
        verdict(seen).kind()
    }

    #[test]
    fn what_was_created_is_read_unless_it_is_missing_or_another() {
        for (sentence, answer, found, expected) in [
            ("it is read", 200, Some("7"), Proved),
            ("it is read, and does not show its key", 200, None, Proved),
            ("another item is read", 200, Some("8"), Violated),
            ("it is not found", 404, None, Violated),
            ("it is gone", 410, None, Violated),
            ("the server fails, which is the reader's fault", 500, None, Inconclusive),
            ("the caller may not read", 403, None, Inconclusive),
            ("the server is busy", 503, None, Inconclusive),
        ] {
            let (answer, found) = (&status(answer), found.map(str::to_owned));
            let seen = Seen::Read { creator: "create", reader: "read", key: "7".into(), answer, found };
            assert_eq!(kind(&seen), expected, "{sentence}");
        }
    }

    #[test]
    fn what_was_created_is_listed_unless_the_whole_list_lacks_it() {
        use ListingEnd::{Bound, Circle, Reached, Unmarked};
        for (sentence, pages, end, doubt, expected) in [
            ("it is on the second page", &[&["1"][..], &["7"]][..], Reached, None, Proved),
            ("it is there, however the list ends", &[&["7"]], Bound, None, Proved),
            ("the whole list lacks it", &[&["1"], &["2"]], Reached, None, Violated),
            ("the list is empty, and shows no pages at all", &[&[]], Unmarked, None, Violated),
            ("the list goes in a circle without it", &[&["1"]], Circle, None, Violated),
            ("the list may go on", &[&["1"]], Unmarked, None, Inconclusive),
            ("the list goes on", &[&["1"]], Bound, None, Inconclusive),
            ("nothing tells how to ask for it", &[&["1"]], Reached, Some("site"), Inconclusive),
        ] {
            let (listing, doubt) = (listing(pages, end), doubt.map(str::to_owned));
            let seen = Seen::Listed { creator: "create", lister: "list", key: "7".into(), listing, doubt };
            assert_eq!(kind(&seen), expected, "{sentence}");
        }
        let keyless = Listing { keys: Keys::Hidden, ..listing(&[&[]], Reached) };
        let seen = Seen::Listed { creator: "create", lister: "list", key: "7".into(), listing: keyless, doubt: None };
        assert_eq!(kind(&seen), Inconclusive);
    }

    #[test]
    fn what_comes_back_is_what_was_sent_or_another_spelling_of_it() {
        let at = Pointer::parse("/name").expect("a pointer");
        for (comparison, expected) in [
            (Comparison::Nothing, Inconclusive),
            (Comparison::Unrelated, Inconclusive),
            (Comparison::Same, Proved),
            (Comparison::Spelling(at.clone()), Inconclusive),
            (Comparison::Different { at, sent: json!("a"), back: json!("b") }, Violated),
        ] {
            assert_eq!(
                kind(&Seen::Returned { echo: Echo::Read, comparison: comparison.clone() }),
                expected,
                "{comparison:?}"
            );
        }
    }

    #[test]
    fn a_location_leads_to_what_was_created() {
        let followed = |answer| Location::Followed { location: "/x/7", item: "read", answer };
        let (ok, missing, failed) = (status(200), status(404), status(500));
        for (location, expected) in [
            (Location::Absent(201), Violated),
            (Location::Absent(200), Inconclusive),
            (Location::Another { led: "8".into(), key: "7".into() }, Violated),
            (followed(&ok), Proved),
            (followed(&missing), Violated),
            (followed(&failed), Inconclusive),
        ] {
            assert_eq!(kind(&Seen::Location(location.clone())), expected, "{location:?}");
        }
    }

    #[test]
    fn what_was_deleted_is_gone_for_whoever_reads_it_and_whoever_deletes_it_again() {
        use Documented::{No, Yes};
        for (sentence, read, again, missing, expected) in [
            ("neither is found", Some(404), Some(404), Yes, Proved),
            ("it is still read", Some(200), None, Yes, Violated),
            ("reading is refused", Some(403), None, Yes, Inconclusive),
            ("it is still read, and no 404 is documented", Some(200), None, No, Inconclusive),
            ("deleted again after it was not read", Some(404), Some(204), Yes, Proved),
            ("deleted again, which is left open, after it was not read", Some(404), Some(204), No, Proved),
            ("deleted again, which is left open", None, Some(204), No, Inconclusive),
            ("deleted again, without a reader", None, Some(204), Yes, Inconclusive),
            ("not found again, without a reader", None, Some(410), No, Proved),
            ("the server fails at the second deletion", None, Some(500), Yes, Inconclusive),
        ] {
            let (read, again) = (read.map(status), again.map(status));
            let read = read.as_ref().map(|answer| ("read", answer));
            assert_eq!(kind(&Seen::Gone { read, again: again.as_ref(), missing }), expected, "{sentence}");
        }
        for (pages, expected) in [(&[&["1"][..]][..], Proved), (&[&["1", "7"]], Violated)] {
            let listing = listing(pages, ListingEnd::Reached);
            assert_eq!(kind(&Seen::NoLongerListed { key: "7".into(), listing }), expected);
        }
    }

    #[test]
    fn the_same_again_conflicts() {
        use Documented::{No, Yes};
        for (answer, conflict, expected) in [
            (409, Yes, Proved),
            (409, No, Proved),
            (201, Yes, Violated),
            (201, No, Violated),
            (500, No, Violated),
            (400, Yes, Violated),
            (400, No, Inconclusive),
            (412, Yes, Inconclusive),
            (429, Yes, Inconclusive),
        ] {
            let answer = &status(answer);
            assert_eq!(kind(&Seen::Again { answer, conflict }), expected, "{} {conflict:?}", answer.status);
        }
        for (answer, expected) in [(409, Proved), (201, Violated), (400, Inconclusive), (500, Inconclusive)] {
            let answer = &status(answer);
            assert_eq!(kind(&Seen::TakenEffect { witness: "create", answer, waited: 50 }), expected);
        }
    }

    #[test]
    fn another_place_lists_nothing_of_this_one() {
        use ListingEnd::{Bound, Reached, Unmarked};
        for (pages, end, expected) in [
            (&[&["1"][..]][..], Reached, Proved),
            (&[&[]], Unmarked, Proved),
            (&[&["1"]], Bound, Inconclusive),
            (&[&["7"]], Bound, Violated),
        ] {
            let listing = listing(pages, end);
            let seen = Seen::Elsewhere { lister: "list", key: "7".into(), listing: listing.clone() };
            assert_eq!(kind(&seen), expected, "{listing:?}");
        }
    }

    fn pages(forth: Listing) -> Pages {
        let keys = ["1", "2", "3"].map(str::to_owned).to_vec();
        Pages { listing: forth, again: None, keys, size: Some(1), doubt: None }
    }

    #[test]
    fn the_pages_hold_every_item_once() {
        use ListingEnd::{Bound, Circle, Reached, Unmarked};
        let whole: &[&[&str]] = &[&["1"], &["2"], &["3"]];
        for (sentence, held, end, expected) in [
            ("each once", whole, Reached, Proved),
            ("one is left out", &[&["1"][..], &["3"]][..], Reached, Violated),
            ("one comes twice", &[&["1"], &["2"], &["2"], &["3"]], Reached, Violated),
            ("a page is too long", &[&["1", "2"], &["3"]], Reached, Violated),
            ("they lead in a circle", whole, Circle, Violated),
            ("they do not show their end", whole, Unmarked, Inconclusive),
            ("they go on", whole, Bound, Inconclusive),
        ] {
            assert_eq!(kind(&Seen::Pages(pages(listing(held, end)))), expected, "{sentence}");
        }
        let repeated = |key: &str| Listing { repeated: Some((key.into(), Some(1))), ..listing(whole, Reached) };
        let twice = |again| Seen::Pages(Pages { again, ..pages(repeated("9")) });
        assert_eq!(kind(&twice(Some(repeated("9")))), Violated);
        assert_eq!(kind(&twice(Some(repeated("8")))), Inconclusive);
        assert_eq!(kind(&twice(Some(listing(whole, Reached)))), Inconclusive);
        let one_page = Pages { size: None, ..pages(listing(&[&["1", "2", "3"]], Reached)) };
        assert_eq!(kind(&Seen::Pages(one_page)), Inconclusive);
    }

    #[test]
    fn the_way_back_shows_the_same_as_the_way_forth() {
        use ListingEnd::{Circle, Reached};
        let forth = || pages(listing(&[&["1"], &["2"], &["3"]], Reached));
        for (sentence, back, expected) in [
            ("the others", Some(listing(&[&["2"], &["1"]], Reached)), Proved),
            ("one is left out", Some(listing(&[&["1"]], Reached)), Violated),
            ("in a circle", Some(listing(&[&["2"]], Circle)), Violated),
            ("no way back", None, Inconclusive),
        ] {
            assert_eq!(kind(&Seen::PagesBack { forth: forth(), back }), expected, "{sentence}");
        }
        let short = pages(listing(&[&["1"], &["2"]], Reached));
        assert_eq!(kind(&Seen::PagesBack { forth: short, back: None }), Inconclusive);
    }
}
