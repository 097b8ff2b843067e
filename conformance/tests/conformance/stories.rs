//! The judge of stories, sentence by sentence: what a scenario saw, and what that means.

use etalon_conformance::judge::listing::{Keys, Listing, ListingEnd};
use etalon_conformance::judge::story::{Comparison, Documented, Echo, Location, Pages, Seen, verdict};
use etalon_conformance::verdict::VerdictKind::{self, Inconclusive, Proved, Violated};
use etalon_contract::codec::Response;
use etalon_contract::document::Pointer;
use serde_json::json;

fn status(status: u16) -> Response {
    Response { status, ..Response::default() }
}

fn listing(pages: &[&[&str]], end: ListingEnd) -> Listing {
    let pages: Vec<Vec<String>> = pages.iter().map(|page| page.iter().map(|key| (*key).to_owned()).collect()).collect();
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
        (Comparison::OwnValue { at: at.clone(), sent: json!("a"), back: json!("b") }, Violated),
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
        assert_eq!(kind(&Seen::Gone { read, again: again.as_ref(), missing, listed: None }), expected, "{sentence}");
    }
    let again = status(204);
    let listed = Seen::Gone { read: None, again: Some(&again), missing: No, listed: Some("list") };
    assert_eq!(kind(&listed), Violated, "deleted again, and still listed");
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
