//! What one path stands for, from the operations at it and on its items: whether it lists, whether it creates, and what
//! it shows. Reads those operations and no others.

use crate::behaviour::inference::asking;
use crate::behaviour::inference::paths::{self, Paths, name_of};
use crate::behaviour::inference::wrapping::{self, Wanted};
use crate::behaviour::messages::{request_schema, success_schema};
use crate::behaviour::shape;
use crate::document::{Location, Pointer};
use crate::model::{Contract, In, Operation, PathTemplate};

/// The resource at a path: its methods, its item, and whether it is a list or one thing.
#[derive(Clone, Debug, Default)]
pub(super) struct Resource {
    /// The methods of the path.
    pub(super) methods: Vec<String>,
    /// The path of one item below as it is written, and the parameter that it ends in.
    pub(super) item_path: Option<(PathTemplate, String)>,
    /// A GET there returns a list.
    pub(super) lists: bool,
    /// A POST there creates: it is documented with 201.
    pub(super) creates: bool,
    /// A POST there reads: it asks for items by their keys or by what they are like.
    pub(super) reads_by_post: bool,
    /// The path can be changed in place, and what is sent is what a GET there shows: one thing, even if it holds an array.
    pub(super) is_thing: bool,
    /// The schema of one item, as reading or creating it shows it.
    pub(super) item: Option<Location>,
    /// The schema of one item of the list, and where the list stands.
    pub(super) listed: Option<(Pointer, Location)>,
    /// The schema of what a POST there takes.
    pub(super) sent: Option<Location>,
    /// The schema of what a POST there shows.
    pub(super) posted: Option<Location>,
    /// The schema of the thing above that holds the items: `/cart` of `/cart/items`.
    pub(super) holder: Option<Location>,
}

impl Resource {
    /// True where the path, or that of its items, has an operation of this method.
    pub(super) fn has(&self, method: &str) -> bool {
        self.methods.iter().any(|known| known == method)
    }

    /// The resource at the path of that number.
    pub(super) fn read(contract: &Contract, paths: &Paths, number: usize) -> Self {
        let node = &paths.nodes()[number];
        let below = node.items.map(|items| paths.nodes()[items].entries.as_slice()).unwrap_or_default();
        let mut entries: Vec<usize> = node.entries.iter().chain(below).copied().collect();
        entries.sort_unstable();
        let name = name_of(&node.path);
        let operations: Vec<&Operation> =
            entries.into_iter().filter_map(|index| contract.operation(index).ok()).collect();
        let mut resource = Self::default();
        if let Some((holder, item)) = holder(contract, paths, number) {
            resource.holder = Some(shape::target(contract, &holder));
            resource.item = Some(shape::target(contract, &item));
        }
        let is_own = |operation: &&&Operation| paths.of_entry(operation.index) == number;
        let mut on_items: Vec<&Operation> = operations.iter().filter(|operation| !is_own(operation)).copied().collect();
        for operation in &on_items {
            if let Some(parameter) = tail_parameter(operation) {
                resource.item_path.get_or_insert_with(|| (operation.path.clone(), parameter));
            }
        }
        // What an operation on the item shows is the item, and a read shows it best: the answer to a removal may be a receipt,
        // and what is posted to an item may be anything.
        on_items.sort_by_key(|operation| telling(operation.method.as_str()));
        let posted = operations.iter().filter(is_own).find(|operation| operation.method.as_str() == "POST");
        resource.sent = posted.and_then(|operation| request_schema(operation)).cloned();
        let sent = resource.sent.clone();
        let posted = posted.and_then(|operation| success_schema(operation)).map(|at| shape::target(contract, at));
        let mut shows: Vec<Location> = resource.item.iter().cloned().collect();
        for operation in on_items.iter().filter(|operation| operation.method.as_str() != "POST") {
            let Some(parameter) = tail_parameter(operation) else { continue };
            let parameter = Some((parameter.as_str(), parameter_schema(operation, &parameter)));
            let wanted = Wanted { collection: &name, parameter, item: None, sent: sent.as_ref() };
            shows.extend(holds_posted(contract, operation, posted.as_ref()));
            shows.extend(shown(contract, operation, &wanted));
        }
        let is_told = |at: &&Location| !shape::members(contract, at).is_empty();
        resource.item = shows.iter().find(is_told).or(shows.first()).cloned();
        // What a POST shows tells what the list is a list of.
        let mut own: Vec<&Operation> = operations.iter().filter(is_own).copied().collect();
        own.sort_by_key(|operation| operation.method.as_str() != "POST");
        for operation in own {
            resource.take_own(contract, operation, &name);
        }
        resource.is_thing = node.items.is_none() && is_thing(contract, &operations, &resource);
        if resource.is_thing || holds_items(paths, number, &resource) {
            resource.lists = false;
        }
        resource
    }

    fn take_own(&mut self, contract: &Contract, operation: &Operation, name: &str) {
        let method = operation.method.as_str();
        self.methods.push(method.to_owned());
        let (item, sent) = (self.item.clone(), self.sent.clone());
        let wanted = Wanted { item: item.as_ref(), sent: sent.as_ref(), ..Wanted::named(name, None) };
        if method == "GET"
            && let Some((pointer, item)) =
                success_schema(operation).and_then(|at| wrapping::many(contract, at, &wanted))
        {
            self.lists = true;
            self.listed = Some((pointer, shape::target(contract, &item)));
        }
        if method == "POST" {
            self.creates |= operation.response(201).is_some_and(|response| response.status.is_success());
            self.reads_by_post = asking::reads(contract, operation, &wanted);
            self.posted = shown(contract, operation, &wanted).filter(|at| self.holder.as_ref() != Some(at));
            let is_told = |at: &Location| !shape::members(contract, at).is_empty();
            if self.item.as_ref().is_none_or(|item| !is_told(item)) && self.posted.as_ref().is_some_and(is_told) {
                self.item = self.posted.clone();
            }
            self.item = self.item.take().or_else(|| self.posted.clone());
        }
    }
}

/// The rank of a method by how well its messages tell what an item is, 0 for the best.
fn telling(method: &str) -> u8 {
    match method {
        "GET" => 0,
        "PUT" | "PATCH" => 1,
        _ => 2,
    }
}

/// The member of what an operation shows that is just what making the item shows: `{configuration, code}` beside a POST that
/// answers the configuration.
fn holds_posted(contract: &Contract, operation: &Operation, posted: Option<&Location>) -> Option<Location> {
    let posted = posted.filter(|at| !shape::members(contract, at).is_empty())?;
    let body = success_schema(operation)?;
    let members = shape::members(contract, body);
    members.iter().any(|(_, at)| wrapping::same(contract, at, Some(posted))).then(|| posted.clone())
}

/// True where what a PUT or PATCH takes is what a GET shows: not the items of a list.
fn is_thing(contract: &Contract, operations: &[&Operation], resource: &Resource) -> bool {
    let Some((place, _)) = &resource.listed else { return false };
    if place.as_str().is_empty() || resource.has("POST") {
        return false;
    }
    let body = |method: &str| operations.iter().find(|operation| operation.method.as_str() == method).copied();
    let Some(shown) = body("GET").and_then(success_schema) else { return false };
    let members = shape::members(contract, shown).len();
    ["PUT", "PATCH"].into_iter().filter_map(body).filter_map(request_schema).any(|sent| {
        let common = wrapping::overlap(contract, sent, shown);
        common > 0 && common * 2 >= members && !shape::is_array(contract, sent)
    })
}

/// True for a thing that holds the items of a collection of its own: `/cart` with `items` beside `/cart/items`.
fn holds_items(paths: &Paths, number: usize, resource: &Resource) -> bool {
    let node = &paths.nodes()[number];
    let Some(name) = resource.listed.as_ref().and_then(|(place, _)| place.last()) else { return false };
    node.items.is_none()
        && !resource.has("POST")
        && node.below.iter().any(|below| {
            let below = &paths.nodes()[*below];
            (below.items.is_some() || !below.entries.is_empty())
                && shape::plain(&name_of(&below.path)) == shape::plain(&name)
                && below.path.len() > node.path.len()
        })
}

/// The schemas of the thing above a path that holds its items, and of one of these.
fn holder(contract: &Contract, paths: &Paths, number: usize) -> Option<(Location, Location)> {
    let node = &paths.nodes()[number];
    let above = &paths.nodes()[paths.number(paths::parent_of(&node.path))?];
    let name = shape::plain(&name_of(&node.path));
    if above.items.is_some() || paths::literal_end(&node.path).is_none() {
        return None;
    }
    let mut reads = above.entries.iter().filter(|index| contract.entries()[**index].method.as_str() == "GET");
    let shown = success_schema(contract.operation(*reads.next()?).ok()?)?;
    let (_, at) = shape::members(contract, shown).into_iter().find(|(member, _)| shape::plain(member) == name)?;
    let item = if shape::is_array(contract, &at) { shape::items(contract, &at)? } else { return None };
    Some((shown.clone(), item))
}

/// The schema of the item that an operation shows.
fn shown(contract: &Contract, operation: &Operation, wanted: &Wanted<'_>) -> Option<Location> {
    success_schema(operation).map(|at| shape::target(contract, &wrapping::one(contract, at, wanted).1))
}

/// The schema of a path parameter.
pub(super) fn parameter_schema<'o>(operation: &'o Operation, name: &str) -> Option<&'o Location> {
    operation.parameter(In::Path, name)?.shape.schema()
}

/// The names of the path parameters, outermost first.
pub(super) fn path_parameters(operation: &Operation) -> Vec<String> {
    operation
        .path
        .parameters()
        .filter(|name| operation.parameter(In::Path, name).is_some())
        .map(str::to_owned)
        .collect()
}

/// The parameter that the path ends in.
pub(super) fn tail_parameter(operation: &Operation) -> Option<String> {
    paths::tail_parameter(&operation.path).map(str::to_owned)
}
