//! A whole object for the key by which a client names it.

use serde_json::Value;

use crate::behaviour::form::completion::Completion;
use crate::behaviour::form::description::described;
use crate::behaviour::shape;
use crate::document::{Location, Pointer};

impl Completion<'_> {
    /// The object that a client names by its key, where the schema shows the object itself.
    pub(super) fn named(&self, at: &Location, key: &Value, here: &Pointer) -> Option<Value> {
        let types = shape::types(self.contract, at);
        if types.iter().any(|kind| !matches!(*kind, "object" | "null")) || !types.contains(&"object") {
            return None;
        }
        let description = described(self.contract, at);
        let name = shape::NAMES
            .iter()
            .find(|name| description.members.get(**name).is_some_and(|member| self.is_valid(&member.at, key)))?;
        let mut whole = self.generated(at, here).ok()?;
        whole.as_object_mut()?.insert((*name).to_owned(), key.clone());
        self.is_valid(at, &whole).then_some(whole)
    }
}
