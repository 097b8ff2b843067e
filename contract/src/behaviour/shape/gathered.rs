//! All that a schema and those that it is composed of say of members, types and keywords, found once and kept with the
//! contract: a request asks the same of the same schemas again and again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use crate::document::Location;
use crate::model::Contract;
use crate::validate::Kept;

/// The most references and compositions that are looked through; deeper ones describe nothing that names are guessed
/// from.
const MAX_DEPTH: usize = 12;

/// Keywords whose branches describe members of the same object.
const COMPOSITIONS: [&str; 3] = ["allOf", "oneOf", "anyOf"];

/// The most members, parts and keywords that are kept for all schemas of a contract together: each takes about 200 bytes.
const MAX_KEPT: usize = 200_000;

/// The types of JSON Schema (Validation 2020-12 §6.1.1).
const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "array", "object", "null"];

/// The word for a type that JSON Schema does not have.
const UNKNOWN_TYPE: &str = "unknown";

/// All that a schema says, with those that it is composed of.
pub(super) struct Gathered {
    /// The schema's own location, then those that it is composed of, references followed.
    pub(super) parts: Vec<Location>,
    /// The members that they describe, in the order of the document, each once.
    pub(super) members: Vec<(String, Location)>,
    /// The types that they state, each once.
    pub(super) types: Vec<&'static str>,
    /// The first part that has a keyword, by its number.
    pub(super) words: HashMap<String, usize>,
}

/// All that was gathered of the schemas of a contract.
struct Known(Kept<Location, Arc<Gathered>>);

impl Default for Known {
    fn default() -> Self {
        Self(Kept::up_to(MAX_KEPT))
    }
}

/// All that the schema at a location says.
pub(super) fn gathered(contract: &Contract, at: &Location) -> Arc<Gathered> {
    let known = contract.attached::<Known>();
    if let Some(found) = known.0.get(at) {
        return found;
    }
    let mut parts = Vec::new();
    gather(contract, at, 0, &mut HashSet::new(), &mut parts);
    let made = Arc::new(Gathered::of(&parts));
    if !parts.is_empty() {
        let weight = made.parts.len() + made.members.len() + made.words.len();
        known.0.put(at.clone(), Arc::clone(&made), weight);
    }
    made
}

impl Gathered {
    fn of(parts: &[(Location, &Value)]) -> Self {
        let mut gathered = Self { parts: Vec::new(), members: Vec::new(), types: Vec::new(), words: HashMap::new() };
        let mut seen: HashSet<&str> = HashSet::new();
        for (number, (here, node)) in parts.iter().enumerate() {
            gathered.parts.push(here.clone());
            for word in node.as_object().into_iter().flat_map(serde_json::Map::keys) {
                gathered.words.entry(word.clone()).or_insert(number);
            }
            let stated = match node.get("type") {
                Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
                one => one.and_then(Value::as_str).into_iter().collect::<Vec<_>>(),
            };
            for word in stated {
                let word = TYPES.into_iter().find(|known| *known == word).unwrap_or(UNKNOWN_TYPE);
                if !gathered.types.contains(&word) {
                    gathered.types.push(word);
                }
            }
            let named = node.get("properties").and_then(Value::as_object);
            let within = here.join("properties");
            let fresh = named.into_iter().flat_map(serde_json::Map::keys).filter(|name| seen.insert(name.as_str()));
            gathered.members.extend(fresh.map(|name| (name.clone(), within.join(name))));
        }
        gathered
    }
}

fn gather<'c>(
    contract: &'c Contract,
    at: &Location,
    depth: usize,
    seen: &mut HashSet<Location>,
    found: &mut Vec<(Location, &'c Value)>,
) {
    if depth > MAX_DEPTH {
        return;
    }
    let Some(node) = contract.document().node(at) else { return };
    if !seen.insert(at.clone()) {
        return;
    }
    found.push((at.clone(), node));
    if let Some(reference) = node.get("$ref").and_then(Value::as_str)
        && let Ok(target) = contract.document().resolve(at, reference)
    {
        gather(contract, &target, depth + 1, seen, found);
    }
    for keyword in COMPOSITIONS {
        let branches = node.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..branches {
            gather(contract, &at.join(keyword).index(index), depth + 1, seen, found);
        }
    }
}
