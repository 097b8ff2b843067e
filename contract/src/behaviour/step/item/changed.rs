//! Items that are there, changed: some members, all that a client can say, or the part that answers show.

use serde_json::Value;

use crate::behaviour::call::Refusal;
use crate::behaviour::form::{Base, described};
use crate::behaviour::known::merge;
use crate::behaviour::state::Item;
use crate::behaviour::statement::Statement;
use crate::behaviour::step::item::maker::Maker;
use crate::behaviour::step::item::new::Attempt;
use crate::behaviour::step::item::times::{Moment, is_modified};
use crate::document::Location;
use crate::model::Direction;
use crate::validate;

impl Maker<'_> {
    /// Makes an item anew in the place of one that is there: what a client can say and did not is gone unless it must be there;
    /// all else stays as it was.
    pub(crate) fn remake(&self, there: &Item, said: &Statement) -> Result<Value, Refusal> {
        let key = (!there.key.is_empty()).then(|| self.typed_key(&there.key));
        let mut base = self.touched(&there.value, &said.value);
        if let Some(at) = &self.collection.item {
            self.clear_maps(at, &mut base, &said.value);
        }
        let mut said = said.clone();
        // When it came stays the same, unless the client says otherwise.
        for (pointer, _) in self.times(Moment::Created) {
            if let (None, Some(kept)) = (pointer.get(&said.value), pointer.get(&base))
                && !is_modified(&pointer)
            {
                let _ = pointer.put(&mut said.value, kept.clone());
            }
        }
        self.complete(&there.key, Attempt::default(), &said, key, Some(&base))
    }

    /// Changes the members of an item that are said, as a PUT does: a map that is said is the whole of it.
    pub(crate) fn put(&self, there: &Value, said: &Statement) -> Value {
        let mut cleared = there.clone();
        if let Some(at) = &self.collection.item {
            self.clear_maps(at, &mut cleared, &said.value);
        }
        self.change(&cleared, said)
    }

    /// Takes the maps away of which something is said: objects of which no member is described.
    fn clear_maps(&self, at: &Location, there: &mut Value, said: &Value) {
        let (Value::Object(there), Value::Object(said)) = (there, said) else { return };
        let description = described(self.contract, at);
        for (name, said) in said {
            let (Some(Some(at)), Some(value)) = (description.member(name), there.get_mut(name)) else { continue };
            if !value.is_object() || !said.is_object() {
                continue;
            }
            if described(self.contract, at).members.is_empty() {
                there.shift_remove(name);
            } else {
                self.clear_maps(at, value, said);
            }
        }
    }

    /// Changes the members of an item that are said.
    pub(crate) fn change(&self, there: &Value, said: &Statement) -> Value {
        let mut base = self.touched(there, &said.value);
        for pointer in &said.absent {
            pointer.remove_member(&mut base);
        }
        if let Some(at) = &self.collection.item {
            self.unset(at, &mut base, &said.value);
        }
        let mut merged = base.clone();
        if said.value.is_object() || self.collection.item.is_none() && !said.value.is_null() {
            merge(&mut merged, &said.value);
        }
        if let Some(at) = &self.collection.item {
            self.unset(at, &mut merged, &said.value);
        }
        // An item stays where it is found.
        if let Some(kept) = self.collection.key.get(there) {
            let _ = self.collection.key.put(&mut merged, kept.clone());
        }
        self.whole("change", &merged, None, Base::There(&base)).unwrap_or(base)
    }

    /// An item whose shown part was exchanged for another.
    pub(crate) fn changed_to(&self, there: &Value, shown: &Value, patched: &Value) -> Result<Value, Refusal> {
        let mut base = self.touched(there, patched);
        // What was shown and is not there any more was taken away.
        if let (Value::Object(base), Value::Object(shown), Value::Object(patched)) = (&mut base, shown, patched) {
            for name in shown.keys().filter(|name| !patched.contains_key(*name)) {
                base.shift_remove(name);
            }
        }
        let mut known = patched.clone();
        if let Some(kept) = self.collection.key.get(there) {
            let _ = self.collection.key.put(&mut known, kept.clone());
        }
        for (pointer, time) in self.times(Moment::Modified) {
            if pointer.get(&known).is_some() && pointer.get(patched) == pointer.get(shown) {
                let _ = pointer.put(&mut known, time);
            }
        }
        self.whole("patch", &known, None, Base::There(&base))
    }

    /// A null that an item's schema does not have means that the member is not there any more (RFC 7396 §2).
    fn unset(&self, at: &Location, value: &mut Value, said: &Value) {
        let (Value::Object(members), Value::Object(said)) = (value, said) else { return };
        let description = described(self.contract, at);
        for (name, one) in said {
            let Some(Some(at)) = description.member(name) else { continue };
            if one.is_null() {
                if !validate::is_valid(self.contract, at, Direction::Response, one).unwrap_or(false) {
                    members.shift_remove(name);
                }
            } else if let Some(member) = members.get_mut(name) {
                self.unset(at, member, one);
            }
        }
    }

    /// The value with the time of its change, where nobody said one.
    fn touched(&self, there: &Value, said: &Value) -> Value {
        let mut touched = there.clone();
        for (pointer, time) in self.times(Moment::Modified) {
            if pointer.get(said).is_none() && pointer.parent().is_some_and(|parent| parent.get(there).is_some()) {
                let _ = pointer.put(&mut touched, time);
            }
        }
        touched
    }
}
