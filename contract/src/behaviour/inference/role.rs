//! What an operation is to the path that it acts on, by its method, its path and the resources that it knows of there.

use crate::behaviour::Action;
use crate::behaviour::inference::paths::{name_of, parent_of};
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::{Resource, tail_parameter};
use crate::behaviour::inference::words::{Verb, is_caller, is_upsert, verb};
use crate::behaviour::shape;
use crate::model::{Contract, Operation};

/// The role of an operation at the path that it acts on; paths by their numbers among all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It acts on the item that the last parameter of its path names.
    Item {
        /// The path of the collection.
        collection: usize,
        /// The action on the item.
        action: Action,
        /// The name of the parameter.
        parameter: String,
    },
    /// It acts on the collection at its own path.
    Collection {
        /// The number of that path.
        collection: usize,
        /// The action on the collection.
        action: Action,
    },
    /// It adds to the collection above it, as the verb that it ends in says: `/users/create`.
    Verb {
        /// The path of the collection.
        collection: usize,
        /// The verb in plain spelling.
        word: String,
    },
    /// It lists the very items of the collection above it: `/pets/findByStatus` beside `/pets/{id}`.
    View {
        /// The path of the collection.
        collection: usize,
    },
    /// It acts on the one thing at its path.
    Singleton {
        /// The number of that path.
        collection: usize,
        /// The action on the thing.
        action: Action,
    },
    /// None, for this reason.
    Nothing(&'static str),
}

impl Role {
    pub(super) fn of(inference: &Inference, contract: &Contract, operation: &Operation) -> Self {
        let paths = inference.paths();
        let own = paths.of_entry(operation.index);
        let path = paths.nodes()[own].path.as_str();
        let method = operation.method.as_str();
        if let Some(parameter) = tail_parameter(operation)
            && !inference.is_collection(contract, own)
            && let Some(collection) = paths.number(parent_of(path))
        {
            return match on_item(operation) {
                Some(action) => Self::Item { collection: inference.home(contract, collection), action, parameter },
                None => Self::Nothing("its method says nothing of state, so it answers as documented"),
            };
        }
        let view = || view_of(inference, contract, own).or_else(|| view_of_all(inference, contract, own));
        if method == "GET"
            && let Some(collection) = view()
        {
            return Self::View { collection: inference.home(contract, collection) };
        }
        let resource = inference.resource(contract, own);
        let is_bare = resource.item_path.is_none() && !resource.has("GET");
        if is_bare
            && matches!(method, "POST" | "PUT" | "PATCH")
            && let Some(word) = verb(&name_of(path))
            && !path.ends_with('}')
        {
            return Self::of_verb(inference, contract, operation, own, word);
        }
        let is_single = resource.item_path.is_none() && resource.has("GET") && !resource.lists;
        if resource.item_path.is_some() || resource.lists || resource.creates && !is_single {
            return match on_collection(operation, resource) {
                Some(action) => Self::Collection { collection: inference.home(contract, own), action },
                None => Self::Nothing("its method says nothing of state here, so it answers as documented"),
            };
        }
        let is_changed = resource.has("PUT")
            || resource.has("PATCH")
            || is_single && resource.has("POST") && resource.item.is_some();
        let is_held = is_single && inference.held(contract, own).is_some();
        match on_thing(operation, resource) {
            Some(action) if is_changed || is_held || is_single && is_caller(&name_of(path)) => {
                Self::Singleton { collection: own, action }
            }
            Some(_) | None => {
                Self::Nothing("its path is neither a collection nor an item, so it answers as documented")
            }
        }
    }

    /// The role of an operation whose path ends in a verb.
    fn of_verb(inference: &Inference, contract: &Contract, operation: &Operation, own: usize, word: Verb) -> Self {
        let paths = inference.paths();
        let above = paths.number(parent_of(&paths.nodes()[own].path));
        let collection = above.filter(|above| {
            let resource = inference.resource(contract, *above);
            resource.item_path.is_some() || resource.lists
        });
        let acts = Self::Nothing("its path ends in a verb that says nothing of state, so it answers as documented");
        match (word, collection) {
            (Verb::Create, Some(collection)) if operation.method.as_str() == "POST" => {
                Self::Verb { collection: inference.home(contract, collection), word: name_of(&paths.nodes()[own].path) }
            }
            (Verb::Search, Some(collection)) if inference.lists_items_of(contract, operation, collection) => {
                Self::View { collection: inference.home(contract, collection) }
            }
            (Verb::Create | Verb::Search | Verb::Act, _) => acts,
        }
    }

    /// The path that it acts on.
    pub(super) fn collection(&self) -> Option<usize> {
        match self {
            Self::Item { collection, .. }
            | Self::Collection { collection, .. }
            | Self::Verb { collection, .. }
            | Self::View { collection }
            | Self::Singleton { collection, .. } => Some(*collection),
            Self::Nothing(_) => None,
        }
    }
}

/// The action of a method on one thing, whatever the thing is; `None` for POST, which means something else on each, and for
/// methods that say nothing of state.
fn on_one(operation: &Operation) -> Option<Action> {
    match operation.method.as_str() {
        "GET" => Some(Action::Read),
        "PUT" => Some(Action::Replace),
        "PATCH" => Some(Action::Update),
        "DELETE" => Some(Action::Delete),
        _ => None,
    }
}

/// The action of a POST with a body.
fn on_post(operation: &Operation, action: Action) -> Option<Action> {
    (operation.method.as_str() == "POST" && operation.body.is_some()).then_some(action)
}

/// The action of a method on an item; `None` where it says nothing of state.
fn on_item(operation: &Operation) -> Option<Action> {
    on_one(operation).or_else(|| on_post(operation, Action::Update))
}

/// The action of a method on a collection; `None` where it says nothing of state.
fn on_collection(operation: &Operation, resource: &Resource) -> Option<Action> {
    match operation.method.as_str() {
        "POST" if resource.reads_by_post => Some(Action::List),
        "POST" if is_upsert(operation) => Some(Action::Upsert),
        "POST" => Some(Action::Create),
        "GET" if resource.lists => Some(Action::List),
        "PUT" if operation.body.is_some() => Some(Action::Replace),
        "PATCH" if operation.body.is_some() => Some(Action::Update),
        "DELETE" => Some(Action::Delete),
        _ => None,
    }
}

/// The action of a method on the one thing at a path; `None` where it says nothing of state.
fn on_thing(operation: &Operation, resource: &Resource) -> Option<Action> {
    on_one(operation).or_else(|| on_post(operation, Action::Replace).filter(|_| resource.has("GET")))
}

/// The one collection below owners whose items a path without owners lists, all of them: `/configmaps` beside
/// `/namespaces/{n}/configmaps`, where nothing is made at the former.
fn view_of_all(inference: &Inference, contract: &Contract, own: usize) -> Option<usize> {
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

/// The path above, where the list at a path holds the very items that the one above has.
fn view_of(inference: &Inference, contract: &Contract, own: usize) -> Option<usize> {
    let paths = inference.paths();
    let above = paths.number(parent_of(&paths.nodes()[own].path))?;
    paths.nodes()[above].items?;
    let resource = inference.resource(contract, own);
    let (_, listed) = resource.listed.as_ref()?;
    if !resource.lists || resource.item_path.is_some() || resource.creates {
        return None;
    }
    let over = inference.resource(contract, above);
    let is_same = over.item.as_ref() == Some(listed) || over.listed.as_ref().is_some_and(|(_, item)| item == listed);
    let is_named = !shape::members(contract, listed).is_empty();
    (over.item_path.is_some() && is_same && is_named).then_some(above)
}
