//! Executes cases against a target: sends what their scenarios ask for until they have a verdict.

use std::cell::OnceCell;
use std::time::Duration;

use etalon_contract::codec::Draft;
use proptest::strategy::ValueTree;

use crate::case::{Case, Sends, Task};
use crate::plan::OperationPlan;
use crate::run::numbers::{self, Shrinking};
use crate::run::retry;
use crate::run::{Event, Listener};
use crate::scenario::{Certainty, Inputs, Source, Tainted, execute};
use crate::session::Session;
use crate::target::{Exchange, TargetError};
use crate::transcript::{self, Pending, Role, Step};
use crate::verdict::Verdict;

/// How often a case is executed with other values when it met a conflict, which hides what it is about.
const ATTEMPTS: u64 = 3;

/// How much may happen in one case; a scenario that asks for more goes in a circle.
const MOST_EVENTS: usize = 1_000;

/// After how many requests in a row that nobody answered the target counts as gone.
const GONE: usize = 3;

/// How many failing requests of an operation are remembered: each is tried once for every further failure.
const REMEMBERED: usize = 4;

/// What came of a case.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// The verdict on its row.
    pub verdict: Verdict,
    /// All that happened.
    pub record: Vec<Step>,
}

impl Outcome {
    /// The exchanges in order.
    pub(super) fn exchanges(&self) -> impl Iterator<Item = &transcript::Exchange> {
        self.record.iter().filter_map(|event| match event {
            Step::Exchanged(exchange) => Some(exchange.as_ref()),
            Step::Waited(_) => None,
        })
    }
}

/// The executor of cases: the target, and what the run has to remember from case to case.
pub(super) struct Executor<'t, E> {
    session: Session<'t>,
    target: &'t E,
    listener: &'t mut Listener<'t>,
    /// How many requests were sent.
    sent: usize,
    /// How many executions there were: each has its own surroundings.
    turns: u64,
    /// How many requests in a row found nobody there.
    unanswered: usize,
    /// Whether any request was ever answered.
    answered: bool,
    /// What accepted breaches left behind.
    tainted: Tainted,
    /// The smallest requests that were found to fail, the latest last.
    failed: Vec<Draft>,
    /// How long the run has waited for a target that asked for time.
    waited: Duration,
    /// The answers that asked for time and were not the last to their request.
    put_off: Vec<transcript::Exchange>,
}

impl<'t, E: Exchange> Executor<'t, E> {
    /// An executor that has not sent anything.
    pub(super) fn new(session: Session<'t>, target: &'t E, listener: &'t mut Listener<'t>) -> Self {
        Self {
            session,
            target,
            listener,
            sent: 0,
            turns: 0,
            unanswered: 0,
            answered: false,
            tainted: Tainted::default(),
            failed: Vec::new(),
            waited: Duration::ZERO,
            put_off: Vec::new(),
        }
    }

    /// Tells whoever watches of an event.
    pub(super) fn tell(&mut self, event: &Event<'_>) {
        (self.listener)(event);
    }

    /// Whoever watches.
    pub(super) fn listener(&mut self) -> &mut Listener<'t> {
        self.listener
    }

    /// How many requests were sent.
    pub(super) fn sent(&self) -> usize {
        self.sent
    }

    /// What invalid requests that were accepted have left behind.
    pub(super) fn tainted(&self) -> &Tainted {
        &self.tainted
    }

    /// The smallest requests that were found to fail, the latest last.
    pub(super) fn failed(&self) -> &[Draft] {
        &self.failed
    }

    /// Remembers a request that fails.
    pub(super) fn remember(&mut self, draft: Draft) {
        if !self.failed.contains(&draft) {
            let same = self.failed.iter().filter(|known| known.operation == draft.operation).count();
            if same >= REMEMBERED
                && let Some(oldest) = self.failed.iter().position(|known| known.operation == draft.operation)
            {
                self.failed.remove(oldest);
            }
            self.failed.push(draft);
        }
    }

    /// The context of the run.
    pub(super) fn session(&self) -> Session<'t> {
        self.session
    }

    /// Plays a case, again with other values where it met a conflict.
    ///
    /// # Errors
    /// Where the target is gone.
    pub(super) async fn case(
        &mut self,
        planned: &OperationPlan,
        case: &Case,
    ) -> Result<(Shrinking, Outcome), TargetError> {
        let mut attempt = 0;
        loop {
            let tree = numbers::tree(self.session.settings.seed, &case.id, attempt);
            let outcome = self.execute(planned, case, Source::Numbers(&tree.current()), Certainty::Full).await?;
            attempt += 1;
            let hidden = matches!(outcome.verdict, Verdict::Inconclusive(_))
                && outcome.exchanges().any(|exchange| exchange.response.status == 409);
            if !hidden || attempt == ATTEMPTS {
                return Ok((tree, outcome));
            }
        }
    }

    /// Plays a case once, with this request.
    ///
    /// # Errors
    /// Where the target is gone.
    pub(super) async fn execute(
        &mut self,
        planned: &OperationPlan,
        case: &Case,
        source: Source<'_>,
        certainty: Certainty,
    ) -> Result<Outcome, TargetError> {
        let session = self.session;
        let Ok(operation) = session.contract.operation(planned.operation) else {
            return Ok(Outcome { verdict: Verdict::unreachable("the operation cannot be used"), record: Vec::new() });
        };
        let task = case.task(&planned.rows);
        let made = OnceCell::new();
        let inputs = Inputs { source, made: &made, case: &case.id, turn: self.turns, certainty };
        self.turns += 1;
        let mut record = Vec::new();
        while record.len() < MOST_EVENTS {
            let halt = match execute(session, operation, task, inputs, &record) {
                Ok(verdict) => return Ok(Outcome { verdict, record }),
                Err(halt) => halt,
            };
            match halt {
                Pending::Verdict(verdict) => return Ok(Outcome { verdict: *verdict, record }),
                Pending::Wait(time) => {
                    self.target.pause(time).await;
                    record.push(Step::Waited(time));
                }
                Pending::Send(outgoing) => {
                    match self.send(&outgoing).await {
                        Ok(exchange) => {
                            self.unanswered = 0;
                            self.answered = true;
                            if let Some(row) = task.row().filter(|_| is_accepted_breach(task, &exchange)) {
                                self.tainted.note(session, &row.id, &exchange);
                            }
                            record.push(Step::Exchanged(Box::new(exchange)));
                        }
                        Err(error) => {
                            // Who never answered may be no HTTP server at all; who did before may just be slow.
                            let gone = match &error {
                                TargetError::Unreachable { .. } => true,
                                TargetError::Timeout(_) | TargetError::Broken(_) => !self.answered,
                                TargetError::TooLarge(_) | TargetError::Unsendable(_) => false,
                            };
                            self.unanswered = if gone { self.unanswered + 1 } else { 0 };
                            if self.unanswered >= GONE {
                                return Err(error);
                            }
                            return Ok(Outcome { verdict: Verdict::Inconclusive(error.to_string()), record });
                        }
                    }
                }
            }
        }
        Ok(Outcome { verdict: Verdict::inconclusive("it takes more requests than one case may send"), record })
    }
}

impl<E: Exchange> Executor<'_, E> {
    /// Sends a request, again where the target asks for some time.
    async fn send(&mut self, outgoing: &transcript::Outgoing) -> Result<transcript::Exchange, TargetError> {
        let transcript::Outgoing { role, operation, request } = outgoing;
        let mut repeats = 0;
        loop {
            let before = self.target.now();
            self.sent += 1;
            let response = self.target.send(request).await?;
            let took = self.target.now().saturating_sub(before);
            let exchange =
                transcript::Exchange { role: *role, operation: *operation, request: request.clone(), response, took };
            self.tell(&Event::Exchanged(&exchange));
            let wait = retry::wait(&exchange.response).filter(|wait| self.waited + *wait <= retry::ALTOGETHER);
            let Some(wait) = wait.filter(|_| repeats < retry::REPEATS) else { return Ok(exchange) };
            repeats += 1;
            self.waited += wait;
            self.target.pause(wait).await;
            self.put_off.push(exchange);
        }
    }

    /// The answers since the last call that asked for time and were not the last to their request.
    pub(super) fn put_off(&mut self) -> Vec<transcript::Exchange> {
        std::mem::take(&mut self.put_off)
    }
}

/// Whether an exchange is an invalid request that was accepted.
pub(super) fn is_accepted_breach(task: Task<'_>, exchange: &transcript::Exchange) -> bool {
    task.sends() == Sends::Breach && exchange.role == Role::Tested && exchange.accepted()
}
