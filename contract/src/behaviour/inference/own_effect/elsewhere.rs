//! Collections under other paths whose items an operation may name.

use crate::behaviour::Elsewhere;
use crate::behaviour::inference::paths::name_of;
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::{parameter_schema, path_parameters};
use crate::behaviour::inference::wrapping::{self, Wanted};
use crate::behaviour::shape;
use crate::model::{Contract, Operation};

/// Collections under other paths whose items this one may name: they are called the same and show the same.
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
    // Only where nothing is made or listed at the path itself.
    let Some(named) =
        path.strip_suffix("/{}").and_then(|above| paths.number(above)).filter(|_| resource.methods.is_empty())
    else {
        return Vec::new();
    };
    let names = path_parameters(operation);
    let owner = names.len().checked_sub(2).and_then(|index| names.get(index)).cloned();
    let wanted = Wanted {
        collection: &name_of(path),
        parameter: Some((parameter, parameter_schema(operation, parameter))),
        ..Wanted::default()
    };
    let Some(key) = wrapping::key_of(contract, item, &wanted) else { return Vec::new() };
    let makers = paths.namesakes(named).filter(|other| {
        let makes = paths.nodes()[*other].entries.iter();
        makes.into_iter().any(|index| contract.entries()[*index].method.as_str() == "POST")
            && inference.resource(contract, *other).posted.as_ref() == Some(item)
            && inference.evidence(contract, *other).is_some()
    });
    makers.map(|collection| Elsewhere { collection, key: key.clone(), owner: owner.clone() }).collect()
}
