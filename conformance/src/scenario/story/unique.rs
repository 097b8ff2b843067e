//! What must be unique: the same again conflicts, and so does what was accepted earlier and has taken effect since.

use std::time::Duration;

use etalon_contract::codec::{Draft, Response};
use etalon_contract::document::Pointer;
use etalon_contract::generate;
use etalon_contract::model::Operation;
use serde_json::Value;

use crate::judge::limit::said;
use crate::judge::status::{Class, class};
use crate::judge::story::{Documented, Seen};
use crate::plan::roles::{self, Witness};
use crate::scenario::path_values;
use crate::scenario::setup::{Authorization, Setup};
use crate::scenario::story::StoryContext;
use crate::transcript::{Pending, Role};

/// The most drafts that are made until one has the members that matter: optional ones are there in about half of them.
const DRAFTS: usize = 64;

/// The first pause given to what was accepted; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// The same identifying value again conflicts.
pub(super) fn again_conflicts<'s>(setup: &mut Setup<'s>, context: &StoryContext<'s>) -> Result<Seen<'s>, Pending> {
    let members: Vec<Pointer> =
        context.effect.unique.iter().filter_map(|member| roles::sent(context.effect, member)).collect();
    if members.len() != context.effect.unique.len() {
        return Err(Pending::unreachable("where the unique member stands in the request cannot be read off"));
    }
    let mut draft = match setup.first_request(context.operation) {
        Some(given) => given,
        None => with(setup, context.operation, &members)?,
    };
    let path = path_values::find(setup, context.operation, &draft, &[])?;
    path.put(&mut draft, None);
    let request = setup.valid_request(context.operation, &draft, Authorization::Usual)?;
    let first = setup.send(Role::Prepare, context.operation, request.clone())?;
    if !first.accepted() {
        return Err(Pending::inconclusive(format!("the first was answered {}", said(&first.response))));
    }
    let again = setup.send(Role::Tested, context.operation, request)?;
    let conflict = if context.operation.response(409).is_some() { Documented::Yes } else { Documented::No };
    Ok(Seen::Again { answer: &again.response, conflict })
}

/// The story that an accepted request takes effect afterwards: creating the same by another operation conflicts.
pub(super) fn accepted_takes_effect<'s>(
    setup: &mut Setup<'s>,
    context: &StoryContext<'s>,
) -> Result<Seen<'s>, Pending> {
    let session = setup.session;
    let Some(witness) = roles::witness(session.contract, session.behaviour, context.operation.index) else {
        return Err(Pending::unreachable("the contract has no operation that would show it"));
    };
    let mut pause = FIRST_PAUSE;
    let mut waited = Duration::ZERO;
    loop {
        let answer = look_after(setup, context, &witness, pause)?;
        waited += pause;
        if class(answer.status) != Class::Success || waited + pause * 2 > session.settings.patience {
            return Ok(Seen::TakenEffect { witness: &witness.operation.id, answer, waited: pause.as_millis() });
        }
        pause *= 2;
    }
}

/// Has something accepted, waits, and has the same created by the witness; the answer. Looking spoils what is looked at,
/// so each look is at something of its own.
fn look_after<'s>(
    setup: &mut Setup<'s>,
    context: &StoryContext<'s>,
    witness: &Witness<'s>,
    pause: Duration,
) -> Result<&'s Response, Pending> {
    let mut asking = with(setup, witness.operation, std::slice::from_ref(&witness.theirs))?;
    let mut asked = with(setup, context.operation, std::slice::from_ref(&witness.ours))?;
    let shared = asking.body_value().and_then(|body| witness.theirs.get(body)).cloned();
    let place = asked.body_value_mut().and_then(|body| witness.ours.get_mut(body));
    let (Some(shared), Some(place)) = (shared, place) else {
        return Err(Pending::inconclusive("no request could be made that both operations understand"));
    };
    *place = shared;
    let origin = path_values::find(setup, context.operation, &asked, &[])?;
    origin.put(&mut asked, None);
    let request = setup.valid_request(context.operation, &asked, Authorization::Usual)?;
    let accepted = setup.send(Role::Prepare, context.operation, request)?;
    if !accepted.accepted() {
        let why = format!("{} was answered {}", context.operation.id, said(&accepted.response));
        return Err(Pending::inconclusive(why));
    }
    setup.transcript.wait(pause)?;
    let scope = path_values::carry(&context.operation.path, &origin.path(), &witness.operation.path);
    let there = path_values::find(setup, witness.operation, &asking, &scope)?;
    there.put(&mut asking, None);
    let request = setup.valid_request(witness.operation, &asking, Authorization::Usual)?;
    Ok(&setup.send(Role::Tested, witness.operation, request)?.response)
}

/// A valid draft whose body has these members; a list that must have a first element is given one.
fn with(setup: &mut Setup<'_>, operation: &Operation, members: &[Pointer]) -> Result<Draft, Pending> {
    for _ in 0..DRAFTS {
        let mut fresh = setup.fresh();
        let draft = generate::valid(setup.session.contract, operation, &mut fresh)
            .map_err(|cannot| crate::scenario::setup::cannot_make(&cannot))?;
        let body = draft.body_value();
        let there =
            |member: &Pointer| body.and_then(|body| member.get(body)).is_some_and(|value| *value != Value::Null);
        if members.iter().all(there) {
            return Ok(draft);
        }
    }
    Err(Pending::inconclusive("no valid request could be made that has the member that must be unique"))
}
