//! What the collections of a mock begin with where somebody says it: data of a file, and so many items as are wanted.

use std::collections::BTreeMap;

use etalon_contract::behaviour::{Catalogue, Context, Inferred as _, Misfit, Origin, Populated, State, populate, seed};
use etalon_contract::document::{Code, DataText, Diagnostic, Pointer, nearest};
use serde_json::Value;

use crate::server::service::Service;

/// The numbers of items that are wanted of collections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of every collection that is not named.
    all: Option<u64>,
    /// Of collections by their words.
    named: Vec<(String, u64)>,
}

/// The most items that are wanted of a collection.
const MAX_WANTED: u64 = 1_000_000;

impl Wanted {
    /// Reads `50`, or `users=20,orders=500`, or both.
    ///
    /// # Errors
    /// One sentence saying how it is written.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut wanted = Self::default();
        let wrong = || format!("write 50, or users=20,orders=500, with at most {MAX_WANTED} of each");
        let number = |text: &str| text.trim().parse().ok().filter(|number| *number <= MAX_WANTED).ok_or_else(wrong);
        for part in text.split(',') {
            match part.rsplit_once('=') {
                Some((word, count)) if !word.trim().is_empty() => {
                    wanted.named.push((word.trim().to_owned(), number(count)?));
                }
                None if wanted.all.is_none() => wanted.all = Some(number(part)?),
                Some(_) | None => return Err(wrong()),
            }
        }
        Ok(wanted)
    }
}

/// The reason why a mock cannot begin so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unstartable {
    /// The data do not fit, with every place.
    Data(Vec<Diagnostic>),
    /// Items are wanted of a collection that there is not: its word, and those that come near.
    Unknown(String, Vec<String>),
}

/// The states that a mock begins with, one for each of its contracts, and what was made of what is wanted.
#[derive(Debug, Default)]
pub struct Start {
    /// The state of each contract.
    pub states: Vec<State>,
    /// The items that were made.
    pub populated: Vec<Populated>,
}

/// The parts of a mock that its start is made of.
pub struct Ground<'m> {
    /// The contracts.
    pub services: &'m [Service],
    /// The collections of each, by the words that data have for them.
    pub catalogues: Vec<Catalogue>,
    /// The states that they begin with where nobody says otherwise.
    pub states: Vec<State>,
    /// The seed and the time before the first request.
    pub context: Context,
}

impl Start {
    /// The start of a mock with these data and so many items.
    ///
    /// # Errors
    /// The data do not fit, or a collection is not there.
    pub fn of(ground: Ground<'_>, data: Option<&DataText>, wanted: Option<&Wanted>) -> Result<Self, Unstartable> {
        let Ground { services, catalogues, states, context } = ground;
        let mut start = Self { states, populated: Vec::new() };
        if let Some(data) = data {
            let told = |misfit: &Misfit| data.diagnose(Code::InvalidData, &misfit.at, misfit.reason.clone());
            seeded(services, &catalogues, &mut start.states, data.value(), &context).map_err(|misfits| {
                let mut told: Vec<Diagnostic> = misfits.iter().map(told).collect();
                told.sort_by_key(|one| (one.place.line, one.place.column));
                Unstartable::Data(told)
            })?;
        }
        if let Some(wanted) = wanted {
            start.populated = populated(services, &catalogues, &mut start.states, wanted, &context)?;
        }
        Ok(start)
    }
}

/// Puts data into the states of the contracts that have their collections.
pub(super) fn seeded(
    services: &[Service],
    catalogues: &[Catalogue],
    states: &mut [State],
    data: &Value,
    context: &Context,
) -> Result<(), Vec<Misfit>> {
    let collections = match data {
        Value::Object(collections) => collections,
        Value::Null => return Ok(()),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            let reason = "data have a member for each collection, with its items".to_owned();
            return Err(vec![Misfit { at: Pointer::root(), reason }]);
        }
    };
    let mut given: Vec<Vec<(usize, Pointer, &Value)>> = catalogues.iter().map(|_| Vec::new()).collect();
    let mut wrong = Vec::new();
    for (word, value) in collections {
        let at = Pointer::root().join(word);
        match owner(word, catalogues) {
            Some((contract, number)) => given[contract].push((number, at, value)),
            None => wrong.push(Misfit { at, reason: unknown(word, catalogues) }),
        }
    }
    for (number, service) in services.iter().enumerate() {
        let known = (&catalogues[number], &mut states[number]);
        wrong.extend(seed(service.meaning(), known.0, known.1, &given[number], context).err().unwrap_or_default());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// The contract and the collection of a word, by their numbers.
pub(super) fn owner(word: &str, catalogues: &[Catalogue]) -> Option<(usize, usize)> {
    catalogues.iter().enumerate().find_map(|(number, known)| Some((number, known.find(word)?.number)))
}

/// That there is no such collection, with those that come near or else all.
pub(super) fn unknown(word: &str, catalogues: &[Catalogue]) -> String {
    let words: Vec<&str> = catalogues.iter().flat_map(|known| known.all()).map(|one| one.word.as_str()).collect();
    match nearest(word, words.iter().copied()) {
        Some(near) => format!("there is no collection `{word}`; there is `{near}`"),
        None => format!("there is no collection `{word}`, but {}", words.join(", ")),
    }
}

/// Makes so many items as are wanted.
fn populated(
    services: &[Service],
    catalogues: &[Catalogue],
    states: &mut [State],
    wanted: &Wanted,
    context: &Context,
) -> Result<Vec<Populated>, Unstartable> {
    let mut counts: Vec<BTreeMap<usize, u64>> = catalogues
        .iter()
        .zip(services)
        .map(|(known, service)| {
            let may_have_more = |number: usize| match service.behaviour.collection(number).origin {
                Origin::Empty | Origin::Populated => true,
                Origin::Assumed | Origin::Singleton => false,
            };
            let all = wanted.all.into_iter().flat_map(|count| known.all().iter().map(move |one| (one.number, count)));
            all.filter(|(number, _)| may_have_more(*number)).collect()
        })
        .collect();
    for (word, count) in &wanted.named {
        let Some((contract, number)) = owner(word, catalogues) else {
            let words = catalogues.iter().flat_map(|known| known.all()).map(|one| one.word.clone()).collect();
            return Err(Unstartable::Unknown(word.clone(), words));
        };
        counts[contract].insert(number, *count);
    }
    let mut told = Vec::new();
    for (number, service) in services.iter().enumerate() {
        told.extend(populate(service.meaning(), &catalogues[number], &mut states[number], &counts[number], context));
    }
    Ok(told)
}
