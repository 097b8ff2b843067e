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
use crate::scenario::setup::{Authorization, Setup};
use crate::scenario::story::StoryContext;
use crate::transcript::{Pending, Role};
use crate::verdict::{FailureKind, Verdict};

/// How many drafts are made until one has the members that matter: optional ones are there in about half of them.
const DRAFTS: usize = 64;

/// The first pause given to what was accepted; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// The same identifying value again conflicts.
pub fn again_conflicts(setup: &mut Setup<'_>, context: &StoryContext<'_>) -> Result<Verdict, Pending> {
    const EXPECTED: &str = "the same again is refused with 409, since it must be unique";
    let members: Vec<Pointer> =
        context.effect.unique.iter().filter_map(|member| roles::sent(context.effect, member)).collect();
    if members.len() != context.effect.unique.len() {
        return Ok(Verdict::unreachable("where the unique member stands in the request cannot be read off"));
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
        return Ok(Verdict::Inconclusive(format!("the first was answered {}", said(&first.response))));
    }
    let again = setup.send(Role::Tested, context.operation, request)?;
    let status = again.response.status;
    let documented = context.operation.response(409).is_some();
    Ok(match class(status) {
        Class::Conflict if status == 409 => {
            Verdict::Proved { note: (!documented).then(|| "409, which the operation does not document".to_owned()) }
        }
        Class::Success => Verdict::violated(
            FailureKind::State("no conflict"),
            EXPECTED,
            format!("it was accepted again with {status}"),
        ),
        Class::Server => Verdict::violated(FailureKind::ServerError(status), EXPECTED, said(&again.response)),
        Class::Invalid if documented => {
            Verdict::violated(FailureKind::WrongStatus(status), EXPECTED, said(&again.response))
        }
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
pub fn accepted_takes_effect(setup: &mut Setup<'_>, context: &StoryContext<'_>) -> Result<Verdict, Pending> {
    let Some(witness) = roles::witness(setup.session.contract, setup.session.behaviour, context.operation.index) else {
        return Ok(Verdict::unreachable("the contract has no operation that would show it"));
    };
    let mut pause = FIRST_PAUSE;
    let mut waited = Duration::ZERO;
    loop {
        // Asking spoils what it asks about, so each look has its own request to look for.
        let mut asking = with(setup, witness.operation, std::slice::from_ref(&witness.theirs))?;
        let mut asked = with(setup, context.operation, std::slice::from_ref(&witness.ours))?;
        let shared = asking.body_value().and_then(|body| witness.theirs.get(body)).cloned();
        let place = asked.body_value_mut().and_then(|body| witness.ours.get_mut(body));
        let (Some(shared), Some(place)) = (shared, place) else {
            return Ok(Verdict::inconclusive("no request could be made that both operations understand"));
        };
        *place = shared;
        let origin = path_values::find(setup, context.operation, &asked, &[])?;
        origin.put(&mut asked, None);
        let request = setup.valid_request(context.operation, &asked, Authorization::Usual)?;
        let accepted = setup.send(Role::Prepare, context.operation, request)?;
        if !accepted.accepted() {
            return Ok(Verdict::Inconclusive(format!(
                "{} was answered {}",
                context.operation.id,
                said(&accepted.response)
            )));
        }
        setup.transcript.wait(pause)?;
        waited += pause;
        let scope = path_values::carry(&context.operation.path, &origin.path(), &witness.operation.path);
        let there = path_values::find(setup, witness.operation, &asking, &scope)?;
        there.put(&mut asking, None);
        let request = setup.valid_request(witness.operation, &asking, Authorization::Usual)?;
        let answer = setup.send(Role::Tested, witness.operation, request)?;
        match class(answer.response.status) {
            Class::Conflict => return Ok(Verdict::proved()),
            Class::Success if waited + pause * 2 > setup.session.settings.patience => {
                return Ok(Verdict::violated(
                    FailureKind::State("what was accepted has no effect"),
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
