//! Document -> behaviour, piece by piece: each is read from the operations that it depends on when it is first asked for, and
//! kept. No piece depends on what was asked for before, so the order of questions changes nothing.

use std::sync::{Arc, OnceLock};

use crate::behaviour::inference::collection;
use crate::behaviour::inference::declaration::Declarations;
use crate::behaviour::inference::own_effect;
use crate::behaviour::inference::paths::{Paths, name_of};
use crate::behaviour::inference::resource::{Resource, path_parameters};
use crate::behaviour::inference::role::Role;
use crate::behaviour::{Action, Collection, Effect};
use crate::model::{Contract, Operation};

/// What is known so far of what the operations of one contract do. Each kind of piece is made of those before it alone, so no
/// piece ever waits for itself: resources; the evidence of collections, by the roles that resources give; declarations; own effects; collections;
/// effects.
#[derive(Debug)]
pub(super) struct Inference {
    paths: Paths,
    resources: Vec<OnceLock<Box<Resource>>>,
    evidence: Vec<OnceLock<Option<Box<Evidence>>>>,
    declarations: OnceLock<Declarations>,
    own_effects: Vec<OnceLock<Arc<Effect>>>,
    collections: Vec<OnceLock<Box<Collection>>>,
    declared_collections: OnceLock<Vec<OnceLock<Box<Collection>>>>,
    effects: Vec<OnceLock<Arc<Effect>>>,
}

/// The operation that shows that there is a collection at a path.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Evidence {
    /// Its index.
    pub(super) operation: usize,
    /// The parameters above the path, as it calls them.
    pub(super) scope: Vec<String>,
    /// Whether the collection is one thing.
    pub(super) single: bool,
}

fn cells<T>(count: usize) -> Vec<OnceLock<T>> {
    (0..count).map(|_| OnceLock::new()).collect()
}

impl Inference {
    /// Looks at paths and methods, and at no operation.
    pub(super) fn of(contract: &Contract) -> Self {
        let paths = Paths::of(contract);
        let (nodes, operations) = (paths.nodes().len(), contract.entries().len());
        Self {
            paths,
            resources: cells(nodes),
            evidence: cells(nodes),
            own_effects: cells(operations),
            declarations: OnceLock::new(),
            collections: cells(nodes),
            declared_collections: OnceLock::new(),
            effects: cells(operations),
        }
    }

    pub(super) fn paths(&self) -> &Paths {
        &self.paths
    }

    /// What the path of that number stands for.
    pub(super) fn resource(&self, contract: &Contract, node: usize) -> &Resource {
        self.resources[node].get_or_init(|| Box::new(Resource::read(contract, &self.paths, node)))
    }

    /// What shows that there is a collection at the path of that number; `None` where there is none.
    pub(super) fn evidence(&self, contract: &Contract, node: usize) -> Option<&Evidence> {
        let found = self.evidence[node].get_or_init(|| {
            let (operation, role) = self.acting(contract, node).next()?;
            let depth = self.paths.nodes()[node].path.matches("{}").count();
            let scope = path_parameters(operation).into_iter().take(depth).collect();
            let single = matches!(role, Role::Singleton { .. });
            Some(Box::new(Evidence { operation: operation.index, scope, single }))
        });
        found.as_deref()
    }

    /// The operations whose paths say that they act on the collection at a path: those at the path and at its items, then
    /// those that list a part of it.
    pub(super) fn acting<'c>(
        &'c self,
        contract: &'c Contract,
        node: usize,
    ) -> impl Iterator<Item = (&'c Operation, Role)> {
        let here = &self.paths.nodes()[node];
        let items = here.items.map(|items| self.paths.nodes()[items].entries.as_slice()).unwrap_or_default();
        let mut own: Vec<usize> = here.entries.iter().chain(items).copied().collect();
        own.sort_unstable();
        let below = here.items.map(|_| here.below.as_slice()).unwrap_or_default();
        let views = below.iter().flat_map(|below| &self.paths.nodes()[*below].entries);
        let views = views.copied().filter(|index| contract.entries()[*index].method.as_str() == "GET");
        own.into_iter()
            .chain(views)
            .filter_map(|index| contract.operation(index).ok())
            .map(|operation| (operation, Role::of(self, contract, operation)))
            .filter(move |(_, role)| role.collection() == Some(node))
    }

    /// What an operation does, before it is known whether its path leads through an item: as its path says, or as it declares
    /// itself.
    pub(super) fn own_effect(&self, contract: &Contract, operation: &Operation) -> &Arc<Effect> {
        self.own_effects[operation.index].get_or_init(|| {
            let by_path = own_effect::by_path(self, contract, operation);
            let declared = self.declarations(contract).of(operation.index);
            Arc::new(match declared {
                Some(declared) => own_effect::declared(contract, operation, &by_path, declared),
                None => by_path,
            })
        })
    }

    /// What operations declare; read at once, since any of them may speak of any collection.
    pub(super) fn declarations(&self, contract: &Contract) -> &Declarations {
        self.declarations.get_or_init(|| Declarations::read(self, contract))
    }

    /// The collections are numbered by their paths; those that are only declared follow.
    pub(super) fn collection(&self, contract: &Contract, number: usize) -> &Collection {
        if let Some(cell) = self.collections.get(number) {
            return cell.get_or_init(|| Box::new(collection::at_path(self, contract, number)));
        }
        let declarations = self.declarations(contract);
        let cells = self.declared_collections.get_or_init(|| cells(declarations.collections().len()));
        let declared = number - self.collections.len();
        cells[declared].get_or_init(|| Box::new(collection::declared(self, contract, declared)))
    }

    /// The numbers of all collections, in the order of the operations that show them; declared ones last. Reads everything.
    pub(super) fn all_collections(&self, contract: &Contract) -> Vec<usize> {
        let mut found: Vec<(usize, usize)> = (0..self.collections.len())
            .filter_map(|node| self.evidence(contract, node).map(|evidence| (evidence.operation, node)))
            .collect();
        found.sort_unstable();
        let declared = self.declarations(contract).collections().len();
        let first = self.collections.len();
        found.into_iter().map(|(_, node)| node).chain(first..first + declared).collect()
    }

    /// What an operation does.
    pub(super) fn effect(&self, contract: &Contract, index: usize) -> &Effect {
        self.effects[index].get_or_init(|| {
            let Ok(operation) = contract.operation(index) else { return Arc::default() };
            let own_effect = self.own_effect(contract, operation);
            match own_effect::through(self, contract, operation, own_effect) {
                Some(effect) => Arc::new(effect),
                None => own_effect.clone(),
            }
        })
    }

    /// The name of the collection at a path.
    pub(super) fn name(&self, node: usize) -> String {
        name_of(&self.paths.nodes()[node].path)
    }

    /// The number that a collection has by its place among those that are only declared.
    pub(super) fn number_of_declared(&self, place: usize) -> usize {
        self.collections.len() + place
    }

    /// True where the collection of that number is found by its path.
    pub(super) fn has_path(&self, number: usize) -> bool {
        number < self.collections.len()
    }

    /// The action of an operation by itself.
    pub(super) fn action(&self, contract: &Contract, operation: &Operation) -> Action {
        self.own_effect(contract, operation).action
    }
}
