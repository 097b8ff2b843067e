//! A state as a document, for whoever keeps it: written with the digest of its contract, read under the same contract or another
//! reading of it. Collections are known by the operations that act on them, and no number of ours is in it. What no longer
//! fits is left out, and said.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::behaviour::carry::{ancestors, fits, identity, operations};
use crate::behaviour::state::SetRecord;
use crate::behaviour::step::settle;
use crate::behaviour::{Carried, Item, Meaning, State};

/// The state of one contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    /// The title of the contract, for people.
    title: String,
    /// The digest of the contract's texts.
    digest: String,
    /// The number of items that came so far.
    sequence: u64,
    /// True where collections begin with what the document's examples show.
    examples: bool,
    collections: Vec<SavedCollection>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    repeated: Vec<SavedRequest>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedCollection {
    /// The name, for people and for what is said of it.
    name: String,
    /// The operations that act on it, each as method and path below the contract's base path.
    operations: Vec<String>,
    /// The pointer of the key in an item.
    key: String,
    /// True where it has been given the items that it begins with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    begun: bool,
    /// The largest number that was a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    largest: Option<u64>,
    sets: Vec<SetRecord>,
}

/// A request that may come again, and the item that it made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedRequest {
    operation: String,
    repetition: String,
    sent: String,
    key: String,
    sequence: u64,
    value: Value,
}

/// What a state is, as data. The same state gives the same data.
#[must_use]
pub fn save(of: Meaning<'_>, state: &State) -> Saved {
    let mut state = state.clone();
    // What was accepted takes effect before the next request in any case.
    settle(of.contract, of.behaviour, &mut state);
    let name = |index: usize| of.contract.entries().get(index).map(|entry| written(identity(of.contract, entry)));
    let collection = |number: usize| {
        let collection = of.behaviour.collection(number);
        SavedCollection {
            name: collection.name.clone(),
            operations: of.behaviour.acting(number).into_iter().filter_map(name).collect(),
            key: collection.key.as_str().to_owned(),
            begun: state.has_begun(number),
            largest: state.largest(number),
            sets: state.records(number),
        }
    };
    let repeated = state.all_repeated().filter_map(|(key, sent, item)| {
        let (operation, repetition) = key.split_once('\n')?;
        Some(SavedRequest {
            operation: name(operation.parse().ok()?)?,
            repetition: repetition.to_owned(),
            sent: sent.to_owned(),
            key: item.key.clone(),
            sequence: item.sequence,
            value: item.value.clone(),
        })
    });
    Saved {
        title: of.contract.title().to_owned(),
        digest: of.contract.document().digest().to_string(),
        sequence: state.sequence(),
        examples: state.shows_examples(),
        collections: state.collections().into_iter().map(collection).collect(),
        repeated: repeated.collect(),
    }
}

fn written((method, path): (String, String)) -> String {
    format!("{method} {path}")
}

impl Saved {
    /// The title of the contract that it is of.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// True where it was saved under the same texts of the contract.
    #[must_use]
    pub fn is_of(&self, contract: &crate::model::Contract) -> bool {
        self.digest == contract.document().digest().to_string()
    }

    /// The state that it is, under a reading of its contract and within so many bytes, and the fate of each collection.
    ///
    /// # Errors
    /// It is no state that could have been saved, or there is no room for it.
    pub fn load(self, to: Meaning<'_>, most: usize) -> Result<(State, Vec<Carried>), String> {
        let known: BTreeMap<String, usize> =
            operations(to.contract).into_iter().map(|(identity, index)| (written(identity), index)).collect();
        let mut state = if self.examples { State::with_examples() } else { State::default() };
        state.leave_room(most, most);
        state.count_from(self.sequence);
        let mut verdicts: Vec<Result<usize, String>> = Vec::new();
        for saved in &self.collections {
            verdicts.push(place(saved, &known, to, &mut state)?);
        }
        let kept: BTreeSet<usize> = verdicts.iter().flatten().copied().collect();
        let had: BTreeSet<&str> = self.collections.iter().map(|saved| saved.name.as_str()).collect();
        for verdict in &mut verdicts {
            let Ok(number) = verdict else { continue };
            let is_lost =
                |above: &usize| had.contains(to.behaviour.collection(*above).name.as_str()) && !kept.contains(above);
            if let Some(lost) = ancestors(to.behaviour, *number).find(is_lost) {
                let above = &to.behaviour.collection(lost).name;
                *verdict = Err(format!("{above}, to which they belong, was dropped"));
            }
        }
        let told = self.collections.iter().zip(&verdicts).map(|(saved, verdict)| Carried {
            collection: saved.name.clone(),
            items: saved.sets.iter().map(|set| set.items.len()).sum(),
            dropped: verdict.as_ref().err().cloned(),
        });
        // A set that holds nothing is no loss.
        let told = told.filter(|one| one.items > 0).collect();
        let kept: BTreeSet<usize> = verdicts.iter().flatten().copied().collect();
        if state.collections().iter().any(|number| !kept.contains(number)) {
            state = state.renumbered(|number| kept.contains(&number).then_some(number));
        }
        for saved in self.repeated {
            let Some(operation) = known.get(&saved.operation) else { continue };
            let item = Item::new(saved.key, saved.value, saved.sequence);
            let key = format!("{operation}\n{}", saved.repetition);
            state.remember(key, saved.sent, item.into()).map_err(|full| full.to_string())?;
        }
        Ok((state, told))
    }
}

/// Puts a saved collection into a state: the number that it has now, or the reason why it cannot be kept.
fn place(
    saved: &SavedCollection,
    known: &BTreeMap<String, usize>,
    to: Meaning<'_>,
    state: &mut State,
) -> Result<Result<usize, String>, String> {
    let acting = saved.operations.iter().filter_map(|operation| known.get(operation));
    let mut numbers: Vec<usize> = acting.filter_map(|index| to.behaviour.effect(*index).collection).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let [number] = numbers.as_slice() else {
        let reason = if numbers.is_empty() { "no operation acts on it any more" } else { "its operations have parted" };
        return Ok(Err(reason.to_owned()));
    };
    let collection = to.behaviour.collection(*number);
    let depth = collection.scope.len();
    if collection.key.as_str() != saved.key || saved.sets.iter().any(|set| set.scope.len() != depth) {
        return Ok(Err("its items are identified in another way".to_owned()));
    }
    for set in &saved.sets {
        state
            .admit(*number, &collection.indexed, set.clone())
            .map_err(|why| format!("the collection {}: {why}", saved.name))?;
    }
    if let Some(largest) = saved.largest {
        state.count_keys_from(*number, largest);
    }
    if saved.begun {
        state.begins(*number);
    }
    Ok(fits(to.contract, state, *number, collection).map(|()| *number))
}
