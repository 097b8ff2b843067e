//! Executes cases against a target: sends what their scenarios ask for until they have a verdict.

use std::cell::OnceCell;
use std::time::Duration;

use etalon_contract::codec::{Draft, Request};
use proptest::strategy::ValueTree;

use crate::case::{Case, CaseKind, Sends, Task};
use crate::plan::OperationPlan;
use crate::run::ledger::{self, Made};
use crate::run::numbers::{self, Shrinking};
use crate::run::{Event, Listener, guard, observe, originals, retry};
use crate::scenario::answer;
use crate::scenario::setup::{Authorization, write};
use crate::scenario::{Certainty, Inputs, Source, Tainted, execute};
use crate::session::Session;
use crate::target::{Exchange, TargetError};
use crate::transcript::{self, Pending, Role, Step};
use crate::verdict::{FailureKind, Verdict};

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
    /// What the run made, in order.
    made: Vec<Made>,
    /// The last request that was answered.
    last: Option<Request>,
    /// The number of the last entry in the ledger.
    entries: usize,
    /// Things that are there once, as they were before the run changed them: the request that puts each back.
    originals: Vec<Request>,
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
            made: Vec::new(),
            last: None,
            entries: 0,
            originals: Vec::new(),
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
                Ok(verdict) => return Ok(self.learnt(case, Outcome { verdict, record })),
                Err(halt) => halt,
            };
            match halt {
                Pending::Verdict(verdict) => return Ok(self.learnt(case, Outcome { verdict: *verdict, record })),
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
                                TargetError::Ledger(_) => return Err(error),
                                TargetError::TooLarge(_) | TargetError::Unsendable(_) | TargetError::Withheld(_) => {
                                    false
                                }
                            };
                            self.unanswered = if gone { self.unanswered + 1 } else { 0 };
                            if self.unanswered >= GONE {
                                return Err(error);
                            }
                            let verdict = match &error {
                                TargetError::Broken(why) if self.answered => {
                                    let outcome = self.crashed(&outgoing, why, record).await?;
                                    return Ok(self.learnt(case, outcome));
                                }
                                other => Verdict::Inconclusive(other.to_string()),
                            };
                            return Ok(self.learnt(case, Outcome { verdict, record }));
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
        if let Some(why) = self.withholds(outgoing) {
            return Err(TargetError::Withheld(why));
        }
        self.keep_original(outgoing).await?;
        let entry = self.enter(*operation, request)?;
        let (mut repeats, mut spent) = (0, Duration::ZERO);
        loop {
            let before = self.target.now();
            self.sent += 1;
            let response = self.target.send(request).await?;
            let took = self.target.now().saturating_sub(before);
            let exchange =
                transcript::Exchange { role: *role, operation: *operation, request: request.clone(), response, took };
            self.tell(&Event::Exchanged(&exchange));
            let asked = retry::wait(&exchange.response);
            if asked.is_none() {
                // Who was waited for and then had time only slows the run down.
                self.waited = self.waited.saturating_sub(spent);
            }
            let wait = asked.filter(|wait| self.waited + *wait <= retry::ALTOGETHER);
            let Some(wait) = wait.filter(|_| repeats < retry::REPEATS) else {
                self.made_by(entry, &exchange)?;
                return Ok(exchange);
            };
            repeats += 1;
            self.waited += wait;
            spent += wait;
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

impl<E: Exchange> Executor<'_, E> {
    /// Why a request is not sent.
    fn withholds(&self, outgoing: &transcript::Outgoing) -> Option<String> {
        let own = |collection, key: &str| {
            self.made.iter().any(|made| made.known.collection == collection && answer::text(&made.known.key) == key)
        };
        guard::refuses(self.session, outgoing, &own)
    }

    /// Passes what a case has shown to those after it.
    fn learnt(&mut self, case: &Case, outcome: Outcome) -> Outcome {
        let session = self.session;
        let plain = matches!(case.kind, CaseKind::Valid(_));
        for exchange in outcome.exchanges() {
            observe::learn(session, plain, exchange);
        }
        outcome
    }

    /// The outcome where the connection broke over a request: where it does so again, and the target still serves what came
    /// before, the request is what broke it.
    async fn crashed(
        &mut self,
        outgoing: &transcript::Outgoing,
        why: &str,
        mut record: Vec<Step>,
    ) -> Result<Outcome, TargetError> {
        let doubt = || Verdict::Inconclusive(format!("the connection broke: {why}"));
        if self.withholds(outgoing).is_some() {
            return Ok(Outcome { verdict: doubt(), record });
        }
        self.sent += 1;
        match self.target.send(&outgoing.request).await {
            Err(TargetError::Broken(_)) => {}
            Ok(_) | Err(_) => return Ok(Outcome { verdict: doubt(), record }),
        }
        // Another request of the operation that was answered before, or the one that came before this.
        let Some(survived) = self.survivor(outgoing, &record) else { return Ok(Outcome { verdict: doubt(), record }) };
        self.sent += 1;
        let Ok(response) = self.target.send(&survived).await else { return Ok(Outcome { verdict: doubt(), record }) };
        let exchange = |role, request: &Request, response| {
            let (request, took) = (request.clone(), Duration::ZERO);
            let exchange = transcript::Exchange { role, operation: outgoing.operation, request, response, took };
            Step::Exchanged(Box::new(exchange))
        };
        record.push(exchange(Role::Twin, &survived, response));
        record.push(exchange(outgoing.role, &outgoing.request, transcript::broken(why)));
        let at = record.iter().filter(|event| matches!(event, Step::Exchanged(_))).count() - 1;
        if outgoing.role != Role::Tested {
            // The request beside it broke it, which says nothing of what the case is about.
            return Ok(Outcome { verdict: doubt(), record });
        }
        let verdict = Verdict::violated(
            FailureKind::Crash,
            "it is accepted or refused: a connection that breaks is neither (RFC 9110 §15.6)",
            format!("the connection broke over it, twice, and another request was answered: {why}"),
        );
        Ok(Outcome { verdict: verdict.shown_by(Some(at)), record })
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

    /// Reads what is there once, before it is changed for the first time, and writes it down.
    async fn keep_original(&mut self, outgoing: &transcript::Outgoing) -> Result<(), TargetError> {
        let Some(read) = originals::reading(self.session, outgoing) else { return Ok(()) };
        if self.originals.iter().any(|original| original.target == outgoing.request.target) {
            return Ok(());
        }
        self.sent += 1;
        let response = self.target.send(&read).await?;
        let Some(original) = originals::restoring(self.session, outgoing, &response) else {
            let why = "it changes what is there once and cannot be read first; --allow-destructive";
            return Err(TargetError::Withheld(why.to_owned()));
        };
        self.target.note(&originals::line(&original).to_string())?;
        self.originals.push(original);
        Ok(())
    }

    /// Enters a request that may make something, before it is sent; the number of its entry.
    fn enter(&mut self, operation: Option<usize>, request: &Request) -> Result<Option<usize>, TargetError> {
        if !ledger::may_make(self.session, operation, request) {
            return Ok(None);
        }
        self.entries += 1;
        let line = ledger::before(self.session, self.entries, operation, request);
        self.target.note(&line.to_string())?;
        Ok(Some(self.entries))
    }

    /// Enters what a request has made.
    fn made_by(&mut self, entry: Option<usize>, exchange: &transcript::Exchange) -> Result<(), TargetError> {
        self.last = Some(exchange.request.clone());
        let Some(entry) = entry else { return Ok(()) };
        let made = if exchange.accepted() { ledger::made(self.session, entry, exchange) } else { None };
        let line = match &made {
            Some(made) => ledger::after(entry, made),
            None => ledger::nothing(entry, exchange.response.status),
        };
        self.target.note(&line.to_string())?;
        self.made.extend(made);
        Ok(())
    }

    /// Puts back what was changed and removes what was made, the latest first; what could not be, each in a few words.
    ///
    /// # Errors
    /// Where the target is gone.
    pub async fn clean_up(&mut self) -> Result<Vec<String>, TargetError> {
        let mut left = Vec::new();
        for made in std::mem::take(&mut self.made).into_iter().rev() {
            let key = answer::text(&made.known.key);
            if !self.session.knowledge.borrow().made(made.known.collection, &key) {
                continue;
            }
            let Some(removal) = &made.removal else {
                left.push(format!("{key}, made by {}: the contract has nothing that removes it", made.by));
                continue;
            };
            self.sent += 1;
            let response = self.target.send(removal).await?;
            if response.status / 100 == 2 || matches!(response.status, 404 | 410) {
                self.target.note(&ledger::removed(made.entry).to_string())?;
                self.session.knowledge.borrow_mut().gone(made.known.collection, &key);
            } else {
                left.push(format!("{key}, made by {}: {} was answered {}", made.by, removal.target, response.status));
            }
        }
        for original in std::mem::take(&mut self.originals).into_iter().rev() {
            self.sent += 1;
            let response = self.target.send(&original).await?;
            if response.status / 100 == 2 {
                self.target.note(&originals::restored(&original).to_string())?;
            } else {
                left.push(format!("{} could not be put back: {}", original.target, response.status));
            }
        }
        Ok(left)
    }
}
