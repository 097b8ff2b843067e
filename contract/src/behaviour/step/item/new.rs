//! New items: the members that a request says on generated data, with a key that no other item of the set has.

use serde_json::{Map, Value};

use crate::behaviour::call::Refusal;
use crate::behaviour::form::Base;
use crate::behaviour::known::{Known, lay_over, merge};
use crate::behaviour::shape;
use crate::behaviour::state::{State, text};
use crate::behaviour::statement::Statement;
use crate::behaviour::step::item::maker::{Maker, NewItem, Plain};
use crate::behaviour::step::item::times::Moment;
use crate::document::{Location, Pointer};
use crate::generate::{self, Choices};
use crate::model::Direction;

/// The most attempts to find another key or other data where those at hand are taken.
const MAX_ATTEMPTS: u64 = 16;

/// The number of these attempts that use what people find believable.
const BELIEVABLE_ATTEMPTS: u64 = 2;

/// The number of the attempt to make an item, and the number that the item will have in the order of items.
#[derive(Clone, Copy, Default)]
pub(super) struct Attempt {
    number: u64,
    serial: u64,
}

impl Maker<'_> {
    /// Makes an item of which this is said, and its key where a path names it.
    pub(crate) fn make(&self, state: &State, said: &Statement, key: Option<&str>) -> Result<NewItem, Refusal> {
        let sent = self.collection.key.get(&said.value).filter(|value| self.is_key(value));
        for attempt in 0..MAX_ATTEMPTS {
            let key = match (key, sent) {
                (Some(key), _) => Some(self.typed_key(key)),
                (None, Some(sent)) => Some(sent.clone()),
                (None, None) => self.fresh_key(state, attempt),
            };
            // Where no key can be new, the item is told from others by one that nobody sees.
            let name = key.as_ref().map_or_else(|| self.hidden_key(state), text);
            let value =
                self.complete(&name, Attempt { number: attempt, serial: state.next_sequence() }, said, key, None)?;
            if self.generated_clash(state, &said.value, &value) {
                continue;
            }
            return Ok(NewItem { key: name, value });
        }
        Err(Refusal::Unmakeable {
            reason: format!("no new item of {} could be told from those that are there", self.collection.name),
        })
    }

    /// Makes the one item of a collection that has no keys.
    pub(crate) fn make_only(&self, said: &Statement) -> Result<NewItem, Refusal> {
        Ok(NewItem { key: String::new(), value: self.complete("", Attempt::default(), said, None, None)? })
    }

    /// A whole item from what is said of it, and from one that is there.
    pub(super) fn complete(
        &self,
        name: &str,
        attempt: Attempt,
        said: &Statement,
        key: Option<Value>,
        there: Option<&Value>,
    ) -> Result<Value, Refusal> {
        let Some(at) = &self.collection.item else {
            let mut value = there.cloned().unwrap_or_else(|| Value::Object(Map::new()));
            if !said.value.is_null() {
                merge(&mut value, &said.value);
            }
            return Ok(value);
        };
        let mut base = match there {
            Some(there) => there.clone(),
            None => self.base(at, name, attempt, said),
        };
        for pointer in &said.absent {
            pointer.remove_member(&mut base);
        }
        let attempt = attempt.number.to_string();
        let mut known = said.value.clone();
        if !known.is_object() {
            known = Value::Object(Map::new());
        }
        for (pointer, value) in key.iter().filter(|_| self.shows_key()).map(|key| (&self.collection.key, key)) {
            let _ = pointer.put(&mut known, value.clone());
        }
        let is_within = |value: &Value, pointer: &Pointer| {
            pointer.parent().is_some_and(|parent| parent.get(value).is_some_and(Value::is_object))
        };
        for one in self.known_scope() {
            if let Known::At(pointer, value) = one
                && (is_within(&base, &pointer) || is_within(&known, &pointer))
            {
                let _ = pointer.put(&mut known, value);
            }
        }
        if there.is_none() {
            // What the client says within `metadata`, the server completes there.
            for (pointer, time) in self.times(Moment::Created) {
                let is_beside_key = pointer.parent().is_some_and(|parent| !parent.as_str().is_empty());
                if is_beside_key && is_within(&known, &pointer) && pointer.get(&known).is_none() {
                    let _ = pointer.put(&mut known, time);
                }
            }
        }
        self.say_owner(&base, &mut known);
        let base = if there.is_some() { Base::There(&base) } else { Base::Made(&base) };
        self.whole_of(&[name, &attempt], &known, said.request.as_ref(), base)
    }

    /// Says whose the item is, where it has members for that.
    fn say_owner(&self, base: &Value, known: &mut Value) {
        let (Some(owner), Some(scope)) = (&self.collection.owner, self.place.scope.last()) else { return };
        let _ = owner.at.put(known, Value::String(scope.clone()));
        if let Some((whole, name)) = &owner.full_name
            && let Some(name) = name.get(known).or_else(|| name.get(base)).and_then(Value::as_str)
        {
            let whole_name = format!("{scope}/{name}");
            let _ = whole.put(known, Value::String(whole_name));
        }
    }

    /// The value that a new item is made on: generated data, with defaults and times.
    pub(super) fn base(&self, at: &Location, name: &str, attempt: Attempt, said: &Statement) -> Value {
        let number = attempt.number;
        let mut seeded = self.choices("item", &[name, &number.to_string()]);
        let mut plain = Plain(seeded.clone());
        // The document's own examples are the same every time, so where they are taken they are of no use.
        let choices: &mut dyn Choices = if number < BELIEVABLE_ATTEMPTS { &mut seeded } else { &mut plain };
        // Where no whole value is found, what is said may still be completed to one.
        let made = generate::value(self.contract, at, Direction::Response, choices);
        let mut base = made.unwrap_or_else(|_| Value::Object(Map::new()));
        self.as_begun(&mut base);
        let facts = self.facts();
        let known = self.collection.listed_by_default.iter().chain(&facts.defaults).cloned();
        let known = known.chain(self.times(Moment::Created));
        let known = known.chain(self.other_keys(name, attempt.serial));
        let known: Vec<Known> = known
            // What lies within something that was left out is left out with it.
            .filter(|(pointer, _)| {
                pointer.parent().is_some_and(|parent| parent.get(&base).is_some_and(Value::is_object))
            })
            .filter(|(pointer, _)| pointer.get(&said.value).is_none())
            .map(|(pointer, value)| Known::At(pointer, value))
            .collect();
        base = lay_over(base, &known, &mut |tried| self.is_valid(tried));
        base
    }

    /// Members have their default until somebody says otherwise, unless no two items may share the value.
    pub(super) fn find_defaults(&self, item: &Location) -> Vec<(Pointer, Value)> {
        let mut found = Vec::new();
        let mut look = |at: &Location, root: &Pointer| {
            for (name, at) in shape::members(self.contract, at) {
                let pointer = root.join(&name);
                if pointer == self.collection.key || self.collection.indexed.contains(&pointer) {
                    continue;
                }
                found.extend(shape::keyword(self.contract, &at, "default").map(|said| (pointer, said.clone())));
            }
        };
        look(item, &Pointer::root());
        if let Some(at) = shape::member(self.contract, item, "attributes") {
            look(&at, &Pointer::root().join("attributes"));
        }
        found
    }

    /// True where something generated has a value that only one item may have.
    fn generated_clash(&self, state: &State, known: &Value, value: &Value) -> bool {
        self.collection.indexed.iter().enumerate().any(|(index, pointer)| {
            pointer.get(known).is_none()
                && pointer.get(value).is_some_and(|value| state.find_by(self.place, index, value).is_some())
        })
    }
}
