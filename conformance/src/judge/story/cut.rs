//! How a list is cut into pages: what it tells of their number and size, and where its links lead.

use etalon_contract::behaviour::Relation;

use crate::verdict::{FailureKind, Verdict};

/// The numbers that a walk over all pages of a list showed.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The number of items on all pages.
    pub items: usize,
    /// The numbers of items that pages tell.
    pub totals: Vec<u64>,
    /// The numbers of pages that pages tell.
    pub pages: Vec<u64>,
    /// The number of items that a page may hold.
    pub size: Option<u64>,
    /// The number of items on each page.
    pub lengths: Vec<usize>,
    /// True where the page with the last item says that there is a further one.
    pub goes_on: bool,
    /// The number of the exchange that shows it.
    pub shown: Option<usize>,
}

/// The size of a page that was asked for without one.
#[derive(Clone, Debug)]
pub struct PageSize {
    /// The documented size.
    pub size: u64,
    /// The number of items on the page, where there are more than that.
    pub there: usize,
    /// The number of items on a page far behind the last; `None` where none was shown.
    pub behind: Option<usize>,
    /// The key of the first item that was made, where the list lacks it once there are many.
    pub lost: Option<String>,
}

/// A link that was followed.
#[derive(Clone, Debug)]
pub struct Led {
    /// The relation that the link names.
    pub relation: Relation,
    /// The index of the page that has it.
    pub from: usize,
    /// True where it leads to the page that it names.
    pub is_right: bool,
    /// The number of the exchange that shows it.
    pub shown: Option<usize>,
}

impl Counted {
    /// The number of pages of a size that are full before the last.
    fn full_pages(&self, size: u64) -> usize {
        let items = number(self.items);
        usize::try_from(items.div_ceil(size).saturating_sub(1)).unwrap_or(usize::MAX)
    }
}

fn number(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// The verdict on the numbers that a list tells.
pub(crate) fn counts(walks: &[Counted]) -> Verdict {
    let mut told = false;
    for walk in walks {
        let items = number(walk.items);
        told |= !walk.totals.is_empty() || !walk.pages.is_empty();
        if let Some(total) = walk.totals.iter().find(|total| **total != items) {
            let kind = FailureKind::State("a list tells another number of items");
            let expected = format!("the list tells that it has {items} items, as its pages show");
            return Verdict::violated(kind, expected, format!("it tells {total}")).shown_by(walk.shown);
        }
        let Some(size) = walk.size.filter(|size| *size > 0) else { continue };
        let pages = items.div_ceil(size);
        // One page that has nothing on it may count as well.
        if let Some(other) = walk.pages.iter().find(|told| **told != pages && (items > 0 || **told > 1)) {
            let kind = FailureKind::State("a list tells another number of pages");
            let expected = format!("{items} items are {pages} pages of {size}");
            return Verdict::violated(kind, expected, format!("it tells {other} pages")).shown_by(walk.shown);
        }
        if walk.goes_on {
            let kind = FailureKind::State("a list goes on behind its last item");
            let expected = "the page with the last item says that there is no further one";
            return Verdict::violated(kind, expected, "it leads to a page without items").shown_by(walk.shown);
        }
        let short = walk
            .lengths
            .split_last()
            .and_then(|(_, before)| before.iter().take(walk.full_pages(size)).find(|length| number(**length) != size));
        if let Some(short) = short {
            let kind = FailureKind::State("a page has another size");
            let expected = format!("a page before the last has the {size} items that were asked for");
            return Verdict::violated(kind, expected, format!("it has {short}")).shown_by(walk.shown);
        }
    }
    match (walks.is_empty(), told) {
        (true, _) => Verdict::inconclusive("the list did not come to an end"),
        (false, true) => Verdict::proved(),
        (false, false) => Verdict::unreachable("the list tells no numbers"),
    }
}

/// The verdict on a page that was asked for without a size.
pub(crate) fn default_page(seen: &PageSize) -> Verdict {
    if let Some(key) = &seen.lost {
        let kind = FailureKind::State("an item is gone once there are many");
        return Verdict::violated(kind, "what was made first is still listed", format!("no page holds the key {key}"));
    }
    if number(seen.there) != seen.size {
        let kind = FailureKind::State("a page has another size by default");
        let expected = format!("without a size, a page has {} items", seen.size);
        return Verdict::violated(kind, expected, format!("it has {}", seen.there));
    }
    match seen.behind {
        Some(items @ 1..) => Verdict::violated(
            FailureKind::State("there are items behind the last page"),
            "a page far behind the last has no items",
            format!("it has {items}"),
        ),
        Some(0) | None => Verdict::proved(),
    }
}

/// The verdict on the links of pages.
pub(crate) fn links(led: &[Led]) -> Verdict {
    if led.is_empty() {
        return Verdict::unreachable("no page has links");
    }
    match led.iter().find(|led| !led.is_right) {
        None => Verdict::proved(),
        Some(led) => {
            let word = match led.relation {
                Relation::First => "first",
                Relation::Prev => "prev",
                Relation::Next => "next",
                Relation::Last => "last",
            };
            let expected = format!("`{word}` of page {} leads to the page that it names", led.from + 1);
            let kind = FailureKind::State("a link leads to another page");
            Verdict::violated(kind, expected, "it leads elsewhere").shown_by(led.shown)
        }
    }
}

/// The verdict on the order of what was made, as a list shows it.
pub(crate) fn in_order(made: &[String], listed: &[String], shown: Option<usize>) -> Verdict {
    if made.len() != listed.len() {
        return Verdict::inconclusive("the list does not show all that was made");
    }
    if made == listed {
        return Verdict::proved();
    }
    let kind = FailureKind::State("a list is in another order");
    Verdict::violated(kind, format!("it lists {}", made.join(", ")), format!("it lists {}", listed.join(", ")))
        .shown_by(shown)
}
