//! Where the bytes of files come from: asked of whoever calls, because this package touches no file and no network.

use crate::document::Code;

/// Whoever supplies the bytes of files: the edge of the program, or a test. Names are as the user or a `$ref` wrote
/// them, relative to the entry document's folder, or URLs.
pub trait Files {
    /// The bytes of one file.
    ///
    /// # Errors
    /// One sentence fragment saying why the file cannot be read.
    fn read(&self, name: &str) -> Result<Vec<u8>, String>;

    /// The permission to read a file; asked before [`Files::read`].
    ///
    /// # Errors
    /// One sentence fragment saying why it may not.
    fn permit(&self, _name: &str) -> Result<(), String> {
        Ok(())
    }

    /// Both in one, told in full: where the file was really found, and what to do where it was not. This is what is asked.
    ///
    /// # Errors
    /// Why there is nothing, and what to do about it.
    fn supply(&self, name: &str) -> Result<Supplied, Unsupplied> {
        self.permit(name).map_err(Unsupplied::forbidden)?;
        self.read(name).map(Supplied::from).map_err(Unsupplied::broken)
    }
}

/// The bytes of a file, with the name that messages use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplied {
    /// The bytes as they are.
    pub bytes: Vec<u8>,
    /// The URL where they were found, where that is not the one that was asked for: the references in them are relative
    /// to it (RFC 3986 §5.1.3).
    pub found_at: Option<String>,
}

impl From<Vec<u8>> for Supplied {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, found_at: None }
    }
}

/// The reason why there are no bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupplied {
    /// The kind of refusal: the file may not be read, or it cannot be.
    pub code: Code,
    /// The reason: a lower-case fragment without a full stop.
    pub reason: String,
    /// The remedy, where one is known.
    pub hint: Option<String>,
}

impl Unsupplied {
    /// It may not be read.
    #[must_use]
    pub fn forbidden(reason: impl Into<String>) -> Self {
        Self { code: Code::ForbiddenReference, reason: reason.into(), hint: None }
    }

    /// It may be read, but cannot.
    #[must_use]
    pub fn broken(reason: impl Into<String>) -> Self {
        Self { code: Code::BrokenReference, reason: reason.into(), hint: None }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// No files besides the one at hand: for documents that are compiled in.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn permit(&self, name: &str) -> Result<(), String> {
        Err(format!("the file {name} is outside this document"))
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        Err(format!("the file {name} is outside this document"))
    }
}
