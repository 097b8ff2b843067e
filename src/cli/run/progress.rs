//! What is shown while a run goes on: on a terminal one line that is written over and over, elsewhere a line now and then, so
//! that a log of a CI server shows that something happens.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use etalon_conformance::{Afterwards, Event};
use etalon_contract::document::visible;

/// The shortest and the longest time between two lines where there is no terminal, and the divisor of the time that is gone by then: a
/// long run has fewer lines to the minute, and none seems dead.
const PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const LENGTHENING: u32 = 8;

/// From when on findings are told when they are found: a shorter run has its report at once.
const SHORT: Duration = Duration::from_secs(2);

/// The most findings that are told when they are found: the report has all.
const TOLD: usize = 20;

/// The progress of a run, on the standard error.
pub struct Progress {
    surface: Surface,
    /// The number of findings: rows that are violated by one cause are one.
    findings: usize,
    requests: usize,
    /// The work that goes on, and how much of it is done.
    stage: String,
    /// What is at hand, and the time that is left; empty where that is not known.
    at_hand: String,
    /// The lines of findings from before anything was told.
    untold: Vec<String>,
    began: Instant,
    told: Instant,
    /// The longest time that the run may take, once it is known.
    max_time: Duration,
}

/// The kind of standard error: one line that is written over on a terminal, or lines one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Surface {
    Terminal,
    Lines,
}

impl Progress {
    /// Nothing is shown yet.
    #[must_use]
    pub fn new() -> Self {
        let surface = if std::io::stderr().is_terminal() { Surface::Terminal } else { Surface::Lines };
        let now = Instant::now();
        Self {
            surface,
            findings: 0,
            requests: 0,
            stage: String::new(),
            at_hand: String::new(),
            untold: Vec::new(),
            began: now,
            told: now,
            max_time: Duration::MAX,
        }
    }

    /// Shows an event of the run.
    pub fn show(&mut self, event: &Event<'_>) {
        match event {
            Event::RowViolated { known: true, .. } => {}
            Event::RowViolated { row, found, known: false } => {
                self.findings += 1;
                self.tell(row, found);
            }
            Event::Planned { max_time, .. } => {
                self.max_time = *max_time;
                let time = said(*max_time);
                line(&format!("at most {time} (--max-time)"));
            }
            Event::Exchanged(_) => {
                self.requests += 1;
                // What is learnt before the first row, and what is made ready for one, takes requests as well.
                self.line_if_due();
            }
            Event::RowDecided(_) | Event::Finished(_) => {}
            Event::CredentialsEnded { by } => {
                self.clear();
                line(&format!("the credentials ended; {by} are used from now on"));
            }
            Event::Afterwards { work, done, all } => {
                self.tell_all();
                let work = match work {
                    Afterwards::Shrinking => "making failing requests smaller",
                    Afterwards::Removing => "removing what was made",
                };
                self.stage = format!("{work}: {done} of {all}");
                self.at_hand.clear();
                match self.surface {
                    Surface::Terminal => rewrite(&format!("{work}: {done}/{all}")),
                    Surface::Lines => self.line_if_due(),
                }
            }
            Event::CaseStarted { done, cases, operation, .. } => {
                self.tell_all();
                self.stage = format!("{done} of {cases} cases");
                self.at_hand = format!("; now {operation}; about {} s left", self.left(*done, *cases));
                match self.surface {
                    Surface::Terminal => rewrite(&format!("{done}/{cases} {operation}{}", self.found())),
                    Surface::Lines => self.line_if_due(),
                }
            }
        }
    }

    /// Writes a line where lines are written and the last one is long enough ago; the next is then due after another pause.
    fn line_if_due(&mut self) {
        if self.surface == Surface::Terminal || self.told.elapsed() < pause(self.began.elapsed()) {
            return;
        }
        self.told = Instant::now();
        self.tell_all();
        line(&format!("{}, {} requests{}{}", self.stage, self.requests, self.found(), self.at_hand));
    }

    /// The number of findings, as it stands in a line of progress; nothing where there is none.
    fn found(&self) -> String {
        match self.findings {
            0 => String::new(),
            1 => ", 1 finding".to_owned(),
            some => format!(", {some} findings"),
        }
    }

    /// Tells of something that is found at once, where the run is one to wait for.
    fn tell(&mut self, row: &str, found: &str) {
        if self.findings <= TOLD {
            self.untold.push(format!("found {}: {}", visible(row), visible(found)));
        } else if self.findings == TOLD + 1 {
            self.untold.push("the report has what else is found".to_owned());
        }
        self.tell_all();
    }

    fn tell_all(&mut self) {
        if self.untold.is_empty() || self.began.elapsed() < SHORT {
            return;
        }
        self.clear();
        for text in self.untold.drain(..) {
            line(&text);
        }
    }

    /// The seconds that the cases that are left will take, if they take as long as those before; no more than the run may.
    fn left(&self, done: usize, cases: usize) -> u64 {
        let (done, left) = (done.max(1), cases.saturating_sub(done));
        let gone = self.began.elapsed();
        let reckoned = u64::try_from(u128::from(gone.as_secs()) * left as u128 / done as u128).unwrap_or(u64::MAX);
        reckoned.min(self.max_time.saturating_sub(gone).as_secs())
    }

    /// Takes away what is shown.
    pub fn clear(&self) {
        if self.surface == Surface::Terminal {
            rewrite("");
        }
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

/// The time between two lines once so much time is gone.
fn pause(gone: Duration) -> Duration {
    (gone / LENGTHENING).clamp(PAUSE, LONGEST_PAUSE)
}

/// A time in words.
fn said(time: Duration) -> String {
    let seconds = time.as_secs();
    let (number, unit) = if seconds.is_multiple_of(60) { (seconds / 60, "minute") } else { (seconds, "second") };
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

/// Writes a line of progress. There is nobody to tell if the stream is closed.
fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn rewrite(text: &str) {
    let mut out = std::io::stderr();
    // To the start of the line, the text, and nothing behind it (ECMA-48 CSI K).
    let _ = write!(out, "\r{text}\u{1b}[K");
    let _ = out.flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_every_few_seconds_at_first_and_later_seldom() {
        let lines = |minutes: u64| {
            let (mut gone, mut lines) = (Duration::ZERO, 0);
            while gone < Duration::from_secs(60 * minutes) {
                gone += pause(gone);
                lines += 1;
            }
            lines
        };
        assert_eq!(pause(Duration::from_secs(20)), Duration::from_secs(5));
        assert!(lines(1) >= 10 && lines(5) <= 30 && lines(10) <= 40, "{} {} {}", lines(1), lines(5), lines(10));
    }
}
