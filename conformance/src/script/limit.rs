//! Valid requests, requests exactly at a limit, and requests past it with their twins.

use etalon_contract::codec::{Draft, Request};
use etalon_contract::generate::Broken;
use etalon_contract::model::{In, Operation};
use etalon_contract::rule::{Limit, Row, Rule, Subject};

use crate::judge::limit::Refusal;
use crate::judge::status::{Class, class};
use crate::judge::{self, protocol, response};
use crate::plan::Act;
use crate::script::stage::{Care, Key, Material, Stage, cannot_make};
use crate::script::{made, place};
use crate::talk::{Exchange, Halt, Role};
use crate::verdict::Verdict;

/// A plain valid request.
pub fn valid(stage: &mut Stage<'_, '_, '_, '_>, operation: &Operation, act: Act) -> Result<Verdict, Halt> {
    let draft = stage.tested(operation, None, act)?.draft;
    let exchange = sent(stage, operation, draft, None, Role::Tested)?;
    Ok(match response::unserved(operation, &exchange.response) {
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
    pair(stage, operation, row, Act::Past(variant)).and_then(|pair| refused(stage, operation, row, pair))
}

/// A breach and its twin, that something be broken in the first of them.
pub fn refused(
    stage: &mut Stage<'_, '_, '_, '_>,
    operation: &Operation,
    row: &Row,
    pair: Pair,
) -> Result<Verdict, Halt> {
    let Pair { broken, twin, draft } = pair;
    if stage.violations(operation, &broken)?.is_empty() {
        return Err(Halt::unreachable("what breaks it reads as valid once it is on the wire"));
    }
    let broken = stage.send(Role::Tested, operation, broken)?;
    match judge::limit::refusal(operation, row, &broken.response) {
        Refusal::Accepted | Refusal::Elsewise(_) => Ok(judge::limit::past(operation, row, &broken.response, None)),
        Refusal::Refused(_) | Refusal::Undocumented | Refusal::Failed => {
            if class(broken.response.status) == Class::Missing
                && let Some(found) = there(stage, operation, row, &draft)?
            {
                return Ok(judge::limit::past(operation, row, &found.response, None));
            }
            let twin = stage.send(Role::Twin, operation, twin)?;
            Ok(judge::limit::past(operation, row, &broken.response, Some(&twin.response)))
        }
    }
}

/// Not found may mean that nothing was there, rather than that the path is malformed. Where something can be created
/// below the malformed path, the same request is sent to that; `Some` where it was accepted.
fn there<'r>(
    stage: &mut Stage<'_, '_, '_, 'r>,
    operation: &Operation,
    row: &Row,
    draft: &Draft,
) -> Result<Option<&'r Exchange>, Halt> {
    let Subject::Parameter { place: In::Path, name } = &row.subject else { return Ok(None) };
    let Some(key) = stage.effect(operation).and_then(|effect| effect.key_parameter.clone()) else { return Ok(None) };
    if key == *name {
        return Ok(None);
    }
    let Some(made) = place::force(stage, operation, &key, draft)? else { return Ok(None) };
    let mut draft = draft.clone();
    draft.set_parameter(In::Path, &key, made);
    let request = stage.request(operation, &draft, Key::Usual)?;
    let found = stage.send(Role::Tested, operation, request)?;
    Ok(found.accepted().then_some(found))
}

/// Content of a media type that is not documented, then its twin.
pub fn media_type(
    stage: &mut Stage<'_, '_, '_, '_>,
    operation: &Operation,
    row: &Row,
    variant: usize,
) -> Result<Verdict, Halt> {
    let Pair { broken, twin, .. } = pair(stage, operation, row, Act::MediaType(variant))?;
    if stage.violations(operation, &broken)?.is_empty() {
        return Err(Halt::unreachable("content of that media type reads as valid"));
    }
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
        && !matches!(row.rule, Rule::Limit(Limit::Omitted))
    {
        return Ok(Verdict::inconclusive("only the target knows which of its values mean something"));
    }
    let others = match stage.draw.care {
        Care::Full => OTHERS,
        Care::Again => 0,
    };
    let draft = stage.tested(operation, Some(row), Act::At(variant))?.draft;
    let mut met = sent(stage, operation, draft, Some(row), Role::Tested)?;
    let first = met;
    // One refusal may have another cause; where another request at the limit is accepted, the limit is kept.
    for _ in 0..others {
        if met.accepted() || !judge::limit::blamable(&met.response) {
            break;
        }
        let mut fresh = stage.fresh();
        let other = made::make(stage.scene, operation, Some(row), Act::At(variant), &mut fresh);
        let other = other.map_err(|cannot| cannot_make(&cannot))?;
        met = sent(stage, operation, other.draft, Some(row), Role::Tested)?;
    }
    if met.accepted() || !judge::limit::blamable(&met.response) {
        return Ok(judge::limit::at(operation, &met.response, None));
    }
    // The first is made of the same numbers, so that it may lack what was left out as well.
    let mut beside = match stage.draw.material {
        Material::Numbers(_) | Material::Opening(_) => plain(stage, operation)?,
        Material::Drafts(Broken { draft, twin }) if draft != twin => {
            sent(stage, operation, twin.clone(), None, Role::Twin)?
        }
        Material::Drafts(_) => another(stage, operation)?,
    };
    let tries = match stage.draw.care {
        Care::Full => PLAIN,
        Care::Again => 1,
    };
    for _ in 1..tries {
        if beside.accepted() {
            break;
        }
        beside = another(stage, operation)?;
    }
    Ok(judge::limit::at(operation, &first.response, Some(&beside.response)))
}

/// How many other requests at a limit are tried when one is refused. Each has a given optional member or not, so that in one
/// of sixty-four rows another member's fault is still blamed on this one.
const OTHERS: usize = 6;

/// How many plain valid requests are tried until one is accepted. One in two has a given optional member.
const PLAIN: usize = 5;

/// Sends a valid request made of the case's numbers.
fn plain<'r>(stage: &mut Stage<'_, '_, '_, 'r>, operation: &Operation) -> Result<&'r Exchange, Halt> {
    let draft = stage.valid(operation, &mut stage.choices())?;
    sent(stage, operation, draft, None, Role::Twin)
}

/// Sends a valid request that is like no other.
fn another<'r>(stage: &mut Stage<'_, '_, '_, 'r>, operation: &Operation) -> Result<&'r Exchange, Halt> {
    let mut fresh = stage.fresh();
    let draft = stage.valid(operation, &mut fresh)?;
    sent(stage, operation, draft, None, Role::Twin)
}

/// Sends a valid request where it belongs; what the row speaks of stays as it is.
fn sent<'r>(
    stage: &mut Stage<'_, '_, '_, 'r>,
    operation: &Operation,
    mut draft: Draft,
    row: Option<&Row>,
    role: Role,
) -> Result<&'r Exchange, Halt> {
    let place = place::find(stage, operation, &draft, &[])?;
    place.put(&mut draft, row);
    let request = stage.valid_request(operation, &draft, Key::Usual)?;
    stage.send(role, operation, request)
}

/// A breach and its twin, in the same place.
pub struct Pair {
    /// The breach.
    pub broken: Request,
    /// The twin.
    pub twin: Request,
    /// The draft of the breach.
    pub draft: Draft,
}

/// The requests of a breach and its twin. The second is sure to break nothing.
pub fn pair(stage: &mut Stage<'_, '_, '_, '_>, operation: &Operation, row: &Row, act: Act) -> Result<Pair, Halt> {
    let Broken { mut draft, mut twin } = stage.tested(operation, Some(row), act)?;
    let place = place::find(stage, operation, &twin, &[])?;
    place.put(&mut draft, Some(row));
    place.put(&mut twin, None);
    let broken = stage.request(operation, &draft, Key::Usual)?;
    let twin = stage.valid_request(operation, &twin, Key::Usual)?;
    Ok(Pair { broken, twin, draft })
}
