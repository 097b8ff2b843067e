//! What is shown while a run goes on: on a terminal one line that is written over and over, elsewhere a line now and then, so
//! that a log of a CI server shows that something happens.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use etalon_conformance::Event;

/// How often a line is written where there is no terminal.
const PAUSE: Duration = Duration::from_secs(10);

/// The progress of a run, on the standard error.
pub struct Progress {
    surface: Surface,
    violated: usize,
    told: Instant,
}

/// What it is shown on.
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
        Self { surface, violated: 0, told: Instant::now() }
    }

    /// Shows an event of the run.
    pub fn show(&mut self, event: &Event<'_>) {
        match event {
            Event::RowViolated { .. } => self.violated += 1,
            Event::Planned { max_time, .. } => {
                let time = said(*max_time);
                // There is nobody to tell if the stream is closed.
                let _ = writeln!(
                    std::io::stderr(),
                    "at most {time}, longer only while rows are still being won (--max-time)"
                );
            }
            Event::Exchanged(_) | Event::RowDecided(_) | Event::Finished(_) => {}
            Event::CaseStarted { done, cases, operation, .. } => {
                let violated = match self.violated {
                    0 => String::new(),
                    some => format!(", {some} violated"),
                };
                match self.surface {
                    Surface::Terminal => rewrite(&format!("{done}/{cases} {operation}{violated}")),
                    Surface::Lines if self.told.elapsed() >= PAUSE => {
                        self.told = Instant::now();
                        // There is nobody to tell if the stream is closed.
                        let _ = writeln!(std::io::stderr(), "{done} of {cases} cases{violated}; now {operation}");
                    }
                    Surface::Lines => {}
                }
            }
        }
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

/// A time in words.
fn said(time: Duration) -> String {
    let seconds = time.as_secs();
    let (number, unit) = if seconds.is_multiple_of(60) { (seconds / 60, "minute") } else { (seconds, "second") };
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

fn rewrite(text: &str) {
    let mut out = std::io::stderr();
    // To the start of the line, the text, and nothing behind it (ECMA-48 CSI K).
    let _ = write!(out, "\r{text}\u{1b}[K");
    let _ = out.flush();
}
