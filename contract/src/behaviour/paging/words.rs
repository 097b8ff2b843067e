//! The words of paging: the names by which query parameters and members of a list's body speak of pages. The mock
//! writes by these tables and the runner reads by them, so a convention that is added here is spoken and understood.
//! Words are in plain spelling: lower case, without punctuation (`has_more`, `hasMore` and `has-more` are `hasmore`).

use crate::behaviour::call::Relation;

/// The meaning of a query parameter that speaks of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    /// The page after a cursor.
    After,
    /// The page before a cursor.
    Before,
    /// The number of items that are passed over.
    Offset,
    /// The number of a page.
    Page,
    /// The most items that a page holds.
    Limit,
}

impl Parameter {
    /// True for the plain name of a parameter that says which page is meant or how large it is, and hardly anything else.
    pub(crate) fn is_of_pages(plain: &str) -> bool {
        const OTHERWISE: [&str; 12] =
            ["start", "from", "first", "count", "size", "length", "p", "before", "after", "continue", "top", "rows"];
        PARAMETERS.iter().any(|(_, words)| words.contains(&plain)) && !OTHERWISE.contains(&plain)
    }

    /// The names of such parameters, most telling first.
    pub(crate) fn words(self) -> &'static [&'static str] {
        PARAMETERS.iter().find(|(asked, _)| *asked == self).map_or(&[], |(_, words)| words)
    }
}

/// The names of query parameters, most telling first.
const PARAMETERS: [(Parameter, &[&str]); 5] = [
    (
        Parameter::After,
        &[
            "startingafter",
            "after",
            "cursor",
            "pagecursor",
            "pageafter",
            "nextcursor",
            "nexttoken",
            "pagetoken",
            "marker",
            "startafter",
            "continuationtoken",
            "continue",
            "aftercursor",
            "bookmark",
            "paginationtoken",
            "exclusivestartkey",
            "starttoken",
            "scrollid",
            "searchafter",
            "skiptoken",
            "nextmarker",
            "nextpagetoken",
            "pagingtoken",
            "listtoken",
            "iterator",
        ],
    ),
    (Parameter::Before, &["endingbefore", "before", "pagebefore", "endbefore", "beforecursor", "previouscursor"]),
    (
        Parameter::Offset,
        &[
            "offset",
            "skip",
            "pageoffset",
            "start",
            "startindex",
            "startat",
            "from",
            "firstresult",
            "startposition",
            "startrow",
            "startfrom",
            "recordoffset",
            "resultoffset",
        ],
    ),
    (Parameter::Page, &["page", "pagenumber", "pageno", "pagenum", "pageindex", "currentpage", "p", "pagenr"]),
    (
        Parameter::Limit,
        &[
            "limit",
            "perpage",
            "pagesize",
            "pagelimit",
            "size",
            "maxresults",
            "count",
            "top",
            "take",
            "first",
            "itemsperpage",
            "rows",
            "length",
            "maxitems",
            "maxpagesize",
            "resultsperpage",
            "hitsperpage",
            "recordsperpage",
            "maxrecords",
            "maxcount",
            "maxkeys",
            "pagelength",
            "numresults",
            "numberofresults",
            "perpagecount",
            "resultlimit",
        ],
    ),
];

/// The meaning of a member of a list's body that speaks of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    /// The URL of another page; some APIs give its cursor there.
    Link(Relation),
    /// The cursor of another page.
    Cursor(Relation),
    /// The cursor of another page, where no member of a clearer name gives it: else the cursor that was sent.
    Edge(Relation),
    /// True where there are more items, on the way that was taken.
    More,
    /// True where there are no more items, on the way that was taken.
    Done,
    /// True where there is a page of that relation.
    Has(Relation),
    /// The number of items on all pages.
    Total,
    /// The number of items on this page.
    Count,
    /// The number of items on the pages after this one (Kubernetes); not there where that is none.
    Remaining,
    /// The number of this page.
    Page,
    /// The number of pages.
    Pages,
    /// The most items that a page holds.
    Limit,
    /// The number of items before this page.
    Offset,
    /// The place of the page's first item among all, from 1 (Laravel).
    From,
    /// The place of the page's last item among all, from 1 (Laravel).
    To,
    /// True where this page has no items.
    Empty,
}

/// The names of members, most telling first.
const MEMBERS: [(Member, &[&str]); 22] = [
    (
        Member::Cursor(Relation::Next),
        &[
            "nextcursor",
            "nextpagetoken",
            "nexttoken",
            "endcursor",
            "nextmarker",
            "continuationtoken",
            "nextcontinuationtoken",
            "continue",
            "nextpagecursor",
            "paginationtoken",
            "lastevaluatedkey",
            "nextiterator",
        ],
    ),
    (Member::Cursor(Relation::Prev), &["previouscursor", "prevcursor", "startcursor", "prevpagetoken", "previterator"]),
    (Member::Link(Relation::Next), &["next", "odatanext"]),
    (Member::Link(Relation::Prev), &["prev", "previous"]),
    (Member::Link(Relation::First), &["first"]),
    (Member::Link(Relation::Last), &["last"]),
    (Member::Edge(Relation::Next), &["after", "cursor", "iterator"]),
    (Member::Edge(Relation::Prev), &["before"]),
    (Member::More, &["hasmore", "moreavailable", "ismore", "istruncated", "hasmoreitems"]),
    (Member::Done, &["done", "islast", "islastpage", "iscomplete"]),
    (Member::Has(Relation::Next), &["hasnext", "hasnextpage"]),
    (Member::Has(Relation::Prev), &["hasprev", "hasprevious", "hasprevpage", "haspreviouspage"]),
    (
        Member::Total,
        &[
            "total",
            "totalcount",
            "totalitems",
            "totalresults",
            "totalelements",
            "totalrecords",
            "totaldocs",
            "totalentries",
            "totalhits",
            "totalrows",
            "recordstotal",
            "recordsfiltered",
            "numfound",
            "odatacount",
            "resultcount",
            "nbhits",
            "totalsize",
            "totalnumber",
            "totalmatches",
        ],
    ),
    (Member::Count, &["count", "numberofelements", "itemcount", "numitems", "returned", "resultssize", "itemscount"]),
    (Member::Remaining, &["remainingitemcount", "remainingcount", "itemsremaining"]),
    (Member::Page, &["page", "pagenumber", "pageno", "pagenum", "pageindex", "currentpage", "number", "pagenr"]),
    (Member::Pages, &["totalpages", "pagecount", "pages", "numpages", "numberofpages", "pagestotal"]),
    (
        Member::Limit,
        &[
            "limit",
            "perpage",
            "pagesize",
            "pagelimit",
            "itemsperpage",
            "size",
            "resultsperpage",
            "hitsperpage",
            "maxresults",
        ],
    ),
    (Member::Offset, &["offset", "skip", "pageoffset", "startindex", "startat", "start"]),
    (Member::From, &["from", "pagingcounter"]),
    (Member::To, &["to"]),
    (Member::Empty, &["empty", "isempty"]),
];

/// The words that may stand behind that of a link: `nextUrl`, `next_link`, `next_page`.
const BEHIND_LINKS: [&str; 6] = ["url", "uri", "href", "link", "api", "page"];

/// Members of a body that hold more of its envelope; links stand in the first of them.
const ENVELOPES: [&str; 8] = ["links", "meta", "page", "paging", "pagination", "pageinfo", "cursors", "metadata"];

/// The meaning of a member of that plain name; `None` for names that tell nothing of pages.
pub(crate) fn member(plain: &str) -> Option<Member> {
    let named = |plain: &str| MEMBERS.iter().find(|(_, words)| words.contains(&plain)).map(|(member, _)| *member);
    named(plain).or_else(|| {
        let bare = BEHIND_LINKS.iter().fold(plain, |text, word| text.trim_end_matches(word));
        named(bare).filter(|member| matches!(member, Member::Link(_)))
    })
}

/// The plain names of members that tell this, most telling first.
pub(crate) fn words(member: Member) -> &'static [&'static str] {
    MEMBERS.iter().find(|(known, _)| *known == member).map_or(&[], |(_, words)| words)
}

/// True for the plain name of a member that holds more of the envelope.
pub(crate) fn is_envelope(plain: &str) -> bool {
    ENVELOPES.contains(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_one_meaning_and_is_plain() {
        let mut words: Vec<&str> = MEMBERS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())));
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
    }

    /// The page that tells people which names are known.
    const PAGE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/behaviour.md"));

    #[test]
    fn the_page_tells_every_word_in_its_line() {
        let rows = PARAMETERS.map(|(_, words)| ("query", words)).into_iter();
        let rows = rows.chain(MEMBERS.map(|(_, words)| ("body", words))).chain([("body", &ENVELOPES[..])]);
        for (place, words) in rows {
            let names: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            let end = format!("| {} |", names.join(", "));
            let told = PAGE.lines().any(|line| line.starts_with(&format!("| {place} |")) && line.ends_with(&end));
            assert!(told, "docs/behaviour.md has no line of {place} that ends `{end}`");
        }
    }

    #[test]
    fn links_are_known_by_what_stands_behind_their_word() {
        for word in ["next", "nexturl", "nextlink", "nextpage", "nextpageurl", "nextpagelink"] {
            assert_eq!(member(word), Some(Member::Link(Relation::Next)), "{word}");
        }
        assert_eq!(member("lastpage"), Some(Member::Link(Relation::Last)));
        assert_eq!(member("lasturl"), Some(Member::Link(Relation::Last)));
        assert_eq!(member("homepage"), None);
    }
}
