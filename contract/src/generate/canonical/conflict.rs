//! The keywords that conflict where no value satisfies a schema, in words, with their places in the document.

use jsonschema::canonical::UnsatisfiableReason as Unsatisfied;
use jsonschema::canonical::{Cause, PreparedDocument};
use serde_json::{Map, Value};

use crate::document::{Location, Pointer};

/// The most steps that a reason is followed down to the keywords that make it.
const MAX_STEPS: usize = 32;

/// The schemas of a closed copy, by their names `k0`, `k1`, …, and the place that each was copied from.
pub(super) struct Conflicts<'c> {
    pub(super) schemas: &'c Map<String, Value>,
    pub(super) places: &'c [Location],
}

impl Conflicts<'_> {
    /// The keywords that are in each other's way.
    pub(super) fn told(&self, prepared: &PreparedDocument<'_>) -> String {
        const PLAIN: &str = "no value satisfies all keywords";
        let Ok(reasons) = prepared.unsatisfiable() else { return PLAIN.to_owned() };
        let mut at = String::new();
        for _ in 0..MAX_STEPS {
            match reasons.get(&at) {
                Some(Unsatisfied::Literal) => return format!("`false` at {}", self.place(&at)),
                Some(Unsatisfied::Empty(cause)) => {
                    if cause.keywords.is_empty() || cause.keywords == ["$ref"] {
                        let next = self.followed(&cause.pointer);
                        if next == at {
                            return format!("nothing satisfies the schema at {}", self.place(&at));
                        }
                        at = next;
                    } else {
                        return self.cause(cause) + " allows nothing";
                    }
                }
                Some(Unsatisfied::Conflict(causes)) => {
                    let causes: Vec<String> = causes.iter().map(|cause| self.cause(cause)).collect();
                    return format!("{} cannot both be satisfied", causes.join(" and "));
                }
                None => {
                    let next = self.followed(&at);
                    if next == at {
                        return PLAIN.to_owned();
                    }
                    at = next;
                }
            }
        }
        PLAIN.to_owned()
    }

    /// The pointer of the schema that the one at a pointer refers to; itself where it is no reference.
    fn followed(&self, pointer: &str) -> String {
        let target = |reference: &Value| reference.as_str().and_then(|text| text.strip_prefix('#')).map(str::to_owned);
        if pointer.is_empty() {
            return "/$defs/k0".to_owned();
        }
        let tail = pointer.strip_prefix("/$defs/").unwrap_or(pointer);
        let (name, rest) =
            tail.split_once('/').map_or((tail, String::new()), |(name, rest)| (name, format!("/{rest}")));
        let found = self.schemas.get(name).and_then(|schema| schema.pointer(&rest));
        found.and_then(|schema| schema.get("$ref")).and_then(target).unwrap_or_else(|| pointer.to_owned())
    }

    fn cause(&self, cause: &Cause) -> String {
        let words: Vec<String> = cause.keywords.iter().map(|word| format!("`{word}`")).collect();
        let words = if words.is_empty() { "the schema".to_owned() } else { words.join(", ") };
        match self.place(&cause.pointer) {
            place if place.is_empty() => words,
            place => format!("{words} at {place}"),
        }
    }

    fn place(&self, pointer: &str) -> String {
        let Some(tail) = pointer.strip_prefix("/$defs/k") else { return String::new() };
        let (number, rest) =
            tail.split_once('/').map_or((tail, String::new()), |(number, rest)| (number, format!("/{rest}")));
        let known = number.parse::<usize>().ok().and_then(|number| self.places.get(number));
        let rest = Pointer::parse(&rest).unwrap_or_default();
        known.map_or_else(String::new, |at| format!("#{}", at.pointer.append(&rest)))
    }
}
