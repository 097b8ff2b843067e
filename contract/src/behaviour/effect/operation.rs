//! The effect of one operation: action, collection, and the places of items in its messages.

use crate::behaviour::Expression;
use crate::behaviour::effect::action::Action;
use crate::behaviour::effect::list::{Filter, Paging, Sort};
use crate::document::{Location, Pointer};

/// The effect of one operation on state, with the places of items in its messages and the reasons.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// The collection, by its index; `None` where the operation touches no state.
    pub collection: Option<usize>,
    /// The action on that collection.
    pub action: Action,
    /// The path parameter that names the item.
    pub key_parameter: Option<String>,
    /// The way in which the path names it.
    pub naming: Naming,
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
    /// The answer is another item like the one that the path names: its verb says copy.
    pub copies: bool,
    /// The members of the item that the verb of the path sets, with their values.
    pub marks: Vec<(Pointer, serde_json::Value)>,
    /// The member of the item that the verb of the path changes by the body, and how.
    pub lay: Option<(Pointer, Lay)>,
    /// Other collections whose item the path may name.
    pub elsewhere: Vec<Elsewhere>,
    /// The query parameters that change nothing, or do otherwise than one may think: one sentence fragment each.
    pub unused: Vec<String>,
    /// The pointer of the item's data in the request body (`/data` in JSON:API).
    pub sent: Option<Pointer>,
    /// The pointer of the item, or of the array of items, in the success response.
    pub returned: Option<Pointer>,
    /// The pointer of the item in each element of the list, where elements wrap it (`/node` of a Relay connection).
    pub element: Option<Pointer>,
    /// The place that `returned` is in the other schemas of the success response, where another media type wraps it otherwise.
    pub returned_else: Vec<(Location, Pointer)>,
    /// The way in which the list is cut into pages; `None` for a list without paging.
    pub paging: Option<Paging>,
    /// The way in which the body of a request asks for pages; its names are places in the body.
    pub paging_in_body: Option<Paging>,
    /// Query parameters, and places in the body, that choose among the items of a list.
    pub filters: Vec<Filter>,
    /// The way in which the order of a list is asked for; `None` where it is not.
    pub sort: Option<Sort>,
    /// The query parameter that names the members which the answer shows of an item.
    pub fields: Option<String>,
    /// Members of the item that no two items of a scope may share; a second one conflicts.
    pub unique: Vec<Pointer>,
    /// The member by which an item is found that is added or changed, where the client does not say its key.
    pub natural_key: Option<Pointer>,
    /// The member of the subject that the operation shows or changes.
    pub part: Option<Part>,
    /// The query parameters that say members of the item, with the places of these.
    pub asked: Vec<(String, Pointer)>,
    /// The query parameter that chooses one of several things at the path: `?type=alert`.
    pub variant: Option<String>,
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

/// A member of the thing that a path leads through, where the path ends in the name of that member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The place of the member in the thing.
    pub at: Pointer,
    /// The action on the member.
    pub action: Action,
}

/// The treatment of a member of the item by a verb that names it: `change_protection`, `add_subnet`, `remove_label`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lay {
    /// The members of the body are those of the member.
    Merge,
    /// The body is one more of the list.
    Append,
    /// Those of the list that are as the body says are taken away.
    Take,
}

/// The way in which a path names an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Naming {
    /// By the key that it has.
    #[default]
    Key,
    /// By another member: `/releases/tags/{tag}`.
    Member(Pointer),
    /// As the one that came last: `/releases/latest`.
    Youngest,
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
    /// They are those that have the members of the body.
    Like,
    /// They are those that the query's filters choose; all, where none is sent.
    Chosen,
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
