//! Things that are made in one collection and put into others by their keys: what is shown there is what they are now.

use std::sync::Arc;

use crate::behaviour::call::{Listing, Outcome, Refusal};
use crate::behaviour::state::{Item, Place, State};
use crate::behaviour::step::transition::Step;

impl Step<'_> {
    /// The item that a request puts into this collection, where it is one that another collection holds.
    pub(super) fn joins(&self, state: &State, key: &str) -> Option<Result<Arc<Item>, Refusal>> {
        let whole = self.collection.of?;
        let found = made(state, whole, key);
        let parameter = self.effect.key_parameter.clone();
        let name = &self.behaviour.collection(whole).name;
        Some(found.ok_or_else(|| Refusal::NotFound { parameter, collection: name.clone() }))
    }

    /// The outcome with each thing as it is now; those of a list that are gone are left out.
    pub(super) fn as_they_are(&self, state: &State, outcome: Outcome) -> Outcome {
        let Some(whole) = self.collection.of else { return outcome };
        let now = |item: &Arc<Item>| made(state, whole, &item.key);
        match outcome {
            Outcome::Found(item) => Outcome::Found(now(&item).unwrap_or(item)),
            Outcome::Created(item) => Outcome::Created(now(&item).unwrap_or(item)),
            Outcome::Listed(listing) => {
                let items = listing.items.iter().map(|item| now(item).unwrap_or_else(|| item.clone())).collect();
                Outcome::Listed(Listing { items, ..listing })
            }
            other @ (Outcome::Deleted(_) | Outcome::Accepted | Outcome::Answered | Outcome::Refused(_)) => other,
        }
    }
}

/// The item of a collection that has a key, in whatever set.
fn made(state: &State, collection: usize, key: &str) -> Option<Arc<Item>> {
    let place: &Place = state.place_of(collection, key)?;
    state.find(place, key).cloned()
}
