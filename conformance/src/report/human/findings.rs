//! Findings as people read them: in full as far as there is room, then in short, then counted.

use std::fmt::Write;

use etalon_contract::codec::Headers;
use etalon_contract::document::visible as line_of;

use crate::evidence::{Effort, ShrinkEnd};
use crate::report::causes::{Cause, by_cause, fails};
use crate::report::curl::curl;
use crate::report::human::Paint;
use crate::report::{Group, Report, Shown};
use crate::session::USER_AGENT;
use crate::transcript::{Exchange, Role};
use crate::verdict::{Level, VerdictKind};

/// The most rows of the same cause that are named below a finding.
pub(super) const OTHERS: usize = 8;

/// The most characters and lines of a body that are shown; the JSON report has all of it.
const SHOWN: usize = 2_000;

const SHOWN_LINES: usize = 12;

/// The lines that a report may grow by findings that are told in full; the others are told in a few lines each, and
/// past the second bound they are counted. The JSON report has all of them.
const FULL: usize = 170;

const LONGEST: usize = 225;

/// The findings, one for each cause: in full as far as there is room, then in a few lines each, then counted.
pub(super) fn findings(out: &mut String, report: &Report, paint: Paint) -> std::fmt::Result {
    let before = out.lines().count();
    let room = FULL.saturating_sub(before).max(FULL / 4);
    let longest = LONGEST.saturating_sub(before).max(LONGEST / 4);
    let mut untold = 0;
    let mut used = 0;
    for (number, finding) in by_cause(report).iter().enumerate() {
        let mut full = String::new();
        full_finding(&mut full, report, finding, paint)?;
        let lines = full.lines().count();
        if number == 0 || used + lines <= room {
            used += lines;
            out.push_str(&full);
        } else if used + BRIEF <= longest {
            used += BRIEF;
            brief_finding(out, report, finding, paint)?;
        } else {
            untold += 1;
        }
    }
    if untold > 0 {
        writeln!(out, "\n… and {untold} more findings; the JSON report has all (--report json=FILE)")?;
    }
    Ok(())
}

fn full_finding(out: &mut String, report: &Report, finding: &Cause<'_>, paint: Paint) -> std::fmt::Result {
    let shown = finding.shown();
    violation(out, report, shown, paint)?;
    let others = &finding.rows[1..];
    if others.is_empty() {
        return Ok(());
    }
    let rows = if others.len() == 1 { "1 more row".to_owned() } else { format!("{} more rows", others.len()) };
    let how = if fails(shown) { "the server fails like this in" } else { "of the same cause:" };
    writeln!(out, "  also      {how} {rows}:")?;
    for other in others.iter().take(OTHERS) {
        writeln!(out, "            {}", line_of(other.id()))?;
    }
    if others.len() > OTHERS {
        writeln!(out, "            … and {}; the JSON report names all", others.len() - OTHERS)?;
    }
    Ok(())
}

/// The lines that a finding takes where there is no room for all of it.
const BRIEF: usize = 4;

fn brief_finding(out: &mut String, report: &Report, finding: &Cause<'_>, paint: Paint) -> std::fmt::Result {
    let shown = finding.shown();
    let failure = shown.failure;
    let more = match finding.rows.len() - 1 {
        0 => String::new(),
        count => format!(" (and {count} more rows of the same cause)"),
    };
    writeln!(out, "\n{} {}{more}", told(failure.level, paint), paint.strong(&line_of(shown.id())))?;
    writeln!(out, "  found     {}", line_of(&report.mask.prose(&failure.found)))?;
    if let Some(evidence) = shown.evidence {
        writeln!(out, "  curl      {}", curl(&report.target, &evidence.exchanges[evidence.at].request, &report.mask))?;
    }
    Ok(())
}

/// The word for a violation of a level.
fn told(level: Level, paint: Paint) -> String {
    match level {
        Level::Must => paint.word(VerdictKind::Violated, "violated"),
        Level::Should => paint.word(VerdictKind::Inconclusive, "violated (should)"),
    }
}

fn violation(out: &mut String, report: &Report, shown: Shown<'_>, paint: Paint) -> std::fmt::Result {
    let Shown { row: line, failure, evidence } = shown;
    writeln!(out, "\n{} {}", told(failure.level, paint), paint.strong(&line_of(line.id())))?;
    writeln!(out, "  expected  {}", line_of(&report.mask.prose(&failure.expected)))?;
    writeln!(out, "  because   {}", line_of(&line.place.to_string()))?;
    writeln!(out, "  found     {}", line_of(&report.mask.prose(&failure.found)))?;
    let Some(evidence) = evidence else { return Ok(()) };
    for (at, exchange) in evidence.exchanges.iter().enumerate() {
        if at == evidence.at {
            continue;
        }
        let word = match exchange.role {
            Role::Prepare => "before",
            Role::Tested => "also",
            Role::Twin => "twin",
        };
        let Exchange { request, response, .. } = exchange;
        let target = report.mask.request(request).target;
        let sent = line_of(&format!("{} {target}", request.method));
        writeln!(out, "  {word:<8}  {sent} -> {}", response.status)?;
        if line.group() == Group::Stateful && at < evidence.at {
            // A story is replayed step by step: its last request alone shows nothing.
            writeln!(out, "            {}", curl(&report.target, request, &report.mask))?;
        }
    }
    let failing = &evidence.exchanges[evidence.at];
    let request = report.mask.request(&failing.request);
    writeln!(out, "  request   {}", line_of(&format!("{} {}", request.method, request.target)))?;
    message(out, &request.headers, &request.body)?;
    writeln!(out, "  answer    {}", failing.response.status)?;
    let response = &failing.response;
    message(out, &report.mask.headers(&response.headers), &report.mask.answered(&response.body))?;
    if let Some(effort) = evidence.effort {
        writeln!(out, "  shrunk    {}", shrunk(effort))?;
    }
    writeln!(out, "  curl      {}", curl(&report.target, &failing.request, &report.mask))?;
    writeln!(out, "  case      {}", evidence.case)
}

/// The effort that made the request so small, as a sentence fragment: bytes, requests, and whether more might go.
fn shrunk(effort: Effort) -> String {
    let Effort { from, to, requests, end } = effort;
    let requests = if requests == 1 { "1 request".to_owned() } else { format!("{requests} requests") };
    let bytes = if from == to { format!("{to} bytes") } else { format!("{from} to {to} bytes") };
    match end {
        ShrinkEnd::Minimal => format!("{bytes}, {requests}; nothing more can go"),
        ShrinkEnd::Budget => format!("{bytes}, {requests}, which is all of --max-shrink; more might go"),
    }
}

fn message(out: &mut String, headers: &Headers, body: &[u8]) -> std::fmt::Result {
    for (name, value) in
        headers.iter().filter(|(name, value)| !name.eq_ignore_ascii_case("date") && *value != USER_AGENT)
    {
        writeln!(out, "            {}", line_of(&format!("{name}: {value}")))?;
    }
    if body.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let text = String::from_utf8_lossy(body);
    let cut: String = text.chars().take(SHOWN).collect();
    let mut shown = 0;
    for line in cut.split_inclusive('\n').take(SHOWN_LINES) {
        shown += line.chars().count();
        writeln!(out, "            {}", line_of(line.trim_end_matches(['\r', '\n'])))?;
    }
    let rest = text.chars().count().saturating_sub(shown);
    if rest > 0 {
        writeln!(out, "            … and {rest} characters more")?;
    }
    Ok(())
}
