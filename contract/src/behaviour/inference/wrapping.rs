//! Where in a body the item or the items stand: at the root, or wrapped in an envelope such as `data`.

use crate::behaviour::shape;
use crate::document::{Location, Pointer};
use crate::model::Contract;

/// Members that hold an item or a list of them by custom, most telling first.
const WRAPPERS: [&str; 13] = [
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
    "_embedded",
];

/// Where the item stands in a body of this schema, and its schema.
#[must_use]
pub(crate) fn one(
    contract: &Contract,
    body: &Location,
    collection: &str,
    parameter: Option<&str>,
) -> (Pointer, Location) {
    let root = (Pointer::root(), body.clone());
    if key_of(contract, body, collection, parameter).is_some() {
        return root;
    }
    let members = shape::members(contract, body);
    let singular = shape::singular(&shape::plain(collection));
    let wrapped = |named: &dyn Fn(&str) -> bool| {
        members.iter().find(|(name, at)| named(&shape::plain(name)) && shape::is_object(contract, at))
    };
    wrapped(&|name| name == "data")
        .or_else(|| wrapped(&|name| name == singular))
        .or_else(|| wrapped(&|name| WRAPPERS.contains(&name)))
        .or_else(|| {
            // The only object in the envelope that has a key.
            let mut keyed = members.iter().filter(|(_, at)| {
                shape::is_object(contract, at) && key_of(contract, at, collection, parameter).is_some()
            });
            keyed.next().filter(|_| keyed.next().is_none())
        })
        .map_or(root, |(name, at)| (Pointer::root().join(name), at.clone()))
}

/// Where the array of items stands in a body of this schema, and the schema of one; `None` where there is none.
#[must_use]
pub(crate) fn many(contract: &Contract, body: &Location, collection: &str) -> Option<(Pointer, Location)> {
    if shape::is_array(contract, body) {
        return shape::items(contract, body).map(|item| (Pointer::root(), item));
    }
    let members = shape::members(contract, body);
    let plain = shape::plain(collection);
    let array = |at: &Location| if shape::is_array(contract, at) { shape::items(contract, at) } else { None };
    let rank = |name: &str| match shape::plain(name) {
        name if name == "data" => 0,
        name if name == plain => 1,
        name if WRAPPERS.contains(&name.as_str()) => 2,
        _ => 3,
    };
    let mut found: Vec<(usize, Pointer, Location)> = Vec::new();
    for (name, at) in &members {
        let here = Pointer::root().join(name);
        if let Some(item) = array(at) {
            found.push((rank(name), here, item));
        } else if WRAPPERS.contains(&name.as_str()) && shape::is_object(contract, at) {
            for (inner, at) in shape::members(contract, at) {
                if let Some(item) = array(&at) {
                    found.push((rank(name).max(rank(&inner)), here.join(&inner), item));
                }
            }
        }
    }
    found.sort_by_key(|(rank, _, _)| *rank);
    let telling = found.iter().filter(|(rank, _, _)| *rank < 3).count();
    match found.len() {
        0 => None,
        // One array is the list, if the object is not itself a thing with a key that merely holds an array.
        1 if telling == 0 && key_of(contract, body, collection, None).is_some() => None,
        // An array of plain values under a name that tells nothing is a member of a thing, not a list of things.
        1 if telling == 0
            && shape::types(contract, &found[0].2).iter().any(|kind| !matches!(*kind, "object" | "array")) =>
        {
            None
        }
        1 => found.pop().map(|(_, pointer, item)| (pointer, item)),
        _ if telling > 0 => found.into_iter().next().map(|(_, pointer, item)| (pointer, item)),
        _ => None,
    }
}

/// The member of an item that is its key: the one that the path parameter names, or one that is a key by custom.
#[must_use]
pub(crate) fn key_of(
    contract: &Contract,
    item: &Location,
    collection: &str,
    parameter: Option<&str>,
) -> Option<String> {
    let members: Vec<String> = shape::members(contract, item).into_iter().map(|(name, _)| name).collect();
    let named = |wanted: &str| members.iter().find(|name| shape::plain(name) == wanted).cloned();
    let singular = shape::singular(&shape::plain(collection));
    if let Some(parameter) = parameter {
        let plain = shape::plain(parameter);
        let rest = plain.strip_prefix(&singular).unwrap_or(&plain);
        return named(&plain)
            .or_else(|| named(rest))
            .or_else(|| if plain.ends_with("id") { named("id") } else { None })
            .or_else(|| {
                members
                    .iter()
                    .filter(|name| plain.ends_with(&shape::plain(name)) && !name.is_empty())
                    .max_by_key(|name| name.len())
                    .cloned()
            })
            .or_else(|| named(&format!("{singular}id")))
            .or_else(|| if plain == singular { named("id").or_else(|| named("name")) } else { None });
    }
    ["id", "uuid", "key", "slug"].into_iter().find_map(named).or_else(|| named(&format!("{singular}id")))
}
