//! PUT and PATCH by what they ask for: a replacement that asks for nothing, and requests to a collection that name no
//! item.

use serde_json::Value;

use crate::behaviour::inference::own_effect::surroundings::Surroundings;
use crate::behaviour::inference::resource::Resource;
use crate::behaviour::inference::said;
use crate::behaviour::inference::wrapping;
use crate::behaviour::messages::{request_schema, success_schema};
use crate::behaviour::shape;
use crate::behaviour::{Action, Batch, Effect};
use crate::document::Location;

impl Surroundings<'_> {
    /// A PUT or PATCH on a list that has no items in it: about the one that it names by its key, about those that its
    /// filters choose, or, for a PUT that answers an item, about one that it adds. Else it changes nothing that is kept.
    pub(super) fn without_items(&self, effect: &mut Effect) {
        let sent = request_schema(self.operation);
        let at = effect.sent.as_ref().and_then(|place| shape::within(self.contract, sent?, place));
        let names_one = |at: &Location| {
            let key = wrapping::key_of(self.contract, at, &self.wanted(None));
            let at = key.and_then(|key| shape::within(self.contract, at, &key));
            at.is_some_and(|at| shape::keyword(self.contract, &at, "readOnly") != Some(&Value::Bool(true)))
        };
        if at.as_ref().is_some_and(names_one) {
            return;
        }
        let said = at.as_ref().map_or(0, |at| shape::members(self.contract, at).len());
        let common = at.as_ref().zip(self.item).map_or(0, |(at, item)| wrapping::overlap(self.contract, at, item));
        if effect.action == Action::Update && said > 0 && common == said {
            let filters = self.item.map(|item| self.meanings(None, item).filters).unwrap_or_default();
            if !filters.is_empty() {
                effect.filters = filters;
                effect.batch = Some(Batch::Chosen);
                self.wrap_shown_items(effect);
                return;
            }
        }
        let shows_item = success_schema(self.operation).zip(self.item).is_some_and(|(at, item)| {
            let (_, shown) = wrapping::one(self.contract, at, &self.wanted(None));
            shape::target(self.contract, &shown) == *item
        });
        if effect.action == Action::Replace && common > 0 && shows_item {
            effect.action = Action::Upsert;
            effect.because.push("it takes one item and answers it, so it adds that".to_owned());
            return;
        }
        effect.action = Action::Answer;
        effect.returned = None;
        effect.returned_else = Vec::new();
        effect.because.push("it neither names an item nor holds one, so it answers as documented".to_owned());
    }

    /// A replacement that asks for nothing changes what is sent and leaves the rest: it is a PATCH by another name.
    pub(super) fn leave_unsent(&self, effect: &mut Effect, resource: &Resource) {
        let Some(at) =
            request_schema(self.operation).and_then(|at| shape::within(self.contract, at, effect.sent.as_ref()?))
        else {
            return;
        };
        let Some(item) = &resource.item else { return };
        let needed = shape::required(self.contract, item);
        let members = shape::by_name(self.contract, &at);
        let asks = shape::required(self.contract, &at);
        if said::leaves_unsent(self.contract, self.operation) {
            effect.action = Action::Update;
            effect.because.push("its description says that members that are not sent stay as they were".to_owned());
            return;
        }
        let may_omit = members.keys().any(|name| needed.contains(name.as_str()) && !asks.contains(name.as_str()));
        // A schema of its own that asks for nothing is what may be changed; that of the item is the whole of it.
        let is_own = !members.is_empty() && !wrapping::same(self.contract, &at, Some(item));
        let is_partial = is_own || said::is_change(self.operation);
        if asks.is_empty() && (may_omit || is_partial && !said::is_replacement(self.operation)) {
            effect.action = Action::Update;
            effect
                .because
                .push("it requires no member of the item, so members that are not sent stay as they were".to_owned());
        }
    }
}
