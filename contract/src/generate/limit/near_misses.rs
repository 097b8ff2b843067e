//! Values that are nearly right: a valid one, or the limit itself, with one thing changed. What they break is judged
//! elsewhere.

use serde_json::{Value, json};

use crate::generate::Cannot;
use crate::generate::plain::assorted::assorted;
use crate::generate::plain::facets::Facets;
use crate::generate::plain::number::step;
use crate::model::{Decimal, NumberFormat, TextFormat};
use crate::rule::{Keyword, Row};

/// A row to be broken, and the valid value that stands at its place.
pub(crate) struct Wanted<'w> {
    pub(crate) row: &'w Row,
    pub(crate) keyword: Keyword,
    pub(crate) member: Option<&'w str>,
    pub(crate) operand: &'w Value,
    pub(crate) variant: usize,
    pub(crate) here: &'w Value,
}

/// Listed texts in other letters: a list is compared letter by letter.
pub(super) fn otherwise_spelt(operand: &Value) -> Vec<Value> {
    let listed: Vec<&str> = operand.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let other = |text: &str| {
        let upper = text.to_uppercase();
        if upper == text { text.to_lowercase() } else { upper }
    };
    listed.iter().map(|text| other(text)).filter(|text| !listed.contains(&text.as_str())).map(Value::from).collect()
}

pub(super) fn unlisted(here: &Value, operand: &Value) -> Vec<Value> {
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
pub(super) fn beyond(
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

pub(super) fn between(wanted: &Wanted<'_>) -> Result<Vec<Value>, Cannot> {
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
pub(super) fn misspelt(here: &Value) -> Vec<Value> {
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

/// The kinds of texts that do not match a pattern.
pub(super) const UNMATCHED: usize = 9;

/// Texts that match no more for one reason: something else within, nothing at all, more behind or before, letters of the other case, a
/// character fewer or more, no separators, a digit for a letter or the other way round.
pub(super) fn unmatched(here: &Value, kind: usize) -> Vec<Value> {
    let Some(text) = here.as_str() else { return if kind == 0 { searched(here) } else { Vec::new() } };
    let characters: Vec<char> = text.chars().collect();
    let other_case = |c: &char| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    let other_kind = |c: char| if c.is_ascii_digit() { 'x' } else { '7' };
    let texts: Vec<String> = match kind {
        0 => return misspelt(here),
        1 => vec![String::new()],
        2 => ["x", "7", "!", " x"].iter().map(|more| format!("{text}{more}")).collect(),
        3 => ["x", "7", "!", "x "].iter().map(|more| format!("{more}{text}")).collect(),
        4 => vec![characters.iter().map(other_case).collect()],
        5 => {
            let fewer = |from: usize, to: usize| characters.get(from..to).unwrap_or_default().iter().collect();
            vec![fewer(0, characters.len().saturating_sub(1)), fewer(1, characters.len())]
        }
        6 => {
            let twice = |c: Option<&char>| c.map(char::to_string).unwrap_or_default();
            vec![format!("{text}{}", twice(characters.last())), format!("{}{text}", twice(characters.first()))]
        }
        7 => vec![characters.iter().filter(|c| c.is_alphanumeric()).collect()],
        _ => {
            let replaced = |at: usize| {
                let mut changed = characters.clone();
                if let Some(here) = changed.get_mut(at) {
                    *here = other_kind(*here);
                }
                changed.into_iter().collect()
            };
            vec![replaced(0), replaced(characters.len().saturating_sub(1))]
        }
    };
    texts.into_iter().filter(|changed| changed != text).map(Value::String).collect()
}

pub(super) fn malformed(wanted: &Wanted<'_>) -> Result<Vec<Value>, Cannot> {
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

pub(super) fn resized(wanted: &Wanted<'_>, limit: u64) -> Result<Vec<Value>, Cannot> {
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

pub(super) fn without(here: &Value, member: Option<&str>) -> Vec<Value> {
    let (Some(members), Some(member)) = (here.as_object(), member) else { return Vec::new() };
    let mut changed = members.clone();
    changed.shift_remove(member);
    vec![Value::Object(changed)]
}

/// An object with the member that asks for another, and without that other.
pub(super) fn torn(here: &Value, operand: &Value) -> Vec<Value> {
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

pub(super) fn with(here: &Value, name: &str) -> Vec<Value> {
    let Some(members) = here.as_object() else { return Vec::new() };
    let mut changed = members.clone();
    changed.insert(name.to_owned(), json!("text"));
    vec![Value::Object(changed)]
}

/// Values of every kind, and the one that stands here cut short or grown: for rows that only a search breaks.
pub(super) fn searched(here: &Value) -> Vec<Value> {
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
