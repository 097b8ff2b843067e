//! Texts that match a regular expression (ECMA-262 as JSON Schema uses it), of a wanted length.

mod look_around;
mod part;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

use regex_syntax::hir::{Hir, HirKind, Look};

use crate::generate::Choices;
use crate::generate::plain::pattern::part::Part;

/// The most times that `*` and `+` repeat where no length asks for more.
const MANY: u64 = 8;

/// The most lengths beyond the near ones that are tried.
const FAR: usize = 128;

/// The longest text that is made of a pattern; the pattern is asked of each of its characters.
pub(crate) const MAX_TEXT: u64 = 100_000;

/// The most parts that are tried for one text: parts within parts that do not fit multiply.
const MAX_STEPS: u64 = 20 * MAX_TEXT;

/// The most patterns that are kept parsed; when there are more, all are forgotten.
const MAX_KNOWN: usize = 1_024;

/// The patterns that were parsed before: a list of a hundred addresses has one pattern.
static KNOWN: LazyLock<RwLock<HashMap<String, Arc<Known>>>> = LazyLock::new(RwLock::default);

/// A pattern, for making texts and for judging them.
#[derive(Debug)]
pub(crate) struct Known {
    pattern: Option<Pattern>,
    judge: Option<jsonschema::Validator>,
}

impl Known {
    /// The pattern as it is written in a document.
    pub(crate) fn of(source: &str) -> Arc<Self> {
        const KEPT: &str = "nothing panics while patterns are kept";
        if let Some(known) = KNOWN.read().expect(KEPT).get(source) {
            return Arc::clone(known);
        }
        let judge = jsonschema::options()
            .with_pattern_options(jsonschema::PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_LIMIT))
            .build(&serde_json::json!({"pattern": source}));
        let made = Arc::new(Self { pattern: Pattern::parse(source), judge: judge.ok() });
        let mut known = KNOWN.write().expect(KEPT);
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        known.insert(source.to_owned(), Arc::clone(&made));
        made
    }

    /// The pattern that texts are made of; `None` where a sampler cannot follow.
    pub(crate) fn pattern(&self) -> Option<&Pattern> {
        self.pattern.as_ref()
    }

    /// True where a text matches; a pattern that is none matches nothing.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.judge.as_ref().is_some_and(|judge| judge.is_valid(&serde_json::Value::String(text.to_owned())))
    }
}

/// Steps that a pattern with look-around may take on one text.
const BACKTRACK_LIMIT: usize = 100_000;

/// A pattern that is parsed, with what its look-around asks.
#[derive(Debug)]
pub(crate) struct Pattern {
    body: Part,
    open_start: bool,
    open_end: bool,
    /// The patterns that look-ahead asks to be somewhere in the text.
    within: Vec<Self>,
    look_around: bool,
    exact: bool,
}

impl Pattern {
    /// Parses a pattern; `None` where it holds what a sampler cannot follow (back-references). Look-around is set aside:
    /// what a look-ahead asks for is worked into the text afterwards, what it forbids is left to the validator.
    pub(crate) fn parse(pattern: &str) -> Option<Self> {
        Self::parse_plain(pattern).or_else(|| {
            let (rest, wanted) = look_around::set_aside(pattern)?;
            let within = wanted.iter().filter_map(|wanted| Self::parse_plain(wanted)).collect();
            Some(Self { within, look_around: true, ..Self::parse_plain(&rest)? })
        })
    }

    fn parse_plain(pattern: &str) -> Option<Self> {
        let translated = jsonschema_regex::to_rust_regex(pattern).ok()?;
        let hir = regex_syntax::ParserBuilder::new().build().parse(&translated).ok()?;
        let open_start = !starts(&hir);
        let open_end = !ends(&hir);
        let followed = usize::from(!open_start) + usize::from(!open_end);
        let exact = looks(&hir) == followed;
        Some(Self { body: Part::of(&hir), open_start, open_end, exact, within: Vec::new(), look_around: false })
    }

    /// True where look-around was set aside, so that a sample may not match.
    pub(crate) fn is_guess(&self) -> bool {
        self.look_around
    }

    /// True where every sample matches: nothing looks around but at the two ends.
    pub(crate) fn is_exact(&self) -> bool {
        self.exact && !self.look_around
    }

    /// A text of `min..=max` characters that matches; `None` where there is none that this finds.
    pub(crate) fn sample(&self, min: u64, max: Option<u64>, choices: &mut dyn Choices) -> Option<String> {
        if self.within.is_empty() {
            return self.sample_plain(min, max, choices);
        }
        let parts: Vec<String> =
            self.within.iter().map(|part| part.sample_plain(0, None, choices)).collect::<Option<_>>()?;
        let needed: u64 = parts.iter().map(|part| count(part)).sum();
        let mut text: Vec<char> = self.sample_plain(min.max(needed), max, choices)?.chars().collect();
        let mut place = 0;
        for part in parts {
            for character in part.chars() {
                if let Some(there) = text.get_mut(place) {
                    *there = character;
                }
                place += 1;
            }
        }
        Some(text.into_iter().collect())
    }

    /// A text of `min..=max` characters that matches; `None` where there is none that this finds.
    fn sample_plain(&self, min: u64, max: Option<u64>, choices: &mut dyn Choices) -> Option<String> {
        let (least, most) = (self.body.least, self.body.most);
        let low = min.max(least);
        if low > MAX_TEXT {
            return None;
        }
        let mut steps = MAX_STEPS;
        let high = [max, most].into_iter().flatten().min().unwrap_or_else(|| low.saturating_add(MANY));
        if low <= high {
            // Near the shortest: long texts prove nothing more, and hide what matters.
            let spread = (high - low).min(MANY * 2);
            let first = choices.below(spread + 1);
            // There may be gaps between the lengths of matches: then the next length is tried.
            let near = (0..=spread).map(|offset| low + (first + offset) % (spread + 1));
            let far = (low + spread + 1..=high).take(FAR);
            for length in near.chain(far) {
                let mut text = String::with_capacity(usize::try_from(length).unwrap_or(0));
                if self.body.fill(length, choices, &mut text, &mut steps).is_some() {
                    return Some(text);
                }
            }
        }
        // An unanchored pattern may stand anywhere in a longer text.
        if (self.open_start || self.open_end) && max.is_none_or(|max| least <= max) {
            let mut text = String::new();
            let length = most.map_or(least, |most| most.min(max.unwrap_or(most)));
            self.body.fill(length, choices, &mut text, &mut steps)?;
            let missing = min.saturating_sub(count(&text));
            let padding = letters(missing, choices);
            return Some(if self.open_end { text + &padding } else { padding + &text });
        }
        None
    }
}

fn count(text: &str) -> u64 {
    u64::try_from(text.chars().count()).unwrap_or(u64::MAX)
}

/// That many lower-case letters.
pub(crate) fn letters(count: u64, choices: &mut dyn Choices) -> String {
    let mut text = String::new();
    choices.spell(b"abcdefghijklmnopqrstuvwxyz", count, &mut text);
    text
}

/// The number of places of a pattern that look around.
fn looks(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => 0,
        HirKind::Look(_) => 1,
        HirKind::Repetition(repetition) => looks(&repetition.sub),
        HirKind::Capture(capture) => looks(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().map(looks).sum(),
    }
}

fn starts(hir: &Hir) -> bool {
    hir.properties().look_set_prefix().contains(Look::Start)
}

fn ends(hir: &Hir) -> bool {
    hir.properties().look_set_suffix().contains(Look::End)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::generate::Numbers;

    const PATTERNS: [&str; 9] = [
        "^(?=.*[A-Z])(?=.*\\d)[A-Za-z\\d]{8,}$",
        "^[^@\\s]+@[^@\\s]+$",
        "^(wip|work-in-progress|experimental|beta|((([0-9]{4})-([0-1][0-9]))-((3[01])|(0[1-9])|([12][0-9]))(~(wip|work-in-progress|experimental|beta))?))$",
        "^[45]\\d\\d$",
        "^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)$",
        "^[A-Z]{2}\\d{0,5}(-[a-z]{3})*$",
        "foo",
        "^ab?c",
        "^(?:aa|bbbb)+$",
    ];

    proptest! {
        #[test]
        fn every_sample_matches_and_has_the_length(numbers in prop::collection::vec(any::<u64>(), 0..64), which in 0..PATTERNS.len(), max in 20u64..60) {
            let pattern = Pattern::parse(PATTERNS[which]).expect("it parses");
            let text = pattern.sample(0, Some(max), &mut Numbers::new(&numbers)).expect("there is one");
            prop_assert!(count(&text) <= max);
            let judge = jsonschema::validator_for(&serde_json::json!({"pattern": PATTERNS[which]})).expect("a schema");
            prop_assert!(judge.is_valid(&serde_json::json!(text)), "{text}");
        }

        #[test]
        fn an_address_of_any_length_can_be_made(numbers in prop::collection::vec(any::<u64>(), 0..64), length in 3u64..300) {
            let pattern = Pattern::parse(PATTERNS[1]).expect("it parses");
            let text = pattern.sample(length, Some(length), &mut Numbers::new(&numbers)).expect("there is one");
            prop_assert_eq!(count(&text), length);
        }
    }

    #[test]
    fn long_texts_and_patterns_without_end_are_given_up() {
        let sample = |pattern: &str, min| {
            Pattern::parse(pattern).and_then(|pattern| pattern.sample(min, None, &mut Numbers::new(&[3, 1, 4])))
        };
        assert_eq!(sample("^[ab]+$", MAX_TEXT + 1), None);
        assert!(sample("^[ab]+$", 1_000).is_some());
        let nested = Pattern::parse("^((((a{3}){5}){7})(((b{3}|c{9}){5}){7}))+$").expect("a pattern");
        let mut steps = 50;
        assert_eq!(nested.body.fill(9_999, &mut Numbers::new(&[]), &mut String::new(), &mut steps), None);
        assert!(steps <= 50, "{steps}");
    }
}
