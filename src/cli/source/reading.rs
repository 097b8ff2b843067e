//! The flags of every command that reads documents: what is laid over them, and what they may refer to.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::cli::source::open::Reader;
use crate::cli::source::remote::{Remote, RemoteHost};
use crate::cli::{Failure, Named};

/// The flags about reading documents, of all commands that do.
#[derive(Args, Clone, Debug, Default)]
pub struct Reading {
    /// An OpenAPI Overlay to apply to each document, after NAME.overlay.yaml beside it
    #[arg(long, value_name = "FILE|URL", value_parser = named())]
    pub overlay: Vec<Named>,

    /// Follow references to files below this folder, instead of the document's own
    #[arg(long, value_name = "FOLDER")]
    pub root: Option<PathBuf>,

    /// Follow references to this host, by http and https; others are reported and never asked
    #[arg(long, value_name = "HOST[:PORT]", value_parser = RemoteHost::parse)]
    pub allow_remote: Vec<RemoteHost>,
}

/// The parser of a document's name, for clap.
#[must_use]
pub fn named() -> impl TypedValueParser<Value = Named> {
    OsStringValueParser::new().try_map(Named::parse)
}

impl Reading {
    /// Reads these documents, and what they refer to. A URL that is named is the consent to ask its host.
    #[must_use]
    pub fn reader<'n>(&self, documents: impl IntoIterator<Item = &'n Named>) -> Reader {
        let host = |named: &Named| match named {
            Named::Remote(url) => Some(url.host()),
            Named::File(_) | Named::Stdin => None,
        };
        let mut allowed = self.allow_remote.clone();
        allowed.extend(documents.into_iter().filter_map(host));
        allowed.extend(self.overlay.iter().filter_map(host));
        Reader::new(self.overlay.clone(), self.root.clone(), Remote::new(allowed))
    }

    /// Refuses flags that say how to read documents where none is named: those that come with Etalon need none of them.
    ///
    /// # Errors
    /// A flag is given; the hint is how `command` names a contract.
    pub fn without_documents(&self, command: &str) -> Result<(), Failure> {
        let given = [
            (!self.overlay.is_empty(), "--overlay"),
            (self.root.is_some(), "--root"),
            (!self.allow_remote.is_empty(), "--allow-remote"),
        ];
        let Some((_, flag)) = given.iter().find(|(given, _)| *given) else { return Ok(()) };
        Err(Failure::usage(
            format!("{flag} needs a contract to apply it to"),
            Some(&format!("name the contract: etalon {command} api.yaml {flag} ...")),
        ))
    }
}
