//! What an operation is to the path that it acts on, by its method, its path and the resources that it knows of there.

mod parts;
mod verbs;

use crate::behaviour::inference::joining::{self, Belonging};
use crate::behaviour::inference::method::{on_collection, on_item, on_thing, shows_sent};
use crate::behaviour::inference::paths::{name_of, parent_of};
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::tail_parameter;
use crate::behaviour::inference::role::parts::{is_of_another, names_several};
use crate::behaviour::inference::role::verbs::{acts_before_keys, searches};
use crate::behaviour::inference::view::{view_of, view_of_all};
use crate::behaviour::inference::words::{is_caller, is_only_verb, verb};
use crate::behaviour::{Action, Naming};
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
    /// It acts on the item of the collection that its path names by another member than the key, or as the youngest.
    Named {
        /// The path of the collection.
        collection: usize,
        /// The action on the item.
        action: Action,
        /// The name of the parameter, where there is one.
        parameter: Option<String>,
        /// The way in which the path names the item.
        naming: Naming,
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
    /// It lists those items of the collection whose keys the last parameter of its path names: `/answers/{ids}`.
    Several {
        /// The path of the collection.
        collection: usize,
        /// The name of the parameter.
        parameter: String,
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
    /// The role of an operation: what the words of its path say first, then what stands at its path.
    pub(super) fn of(inference: &Inference, contract: &Contract, operation: &Operation) -> Self {
        let paths = inference.paths();
        let own = paths.of_entry(operation.index);
        let path = paths.nodes()[own].path.as_str();
        if let Some(parameter) = tail_parameter(operation)
            && !inference.is_collection(contract, own)
            && let Some(collection) = paths.number(parent_of(path))
        {
            return Self::of_key(inference, contract, operation, (own, collection, parameter));
        }
        Self::of_words(inference, contract, operation, own)
            .unwrap_or_else(|| Self::of_resource(inference, contract, operation, own))
    }

    /// The role of an operation whose path ends in a key: of the collection at that number.
    fn of_key(
        inference: &Inference,
        contract: &Contract,
        operation: &Operation,
        (own, collection, parameter): (usize, usize, String),
    ) -> Self {
        let path = inference.paths().nodes()[own].path.as_str();
        if names_several(inference, contract, operation, (collection, &parameter)) {
            return Self::Several { collection: inference.home(contract, collection), parameter };
        }
        if let Some(role) = Self::of_named(inference, contract, operation, path) {
            return role;
        }
        if let Some(role) = Self::of_verb_before(inference, contract, operation, (path, &parameter)) {
            return role;
        }
        if is_of_another(inference, contract, own, &parameter) {
            return Self::Nothing("its key is that of another thing, so it answers as documented");
        }
        match on_item(operation) {
            Some(action) => Self::Item { collection: inference.home(contract, collection), action, parameter },
            None => Self::Nothing("its method says nothing of state, so it answers as documented"),
        }
    }

    /// The role that the words of a path give an operation; `None` where they say nothing of it.
    fn of_words(inference: &Inference, contract: &Contract, operation: &Operation, own: usize) -> Option<Self> {
        let path = inference.paths().nodes()[own].path.as_str();
        if let Some(role) = Self::of_named(inference, contract, operation, path) {
            return Some(role);
        }
        if inference.is_member(contract, operation) {
            return Some(Self::Nothing("its path is a member of the thing above"));
        }
        if let Some(Belonging { collection, .. }) = joining::belonging(inference, contract, operation) {
            return Some(Self::View { collection });
        }
        let verbal = || Self::of_verb_on_item(inference, contract, operation, path);
        let worded = || Self::of_word(inference, contract, operation, path);
        if let Some(role) = verbal().or_else(worded).or_else(|| Self::of_part(inference, contract, operation, path)) {
            return Some(role);
        }
        let method = operation.method.as_str();
        if method == "GET" && is_only_verb(&name_of(path)) && !path.ends_with('}') && !has_items(inference, own) {
            return Some(Self::Nothing("its path ends in a verb, so it does that and lists nothing"));
        }
        let view = || view_of(inference, contract, (own, operation)).or_else(|| view_of_all(inference, contract, own));
        if method == "GET"
            && let Some(collection) = view()
        {
            return Some(Self::View { collection: inference.home(contract, collection) });
        }
        let resource = inference.resource(contract, own);
        // What a GET of that name shows is a part of the list above, or what the verb would do.
        let is_read_so = || is_only_verb(&name_of(path)) || resource.lists && view().is_some();
        let is_bare = resource.item_path.is_none() && (!resource.has("GET") || is_read_so());
        let is_bare = is_bare || acts_before_keys(inference, contract, own) || searches(inference, contract, operation);
        let word = verb(&name_of(path))
            .filter(|_| is_bare && matches!(method, "POST" | "PUT" | "PATCH") && !path.ends_with('}'))?;
        Some(Self::of_verb(inference, contract, operation, own, word))
    }

    /// The role of an operation by what stands at its own path: a collection, or one thing.
    fn of_resource(inference: &Inference, contract: &Contract, operation: &Operation, own: usize) -> Self {
        let path = inference.paths().nodes()[own].path.as_str();
        let resource = inference.resource(contract, own);
        let is_single = resource.item_path.is_none() && resource.has("GET") && !resource.lists;
        if resource.item_path.is_some() || resource.lists || resource.creates && !is_single {
            return match on_collection(operation, resource) {
                Some(action) => Self::Collection { collection: inference.home(contract, own), action },
                None => Self::Nothing("its method says nothing of state here, so it answers as documented"),
            };
        }
        // What nobody can read, and no answer shows, is done rather than kept.
        let is_seen = resource.has("GET") || resource.has("DELETE") || shows_sent(contract, operation);
        let is_changed = is_seen && (resource.has("PUT") || resource.has("PATCH"))
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

    /// The path that it acts on.
    pub(super) fn collection(&self) -> Option<usize> {
        match self {
            Self::Item { collection, .. }
            | Self::Collection { collection, .. }
            | Self::Verb { collection, .. }
            | Self::View { collection }
            | Self::Several { collection, .. }
            | Self::Named { collection, .. }
            | Self::Singleton { collection, .. } => Some(*collection),
            Self::Nothing(_) => None,
        }
    }
}

/// True where one more segment names an item at the path of that number.
fn has_items(inference: &Inference, number: usize) -> bool {
    inference.paths().nodes()[number].items.is_some()
}
