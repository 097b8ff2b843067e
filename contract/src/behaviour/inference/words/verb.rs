//! Verbs in paths: which there are, and what each means at a collection and below an item.

use crate::behaviour::{Lay, shape};

/// The meaning of a verb at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// It adds to the collection before it.
    Create,
    /// It lists what the collection before it holds.
    Search,
    /// It does something else, to the thing before it.
    Act,
}

const CREATE: &[&str] = &["create", "add", "new", "insert", "store", "append"];

const SEARCH: &[&str] = &[
    "search", "query", "find", "filter", "list", "lookup", "all", "getall", "listall", "searches", "batchget", "mget",
    "retrieve",
];

pub(super) const ACT: &[&str] = &[
    "cancel",
    "publish",
    "unpublish",
    "login",
    "logout",
    "signin",
    "signout",
    "signup",
    "batch",
    "bulk",
    "archive",
    "unarchive",
    "activate",
    "deactivate",
    "enable",
    "disable",
    "approve",
    "reject",
    "accept",
    "decline",
    "confirm",
    "verify",
    "validate",
    "check",
    "test",
    "ping",
    "start",
    "stop",
    "restart",
    "reboot",
    "reset",
    "pause",
    "resume",
    "suspend",
    "unsuspend",
    "lock",
    "unlock",
    "close",
    "reopen",
    "open",
    "complete",
    "finish",
    "finalize",
    "submit",
    "send",
    "resend",
    "retry",
    "refresh",
    "renew",
    "revoke",
    "rotate",
    "regenerate",
    "generate",
    "export",
    "import",
    "upload",
    "download",
    "copy",
    "clone",
    "duplicate",
    "move",
    "merge",
    "sync",
    "run",
    "execute",
    "invoke",
    "trigger",
    "apply",
    "preview",
    "render",
    "calculate",
    "estimate",
    "convert",
    "transfer",
    "assign",
    "unassign",
    "attach",
    "detach",
    "join",
    "leave",
    "follow",
    "unfollow",
    "star",
    "unstar",
    "like",
    "unlike",
    "mute",
    "unmute",
    "block",
    "unblock",
    "capture",
    "refund",
    "void",
    "pay",
    "checkout",
    "charge",
    "authorize",
    "authenticate",
    "authenticated",
    "delete",
    "remove",
    "destroy",
    "purge",
    "restore",
    "rollback",
    "promote",
    "rename",
    "update",
    "edit",
    "ack",
    "poll",
    "hide",
    "show",
    "pin",
    "ban",
    "kick",
    "terminate",
    "abort",
    "kill",
    "invalidate",
    "expire",
    "connect",
    "disconnect",
    "install",
    "uninstall",
    "deploy",
    "register",
    "deregister",
    "subscribe",
    "grant",
    "deny",
    "freeze",
    "resolve",
    "dismiss",
    "snooze",
    "acknowledge",
    "escalate",
    "evaluate",
    "simulate",
    "migrate",
    "resize",
    "scale",
    "materialize",
    "fulfill",
    "rerun",
    "requeue",
    "shutdown",
    "poweron",
    "poweroff",
    "enroll",
];

/// Verbs that take away what they are about.
const REMOVE: &[&str] = &["delete", "remove", "destroy"];

/// Verbs that change what they are about as the request says.
const CHANGE: &[&str] = &["update", "edit", "modify"];

/// Verbs that add another one like what they are about.
const COPY: &[&str] = &["copy", "clone", "duplicate"];

/// Verbs before the name of a member that they change: `change_protection`.
const LAYS: &[&str] = &["change", "set", "modify"];

/// Syllables before a verb that turn its meaning round, or say that it is done again.
const TURNED: &[&str] = &["un", "de", "dis", "re"];

/// The meaning of a verb below an item, where it is more than a mark on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnItem {
    /// The item is taken away.
    Remove,
    /// The item is changed as the request says.
    Change,
    /// Another item like it is added.
    Copy,
}

/// The meaning of a path segment below an item; `None` where it is no verb, or only marks the item.
pub(crate) fn on_item(name: &str) -> Option<OnItem> {
    let plain = shape::plain(name);
    let meanings = [(REMOVE, OnItem::Remove), (CHANGE, OnItem::Change), (COPY, OnItem::Copy)];
    meanings.into_iter().find(|(words, _)| words.contains(&plain.as_str())).map(|(_, meaning)| meaning)
}

/// True for a word below a key that leads to the thing itself: `/containers/{id}/json`.
pub(crate) fn shows_whole(name: &str) -> bool {
    ["json", "info", "details", "detail", "inspect", "show", "get", "describe", "view", "read"]
        .contains(&shape::plain(name).as_str())
}

/// True for a word below a collection that leads to its list: `/containers/json`.
pub(crate) fn shows_all(name: &str) -> bool {
    ["json", "list", "ls", "all", "index", "getall", "listall"].contains(&shape::plain(name).as_str())
}

/// True for a word below an item that holds what may be done to it: `/servers/{id}/actions/reboot`.
pub(crate) fn is_of_actions(name: &str) -> bool {
    ["actions", "action", "commands", "operations", "do"].contains(&shape::plain(name).as_str())
}

/// True for a verb that no GET would list: `GET /tokens/{t}/invalidate` does it, and `GET /orders/open` lists.
pub(crate) fn is_only_verb(name: &str) -> bool {
    const NEVER_LISTS: &[&str] =
        &["create", "insert", "invalidate", "authenticate", "revoke", "login", "logout", "validate", "verify"];
    let plain = shape::plain(name);
    let is_one_of = |word: &str| NEVER_LISTS.contains(&word) || REMOVE.contains(&word) || CHANGE.contains(&word);
    is_one_of(&plain) || TURNED.iter().any(|turned| plain.strip_prefix(turned).is_some_and(is_one_of))
}

/// True for a verb that does something to the thing before it, also turned round: `unpause`.
fn is_act(plain: &str) -> bool {
    let is_verb = |word: &str| ACT.contains(&word);
    is_verb(plain) || TURNED.iter().any(|turned| plain.strip_prefix(turned).is_some_and(is_verb))
}

/// The treatment of a member that a word says which begins with a verb and goes on with the member's name.
pub(crate) fn lays(name: &str) -> Option<(Lay, String)> {
    const WORDS: [(&str, Lay); 11] = [
        ("change", Lay::Merge),
        ("set", Lay::Merge),
        ("modify", Lay::Merge),
        ("update", Lay::Merge),
        ("edit", Lay::Merge),
        ("add", Lay::Append),
        ("attach", Lay::Append),
        ("assign", Lay::Append),
        ("remove", Lay::Take),
        ("delete", Lay::Take),
        ("detach", Lay::Take),
    ];
    WORDS.iter().find_map(|(word, lay)| {
        let rest = name.strip_prefix(word)?;
        let is_next = rest.starts_with(['_', '-']) || rest.starts_with(|sign: char| sign.is_ascii_uppercase());
        is_next.then(|| (*lay, shape::plain(rest)))
    })
}

/// True for verbs below a collection whose answer is the new item: `import`, `quickAdd`.
pub(crate) fn adds(name: &str) -> bool {
    const ADDS: [&str; 8] = ["import", "generate", "register", "insert", "issue", "enroll", "provision", "ingest"];
    let plain = shape::plain(name);
    ADDS.contains(&plain.as_str()) || is_camel_creation(name)
}

/// True for a word in one piece that begins or ends in a creation: `quickAdd`, `addMember`.
fn is_camel_creation(name: &str) -> bool {
    let is_next = |rest: &str| rest.starts_with(|sign: char| sign.is_ascii_uppercase());
    let begins = |word: &str| name.strip_prefix(word).is_some_and(is_next);
    begins("add") || begins("create") || name.ends_with("Add") || name.ends_with("Create")
}

/// The meaning of a path segment that is a verb; `None` for any other word.
pub(crate) fn verb(name: &str) -> Option<Verb> {
    let plain = shape::plain(name);
    let first = || name.split(['-', '_', '.', ':']).next().map(shape::plain).unwrap_or_default();
    let is_one_of = |words: &[&str]| words.contains(&plain.as_str());
    let is_creation =
        name.contains(['-', '_']) && matches!(first().as_str(), "create" | "add") || is_camel_creation(name);
    if is_one_of(CREATE) || is_creation {
        Some(Verb::Create)
    } else if is_one_of(SEARCH) {
        Some(Verb::Search)
    } else if is_act(&plain) || name.contains(['-', '_', ':']) && (is_act(&first()) || LAYS.contains(&first().as_str()))
    {
        Some(Verb::Act)
    } else {
        None
    }
}
