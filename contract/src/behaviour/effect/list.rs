//! Lists: the query parameters that choose among items, order them and cut them into pages.

use crate::document::Pointer;

/// A query parameter that chooses among the items of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The name of the query parameter.
    pub parameter: String,
    /// The member of the parameter's value that is meant, where that is an object (`filter[status]`).
    pub member: Option<String>,
    /// The pointer of the member that is compared; the root for the key, or for all texts.
    pub at: Pointer,
    /// The comparison of the member with what was sent.
    pub test: Test,
}

/// A comparison of a member with the value of a query parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// It is one of the values.
    Among,
    /// It is none of the values.
    NotAmong,
    /// It is at least the value.
    AtLeast,
    /// It is at most the value.
    AtMost,
    /// It is more than the value.
    Above,
    /// It is less than the value.
    Below,
    /// Some text in it has the value in it, in any case.
    Contains,
    /// It begins with the value.
    Begins,
    /// It is an object of labels that a selector chooses: `env=prod,tier!=web,!old`.
    Labels,
    /// The item has these members, by their places: `metadata.name=web`.
    Fields,
    /// The flag is off, unless the value says that items are wanted where it is on: `showHidden`.
    Shown,
    /// The item meets criteria that stand in the body: `{field, operator, value}`.
    Criteria,
}

/// The query parameters that ask for an order of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The query parameter that names members: `name`, `-name`, `name:desc`, `name desc`, several with commas.
    pub by: String,
    /// The query parameter that says `asc` or `desc`.
    pub direction: Option<String>,
    /// The members by the names that a request may use, in plain spelling.
    pub members: Vec<(String, Pointer)>,
}

/// The query parameters by which a list is cut into pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// The mark by which pages are found.
    pub by: PageBy,
    /// Another mark by which a request may ask for a page instead: an offset beside a cursor.
    pub or: Option<PageBy>,
    /// The query parameter that says how many items a page may hold.
    pub limit: Option<String>,
}

impl Paging {
    /// The query parameters that it goes by.
    #[must_use]
    pub fn parameters(&self) -> Vec<&str> {
        let marks = std::iter::once(&self.by).chain(&self.or);
        marks.flat_map(PageBy::parameters).chain(self.limit.as_deref()).collect()
    }

    /// The query parameters that hold what only a list can give out, so that no first request has them.
    #[must_use]
    pub fn cursors(&self) -> Vec<&str> {
        match &self.by {
            PageBy::Cursor { after, before } => after.iter().chain(before).map(String::as_str).collect(),
            PageBy::Offset(_) | PageBy::Page(_) | PageBy::Nothing => Vec::new(),
        }
    }

    /// In words, after "its pages are found".
    #[must_use]
    pub fn describe(&self) -> String {
        let by = match &self.or {
            Some(or) => format!("{} or {}", self.by.describe(), or.describe()),
            None => self.by.describe(),
        };
        match &self.limit {
            Some(limit) => format!("{by}, at most `{limit}` items on each"),
            None => by,
        }
    }
}

/// The mark by which pages are found; the names are those of query parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageBy {
    /// An opaque mark after or before which the page lies.
    Cursor {
        /// The parameter for the page after a cursor.
        after: Option<String>,
        /// The parameter for the page before a cursor.
        before: Option<String>,
    },
    /// The number of items to pass over.
    Offset(String),
    /// The number of the page.
    Page(String),
    /// Only the first items can be had.
    Nothing,
}

impl PageBy {
    /// The query parameters that hold the mark.
    #[must_use]
    pub fn parameters(&self) -> Vec<&str> {
        match self {
            Self::Cursor { after, before } => after.iter().chain(before).map(String::as_str).collect(),
            Self::Offset(name) | Self::Page(name) => vec![name],
            Self::Nothing => Vec::new(),
        }
    }

    fn describe(&self) -> String {
        let names = self.parameters().join(", ");
        match self {
            Self::Cursor { .. } => format!("by cursor ({names})"),
            Self::Offset(_) => format!("by offset ({names})"),
            Self::Page(_) => format!("by page number ({names})"),
            Self::Nothing => "from the start only".to_owned(),
        }
    }
}
