//! The recorder: it stands before a target, and writes down all that the run hears of it.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use etalon_contract::codec::{Request, Response};

use crate::recording::book::{Book, Of, Recorded};
use crate::recording::entry::{Heard, RULES};
use crate::recording::pen::Pen;
use crate::recording::veil::Veil;
use crate::report::Report;
use crate::run::RunError;
use crate::target::{Exchange, Purpose, TargetError};

/// A target with a recorder before it.
#[derive(Debug)]
pub struct Recorder<'r, E> {
    target: &'r E,
    book: Book<'r>,
    veil: RefCell<Option<Veil>>,
    pauses: Cell<usize>,
    is_stopped: Cell<bool>,
}

impl<'r, E: Exchange> Recorder<'r, E> {
    /// A recorder of a run.
    #[must_use]
    pub fn new(pen: &'r Pen, target: &'r E, run: Recorded<'_>) -> Self {
        Self::by(RULES, pen, target, run)
    }

    /// The same, of a run by the rules of this name.
    pub(super) fn by(rules: &str, pen: &'r Pen, target: &'r E, run: Recorded<'_>) -> Self {
        let book = Book::open(pen, &run, &Of::Run { rules }, (target.origin(), target.mount()));
        let veil = RefCell::new(run.veil);
        Self { target, book, veil, pauses: Cell::new(0), is_stopped: Cell::new(false) }
    }

    /// Ends the record of the run with what came of it.
    pub fn end(self, result: &Result<Report, RunError>) {
        self.book.end(result.as_ref().map_err(ToString::to_string));
    }
}

impl<E: Exchange> Exchange for Recorder<'_, E> {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        let number = self.book.goes_out(request);
        let lifted = self.veil.borrow_mut().as_mut().map(|veil| veil.lifted(request));
        let answer = self.target.send(lifted.as_ref().unwrap_or(request)).await;
        let answer = answer.map(|answer| match self.veil.borrow_mut().as_mut() {
            Some(veil) => veil.laid(answer),
            None => answer,
        });
        self.book.comes_back(number, &answer, false);
        answer
    }

    fn is_for(&self, purpose: Purpose<'_>) {
        self.book.is_for(purpose);
    }

    fn note(&self, text: &str) -> Result<(), TargetError> {
        let lifted = self.veil.borrow().as_ref().map(|veil| veil.lifted_line(text));
        let noted = self.target.note(lifted.as_deref().unwrap_or(text));
        if let Err(error) = &noted {
            self.book.write(Heard::Unwritten(error.clone()));
        }
        noted
    }

    fn mount(&self) -> String {
        self.target.mount()
    }

    fn origin(&self) -> String {
        self.target.origin()
    }

    async fn pause(&self, time: Duration) {
        let number = self.pauses.get() + 1;
        self.pauses.set(number);
        let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.book.write(Heard::Pauses { number, milliseconds });
        self.target.pause(time).await;
        self.book.write(Heard::Resumes { number });
    }

    async fn stopped(&self) {
        self.target.stopped().await;
        if !self.is_stopped.replace(true) {
            self.book.write(Heard::Stopped {});
        }
    }

    fn now(&self) -> Duration {
        self.book.reads(self.target.now())
    }
}
