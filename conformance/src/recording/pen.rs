//! The pen: lines of one file, hashed and put into frames as they come.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::io::{self, Write};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::recording::entry::{Content, Entry, FORMAT, Head, Heard, digest, line};
use crate::recording::frames::Lines;

/// The number of letters of a run's name that each line carries.
pub(super) const TAG: usize = 8;

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

    pub(super) fn flush(&self) {
        let Some(frame) = self.lines.borrow_mut().take() else { return };
        if self.failed.borrow().is_some() {
            return;
        }
        if let Err(error) = self.out.borrow_mut().write_all(&frame) {
            self.failed.replace(Some(error));
        }
    }

    /// Writes a line.
    pub(super) fn write(&self, heard: Heard, clock: Vec<u64>) {
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

    pub(super) fn entry(&self, heard: Heard, clock: Vec<u64>) -> Entry {
        Entry { clock, run: self.name[..TAG].to_owned(), heard }
    }

    /// The digest of content, which is written where it was not before; `None` for none.
    pub(super) fn content(&self, bytes: &[u8]) -> Option<String> {
        if bytes.is_empty() {
            return None;
        }
        let digest = digest(bytes);
        if self.contents.borrow_mut().insert(digest.clone()) {
            self.write(Heard::Content(Content::of(bytes)), Vec::new());
        }
        Some(digest)
    }

    /// Begins the hash of the lines of a run.
    pub(super) fn begins(&self) {
        self.hash.replace(Sha256::new());
    }

    /// The hash of the lines of the run so far.
    pub(super) fn hashed(&self) -> String {
        HEXLOWER.encode(&self.hash.borrow().clone().finalize())
    }
}
