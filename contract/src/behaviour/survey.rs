//! What the paths of a contract look like, before anything is inferred from them: which have items below, which list, which
//! create, and what they show.

use std::collections::BTreeMap;

use crate::behaviour::{shape, wrapping};
use crate::document::Location;
use crate::model::{Contract, In, Operation, PathTemplate, Piece, Response};

/// What a path stands for.
#[derive(Clone, Debug, Default)]
pub(super) struct Resource {
    /// The collection at this path, once there is one.
    pub(super) collection: Option<usize>,
    /// The methods of the path.
    pub(super) methods: Vec<String>,
    /// The path of one item below, as written.
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

/// Every path, its parameters unnamed.
pub(super) fn survey(contract: &Contract) -> BTreeMap<String, Resource> {
    let mut paths: BTreeMap<String, Resource> = BTreeMap::new();
    for operation in contract.operations() {
        let path = canonical(operation.path.as_str());
        let resource = paths.entry(path.clone()).or_default();
        resource.methods.push(operation.method.as_str().to_owned());
        resource.creates |= operation.method.as_str() == "POST"
            && operation.response(201).is_some_and(|response| response.status.is_success());
        let name = name_of(operation.path.as_str());
        let body = success_schema(operation);
        if operation.method.as_str() == "GET"
            && let Some((_, item)) = body.and_then(|at| wrapping::many(contract, at, &name))
        {
            resource.lists = true;
            resource.listed = Some(shape::target(contract, &item));
        }
        let shown = body.map(|at| shape::target(contract, &wrapping::one(contract, at, &name, None).1));
        let is_post = operation.method.as_str() == "POST";
        if is_post {
            resource.item = resource.item.take().or_else(|| shown.clone());
        }
        if let Some(parameter) = tail_parameter(operation) {
            let above = paths.entry(parent_of(&path).to_owned()).or_default();
            above.item_path.get_or_insert_with(|| (operation.path.clone(), parameter));
            // What an operation on the item shows is the item; what is posted to one may be anything.
            if !is_post {
                above.item = shown.or(above.item.take());
            }
        }
    }
    paths
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

/// The path with every parameter unnamed, so that the same path under two namings is one.
pub(super) fn canonical(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, tail)) = after.split_once('}') else { break };
        text.push_str(before);
        text.push_str("{}");
        rest = tail;
    }
    text.push_str(rest);
    text
}

pub(super) fn parent_of(path: &str) -> &str {
    path.rfind('/').map_or("", |cut| &path[..cut])
}

/// The name of what a path leads to: its last literal segment.
pub(super) fn name_of(path: &str) -> String {
    path.rsplit('/').find(|segment| !segment.contains('{') && !segment.is_empty()).unwrap_or("items").to_owned()
}
