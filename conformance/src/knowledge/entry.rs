//! Facts are entered: what is new is kept, within the bounds of what is remembered.

use crate::knowledge::Knowledge;
use crate::knowledge::fact::{Fact, KnownKey, Learned, Origin, text};

/// The most accepted plain requests of an operation that are remembered.
const ACCEPTED: usize = 4;

/// The most things of a collection that are remembered from before the run: one is enough to ask for, some may be gone.
const FOUND: usize = 20;

/// The most paths whose names below are remembered, and the most names of each.
const PATHS: usize = 500;
const NAMES: usize = 6;

/// The most values that a target made up which are remembered: two that differ are no default.
pub(super) const DIFFERENT: usize = 2;

impl Knowledge {
    /// Enters a fact; false where it says nothing new.
    pub(super) fn enter(&mut self, fact: Fact) -> bool {
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
            Fact::MakesUp(collection, member, value) => {
                let known = self.made_up_as(collection, &member);
                let new = known.len() < DIFFERENT && !known.contains(&value);
                if new {
                    let known = known.to_vec();
                    self.made_up.entry((collection, member)).or_insert(known).push(value);
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
            Fact::Finds(operation) => !self.finds(operation) && self.finding.insert(operation),
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

    /// The same, to be added to.
    fn of_mut(&mut self, operation: usize) -> &mut Learned {
        let below = self.under.as_ref();
        let known = || below.and_then(|below| below.of(operation)).cloned().unwrap_or_default();
        self.operations.entry(operation).or_insert_with(known)
    }

    /// The same, to be added to.
    fn keys_mut(&mut self, collection: usize) -> &mut Vec<KnownKey> {
        let below = self.under.as_ref();
        let known = || below.map(|below| below.all_keys(collection).to_vec()).unwrap_or_default();
        self.keys.entry(collection).or_insert_with(known)
    }
}
