//! PUT and PATCH by what they ask for: a replacement that asks for nothing, and requests to a collection that name no
//! item.

use crate::behaviour::inference::messages::request_schema;
use crate::behaviour::inference::own_effect::surroundings::Surroundings;
use crate::behaviour::inference::resource::Resource;
use crate::behaviour::inference::wrapping;
use crate::behaviour::shape;
use crate::behaviour::{Action, Effect};

impl Surroundings<'_> {
    /// A PUT or PATCH on a list that has no items in it changes nothing that is kept, unless it says which one by its key.
    pub(super) fn without_items(&self, effect: &mut Effect) {
        let names_one = effect.sent.as_ref().and_then(|sent| {
            let at = shape::within(self.contract, request_schema(self.operation)?, sent)?;
            wrapping::key_of(self.contract, &at, &self.wanted(None))
        });
        if names_one.is_none() {
            effect.action = Action::Answer;
            effect.because.push("it neither names an item nor holds one, so it answers as documented".to_owned());
        }
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
        let may_omit = members.keys().any(|name| needed.contains(name.as_str()) && !asks.contains(name.as_str()));
        if asks.is_empty() && may_omit {
            effect.action = Action::Update;
            effect
                .because
                .push("it requires no member of the item, so members that are not sent stay as they were".to_owned());
        }
    }
}
