//! The words of paths and bodies that people use alike: what wraps items, what stands beside them, verbs, and the names
//! of the one who calls. Plain spelling: lower case, no punctuation.

use crate::behaviour::paging::words::Parameter;

/// Members that hold an item or a list of them by custom, most telling first.
pub(super) const WRAPPERS: &[&str] = &[
    "data",
    "items",
    "results",
    "item",
    "result",
    "value",
    "values",
    "records",
    "entries",
    "content",
    "rows",
    "list",
    "embedded",
    "elements",
    "objects",
    "hits",
    "docs",
    "resources",
    "edges",
    "node",
];

/// Members of an envelope that are no members of what it holds.
const ENVELOPE: &[&str] = &[
    "links",
    "link",
    "meta",
    "metadata",
    "jsonapi",
    "included",
    "success",
    "ok",
    "status",
    "statuscode",
    "code",
    "message",
    "messages",
    "msg",
    "error",
    "errors",
    "warnings",
    "warning",
    "requestid",
    "traceid",
    "timestamp",
    "pagination",
    "paging",
    "page",
    "pageinfo",
    "total",
    "count",
    "totalcount",
    "version",
    "resultinfo",
    "detail",
    "details",
    "info",
    "response",
    "responseheader",
    "object",
    "isfullyauthenticated",
    "token",
    "duration",
    "took",
    "next",
    "previous",
    "prev",
    "self",
    "first",
];

/// Arrays that stand beside the items of a list and are not them.
const BESIDE: &[&str] = &[
    "links",
    "link",
    "errors",
    "error",
    "warnings",
    "messages",
    "included",
    "notices",
    "columns",
    "fields",
    "facets",
    "aggregations",
    "sort",
    "filters",
    "expand",
    "issues",
    "details",
    "queries",
    "headers",
];

/// True for a member that stands around items rather than in them.
pub(crate) fn is_envelope(plain: &str) -> bool {
    ENVELOPE.contains(&plain)
}

/// True for an array that is beside the items of a list.
pub(super) fn is_beside_items(plain: &str) -> bool {
    BESIDE.contains(&plain)
}

/// Members of a body that says which items are wanted.
const CRITERIA: &[&str] = &[
    "ids",
    "filter",
    "filters",
    "postfilter",
    "query",
    "queries",
    "q",
    "term",
    "search",
    "where",
    "criteria",
    "sort",
    "sorting",
    "sortby",
    "orderby",
    "aggregations",
    "facets",
    "grouping",
    "groupby",
    "fields",
    "select",
    "include",
    "includes",
    "exclude",
    "excludes",
    "expand",
    "associations",
    "totalcountmode",
];

/// True for a member of a body that says which items are wanted, in which order, and which page of them.
pub(super) fn is_criterion(plain: &str) -> bool {
    CRITERIA.contains(&plain) || Parameter::is_of_pages(plain)
}

/// The meaning of a verb at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
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

const ACT: &[&str] = &[
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
];

/// Verbs that take away what they are about.
const REMOVE: &[&str] = &["delete", "remove", "destroy"];

/// Verbs that change what they are about as the request says.
const CHANGE: &[&str] = &["update", "edit", "modify"];

/// Verbs that add another one like what they are about.
const COPY: &[&str] = &["copy", "clone", "duplicate"];

/// Syllables before a verb that turn its meaning round, or say that it is done again.
const TURNED: &[&str] = &["un", "de", "dis", "re"];

/// The meaning of a verb below an item, where it is more than a mark on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnItem {
    /// The item is taken away.
    Remove,
    /// The item is changed as the request says.
    Change,
    /// Another item like it is added.
    Copy,
}

/// The meaning of a path segment below an item; `None` where it is no verb, or only marks the item.
pub(super) fn on_item(name: &str) -> Option<OnItem> {
    let plain = crate::behaviour::shape::plain(name);
    let meanings = [(REMOVE, OnItem::Remove), (CHANGE, OnItem::Change), (COPY, OnItem::Copy)];
    meanings.into_iter().find(|(words, _)| words.contains(&plain.as_str())).map(|(_, meaning)| meaning)
}

/// True for a verb that no GET would list: `GET /tokens/{t}/invalidate` does it, and `GET /orders/open` lists.
pub(super) fn is_only_verb(name: &str) -> bool {
    const NEVER_LISTS: &[&str] =
        &["create", "insert", "invalidate", "authenticate", "revoke", "login", "logout", "validate", "verify"];
    let plain = crate::behaviour::shape::plain(name);
    let is_one_of = |word: &str| NEVER_LISTS.contains(&word) || REMOVE.contains(&word) || CHANGE.contains(&word);
    is_one_of(&plain) || TURNED.iter().any(|turned| plain.strip_prefix(turned).is_some_and(is_one_of))
}

/// True for a verb that does something to the thing before it, also turned round: `unpause`.
fn is_act(plain: &str) -> bool {
    let is_verb = |word: &str| ACT.contains(&word);
    is_verb(plain) || TURNED.iter().any(|turned| plain.strip_prefix(turned).is_some_and(is_verb))
}

/// The meaning of a path segment that is a verb; `None` for any other word.
pub(super) fn verb(name: &str) -> Option<Verb> {
    let plain = crate::behaviour::shape::plain(name);
    let first = || name.split(['-', '_', '.', ':']).next().map(crate::behaviour::shape::plain).unwrap_or_default();
    let is_one_of = |words: &[&str]| words.contains(&plain.as_str());
    let is_creation = name.contains(['-', '_']) && matches!(first().as_str(), "create" | "add");
    if is_one_of(CREATE) || is_creation {
        Some(Verb::Create)
    } else if is_one_of(SEARCH) {
        Some(Verb::Search)
    } else if is_act(&plain) || name.contains(['-', '_', ':']) && is_act(&first()) {
        Some(Verb::Act)
    } else {
        None
    }
}

/// The state of a thing after a verb: the words that its status may then have, and the flags that are then on or off.
pub(super) fn after(verb: &str) -> (Vec<String>, Vec<(String, Flag)>) {
    let plain = crate::behaviour::shape::plain(verb);
    let known: &[&str] = match plain.as_str() {
        "cancel" => &["cancelled", "canceled"],
        "publish" => &["published", "live"],
        "unpublish" => &["unpublished", "draft"],
        "unarchive" | "restore" | "reopen" | "unsuspend" | "unblock" | "unlock" => {
            &["active", "open", "opened", "reopened"]
        }
        "activate" | "enable" => &["active", "activated", "enabled"],
        "deactivate" | "disable" => &["inactive", "deactivated", "disabled"],
        "start" | "resume" | "run" => &["running", "started", "active", "inprogress", "resumed", "open"],
        "stop" => &["stopped", "inactive"],
        "pay" => &["paid"],
        "send" => &["sent"],
        "close" => &["closed"],
        "open" => &["open", "opened"],
        "complete" | "finish" => &["completed", "complete", "finished", "done"],
        "submit" => &["submitted", "pending"],
        "capture" => &["captured", "succeeded"],
        "void" => &["void", "voided"],
        "finalize" => &["finalized", "open"],
        "deny" => &["denied"],
        _ => &[],
    };
    let flags: &[(&'static str, Flag)] = match plain.as_str() {
        "publish" => &[("published", Flag::On), ("draft", Flag::Off)],
        "unpublish" => &[("published", Flag::Off)],
        "archive" => &[("archived", Flag::On)],
        "unarchive" => &[("archived", Flag::Off)],
        "enable" => &[("enabled", Flag::On), ("disabled", Flag::Off), ("active", Flag::On)],
        "disable" => &[("enabled", Flag::Off), ("disabled", Flag::On), ("active", Flag::Off)],
        "activate" => &[("active", Flag::On), ("enabled", Flag::On), ("activated", Flag::On)],
        "deactivate" => &[("active", Flag::Off), ("enabled", Flag::Off)],
        "lock" => &[("locked", Flag::On)],
        "unlock" => &[("locked", Flag::Off)],
        "suspend" => &[("suspended", Flag::On)],
        "unsuspend" => &[("suspended", Flag::Off)],
        "verify" => &[("verified", Flag::On)],
        "complete" | "finish" => &[("completed", Flag::On), ("done", Flag::On)],
        "close" => &[("closed", Flag::On)],
        "reopen" => &[("closed", Flag::Off)],
        "star" => &[("starred", Flag::On)],
        "unstar" => &[("starred", Flag::Off)],
        "mute" => &[("muted", Flag::On)],
        "unmute" => &[("muted", Flag::Off)],
        _ => &[],
    };
    let mut statuses: Vec<String> = known.iter().map(|word| (*word).to_owned()).collect();
    if statuses.is_empty() {
        statuses = participles(&plain);
    }
    let mut flags: Vec<(String, Flag)> = flags.iter().map(|(name, flag)| ((*name).to_owned(), *flag)).collect();
    let mut add = |names: Vec<String>, flag| {
        for name in names {
            if flags.iter().all(|(known, _)| *known != name) {
                flags.push((name, flag));
            }
        }
    };
    add(participles(&plain), Flag::On);
    if let Some(bare) = plain.strip_prefix("un").filter(|bare| ACT.contains(bare)) {
        add(participles(bare), Flag::Off);
    }
    (statuses, flags)
}

/// The past participles that a verb may have, by the rules of spelling and the few that keep none.
fn participles(verb: &str) -> Vec<String> {
    const IRREGULAR: [(&str, &str); 7] = [
        ("hide", "hidden"),
        ("show", "shown"),
        ("freeze", "frozen"),
        ("send", "sent"),
        ("pay", "paid"),
        ("withdraw", "withdrawn"),
        ("shutdown", "shutdown"),
    ];
    if let Some((_, participle)) = IRREGULAR.iter().find(|(known, _)| *known == verb) {
        return vec![(*participle).to_owned()];
    }
    match verb.strip_suffix('e') {
        Some(_) => vec![format!("{verb}d")],
        None => match verb.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o'])) {
            Some(stem) => vec![format!("{stem}ied")],
            None => vec![format!("{verb}ed"), format!("{verb}{}ed", verb.chars().last().unwrap_or('x'))],
        },
    }
}

/// The state of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    /// The flag is true.
    On,
    /// The flag is false.
    Off,
}

/// True for a path segment that means whoever calls.
pub(super) fn is_caller(name: &str) -> bool {
    ["me", "self", "whoami", "currentuser", "myself", "viewer"].contains(&crate::behaviour::shape::plain(name).as_str())
}

/// Words for the keys of several items.
const KEY_LISTS: [&str; 8] = ["ids", "idlist", "uuids", "keys", "uris", "names", "slugs", "idlists"];

/// True for the plain name of a parameter or member that holds the keys of several items of a collection.
pub(super) fn is_key_list(plain: &str, collection: &str) -> bool {
    use crate::behaviour::shape;
    let plural = shape::plain(collection);
    let singular = shape::singular(&plural);
    let is_called_so = plain == plural && plural != singular;
    is_called_so
        || KEY_LISTS.contains(&plain)
        || plain.strip_prefix(&singular).is_some_and(|rest| KEY_LISTS.contains(&rest))
}
