//! Values exactly at a limit: the last that must be accepted.

use serde_json::Value;

use crate::document::Location;
use crate::generate::limit::pairwise;
use crate::generate::limit::showing::{At, showing};
use crate::generate::plain::facets::{Facets, Kind, is_flagged, natural};
use crate::generate::plain::number::{self, Edge, edge};
use crate::generate::plain::place::facets_at;
use crate::generate::plain::text::MAX_TEXT;
use crate::generate::value::{object_of, value_of};
use crate::generate::{Cannot, Choices};
use crate::model::{Contract, Direction};
use crate::rule::{End, Keyword, Measure, Row};

/// A letter of two bytes and one code point: a length counted in bytes or UTF-16 units comes out wrong
/// (JSON Schema Validation §6.3.1 counts characters of RFC 8259).
const WIDE: &str = "é";

/// The most values of a list, or branches, that are shown one by one: more takes long and tells nothing new.
const MAX_SHOWN: usize = 32;

/// The index that a variant shows of a long list: the first, the last, and others spread evenly between.
pub(crate) fn sampled(length: usize, variant: usize) -> usize {
    if length <= MAX_SHOWN { variant } else { variant.min(MAX_SHOWN - 1) * (length - 1) / (MAX_SHOWN - 1) }
}

pub(crate) fn variants(keyword: Keyword, operand: &Value) -> usize {
    match showing(keyword.class()).at {
        At::Listed if keyword == Keyword::Enum => operand.as_array().map_or(1, Vec::len).clamp(1, MAX_SHOWN),
        At::Branches => operand.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(1).clamp(1, MAX_SHOWN),
        At::Combinations => operand.as_u64().map_or(1, pairwise::rows),
        // Once in letters, once in code points that are more than one byte; for a number's format, its two ends.
        At::Size(Measure::Characters, End::Most) | At::Format => 2,
        At::Listed | At::Edge(_) | At::Size(_, _) | At::Any | At::None => 1,
    }
}

pub(crate) fn value(
    contract: &Contract,
    root: &Location,
    row: &Row,
    keyword: Keyword,
    operand: &Value,
    variant: usize,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    let name = row.pointer.last().unwrap_or_default().into_owned();
    let mut facets = facets_at(contract, root, row)?;
    let count = || natural(operand).ok_or_else(|| Cannot::because(format!("{operand} is no count")));
    // Null is no value at a bound.
    if let Some(kinds) = &mut facets.kinds {
        kinds.retain(|kind| *kind != Kind::Null);
    }
    match showing(keyword.class()).at {
        At::Listed if keyword == Keyword::Enum => {
            return operand
                .as_array()
                .and_then(|values| values.get(sampled(values.len(), variant)))
                .cloned()
                .ok_or_else(|| Cannot::because("there is no such value in the enum"));
        }
        At::Edge(End::Least) => return edge(&facets, Edge::Lowest),
        At::Edge(End::Most) => return edge(&facets, Edge::Highest),
        At::Format => {
            let edge = if variant == 0 { Edge::Highest } else { Edge::Lowest };
            if bounded(&facets, edge) {
                return Err(Cannot::because("the bounds lie within the format's"));
            }
            return number::edge(&facets, edge);
        }
        At::Combinations => {
            let chosen = pairwise::members(&optional(contract, &facets), variant)
                .ok_or_else(|| Cannot::because("every combination was shown before"))?;
            return object_of(contract, facets, chosen, choices);
        }
        At::Any => {}
        At::Size(Measure::Characters, End::Most) if variant == 1 => return wide(&facets, count()?),
        At::Size(measure, end) => resize(&mut facets, measure, end, count()?),
        At::Listed | At::Branches | At::None => return Err(Cannot::because(format!("{keyword} has no near side"))),
    }
    value_of(contract, facets, Direction::Request, &name, choices)
        .map_err(|cannot| Cannot::because(format!("nothing lies at the limit: {cannot}")))
}

/// Leaves values of one size alone: the one at that end of the measure.
fn resize(facets: &mut Facets<'_>, measure: Measure, end: End, count: u64) {
    match (measure, end) {
        (Measure::Characters, End::Least) => facets.max_length = Some(count),
        (Measure::Characters, End::Most) => facets.min_length = count,
        (Measure::Items, End::Least) => facets.max_items = Some(count),
        (Measure::Items, End::Most) => facets.min_items = count,
        (Measure::Contained, End::Least | End::Most) => {
            facets.contains.iter_mut().for_each(|contains| contains.min = count);
            // Others might be such as well.
            facets.max_items = Some(facets.min_items.max(count)).min(facets.max_items.or(Some(u64::MAX)));
        }
        (Measure::Members, End::Least) => facets.max_properties = Some(count),
        (Measure::Members, End::Most) => facets.min_properties = count,
        (Measure::Number, End::Least | End::Most) => {}
    }
}

/// The members that may be there and need not, in the order of the schemas.
fn optional(contract: &Contract, facets: &Facets<'_>) -> Vec<String> {
    let named = facets.described().into_iter();
    named
        .filter(|name| !facets.required.contains(name) && !facets.avoided.contains(name))
        .filter(|name| facets.member(name).iter().all(|schema| !is_flagged(contract, schema, Direction::Request)))
        .map(str::to_owned)
        .collect()
}

/// A text of this many code points of which each takes more than one byte.
fn wide(facets: &Facets<'_>, length: u64) -> Result<Value, Cannot> {
    if !facets.patterns.is_empty() || !facets.formats.is_empty() {
        return Err(Cannot::because("the pattern or format decides which characters are used"));
    }
    let length = usize::try_from(length.min(MAX_TEXT)).expect("at most a million");
    Ok(Value::String(WIDE.repeat(length)))
}

/// True where the schema bounds the number itself on that side.
fn bounded(facets: &Facets<'_>, edge: Edge) -> bool {
    match edge {
        Edge::Lowest => facets.minimum.is_some(),
        Edge::Highest => facets.maximum.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_list_a_few_are_shown_the_first_and_the_last_among_them() {
        let long = Value::from((0..200_000).collect::<Vec<u32>>());
        assert_eq!(variants(Keyword::Enum, &long), MAX_SHOWN);
        assert_eq!(sampled(200_000, 0), 0);
        assert_eq!(sampled(200_000, MAX_SHOWN - 1), 199_999);
        assert!((1..MAX_SHOWN).all(|variant| sampled(33, variant) > sampled(33, variant - 1)));
        assert_eq!((0..5).map(|variant| sampled(5, variant)).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }
}
