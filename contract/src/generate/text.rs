//! Texts: of a pattern, of a format, of a length.

use crate::generate::facets::Facets;
use crate::generate::pattern::{Pattern, letter};
use crate::generate::{Cannot, Choices, Taste, format, words};

/// The longest text that is made; a contract that asks for more is told so.
pub(crate) const MAX_TEXT: u64 = 1_000_000;

/// How long a free text is where nothing bounds it: long enough that two seldom meet.
const FREE: u64 = 12;

/// A text that satisfies the facets; `name` is the member that holds it.
pub(crate) fn text(facets: &Facets<'_>, name: &str, choices: &mut dyn Choices) -> Result<String, Cannot> {
    let (min, max) = (facets.min_length, facets.max_length);
    if min > MAX_TEXT {
        return Err(Cannot::because(format!("a text of {min} characters is longer than the {MAX_TEXT} that are made")));
    }
    if max.is_some_and(|max| min > max) {
        return Err(Cannot::because("minLength is greater than maxLength"));
    }
    for source in &facets.patterns {
        if let Some(pattern) = Pattern::parse(source)
            && let Some(made) = pattern.sample(min, max, choices)
        {
            return Ok(made);
        }
    }
    if !facets.patterns.is_empty() {
        return example(facets).ok_or_else(|| {
            Cannot::because(format!("no text was found that matches {}", facets.patterns.join(" and ")))
        });
    }
    if let Some(known) = facets.formats.iter().find(|known| format::is_known(known)) {
        return format::sample(known, min, max, choices)
            .or_else(|| example(facets))
            .ok_or_else(|| Cannot::because(format!("no {known} has a length from {min} to {}", show(max))));
    }
    Ok(match choices.taste() {
        Taste::Believable => believable(name, min, max, choices),
        Taste::Plain => plain(min, max, choices),
    })
}

fn show(max: Option<u64>) -> String {
    max.map_or_else(|| "any".to_owned(), |max| max.to_string())
}

fn example(facets: &Facets<'_>) -> Option<String> {
    facets.examples.iter().find_map(|example| example.as_str()).map(str::to_owned)
}

/// Letters, from the shortest length on; free of everything that some part of the way might trip over.
fn plain(min: u64, max: Option<u64>, choices: &mut dyn Choices) -> String {
    let high = max.unwrap_or(min.max(FREE)).min(min.saturating_add(FREE));
    let low = min.max(high.min(1));
    let length = low + choices.below(high.saturating_sub(low) + 1);
    (0..length).map(|_| letter(choices)).collect()
}

fn believable(name: &str, min: u64, max: Option<u64>, choices: &mut dyn Choices) -> String {
    let mut made = words::by_name(name, choices).unwrap_or_else(|| words::any(choices));
    let count = |text: &str| u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
    while count(&made) < min {
        made.push(letter(choices));
    }
    match max {
        Some(max) if count(&made) > max => plain(min, Some(max), choices),
        _ => made,
    }
}
