//! Executes cases against a target: sends what their scenarios ask for until they have a verdict. `wire` sends one request,
//! `silence` judges that there is no answer, `traces` keeps account of what is made and changed, and takes it away again.

mod silence;
mod traces;
mod wire;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::time::Duration;

use etalon_contract::codec::{Draft, Request};
use proptest::strategy::ValueTree;

use crate::case::{Case, CaseKind, Sends, Task};
use crate::plan::OperationPlan;
use crate::run::ledger::Made;
use crate::run::leftovers::ListOf;
use crate::run::numbers::{self, Shrinking};
use crate::run::{Event, Listener, observe};
use crate::scenario::{Certainty, Inputs, Source, Tainted, execute};
use crate::session::Session;
use crate::target::{Exchange, TargetError};
use crate::transcript::{self, Pending, Role, Step};
use crate::verdict::Verdict;

/// The most times that a case is executed with other values when it met a conflict, which hides what it is about.
const ATTEMPTS: u64 = 3;

/// The most events of one case; a scenario that asks for more goes in a circle.
const MOST_EVENTS: usize = 1_000;

/// After how many requests in a row that nobody took the target counts as gone, and after how many that one which answered
/// before did not answer: it may just be slow, or break over what is sent to it.
const GONE: usize = 3;
const SILENT: usize = 10;

/// The time that a target that counts as gone is left alone before it is asked once more.
const LAST_PAUSE: Duration = Duration::from_secs(1);

/// The divisor of a run's time: for that part of it the plan goes on after a row was won.
const LAST_PART: u32 = 10;

/// The number of those parts that the plan may take while no row is won.
const PLANNED: u32 = 8;

/// The most failing requests of an operation that are remembered: each is tried once for every further failure.
const REMEMBERED: usize = 4;

/// The outcome of a case: the verdict, and the steps that led to it.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// The verdict on its row.
    pub verdict: Verdict,
    /// The steps in the order in which they happened.
    pub record: Vec<Step>,
    /// The reason why the last request got no answer, where that decided the verdict.
    pub silence: Option<TargetError>,
}

impl Outcome {
    /// An outcome that answers decided.
    fn decided(verdict: Verdict, record: Vec<Step>) -> Self {
        Self { verdict, record, silence: None }
    }

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
    /// The number of requests that were sent.
    sent: usize,
    /// The number of executions: each has its own surroundings.
    turns: u64,
    /// The number of requests in a row that found nobody there.
    unanswered: usize,
    /// True where any request was ever answered.
    answered: bool,
    /// The traces that accepted breaches left behind on the target.
    tainted: Tainted,
    /// The smallest requests that were found to fail, the latest last.
    failed: Vec<Draft>,
    /// The time that the run has waited for a target that asked for it.
    waited: Duration,
    /// The answers that asked for time and were not the last to their request.
    put_off: Vec<transcript::Exchange>,
    /// The end of the plan, by the target's clock; moved on while rows are being won, as far as the run goes.
    deadline: Duration,
    /// The end of the run, by the target's clock.
    end: Duration,
    /// The things that the run made, in the order in which they were made.
    made: Vec<Made>,
    /// The last request that was answered.
    last: Option<Request>,
    /// True where a valid request was answered 401 since that was last looked into.
    turned_away: bool,
    /// The number of the last entry in the ledger.
    entries: usize,
    /// Things that are there once, as they were before the run changed them: the request that puts each back.
    originals: Vec<Request>,
    /// The lists of what can be removed, as they were before anything was made; `None` until then.
    lists: Option<Vec<ListOf>>,
    /// The texts that creations sent and told: what is called so is the run's.
    texts: BTreeSet<String>,
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
            deadline: target.now().saturating_add(session.settings.max_time / LAST_PART * PLANNED),
            end: target.now().saturating_add(session.settings.max_time),
            made: Vec::new(),
            last: None,
            turned_away: false,
            entries: 0,
            originals: Vec::new(),
            lists: None,
            texts: BTreeSet::new(),
        }
    }

    /// Moves the end of the run on, since a row was won.
    pub(super) fn won(&mut self) {
        let more = self.session.settings.max_time / LAST_PART;
        self.deadline = self.deadline.max(self.target.now().saturating_add(more)).min(self.end);
    }

    /// Gives what follows the plan the rest of the time, and some more where the plan took all of it: a finding is told by a
    /// request that a person can read.
    pub(super) fn goes_on(&mut self) {
        let more = self.session.settings.max_time / LAST_PART;
        self.deadline = self.end.max(self.target.now().saturating_add(more));
    }

    /// True where the run is in the last part of its time.
    pub(super) fn is_late(&self) -> bool {
        self.target.now().saturating_add(self.session.settings.max_time / LAST_PART) >= self.deadline
    }

    /// True where any request was ever answered.
    pub(super) fn was_answered(&self) -> bool {
        self.answered
    }

    /// Tells whoever watches of an event.
    pub(super) fn tell(&mut self, event: &Event<'_>) {
        (self.listener)(event);
    }

    /// The listener that the run tells its events.
    pub(super) fn listener(&mut self) -> &mut Listener<'t> {
        self.listener
    }

    /// The number of requests that were sent so far.
    pub(super) fn sent(&self) -> usize {
        self.sent
    }

    /// The traces that accepted invalid requests have left behind on the target.
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
            // Who was silent once is asked again.
            let silent = outcome.silence.is_some() && attempt == 1;
            if !(hidden || silent) || attempt == ATTEMPTS {
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
            return Ok(Outcome::decided(Verdict::unreachable("the operation cannot be used"), Vec::new()));
        };
        let task = case.task(&planned.rows);
        let made = OnceCell::new();
        let inputs = Inputs { source, made: &made, case: &case.id, turn: self.turns, certainty };
        self.turns += 1;
        let mut record = Vec::new();
        while record.len() < MOST_EVENTS {
            let halt = match execute(session, operation, task, inputs, &record) {
                Ok(verdict) => return Ok(self.learnt(case, Outcome::decided(verdict, record))),
                Err(halt) => halt,
            };
            match halt {
                Pending::Verdict(verdict) => return Ok(self.learnt(case, Outcome::decided(*verdict, record))),
                Pending::Wait(time) => {
                    self.pause(time).await?;
                    record.push(Step::Waited(time));
                }
                Pending::Send(outgoing) => match self.send(&outgoing).await {
                    Ok(exchange) => {
                        self.unanswered = 0;
                        self.answered = true;
                        if let Some(row) = task.row().filter(|_| is_accepted_breach(task, &exchange)) {
                            self.tainted.note(session, &row.id, &exchange);
                        }
                        record.push(Step::Exchanged(Box::new(exchange)));
                    }
                    Err(error @ (TargetError::Interrupted | TargetError::OutOfTime | TargetError::Ledger(_))) => {
                        return Err(error);
                    }
                    Err(error) => {
                        let outcome = self.without_answer(&outgoing, error, record).await?;
                        return Ok(self.learnt(case, outcome));
                    }
                },
            }
        }
        Ok(Outcome::decided(Verdict::inconclusive("it takes more requests than one case may send"), record))
    }

    /// Passes what a case has shown to those after it.
    fn learnt(&mut self, case: &Case, outcome: Outcome) -> Outcome {
        let session = self.session;
        let plain = matches!(case.kind, CaseKind::Valid(_));
        for exchange in outcome.exchanges() {
            self.turned_away |= exchange.response.status == 401 && (plain || exchange.role != Role::Tested);
            observe::learn(session, plain, exchange);
        }
        outcome
    }
}

/// True where an exchange is an invalid request that was accepted.
pub(super) fn is_accepted_breach(task: Task<'_>, exchange: &transcript::Exchange) -> bool {
    task.sends() == Sends::Breach && exchange.role == Role::Tested && exchange.accepted()
}
