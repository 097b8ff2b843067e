//! `(state, request) -> (state', outcome)`: what a valid request does to state. Pure: the same state, request and context
//! give the same outcome, and a refused request changes nothing.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::behaviour::call::{Call, Clash, Context, Outcome, Refusal};
use crate::behaviour::known::{Known, lay_over};
use crate::behaviour::paging::page;
use crate::behaviour::state::{Item, Pending, Place, State, text};
use crate::behaviour::step::new_item::{Made, Maker};
use crate::behaviour::step::request_members::{Purpose, Sent};
use crate::behaviour::{Action, Collection, Effect, Expression, Inferred, Missing, Origin, Scope, Timing};
use crate::codec::{DecodedBody, Reading};
use crate::document::Pointer;
use crate::model::{Contract, In};

/// How many items a collection that nothing adds to holds from the start: enough to see a list.
const POPULATION: usize = 3;

/// How many items one `for-each` may name: as many as a set may hold.
const MAX_EACH: usize = crate::behaviour::state::MAX_ITEMS_PER_SET;

/// Lets a valid request take effect. What earlier requests left for later takes effect first.
#[must_use]
pub fn step(
    contract: &Contract,
    behaviour: &dyn Inferred,
    state: &mut State,
    call: &Call<'_>,
    context: &Context,
) -> Outcome {
    settle(contract, behaviour, state);
    let effect = behaviour.effect(call.operation.index);
    let Some(index) = effect.collection.or(effect.subject) else { return Outcome::Answered };
    let step = Step { contract, behaviour, effect, index, collection: behaviour.collection(index), call, context };
    step.take(state).unwrap_or_else(Outcome::Refused)
}

/// Lets what was accepted take effect; what conflicts by now is passed over, since nobody is there to be told.
pub(crate) fn settle(contract: &Contract, behaviour: &dyn Inferred, state: &mut State) {
    for pending in state.take_pending() {
        let effect = behaviour.effect(pending.operation);
        let Some(index) = effect.collection else { continue };
        let adding = Adding { contract, effect, collection: behaviour.collection(index), context: &pending.context };
        for known in &pending.items {
            // Refused: it conflicts, or there is no room for it.
            let _ = adding.add(state, &pending.place, known, None);
        }
    }
}

struct Step<'s> {
    contract: &'s Contract,
    behaviour: &'s dyn Inferred,
    effect: &'s Effect,
    index: usize,
    collection: &'s Collection,
    call: &'s Call<'s>,
    context: &'s Context,
}

impl Step<'_> {
    fn take(&self, state: &mut State) -> Result<Outcome, Refusal> {
        let place = self.place();
        self.parent_is_there(state, self.index, &place)?;
        match self.effect.action {
            Action::Answer if self.effect.subject.is_some() => {
                let item = self.find(state, &place, self.key())?;
                // Where the answer is the item, it is the one that is there.
                Ok(if self.effect.returned.is_some() { Outcome::Found(item) } else { Outcome::Answered })
            }
            Action::Answer => Ok(Outcome::Answered),
            Action::Create | Action::Upsert => self.add(state, &place),
            Action::List => {
                self.populate(state, &place)?;
                page::cut(self.contract, state, &place, self.effect, self.call).map(Outcome::Listed)
            }
            Action::Read => self.find(state, &place, self.key()).map(Outcome::Found),
            Action::Replace => self.replace(state, &place),
            Action::Update => {
                let item = self.find(state, &place, self.key())?;
                let known = self.known(&Value::Null, Purpose::Change);
                let value = self.maker(&place).change(&item.value, &known);
                let item = self.keep(state, &place, item.key.clone(), value)?;
                Ok(Outcome::Found(item))
            }
            Action::Delete => self.delete(state, &place),
        }
    }

    fn add(&self, state: &mut State, place: &Place) -> Result<Outcome, Refusal> {
        let items = self.items();
        if self.effect.timing == Timing::Afterwards {
            let operation = self.call.operation.index;
            state.postpone(Pending { operation, place: place.clone(), items, context: *self.context });
            return Ok(Outcome::Accepted);
        }
        let adding =
            Adding { contract: self.contract, effect: self.effect, collection: self.collection, context: self.context };
        // All or none: a copy is only needed where a later one can fail after an earlier one was added.
        if let [known] = items.as_slice() {
            return adding.add(state, place, known, self.sent_body());
        }
        let mut tried = state.clone();
        let mut outcome = Outcome::Answered;
        for known in &items {
            outcome = adding.add(&mut tried, place, known, None)?;
        }
        *state = tried;
        Ok(outcome)
    }

    fn replace(&self, state: &mut State, place: &Place) -> Result<Outcome, Refusal> {
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
        let maker = self.maker(place);
        let mut known = self.known(&Value::Null, Purpose::Make);
        let Some(there) = there else {
            let made = maker.make(state, &known, self.key().as_deref())?;
            return self.keep(state, place, made.key, made.value).map(Outcome::Created);
        };
        known.extend(maker.kept(&there.value));
        let made = match self.collection.origin {
            Origin::Singleton => maker.make_only(&known)?,
            Origin::Empty | Origin::Populated | Origin::Assumed => maker.remake(&known, &there.key)?,
        };
        self.keep(state, place, there.key.clone(), made.value).map(Outcome::Found)
    }

    fn delete(&self, state: &mut State, place: &Place) -> Result<Outcome, Refusal> {
        if self.effect.key_parameter.is_none() && self.collection.origin != Origin::Singleton {
            state.open(place).map_err(Refusal::Full)?;
            state.clear(self.index, &place.scope);
            return Ok(Outcome::Deleted(None));
        }
        let item = self.find(state, place, self.key())?;
        match self.collection.origin {
            Origin::Assumed => state.forget(place, &item.key).map_err(Refusal::Full)?,
            Origin::Singleton => state.open(place).map_err(Refusal::Full)?,
            Origin::Empty | Origin::Populated => {}
        }
        state.remove(place, &self.collection.indexed, &item.key);
        for index in state.collections() {
            if self.behaviour.collection(index).parent == Some(self.index) {
                let mut scope = place.scope.clone();
                scope.push(item.key.clone());
                state.clear(index, &scope);
            }
        }
        Ok(Outcome::Deleted(Some(item)))
    }

    /// The item that the request names, made where such an item is taken to be there.
    fn find(&self, state: &mut State, place: &Place, key: Option<String>) -> Result<Arc<Item>, Refusal> {
        self.populate(state, place)?;
        let key = match (key, self.collection.origin) {
            (Some(key), _) => key,
            (None, Origin::Singleton) => String::new(),
            (None, Origin::Empty | Origin::Populated | Origin::Assumed) => return Err(self.not_found()),
        };
        if let Some(item) = state.find(place, &key) {
            return Ok(item.clone());
        }
        if self.collection.origin == Origin::Assumed && !state.is_gone(place, &key) {
            let made = self.maker(place).make(state, &[], Some(&key))?;
            return Ok(Arc::new(Item { key: made.key, value: made.value, sequence: 0 }));
        }
        Err(self.not_found())
    }

    /// Fills a set with what is there from the start.
    fn populate(&self, state: &mut State, place: &Place) -> Result<(), Refusal> {
        populate(self.contract, self.collection, state, place, self.context)
    }

    /// The item that everything here belongs to must be there, if this contract has operations for it.
    fn parent_is_there(&self, state: &mut State, index: usize, place: &Place) -> Result<(), Refusal> {
        let Some(parent) = self.behaviour.collection(index).parent else { return Ok(()) };
        let collection = self.behaviour.collection(parent);
        let depth = collection.scope.len();
        let Some(key) = place.scope.get(depth) else { return Ok(()) };
        let above = Place { collection: parent, scope: place.scope[..depth].to_vec() };
        self.parent_is_there(state, parent, &above)?;
        populate(self.contract, collection, state, &above, self.context)?;
        let is_there = match collection.origin {
            Origin::Empty | Origin::Populated => state.find(&above, key).is_some(),
            Origin::Assumed => !state.is_gone(&above, key),
            Origin::Singleton => true,
        };
        if is_there {
            return Ok(());
        }
        let parameter = self.call.operation.path.parameters().nth(depth).map(str::to_owned);
        Err(Refusal::NotFound { parameter, collection: collection.name.clone() })
    }

    fn not_found(&self) -> Refusal {
        Refusal::NotFound { parameter: self.effect.key_parameter.clone(), collection: self.collection.name.clone() }
    }

    fn keep(&self, state: &mut State, place: &Place, key: String, value: Value) -> Result<Arc<Item>, Refusal> {
        state.put(place, &self.collection.indexed, key, value).map_err(Refusal::Full)
    }

    fn maker<'m>(&'m self, place: &'m Place) -> Maker<'m> {
        Maker { contract: self.contract, collection: self.collection, place, context: *self.context }
    }

    fn place(&self) -> Place {
        let values =
            self.call.operation.path.parameters().filter(|name| Some(*name) != self.effect.key_parameter.as_deref());
        let scope = values.take(self.collection.scope.len()).map(|name| self.path_text(name)).collect();
        Place { collection: self.index, scope }
    }

    fn path_text(&self, name: &str) -> String {
        self.call.parameter(In::Path, name).map(text).unwrap_or_default()
    }

    /// The key of the item that the request names: in its path, or in its body where the path has none.
    fn key(&self) -> Option<String> {
        match &self.effect.key_parameter {
            Some(name) => Some(self.path_text(name)),
            None => self.collection.key.get(self.sent_body()?).map(text),
        }
    }

    fn body(&self) -> &Value {
        match &self.call.decoded.body {
            DecodedBody::Value { value, .. } => value,
            DecodedBody::Absent
            | DecodedBody::Malformed { .. }
            | DecodedBody::UndocumentedMediaType { .. }
            | DecodedBody::Opaque { .. } => &Value::Null,
        }
    }

    /// The part of the body that describes the item.
    fn sent_body(&self) -> Option<&Value> {
        self.effect.sent.as_ref()?.get(self.body())
    }

    /// What is known of each item to be added.
    fn items(&self) -> Vec<Vec<Known>> {
        let Some(for_each) = &self.effect.for_each else { return vec![self.known(&Value::Null, Purpose::Make)] };
        match self.evaluate(for_each, &Value::Null) {
            Some(Value::Array(items)) => {
                items.iter().take(MAX_EACH).map(|each| self.known(each, Purpose::Make)).collect()
            }
            Some(one) => vec![self.known(&one, Purpose::Make)],
            None => Vec::new(),
        }
    }

    /// What the request says of an item: by the expressions of `set` where there are any, else by what was sent.
    fn known(&self, each: &Value, purpose: Purpose) -> Vec<Known> {
        if self.effect.set.is_empty() {
            let Some(body) = self.sent_body() else { return Vec::new() };
            let scope = self.maker(&self.place()).scope_members();
            let (contract, collection, operation) = (self.contract, self.collection, self.call.operation);
            return Sent { contract, collection, operation, effect: self.effect, scope }.known(body, purpose);
        }
        self.effect
            .set
            .iter()
            .filter_map(|(pointer, expression)| match self.evaluate(expression, each) {
                Some(value) => Some(Known::At(pointer.clone(), value)),
                None => (purpose == Purpose::Make).then(|| Known::Absent(pointer.clone())),
            })
            .collect()
    }

    fn evaluate(&self, expression: &Expression, each: &Value) -> Option<Value> {
        let (path, query) = (self.parameters(In::Path), self.parameters(In::Query));
        expression.evaluate(&Scope { body: self.body(), path: &path, query: &query, each })
    }

    fn parameters(&self, place: In) -> Value {
        let pairs = self.call.operation.parameters.iter().zip(&self.call.decoded.parameters);
        let members = pairs.filter_map(|(parameter, reading)| match reading {
            Reading::Value(value) if parameter.place == place => Some((parameter.name.clone(), value.clone())),
            Reading::Value(_) | Reading::Absent | Reading::Unreadable(_) => None,
        });
        Value::Object(members.collect::<Map<_, _>>())
    }
}

/// Adding items: at once, or later when nobody asks any more.
struct Adding<'s> {
    contract: &'s Contract,
    effect: &'s Effect,
    collection: &'s Collection,
    context: &'s Context,
}

impl Adding<'_> {
    fn add(&self, state: &mut State, place: &Place, known: &[Known], body: Option<&Value>) -> Result<Outcome, Refusal> {
        let maker = Maker { contract: self.contract, collection: self.collection, place, context: *self.context };
        let said = lay_over(Value::Object(Map::new()), known, &mut |_| true);
        let same = self.collection.key.get(&said).and_then(|key| state.find(place, &text(key)).cloned());
        if let Some(there) = same {
            if self.effect.action != Action::Upsert {
                return Err(self.conflict(&self.collection.key, &said, body));
            }
            self.check_unique(state, place, &said, Some(&there), body)?;
            let value = maker.change(&there.value, known);
            let item = state.put(place, &self.collection.indexed, there.key.clone(), value).map_err(Refusal::Full)?;
            return Ok(Outcome::Found(item));
        }
        self.check_unique(state, place, &said, None, body)?;
        let made = maker.make(state, known, None)?;
        state.put(place, &self.collection.indexed, made.key, made.value).map(Outcome::Created).map_err(Refusal::Full)
    }

    fn check_unique(
        &self,
        state: &State,
        place: &Place,
        known: &Value,
        but: Option<&Item>,
        body: Option<&Value>,
    ) -> Result<(), Refusal> {
        for pointer in &self.effect.unique {
            let Some(value) = pointer.get(known) else { continue };
            let there = match self.collection.indexed.iter().position(|indexed| indexed == pointer) {
                Some(index) => state.find_by(place, index, value),
                // The only pointer that is not indexed is the key's own.
                None => state.find(place, &text(value)),
            };
            if there.is_some_and(|there| but.is_none_or(|but| but.sequence != there.sequence)) {
                return Err(self.conflict(pointer, known, body));
            }
        }
        Ok(())
    }

    fn conflict(&self, pointer: &Pointer, known: &Value, body: Option<&Value>) -> Refusal {
        let by_expression = self.effect.set.iter().find(|(target, _)| target == pointer);
        let sent = match (by_expression, &self.effect.sent, body) {
            (Some((_, expression)), _, _) => expression.body_pointer(),
            (None, Some(sent), Some(body)) if pointer.get(body).is_some() => Some(sent.append(pointer)),
            (None, _, _) => None,
        };
        Refusal::Conflict(Box::new(Clash {
            at: pointer.clone(),
            sent,
            value: pointer.get(known).cloned().unwrap_or_default(),
            collection: self.collection.name.clone(),
        }))
    }
}

fn populate(
    contract: &Contract,
    collection: &Collection,
    state: &mut State,
    place: &Place,
    context: &Context,
) -> Result<(), Refusal> {
    if state.has_set(place) {
        return Ok(());
    }
    let maker = Maker { contract, collection, place, context: *context };
    let made = |state: &State| match collection.origin {
        Origin::Singleton => maker.make_only(&[]),
        Origin::Empty | Origin::Populated | Origin::Assumed => maker.make(state, &[], None),
    };
    let count = match collection.origin {
        Origin::Empty | Origin::Assumed => 0,
        Origin::Populated => POPULATION,
        Origin::Singleton => 1,
    };
    for _ in 0..count {
        let Made { key, value } = made(state)?;
        state.put(place, &collection.indexed, key, value).map_err(Refusal::Full)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::behaviour::Behaviour;
    use crate::behaviour::infer;
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
            let call = Call { operation, decoded: &decoded };
            step(&self.contract, &self.behaviour, &mut self.state, &call, &CONTEXT)
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
