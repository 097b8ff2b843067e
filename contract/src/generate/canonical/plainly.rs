//! What is seen of composed schemas without the algebra: most compositions of real documents (one `$ref` in an `allOf`, a
//! `oneOf` of a text and an object) leave values so plainly that nothing has to be computed. It only ever says that values
//! there are, never that there are none.

use std::collections::HashSet;

use serde_json::Value;

use crate::document::Location;
use crate::generate::recipe::is_silent;
use crate::model::{Conjuncts, Contract, Direction, Schema};

/// Keywords that an object with nothing but what is required does not break.
const PLAIN: [&str; 6] = ["type", "properties", "required", "additionalProperties", "$ref", "allOf"];

/// True where a schema consists of one composition alone, of one part or of alternatives: whatever satisfies a part or one
/// alternative satisfies it, and each of these is a schema that is looked at by itself.
pub(super) fn is_one_composition(schema: &Value) -> bool {
    let Some(members) = schema.as_object() else { return false };
    let mut acting = members.iter().filter(|(word, _)| acts(word));
    match (acting.next(), acting.next()) {
        (Some((word, Value::Array(parts))), None) => match word.as_str() {
            "allOf" => parts.len() == 1,
            "oneOf" | "anyOf" => true,
            _ => false,
        },
        (_, _) => false,
    }
}

fn acts(keyword: &str) -> bool {
    !is_silent(keyword) && keyword != "discriminator"
}

/// True where a branch of a `oneOf` plainly has a value that fits no other one: by its type, or because each of the others
/// asks for a member that this one does not ask for.
pub(super) fn is_taken(contract: &Contract, branches: &[Location], number: usize) -> bool {
    let Some(own) = branches.get(number) else { return false };
    let own = contract.conjuncts(own);
    let types = types(&own);
    let least = least_members(&own);
    branches.iter().enumerate().filter(|(other, _)| *other != number).all(|(_, other)| {
        let other = contract.conjuncts(other);
        let apart = match (&types, self::types(&other)) {
            (Some(own), Some(other)) => !own.is_empty() && own.is_disjoint(&other),
            (_, _) => false,
        };
        apart || least.as_ref().is_some_and(|least| asked(&other).any(|name| !least.contains(name)))
    })
}

/// The types that all schemas which act on a value leave it, `number` where they say `integer`; `None` where none says any.
fn types<'c>(conjuncts: &Conjuncts<'c>) -> Option<HashSet<&'c str>> {
    let said = conjuncts.schemas.iter().map(Schema::types).filter(|types| !types.is_empty());
    let said = said.map(|types| {
        types.into_iter().map(|name| if name == "integer" { "number" } else { name }).collect::<HashSet<&str>>()
    });
    said.reduce(|one, other| one.intersection(&other).copied().collect())
}

/// The members of the smallest object that satisfies all schemas which act on a value; `None` where they are not of the plain
/// kind, so that this is not known.
fn least_members<'c>(conjuncts: &Conjuncts<'c>) -> Option<HashSet<&'c str>> {
    let is_plain = |schema: &Schema<'c>| {
        let members = schema.value.as_object();
        members.is_some_and(|members| members.keys().all(|word| PLAIN.contains(&word.as_str()) || !acts(word)))
    };
    // What one part describes, another may close; what only leads to another part describes nothing.
    let leads = |schema: &&Schema<'c>| {
        schema.value.as_object().is_some_and(|members| members.keys().all(|word| word == "$ref" || !acts(word)))
    };
    let is_open = conjuncts.schemas.iter().filter(|schema| !leads(schema)).count() == 1
        || conjuncts.schemas.iter().all(|schema| schema.get("additionalProperties").is_none());
    let may_be_object = types(conjuncts).is_none_or(|types| types.contains("object"));
    (conjuncts.is_whole && is_open && may_be_object && conjuncts.schemas.iter().all(is_plain))
        .then(|| conjuncts.schemas.iter().flat_map(required).collect())
}

/// The members that a value must have to fit, as far as that is plain: those that a request need not have are left out.
fn asked<'c>(conjuncts: &Conjuncts<'c>) -> impl Iterator<Item = &'c str> {
    let is_object = types(conjuncts).is_some_and(|types| types.len() == 1 && types.contains("object"));
    let exempted: HashSet<&str> = conjuncts
        .schemas
        .iter()
        .flat_map(|schema| schema.named("properties"))
        .filter(|(_, member)| member.get(Direction::Request.exempting()).is_some() || member.reference().is_some())
        .map(|(name, _)| name)
        .collect();
    let names: Vec<&str> = conjuncts.schemas.iter().flat_map(required).collect();
    names.into_iter().filter(move |name| is_object && !exempted.contains(name))
}

fn required<'c>(schema: &Schema<'c>) -> impl Iterator<Item = &'c str> + use<'c> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}
