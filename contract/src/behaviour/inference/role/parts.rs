//! Paths below a collection or an item that are about the thing itself: another name of it, a word for the whole, a part of it.

use crate::behaviour::inference::method::{member_named, on_one};
use crate::behaviour::inference::paths::{name_of, parent_of};
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::{path_parameters, tail_parameter};
use crate::behaviour::inference::role::{Role, has_items};
use crate::behaviour::inference::words::{self, shows_all, shows_whole, verb};
use crate::behaviour::inference::wrapping;
use crate::behaviour::messages::{request_schema, success_schema};
use crate::behaviour::shape;
use crate::behaviour::{Action, Naming};
use crate::model::{Contract, Operation};

impl Role {
    /// The role of an operation that shows an item of the collection above, named by another member (`/releases/tags/{tag}`) or
    /// as the last one (`/releases/latest`).
    pub(super) fn of_named(
        inference: &Inference,
        contract: &Contract,
        operation: &Operation,
        path: &str,
    ) -> Option<Self> {
        let paths = inference.paths();
        let parameter = tail_parameter(operation);
        let way = if parameter.is_some() { parent_of(path) } else { path };
        let is_youngest = parameter.is_none() && matches!(shape::plain(&name_of(path)).as_str(), "latest" | "newest");
        let is_bare = |number: usize| paths.nodes()[number].entries.is_empty();
        if way.ends_with('}') || !is_youngest && (parameter.is_none() || !paths.number(way).is_some_and(is_bare)) {
            return None;
        }
        let collection = paths.number(parent_of(way)).filter(|above| has_items(inference, *above))?;
        let resource = inference.resource(contract, collection);
        let item = resource.item.as_ref().filter(|item| !shape::members(contract, item).is_empty())?;
        let name = inference.name(collection);
        let wanted = wrapping::Wanted { collection: &name, item: Some(item), ..wrapping::Wanted::default() };
        let (_, shown) = wrapping::one(contract, success_schema(operation)?, &wanted);
        let action = on_one(operation).filter(|_| shape::target(contract, &shown) == *item)?;
        let naming = match &parameter {
            Some(parameter) => Naming::Member(member_named(contract, item, parameter, &name_of(way))?),
            None => Naming::Youngest,
        };
        Some(Self::Named { collection: inference.home(contract, collection), action, parameter, naming })
    }

    /// The role of a GET that a word below a key or a collection makes one of the whole: `/containers/{id}/json`, where nothing
    /// is read at `/containers/{id}` itself, and `/containers/json`.
    pub(super) fn of_word(
        inference: &Inference,
        contract: &Contract,
        operation: &Operation,
        path: &str,
    ) -> Option<Self> {
        let paths = inference.paths();
        let nodes = paths.nodes();
        let above = paths.number(parent_of(path)).filter(|_| operation.method.as_str() == "GET")?;
        let reads = |number: usize| {
            nodes[number].entries.iter().any(|index| contract.entries()[*index].method.as_str() == "GET")
        };
        if has_items(inference, paths.of_entry(operation.index)) || reads(above) {
            return None;
        }
        let shown = success_schema(operation)?;
        if parent_of(path).ends_with("{}") {
            let collection = paths.number(parent_of(&nodes[above].path))?;
            let is_item = nodes[collection].items == Some(above) && !inference.is_collection(contract, above);
            let parameter = path_parameters(operation).pop()?;
            let is_it = is_item && shows_whole(&name_of(path)) && shape::is_object(contract, shown);
            return is_it.then(|| Self::Item {
                collection: inference.home(contract, collection),
                action: Action::Read,
                parameter,
            });
        }
        let is_list = shows_all(&name_of(path)) && shape::is_array(contract, shown) && nodes[above].items.is_some();
        is_list.then(|| Self::View { collection: inference.home(contract, above) })
    }

    /// The role of an operation below an item that is about the item itself: a PUT or PATCH that takes members of it and answers
    /// it (`/users/{id}/email`), or any at a path that shows and takes it (`/pods/{name}/status`).
    pub(super) fn of_part(
        inference: &Inference,
        contract: &Contract,
        operation: &Operation,
        path: &str,
    ) -> Option<Self> {
        let paths = inference.paths();
        let own = paths.of_entry(operation.index);
        let above = paths.number(parent_of(path)).filter(|_| parent_of(path).ends_with("{}"))?;
        let action = match operation.method.as_str() {
            "PUT" | "PATCH" => Action::Update,
            "GET" => Action::Read,
            _ => return None,
        };
        if path.ends_with('}') || verb(&name_of(path)).is_some() || has_items(inference, own) {
            return None;
        }
        let collection = paths.number(parent_of(&paths.nodes()[above].path))?;
        if paths.nodes()[collection].items != Some(above) || inference.is_collection(contract, above) {
            return None;
        }
        let resource = inference.resource(contract, collection);
        let item = resource.item.as_ref().filter(|_| resource.item_path.is_some())?;
        let shows_item =
            |operation: &Operation| success_schema(operation).is_some_and(|at| shape::target(contract, at) == *item);
        let mut there = paths.nodes()[own].entries.iter().filter_map(|index| contract.operation(*index).ok());
        let is_shown = |operation: &Operation| operation.method.as_str() == "GET" && shows_item(operation);
        let changes = |operation: &Operation| matches!(operation.method.as_str(), "PUT" | "PATCH");
        let is_view = there.clone().any(is_shown) && there.any(changes);
        let sent = request_schema(operation);
        let said = sent.map_or(0, |at| shape::members(contract, at).len());
        let is_of_item = said > 0 && sent.is_some_and(|at| wrapping::overlap(contract, at, item) == said);
        let parameter = path_parameters(operation).pop()?;
        let is_it = shows_item(operation) && (is_of_item || is_view) && !shape::members(contract, item).is_empty();
        is_it.then(|| Self::Item { collection: inference.home(contract, collection), action, parameter })
    }
}

/// True where a GET returns a list of items, and the last parameter of its path is called as several keys.
pub(super) fn names_several(
    inference: &Inference,
    contract: &Contract,
    operation: &Operation,
    (collection, parameter): (usize, &str),
) -> bool {
    let plain = shape::plain(parameter);
    let is_plural = words::is_key_list(&plain, &inference.name(collection));
    operation.method.as_str() == "GET"
        && is_plural
        && (success_schema(operation).is_some_and(|at| shape::is_array(contract, at))
            || inference.lists_items_of(contract, operation, collection))
}

/// True where the last parameter of a path names an item of another collection, and nothing makes or shows one of its own there:
/// `POST /text-to-speech/{voice_id}` beside `/voices/{voice_id}`.
pub(super) fn is_of_another(inference: &Inference, contract: &Contract, own: usize, parameter: &str) -> bool {
    let paths = inference.paths();
    let node = &paths.nodes()[own];
    let above = paths.number(parent_of(&node.path));
    let methods = node.entries.iter().map(|index| contract.entries()[*index].method.as_str());
    let mut methods = methods.peekable();
    let posts = node.entries.iter().any(|index| contract.entries()[*index].method.as_str() == "POST");
    posts
        && methods.all(|method| matches!(method, "POST" | "DELETE" | "PATCH"))
        && above.is_some_and(|above| paths.nodes()[above].entries.is_empty())
        && inference.named_elsewhere(contract, above, parameter).is_some()
}
