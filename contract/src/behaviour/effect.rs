//! What each operation does to state: the vocabulary of the reference model.

use crate::document::Pointer;

/// What all operations of a contract do to state.
#[derive(Clone, Debug, Default)]
pub struct Behaviour {
    /// The collections that operations act on.
    pub collections: Vec<Collection>,
    /// What each operation does, by its index.
    pub effects: Vec<Effect>,
}

/// A set of items, one for each combination of the scope's path parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// Its name: the path segment, or what `x-etalon.resource` says.
    pub name: String,
    /// The path parameters that tell one such set from another (`org_id`), outermost first.
    pub scope: Vec<String>,
    /// Where in an item its key stands (`/id`).
    pub key: Pointer,
}

/// What one operation does.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// The collection, by its index; `None` where the operation touches no state.
    pub collection: Option<usize>,
    /// What it does there.
    pub action: Action,
    /// The path parameter that names the item.
    pub key_parameter: Option<String>,
    /// Where in the request body the item's data stand (`/data` in JSON:API).
    pub sent: Option<Pointer>,
    /// Where in the success response the item stands, or the array of items.
    pub returned: Option<Pointer>,
    /// How the list is cut into pages.
    pub paging: Option<Paging>,
    /// Members of the item that no two items of a scope may share; a second one conflicts.
    pub unique: Vec<Pointer>,
    /// Members of the item and the expressions that they are set from.
    pub set: Vec<(Pointer, String)>,
    /// The expression that lists what the action is repeated for, each bound to `each`.
    pub for_each: Option<String>,
    /// When it takes effect.
    pub timing: Timing,
    /// Why it is understood so, one sentence fragment each.
    pub because: Vec<String>,
}

/// When an operation takes effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timing {
    /// Before its answer.
    #[default]
    AtOnce,
    /// After its answer (`x-etalon.async`).
    Afterwards,
}

/// What an operation does to its collection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// Adds an item.
    Create,
    /// Adds an item, or returns the one that has the key.
    Upsert,
    /// Returns an item.
    Read,
    /// Returns items.
    List,
    /// Replaces an item by what was sent.
    Replace,
    /// Changes the members of an item that were sent.
    Update,
    /// Removes an item.
    Delete,
    /// Answers as documented and changes nothing that can be seen.
    #[default]
    Answer,
}

/// How a list is cut into pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// What the pages are found by.
    pub by: PageBy,
    /// The query parameter that says how many items a page may hold.
    pub limit: Option<String>,
}

/// What pages are found by; the names are those of query parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageBy {
    /// An opaque mark after or before which the page lies.
    Cursor {
        /// Forward.
        after: Option<String>,
        /// Backward.
        before: Option<String>,
    },
    /// The number of items to pass over.
    Offset(String),
    /// The number of the page.
    Page(String),
    /// Only the first items can be had.
    Nothing,
}
