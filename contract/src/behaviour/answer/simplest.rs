//! The simplest value of a response schema, made once for each: what envelopes and errors are built on.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use serde_json::Value;

use crate::document::{Folding, Location};
use crate::generate::{self, Cannot, Numbers};
use crate::model::{Contract, Direction};

/// The values of a contract, by schema: at most one for each that it has.
#[derive(Default)]
struct Made {
    values: RwLock<HashMap<Location, Result<Value, Cannot>, Folding>>,
}

/// The simplest value that the schema at a location allows in a response.
///
/// # Errors
/// Why none was found.
pub fn simplest(contract: &Contract, at: &Location) -> Result<Value, Cannot> {
    let made = contract.attached::<Made>();
    if let Some(known) = made.values.read().unwrap_or_else(PoisonError::into_inner).get(at) {
        return known.clone();
    }
    let value = generate::value(contract, at, Direction::Response, &mut Numbers::new(&[]));
    made.values.write().unwrap_or_else(PoisonError::into_inner).insert(at.clone(), value.clone());
    value
}
