//! The bytes of one file -> its text and value, or the diagnostic that says why it cannot be read.

use crate::document::parsed::{Parsed, SyntaxError};
use crate::document::version::MARKUP;
use crate::document::{Code, Diagnostic, Place, Pointer, Severity, Source, parse, text};

/// The text and value of one file.
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

/// The advice about a syntax error, where the line it was found in gives the cause away.
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
