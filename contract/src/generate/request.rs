//! Requests that are valid, and the judgement of requests as they stand on the wire.

use serde_json::{Map, Value};

use crate::codec::{self, Draft, DraftBody};
use crate::document::{Location, Pointer};
use crate::generate::file::file;
use crate::generate::plain::maker::Way;
use crate::generate::value::value_reaching;
use crate::generate::{Cannot, Choices, Why};
use crate::model::{Body, Content, Contract, Direction, MediaType, Operation, Parameter};
use crate::rule::{Row, Subject};
use crate::validate::{self, Violation};

/// The most times that a request is made anew where a value of it has no wire form.
const ATTEMPTS: usize = 8;

/// A valid request for an operation, as values: every required part, now and then an optional one. Read back from its own
/// bytes it violates nothing.
///
/// # Errors
/// The reason why none was found, with the part that cannot be made.
pub fn valid(contract: &Contract, operation: &Operation, choices: &mut dyn Choices) -> Result<Draft, Cannot> {
    reaching(contract, operation, None, choices)
}

/// A valid request in which the place that a row speaks of is there, within the row's branches.
pub(crate) fn reaching(
    contract: &Contract,
    operation: &Operation,
    row: Option<&Row>,
    choices: &mut dyn Choices,
) -> Result<Draft, Cannot> {
    let mut last = Cannot::because("no valid request was found");
    for _ in 0..ATTEMPTS {
        let draft = match draft(contract, operation, row, choices) {
            Ok(draft) => draft,
            Err(cannot) if matches!(cannot.why, Why::Unsatisfiable | Why::Defective | Why::Budget) => {
                return Err(cannot);
            }
            Err(cannot) => {
                last = cannot;
                continue;
            }
        };
        match violations(contract, operation, &draft) {
            Ok(found) => match found.first() {
                None => return Ok(draft),
                Some(violation) => last = Cannot::because(format!("no valid request was found: {violation}")),
            },
            Err(cannot) => last = cannot,
        }
    }
    Err(last)
}

/// The violations of a request once it was written and read again: the wire truth.
pub(crate) fn violations(contract: &Contract, operation: &Operation, draft: &Draft) -> Result<Vec<Violation>, Cannot> {
    let request = codec::encode(contract, operation, draft).map_err(Cannot::no_wire_form)?;
    let captures = operation
        .path
        .capture(request.path())
        .ok_or_else(|| Cannot::no_wire_form("the path would be that of another operation"))?;
    let decoded = codec::decode(contract, operation, &captures, &request);
    validate::request(contract, operation, &decoded).map_err(|defect| Cannot::defective(&defect))
}

fn draft(
    contract: &Contract,
    operation: &Operation,
    row: Option<&Row>,
    choices: &mut dyn Choices,
) -> Result<Draft, Cannot> {
    let mut draft = Draft { operation: operation.index, parameters: Vec::new(), body: None };
    for parameter in &operation.parameters {
        let path = focus(
            row,
            |subject| matches!(subject, Subject::Parameter { place, name } if *place == parameter.place && *name == parameter.name),
        );
        if parameter.required || path.is_some() || choices.chance(1, 4) {
            let branches = row.filter(|_| path.is_some()).map_or(&[][..], |row| &row.within);
            let way = Way { path: &path.unwrap_or_default(), branches };
            let value = parameter_value(contract, parameter, way, choices)?;
            draft.parameters.push((parameter.place, parameter.name.clone(), value));
        }
    }
    if let Some(body) = &operation.body {
        let path = focus(row, |subject| *subject == Subject::Body);
        if body.required || path.is_some() || choices.chance(3, 4) {
            let branches = row.filter(|_| path.is_some()).map_or(&[][..], |row| &row.within);
            let way = Way { path: &path.unwrap_or_default(), branches };
            draft.body = Some(body_value(contract, body, row, way, choices)?);
        }
    }
    Ok(draft)
}

/// The way to a row's place, where the row speaks of this subject.
fn focus(row: Option<&Row>, is_it: impl Fn(&Subject) -> bool) -> Option<Vec<String>> {
    row.filter(|row| is_it(&row.subject)).map(|row| row.pointer.tokens().map(|token| token.into_owned()).collect())
}

fn parameter_value(
    contract: &Contract,
    parameter: &Parameter,
    way: Way<'_>,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    match parameter.shape.schema() {
        Some(at) => value_reaching(contract, at, Direction::Request, way, choices)
            .map_err(|cannot| cannot.within(format!("{} {}", parameter.place, parameter.name))),
        None => Ok(Value::String(format!("value{}", choices.below(1000)))),
    }
}

fn body_value(
    contract: &Contract,
    body: &Body,
    row: Option<&Row>,
    way: Way<'_>,
    choices: &mut dyn Choices,
) -> Result<DraftBody, Cannot> {
    let wanted = row.filter(|row| row.subject == Subject::Body).and_then(|row| row.content);
    let content = match wanted {
        Some(index) => body.content.get(index),
        None => body.content.iter().find(|content| content.media_type.is_json()).or_else(|| body.content.first()),
    };
    let content = content.ok_or_else(|| Cannot::because("the body has no media type"))?;
    let media_type = content
        .media_type
        .concrete()
        .ok_or_else(|| Cannot::because(format!("no media type is known for {}", content.media_type)))?;
    let speaks_of_it = row.is_some_and(|row| row.subject == Subject::Body);
    let value = match opened(contract, content.schema.as_ref(), &media_type).filter(|_| !speaks_of_it) {
        Some(file) => file,
        None => {
            let mut value = content_value(contract, content, way, choices)?;
            if !speaks_of_it {
                fill_files(contract, content, &mut value);
            }
            value
        }
    };
    Ok(DraftBody::Value { media_type, value })
}

/// A file that programs can open, where the media type is one of files and the schema allows it: services look into what
/// they are sent.
fn opened(contract: &Contract, at: Option<&Location>, media_type: &MediaType) -> Option<Value> {
    let file = Value::String(file(media_type)?.into_iter().map(char::from).collect());
    let allows = |at| validate::is_valid(contract, at, Direction::Request, &file).unwrap_or(false);
    at.is_none_or(allows).then_some(file)
}

/// Puts such files into the members of a form whose encoding names their media type.
fn fill_files(contract: &Contract, content: &Content, value: &mut Value) {
    for (name, encoding) in &content.encoding {
        let Some(file) = encoding.content_type.iter().find_map(|media_type| opened(contract, None, media_type)) else {
            continue;
        };
        let mut filled = value.clone();
        let Some(part) = filled.get_mut(name).filter(|part| part.is_string()) else { continue };
        *part = file;
        let allows = |at| validate::is_valid(contract, at, Direction::Request, &filled).unwrap_or(false);
        if content.schema.as_ref().is_none_or(allows) {
            *value = filled;
        }
    }
}

fn content_value(
    contract: &Contract,
    content: &Content,
    way: Way<'_>,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    match &content.schema {
        Some(at) => {
            value_reaching(contract, at, Direction::Request, way, choices).map_err(|cannot| cannot.within("body"))
        }
        None if content.media_type.is_json() => Ok(Value::Object(Map::new())),
        None => Ok(Value::String(format!("text {}", choices.below(1000)))),
    }
}

/// Takes away what a row's pointer names, if it is there.
pub(crate) fn remove(value: &mut Value, pointer: &Pointer) -> Option<Value> {
    let owner = pointer.parent()?;
    let name = pointer.last()?.into_owned();
    match owner.get_mut(value)? {
        Value::Object(members) => members.shift_remove(&name),
        Value::Array(items) => {
            name.parse().ok().filter(|index| *index < items.len()).map(|index: usize| items.remove(index))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
