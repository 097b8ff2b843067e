//! Telling what became of a recording: whether it is whole, and how the verdicts of newer rules differ from those of the run.

use std::io::Write as _;

use etalon_conformance::recording::{Difference, Flaw, Judged, Judgement, RULES, Recording, Way};

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
        for difference in judgement.differences.iter().take(if flaw.is_none() { MOST } else { 0 }) {
            text.push_str(&told(difference));
        }
        if let Some(more) = judgement.differences.len().checked_sub(MOST + 1) {
            text.push_str(&format!("  and {} more\n", more + 1));
        }
    }
    text
}

fn told(Difference { row, was, is }: &Difference) -> String {
    let side = |judged: &Option<Judged>| match judged {
        None => "no such row".to_owned(),
        Some(Judged { verdict, reason: None, .. }) => verdict.to_string(),
        Some(Judged { verdict, reason: Some(reason), .. }) => format!("{verdict}: {reason}"),
    };
    format!("  {row}\n    was {}\n    is  {}\n", side(was), side(is))
}
