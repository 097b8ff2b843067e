//! From the entry file to every file that it refers to, and everything in them that calls itself by a name. Only files
//! whose text shows references to elsewhere, or names, are walked at all.

use std::collections::VecDeque;

use serde_json::Value;

use crate::document::noticed::{Noticed, notice};
use crate::document::parsed::Oddities;
use crate::document::reference::Targets;
use crate::document::{
    Diagnostic, File, FileId, Files, Location, Pointer, Role, Source, Unsupplied, Version, source, uri,
};

/// The most files that one document may have; the largest known has 1,500.
const MAX_FILES: usize = 20_000;

/// The most bytes that all files of one document may have together.
const MAX_BYTES: usize = 256 << 20;

/// Reads the files that the first one refers to, and those that they refer to, after the ones that are there already.
/// What cannot be read is remembered and reported where it is used.
pub(super) fn gather(
    files: &mut Vec<File>,
    version: Version,
    supply: &dyn Files,
    noticed: &mut Vec<Noticed>,
) -> Targets {
    let mut targets = Targets::default();
    let mut waiting: VecDeque<usize> = VecDeque::from([0]);
    let mut bytes: usize = files.iter().map(|file| file.text.len()).sum();
    targets.files.insert(files[0].path.clone(), Ok(FileId(0)));
    // A fragment of another version has names of its own, but then the entry file refers to elsewhere.
    let names = match version {
        Version::Swagger2 | Version::OpenApi30 => Names::Ignored,
        Version::OpenApi31 | Version::OpenApi32 => Names::Known,
    };
    let overlaid = files.iter().any(|file| file.role == Role::Overlay && looks_outside(&file.text, names));
    while let Some(number) = waiting.pop_front() {
        if !(looks_outside(&files[number].text, names) || number == 0 && overlaid) {
            continue;
        }
        let id = file_id(number);
        let mut scan =
            Scan { id, names, path: Vec::new(), wanted: Vec::new(), targets: &mut targets, has_names: false };
        let base = files[number].base.clone();
        scan.node(&files[number].value, &base);
        let (wanted, has_names) = (scan.wanted, scan.has_names);
        files[number].has_ids = has_names || base != files[number].path;
        if files[number].has_ids {
            targets.files.entry(base.clone()).or_insert(Ok(id));
        }
        for (base, resource) in wanted {
            let joined = uri::join(&base, &resource);
            if targets.files.contains_key(&joined) || targets.ids.contains_key(&joined) {
                continue;
            }
            // A name that is only known by its `$id` or `$self` may still be a file beside this one.
            let beside = uri::join(&files[number].path, &resource);
            // A file beside one that was read from disk goes before what a network would have to be asked for.
            let tried = if uri::is_url(&beside) { [joined, beside] } else { [beside, joined] };
            for path in tried {
                if targets.files.contains_key(&path) {
                    continue;
                }
                let before = files.len();
                let read = add(&path, files, &mut bytes, &mut targets, supply, noticed);
                waiting.extend(before..files.len());
                let found = read.is_ok();
                targets.files.insert(path, read);
                if found {
                    break;
                }
            }
        }
    }
    targets
}

/// Reads the file at a path and adds it to the files and their bytes, if it is none of them: several URLs may lead to one.
fn add(
    path: &str,
    files: &mut Vec<File>,
    bytes: &mut usize,
    targets: &mut Targets,
    supply: &dyn Files,
    noticed: &mut Vec<Noticed>,
) -> Result<FileId, Unsupplied> {
    if files.len() >= MAX_FILES || *bytes >= MAX_BYTES {
        return Err(Unsupplied::forbidden("the document has too many files"));
    }
    let (file, oddities) = fetch(path, &files[0], supply)?;
    if let Some(Ok(known)) = targets.files.get(&file.path) {
        return Ok(*known);
    }
    let id = file_id(files.len());
    *bytes += file.text.len();
    notice(id, &oddities, noticed);
    targets.files.insert(file.path.clone(), Ok(id));
    files.push(file);
    Ok(id)
}

fn file_id(number: usize) -> FileId {
    FileId(u32::try_from(number).expect("MAX_FILES is far below that"))
}

fn fetch(path: &str, entry: &File, files: &dyn Files) -> Result<(File, Oddities), Unsupplied> {
    let name = if uri::has_scheme(path) { path.to_owned() } else { uri::decode(path).into_owned() };
    let supplied = files.supply(&name)?;
    let found = supplied.found_at.as_deref().unwrap_or(path);
    let shown = match (&supplied.found_at, entry.name.rfind(['/', '\\'])) {
        (Some(found), _) => found.clone(),
        (None, Some(slash)) if !uri::has_scheme(&name) && !name.starts_with('/') => {
            format!("{}{name}", &entry.name[..=slash])
        }
        (None, _) => name,
    };
    let (text, parsed) =
        source::read(Source { name: &shown, bytes: &supplied.bytes }).map_err(|problem: Box<Diagnostic>| {
            let broken = Unsupplied::broken(format!("{}: {}", shown, problem.reason));
            Unsupplied { hint: problem.hint, ..broken }
        })?;
    let mut file = File::new(&shown, text, parsed.value, Role::Part);
    file.set_path(found);
    file.asked = supplied.found_at.is_some().then(|| path.to_owned());
    Ok((file, parsed.oddities))
}

/// The meaning of names such as `$id` in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    /// Before OpenAPI 3.1 they are properties like any other.
    Ignored,
    /// They can be referred to.
    Known,
}

/// True where a text may hold references to elsewhere, or names that references use. A `$` written as an escape is not
/// seen; what it would have led to is reported as unknown.
fn looks_outside(text: &str, names: Names) -> bool {
    text.match_indices('$').any(|(start, _)| {
        let rest = &text[start + 1..];
        match rest.strip_prefix("ref") {
            Some(rest) => !rest.trim_start_matches(['"', '\'', ' ', ':', '\t', '\n', '\r']).starts_with('#'),
            None => {
                names == Names::Known
                    && ["id", "anchor", "dynamicAnchor", "self"].iter().any(|name| rest.starts_with(name))
            }
        }
    })
}

/// One step from a node to its child.
enum Step<'v> {
    Key(&'v str),
    Index(usize),
}

struct Scan<'s, 'v> {
    id: FileId,
    names: Names,
    path: Vec<Step<'v>>,
    wanted: Vec<(String, String)>,
    targets: &'s mut Targets,
    has_names: bool,
}

impl<'v> Scan<'_, 'v> {
    fn here(&self) -> Location {
        let pointer = self.path.iter().fold(Pointer::root(), |pointer, step| match step {
            Step::Key(key) => pointer.join(key),
            Step::Index(index) => pointer.index(*index),
        });
        Location { file: self.id, pointer }
    }

    fn node(&mut self, node: &'v Value, base: &str) {
        match node {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.path.push(Step::Index(index));
                    self.node(item, base);
                    self.path.pop();
                }
            }
            Value::Object(members) => {
                let mut inner = None;
                let named = |keyword: &str| members.get(keyword).and_then(Value::as_str);
                let known = self.names == Names::Known;
                if let Some(id) = named("$id").filter(|_| known) {
                    let own = uri::join(base, uri::split(id).0);
                    let here = self.here();
                    self.targets.ids.entry(own.clone()).or_insert(here);
                    self.has_names = true;
                    inner = Some(own);
                }
                let base = inner.as_deref().unwrap_or(base);
                for keyword in ["$anchor", "$dynamicAnchor"] {
                    if let Some(name) = named(keyword).filter(|_| known) {
                        let here = self.here();
                        self.targets.anchors.entry((base.to_owned(), name.to_owned())).or_insert(here);
                        self.has_names = true;
                    }
                }
                if let Some(reference) = named("$ref") {
                    let (resource, _) = uri::split(reference);
                    if !resource.is_empty() {
                        self.wanted.push((base.to_owned(), resource.to_owned()));
                    }
                }
                for (key, value) in members {
                    if value.is_object() || value.is_array() {
                        self.path.push(Step::Key(key));
                        self.node(value, base);
                        self.path.pop();
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}
