//! Lists below an item of things that are made elsewhere: those that say whose they are (`/projects/{id}/tasks` beside `/tasks`),
//! and those that are put there by their keys (`PUT /users/{id}/groups/{group}` beside `/groups`).

use crate::behaviour::inference::paths::{name_of, parent_of};
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::{Resource, path_parameters};
use crate::behaviour::inference::wrapping;
use crate::behaviour::messages::success_schema;
use crate::behaviour::shape;
use crate::document::{Location, Pointer};
use crate::model::{Contract, Operation};

/// A list of those items of a collection that say that they belong to the item which a path leads through.
pub(super) struct Belonging {
    /// The collection, by the number of its path.
    pub(super) collection: usize,
    /// The parameter that names the item above.
    pub(super) parameter: String,
    /// The member of an item that says to which it belongs.
    pub(super) at: Pointer,
}

/// The collection whose items a GET below another item lists, where nothing is made there and each says whose it is.
pub(super) fn belonging(inference: &Inference, contract: &Contract, operation: &Operation) -> Option<Belonging> {
    let paths = inference.paths();
    let own = paths.of_entry(operation.index);
    let above = parent_of(&paths.nodes()[own].path);
    let resource = inference.resource(contract, own);
    let is_reading = resource.methods.iter().all(|method| method == "GET") && resource.item_path.is_none();
    if operation.method.as_str() != "GET" || !resource.lists || !is_reading || !above.ends_with("{}") {
        return None;
    }
    let (_, listed) = resource.listed.as_ref()?;
    let collection = maker(inference, contract, own, listed)?;
    let parameter = path_parameters(operation).pop()?;
    let owner = shape::plain(&name_of(above));
    let item = inference.resource(contract, collection).item.clone().unwrap_or_else(|| listed.clone());
    let one = shape::singular(&owner);
    let words = [shape::plain(&parameter), format!("{one}id"), one.clone(), owner];
    let members = shape::members(contract, &item);
    let named = |word: &String| members.iter().find(|(name, _)| shape::plain(name) == *word);
    let (name, _) = words.iter().find_map(named)?;
    Some(Belonging { collection, parameter, at: Pointer::root().join(name) })
}

/// The collection of which one below an item holds some: they are put there by their keys alone, and made elsewhere.
pub(super) fn joined(inference: &Inference, contract: &Contract, node: usize) -> Option<usize> {
    let paths = inference.paths();
    let here = &paths.nodes()[node];
    let items = here.items.filter(|_| here.path.contains("{}"))?;
    let resource = inference.resource(contract, node);
    let makes = |index: &usize| contract.operation(*index).ok().filter(|operation| operation.method.as_str() == "POST");
    if here.entries.iter().filter_map(makes).any(|operation| operation.body.is_some()) {
        return None;
    }
    let is_put = |index: &usize| {
        contract
            .operation(*index)
            .is_ok_and(|operation| matches!(operation.method.as_str(), "PUT" | "POST") && operation.body.is_none())
    };
    if !paths.nodes()[items].entries.iter().any(is_put) {
        return None;
    }
    let (_, listed) = resource.listed.as_ref()?;
    maker(inference, contract, node, listed)
}

/// The one collection of the same name, with fewer owners, that makes such items.
fn maker(inference: &Inference, contract: &Contract, node: usize, listed: &Location) -> Option<usize> {
    let paths = inference.paths();
    if shape::members(contract, listed).is_empty() {
        return None;
    }
    let depth = paths.nodes()[node].path.matches("{}").count();
    let is_it = |other: &usize| {
        let there = inference.resource(contract, *other);
        paths.nodes()[*other].path.matches("{}").count() < depth
            && there.has("POST")
            && there.item_path.is_some()
            && shows(contract, there, listed)
            && !inference.is_collection(contract, paths.nodes()[*other].items.unwrap_or(*other))
            && inference.evidence(contract, *other).is_some()
    };
    let mut found = paths.namesakes(node).filter(is_it);
    match (found.next(), found.next()) {
        (Some(one), None) => Some(one),
        (Some(_), Some(_)) | (None, _) => None,
    }
}

/// True where a resource shows such items.
fn shows(contract: &Contract, there: &Resource, listed: &Location) -> bool {
    let mut known = there.item.iter().chain(there.listed.as_ref().map(|(_, item)| item));
    known.any(|item| wrapping::is_one(contract, item, listed))
}

/// The member of the thing above that a path is, by its name and its schema: `/voices/{id}/settings` shows the `settings` that a
/// voice has.
pub(super) struct Member {
    /// The path of the thing: of the collection of the item, or of the one thing itself.
    pub(super) holder: usize,
    /// True where the thing is an item.
    pub(super) is_item: bool,
    /// The place of the member in the thing.
    pub(super) at: Pointer,
    /// The schema of the member.
    pub(super) schema: Location,
}

/// The member of the thing above that the path of that number is.
pub(super) fn member_of(inference: &Inference, contract: &Contract, own: usize) -> Option<Member> {
    let paths = inference.paths();
    let nodes = paths.nodes();
    let here = &nodes[own];
    let above = paths.number(parent_of(&here.path))?;
    if here.path.ends_with('}') || here.items.is_some() || here.entries.is_empty() {
        return None;
    }
    let shown = shown_at(contract, &here.entries)?;
    let (holder, is_item) = match nodes[above].path.ends_with("{}") {
        true => {
            let collection = paths.number(parent_of(&nodes[above].path))?;
            let is_item = nodes[collection].items == Some(above) && !inference.is_collection(contract, above);
            (collection, is_item.then_some(true)?)
        }
        false => (above, false),
    };
    let resource = inference.resource(contract, holder);
    let is_single = resource.has("GET") && !resource.lists && resource.item_path.is_none();
    if !is_item && !(is_single && (resource.has("PUT") || resource.has("PATCH"))) {
        return None;
    }
    let thing = if is_item { resource.item.clone()? } else { shown_at(contract, &nodes[holder].entries)? };
    let name = shape::plain(&name_of(&here.path));
    let (member, schema) = shape::members(contract, &thing).into_iter().find(|(known, _)| {
        let known = shape::plain(known);
        known == name || shape::singular(&known) == shape::singular(&name)
    })?;
    // A list that is added to has items of its own.
    let adds = here.entries.iter().any(|index| contract.entries()[*index].method.as_str() == "POST");
    let is_it = match shape::items(contract, &schema).filter(|_| shape::is_array(contract, &schema)) {
        Some(each) => {
            let shown = shape::items(contract, &shown).filter(|_| shape::is_array(contract, &shown));
            !adds && shown.is_some_and(|shown| wrapping::is_one(contract, &shown, &each))
        }
        None => wrapping::is_one(contract, &shown, &schema),
    };
    is_it.then(|| Member { holder, is_item, at: Pointer::root().join(&member), schema })
}

/// The schema of what a GET shows there, or else of what is put there.
fn shown_at(contract: &Contract, entries: &[usize]) -> Option<Location> {
    let there = |method: &str| {
        let index = entries.iter().find(|index| contract.entries()[**index].method.as_str() == method)?;
        contract.operation(*index).ok().and_then(success_schema).cloned()
    };
    ["GET", "PUT", "PATCH"].into_iter().find_map(there)
}
