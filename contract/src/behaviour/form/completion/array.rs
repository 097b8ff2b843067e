//! An array completed item by item.

use serde_json::{Number, Value};

use crate::behaviour::form::completion::{Base, Completion, Turn};
use crate::behaviour::form::description::described;
use crate::behaviour::scalar::uuid;
use crate::behaviour::shape;
use crate::document::{Location, Pointer};

/// The most items of an array that are completed one by one; those beyond stay as they were sent.
const MAX_ITEMS: usize = 1_000;

impl Completion<'_> {
    pub(super) fn array(
        &self,
        at: &Location,
        request: Option<&Location>,
        items: &[Value],
        base: Base<'_>,
        here: &Pointer,
        turn: Turn,
    ) -> Vec<Value> {
        let description = described(self.contract, at);
        let Some(each) = &description.items else { return items.to_vec() };
        let said = request.map(|at| described(self.contract, at));
        let request = said.as_ref().and_then(|said| said.items.as_ref());
        let mut whole = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            if index >= MAX_ITEMS {
                whole.push(item.clone());
                continue;
            }
            let there = match base {
                Base::There(value) => value.get(index).map_or(Base::Fresh, Base::There),
                // Generated lists say nothing of what a client sends.
                Base::Made(_) | Base::Fresh => Base::Fresh,
            };
            let here = here.index(index);
            let mut made = self.value(each, request, item, there, &here, turn.below());
            if let Base::Fresh = there {
                self.number(each, item, &mut made, index, &here);
            }
            whole.push(made);
        }
        whole
    }

    /// Gives an item of an array a key of its own where the client said none: examples are the same for all.
    fn number(&self, each: &Location, said: &Value, made: &mut Value, index: usize, here: &Pointer) {
        let (Value::Object(said), Value::Object(made)) = (said, made) else { return };
        let description = described(self.contract, each);
        for name in ["id", "uuid", "key"] {
            let Some(member) = description.members.get(name) else { continue };
            if said.contains_key(name) || !made.contains_key(name) {
                continue;
            }
            let types = shape::types(self.contract, &member.at);
            let key = if types.contains(&"integer") {
                Value::Number(Number::from(index as u64 + 1))
            } else {
                Value::String(uuid(&mut self.choices(&here.join(name))))
            };
            if self.is_valid(&member.at, &key) {
                made.insert(name.to_owned(), key);
            }
        }
    }
}
