//! A refused request, changed as its refusal says: the member that it names, or whose value it repeats, is added, gets
//! another value, or goes. By the answer and the contract alone; pure.

use std::collections::BTreeSet;

use etalon_contract::behaviour::shape;
use etalon_contract::codec::{Draft, Response};
use etalon_contract::document::{Location, Pointer};
use etalon_contract::generate::is_valid;
use etalon_contract::model::{In, Operation};
use serde_json::Value;

use crate::draft_place::{DraftPlace, Part, places, value, value_mut};
use crate::judge::cause;
use crate::scenario::candidates::{likelier, name_of};
use crate::session::Session;

/// The most bytes of an answer that are read: who writes more than that does not name a member.
const READ: usize = 4_096;

/// The most places of a request that are looked for in an answer.
const PLACES: usize = 120;

/// The most values named by a description that are tried.
const DESCRIBED: usize = 6;

/// The most characters of such a value: longer ones are sentences.
const LONGEST: usize = 60;

/// Corrections of one operation's requests, so that none is made twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Corrections {
    made: BTreeSet<String>,
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
            let weight = told.weight(&place, place.get(refused));
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
        let changed = suspects
            .iter()
            .flat_map(|(_, place, lent)| others(session, operation, refused, place, (lent.as_ref(), &told.quoted)));
        for draft in changed {
            if self.made.insert(format!("{draft:?}")) && is_valid(session.contract, operation, &draft) {
                return Some(draft);
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

/// The values that the description of a place names: what stands there in quotation marks, or after "e.g.".
fn described(session: Session<'_>, operation: &Operation, draft: &Draft, place: &DraftPlace) -> Vec<Value> {
    let contract = session.contract;
    let (owner, beside): (Option<&Location>, Option<&str>) = match &place.part {
        Part::Parameter(of, name) => {
            let parameter = operation.parameter(*of, name);
            (
                parameter.and_then(|parameter| parameter.shape.schema()),
                parameter.and_then(|parameter| parameter.description.as_deref()),
            )
        }
        Part::Body => (operation.body.as_ref().and_then(|body| body.content.first()?.schema.as_ref()), None),
    };
    let at = owner.and_then(|owner| shape::within(contract, owner, &place.at));
    let own = at.and_then(|at| shape::keyword(contract, &at, "description")).and_then(Value::as_str);
    let text = own.or(beside).unwrap_or("");
    let is_text = value(draft, &place.part).and_then(|root| place.at.get(root)).is_none_or(Value::is_string);
    if !is_text { Vec::new() } else { quoted(text).into_iter().map(Value::String).collect() }
}

/// The texts in quotation marks of any kind, each once: without blank space, at most [`LONGEST`] characters and
/// [`DESCRIBED`] of them.
fn quoted(text: &str) -> Vec<String> {
    const MARKS: [(char, char); 5] = [('“', '”'), ('"', '"'), ('`', '`'), ('‘', '’'), ('\'', '\'')];
    let mut found: Vec<String> = Vec::new();
    for (open, close) in MARKS {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(open) {
            // An apostrophe within a word opens nothing.
            let opens = open != close || !before.ends_with(char::is_alphanumeric);
            let Some((inner, behind)) = after.split_once(close) else { break };
            if !opens {
                rest = after;
                continue;
            }
            let fits = !inner.is_empty() && inner.chars().count() <= LONGEST && !inner.contains(char::is_whitespace);
            if fits && !found.iter().any(|known| known == inner) {
                found.push(inner.to_owned());
            }
            rest = behind;
        }
    }
    found.truncate(DESCRIBED);
    found
}

/// The places, words and values that an answer names.
#[derive(Clone, Debug)]
struct Told {
    /// The places that it names by pointers or `loc` arrays, as their tokens.
    places: Vec<Vec<String>>,
    /// The text of the answer.
    text: String,
    /// The words of its text, as names of members may be.
    words: BTreeSet<String>,
    /// The texts in quotation marks: often the values that would be taken.
    quoted: Vec<String>,
}

impl Told {
    fn of(answer: &Response) -> Self {
        let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let places = body.as_ref().map(cause::places).unwrap_or_default();
        let whole = String::from_utf8_lossy(&answer.body[..answer.body.len().min(READ)]).into_owned();
        let text = body.as_ref().map(sentences).filter(|text| !text.is_empty()).unwrap_or(whole);
        let quoted = quoted(&text);
        let is_of_name = |character: char| character.is_alphanumeric() || "_-.".contains(character);
        let words = text.split(|c| !is_of_name(c)).map(|word| word.trim_matches(['.', '-']).to_lowercase()).collect();
        Self { places, text, words, quoted }
    }

    /// The certainty that a place is meant: 8 where a pointer names it, else up to 7 for its value and name in the
    /// text; zero where nothing says so.
    fn weight(&self, place: &DraftPlace, value: Option<&Value>) -> u32 {
        let name = name_of(place);
        let tokens: Vec<String> = place.at.tokens().map(|token| token.into_owned()).collect();
        let pointed = self.places.iter().any(|named| {
            let named: Vec<&String> = named.iter().filter(|token| *token != "body").collect();
            !named.is_empty() && named.iter().map(|token| token.as_str()).eq(tokens.iter().map(String::as_str))
                || named.last().is_some_and(|last| place.at == Pointer::root() && **last == name)
        });
        if pointed {
            return 8;
        }
        let repeated = match value {
            Some(Value::String(text)) => text.chars().count() >= 3 && self.text.contains(text.as_str()),
            Some(Value::Number(number)) => number.to_string().len() >= 3 && self.text.contains(&number.to_string()),
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => false,
        };
        let named = !name.is_empty() && self.words.contains(&name.to_lowercase());
        let marked = named && ["'", "\"", "`", "“"].iter().any(|mark| self.text.contains(&format!("{mark}{name}")));
        u32::from(repeated) * 4 + u32::from(named) * 2 + u32::from(marked)
    }
}

/// The texts in a body, one after another.
fn sentences(body: &Value) -> String {
    let mut found = String::new();
    let mut left = vec![body];
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) if found.len() < READ => {
                found.push_str(text);
                found.push('\n');
            }
            Value::Array(items) => left.extend(items.iter().rev()),
            Value::Object(members) => left.extend(members.values().rev()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_a_description_names_are_found_and_apostrophes_are_none() {
        assert_eq!(quoted("Name of the zone (e.g. “example.com.”) MUST have a dot"), ["example.com."]);
        assert_eq!(quoted("one of `hs256`, `hs512`; the server's own is 'auto'"), ["hs256", "hs512", "auto"]);
        assert_eq!(quoted("the user's and the group's name"), [""; 0]);
    }
}
