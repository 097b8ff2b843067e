//! A document as the user names it on the command line: a file, or a URL.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::cli::source::remote::RemoteUrl;

/// A document as the user names it. Naming a URL is the consent to ask its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A file on this machine.
    File(PathBuf),
    /// A document at a URL.
    Remote(RemoteUrl),
    /// Whatever comes on the standard input, named `-`.
    Stdin,
}

impl Named {
    /// Reads a name: whatever has `://` in it is a URL.
    ///
    /// # Errors
    /// A fragment saying why nothing is fetched from that URL.
    pub fn parse(name: OsString) -> Result<Self, String> {
        match name.to_str() {
            Some(text) if text.contains("://") => RemoteUrl::parse(text).map(Self::Remote),
            Some("-") => Ok(Self::Stdin),
            Some("") => Err("an empty name is no file".to_owned()),
            Some(_) | None => Ok(Self::File(PathBuf::from(name))),
        }
    }
}

impl From<&Path> for Named {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl fmt::Display for Named {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(out, "{}", path.display()),
            Self::Remote(url) => write!(out, "{url}"),
            Self::Stdin => out.write_str("<stdin>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_has_a_scheme_and_slashes_is_a_url_and_all_else_a_file() {
        for (text, is_remote) in [
            ("api.yaml", false),
            ("./a:b.yaml", false),
            (r"C:\api.yaml", false),
            ("https:api.yaml", false),
            ("https://x.org/api.yaml", true),
            ("HTTP://x.org", true),
        ] {
            let named = Named::parse(OsString::from(text)).expect("it is a name");
            assert_eq!(matches!(named, Named::Remote(_)), is_remote, "{text}");
        }
        for wrong in ["", "file:///api.yaml", "https://"] {
            assert!(Named::parse(OsString::from(wrong)).is_err(), "{wrong}");
        }
    }
}
