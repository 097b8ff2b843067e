//! What must be unique: the same again conflicts, and so does what was accepted earlier and has taken effect since.

use std::time::Duration;

use etalon_contract::behaviour::Action;
use etalon_contract::codec::{Draft, Response};
use etalon_contract::document::Pointer;
use etalon_contract::generate;
use etalon_contract::model::Operation;
use serde_json::Value;

use crate::judge::limit::said;
use crate::judge::status::{Class, class};
use crate::judge::story::{Documented, Seen, kept};
use crate::plan::roles::{self, Witness};
use crate::scenario::acting::Acting;
use crate::scenario::answer;
use crate::scenario::path_values::{self, Created};
use crate::scenario::setup::{Authorization, Setup};
use crate::scenario::story::create::{item_path, look};
use crate::scenario::story::created_key;
use crate::transcript::{Pending, Role};
use crate::verdict::Verdict;

/// The most drafts that are made until one has the members that matter: optional ones are there in about half of them.
const DRAFTS: usize = 64;

/// The first pause given to what was accepted; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// The same identifying value again conflicts.
pub(super) fn again_conflicts<'s>(setup: &mut Setup<'s>, context: &Acting<'s>) -> Result<Seen<'s>, Pending> {
    let conflict = if context.operation.response(409).is_some() { Documented::Yes } else { Documented::No };
    if matches!(context.effect.action, Action::Replace | Action::Update) {
        return Ok(Seen::Again { answer: changed_to_another(setup, context)?, conflict });
    }
    let members = sent_unique(setup, context.operation)?;
    let mut draft = match setup.first_request(context.operation) {
        Some(given) => given,
        None => with(setup, context.operation, &members)?,
    };
    let path = path_values::find(setup, context.operation, &draft, &[])?;
    path.put(&mut draft, None);
    let request = setup.valid_request(context.operation, &draft, Authorization::Usual)?;
    let first = setup.send(Role::Prepare, context.operation, request)?;
    if !first.accepted() {
        return Err(Pending::inconclusive(format!("the first was answered {}", said(&first.response))));
    }
    // Another thing with the same value: everything else of it may be otherwise, where that is known to be taken.
    let other = other_with(setup, context.operation, &draft, &members)?;
    let again = setup.valid_request(context.operation, &other, Authorization::Usual)?;
    let again = setup.send(Role::Tested, context.operation, again)?;
    if let Ok((reader, _)) = context.with_action(&[Action::Read])
        && let Some(key) = answer::key(setup.session, context.operation, context.effect, &first.response)
    {
        // What had the value stays as it was.
        let created = Created { draft, exchange: first, key: Some(key.clone()), is_called: false, scope: path.path() };
        let pinned = item_path(setup, context.operation, reader, &created, &key);
        look(setup, reader, &pinned, Role::Prepare)?;
    }
    Ok(Seen::Again { answer: &again.response, conflict })
}

/// The places of the unique members in the content of the operation that makes things.
fn sent_unique(setup: &Setup<'_>, operation: &Operation) -> Result<Vec<Pointer>, Pending> {
    let session = setup.session;
    let unknown = || Pending::unreachable("where the unique member stands in the request cannot be read off");
    let effect = setup.effect(operation).ok_or_else(unknown)?;
    let unique = roles::unique_where_made(session.contract, session.behaviour, operation);
    let members: Vec<Pointer> = unique.iter().filter_map(|member| roles::sent(effect, member)).collect();
    let once = members.is_empty() && roles::says_once(session.contract, operation);
    if once || !members.is_empty() && members.len() == unique.len() { Ok(members) } else { Err(unknown()) }
}

/// Another valid draft with the same values of members, or the same one where none is.
fn other_with(
    setup: &mut Setup<'_>,
    operation: &Operation,
    draft: &Draft,
    members: &[Pointer],
) -> Result<Draft, Pending> {
    let mut fresh = setup.fresh();
    let mut other = setup.valid(operation, &mut fresh)?;
    other.parameters.clone_from(&draft.parameters);
    let put = members.iter().all(|member| {
        let value = draft.body_value().and_then(|body| member.get(body)).cloned();
        value.is_some_and(|value| other.body_value_mut().is_some_and(|body| member.put(body, value).is_ok()))
    });
    let valid = put && !members.is_empty() && generate::is_valid(setup.session.contract, operation, &other);
    Ok(if valid { other } else { draft.clone() })
}

/// One of two things is changed so that it has the unique value of the other: the answer.
fn changed_to_another<'s>(setup: &mut Setup<'s>, context: &Acting<'s>) -> Result<&'s Response, Pending> {
    let creator = context.creator()?;
    let theirs = sent_unique(setup, creator.0)?;
    let ours = sent_unique(setup, context.operation)?;
    let first = with(setup, creator.0, &theirs)?;
    let first = path_values::create_as(setup, creator, first, None)?;
    let second = path_values::create_beside(setup, creator, &first)?;
    let key = created_key(&second, creator.0)?;
    let pinned = item_path(setup, creator.0, context.operation, &second, &key);
    let mut draft = with(setup, context.operation, &ours)?;
    for (theirs, ours) in theirs.iter().zip(&ours) {
        let value = first.draft.body_value().and_then(|body| theirs.get(body)).cloned();
        let place = draft.body_value_mut().and_then(|body| ours.get_mut(body));
        let (Some(value), Some(place)) = (value, place) else {
            return Err(Pending::inconclusive("no request could be made that has the member that must be unique"));
        };
        *place = value;
    }
    let path = path_values::find(setup, context.operation, &draft, &pinned)?;
    path.put(&mut draft, None);
    let request = setup.valid_request(context.operation, &draft, Authorization::Usual)?;
    Ok(&setup.send(Role::Tested, context.operation, request)?.response)
}

/// What must be unique may be taken again once the item that had it is gone.
pub(super) fn free_again(setup: &mut Setup<'_>, context: &Acting<'_>) -> Result<Verdict, Pending> {
    let members = sent_unique(setup, context.operation)?;
    let creator = (context.operation, context.effect);
    let (delete, _) = context.with_action(&[Action::Delete])?;
    let draft = with(setup, context.operation, &members)?;
    let first = path_values::create_as(setup, creator, draft, None)?;
    let key = created_key(&first, creator.0)?;
    let pinned = item_path(setup, creator.0, delete, &first, &key);
    let gone = look(setup, delete, &pinned, Role::Prepare)?;
    if !gone.accepted() || gone.response.status == 202 {
        return Err(Pending::inconclusive(format!("{} was answered {}", delete.id, said(&gone.response))));
    }
    let request = setup.valid_request(context.operation, &first.draft, Authorization::Usual)?;
    let again = setup.send(Role::Tested, context.operation, request)?;
    Ok(kept::free(&again.response))
}

/// The story that an accepted request takes effect afterwards: creating the same by another operation conflicts.
pub(super) fn accepted_takes_effect<'s>(setup: &mut Setup<'s>, context: &Acting<'s>) -> Result<Seen<'s>, Pending> {
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
    context: &Acting<'s>,
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
        let draft = setup.valid(operation, &mut fresh)?;
        let body = draft.body_value();
        let there =
            |member: &Pointer| body.and_then(|body| member.get(body)).is_some_and(|value| *value != Value::Null);
        if members.iter().all(there) {
            return Ok(draft);
        }
    }
    Err(Pending::inconclusive("no valid request could be made that has the member that must be unique"))
}
