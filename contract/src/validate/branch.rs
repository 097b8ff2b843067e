//! Which alternative of `anyOf` or `oneOf` a value was meant to be: the one that its discriminator names, else the one
//! that it came nearest to. A discriminator never changes whether a value is valid (OpenAPI 3.1.1 §4.8.25); it says
//! which alternative's complaints are worth telling.

use jsonschema::ValidationError;
use serde_json::Value;

use crate::document::Location;
use crate::model::{Contract, Schema};

/// The alternative that a value's discriminator names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// There is none, or it cannot be applied to this value.
    Nothing,
    /// The member that tells the alternatives apart is missing or no string.
    Unsaid {
        /// The name of the discriminating member.
        member: String,
    },
    /// The member names none of the alternatives.
    Unknown {
        /// The name of the discriminating member.
        member: String,
        /// The names that it could have.
        known: Vec<String>,
    },
    /// The alternative of this number, from 0.
    Branch {
        /// The index of the alternative.
        index: usize,
        /// The name of the alternative.
        name: String,
    },
}

/// The alternative that the discriminator beside an `anyOf` or `oneOf` names for a value. `keyword` is the location of
/// the list of alternatives.
pub(super) fn meant(contract: &Contract, keyword: &Location, value: &Value) -> Meant {
    let (Some(parent), Some(word)) = (keyword.pointer.parent(), keyword.pointer.last()) else { return Meant::Nothing };
    let Ok(schema) = contract.schema(&Location { file: keyword.file, pointer: parent }) else { return Meant::Nothing };
    let Some(discriminator) = schema.get("discriminator") else { return Meant::Nothing };
    let Some(member) = discriminator.get("propertyName").and_then(Value::as_str) else { return Meant::Nothing };
    let Value::Object(members) = value else { return Meant::Nothing };
    let alternatives: Vec<(Option<Location>, Option<String>)> =
        schema.children(&word).map(|branch| named(contract, &branch)).collect();
    let find = |target: &Location| alternatives.iter().position(|(at, _)| at.as_ref() == Some(target));
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let Some(name) = members.get(member).and_then(Value::as_str) else {
        return Meant::Unsaid { member: member.to_owned() };
    };
    if let Some(target) = mapping.and_then(|mapping| mapping.get(name)).and_then(Value::as_str) {
        let index = contract.mapped(&schema, target).and_then(|at| find(&at));
        return index.map_or(Meant::Nothing, |index| Meant::Branch { index, name: name.to_owned() });
    }
    if let Some(index) = alternatives.iter().position(|(_, known)| known.as_deref() == Some(name)) {
        return Meant::Branch { index, name: name.to_owned() };
    }
    let mut known: Vec<String> = mapping.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    if known.is_empty() {
        known = alternatives.into_iter().filter_map(|(_, name)| name).collect();
    }
    Meant::Unknown { member: member.to_owned(), known }
}

/// The location of an alternative's schema, and its name: the last part of the reference to it.
fn named(contract: &Contract, branch: &Schema<'_>) -> (Option<Location>, Option<String>) {
    let Some(target) = contract.target(branch) else { return (None, None) };
    let name = target.at.pointer.last().map(std::borrow::Cow::into_owned);
    (Some(target.at), name)
}

/// The errors of the branch that came nearest: the one whose first error lies deepest, then the one with fewest errors.
/// A branch that fails on the value's own type is never near.
pub(super) fn nearest<'e>(
    branches: &'e [Vec<ValidationError<'static>>],
) -> Option<(usize, &'e [ValidationError<'static>])> {
    let depth = |error: &ValidationError<'_>| error.instance_path().as_str().matches('/').count();
    branches
        .iter()
        .enumerate()
        .filter(|(_, errors)| !errors.is_empty())
        .min_by_key(|(_, errors)| {
            let shallowest = errors.iter().map(depth).min().unwrap_or(0);
            let wrong_kind = errors
                .iter()
                .any(|error| depth(error) == shallowest && matches!(error.kind().keyword(), "type" | "const" | "enum"));
            (wrong_kind, errors.len(), usize::MAX - shallowest)
        })
        .map(|(index, errors)| (index, errors.as_slice()))
}
