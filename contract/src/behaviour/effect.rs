//! What each operation does to state: the vocabulary of the reference model.

use crate::behaviour::Expression;
use crate::document::{Defect, Location, Pointer};
use crate::model::PathTemplate;

/// The effects of all operations of a contract, and the collections that they act on.
#[derive(Clone, Debug, Default)]
pub struct Behaviour {
    /// The collections that operations act on.
    pub collections: Vec<Collection>,
    /// The effect of each operation, by the operation's index.
    pub effects: Vec<Effect>,
    /// The defects of the contract's `x-etalon` extensions; an operation with one keeps the effect that was inferred.
    pub defects: Vec<Defect>,
    /// The operations that act on each collection, by their indices, in the order of the document.
    pub(super) acting: Vec<Vec<usize>>,
}

impl Behaviour {
    /// The operations that act on a collection, by their indices, in the order of the document.
    #[must_use]
    pub fn acting(&self, collection: usize) -> &[usize] {
        self.acting.get(collection).map_or(&[], Vec::as_slice)
    }
}

/// A set of items, one for each combination of the scope's path parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// The name of the collection: a path segment, or `x-etalon.resource`.
    pub name: String,
    /// The path parameters that tell one such set from another (`org_id`), outermost first.
    pub scope: Vec<String>,
    /// The pointer of the key in an item (`/id`).
    pub key: Pointer,
    /// The schema of an item as responses show it; `None` where no response does.
    pub item: Option<Location>,
    /// The path of one item, its key parameter last.
    pub item_path: Option<PathTemplate>,
    /// The schema of the path parameter that names an item.
    pub parameter: Option<Location>,
    /// The name under which an item shows its key though no schema describes it: where one has a path, and nothing else would
    /// tell which.
    pub shown_key: Option<String>,
    /// Other members by which a path may name an item: `name` beside `id` where the parameter is called `id_or_name`.
    pub alternates: Vec<Pointer>,
    /// The pointer of the bytes that were uploaded, in an item as it is kept; `None` where items hold no files.
    pub bytes: Option<Pointer>,
    /// Members by whose values items are found: those that some operation keeps unique.
    pub indexed: Vec<Pointer>,
    /// The collection whose item every item here belongs to, by its index.
    pub parent: Option<usize>,
    /// The content of the collection before the first request.
    pub origin: Origin,
}

/// The content of a collection before anything was put there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nothing: some operation adds items.
    #[default]
    Empty,
    /// A few generated items: no operation adds any, but one lists them.
    Populated,
    /// Whatever is asked for, until it is deleted: no operation adds items or lists them.
    Assumed,
    /// One item without a key, there from the start.
    Singleton,
}

/// The effect of one operation on state, with the places of items in its messages and the reasons.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// The collection, by its index; `None` where the operation touches no state.
    pub collection: Option<usize>,
    /// The action on that collection.
    pub action: Action,
    /// The path parameter that names the item.
    pub key_parameter: Option<String>,
    /// Among which items it is looked for.
    pub reach: Reach,
    /// The way in which a request names several items; `None` where it is about one.
    pub batch: Option<Batch>,
    /// A member of the thing that is made of the items of another collection.
    pub holds: Option<(Pointer, usize)>,
    /// The one thing that the answer shows, by its collection, where that is not what the operation acts on.
    pub shows: Option<usize>,
    /// The verb that the path ends in, where that says what is done.
    pub verb: Option<String>,
    /// The members of the item that the verb of the path sets, with their values.
    pub marks: Vec<(Pointer, serde_json::Value)>,
    /// Other collections whose item the path may name.
    pub elsewhere: Vec<Elsewhere>,
    /// The query parameters that change nothing, or do otherwise than one may think: one sentence fragment each.
    pub unused: Vec<String>,
    /// The pointer of the item's data in the request body (`/data` in JSON:API).
    pub sent: Option<Pointer>,
    /// The pointer of the item, or of the array of items, in the success response.
    pub returned: Option<Pointer>,
    /// The same in the other schemas of the success response, where another media type wraps it otherwise.
    pub returned_else: Vec<(Location, Pointer)>,
    /// The way in which the list is cut into pages; `None` for a list without paging.
    pub paging: Option<Paging>,
    /// Query parameters that choose among the items of a list.
    pub filters: Vec<Filter>,
    /// The way in which the order of a list is asked for; `None` where it is not.
    pub sort: Option<Sort>,
    /// Members of the item that no two items of a scope may share; a second one conflicts.
    pub unique: Vec<Pointer>,
    /// Members of the item and the expressions that they are set from.
    pub set: Vec<(Pointer, Expression)>,
    /// The expression that lists what the action is repeated for, each bound to `each`.
    pub for_each: Option<Expression>,
    /// The collection whose item the path leads through, by its index, where the operation does nothing to state itself.
    pub subject: Option<usize>,
    /// The fate of a replacement of an item that is not there.
    pub missing: Missing,
    /// The moment at which the operation takes effect.
    pub timing: Timing,
    /// The reasons for all of this, one sentence fragment each.
    pub because: Vec<String>,
}

/// Among which items the one of a request is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Among those of the set that the path names.
    #[default]
    Set,
    /// Among all of the collection: what is made at `/orgs/{o}/networks` is read at `/networks/{id}`.
    Collection,
}

/// A collection under another path whose items are looked for, too: `/orgs/{org}/repos` makes what
/// `/repos/{owner}/{repo}` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The collection, by its index.
    pub collection: usize,
    /// The pointer, in the items of that collection, of the value that the last parameter of the path names.
    pub key: Pointer,
    /// The parameter that names the owner: one of the scope that the item was made in, where that has any.
    pub owner: Option<String>,
}

/// The way in which a request names several items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Batch {
    /// The items themselves stand in an array of the body.
    Items(Pointer),
    /// Their keys stand in an array of the body.
    Keys(Pointer),
    /// Their keys stand in a query parameter.
    Query(String),
}

/// The fate of a request to replace an item that is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// It creates the item (RFC 9110 §9.3.4).
    #[default]
    Create,
    /// It is refused: the contract documents 404, and nothing that says created.
    Refuse,
}

/// The moment at which an operation takes effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timing {
    /// The effect comes before the answer.
    #[default]
    AtOnce,
    /// After its answer (`x-etalon.async`).
    Afterwards,
}

/// The action of an operation on its collection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// Adds an item to the collection.
    Create,
    /// Adds an item, or changes the one that has the key.
    Upsert,
    /// Returns the item that is named.
    Read,
    /// Returns a page of items.
    List,
    /// Replaces an item by what was sent.
    Replace,
    /// Changes the members of an item that were sent.
    Update,
    /// Removes an item and what belongs to it.
    Delete,
    /// Answers as documented and changes nothing that can be seen.
    #[default]
    Answer,
}

impl Action {
    /// Every action with its word in `x-etalon`.
    const WORDS: [(Self, &'static str); 8] = [
        (Self::Create, "create"),
        (Self::Upsert, "upsert"),
        (Self::Read, "read"),
        (Self::List, "list"),
        (Self::Replace, "replace"),
        (Self::Update, "update"),
        (Self::Delete, "delete"),
        (Self::Answer, "answer"),
    ];

    /// Reads the word of `x-etalon`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(_, known)| *known == word).map(|(action, _)| action)
    }

    /// The word of `x-etalon`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::WORDS.into_iter().find(|(action, _)| *action == self).map_or("", |(_, word)| word)
    }
}

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
    /// The query parameter that says how many items a page may hold.
    pub limit: Option<String>,
}

impl Paging {
    /// The query parameters that it goes by.
    #[must_use]
    pub fn parameters(&self) -> Vec<&str> {
        let by: Vec<&String> = match &self.by {
            PageBy::Cursor { after, before } => after.iter().chain(before).collect(),
            PageBy::Offset(name) | PageBy::Page(name) => vec![name],
            PageBy::Nothing => Vec::new(),
        };
        by.into_iter().chain(&self.limit).map(String::as_str).collect()
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
        let by = match &self.by {
            PageBy::Cursor { after, before } => {
                let names: Vec<&str> = after.iter().chain(before).map(String::as_str).collect();
                format!("by cursor ({})", names.join(", "))
            }
            PageBy::Offset(name) => format!("by offset ({name})"),
            PageBy::Page(name) => format!("by page number ({name})"),
            PageBy::Nothing => "from the start only".to_owned(),
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
