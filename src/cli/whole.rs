//! Files and streams that are written whole or not at all: a file under another name first, which takes the place of the old
//! one when all of it is on the disk; a stream to its end, or that is an error.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A check that a file can be written, with the removal of an older one: nobody takes that for the result of this run.
///
/// # Errors
/// Why it cannot be written; then an older one is still there.
pub(super) fn begin(path: &Path) -> io::Result<()> {
    if is_special(path) {
        return OpenOptions::new().write(true).open(path).map(drop);
    }
    let path = &resolved(path);
    if path.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    let beside = beside(path);
    OpenOptions::new().write(true).create(true).truncate(true).open(&beside)?;
    fs::remove_file(&beside)?;
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes a file whole.
///
/// # Errors
/// Why not; then there is no file of that name, or the one that was there.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    if is_special(path) {
        return OpenOptions::new().write(true).open(path)?.write_all(text.as_bytes());
    }
    let path = &resolved(path);
    let beside = beside(path);
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    })();
    if written.is_err() {
        // It is of no use to anybody; if it cannot go, there is nothing else to be done about it.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Writes a text to a stream, to its end. A reader that has gone wanted no more, so that is no error.
///
/// # Errors
/// Why it cannot be written: a full disk, mostly.
pub(super) fn print(stream: impl Write, text: &str) -> io::Result<()> {
    print_bytes(stream, text.as_bytes())
}

/// The same of bytes.
///
/// # Errors
/// As for [`print`].
pub(super) fn print_bytes(mut stream: impl Write, bytes: &[u8]) -> io::Result<()> {
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// A device, a pipe, a socket: what cannot be replaced by a file.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|data| !data.is_file() && !data.is_dir())
}

/// The path that a link leads to, so that the file is replaced and not the link.
fn resolved(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// A name of this process alone, in the same folder, so that renaming is one step.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("etalon-whole-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_else_is_left() {
        let folder = folder("replaced");
        let file = folder.join("report.json");
        fs::write(&file, "old").expect("a file");
        begin(&file).expect("it can be written");
        assert_eq!(names(&folder), Vec::<String>::new(), "the old one does not look new");
        write(&file, "new").expect("it can be written");
        assert_eq!(
            (names(&folder), fs::read_to_string(&file).expect("a file")),
            (vec!["report.json".into()], "new".into())
        );
    }

    #[cfg(unix)]
    #[test]
    fn devices_and_links_stay_what_they_are() {
        let folder = folder("special");
        let (file, link) = (folder.join("file"), folder.join("link"));
        fs::write(&file, "old").expect("a file");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        write(&link, "new").expect("it can be written");
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).expect("a file"), "new");
        write(Path::new("/dev/null"), "x").expect("it can be written");
        assert!(!Path::new("/dev/null").is_file());
        assert!(write(Path::new("/dev/full"), "x").is_err());
    }

    #[test]
    fn what_cannot_be_written_is_told_before_the_run() {
        let folder = folder("unwritable");
        assert!(begin(&folder).is_err(), "it is a folder");
        assert!(begin(&folder.join("none").join("report.json")).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_and_a_reader_that_went_is_none() {
        assert!(print(OpenOptions::new().write(true).open("/dev/full").expect("it is there"), "x").is_err());
        let (reader, writer) = io::pipe().expect("a pipe");
        drop(reader);
        assert!(print(writer, "x").is_ok());
    }
}
