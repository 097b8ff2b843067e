//! Titles, sentences, paragraphs: short ones and long ones, so that a page shows what it does with either.

use crate::generate::Choices;
use crate::generate::plain::words::{capital, lists, pick};

/// A text that people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prose {
    Title,
    Tag,
    Sentence,
    Paragraph,
}

/// A text of any other kind.
pub(super) fn text(kind: Prose, choices: &mut dyn Choices) -> String {
    match kind {
        Prose::Title => {
            format!(
                "{} {} {}",
                capital(pick(lists::QUALITIES, choices)),
                capital(pick(lists::THINGS, choices)),
                1 + choices.below(999)
            )
        }
        Prose::Tag => pick(lists::THINGS, choices).to_owned(),
        Prose::Sentence => {
            let count = 1 + choices.below(3);
            sentences(count, choices)
        }
        Prose::Paragraph => {
            let count = 2 + choices.below(7);
            sentences(count, choices)
        }
    }
}

fn sentences(count: u64, choices: &mut dyn Choices) -> String {
    let one = |_| {
        let (sentence, quality) = (pick(lists::SENTENCES, choices), pick(lists::QUALITIES, choices));
        let an = if quality.starts_with(['a', 'e', 'i', 'o', 'u']) { "n" } else { "" };
        let sentence = sentence.replace(" a {q}", &format!(" a{an} {quality}"));
        let sentence = sentence.replace("A {q}", &format!("A{an} {quality}")).replace("{q}", quality);
        sentence.replace("{t}", pick(lists::THINGS, choices))
    };
    (0..count).map(one).collect::<Vec<_>>().join(" ")
}
