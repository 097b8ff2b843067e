//! Which operations are tested: those that are included, or all, without those that are excluded.

use etalon_contract::model::Entry;

use crate::cli::diagnostics::near::near;
use crate::cli::{Failure, Loaded};
use crate::criterion::Criterion;

/// The ids of the operations that are tested; empty for all.
///
/// # Errors
/// A criterion fits no operation, or nothing is left.
pub fn selected(loaded: &[Loaded], include: &[Criterion], exclude: &[Criterion]) -> Result<Vec<String>, Failure> {
    if include.is_empty() && exclude.is_empty() {
        return Ok(Vec::new());
    }
    for criterion in include.iter().chain(exclude) {
        taken(criterion, loaded, "see etalon test --list for what there is")?;
    }
    let takes = |criteria: &[Criterion], one: &Loaded, entry: &Entry| {
        criteria.iter().any(|criterion| criterion.takes(&one.contract, entry))
    };
    let mut ids = Vec::new();
    for one in loaded {
        let included = one.contract.entries().iter().filter(|entry| include.is_empty() || takes(include, one, entry));
        ids.extend(included.filter(|entry| !takes(exclude, one, entry)).map(|entry| entry.id.clone()));
    }
    if ids.is_empty() {
        return Err(Failure::usage(
            "--include and --exclude leave no operation to test",
            Some("see etalon test --list"),
        ));
    }
    Ok(ids)
}

/// Checks that a criterion takes some operation.
///
/// # Errors
/// It takes none: with the names that come near, else with this hint.
pub(crate) fn taken(criterion: &Criterion, loaded: &[Loaded], hint: &str) -> Result<(), Failure> {
    let fits = |one: &Loaded| one.contract.entries().iter().any(|entry| criterion.takes(&one.contract, entry));
    if loaded.iter().any(fits) { Ok(()) } else { Err(unknown(criterion, loaded, hint)) }
}

fn unknown(criterion: &Criterion, loaded: &[Loaded], hint: &str) -> Failure {
    let entries = || loaded.iter().flat_map(|one| one.contract.entries());
    let known: Vec<&str> = match criterion {
        Criterion::Path(_) | Criterion::MethodAndPath(..) => entries().map(|entry| entry.path.as_str()).collect(),
        Criterion::Method(_) => entries().map(|entry| entry.method.as_str()).collect(),
        Criterion::Id(_) | Criterion::Tag(_) | Criterion::Word(_) => entries().map(|entry| entry.id.as_str()).collect(),
    };
    let meant: Vec<String> = near(criterion.word(), known.into_iter()).iter().map(|word| format!("`{word}`")).collect();
    let hint = if meant.is_empty() { hint.to_owned() } else { format!("did you mean {}?", meant.join(", ")) };
    Failure::usage(format!("no operation fits `{}`", criterion.word()), Some(&hint))
}
