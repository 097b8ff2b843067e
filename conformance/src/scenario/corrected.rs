//! A refused request, changed as its refusal says: the member that it names, or whose value it repeats, is added, gets
//! another value, or goes. By the answer and the contract alone; pure.

use std::collections::{BTreeMap, BTreeSet};

use etalon_contract::behaviour::shape;
use etalon_contract::codec::{Draft, Response};
use etalon_contract::document::Location;
use etalon_contract::generate::is_valid;
use etalon_contract::model::{In, Operation};
use serde_json::Value;

use crate::draft_place::{DraftPlace, Part, places, value, value_mut};
use crate::scenario::candidates::{likelier, name_of};
use crate::scenario::told::{Told, quoted};
use crate::session::Session;

/// The most places of a request that are looked for in an answer.
const PLACES: usize = 120;

/// The most values named by a description that are tried.
const DESCRIBED: usize = 6;

/// The most corrections of one place: who refuses so many values there would refuse others as well.
const OF_ONE_PLACE: usize = 8;

/// Corrections of one operation's requests, so that none is made twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Corrections {
    made: BTreeSet<String>,
    /// The number of corrections of each place.
    of_places: BTreeMap<String, usize>,
}

impl Corrections {
    /// The next request after a refused one: valid by the contract, and never tried before. `fuller` are requests that lend
    /// the members which it lacks. `None` where the answer names nothing that could be otherwise.
    #[must_use]
    pub(crate) fn next(
        &mut self,
        session: Session<'_>,
        operation: &Operation,
        refused: &Draft,
        fuller: &[Draft],
        answer: &Response,
    ) -> Option<Draft> {
        let told = Told::of(answer);
        let mut suspects: Vec<(u32, DraftPlace, Option<Value>)> = Vec::new();
        // What is changed or removed is the run's own: another key is another matter.
        let reads = session.reads(operation);
        let in_path = |part: &Part| matches!(part, Part::Parameter(In::Path, _)) && !reads;
        for place in places(refused, &in_path).into_iter().take(PLACES) {
            // Of a few documented values another may be taken, whatever the refusal speaks of.
            let chosen = u32::from(!listed(session, operation, &place).is_empty());
            let weight = told.weight(&place, place.get(refused)).max(chosen);
            suspects.push((weight, place, None));
        }
        for lender in fuller {
            for place in places(lender, &|part| *part != Part::Body).into_iter().take(PLACES) {
                let lacking = place.get(refused).is_none() && may_be_put(refused, &place);
                let known = suspects.iter().any(|(_, known, _)| *known == place);
                if lacking && !known {
                    suspects.push((told.weight(&place, None), place.clone(), place.get(lender).cloned()));
                }
            }
        }
        suspects.retain(|(weight, ..)| *weight > 0);
        suspects.sort_by_key(|(weight, place, lent)| {
            (std::cmp::Reverse(*weight), lent.is_none(), std::cmp::Reverse(place.at.tokens().count()))
        });
        // Of suspects that are alike, each gets one other value before any gets a second one.
        for alike in suspects.chunk_by(|one, other| one.0 == other.0) {
            let mut found: Vec<(String, std::vec::IntoIter<Draft>)> = Vec::new();
            for (_, place, lent) in alike {
                let drafts = others(session, operation, refused, place, (lent.as_ref(), &told.quoted));
                found.push((format!("{place:?}"), drafts.into_iter()));
            }
            while !found.is_empty() {
                found.retain(|(place, drafts)| {
                    drafts.len() > 0 && self.of_places.get(place).is_none_or(|tried| *tried < OF_ONE_PLACE)
                });
                for (place, drafts) in &mut found {
                    let Some(draft) = drafts.next() else { continue };
                    if self.made.insert(format!("{draft:?}")) && is_valid(session.contract, operation, &draft) {
                        *self.of_places.entry(place.clone()).or_default() += 1;
                        return Some(draft);
                    }
                }
            }
        }
        None
    }
}

/// True where a request has the object that a place lies in, without that place.
fn may_be_put(draft: &Draft, place: &DraftPlace) -> bool {
    let parent = place.at.parent().map(|at| DraftPlace { part: place.part.clone(), at });
    parent.is_some_and(|parent| parent.get(draft).is_some_and(Value::is_object))
}

/// The request with other values in a place, the likeliest first; then without it.
fn others(
    session: Session<'_>,
    operation: &Operation,
    refused: &Draft,
    place: &DraftPlace,
    (lent, named): (Option<&Value>, &[String]),
) -> Vec<Draft> {
    let here = place.get(refused).or(lent);
    let mut values = described(session, operation, refused, place);
    values.extend(listed(session, operation, place));
    if here.is_none_or(Value::is_string) {
        values.extend(named.iter().filter(|text| **text != name_of(place)).map(|text| Value::String(text.clone())));
    }
    if let Some(here) = here {
        values.extend(likelier(session, operation, &name_of(place), here));
    }
    values.extend(lent.cloned());
    let put = |new: Value| {
        let mut draft = refused.clone();
        place.at.put(value_mut(&mut draft, &place.part)?, new).ok()?;
        (draft != *refused).then_some(draft)
    };
    let without = || {
        let mut draft = refused.clone();
        match (&place.part, place.at.parent(), place.at.last()) {
            (part, Some(parent), Some(name)) => {
                value_mut(&mut draft, part).and_then(|root| parent.get_mut(root))?.as_object_mut()?.remove(&*name)?;
            }
            (Part::Parameter(In::Path, _) | Part::Body, _, _) => return None,
            (Part::Parameter(of, name), _, _) => draft.remove_parameter(*of, name),
        }
        Some(draft)
    };
    let mut found: Vec<Draft> = values.into_iter().filter_map(put).collect();
    if lent.is_none() {
        // One other value first: most refusals that name a member are about its value, and some about its presence.
        let at = found.len().min(1);
        found.splice(at..at, without());
    }
    found
}

/// The documented values of a place, where there are a few.
fn listed(session: Session<'_>, operation: &Operation, place: &DraftPlace) -> Vec<Value> {
    let at = owner(operation, &place.part).and_then(|owner| shape::within(session.contract, owner, &place.at));
    let listed = at.and_then(|at| shape::keyword(session.contract, &at, "enum")).and_then(Value::as_array);
    listed.map(|values| values.iter().take(DESCRIBED).cloned().collect()).unwrap_or_default()
}

/// The schema of a part of a request.
fn owner<'o>(operation: &'o Operation, part: &Part) -> Option<&'o Location> {
    match part {
        Part::Parameter(of, name) => operation.parameter(*of, name)?.shape.schema(),
        Part::Body => operation.body.as_ref()?.content.first()?.schema.as_ref(),
    }
}

/// The values that the description of a place names: what stands there in quotation marks, or after "e.g.".
fn described(session: Session<'_>, operation: &Operation, draft: &Draft, place: &DraftPlace) -> Vec<Value> {
    let contract = session.contract;
    let beside = match &place.part {
        Part::Parameter(of, name) => operation.parameter(*of, name).and_then(|known| known.description.as_deref()),
        Part::Body => None,
    };
    let at = owner(operation, &place.part).and_then(|owner| shape::within(contract, owner, &place.at));
    let own = at.and_then(|at| shape::keyword(contract, &at, "description")).and_then(Value::as_str);
    let text = own.or(beside).unwrap_or("");
    let is_text = value(draft, &place.part).and_then(|root| place.at.get(root)).is_none_or(Value::is_string);
    if !is_text { Vec::new() } else { quoted(text).into_iter().map(Value::String).collect() }
}
