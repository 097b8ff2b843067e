//! Creation: one item or several, at once or for later, and the same request again without a second item.

use crate::behaviour::Timing;
use crate::behaviour::call::{Outcome, Refusal};
use crate::behaviour::shape;
use crate::behaviour::state::{Pending, Place, State};
use crate::behaviour::step::adding::Adding;
use crate::behaviour::step::batch::listed;
use crate::behaviour::step::transition::{Prepared, Step};
use crate::model::In;

impl Step<'_> {
    pub(super) fn add(&self, state: &mut State, place: &Place, prepared: &Prepared) -> Result<Outcome, Refusal> {
        let items = prepared.of(self.index);
        if self.effect.timing == Timing::Afterwards {
            let operation = self.call.operation.index;
            state.postpone(Pending { operation, place: place.clone(), items: items.to_vec(), context: *self.context });
            return Ok(Outcome::Accepted);
        }
        let adding = self.adding();
        let repetition = self
            .repetition()
            .map(|(header, key)| (header, format!("{}\n{key}", self.call.operation.index), self.body().to_string()));
        if let Some((header, key, body)) = &repetition
            && let Some((first, item)) = state.repeated(key)
        {
            return if first == body {
                Ok(Outcome::Created(item.clone()))
            } else {
                Err(Refusal::KeyReused { header: header.clone() })
            };
        }
        // All or none: a copy is only needed where a later one can fail after an earlier one was added.
        if let ([said], None) = (items, &self.effect.batch) {
            let Some((_, key, body)) = repetition else { return adding.add(state, place, said, self.sent_body()) };
            let mut tried = state.clone();
            let outcome = adding.add(&mut tried, place, said, self.sent_body())?;
            if let Outcome::Created(item) = &outcome {
                tried.remember(key, body, item.clone()).map_err(Refusal::Full)?;
            }
            *state = tried;
            return Ok(outcome);
        }
        let mut tried = state.clone();
        let mut added = Vec::new();
        let mut last = Outcome::Answered;
        for said in items {
            last = adding.add(&mut tried, place, said, None)?;
            if let Outcome::Created(item) | Outcome::Found(item) = &last {
                added.push(item.clone());
            }
        }
        *state = tried;
        Ok(if self.effect.batch.is_some() && self.shows_list() { listed(added) } else { last })
    }

    /// The key by which a client repeats a request without doing it twice, and the field that has it.
    fn repetition(&self) -> Option<(String, &str)> {
        let described = self.call.operation.parameters.iter().find(|parameter| {
            parameter.place == In::Header && shape::plain(&parameter.name).ends_with("idempotencykey")
        });
        let name = described.map_or("Idempotency-Key", |parameter| parameter.name.as_str());
        self.call.headers.get(name).filter(|key| !key.is_empty()).map(|key| (name.to_owned(), key))
    }

    pub(super) fn adding(&self) -> Adding<'_> {
        Adding { contract: self.contract, effect: self.effect, collection: self.collection, context: self.context }
    }
}
