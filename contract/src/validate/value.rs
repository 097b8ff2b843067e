//! One value against one schema.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use crate::document::{Defect, Location, Pointer};
use crate::model::{Contract, Direction};
use crate::rule::{Breach, Keyword, Subject};
use crate::validate::Violation;
use crate::validate::compile::validator;
use crate::validate::explain::explain;

/// How many violations of one value are told: enough to mend them in one go, bounded for hostile bodies.
const MAX_VIOLATIONS: usize = 100;

/// What a value violates of the schema at a location; nothing where it is valid.
///
/// # Errors
/// What makes the schema itself unusable.
pub fn value(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    subject: &Subject,
    instance: &Value,
) -> Result<Vec<Violation>, Defect> {
    let validator = validator(contract, at, direction)?;
    if validator.is_valid(instance) {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for error in validator.iter_errors(instance).take(MAX_VIOLATIONS) {
        collect(&error, subject, at, &mut found);
    }
    found.truncate(MAX_VIOLATIONS);
    Ok(found)
}

/// True where a value violates nothing.
///
/// # Errors
/// What makes the schema itself unusable.
pub fn is_valid(contract: &Contract, at: &Location, direction: Direction, instance: &Value) -> Result<bool, Defect> {
    Ok(validator(contract, at, direction)?.is_valid(instance))
}

fn collect(error: &ValidationError<'_>, subject: &Subject, schema: &Location, found: &mut Vec<Violation>) {
    let pointer = Pointer::parse(error.instance_path().as_str()).unwrap_or_default();
    let at = error
        .absolute_keyword_location()
        .and_then(|uri| Location::from_uri(uri.as_str()))
        .unwrap_or_else(|| schema.clone());
    let (message, limit) = explain(error);
    let mut push = |keyword: Keyword, at: &Location, member: Option<String>, message: String| {
        found.push(Violation {
            subject: subject.clone(),
            pointer: pointer.clone(),
            breach: Breach::Keyword { keyword, at: at.clone(), member },
            limit: limit.clone(),
            message,
        });
    };
    match error.kind() {
        Kind::Required { property } if dependent(&at).is_some() => {
            let at = dependent(&at).unwrap_or_default();
            push(Keyword::DependentRequired, &at, property.as_str().map(str::to_owned), message);
        }
        Kind::Required { property } => push(Keyword::Required, &at, property.as_str().map(str::to_owned), message),
        Kind::AdditionalProperties { unexpected } => {
            each(unexpected, |name| {
                push(Keyword::AdditionalProperties, &at, Some(name.to_owned()), unexpected_member(name))
            });
        }
        Kind::UnevaluatedProperties { unexpected } => {
            each(unexpected, |name| {
                push(Keyword::UnevaluatedProperties, &at, Some(name.to_owned()), unexpected_member(name))
            });
        }
        Kind::FalseSchema => push(Keyword::False, &at, None, message),
        Kind::AdditionalItems { .. } => push(Keyword::Items, &at, None, message),
        Kind::Contains => {
            let word = at.pointer.last().and_then(|word| Keyword::parse(&word)).unwrap_or(Keyword::Contains);
            push(word, &at, None, message);
        }
        kind => {
            // Every other kind is named as the keyword that makes it; one that is not is a reference's, told as such.
            let keyword = Keyword::parse(kind.keyword())
                .or_else(|| at.pointer.last().and_then(|word| Keyword::parse(&word)))
                .unwrap_or(Keyword::False);
            push(keyword, &at, None, message);
        }
    }
}

/// Where `dependentRequired` stands, for an error about one of its members.
fn dependent(at: &Location) -> Option<Location> {
    let mut pointer = Some(at.pointer.clone());
    // The validator names the member that asks, or the keyword itself.
    for _ in 0..2 {
        let here = pointer?;
        if here.last().is_some_and(|word| word == "dependentRequired") {
            return Some(Location { file: at.file, pointer: here });
        }
        pointer = here.parent();
    }
    None
}

fn each(names: &[String], mut visit: impl FnMut(&str)) {
    names.iter().take(MAX_VIOLATIONS).for_each(|name| visit(name));
}

fn unexpected_member(name: &str) -> String {
    format!("the member {} may not be here", Value::String(name.to_owned()))
}
