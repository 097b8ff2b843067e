//! A look at what an accepted request has left behind: whatever a case is about, what it made or changed is read once more. What that
//! shows is for `history` to say.

use etalon_contract::behaviour::{Action, Timing};
use etalon_contract::codec::Draft;
use etalon_contract::model::{In, Operation};
use serde_json::Value;

use crate::plan::roles;
use crate::scenario::acting::Acting;
use crate::scenario::path_values::{self, Created};
use crate::scenario::setup::Setup;
use crate::scenario::story::{item_path, look};
use crate::scenario::{answer, read_back};
use crate::transcript::{Exchange, Pending, Role};

/// Reads the item that an accepted request made or changed, where the contract has an operation for that.
///
/// # Errors
/// Where an answer is needed. That it cannot be read is no matter here.
pub(super) fn up(setup: &mut Setup<'_>, operation: &Operation, exchange: &Exchange) -> Result<(), Pending> {
    without_end(reads(setup, operation, exchange))
}

/// Reads the item that a refused request was to change.
///
/// # Errors
/// As [`up`].
pub(super) fn refused(setup: &mut Setup<'_>, operation: &Operation, draft: &Draft) -> Result<(), Pending> {
    let Some(effect) = setup.effect(operation) else { return Ok(()) };
    if !matches!(effect.action, Action::Replace | Action::Update) {
        return Ok(());
    }
    let Ok(acting) = Acting::of(setup.session, operation.index) else { return Ok(()) };
    let Ok((reader, _)) = acting.with_action(&[Action::Read]) else { return Ok(()) };
    let pinned = path_values::carry(&operation.path, &in_path(operation, draft), &reader.path);
    without_end(look(setup, reader, &pinned, Role::Prepare).map(|_| ()))
}

/// A step that ends nothing.
fn without_end(step: Result<(), Pending>) -> Result<(), Pending> {
    match step {
        Ok(()) | Err(Pending::Verdict(_)) => Ok(()),
        Err(pending @ (Pending::Send(_) | Pending::Wait(_))) => Err(pending),
    }
}

/// The path parameters of a draft.
fn in_path(operation: &Operation, draft: &Draft) -> Vec<(String, Value)> {
    let names = operation.path.parameters();
    names.filter_map(|name| Some((name.to_owned(), draft.parameter(In::Path, name)?.clone()))).collect()
}

fn reads(setup: &mut Setup<'_>, operation: &Operation, exchange: &Exchange) -> Result<(), Pending> {
    let session = setup.session;
    let Some(effect) = setup.effect(operation) else { return Ok(()) };
    let is_one = effect.timing == Timing::AtOnce && effect.for_each.is_none() && effect.batch.is_none();
    let writes = matches!(effect.action, Action::Create | Action::Upsert | Action::Replace | Action::Update);
    let (Some(index), true, None) = (effect.collection, is_one && writes, &effect.verb) else { return Ok(()) };
    let mut readers = roles::with_action(session.contract, session.behaviour, index, &[Action::Read]);
    let Some((reader, _)) = readers.next() else { return Ok(()) };
    let Some(draft) = read_back(session, &exchange.request) else { return Ok(()) };
    let scope = in_path(operation, &draft);
    let pinned = if matches!(effect.action, Action::Create | Action::Upsert) {
        let told = answer::key(session, operation, effect, &exchange.response);
        let Some(key) = told.or_else(|| answer::sent_key(session, effect, draft.body_value()?)) else { return Ok(()) };
        let created = Created { draft, exchange, key: Some(key.clone()), is_called: false, scope };
        item_path(setup, operation, reader, &created, &key)
    } else {
        path_values::carry(&operation.path, &scope, &reader.path)
    };
    look(setup, reader, &pinned, Role::Prepare).map(|_| ())
}
