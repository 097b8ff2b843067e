//! Files, and whether they have changed since they were last looked at.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::cli::source::files::read_named;

/// The state of a file when it was last looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stamp {
    /// The time of its last change, and its length in bytes; `None` where there was no file.
    told: Option<(SystemTime, u64)>,
    /// A sum over its bytes.
    sum: u64,
}

impl Stamp {
    fn of(path: &Path) -> Self {
        let told = std::fs::metadata(path).ok().and_then(|kind| Some((kind.modified().ok()?, kind.len())));
        let mut hasher = DefaultHasher::new();
        // What cannot be read is like what is not there.
        read_named(path).ok().hash(&mut hasher);
        Self { told, sum: hasher.finish() }
    }
}

/// Files with what they were.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    files: Vec<(PathBuf, Stamp)>,
}

impl Stamps {
    /// Goes on with these files, which need not be there. What is known of one was seen before it was read, so a change since
    /// then is still seen as one; a file that is new here is looked at now.
    pub(super) fn follow(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        let mut files: Vec<(PathBuf, Stamp)> = Vec::new();
        for path in paths {
            if files.iter().any(|(known, _)| *known == path) {
                continue;
            }
            let seen = self.files.iter().find(|(known, _)| *known == path).map(|(_, stamp)| *stamp);
            let stamp = seen.unwrap_or_else(|| Stamp::of(&path));
            files.push((path, stamp));
        }
        self.files = files;
    }

    /// Looks again, and says whether any is another than before.
    pub(super) fn have_changed(&mut self) -> bool {
        let mut changed = false;
        for (path, stamp) in &mut self.files {
            let now = Stamp::of(path);
            changed |= now.sum != stamp.sum || now.told.is_some() != stamp.told.is_some();
            *stamp = now;
        }
        changed
    }

    /// The folders in which they are or would be, and those that links lead to.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        let folder = |path: &Path| match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            Some(_) | None => PathBuf::from("."),
        };
        let mut found: Vec<PathBuf> = Vec::new();
        for (path, _) in &self.files {
            let real = path.canonicalize().ok().map(|real| folder(&real));
            for folder in std::iter::once(folder(path)).chain(real) {
                if !found.contains(&folder) {
                    found.push(folder);
                }
            }
        }
        found
    }
}
