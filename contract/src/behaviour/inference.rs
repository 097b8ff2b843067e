//! Document -> behaviour, piece by piece: each is read from the operations that it depends on when it is first asked for, and
//! kept. No piece depends on what was asked for before, so the order of questions changes nothing.

use std::sync::{Arc, OnceLock};

use crate::behaviour::declare::Declarations;
use crate::behaviour::resource::{Resource, path_parameters};
use crate::behaviour::role::Role;
use crate::behaviour::survey::{Survey, name_of};
use crate::behaviour::{Action, Collection, Effect, act, gather};
use crate::model::{Contract, Operation};

/// What is known so far of what the operations of one contract do. Each kind of piece is made of those before it alone, so no
/// piece ever waits for itself: resources; founders, by the roles that resources give; declarations; deeds; collections;
/// effects.
#[derive(Debug)]
pub(super) struct Inference {
    survey: Survey,
    resources: Vec<OnceLock<Box<Resource>>>,
    founders: Vec<OnceLock<Option<Box<Founder>>>>,
    declarations: OnceLock<Declarations>,
    deeds: Vec<OnceLock<Arc<Effect>>>,
    collections: Vec<OnceLock<Box<Collection>>>,
    declared_collections: OnceLock<Vec<OnceLock<Box<Collection>>>>,
    effects: Vec<OnceLock<Arc<Effect>>>,
}

/// The operation that shows that there is a collection at a path.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Founder {
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
        let survey = Survey::of(contract);
        let (ways, operations) = (survey.ways().len(), contract.entries().len());
        Self {
            survey,
            resources: cells(ways),
            founders: cells(ways),
            deeds: cells(operations),
            declarations: OnceLock::new(),
            collections: cells(ways),
            declared_collections: OnceLock::new(),
            effects: cells(operations),
        }
    }

    pub(super) fn survey(&self) -> &Survey {
        &self.survey
    }

    /// What the path of that number stands for.
    pub(super) fn resource(&self, contract: &Contract, way: usize) -> &Resource {
        self.resources[way].get_or_init(|| Box::new(Resource::read(contract, &self.survey, way)))
    }

    /// What shows that there is a collection at the path of that number; `None` where there is none.
    pub(super) fn founder(&self, contract: &Contract, way: usize) -> Option<&Founder> {
        let found = self.founders[way].get_or_init(|| {
            let (operation, role) = self.acting(contract, way).next()?;
            let depth = self.survey.ways()[way].path.matches("{}").count();
            let scope = path_parameters(operation).into_iter().take(depth).collect();
            let single = matches!(role, Role::Singleton { .. });
            Some(Box::new(Founder { operation: operation.index, scope, single }))
        });
        found.as_deref()
    }

    /// The operations whose paths say that they act on the collection at a path: those at the path and at its items, then
    /// those that list a part of it.
    pub(super) fn acting<'c>(
        &'c self,
        contract: &'c Contract,
        way: usize,
    ) -> impl Iterator<Item = (&'c Operation, Role)> {
        let here = &self.survey.ways()[way];
        let items = here.items.map(|items| self.survey.ways()[items].entries.as_slice()).unwrap_or_default();
        let mut own: Vec<usize> = here.entries.iter().chain(items).copied().collect();
        own.sort_unstable();
        let below = here.items.map(|_| here.below.as_slice()).unwrap_or_default();
        let views = below.iter().flat_map(|below| &self.survey.ways()[*below].entries);
        let views = views.copied().filter(|index| contract.entries()[*index].method.as_str() == "GET");
        own.into_iter()
            .chain(views)
            .filter_map(|index| contract.operation(index).ok())
            .map(|operation| (operation, Role::of(self, contract, operation)))
            .filter(move |(_, role)| role.home() == Some(way))
    }

    /// What an operation does, before it is known whether its path leads through an item: as its path says, or as it declares
    /// itself.
    pub(super) fn deed(&self, contract: &Contract, operation: &Operation) -> &Arc<Effect> {
        self.deeds[operation.index].get_or_init(|| {
            let by_path = act::by_path(self, contract, operation);
            let declared = self.declarations(contract).of(operation.index);
            Arc::new(match declared {
                Some(declared) => act::declared(contract, operation, &by_path, declared),
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
            return cell.get_or_init(|| Box::new(gather::at_path(self, contract, number)));
        }
        let declarations = self.declarations(contract);
        let cells = self.declared_collections.get_or_init(|| cells(declarations.collections().len()));
        let declared = number - self.collections.len();
        cells[declared].get_or_init(|| Box::new(gather::declared(self, contract, declared)))
    }

    /// The numbers of all collections, in the order of the operations that show them; declared ones last. Reads everything.
    pub(super) fn all_collections(&self, contract: &Contract) -> Vec<usize> {
        let mut found: Vec<(usize, usize)> = (0..self.collections.len())
            .filter_map(|way| self.founder(contract, way).map(|founder| (founder.operation, way)))
            .collect();
        found.sort_unstable();
        let declared = self.declarations(contract).collections().len();
        let first = self.collections.len();
        found.into_iter().map(|(_, way)| way).chain(first..first + declared).collect()
    }

    /// What an operation does.
    pub(super) fn effect(&self, contract: &Contract, index: usize) -> &Effect {
        self.effects[index].get_or_init(|| {
            let Ok(operation) = contract.operation(index) else { return Arc::default() };
            let deed = self.deed(contract, operation);
            match act::through(self, contract, operation, deed) {
                Some(effect) => Arc::new(effect),
                None => deed.clone(),
            }
        })
    }

    /// The name of the collection at a path.
    pub(super) fn name(&self, way: usize) -> String {
        name_of(&self.survey.ways()[way].path)
    }

    /// The number that a collection has by its place among those that are only declared.
    pub(super) fn number_of_declared(&self, place: usize) -> usize {
        self.collections.len() + place
    }

    /// True where the collection of that number is found by its path.
    pub(super) fn has_path(&self, number: usize) -> bool {
        number < self.collections.len()
    }

    /// The action of an operation's deed.
    pub(super) fn action(&self, contract: &Contract, operation: &Operation) -> Action {
        self.deed(contract, operation).action
    }
}
