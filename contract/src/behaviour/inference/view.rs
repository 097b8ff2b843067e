//! Views: what lists, or counts, a part of what a collection above holds, or all of what several hold.

use crate::behaviour::inference::paths::{name_of, parent_of};
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::messages::success_schema;
use crate::behaviour::shape;
use crate::model::{Contract, Operation};

/// The one collection below owners whose items a path without owners lists, all of them: `/configmaps` beside
/// `/namespaces/{n}/configmaps`, where nothing is made at the former.
pub(super) fn view_of_all(inference: &Inference, contract: &Contract, own: usize) -> Option<usize> {
    let paths = inference.paths();
    let node = &paths.nodes()[own];
    let resource = inference.resource(contract, own);
    let (_, listed) = resource.listed.as_ref().filter(|_| resource.lists)?;
    let is_reading = resource.methods.iter().all(|method| method == "GET");
    if node.items.is_some() || !is_reading || shape::members(contract, listed).is_empty() {
        return None;
    }
    let depth = node.path.matches("{}").count();
    let mut makers = paths.namesakes(own).filter(|other| {
        let there = &paths.nodes()[*other];
        there.path.matches("{}").count() > depth
            && name_of(&there.path) == name_of(&node.path)
            && there.entries.iter().any(|index| contract.entries()[*index].method.as_str() == "POST")
    });
    let (maker, None) = (makers.next()?, makers.next()) else { return None };
    let made = inference.resource(contract, maker);
    let is_same = made.item.as_ref() == Some(listed) || made.listed.as_ref().is_some_and(|(_, item)| item == listed);
    (made.item_path.is_some() && is_same).then_some(maker)
}

/// True where a GET says how many items there are above: `/users/count`.
pub(super) fn counts(inference: &Inference, contract: &Contract, operation: &Operation) -> bool {
    let paths = inference.paths();
    let name = shape::plain(&name_of(&paths.nodes()[paths.of_entry(operation.index)].path));
    name == "count" && success_schema(operation).is_some_and(|at| shape::types(contract, at) == ["integer"])
}

/// The path above, where the list at a path holds the very items that the one above has.
pub(super) fn view_of(
    inference: &Inference,
    contract: &Contract,
    (own, operation): (usize, &Operation),
) -> Option<usize> {
    let paths = inference.paths();
    let above = paths.number(parent_of(&paths.nodes()[own].path))?;
    let resource = inference.resource(contract, own);
    if resource.item_path.is_some() || resource.creates {
        return None;
    }
    let over = inference.resource(contract, above);
    if counts(inference, contract, operation) {
        return (over.item_path.is_some() || over.lists).then_some(above);
    }
    // A list that nothing tells by itself may still be one of the items above.
    let Some((_, listed)) = resource.listed.as_ref().filter(|_| resource.lists) else {
        let is_named = over.item.as_ref().is_some_and(|item| !shape::members(contract, item).is_empty());
        let is_list = is_named && over.item_path.is_some() && inference.lists_items_of(contract, operation, above);
        return is_list.then_some(above);
    };
    let is_same = over.item.as_ref() == Some(listed) || over.listed.as_ref().is_some_and(|(_, item)| item == listed);
    let is_named = !shape::members(contract, listed).is_empty();
    ((over.item_path.is_some() || over.lists) && is_same && is_named).then_some(above)
}
