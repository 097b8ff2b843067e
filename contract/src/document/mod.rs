//! Bytes -> one resolved document. The document stays a JSON value exactly as written (after its overlays); every node
//! is addressed by file and JSON pointer, and every diagnostic gets its line and column here. This floor knows nothing
//! of operations.
//!
//! A node has a `location`: a file and a `pointer`. What is wrong with one is a `diagnostic`. `read` loads the files
//! that `gather` finds by way of references and that `files` supplies: `text` decodes their bytes, `parse` makes values
//! of them (`parsed`) (`visit`, or `event` where YAML is read exactly), and `span` finds lines and columns when asked.
//! `reference` follows `$ref`, by `uri`; `overlay` changes the entry file, and `origin` remembers where its nodes came
//! from.

mod location;
mod pointer;

mod bundle;
mod data;
mod diagnostic;
mod digest;
mod spelling;

mod files;
mod gather;
mod noticed;
mod read;
mod source;

mod event;
mod parse;
mod parsed;
mod span;
mod text;
mod visit;

mod reference;
mod uri;
mod version;
mod visible;

mod origin;
mod overlay;

pub use data::DataText;
pub use diagnostic::{Code, Defect, Diagnostic, Place, Severity};
pub use digest::Digest;
pub use files::{Files, NoFiles, Supplied, Unsupplied};
pub use location::{FileId, Location};
pub(crate) use parse::read_yaml;
pub use pointer::Pointer;
pub use spelling::nearest;
pub use uri::join as join_uri;
pub use version::Version;
pub use visible::{visible, visible_lines};

use std::ops::Range;
use std::sync::OnceLock;

use serde_json::Value;

use crate::document::noticed::Noticed;
use crate::document::origin::Origins;
use crate::document::reference::Targets;
use crate::document::span::Spans;

/// A named text: a document or an overlay, before it is read.
#[derive(Clone, Copy, Debug)]
pub struct Source<'s> {
    /// The name for diagnostics and for references relative to it.
    pub name: &'s str,
    /// The bytes as they are.
    pub bytes: &'s [u8],
}

/// One file of a document.
#[derive(Debug)]
struct File {
    name: String,
    text: String,
    value: Value,
    role: Role,
    /// The name by which a reference asked for the file, where the file was found under another.
    asked: Option<String>,
    /// The path of the file, relative to the folder of the entry document, or its URI.
    path: String,
    /// The base of its references: its path, or what it calls itself (`$self`, OpenAPI 3.2).
    base: String,
    /// True where anything in the file changes that base or can be referred to by name.
    has_ids: bool,
    spans: OnceLock<Spans>,
}

/// The role of a file in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// A part of it: the entry file, or one that a reference leads to.
    Part,
    /// An overlay, kept for the places of what is said about it.
    Overlay,
}

impl File {
    fn new(name: &str, text: String, value: Value, role: Role) -> Self {
        let path = if uri::is_url(name) { name } else { name.rsplit(['/', '\\']).next().unwrap_or(name) };
        let path = path.to_owned();
        let mut file = Self {
            name: name.to_owned(),
            text,
            value,
            role,
            asked: None,
            path: String::new(),
            base: String::new(),
            has_ids: false,
            spans: OnceLock::new(),
        };
        file.set_path(&path);
        file
    }

    fn set_path(&mut self, path: &str) {
        path.clone_into(&mut self.path);
        self.base = match self.value.get("$self").and_then(Value::as_str) {
            Some(own) => uri::join(path, uri::split(own).0),
            None => path.to_owned(),
        };
    }

    /// The role of the file that stands at this place of its document.
    fn role_at(&self, number: usize) -> SourceRole {
        match self.role {
            Role::Part if number == 0 => SourceRole::Entry,
            Role::Part => SourceRole::Part,
            Role::Overlay => SourceRole::Overlay,
        }
    }

    fn spans(&self) -> &Spans {
        self.spans.get_or_init(|| Spans::of(&self.text))
    }
}

/// A file that was read to make a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceFile<'d> {
    /// The name: as the user or a reference named it, from where the user stands; its URL where it is remote.
    pub name: &'d str,
    /// The role of the file in the document.
    pub role: SourceRole,
    /// True where it was found at a URL.
    pub is_remote: bool,
    /// The URL that was asked for, where that led on to `name`.
    pub asked: Option<&'d str>,
    /// The length of its text as UTF-8, in bytes.
    pub bytes: usize,
}

/// The part that a file has in a document, as told to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceRole {
    /// The document that was named.
    Entry,
    /// An overlay that was laid over it.
    Overlay,
    /// A file that references lead to.
    Part,
}

impl SourceRole {
    /// The role as reports write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Overlay => "overlay",
            Self::Part => "part",
        }
    }
}

/// A document and all files that it refers to.
#[derive(Debug)]
pub struct Document {
    files: Vec<File>,
    version: Version,
    noticed: Vec<Noticed>,
    origins: Origins,
    notes: OnceLock<Vec<Diagnostic>>,
    targets: Targets,
}

impl Document {
    /// Reads a document, the files that it refers to, and applies overlays in order (OpenAPI Overlay 1.0).
    ///
    /// # Errors
    /// At least one fatal diagnostic, where nothing can be done with the document.
    pub fn load(entry: Source<'_>, overlays: &[Source<'_>], files: &dyn Files) -> Result<Self, Vec<Diagnostic>> {
        read::load(entry, overlays, files)
    }

    /// The version of the specification that the document follows.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The entry file's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.files[0].name
    }

    /// The entry file's value.
    #[must_use]
    pub fn root(&self) -> &Value {
        &self.files[0].value
    }

    /// The base URI of a file, which references in it are relative to: its path from the entry document's folder, its URL, or
    /// what it calls itself.
    #[must_use]
    pub fn base_uri(&self, file: FileId) -> &str {
        &self.file(file).base
    }

    /// Every file that was read, the entry file first, then overlays, then what references lead to.
    pub fn sources(&self) -> impl Iterator<Item = SourceFile<'_>> {
        self.files.iter().enumerate().map(|(number, file)| SourceFile {
            name: &file.name,
            role: file.role_at(number),
            is_remote: uri::is_url(&file.name),
            asked: file.asked.as_deref(),
            bytes: file.text.len(),
        })
    }

    /// The diagnostics of reading that did not prevent it. Places are looked up when this is first asked for.
    #[must_use]
    pub fn notes(&self) -> &[Diagnostic] {
        self.notes.get_or_init(|| {
            let told = |Noticed { defect, spot }: &Noticed| {
                let mut note = self.diagnose(defect, Severity::Warning);
                if let Some((line, column)) = spot {
                    (note.place.line, note.place.column) = (*line, *column);
                }
                note
            };
            self.noticed.iter().map(told).collect()
        })
    }

    /// The node at a location.
    #[must_use]
    pub fn node(&self, at: &Location) -> Option<&Value> {
        at.pointer.get(&self.files.get(at.file.0 as usize)?.value)
    }

    /// The location that a reference leads to, seen from the place where it stands; one step, not the chain.
    ///
    /// # Errors
    /// The defect, at the place of the reference.
    pub fn resolve(&self, from: &Location, reference: &str) -> Result<Location, Defect> {
        reference::resolve(self, from, reference)
    }

    /// The node at a location, and where it really stands once every `$ref` on the way has been followed.
    ///
    /// # Errors
    /// The defect, at the reference that leads nowhere or in a circle.
    pub fn follow(&self, at: &Location) -> Result<(Location, &Value), Defect> {
        reference::follow(self, at)
    }

    /// The files that are parts of the document, the entry file first.
    pub(crate) fn parts(&self) -> impl Iterator<Item = FileId> + use<> {
        let parts: Vec<FileId> = (0_u32..)
            .zip(&self.files)
            .filter(|(_, file)| file.role == Role::Part)
            .map(|(number, _)| FileId(number))
            .collect();
        parts.into_iter()
    }

    /// The value of every file as it is written, overlays applied: read from the texts once more. What is no part of the
    /// document is null.
    pub(crate) fn reread(&self) -> Vec<Value> {
        let mut values: Vec<Value> = Vec::with_capacity(self.files.len());
        for (number, file) in (0_u32..).zip(&self.files) {
            match file.role {
                Role::Part => {
                    values.push(parse::parse(&file.text).map(|parsed| parsed.value).unwrap_or_default());
                }
                Role::Overlay => {
                    values.push(Value::Null);
                    // It could be applied before, so it can be again.
                    let mut origins = Origins::default();
                    let _ = overlay::apply(FileId(number), &file.value, &mut values[0], &mut origins, &mut Vec::new());
                }
            }
        }
        values
    }

    /// The version that a file says it is written in; a fragment says none.
    pub(crate) fn own_version(&self, file: FileId) -> Option<Version> {
        Version::of(&self.file(file).value)
    }

    /// The node at a location, for the model floor to put it into its normal form.
    pub(crate) fn node_mut(&mut self, at: &Location) -> Option<&mut Value> {
        at.pointer.get_mut(&mut self.files.get_mut(at.file.0 as usize)?.value)
    }

    /// Looks up where a defect stands and makes it a diagnostic.
    #[must_use]
    pub fn diagnose(&self, defect: &Defect, severity: Severity) -> Diagnostic {
        Diagnostic {
            code: defect.code,
            severity,
            place: self.place(&defect.at),
            reason: shortened(&defect.reason),
            hint: defect.hint.clone(),
        }
    }

    /// File, line and column of a node, or of its nearest ancestor that stands in the text. What an overlay brought stands in
    /// the overlay, and so does the pointer.
    #[must_use]
    pub fn place(&self, at: &Location) -> Place {
        let origin = if at.file == FileId(0) { self.origins.find(&at.pointer) } else { at.clone() };
        let at = &origin;
        let file = self.file(at.file);
        let (line, column) = file.spans().line_column(&file.text, &at.pointer);
        Place { file: file.name.clone(), line, column, pointer: at.pointer.clone() }
    }

    /// The text of a place's file, and the byte range in it that is meant: what a report underlines.
    #[must_use]
    pub fn excerpt(&self, place: &Place) -> Option<(&str, Range<usize>)> {
        let file = self.files.iter().find(|known| known.name == place.file)?;
        let (text, spans) = (file.text.as_str(), file.spans());
        if spans.line_column(text, &place.pointer) == (place.line, place.column) {
            return Some((text, spans.find(text, &place.pointer)?));
        }
        // A spot within a node.
        let start = text::offset(text, place.line, place.column)?;
        Some((text, start..start + text[start..].chars().next().map_or(0, char::len_utf8)))
    }

    /// True where references in that file depend on where in it they stand.
    pub(crate) fn has_ids(&self, file: FileId) -> bool {
        self.file(file).has_ids
    }

    fn file(&self, id: FileId) -> &File {
        &self.files[(id.0 as usize).min(self.files.len() - 1)]
    }
}

/// The longest reason, in characters: the names in it are the user's, and may be of any length.
const MAX_REASON: usize = 600;

fn shortened(reason: &str) -> String {
    match reason.char_indices().nth(MAX_REASON) {
        Some((end, _)) => format!("{}…", &reason[..end]),
        None => reason.to_owned(),
    }
}
