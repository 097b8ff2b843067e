//! What takes long the first time, done before state is held: what an operation does is found out, and the schemas of
//! the items that it may make are compiled. Whoever shares one state among threads calls this first, so that no other
//! request waits for it.

use serde_json::Value;

use crate::behaviour::Inferred;
use crate::model::{Contract, Direction, Operation};
use crate::validate;

/// Makes ready what `step` needs of an operation. It changes no answer.
pub fn ready(contract: &Contract, behaviour: &dyn Inferred, operation: &Operation) {
    let effect = behaviour.effect(operation.index);
    let mut next = effect.collection.or(effect.subject);
    while let Some(number) = next {
        let collection = behaviour.collection(number);
        if let Some(at) = &collection.item {
            // A schema that cannot be used is told of by whoever needs it.
            let _ = validate::is_valid(contract, at, Direction::Response, &Value::Null);
        }
        next = collection.parent;
    }
}
