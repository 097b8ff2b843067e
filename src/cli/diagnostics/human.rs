//! Diagnostics for people: the line of the document, what is wrong underlined in it, the reason and a hint. The same
//! problem in many places is shown once, with the other places listed.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use etalon_contract::document::{Diagnostic, Severity};

use crate::cli::diagnostics::findings::{Findings, SourceReport};
use crate::cli::source::files::read_named;

/// The most further places of the same problem that are listed.
const MAX_PLACES: usize = 5;

/// The longest line that is shown whole, in bytes; minified documents have one line.
const MAX_LINE: usize = 160;

/// Writes the diagnostics of one document, and a line that counts them.
///
/// # Errors
/// The output cannot be written.
pub(crate) fn write(out: &mut dyn Write, findings: &Findings) -> io::Result<()> {
    let mut groups: Vec<(&Diagnostic, Vec<&Diagnostic>)> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for diagnostic in &findings.diagnostics {
        let position = *known.entry((diagnostic.severity, diagnostic.code, &diagnostic.reason)).or_insert_with(|| {
            groups.push((diagnostic, Vec::new()));
            groups.len() - 1
        });
        groups[position].1.push(diagnostic);
    }
    groups.sort_by_key(|(first, _)| first.severity);
    for (first, all) in &groups {
        one(out, findings, first, &all[1..])?;
    }
    summary(out, findings)
}

fn one(out: &mut dyn Write, findings: &Findings, first: &Diagnostic, others: &[&Diagnostic]) -> io::Result<()> {
    let level = match first.severity {
        Severity::Fatal | Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(first.reason.as_str()).id(first.code.as_str());
    let excerpt = excerpt(findings, first);
    let mut group = match &excerpt {
        Some(excerpt) => {
            let snippet = Snippet::source(excerpt.text.as_str())
                .path(first.place.file.as_str())
                .line_start(first.place.line)
                .annotation(AnnotationKind::Primary.span(excerpt.range.clone()));
            title.element(snippet)
        }
        None => Group::with_title(title).element(Origin::path(first.place.file.as_str())),
    };
    if !first.place.pointer.as_str().is_empty() {
        group = group.element(Level::NOTE.message(format!("at {}", first.place.pointer)));
    }
    if let Some(hint) = &first.hint {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    if !others.is_empty() {
        let places: Vec<String> = others.iter().take(MAX_PLACES).map(|other| spot(other)).collect();
        let rest = others.len().saturating_sub(MAX_PLACES);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        group = group.element(Level::NOTE.message(format!("also at {}{more}", places.join(", "))));
    }
    writeln!(out, "{}\n", Renderer::styled().render(&[group]))
}

/// File, line and column, as terminals make them clickable.
pub(crate) fn spot(diagnostic: &Diagnostic) -> String {
    let place = &diagnostic.place;
    format!("{}:{}:{}", place.file, place.line, place.column)
}

/// A piece of one line, and the range in it to underline.
struct Excerpt {
    text: String,
    range: Range<usize>,
}

fn excerpt(findings: &Findings, diagnostic: &Diagnostic) -> Option<Excerpt> {
    let place = &diagnostic.place;
    let document = findings.contract.as_ref().map(|contract| contract.document());
    match document.and_then(|document| document.excerpt(place)) {
        Some((text, range)) if place.line > 0 => Some(cut(text, range)),
        _ => {
            // The document could not be read, so nobody keeps its text.
            let line = place.line.checked_sub(1)?;
            let bytes = read_named(place.file.as_ref()).ok()?;
            let text = String::from_utf8_lossy(&bytes);
            let line = text.lines().nth(line)?;
            let start = line.char_indices().nth(place.column.saturating_sub(1)).map_or(line.len(), |(start, _)| start);
            let end = line[start..].chars().next().map_or(start, |letter| start + letter.len_utf8());
            Some(cut(line, start..end))
        }
    }
}

/// The line around a range, without what makes it too long.
fn cut(text: &str, range: Range<usize>) -> Excerpt {
    let start = range.start.min(text.len());
    let line_start = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let line_end = text[start..].find(['\n', '\r']).map_or(text.len(), |end| start + end);
    let (mut from, mut to) = (line_start, line_end);
    if to - from > MAX_LINE {
        from = boundary(text, start.saturating_sub(MAX_LINE / 4).max(line_start));
        to = boundary(text, (from + MAX_LINE).min(line_end));
    }
    let end = range.end.clamp(start, to.max(start));
    let (prefix, suffix) = (if from > line_start { "…" } else { "" }, if to < line_end { "…" } else { "" });
    let shift = prefix.len();
    Excerpt { text: format!("{prefix}{}{suffix}", &text[from..to]), range: start - from + shift..end - from + shift }
}

/// The nearest border between characters at or before an offset.
fn boundary(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn summary(out: &mut dyn Write, findings: &Findings) -> io::Result<()> {
    let count = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    let (errors, warnings) = findings.counts();
    let found = match (errors, warnings) {
        (0, 0) => "no problems".to_owned(),
        (0, warnings) => count(warnings, "warning"),
        (errors, 0) => count(errors, "error"),
        (errors, warnings) => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    };
    match &findings.contract {
        Some(contract) => {
            let usable = contract.operations().count();
            let all = contract.entries().len();
            let operations = if usable == all {
                count(all, "operation")
            } else {
                format!("{usable} of {} usable", count(all, "operation"))
            };
            writeln!(out, "{}: {}, {operations}, {found}", findings.name, contract.document().version())?;
            for source in contract.document().sources().filter(|source| source.is_remote) {
                writeln!(out, "  fetched {}", SourceReport::of(source))?;
            }
            Ok(())
        }
        None => writeln!(out, "{}: refused, {found}", findings.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_around_what_matters() {
        let text = format!("{{\"a\": \"{}\", \"é\": 1}}", "é".repeat(500));
        let start = text.len() - 8;
        let excerpt = cut(&text, start..start + 7);
        assert!(excerpt.text.len() <= MAX_LINE + 8, "{}", excerpt.text);
        assert_eq!(&excerpt.text[excerpt.range], &text[start..start + 7]);
        let excerpt = cut("one\ntwo: 2\nthree", 4..10);
        assert_eq!((excerpt.text.as_str(), excerpt.range), ("two: 2", 0..6));
    }
}
