//! The files that a document may refer to: regular files below one root folder, and nothing else. Symbolic links are
//! followed first and judged by where they lead.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use etalon_contract::document::{Files, Supplied, Unsupplied};

/// The largest file that is read: far above any real document, and still readable.
pub const MAX_FILE_BYTES: u64 = 256 << 20;

/// Files on disk, relative to an entry document's folder, bounded by a root folder.
#[derive(Clone, Debug)]
pub struct DiskFiles {
    folder: PathBuf,
    root: PathBuf,
}

impl DiskFiles {
    /// The files beside and below an entry document; `root` widens that to another folder.
    ///
    /// # Errors
    /// One of the folders does not exist or cannot be entered.
    pub fn of(entry: &Path, root: Option<&Path>) -> io::Result<Self> {
        let folder = match entry.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let folder = folder.canonicalize()?;
        let root = match root {
            Some(root) => root.canonicalize()?,
            None => folder.clone(),
        };
        Ok(Self { folder, root })
    }

    /// The path that a name leads to, by names alone.
    fn plain(&self, name: &str) -> PathBuf {
        let mut path = PathBuf::new();
        for component in self.folder.join(name).components() {
            match component {
                Component::ParentDir => {
                    path.pop();
                }
                Component::CurDir => {}
                Component::Prefix(_) | Component::RootDir | Component::Normal(_) => path.push(component),
            }
        }
        path
    }

    fn outside(&self, name: &str) -> String {
        format!("the file {name} is outside the folder {}", self.root.display())
    }

    /// The folder that holds the root and a file as well, where that is not everything there is.
    fn wider(&self, name: &str) -> Option<PathBuf> {
        let target = self.plain(name);
        let common = self.root.ancestors().find(|folder| target.starts_with(folder))?;
        common.parent().is_some().then(|| common.to_owned())
    }
}

impl Files for DiskFiles {
    fn permit(&self, name: &str) -> Result<(), String> {
        if has_scheme(name) {
            return Err(format!("{name} is remote, and nothing is fetched"));
        }
        if name.contains('\0') || !self.plain(name).starts_with(&self.root) {
            return Err(self.outside(name));
        }
        match self.folder.join(name).canonicalize() {
            Ok(path) if !path.starts_with(&self.root) => Err(self.outside(name)),
            // What is not there or cannot be entered is for reading to say.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    fn supply(&self, name: &str) -> Result<Supplied, Unsupplied> {
        self.permit(name).map_err(|reason| match self.wider(name).filter(|_| !has_scheme(name)) {
            Some(folder) => {
                Unsupplied::forbidden(reason).hint(format!("widen the folder with `--root {}`", folder.display()))
            }
            None => Unsupplied::forbidden(reason),
        })?;
        self.read(name).map(Supplied::from).map_err(Unsupplied::broken)
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        let path = self.folder.join(name).canonicalize().map_err(|error| why(&format!("file {name}"), &error))?;
        if !path.starts_with(&self.root) {
            return Err(self.outside(name));
        }
        // Asked before opening, because opening a pipe waits for a writer.
        let kind = fs::metadata(&path).map_err(|error| why(name, &error))?;
        if !kind.is_file() {
            return Err(format!(
                "{name} is {}, not a file",
                if kind.is_dir() { "a folder" } else { "a device or pipe" }
            ));
        }
        let file = File::open(&path).map_err(|error| why(name, &error))?;
        read_bounded(file, name)
    }
}

/// The bytes of a file that the user named: a regular file, or a pipe such as the shell's `<(…)`.
///
/// # Errors
/// One sentence fragment saying why it cannot be read.
pub fn read_named(path: &Path) -> Result<Vec<u8>, String> {
    let kind = fs::metadata(path).map_err(|error| why("such file", &error))?;
    if kind.is_dir() {
        return Err("this is a folder, not a file".to_owned());
    }
    read_bounded(File::open(path).map_err(|error| why("such file", &error))?, "this file")
}

/// The bytes of the standard input, to its end.
///
/// # Errors
/// One sentence fragment saying why it cannot be read, or that nothing came.
pub fn read_stdin() -> Result<Vec<u8>, String> {
    let bytes = read_bounded(io::stdin().lock(), "the standard input")?;
    if bytes.is_empty() { Err("nothing came on the standard input".to_owned()) } else { Ok(bytes) }
}

fn read_bounded(file: impl Read, name: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| why(name, &error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_FILE_BYTES) {
        return Err(format!("{name} is larger than {} MB", MAX_FILE_BYTES >> 20));
    }
    Ok(bytes)
}

fn why(what: &str, error: &io::Error) -> String {
    let kind = error.kind();
    if kind == io::ErrorKind::NotFound {
        format!("there is no {what}")
    } else if kind == io::ErrorKind::PermissionDenied {
        format!("reading is not allowed: {error}")
    } else {
        format!("it cannot be read: {error}")
    }
}

/// A name of one letter before a colon is a drive.
fn has_scheme(name: &str) -> bool {
    name.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own for each test, gone when the test is.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("etalon-files-{}-{name}", std::process::id()));
            fs::create_dir_all(path.join("api/parts")).expect("a folder can be made");
            fs::write(path.join("api/parts/a.yaml"), "a: 1").expect("it can be written");
            fs::write(path.join("secret.yaml"), "s: 1").expect("it can be written");
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn only_regular_files_below_the_root_are_read() {
        let folder = Folder::new("below");
        let files = DiskFiles::of(&folder.0.join("api/api.yaml"), None).expect("the folder is there");
        assert_eq!(files.permit("parts/a.yaml"), Ok(()));
        assert_eq!(files.read("parts/a.yaml"), Ok(b"a: 1".to_vec()));
        for outside in [
            "../secret.yaml",
            "parts/../../secret.yaml",
            "/etc/passwd",
            "http://x.org/a",
            "file:///etc/passwd",
            "../nothing",
        ] {
            assert!(files.permit(outside).is_err(), "{outside}");
        }
        assert!(files.read("../secret.yaml").is_err());
        let hint = files.supply("../secret.yaml").expect_err("it is outside").hint.expect("there is a way");
        let root = folder.0.canonicalize().expect("it is there");
        assert_eq!(hint, format!("widen the folder with `--root {}`", root.display()));
        assert_eq!(files.supply("/etc/passwd").expect_err("it is outside").hint, None, "not the whole machine");
        assert!(files.read("parts").expect_err("a folder").contains("folder"));
        assert_eq!(files.read("parts/b.yaml"), Err("there is no file parts/b.yaml".to_owned()));
        let wider = DiskFiles::of(&folder.0.join("api/api.yaml"), Some(&folder.0)).expect("the folder is there");
        assert_eq!(wider.permit("../secret.yaml"), Ok(()));
        assert_eq!(wider.read("../secret.yaml"), Ok(b"s: 1".to_vec()));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_judged_by_where_they_lead() {
        let folder = Folder::new("links");
        let link = |target: &str, name: &str| {
            std::os::unix::fs::symlink(target, folder.0.join("api").join(name)).expect("a link can be made");
        };
        link("../secret.yaml", "out.yaml");
        link("parts/a.yaml", "in.yaml");
        link("loop.yaml", "loop.yaml");
        link("/dev/zero", "zero.yaml");
        let files = DiskFiles::of(&folder.0.join("api/api.yaml"), None).expect("the folder is there");
        assert!(files.permit("out.yaml").is_err());
        assert!(files.read("out.yaml").is_err());
        assert!(files.read("zero.yaml").is_err());
        assert!(files.read("loop.yaml").is_err());
        assert_eq!(files.read("in.yaml"), Ok(b"a: 1".to_vec()));
    }
}
