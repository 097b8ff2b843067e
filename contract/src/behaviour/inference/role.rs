//! What an operation is to the path that it acts on, by its method, its path and the resources that it knows of there.

use crate::behaviour::Action;
use crate::behaviour::inference::paths::parent_of;
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::tail_parameter;
use crate::model::{Contract, Operation};

/// What an operation is to the path that it acts on; paths by their numbers among all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It acts on the item that the last parameter of its path names.
    Item {
        /// The path of the collection.
        collection: usize,
        /// What it does to the item.
        action: Action,
        /// The parameter.
        parameter: String,
    },
    /// It acts on the collection at its own path.
    Collection {
        /// That path.
        collection: usize,
        /// What it does there.
        action: Action,
    },
    /// It lists the very items of the collection above it: `/pets/findByStatus` beside `/pets/{id}`.
    View {
        /// The path of the collection.
        collection: usize,
    },
    /// It acts on the one thing at its path.
    Singleton {
        /// That path.
        collection: usize,
        /// What it does to the thing.
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
            && let Some(collection) = paths.number(parent_of(path))
        {
            let action = match method {
                "GET" => Action::Read,
                "PUT" => Action::Replace,
                "PATCH" => Action::Update,
                "POST" if operation.body.is_some() => Action::Update,
                "DELETE" => Action::Delete,
                _ => return Self::Nothing("its method says nothing of state, so it answers as documented"),
            };
            return Self::Item { collection, action, parameter };
        }
        let resource = inference.resource(contract, own);
        if method == "GET"
            && let Some(collection) = view_of(inference, contract, own)
        {
            return Self::View { collection };
        }
        if resource.item_path.is_some() || resource.lists || resource.creates {
            let action = match method {
                "POST" => Action::Create,
                "GET" if resource.lists => Action::List,
                "PUT" if operation.body.is_some() => Action::Replace,
                "PATCH" if operation.body.is_some() => Action::Update,
                "DELETE" => Action::Delete,
                _ => return Self::Nothing("its method says nothing of state here, so it answers as documented"),
            };
            return Self::Collection { collection: own, action };
        }
        let action = match method {
            "GET" => Action::Read,
            "PUT" => Action::Replace,
            "PATCH" => Action::Update,
            "DELETE" => Action::Delete,
            _ => Action::Answer,
        };
        if action != Action::Answer && resource.methods.iter().any(|known| matches!(known.as_str(), "PUT" | "PATCH")) {
            return Self::Singleton { collection: own, action };
        }
        Self::Nothing("its path is neither a collection nor an item, so it answers as documented")
    }

    /// The path that it acts on.
    pub(super) fn collection(&self) -> Option<usize> {
        match self {
            Self::Item { collection, .. }
            | Self::Collection { collection, .. }
            | Self::View { collection }
            | Self::Singleton { collection, .. } => Some(*collection),
            Self::Nothing(_) => None,
        }
    }
}

/// The path above, where the list at a path holds the very items that the one above has.
fn view_of(inference: &Inference, contract: &Contract, own: usize) -> Option<usize> {
    let paths = inference.paths();
    let above = paths.number(parent_of(&paths.nodes()[own].path))?;
    paths.nodes()[above].items?;
    let resource = inference.resource(contract, own);
    if resource.listed.is_none() || resource.item_path.is_some() || resource.creates {
        return None;
    }
    let over = inference.resource(contract, above);
    (over.item_path.is_some() && over.item == resource.listed).then_some(above)
}
