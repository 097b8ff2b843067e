//! Schema -> compiled validator, kept with the contract.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use jsonschema::{Draft, PatternOptions, Registry, Validator};
use serde_json::json;

use crate::document::{Code, Defect, Location};
use crate::model::{Contract, Direction, bundle};
use crate::validate::{budget, format};

/// Steps that a pattern with look-around or back-references may take on one text. The linear engine has no such bound
/// because it needs none; this one is about 10 ms.
const BACKTRACK_LIMIT: usize = 100_000;

/// The validators of a contract, by schema and direction.
#[derive(Default)]
pub(crate) struct Validators {
    compiled: RwLock<HashMap<(Location, Direction), Compiled>>,
}

type Compiled = Result<Arc<Validator>, Defect>;

/// The validator of the schema at a location.
///
/// # Errors
/// What makes the schema unusable.
pub(crate) fn validator(contract: &Contract, at: &Location, direction: Direction) -> Compiled {
    let validators = contract.attached::<Validators>();
    let key = (at.clone(), direction);
    if let Some(found) = validators.compiled.read().expect("no validator panics while it is kept").get(&key) {
        return found.clone();
    }
    let made = compile(contract, at, direction).map(Arc::new);
    validators.compiled.write().expect("no validator panics while it is kept").insert(key, made.clone());
    made
}

/// How many validators a contract has by now: one for each schema and direction that was used.
#[must_use]
pub fn compiled(contract: &Contract) -> usize {
    contract.attached::<Validators>().compiled.read().expect("no validator panics while it is kept").len()
}

fn compile(contract: &Contract, at: &Location, direction: Direction) -> Result<Validator, Defect> {
    let unusable = |reason: String| Defect::new(Code::InvalidSchema, at.clone(), reason);
    let files = bundle(contract.document(), std::slice::from_ref(at), direction)?;
    let mut registry = Registry::new();
    for (file, value) in files {
        registry =
            registry.add(Location::file_uri(file), value).map_err(|error| unusable(format!("the schema: {error}")))?;
    }
    let registry = registry.prepare().map_err(|error| unusable(format!("the schema: {error}")))?;
    let root = json!({"$ref": at.uri()});
    let options = || {
        budget::register(format::register(jsonschema::options()))
            .with_draft(Draft::Draft202012)
            .offline()
            .should_validate_formats(true)
            .with_registry(&registry)
    };
    options()
        .with_pattern_options(PatternOptions::regex())
        .build(&root)
        .or_else(|_| {
            options().with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_LIMIT)).build(&root)
        })
        .map_err(|error| unusable(format!("the schema cannot be used: {}", error.masked())))
}
