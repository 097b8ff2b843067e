//! A response against the documented ones of its operation.

use serde_json::Value;

use crate::codec::{self, DecodedBody, Reading};
use crate::document::Defect;
use crate::model::{self, Contract, Direction, MediaType, Operation};
use crate::rule::{Breach, Subject};
use crate::validate::{Violation, value};

/// What a response violates: its status, its headers, its media type, its body, and RFC 9457 where it is a problem.
///
/// # Errors
/// What makes a schema of the operation unusable.
pub fn response(
    contract: &Contract,
    operation: &Operation,
    method: &str,
    response: &codec::Response,
) -> Result<Vec<Violation>, Defect> {
    let mut found = Vec::new();
    let documented = operation.response(response.status);
    match documented {
        None => found.push(Violation::whole(
            Subject::Response,
            Breach::Status,
            format!("the status {} is not documented for {}", response.status, operation.id),
        )),
        Some(documented) => {
            headers(contract, documented, response, &mut found)?;
            if may_have_body(method, response.status) {
                body(contract, documented, response, &mut found)?;
            }
        }
    }
    if !may_have_body(method, response.status) && !response.body.is_empty() {
        found.push(Violation::whole(
            Subject::ResponseBody,
            Breach::Unexpected,
            format!("a response to {method} with status {} has no body (RFC 9110 §6.4.1)", response.status),
        ));
    }
    problem(response, &mut found);
    Ok(found)
}

/// RFC 9110 §6.4.1: no content in answers to HEAD, in 1xx, 204 and 304.
fn may_have_body(method: &str, status: u16) -> bool {
    method != "HEAD" && !matches!(status, 100..=199 | 204 | 304)
}

fn headers(
    contract: &Contract,
    documented: &model::Response,
    response: &codec::Response,
    found: &mut Vec<Violation>,
) -> Result<(), Defect> {
    for header in &documented.headers {
        let subject = Subject::ResponseHeader { name: header.name.clone() };
        match response.headers.get(&header.name) {
            None if header.required => found.push(Violation::whole(
                subject,
                Breach::Absent,
                format!("the response header {} is missing", header.name),
            )),
            None => {}
            Some(text) => match codec::decode_header(contract, &header.shape, text) {
                Reading::Absent => {}
                Reading::Unreadable(reason) => found.push(Violation::whole(subject, Breach::Malformed, reason)),
                Reading::Value(instance) => {
                    if let Some(at) = header.shape.schema() {
                        found.extend(value(contract, at, Direction::Response, &subject, &instance)?);
                    }
                }
            },
        }
    }
    Ok(())
}

fn body(
    contract: &Contract,
    documented: &model::Response,
    response: &codec::Response,
    found: &mut Vec<Violation>,
) -> Result<(), Defect> {
    if documented.content.is_empty() {
        // Nothing is promised of the body, so nothing can be broken.
        return Ok(());
    }
    let content_type = response.headers.get("content-type");
    match codec::decode_body(contract, &documented.content, content_type, &response.body) {
        DecodedBody::Absent => found.push(Violation::whole(
            Subject::ResponseBody,
            Breach::Absent,
            format!("the response {} is documented with a body, but has none", documented.status),
        )),
        DecodedBody::Malformed { reason, .. } => {
            found.push(Violation::whole(Subject::ResponseBody, Breach::Malformed, reason));
        }
        DecodedBody::UndocumentedMediaType { sent } => found.push(Violation::whole(
            Subject::Response,
            Breach::MediaType,
            match sent {
                Some(sent) => {
                    format!("the media type {sent} is not documented for the response {}", documented.status)
                }
                None => "the response has a body, but no Content-Type".to_owned(),
            },
        )),
        DecodedBody::Opaque { .. } => {}
        DecodedBody::Value { content, value: instance, .. } => {
            if let Some(at) = documented.content.get(content).and_then(|content| content.schema.as_ref()) {
                found.extend(value(contract, at, Direction::Response, &Subject::ResponseBody, &instance)?);
            }
        }
    }
    Ok(())
}

/// RFC 9457 §3.1: what a problem details object says of itself must be so.
fn problem(response: &codec::Response, found: &mut Vec<Violation>) {
    let is_problem =
        response.headers.get("content-type").and_then(MediaType::parse).is_some_and(|sent| sent.is_problem_json());
    if !is_problem {
        return;
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(&response.body) else {
        found.push(Violation::whole(
            Subject::ResponseBody,
            Breach::Problem,
            "a problem details document is a JSON object (RFC 9457 §3)",
        ));
        return;
    };
    if let Some(status) = members.get("status").and_then(Value::as_u64)
        && status != u64::from(response.status)
    {
        found.push(Violation::whole(
            Subject::ResponseBody,
            Breach::Problem,
            format!("the problem says status {status}, but the response has {} (RFC 9457 §3.1.2)", response.status),
        ));
    }
}
