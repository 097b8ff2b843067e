//! Collections under other paths whose items an operation may name.

use crate::behaviour::inference::paths::name_of;
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::{parameter_schema, path_parameters};
use crate::behaviour::inference::wrapping::{self, Wanted};
use crate::behaviour::shape;
use crate::behaviour::{Elsewhere, Owner};
use crate::document::Pointer;
use crate::model::{Contract, Operation};

/// Collections under other paths whose items this one may name: they are called the same, or lie below such an item, and
/// show the same.
pub(super) fn elsewhere(
    inference: &Inference,
    contract: &Contract,
    operation: &Operation,
    collection: usize,
    parameter: &str,
) -> Vec<Elsewhere> {
    let paths = inference.paths();
    let path = paths.nodes()[collection].path.as_str();
    let resource = inference.resource(contract, collection);
    let Some(item) = resource.item.as_ref().filter(|item| !shape::members(contract, item).is_empty()) else {
        return Vec::new();
    };
    let wanted = Wanted {
        collection: &name_of(path),
        parameter: Some((parameter, parameter_schema(operation, parameter))),
        ..Wanted::default()
    };
    let Some(key) = wrapping::key_of(contract, item, &wanted) else { return Vec::new() };
    let makes = |other: &usize| {
        let mut there = paths.nodes()[*other].entries.iter();
        *other != collection
            && there.any(|index| contract.entries()[*index].method.as_str() == "POST")
            && inference.resource(contract, *other).posted.as_ref() == Some(item)
            && inference.evidence(contract, *other).is_some()
    };
    // `/repos/{owner}/{repo}`: only where nothing is made or listed at the path itself.
    let named = path.strip_suffix("/{}").and_then(|above| paths.number(above)).filter(|_| resource.methods.is_empty());
    if let Some(named) = named {
        let names = path_parameters(operation);
        let owner = names.len().checked_sub(2).and_then(|index| names.get(index)).cloned();
        let makers = paths.namesakes(named).filter(makes);
        return makers.map(|collection| Elsewhere { collection, key: key.clone(), owner: owner.clone() }).collect();
    }
    // `/tasks/{task}` names what was made at `/tasks/{task}/subtasks` and at `/projects/{project}/tasks`, too.
    let has_no_items = |other: &usize| paths.nodes()[*other].items.is_none();
    let below = paths.nodes()[collection].items.map(|items| paths.nodes()[items].below.clone()).unwrap_or_default();
    let makers = paths.namesakes(collection).chain(below).filter(has_no_items).filter(makes);
    makers.map(|collection| Elsewhere { collection, key: key.clone(), owner: None }).collect()
}

/// The members of an item that say whose it is, where another path names such items by their owner and their name.
pub(crate) fn owner(inference: &Inference, contract: &Contract, maker: usize) -> Option<Owner> {
    let paths = inference.paths();
    let nodes = paths.nodes();
    if nodes[maker].items.is_some() || !nodes[maker].path.contains("{}") {
        return None;
    }
    let posted = inference.resource(contract, maker).posted.as_ref()?;
    let operation = paths.namesakes(maker).find_map(|named| {
        let by_owner = paths.number(&format!("{}/{{}}", nodes[named].path))?;
        let item = nodes[by_owner].items?;
        let is_same = inference.resource(contract, by_owner).item.as_ref() == Some(posted);
        nodes[item].entries.first().filter(|_| is_same).and_then(|index| contract.operation(*index).ok())
    })?;
    let names = path_parameters(operation);
    let [.., owner, name] = names.as_slice() else { return None };
    let members = shape::members(contract, posted);
    let (member, at) = members.iter().find(|(known, _)| shape::plain(known) == shape::plain(owner))?;
    let inner = shape::members(contract, at);
    let of_owner = ["login", "username", "slug", "name", "key"];
    let known = of_owner.iter().find_map(|word| inner.iter().find(|(name, _)| name == word))?;
    let schema = parameter_schema(operation, name);
    let wanted = Wanted { collection: &inference.name(maker), parameter: Some((name, schema)), ..Wanted::default() };
    let key = wrapping::key_of(contract, posted, &wanted)?;
    let is_full = |name: &str| matches!(shape::plain(name).as_str(), "fullname" | "fullpath" | "pathwithnamespace");
    let full_name = members.iter().find(|(name, _)| is_full(name)).map(|(name, _)| (Pointer::root().join(name), key));
    Some(Owner { at: Pointer::root().join(member).join(&known.0), full_name })
}
