//! A collection: a set of items for each combination of its scope's path parameters.

use serde_json::Value;

use crate::behaviour::effect::operation::Elsewhere;
use crate::behaviour::effect::settled::Settled;
use crate::document::{Location, Pointer};
use crate::model::PathTemplate;

/// The member in which an item keeps the bytes of a body that was a file as a whole. No schema describes a member of such a
/// name, and no answer shows it.
pub(crate) const BYTES_OF_BODY: &str = "\u{0}bytes";

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
    /// `me` names the one who calls, who is there from the start.
    pub has_caller: bool,
    /// The values that a new item has where nobody says otherwise, so that it is in the list of a client that does not say
    /// which items it wants: the defaults of the lists' own filters.
    pub listed_by_default: Vec<(Pointer, Value)>,
    /// Other collections whose items are some of these: what is made at `/tasks/{task}/subtasks` is a task.
    pub also: Vec<Elsewhere>,
    /// The collection of which these are some, by its index: what is put at `/users/{id}/groups/{group}` is one of `/groups`.
    pub of: Option<usize>,
    /// The members of an item that say whose it is, where its path names it together with its owner.
    pub owner: Option<Owner>,
    /// The pointer of the bytes that were uploaded, in an item as it is kept; `None` where items hold no files.
    pub bytes: Option<Pointer>,
    /// Members by whose values items are found: those that some operation keeps unique.
    pub indexed: Vec<Pointer>,
    /// The collection whose item every item here belongs to, by its index.
    pub parent: Option<usize>,
    /// The content of the collection before the first request.
    pub origin: Origin,
    /// What the document says to whoever makes items, found when the first is made.
    pub(crate) settled: Settled,
}

/// The members that say whose an item is: what is made at `/orgs/{org}/repos` is read at `/repos/{owner}/{repo}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The pointer of the owner's name (`/owner/login`).
    pub at: Pointer,
    /// The pointer of the member that holds both names with a slash between, and that of the item's own name.
    pub full_name: Option<(Pointer, Pointer)>,
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
