//! Where lines go: one stream, whole lines, gathered while more are coming.

use std::fmt;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The number of bytes that are gathered before they are written: what a pipe takes at once.
const GATHERED: usize = 64 * 1024;

/// Room for one more line, so that the gathered text seldom grows.
const LINE: usize = 4 * 1024;

/// A stream of lines, shared by those who log.
pub(super) struct Sink {
    gathered: Mutex<Gathered>,
}

/// Lines that wait for their stream.
struct Gathered {
    lines: String,
    out: Box<dyn Write + Send>,
}

impl Gathered {
    fn write(&mut self) {
        // There is nobody to tell if the stream is closed.
        let _ = self.out.write_all(self.lines.as_bytes());
        let _ = self.out.flush();
        self.lines.clear();
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Sink")
    }
}

impl Sink {
    /// A sink that writes to the standard output.
    #[must_use]
    pub(super) fn stdout() -> Self {
        Self::new(std::io::stdout())
    }

    /// A sink that writes to a stream.
    pub(super) fn new(out: impl Write + Send + 'static) -> Self {
        let lines = String::with_capacity(GATHERED + LINE);
        Self { gathered: Mutex::new(Gathered { lines, out: Box::new(out) }) }
    }

    /// Takes a line, as its writer puts it behind those that wait; it is sent with those that follow, or by `flush`.
    pub(super) fn line(&self, write: impl FnOnce(&mut String)) {
        let mut gathered = self.lock();
        write(&mut gathered.lines);
        if gathered.lines.len() >= GATHERED {
            gathered.write();
        }
    }

    /// Sends the lines that wait.
    pub(super) fn flush(&self) {
        let mut gathered = self.lock();
        if !gathered.lines.is_empty() {
            gathered.write();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
