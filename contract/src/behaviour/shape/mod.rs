//! What a schema says of members, items and types, through references and `allOf`: enough to recognise things by name.
//! It guesses nothing and validates nothing. What is found of a schema is `gathered` once and kept with the contract.

mod gathered;

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::behaviour::shape::gathered::gathered;
use crate::document::{Location, Pointer};
use crate::model::Contract;

/// Members by which a thing is named where it is not shown as a whole, most telling first.
pub(crate) const NAMES: [&str; 10] = ["id", "gid", "uuid", "uid", "sid", "key", "slug", "name", "login", "username"];

/// The schema at a location and those that it is composed of, its own first, references followed.
pub(crate) fn parts<'c>(contract: &'c Contract, at: &Location) -> Vec<(Location, &'c Value)> {
    let gathered = gathered(contract, at);
    let node = |at: &Location| Some((at.clone(), contract.document().node(at)?));
    gathered.parts.iter().filter_map(node).collect()
}

/// The members that a schema describes, in the order of the document, each once.
#[must_use]
pub fn members(contract: &Contract, at: &Location) -> Vec<(String, Location)> {
    gathered(contract, at).members.clone()
}

/// The schema of a member, if it is described.
#[must_use]
pub fn member(contract: &Contract, at: &Location, name: &str) -> Option<Location> {
    let gathered = gathered(contract, at);
    gathered.members.iter().find(|(known, _)| known == name).map(|(_, at)| at.clone())
}

/// The schemas of all members that a schema describes, by their names.
#[must_use]
pub fn by_name(contract: &Contract, at: &Location) -> HashMap<String, Location> {
    members(contract, at).into_iter().collect()
}

/// The names of the members that must be there.
#[must_use]
pub fn required<'c>(contract: &'c Contract, at: &Location) -> HashSet<&'c str> {
    let listed = parts(contract, at).into_iter().filter_map(|(_, node)| node.get("required")?.as_array());
    listed.flatten().filter_map(Value::as_str).collect()
}

/// The schema at a pointer into a value of this schema, if it is described.
#[must_use]
pub fn within(contract: &Contract, at: &Location, pointer: &Pointer) -> Option<Location> {
    pointer.tokens().try_fold(at.clone(), |here, token| {
        member(contract, &here, &token).or_else(|| items(contract, &here).filter(|_| token.parse::<usize>().is_ok()))
    })
}

/// All schemas at a pointer into a value of this schema: the parts of an `allOf` may each describe the place. Where none
/// does, the one that an alternative describes.
#[must_use]
pub fn all_within(contract: &Contract, at: &Location, pointer: &Pointer) -> Vec<Location> {
    pointer.tokens().fold(vec![at.clone()], |here, token| {
        let certain = here.iter().flat_map(|at| contract.conjuncts(at).schemas);
        let found: Vec<Location> =
            certain.filter_map(|part| part.member("properties", &token)).map(|member| member.at).collect();
        if found.is_empty() {
            here.iter().find_map(|at| within(contract, at, &Pointer::root().join(&token))).into_iter().collect()
        } else {
            found
        }
    })
}

/// The schema of the items of an array: of several that hold at once, the one that says most of them.
#[must_use]
pub fn items(contract: &Contract, at: &Location) -> Option<Location> {
    let all = all_items(contract, at);
    if all.len() < 2 {
        return all.into_iter().next();
    }
    all.into_iter().rev().max_by_key(|each| members(contract, each).len())
}

/// All schemas of the items of an array: the parts of an `allOf` may each describe them. Where none does, the one that
/// an alternative describes.
#[must_use]
pub fn all_items(contract: &Contract, at: &Location) -> Vec<Location> {
    let certain = contract.conjuncts(at).schemas;
    let found: Vec<Location> = certain.iter().filter_map(|part| part.child("items")).map(|each| each.at).collect();
    if !found.is_empty() {
        return found;
    }
    let any = parts(contract, at).into_iter().find(|(_, node)| node.get("items").is_some());
    any.map(|(here, _)| here.join("items")).into_iter().collect()
}

/// The types that are stated, each once; empty where none is.
#[must_use]
pub fn types(contract: &Contract, at: &Location) -> Vec<&'static str> {
    gathered(contract, at).types.clone()
}

/// True where this type is stated and no other.
#[must_use]
pub fn is_only(contract: &Contract, at: &Location, kind: &str) -> bool {
    gathered(contract, at).types == [kind]
}

/// True where arrays are described.
#[must_use]
pub fn is_array(contract: &Contract, at: &Location) -> bool {
    let types = types(contract, at);
    types.contains(&"array") || (types.is_empty() && items(contract, at).is_some())
}

/// True where objects are described.
#[must_use]
pub fn is_object(contract: &Contract, at: &Location) -> bool {
    let types = types(contract, at);
    types.contains(&"object") || (types.is_empty() && !gathered(contract, at).members.is_empty())
}

/// The value of a keyword in the schema or what it is composed of.
#[must_use]
pub fn keyword<'c>(contract: &'c Contract, at: &Location, word: &str) -> Option<&'c Value> {
    let gathered = gathered(contract, at);
    let part = gathered.words.get(word).and_then(|number| gathered.parts.get(*number))?;
    contract.document().node(part)?.get(word)
}

/// The format that is stated.
#[must_use]
pub fn format<'c>(contract: &'c Contract, at: &Location) -> Option<&'c str> {
    keyword(contract, at, "format").and_then(Value::as_str)
}

/// The location of a schema, references followed: equal for two uses of one schema.
#[must_use]
pub fn target(contract: &Contract, at: &Location) -> Location {
    contract.document().follow(at).map_or_else(|_| at.clone(), |(found, _)| found)
}

/// A name without case and punctuation, so that `invite_id`, `inviteId` and `invite-id` are one.
#[must_use]
pub fn plain(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The singular of a plural English word, as path segments use them; other words stay.
#[must_use]
pub fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes", "zes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.ends_with('s') && !stem.ends_with('u') && stem.len() > 1 => stem.to_owned(),
        Some(_) | None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_become_singulars() {
        for (plural, one) in
            [("invites", "invite"), ("policies", "policy"), ("boxes", "box"), ("status", "status"), ("news", "new")]
        {
            assert_eq!(singular(plural), one);
        }
    }

    #[test]
    fn spelling_does_not_tell_names_apart() {
        assert_eq!(plain("Invite-Id"), plain("invite_id"));
    }
}
