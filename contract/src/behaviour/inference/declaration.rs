//! What operations declare of themselves in `x-etalon`, and the collections that they name.

use std::collections::{BTreeMap, HashMap};

use crate::behaviour::inference::extension::{self, Extension};
use crate::behaviour::inference::own_effect;
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::path_parameters;
use crate::behaviour::{Action, Effect};
use crate::document::{Defect, Location, Pointer};
use crate::model::{Contract, Operation};

/// The declarations of a contract's operations (`x-etalon`), with the collections that they name.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    operations: BTreeMap<usize, Declared>,
    collections: Vec<Named>,
    keys: BTreeMap<usize, Pointer>,
    defects: Vec<Defect>,
}

/// The declaration of one operation, and what follows from it.
#[derive(Debug)]
pub(super) struct Declared {
    /// The extension as it was read.
    pub(super) extension: Extension,
    /// The action that is declared, or inferred where none is.
    pub(super) action: Action,
    /// The path parameter that names the item.
    pub(super) key_parameter: Option<String>,
    /// The collection, by its number.
    pub(super) collection: Option<usize>,
    /// The name of the collection; empty where there is none.
    pub(super) name: String,
}

/// A collection that no path shows.
#[derive(Debug)]
pub(super) struct Named {
    /// The name of the collection, as the declaration gives it.
    pub(super) name: String,
    /// The path parameters that tell one set from another.
    pub(super) scope: Vec<String>,
}

/// The defect of a declared action that acts on nothing.
fn nothing_to_act_on(at: &Location, action: Action) -> Defect {
    let reason = format!("`{}` acts on nothing: the path leads to no item and is no collection", action.as_str());
    extension::invalid(at, reason).hint("say which collection is meant, as `resource`")
}

impl Declarations {
    pub(super) fn read(inference: &Inference, contract: &Contract) -> Self {
        let mut found = Self::default();
        let declaring = inference.paths().declaring();
        if declaring.is_empty() {
            return found;
        }
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for node in 0..inference.paths().nodes().len() {
            by_name.entry(inference.name(node)).or_default().push(node);
        }
        for operation in declaring.iter().filter_map(|index| contract.operation(*index).ok()) {
            let Some(value) = &operation.extension else { continue };
            match extension::read(value, &operation.at.join("x-etalon")) {
                Ok(extension) => found.take(inference, contract, operation, extension, &by_name),
                Err(defects) => found.defects.extend(defects),
            }
        }
        found
    }

    fn take(
        &mut self,
        inference: &Inference,
        contract: &Contract,
        operation: &Operation,
        extension: Extension,
        by_name: &HashMap<String, Vec<usize>>,
    ) {
        let before: Effect = own_effect::by_path(inference, contract, operation);
        let action = extension.action.unwrap_or(before.action);
        // Where nothing says which thing is meant, it is the one that the path leads to.
        let led_to = match action {
            Action::Read | Action::Replace | Action::Update | Action::Delete => {
                own_effect::led_to(inference, contract, operation)
            }
            Action::Create | Action::Upsert | Action::List | Action::Answer => None,
        };
        let led_to = led_to.filter(|_| extension.resource.is_none() && before.collection.is_none());
        let last = led_to.as_ref().map(|(_, key)| key.clone()).or_else(|| path_parameters(operation).pop());
        let key_parameter = match action {
            Action::Read | Action::Replace | Action::Update | Action::Delete => before.key_parameter.or(last),
            Action::Create | Action::Upsert | Action::List | Action::Answer => None,
        };
        let mut scope = path_parameters(operation);
        scope.retain(|name| Some(name) != key_parameter.as_ref());
        let collection = match &extension.resource {
            Some(name) => Some(self.named(inference, contract, name, scope, by_name)),
            None => before.collection.or(led_to.map(|(collection, _)| collection)),
        };
        if collection.is_none() && action != Action::Answer {
            self.defects.push(nothing_to_act_on(&operation.at.join("x-etalon"), action));
            return;
        }
        if let (Some(collection), Some(key)) = (collection, &extension.key) {
            self.keys.insert(collection, key.clone());
        }
        let name = match collection {
            Some(number) if inference.has_path(number) => inference.name(number),
            Some(_) => extension.resource.clone().unwrap_or_default(),
            None => String::new(),
        };
        self.operations.insert(operation.index, Declared { extension, action, key_parameter, collection, name });
    }

    /// The collection of that name and scope, made now if it is not there. Scopes agree by position: the same path may
    /// call its parameters differently.
    fn named(
        &mut self,
        inference: &Inference,
        contract: &Contract,
        name: &str,
        scope: Vec<String>,
        by_name: &HashMap<String, Vec<usize>>,
    ) -> usize {
        let nodes = by_name.get(name).into_iter().flatten();
        let by_path = nodes
            .filter_map(|node| inference.evidence(contract, *node).map(|evidence| (evidence, *node)))
            .filter(|(evidence, _)| evidence.scope.len() == scope.len())
            .min_by_key(|(evidence, _)| evidence.operation);
        if let Some((_, node)) = by_path {
            return node;
        }
        let known = self.collections.iter().position(|known| known.name == name && known.scope.len() == scope.len());
        let place = known.unwrap_or_else(|| {
            self.collections.push(Named { name: name.to_owned(), scope });
            self.collections.len() - 1
        });
        inference.number_of_declared(place)
    }

    /// The declaration of an operation, by its index; `None` where it has none that is sound.
    pub(super) fn of(&self, operation: usize) -> Option<&Declared> {
        self.operations.get(&operation)
    }

    /// The operations that declare that they act on a collection.
    pub(super) fn acting(&self, collection: usize) -> impl Iterator<Item = usize> {
        self.operations
            .iter()
            .filter(move |(_, declared)| declared.collection == Some(collection))
            .map(|(operation, _)| *operation)
    }

    /// The collections that no path shows, in the order in which they are declared.
    pub(super) fn collections(&self) -> &[Named] {
        &self.collections
    }

    /// The key that is declared for a collection.
    pub(super) fn key(&self, collection: usize) -> Option<&Pointer> {
        self.keys.get(&collection)
    }

    /// The defects of the extensions, in the order of the document.
    pub(super) fn defects(&self) -> &[Defect] {
        &self.defects
    }
}
