//! The end of the report for people: totals, the conclusion, and what would help.

use std::fmt::Write;

use etalon_contract::document::visible as line_of;

use crate::report::human::Paint;
use crate::report::{Conclusion, Ending, Report};
use crate::verdict::VerdictKind;

pub(super) fn totals(out: &mut String, report: &Report, paint: Paint) -> std::fmt::Result {
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
    concluded(out, report, paint)
}

/// The conclusion in a sentence, and what would help where little could be tested.
fn concluded(out: &mut String, report: &Report, paint: Paint) -> std::fmt::Result {
    match report.conclusion() {
        Conclusion::Conforms if report.untested().is_empty() => {
            write!(out, "{}", paint.word(VerdictKind::Proved, "The target conforms."))
        }
        Conclusion::Conforms | Conclusion::Partly => {
            let text = format!("The target conforms where it could be tested; {}.", left_out(report));
            write!(out, "{}", paint.word(VerdictKind::Inconclusive, &text))
        }
        Conclusion::Violates => violates(out, report, paint),
        Conclusion::TooLittle => too_little(out, report, paint),
        Conclusion::Interrupted => {
            let text = "The run was interrupted; what is above was shown by then.";
            write!(out, "{}", paint.word(VerdictKind::Inconclusive, text))
        }
        Conclusion::Gone => {
            let why = match &report.ending {
                Ending::Gone(why) => why.as_str(),
                Ending::Complete | Ending::Traffic | Ending::Interrupted | Ending::OutOfTime => "",
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

/// The conclusion of a run that met violations: its ending, its silence, and the operations that could not be tested.
fn violates(out: &mut String, report: &Report, paint: Paint) -> std::fmt::Result {
    write!(out, "{}", paint.word(VerdictKind::Violated, "The target violates the contract."))?;
    match &report.ending {
        Ending::Complete | Ending::Traffic => {}
        Ending::Interrupted | Ending::OutOfTime => write!(out, " The run did not come to its end.")?,
        Ending::Gone(why) => write!(out, " Then it was gone: {why}.")?,
    }
    if report.unanswered > 0 {
        write!(out, " {} of its cases got no answer.", report.unanswered)?;
    }
    if report.untested().is_empty() { Ok(()) } else { write!(out, " Besides, {}.", left_out(report)) }
}

/// The conclusion of a run that tested too few operations, and the help that would let more be tested.
fn too_little(out: &mut String, report: &Report, paint: Paint) -> std::fmt::Result {
    let operations = report.operations.len();
    let tested = operations - report.untested().len().min(operations);
    let text = format!(
        "Too little could be tested: {tested} of {operations} operations succeeded, and {} % must; {}.",
        report.enough,
        left_out(report)
    );
    write!(out, "{}", paint.word(VerdictKind::Inconclusive, &text))?;
    for help in report.helps() {
        write!(out, "\nhelp: {}", line_of(&report.mask.prose(&help)))?;
    }
    Ok(())
}

/// The most operations that the last line names; the matrices above it show all.
const NAMED: usize = 5;

/// The operations that could not be tested: their number, and the first of them with the reason.
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
