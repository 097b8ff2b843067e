//! Paths that end in a verb, or have one before the key: what the verb does to the things above it.

use crate::behaviour::inference::laying::laid;
use crate::behaviour::inference::paths::{name_of, parent_of};
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::path_parameters;
use crate::behaviour::inference::role::{Role, has_items};
use crate::behaviour::inference::words::{self, OnItem, Verb, is_only_verb, on_item as verb_on_item, verb};
use crate::behaviour::inference::wrapping;
use crate::behaviour::messages::{request_schema, success_schema};
use crate::behaviour::shape;
use crate::behaviour::{Action, Naming};
use crate::document::Location;
use crate::model::{Contract, Operation};

impl Role {
    /// The role of an operation whose path ends in a verb below an item that takes it away or changes it.
    pub(super) fn of_verb_on_item(
        inference: &Inference,
        contract: &Contract,
        operation: &Operation,
        path: &str,
    ) -> Option<Self> {
        let paths = inference.paths();
        let above = paths.number(parent_of(path)).filter(|_| parent_of(path).ends_with("{}"))?;
        let is_bare = !has_items(inference, paths.of_entry(operation.index));
        if !is_bare || !matches!(operation.method.as_str(), "POST" | "PUT" | "PATCH") || path.ends_with('}') {
            return None;
        }
        let action = match verb_on_item(&name_of(path))? {
            OnItem::Remove if takes_several(contract, operation) => return None,
            OnItem::Remove => Action::Delete,
            OnItem::Change if operation.body.is_some() => Action::Update,
            OnItem::Change | OnItem::Copy => return None,
        };
        let collection = paths.number(parent_of(&paths.nodes()[above].path))?;
        let is_item = paths.nodes()[collection].items == Some(above)
            && !inference.is_collection(contract, above)
            && inference.resource(contract, collection).item_path.is_some();
        let parameter = path_parameters(operation).pop()?;
        is_item.then(|| Self::Item { collection: inference.home(contract, collection), action, parameter })
    }

    /// The role of an operation whose path has a verb before the key: `/members/update/{id}`, `/requests/cancel/{id}`.
    pub(super) fn of_verb_before(
        inference: &Inference,
        contract: &Contract,
        operation: &Operation,
        (path, parameter): (&str, &str),
    ) -> Option<Self> {
        let paths = inference.paths();
        let before = parent_of(path);
        let word = name_of(path);
        let is_bare = paths.number(before).is_none_or(|number| {
            paths.nodes()[number].entries.is_empty() || acts_before_keys(inference, contract, number)
        });
        if before.ends_with('}') || !is_bare || verb(&word).is_none() && !is_only_verb(&word) {
            return None;
        }
        let acts = Self::Nothing("its path has a verb before the key, so it does that");
        let Some(above) = paths.number(parent_of(before)).filter(|above| has_items(inference, *above)) else {
            return Some(acts);
        };
        let has_body = operation.body.is_some();
        let makes = verb(&word) == Some(Verb::Create) || words::adds(&word);
        if makes
            && matches!(operation.method.as_str(), "POST" | "PUT")
            && shows_item_of(inference, contract, operation, above)
        {
            let (collection, parameter) = (inference.home(contract, above), Some(parameter.to_owned()));
            return Some(Self::Named { collection, action: Action::Replace, parameter, naming: Naming::Key });
        }
        let action = match (verb_on_item(&word), operation.method.as_str()) {
            (Some(OnItem::Remove), "POST" | "PUT" | "PATCH" | "DELETE") => Action::Delete,
            (Some(OnItem::Change), "POST" | "PUT" | "PATCH") if has_body => Action::Update,
            (Some(_) | None, _) => return Some(acts),
        };
        let collection = inference.home(contract, above);
        Some(Self::Named { collection, action, parameter: Some(parameter.to_owned()), naming: Naming::Key })
    }

    /// The role of an operation whose path ends in a verb.
    pub(super) fn of_verb(
        inference: &Inference,
        contract: &Contract,
        operation: &Operation,
        own: usize,
        word: Verb,
    ) -> Self {
        let paths = inference.paths();
        let above = paths.number(parent_of(&paths.nodes()[own].path));
        let collection = above.filter(|above| {
            let resource = inference.resource(contract, *above);
            resource.item_path.is_some() || resource.lists
        });
        let acts = Self::Nothing("its path ends in a verb that says nothing of state, so it answers as documented");
        let name = name_of(&paths.nodes()[own].path);
        if lays_on_item(inference, contract, own) && operation.body.is_some() {
            return Self::Nothing("its path ends in a verb and a member of the item above");
        }
        let removes = verb_on_item(&name) == Some(OnItem::Remove);
        match (word, collection) {
            (Verb::Act, Some(collection)) if removes && names_keys(contract, operation) => {
                Self::Collection { collection: inference.home(contract, collection), action: Action::Delete }
            }
            (Verb::Create | Verb::Act, Some(collection))
                if adds_one(inference, contract, operation, (collection, word)) =>
            {
                Self::Verb { collection: inference.home(contract, collection), word: name_of(&paths.nodes()[own].path) }
            }
            (Verb::Act, Some(collection)) if makes_several(inference, contract, operation, collection) => {
                Self::Verb { collection: inference.home(contract, collection), word: name_of(&paths.nodes()[own].path) }
            }
            (Verb::Search, Some(collection)) if inference.lists_items_of(contract, operation, collection) => {
                Self::View { collection: inference.home(contract, collection) }
            }
            (Verb::Create | Verb::Search | Verb::Act, _) => acts,
        }
    }
}

/// True where the content of an operation names several things: what it takes away lies within the item before it.
fn takes_several(contract: &Contract, operation: &Operation) -> bool {
    let sent = request_schema(operation).map(|at| shape::members(contract, at));
    sent.is_some_and(|members| members.iter().any(|(_, member)| shape::items(contract, member).is_some()))
}

/// True where a verb below a collection adds to it: one that says so, or, where nothing else does, one whose answer is a new item.
fn adds_one(
    inference: &Inference,
    contract: &Contract,
    operation: &Operation,
    (collection, word): (usize, Verb),
) -> bool {
    const SENDS: [&str; 7] = ["send", "submit", "upload", "register", "start", "generate", "open"];
    if operation.method.as_str() != "POST" || operation.body.is_none() {
        return word == Verb::Create && operation.method.as_str() == "POST";
    }
    let paths = inference.paths();
    let name = name_of(&paths.nodes()[paths.of_entry(operation.index)].path);
    let plain = shape::plain(&name);
    let resource = inference.resource(contract, collection);
    let is_plain_creation = word == Verb::Create && !name.contains(['_', '-']);
    let is_sent = SENDS.contains(&plain.as_str()) && !resource.has("POST");
    let is_other = is_sent || word == Verb::Create || words::adds(&name);
    is_plain_creation || is_other && shows_item_of(inference, contract, operation, collection)
}

/// True where a path ends in a verb and the name of a member of the item above it.
fn lays_on_item(inference: &Inference, contract: &Contract, own: usize) -> bool {
    let paths = inference.paths();
    let path = &paths.nodes()[own].path;
    let above = parent_of(path);
    let above = if words::is_of_actions(&name_of(above)) && !above.ends_with('}') { parent_of(above) } else { above };
    let collection = above.strip_suffix("/{}").and_then(|collection| paths.number(collection));
    let item = collection.and_then(|collection| inference.resource(contract, collection).item.as_ref());
    item.is_some_and(|item| laid(contract, item, &name_of(path)).is_some())
}

/// True where the answer of an operation is one item of a collection.
fn shows_item_of(inference: &Inference, contract: &Contract, operation: &Operation, collection: usize) -> bool {
    let resource = inference.resource(contract, collection);
    let name = inference.name(collection);
    let wanted = wrapping::Wanted { collection: &name, item: resource.item.as_ref(), ..wrapping::Wanted::default() };
    let shown = success_schema(operation).map(|at| wrapping::one(contract, at, &wanted).1);
    shown.zip(resource.item.as_ref()).is_some_and(|(shown, item)| wrapping::is_one(contract, item, &shown))
}

/// True where the content of an operation has a list of keys and nothing that a thing has.
fn names_keys(contract: &Contract, operation: &Operation) -> bool {
    let Some(at) = request_schema(operation) else { return false };
    let is_keys = |at: &Location| {
        let each = shape::items(contract, at).filter(|_| shape::is_array(contract, at));
        each.is_some_and(|each| !shape::is_object(contract, &each))
    };
    let members = shape::members(contract, at);
    is_keys(at) || members.len() == 1 && members.iter().all(|(_, at)| is_keys(at))
}

/// True for a path that ends in a verb with a key behind it, where the thing that the verb is done to stands before:
/// `/keys/generate` beside `/keys/generate/{key}` and `/keys/{key}`.
pub(super) fn acts_before_keys(inference: &Inference, contract: &Contract, number: usize) -> bool {
    let paths = inference.paths();
    let node = &paths.nodes()[number];
    let is_verb = matches!(verb(&name_of(&node.path)), Some(Verb::Create | Verb::Act));
    let below = node.items.map(|items| paths.nodes()[items].entries.as_slice()).unwrap_or_default();
    let mut all = node.entries.iter().chain(below);
    is_verb
        && !node.path.ends_with('}')
        && all.all(|index| matches!(contract.entries()[*index].method.as_str(), "POST" | "PUT"))
        && paths.number(parent_of(&node.path)).is_some_and(|above| has_items(inference, above))
}

/// True for a POST on a word for searching whose answer lists what the collection above has, whatever else stands there.
pub(super) fn searches(inference: &Inference, contract: &Contract, operation: &Operation) -> bool {
    let paths = inference.paths();
    let own = paths.of_entry(operation.index);
    let path = &paths.nodes()[own].path;
    let above = paths.number(parent_of(path)).filter(|_| !has_items(inference, own));
    operation.method.as_str() == "POST"
        && verb(&name_of(path)) == Some(Verb::Search)
        && above.is_some_and(|above| inference.lists_items_of(contract, operation, above))
}

/// True where a request below a collection has a list of what the collection holds or takes.
fn makes_several(inference: &Inference, contract: &Contract, operation: &Operation, collection: usize) -> bool {
    const WORDS: [&str; 5] = ["batch", "bulk", "batchcreate", "bulkcreate", "createmany"];
    let paths = inference.paths();
    let word = shape::plain(&name_of(&paths.nodes()[paths.of_entry(operation.index)].path));
    let Some(sent) = request_schema(operation) else { return false };
    if operation.method.as_str() != "POST" || !WORDS.contains(&word.as_str()) {
        return false;
    }
    let mut makers = paths.nodes()[collection].entries.iter();
    let maker = makers.find(|index| contract.entries()[**index].method.as_str() == "POST");
    let taken = maker.and_then(|index| contract.operation(*index).ok()).and_then(request_schema);
    let resource = inference.resource(contract, collection);
    let name = inference.name(collection);
    let wanted = wrapping::Wanted { collection: &name, item: resource.item.as_ref(), ..wrapping::Wanted::default() };
    let Some((_, each)) = wrapping::many(contract, sent, &wanted) else { return false };
    let is_like = |at: &Location| wrapping::overlap(contract, &each, at) > 0;
    taken.is_some_and(is_like) || resource.item.as_ref().is_some_and(is_like)
}
