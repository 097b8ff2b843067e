//! The names of the one who calls, and of the keys of several items.

use crate::behaviour::shape;

/// True for a path segment that means whoever calls.
pub(crate) fn is_caller(name: &str) -> bool {
    ["me", "self", "whoami", "currentuser", "myself", "viewer"].contains(&shape::plain(name).as_str())
}

/// Words for the keys of several items.
const KEY_LISTS: [&str; 8] = ["ids", "idlist", "uuids", "keys", "uris", "names", "slugs", "idlists"];

/// True for the plain name of a parameter or member that holds the keys of several items of a collection.
pub(crate) fn is_key_list(plain: &str, collection: &str) -> bool {
    let plural = shape::plain(collection);
    let singular = shape::singular(&plural);
    let is_called_so = plain == plural && plural != singular;
    is_called_so
        || KEY_LISTS.contains(&plain)
        || plain.strip_prefix(&singular).is_some_and(|rest| KEY_LISTS.contains(&rest))
}
