//! Values just past a limit: the first that must be refused.

use serde_json::{Value, json};

use crate::document::Location;
use crate::generate::plain::assorted::{assorted, wrong};
use crate::generate::plain::facets::{Alternative, Facets, Kind, natural};
use crate::generate::plain::number::step;
use crate::generate::plain::place::facets_at;
use crate::generate::value::value_of;
use crate::generate::{Cannot, Choices};
use crate::model::Decimal;
use crate::model::{Contract, Direction, NumberFormat, TextFormat, is_number_format};
use crate::rule::{Keyword, Row, Subject};
use crate::validate;

/// The name of a member that no contract describes.
const UNEXPECTED: &str = "etalonUnexpected";

/// What is to be broken, and the valid value that stands there.
pub(crate) struct Wanted<'w> {
    pub(crate) row: &'w Row,
    pub(crate) keyword: Keyword,
    pub(crate) member: Option<&'w str>,
    pub(crate) operand: &'w Value,
    pub(crate) variant: usize,
    pub(crate) here: &'w Value,
}

pub(crate) fn variants(subject: &Subject, keyword: Keyword, operand: &Value) -> usize {
    match keyword {
        Keyword::Type => wrong(subject, operand, &Value::Null).len().max(1),
        Keyword::Format => match operand.as_str() {
            Some(format) if is_number_format(format) => 2,
            Some(format) => TextFormat::find(format).map_or(1, |format| format.near_misses.len()),
            None => 1,
        },
        Keyword::Enum if operand.as_array().into_iter().flatten().any(Value::is_string) => 3,
        Keyword::MinLength if natural(operand).is_some_and(|least| least > 1) => 2,
        Keyword::Pattern => 2,
        Keyword::Enum
        | Keyword::Const
        | Keyword::Minimum
        | Keyword::ExclusiveMinimum
        | Keyword::Maximum
        | Keyword::ExclusiveMaximum
        | Keyword::MultipleOf
        | Keyword::MinLength
        | Keyword::MaxLength
        | Keyword::MinItems
        | Keyword::MaxItems
        | Keyword::UniqueItems
        | Keyword::Contains
        | Keyword::MaxContains
        | Keyword::MinContains
        | Keyword::Items
        | Keyword::UnevaluatedItems
        | Keyword::MinProperties
        | Keyword::MaxProperties
        | Keyword::Required
        | Keyword::Properties
        | Keyword::DependentRequired
        | Keyword::PropertyNames
        | Keyword::AdditionalProperties
        | Keyword::UnevaluatedProperties
        | Keyword::AnyOf
        | Keyword::OneOf
        | Keyword::Not
        | Keyword::ContentEncoding
        | Keyword::ContentMediaType
        | Keyword::False => 1,
    }
}

/// Values to try, the most telling first; each is judged before it is used.
pub(crate) fn values<'c>(
    contract: &'c Contract,
    root: &Location,
    wanted: &Wanted<'_>,
    choices: &mut dyn Choices,
) -> Result<Vec<Value>, Cannot> {
    let facets = || facets_at(contract, root, wanted.row);
    let count = || natural(wanted.operand).ok_or_else(|| Cannot::because(format!("{} is no count", wanted.operand)));
    let mut remade = |facets: Facets<'c>| {
        let name = wanted.row.pointer.last().unwrap_or_default().into_owned();
        value_of(contract, facets, Direction::Request, &name, choices).map(|value| vec![value])
    };
    match wanted.keyword {
        Keyword::Type => Ok(wrong(&wanted.row.subject, wanted.operand, wanted.here)
            .into_iter()
            .nth(wanted.variant)
            .into_iter()
            .collect()),
        Keyword::Enum | Keyword::Const => Ok(match wanted.variant {
            0 => unlisted(wanted.here, wanted.operand),
            1 => otherwise_spelt(wanted.operand),
            _ => vec![json!("")],
        }),
        // The second kind of these is the empty text, which many a check passes over.
        Keyword::MinLength | Keyword::Pattern if wanted.variant > 0 => Ok(vec![json!("")]),
        Keyword::Minimum | Keyword::ExclusiveMinimum => beyond(&facets()?, wanted, Decimal::minus),
        Keyword::Maximum | Keyword::ExclusiveMaximum => beyond(&facets()?, wanted, Decimal::plus),
        Keyword::MultipleOf => between(wanted),
        Keyword::MinLength => {
            let most = count()?.checked_sub(1).ok_or_else(|| Cannot::because("nothing is shorter than nothing"))?;
            let mut facets = typed(facets()?, Kind::String);
            (facets.min_length, facets.max_length) = (0, Some(most));
            if most == 0 {
                return Ok(vec![json!("")]);
            }
            // All of the length that is left, since shorter still would prove less.
            facets.min_length = most;
            loosened(facets, &mut remade)
        }
        Keyword::MaxLength => {
            let mut facets = typed(facets()?, Kind::String);
            facets.min_length = count()? + 1;
            facets.max_length = Some(facets.min_length);
            loosened(facets, &mut remade)
        }
        Keyword::Pattern => Ok(misspelt(wanted.here)),
        Keyword::Format => malformed(wanted),
        Keyword::MinItems => {
            let mut facets = typed(facets()?, Kind::Array);
            let most = count()?.checked_sub(1).ok_or_else(|| Cannot::because("nothing has fewer items than none"))?;
            (facets.min_items, facets.max_items) = (most, Some(most));
            remade(facets)
        }
        Keyword::MaxItems => {
            let mut facets = typed(facets()?, Kind::Array);
            facets.min_items = count()? + 1;
            facets.max_items = Some(facets.min_items);
            remade(facets)
        }
        Keyword::MinContains => {
            let mut facets = typed(facets()?, Kind::Array);
            let least = count()?.checked_sub(1).ok_or_else(|| Cannot::because("nothing contains fewer than none"))?;
            facets.contains.iter_mut().for_each(|contains| contains.min = least);
            // Others might be such as well.
            facets.max_items = Some(facets.min_items.max(least)).min(facets.max_items.or(Some(u64::MAX)));
            remade(facets)
        }
        Keyword::MaxContains => {
            let mut facets = typed(facets()?, Kind::Array);
            let most = count()? + 1;
            facets.contains.iter_mut().for_each(|contains| contains.min = most);
            remade(facets)
        }
        Keyword::UniqueItems => {
            let mut facets = typed(facets()?, Kind::Array);
            facets.min_items = facets.min_items.max(2) - 1;
            facets.max_items = facets.max_items.map(|most| most.saturating_sub(1));
            let mut items = remade(facets)?;
            if let Some(Value::Array(items)) = items.first_mut()
                && let Some(first) = items.first().cloned()
            {
                items.push(first);
            }
            Ok(items)
        }
        Keyword::MinProperties | Keyword::MaxProperties => resized(wanted, count()?),
        Keyword::Required => Ok(without(wanted.here, wanted.member)),
        Keyword::DependentRequired => Ok(torn(wanted.here, wanted.operand)),
        Keyword::Properties => Ok(Vec::new()),
        Keyword::AdditionalProperties | Keyword::UnevaluatedProperties => Ok(with(wanted.here, UNEXPECTED)),
        Keyword::PropertyNames => {
            Ok(["~", "", "a b", &"x".repeat(300)].iter().flat_map(|name| with(wanted.here, name)).collect())
        }
        Keyword::Not
        | Keyword::AnyOf
        | Keyword::OneOf
        | Keyword::Contains
        | Keyword::Items
        | Keyword::UnevaluatedItems
        | Keyword::ContentEncoding
        | Keyword::ContentMediaType
        | Keyword::False => Ok(searched(wanted.here)),
    }
}

/// How many pairs of branches are tried.
const MAX_PAIRS: usize = 32;

/// Values that fit two branches of a `oneOf`, simplest first.
pub(super) fn overlapping(
    contract: &Contract,
    root: &Location,
    row: &Row,
    at: &Location,
    choices: &mut dyn Choices,
) -> Result<Vec<Value>, Cannot> {
    let mut rest = facets_at(contract, root, row)?;
    let is_meant = |known: &Alternative<'_>| known.at() == *at;
    let missing = || Cannot::because("the alternatives do not act here");
    let place = rest.alternatives.iter().position(is_meant).ok_or_else(missing)?;
    let branches = rest.alternatives.remove(place).branches();
    let pairs = (0..branches.len()).flat_map(|one| (one + 1..branches.len()).map(move |other| (one, other)));
    let mut values = Vec::new();
    for (one, other) in pairs.take(MAX_PAIRS) {
        let mut both = rest.clone();
        let folded =
            [one, other].iter().try_for_each(|index| both.and(contract, &branches[*index], Direction::Request));
        let Ok(made) = folded.and_then(|()| value_of(contract, both, Direction::Request, "", choices)) else {
            continue;
        };
        let fits = |index: usize| validate::is_valid(contract, &at.index(index), Direction::Request, &made);
        if fits(one).unwrap_or(false) && fits(other).unwrap_or(false) {
            values.push(made);
        }
    }
    Ok(values)
}

fn typed(mut facets: Facets<'_>, kind: Kind) -> Facets<'_> {
    facets.kinds = Some(vec![kind]);
    facets.values = None;
    facets.alternatives.clear();
    facets
}

/// With the pattern and format kept if that is possible, so that the length alone is wrong; else without.
fn loosened<'c>(
    facets: Facets<'c>,
    remade: &mut impl FnMut(Facets<'c>) -> Result<Vec<Value>, Cannot>,
) -> Result<Vec<Value>, Cannot> {
    let mut plain = facets.clone();
    plain.patterns.clear();
    plain.formats.clear();
    remade(facets).or_else(|_| remade(plain))
}

/// Listed texts in other letters: a list is compared letter by letter.
fn otherwise_spelt(operand: &Value) -> Vec<Value> {
    let listed: Vec<&str> = operand.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let other = |text: &str| {
        let upper = text.to_uppercase();
        if upper == text { text.to_lowercase() } else { upper }
    };
    listed.iter().map(|text| other(text)).filter(|text| !listed.contains(&text.as_str())).map(Value::from).collect()
}

fn unlisted(here: &Value, operand: &Value) -> Vec<Value> {
    let mut values = Vec::new();
    let first = match operand {
        Value::Array(listed) => listed.iter().find(|value| !value.is_null()).unwrap_or(here),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => operand,
    };
    if let Value::String(text) = first {
        values.push(json!(format!("{text}_x")));
        values.push(json!(text.to_uppercase()));
        let mut changed: Vec<char> = text.chars().collect();
        if let Some(last) = changed.last_mut() {
            *last = if *last == 'x' { 'y' } else { 'x' };
            values.push(json!(changed.into_iter().collect::<String>()));
        }
    }
    if first.is_number() {
        values.extend([json!(7919), json!(-7919), json!(0), json!(1)]);
    }
    values.extend(assorted());
    let is_listed = |value: &Value| operand == value || operand.as_array().is_some_and(|listed| listed.contains(value));
    values.retain(|value| !is_listed(value));
    values
}

/// One step past a bound; the bound itself where it is excluded.
fn beyond(
    facets: &Facets<'_>,
    wanted: &Wanted<'_>,
    away: impl Fn(Decimal, Decimal) -> Option<Decimal>,
) -> Result<Vec<Value>, Cannot> {
    let too_large = || Cannot::because(format!("{} is too large or too fine to compute with", wanted.operand));
    let bound = Decimal::of(wanted.operand).ok_or_else(too_large)?;
    let excluded = matches!(wanted.keyword, Keyword::ExclusiveMinimum | Keyword::ExclusiveMaximum);
    let step = step(facets);
    let mut values = Vec::new();
    if excluded {
        values.push(bound.to_json());
    }
    // On a multiple if there are multiples, so that the bound alone is broken.
    let past = away(bound, step).ok_or_else(too_large)?;
    values.extend([past.floor_to(step), past.ceil_to(step), Some(past)].into_iter().flatten().map(Decimal::to_json));
    Ok(values)
}

fn between(wanted: &Wanted<'_>) -> Result<Vec<Value>, Cannot> {
    let none = || Cannot::because("every number that can be written is a multiple");
    let here = Decimal::of(wanted.here).ok_or_else(none)?;
    let step = Decimal::of(wanted.operand).ok_or_else(none)?;
    let finer = Decimal::unit(step.scale() + 1);
    let offsets = [Some(Decimal::whole(1)), Some(Decimal::unit(step.scale())), Some(finer)];
    Ok(offsets
        .into_iter()
        .flatten()
        .flat_map(|offset| [here.plus(offset), here.minus(offset)])
        .flatten()
        .map(Decimal::to_json)
        .collect())
}

/// A valid text with one mistake: a character too few, too many, or another.
fn misspelt(here: &Value) -> Vec<Value> {
    let Some(text) = here.as_str() else { return searched(here) };
    let characters: Vec<char> = text.chars().collect();
    let mut texts: Vec<String> = Vec::new();
    for position in [0, characters.len() / 2, characters.len().saturating_sub(1)] {
        for replacement in ['!', ' ', 'x', '9', '@', '/'] {
            let mut changed = characters.clone();
            if let Some(place) = changed.get_mut(position) {
                *place = replacement;
                texts.push(changed.into_iter().collect());
            }
        }
    }
    // A letter for every character that is not one: what a pattern asks for is seldom letters throughout.
    texts.push(characters.iter().map(|character| if character.is_alphanumeric() { *character } else { 'x' }).collect());
    texts.push(characters.iter().map(|_| '!').collect());
    texts.push(characters.iter().skip(1).collect());
    texts.push(characters.iter().take(characters.len().saturating_sub(1)).collect());
    texts.push(format!("{text}!"));
    texts.push(format!("{text} "));
    // What `.` does not match (ECMA-262 §22.2.2.7), and what only some patterns keep out.
    for strange in ["\n", "\t", "\u{e9}", "$", ":", "-", "_"] {
        let middle: String = characters.iter().take(characters.len() / 2).collect();
        let rest: String = characters.iter().skip(characters.len() / 2).collect();
        texts.push(format!("{middle}{strange}{rest}"));
        texts.push(strange.repeat(characters.len().max(1)));
        texts.extend((0..3).filter_map(|place| {
            let mut changed = characters.clone();
            *changed.get_mut([0, characters.len() / 2, characters.len().saturating_sub(1)][place])? =
                strange.chars().next()?;
            Some(changed.into_iter().collect())
        }));
    }
    texts.push(String::new());
    texts.into_iter().filter(|changed| changed != text).map(Value::String).collect()
}

fn malformed(wanted: &Wanted<'_>) -> Result<Vec<Value>, Cannot> {
    let format = wanted.operand.as_str().unwrap_or("");
    match NumberFormat::find(format) {
        Some(NumberFormat::Integer(least, most)) => {
            let value = if wanted.variant == 0 { Decimal::whole(most + 1) } else { Decimal::whole(least - 1) };
            return Ok(vec![value.to_json()]);
        }
        Some(NumberFormat::Float) => return Ok(vec![json!(1e39)]),
        Some(NumberFormat::Double) => {
            let beyond = "1e400".parse::<serde_json::Number>().expect("digits are a number");
            return Ok(vec![Value::Number(beyond)]);
        }
        Some(NumberFormat::Unbounded) | None => {}
    }
    let known = TextFormat::find(format)
        .ok_or_else(|| Cannot::because(format!("the format {format} asserts nothing that is known")))?;
    Ok(known.near_misses.iter().skip(wanted.variant).take(1).map(|text| json!(text)).collect())
}

fn resized(wanted: &Wanted<'_>, limit: u64) -> Result<Vec<Value>, Cannot> {
    let Some(members) = wanted.here.as_object() else { return Ok(searched(wanted.here)) };
    let limit = usize::try_from(limit).map_err(|_| Cannot::because("an object of so many members cannot be made"))?;
    let mut changed = members.clone();
    if wanted.keyword == Keyword::MinProperties {
        let names: Vec<String> = members.keys().cloned().collect();
        for name in names.iter().rev() {
            if changed.len() < limit {
                break;
            }
            changed.shift_remove(name);
        }
    } else {
        for number in 1.. {
            if changed.len() > limit {
                break;
            }
            changed.insert(format!("extra{number}"), json!("text"));
        }
    }
    Ok(vec![Value::Object(changed)])
}

fn without(here: &Value, member: Option<&str>) -> Vec<Value> {
    let (Some(members), Some(member)) = (here.as_object(), member) else { return Vec::new() };
    let mut changed = members.clone();
    changed.shift_remove(member);
    vec![Value::Object(changed)]
}

/// An object with the member that asks for another, and without that other.
fn torn(here: &Value, operand: &Value) -> Vec<Value> {
    let (Some(members), Some([trigger, needed])) = (here.as_object(), operand.as_array().map(Vec::as_slice)) else {
        return Vec::new();
    };
    let (Some(trigger), Some(needed)) = (trigger.as_str(), needed.as_str()) else { return Vec::new() };
    let mut values = Vec::new();
    for stand_in in [json!("text"), json!(7), json!(true), json!({}), json!([])] {
        let mut changed = members.clone();
        changed.shift_remove(needed);
        let known = changed.contains_key(trigger);
        changed.entry(trigger.to_owned()).or_insert(stand_in);
        values.push(Value::Object(changed));
        if known {
            break;
        }
    }
    values
}

fn with(here: &Value, name: &str) -> Vec<Value> {
    let Some(members) = here.as_object() else { return Vec::new() };
    let mut changed = members.clone();
    changed.insert(name.to_owned(), json!("text"));
    vec![Value::Object(changed)]
}

/// Values of every kind, and the one that stands here cut short or grown: for rows that only a search breaks.
fn searched(here: &Value) -> Vec<Value> {
    let mut values = assorted();
    match here {
        Value::Array(items) => {
            let mut grown = items.clone();
            grown.extend([json!("text"), json!({})]);
            values.push(Value::Array(grown));
            values.push(Value::Array(items.iter().skip(1).cloned().collect()));
        }
        Value::Object(members) => {
            for name in members.keys() {
                let mut changed = members.clone();
                changed.shift_remove(name);
                values.push(Value::Object(changed));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    values
}
