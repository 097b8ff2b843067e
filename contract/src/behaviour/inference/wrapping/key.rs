//! The key of an item: the member that the path parameter names, or one that is a key by custom; and other members by
//! which a path may name the item.

use crate::behaviour::inference::wrapping::wanted::Wanted;
use crate::behaviour::shape;
use crate::document::{Location, Pointer};
use crate::model::Contract;

/// Members of an item that hold what identifies it.
const HOLDERS: [&str; 9] =
    ["metadata", "data", "attributes", "info", "meta", "sys", "identity", "identifier", "properties"];

/// Members that are keys by custom.
const KEYS: [&str; 9] = ["id", "uuid", "guid", "uid", "gid", "sid", "objectid", "key", "slug"];

/// True for the plain name of a list of keys: `ids`, or as one of them.
pub(super) fn is_name_of_keys(plain: &str) -> bool {
    KEYS.contains(&plain) || KEYS.contains(&shape::singular(plain).as_str())
}

/// The shortest name of a parameter that a longer name of a member may end in.
const MIN_ENDING: usize = 5;

/// The pointer of the key in an item: of the member that the path parameter names and can mean, or of one that is a key
/// by custom.
#[must_use]
pub(crate) fn key_of(contract: &Contract, item: &Location, wanted: &Wanted<'_>) -> Option<Pointer> {
    if let Some(name) = key_at_top(contract, item, wanted) {
        return Some(Pointer::root().join(&name));
    }
    let singular = shape::singular(&shape::plain(wanted.collection));
    let members = shape::members(contract, item);
    let holds = |plain: &str| HOLDERS.contains(&plain) || plain == singular;
    members.iter().filter(|(name, at)| holds(&shape::plain(name)) && shape::is_object(contract, at)).find_map(
        |(name, at)| {
            let inner = key_at_top(contract, at, wanted)?;
            Some(Pointer::root().join(name).join(&inner))
        },
    )
}

/// The key among the members of an item themselves.
pub(super) fn key_at_top(contract: &Contract, item: &Location, wanted: &Wanted<'_>) -> Option<String> {
    let members = shape::members(contract, item);
    let can_be = |at: &Location| is_nameable(contract, at, wanted.parameter.and_then(|(_, schema)| schema));
    let named = |name: &str| {
        let fits = |(member, at): &&(String, Location)| shape::plain(member) == name && can_be(at);
        members.iter().find(fits).map(|(member, _)| member.clone())
    };
    let singular = shape::singular(&shape::plain(wanted.collection));
    let Some((parameter, _)) = wanted.parameter else {
        return KEYS.iter().find_map(|name| named(name)).or_else(|| named(&format!("{singular}id")));
    };
    let plain = shape::plain(parameter);
    let rest = plain.strip_prefix(&singular).filter(|rest| !rest.is_empty()).unwrap_or(&plain);
    let longest = || {
        let ends = members.iter().filter(|(name, at)| {
            let name = shape::plain(name);
            !name.is_empty() && plain.ends_with(&name) && can_be(at)
        });
        ends.max_by_key(|(name, _)| name.len()).map(|(name, _)| name.clone())
    };
    named(&plain)
        .or_else(|| named(rest))
        // `external_customer_id` of `customers` is the `external_id` of one.
        .or_else(|| plain.split_once(&*singular).and_then(|(before, after)| named(&format!("{before}{after}"))))
        .or_else(|| if plain.ends_with("id") { named("id") } else { None })
        .or_else(longest)
        .or_else(|| named(&format!("{singular}id")))
        .or_else(|| {
            let names = if is_name_of(&plain, &singular) { names_of(contract, &members, wanted) } else { &[] };
            names.iter().find_map(|name| named(name))
        })
        .or_else(|| {
            if plain.ends_with("id") {
                ["uuid", "uid", "guid", "key"].iter().find_map(|name| named(name))
            } else {
                None
            }
        })
        // `{itemUuid}` is the `batchItemUuid`, where that is the only one which ends so.
        .or_else(|| {
            let mut ending = members.iter().filter(|(name, at)| shape::plain(name).ends_with(&plain) && can_be(at));
            match (ending.next(), ending.next()) {
                (Some((name, _)), None) if plain.len() >= MIN_ENDING => Some(name.clone()),
                (Some(_), _) | (None, _) => None,
            }
        })
        // A parameter may be called like nothing that an item has.
        .or_else(|| KEYS.iter().find_map(|name| named(name)))
}

/// The plain names of members that a parameter which is called as the thing may mean, most likely first.
fn names_of(contract: &Contract, members: &[(String, Location)], wanted: &Wanted<'_>) -> &'static [&'static str] {
    let schema = wanted.parameter.and_then(|(_, schema)| schema);
    if schema.is_some_and(|at| shape::format(contract, at) == Some("uuid")) {
        return &["id"];
    }
    // A text that names a thing is not the number that it has beside its name.
    let is_text = schema.is_some_and(|at| {
        let types = shape::types(contract, at);
        types.contains(&"string") && !types.contains(&"integer")
    });
    let is_count =
        |(name, at): &(String, Location)| shape::plain(name) == "id" && shape::types(contract, at).contains(&"integer");
    if is_text && members.iter().any(is_count) {
        &["slug", "key", "login", "username", "name", "id"]
    } else {
        &["id", "slug", "key", "login", "username", "name"]
    }
}

/// Words that a parameter which names a thing in one way or another is made of.
const WAYS: [&str; 12] =
    ["id", "uuid", "uid", "name", "slug", "key", "login", "username", "number", "email", "code", "identifier"];

/// The members that a parameter such as `id_or_name`, one that is described as "ID or name", or one that is called as the thing
/// itself, may mean besides the key.
#[must_use]
pub(crate) fn alternates(
    contract: &Contract,
    item: &Location,
    wanted: &Wanted<'_>,
    description: Option<&str>,
    key: &Pointer,
) -> Vec<Pointer> {
    let Some((parameter, schema)) = wanted.parameter else { return Vec::new() };
    let plain = shape::plain(parameter);
    let told = described_ways(description.unwrap_or_default());
    let halves = plain.match_indices("or").map(|(at, word)| (&plain[..at], &plain[at + word.len()..]));
    let ways = halves.filter(|(left, right)| WAYS.contains(right) && WAYS.iter().any(|way| left.ends_with(way)));
    let ways = ways.chain(told.iter().map(|(left, right)| (left.as_str(), right.as_str())));
    let named = |plain: &str| {
        let members = shape::members(contract, item);
        let found = members.iter().filter(|(name, at)| {
            let name = shape::plain(name);
            let is_plain = !shape::is_object(contract, at) && !shape::is_array(contract, at);
            is_plain && (name == plain || WAYS.contains(&name.as_str()) && plain.ends_with(&name))
        });
        found.max_by_key(|(name, _)| name.len()).map(|(name, _)| Pointer::root().join(name))
    };
    let mut found: Vec<Pointer> = ways.flat_map(|(left, right)| [named(left), named(right)]).flatten().collect();
    // What is called as the thing itself may be any name that the thing has.
    let singular = shape::singular(&shape::plain(wanted.collection));
    if plain == singular {
        let all = shape::members(contract, item);
        let is_name = |(name, at): &&(String, Location)| {
            shape::NAMES.contains(&shape::plain(name).as_str()) && is_nameable(contract, at, schema)
        };
        found.extend(all.iter().filter(is_name).map(|(name, _)| Pointer::root().join(name)));
    }
    // "Can also be the `unique_name`".
    let of_one = |word: &String| {
        let members = shape::members(contract, item);
        let known = members.into_iter().find(|(name, at)| name == word && is_nameable(contract, at, schema));
        known.map(|(name, _)| Pointer::root().join(&name))
    };
    found.extend(quoted_ways(description.unwrap_or_default()).iter().filter_map(of_one));
    // Beside an identifier that the client gave, the server's own names the item, too.
    let is_given = key.tokens().count() == 1 && key.last().is_some_and(|name| shape::plain(&name).ends_with("id"));
    found.extend(of_one(&"id".to_owned()).filter(|_| is_given));
    found.retain(|pointer| pointer != key);
    found.dedup();
    found
}

/// The words in backquotes of a description which says that a parameter may be one or the other.
fn quoted_ways(description: &str) -> Vec<String> {
    let text = description.to_lowercase();
    if !["also be", "can be", "either", " or the ", " or its "].iter().any(|phrase| text.contains(phrase)) {
        return Vec::new();
    }
    description.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The pairs of ways of which a description says that either will do: "The application's ID or UID".
fn described_ways(description: &str) -> Vec<(String, String)> {
    let words: Vec<String> = description.split_whitespace().map(shape::plain).collect();
    let pairs = words.windows(3).filter_map(|three| match three {
        [left, or, right] if or == "or" => Some((left.clone(), right.clone())),
        _ => None,
    });
    pairs.filter(|(left, right)| [left, right].iter().all(|word| WAYS.contains(&word.as_str()))).collect()
}

/// `{tenant}` of `/tenants`, and `{idOrName}`: a parameter that is called as the thing itself.
fn is_name_of(plain: &str, singular: &str) -> bool {
    let is_either = plain.contains("id") && ["name", "slug", "key", "login"].iter().any(|word| plain.contains(word));
    let is_short = plain.len() > 2 && plain != "id" && (singular.ends_with(plain) || plain.ends_with(singular));
    is_either || plain == singular || is_short
}

/// True where a path parameter of this schema can mean a member of that one.
fn is_nameable(contract: &Contract, member: &Location, parameter: Option<&Location>) -> bool {
    let types = shape::types(contract, member);
    if types.iter().all(|kind| matches!(*kind, "object" | "array" | "boolean" | "null")) && !types.is_empty() {
        return false;
    }
    let Some(parameter) = parameter else { return true };
    let wanted = shape::types(contract, parameter);
    let is_number = |kind: &&str| matches!(*kind, "integer" | "number");
    if types.is_empty() || wanted.is_empty() {
        return true;
    }
    if wanted.iter().all(is_number) {
        return types.iter().any(is_number);
    }
    match shape::format(contract, parameter) {
        Some("uuid") => {
            types.contains(&"string") && matches!(shape::format(contract, member), None | Some("uuid" | "guid"))
        }
        _ => true,
    }
}
