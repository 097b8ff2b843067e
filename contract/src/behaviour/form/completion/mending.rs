//! A completed value without what violates its schema.

use serde_json::Value;

use crate::behaviour::form::completion::{Base, Completion};
use crate::behaviour::shape;
use crate::document::Location;
use crate::model::Direction;
use crate::rule::Subject;
use crate::validate;

/// The most rounds in which violations are taken out: taking one out may show another.
const MAX_MENDS: usize = 4;

impl Completion<'_> {
    /// The value without what violates its schema, where that is told: in its place stands what the schema asks for there, or
    /// nothing.
    pub(super) fn mended(&self, at: &Location, mut made: Value, base: Base<'_>) -> Option<Value> {
        for _ in 0..MAX_MENDS {
            let found = validate::value(self.contract, at, Direction::Response, &Subject::ResponseBody, &made).ok()?;
            if found.is_empty() {
                return Some(made);
            }
            for violation in &found {
                let (parent, name) = (violation.pointer.parent()?, violation.pointer.last()?);
                let there = match base {
                    Base::There(value) | Base::Made(value) => violation.pointer.get(value).cloned(),
                    Base::Fresh => None,
                };
                let fresh = there.or_else(|| {
                    let at = shape::within(self.contract, at, &violation.pointer)?;
                    self.generated(&at, &violation.pointer).ok()
                });
                let holder = shape::within(self.contract, at, &parent);
                let must_be = holder.is_some_and(|at| shape::required(self.contract, &at).contains(name.as_ref()));
                match (parent.get_mut(&mut made), fresh) {
                    (Some(Value::Object(members)), Some(fresh)) if must_be => {
                        members.insert(name.into_owned(), fresh);
                    }
                    (Some(Value::Object(members)), _) => {
                        members.shift_remove(name.as_ref());
                    }
                    (Some(Value::Array(items)), Some(fresh)) => {
                        let there = name.parse::<usize>().ok().and_then(|index| items.get_mut(index));
                        *there? = fresh;
                    }
                    (Some(_) | None, _) => return None,
                }
            }
        }
        None
    }
}
