//! Files -> document: every file is read (`source`), overlays are applied, and what is not an OpenAPI document is
//! refused with a reason that says what it is instead.

use std::sync::OnceLock;

use crate::document::noticed::{Noticed, notice};
use crate::document::origin::Origins;
use crate::document::reference::Targets;
use crate::document::{
    Diagnostic, Document, File, FileId, Files, Role, Severity, Source, Version, gather, overlay, source,
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
    for file in std::iter::once(&entry).chain(overlays) {
        let id = FileId(u32::try_from(files.len()).expect("far fewer files than that"));
        let (text, parsed) = source::read(*file).map_err(|problem| vec![*problem])?;
        notice(id, &parsed.oddities, &mut noticed);
        let role = if files.is_empty() { Role::Part } else { Role::Overlay };
        if let (Some(first), None) = (files.first_mut(), &refused) {
            refused = overlay::apply(id, &parsed.value, &mut first.value, &mut origins, &mut unmatched).err();
        }
        files.push(File::new(file.name, text, parsed.value, role));
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
