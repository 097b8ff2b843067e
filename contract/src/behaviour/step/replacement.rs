//! Replacement: of one item, of the whole list, or of the keys that a set holds.

use std::sync::Arc;

use crate::behaviour::call::{Outcome, Refusal};
use crate::behaviour::state::{Item, Place, State};
use crate::behaviour::statement::Statement;
use crate::behaviour::step::batch::all_or_none;
use crate::behaviour::step::item::NewItem;
use crate::behaviour::step::transition::{Prepared, Step};
use crate::behaviour::{Batch, Missing};

impl Step<'_> {
    pub(super) fn replace(&self, state: &mut State, place: &Place, prepared: &Prepared) -> Result<Outcome, Refusal> {
        let there = match self.find(state, place, self.key()) {
            Ok(item) => Some(item),
            // PUT to a URI of the client's choice creates what is not there (RFC 9110 §9.3.4).
            Err(Refusal::NotFound { .. })
                if self.effect.key_parameter.is_some() && self.effect.missing == Missing::Create =>
            {
                None
            }
            Err(refusal) => return Err(refusal),
        };
        self.populate(state, place)?;
        let maker = self.maker(place);
        let said = prepared.first(self.index);
        let Some(there) = there else {
            if let Some(joined) = self.key().and_then(|key| self.joins(state, &key)) {
                let joined = joined?;
                return self.keep(state, place, joined.key.clone(), joined.value.clone()).map(Outcome::Created);
            }
            let made = maker.make(state, &said, self.key().as_deref())?;
            return self.keep(state, place, made.key, made.value).map(Outcome::Created);
        };
        self.holds(&there)?;
        let value = maker.remake(&there, &said)?;
        self.keep(state, place, there.key.clone(), value).map(Outcome::Found)
    }

    /// Exchanges the whole list for what is sent, or saves the items of these keys.
    pub(super) fn replace_all(
        &self,
        state: &mut State,
        place: &Place,
        batch: &Batch,
        prepared: &Prepared,
    ) -> Result<Outcome, Refusal> {
        let now = all_or_none(state, |tried| {
            tried.open(place).map_err(Refusal::Full)?;
            match batch {
                Batch::Items(_) => {
                    tried.clear(self.index, &place.scope);
                    tried.open(place).map_err(Refusal::Full)?;
                    self.add_to(tried, place, prepared.of(self.index)).map(|(added, _)| added)
                }
                Batch::Keys(_) | Batch::Query(_) | Batch::Like | Batch::Chosen => {
                    self.save_keys(tried, place, self.keys(batch))
                }
            }
        })?;
        Ok(self.answered_with(now))
    }

    /// Makes the items of the keys that the set does not have.
    fn save_keys(&self, state: &mut State, place: &Place, keys: Vec<String>) -> Result<Vec<Arc<Item>>, Refusal> {
        let mut made = Vec::new();
        for key in keys {
            if state.find(place, &key).is_none() {
                let NewItem { key, value } = self.maker(place).make(state, &Statement::default(), Some(&key))?;
                made.push(self.keep(state, place, key, value)?);
            }
        }
        Ok(made)
    }
}
