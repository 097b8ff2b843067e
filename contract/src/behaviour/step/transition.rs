//! `(state, request) -> (state', outcome)`: a valid request takes effect by the action of its operation. Pure: the same
//! state, request and context give the same outcome, and a refused request changes nothing. How each action changes
//! state stands in the files beside this one.

use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::call::{Call, Outcome, Refusal};
use crate::behaviour::context::Context;
use crate::behaviour::paging::page;
use crate::behaviour::state::{Item, Place, State};
use crate::behaviour::statement::Statement;
use crate::behaviour::step::adding::settle;
use crate::behaviour::step::beginning::begin;
use crate::behaviour::step::holding;
use crate::behaviour::step::item::Maker;
use crate::behaviour::{Action, Collection, Effect, Inferred, Reach};
use crate::document::Pointer;
use crate::model::Contract;

/// The statements of a valid request, whatever the state is: read and evaluated, so that nothing of that is left to do
/// while state is held.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The statements about the items that the request adds or changes, for each collection that may have them, by its
    /// number. The schemas of different collections read the same words differently.
    said: Vec<(usize, Vec<Statement>)>,
}

impl Prepared {
    /// The statements about the items of a collection.
    pub(super) fn of(&self, collection: usize) -> &[Statement] {
        self.said.iter().find(|(index, _)| *index == collection).map_or(&[], |(_, said)| said)
    }

    /// The statement of a request that is about one item; an empty one where it makes none.
    pub(super) fn first(&self, collection: usize) -> Statement {
        self.of(collection).first().cloned().unwrap_or_default()
    }
}

/// Finds out what a request says of items.
#[must_use]
pub fn prepare(contract: &Contract, behaviour: &dyn Inferred, call: &Call<'_>, context: &Context) -> Prepared {
    let Some(step) = Step::of(contract, behaviour, call, context) else { return Prepared { said: Vec::new() } };
    let others = step.effect.elsewhere.iter().map(|elsewhere| elsewhere.collection);
    let said = std::iter::once(step.index).chain(others).map(|index| (index, step.at(index, None).all_said()));
    Prepared { said: said.collect() }
}

/// Lets a valid request take effect. What earlier requests left for later takes effect first.
#[must_use]
pub fn step(
    contract: &Contract,
    behaviour: &dyn Inferred,
    state: &mut State,
    (call, prepared): (&Call<'_>, &Prepared),
    context: &Context,
) -> Outcome {
    settle(contract, behaviour, state);
    let Some(step) = Step::of(contract, behaviour, call, context) else {
        let is_refused = call.operation.only_errors().is_some();
        return if is_refused { Outcome::Refused(Refusal::NoSuccess) } else { Outcome::Answered };
    };
    step.begin(state);
    if call.operation.only_errors().is_some() {
        let place = step.place(state);
        let named = if step.effect.key_parameter.is_some() { step.find(state, &place, step.key()).err() } else { None };
        return Outcome::Refused(named.unwrap_or(Refusal::NoSuccess));
    }
    let Some((index, found)) = step.elsewhere(state) else {
        return step.take(state, prepared).unwrap_or_else(Outcome::Refused);
    };
    let own = step.place(state);
    let outcome = step.at(index, Some(found)).take(state, prepared).unwrap_or_else(Outcome::Refused);
    if let (Outcome::Deleted(Some(_)), Some(key)) = (&outcome, step.key()) {
        // What is gone there is gone here too; where there is no room to remember that, it is assumed to be there again.
        let _ = state.forget(&own, &key);
    }
    outcome
}

#[derive(Clone)]
pub(super) struct Step<'s> {
    pub(super) contract: &'s Contract,
    pub(super) behaviour: &'s dyn Inferred,
    pub(super) effect: &'s Effect,
    pub(super) index: usize,
    pub(super) collection: &'s Collection,
    pub(super) call: &'s Call<'s>,
    pub(super) context: &'s Context,
    /// The set and the key of the item, where it was found in another collection.
    pub(super) found: Option<(Place, String)>,
}

impl<'s> Step<'s> {
    /// The step of a call; `None` where the operation has nothing to do with state.
    pub(super) fn of(
        contract: &'s Contract,
        behaviour: &'s dyn Inferred,
        call: &'s Call<'s>,
        context: &'s Context,
    ) -> Option<Self> {
        let effect = behaviour.effect(call.operation.index);
        let index = effect.collection.or(effect.subject)?;
        let collection = behaviour.collection(index);
        Some(Self { contract, behaviour, effect, index, collection, call, context, found: None })
    }

    /// The same step on another collection, where the item was found there.
    pub(super) fn at(&self, index: usize, found: Option<(Place, String)>) -> Self {
        Self { index, collection: self.behaviour.collection(index), found, ..self.clone() }
    }

    /// Lets all collections that this may have to do with begin with what the document's examples show.
    fn begin(&self, state: &mut State) {
        if !state.shows_examples() {
            return;
        }
        let above = std::iter::successors(Some(self.index), |index| self.behaviour.collection(*index).parent);
        let elsewhere = self.effect.elsewhere.iter().map(|elsewhere| elsewhere.collection);
        let beside = self.effect.holds.iter().map(|(_, below)| *below).chain(self.effect.shows);
        for index in above.chain(elsewhere).chain(beside) {
            begin(self.contract, self.behaviour, state, index, self.context);
            for also in &self.behaviour.collection(index).also {
                begin(self.contract, self.behaviour, state, also.collection, self.context);
            }
        }
    }

    pub(super) fn take(&self, state: &mut State, prepared: &Prepared) -> Result<Outcome, Refusal> {
        let place = self.place(state);
        if self.effect.reach == Reach::Set {
            self.parent_is_there(state, self.index, &place)?;
        }
        if let Some(part) = &self.effect.part {
            return self.part(state, &place, part);
        }
        let outcome = match self.effect.action {
            Action::Answer if self.effect.subject.is_some() => self.mark(state, &place)?,
            Action::Answer => Outcome::Answered,
            Action::Create | Action::Upsert => self.add(state, &place, prepared)?,
            Action::List => {
                let seen = self.seen(state, self.collection, &place)?;
                if let Some(named) = self.listed_by_keys(&seen, &place) {
                    return Ok(named);
                }
                Outcome::Listed(page::cut(self.contract, &seen, &place, self.effect, self.call)?)
            }
            Action::Read => Outcome::Found(self.find(state, &place, self.key())?),
            Action::Replace => match self.several() {
                Some(batch) => self.replace_all(state, &place, batch, prepared)?,
                None => self.replace(state, &place, prepared)?,
            },
            Action::Update => match self.several() {
                Some(batch) => self.update_each(state, &place, batch, prepared)?,
                None => self.update(state, &place, prepared)?,
            },
            Action::Delete => self.delete(state, &place)?,
        };
        let outcome = self.as_they_are(state, outcome);
        self.answer(state, &place, outcome)
    }

    /// The outcome as its answer shows it: the thing that holds items, with those that it holds now.
    fn answer(&self, state: &State, place: &Place, outcome: Outcome) -> Result<Outcome, Refusal> {
        if let Some(holder) = self.effect.shows {
            let above = Place { collection: holder, scope: place.scope.clone() };
            let collection = self.behaviour.collection(holder);
            let seen = self.seen(state, collection, &above)?;
            let Some(item) = seen.find(&above, "") else { return Ok(outcome) };
            let holds = (Pointer::root().join(&self.collection.name), self.index);
            let whole = holding::with_items(self.contract, state, collection, &above, item, &holds);
            return Ok(match outcome {
                Outcome::Created(_) => Outcome::Created(whole),
                Outcome::Found(_)
                | Outcome::Listed(_)
                | Outcome::Deleted(_)
                | Outcome::Accepted
                | Outcome::Answered
                | Outcome::Refused(_) => Outcome::Found(whole),
            });
        }
        Ok(match (outcome, &self.effect.holds) {
            (Outcome::Found(item), Some(holds)) => {
                Outcome::Found(holding::with_items(self.contract, state, self.collection, place, &item, holds))
            }
            (outcome, _) => outcome,
        })
    }

    pub(super) fn maker<'m>(&'m self, place: &'m Place) -> Maker<'m> {
        Maker { contract: self.contract, collection: self.collection, place, context: *self.context }
    }

    pub(super) fn keep(
        &self,
        state: &mut State,
        place: &Place,
        key: String,
        value: Value,
    ) -> Result<Arc<Item>, Refusal> {
        state.put(place, &self.collection.indexed, key, value).map_err(Refusal::Full)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::behaviour::{Behaviour, infer};
    use crate::codec::{DecodedBody, Reading};
    use crate::document::{Document, NoFiles, Source};
    use crate::model::MediaType;

    const CONTEXT: Context = Context { seed: 1, now: 1_735_689_600, number: 1 };

    struct World {
        contract: Contract,
        behaviour: Behaviour,
        state: State,
    }

    impl World {
        /// `POST /{team}/people` and `POST /{team}/import`, which adds all of `people`.
        fn new(asynchronous: Value) -> Self {
            let team = json!([{"name": "team", "in": "path", "required": true, "schema": {"type": "string"}}]);
            let person = json!({"type": "object", "required": ["id"], "properties": {
                "id": {"type": "string", "format": "uuid"}, "mail": {"type": "string"}}});
            let content = |schema: &Value| json!({"content": {"application/json": {"schema": schema}}});
            let created = json!({"description": "", "content": {"application/json": {"schema": person}}});
            let root = json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {
                "/{team}/people": {"parameters": team, "post": {
                    "x-etalon": {"unique": ["/mail"]},
                    "requestBody": content(&person), "responses": {"201": created}}},
                "/{team}/import": {"parameters": team, "post": {
                    "x-etalon": {"resource": "people", "action": "create", "for-each": "body.people",
                        "unique": ["/mail"], "set": {"/mail": "each.mail"}, "async": asynchronous},
                    "requestBody": content(&json!({"type": "object"})), "responses": {"202": {"description": ""}}}}
            }});
            let bytes = root.to_string();
            let source = Source { name: "t.json", bytes: bytes.as_bytes() };
            let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("a document"));
            let behaviour = infer(&contract);
            assert_eq!(behaviour.defects, []);
            Self { contract, behaviour, state: State::default() }
        }

        fn ask(&mut self, operation: usize, team: &str, body: Value) -> Outcome {
            let operation = self.contract.operation(operation).expect("it is sound");
            let media_type = MediaType::parse("application/json").expect("a media type");
            let decoded = crate::codec::Decoded {
                parameters: vec![Reading::Value(json!(team))],
                body: DecodedBody::Value { content: 0, media_type, value: body },
            };
            let headers = crate::codec::Headers::new();
            let call = Call { operation, decoded: &decoded, headers: &headers, uploads: &[] };
            let prepared = prepare(&self.contract, &self.behaviour, &call, &CONTEXT);
            step(&self.contract, &self.behaviour, &mut self.state, (&call, &prepared), &CONTEXT)
        }

        fn mails(&self, team: &str) -> Vec<String> {
            let place = Place { collection: 0, scope: vec![team.to_owned()] };
            self.state.items(&place).filter_map(|item| item.value["mail"].as_str().map(str::to_owned)).collect()
        }
    }

    fn people(mails: &[&str]) -> Value {
        json!({"people": mails.iter().map(|mail| json!({"mail": mail})).collect::<Vec<_>>()})
    }

    #[test]
    fn a_conflict_names_where_the_value_was_sent_and_changes_nothing() {
        let mut world = World::new(json!(false));
        assert!(matches!(world.ask(0, "a", json!({"mail": "x"})), Outcome::Created(_)));
        let Outcome::Refused(Refusal::Conflict(clash)) = world.ask(0, "a", json!({"mail": "x"})) else {
            panic!("the second one conflicts")
        };
        assert_eq!(clash.sent.expect("it was sent").as_str(), "/mail");
        assert_eq!(world.mails("a"), ["x"]);
        assert!(matches!(world.ask(0, "b", json!({"mail": "x"})), Outcome::Created(_)));
    }

    #[test]
    fn many_at_once_are_added_all_or_none() {
        let mut world = World::new(json!(false));
        assert!(matches!(world.ask(1, "a", people(&["x", "y"])), Outcome::Created(_)));
        assert!(matches!(world.ask(1, "a", people(&["z", "x"])), Outcome::Refused(Refusal::Conflict(_))));
        assert_eq!(world.mails("a"), ["x", "y"]);
        assert!(matches!(world.ask(1, "a", people(&[])), Outcome::Answered));
    }

    #[test]
    fn what_is_accepted_takes_effect_before_the_next_request_and_conflicts_are_passed_over() {
        let mut world = World::new(json!(true));
        assert!(matches!(world.ask(1, "a", people(&["x", "y", "x"])), Outcome::Accepted));
        assert_eq!(world.mails("a"), Vec::<String>::new());
        assert!(matches!(world.ask(0, "a", json!({"mail": "y"})), Outcome::Refused(Refusal::Conflict(_))));
        assert_eq!(world.mails("a"), ["x", "y"]);
    }

    #[test]
    fn the_same_requests_give_the_same_state() {
        let run = || {
            let mut world = World::new(json!(false));
            world.ask(1, "a", people(&["x", "y"]));
            let place = Place { collection: 0, scope: vec!["a".to_owned()] };
            world.state.items(&place).map(|item| item.as_ref().clone()).collect::<Vec<_>>()
        };
        assert_eq!(run(), run());
        assert_eq!(run().len(), 2);
    }
}
