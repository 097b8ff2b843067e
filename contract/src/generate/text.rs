//! Texts: of a pattern, of a format, of a length.

use serde_json::Value;

use crate::generate::facets::{Facets, matches};
use crate::generate::pattern::{Known, letter, letters};
use crate::generate::{Cannot, Choices, Taste, format, pattern, words};

/// The longest text that is made; a contract that asks for more is told so.
pub(crate) const MAX_TEXT: u64 = 1_000_000;

/// How many texts are made where several patterns, or a look-around, must be satisfied as well.
const TRIES: usize = 24;

/// How long a free text is where nothing bounds it: long enough that two seldom meet.
const FREE: u64 = 12;

/// A text that satisfies the facets; `name` is the member that holds it.
pub(crate) fn text(facets: &Facets<'_>, name: &str, choices: &mut dyn Choices) -> Result<String, Cannot> {
    let (min, max) = (facets.min_length, facets.max_length);
    if min > MAX_TEXT {
        return Err(Cannot::budget(format!("a text of {min} characters is longer than the {MAX_TEXT} that are made")));
    }
    if max.is_some_and(|max| min > max) {
        return Err(Cannot::unsatisfiable("`minLength` is greater than `maxLength`"));
    }
    if !facets.patterns.is_empty() && min > pattern::MAX_TEXT {
        let most = pattern::MAX_TEXT;
        return Err(Cannot::budget(format!("a text of {min} characters is longer than the {most} made of a pattern")));
    }
    if !facets.patterns.is_empty() {
        // A word of the document, where one fits: patterns seldom make words.
        if choices.taste() == Taste::Believable
            && let Some(named) = words::by_name(name, choices)
            && facets.allows_text(&Value::String(named.clone()))
            && facets.patterns.iter().all(|pattern| matches(pattern, &named))
        {
            return Ok(named);
        }
        let mut first = None;
        for source in &facets.patterns {
            let known = Known::of(source);
            let Some(pattern) = known.pattern() else { continue };
            let tries = if facets.patterns.len() > 1 || pattern.is_guess() { TRIES } else { 1 };
            for _ in 0..tries {
                let Some(made) = pattern.sample(min, max, choices) else { break };
                if tries == 1 || facets.patterns.iter().all(|pattern| matches(pattern, &made)) {
                    return Ok(made);
                }
                first = first.or(Some(made));
            }
        }
        // The validator may see what this does not.
        if let Some(first) = first {
            return Ok(first);
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
        Taste::Believable => believable(facets, name, choices),
        Taste::Plain => plain(min, max, choices),
    })
}

fn show(max: Option<u64>) -> String {
    max.map_or_else(|| "any".to_owned(), |max| max.to_string())
}

fn example(facets: &Facets<'_>) -> Option<String> {
    facets
        .examples
        .iter()
        .filter(|example| facets.allows_text(example))
        .find_map(|example| example.as_str())
        .map(str::to_owned)
}

/// Letters, from the shortest length on; free of everything that some part of the way might trip over.
fn plain(min: u64, max: Option<u64>, choices: &mut dyn Choices) -> String {
    let high = max.unwrap_or(min.max(FREE)).min(min.saturating_add(FREE));
    let low = min.max(high.min(1));
    let length = low + choices.below(high.saturating_sub(low) + 1);
    letters(length, choices)
}

fn believable(facets: &Facets<'_>, name: &str, choices: &mut dyn Choices) -> String {
    let (min, max) = (facets.min_length, facets.max_length);
    let mut made = words::by_name(name, choices)
        .or_else(|| facets.description.and_then(|description| words::by_description(description, choices)))
        .unwrap_or_else(|| words::any(choices));
    let count = |text: &str| u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
    while count(&made) < min {
        made.push(letter(choices));
    }
    match max {
        Some(max) if count(&made) > max => plain(min, Some(max), choices),
        _ => made,
    }
}
