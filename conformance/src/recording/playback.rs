//! The playback of a recording: it stands in the place of the target, and gives the run what it has heard before, in the same order,
//! as long as the run asks for the same.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use etalon_contract::codec::{Request, Response};

use crate::recording::entry::{Entry, Heard, Outcome, digest, pairs};
use crate::recording::flaw::Flaw;
use crate::recording::reading::Section;
use crate::target::{Exchange, TargetError};

/// After how many questions in a row that nobody could answer the run has gone another way than the recording: far more than
/// there are workers who may be asked first.
const PATIENCE: usize = 10_000;

/// A recording in the place of a target.
#[derive(Debug)]
pub(super) struct Playback<'s> {
    section: &'s Section,
    /// The next entry.
    at: Cell<usize>,
    /// The readings of the clock that were taken of it.
    read: Cell<usize>,
    now: Cell<Duration>,
    /// The number of questions since something was taken.
    asked: Cell<usize>,
    is_stopped: Cell<bool>,
    flaw: RefCell<Option<Flaw>>,
    pauses: Cell<usize>,
}

impl<'s> Playback<'s> {
    /// The beginning of a recorded run.
    pub(super) fn of(section: &'s Section) -> Self {
        Self {
            section,
            at: Cell::new(0),
            read: Cell::new(0),
            now: Cell::new(Duration::ZERO),
            asked: Cell::new(0),
            is_stopped: Cell::new(false),
            flaw: RefCell::default(),
            pauses: Cell::new(0),
        }
    }

    /// The reason why the run is not the recorded one; `None` where it is.
    pub(super) fn flaw(&self) -> Option<Flaw> {
        if let Some(flaw) = self.flaw.borrow().clone() {
            return Some(flaw);
        }
        let rest = self.section.entries[self.at.get()..].iter();
        let more = rest.filter(|entry| !matches!(entry.heard, Heard::End(_))).map(|entry| &entry.heard).next()?;
        Some(Flaw::Plan(format!("it ends where the recording has {}", told(more))))
    }

    /// The next entry, all of whose readings of the clock were taken.
    fn next(&self) -> Option<&'s Entry> {
        let next = self.section.entries.get(self.at.get())?;
        (self.read.get() == next.clock.len()).then_some(next)
    }

    fn take(&self) {
        self.at.set(self.at.get() + 1);
        self.read.set(0);
        self.asked.set(0);
    }

    fn is_over(&self) -> bool {
        self.at.get() >= self.section.entries.len() || self.flaw.borrow().is_some()
    }

    fn fails(&self, why: String) {
        self.flaw.borrow_mut().get_or_insert(Flaw::Plan(why));
    }

    /// What the next entry gives, once it is one of these. Others may be asked first.
    async fn heard<T>(&self, wanted: &str, give: impl Fn(&Heard) -> Option<T>) -> Result<T, TargetError> {
        poll_fn(|context| {
            if self.is_over() {
                return Poll::Ready(Err(TargetError::Interrupted));
            }
            if let Some(given) = self.next().and_then(|entry| give(&entry.heard)) {
                self.take();
                return Poll::Ready(Ok(given));
            }
            self.asked.set(self.asked.get() + 1);
            if self.asked.get() > PATIENCE {
                let recorded = &self.section.entries[self.at.get()].heard;
                self.fails(format!("it asks for {wanted} where the recording has {}", told(recorded)));
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await
    }
}

/// An entry in a few words.
fn told(heard: &Heard) -> String {
    match heard {
        Heard::Sent(sent) => format!("exchange {}, {}", sent.number, sent.shown()),
        Heard::Got(got) => format!("the answer of exchange {}", got.number),
        Heard::Pauses { milliseconds, .. } => format!("a wait of {milliseconds} ms"),
        Heard::Resumes { .. } => "the end of a wait".to_owned(),
        Heard::Stopped {} => "that the run was interrupted".to_owned(),
        Heard::Unwritten(_) => "that the ledger could not be written".to_owned(),
        Heard::End(_) => "the end of the run".to_owned(),
        Heard::Recording(_) | Heard::Contract(_) | Heard::Content(_) => "the beginning of another run".to_owned(),
    }
}

/// The outcome of an entry, where it is that of this exchange.
fn outcome_of(heard: &Heard, number: usize) -> Option<Outcome> {
    if let Heard::Got(got) = heard
        && got.number == number
    {
        return Some(got.outcome.clone());
    }
    None
}

impl Exchange for Playback<'_> {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        let content = (!request.body.is_empty()).then(|| digest(&request.body));
        let headers = pairs(&request.headers);
        let shown = format!("{} {}", request.method, request.target);
        let is_same = |heard: &Heard| {
            let Heard::Sent(sent) = heard else { return None };
            let is_same = (&sent.method, &sent.target) == (&request.method, &request.target)
                && (&sent.headers, &sent.content) == (&headers, &content);
            is_same.then_some(sent.number)
        };
        let number = self.heard(&shown, is_same).await?;
        let outcome = self.heard(&format!("an answer to {shown}"), |heard| outcome_of(heard, number)).await?;
        outcome.answer(self.section.content(outcome.content()))
    }

    fn note(&self, _line: &str) -> Result<(), TargetError> {
        if let Some(Heard::Unwritten(error)) = self.next().map(|entry| &entry.heard) {
            self.take();
            return Err(error.clone());
        }
        Ok(())
    }

    fn mount(&self) -> String {
        self.section.opening.mount.clone()
    }

    fn origin(&self) -> String {
        self.section.opening.origin.clone()
    }

    async fn pause(&self, _time: Duration) {
        let mine = self.pauses.get() + 1;
        self.pauses.set(mine);
        let begins = |heard: &Heard| matches!(heard, Heard::Pauses { number, .. } if *number == mine).then_some(());
        let ends = |heard: &Heard| matches!(heard, Heard::Resumes { number } if *number == mine).then_some(());
        // Where that is not recorded, the next request is told to be another.
        if self.heard("a wait", begins).await.is_ok() {
            let _ = self.heard("the end of a wait", ends).await;
        }
    }

    async fn stopped(&self) {
        poll_fn(|_| {
            if self.is_stopped.get() {
                return Poll::Ready(());
            }
            if !matches!(self.next().map(|entry| &entry.heard), Some(Heard::Stopped {})) {
                return Poll::Pending;
            }
            self.take();
            self.is_stopped.set(true);
            Poll::Ready(())
        })
        .await;
    }

    fn now(&self) -> Duration {
        let reading = self.section.entries.get(self.at.get()).and_then(|entry| entry.clock.get(self.read.get()));
        if let Some(reading) = reading.filter(|_| self.flaw.borrow().is_none()) {
            self.read.set(self.read.get() + 1);
            self.now.set(Duration::from_micros(*reading));
        }
        self.now.get()
    }
}
