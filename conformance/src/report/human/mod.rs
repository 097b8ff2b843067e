//! The report for people: a matrix for each operation, what is not proved and why, each finding, totals.

mod conclusion;
mod findings;

use std::collections::BTreeMap;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use etalon_contract::document::visible as line_of;

use crate::report::human::conclusion::totals;
use crate::report::human::findings::{OTHERS, findings};
use crate::report::{Group, OperationReport, Report, RowReport};
use crate::verdict::VerdictKind;

/// The use of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Text without any colours.
    Plain,
    /// Text with ANSI colours.
    Colours,
}

impl Paint {
    fn paint(self, style: Style, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colours => format!("{style}{text}{style:#}"),
        }
    }

    fn word(self, word: VerdictKind, text: &str) -> String {
        let style = match word {
            VerdictKind::Proved => AnsiColor::Green.on_default(),
            VerdictKind::Violated => AnsiColor::Red.on_default().bold(),
            VerdictKind::Inconclusive | VerdictKind::Waived => AnsiColor::Yellow.on_default(),
            VerdictKind::Unreachable => Style::new().dimmed(),
        };
        self.paint(style, text)
    }

    fn strong(self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }
}

/// The most operations of a report that shows a table for each; a longer one has a line for each.
const TABLES: usize = 12;

/// The most reasons of a long report that are told; the JSON report has all.
const REASONS: usize = 25;

/// The most operations of a report that shows a line for each; a longer one names those that have something to tell.
const LINES: usize = 100;

/// The most operations that such a report names.
const NAMED: usize = 50;

/// The report as text, its last line without a line break.
#[must_use]
pub fn human(report: &Report, paint: Paint) -> String {
    let mut out = String::new();
    write_report(&mut out, report, paint).expect("writing to a string does not fail");
    out
}

fn write_report(out: &mut String, report: &Report, paint: Paint) -> std::fmt::Result {
    let title = paint.strong(&line_of(&report.title));
    writeln!(out, "{title} · {} · {} · seed {}", line_of(&report.document), line_of(&report.target), report.seed)?;
    if report.operations.len() > TABLES {
        lines(out, report, paint)?;
    } else {
        for operation in &report.operations {
            writeln!(out)?;
            matrix(out, operation, paint)?;
            doubts(out, (report, operation), paint)?;
        }
    }
    for (id, reason) in &report.unusable {
        writeln!(out, "\n{} was not tested: {}", line_of(id), line_of(reason))?;
    }
    findings(out, report, paint)?;
    if !report.left_behind.is_empty() {
        writeln!(out, "\nLeft behind on the target: {}", report.left_behind.len())?;
        for left in report.left_behind.iter().take(OTHERS) {
            writeln!(out, "  {}", line_of(&report.mask.prose(left)))?;
        }
        if report.left_behind.len() > OTHERS {
            writeln!(out, "  … and {} more; the JSON report names all", report.left_behind.len() - OTHERS)?;
        }
    }
    writeln!(out)?;
    totals(out, report, paint)
}

/// A line for each operation, and below them what was not proved, by its reason.
fn lines(out: &mut String, report: &Report, paint: Paint) -> std::fmt::Result {
    writeln!(out)?;
    let all = report.operations.len() <= LINES;
    let (mut silent, mut named, mut more) = (0, 0, 0);
    for operation in &report.operations {
        let is_violated = operation.rows.iter().any(|row| row.verdict.kind() == VerdictKind::Violated);
        if !all && !is_violated {
            silent += 1;
            continue;
        }
        if !all && named == NAMED {
            more += 1;
            continue;
        }
        named += 1;
        let counts: Vec<String> = VerdictKind::ALL
            .into_iter()
            .map(|word| (word, operation.rows.iter().filter(|row| row.verdict.kind() == word).count()))
            .filter(|(_, count)| *count > 0)
            .map(|(word, count)| paint.word(word, &format!("{count} {word}")))
            .collect();
        let seen = if operation.is_tested() { "" } else { " · no success seen" };
        writeln!(out, "{} {}  {}: {}{seen}", operation.method, operation.path, operation.id, counts.join(", "))?;
    }
    if more > 0 {
        writeln!(out, "… and {more} more that are violated; the findings and the JSON report name them")?;
    }
    if silent > 0 {
        let tested = report.operations.iter().filter(|operation| operation.is_tested()).count();
        writeln!(out, "… and {silent} operations without a finding; of all, {tested} succeeded")?;
    }
    let mut kinds: BTreeMap<(VerdictKind, String), (&str, usize)> = BTreeMap::new();
    for row in report.rows() {
        if let (VerdictKind::Inconclusive | VerdictKind::Unreachable, Some(why)) = (row.verdict.kind(), row.reason()) {
            kinds.entry((row.verdict.kind(), gist(why))).or_insert((why, 0)).1 += 1;
        }
    }
    let mut reasons: Vec<((VerdictKind, &str), usize)> =
        kinds.into_iter().map(|((word, _), (why, count))| ((word, why), count)).collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    writeln!(out, "\nNot proved:")?;
    for ((word, why), count) in reasons.iter().take(REASONS) {
        writeln!(out, "  {count:>6}  {}: {}", paint.word(*word, word.as_str()), line_of(&report.mask.prose(why)))?;
    }
    let rest: usize = reasons.iter().skip(REASONS).map(|(_, count)| count).sum();
    if rest > 0 {
        writeln!(out, "  {rest:>6}  for {} other reasons; the JSON report has them", reasons.len() - REASONS)?;
    }
    Ok(())
}

/// A reason without what differs from request to request: numbers, and what stands in quotation marks.
fn gist(why: &str) -> String {
    let mut gist = String::new();
    let mut mark = None;
    for character in why.chars() {
        match (mark, character) {
            (Some(open), close) if close == open => mark = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') if !gist.ends_with(char::is_alphanumeric) => mark = Some(character),
            (None, digit) if digit.is_numeric() => {}
            (None, other) => gist.push(other),
        }
    }
    gist
}

fn matrix(out: &mut String, operation: &OperationReport, paint: Paint) -> std::fmt::Result {
    let what = line_of(&format!("{} {}", operation.method, operation.path));
    writeln!(out, "{}  {}", paint.strong(&what), line_of(&operation.id))?;
    let words: Vec<VerdictKind> = VerdictKind::ALL
        .into_iter()
        .filter(|word| *word != VerdictKind::Waived || operation.rows.iter().any(|line| line.verdict.kind() == *word))
        .collect();
    write!(out, "  {:<10}", "")?;
    for word in &words {
        write!(out, "  {word}")?;
    }
    writeln!(out)?;
    for group in Group::ALL {
        let lines: Vec<&RowReport> = operation.rows.iter().filter(|line| line.group() == group).collect();
        if lines.is_empty() {
            continue;
        }
        write!(out, "  {:<10}", group.as_str())?;
        for word in &words {
            let count = lines.iter().filter(|line| line.verdict.kind() == *word).count();
            let width = word.as_str().len();
            let cell = if count == 0 { format!("{:>width$}", "·") } else { format!("{count:>width$}") };
            write!(out, "  {}", if count == 0 { cell } else { paint.word(*word, &cell) })?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The rows that are neither proved nor violated, those of the same reason together; and proofs with a note.
fn doubts(out: &mut String, (report, operation): (&Report, &OperationReport), paint: Paint) -> std::fmt::Result {
    for word in [
        VerdictKind::Violated,
        VerdictKind::Waived,
        VerdictKind::Inconclusive,
        VerdictKind::Unreachable,
        VerdictKind::Proved,
    ] {
        let mut reasons: Vec<(Option<&str>, Vec<&str>)> = Vec::new();
        for line in operation.rows.iter().filter(|line| line.verdict.kind() == word) {
            let why = line.reason();
            if word == VerdictKind::Proved && why.is_none() {
                continue;
            }
            let name = line.id().strip_prefix(operation.id.as_str()).unwrap_or(line.id()).trim_start();
            match reasons.iter_mut().find(|(known, _)| *known == why) {
                Some((_, names)) => names.push(name),
                None => reasons.push((why, vec![name])),
            }
        }
        for (why, names) in reasons {
            let why = why.map(|why| format!(": {}", line_of(&report.mask.prose(why)))).unwrap_or_default();
            writeln!(out, "  {}{why}", paint.word(word, word.as_str()))?;
            for name in names {
                writeln!(out, "    {}", line_of(name))?;
            }
        }
    }
    Ok(())
}
