//! The branch of `oneOf` or `anyOf` that suits what is known of an object.

use serde_json::{Map, Value};

use crate::behaviour::form::completion::{Completion, Turn};
use crate::behaviour::form::description::{Choice, Description, described};
use crate::behaviour::shape;
use crate::document::Location;
use crate::model::Contract;

impl Completion<'_> {
    /// The number of the branch that a value says it is, by the discriminator beside these alternatives.
    pub(super) fn told(&self, alternatives: &Location, value: &Value) -> Option<usize> {
        let around =
            described(self.contract, &Location { pointer: alternatives.pointer.parent()?, ..alternatives.clone() });
        let first = alternatives.index(0);
        let choice = around.choices.iter().find(|choice| choice.branches.first() == Some(&first))?;
        choice.by_value.get(value.get(choice.discriminator.as_ref()?)?.as_str()?).copied()
    }

    /// The branch of a choice that suits what is known; `None` where what is known says nothing of it.
    pub(super) fn chosen<'d>(
        &self,
        choice: &'d Choice,
        around: &Description,
        known: &Map<String, Value>,
        turn: Turn,
    ) -> Option<&'d Location> {
        if let Some(name) = &choice.discriminator
            && let Some(Value::String(value)) = known.get(name)
            && let Some(index) = choice.by_value.get(value)
            && turn.attempt == 0
        {
            return choice.branches.get(*index);
        }
        let mut suits: Vec<(usize, usize, usize, usize)> = Vec::new();
        let mut tells = false;
        for (index, branch) in choice.branches.iter().enumerate() {
            let description = described(self.contract, branch);
            let mut conflicts = usize::from(!allows_objects(self.contract, branch));
            let mut unknown = 0;
            for (name, value) in known {
                match description.members.get(name) {
                    Some(member) => {
                        tells |= !around.members.get(name).is_some_and(|member| member.is_certain);
                        conflicts += usize::from(is_barred(self.contract, &member.at, value));
                    }
                    None if around.members.get(name).is_some_and(|member| member.is_certain) => {}
                    None => unknown += usize::from(description.member(name).is_none()),
                }
            }
            let missing = description
                .members
                .iter()
                .filter(|(name, member)| member.is_required && !member.is_read_only && !known.contains_key(*name))
                .count();
            suits.push((conflicts, unknown, missing, index));
        }
        suits.sort_unstable();
        let (_, _, _, index) = suits.get(turn.attempt.min(suits.len().saturating_sub(1)))?;
        (tells || turn.attempt > 0).then(|| choice.branches.get(*index)).flatten()
    }
}

fn allows_objects(contract: &Contract, at: &Location) -> bool {
    let types = shape::types(contract, at);
    types.is_empty() || types.contains(&"object")
}

/// True where `const`, `enum` or `type` of a member says that it is not this value.
pub(super) fn is_barred(contract: &Contract, at: &Location, value: &Value) -> bool {
    if shape::keyword(contract, at, "const").is_some_and(|only| only != value) {
        return true;
    }
    if let Some(Value::Array(few)) = shape::keyword(contract, at, "enum")
        && !few.contains(value)
    {
        return true;
    }
    let types = shape::types(contract, at);
    let word = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => return !types.is_empty() && !types.iter().any(|one| matches!(*one, "number" | "integer")),
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    !types.is_empty() && !types.contains(&word)
}
