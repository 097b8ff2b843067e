//! What a run has learnt of its target: requests that it accepts where it refuses what the contract allows, things that
//! exist there, and which of them the run itself made. It passes from case to case, and never changes within one.

use std::collections::{BTreeMap, BTreeSet};

use etalon_contract::codec::Draft;
use etalon_contract::document::Pointer;
use etalon_contract::model::{PathTemplate, Piece};
use serde_json::Value;

use crate::draft_place::DraftPlace;

/// The most accepted plain requests of an operation that are remembered.
const ACCEPTED: usize = 4;

/// The most things of a collection that are remembered from before the run: one is enough to ask for, some may be gone.
const FOUND: usize = 20;

/// The knowledge that a run has of its target, learnt from answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Knowledge {
    operations: BTreeMap<usize, Learned>,
    keys: Vec<KnownKey>,
    /// The path of the target's base URL, before every path of the contract.
    pub prefix: String,
    /// The values that links give to parameters, by the index of the operation and the name of the parameter.
    linked: BTreeMap<(usize, String), Value>,
    /// The values of path parameters that led to something, by the path up to each.
    reached: BTreeMap<String, Value>,
    /// An item of each collection, as a list showed it first.
    samples: BTreeMap<usize, Value>,
    /// The reason why nothing more is let in, once credentials that let in before no longer do.
    pub ended: Option<String>,
    /// The collections whose keys the client chooses.
    client_keyed: BTreeSet<usize>,
    /// The names that an answer shows of what lies right below its path: members of an object, or the texts of a list. With them the path up
    /// to its last parameter, as [`up_to`] writes it, where it ends there.
    below: BTreeMap<String, (Option<String>, Vec<Value>)>,
    /// Values that answers show under the names of path parameters, by the plain name.
    shown_as: BTreeMap<String, Vec<Value>>,
    /// The first answer that told of a creation, by the index of its operation.
    shown: BTreeMap<usize, Value>,
    /// Where operations find what they know a thing by, by their index and the name of the path parameter.
    sources: BTreeMap<(usize, String), KeySource>,
}

/// The source of what an operation knows a created thing by, where that is not the member that lists show as its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeySource {
    /// A member of the content that was sent to create it.
    Sent(Pointer),
    /// A member of the answer to its creation.
    Answered(Pointer),
}

/// The most paths whose names below are remembered, and the most names of each.
const PATHS: usize = 500;
const NAMES: usize = 6;

/// The knowledge that a run has of one operation, learnt from answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Learned {
    /// Plain valid requests that were accepted, the first ones.
    pub accepted: Vec<Draft>,
    /// The number of plain valid requests that were refused for what they hold.
    pub refused: usize,
    /// The templates that requests are made of from now on: empty where the target takes whatever the contract allows.
    pub templates: Vec<Template>,
    /// The status of the last valid request that was refused.
    pub last_refused: Option<u16>,
    /// The answer to every valid request, in a few words, where all were refused.
    pub refuses: Option<String>,
}

/// A request that the target accepts, whose rules go beyond the contract.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Template {
    /// The draft of the request.
    pub draft: Draft,
    /// The texts that may be others of the same length and kinds of characters.
    pub free: Vec<DraftPlace>,
}

/// Something that exists on the target.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KnownKey {
    /// The index of its collection.
    pub collection: usize,
    /// The key that the target knows it by.
    pub key: Value,
    /// The path parameters above it, outermost first.
    pub scope: Vec<(String, Value)>,
    /// The maker of the thing: the run, or somebody else.
    pub origin: Origin,
}

/// The maker of something that exists on the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The run itself made it.
    Made,
    /// Somebody else: it was seen in a list.
    Found,
}

impl Knowledge {
    /// Nothing is known of a target but the path of its base URL.
    #[must_use]
    pub(crate) fn at(prefix: String) -> Self {
        Self { prefix, ..Self::default() }
    }

    /// The knowledge of the operation of this index; `None` where nothing was learnt of it.
    #[must_use]
    pub(crate) fn of(&self, operation: usize) -> Option<&Learned> {
        self.operations.get(&operation)
    }

    /// The same, to be added to.
    pub(crate) fn of_mut(&mut self, operation: usize) -> &mut Learned {
        self.operations.entry(operation).or_default()
    }

    /// Notes that a plain valid request was accepted.
    pub(crate) fn accepted(&mut self, draft: Draft) {
        let learned = self.of_mut(draft.operation);
        if learned.accepted.len() < ACCEPTED && !learned.accepted.contains(&draft) {
            learned.accepted.push(draft);
        }
    }

    /// The accepted plain requests, one of each operation that has any.
    pub(crate) fn accepted_ones(&self) -> impl Iterator<Item = &Draft> {
        self.operations.values().filter_map(|learned| learned.accepted.first())
    }

    /// One of the templates of an operation, chosen by a number.
    #[must_use]
    pub(crate) fn template(&self, operation: usize, number: u64) -> Option<&Template> {
        let templates = &self.of(operation)?.templates;
        let count = u64::try_from(templates.len()).ok().filter(|count| *count > 0)?;
        templates.get(usize::try_from(number % count).ok()?)
    }

    /// Notes that something exists. What the run made stays its own, wherever it is seen again.
    pub(crate) fn exists(&mut self, known: KnownKey) {
        let same = |other: &KnownKey| other.collection == known.collection && text(&other.key) == text(&known.key);
        let found =
            self.keys.iter().filter(|other| other.collection == known.collection && other.origin == Origin::Found);
        if self.keys.iter().any(same) || known.origin == Origin::Found && found.count() >= FOUND {
            return;
        }
        self.keys.push(known);
    }

    /// Notes how an item of a collection looks on the target.
    pub(crate) fn looks(&mut self, collection: usize, item: &Value) {
        self.samples.entry(collection).or_insert_with(|| item.clone());
    }

    /// An item of a collection, as the target shows it.
    #[must_use]
    pub(crate) fn sample(&self, collection: usize) -> Option<&Value> {
        self.samples.get(&collection)
    }

    /// Notes what an operation answered to the first creation.
    pub(crate) fn shows(&mut self, operation: usize, answer: Value) {
        self.shown.entry(operation).or_insert(answer);
    }

    /// The first answer of an operation to a creation.
    #[must_use]
    pub(crate) fn shown(&self, operation: usize) -> Option<&Value> {
        self.shown.get(&operation)
    }

    /// Notes where an operation finds what it knows a thing by; `None` for the key that lists show.
    pub(crate) fn knows_by(&mut self, operation: usize, parameter: &str, source: Option<KeySource>) {
        let of = (operation, parameter.to_owned());
        match source {
            Some(source) => self.sources.insert(of, source),
            None => self.sources.remove(&of),
        };
    }

    /// Where an operation finds what it knows a thing by; `None` for the key that lists show.
    #[must_use]
    pub(crate) fn known_by(&self, operation: usize, parameter: &str) -> Option<&KeySource> {
        self.sources.get(&(operation, parameter.to_owned()))
    }

    /// What was learnt of other operations about what things are known by, each once.
    pub(crate) fn sources(&self) -> Vec<KeySource> {
        let mut found: Vec<KeySource> = Vec::new();
        for source in self.sources.values() {
            if !found.contains(source) {
                found.push(source.clone());
            }
        }
        found
    }

    /// Notes what a link gives to a parameter of an operation.
    pub(crate) fn links(&mut self, operation: usize, parameter: String, value: Value) {
        self.linked.insert((operation, parameter), value);
    }

    /// The value that a link gives to a parameter of an operation; `None` where no link was met.
    #[must_use]
    pub(crate) fn linked(&self, operation: usize, parameter: &str) -> Option<&Value> {
        self.linked.get(&(operation, parameter.to_owned()))
    }

    /// Notes that a value of a path parameter leads to something; `path` is the path up to it, as [`up_to`] writes it.
    pub(crate) fn reaches(&mut self, path: String, value: Value) {
        self.reached.entry(path).or_insert(value);
    }

    /// A value of a path parameter that has led to something.
    #[must_use]
    pub(crate) fn reached(&self, path: &str) -> Option<&Value> {
        self.reached.get(path)
    }

    /// Notes the names of what lies right below a path.
    pub(crate) fn lies_below(&mut self, path: &str, shape: Option<String>, names: Vec<Value>) {
        if self.below.len() < PATHS && !names.is_empty() {
            self.below.entry(path.to_owned()).or_insert((shape, names));
        }
    }

    /// The names of what lies right below a path, the first ones.
    #[must_use]
    pub(crate) fn below(&self, path: &str) -> &[Value] {
        self.below.get(path).map(|(_, names)| names.as_slice()).unwrap_or_default()
    }

    /// A value of a path parameter below which something lies in its turn: `path` leads to it, `shape` is the path up to it as [`up_to`]
    /// writes it. What another path has in that place is no value of it.
    #[must_use]
    pub(crate) fn way_down(&self, path: &str, shape: &str) -> Option<Value> {
        let alike = self.below.iter().filter(|(_, (known, _))| known.as_deref() == Some(shape));
        let ways = alike.filter_map(|(known, _)| known.strip_prefix(path)?.strip_prefix('/'));
        ways.filter(|rest| !rest.is_empty() && !rest.contains('/')).map(|rest| Value::String(rest.to_owned())).next()
    }

    /// Notes a value that an answer shows under a name; `name` is plain.
    pub(crate) fn shows_as(&mut self, name: &str, value: &Value) {
        let known = self.shown_as.entry(name.to_owned()).or_default();
        if known.len() < NAMES && !known.contains(value) {
            known.push(value.clone());
        }
    }

    /// The values that answers show under a plain name, the first ones.
    #[must_use]
    pub(crate) fn shown_under(&self, name: &str) -> &[Value] {
        self.shown_as.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Notes that the keys of a collection are those that the client sends.
    pub(crate) fn keyed_by_client(&mut self, collection: usize) {
        self.client_keyed.insert(collection);
    }

    /// True where the keys of a collection are those that the client sends.
    #[must_use]
    pub(crate) fn is_keyed_by_client(&self, collection: usize) -> bool {
        self.client_keyed.contains(&collection)
    }

    /// Notes that something is gone.
    pub(crate) fn gone(&mut self, collection: usize, key: &str) {
        self.keys.retain(|known| known.collection != collection || text(&known.key) != key);
    }

    /// The keys that exist in a collection: first those that the run made, then those that it found, the latest first.
    pub(crate) fn keys(&self, collection: usize) -> impl Iterator<Item = &KnownKey> {
        let of = move |origin| {
            self.keys.iter().rev().filter(move |known| known.collection == collection && known.origin == origin)
        };
        of(Origin::Made).chain(of(Origin::Found))
    }

    /// True where the run made something that has this key, whatever it is.
    #[must_use]
    pub(crate) fn is_made(&self, key: &str) -> bool {
        self.keys.iter().any(|known| known.origin == Origin::Made && text(&known.key) == key)
    }

    /// True where the run made the thing of a collection that has this key.
    #[must_use]
    pub(crate) fn made(&self, collection: usize, key: &str) -> bool {
        self.keys
            .iter()
            .any(|known| known.collection == collection && known.origin == Origin::Made && text(&known.key) == key)
    }
}

/// A path up to one of its parameters, whatever the parameters are called; `None` where it has none of that name.
#[must_use]
pub(crate) fn up_to(path: &PathTemplate, name: &str) -> Option<String> {
    let mut shape = String::new();
    for segment in path.segments() {
        shape.push('/');
        for piece in &segment.0 {
            match piece {
                Piece::Literal(text) => shape.push_str(text),
                Piece::Parameter(known) => {
                    shape.push_str("{}");
                    if known == name {
                        return Some(shape);
                    }
                }
            }
        }
    }
    None
}

/// A key as it reads in a path.
fn text(key: &Value) -> String {
    match key {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => key.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(key: Value, origin: Origin) -> KnownKey {
        KnownKey { collection: 0, key, scope: Vec::new(), origin }
    }

    #[test]
    fn what_the_run_made_stays_its_own_and_comes_first() {
        let mut known = Knowledge::default();
        known.exists(key(json!(1), Origin::Found));
        known.exists(key(json!(2), Origin::Made));
        known.exists(key(json!("2"), Origin::Found));
        assert_eq!(known.keys(0).map(|known| known.key.clone()).collect::<Vec<_>>(), [json!(2), json!(1)]);
        assert!(known.made(0, "2") && !known.made(0, "1"));
        known.gone(0, "2");
        assert!(!known.made(0, "2"));
    }

    #[test]
    fn a_parameter_is_known_by_the_path_up_to_it_whatever_it_is_called() {
        let there = |path: &str, name: &str| up_to(&PathTemplate::parse(path), name);
        assert_eq!(there("/api/{plugin}/history", "plugin"), there("/api/{other}", "other"));
        assert_ne!(there("/api/{plugin}/{item}", "item"), there("/api/{plugin}/x/{item}", "item"));
        assert_eq!(there("/api", "plugin"), None);
    }
}
