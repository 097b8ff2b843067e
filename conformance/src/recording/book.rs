//! The book of one run: its exchanges as they are sent and answered, numbered and hashed, and its end.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use data_encoding::HEXLOWER;
use etalon_contract::codec::{Request, Response};
use etalon_contract::model::Contract;

use crate::recording::entry::{End, Got, Heard, Judged, Opening, Outcome, RULES, Sent, digest, line, pairs};
use crate::recording::pen::Pen;
use crate::recording::tree::{Hash, leaf, root};
use crate::recording::veil::Veil;
use crate::report::{Format, Report};
use crate::settings::Settings;
use crate::target::{Purpose, TargetError};
use crate::verdict::Verdict;

/// After how much time, by the target's clock, what is written goes into the file.
const LATE: Duration = Duration::from_secs(1);

/// A run that is recorded.
#[derive(Debug)]
pub struct Recorded<'r> {
    /// The contract.
    pub contract: &'r Contract,
    /// The path that the contract was read to begin at, where that is not the one of its servers.
    pub base: Option<&'r str>,
    /// The settings, with the veil's stand-ins in the place of secrets.
    pub settings: &'r Settings,
    /// When it began, in milliseconds since 1970; 0 where nobody knows.
    pub began: u64,
    /// The veil over secrets; none where nothing is secret.
    pub veil: Option<Veil>,
}

/// The book of one run.
#[derive(Debug)]
pub struct Book<'b> {
    pen: &'b Pen,
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
    leaves: RefCell<Vec<Option<Hash>>>,
    /// The requests that are under way, as they were written.
    under_way: RefCell<Vec<(usize, String)>>,
}

/// What a book is of: a run by the rules of a name, or traffic.
pub(super) enum Of<'o> {
    Run { rules: &'o str },
    Traffic,
}

impl<'b> Book<'b> {
    /// The book of traffic that others have with a target; the settings of the run say nothing.
    #[must_use]
    pub fn of_traffic(pen: &'b Pen, run: &Recorded<'_>, origin: String) -> Self {
        Self::open(pen, run, &Of::Traffic, (origin, String::new()))
    }

    /// Opens the book of a run on a target of this name, whose paths all begin so.
    pub(super) fn open(pen: &'b Pen, run: &Recorded<'_>, of: &Of<'_>, (origin, mount): (String, String)) -> Self {
        pen.begins();
        let contract = run.contract;
        let opening = Heard::Contract(Box::new(Opening {
            etalon: env!("CARGO_PKG_VERSION").to_owned(),
            rules: match of {
                Of::Run { rules } => (*rules).to_owned(),
                Of::Traffic => RULES.to_owned(),
            },
            traffic: matches!(of, Of::Traffic),
            began: run.began,
            title: contract.title().to_owned(),
            digest: contract.document().digest().to_string(),
            files: contract.document().sources().map(|file| file.name.to_owned()).collect(),
            base: run.base.map(str::to_owned),
            origin,
            mount,
            settings: run.settings.clone(),
        }));
        let text = line(&pen.entry(opening.clone(), Vec::new()));
        pen.write(opening, Vec::new());
        Self {
            pen,
            bound: digest(format!("{} {text}", pen.name()).as_bytes()),
            clock: RefCell::default(),
            flushed: Cell::new(0),
            purpose: RefCell::default(),
            firsts: RefCell::default(),
            sent: Cell::new(0),
            leaves: RefCell::default(),
            under_way: RefCell::default(),
        }
    }

    /// Reads the clock: what it said goes into the next line.
    pub fn reads(&self, now: Duration) -> Duration {
        let now = u64::try_from(now.as_micros()).unwrap_or(u64::MAX);
        self.clock.borrow_mut().push(now);
        Duration::from_micros(now)
    }

    /// The next request is sent for this.
    pub(super) fn is_for(&self, purpose: Purpose<'_>) {
        let mut of = self.purpose.borrow_mut();
        of.case = purpose.case.map(str::to_owned);
        of.row = purpose.row.map(str::to_owned);
        of.role = purpose.role;
    }

    pub(super) fn write(&self, heard: Heard) {
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
    pub fn goes_out(&self, request: &Request) -> usize {
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
    pub fn comes_back(&self, number: usize, answer: &Result<Response, TargetError>, partial: bool) {
        let body = answer.as_ref().map(|answer| answer.body.as_slice()).unwrap_or_default();
        let outcome = Outcome::of(answer, self.pen.content(body));
        let mut got = Got { number, partial, outcome, leaf: String::new() };
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

    /// Ends the book with what came of the run.
    pub fn end(self, result: Result<&Report, String>) {
        let leaves: Vec<Hash> = self.leaves.borrow().iter().flatten().copied().collect();
        let lines = self.pen.hashed();
        let mut end =
            End { exchanges: self.sent.get(), root: HEXLOWER.encode(&root(&leaves)), lines, ..End::default() };
        match result {
            Ok(report) => {
                end.report = Some(report_digest(report));
                end.verdicts = verdicts(report);
            }
            Err(error) => end.failed = Some(error),
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
        reason: row.reason().or_else(|| found(&row.verdict)).map(|reason| report.mask.prose(reason)),
    };
    report.rows().map(judged).collect()
}

/// What was found against a row that is violated.
fn found(verdict: &Verdict) -> Option<&str> {
    match verdict {
        Verdict::Violated(failure) => Some(&failure.found),
        Verdict::Proved { .. } | Verdict::Inconclusive(_) | Verdict::Unreachable(_) | Verdict::Waived(_) => None,
    }
}
