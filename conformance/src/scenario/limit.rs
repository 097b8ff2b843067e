//! Valid requests, requests exactly at a limit, and requests past it with their twins.

use etalon_contract::behaviour::{Action, Missing};
use etalon_contract::codec::{Draft, Request};
use etalon_contract::generate::Broken;
use etalon_contract::model::{In, Operation};
use etalon_contract::rule::{Breach, Keyword, Limit, Row, Rule, Subject};

use crate::case::{Probe, Task};
use crate::judge::limit::Refusal;
use crate::judge::status::{Class, class, class_for};
use crate::judge::{self, protocol, response};
use crate::plan::roles;
use crate::scenario::follow;
use crate::scenario::probe;
use crate::scenario::setup::{Authorization, Certainty, Setup, cannot_make};
use crate::scenario::{path_values, story, tested_request, twin};
use crate::transcript::{Exchange, Pending, Role};
use crate::verdict::Verdict;

/// A plain valid request.
pub(super) fn valid(setup: &mut Setup<'_>, operation: &Operation, task: Task<'_>) -> Result<Verdict, Pending> {
    let mut draft = setup.tested(operation, task)?.draft;
    let path = path_values::find(setup, operation, &draft, &[])?;
    path.put(&mut draft, None);
    let request = setup.valid_request(operation, &draft, Authorization::Usual)?;
    let exchange = setup.send(Role::Tested, operation, request)?;
    if let Some(violated) = response::unserved(operation, &exchange.response) {
        return Ok(violated);
    }
    if accepted(operation, exchange) {
        follow::up(setup, operation, exchange)?;
        return Ok(Verdict::proved());
    }
    // A path that is made up may be refused for leading nowhere, and odd content for being odd.
    let is_plain = matches!(task, Task::Valid(_) | Task::Probe(Probe::Example(_)));
    let unforeseen = response::unforeseen(operation, &exchange.request, &exchange.response);
    Ok(unforeseen
        .filter(|_| is_plain && !path.made_up)
        .unwrap_or_else(|| Verdict::Inconclusive(format!("answered {}", judge::limit::said(&exchange.response)))))
}

/// A valid request for something that is not there: its path ends with a key that nothing has by chance. What else comes back is
/// no fault: a target may make things up as they are asked for.
pub(super) fn missing(setup: &mut Setup<'_>, operation: &Operation, task: Task<'_>) -> Result<Verdict, Pending> {
    let mut draft = setup.tested(operation, task)?.draft;
    let makes = setup.effect(operation).is_some_and(|effect| {
        effect.action == Action::Upsert || effect.action == Action::Replace && effect.missing == Missing::Create
    });
    let Some(key) = path_values::fresh_key(setup, operation, &draft).filter(|_| !makes) else {
        return Ok(Verdict::unreachable("no key is known that nothing has"));
    };
    let path = path_values::find(setup, operation, &draft, &[key])?;
    path.put(&mut draft, None);
    let request = setup.valid_request(operation, &draft, Authorization::Usual)?;
    let exchange = setup.send(Role::Tested, operation, request)?;
    if class(exchange.response.status) == Class::Missing {
        return Ok(Verdict::proved());
    }
    let twin = is_missing(setup, operation, &draft)?;
    Ok(response::not_missing(operation, &exchange.response, twin))
}

/// The id of the operation that reads what the last parameter of a path names, and does not find it; `None` where none says so.
fn is_missing<'s>(setup: &mut Setup<'s>, operation: &Operation, draft: &Draft) -> Result<Option<&'s str>, Pending> {
    let session = setup.session;
    let Some(name) = operation.path.parameters().last() else { return Ok(None) };
    let found = path_values::named_collection(session, operation, name).and_then(|index| {
        let mut readers = roles::with_action(session.contract, session.behaviour, index, &[Action::Read]);
        readers.find(|(reader, _)| reader.index != operation.index).map(|(reader, _)| reader)
    });
    let Some(reader) = found else { return Ok(None) };
    let names = operation.path.parameters();
    let values: Vec<_> =
        names.filter_map(|name| Some((name.to_owned(), draft.parameter(In::Path, name)?.clone()))).collect();
    let pinned = path_values::carry(&operation.path, &values, &reader.path);
    match story::look(setup, reader, &pinned, Role::Twin) {
        Ok(read) => Ok((class(read.response.status) == Class::Missing).then_some(reader.id.as_str())),
        Err(Pending::Verdict(_)) => Ok(None),
        Err(pending) => Err(pending),
    }
}

/// The scenario of a request that lies past a limit, then its twin.
pub(super) fn past(
    setup: &mut Setup<'_>,
    operation: &Operation,
    row: &Row,
    task: Task<'_>,
) -> Result<Verdict, Pending> {
    pair(setup, operation, row, task).and_then(|pair| refused(setup, operation, row, pair))
}

/// A breach and its twin, that something be broken in the first of them.
pub(super) fn refused(setup: &mut Setup<'_>, operation: &Operation, row: &Row, pair: Pair) -> Result<Verdict, Pending> {
    let Pair { broken, twin, draft } = pair;
    if setup.violations(operation, &broken)?.is_empty() {
        return Err(Pending::unreachable("what breaks it reads as valid once it is on the wire"));
    }
    let broken = setup.send(Role::Tested, operation, broken)?;
    match judge::limit::refusal(operation, row, &broken.response) {
        Refusal::Accepted | Refusal::Elsewise(_) => Ok(judge::limit::past(operation, row, &broken.response, None)),
        Refusal::Refused(_) | Refusal::Undocumented | Refusal::Failed => {
            if class(broken.response.status) == Class::Missing
                && let Some(found) = there(setup, operation, row, &draft)?
            {
                return Ok(judge::limit::past(operation, row, &found.response, None));
            }
            follow::refused(setup, operation, &draft)?;
            let twin = setup.send(Role::Twin, operation, twin)?;
            Ok(judge::limit::past(operation, row, &broken.response, Some(&twin.response)))
        }
    }
}

/// Not found may mean that nothing was there, rather than that the path is malformed. Where something can be created
/// below the malformed path, the same request is sent to that; `Some` where it was accepted.
fn there<'r>(
    setup: &mut Setup<'r>,
    operation: &Operation,
    row: &Row,
    draft: &Draft,
) -> Result<Option<&'r Exchange>, Pending> {
    let Subject::Parameter { place: In::Path, name } = &row.subject else { return Ok(None) };
    let Some(key) = setup.effect(operation).and_then(|effect| effect.key_parameter.clone()) else { return Ok(None) };
    if key == *name {
        return Ok(None);
    }
    let Some(made) = path_values::force(setup, operation, &key, draft)? else { return Ok(None) };
    let mut draft = draft.clone();
    draft.set_parameter(In::Path, &key, made);
    let request = setup.request(operation, &draft, Authorization::Usual)?;
    let found = setup.send(Role::Tested, operation, request)?;
    Ok(accepted(operation, found).then_some(found))
}

/// Content of a media type that is not documented, then its twin.
pub(super) fn media_type(
    setup: &mut Setup<'_>,
    operation: &Operation,
    row: &Row,
    task: Task<'_>,
) -> Result<Verdict, Pending> {
    let Pair { broken, twin, .. } = pair(setup, operation, row, task)?;
    if setup.violations(operation, &broken)?.is_empty() {
        return Err(Pending::unreachable("content of that media type reads as valid"));
    }
    let broken = setup.send(Role::Tested, operation, broken)?;
    if accepted(operation, broken) {
        return Ok(protocol::unsupported_media_type(operation, &broken.response, None));
    }
    let twin = setup.send(Role::Twin, operation, twin)?;
    Ok(protocol::unsupported_media_type(operation, &broken.response, Some(&twin.response)))
}

/// The scenario of a request that lies exactly at a limit; where it is refused, the same request without it.
pub(super) fn at(setup: &mut Setup<'_>, operation: &Operation, row: &Row, task: Task<'_>) -> Result<Verdict, Pending> {
    if let Subject::Parameter { name, .. } = &row.subject
        && setup.cursors(operation).contains(&name.as_str())
        && !matches!(row.rule, Rule::Limit(Limit::Omitted))
    {
        return Ok(Verdict::inconclusive("only the target knows which of its values mean something"));
    }
    let others = match setup.inputs.certainty {
        Certainty::Full => OTHERS,
        Certainty::Recheck => 0,
    };
    let Broken { draft, twin } = setup.tested(operation, task)?;
    let given = if draft == twin { None } else { Some(twin) };
    let mut met = sent(setup, operation, draft.clone(), Some(row), Role::Tested)?;
    let mut refused = vec![(draft, met, setup.transcript.latest())];
    // One refusal may have another cause; where another request at the limit is accepted, the limit is kept.
    for _ in 0..others {
        if accepted(operation, met) || !judge::limit::blamable(&met.response) {
            break;
        }
        let mut fresh = setup.fresh();
        let other = tested_request::make(setup.session, operation, task, &mut fresh);
        let other = other.map_err(|cannot| cannot_make(&cannot))?.draft;
        // The same once more would be refused once more.
        if refused.iter().any(|(known, ..)| *known == other) {
            continue;
        }
        met = sent(setup, operation, other.clone(), Some(row), Role::Tested)?;
        refused.push((other, met, setup.transcript.latest()));
    }
    if accepted(operation, met) {
        follow::up(setup, operation, met)?;
    }
    if accepted(operation, met) || !judge::limit::blamable(&met.response) {
        return Ok(judge::limit::at(operation, row, &met.response, None));
    }
    if is_combination(row) {
        return combination(setup, operation, row, &refused);
    }
    // Blame takes the same request without that one thing, accepted in the same state.
    let mut beside = None;
    for (draft, met, at) in refused.iter().take(PAIRS) {
        let twin = match &given {
            Some(twin) => twin.clone(),
            None => match without_it(setup, operation, row, draft)? {
                Some(twin) => twin,
                None => continue,
            },
        };
        let twin = sent(setup, operation, twin, None, Role::Twin)?;
        beside = Some(&twin.response);
        if accepted(operation, twin) {
            return Ok(judge::limit::at(operation, row, &met.response, beside).shown_by(*at));
        }
    }
    Ok(judge::limit::at(operation, row, &refused[0].1.response, beside))
}

/// True where a row speaks of which optional members are there, rather than of a value.
fn is_combination(row: &Row) -> bool {
    let Rule::Limit(limit) = &row.rule else { return false };
    matches!(limit.breach(), Some(Breach::Keyword { keyword: Keyword::Properties, .. }))
}

/// The most combinations that twins are sent for, the most twins that have all members, and the most that have one fewer.
const COMBINATIONS: usize = 2;
const COMPLETED: usize = 3;
const REDUCED: usize = 8;

/// The verdict on refused combinations of optional members. That members are missing is to blame where the same request with
/// them is accepted. That members meet is where two others are, each with one fewer: together they have every value of
/// the refused one, so that no value is to blame.
fn combination(
    setup: &mut Setup<'_>,
    operation: &Operation,
    row: &Row,
    refused: &[(Draft, &Exchange, Option<usize>)],
) -> Result<Verdict, Pending> {
    let session = setup.session;
    let plain = setup.valid(operation, &mut setup.choices())?;
    let mut fresh = setup.fresh();
    let filled = probe::draft(session, operation, Probe::Filled(0), &mut fresh).map(|filled| filled.draft);
    let lenders: Vec<&Draft> = std::iter::once(&plain).chain(filled.as_ref().ok()).collect();
    for (draft, met, at) in refused.iter().take(COMBINATIONS) {
        for completed in twin::completed(session, operation, row, draft, &lenders).into_iter().take(COMPLETED) {
            let twin = sent(setup, operation, completed, None, Role::Twin)?;
            if accepted(operation, twin) {
                return Ok(judge::limit::at(operation, row, &met.response, Some(&twin.response)).shown_by(*at));
            }
        }
        let mut fewer = 0;
        for reduced in twin::reduced(session, operation, row, draft).into_iter().take(REDUCED) {
            let twin = sent(setup, operation, reduced, None, Role::Twin)?;
            fewer += usize::from(accepted(operation, twin));
            if fewer == 2 {
                return Ok(judge::limit::at(operation, row, &met.response, Some(&twin.response)).shown_by(*at));
            }
        }
    }
    let said = judge::limit::said(&refused[0].1.response);
    Ok(Verdict::Inconclusive(format!("no accepted requests show that it is not for the value of a member: {said}")))
}

/// The request at a limit without what its row speaks of; `None` where no valid request differs in that alone.
fn without_it(setup: &mut Setup<'_>, operation: &Operation, row: &Row, met: &Draft) -> Result<Option<Draft>, Pending> {
    let session = setup.session;
    let plain = setup.valid(operation, &mut setup.choices())?;
    let mut fresh = setup.fresh();
    let other = setup.valid(operation, &mut fresh)?;
    let filled = probe::draft(session, operation, Probe::Filled(0), &mut fresh).map(|filled| filled.draft);
    let lenders: Vec<&Draft> = [&plain, &other].into_iter().chain(filled.as_ref().ok()).collect();
    Ok(twin::beside(session, operation, row, met, &lenders))
}

/// True where a request was accepted, as its operation documents that.
fn accepted(operation: &Operation, exchange: &Exchange) -> bool {
    class_for(operation, exchange.response.status) == Class::Success
}

/// The most other requests at a limit that are tried when one is refused. Each has a given optional member or not, so that in one
/// of sixty-four rows another member's fault is still blamed on this one.
const OTHERS: usize = 6;

/// The most of the refused requests get a twin until one that is accepted. One in two has a given optional member.
const PAIRS: usize = 5;

/// Sends a valid request where it belongs; what the row speaks of stays as it is.
fn sent<'r>(
    setup: &mut Setup<'r>,
    operation: &Operation,
    mut draft: Draft,
    row: Option<&Row>,
    role: Role,
) -> Result<&'r Exchange, Pending> {
    let path = path_values::find(setup, operation, &draft, &[])?;
    path.put(&mut draft, row);
    let request = setup.valid_request(operation, &draft, Authorization::Usual)?;
    setup.send(role, operation, request)
}

/// A breach and its twin, in the same place.
pub(super) struct Pair {
    /// The request that breaks the row.
    pub broken: Request,
    /// The twin of that request.
    pub twin: Request,
    /// The draft of the breach.
    pub draft: Draft,
}

/// The requests of a breach and its twin. The second is sure to break nothing.
pub(super) fn pair(setup: &mut Setup<'_>, operation: &Operation, row: &Row, task: Task<'_>) -> Result<Pair, Pending> {
    let mut made = setup.tested(operation, task)?;
    path_values::nobodys_breach(setup, operation, row, &mut made);
    let Broken { mut draft, mut twin } = made;
    let path = path_values::find(setup, operation, &twin, &[])?;
    path.put(&mut draft, Some(row));
    path.put(&mut twin, None);
    let broken = setup.request(operation, &draft, Authorization::Usual)?;
    let twin = setup.valid_request(operation, &twin, Authorization::Usual)?;
    Ok(Pair { broken, twin, draft })
}
