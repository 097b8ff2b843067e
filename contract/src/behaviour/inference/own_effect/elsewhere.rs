//! Collections under other paths whose items an operation may name.

use crate::behaviour::Elsewhere;
use crate::behaviour::inference::paths::name_of;
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::{parameter_schema, path_parameters};
use crate::behaviour::inference::wrapping::{self, Wanted};
use crate::behaviour::shape;
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
        item: None,
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
