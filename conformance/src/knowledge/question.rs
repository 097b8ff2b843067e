//! What is known is asked for: each answer is that of the knowledge itself, or of the one that it is over.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use etalon_contract::codec::Draft;
use serde_json::Value;

use crate::credentials::Credentials;
use crate::knowledge::Knowledge;
use crate::knowledge::entry::DIFFERENT;
use crate::knowledge::fact::{KeySource, KnownKey, Learned, Origin, Template, text};

impl Knowledge {
    /// The knowledge of the operation of this index; `None` where nothing was learnt of it.
    #[must_use]
    pub(crate) fn of(&self, operation: usize) -> Option<&Learned> {
        self.operations.get(&operation).or_else(|| self.under.as_ref()?.of(operation))
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

    /// The values that the target put into a member of new items which was not sent.
    pub(crate) fn made_up_as(&self, collection: usize, member: &str) -> &[Value] {
        let under = || self.under.as_ref().map(|under| under.made_up_as(collection, member));
        let known = self.made_up.get(&(collection, member.to_owned()));
        known.map(Vec::as_slice).or_else(under).unwrap_or_default()
    }

    /// True where the target makes up a member of each new item by itself: not the same one each time, which might be a default.
    #[must_use]
    pub(crate) fn is_made_up(&self, collection: usize, member: &str) -> bool {
        self.made_up_as(collection, member).len() >= DIFFERENT
    }

    /// The place where an operation finds what it knows a thing by; `None` for the key that lists show.
    #[must_use]
    pub(crate) fn known_by(&self, operation: usize, parameter: &str) -> Option<&KeySource> {
        match self.sources.get(&(operation, parameter.to_owned())) {
            Some(known) => known.as_ref(),
            None => self.under.as_ref()?.known_by(operation, parameter),
        }
    }

    /// All that was learnt of other operations about what things are known by, each once.
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

    /// True where an operation was seen to find a thing that the run made by the key that its creation told.
    #[must_use]
    pub(crate) fn finds(&self, operation: usize) -> bool {
        self.finding.contains(&operation) || self.under.as_ref().is_some_and(|below| below.finds(operation))
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
    pub(super) fn all_keys(&self, collection: usize) -> &[KnownKey] {
        let below = || self.under.as_ref().map(|below| below.all_keys(collection));
        self.keys.get(&collection).map(Vec::as_slice).or_else(below).unwrap_or_default()
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
