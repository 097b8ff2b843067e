//! Bytes -> document: every file is read, overlays are applied, and what is not an OpenAPI document is refused with a
//! reason that says what it is instead.

use std::sync::OnceLock;

use crate::document::origin::Origins;
use crate::document::parse::{Oddities, Parsed, SyntaxError};
use crate::document::reference::Targets;
use crate::document::{
    Code, Defect, Diagnostic, Document, File, FileId, Files, Location, Place, Pointer, Role, Severity, Source, Version,
    gather, overlay, parse, text,
};

pub(super) fn load(
    entry: Source<'_>,
    overlays: &[Source<'_>],
    supply: &dyn Files,
) -> Result<Document, Vec<Diagnostic>> {
    let mut noticed = Vec::new();
    let mut unmatched = Vec::new();
    let mut origins = Origins::default();
    let mut files: Vec<File> = Vec::new();
    let mut refused = None;
    for source in std::iter::once(&entry).chain(overlays) {
        let id = FileId(u32::try_from(files.len()).expect("far fewer files than that"));
        let (text, parsed) = read(*source).map_err(|problem| vec![*problem])?;
        notice(id, &parsed.oddities, &mut noticed);
        let role = if files.is_empty() { Role::Part } else { Role::Overlay };
        if let (Some(first), None) = (files.first_mut(), &refused) {
            refused = overlay::apply(id, &parsed.value, &mut first.value, &mut origins, &mut unmatched).err();
        }
        files.push(File::new(source.name, text, parsed.value, role));
    }
    let version = match refused {
        Some(defect) => Err(defect),
        None => Version::read(&files[0].value),
    };
    let known = *version.as_ref().unwrap_or(&Version::OpenApi30);
    noticed.extend(unmatched.into_iter().map(Noticed::from));
    let mut document =
        Document { files, version: known, noticed, origins, notes: OnceLock::new(), targets: Targets::default() };
    match version {
        Ok(_) => {
            let odd = Version::notice(document.root());
            document.noticed.extend(odd.map(Noticed::from));
            document.targets = gather::gather(&mut document.files, known, supply, &mut document.noticed);
            Ok(document)
        }
        Err(defect) => Err(vec![document.diagnose(&defect, Severity::Fatal)]),
    }
}

/// Text and value of one file.
pub(super) fn read(source: Source<'_>) -> Result<(String, Parsed), Box<Diagnostic>> {
    let fatal = |reason: String, hint: Option<&str>, line, column| {
        Box::new(Diagnostic {
            code: Code::Syntax,
            severity: Severity::Fatal,
            place: Place { file: source.name.to_owned(), line, column, pointer: Pointer::root() },
            reason,
            hint: hint.map(str::to_owned),
        })
    };
    let text = text::decode(source.bytes)
        .map_err(|problem| fatal(problem.reason, problem.hint, problem.line, problem.column))?;
    let mut parsed = parse::parse(&text).map_err(|SyntaxError { reason, line, column }| {
        let hint = hint(&text, &reason, line);
        fatal(reason, hint, line, column)
    })?;
    if is_named_yaml(source.name) {
        // Nobody promised JSON: braces are YAML too.
        parsed.oddities.not_json = None;
    }
    Ok((text.into_owned(), parsed))
}

fn is_named_yaml(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| ["yaml", "yml"].iter().any(|yaml| extension.eq_ignore_ascii_case(yaml)))
}

/// What is said of a page that was taken for a document.
pub(super) const MARKUP: &str = "this looks like HTML or XML; is it a page instead of the document behind it?";

/// What to do about a syntax error, where the line it was found in gives it away.
fn hint(text: &str, reason: &str, line: usize) -> Option<&'static str> {
    let shown = text.lines().nth(line.checked_sub(1)?)?;
    if shown.contains('\t') && !text.trim_start().starts_with(['{', '[']) {
        Some("YAML is indented with spaces, never with tabs")
    } else if shown.starts_with("<<<<<<<") || shown.starts_with("=======") || shown.starts_with(">>>>>>>") {
        Some("this is the mark of a merge conflict")
    } else if text.trim_start().starts_with('<') {
        Some(MARKUP)
    } else if reason.contains("mapping values are not allowed") {
        Some("text with `: ` in it needs quotes")
    } else {
        None
    }
}

/// What was noticed while reading, and the line and column that it is about where no node stands there.
#[derive(Debug)]
pub(super) struct Noticed {
    pub(super) defect: Defect,
    pub(super) spot: Option<(usize, usize)>,
}

impl From<Defect> for Noticed {
    fn from(defect: Defect) -> Self {
        Self { defect, spot: None }
    }
}

pub(super) fn notice(file: FileId, oddities: &Oddities, noticed: &mut Vec<Noticed>) {
    if let Some(error) = &oddities.not_json {
        let reason = format!("this is not JSON, so it was read as YAML: {}", error.reason);
        let defect = Defect::new(Code::Syntax, Location { file, pointer: Pointer::root() }, reason);
        noticed.push(Noticed { defect, spot: (error.line > 0).then_some((error.line, error.column)) });
    }
    for pointer in &oddities.duplicates {
        let key = pointer.last().unwrap_or_default();
        let reason = format!("the key `{key}` stands twice in this mapping; the last one holds");
        let defect = Defect::new(Code::DuplicateKey, Location { file, pointer: pointer.clone() }, reason);
        noticed.push(defect.hint("remove one of them, or merge what they say").into());
    }
}
