//! No answer to a request: nobody is there, it takes too long, or the connection broke. Where the connection breaks over one
//! request again and again, and others are answered, that request is what broke it.

use std::time::Duration;

use etalon_contract::codec::{Draft, Request};
use etalon_contract::model::{In, Operation, Route};
use etalon_contract::rule::{Row, Subject};
use serde_json::Value;

use crate::case::{Sends, Task};

use crate::run::executor::{Executor, GONE, Outcome, SILENT};
use crate::scenario::setup::{Authorization, write};
use crate::scenario::{answer, beside, read_back};
use crate::session::Session;
use crate::target::{Exchange, TargetError};
use crate::transcript::{self, Role, Step};
use crate::verdict::{FailureKind, Verdict};

impl<E: Exchange> Executor<'_, E> {
    /// The outcome of a case whose request got no answer.
    ///
    /// # Errors
    /// Where the target is gone.
    pub(super) async fn without_answer(
        &mut self,
        (task, twin): (Task<'_>, Option<&Draft>),
        outgoing: &transcript::Outgoing,
        error: TargetError,
        mut record: Vec<Step>,
    ) -> Result<Outcome, TargetError> {
        if !error.is_silence() {
            // What was never sent tells nothing of who would have answered.
            if !matches!(error, TargetError::Withheld(_)) {
                self.traffic.unanswered.set(0);
            }
            return Ok(Outcome::decided(Verdict::Inconclusive(error.to_string()), record));
        }
        if let (TargetError::Broken(why), true) = (&error, self.traffic.was_answered() && outgoing.role == Role::Tested)
            && let Some(steps) = self.crashed(outgoing, why, &record).await?
        {
            self.traffic.unanswered.set(0);
            record.extend(steps);
            if let Some(doubt) = self.is_of_its_own((task, twin), outgoing, &mut record).await? {
                return Ok(Outcome::decided(Verdict::inconclusive(doubt), record));
            }
            let at = record.iter().filter(|step| matches!(step, Step::Exchanged(_))).count() - 1;
            let verdict = Verdict::violated(
                FailureKind::Crash,
                "it is accepted or refused: a connection that breaks is neither (RFC 9110 §15.6)",
                format!("the connection broke over it, twice, and another request was answered: {why}"),
            );
            return Ok(Outcome::decided(verdict.shown_by(Some(at)), record));
        }
        let unanswered = self.traffic.unanswered.get() + 1;
        self.traffic.unanswered.set(unanswered);
        // Who never answered may be no HTTP server at all; who did before may just be slow.
        let nobody = matches!(error, TargetError::Unreachable { .. }) || !self.traffic.was_answered();
        if unanswered >= if nobody { GONE } else { SILENT } {
            self.once_more(outgoing).await?;
        }
        Ok(Outcome { verdict: Verdict::Inconclusive(error.to_string()), record, silence: Some(error) })
    }

    /// The two steps that show that a request breaks the connection: another request that is answered, and this one.
    /// `None` where it is answered now, or nobody is there for the other one either.
    async fn crashed(
        &mut self,
        outgoing: &transcript::Outgoing,
        why: &str,
        record: &[Step],
    ) -> Result<Option<[Step; 2]>, TargetError> {
        match self.once(Some(outgoing.role), &outgoing.request).await {
            Err(TargetError::Broken(_)) => {}
            Err(error @ (TargetError::Interrupted | TargetError::OutOfTime)) => return Err(error),
            Ok(_) | Err(_) => return Ok(None),
        }
        // Another request of the operation that was answered before, or the one that came before this.
        let Some(survived) = self.survivor(outgoing, record) else { return Ok(None) };
        // What survived may be for another operation, or for none: its answer is judged as that one's.
        let whose = match self.session.contract.route(&survived.method, survived.path()) {
            Route::Found { operation, .. } => Some(operation),
            Route::OtherMethods(_) | Route::Unknown => None,
        };
        let entry = self.enter(whose, &survived).await?;
        let response = match self.once(Some(Role::Twin), &survived).await {
            Ok(response) => response,
            Err(error @ (TargetError::Interrupted | TargetError::OutOfTime)) => return Err(error),
            Err(_) => return Ok(None),
        };
        let step = |role, operation, request: &Request, response| {
            let (request, took) = (request.clone(), Duration::ZERO);
            Box::new(transcript::Exchange { role, operation, request, response, took })
        };
        let alive = step(Role::Twin, whose, &survived, response);
        self.made_by(entry, &alive)?;
        let dead = step(outgoing.role, outgoing.operation, &outgoing.request, transcript::broken(why));
        Ok(Some([Step::Exchanged(alive), Step::Exchanged(dead)]))
    }

    /// The reason why a crash is not to be blamed on what a row is about; `None` where its twin survives, or it is about nothing but a valid
    /// request.
    async fn is_of_its_own(
        &mut self,
        (task, twin): (Task<'_>, Option<&Draft>),
        outgoing: &transcript::Outgoing,
        record: &mut Vec<Step>,
    ) -> Result<Option<String>, TargetError> {
        let session = self.session;
        let operation = outgoing.operation.and_then(|index| session.contract.operation(index).ok());
        let (Some(operation), Some(row)) = (operation, task.row()) else { return Ok(None) };
        let none = || Ok(Some("the connection broke over it, and no twin shows that it is for this".to_owned()));
        let accepted =
            || session.knowledge.borrow().of(operation.index).map(|of| of.accepted.clone()).unwrap_or_default();
        let twins = match task.sends() {
            Sends::Story => return none(),
            Sends::Valid => return Ok(None),
            Sends::Breach | Sends::AgainstAdvice => twin.cloned().into_iter().collect(),
            Sends::Altered => accepted(),
            Sends::AtLimit => {
                let lenders = accepted();
                let lenders: Vec<&Draft> = lenders.iter().collect();
                let met = read_back(session, &outgoing.request);
                let without = met.and_then(|met| beside(session, operation, row, &met, &lenders));
                twin.cloned().into_iter().chain(without).collect()
            }
        };
        let written = |twin: Draft| {
            write(session, operation, &there(session, operation, (row, twin), outgoing), Authorization::Usual).ok()
        };
        let twin = twins.into_iter().filter_map(written).find(|twin| *twin != outgoing.request);
        let Some(twin) = twin else { return none() };
        let entry = self.enter(outgoing.operation, &twin).await?;
        let step = |response| {
            let (role, operation, request) = (Role::Twin, outgoing.operation, twin.clone());
            Box::new(transcript::Exchange { role, operation, request, response, took: Duration::ZERO })
        };
        match self.once(Some(Role::Twin), &twin).await {
            Ok(response) => {
                let exchange = step(response);
                self.made_by(entry, &exchange)?;
                // What shows it is the last of all.
                let dead = record.len().saturating_sub(1);
                record.insert(dead, Step::Exchanged(exchange));
                Ok(None)
            }
            Err(TargetError::Broken(why)) => {
                record.push(Step::Exchanged(step(transcript::broken(&why))));
                Ok(Some("the connection broke over it, and over the same request without it as well".to_owned()))
            }
            Err(error @ (TargetError::Interrupted | TargetError::OutOfTime)) => Err(error),
            Err(_) => none(),
        }
    }

    /// A request that was answered before: of the same operation, where there is one.
    fn survivor(&self, outgoing: &transcript::Outgoing, record: &[Step]) -> Option<Request> {
        let knowledge = self.session.knowledge.borrow();
        let accepted = outgoing.operation.and_then(|index| {
            let operation = self.session.contract.operation(index).ok()?;
            let draft = knowledge.of(index)?.accepted.first()?;
            write(self.session, operation, draft, Authorization::Usual).ok()
        });
        let earlier = record.iter().rev().find_map(|event| match event {
            Step::Exchanged(exchange) => Some(exchange.request.clone()),
            Step::Waited(_) => None,
        });
        accepted.or(earlier).or_else(|| self.last.clone()).filter(|request| *request != outgoing.request)
    }
}

/// The twin of a request that broke the connection, where that led, but for what its row is about.
fn there(
    session: Session<'_>,
    operation: &Operation,
    (row, mut twin): (&Row, Draft),
    outgoing: &transcript::Outgoing,
) -> Draft {
    let Route::Found { captures, .. } = session.contract.route(&outgoing.request.method, outgoing.request.path())
    else {
        return twin;
    };
    for (name, text) in captures {
        let is_about = matches!(&row.subject, Subject::Parameter { place: In::Path, name: about } if *about == name);
        if !is_about {
            let value = answer::typed(session.contract, operation, In::Path, &name, &Value::String(text));
            twin.set_parameter(In::Path, &name, value);
        }
    }
    twin
}
