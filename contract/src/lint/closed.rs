//! Closed objects among several schemas that act on one value: `additionalProperties: false` sees the `properties` beside it
//! alone (JSON Schema Core §10.3.2.3), so members that another part describes are refused.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use crate::document::{Code, Location, Version};
use crate::lint::Lint;

/// The most schemas that act on one value and are looked at.
const MAX_PARTS: usize = 64;

/// The most names that a sentence lists.
const MAX_NAMES: usize = 5;

/// A schema that acts on the value, with what it says of members.
struct Part {
    at: Location,
    /// The names that it describes; `None` where it describes others by a pattern.
    described: Option<HashSet<String>>,
    required: Vec<String>,
    is_closed: bool,
}

/// Members that one part describes or requires and another, closed one refuses.
pub(crate) fn check(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>, version: Version) {
    let beside =
        ["properties", "required", "additionalProperties"].iter().any(|keyword| members.contains_key(*keyword));
    let is_composed =
        members.contains_key("allOf") || (members.contains_key("$ref") && beside && !version.has_own_schema_dialect());
    if !is_composed {
        return;
    }
    let Some(parts) = parts(lint, at) else { return };
    for closed in parts.iter().filter(|part| part.is_closed) {
        let Some(own) = &closed.described else { continue };
        let mut refused: BTreeMap<&str, bool> = BTreeMap::new();
        for other in parts.iter().filter(|other| other.at != closed.at) {
            let described = other.described.iter().flatten().map(|name| (name.as_str(), false));
            let required = other.required.iter().map(|name| (name.as_str(), true));
            for (name, is_required) in described.chain(required).filter(|(name, _)| !own.contains(*name)) {
                *refused.entry(name).or_default() |= is_required;
            }
        }
        if !refused.is_empty() {
            tell(lint, at, closed, &refused, version);
        }
    }
}

fn tell(lint: &mut Lint<'_>, at: &Location, closed: &Part, refused: &BTreeMap<&str, bool>, version: Version) {
    let place = match closed.at == *at {
        true => "beside it".to_owned(),
        false => format!("at #{}", closed.at.pointer),
    };
    let needed: Vec<&str> = refused.iter().filter(|(_, required)| **required).map(|(name, _)| *name).collect();
    let reason = match needed.as_slice() {
        [] => format!(
            "{} cannot be there, though a part of `allOf` describes them: `additionalProperties: false` {place} sees the \
             `properties` beside it alone",
            listed(&refused.keys().copied().collect::<Vec<_>>())
        ),
        needed => format!(
            "nothing fits: {} required, and refused by `additionalProperties: false` {place}, which sees the `properties` \
             beside it alone",
            if needed.len() == 1 { format!("{} is", listed(needed)) } else { format!("{} are", listed(needed)) }
        ),
    };
    let hint = if version.has_own_schema_dialect() {
        "describe them there as well, or leave `additionalProperties` out"
    } else {
        "say `unevaluatedProperties: false` beside the `allOf`, which sees all of its parts"
    };
    let here = if closed.at == *at { at.join("additionalProperties") } else { at.join("allOf") };
    lint.warn(Code::InvalidSchema, here, reason, Some(hint.to_owned()));
}

/// Names as a list in a sentence.
fn listed(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(MAX_NAMES).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(MAX_NAMES);
    match (shown.as_slice(), more) {
        (shown, 1..) => format!("{} and {more} more", shown.join(", ")),
        ([only], 0) => only.clone(),
        ([before @ .., last], 0) => format!("{} and {last}", before.join(", ")),
        ([], 0) => String::new(),
    }
}

/// The schemas that act on the value: this one, where its references lead, the parts of its `allOf`. `None` where they are more
/// than are looked at, or describe members in ways that are not looked into.
fn parts(lint: &Lint<'_>, at: &Location) -> Option<Vec<Part>> {
    let mut open = vec![at.clone()];
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    while let Some(at) = open.pop() {
        if !seen.insert(at.clone()) {
            continue;
        }
        if seen.len() > MAX_PARTS {
            return None;
        }
        let Some(Value::Object(members)) = lint.document.node(&at) else { continue };
        let reference = members.get("$ref").and_then(Value::as_str);
        if let Some(reference) = reference {
            open.push(lint.document.resolve(&at, reference).ok()?);
            // Before OpenAPI 3.1 nothing counts beside a reference.
            if lint.document.version().has_own_schema_dialect() {
                continue;
            }
        }
        let count = members.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
        open.extend((0..count).map(|index| at.join("allOf").index(index)));
        found.push(part(at, members));
    }
    Some(found)
}

fn part(at: Location, members: &Map<String, Value>) -> Part {
    let own = members.get("properties").and_then(Value::as_object);
    let described = own.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let required = members.get("required").and_then(Value::as_array).into_iter().flatten();
    Part {
        at,
        described: (!members.contains_key("patternProperties")).then_some(described),
        required: required.filter_map(Value::as_str).map(str::to_owned).collect(),
        is_closed: members.get("additionalProperties") == Some(&Value::Bool(false)),
    }
}
