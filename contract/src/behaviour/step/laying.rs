//! A member of an item that a verb changes by the body: an object takes the body's members, a list one more, or fewer.

use serde_json::{Map, Value};

use crate::behaviour::Lay;
use crate::behaviour::shape;
use crate::behaviour::state::Item;
use crate::behaviour::statement::Statement;
use crate::behaviour::step::transition::Step;
use crate::document::Pointer;

impl Step<'_> {
    /// The statement that a verb and its body make of a member; `None` where the body says nothing of it.
    pub(super) fn laid(&self, item: &Item, at: &Pointer, lay: Lay) -> Option<Statement> {
        let schema = shape::within(self.contract, self.collection.item.as_ref()?, at)?;
        let Value::Object(sent) = self.body() else { return None };
        let changed = match lay {
            Lay::Merge => {
                let known = shape::by_name(self.contract, &schema);
                let members = sent.iter().filter(|(name, _)| known.contains_key(name.as_str()));
                Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect())
            }
            Lay::Append | Lay::Take => {
                let each = shape::items(self.contract, &schema)?;
                let one = match shape::is_object(self.contract, &each) {
                    true => {
                        let known = shape::by_name(self.contract, &each);
                        let members = sent.iter().filter(|(name, _)| known.contains_key(name.as_str()));
                        Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>())
                    }
                    false => sent.values().next().filter(|value| !value.is_object() && !value.is_array())?.clone(),
                };
                if one.as_object().is_some_and(Map::is_empty) {
                    return None;
                }
                let mut all = at.get(&item.value).and_then(Value::as_array).cloned().unwrap_or_default();
                match lay {
                    Lay::Take => all.retain(|there| !is_like(there, &one)),
                    Lay::Append | Lay::Merge => all.push(one),
                }
                Value::Array(all)
            }
        };
        let mut value = Value::Object(Map::new());
        at.put(&mut value, changed).ok()?;
        Some(Statement { value, ..Statement::default() })
    }
}

/// True where a value has all that another says.
fn is_like(there: &Value, said: &Value) -> bool {
    match (there, said) {
        (Value::Object(there), Value::Object(said)) => said.iter().all(|(name, value)| there.get(name) == Some(value)),
        (there, said) => there == said,
    }
}
