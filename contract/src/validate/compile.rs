//! Schema -> compiled validator, kept with the contract.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use jsonschema::{Draft, PatternOptions, Registry, ValidationError, Validator};
use serde_json::{Value, json};

use crate::document::{Code, Defect, FileId, Location, Pointer};
use crate::model::{Contract, Direction, bundle};
use crate::validate::{budget, format};

/// Steps that a pattern with look-around or back-references may take on one text. The linear engine has no such bound
/// because it needs none; this one is about 10 ms.
const BACKTRACK_LIMIT: usize = 100_000;

/// The validators of a contract, by schema and direction.
#[derive(Default)]
pub(crate) struct Validators {
    compiled: RwLock<HashMap<(Location, Direction), Compiled>>,
}

type Compiled = Result<Arc<Validator>, Defect>;

/// The validator of the schema at a location.
///
/// # Errors
/// What makes the schema unusable.
pub(crate) fn validator(contract: &Contract, at: &Location, direction: Direction) -> Compiled {
    let validators = contract.attached::<Validators>();
    let key = (at.clone(), direction);
    if let Some(found) = validators.compiled.read().expect("no validator panics while it is kept").get(&key) {
        return found.clone();
    }
    let made = fresh(contract, at, direction).map(Arc::new);
    validators.compiled.write().expect("no validator panics while it is kept").insert(key, made.clone());
    made
}

/// How many validators a contract has by now: one for each schema and direction that was used.
#[must_use]
pub fn compiled(contract: &Contract) -> usize {
    contract.attached::<Validators>().compiled.read().expect("no validator panics while it is kept").len()
}

/// The validator of a schema, compiled for this once and not kept.
///
/// # Errors
/// What makes the schema unusable.
pub(crate) fn fresh(contract: &Contract, at: &Location, direction: Direction) -> Result<Validator, Defect> {
    let unusable = |reason: String| Defect::new(Code::InvalidSchema, at.clone(), reason);
    let files = bundle(contract.document(), std::slice::from_ref(at), direction)?;
    let mut registry = Registry::new();
    for (file, value) in &files {
        registry = registry
            .add(Location::file_uri(*file), value.clone())
            .map_err(|error| unusable(format!("the schema: {error}")))?;
    }
    let registry = registry.prepare().map_err(|error| unusable(format!("the schema: {error}")))?;
    let root = json!({"$ref": at.uri()});
    let options = || {
        budget::register(format::register(jsonschema::options()))
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
        .map_err(|error| {
            broken_pattern(contract, &files, &error)
                .unwrap_or_else(|| unusable(format!("the schema cannot be used: {}", error.masked())))
        })
}

/// What is wrong and where, when it is a regular expression: whoever is told that an operation cannot be served wants to
/// go there.
fn broken_pattern(contract: &Contract, files: &BTreeMap<FileId, Value>, error: &ValidationError<'_>) -> Option<Defect> {
    let text = error.instance().as_str()?;
    let at = files.iter().find_map(|(file, value)| {
        let pointer = pattern(value, text)?;
        Some(Location { file: *file, pointer })
    })?;
    let reason = format!("`{text}` is not a regular expression that can be matched");
    contract.document().node(&at)?;
    Some(Defect::new(Code::InvalidSchema, at, reason))
}

/// Where a schema below a value has this regular expression.
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
    use crate::document::{Document, NoFiles, Source};

    #[test]
    fn a_pattern_that_is_none_is_named_with_its_place() {
        let root = json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": {
            "Code": {"properties": {"letters": {"type": "string", "pattern": "[a-z]{1-2}"}}},
            "Order": {"properties": {"code": {"$ref": "#/components/schemas/Code"}}}}}});
        let bytes = root.to_string();
        let document = Document::load(Source { name: "t.json", bytes: bytes.as_bytes() }, &[], &NoFiles);
        let contract = Contract::new(document.expect("a document"));
        let at = Location { file: FileId(0), pointer: ["components", "schemas", "Order"].into_iter().collect() };
        let defect = validator(&contract, &at, Direction::Request).expect_err("it cannot be compiled");
        assert_eq!(defect.at.pointer.as_str(), "/components/schemas/Code/properties/letters/pattern");
        assert_eq!(defect.reason, "`[a-z]{1-2}` is not a regular expression that can be matched");
    }
}
