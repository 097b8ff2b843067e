//! Numbers within bounds, on multiples, exact.

use serde_json::Value;

use crate::generate::plain::facets::{Bound, Facets, Kind};
use crate::generate::plain::words;
use crate::generate::{Cannot, Choices, Taste};
use crate::model::Decimal;
use crate::model::NumberFormat;

/// The width of an open range: wide enough that two draws seldom meet, short enough to read.
const SPREAD: i128 = 999_999;

/// The numbers that are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numeric {
    Integer,
    Any,
}

/// An end of what is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    Lowest,
    Highest,
}

/// A number that satisfies the facets.
pub(crate) fn number(
    facets: &Facets<'_>,
    numeric: Numeric,
    name: &str,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    Range::of(facets, numeric)?.pick(name, choices)
}

/// The smallest or the largest number that satisfies the facets.
pub(crate) fn edge(facets: &Facets<'_>, edge: Edge) -> Result<Value, Cannot> {
    let range = Range::of(facets, numeric(facets))?;
    if range.low > range.high {
        return Err(impossible());
    }
    Ok(match edge {
        Edge::Lowest => range.low.to_json(),
        Edge::Highest => range.high.to_json(),
    })
}

/// The distance between neighbouring numbers that satisfy the facets.
pub(crate) fn step(facets: &Facets<'_>) -> Decimal {
    Range::step(facets, numeric(facets)).unwrap_or(Decimal::whole(1))
}

fn numeric(facets: &Facets<'_>) -> Numeric {
    if facets.possible().contains(&Kind::Integer) { Numeric::Integer } else { Numeric::Any }
}

/// The range that `x-faker` asks for: its options, or that of the name which says the same.
fn wanted(facets: &Facets<'_>) -> Option<(i128, i128)> {
    let faker = facets.faker?;
    match (faker.bound("min"), faker.bound("max")) {
        (None, None) => words::range_by_name(faker.word()?),
        (least, most) => {
            let least = least.unwrap_or(0);
            Some((least, most.unwrap_or(least + SPREAD)))
        }
    }
}

fn impossible() -> Cannot {
    Cannot::because("no number lies within the bounds")
}

/// The numbers from a lowest to a highest, a step from each to the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    low: Decimal,
    high: Decimal,
    step: Decimal,
    /// The simplest of them.
    start: Decimal,
    /// The least and the most that `x-faker` asks for.
    wanted: Option<(i128, i128)>,
}

impl Range {
    pub(crate) fn of(facets: &Facets<'_>, numeric: Numeric) -> Result<Self, Cannot> {
        let step = Self::step(facets, numeric)?;
        let (least, most) = format_range(&facets.formats);
        let tighter = |stated: Option<Bound>, format: Option<Bound>| stated.or(format);
        let (low, high) = match (tighter(facets.minimum, least), tighter(facets.maximum, most)) {
            (Some(low), Some(high)) => (ceil(low, step), floor(high, step)),
            (Some(low), None) => {
                let low = ceil(low, step);
                (low, low.and_then(|low| low.plus(Decimal::whole(SPREAD))))
            }
            (None, Some(high)) => {
                let high = floor(high, step);
                (high.and_then(|high| high.minus(Decimal::whole(SPREAD))), high)
            }
            (None, None) => (Some(Decimal::whole(0)), Some(Decimal::whole(SPREAD))),
        };
        let (low, high) = low.zip(high).ok_or_else(impossible)?;
        // Zero is the simplest number: a range around it starts there.
        let zero = Decimal::whole(0);
        let start = if facets.minimum.is_none() && low < zero && high >= zero { zero } else { low };
        Ok(Self { low, high, step, start, wanted: wanted(facets) })
    }

    /// A number of the range, as choices decide; `name` hints at its size.
    pub(crate) fn pick(&self, name: &str, choices: &mut dyn Choices) -> Result<Value, Cannot> {
        let room = self.high.minus(self.start).filter(|room| *room >= Decimal::whole(0)).ok_or_else(impossible)?;
        let steps = room.times(self.step).unwrap_or(u64::MAX - 1);
        if choices.taste() == Taste::Believable
            && let Some((least, most)) = self.wanted.or_else(|| words::range_by_name(name))
            && let (Some(least), Some(most)) =
                (Decimal::whole(least).ceil_to(self.step), Decimal::whole(most).floor_to(self.step))
            && self.low <= least
            && most <= self.high
            && let Some(room) = most.minus(least).and_then(|room| room.times(self.step))
            && let Some(value) = self.step.scaled(choices.below(room + 1)).and_then(|offset| least.plus(offset))
        {
            return Ok(value.to_json());
        }
        let wide = u64::try_from(SPREAD).expect("a small number");
        let taken = choices.below(steps.min(wide) + 1);
        let value = self.step.scaled(taken).and_then(|offset| self.start.plus(offset)).ok_or_else(impossible)?;
        Ok(value.to_json())
    }

    fn step(facets: &Facets<'_>, numeric: Numeric) -> Result<Decimal, Cannot> {
        let mut step = match numeric {
            Numeric::Integer => Some(Decimal::whole(1)),
            Numeric::Any => None,
        };
        for multiple in &facets.multiples {
            step = match step {
                None => Some(*multiple),
                Some(known) => Some(known.least_common_multiple(*multiple).ok_or_else(impossible)?),
            };
        }
        let bounds = [facets.minimum, facets.maximum].into_iter().flatten();
        let scale = bounds.map(|bound| bound.value.scale()).max().unwrap_or(0);
        Ok(step.unwrap_or_else(|| Decimal::unit(scale.max(2))))
    }
}

fn ceil(bound: Bound, step: Decimal) -> Option<Decimal> {
    let value = bound.value.ceil_to(step)?;
    if bound.excluded && value == bound.value { value.plus(step) } else { Some(value) }
}

fn floor(bound: Bound, step: Decimal) -> Option<Decimal> {
    let value = bound.value.floor_to(step)?;
    if bound.excluded && value == bound.value { value.minus(step) } else { Some(value) }
}

/// The range of the integer formats among these.
fn format_range(formats: &[&str]) -> (Option<Bound>, Option<Bound>) {
    let bound = |value: i128| Some(Bound { value: Decimal::whole(value), excluded: false });
    formats
        .iter()
        .find_map(|format| NumberFormat::find(format)?.integers())
        .map_or((None, None), |(least, most)| (bound(least), bound(most)))
}
