//! The twin of a request at a limit: the same request in all but the one thing that the row speaks of. By the contract
//! alone; nothing is sent to find it.

use etalon_contract::codec::Draft;
use etalon_contract::document::Pointer;
use etalon_contract::generate::is_valid;
use etalon_contract::model::Operation;
use etalon_contract::rule::{Breach, Keyword, Limit, Row, Rule, Subject};
use serde_json::Value;

use crate::draft_place::{DraftPlace, Part, places, value, value_mut};
use crate::scenario::adopt::is_ordinary;
use crate::session::Session;

/// The most candidates the contract that is asked about: a place lends a few values, an object has some members to drop.
const CANDIDATES: usize = 24;

/// The request at a limit without what its row speaks of: what was left out is there, the value at the limit is an
/// ordinary one. `lenders` are valid requests that lend those values. `None` where no valid request differs in this alone.
#[must_use]
pub(crate) fn beside(
    session: Session<'_>,
    operation: &Operation,
    row: &Row,
    met: &Draft,
    lenders: &[&Draft],
) -> Option<Draft> {
    let part = part(&row.subject)?;
    let candidates = match &row.rule {
        Rule::Limit(Limit::Omitted) => present(row, &part, met, lenders),
        Rule::Limit(Limit::Keyword { .. } | Limit::Overlap { .. } | Limit::Null { .. } | Limit::Required)
        | Rule::Advice(_)
        | Rule::Protocol(_)
        | Rule::Security(_)
        | Rule::Response(_)
        | Rule::Story(_) => ordinary(row, &part, met, lenders),
    };
    let mut candidates = candidates.into_iter().filter(|candidate| candidate != met).take(CANDIDATES);
    candidates.find(|candidate| is_valid(session.contract, operation, candidate))
}

/// The requests that have the members which a combination of optional members leaves out, with the values of other requests.
#[must_use]
pub(super) fn completed(
    session: Session<'_>,
    operation: &Operation,
    row: &Row,
    met: &Draft,
    lenders: &[&Draft],
) -> Vec<Draft> {
    let Some(part) = part(&row.subject) else { return Vec::new() };
    let lent = lent(&part, &row.pointer, lenders);
    let mut found = Vec::new();
    for place in fitting(&part, &row.pointer, met) {
        for value in lent.iter().filter_map(Value::as_object) {
            let mut draft = met.clone();
            let here =
                value_mut(&mut draft, &part).and_then(|root| place.at.get_mut(root)).and_then(Value::as_object_mut);
            let Some(here) = here else { continue };
            for (name, value) in value {
                here.entry(name.clone()).or_insert_with(|| value.clone());
            }
            found.push(draft);
        }
    }
    found.retain(|draft| draft != met && is_valid(session.contract, operation, draft));
    found
}

/// The requests that have one member fewer than a combination of optional members.
#[must_use]
pub(super) fn reduced(session: Session<'_>, operation: &Operation, row: &Row, met: &Draft) -> Vec<Draft> {
    let Some(part) = part(&row.subject) else { return Vec::new() };
    let mut found = Vec::new();
    for place in fitting(&part, &row.pointer, met) {
        let Some(here) = place.get(met) else { continue };
        let less = one_less(here).into_iter().filter_map(|less| {
            let mut draft = met.clone();
            *place.at.get_mut(value_mut(&mut draft, &part)?)? = less;
            is_valid(session.contract, operation, &draft).then_some(draft)
        });
        found.extend(less);
    }
    found
}

fn part(subject: &Subject) -> Option<Part> {
    match subject {
        Subject::Parameter { place, name } => Some(Part::Parameter(*place, name.clone())),
        Subject::Body => Some(Part::Body),
        Subject::Request | Subject::Response | Subject::ResponseHeader { .. } | Subject::ResponseBody => None,
    }
}

/// The request with what was left out.
fn present(row: &Row, part: &Part, met: &Draft, lenders: &[&Draft]) -> Vec<Draft> {
    let (Some(parent), Some(name)) = (row.pointer.parent(), row.pointer.last()) else {
        return lenders.iter().filter_map(|lender| whole(part, met, lender)).collect();
    };
    let lent = lent(part, &row.pointer, lenders);
    let owners = fitting(part, &parent, met);
    let lacking = owners.into_iter().filter(|owner| {
        owner.get(met).and_then(Value::as_object).is_some_and(|members| !members.contains_key(name.as_ref()))
    });
    lacking
        .flat_map(|owner| {
            lent.iter().filter_map(move |value| {
                let mut draft = met.clone();
                let at = owner.at.join(&owner_name(row));
                at.put(value_mut(&mut draft, part)?, value.clone()).ok()?;
                Some(draft)
            })
        })
        .collect()
}

fn owner_name(row: &Row) -> String {
    row.pointer.last().map(|name| name.into_owned()).unwrap_or_default()
}

/// A part as another request has it.
fn whole(part: &Part, met: &Draft, lender: &Draft) -> Option<Draft> {
    let mut draft = met.clone();
    match part {
        Part::Parameter(place, name) => draft.set_parameter(*place, name, lender.parameter(*place, name)?.clone()),
        Part::Body => draft.body = Some(lender.body.clone()?),
    }
    Some(draft)
}

/// The request with an ordinary value in the place of the one at the limit.
fn ordinary(row: &Row, part: &Part, met: &Draft, lenders: &[&Draft]) -> Vec<Draft> {
    let lent = lent(part, &row.pointer, lenders);
    let counts = matches!(
        &row.rule,
        Rule::Limit(Limit::Keyword {
            breach: Breach::Keyword {
                keyword: Keyword::MinProperties | Keyword::MaxProperties | Keyword::MinItems | Keyword::MaxItems,
                ..
            },
            ..
        })
    );
    let put = |place: &DraftPlace, value: &Value| {
        let mut draft = met.clone();
        *place.at.get_mut(value_mut(&mut draft, part)?)? = value.clone();
        Some(draft)
    };
    let mut found = Vec::new();
    for place in fitting(part, &row.pointer, met) {
        let Some(here) = place.get(met) else { continue };
        let one_less = one_less(here);
        let lent: Vec<Value> = lent.iter().filter(|value| is_ordinary(row, value, here)).cloned().collect();
        let (first, then) = if counts { (&one_less, &lent) } else { (&lent, &one_less) };
        found.extend(first.iter().chain(then).filter(|value| *value != here).filter_map(|value| put(&place, value)));
    }
    found
}

/// The copies of an object that each lack one of its members, the last first, or an array without its last item; none
/// of other values.
fn one_less(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(members) => members
            .keys()
            .rev()
            .map(|gone| members.iter().filter(|(name, _)| *name != gone).map(|(n, v)| (n.clone(), v.clone())).collect())
            .collect(),
        Value::Array(items) if !items.is_empty() => vec![Value::Array(items[..items.len() - 1].to_vec())],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Vec::new(),
    }
}

/// The values that other requests have in a place, each once.
fn lent(part: &Part, at: &Pointer, lenders: &[&Draft]) -> Vec<Value> {
    let mut lent: Vec<Value> = Vec::new();
    for lender in lenders {
        for place in fitting(part, at, lender) {
            if let Some(value) = place.get(lender)
                && !lent.contains(value)
            {
                lent.push(value.clone());
            }
        }
    }
    lent
}

/// The places of a part that a row's pointer may mean, in order.
fn fitting(part: &Part, at: &Pointer, draft: &Draft) -> Vec<DraftPlace> {
    if value(draft, part).is_none() {
        return Vec::new();
    }
    places(draft, &|other| other != part).into_iter().filter(|place| place.at.fits(at)).collect()
}
