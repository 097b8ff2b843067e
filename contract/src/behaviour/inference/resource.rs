//! What a path stands for, as the operations there and on the items below say: whether it lists, whether it creates, and
//! what it shows. Reads those operations and no others.

use crate::behaviour::inference::paths::{Paths, name_of};
use crate::behaviour::inference::wrapping;
use crate::behaviour::shape;
use crate::document::Location;
use crate::model::{Contract, In, Operation, PathTemplate, Piece, Response};

/// What a path stands for.
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
    /// The schema of one item, as reading or creating it shows it.
    pub(super) item: Option<Location>,
    /// The schema of one item of the list.
    pub(super) listed: Option<Location>,
}

impl Resource {
    /// The resource at the path of that number.
    pub(super) fn read(contract: &Contract, paths: &Paths, number: usize) -> Self {
        let node = &paths.nodes()[number];
        let below = node.items.map(|items| paths.nodes()[items].entries.as_slice()).unwrap_or_default();
        let mut entries: Vec<usize> = node.entries.iter().chain(below).copied().collect();
        entries.sort_unstable();
        let mut resource = Self::default();
        for operation in entries.into_iter().filter_map(|index| contract.operation(index).ok()) {
            let name = name_of(operation.path.as_str());
            if paths.of_entry(operation.index) == number {
                resource.take_own(contract, operation, &name);
            } else if let Some(parameter) = tail_parameter(operation) {
                resource.item_path.get_or_insert_with(|| (operation.path.clone(), parameter));
                // What an operation on the item shows is the item; what is posted to one may be anything.
                if operation.method.as_str() != "POST" {
                    resource.item = shown(contract, operation, &name).or(resource.item.take());
                }
            }
        }
        resource
    }

    fn take_own(&mut self, contract: &Contract, operation: &Operation, name: &str) {
        let method = operation.method.as_str();
        self.methods.push(method.to_owned());
        if method == "GET"
            && let Some((_, item)) = success_schema(operation).and_then(|at| wrapping::many(contract, at, name))
        {
            self.lists = true;
            self.listed = Some(shape::target(contract, &item));
        }
        if method == "POST" {
            self.creates |= operation.response(201).is_some_and(|response| response.status.is_success());
            self.item = self.item.take().or_else(|| shown(contract, operation, name));
        }
    }
}

/// The schema of the item that an operation shows.
fn shown(contract: &Contract, operation: &Operation, name: &str) -> Option<Location> {
    success_schema(operation).map(|at| shape::target(contract, &wrapping::one(contract, at, name, None).1))
}

/// The schema of the first success response in JSON, or of its first content.
pub(super) fn success_schema(operation: &Operation) -> Option<&Location> {
    operation
        .responses
        .iter()
        .filter(|response| response.status.is_success())
        .chain(operation.success())
        .find_map(response_schema)
}

fn response_schema(response: &Response) -> Option<&Location> {
    response
        .content
        .iter()
        .filter(|content| content.media_type.is_json())
        .chain(&response.content)
        .find_map(|content| content.schema.as_ref())
}

/// The schema of the first body that may be sent in JSON, or of the first of any kind.
pub(super) fn request_schema(operation: &Operation) -> Option<&Location> {
    let content = &operation.body.as_ref()?.content;
    content
        .iter()
        .filter(|content| content.media_type.is_json())
        .chain(content)
        .find_map(|content| content.schema.as_ref())
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

/// The parameter that is the whole last segment of the path.
pub(super) fn tail_parameter(operation: &Operation) -> Option<String> {
    match operation.path.segments().last()?.0.as_slice() {
        [Piece::Parameter(name)] => Some(name.clone()),
        _ => None,
    }
}
