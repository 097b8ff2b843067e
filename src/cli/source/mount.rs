//! Which documents a mock serves, and where: those that are named, at their servers' paths, and those that are mounted.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use etalon_contract::model::BasePath;

use crate::cli::source::contracts::load_at;
use crate::cli::source::open::Reader;
use crate::cli::{Failure, Loaded, Named, Reading};

/// A document, and the path that it is served at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The path, in place of that of the document's servers.
    pub path: BasePath,
    /// The file or URL of the document.
    pub document: Named,
}

impl Mount {
    /// Reads the value of the flag: `PATH=FILE`, or `PATH=URL`.
    ///
    /// # Errors
    /// A fragment saying what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (path, document) = text
            .split_once('=')
            .filter(|(path, document)| !path.contains("://") && !document.is_empty())
            .ok_or_else(|| "write PATH=FILE, such as /v2=api.yaml".to_owned())?;
        let path = BasePath::parse(path).map_err(|error| error.to_string())?;
        Ok(Self { path, document: Named::parse(OsString::from(document))? })
    }
}

/// Loads what is named, then what is mounted.
///
/// # Errors
/// A document cannot be used, or is served at the same path twice.
pub fn load_all(contracts: &[Named], mounts: &[Mount], reading: &Reading) -> Result<Vec<Loaded>, Failure> {
    let reader = reading.reader(contracts.iter().chain(mounts.iter().map(|mount| &mount.document)));
    load_all_by(&reader, contracts, mounts)
}

/// The same by a reader that may have read them before: what was fetched stays as it is, files are read anew.
///
/// # Errors
/// A document cannot be used, or is served at the same path twice.
pub fn load_all_by(reader: &Reader, contracts: &[Named], mounts: &[Mount]) -> Result<Vec<Loaded>, Failure> {
    let named = contracts.iter().map(|document| (document, None));
    let mounted = mounts.iter().map(|mount| (&mount.document, Some(&mount.path)));
    let mut loaded = Vec::new();
    let mut known = BTreeMap::new();
    for (document, path) in named.chain(mounted) {
        let one = load_at(document, reader, path)?;
        let base = one.contract.base().to_owned();
        if let Some(first) = known.insert((base.clone(), identity(document)), one.name.clone()) {
            let base = if base.is_empty() { "/" } else { &base };
            return Err(Failure::usage(
                format!("{first} would be served at {base} twice"),
                Some(&format!("give one of the two another path: --mount /other={first}")),
            ));
        }
        loaded.push(one);
    }
    Ok(loaded)
}

/// The identity of a document, however it is named.
fn identity(document: &Named) -> PathBuf {
    match document {
        Named::File(path) => fs::canonicalize(path).unwrap_or_else(|_| path.clone()),
        Named::Remote(url) => PathBuf::from(url.as_str()),
        Named::Stdin => PathBuf::from("-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_is_a_path_and_a_document() {
        for (text, path, document) in [
            ("/v2=api.yaml", "/v2", "api.yaml"),
            ("v2/=a=b.yaml", "/v2", "a=b.yaml"),
            ("/=api.yaml", "", "api.yaml"),
            ("=api.yaml", "", "api.yaml"),
            ("/x=http://h.example/a?b=c", "/x", "http://h.example/a?b=c"),
        ] {
            let mount = Mount::parse(text).expect("it is one");
            assert_eq!((mount.path.as_str(), mount.document.to_string().as_str()), (path, document), "{text}");
        }
        for wrong in
            ["api.yaml", "/v2", "/v2=", "http://h.example/a=api.yaml", "/{a}=api.yaml", "/..=api.yaml", "/v2=ftp://x/y"]
        {
            assert!(Mount::parse(wrong).is_err(), "{wrong}");
        }
    }
}
