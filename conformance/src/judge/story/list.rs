//! Stories of lists: every item is in the list of its place, on one page, and in no other.

use crate::judge::listing::{Keys, Listing, ListingEnd};
use crate::judge::story::Pages;
use crate::verdict::{FailureKind, Verdict};

/// The states of a list that lacks what was created, by itself and over its pages.
pub(crate) const NOT_LISTED: &str = "what was created is not listed";
pub(crate) const LEFT_OUT: &str = "the pages leave out an item";

/// Said where a list cannot tell what is missing from it.
const KEYLESS: &str = "the listed items do not show the key of what was created";

/// Said where a list goes on.
const MORE_PAGES: &str = "the list has more pages than are looked at";

/// The verdict on a key that should be in a list, without another look; `None` where the list lacks the key, and may
/// just lag behind.
#[must_use]
pub(crate) fn is_listed(listing: &Listing, key: &str) -> Option<Verdict> {
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

pub(crate) fn listed(creator: &str, lister: &str, key: &str, listing: &Listing, doubt: Option<&str>) -> Verdict {
    if let Some(verdict) = is_listed(listing, key) {
        return verdict;
    }
    if let Some(name) = doubt {
        return Verdict::Inconclusive(format!("{lister} has to be asked for a {name}, and nothing tells which"));
    }
    Verdict::violated(
        FailureKind::State(NOT_LISTED),
        format!("{lister} lists what {creator} created"),
        format!("no page holds the key {key}"),
    )
}

pub(crate) fn no_longer_listed(key: &str, listing: &Listing) -> Verdict {
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

pub(crate) fn elsewhere(lister: &str, key: &str, listing: &Listing) -> Verdict {
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

/// The verdict on the pages after a first look; `None` where they hold every item that was created once.
#[must_use]
pub(crate) fn at_first_look(pages: &Pages) -> Option<Verdict> {
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

pub(crate) fn complete(pages: &Pages) -> Verdict {
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

/// The doubt that the way forth over the pages leaves about going back; `None` where it shows every item once, on
/// several pages.
#[must_use]
pub(crate) fn way_forth(forth: &Pages) -> Option<Verdict> {
    let Pages { listing, keys, size, .. } = forth;
    if let Some(doubt) = unfinished(listing) {
        return Some(doubt);
    }
    (listing.pages.len() < 2 || once_each(listing, keys, *size).is_some())
        .then(|| Verdict::inconclusive("the way forth over the pages does not show every item once"))
}

pub(crate) fn go_back(forth: &Pages, back: Option<&Listing>) -> Verdict {
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

/// The expectation of pages that hold everything, as the report words it.
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
            0 => (LEFT_OUT, format!("the {} pages leave out the key {key}", listing.pages.len())),
            _ => ("the pages repeat an item", format!("the pages hold the key {key} {times} times")),
        };
        Some(Verdict::violated(FailureKind::State(kind), ONCE, found).shown_by(listing.holding(key)))
    })
}
