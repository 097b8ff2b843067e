//! Executes cases against a target: sends what their scenarios ask for until they have a verdict. `traffic` is what they share,
//! `wire` sends one request, `silence` judges that there is no answer, `renewal` that credentials have ended, `traces` keeps account of what is made and changed, and takes it away again.

mod renewal;
mod silence;
mod traces;
mod traffic;
mod wire;

use std::cell::{OnceCell, RefCell};
use std::time::Duration;

use etalon_contract::codec::{Draft, Request};
use proptest::strategy::ValueTree;

use crate::case::{Case, Sends, Task};
use crate::knowledge::Knowledge;
use crate::plan::OperationPlan;
use crate::run::numbers::{self, Shrinking};
use crate::run::{Event, observe};
use crate::scenario::{Certainty, Inputs, Source, Tainted, execute};
use crate::session::Session;
use crate::target::{Exchange, TargetError};
use crate::transcript::{self, Pending, Role, Step};
use crate::verdict::Verdict;

pub(in crate::run) use crate::run::executor::renewal::Renewal;
pub(in crate::run) use crate::run::executor::traffic::Traffic;

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

/// The executor of cases: it remembers from case to case what those have to know that come after in the same order.
pub(super) struct Executor<'t, E> {
    session: Session<'t>,
    traffic: &'t Traffic<'t, E>,
    /// The place in the plan of what is executed.
    at: usize,
    /// The number of requests that were sent.
    sent: usize,
    /// The traces that accepted breaches left behind on the target.
    tainted: Tainted,
    /// The accepted breaches since the last call that asked for them, each with the id of its row.
    breaches: Vec<(String, transcript::Exchange)>,
    /// The smallest requests that were found to fail, the latest last.
    failed: Vec<Draft>,
    /// The answers that asked for time and were not the last to their request.
    put_off: Vec<transcript::Exchange>,
    /// The last request that was answered.
    last: Option<Request>,
    /// True where a valid request was answered 401 since that was last looked into.
    turned_away: bool,
    /// The ids of the case that is executed, and of its row.
    case: (Option<String>, Option<String>),
}

impl<'t, E: Exchange> Executor<'t, E> {
    /// An executor that has not sent anything.
    pub(super) fn new(session: Session<'t>, traffic: &'t Traffic<'t, E>) -> Self {
        Self {
            session,
            traffic,
            at: 0,
            sent: 0,
            tainted: Tainted::default(),
            breaches: Vec::new(),
            failed: Vec::new(),
            put_off: Vec::new(),
            last: None,
            turned_away: false,
            case: (None, None),
        }
    }

    /// An executor for cases that are executed beside others, with the knowledge that they learn.
    pub(super) fn beside(&self, knowledge: &'t RefCell<Knowledge>) -> Self {
        let mut executor = Self::new(Session { knowledge, ..self.session }, self.traffic);
        executor.last.clone_from(&self.last);
        executor
    }

    /// Goes on to what stands at this place of the plan.
    pub(super) fn goes_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The traffic with the target.
    pub(super) fn traffic(&self) -> &'t Traffic<'t, E> {
        self.traffic
    }

    /// Tells whoever watches of an event.
    pub(super) fn tell(&self, event: &Event<'_>) {
        self.traffic.tell(event);
    }

    /// The number of requests that this executor has sent so far.
    pub(super) fn sent(&self) -> usize {
        self.sent
    }

    /// The traces that accepted invalid requests have left behind on the target.
    pub(super) fn tainted(&self) -> &Tainted {
        &self.tainted
    }

    /// The accepted breaches since the last call, each with the id of its row.
    pub(super) fn take_breaches(&mut self) -> Vec<(String, transcript::Exchange)> {
        std::mem::take(&mut self.breaches)
    }

    /// Notes a breach that was accepted, of the row of this id.
    pub(super) fn taint(&mut self, row: &str, exchange: &transcript::Exchange) {
        self.tainted.note(self.session, row, exchange);
    }

    /// The last request that was answered.
    pub(super) fn last(&self) -> Option<&Request> {
        self.last.as_ref()
    }

    /// Remembers the last request that was answered beside this executor's own.
    pub(super) fn remember_last(&mut self, request: Option<Request>) {
        self.last = request.or(self.last.take());
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

    /// The context of what is executed.
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
        self.case = (Some(case.id.clone()), task.row().map(|row| row.id.clone()));
        let made = OnceCell::new();
        let turn = self.traffic.turn_of(&case.id);
        let inputs = Inputs { source, made: &made, case: &case.id, turn, certainty };
        let mut record = Vec::new();
        while record.len() < MOST_EVENTS {
            let halt = match execute(session, operation, task, inputs, &record) {
                Ok(verdict) => return Ok(self.learnt(task, Outcome::decided(verdict, record))),
                Err(halt) => halt,
            };
            match halt {
                Pending::Verdict(verdict) => return Ok(self.learnt(task, Outcome::decided(*verdict, record))),
                Pending::Wait(time) => {
                    self.traffic.pause(time).await?;
                    record.push(Step::Waited(time));
                }
                Pending::Send(outgoing) => match self.send(&outgoing).await {
                    Ok(exchange) => {
                        self.traffic.unanswered.set(0);
                        self.traffic.answered.set(true);
                        if let Some(row) = task.row().filter(|_| is_accepted_breach(task, &exchange)) {
                            self.taint(&row.id, &exchange);
                            self.breaches.push((row.id.clone(), exchange.clone()));
                        }
                        record.push(Step::Exchanged(Box::new(exchange)));
                    }
                    Err(error @ (TargetError::Interrupted | TargetError::OutOfTime | TargetError::Ledger(_))) => {
                        // What was made by now is known, and is removed.
                        self.learnt(task, Outcome::decided(Verdict::inconclusive("it was cut off"), record));
                        return Err(error);
                    }
                    Err(error) => {
                        let twin = made.get().and_then(|made| Some(&made.as_ref().ok()?.twin));
                        let outcome = self.without_answer((task, twin), &outgoing, error, record).await?;
                        return Ok(self.learnt(task, outcome));
                    }
                },
            }
        }
        Ok(Outcome::decided(Verdict::inconclusive("it takes more requests than one case may send"), record))
    }

    /// Passes what a case has shown to those after it.
    fn learnt(&mut self, task: Task<'_>, outcome: Outcome) -> Outcome {
        let session = self.session;
        let plain = matches!(task, Task::Valid(_));
        let is_valid = matches!(task.sends(), Sends::Valid | Sends::AtLimit);
        for exchange in outcome.exchanges() {
            self.turned_away |= exchange.response.status == 401 && (is_valid || exchange.role != Role::Tested);
            observe::learn(session, plain, exchange, &|made| self.traffic.was_there(made));
        }
        outcome
    }
}

/// True where an exchange is an invalid request that was accepted.
pub(super) fn is_accepted_breach(task: Task<'_>, exchange: &transcript::Exchange) -> bool {
    task.sends() == Sends::Breach && exchange.role == Role::Tested && exchange.accepted()
}
