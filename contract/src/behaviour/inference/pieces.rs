//! Document -> behaviour, piece by piece: each is read from the operations that it depends on when it is first asked
//! for, and kept. No piece depends on what was asked for before, so the order of questions changes nothing.

use std::sync::{Arc, OnceLock};

use crate::behaviour::inference::collection;
use crate::behaviour::inference::declaration::Declarations;
use crate::behaviour::inference::joining;
use crate::behaviour::inference::own_effect;
use crate::behaviour::inference::paths::{Paths, literal_end as literal, name_of, parent_of};
use crate::behaviour::inference::resource::{Resource, path_parameters};
use crate::behaviour::inference::role::Role;
use crate::behaviour::inference::words::{OnItem, Verb, on_item, shows_whole, verb};
use crate::behaviour::inference::wrapping::{self, Wanted};
use crate::behaviour::messages::success_schema;
use crate::behaviour::paging::fields::fields;
use crate::behaviour::paging::parameters;
use crate::behaviour::shape;
use crate::behaviour::{Action, Collection, Effect, PageBy};
use crate::document::{Location, Pointer};
use crate::model::{Contract, Operation, PathTemplate};

/// The pieces of inference that are known so far. Each kind of piece is made of those before it alone, so no piece ever
/// waits for itself: resources; the evidence of collections, by the roles that resources give; declarations; own
/// effects; collections; effects.
#[derive(Debug)]
pub(super) struct Inference {
    paths: Paths,
    resources: Vec<OnceLock<Box<Resource>>>,
    homes: Vec<OnceLock<usize>>,
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
    /// The index of that operation.
    pub(super) operation: usize,
    /// The parameters above the path, as it calls them.
    pub(super) scope: Vec<String>,
    /// True where the collection is one thing.
    pub(super) single: bool,
}

/// The sentence on what does not exist, where the contract says nothing of it.
const UNDOCUMENTED_404: &str = "no 404 is documented, but what does not exist is answered with 404 (RFC 9110 §15.5.5)";

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
            homes: cells(nodes),
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

    /// The resource at the path of that number.
    pub(super) fn resource(&self, contract: &Contract, node: usize) -> &Resource {
        self.resources[node].get_or_init(|| Box::new(Resource::read(contract, &self.paths, node)))
    }

    /// True where a path that ends in a parameter is a collection none the less: `/flags/{project}` that lists or creates what
    /// stands below.
    pub(super) fn is_collection(&self, contract: &Contract, node: usize) -> bool {
        let nodes = self.paths.nodes();
        if !nodes[node].path.ends_with("{}") || nodes[node].entries.is_empty() {
            return false;
        }
        // What follows a verb is what that is done to.
        if verb(&name_of(&nodes[node].path)) == Some(Verb::Act) && nodes[node].items.is_none() {
            return false;
        }
        let resource = self.resource(contract, node);
        let has = |wanted: &str| resource.has(wanted);
        let above = self.paths.number(parent_of(&nodes[node].path)).filter(|above| !nodes[*above].entries.is_empty());
        let above = above.map(|above| self.resource(contract, above));
        let is_item = above.is_some_and(|above| above.lists || above.has("POST"));
        let lists = has("GET") && resource.lists;
        let is_changed = has("PUT") || has("PATCH");
        if nodes[node].items.is_some() {
            let makes_items = resource.posted.is_some() && resource.posted == resource.item;
            // What is changed there and read below names in its body which one it is about.
            let is_made_there = if is_changed {
                !has("GET") && !has("DELETE") && self.reads_items(contract, node)
            } else {
                !has("GET") || makes_items && self.reads_items(contract, node)
            };
            return lists && (!is_item || has("POST")) || has("POST") && !is_item && is_made_there;
        }
        lists && !is_changed && (!is_item || !has("DELETE") && self.is_paged(contract, node))
    }

    /// True where the GET at a path is cut into pages.
    fn is_paged(&self, contract: &Contract, node: usize) -> bool {
        let gets = self.paths.nodes()[node].entries.iter().filter_map(|index| contract.operation(*index).ok());
        let mut gets = gets.filter(|operation| operation.method.as_str() == "GET");
        gets.any(|operation| parameters::of(contract, operation).is_some_and(|paging| paging.by != PageBy::Nothing))
    }

    /// The one collection at another path whose items a parameter of that name names, where the name says which.
    pub(super) fn named_elsewhere(&self, contract: &Contract, own: Option<usize>, parameter: &str) -> Option<usize> {
        const ANY: [&str; 14] = [
            "id", "key", "name", "uuid", "slug", "code", "type", "number", "version", "index", "path", "token",
            "value", "kind",
        ];
        if ANY.contains(&shape::plain(parameter).as_str()) {
            return None;
        }
        let is_it = |node: &&usize| {
            let (number, path) = (**node, &self.paths.nodes()[**node].path);
            let resource = self.resource(contract, number);
            Some(number) != own
                && !path.contains("{}")
                && verb(&name_of(path)).is_none()
                && (resource.lists || resource.has("POST") || self.reads_items(contract, number))
        };
        let mut found = self.paths.named_by(parameter).iter().filter(is_it);
        match (found.next(), found.next()) {
            (Some(one), None) => Some(*one),
            (Some(_), Some(_)) | (None, _) => None,
        }
    }

    /// True where an operation shows or changes a member of the thing above: at the member's own path, or at a verb below that.
    pub(super) fn is_member(&self, contract: &Contract, operation: &Operation) -> bool {
        self.member(contract, operation).is_some()
    }

    /// The member of the thing above that the path of an operation is, or that stands before the verb in which the path ends.
    pub(super) fn member(&self, contract: &Contract, operation: &Operation) -> Option<joining::Member> {
        let own = self.paths.of_entry(operation.index);
        let path = &self.paths.nodes()[own].path;
        if matches!(operation.method.as_str(), "GET" | "PUT" | "PATCH" | "DELETE") {
            return joining::member_of(self, contract, own);
        }
        let is_changed = operation.body.is_some() && on_item(&name_of(path)) == Some(OnItem::Change);
        let before = self.paths.number(parent_of(path)).filter(|_| is_changed)?;
        joining::member_of(self, contract, before)
    }

    /// True where the items below a path can be read one by one.
    fn reads_items(&self, contract: &Contract, node: usize) -> bool {
        let nodes = self.paths.nodes();
        let mut entries = nodes[node].items.into_iter().flat_map(|items| &nodes[items].entries);
        entries.any(|index| contract.entries()[*index].method.as_str() == "GET")
    }

    /// The path at which the items of a collection are made, where that is another: what is made at `/orgs/{o}/networks` is read
    /// at `/networks/{id}`.
    pub(super) fn home(&self, contract: &Contract, node: usize) -> usize {
        *self.homes[node].get_or_init(|| self.other_home(contract, node).unwrap_or(node))
    }

    fn other_home(&self, contract: &Contract, node: usize) -> Option<usize> {
        let nodes = self.paths.nodes();
        nodes[node].items?;
        let has_post =
            |node: usize| nodes[node].entries.iter().any(|index| contract.entries()[*index].method.as_str() == "POST");
        if has_post(node) {
            return None;
        }
        let depth = nodes[node].path.matches("{}").count();
        let mut makers = self.paths.namesakes(node).filter(|other| {
            has_post(*other)
                && nodes[*other].items.is_none()
                && nodes[*other].path.matches("{}").count() > depth
                && nodes[*other].path.split('/').next_back() == nodes[node].path.split('/').next_back()
        });
        let (maker, None) = (makers.next()?, makers.next()) else { return None };
        let item = self.resource(contract, node).item.clone()?;
        let made = self.resource(contract, maker);
        let is_same = |at: &Option<Location>| at.as_ref() == Some(&item) && !shape::members(contract, &item).is_empty();
        (is_same(&made.posted) || is_same(&made.listed.as_ref().map(|(_, item)| item.clone()))).then_some(maker)
    }

    /// The paths whose items a collection holds besides its own.
    fn guests(&self, contract: &Contract, home: usize) -> Vec<usize> {
        if literal(&self.paths.nodes()[home].path).is_none() {
            return Vec::new();
        }
        let others = self.paths.namesakes(home);
        others
            .filter(|other| self.paths.nodes()[*other].items.is_some() && self.home(contract, *other) == home)
            .collect()
    }

    /// True where the path of an item ends in a format (`/accounts/{id}.json`): what lies below `/accounts/{id}` does not lie
    /// below that path, so nothing says that the item must have been made there.
    pub(super) fn has_format(&self, contract: &Contract, node: usize) -> bool {
        let path = self.resource(contract, node).item_path.as_ref();
        path.is_some_and(|(path, _)| !path.as_str().trim_end_matches('/').ends_with('}'))
    }

    /// The path of one item of a collection.
    pub(super) fn item_path(&self, contract: &Contract, node: usize) -> Option<PathTemplate> {
        let own = self.resource(contract, node).item_path.as_ref();
        let guest = || {
            self.guests(contract, node).into_iter().find_map(|guest| self.resource(contract, guest).item_path.as_ref())
        };
        own.or_else(guest).map(|(path, _)| path.clone())
    }

    /// The member of the thing at a path that holds the items of a collection below, and that collection.
    pub(super) fn held(&self, contract: &Contract, node: usize) -> Option<(Pointer, usize)> {
        let here = &self.paths.nodes()[node];
        if here.items.is_some() || here.below.is_empty() {
            return None;
        }
        let (place, _) = self.resource(contract, node).listed.clone()?;
        let name = shape::plain(&place.last()?);
        let below = here.below.iter().copied().find(|below| shape::plain(&self.name(*below)) == name)?;
        (below != node && self.evidence(contract, below).is_some()).then_some((place, below))
    }

    /// The schema of an item that the thing above holds.
    pub(super) fn held_item(&self, contract: &Contract, number: usize) -> Option<Location> {
        if !self.has_path(number) {
            return None;
        }
        let resource = self.resource(contract, number);
        resource.holder.as_ref()?;
        resource.item.clone()
    }

    /// True where the answer of an operation is a list of what a collection holds.
    pub(super) fn lists_items_of(&self, contract: &Contract, operation: &Operation, collection: usize) -> bool {
        let resource = self.resource(contract, collection);
        let name = self.name(collection);
        let wanted = Wanted { item: resource.item.as_ref(), ..Wanted::named(&name, None) };
        let listed = success_schema(operation).and_then(|at| wrapping::many(contract, at, &wanted));
        listed.is_some_and(|(_, item)| {
            let known = resource.item.iter().chain(resource.listed.as_ref().map(|(_, listed)| listed));
            let target = shape::target(contract, &item);
            known.into_iter().any(|known| *known == target || wrapping::is_one(contract, known, &item))
        })
    }

    /// The operation that shows that there is a collection at the path of that number; `None` where there is none.
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
        let views = here.below.iter().flat_map(move |below| {
            let below = &self.paths.nodes()[*below];
            let is_verb = verb(&name_of(&below.path)).is_some();
            below.entries.iter().copied().filter(move |index| match contract.entries()[*index].method.as_str() {
                "GET" => here.items.is_some() || self.resource(contract, node).lists,
                "POST" => is_verb,
                _ => false,
            })
        });
        let words = here.items.into_iter().flat_map(move |items| &self.paths.nodes()[items].below).flat_map(|below| {
            let below = &self.paths.nodes()[*below];
            below.entries.iter().copied().filter(move |_| shows_whole(&name_of(&below.path)))
        });
        let guests = self.guests(contract, node).into_iter().flat_map(|guest| {
            let guest = &self.paths.nodes()[guest];
            let items = guest.items.map(|items| self.paths.nodes()[items].entries.as_slice()).unwrap_or_default();
            guest.entries.iter().chain(items).copied().collect::<Vec<_>>()
        });
        own.into_iter()
            .chain(views)
            .chain(words)
            .chain(guests)
            .filter_map(|index| contract.operation(index).ok())
            .map(|operation| (operation, Role::of(self, contract, operation)))
            .filter(move |(_, role)| role.collection() == Some(node))
    }

    /// The effect of an operation, before it is known whether its path leads through an item: by its path, or by its
    /// declaration.
    pub(super) fn own_effect(&self, contract: &Contract, operation: &Operation) -> &Arc<Effect> {
        self.own_effects[operation.index].get_or_init(|| {
            let by_path = own_effect::by_path(self, contract, operation);
            let declared = self.declarations(contract).of(operation.index);
            Arc::new(match declared {
                Some(declared) => own_effect::declared(self, contract, operation, &by_path, declared),
                None => by_path,
            })
        })
    }

    /// The declarations of all operations; read at once, since any of them may speak of any collection.
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

    /// The operations that act on a collection, by their indices.
    pub(super) fn operations_of(&self, contract: &Contract, number: usize) -> Vec<usize> {
        collection::acting(self, contract, number)
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

    /// The effect of an operation, by its index, with all that is inferred of it.
    pub(super) fn effect(&self, contract: &Contract, index: usize) -> &Effect {
        self.effects[index].get_or_init(|| {
            let Ok(operation) = contract.operation(index) else { return Arc::default() };
            let own_effect = self.own_effect(contract, operation);
            let effect = match own_effect::through(self, contract, operation, own_effect) {
                Some(effect) => Arc::new(effect),
                None => own_effect.clone(),
            };
            let undocumented = operation.response(404).is_none() && self.needs_something(contract, &effect);
            let mut more: Vec<String> = undocumented.then(|| UNDOCUMENTED_404.to_owned()).into_iter().collect();
            more.extend(operation.only_errors().map(|status| {
                format!("errors alone are documented, so every request is refused with {status} and changes nothing")
            }));
            let is_of_state = effect.collection.is_some() || effect.subject.is_some();
            let fields = effect.collection.and_then(|_| fields(contract, operation));
            let tells = is_of_state && effect.action != Action::List;
            let unused = if tells { own_effect::unused(operation, &effect) } else { Vec::new() };
            if more.is_empty() && fields.is_none() && unused.is_empty() {
                return effect;
            }
            let mut effect = Arc::unwrap_or_clone(effect);
            effect.unused.extend(unused);
            if let Some(name) = &fields {
                effect.unused.retain(|unused| unused != name);
                effect.because.push(format!("{name} names the members that are shown"));
            }
            effect.fields = fields;
            effect.because.extend(more);
            Arc::new(effect)
        })
    }

    /// True where a request may name something that does not exist: an item, or one above the collection.
    fn needs_something(&self, contract: &Contract, effect: &Effect) -> bool {
        effect.key_parameter.is_some() && (effect.collection.is_some() || effect.subject.is_some())
            || effect.collection.is_some_and(|number| self.collection(contract, number).parent.is_some())
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
