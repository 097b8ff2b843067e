//! Changes of items: by the members that are sent, by a list of changes (RFC 6902), or of several items at once.

use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::call::{Clash, Outcome, Refusal};
use crate::behaviour::form;
use crate::behaviour::known::merge;
use crate::behaviour::paging::selection;
use crate::behaviour::shape;
use crate::behaviour::state::{Item, Place, State, text};
use crate::behaviour::statement::Statement;
use crate::behaviour::step::batch::all_or_none;
use crate::behaviour::step::patch;
use crate::behaviour::step::transition::{Prepared, Step};
use crate::behaviour::{Batch, Missing, Origin};
use crate::model::Direction;
use crate::validate;

impl Step<'_> {
    pub(super) fn update(&self, state: &mut State, place: &Place, prepared: &Prepared) -> Result<Outcome, Refusal> {
        let found = self.find(state, place, self.key());
        // A PUT that leaves what is not sent may add what is not there, too.
        if let (Err(Refusal::NotFound { .. }), "PUT", Missing::Create, Some(key)) =
            (&found, self.call.operation.method.as_str(), self.effect.missing, self.key())
            && self.effect.key_parameter.is_some()
        {
            self.populate(state, place)?;
            let made = self.maker(place).make(state, &prepared.first(self.index), Some(&key))?;
            return self.keep(state, place, made.key, made.value).map(Outcome::Created);
        }
        let item = found?;
        self.holds(&item)?;
        let is_drawn = self.collection.origin == Origin::Singleton && !state.has_set(place);
        self.populate(state, place)?;
        let maker = self.maker(place);
        let value = if self.is_patch() {
            let at = self.collection.item.as_ref();
            let shown = at.map_or_else(|| item.value.clone(), |at| form::shown(self.contract, at, &item.value));
            let patched = patch::applied(&shown, self.body()).map_err(|reason| Refusal::Unpatchable { reason })?;
            maker.changed_to(&item.value, &shown, &patched)?
        } else {
            let said = prepared.first(self.index);
            let changed = match self.call.operation.method.as_str() {
                "PUT" => maker.put(&item.value, &said),
                _ => maker.change(&item.value, &said),
            };
            // What was only drawn may be another of several alternatives than the one that is sent.
            if is_drawn && !self.shows(&changed, &said.value) { maker.make_only(&said)?.value } else { changed }
        };
        let value = self.renamed(state, place, &item, value)?;
        let item = self.keep(state, place, item.key.clone(), value)?;
        Ok(Outcome::Found(item))
    }

    /// The item with the new name that the request gives it: `new_name` where `name` is the key. It is found by both: who
    /// named it so before may still hold the old one.
    fn renamed(&self, state: &State, place: &Place, item: &Item, mut value: Value) -> Result<Value, Refusal> {
        let at = &self.collection.key;
        let (Some(Value::Object(sent)), Some(name)) = (self.sent_body(), at.last()) else { return Ok(value) };
        let wanted = format!("new{}", shape::plain(&name));
        let new = sent.iter().find(|(name, _)| shape::plain(name) == wanted).map(|(_, new)| new);
        let Some(new @ (Value::String(_) | Value::Number(_))) = new else { return Ok(value) };
        let has_it = |there: &&Arc<Item>| at.get(&there.value) == Some(new) && there.key != item.key;
        if state.items(place).any(|there| has_it(&there)) {
            let collection = self.collection.name.clone();
            let clash = Clash { at: at.clone(), sent: None, value: new.clone(), collection };
            return Err(Refusal::Conflict(Box::new(clash)));
        }
        let _ = at.put(&mut value, new.clone());
        Ok(value)
    }

    /// Changes each of the items that are sent, found by the keys that they have.
    pub(super) fn update_each(
        &self,
        state: &mut State,
        place: &Place,
        batch: &Batch,
        prepared: &Prepared,
    ) -> Result<Outcome, Refusal> {
        let said = prepared.of(self.index);
        if *batch == Batch::Chosen {
            return self.update_chosen(state, place, &prepared.first(self.index));
        }
        let changes: Vec<(Option<String>, &Statement)> = match batch {
            Batch::Items(at) => {
                let named = self.sent_items(at).iter().map(|one| self.collection.key.get(one).map(text));
                named.zip(said).collect()
            }
            Batch::Keys(_) | Batch::Query(_) | Batch::Like | Batch::Chosen => {
                self.keys(batch).into_iter().map(Some).zip(said.iter().cycle()).collect()
            }
        };
        let changed = all_or_none(state, |tried| {
            self.populate(tried, place)?;
            let mut changed = Vec::new();
            for (key, said) in changes {
                let item = self.find(tried, place, key)?;
                let value = self.maker(place).change(&item.value, said);
                changed.push(self.keep(tried, place, item.key.clone(), value)?);
            }
            Ok(changed)
        })?;
        Ok(self.answered_with(changed))
    }

    /// Changes all items that the filters of the request choose.
    fn update_chosen(&self, state: &mut State, place: &Place, said: &Statement) -> Result<Outcome, Refusal> {
        let changed = all_or_none(state, |tried| {
            self.populate(tried, place)?;
            let chosen = selection::chosen(self.contract, tried, place, self.effect, self.call);
            let keys = chosen.unwrap_or_else(|| tried.items(place).map(|item| item.key.clone()).collect());
            let mut changed = Vec::new();
            for key in keys {
                let item = self.find(tried, place, Some(key))?;
                let value = self.maker(place).change(&item.value, said);
                changed.push(self.keep(tried, place, item.key.clone(), value)?);
            }
            Ok(changed)
        })?;
        Ok(self.answered_with(changed))
    }

    /// Adds another item like the one that the path names, with what the request says otherwise.
    fn copy(&self, state: &mut State, place: &Place, item: &Item) -> Result<Outcome, Refusal> {
        let mut value = item.value.clone();
        for pointer in std::iter::once(&self.collection.key).chain(&self.collection.indexed) {
            pointer.remove_member(&mut value);
        }
        let said = self.effect.sent.as_ref().and_then(|sent| sent.get(self.body()));
        if let Some(said) = said.filter(|said| said.is_object()) {
            merge(&mut value, &form::sendable(self.contract, None, self.collection.item.as_ref(), said));
        }
        let maker = self.maker(place);
        let made = maker.make(state, &Statement { value, ..Statement::default() }, None)?;
        self.keep(state, place, made.key, made.value).map(Outcome::Created)
    }

    /// The outcome of a verb below an item: the item that is there, with what the verb makes of it.
    pub(super) fn mark(&self, state: &mut State, place: &Place) -> Result<Outcome, Refusal> {
        let mut item = self.find(state, place, self.key())?;
        if self.effect.copies {
            self.populate(state, place)?;
            return self.copy(state, place, &item);
        }
        if !self.effect.marks.is_empty() {
            let marks = self.effect.marks.iter().cloned().map(|(at, value)| (at, Some(value)));
            self.populate(state, place)?;
            let value = self.maker(place).change(&item.value, &Statement::of_expressions(marks));
            item = self.keep(state, place, item.key.clone(), value)?;
        }
        if let Some((at, lay)) = &self.effect.lay
            && let Some(said) = self.laid(&item, at, *lay)
        {
            self.populate(state, place)?;
            let value = self.maker(place).change(&item.value, &said);
            item = self.keep(state, place, item.key.clone(), value)?;
        }
        // Where the answer is the item, it is the one that is there.
        Ok(if self.effect.returned.is_some() { Outcome::Found(item) } else { Outcome::Answered })
    }

    /// True where an answer can show an item with all members that are said.
    fn shows(&self, there: &Value, said: &Value) -> bool {
        let Some(at) = &self.collection.item else { return true };
        let shown = form::shown(self.contract, at, there);
        let has_all = match (&shown, said) {
            (Value::Object(there), Value::Object(said)) => said.keys().all(|name| there.contains_key(name)),
            (_, said) => !said.is_object(),
        };
        has_all && validate::is_valid(self.contract, at, Direction::Response, &shown).unwrap_or(true)
    }

    /// True where the body is a list of changes (RFC 6902).
    fn is_patch(&self) -> bool {
        let read = self.call.decoded.body.value();
        read.is_some_and(|(_, media_type, _)| media_type.to_string().starts_with("application/json-patch"))
    }
}
