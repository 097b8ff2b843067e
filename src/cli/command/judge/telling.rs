//! Telling what became of a recording: whether it is whole, and how the verdicts of newer rules differ from those of the run.

use std::io::Write as _;

use etalon_conformance::recording::{Difference, Flaw, Judged, Judgement, RULES, Recording, Way};
use etalon_conformance::verdict::VerdictKind;

/// The most differences that are told one by one.
const MOST: usize = 50;

/// Tells about a recording on the standard error: the reports are the same as those of the run.
pub(super) fn about(recording: &Recording, judgements: &[Judgement], flaw: Option<&Flaw>) {
    // There is nobody to tell if the stream is closed.
    let _ = anstream::stderr().write_all(text(recording, judgements, flaw).as_bytes());
}

fn text(recording: &Recording, judgements: &[Judgement], flaw: Option<&Flaw>) -> String {
    let mut text = String::new();
    for (section, judgement) in recording.sections.iter().zip(judgements) {
        let (name, exchanges) = (&recording.name, section.exchanges());
        let (etalon, rules) = (section.etalon(), section.rules());
        text.push_str(&format!("{}: run {name}, etalon {etalon} ({rules}), {exchanges} exchanges", section.title()));
        if let Some(root) = section.root() {
            text.push_str(&format!(", root {root}"));
        }
        text.push('\n');
        let others = match judgement.differences.len() {
            0 => "no other verdict".to_owned(),
            1 => "one other verdict".to_owned(),
            many => format!("{many} other verdicts"),
        };
        match (flaw, judgement.way) {
            (Some(_), _) => {}
            (None, Way::Again) if judgement.differences.is_empty() => {
                text.push_str("  each exchange is as it was recorded, and the verdicts are those of the run\n");
            }
            (None, Way::Again) => {
                text.push_str(&format!("  each exchange is as it was recorded; the rules of now ({RULES}) give {others}\n"));
            }
            (None, Way::LookedUp) => text.push_str(&format!(
                "  each exchange is as it was recorded; the rules of now ({RULES}) ask for other requests, and with the answers that are \
                 recorded give {others}\n"
            )),
        }
        if flaw.is_none() {
            text.push_str(&listed(&judgement.differences));
        }
    }
    text
}

/// The differences one by one; rows that the run did not have, and of which nothing is known now either, are counted.
fn listed(differences: &[Difference]) -> String {
    let mut text = String::new();
    let (new, others): (Vec<_>, Vec<_>) = differences.iter().partition(|difference| is_new(difference));
    for difference in others.iter().take(MOST) {
        text.push_str(&told(difference));
    }
    if let Some(more) = others.len().checked_sub(MOST + 1) {
        text.push_str(&format!("  and {} more\n", more + 1));
    }
    match new.len() {
        0 => {}
        1 => text.push_str("  one row is new, and what was recorded does not decide it\n"),
        many => text.push_str(&format!("  {many} rows are new, and what was recorded does not decide them\n")),
    }
    text
}

/// True for a row that the run did not have, and that is not decided now.
fn is_new(Difference { was, is, .. }: &Difference) -> bool {
    let decided = is.as_ref().is_some_and(|judged| match judged.verdict {
        VerdictKind::Proved | VerdictKind::Violated | VerdictKind::Waived => true,
        VerdictKind::Inconclusive | VerdictKind::Unreachable => false,
    });
    was.is_none() && !decided
}

fn told(Difference { row, was, is }: &Difference) -> String {
    let side = |judged: &Option<Judged>| match judged {
        None => "no such row".to_owned(),
        Some(Judged { verdict, reason: None, .. }) => verdict.to_string(),
        Some(Judged { verdict, reason: Some(reason), .. }) => format!("{verdict}: {reason}"),
    };
    format!("  {row}\n    was {}\n    is  {}\n", side(was), side(is))
}
