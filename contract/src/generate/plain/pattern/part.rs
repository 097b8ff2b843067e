//! A pattern as texts are made of it: its parts with the lengths that each can have, worked out once.

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

use crate::generate::Choices;
use crate::generate::plain::pattern::MANY;

/// A part of a pattern, and how many characters its matches have.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) least: u64,
    /// The most repetitions; `None` for any number.
    pub(crate) most: Option<u64>,
    shape: Shape,
}

#[derive(Debug)]
enum Shape {
    /// Nothing, or what only looks around.
    Empty,
    /// A text; `None` where it is not one of characters.
    Literal(Option<String>),
    One(Alphabet),
    /// Characters of one class, one after another: nothing is to be shared out.
    Run(Alphabet),
    Repeat {
        part: Box<Part>,
        min: u32,
        max: Option<u32>,
    },
    /// Parts that follow one another, each with the least and the most characters of all that come after it.
    Sequence(Vec<(Part, Lengths)>),
    Either(Vec<Part>),
}

/// The shortest and the longest, in characters; `None` for endless.
type Lengths = (u64, Option<u64>);

impl Part {
    pub(crate) fn of(hir: &Hir) -> Self {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Self { least: 0, most: Some(0), shape: Shape::Empty },
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).ok();
                let length = text.map_or(literal.0.len(), |text| text.chars().count());
                let length = u64::try_from(length).unwrap_or(u64::MAX);
                Self { least: length, most: Some(length), shape: Shape::Literal(text.map(str::to_owned)) }
            }
            HirKind::Class(class) => Self { least: 1, most: Some(1), shape: Shape::One(Alphabet::of(class)) },
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Repetition(repetition) => Self::repeated(repetition),
            HirKind::Concat(parts) => Self::sequence(parts.iter().map(Self::of).collect()),
            HirKind::Alternation(branches) => Self::either(branches.iter().map(Self::of).collect()),
        }
    }

    fn repeated(repetition: &Repetition) -> Self {
        let part = Self::of(&repetition.sub);
        let least = part.least.saturating_mul(u64::from(repetition.min));
        let most = match (repetition.max, part.most) {
            (Some(0), _) | (_, Some(0)) => Some(0),
            (Some(times), Some(most)) => Some(most.saturating_mul(u64::from(times))),
            _ => None,
        };
        let shape = match repetition.sub.kind() {
            HirKind::Class(class) => Shape::Run(Alphabet::of(class)),
            HirKind::Empty
            | HirKind::Literal(_)
            | HirKind::Look(_)
            | HirKind::Repetition(_)
            | HirKind::Capture(_)
            | HirKind::Concat(_)
            | HirKind::Alternation(_) => {
                Shape::Repeat { part: Box::new(part), min: repetition.min, max: repetition.max }
            }
        };
        Self { least, most, shape }
    }

    fn sequence(parts: Vec<Self>) -> Self {
        let mut after: Lengths = (0, Some(0));
        let mut sequence: Vec<(Self, Lengths)> = Vec::with_capacity(parts.len());
        for part in parts.into_iter().rev() {
            let here = joined(after, (part.least, part.most));
            sequence.push((part, after));
            after = here;
        }
        sequence.reverse();
        Self { least: after.0, most: after.1, shape: Shape::Sequence(sequence) }
    }

    fn either(branches: Vec<Self>) -> Self {
        let (least, most) = branches
            .iter()
            .map(|branch| (branch.least, branch.most))
            .reduce(|(least, most), (low, high)| (least.min(low), most.zip(high).map(|(most, high)| most.max(high))))
            .unwrap_or((0, Some(0)));
        Self { least, most, shape: Shape::Either(branches) }
    }

    fn allows(&self, length: u64) -> bool {
        self.least <= length && self.most.is_none_or(|most| length <= most)
    }

    /// Writes a match of exactly that many characters.
    pub(crate) fn fill(
        &self,
        length: u64,
        choices: &mut dyn Choices,
        text: &mut String,
        steps: &mut u64,
    ) -> Option<()> {
        *steps = steps.checked_sub(1)?;
        if !self.allows(length) {
            return None;
        }
        match &self.shape {
            Shape::Empty => Some(()),
            Shape::Literal(literal) => {
                text.push_str(literal.as_deref()?);
                Some(())
            }
            Shape::One(alphabet) => alphabet.write(1, choices, text),
            Shape::Run(alphabet) => alphabet.write(length, choices, text),
            Shape::Either(branches) => {
                let fitting: Vec<&Self> = branches.iter().filter(|branch| branch.allows(length)).collect();
                let first = usize::try_from(choices.below(u64::try_from(fitting.len()).ok()?)).ok()?;
                // A branch may have gaps between its lengths: then the next one is tried.
                let written = text.len();
                (0..fitting.len()).find_map(|offset| {
                    text.truncate(written);
                    fitting[(first + offset) % fitting.len()].fill(length, choices, text, steps)
                })
            }
            Shape::Repeat { part, min, max } => {
                let times = repetitions(*min, *max, part, length, choices)?;
                *steps = steps.checked_sub(times)?;
                let mut left = length;
                for number in 1..=times {
                    let after = match times - number {
                        0 => (0, Some(0)),
                        more => (part.least.saturating_mul(more), part.most.map(|most| most.saturating_mul(more))),
                    };
                    left = part.share(left, after, choices, text, steps)?;
                }
                (left == 0).then_some(())
            }
            Shape::Sequence(parts) => {
                *steps = steps.checked_sub(u64::try_from(parts.len()).ok()?)?;
                let mut left = length;
                for (part, after) in parts {
                    left = part.share(left, *after, choices, text, steps)?;
                }
                (left == 0).then_some(())
            }
        }
    }

    /// Writes a match that leaves the parts after it a length that they can have; gives what is left for them.
    fn share(
        &self,
        left: u64,
        (least_after, most_after): Lengths,
        choices: &mut dyn Choices,
        text: &mut String,
        steps: &mut u64,
    ) -> Option<u64> {
        let low = self.least.max(most_after.map_or(0, |most| left.saturating_sub(most)));
        let high = left.checked_sub(least_after)?.min(self.most.unwrap_or(u64::MAX));
        if low > high {
            return None;
        }
        let wanted = low + choices.below(high - low + 1);
        let written = text.len();
        if self.fill(wanted, choices, text, steps).is_some() {
            return Some(left - wanted);
        }
        // A part may have gaps between its lengths: nearby ones are tried, upwards and then downwards.
        let taken = (wanted + 1..=high.min(wanted + MANY))
            .chain((low.max(wanted.saturating_sub(MANY))..wanted).rev())
            .find(|&take| {
                text.truncate(written);
                self.fill(take, choices, text, steps).is_some()
            })?;
        Some(left - taken)
    }
}

fn joined((least, most): Lengths, (low, high): Lengths) -> Lengths {
    (least.saturating_add(low), most.zip(high).map(|(most, high)| most.saturating_add(high)))
}

/// The number of repetitions of a part with which the length can be met.
fn repetitions(min: u32, max: Option<u32>, part: &Part, length: u64, choices: &mut dyn Choices) -> Option<u64> {
    let min = u64::from(min);
    let low = match part.most {
        Some(0) => min,
        Some(most) => min.max(length.div_ceil(most)),
        None => min.max(u64::from(length > 0)),
    };
    let high = match length.checked_div(part.least) {
        Some(times) => max.map_or(times, |max| times.min(u64::from(max))),
        None => max.map_or(low.max(length), u64::from),
    };
    (low <= high).then(|| low + choices.below(high - low + 1))
}

/// The characters that are taken of a class: letters and digits where it has them, else printable ones, else any.
#[derive(Debug)]
enum Alphabet {
    Ascii(Vec<u8>),
    Ranges(Vec<(char, char)>),
}

impl Alphabet {
    fn of(class: &Class) -> Self {
        let ranges: Vec<(char, char)> = match class {
            Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
            Class::Bytes(class) => {
                class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
            }
        };
        let has = |first, last| ranges.iter().any(|&(start, end)| start <= first && last <= end);
        if matches!(class, Class::Unicode(_)) && has('a', 'z') && has('0', '9') {
            return Self::Ascii(b"abcdefghijklmnopqrstuvwxyz0123456789".to_vec());
        }
        for wanted in [&[('a', 'z'), ('0', '9')][..], &[('A', 'Z')], &[('!', '~')]] {
            let common: Vec<u8> = wanted
                .iter()
                .flat_map(|&want| ranges.iter().map(move |&range| (range.0.max(want.0), range.1.min(want.1))))
                .flat_map(|(start, end)| start..=end)
                .filter_map(|character| u8::try_from(character).ok())
                .collect();
            if !common.is_empty() {
                return Self::Ascii(common);
            }
        }
        Self::Ranges(ranges)
    }

    fn write(&self, count: u64, choices: &mut dyn Choices, text: &mut String) -> Option<()> {
        match self {
            Self::Ascii(letters) => choices.spell(letters, count, text),
            Self::Ranges(ranges) => {
                for _ in 0..count {
                    text.push(pick(ranges, choices)?);
                }
            }
        }
        Some(())
    }
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
