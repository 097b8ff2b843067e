//! The schemas of an operation's messages that tell what it is about.

use crate::document::Location;
use crate::model::{Operation, Response};

/// The schema of the first success response in JSON, or of its first content.
pub(crate) fn success_schema(operation: &Operation) -> Option<&Location> {
    operation
        .responses
        .iter()
        .filter(|response| response.status.is_success())
        .chain(operation.success())
        .find_map(response_schema)
}

/// The schemas of the success responses besides the one that is looked at first.
pub(crate) fn other_success_schemas(operation: &Operation) -> Vec<&Location> {
    let first = success_schema(operation);
    let responses = operation.responses.iter().filter(|response| response.status.is_success());
    let mut others: Vec<&Location> =
        responses.flat_map(|response| &response.content).filter_map(|content| content.schema.as_ref()).collect();
    others.retain(|at| Some(*at) != first);
    others
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
pub(crate) fn request_schema(operation: &Operation) -> Option<&Location> {
    let content = &operation.body.as_ref()?.content;
    let is_patch = |content: &&crate::model::Content| content.media_type.to_string().contains("json-patch");
    content
        .iter()
        .filter(|content| content.media_type.is_json())
        .filter(|content| !is_patch(content))
        .chain(content)
        .find_map(|content| content.schema.as_ref())
}
