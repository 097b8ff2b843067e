//! Learns what a target accepts where it refuses what its contract allows: candidates are sent until one is accepted, then
//! it is found out which of its texts may be others, and which further members it may have. Told once per operation; all
//! later requests are made of it.

use etalon_contract::codec::Draft;
use etalon_contract::model::Operation;
use serde_json::Value;

use crate::case::{Case, CaseKind};
use crate::draft_place::{DraftPlace, places};
use crate::judge::limit::said;
use crate::judge::status::{Class, class_for};
use crate::knowledge::{Fact, KeySource, Template};
use crate::plan::OperationPlan;
use crate::run::decide::{Played, played};
use crate::run::executor::{Executor, Outcome};
use crate::scenario::{
    Certainty, Corrections, Source, alone, answer, candidates, creator_of, read_back, refused_alike, renewed, widened,
    with_member,
};
use crate::session::Session;
use crate::target::{Exchange, TargetError};
use crate::transcript::{self, Role};

/// The most candidates that are tried of an operation.
const CANDIDATES: usize = 16;

/// The most requests from each beginning that are corrected as refusals say.
const CORRECTED: usize = 20;

/// The most texts that are looked at one by one.
const TEXTS: usize = 8;

/// The most members that are added one by one.
const MEMBERS: usize = 12;

/// Learns an operation; what was sent for it.
///
/// # Errors
/// Where the target is gone.
pub(super) async fn learn<E: Exchange>(
    executor: &mut Executor<'_, E>,
    planned: &OperationPlan,
) -> Result<Vec<Played>, TargetError> {
    let outcomes = learnt(executor, planned).await?;
    Ok(outcomes.into_iter().map(|(case, outcome)| played(executor, case, None, outcome)).collect())
}

async fn learnt<E: Exchange>(
    executor: &mut Executor<'_, E>,
    planned: &OperationPlan,
) -> Result<Vec<(Case, Outcome)>, TargetError> {
    let session = executor.session();
    let Ok(operation) = session.contract.operation(planned.operation) else { return Ok(Vec::new()) };
    let (mut accepted, refused) = {
        let knowledge = session.knowledge.borrow();
        let learned = knowledge.of(planned.operation);
        (learned.and_then(|l| l.accepted.first().cloned()), learned.map_or(0, |learned| learned.refused))
    };
    let mut outcomes = Vec::new();
    if refused == 0 {
        return Ok(outcomes);
    }
    let mut number = 0;
    if accepted.is_none() {
        accepted = known_by(executor, planned, &mut number, &mut outcomes).await?;
    }
    if accepted.is_none() {
        let mut search = Search { planned, number: &mut number, outcomes: &mut outcomes, last: None };
        accepted = search.accepted(executor).await?;
        if let (None, Some(answer)) = (&accepted, search.last) {
            session.knowledge.borrow_mut().learn(Fact::Refuses(planned.operation, Some(answer)));
        }
    }
    let Some(first) = accepted else { return Ok(outcomes) };
    let free = free(executor, planned, &mut number, &first, &mut outcomes).await?;
    let mut fullest = Template { draft: first.clone(), free };
    let fuller = candidates(session, operation)
        .into_iter()
        .max_by_key(|draft| draft.body_value().and_then(Value::as_object).map_or(0, serde_json::Map::len));
    let members = fuller.map(|fuller| widened(session, operation, &first, &fuller)).unwrap_or_default();
    for (name, value) in members.into_iter().take(MEMBERS) {
        let Some(wider) = with_member(&fullest.draft, &name, &value) else { continue };
        let next = Template { draft: wider.clone(), free: fullest.free.clone() };
        let tried = renewed(session, operation, &next, u64::try_from(number).unwrap_or_default() + NEW);
        let outcome = sent(executor, planned, &mut number, tried).await?;
        if accepts(&outcome.1) {
            fullest = next;
        }
        outcomes.push(outcome);
    }
    let smallest = Template { draft: first, free: fullest.free.clone() };
    let mut templates = vec![fullest];
    if templates[0] != smallest {
        templates.push(smallest);
    }
    session.knowledge.borrow_mut().learn(Fact::Templates(planned.operation, templates));
    Ok(outcomes)
}

/// The most members of a thing that an operation may know it by which are tried.
const SOURCES: usize = 6;

/// Finds out what an operation knows by that which its path names, where it finds nothing under the key that lists show: the accepted
/// request. `None` where it is known by nothing else, or is still refused, for another reason.
async fn known_by<E: Exchange>(
    executor: &mut Executor<'_, E>,
    planned: &OperationPlan,
    number: &mut usize,
    outcomes: &mut Vec<(Case, Outcome)>,
) -> Result<Option<Draft>, TargetError> {
    let session = executor.session();
    let Ok(operation) = session.contract.operation(planned.operation) else { return Ok(None) };
    let refused = session.knowledge.borrow().of(planned.operation).and_then(|learned| learned.last_refused);
    let Some(status) = refused.filter(|status| MISSING.contains(status)) else { return Ok(None) };
    let Some(draft) = candidates(session, operation).into_iter().next() else { return Ok(None) };
    for name in operation.path.parameters() {
        for source in sources(session, operation, name).into_iter().take(SOURCES) {
            session.knowledge.borrow_mut().learn(Fact::KnowsBy(operation.index, name.to_owned(), Some(source)));
            let outcome = sent(executor, planned, number, draft.clone()).await?;
            let tested = outcome.1.exchanges().filter(|exchange| exchange.role == Role::Tested).last().cloned();
            if let Some(exchange) = tested {
                let found = class_for(operation, exchange.response.status);
                if found == Class::Success {
                    outcomes.push(outcome);
                    return Ok(read_back(session, &exchange.request));
                }
                // A refusal of what may be no key at all shows nothing.
                // It was found, where it is refused for something else now.
                if status == 404 && found == Class::Invalid {
                    return Ok(None);
                }
            }
            session.knowledge.borrow_mut().learn(Fact::KnowsBy(operation.index, name.to_owned(), None));
        }
    }
    Ok(None)
}

/// The statuses that may say that nothing is known by such a key.
const MISSING: [u16; 4] = [400, 404, 410, 422];

/// The members that a path parameter may know a thing by which the run can make, other than its key: those that others of its kind go
/// by first.
fn sources(session: Session<'_>, operation: &Operation, name: &str) -> Vec<KeySource> {
    let Some(creator) = creator_of(session, operation, name) else { return Vec::new() };
    let knowledge = session.knowledge.borrow();
    let sent = knowledge
        .of(creator)
        .and_then(|learned| learned.accepted.first())
        .and_then(|draft| draft.body_value().cloned());
    let told = knowledge.shown(creator).cloned();
    let by = |body: &Option<Value>| body.as_ref().map(answer::known_by).unwrap_or_default();
    let mut found = knowledge.sources();
    found.extend(by(&sent).into_iter().map(KeySource::Sent));
    found.extend(by(&told).into_iter().map(KeySource::Answered));
    let there = |source: &KeySource| match source {
        KeySource::Sent(at) => sent.as_ref().is_some_and(|body| at.get(body).is_some()),
        KeySource::Answered(at) => told.as_ref().is_some_and(|body| at.get(body).is_some()),
    };
    found.retain(there);
    found
}

/// The search for a request of an operation that is accepted.
struct Search<'s> {
    planned: &'s OperationPlan,
    number: &'s mut usize,
    outcomes: &'s mut Vec<(Case, Outcome)>,
    /// The last refusal in a few words.
    last: Option<String>,
}

/// The fate of a request that was tried.
enum Tried {
    /// It was accepted, as it was sent.
    Accepted(Option<Draft>),
    /// It was refused for what it holds, as it was sent.
    Refused(Box<transcript::Exchange>),
    /// It could not be sent.
    Unsent,
    /// No other would be accepted either.
    Hopeless,
}

impl Search<'_> {
    /// A request that is accepted: one of the candidates, or one that is corrected as refusals say.
    async fn accepted<E: Exchange>(&mut self, executor: &mut Executor<'_, E>) -> Result<Option<Draft>, TargetError> {
        let session = executor.session();
        let Ok(operation) = session.contract.operation(self.planned.operation) else { return Ok(None) };
        let candidates = candidates(session, operation);
        let mut refused = Vec::new();
        for candidate in candidates.iter().take(CANDIDATES) {
            match self.tried(executor, candidate.clone()).await? {
                Tried::Accepted(draft) => return Ok(draft),
                Tried::Refused(exchange) => refused.push(*exchange),
                Tried::Unsent => {}
                Tried::Hopeless => return Ok(None),
            }
        }
        let size = |exchange: &&transcript::Exchange| exchange.request.body.len();
        let beginnings = [refused.iter().min_by_key(size), refused.iter().max_by_key(size)];
        let mut corrections = Corrections::default();
        for beginning in beginnings.into_iter().flatten() {
            match self.corrected(executor, operation, beginning, (&mut corrections, &candidates)).await? {
                Tried::Accepted(draft) => return Ok(draft),
                Tried::Hopeless => return Ok(None),
                Tried::Refused(_) | Tried::Unsent => {}
            }
        }
        Ok(None)
    }

    /// Corrects a refused request as refusals say, and those that were refused for something new after it: in turns, since nobody knows
    /// which way leads on.
    async fn corrected<E: Exchange>(
        &mut self,
        executor: &mut Executor<'_, E>,
        operation: &Operation,
        beginning: &transcript::Exchange,
        (corrections, fuller): (&mut Corrections, &[Draft]),
    ) -> Result<Tried, TargetError> {
        let session = executor.session();
        let mut seen = vec![beginning.clone()];
        // The number of each that is still worth correcting, with the number of its corrections.
        let mut open = vec![(0, 0)];
        let mut left = CORRECTED;
        while left > 0 {
            let Some(turn) = (0..open.len()).rev().min_by_key(|turn| open[*turn].1) else { break };
            let refused = &seen[open[turn].0];
            let next = read_back(session, &refused.request)
                .and_then(|draft| corrections.next(session, operation, &draft, fuller, &refused.response));
            let Some(next) = next else {
                open.remove(turn);
                continue;
            };
            open[turn].1 += 1;
            left -= 1;
            match self.tried(executor, next).await? {
                Tried::Refused(exchange) if seen.iter().all(|known| !refused_alike(session, known, &exchange)) => {
                    open.push((seen.len(), 0));
                    seen.push(*exchange);
                }
                Tried::Refused(_) | Tried::Unsent => {}
                done @ (Tried::Accepted(_) | Tried::Hopeless) => return Ok(done),
            }
        }
        Ok(Tried::Unsent)
    }

    async fn tried<E: Exchange>(&mut self, executor: &mut Executor<'_, E>, draft: Draft) -> Result<Tried, TargetError> {
        let session = executor.session();
        let Ok(operation) = session.contract.operation(self.planned.operation) else { return Ok(Tried::Hopeless) };
        let outcome = sent(executor, self.planned, self.number, draft).await?;
        let tested = outcome.1.exchanges().filter(|exchange| exchange.role == Role::Tested).last().cloned();
        self.outcomes.push(outcome);
        let Some(exchange) = tested else { return Ok(Tried::Unsent) };
        if class_for(operation, exchange.response.status) == Class::Success {
            return Ok(Tried::Accepted(read_back(session, &exchange.request)));
        }
        self.last = Some(said(&exchange.response));
        let hopeless = matches!(exchange.response.status, 401 | 403 | 405 | 501);
        Ok(if hopeless { Tried::Hopeless } else { Tried::Refused(Box::new(exchange)) })
    }
}

/// The number from which on the texts of what is learnt are new ones, apart from those of cases.
const NEW: u64 = 1 << 32;

/// The texts of an accepted request that may be others.
async fn free<E: Exchange>(
    executor: &mut Executor<'_, E>,
    planned: &OperationPlan,
    number: &mut usize,
    accepted: &Draft,
    outcomes: &mut Vec<(Case, Outcome)>,
) -> Result<Vec<DraftPlace>, TargetError> {
    let session = executor.session();
    let Ok(operation) = session.contract.operation(planned.operation) else { return Ok(Vec::new()) };
    let in_path = |part: &crate::draft_place::Part| {
        matches!(part, crate::draft_place::Part::Parameter(etalon_contract::model::In::Path, _))
    };
    let texts: Vec<DraftPlace> = places(accepted, &in_path)
        .into_iter()
        .filter(|place| place.get(accepted).and_then(Value::as_str).is_some_and(|text| !text.is_empty()))
        .collect();
    let mut free = Vec::new();
    let sets = std::iter::once(texts.clone()).chain(texts.iter().take(TEXTS).map(|one| vec![one.clone()]));
    for set in sets.filter(|set| !set.is_empty()).collect::<Vec<_>>() {
        let template = Template { draft: accepted.clone(), free: set.clone() };
        let tried = renewed(session, operation, &template, u64::try_from(*number).unwrap_or_default() + NEW);
        if tried == *accepted {
            continue;
        }
        let outcome = sent(executor, planned, number, tried).await?;
        let taken = accepts(&outcome.1);
        outcomes.push(outcome);
        if taken && set.len() == texts.len() {
            return Ok(set);
        }
        if taken {
            free.extend(set);
        }
    }
    Ok(free)
}

fn accepts(outcome: &Outcome) -> bool {
    outcome.exchanges().any(|exchange| exchange.role == Role::Tested && exchange.accepted())
}

async fn sent<E: Exchange>(
    executor: &mut Executor<'_, E>,
    planned: &OperationPlan,
    number: &mut usize,
    draft: Draft,
) -> Result<(Case, Outcome), TargetError> {
    *number += 1;
    let case = Case { id: format!("{}-learn-{number}", planned.operation), kind: CaseKind::Valid(0) };
    let outcome = executor.execute(planned, &case, Source::Drafts(&alone(draft)), Certainty::Full).await?;
    Ok((case, outcome))
}
