//! Requests for a target whose rules go beyond its contract: what a case is about is put into a request that the target
//! is known to accept, so that nothing else of it is refused. Pure; where that cannot be done lawfully, the generated
//! request stays.

use etalon_contract::codec::Draft;
use etalon_contract::generate::{Broken, Choices, Seeded, is_against, is_at, is_breach, is_valid};
use etalon_contract::model::Operation;
use etalon_contract::rule::{Breach, Class, Limit, Protocol, Row, Rule, Side, Subject};
use serde_json::Value;

use crate::draft_place::{Part, places, value, value_mut};
use crate::knowledge::Template;
use crate::scenario::breach::break_content;
use crate::session::Session;

/// The request of a case and its twin, made of what the target accepts, where it was learnt that it refuses what the
/// contract allows. `number` tells one such request from another.
#[must_use]
pub(crate) fn adopted(
    session: Session<'_>,
    operation: &Operation,
    row: Option<&Row>,
    made: Broken,
    number: u64,
) -> Broken {
    let knowledge = session.knowledge.borrow();
    let Some(template) = knowledge.template(operation.index, number) else { return made };
    let base = renewed(session, operation, template, number);
    let Some(row) = row else { return Broken { draft: base.clone(), twin: base } };
    let grafts = match break_content(session.contract, operation, row, &base) {
        Some(broken) => broken.into_iter().collect(),
        None => grafts(row, &made, &base),
    };
    // Where the accepted request lacks what a row is at the limit of, it is no twin: it lacks more than the limit.
    let compares = compares(row, &base, &made.draft);
    let twin = |draft: &Draft| if compares { base.clone() } else { draft.clone() };
    let pairs = grafts.into_iter().map(|draft| Broken { twin: twin(&draft), draft });
    pairs.into_iter().find(|pair| is_lawful(session, operation, row, &made.draft, pair)).unwrap_or(made)
}

/// True where an accepted request differs from one made of it in what a row speaks of alone. One at a limit needs an ordinary value
/// in the same place.
fn compares(row: &Row, base: &Draft, met: &Draft) -> bool {
    let is_value_at = match &row.rule {
        Rule::Limit(limit) => limit.side() == Side::At && !matches!(limit, Limit::Omitted),
        Rule::Advice(advice) => advice.side() == Side::At,
        Rule::Protocol(_) | Rule::Security(_) | Rule::Response(_) | Rule::Story(_) => false,
    };
    let here = |draft: &Draft| {
        let found = places(draft, &|part| !is_of(row, part)).into_iter().find(|place| place.at.fits(&row.pointer));
        found.and_then(|place| place.get(draft).cloned())
    };
    !is_value_at || here(base).zip(here(met)).is_some_and(|(ordinary, met)| is_ordinary(row, &ordinary, &met))
}

/// True where a value may stand for an ordinary one in the place of a value at a limit: null is none where a text has a length.
#[must_use]
pub(crate) fn is_ordinary(row: &Row, value: &Value, met: &Value) -> bool {
    let chooses = match &row.rule {
        Rule::Limit(Limit::Null { .. } | Limit::Omitted) => true,
        Rule::Limit(limit) => limit
            .breach()
            .and_then(Breach::keyword)
            .is_some_and(|keyword| matches!(keyword.class(), Class::Type | Class::Listed | Class::Alternatives)),
        Rule::Advice(_) | Rule::Protocol(_) | Rule::Security(_) | Rule::Response(_) | Rule::Story(_) => true,
    };
    chooses || std::mem::discriminant(value) == std::mem::discriminant(met)
}

/// True where a row speaks of something in this part.
fn is_of(row: &Row, part: &Part) -> bool {
    match (&row.subject, part) {
        (Subject::Parameter { place, name }, Part::Parameter(other, known)) => place == other && name == known,
        (Subject::Body, Part::Body) => true,
        (
            Subject::Parameter { .. }
            | Subject::Body
            | Subject::Request
            | Subject::Response
            | Subject::ResponseHeader { .. }
            | Subject::ResponseBody,
            _,
        ) => false,
    }
}

fn is_lawful(session: Session<'_>, operation: &Operation, row: &Row, met: &Draft, pair: &Broken) -> bool {
    let contract = session.contract;
    match &row.rule {
        Rule::Protocol(Protocol::Malformed(_) | Protocol::Empty | Protocol::UnsupportedMediaType) => {
            is_valid(contract, operation, &pair.twin)
        }
        Rule::Advice(advice) if advice.side() == Side::Past => is_against(contract, operation, row, pair),
        Rule::Limit(limit) if limit.side() == Side::Past => is_breach(contract, operation, row, met, pair),
        Rule::Limit(_) | Rule::Advice(_) => is_at(contract, operation, row, met, &pair.draft),
        Rule::Protocol(
            Protocol::Unusual(_)
            | Protocol::NotAcceptable
            | Protocol::MethodNotAllowed
            | Protocol::UnknownPath
            | Protocol::Usual(_)
            | Protocol::HeadIsGet
            | Protocol::Tag(_),
        )
        | Rule::Security(_)
        | Rule::Response(_)
        | Rule::Story(_) => false,
    }
}

/// A template with other texts where they are free: nothing conflicts with the last time.
#[must_use]
pub(crate) fn renewed(session: Session<'_>, operation: &Operation, template: &Template, number: u64) -> Draft {
    let number = number.to_string();
    let mut draft = template.draft.clone();
    for place in &template.free {
        let Some(text) = place.get(&template.draft).and_then(Value::as_str) else { continue };
        let mut choices = Seeded::new(session.settings.seed, [text, number.as_str()]);
        let other: String = text.chars().map(|character| like(character, &mut choices)).collect();
        let mut changed = draft.clone();
        if let Some(here) = value_mut(&mut changed, &place.part).and_then(|value| place.at.get_mut(value)) {
            *here = Value::String(other);
        }
        if is_valid(session.contract, operation, &changed) {
            draft = changed;
        }
    }
    draft
}

/// Another character of the same kind.
#[must_use]
pub(crate) fn like(character: char, choices: &mut dyn Choices) -> char {
    let from = |first: u8, count: u64, choices: &mut dyn Choices| {
        let step = u8::try_from(choices.below(count)).unwrap_or_default();
        char::from(first + step)
    };
    match character {
        'a'..='z' => from(b'a', 26, choices),
        'A'..='Z' => from(b'A', 26, choices),
        '0'..='9' => from(b'0', 10, choices),
        other => other,
    }
}

/// Accepted requests with what a row is about put into them, the likeliest to be refused for that alone first.
fn grafts(row: &Row, made: &Broken, base: &Draft) -> Vec<Draft> {
    let part = match &row.subject {
        Subject::Parameter { place, name } => Part::Parameter(*place, name.clone()),
        Subject::Body => Part::Body,
        Subject::Request | Subject::Response | Subject::ResponseHeader { .. } | Subject::ResponseBody => {
            return Vec::new();
        }
    };
    let at = |draft: &Draft| {
        let spots = places(draft, &|other| *other != part);
        spots.into_iter().find(|place| place.at.fits(&row.pointer))
    };
    let (Some(name), Some(parent)) = (row.pointer.last(), row.pointer.parent()) else {
        return whole(&part, made, base);
    };
    let wanted = at(&made.draft).and_then(|place| place.get(&made.draft).cloned());
    let twin = at(&made.twin).and_then(|place| place.get(&made.twin).cloned());
    let there = at(base);
    let owner = || places(base, &|other| *other != part).into_iter().find(|place| place.at.fits(&parent));
    let put = |value: Option<Value>| {
        let mut draft = base.clone();
        let content = value_mut(&mut draft, &part)?;
        match (&there, value) {
            (Some(place), Some(value)) => *place.at.get_mut(content)? = value,
            (Some(place), None) => {
                let owner = place.at.parent()?;
                owner.get_mut(content)?.as_object_mut()?.remove(place.at.last()?.as_ref())?;
            }
            (None, Some(value)) => owner()?.at.join(&name).put(content, value).ok()?,
            (None, None) => {}
        }
        Some(draft)
    };
    let here = there.as_ref().and_then(|place| place.get(base));
    variants(wanted, twin.as_ref(), here).into_iter().filter_map(put).collect()
}

/// The same for a row about a whole parameter or the whole content.
fn whole(part: &Part, made: &Broken, base: &Draft) -> Vec<Draft> {
    let wanted = value(&made.draft, part).cloned();
    let put = |value: Option<Value>| {
        let mut draft = base.clone();
        match (part, value) {
            (Part::Parameter(place, name), Some(value)) => draft.set_parameter(*place, name, value),
            (Part::Parameter(place, name), None) => draft.remove_parameter(*place, name),
            (Part::Body, Some(value)) => match value_mut(&mut draft, part) {
                Some(content) => *content = value,
                None => draft.body.clone_from(&made.draft.body),
            },
            (Part::Body, None) => draft.body.clone_from(&made.draft.body),
        }
        draft
    };
    variants(wanted, value(&made.twin, part), value(base, part)).into_iter().map(put).collect()
}

/// The values that may stand in the place, the best first: the accepted value changed as the breach changed its twin,
/// then the value itself.
fn variants(wanted: Option<Value>, twin: Option<&Value>, here: Option<&Value>) -> Vec<Option<Value>> {
    let changed = match (&wanted, twin, here) {
        (Some(Value::String(wanted)), _, Some(Value::String(here))) if !here.is_empty() => {
            let long = here.chars().cycle().take(wanted.chars().count()).collect();
            Some(Value::String(long))
        }
        (Some(Value::Object(wanted)), Some(Value::Object(twin)), Some(Value::Object(here))) => {
            let mut members = here.clone();
            members.retain(|name, _| !twin.contains_key(name) || wanted.contains_key(name));
            for (name, value) in wanted.iter().filter(|(name, value)| twin.get(*name) != Some(*value)) {
                members.insert(name.clone(), value.clone());
            }
            Some(Value::Object(members))
        }
        (Some(Value::Array(wanted)), _, Some(Value::Array(here))) => {
            let items = here.iter().chain(wanted.iter().skip(here.len())).take(wanted.len());
            Some(Value::Array(items.cloned().collect()))
        }
        _ => None,
    };
    changed.into_iter().map(Some).chain([wanted]).collect()
}
