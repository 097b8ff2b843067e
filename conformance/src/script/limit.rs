//! Valid requests, requests exactly at a limit, and requests past it with their twins.

use etalon_contract::generate::{self, Broken};
use etalon_contract::model::Operation;
use etalon_contract::rule::{Row, Subject};

use crate::judge::limit::Refusal;
use crate::judge::{self, protocol, response};
use crate::script::place;
use crate::script::stage::{Key, Stage, cannot_make};
use crate::talk::{Exchange, Halt, Role};
use crate::verdict::Verdict;

/// A plain valid request.
pub fn valid(stage: &mut Stage<'_, '_, '_, '_>, operation: &Operation) -> Result<Verdict, Halt> {
    let exchange = plain(stage, operation, Role::Tested)?;
    Ok(match response::undocumented(operation, &exchange.response) {
        Some(violated) => violated,
        None if exchange.accepted() => Verdict::proved(),
        None => Verdict::Inconclusive(format!("answered {}", judge::limit::said(&exchange.response))),
    })
}

/// What lies past a limit, then its twin.
pub fn past(
    stage: &mut Stage<'_, '_, '_, '_>,
    operation: &Operation,
    row: &Row,
    variant: usize,
) -> Result<Verdict, Halt> {
    let (broken, twin) = broken(stage, operation, row, variant)?;
    let broken = stage.send(Role::Tested, operation, broken)?;
    match judge::limit::refusal(operation, row, &broken.response) {
        Refusal::Accepted | Refusal::Elsewise(_) => Ok(judge::limit::past(operation, row, &broken.response, None)),
        Refusal::Refused(_) | Refusal::Undocumented | Refusal::Failed => {
            let twin = stage.send(Role::Twin, operation, twin)?;
            Ok(judge::limit::past(operation, row, &broken.response, Some(&twin.response)))
        }
    }
}

/// Content of a media type that is not documented, then its twin.
pub fn media_type(
    stage: &mut Stage<'_, '_, '_, '_>,
    operation: &Operation,
    row: &Row,
    variant: usize,
) -> Result<Verdict, Halt> {
    let (broken, twin) = broken(stage, operation, row, variant)?;
    let broken = stage.send(Role::Tested, operation, broken)?;
    if broken.accepted() {
        return Ok(protocol::unsupported_media_type(operation, &broken.response, None));
    }
    let twin = stage.send(Role::Twin, operation, twin)?;
    Ok(protocol::unsupported_media_type(operation, &broken.response, Some(&twin.response)))
}

/// What lies exactly at a limit; where it is refused, a plain valid request beside it.
pub fn at(
    stage: &mut Stage<'_, '_, '_, '_>,
    operation: &Operation,
    row: &Row,
    variant: usize,
) -> Result<Verdict, Halt> {
    if let Subject::Parameter { name, .. } = &row.subject
        && stage.cursors(operation).contains(&name.as_str())
        && !matches!(row.rule, etalon_contract::rule::Rule::Omitted)
    {
        return Ok(Verdict::inconclusive("only the target knows which of its values mean something"));
    }
    let mut draft = generate::at(stage.scene.contract, operation, row, variant, &mut stage.choices())
        .map_err(|cannot| cannot_make(&cannot))?;
    stage.forget(operation, &mut draft, Some(&row.subject));
    let place = place::find(stage, operation, &draft, &[])?;
    place.put(&mut draft, Some(&row.subject));
    let request = stage.valid_request(operation, &draft, Key::Usual)?;
    let met = stage.send(Role::Tested, operation, request)?;
    let alone = judge::limit::at(operation, &met.response, None);
    if matches!(alone, Verdict::Proved { .. }) || !judge::limit::blamable(&met.response) {
        return Ok(alone);
    }
    let plain = plain(stage, operation, Role::Twin)?;
    Ok(judge::limit::at(operation, &met.response, Some(&plain.response)))
}

/// Sends a valid request made of the case's numbers.
pub fn plain<'r>(stage: &mut Stage<'_, '_, '_, 'r>, operation: &Operation, role: Role) -> Result<&'r Exchange, Halt> {
    let mut draft = stage.valid(operation, &mut stage.choices())?;
    let place = place::find(stage, operation, &draft, &[])?;
    place.put(&mut draft, None);
    let request = stage.valid_request(operation, &draft, Key::Usual)?;
    stage.send(role, operation, request)
}

/// The requests of a breach and its twin, in the same place. The first is sure to break something, the second nothing.
fn broken(
    stage: &mut Stage<'_, '_, '_, '_>,
    operation: &Operation,
    row: &Row,
    variant: usize,
) -> Result<(etalon_contract::codec::Request, etalon_contract::codec::Request), Halt> {
    let Broken { mut draft, mut twin } =
        generate::breach(stage.scene.contract, operation, row, variant, &mut stage.choices())
            .map_err(|cannot| cannot_make(&cannot))?;
    stage.forget(operation, &mut draft, Some(&row.subject));
    stage.forget(operation, &mut twin, None);
    let place = place::find(stage, operation, &twin, &[])?;
    place.put(&mut draft, Some(&row.subject));
    place.put(&mut twin, None);
    let broken = stage.request(operation, &draft, Key::Usual)?;
    if stage.violations(operation, &broken)?.is_empty() {
        return Err(Halt::unreachable("what breaks it reads as valid once it is on the wire"));
    }
    Ok((broken, stage.valid_request(operation, &twin, Key::Usual)?))
}
