//! The report for people: a matrix for each operation, what is not proved and why, each violation in full, totals.

use std::collections::BTreeMap;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use etalon_contract::codec::Headers;
use etalon_contract::document::visible as line_of;

use crate::evidence::{Effort, ShrinkEnd};
use crate::report::causes::{Cause, by_cause, fails};
use crate::report::curl::curl;
use crate::report::{Conclusion, Ending, Group, OperationReport, Report, RowReport};
use crate::session::USER_AGENT;
use crate::transcript::{Exchange, Role};
use crate::verdict::{Level, Verdict, VerdictKind};

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

/// How many rows of the same cause are named below a finding.
const OTHERS: usize = 8;

/// How many operations a report may have to show a table for each; a longer one has a line for each.
const TABLES: usize = 12;

/// How many reasons of a long report are told; the JSON report has all.
const REASONS: usize = 25;

/// How many operations a report may have to show a line for each; a longer one names those that have something to tell.
const LINES: usize = 100;

/// The most characters and lines of a body that are shown; the JSON report has all of it.
const SHOWN: usize = 2_000;
const SHOWN_LINES: usize = 12;

/// How long a report may grow by findings that are told in full, in lines; the others are told in a few lines each, and past the
/// second bound they are counted. The JSON report has all of them.
const FULL: usize = 200;
const LONGEST: usize = 280;

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
    }
    writeln!(out)?;
    totals(out, report, paint)
}

/// The findings, one for each cause: in full as far as there is room, then in a few lines each, then counted.
fn findings(out: &mut String, report: &Report, paint: Paint) -> std::fmt::Result {
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
    let Verdict::Violated(failure) = &shown.verdict else { return Ok(()) };
    let more = match finding.rows.len() - 1 {
        0 => String::new(),
        count => format!(" (and {count} more rows of the same cause)"),
    };
    writeln!(out, "\n{} {}{more}", told(failure.level, paint), paint.strong(&line_of(shown.id())))?;
    writeln!(out, "  found     {}", line_of(&report.mask.prose(&failure.found)))?;
    if let Some(evidence) = &shown.evidence {
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

/// A line for each operation, and below them what was not proved, by its reason.
fn lines(out: &mut String, report: &Report, paint: Paint) -> std::fmt::Result {
    writeln!(out)?;
    let all = report.operations.len() <= LINES;
    let mut silent = 0;
    for operation in &report.operations {
        let is_violated = operation.rows.iter().any(|row| row.verdict.kind() == VerdictKind::Violated);
        if !all && !is_violated {
            silent += 1;
            continue;
        }
        let counts: Vec<String> = VerdictKind::ALL
            .into_iter()
            .map(|word| (word, operation.rows.iter().filter(|row| row.verdict.kind() == word).count()))
            .filter(|(_, count)| *count > 0)
            .map(|(word, count)| paint.word(word, &format!("{count} {word}")))
            .collect();
        let seen = if operation.is_tested() { "" } else { " · no success seen" };
        writeln!(out, "{} {}  {}: {}{seen}", operation.method, operation.path, operation.id, counts.join(", "))?;
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

fn violation(out: &mut String, report: &Report, line: &RowReport, paint: Paint) -> std::fmt::Result {
    let Verdict::Violated(failure) = &line.verdict else { return Ok(()) };
    writeln!(out, "\n{} {}", told(failure.level, paint), paint.strong(&line_of(line.id())))?;
    writeln!(out, "  expected  {}", line_of(&report.mask.prose(&failure.expected)))?;
    writeln!(out, "  because   {}", line_of(&line.place.to_string()))?;
    writeln!(out, "  found     {}", line_of(&report.mask.prose(&failure.found)))?;
    let Some(evidence) = &line.evidence else { return Ok(()) };
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

/// What it took to make the request so small, and whether it could be smaller.
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

fn totals(out: &mut String, report: &Report, paint: Paint) -> std::fmt::Result {
    let counts: Vec<String> = VerdictKind::ALL
        .into_iter()
        .map(|word| (word, report.count(word)))
        .filter(|(word, count)| *count > 0 || matches!(word, VerdictKind::Proved | VerdictKind::Violated))
        .map(|(word, count)| {
            let text = format!("{count} {word}");
            if count > 0 { paint.word(word, &text) } else { text }
        })
        .collect();
    let masked = report.mask.shown_in(report);
    if !masked.is_empty() {
        let named = masked.join(", ");
        writeln!(out, "Credentials are masked: set {named} for the curl lines, or run with --show-credentials.")?;
    }
    writeln!(out, "{} rows: {}", report.rows().count(), counts.join(", "))?;
    if report.left_out() > 0 {
        writeln!(out, "{} positions of schemas lie too deep, or are too many, and have no rows", report.left_out())?;
    }
    writeln!(out, "{} requests in {:.1} s", report.requests, report.took.as_secs_f64())?;
    let (untested, left) = (report.untested(), left_out(report));
    match report.conclusion() {
        Conclusion::Conforms if untested.is_empty() => {
            write!(out, "{}", paint.word(VerdictKind::Proved, "The target conforms."))
        }
        Conclusion::Conforms | Conclusion::Partly => {
            let text = format!("The target conforms where it could be tested; {left}.");
            write!(out, "{}", paint.word(VerdictKind::Inconclusive, &text))
        }
        Conclusion::Violates => {
            write!(out, "{}", paint.word(VerdictKind::Violated, "The target violates the contract."))?;
            match &report.ending {
                Ending::Complete => {}
                Ending::Interrupted | Ending::OutOfTime => write!(out, " The run did not come to its end.")?,
                Ending::Gone(why) => write!(out, " Then it was gone: {why}.")?,
            }
            if report.unanswered > 0 {
                write!(out, " {} of its cases got no answer.", report.unanswered)?;
            }
            if untested.is_empty() { Ok(()) } else { write!(out, " Besides, {left}.") }
        }
        Conclusion::TooLittle => {
            let tested = report.operations.len() - untested.len().min(report.operations.len());
            let text = format!(
                "Too little could be tested: {tested} of {} operations succeeded, and {} % must; {left}.",
                report.operations.len(),
                report.enough
            );
            write!(out, "{}", paint.word(VerdictKind::Inconclusive, &text))?;
            for help in report.helps() {
                write!(out, "\nhelp: {}", line_of(&report.mask.prose(&help)))?;
            }
            Ok(())
        }
        Conclusion::Interrupted => {
            let text = "The run was interrupted; what is above was shown by then.";
            write!(out, "{}", paint.word(VerdictKind::Inconclusive, text))
        }
        Conclusion::Gone => {
            let why = match &report.ending {
                Ending::Gone(why) => why.as_str(),
                Ending::Complete | Ending::Interrupted | Ending::OutOfTime => "",
            };
            let text = format!("The target is gone: {why}. What is above was shown by then.");
            write!(out, "{}", paint.word(VerdictKind::Violated, &text))
        }
        Conclusion::CutShort => {
            let text = "Too little was tested: the run took all of its time (--max-time).";
            write!(out, "{}", paint.word(VerdictKind::Inconclusive, text))
        }
        Conclusion::Unanswered => {
            let cases =
                if report.unanswered == 1 { "1 case".to_owned() } else { format!("{} cases", report.unanswered) };
            let text = format!("Too little was tested: {cases} got no answer, asked twice; silence is no proof.");
            write!(out, "{}", paint.word(VerdictKind::Inconclusive, &text))
        }
        Conclusion::NothingTested => {
            let why = report.why_nothing().unwrap_or("no row could be shown");
            let text = format!("Nothing was tested: {}.", line_of(&report.mask.prose(why)));
            write!(out, "{}", paint.word(VerdictKind::Inconclusive, &text))
        }
    }
}

/// How many operations the last line names; the matrices above it show all.
const NAMED: usize = 5;

/// Which operations could not be tested, and why.
fn left_out(report: &Report) -> String {
    let untested = report.untested();
    let mut named: Vec<String> =
        untested.iter().take(NAMED).map(|(id, why)| line_of(&format!("{id} ({})", report.mask.prose(why)))).collect();
    if untested.len() > NAMED {
        named.push(format!("and {} more", untested.len() - NAMED));
    }
    let operations = if untested.len() == 1 { "operation" } else { "operations" };
    format!("{} {operations} could not be: {}", untested.len(), named.join(", "))
}
