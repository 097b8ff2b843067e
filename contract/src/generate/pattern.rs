//! Texts that match a regular expression (ECMA-262 as JSON Schema uses it), of a wanted length.

mod look_around;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use crate::generate::Choices;

/// How often `*` and `+` repeat where no length asks for more.
const MANY: u64 = 8;

/// How many lengths beyond the near ones are tried.
const FAR: usize = 128;

/// The longest text that is made of a pattern; the pattern is asked of each of its characters.
pub(crate) const MAX_TEXT: u64 = 100_000;

/// How many parts are tried for one text: parts within parts that do not fit multiply.
const MAX_STEPS: u64 = 20 * MAX_TEXT;

/// How many patterns are kept parsed; when there are more, all are forgotten.
const MAX_KNOWN: usize = 1_024;

/// The patterns that were parsed before: a list of a hundred addresses has one pattern.
static KNOWN: LazyLock<RwLock<HashMap<String, Arc<Known>>>> = LazyLock::new(RwLock::default);

/// A pattern, for making texts and for judging them.
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

    /// What texts can be made of; `None` where a sampler cannot follow.
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

/// A parsed pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    body: Hir,
    open_start: bool,
    open_end: bool,
    /// What look-ahead asks to be somewhere in the text.
    within: Vec<Self>,
    look_around: bool,
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
        Some(Self { body: hir, open_start, open_end, within: Vec::new(), look_around: false })
    }

    /// True where look-around was set aside, so that a sample may not match.
    pub(crate) fn is_guess(&self) -> bool {
        self.look_around
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
        let (least, most) = lengths(&self.body);
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
                let mut text = String::new();
                if fill(&self.body, length, choices, &mut text, &mut steps).is_some() {
                    return Some(text);
                }
            }
        }
        // An unanchored pattern may stand anywhere in a longer text.
        if (self.open_start || self.open_end) && max.is_none_or(|max| least <= max) {
            let mut text = String::new();
            fill(&self.body, most.map_or(least, |most| most.min(max.unwrap_or(most))), choices, &mut text, &mut steps)?;
            let missing = min.saturating_sub(count(&text));
            let padding: String = (0..missing).map(|_| letter(choices)).collect();
            return Some(if self.open_end { text + &padding } else { padding + &text });
        }
        None
    }
}

fn count(text: &str) -> u64 {
    u64::try_from(text.chars().count()).unwrap_or(u64::MAX)
}

/// A lower-case letter.
pub(crate) fn letter(choices: &mut dyn Choices) -> char {
    char::from(b'a' + u8::try_from(choices.below(26)).expect("below 26"))
}

fn starts(hir: &Hir) -> bool {
    hir.properties().look_set_prefix().contains(Look::Start)
}

fn ends(hir: &Hir) -> bool {
    hir.properties().look_set_suffix().contains(Look::End)
}

/// The shortest and the longest match in characters; `None` for endless.
fn lengths(hir: &Hir) -> (u64, Option<u64>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (0, Some(0)),
        HirKind::Literal(literal) => {
            let length = std::str::from_utf8(&literal.0).map_or(literal.0.len(), |text| text.chars().count());
            let length = u64::try_from(length).unwrap_or(u64::MAX);
            (length, Some(length))
        }
        HirKind::Class(_) => (1, Some(1)),
        HirKind::Repetition(repetition) => {
            let (least, most) = lengths(&repetition.sub);
            let top = match (repetition.max, most) {
                (Some(0), _) | (_, Some(0)) => Some(0),
                (Some(times), Some(most)) => Some(most.saturating_mul(u64::from(times))),
                _ => None,
            };
            (least.saturating_mul(u64::from(repetition.min)), top)
        }
        HirKind::Capture(capture) => lengths(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(lengths).fold((0, Some(0)), |(least, most), (low, high)| {
            (u64::saturating_add(least, low), most.zip(high).map(|(most, high)| u64::saturating_add(most, high)))
        }),
        HirKind::Alternation(branches) => branches
            .iter()
            .map(lengths)
            .reduce(|(least, most), (low, high)| (least.min(low), most.zip(high).map(|(most, high)| most.max(high))))
            .unwrap_or((0, Some(0))),
    }
}

fn allows(hir: &Hir, length: u64) -> bool {
    let (least, most) = lengths(hir);
    least <= length && most.is_none_or(|most| length <= most)
}

/// Writes a match of exactly that many characters.
fn fill(hir: &Hir, length: u64, choices: &mut dyn Choices, text: &mut String, steps: &mut u64) -> Option<()> {
    *steps = steps.checked_sub(1)?;
    if !allows(hir, length) {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(member(class, choices)?),
        HirKind::Capture(capture) => fill(&capture.sub, length, choices, text, steps)?,
        HirKind::Alternation(branches) => {
            let fitting: Vec<&Hir> = branches.iter().filter(|branch| allows(branch, length)).collect();
            let first = usize::try_from(choices.below(u64::try_from(fitting.len()).ok()?)).ok()?;
            // A branch may have gaps between its lengths: then the next one is tried.
            let written = text.len();
            for offset in 0..fitting.len() {
                text.truncate(written);
                if fill(fitting[(first + offset) % fitting.len()], length, choices, text, steps).is_some() {
                    return Some(());
                }
            }
            return None;
        }
        // One character after another: nothing is to be shared out.
        HirKind::Repetition(repetition) if matches!(repetition.sub.kind(), HirKind::Class(_)) => {
            let HirKind::Class(class) = repetition.sub.kind() else { return None };
            for _ in 0..length {
                text.push(member(class, choices)?);
            }
        }
        HirKind::Repetition(repetition) => {
            let (least, most) = lengths(&repetition.sub);
            let times = repetitions(repetition.min, repetition.max, least, most, length, choices)?;
            let parts = vec![repetition.sub.as_ref(); usize::try_from(times).ok()?];
            share(&parts, length, choices, text, steps)?;
        }
        HirKind::Concat(parts) => share(&parts.iter().collect::<Vec<_>>(), length, choices, text, steps)?,
    }
    Some(())
}

/// How often a part repeats so that the length can be met.
fn repetitions(
    min: u32,
    max: Option<u32>,
    least: u64,
    most: Option<u64>,
    length: u64,
    choices: &mut dyn Choices,
) -> Option<u64> {
    let min = u64::from(min);
    let low = match most {
        Some(0) => min,
        Some(most) => min.max(length.div_ceil(most)),
        None => min.max(u64::from(length > 0)),
    };
    let high = match length.checked_div(least) {
        Some(times) => max.map_or(times, |max| times.min(u64::from(max))),
        None => max.map_or(low.max(length), u64::from),
    };
    (low <= high).then(|| low + choices.below(high - low + 1))
}

/// Shares a length among parts that follow one another.
fn share(parts: &[&Hir], length: u64, choices: &mut dyn Choices, text: &mut String, steps: &mut u64) -> Option<()> {
    *steps = steps.checked_sub(u64::try_from(parts.len()).ok()?)?;
    let ranges: Vec<(u64, Option<u64>)> = parts.iter().map(|part| lengths(part)).collect();
    // What the parts after each one need at least and can take at most.
    let mut least_after = vec![0u64; parts.len() + 1];
    let mut most_after = vec![Some(0u64); parts.len() + 1];
    for index in (0..parts.len()).rev() {
        least_after[index] = least_after[index + 1].saturating_add(ranges[index].0);
        most_after[index] = most_after[index + 1].zip(ranges[index].1).map(|(one, two)| one.saturating_add(two));
    }
    let mut left = length;
    for (index, part) in parts.iter().enumerate() {
        let low = ranges[index].0.max(most_after[index + 1].map_or(0, |most| left.saturating_sub(most)));
        let high = left.checked_sub(least_after[index + 1])?.min(ranges[index].1.unwrap_or(u64::MAX));
        if low > high {
            return None;
        }
        let wanted = low + choices.below(high - low + 1);
        let written = text.len();
        // A part may have gaps between its lengths: nearby ones are tried, upwards and then downwards.
        let taken = (wanted..=high.min(wanted + MANY))
            .chain((low.max(wanted.saturating_sub(MANY))..wanted).rev())
            .find(|&take| {
                text.truncate(written);
                fill(part, take, choices, text, steps).is_some()
            })?;
        left -= taken;
    }
    (left == 0).then_some(())
}

/// A member of a class: a letter or digit where it has one, else a printable character, else any.
fn member(class: &Class, choices: &mut dyn Choices) -> Option<char> {
    if let Class::Unicode(class) = class {
        let has = |first, last| class.ranges().iter().any(|range| range.start() <= first && last <= range.end());
        if has('a', 'z') && has('0', '9') {
            let plain = b"abcdefghijklmnopqrstuvwxyz0123456789";
            return Some(char::from(plain[usize::try_from(choices.below(36)).ok()?]));
        }
    }
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
        }
    };
    for wanted in
        [&[('a', 'z'), ('0', '9')][..], &[('A', 'Z')], &['!'..='~'].map(|range| (*range.start(), *range.end()))]
    {
        let common = intersect(&ranges, wanted);
        if !common.is_empty() {
            return pick(&common, choices);
        }
    }
    pick(&ranges, choices)
}

fn intersect(ranges: &[(char, char)], wanted: &[(char, char)]) -> Vec<(char, char)> {
    let overlap = |one: (char, char), two: (char, char)| (one.0.max(two.0), one.1.min(two.1));
    wanted
        .iter()
        .flat_map(|&want| ranges.iter().map(move |&range| overlap(range, want)))
        .filter(|(start, end)| start <= end)
        .collect()
}

fn pick(ranges: &[(char, char)], choices: &mut dyn Choices) -> Option<char> {
    let size = |range: &(char, char)| u64::from(u32::from(range.1)) - u64::from(u32::from(range.0)) + 1;
    let mut index = choices.below(ranges.iter().map(size).sum());
    for range in ranges {
        if index < size(range) {
            // Between two scalar values there may be surrogates, which are no characters.
            let code = u32::from(range.0) + u32::try_from(index).ok()?;
            return Some(char::from_u32(code).unwrap_or(range.0));
        }
        index -= size(range);
    }
    None
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
        assert_eq!(fill(&nested.body, 9_999, &mut Numbers::new(&[]), &mut String::new(), &mut steps), None);
        assert!(steps <= 50, "{steps}");
    }
}
