//! No answer to a request: nobody is there, it takes too long, or the connection broke. Where the connection breaks over one
//! request again and again, and others are answered, that request is what broke it.

use std::time::Duration;

use etalon_contract::codec::Request;
use etalon_contract::model::Route;

use crate::run::executor::{Executor, GONE, Outcome, SILENT};
use crate::scenario::setup::{Authorization, write};
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
        match self.once(&outgoing.request).await {
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
        let response = match self.once(&survived).await {
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
