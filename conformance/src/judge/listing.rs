//! What the pages of a list showed: the keys of their items, page by page, and why there were no more pages. Data for the
//! judges; nothing is sent from here.

/// The items that a walk over the pages of a list showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The keys of the items, page by page, as they read in a path.
    pub pages: Vec<Vec<String>>,
    /// The number of the exchange that showed each page, in the order of `pages`.
    pub shown: Vec<Option<usize>>,
    /// The key of an item that stands on two pages and is the same on both, and the number of the exchange that showed it
    /// again.
    pub repeated: Option<(String, Option<usize>)>,
    /// The keys: where an item did not show its own, what was not seen may be there.
    pub keys: Keys,
    /// The reason why there are no more pages.
    pub end: ListingEnd,
}

/// The keys of the items of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// All items show them.
    Shown,
    /// One at least does not.
    Hidden,
}

/// The reason why a walk over pages ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingEnd {
    /// The target said that there is no further page.
    Reached,
    /// Nothing was found that would say whether there is a further page.
    Unmarked,
    /// A page led to one that was seen before.
    Circle,
    /// The walk was cut short: a list on a real target may go on for ever.
    Bound,
}

impl Listing {
    /// A listing without pages, as it is before the first is read.
    #[must_use]
    pub fn empty() -> Self {
        Self { pages: Vec::new(), shown: Vec::new(), repeated: None, keys: Keys::Shown, end: ListingEnd::Bound }
    }

    /// The number of times that a key was seen.
    #[must_use]
    pub fn times(&self, key: &str) -> usize {
        self.pages.iter().flatten().filter(|seen| *seen == key).count()
    }

    /// The number of the exchange whose page is the last that holds a key.
    #[must_use]
    pub fn holding(&self, key: &str) -> Option<usize> {
        self.shown_at(self.pages.iter().rposition(|page| page.iter().any(|seen| seen == key))?)
    }

    /// The number of the exchange whose page is the longest.
    #[must_use]
    pub fn longest(&self) -> Option<usize> {
        let (page, _) = self.pages.iter().enumerate().max_by_key(|(_, page)| page.len())?;
        self.shown_at(page)
    }

    fn shown_at(&self, page: usize) -> Option<usize> {
        self.shown.get(page).copied().flatten()
    }
}
