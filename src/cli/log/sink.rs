//! Where lines go: one stream, whole lines, gathered while more are coming.

use std::fmt;
use std::io::{BufWriter, Write};
use std::sync::{Mutex, PoisonError};

/// The most bytes that are gathered before they are written: what a pipe takes at once.
const GATHERED: usize = 64 * 1024;

/// A stream of lines, shared by those who log.
pub(super) struct Sink {
    out: Mutex<BufWriter<Box<dyn Write + Send>>>,
}

impl fmt::Debug for Sink {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Sink")
    }
}

impl Sink {
    /// The standard output.
    #[must_use]
    pub(super) fn stdout() -> Self {
        Self::new(std::io::stdout())
    }

    /// Any stream.
    pub(super) fn new(out: impl Write + Send + 'static) -> Self {
        Self { out: Mutex::new(BufWriter::with_capacity(GATHERED, Box::new(out))) }
    }

    /// Takes a line; it is written with those that follow, or by `flush`.
    pub(super) fn line(&self, line: &str) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // There is nobody to tell if the stream is closed.
        let _ = out.write_all(line.as_bytes());
    }

    /// Writes what was taken.
    pub(super) fn flush(&self) {
        let _ = self.out.lock().unwrap_or_else(PoisonError::into_inner).flush();
    }
}
