//! Changes of items: by the members that are sent, by a list of changes (RFC 6902), or of several items at once.

use crate::behaviour::Batch;
use crate::behaviour::call::{Outcome, Refusal};
use crate::behaviour::form;
use crate::behaviour::said::Said;
use crate::behaviour::state::{Place, State, text};
use crate::behaviour::step::batch::listed;
use crate::behaviour::step::patch;
use crate::behaviour::step::transition::{Prepared, Step};
use crate::codec::DecodedBody;

impl Step<'_> {
    pub(super) fn update(&self, state: &mut State, place: &Place, prepared: &Prepared) -> Result<Outcome, Refusal> {
        let item = self.find(state, place, self.key())?;
        self.holds(&item)?;
        self.populate(state, place)?;
        let maker = self.maker(place);
        let value = if self.is_patch() {
            let at = self.collection.item.as_ref();
            let shown = at.map_or_else(|| item.value.clone(), |at| form::shown(self.contract, at, &item.value));
            let patched = patch::applied(&shown, self.body()).map_err(|reason| Refusal::Unpatchable { reason })?;
            maker.changed_to(&item.value, &shown, &patched)?
        } else {
            let said = prepared.of(self.index).first().cloned().unwrap_or_default();
            maker.change(&item.value, &said)
        };
        let item = self.keep(state, place, item.key.clone(), value)?;
        Ok(Outcome::Found(item))
    }

    /// Changes each of the items that are sent, found by the keys that they have.
    pub(super) fn update_each(
        &self,
        state: &mut State,
        place: &Place,
        batch: &Batch,
        prepared: &Prepared,
    ) -> Result<Outcome, Refusal> {
        let mut tried = state.clone();
        self.populate(&mut tried, place)?;
        let mut changed = Vec::new();
        let said = prepared.of(self.index);
        let changes: Vec<(Option<String>, &Said)> = match batch {
            Batch::Items(at) => {
                let named = self.sent_items(at).iter().map(|one| self.collection.key.get(one).map(text));
                named.zip(said).collect()
            }
            Batch::Keys(_) | Batch::Query(_) => {
                self.keys(batch).into_iter().map(Some).zip(said.iter().cycle()).collect()
            }
        };
        for (key, said) in changes {
            let item = self.find(&tried, place, key)?;
            let value = self.maker(place).change(&item.value, said);
            changed.push(self.keep(&mut tried, place, item.key.clone(), value)?);
        }
        *state = tried;
        Ok(if self.shows_list() { listed(changed) } else { Outcome::Answered })
    }

    /// True where the body is a list of changes (RFC 6902).
    fn is_patch(&self) -> bool {
        match &self.call.decoded.body {
            DecodedBody::Value { media_type, .. } => media_type.to_string().starts_with("application/json-patch"),
            DecodedBody::Absent
            | DecodedBody::Malformed { .. }
            | DecodedBody::Beyond { .. }
            | DecodedBody::UndocumentedMediaType { .. }
            | DecodedBody::Opaque { .. } => false,
        }
    }
}
