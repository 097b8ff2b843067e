//! What must be unique: the same again conflicts, and so does what was accepted earlier and has taken effect since.

use std::time::Duration;

use etalon_contract::codec::Draft;
use etalon_contract::document::Pointer;
use etalon_contract::generate;
use etalon_contract::model::Operation;
use serde_json::Value;

use crate::judge::limit::said;
use crate::judge::status::{Class, class};
use crate::plan::roles;
use crate::scenario::path_values;
use crate::scenario::setup::{Key, Stage};
use crate::scenario::story::Tale;
use crate::transcript::{Halt, Role};
use crate::verdict::{Kind, Verdict};

/// How many drafts are made until one has the members that matter: optional ones are there in about half of them.
const DRAFTS: usize = 64;

/// The first pause given to what was accepted; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// The same identifying value again conflicts.
pub fn again_conflicts(stage: &mut Stage<'_, '_, '_, '_>, tale: &Tale<'_>) -> Result<Verdict, Halt> {
    const EXPECTED: &str = "the same again is refused with 409, since it must be unique";
    let members: Vec<Pointer> =
        tale.effect.unique.iter().filter_map(|member| roles::sent(tale.effect, member)).collect();
    if members.len() != tale.effect.unique.len() {
        return Ok(Verdict::unreachable("where the unique member stands in the request cannot be read off"));
    }
    let mut draft = match stage.opening(tale.operation) {
        Some(given) => given,
        None => with(stage, tale.operation, &members)?,
    };
    let place = path_values::find(stage, tale.operation, &draft, &[])?;
    place.put(&mut draft, None);
    let request = stage.valid_request(tale.operation, &draft, Key::Usual)?;
    let first = stage.send(Role::Prepare, tale.operation, request.clone())?;
    if !first.accepted() {
        return Ok(Verdict::Inconclusive(format!("the first was answered {}", said(&first.response))));
    }
    let again = stage.send(Role::Tested, tale.operation, request)?;
    let status = again.response.status;
    let documented = tale.operation.response(409).is_some();
    Ok(match class(status) {
        Class::Conflict if status == 409 => {
            Verdict::Proved { note: (!documented).then(|| "409, which the operation does not document".to_owned()) }
        }
        Class::Success => {
            Verdict::violated(Kind::State("no conflict"), EXPECTED, format!("it was accepted again with {status}"))
        }
        Class::Server => Verdict::violated(Kind::ServerError(status), EXPECTED, said(&again.response)),
        Class::Invalid if documented => Verdict::violated(Kind::WrongStatus(status), EXPECTED, said(&again.response)),
        Class::Redirect
        | Class::Invalid
        | Class::Credentials
        | Class::Missing
        | Class::Conflict
        | Class::Protocol
        | Class::Busy
        | Class::Odd => Verdict::Inconclusive(format!("the same again was answered {}", said(&again.response))),
    })
}

/// What was accepted takes effect afterwards: creating the same by another operation conflicts.
pub fn accepted_takes_effect(stage: &mut Stage<'_, '_, '_, '_>, tale: &Tale<'_>) -> Result<Verdict, Halt> {
    let Some(witness) = roles::witness(stage.scene.contract, stage.scene.behaviour, tale.operation.index) else {
        return Ok(Verdict::unreachable("the contract has no operation that would show it"));
    };
    let mut pause = FIRST_PAUSE;
    let mut waited = Duration::ZERO;
    loop {
        // Asking spoils what it asks about, so each look has its own request to look for.
        let mut asking = with(stage, witness.operation, std::slice::from_ref(&witness.theirs))?;
        let mut asked = with(stage, tale.operation, std::slice::from_ref(&witness.ours))?;
        let shared = asking.body_value().and_then(|body| witness.theirs.get(body)).cloned();
        let spot = asked.body_value_mut().and_then(|body| witness.ours.get_mut(body));
        let (Some(shared), Some(spot)) = (shared, spot) else {
            return Ok(Verdict::inconclusive("no request could be made that both operations understand"));
        };
        *spot = shared;
        let origin = path_values::find(stage, tale.operation, &asked, &[])?;
        origin.put(&mut asked, None);
        let request = stage.valid_request(tale.operation, &asked, Key::Usual)?;
        let accepted = stage.send(Role::Prepare, tale.operation, request)?;
        if !accepted.accepted() {
            return Ok(Verdict::Inconclusive(format!(
                "{} was answered {}",
                tale.operation.id,
                said(&accepted.response)
            )));
        }
        stage.talk.wait(pause)?;
        waited += pause;
        let scope = path_values::carry(&tale.operation.path, &origin.path(), &witness.operation.path);
        let there = path_values::find(stage, witness.operation, &asking, &scope)?;
        there.put(&mut asking, None);
        let request = stage.valid_request(witness.operation, &asking, Key::Usual)?;
        let answer = stage.send(Role::Tested, witness.operation, request)?;
        match class(answer.response.status) {
            Class::Conflict => return Ok(Verdict::proved()),
            Class::Success if waited + pause * 2 > stage.scene.settings.patience => {
                return Ok(Verdict::violated(
                    Kind::State("what was accepted has no effect"),
                    format!("afterwards {} meets a conflict", witness.operation.id),
                    format!("{} ms later it was accepted with {}", pause.as_millis(), answer.response.status),
                ));
            }
            Class::Success => pause *= 2,
            Class::Redirect
            | Class::Invalid
            | Class::Credentials
            | Class::Missing
            | Class::Protocol
            | Class::Busy
            | Class::Server
            | Class::Odd => {
                let why = format!("{} was answered {}", witness.operation.id, said(&answer.response));
                return Ok(Verdict::Inconclusive(why));
            }
        }
    }
}

/// A valid draft whose body has these members; a list that must have a first element is given one.
fn with(stage: &mut Stage<'_, '_, '_, '_>, operation: &Operation, members: &[Pointer]) -> Result<Draft, Halt> {
    for _ in 0..DRAFTS {
        let mut fresh = stage.fresh();
        let draft = generate::valid(stage.scene.contract, operation, &mut fresh)
            .map_err(|cannot| crate::scenario::setup::cannot_make(&cannot))?;
        let body = draft.body_value();
        let there =
            |member: &Pointer| body.and_then(|body| member.get(body)).is_some_and(|value| *value != Value::Null);
        if members.iter().all(there) {
            return Ok(draft);
        }
    }
    Err(Halt::inconclusive("no valid request could be made that has the member that must be unique"))
}
