//! Jobs of the plan beside each other: those of one family of operations one after another, those of several at the same time, by as
//! many workers as there are. Each family sees what was known when its jobs began and what it learns itself; what all of them have
//! learnt is known from then on, whoever was first. Jobs are entered in the order of the plan, so the number of workers changes
//! nothing that is reported.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use crate::case::{Case, CaseKind, Sends};
use crate::knowledge::{Fact, Knowledge};
use crate::plan::{OperationPlan, Plan};
use crate::run::company::{Company, is_alone};
use crate::run::decide::{Found, Played, enter, play};
use crate::run::error::{RunError, alternatives};
use crate::run::event::Event;
use crate::run::executor::{Executor, Renewal};
use crate::run::learn::learn;
use crate::run::verdicts::Verdicts;
use crate::session::Session;
use crate::target::{Exchange, TargetError};
use crate::verdict::Verdict;

/// After how many operations it is looked whether this is the API at all: a wrong base path is told after tens of requests.
const ENOUGH: usize = 20;

/// A piece of a plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job<'p> {
    /// The place of its operation in the plan.
    pub planned: usize,
    /// The work to be done.
    pub work: Work<'p>,
}

/// The work of a job.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work<'p> {
    /// A case is executed.
    Case(&'p Case),
    /// A case is executed, as long as its operation has requests left.
    Budgeted(&'p Case),
    /// It is learnt what the target accepts of the operation.
    Learn,
    /// This plain valid request is tried once more, where none of the operation was accepted; else as [`Work::Learn`].
    OnceMore(&'p Case),
}

impl<'p> Work<'p> {
    /// The case, where the job is one of the plan's.
    fn case(self) -> Option<&'p Case> {
        match self {
            Self::Case(case) | Self::Budgeted(case) => Some(case),
            Self::Learn | Self::OnceMore(_) => None,
        }
    }
}

/// The end of a job.
#[derive(Debug)]
enum Done {
    /// The cases that were played.
    Played(Vec<Played>),
    /// The case was not worth a request, for this reason.
    Spared(String),
}

/// The plan with what is known of its operations while it is executed.
#[derive(Debug)]
pub(super) struct Board<'r> {
    /// The plan of the run.
    pub plan: &'r Plan,
    /// The knowledge of each family while it is executed.
    beside: &'r [RefCell<Knowledge>],
    companies: Vec<Company>,
    /// The number of cases that were begun.
    begun: usize,
    /// The number of all cases.
    cases: usize,
    /// The requests that each operation's cases took of its budget.
    spent: Vec<usize>,
    /// The number of operations whose first case is entered.
    entered: usize,
    /// The number of jobs before those at hand.
    before: usize,
}

impl<'r> Board<'r> {
    /// A plan of which nothing is executed. `beside` has as many as there are operations, of which nothing is known.
    #[must_use]
    pub(super) fn new(plan: &'r Plan, beside: &'r [RefCell<Knowledge>], companies: Vec<Company>, cases: usize) -> Self {
        let spent = vec![0; plan.operations.len()];
        Self { plan, beside, companies, begun: 0, cases, spent, entered: 0, before: 0 }
    }

    /// The company in which a job is done.
    fn company(&self, job: &Job<'_>) -> Company {
        let rows = &self.plan.operations[job.planned].rows;
        match job.work.case() {
            Some(case) if is_alone(case.task(rows)) => Company::Alone,
            Some(_) | None => self.companies[job.planned],
        }
    }
}

/// A run while it goes on.
pub(super) struct Run<'r, E> {
    pub executor: Executor<'r, E>,
    pub verdicts: Verdicts<'r>,
    pub board: Board<'r>,
    pub found: Vec<Found>,
}

impl<'r, E: Exchange> Run<'r, E> {
    /// Does some jobs: first those that read, then the families, then what nothing may be beside.
    pub(super) async fn jobs(&mut self, jobs: Vec<Job<'r>>) -> Result<(), RunError> {
        let (mut reads, mut families, mut alone) = (Vec::new(), Vec::new(), Vec::new());
        for job in jobs {
            match self.board.company(&job) {
                // Each operation is by itself.
                Company::Reads => reads.push((job.planned, job)),
                Company::Family(family) => families.push((family, job)),
                Company::Alone => alone.push((0, job)),
            }
        }
        for jobs in [reads, families, alone] {
            if !jobs.is_empty() {
                self.shift(&jobs).await?;
            }
        }
        Ok(())
    }

    /// Does jobs beside each other, those with one number one after another; what they teach is known from then on.
    async fn shift(&mut self, numbered: &[(usize, Job<'r>)]) -> Result<(), RunError> {
        let knowledge = self.executor.session().knowledge;
        let traffic = self.executor.traffic();
        let workers = self.executor.session().settings.workers.max(1);
        let below = Rc::new(knowledge.take());
        knowledge.replace(Knowledge::over(Rc::clone(&below)));
        let mut shift = RefCell::new(Shift::new(self, numbered, &below));
        loop {
            // Until somebody answers there is nothing to hurry for: the first answer tells what a broken connection means.
            let answered = traffic.was_answered();
            let all = (0..if answered { workers } else { 1 }).map(|_| work(&shift, answered));
            together(all.map(|one| Box::pin(one) as Pin<Box<dyn Future<Output = ()> + '_>>).collect()).await;
            if shift.get_mut().is_over() {
                break;
            }
        }
        let (facts, failed) = shift.into_inner().end();
        knowledge.take();
        let mut known = Rc::into_inner(below).expect("all knowledge over it is gone");
        facts.into_iter().for_each(|fact| known.learn(fact));
        knowledge.replace(known);
        failed.map_or(Ok(()), Err)
    }

    /// Enters what became of a job.
    fn enter(&mut self, job: &Job<'_>, done: Done) -> Result<(), RunError> {
        let traffic = self.executor.traffic();
        let planned = &self.board.plan.operations[job.planned];
        match (done, job.work.case()) {
            (Done::Spared(why), Some(case)) => {
                let tell = |event: &Event<'_>| traffic.tell(event);
                self.verdicts.enter(&tell, planned, case, Verdict::Inconclusive(why), None);
            }
            (Done::Spared(_), None) => {}
            (Done::Played(all), _) => {
                for played in all {
                    let late = traffic.is_late().then(|| self.verdicts.won());
                    self.found.extend(enter(&mut self.executor, &mut self.verdicts, planned, &played));
                    if late.is_some_and(|before| self.verdicts.won() > before) {
                        traffic.won();
                    }
                }
            }
        }
        if matches!(job.work, Work::Case(Case { kind: CaseKind::Valid(0), .. })) {
            self.board.entered += 1;
            if self.board.entered == ENOUGH {
                return self.is_the_api();
            }
        }
        Ok(())
    }

    /// A check that the server is the one that the contract describes, and lets anybody in; an error where it is not.
    pub(super) fn is_the_api(&self) -> Result<(), RunError> {
        if let Some(answer) = self.verdicts.another_server() {
            return Err(RunError::AnotherServer { answer });
        }
        if let Some(answer) = self.verdicts.locked_out() {
            let contract = self.executor.session().contract;
            let operations = &self.board.plan.operations;
            let asked = operations.iter().filter_map(|planned| contract.operation(planned.operation).ok());
            return Err(RunError::LockedOut { answer, asked: alternatives(asked) });
        }
        Ok(())
    }
}

/// Jobs that are done one after another, by an executor of their own.
struct Lane<'r, E> {
    executor: Executor<'r, E>,
    /// The numbers of the jobs that are left.
    jobs: VecDeque<usize>,
}

/// Some jobs while they are done: what the workers share.
struct Shift<'s, 'r, E> {
    run: &'s mut Run<'r, E>,
    jobs: &'s [(usize, Job<'r>)],
    /// The lanes that nobody works on; those that somebody works on are `None`.
    lanes: Vec<Option<Lane<'r, E>>>,
    /// The lanes that wait for a worker, by their next job.
    waiting: BTreeSet<(usize, usize)>,
    /// The jobs that are done and not entered yet.
    done: BTreeMap<usize, Done>,
    /// The number of the job that is entered next.
    next: usize,
    /// The facts that each job has shown.
    facts: BTreeMap<usize, Vec<Fact>>,
    /// The first error, which ends the run.
    failed: Option<RunError>,
}

impl<'s, 'r, E: Exchange> Shift<'s, 'r, E> {
    fn new(run: &'s mut Run<'r, E>, jobs: &'s [(usize, Job<'r>)], below: &Rc<Knowledge>) -> Self {
        let mut numbered: BTreeMap<usize, VecDeque<usize>> = BTreeMap::new();
        for (at, (number, _)) in jobs.iter().enumerate() {
            numbered.entry(*number).or_default().push_back(at);
        }
        let (mut lanes, mut waiting) = (Vec::new(), BTreeSet::new());
        for (number, jobs) in numbered.into_values().enumerate() {
            let knowledge = &run.board.beside[number];
            knowledge.replace(Knowledge::over(Rc::clone(below)));
            waiting.extend(jobs.front().map(|first| (*first, number)));
            lanes.push(Some(Lane { executor: run.executor.beside(knowledge), jobs }));
        }
        let (done, facts) = (BTreeMap::new(), BTreeMap::new());
        Self { run, jobs, lanes, waiting, done, next: 0, facts, failed: None }
    }

    /// True where nothing more is begun.
    fn is_over(&self) -> bool {
        self.failed.is_some() || self.waiting.is_empty()
    }

    /// The first job whose lane nobody works on, with the number of the lane and the lane.
    fn take(&mut self) -> Option<(usize, usize, Lane<'r, E>)> {
        if self.is_over() {
            return None;
        }
        let (at, number) = self.waiting.pop_first()?;
        let mut lane = self.lanes.get_mut(number)?.take()?;
        lane.jobs.pop_front();
        lane.executor.goes_to(self.run.board.before + at);
        let board = &mut self.run.board;
        if let Some(case) = self.jobs[at].1.work.case() {
            let planned = &board.plan.operations[self.jobs[at].1.planned];
            let operation = &lane.executor.session().contract.entries()[planned.operation].id;
            let row = case.row().map(|row| planned.rows[row].id.as_str());
            lane.executor.tell(&Event::CaseStarted { done: board.begun, cases: board.cases, operation, row });
            board.begun += 1;
        }
        Some((at, number, lane))
    }

    /// Puts a lane back whose job is done, and enters all jobs that are done up to the first that is not.
    fn put_back(&mut self, (at, number, lane): (usize, usize, Lane<'r, E>), done: Result<Done, TargetError>) {
        let facts = lane.executor.session().knowledge.borrow_mut().take_facts();
        self.facts.insert(at, facts);
        self.waiting.extend(lane.jobs.front().map(|next| (*next, number)));
        self.lanes[number] = Some(lane);
        match done {
            Ok(done) => {
                self.done.insert(at, done);
            }
            Err(error) => self.fails(error.into()),
        }
        while let Some(done) = self.done.remove(&self.next) {
            if let Err(error) = self.run.enter(&self.jobs[self.next].1, done) {
                self.fails(error);
            }
            self.next += 1;
        }
    }

    /// Ends the run: nothing more is begun, and what is under way sends nothing more.
    fn fails(&mut self, error: RunError) {
        let why = match &error {
            RunError::Target(error) => error.clone(),
            RunError::Nothing(_) | RunError::AnotherServer { .. } | RunError::LockedOut { .. } => {
                TargetError::Interrupted
            }
        };
        self.run.executor.traffic().ends(why);
        self.failed.get_or_insert(error);
    }

    /// Enters what is done behind a job that was cut off; the facts in the order of the plan, and the error that ended the run.
    fn end(mut self) -> (Vec<Fact>, Option<RunError>) {
        for (at, done) in std::mem::take(&mut self.done) {
            if let Err(error) = self.run.enter(&self.jobs[at].1, done) {
                self.fails(error);
            }
        }
        self.run.board.before += self.jobs.len();
        let number = self.jobs.last().and_then(|(number, _)| {
            let numbers: BTreeSet<usize> = self.jobs.iter().map(|(number, _)| *number).collect();
            numbers.iter().position(|other| other == number)
        });
        let last = number.and_then(|number| self.lanes.get(number)?.as_ref()?.executor.last().cloned());
        self.run.executor.remember_last(last);
        for knowledge in self.run.board.beside.iter().take(self.lanes.len()) {
            knowledge.take();
        }
        (self.facts.into_values().flatten().collect(), self.failed)
    }
}

/// Does jobs as long as there is one whose lane nobody works on; without an answer so far, until there is one.
async fn work<E: Exchange>(shift: &RefCell<Shift<'_, '_, E>>, answered: bool) {
    loop {
        let Some((at, number, mut lane)) = shift.borrow_mut().take() else { return };
        let (job, planned, spent) = {
            let shift = shift.borrow();
            let job = shift.jobs[at].1;
            (job, &shift.run.board.plan.operations[job.planned], shift.run.board.spent[job.planned])
        };
        let before = lane.executor.sent();
        let done = execute(&mut lane.executor, planned, job.work, spent).await;
        let took = lane.executor.sent() - before;
        let now_answered = lane.executor.traffic().was_answered();
        let mut shift = shift.borrow_mut();
        if matches!(job.work, Work::Budgeted(_)) {
            shift.run.board.spent[job.planned] += took;
        }
        shift.put_back((at, number, lane), done);
        if now_answered && !answered {
            return;
        }
    }
}

/// Does the work of a job, of whose operation so many requests of the budget are spent.
async fn execute<E: Exchange>(
    executor: &mut Executor<'_, E>,
    planned: &OperationPlan,
    work: Work<'_>,
    spent: usize,
) -> Result<Done, TargetError> {
    let session = executor.session();
    let accepted =
        || session.knowledge.borrow().of(planned.operation).is_some_and(|learned| !learned.accepted.is_empty());
    let played = match work {
        Work::Case(case) | Work::Budgeted(case) => {
            let budget = session.settings.budget.filter(|_| matches!(work, Work::Budgeted(_)));
            if let Some(budget) = budget.filter(|budget| spent >= *budget) {
                let why = format!("the {budget} requests of its operation are spent; --budget N for more");
                return Ok(Done::Spared(why));
            }
            if let Some(why) = spared(session, planned, case) {
                return Ok(Done::Spared(why));
            }
            let played = vec![play(executor, planned, case).await?];
            // What was turned away for want of credentials is tried with others.
            match executor.renew_credentials().await? {
                Renewal::Done => vec![play(executor, planned, case).await?],
                Renewal::None => played,
            }
        }
        Work::Learn => learn(executor, planned).await?,
        Work::OnceMore(_) if accepted() => Vec::new(),
        Work::OnceMore(case) => {
            let mut played = vec![play(executor, planned, case).await?];
            if accepted() {
                session.knowledge.borrow_mut().learn(Fact::Refuses(planned.operation, None));
            } else {
                played.extend(learn(executor, planned).await?);
            }
            played
        }
    };
    executor.renew_credentials().await?;
    executor.remove_acting().await?;
    Ok(Done::Played(played))
}

/// The reason why a case is not worth a request, because nothing could be shown: nothing is let in any more, or the
/// target refuses every valid request of the operation. `None` where it is worth one.
fn spared(session: Session<'_>, planned: &OperationPlan, case: &Case) -> Option<String> {
    let knowledge = session.knowledge.borrow();
    if let Some(ended) = knowledge.ended() {
        return Some(ended.to_owned());
    }
    let shows_nothing = match case.task(&planned.rows).sends() {
        Sends::AtLimit | Sends::Breach | Sends::AgainstAdvice => true,
        Sends::Valid => !matches!(case.kind, CaseKind::Valid(_)),
        Sends::Altered | Sends::Story => false,
    };
    let answer = knowledge.of(planned.operation)?.refuses.as_ref().filter(|_| shows_nothing)?;
    Some(format!("every valid request is refused: {answer}"))
}

/// Waits for all of these, which go on beside each other.
async fn together(mut all: Vec<Pin<Box<dyn Future<Output = ()> + '_>>>) {
    poll_fn(|context| {
        all.retain_mut(|one| one.as_mut().poll(context).is_pending());
        if all.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
