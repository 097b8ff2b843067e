//! The query of an operation that makes or changes an item: the parameters that say members of it.

use serde_json::Value;

use crate::behaviour::inference::own_effect::surroundings::Surroundings;
use crate::behaviour::paging::filter::is_of_form;
use crate::behaviour::paging::words::Parameter;
use crate::behaviour::shape;
use crate::behaviour::{Action, Effect};
use crate::document::{Location, Pointer};
use crate::model::In;

impl Surroundings<'_> {
    /// Finds the query parameters that are called as members of the item which the client may say: `POST /boards?name=…`.
    pub(super) fn say_by_query(&self, effect: &mut Effect) {
        let is_said = match effect.action {
            Action::Create | Action::Upsert | Action::Replace | Action::Update => effect.batch.is_none(),
            Action::Read | Action::List | Action::Delete | Action::Answer => false,
        };
        let Some(item) = self.item.filter(|_| is_said) else { return };
        let members = shape::members(self.contract, item);
        let is_plain = |at: &Location| !shape::is_object(self.contract, at) && !shape::is_array(self.contract, at);
        let is_clients = |at: &Location| shape::keyword(self.contract, at, "readOnly") != Some(&Value::Bool(true));
        for parameter in self.operation.parameters.iter().filter(|parameter| parameter.place == In::Query) {
            let plain = shape::plain(&parameter.name);
            if is_of_form(&plain) || Parameter::is_of_pages(&plain) {
                continue;
            }
            let member =
                members.iter().find(|(name, at)| shape::plain(name) == plain && is_plain(at) && is_clients(at));
            if let Some((name, _)) = member {
                effect.because.push(format!("{} says {name} of the item", parameter.name));
                effect.asked.push((parameter.name.clone(), Pointer::root().join(name)));
            }
        }
    }
}
