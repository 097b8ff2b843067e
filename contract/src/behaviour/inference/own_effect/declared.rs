//! The effect of an operation with an `x-etalon` of its own, which has the last word.

use crate::behaviour::inference::declaration::Declared;
use crate::behaviour::inference::own_effect::surroundings::Surroundings;
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::{Action, Effect, Missing, Timing};
use crate::model::{Contract, Operation};

/// The effect of an operation by its declaration; `by_path` gives what the declaration leaves open.
pub(crate) fn declared(
    inference: &Inference,
    contract: &Contract,
    operation: &Operation,
    by_path: &Effect,
    declared: &Declared,
) -> Effect {
    let extension = &declared.extension;
    let mut effect = Effect {
        collection: declared.collection,
        action: if declared.collection.is_some() { declared.action } else { Action::Answer },
        key_parameter: declared.key_parameter.clone(),
        unique: extension.unique.clone(),
        set: extension.set.clone(),
        for_each: extension.for_each.clone(),
        timing: extension.timing.unwrap_or(Timing::AtOnce),
        because: vec!["its x-etalon says so".to_owned()],
        ..by_path.clone()
    };
    if declared.collection.is_none() {
        return effect;
    }
    effect.missing = Missing::default();
    if declared.action == Action::Replace && by_path.action == Action::Replace {
        effect.missing = by_path.missing;
    }
    let surroundings = Surroundings { inference, contract, operation, name: &declared.name, item: None, made_of: None };
    match declared.action {
        Action::List => surroundings.wrap_many(&mut effect),
        Action::Create | Action::Upsert | Action::Read | Action::Replace | Action::Update | Action::Delete => {
            let parameter = effect.key_parameter.clone();
            surroundings.wrap_one(&mut effect, parameter.as_deref());
        }
        Action::Answer => {}
    }
    effect
}
