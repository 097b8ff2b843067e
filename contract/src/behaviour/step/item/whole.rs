//! An item completed to what its schema asks for, beside members that the schema does not describe.

use serde_json::{Map, Value};

use crate::behaviour::call::Refusal;
use crate::behaviour::form::{Base, Completion, Fill, described, shown};
use crate::behaviour::known::merge;
use crate::behaviour::step::item::maker::Maker;
use crate::document::Location;

impl Maker<'_> {
    pub(super) fn whole(
        &self,
        name: &str,
        known: &Value,
        request: Option<&Location>,
        base: Base<'_>,
    ) -> Result<Value, Refusal> {
        self.whole_of(&[name], known, request, base)
    }

    /// The item that is known, as its schema allows it, with the members that the schema does not describe beside it:
    /// other answers may show them.
    pub(super) fn whole_of(
        &self,
        name: &[&str],
        known: &Value,
        request: Option<&Location>,
        base: Base<'_>,
    ) -> Result<Value, Refusal> {
        let Some(at) = &self.collection.item else { return Ok(known.clone()) };
        let told = shown(self.contract, at, known);
        let path = ["item", self.collection.name.as_str()].into_iter();
        let path = path.chain(self.place.scope.iter().map(String::as_str)).chain(name.iter().copied());
        let completion = Completion {
            contract: self.contract,
            seed: self.context.seed,
            path: path.map(str::to_owned).collect(),
            fill: Fill::Described,
        };
        // What is not shown is kept beside, as it was or as it is said now.
        let shown_there = match base {
            Base::There(there) => Some(shown(self.contract, at, there)),
            Base::Made(_) | Base::Fresh => None,
        };
        let seen = shown_there.as_ref().map_or(base, Base::There);
        let whole = completion.complete(at, request, &told, seen).map_err(|reason| Refusal::Unmakeable { reason })?;
        let mut kept = match base {
            Base::There(there) => self.unshown(at, there),
            Base::Made(_) | Base::Fresh => Value::Object(Map::new()),
        };
        merge(&mut kept, known);
        lay(&mut kept, &whole);
        Ok(kept)
    }

    /// The members of a value that the item's schema does not show at its top.
    fn unshown(&self, at: &Location, value: &Value) -> Value {
        let Value::Object(members) = value else { return Value::Object(Map::new()) };
        let description = described(self.contract, at);
        let is_shown = |name: &str| {
            description.member(name).is_some()
                && !description.members.get(name).is_some_and(|member| member.is_write_only)
        };
        Value::Object(
            members
                .iter()
                .filter(|(name, _)| !is_shown(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    }
}

/// Lays a completed value over what was known, whose members beside it stay; items are laid one by one.
fn lay(there: &mut Value, whole: &Value) {
    match (there, whole) {
        (Value::Object(there), Value::Object(whole)) => {
            for (name, member) in whole {
                match there.get_mut(name) {
                    Some(inner) => lay(inner, member),
                    None => {
                        there.insert(name.clone(), member.clone());
                    }
                }
            }
        }
        (Value::Array(there), Value::Array(whole)) if there.len() == whole.len() => {
            for (inner, member) in there.iter_mut().zip(whole) {
                lay(inner, member);
            }
        }
        (there, whole) => *there = whole.clone(),
    }
}
