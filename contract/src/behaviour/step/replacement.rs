//! Replacement: of one item, of the whole list, or of the keys that a set holds.

use crate::behaviour::call::{Outcome, Refusal};
use crate::behaviour::said::Said;
use crate::behaviour::state::{Place, State};
use crate::behaviour::step::batch::listed;
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
        let said = prepared.of(self.index).first().cloned().unwrap_or_default();
        let Some(there) = there else {
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
        let mut tried = state.clone();
        tried.open(place).map_err(Refusal::Full)?;
        let mut now = Vec::new();
        match batch {
            Batch::Items(_) => {
                tried.clear(self.index, &place.scope);
                tried.open(place).map_err(Refusal::Full)?;
                for said in prepared.of(self.index) {
                    if let Outcome::Created(item) | Outcome::Found(item) =
                        self.adding().add(&mut tried, place, said, None)?
                    {
                        now.push(item);
                    }
                }
            }
            Batch::Keys(_) | Batch::Query(_) => {
                for key in self.keys(batch) {
                    if tried.find(place, &key).is_none() {
                        let made = self.maker(place).make(&tried, &Said::default(), Some(&key))?;
                        now.push(self.keep(&mut tried, place, made.key, made.value)?);
                    }
                }
            }
        }
        *state = tried;
        Ok(if self.shows_list() { listed(now) } else { Outcome::Answered })
    }
}
