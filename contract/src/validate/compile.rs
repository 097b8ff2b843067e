//! Schema -> compiled validator, kept with the contract.

use std::sync::Arc;

use jsonschema::{Draft, PatternOptions, Registry, ValidationError, Validator};
use serde_json::{Value, json};

use crate::document::{Code, Defect, Location, Pointer};
use crate::model::{Contract, Direction, bundle};
use crate::validate::kept::Kept;
use crate::validate::{budget, format, number};

/// Steps that a pattern with look-around or back-references may take on one text. The linear engine has no such bound
/// because it needs none; this one is about 10 ms.
const BACKTRACK_LIMIT: usize = 100_000;

/// The most JSON values of schemas that all validators which are kept for one direction may be compiled from. Each
/// validator holds all schemas that it can reach, and one value takes about 600 bytes there, so this is about 90 MB:
/// more than any client uses at a time. One that goes through a thousand operations whose schemas all reach each other
/// would fill gigabytes otherwise.
const MAX_VALUES: usize = 150_000;

/// The validators of a contract, by schema, for each direction: those that were used last.
pub(crate) struct Validators {
    requests: Kept<Location, Compiled>,
    responses: Kept<Location, Compiled>,
}

impl Validators {
    fn of(&self, direction: Direction) -> &Kept<Location, Compiled> {
        match direction {
            Direction::Request => &self.requests,
            Direction::Response => &self.responses,
        }
    }
}

impl Default for Validators {
    fn default() -> Self {
        Self { requests: Kept::up_to(MAX_VALUES), responses: Kept::up_to(MAX_VALUES) }
    }
}

type Compiled = Result<Arc<Validator>, Defect>;

/// The validator of the schema at a location.
///
/// # Errors
/// What makes the schema unusable.
pub(crate) fn validator(contract: &Contract, at: &Location, direction: Direction) -> Compiled {
    let validators = contract.attached::<Validators>();
    let compiled = validators.of(direction);
    if let Some(found) = compiled.get(at) {
        return found;
    }
    let (made, weight) = match compile(contract, at, direction) {
        Ok((validator, weight)) => (Ok(Arc::new(validator)), weight),
        Err(defect) => (Err(defect), 1),
    };
    compiled.put(at.clone(), made.clone(), weight);
    made
}

/// The validator of a schema, compiled for this once and not kept.
///
/// # Errors
/// What makes the schema unusable.
pub(crate) fn fresh(contract: &Contract, at: &Location, direction: Direction) -> Result<Validator, Defect> {
    compile(contract, at, direction).map(|(validator, _)| validator)
}

/// The number of validators that a contract has by now: at most one for each schema and direction that was used.
#[must_use]
pub fn compiled(contract: &Contract) -> usize {
    let validators = contract.attached::<Validators>();
    validators.requests.count() + validators.responses.count()
}

/// The number of values within a value, itself included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// The validator, and how many values it is compiled from.
fn compile(contract: &Contract, at: &Location, direction: Direction) -> Result<(Validator, usize), Defect> {
    let unusable = |reason: String| Defect::new(Code::InvalidSchema, at.clone(), reason);
    let files = bundle(contract.document(), std::slice::from_ref(at), direction)?;
    let weight = files.values().map(count).sum();
    let mut registry = Registry::new();
    for (file, value) in files {
        registry =
            registry.add(Location::file_uri(file), value).map_err(|error| unusable(format!("the schema: {error}")))?;
    }
    let registry = registry.prepare().map_err(|error| unusable(format!("the schema: {error}")))?;
    let root = json!({"$ref": at.uri()});
    let options = || {
        number::register(budget::register(format::register(jsonschema::options())))
            .with_draft(Draft::Draft202012)
            .offline()
            .should_validate_formats(true)
            .with_registry(&registry)
    };
    options()
        .with_pattern_options(PatternOptions::regex())
        .build(&root)
        .or_else(|_| {
            options().with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_LIMIT)).build(&root)
        })
        .map(|validator| (validator, weight))
        .map_err(|error| {
            broken_pattern(contract, at, direction, &error)
                .unwrap_or_else(|| unusable(format!("the schema cannot be used: {}", error.masked())))
        })
}

/// The defect of a broken regular expression, at its own location: whoever is told that an operation cannot be served
/// wants to go there.
fn broken_pattern(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    error: &ValidationError<'_>,
) -> Option<Defect> {
    let text = error.instance().as_str()?;
    // What was compiled is gone by now; making it again is for the rare case that something is wrong with it.
    let files = bundle(contract.document(), std::slice::from_ref(at), direction).ok()?;
    let at = files.iter().find_map(|(file, value)| {
        let pointer = pattern(value, text)?;
        Some(Location { file: *file, pointer })
    })?;
    let reason = format!("`{text}` is not a regular expression that can be matched");
    contract.document().node(&at)?;
    Some(Defect::new(Code::InvalidSchema, at, reason))
}

/// The pointer, below a value, of the `pattern` with this regular expression.
fn pattern(value: &Value, text: &str) -> Option<Pointer> {
    let mut open = vec![(Pointer::root(), value)];
    while let Some((at, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                if members.get("pattern").is_some_and(|pattern| pattern == text) {
                    return Some(at.join("pattern"));
                }
                let patterns = members.get("patternProperties").and_then(Value::as_object);
                if patterns.is_some_and(|patterns| patterns.contains_key(text)) {
                    return Some(at.join("patternProperties").join(text));
                }
                open.extend(members.iter().rev().map(|(name, value)| (at.join(name), value)));
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().rev().map(|(index, value)| (at.index(index), value)))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, FileId, NoFiles, Source};

    #[test]
    fn a_pattern_that_is_too_large_is_named_with_its_place() {
        let root = json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": {
            "Code": {"properties": {"letters": {"type": "string", "pattern": "((a{999}){999}){999}"}}},
            "Order": {"properties": {"code": {"$ref": "#/components/schemas/Code"}}}}}});
        let bytes = root.to_string();
        let document = Document::load(Source { name: "t.json", bytes: bytes.as_bytes() }, &[], &NoFiles);
        let contract = Contract::new(document.expect("a document"));
        let at = Location { file: FileId(0), pointer: ["components", "schemas", "Order"].into_iter().collect() };
        let defect = validator(&contract, &at, Direction::Request).expect_err("it cannot be compiled");
        assert_eq!(defect.at.pointer.as_str(), "/components/schemas/Code/properties/letters/pattern");
        assert_eq!(defect.reason, "`((a{999}){999}){999}` is not a regular expression that can be matched");
    }
}
