//! What a run has learnt of its target: requests that it accepts where it refuses what the contract allows, things that
//! exist there, and which of them the run itself made. It passes from case to case at fixed points, and never changes within one.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use etalon_contract::codec::Draft;
use etalon_contract::document::Pointer;
use etalon_contract::model::{PathTemplate, Piece};
use serde_json::Value;

use crate::credentials::Credentials;
use crate::draft_place::DraftPlace;

/// The most accepted plain requests of an operation that are remembered.
const ACCEPTED: usize = 4;

/// The most things of a collection that are remembered from before the run: one is enough to ask for, some may be gone.
const FOUND: usize = 20;

/// The knowledge that a run has of its target, learnt from answers.
///
/// Cases that are executed beside each other each have one of their own, over the one of the run, which stays as it was when they
/// began: whatever they learn is written down and entered into that of the run when all of them are through, in the order of the plan.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    /// The knowledge that this one is over, where it belongs to cases that are executed beside others.
    under: Option<Rc<Knowledge>>,
    /// The facts that were learnt over the knowledge below, in order.
    facts: Vec<Fact>,
    operations: BTreeMap<usize, Learned>,
    /// The things that exist, by the index of their collection, the latest last.
    keys: BTreeMap<usize, Vec<KnownKey>>,
    /// The path of the target's base URL, before every path of the contract.
    pub prefix: String,
    /// The values that links give to parameters, by the index of the operation and the name of the parameter.
    linked: BTreeMap<(usize, String), Value>,
    /// The values of path parameters that led to something, by the path up to each.
    reached: BTreeMap<String, Value>,
    /// An item of each collection, as a list showed it first.
    samples: BTreeMap<usize, Value>,
    /// The reason why nothing more is let in, once credentials that let in before no longer do.
    ended: Option<String>,
    /// The credentials that requests have now; `None` while they are those of the settings.
    credentials: Option<Rc<Credentials>>,
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
    sources: BTreeMap<(usize, String), Option<KeySource>>,
}

/// Something that a run learns of its target.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    /// A plain valid request was accepted.
    Accepted(Draft),
    /// A plain valid request of the operation of this index was refused for what it holds, with this status.
    Refused(usize, u16),
    /// The requests of an operation are made of these from now on.
    Templates(usize, Vec<Template>),
    /// The answer to every valid request of an operation, in a few words; `None` where one is accepted after all.
    Refuses(usize, Option<String>),
    /// Something exists.
    Exists(KnownKey),
    /// The thing of a collection that has this key is gone.
    Gone(usize, String),
    /// An item of a collection looks like this.
    Looks(usize, Value),
    /// A link gives a value to a parameter of an operation.
    Links(usize, String, Value),
    /// A value of a path parameter leads to something, by the path up to it.
    Reaches(String, Value),
    /// An operation answered this to its first creation.
    Shows(usize, Value),
    /// An operation finds what it knows a thing by there, by the name of the path parameter; `None` for the key that lists show.
    KnowsBy(usize, String, Option<KeySource>),
    /// These are the names of what lies right below a path, with the path up to its last parameter where it ends there.
    LiesBelow(String, Option<String>, Vec<Value>),
    /// An answer shows a value under a plain name.
    ShowsAs(String, Value),
    /// The keys of a collection are those that the client sends.
    ClientKeyed(usize),
    /// Nothing more is let in, for this reason.
    Ended(String),
    /// The credentials have ended, and these are used in their place.
    Renewed(Rc<Credentials>),
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

    /// The knowledge of cases that are executed beside others: what was known when they began, and what they learn.
    #[must_use]
    pub(crate) fn over(below: Rc<Self>) -> Self {
        Self { prefix: below.prefix.clone(), under: Some(below), ..Self::default() }
    }

    /// The facts that were learnt over the knowledge below since the last call.
    pub(crate) fn take_facts(&mut self) -> Vec<Fact> {
        std::mem::take(&mut self.facts)
    }

    /// Learns something.
    pub(crate) fn learn(&mut self, fact: Fact) {
        if self.under.is_none() {
            self.enter(fact);
        } else if self.enter(fact.clone()) {
            self.facts.push(fact);
        }
    }

    /// Enters a fact; false where it says nothing new.
    fn enter(&mut self, fact: Fact) -> bool {
        match fact {
            Fact::Accepted(draft) => {
                let learned = self.of_mut(draft.operation);
                let new = learned.accepted.len() < ACCEPTED && !learned.accepted.contains(&draft);
                if new {
                    learned.accepted.push(draft);
                }
                new
            }
            Fact::Refused(operation, status) => {
                let learned = self.of_mut(operation);
                learned.refused += 1;
                learned.last_refused = Some(status);
                true
            }
            Fact::Shows(operation, answer) => {
                let new = self.shown(operation).is_none();
                if new {
                    self.shown.insert(operation, answer);
                }
                new
            }
            Fact::KnowsBy(operation, parameter, source) => {
                self.sources.insert((operation, parameter), source);
                true
            }
            Fact::LiesBelow(path, shape, names) => {
                let known = self.below.len() + self.under.as_ref().map_or(0, |under| under.below.len());
                let new = known < PATHS && !names.is_empty() && self.below(&path).is_empty();
                if new {
                    self.below.insert(path, (shape, names));
                }
                new
            }
            Fact::ShowsAs(name, value) => {
                let known = self.shown_under(&name);
                let new = known.len() < NAMES && !known.contains(&value);
                if new {
                    let known = known.to_vec();
                    self.shown_as.entry(name).or_insert(known).push(value);
                }
                new
            }
            Fact::Templates(operation, templates) => {
                self.of_mut(operation).templates = templates;
                true
            }
            Fact::Refuses(operation, answer) => {
                self.of_mut(operation).refuses = answer;
                true
            }
            Fact::Exists(known) => self.exists(known),
            Fact::Gone(collection, key) => {
                let keys = self.keys_mut(collection);
                let before = keys.len();
                keys.retain(|known| text(&known.key) != key);
                keys.len() < before
            }
            Fact::Looks(collection, item) => {
                let new = self.sample(collection).is_none();
                if new {
                    self.samples.insert(collection, item);
                }
                new
            }
            Fact::Links(operation, parameter, value) => {
                self.linked.insert((operation, parameter), value);
                true
            }
            Fact::Reaches(path, value) => {
                let new = self.reached(&path).is_none();
                if new {
                    self.reached.insert(path, value);
                }
                new
            }
            Fact::ClientKeyed(collection) => {
                !self.is_keyed_by_client(collection) && self.client_keyed.insert(collection)
            }
            Fact::Renewed(credentials) => {
                self.credentials = Some(credentials);
                true
            }
            Fact::Ended(why) => {
                let new = self.ended().is_none();
                if new {
                    self.ended = Some(why);
                }
                new
            }
        }
    }

    /// Enters that something exists. What the run made stays its own, wherever it is seen again.
    fn exists(&mut self, known: KnownKey) -> bool {
        let keys = self.keys_mut(known.collection);
        let is_known = keys.iter().any(|other| text(&other.key) == text(&known.key));
        let found = keys.iter().filter(|other| other.origin == Origin::Found).count();
        let new = !(is_known || known.origin == Origin::Found && found >= FOUND);
        if new {
            keys.push(known);
        }
        new
    }

    /// The knowledge of the operation of this index; `None` where nothing was learnt of it.
    #[must_use]
    pub(crate) fn of(&self, operation: usize) -> Option<&Learned> {
        self.operations.get(&operation).or_else(|| self.under.as_ref()?.of(operation))
    }

    /// The same, to be added to.
    fn of_mut(&mut self, operation: usize) -> &mut Learned {
        let below = self.under.as_ref();
        let known = || below.and_then(|below| below.of(operation)).cloned().unwrap_or_default();
        self.operations.entry(operation).or_insert_with(known)
    }

    /// The accepted plain requests, one of each operation that has any.
    pub(crate) fn accepted_ones(&self) -> impl Iterator<Item = &Draft> {
        let all = self.under.iter().flat_map(|below| below.operations.keys()).chain(self.operations.keys());
        let all: BTreeSet<usize> = all.copied().collect();
        all.into_iter().filter_map(|operation| self.of(operation)?.accepted.first())
    }

    /// One of the templates of an operation, chosen by a number.
    #[must_use]
    pub(crate) fn template(&self, operation: usize, number: u64) -> Option<&Template> {
        let templates = &self.of(operation)?.templates;
        let count = u64::try_from(templates.len()).ok().filter(|count| *count > 0)?;
        templates.get(usize::try_from(number % count).ok()?)
    }

    /// An item of a collection, as the target shows it.
    #[must_use]
    pub(crate) fn sample(&self, collection: usize) -> Option<&Value> {
        self.samples.get(&collection).or_else(|| self.under.as_ref()?.sample(collection))
    }

    /// The first answer of an operation to a creation.
    #[must_use]
    pub(crate) fn shown(&self, operation: usize) -> Option<&Value> {
        self.shown.get(&operation).or_else(|| self.under.as_ref()?.shown(operation))
    }

    /// Where an operation finds what it knows a thing by; `None` for the key that lists show.
    #[must_use]
    pub(crate) fn known_by(&self, operation: usize, parameter: &str) -> Option<&KeySource> {
        match self.sources.get(&(operation, parameter.to_owned())) {
            Some(known) => known.as_ref(),
            None => self.under.as_ref()?.known_by(operation, parameter),
        }
    }

    /// What was learnt of other operations about what things are known by, each once.
    pub(crate) fn sources(&self) -> Vec<KeySource> {
        let under = self.under.iter().flat_map(|under| under.sources.iter());
        let all: BTreeMap<_, _> = under.chain(self.sources.iter()).collect();
        let mut found: Vec<KeySource> = Vec::new();
        for source in all.into_values().flatten() {
            if !found.contains(source) {
                found.push(source.clone());
            }
        }
        found
    }

    /// The value that a link gives to a parameter of an operation; `None` where no link was met.
    #[must_use]
    pub(crate) fn linked(&self, operation: usize, parameter: &str) -> Option<&Value> {
        let known = self.linked.get(&(operation, parameter.to_owned()));
        known.or_else(|| self.under.as_ref()?.linked(operation, parameter))
    }

    /// A value of a path parameter that has led to something; `path` is the path up to it, as [`up_to`] writes it.
    #[must_use]
    pub(crate) fn reached(&self, path: &str) -> Option<&Value> {
        self.reached.get(path).or_else(|| self.under.as_ref()?.reached(path))
    }

    /// The names of what lies right below a path, the first ones.
    #[must_use]
    pub(crate) fn below(&self, path: &str) -> &[Value] {
        let under = || self.under.as_ref().map(|under| under.below(path));
        self.below.get(path).map(|(_, names)| names.as_slice()).or_else(under).unwrap_or_default()
    }

    /// A value of a path parameter below which something lies in its turn: `path` leads to it, `shape` is the path up to it as [`up_to`]
    /// writes it. What another path has in that place is no value of it.
    #[must_use]
    pub(crate) fn way_down(&self, path: &str, shape: &str) -> Option<Value> {
        let known = self.under.iter().flat_map(|under| under.below.iter()).chain(self.below.iter());
        let alike = known.filter(|(_, (known, _))| known.as_deref() == Some(shape));
        let ways = alike.filter_map(|(known, _)| known.strip_prefix(path)?.strip_prefix('/'));
        ways.filter(|rest| !rest.is_empty() && !rest.contains('/')).min().map(|rest| Value::String(rest.to_owned()))
    }

    /// The values that answers show under a plain name, the first ones.
    #[must_use]
    pub(crate) fn shown_under(&self, name: &str) -> &[Value] {
        let under = || self.under.as_ref().map(|under| under.shown_under(name));
        self.shown_as.get(name).map(Vec::as_slice).or_else(under).unwrap_or_default()
    }

    /// True where the keys of a collection are those that the client sends.
    #[must_use]
    pub(crate) fn is_keyed_by_client(&self, collection: usize) -> bool {
        self.client_keyed.contains(&collection)
            || self.under.as_ref().is_some_and(|below| below.is_keyed_by_client(collection))
    }

    /// The reason why nothing more is let in; `None` while something is.
    #[must_use]
    pub(crate) fn ended(&self) -> Option<&str> {
        self.ended.as_deref().or_else(|| self.under.as_ref()?.ended())
    }

    /// The credentials that requests have now; `None` while they are those of the settings.
    #[must_use]
    pub(crate) fn credentials(&self) -> Option<Rc<Credentials>> {
        self.credentials.clone().or_else(|| self.under.as_ref()?.credentials())
    }

    /// The things of a collection that exist, the latest last.
    fn all_keys(&self, collection: usize) -> &[KnownKey] {
        let below = || self.under.as_ref().map(|below| below.all_keys(collection));
        self.keys.get(&collection).map(Vec::as_slice).or_else(below).unwrap_or_default()
    }

    /// The same, to be added to.
    fn keys_mut(&mut self, collection: usize) -> &mut Vec<KnownKey> {
        let below = self.under.as_ref();
        let known = || below.map(|below| below.all_keys(collection).to_vec()).unwrap_or_default();
        self.keys.entry(collection).or_insert_with(known)
    }

    /// The keys that exist in a collection: first those that the run made, then those that it found, the latest first.
    pub(crate) fn keys(&self, collection: usize) -> impl Iterator<Item = &KnownKey> {
        let keys = self.all_keys(collection);
        let of = move |origin| keys.iter().rev().filter(move |known| known.origin == origin);
        of(Origin::Made).chain(of(Origin::Found))
    }

    /// True where the run made something that has this key, whatever it is.
    #[must_use]
    pub(crate) fn is_made(&self, key: &str) -> bool {
        let under = self.under.iter().flat_map(|under| &under.keys);
        let under = under.filter(|(collection, _)| !self.keys.contains_key(collection)).flat_map(|(_, keys)| keys);
        self.keys.values().flatten().chain(under).any(|known| known.origin == Origin::Made && text(&known.key) == key)
    }

    /// True where the run made the thing of a collection that has this key.
    #[must_use]
    pub(crate) fn made(&self, collection: usize, key: &str) -> bool {
        self.all_keys(collection).iter().any(|known| known.origin == Origin::Made && text(&known.key) == key)
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
        known.learn(Fact::Exists(key(json!(1), Origin::Found)));
        known.learn(Fact::Exists(key(json!(2), Origin::Made)));
        known.learn(Fact::Exists(key(json!("2"), Origin::Found)));
        assert_eq!(known.keys(0).map(|known| known.key.clone()).collect::<Vec<_>>(), [json!(2), json!(1)]);
        assert!(known.made(0, "2") && !known.made(0, "1"));
        known.learn(Fact::Gone(0, "2".to_owned()));
        assert!(!known.made(0, "2"));
    }

    #[test]
    fn what_is_learnt_over_the_knowledge_of_the_run_is_seen_there_once_it_is_entered() {
        let mut run = Knowledge::default();
        run.learn(Fact::Exists(key(json!(1), Origin::Made)));
        run.learn(Fact::Refused(3, 400));
        let run = Rc::new(run);
        let mut one = Knowledge::over(Rc::clone(&run));
        let mut other = Knowledge::over(Rc::clone(&run));
        one.learn(Fact::Gone(0, "1".to_owned()));
        one.learn(Fact::Refused(3, 400));
        other.learn(Fact::Exists(key(json!(2), Origin::Made)));
        other.learn(Fact::Exists(key(json!(2), Origin::Found)));
        assert!(!one.made(0, "1") && !one.made(0, "2") && other.made(0, "1") && other.made(0, "2") && run.made(0, "1"));
        assert_eq!(one.of(3).map(|learned| learned.refused), Some(2));
        let facts: Vec<Fact> = [one.take_facts(), other.take_facts()].concat();
        drop((one, other));
        let mut run = Rc::try_unwrap(run).expect("nobody else has it");
        assert_eq!(facts.len(), 3, "what is known already is no fact: {facts:?}");
        facts.into_iter().for_each(|fact| run.learn(fact));
        assert!(!run.made(0, "1") && run.made(0, "2"));
        assert_eq!(run.of(3).map(|learned| learned.refused), Some(2));
    }

    #[test]
    fn a_parameter_is_known_by_the_path_up_to_it_whatever_it_is_called() {
        let there = |path: &str, name: &str| up_to(&PathTemplate::parse(path), name);
        assert_eq!(there("/api/{plugin}/history", "plugin"), there("/api/{other}", "other"));
        assert_ne!(there("/api/{plugin}/{item}", "item"), there("/api/{plugin}/x/{item}", "item"));
        assert_eq!(there("/api", "plugin"), None);
    }
}
