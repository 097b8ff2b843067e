//! Creation: one item or several, at once or for later, and the same request again without a second item.

use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::Timing;
use crate::behaviour::call::{Outcome, Refusal};
use crate::behaviour::shape;
use crate::behaviour::state::{Item, Pending, Place, State};
use crate::behaviour::statement::Statement;
use crate::behaviour::step::adding::{Adding, Same};
use crate::behaviour::step::batch::{all_or_none, listed};
use crate::behaviour::step::transition::{Prepared, Step};
use crate::codec::Reading;
use crate::model::In;

/// A request that may come again without being carried out twice.
struct Repetition {
    /// The header field that has the client's key.
    header: String,
    /// The client's key, and the operation that it is for.
    key: String,
    /// The body as JSON text.
    body: String,
}

impl Step<'_> {
    /// Makes what the request says: at once, or before the next request is looked at.
    pub(super) fn add(&self, state: &mut State, place: &Place, prepared: &Prepared) -> Result<Outcome, Refusal> {
        let items = prepared.of(self.index);
        if self.effect.timing == Timing::Afterwards {
            let operation = self.call.operation.index;
            state.postpone(Pending { operation, place: place.clone(), items: items.to_vec(), context: *self.context });
            return Ok(Outcome::Accepted);
        }
        let repetition = self.repetition();
        if let Some(repetition) = &repetition
            && let Some((first, item)) = state.repeated(&repetition.key)
        {
            return if *first == repetition.body {
                Ok(Outcome::Created(item.clone()))
            } else {
                Err(Refusal::KeyReused { header: repetition.header.clone() })
            };
        }
        if let ([said], None) = (items, &self.effect.batch) {
            return self.add_one(state, place, said, repetition);
        }
        let (added, last) = all_or_none(state, |tried| self.add_to(tried, place, items))?;
        Ok(if self.effect.batch.is_some() && self.shows_list() { listed(added) } else { last })
    }

    /// Adds one item, and remembers the request where it may come again. Without that nothing can fail after the item was
    /// added, so that no copy of state is needed.
    fn add_one(
        &self,
        state: &mut State,
        place: &Place,
        said: &Statement,
        repetition: Option<Repetition>,
    ) -> Result<Outcome, Refusal> {
        let (adding, sent) = (self.adding(), self.sent_body());
        let Some(Repetition { key, body, .. }) = repetition else { return adding.add(state, place, said, sent) };
        all_or_none(state, |tried| {
            let outcome = adding.add(tried, place, said, sent)?;
            if let Outcome::Created(item) = &outcome {
                tried.remember(key, body, item.clone()).map_err(Refusal::Full)?;
            }
            Ok(outcome)
        })
    }

    /// Adds items one after the other: those that are there now, and the outcome of the last one.
    pub(super) fn add_to(
        &self,
        state: &mut State,
        place: &Place,
        items: &[Statement],
    ) -> Result<(Vec<Arc<Item>>, Outcome), Refusal> {
        let mut added = Vec::new();
        let mut last = Outcome::Answered;
        for said in items {
            last = self.adding().add(state, place, said, None)?;
            if let Outcome::Created(item) | Outcome::Found(item) = &last {
                added.push(item.clone());
            }
        }
        Ok((added, last))
    }

    /// The request as one that may come again, where it has a key for that.
    fn repetition(&self) -> Option<Repetition> {
        let operation = self.call.operation;
        let described = operation.parameters.iter().find(|parameter| {
            parameter.place == In::Header && shape::plain(&parameter.name).ends_with("idempotencykey")
        });
        let header = described.map_or("Idempotency-Key", |parameter| parameter.name.as_str());
        let key = self.call.headers.get(header).filter(|key| !key.is_empty())?;
        Some(Repetition {
            header: header.to_owned(),
            key: format!("{}\n{key}", operation.index),
            body: self.body().to_string(),
        })
    }

    pub(super) fn adding(&self) -> Adding<'_> {
        Adding {
            contract: self.contract,
            behaviour: self.behaviour,
            effect: self.effect,
            collection: self.collection,
            context: self.context,
            same: self.same(),
        }
    }

    /// The fate of an item whose key is there already, as the query asks for it: `action=upsert`, `overwrite=true`.
    fn same(&self) -> Same {
        const WORDS: [&str; 4] = ["upsert", "emplace", "replace", "overwrite"];
        let pairs = self.call.operation.parameters.iter().zip(&self.call.decoded.parameters);
        let mut asked = pairs.filter(|(parameter, _)| parameter.place == In::Query).filter_map(
            |(parameter, reading)| match reading {
                Reading::Value(Value::Bool(true)) => Some(shape::plain(&parameter.name)),
                Reading::Value(Value::String(word)) => Some(shape::plain(word)),
                Reading::Value(_) | Reading::Absent | Reading::Unreadable(_) => None,
            },
        );
        if asked.any(|word| WORDS.contains(&word.as_str())) { Same::Changes } else { Same::Conflicts }
    }
}
