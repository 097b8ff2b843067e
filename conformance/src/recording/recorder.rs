//! The recorder: it stands before a target, and writes down all that the run hears of it.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use data_encoding::HEXLOWER;
use etalon_contract::codec::{Request, Response};
use etalon_contract::model::Contract;
use sha2::{Digest as _, Sha256};

use crate::recording::entry::{
    Content, End, Entry, FORMAT, Got, Head, Heard, Judged, Opening, Outcome, RULES, Sent, digest,
};
use crate::recording::entry::{line, pairs};
use crate::recording::frames::Lines;
use crate::recording::tree::{Hash, leaf, root};
use crate::recording::veil::Veil;
use crate::report::{Format, Report};
use crate::run::RunError;
use crate::settings::Settings;
use crate::target::{Exchange, Purpose, TargetError};

/// The number of letters of a run's name that each line carries.
pub(super) const TAG: usize = 8;

/// After how much time, by the target's clock, what is written goes into the file.
const LATE: Duration = Duration::from_secs(1);

/// A pen: what writes the lines of one file. Once it could not write, it writes nothing more, and says so at the end.
pub struct Pen {
    out: RefCell<Box<dyn Write>>,
    lines: RefCell<Lines>,
    name: String,
    contents: RefCell<HashSet<String>>,
    /// The hash of the lines of the run that is written.
    hash: RefCell<Sha256>,
    failed: RefCell<Option<io::Error>>,
}

impl fmt::Debug for Pen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Pen").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Pen {
    /// A pen that writes into a file; the name of the run is random bytes.
    #[must_use]
    pub fn new(out: Box<dyn Write>, name: [u8; 16]) -> Self {
        let pen = Self {
            out: RefCell::new(out),
            lines: RefCell::default(),
            name: HEXLOWER.encode(&name),
            contents: RefCell::default(),
            hash: RefCell::default(),
            failed: RefCell::default(),
        };
        pen.write(Heard::Recording(Head { format: FORMAT, name: pen.name.clone() }), Vec::new());
        pen.flush();
        pen
    }

    /// The name of the run.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was written by now goes into the file.
    ///
    /// # Errors
    /// The first error of writing.
    pub fn finish(self) -> io::Result<()> {
        self.flush();
        match self.failed.into_inner() {
            Some(error) => Err(error),
            None => self.out.into_inner().flush(),
        }
    }

    fn flush(&self) {
        let Some(frame) = self.lines.borrow_mut().take() else { return };
        if self.failed.borrow().is_some() {
            return;
        }
        if let Err(error) = self.out.borrow_mut().write_all(&frame) {
            self.failed.replace(Some(error));
        }
    }

    /// Writes a line.
    fn write(&self, heard: Heard, clock: Vec<u64>) {
        let is_content = matches!(heard, Heard::Content(_));
        let text = line(&self.entry(heard, clock));
        if !is_content {
            let mut hash = self.hash.borrow_mut();
            hash.update(&text);
            hash.update("\n");
        }
        self.lines.borrow_mut().add(&text);
        if self.lines.borrow().is_full() {
            self.flush();
        }
    }

    fn entry(&self, heard: Heard, clock: Vec<u64>) -> Entry {
        Entry { clock, run: self.name[..TAG].to_owned(), heard }
    }

    /// The digest of content, which is written where it was not before; `None` for none.
    fn content(&self, bytes: &[u8]) -> Option<String> {
        if bytes.is_empty() {
            return None;
        }
        let digest = digest(bytes);
        if self.contents.borrow_mut().insert(digest.clone()) {
            self.write(Heard::Content(Content::of(bytes)), Vec::new());
        }
        Some(digest)
    }
}

/// A run that is recorded.
#[derive(Debug)]
pub struct Recorded<'r> {
    /// The contract.
    pub contract: &'r Contract,
    /// The path that the contract was read to begin at, where that is not the one of its servers.
    pub base: Option<&'r str>,
    /// The settings, with the veil's stand-ins in the place of secrets.
    pub settings: &'r Settings,
    /// The veil over secrets; none where nothing is secret.
    pub veil: Option<Veil>,
}

/// A target with a recorder before it.
#[derive(Debug)]
pub struct Recorder<'r, E> {
    target: &'r E,
    pen: &'r Pen,
    veil: RefCell<Option<Veil>>,
    /// The hash of the line with which the run begins: it goes into the hash of each exchange.
    bound: String,
    clock: RefCell<Vec<u64>>,
    /// The time of the last line that went into the file.
    flushed: Cell<u64>,
    /// The purpose of the next request.
    purpose: RefCell<Sent>,
    /// The first exchange of each case.
    firsts: RefCell<HashMap<String, usize>>,
    sent: Cell<usize>,
    pauses: Cell<usize>,
    leaves: RefCell<Vec<Option<Hash>>>,
    /// The requests that are under way, as they were written.
    under_way: RefCell<Vec<(usize, String)>>,
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
        let Recorded { contract, base, settings, veil } = run;
        pen.hash.replace(Sha256::new());
        let opening = Heard::Contract(Box::new(Opening {
            etalon: env!("CARGO_PKG_VERSION").to_owned(),
            rules: rules.to_owned(),
            title: contract.title().to_owned(),
            digest: contract.document().digest().to_string(),
            files: contract.document().sources().map(|file| file.name.to_owned()).collect(),
            base: base.map(str::to_owned),
            origin: target.origin(),
            mount: target.mount(),
            settings: settings.clone(),
        }));
        let text = line(&pen.entry(opening.clone(), Vec::new()));
        pen.write(opening, Vec::new());
        Self {
            target,
            pen,
            veil: RefCell::new(veil),
            bound: digest(format!("{} {text}", pen.name).as_bytes()),
            clock: RefCell::default(),
            flushed: Cell::new(0),
            purpose: RefCell::default(),
            firsts: RefCell::default(),
            sent: Cell::new(0),
            pauses: Cell::new(0),
            leaves: RefCell::default(),
            under_way: RefCell::default(),
            is_stopped: Cell::new(false),
        }
    }

    fn write(&self, heard: Heard) {
        let clock = self.clock.take();
        let last = clock.last().copied();
        self.pen.write(heard, clock);
        let late = u64::try_from(LATE.as_micros()).unwrap_or(u64::MAX);
        if let Some(now) = last.filter(|now| now.saturating_sub(self.flushed.get()) >= late) {
            self.pen.flush();
            self.flushed.set(now);
        }
    }

    /// Writes down a request; its number.
    fn goes_out(&self, request: &Request) -> usize {
        let content = self.pen.content(&request.body);
        let number = self.sent.get() + 1;
        self.sent.set(number);
        let of = self.purpose.borrow().clone();
        let first = of.case.as_ref().map(|case| *self.firsts.borrow_mut().entry(case.clone()).or_insert(number));
        let after = first.filter(|first| *first < number);
        let (method, target, headers) = (request.method.clone(), request.target.clone(), pairs(&request.headers));
        let sent = Sent { number, after, method, target, headers, content, ..of };
        let entry = self.pen.entry(Heard::Sent(sent.clone()), self.clock.borrow().clone());
        self.under_way.borrow_mut().push((number, line(&entry)));
        self.leaves.borrow_mut().push(None);
        self.write(Heard::Sent(sent));
        number
    }

    /// Writes down what became of a request.
    fn comes_back(&self, number: usize, answer: &Result<Response, TargetError>) {
        let body = answer.as_ref().map(|answer| answer.body.as_slice()).unwrap_or_default();
        let outcome = Outcome::of(answer, self.pen.content(body));
        let mut got = Got { number, outcome, leaf: String::new() };
        let sent = {
            let mut under_way = self.under_way.borrow_mut();
            let at = under_way.iter().position(|(known, _)| *known == number);
            at.map(|at| under_way.swap_remove(at).1).unwrap_or_default()
        };
        let plain = line(&self.pen.entry(Heard::Got(got.clone()), self.clock.borrow().clone()));
        let hash = leaf(&[self.bound.as_bytes(), sent.as_bytes(), plain.as_bytes()]);
        self.leaves.borrow_mut()[number - 1] = Some(hash);
        got.leaf = HEXLOWER.encode(&hash[..8]);
        self.write(Heard::Got(got));
    }

    /// Ends the record of the run with what came of it.
    pub fn end(self, result: &Result<Report, RunError>) {
        let leaves: Vec<Hash> = self.leaves.borrow().iter().flatten().copied().collect();
        let lines = HEXLOWER.encode(&self.pen.hash.borrow().clone().finalize());
        let mut end =
            End { exchanges: self.sent.get(), root: HEXLOWER.encode(&root(&leaves)), lines, ..End::default() };
        match result {
            Ok(report) => {
                end.report = Some(report_digest(report));
                end.verdicts = verdicts(report);
            }
            Err(error) => end.failed = Some(error.to_string()),
        }
        self.write(Heard::End(Box::new(end)));
        self.pen.flush();
    }
}

/// The digest of a report as JSON.
pub(super) fn report_digest(report: &Report) -> String {
    digest(Format::Json.text(std::slice::from_ref(report)).as_bytes())
}

/// The verdicts of a report, row by row.
pub(super) fn verdicts(report: &Report) -> Vec<Judged> {
    let judged = |row: &crate::report::RowReport| Judged {
        row: row.id().to_owned(),
        verdict: row.verdict.kind(),
        reason: row.reason().map(|reason| report.mask.prose(reason)),
    };
    report.rows().map(judged).collect()
}

impl<E: Exchange> Exchange for Recorder<'_, E> {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        let number = self.goes_out(request);
        let lifted = self.veil.borrow_mut().as_mut().map(|veil| veil.lifted(request));
        let answer = self.target.send(lifted.as_ref().unwrap_or(request)).await;
        let answer = answer.map(|answer| match self.veil.borrow_mut().as_mut() {
            Some(veil) => veil.laid(answer),
            None => answer,
        });
        self.comes_back(number, &answer);
        answer
    }

    fn is_for(&self, purpose: Purpose<'_>) {
        let mut of = self.purpose.borrow_mut();
        of.case = purpose.case.map(str::to_owned);
        of.row = purpose.row.map(str::to_owned);
        of.role = purpose.role;
    }

    fn note(&self, text: &str) -> Result<(), TargetError> {
        let lifted = self.veil.borrow().as_ref().map(|veil| veil.lifted_line(text));
        let noted = self.target.note(lifted.as_deref().unwrap_or(text));
        if let Err(error) = &noted {
            self.write(Heard::Unwritten(error.clone()));
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
        self.write(Heard::Pauses { number, milliseconds });
        self.target.pause(time).await;
        self.write(Heard::Resumes { number });
    }

    async fn stopped(&self) {
        self.target.stopped().await;
        if !self.is_stopped.replace(true) {
            self.write(Heard::Stopped {});
        }
    }

    fn now(&self) -> Duration {
        let now = u64::try_from(self.target.now().as_micros()).unwrap_or(u64::MAX);
        self.clock.borrow_mut().push(now);
        Duration::from_micros(now)
    }
}
