//! A decoded request against its operation.

use crate::codec::{Decoded, DecodedBody, Reading};
use crate::document::Defect;
use crate::model::{Contract, Direction, Operation};
use crate::rule::{Breach, Subject};
use crate::validate::{Violation, value};

/// The violations of a request, in the order of the operation's parameters, the body last.
///
/// # Errors
/// The defect that makes a schema of the operation unusable.
pub fn request(contract: &Contract, operation: &Operation, decoded: &Decoded) -> Result<Vec<Violation>, Defect> {
    let mut found = Vec::new();
    for (parameter, reading) in operation.parameters.iter().zip(&decoded.parameters) {
        let subject = || Subject::Parameter { place: parameter.place, name: parameter.name.clone() };
        match reading {
            Reading::Absent if parameter.required => found.push(Violation::whole(
                subject(),
                Breach::Absent,
                format!("the required {} parameter {} is missing", parameter.place, parameter.name),
            )),
            Reading::Absent => {}
            Reading::Unreadable(unread) => found.push(Violation::unread(subject(), unread)),
            Reading::Value(instance) => {
                if let Some(at) = parameter.shape.schema() {
                    found.extend(value(contract, at, Direction::Request, &subject(), instance)?);
                }
            }
        }
    }
    found.extend(body(contract, operation, decoded)?);
    Ok(found)
}

fn body(contract: &Contract, operation: &Operation, decoded: &Decoded) -> Result<Vec<Violation>, Defect> {
    let Some(body) = &operation.body else { return Ok(Vec::new()) };
    let one = |breach, message: String| Ok(vec![Violation::whole(Subject::Body, breach, message)]);
    match &decoded.body {
        DecodedBody::Absent if body.required => {
            one(Breach::Absent, "the request has no body, but one is required".into())
        }
        DecodedBody::Absent | DecodedBody::Opaque { .. } => Ok(Vec::new()),
        DecodedBody::Malformed { reason, .. } => one(Breach::Malformed, reason.clone()),
        DecodedBody::Beyond { bound, .. } => one(Breach::Beyond, bound.clone()),
        DecodedBody::UndocumentedMediaType { sent } => one(
            Breach::MediaType,
            match sent {
                Some(sent) => format!("the media type {sent} is not accepted here"),
                None => "the body has no Content-Type".to_owned(),
            },
        ),
        DecodedBody::Value { content, value: instance, .. } => {
            match body.content.get(*content).and_then(|content| content.schema.as_ref()) {
                Some(at) => value(contract, at, Direction::Request, &Subject::Body, instance),
                None => Ok(Vec::new()),
            }
        }
    }
}
