//! The report for a step summary or a comment: Markdown. What matters first: the conclusion, then findings, then the matrix, then
//! what was not tested. It has a bound, since a summary of GitHub holds 1 MiB.

use std::fmt::Write as _;

use crate::report::finding::{Finding, findings};
use crate::report::{Conclusion, Report};
use crate::verdict::VerdictKind;

/// The most findings that are told in full; the others are named by their rows.
const FULL: usize = 50;

/// The most further rows that are named.
const NAMED: usize = 200;

/// The most operations the matrix that has of one contract.
const OPERATIONS: usize = 500;

/// The most characters of one text that are shown.
const SHOWN: usize = 2_000;

/// The most reasons for what was not decided that are listed, most frequent first.
const REASONS: usize = 30;

/// The text of a report file.
#[must_use]
pub(crate) fn text(reports: &[Report]) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut out, reports);
    out
}

fn write(out: &mut String, reports: &[Report]) -> std::fmt::Result {
    let found: Vec<Finding<'_>> = findings(reports).collect();
    writeln!(out, "## Etalon: {}\n", concluded(reports, found.len()))?;
    for report in reports {
        writeln!(
            out,
            "{} · {} · {} · seed {} · {} requests in {:.1} s\n",
            escaped(&report.title),
            code(&report.document),
            code(&report.target),
            report.seed,
            report.requests,
            report.took.as_secs_f64()
        )?;
    }
    if !found.is_empty() {
        writeln!(out, "### Findings\n")?;
        found.iter().take(FULL).try_for_each(|finding| one(out, finding))?;
        rest(out, &found)?;
    }
    writeln!(out, "### Matrix\n")?;
    reports.iter().try_for_each(|report| matrix(out, report))?;
    untested(out, reports)
}

fn concluded(reports: &[Report], found: usize) -> String {
    match Conclusion::of(reports) {
        Conclusion::Conforms => "the target conforms ✅".to_owned(),
        Conclusion::Partly => "the target conforms where it could be tested ⚠️".to_owned(),
        Conclusion::Violates if found == 1 => "1 row of the contract is violated ❌".to_owned(),
        Conclusion::Violates => format!("{found} rows of the contract are violated ❌"),
        Conclusion::TooLittle => "too little could be tested ⚠️".to_owned(),
        Conclusion::NothingTested => "nothing was tested ⚠️".to_owned(),
        Conclusion::Unanswered => "requests got no answer, so too little was tested ⚠️".to_owned(),
        Conclusion::CutShort => "the run took all of its time, so too little was tested ⚠️".to_owned(),
        Conclusion::Gone => "the target is gone ❌".to_owned(),
        Conclusion::Interrupted => "the run was interrupted ⚠️".to_owned(),
    }
}

fn one(out: &mut String, finding: &Finding<'_>) -> std::fmt::Result {
    writeln!(out, "<details><summary>{}</summary>\n", html(finding.row.id()))?;
    writeln!(out, "- expected: {}", escaped(&cut(&finding.expected)))?;
    writeln!(out, "- found: {}", escaped(&cut(&finding.found)))?;
    writeln!(out, "- because: {}\n", code(&finding.row.place.to_string()))?;
    if !finding.curl.is_empty() {
        let lines = cut(&finding.curl.join("\n"));
        let fence = fence(&lines);
        writeln!(out, "{fence}sh\n{lines}\n{fence}\n")?;
    }
    writeln!(out, "</details>\n")
}

fn rest(out: &mut String, found: &[Finding<'_>]) -> std::fmt::Result {
    let rest = found.get(FULL..).unwrap_or_default();
    if rest.is_empty() {
        return Ok(());
    }
    writeln!(out, "And {} more:\n", rest.len())?;
    for finding in rest.iter().take(NAMED) {
        writeln!(out, "- {}", code(finding.row.id()))?;
    }
    if rest.len() > NAMED {
        writeln!(out, "- … {} more; the JSON report has all", rest.len() - NAMED)?;
    }
    writeln!(out)
}

fn matrix(out: &mut String, report: &Report) -> std::fmt::Result {
    let head: Vec<&str> = VerdictKind::ALL.iter().map(|kind| kind.as_str()).collect();
    writeln!(out, "| {} | {} |", escaped(&report.title), head.join(" | "))?;
    writeln!(out, "|---|{}", "---:|".repeat(head.len()))?;
    for operation in report.operations.iter().take(OPERATIONS) {
        let name = format!("{} {}", operation.method, operation.path);
        write!(out, "| {} |", code(&name))?;
        for kind in VerdictKind::ALL {
            let count = operation.rows.iter().filter(|row| row.verdict.kind() == kind).count();
            if count == 0 { write!(out, " · |")? } else { write!(out, " {count} |")? }
        }
        writeln!(out)?;
    }
    if report.operations.len() > OPERATIONS {
        writeln!(out, "| … and {} more |{}", report.operations.len() - OPERATIONS, " |".repeat(head.len()))?;
    }
    write!(out, "| **all** |")?;
    for kind in VerdictKind::ALL {
        write!(out, " **{}** |", report.count(kind))?;
    }
    writeln!(out, "\n")
}

/// The section on operations that were not tested and rows that were not decided, with the reasons; empty without any.
fn untested(out: &mut String, reports: &[Report]) -> std::fmt::Result {
    let operations: Vec<(&str, String)> = reports.iter().flat_map(Report::untested_masked).collect();
    let reasons = undecided(reports);
    if operations.is_empty() && reasons.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Not tested\n")?;
    for (id, why) in operations.iter().take(NAMED) {
        writeln!(out, "- {}: {}", code(id), escaped(&cut(why)))?;
    }
    if operations.len() > NAMED {
        writeln!(out, "- … and {} more operations", operations.len() - NAMED)?;
    }
    if !operations.is_empty() {
        writeln!(out)?;
    }
    if !reasons.is_empty() {
        writeln!(out, "<details><summary>Rows that were not decided, by reason</summary>\n")?;
        writeln!(out, "| rows | verdict | reason |\n|---:|---|---|")?;
        for (kind, reason, count) in reasons.iter().take(REASONS) {
            writeln!(out, "| {count} | {kind} | {} |", escaped(&cut(reason)))?;
        }
        if reasons.len() > REASONS {
            writeln!(out, "| | | … and {} more reasons |", reasons.len() - REASONS)?;
        }
        writeln!(out, "\n</details>")?;
    }
    Ok(())
}

/// The reasons for which rows are not decided, with how many there are, the most frequent first.
fn undecided(reports: &[Report]) -> Vec<(VerdictKind, String, usize)> {
    let mut found: Vec<(VerdictKind, String, usize)> = Vec::new();
    for (report, row) in reports.iter().flat_map(|report| report.rows().map(move |row| (report, row))) {
        let kind = row.verdict.kind();
        let reason = match kind {
            VerdictKind::Proved | VerdictKind::Violated => continue,
            VerdictKind::Inconclusive | VerdictKind::Unreachable | VerdictKind::Waived => {
                report.mask.prose(row.reason().unwrap_or_default())
            }
        };
        match found.iter_mut().find(|(known, why, _)| *known == kind && *why == reason) {
            Some((_, _, count)) => *count += 1,
            None => found.push((kind, reason, 1)),
        }
    }
    found.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    found
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Text in which nothing is marked up (CommonMark §2.4), on one line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' | '!' | '@' | '$' => {
                out.push('\\');
                out.push(letter);
            }
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

/// Text that is safe within HTML: markup is escaped, control characters become spaces.
fn html(text: &str) -> String {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A span of code (CommonMark §6.1), also within a table, where a bar would end the cell.
fn code(text: &str) -> String {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let ticks = "`".repeat(longest_run(&text) + 1);
    let padding = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{padding}{}{padding}{ticks}", text.replace('|', "\\|"))
}

/// A fence that the text does not close.
fn fence(text: &str) -> String {
    "`".repeat((longest_run(text) + 1).max(3))
}

fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_contracts_mark_nothing_up() {
        assert_eq!(escaped("a|b <script> *x* [y](z) @team"), r"a\|b &lt;script&gt; \*x\* \[y\](z) \@team");
        assert_eq!(code("a `b` |"), "``a `b` \\|``");
        assert_eq!(code("`b"), "`` `b ``");
        assert_eq!(fence("a ``` b"), "````");
    }
}
