//! The links of a document (OpenAPI Link Object): what an answer gives to another operation's parameters. Pure.

use etalon_contract::codec::{Request, Response};
use etalon_contract::document::{Location, Pointer};
use etalon_contract::model::{Operation, Route};
use serde_json::Value;

use crate::scenario::answer;
use crate::session::Session;

/// The values that an accepted exchange links to: the index of the operation, the parameter's name, and the value.
#[must_use]
pub(crate) fn linked(
    session: Session<'_>,
    operation: &Operation,
    request: &Request,
    response: &Response,
) -> Vec<(usize, String, Value)> {
    let document = session.contract.document();
    let Some(documented) = operation.response(response.status) else { return Vec::new() };
    let at = documented.at.join("links");
    let Some(links) = document.node(&at).and_then(Value::as_object) else { return Vec::new() };
    let mut found = Vec::new();
    for name in links.keys() {
        let Some(link) = node(session, &at.join(name)) else { continue };
        let Some(id) = link.get("operationId").and_then(Value::as_str) else { continue };
        let Some(target) = session.contract.entries().iter().position(|entry| entry.id == id) else { continue };
        for (parameter, expression) in link.get("parameters").and_then(Value::as_object).into_iter().flatten() {
            let parameter = parameter.rsplit_once('.').map_or(parameter.as_str(), |(_, name)| name);
            let value = match expression.as_str() {
                Some(text) if text.starts_with('$') => evaluate(session, operation, request, response, text),
                _ => Some(expression.clone()),
            };
            found.extend(value.map(|value| (target, parameter.to_owned(), value)));
        }
    }
    found
}

/// The operations that answers of this one link to, by their indexes.
#[must_use]
pub(crate) fn targets(session: Session<'_>, operation: &Operation) -> Vec<usize> {
    let document = session.contract.document();
    let mut found = Vec::new();
    for documented in &operation.responses {
        let at = documented.at.join("links");
        for name in document.node(&at).and_then(Value::as_object).into_iter().flat_map(|links| links.keys()) {
            let link = node(session, &at.join(name));
            let id = link.and_then(|link| link.get("operationId")).and_then(Value::as_str);
            found.extend(id.and_then(|id| session.contract.entries().iter().position(|entry| entry.id == id)));
        }
    }
    found
}

/// A node of the document, through its references.
fn node<'c>(session: Session<'c>, at: &Location) -> Option<&'c Value> {
    session.contract.document().follow(at).ok().map(|(_, node)| node)
}

/// A runtime expression (OpenAPI 3.1.1 §4.8.20.4).
fn evaluate(
    session: Session<'_>,
    operation: &Operation,
    request: &Request,
    response: &Response,
    expression: &str,
) -> Option<Value> {
    let within = |body: &Value, pointer: &str| Pointer::parse(pointer)?.get(body).cloned();
    if let Some(pointer) = expression.strip_prefix("$response.body") {
        return within(&answer::json(response)?, pointer.strip_prefix('#').unwrap_or(""));
    }
    if let Some(name) = expression.strip_prefix("$response.header.") {
        return response.headers.get(name).map(|text| Value::String(text.to_owned()));
    }
    if let Some(pointer) = expression.strip_prefix("$request.body") {
        return within(&serde_json::from_slice(&request.body).ok()?, pointer.strip_prefix('#').unwrap_or(""));
    }
    if let Some(name) = expression.strip_prefix("$request.path.") {
        return match session.contract.route(operation.method.as_str(), request.path()) {
            Route::Found { captures, .. } => {
                captures.into_iter().find(|(known, _)| known == name).map(|(_, raw)| Value::String(raw))
            }
            Route::OtherMethods(_) | Route::Unknown => None,
        };
    }
    None
}
