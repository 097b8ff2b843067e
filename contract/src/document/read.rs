//! Text -> value, for JSON and YAML, and the place of a node in its text.

use serde_json::Value;

use crate::document::{Code, Diagnostic, Document, File, Files, Place, Pointer, Severity, Source, Version, overlay};

pub(super) fn load(
    entry: Source<'_>,
    overlays: &[Source<'_>],
    _files: &dyn Files,
) -> Result<Document, Vec<Diagnostic>> {
    let (text, mut value) = parse(entry).map_err(|problem| vec![problem])?;
    let mut notes = Vec::new();
    for source in overlays {
        let (_, actions) = parse(*source).map_err(|problem| vec![problem])?;
        overlay::apply(source.name, &actions, &mut value, &mut notes).map_err(|problem| vec![problem])?;
    }
    let Some(version) = Version::of(&value) else {
        return Err(vec![fatal(
            entry.name,
            Code::NotOpenApi,
            "this is not an OpenAPI document: it has no `openapi` or `swagger` member with a known version",
        )]);
    };
    Ok(Document { files: vec![File { name: entry.name.to_owned(), text, value }], version, notes })
}

fn parse(source: Source<'_>) -> Result<(String, Value), Diagnostic> {
    let text = std::str::from_utf8(source.bytes)
        .map_err(|error| fatal(source.name, Code::Syntax, &format!("this is not UTF-8 text: {error}")))?;
    let value = if text.trim_start().starts_with(['{', '[']) {
        serde_json::from_str(text).map_err(|error| fatal(source.name, Code::Syntax, &error.to_string()))?
    } else {
        serde_yaml::from_str(text).map_err(|error| fatal(source.name, Code::Syntax, &error.to_string()))?
    };
    Ok((text.to_owned(), value))
}

fn fatal(name: &str, code: Code, reason: &str) -> Diagnostic {
    Diagnostic {
        code,
        severity: Severity::Fatal,
        place: Place { file: name.to_owned(), ..Place::default() },
        reason: reason.to_owned(),
        hint: None,
    }
}

pub(super) fn place(name: &str, _text: &str, pointer: &Pointer) -> Place {
    Place { file: name.to_owned(), line: 0, column: 0, pointer: pointer.clone() }
}
