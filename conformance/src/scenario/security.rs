//! Requests with all, some, none and wrong credentials.

use etalon_contract::codec::Draft;
use etalon_contract::model::Operation;
use etalon_contract::rule::SecurityRule;

use crate::credentials::Show;
use crate::judge::security::{self, Lack};
use crate::scenario::path_values;
use crate::scenario::setup::{Key, Stage};
use crate::transcript::{Exchange, Halt, Role};
use crate::verdict::Verdict;

/// Plays a row about credentials.
pub fn play(stage: &mut Stage<'_, '_, '_, '_>, operation: &Operation, rule: &SecurityRule) -> Result<Verdict, Halt> {
    match rule {
        SecurityRule::Accepts(index) => accepts(stage, operation, *index),
        SecurityRule::NoneOf => {
            let index = available(stage, operation)?;
            refuses(stage, operation, Lack::Missing, Key::None, index)
        }
        SecurityRule::Without(index, scheme) => {
            satisfied(stage, operation, *index)?;
            refuses(stage, operation, Lack::Missing, Key::Of(*index, Show::Without(scheme)), *index)
        }
        SecurityRule::Wrong(index, scheme) => {
            satisfied(stage, operation, *index)?;
            refuses(stage, operation, Lack::Wrong, Key::Of(*index, Show::Wrong(scheme)), *index)
        }
    }
}

fn accepts(stage: &mut Stage<'_, '_, '_, '_>, operation: &Operation, index: usize) -> Result<Verdict, Halt> {
    satisfied(stage, operation, index)?;
    let draft = draft(stage, operation)?;
    let alone = send(stage, operation, &draft, Key::Of(index, Show::All), Role::Tested)?;
    if alone.accepted() {
        return Ok(security::accepted(&alone.response, None));
    }
    let credentials = &stage.scene.settings.credentials;
    let other = (0..operation.security.len()).find(|other| {
        let alternative = &operation.security[*other];
        *other != index && !alternative.schemes.is_empty() && credentials.satisfy(alternative)
    });
    let Some(other) = other else { return Ok(security::accepted(&alone.response, None)) };
    let other = send(stage, operation, &draft, Key::Of(other, Show::All), Role::Twin)?;
    Ok(security::accepted(&alone.response, Some(&other.response)))
}

fn refuses(
    stage: &mut Stage<'_, '_, '_, '_>,
    operation: &Operation,
    lack: Lack,
    lacking: Key<'_>,
    full: usize,
) -> Result<Verdict, Halt> {
    let draft = draft(stage, operation)?;
    let lacking = send(stage, operation, &draft, lacking, Role::Tested)?;
    if lacking.accepted() {
        return Ok(security::refused(operation, lack, &lacking.response, None));
    }
    let twin = send(stage, operation, &draft, Key::Of(full, Show::All), Role::Twin)?;
    Ok(security::refused(operation, lack, &lacking.response, Some(&twin.response)))
}

fn draft(stage: &mut Stage<'_, '_, '_, '_>, operation: &Operation) -> Result<Draft, Halt> {
    let mut draft = stage.valid(operation, &mut stage.choices())?;
    let place = path_values::find(stage, operation, &draft, &[])?;
    place.put(&mut draft, None);
    Ok(draft)
}

fn send<'r>(
    stage: &mut Stage<'_, '_, '_, 'r>,
    operation: &Operation,
    draft: &Draft,
    key: Key<'_>,
    role: Role,
) -> Result<&'r Exchange, Halt> {
    let request = stage.valid_request(operation, draft, key)?;
    stage.send(role, operation, request)
}

fn available(stage: &Stage<'_, '_, '_, '_>, operation: &Operation) -> Result<usize, Halt> {
    let index = stage.scene.settings.credentials.usual(operation);
    index.ok_or_else(|| Halt::inconclusive("no credentials were given, so nothing shows that they would be let in"))
}

fn satisfied(stage: &Stage<'_, '_, '_, '_>, operation: &Operation, index: usize) -> Result<(), Halt> {
    let Some(alternative) = operation.security.get(index) else {
        return Err(Halt::unreachable("the operation has no such alternative"));
    };
    let missing = stage.scene.settings.credentials.missing(alternative);
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Halt::inconclusive(format!("no credentials were given for {}", missing.join(", "))))
    }
}
