//! A member of a thing at a path of its own: what is shown and changed there is shown and changed in the thing.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::behaviour::call::{Outcome, Refusal};
use crate::behaviour::form;
use crate::behaviour::messages::request_schema;
use crate::behaviour::shape;
use crate::behaviour::state::{Item, Place, State};
use crate::behaviour::statement::Statement;
use crate::behaviour::step::transition::Step;
use crate::behaviour::{Action, Part};
use crate::document::Pointer;

impl Step<'_> {
    /// Shows or changes a member of the thing that the path leads through.
    pub(super) fn part(&self, state: &mut State, place: &Place, part: &Part) -> Result<Outcome, Refusal> {
        let item = self.find(state, place, self.key())?;
        let said = match part.action {
            Action::Read | Action::List | Action::Answer => return Ok(Outcome::Found(self.within(&item, &part.at))),
            Action::Delete => Statement { absent: vec![part.at.clone()], ..Statement::default() },
            Action::Create | Action::Upsert | Action::Replace => {
                let said = self.said_of_part(&part.at);
                Statement { absent: vec![part.at.clone()], ..said }
            }
            Action::Update => self.said_of_part(&part.at),
        };
        self.holds(&item)?;
        self.populate(state, place)?;
        let value = self.maker(place).change(&item.value, &said);
        let item = self.keep(state, place, item.key.clone(), value)?;
        Ok(match part.action {
            Action::Delete => Outcome::Deleted(None),
            Action::Read
            | Action::List
            | Action::Answer
            | Action::Create
            | Action::Upsert
            | Action::Replace
            | Action::Update => Outcome::Found(self.within(&item, &part.at)),
        })
    }

    /// The statement of the request about a member, as one about the thing.
    fn said_of_part(&self, at: &Pointer) -> Statement {
        let sent = self.effect.sent.as_ref().and_then(|sent| sent.get(self.body()));
        let member = self.collection.item.as_ref().and_then(|item| shape::within(self.contract, item, at));
        let request = request_schema(self.call.operation)
            .zip(self.effect.sent.as_ref())
            .and_then(|(body, place)| shape::within(self.contract, body, place));
        let mut value = Value::Object(Map::new());
        if let Some(sent) = sent {
            let sent = form::sendable(self.contract, request.as_ref(), member.as_ref(), sent);
            let _ = at.put(&mut value, sent);
        }
        Statement { value, ..Statement::default() }
    }

    /// A member of a thing, as an item by itself; empty where the thing has none.
    fn within(&self, item: &Item, at: &Pointer) -> Arc<Item> {
        let schema = self.collection.item.as_ref().and_then(|item| shape::within(self.contract, item, at));
        let is_list = schema.is_some_and(|at| shape::is_array(self.contract, &at));
        let empty = || if is_list { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
        let value = at.get(&item.value).cloned().unwrap_or_else(empty);
        Arc::new(Item::new(String::new(), value, item.sequence))
    }
}
