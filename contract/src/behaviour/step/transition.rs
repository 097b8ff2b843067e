//! `(state, request) -> (state', outcome)`: what a valid request does to state. Pure: the same state, request and context
//! give the same outcome, and a refused request changes nothing.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::behaviour::call::Listing;
use crate::behaviour::call::{Call, Clash, Context, Outcome, Refusal};
use crate::behaviour::form;
use crate::behaviour::paging::{page, selection};
use crate::behaviour::shape;
use crate::behaviour::state::{Item, Pending, Place, State, text};
use crate::behaviour::step::new_item::{Made, Maker};
use crate::behaviour::step::request_members::{Purpose, Said, Sent};
use crate::behaviour::step::{holding, patch, upload};
use crate::behaviour::tag;
use crate::behaviour::{
    Action, Batch, Collection, Effect, Expression, Inferred, Missing, Origin, Reach, Scope, Timing,
};
use crate::codec::{DecodedBody, Reading};
use crate::document::{Location, Pointer};
use crate::model::{Contract, In, StatusPattern};

/// How many items a collection that nothing adds to holds from the start: enough to see a list.
const POPULATION: usize = 3;

/// How many items one `for-each` may name: as many as a set may hold.
const MAX_EACH: usize = crate::behaviour::state::MAX_ITEMS_PER_SET;

/// What a valid request says, whatever the state is: read and evaluated, so that nothing of that is left to do while state is
/// held.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What is said of the items that the request adds or changes, for each collection that may have them, by its number. The
    /// schemas of different collections read the same words differently.
    said: Vec<(usize, Vec<Said>)>,
}

impl Prepared {
    fn of(&self, collection: usize) -> &[Said] {
        self.said.iter().find(|(index, _)| *index == collection).map_or(&[], |(_, said)| said)
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
    let Some(step) = Step::of(contract, behaviour, call, context) else { return Outcome::Answered };
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

/// Lets what was accepted take effect; what conflicts by now is passed over, since nobody is there to be told.
pub(crate) fn settle(contract: &Contract, behaviour: &dyn Inferred, state: &mut State) {
    for pending in state.take_pending() {
        let effect = behaviour.effect(pending.operation);
        let Some(index) = effect.collection else { continue };
        let adding = Adding { contract, effect, collection: behaviour.collection(index), context: &pending.context };
        for said in &pending.items {
            // Refused: it conflicts, or there is no room for it.
            let _ = adding.add(state, &pending.place, said, None);
        }
    }
}

#[derive(Clone)]
struct Step<'s> {
    contract: &'s Contract,
    behaviour: &'s dyn Inferred,
    effect: &'s Effect,
    index: usize,
    collection: &'s Collection,
    call: &'s Call<'s>,
    context: &'s Context,
    /// The set and the key of the item, where it was found in another collection.
    found: Option<(Place, String)>,
}

impl<'s> Step<'s> {
    /// The step of a call; `None` where the operation has nothing to do with state.
    fn of(
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
    fn at(&self, index: usize, found: Option<(Place, String)>) -> Self {
        Self { index, collection: self.behaviour.collection(index), found, ..self.clone() }
    }

    /// The collection, the set and the key of the item that the request names, where it is one that was made under another path.
    fn elsewhere(&self, state: &State) -> Option<(usize, (Place, String))> {
        let key = self.effect.elsewhere.first().and_then(|_| self.key())?;
        self.effect.elsewhere.iter().find_map(|elsewhere| {
            let owner = elsewhere.owner.as_ref().map(|name| self.path_text(name));
            let found = state.find_where(elsewhere.collection, |place, item| {
                let is_named = elsewhere.key.get(&item.value).is_some_and(|value| text(value) == key);
                is_named && (place.scope.is_empty() || owner.as_ref().is_none_or(|owner| place.scope.contains(owner)))
            });
            found.map(|found| (elsewhere.collection, found))
        })
    }

    fn take(&self, state: &mut State, prepared: &Prepared) -> Result<Outcome, Refusal> {
        let place = self.place(state);
        if self.effect.reach == Reach::Set {
            self.parent_is_there(state, self.index, &place)?;
        }
        let outcome = match self.effect.action {
            Action::Answer if self.effect.subject.is_some() => {
                let mut item = self.find(state, &place, self.key())?;
                if !self.effect.marks.is_empty() {
                    let marks = self.effect.marks.iter().cloned().map(|(at, value)| (at, Some(value)));
                    self.populate(state, &place)?;
                    let value = self.maker(&place).change(&item.value, &Said::of_expressions(marks));
                    item = self.keep(state, &place, item.key.clone(), value)?;
                }
                // Where the answer is the item, it is the one that is there.
                if self.effect.returned.is_some() { Outcome::Found(item) } else { Outcome::Answered }
            }
            Action::Answer => Outcome::Answered,
            Action::Create | Action::Upsert => self.add(state, &place, prepared)?,
            Action::List => {
                let seen = self.seen(state, self.collection, &place)?;
                Outcome::Listed(page::cut(self.contract, &seen, &place, self.effect, self.call)?)
            }
            Action::Read => Outcome::Found(self.find(state, &place, self.key())?),
            Action::Replace => match &self.effect.batch {
                Some(batch) if self.effect.key_parameter.is_none() => {
                    self.replace_all(state, &place, batch, prepared)?
                }
                Some(_) | None => self.replace(state, &place, prepared)?,
            },
            Action::Update => match &self.effect.batch {
                Some(batch) if self.effect.key_parameter.is_none() => {
                    self.update_each(state, &place, batch, prepared)?
                }
                Some(_) | None => self.update(state, &place, prepared)?,
            },
            Action::Delete => self.delete(state, &place)?,
        };
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

    fn add(&self, state: &mut State, place: &Place, prepared: &Prepared) -> Result<Outcome, Refusal> {
        let items = prepared.of(self.index);
        if self.effect.timing == Timing::Afterwards {
            let operation = self.call.operation.index;
            state.postpone(Pending { operation, place: place.clone(), items: items.to_vec(), context: *self.context });
            return Ok(Outcome::Accepted);
        }
        let adding = self.adding();
        let repetition = self
            .repetition()
            .map(|(header, key)| (header, format!("{}\n{key}", self.call.operation.index), self.body().to_string()));
        if let Some((header, key, body)) = &repetition
            && let Some((first, item)) = state.repeated(key)
        {
            return if first == body {
                Ok(Outcome::Created(item.clone()))
            } else {
                Err(Refusal::KeyReused { header: header.clone() })
            };
        }
        // All or none: a copy is only needed where a later one can fail after an earlier one was added.
        if let ([said], None) = (items, &self.effect.batch) {
            let Some((_, key, body)) = repetition else { return adding.add(state, place, said, self.sent_body()) };
            let mut tried = state.clone();
            let outcome = adding.add(&mut tried, place, said, self.sent_body())?;
            if let Outcome::Created(item) = &outcome {
                tried.remember(key, body, item.clone()).map_err(Refusal::Full)?;
            }
            *state = tried;
            return Ok(outcome);
        }
        let mut tried = state.clone();
        let mut added = Vec::new();
        let mut last = Outcome::Answered;
        for said in items {
            last = adding.add(&mut tried, place, said, None)?;
            if let Outcome::Created(item) | Outcome::Found(item) = &last {
                added.push(item.clone());
            }
        }
        *state = tried;
        Ok(if self.effect.batch.is_some() && self.shows_list() { listed(added) } else { last })
    }

    fn adding(&self) -> Adding<'_> {
        Adding { contract: self.contract, effect: self.effect, collection: self.collection, context: self.context }
    }

    /// True where the answer has a place for several items.
    fn shows_list(&self) -> bool {
        let place = self.effect.returned.as_ref();
        let schema = crate::behaviour::inference::success_schema(self.call.operation);
        let at = schema.zip(place).and_then(|(at, place)| shape::within(self.contract, at, place));
        at.is_some_and(|at| shape::is_array(self.contract, &at))
    }

    /// Exchanges the whole list for what is sent, or saves the items of these keys.
    fn replace_all(
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

    /// Changes each of the items that are sent, found by the keys that they have.
    fn update_each(
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

    fn update(&self, state: &mut State, place: &Place, prepared: &Prepared) -> Result<Outcome, Refusal> {
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

    /// Refuses a change whose condition does not hold, where the contract speaks of conditions.
    fn holds(&self, item: &Item) -> Result<(), Refusal> {
        let operation = self.call.operation;
        let has = |status| operation.responses.iter().any(|one| one.status == StatusPattern::Exact(status));
        match self.call.headers.get("if-match") {
            Some(sent) if has(412) || operation.parameter(In::Header, "If-Match").is_some() => {
                let is_it = tag::has(sent, &tag::of_item(item));
                if is_it { Ok(()) } else { Err(Refusal::PreconditionFailed) }
            }
            None if has(428) => Err(Refusal::PreconditionRequired),
            Some(_) | None => Ok(()),
        }
    }

    /// The key by which a client repeats a request without doing it twice, and the field that has it.
    fn repetition(&self) -> Option<(String, &str)> {
        let described = self.call.operation.parameters.iter().find(|parameter| {
            parameter.place == In::Header && shape::plain(&parameter.name).ends_with("idempotencykey")
        });
        let name = described.map_or("Idempotency-Key", |parameter| parameter.name.as_str());
        self.call.headers.get(name).filter(|key| !key.is_empty()).map(|key| (name.to_owned(), key))
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

    fn replace(&self, state: &mut State, place: &Place, prepared: &Prepared) -> Result<Outcome, Refusal> {
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

    fn delete(&self, state: &mut State, place: &Place) -> Result<Outcome, Refusal> {
        if let Some(keys) = self.effect.batch.as_ref().map(|batch| self.keys(batch)).filter(|keys| !keys.is_empty()) {
            self.populate(state, place)?;
            for key in keys {
                self.remove(state, place, &key);
            }
            return Ok(Outcome::Deleted(None));
        }
        if self.effect.key_parameter.is_none() && self.collection.origin != Origin::Singleton {
            self.populate(state, place)?;
            let chosen = selection::chosen(self.contract, state, place, self.effect, self.call);
            match chosen {
                Some(keys) => keys.iter().for_each(|key| self.remove(state, place, key)),
                None => state.clear(self.index, &place.scope),
            }
            return Ok(Outcome::Deleted(None));
        }
        let item = self.find(state, place, self.key())?;
        self.holds(&item)?;
        self.populate(state, place)?;
        match self.collection.origin {
            Origin::Assumed => state.forget(place, &item.key).map_err(Refusal::Full)?,
            Origin::Singleton => state.open(place).map_err(Refusal::Full)?,
            Origin::Empty | Origin::Populated => {}
        }
        self.remove(state, place, &item.key);
        Ok(Outcome::Deleted(Some(item)))
    }

    /// Takes an item away, and what belongs to it.
    fn remove(&self, state: &mut State, place: &Place, key: &str) {
        state.remove(place, &self.collection.indexed, key);
        for index in state.collections() {
            if self.behaviour.collection(index).parent == Some(self.index) {
                let mut scope = place.scope.clone();
                scope.push(key.to_owned());
                state.clear(index, &scope);
            }
        }
    }

    /// State as a reader sees it: with what a set holds from the start, of which nothing is kept until something changes.
    fn seen<'a>(&self, state: &'a State, collection: &Collection, place: &Place) -> Result<Cow<'a, State>, Refusal> {
        if state.has_set(place) || initial(collection) == 0 {
            return Ok(Cow::Borrowed(state));
        }
        let mut seen = State::default();
        populate(self.contract, collection, &mut seen, place, self.context)?;
        Ok(Cow::Owned(seen))
    }

    /// The item that the request names, made where such an item is taken to be there.
    fn find(&self, state: &State, place: &Place, key: Option<String>) -> Result<Arc<Item>, Refusal> {
        let state = &*self.seen(state, self.collection, place)?;
        let key = match (key, self.collection.origin) {
            (Some(key), _) => self.resolved(state, place, key),
            (None, Origin::Singleton) => String::new(),
            (None, Origin::Empty | Origin::Populated | Origin::Assumed) => return Err(self.not_found()),
        };
        if let Some(item) = state.find(place, &key) {
            return Ok(item.clone());
        }
        if self.collection.origin == Origin::Assumed && !state.is_gone(place, &key) {
            let made = self.maker(place).make(state, &Said::default(), Some(&key))?;
            return Ok(Arc::new(Item { key: made.key, value: made.value, sequence: 0 }));
        }
        Err(self.not_found())
    }

    /// Fills a set with what is there from the start.
    fn populate(&self, state: &mut State, place: &Place) -> Result<(), Refusal> {
        populate(self.contract, self.collection, state, place, self.context)
    }

    /// The item that everything here belongs to must be there, if this contract has operations for it.
    fn parent_is_there(&self, state: &State, index: usize, place: &Place) -> Result<(), Refusal> {
        let Some(parent) = self.behaviour.collection(index).parent else { return Ok(()) };
        let collection = self.behaviour.collection(parent);
        let depth = collection.scope.len();
        let Some(key) = place.scope.get(depth) else { return Ok(()) };
        let above = Place { collection: parent, scope: place.scope[..depth].to_vec() };
        self.parent_is_there(state, parent, &above)?;
        let seen = self.seen(state, collection, &above)?;
        let is_there = match collection.origin {
            Origin::Empty | Origin::Populated => seen.find(&above, key).is_some(),
            Origin::Assumed => !seen.is_gone(&above, key),
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

    /// The set that the request acts on: the one that its path names, or the one that has its item.
    fn place(&self, state: &State) -> Place {
        if let Some((place, _)) = &self.found {
            return place.clone();
        }
        if let (Reach::Collection, Some(key)) = (self.effect.reach, self.key())
            && let Some(place) = state.place_of(self.index, &key)
        {
            return place.clone();
        }
        self.resolved_place(state)
    }

    /// The key of the item that a path names, where it may do so by another member.
    fn resolved(&self, state: &State, place: &Place, named: String) -> String {
        let alternates = &self.behaviour.collection(place.collection).alternates;
        if alternates.is_empty() || state.find(place, &named).is_some() {
            return named;
        }
        let is_it = |item: &&Arc<Item>| {
            let mut there = alternates.iter().filter_map(|pointer| pointer.get(&item.value));
            there.any(|value| text(value) == named)
        };
        state.items(place).find(is_it).map_or(named, |item| item.key.clone())
    }

    /// The set that the path names, with the items above called by their keys.
    fn resolved_place(&self, state: &State) -> Place {
        let mut place = self.named_place();
        let above = std::iter::successors(self.collection.parent, |index| self.behaviour.collection(*index).parent);
        for index in above {
            let depth = self.behaviour.collection(index).scope.len();
            if depth < place.scope.len() && !self.behaviour.collection(index).alternates.is_empty() {
                let of_parent = Place { collection: index, scope: place.scope[..depth].to_vec() };
                place.scope[depth] = self.resolved(state, &of_parent, place.scope[depth].clone());
            }
        }
        place
    }

    /// The set that the path names.
    fn named_place(&self) -> Place {
        let key = self.effect.key_parameter.as_deref();
        // Several parameters may have one name; the last of them is the key.
        let mut names: Vec<&str> = self.call.operation.path.parameters().collect();
        if let Some(position) = names.iter().rposition(|name| Some(*name) == key) {
            names.remove(position);
        }
        let scope = names.into_iter().take(self.collection.scope.len()).map(|name| self.path_text(name)).collect();
        Place { collection: self.index, scope }
    }

    fn path_text(&self, name: &str) -> String {
        self.call.parameter(In::Path, name).map(text).unwrap_or_default()
    }

    /// The key of the item that the request names: in its path, or in its body where the path has none.
    fn key(&self) -> Option<String> {
        if let Some((_, key)) = &self.found {
            return Some(key.clone());
        }
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
            | DecodedBody::Beyond { .. }
            | DecodedBody::UndocumentedMediaType { .. }
            | DecodedBody::Opaque { .. } => &Value::Null,
        }
    }

    /// The part of the body that describes the item.
    fn sent_body(&self) -> Option<&Value> {
        self.effect.sent.as_ref()?.get(self.body())
    }

    /// What the request says, of each item that it speaks of.
    fn all_said(&self) -> Vec<Said> {
        let is_of_items = matches!(self.effect.batch, Some(Batch::Items(_))) && self.effect.key_parameter.is_none();
        match self.effect.action {
            Action::Create | Action::Upsert => self.items(),
            Action::Replace if is_of_items => self.items(),
            Action::Replace => vec![self.said(&Value::Null, Purpose::Make)],
            Action::Update => match &self.effect.batch {
                Some(Batch::Items(at)) if is_of_items => {
                    let schema = self.batch_schema(at);
                    let sent = self.sent_items(at).iter();
                    sent.map(|one| self.said_of(one, schema.clone(), Purpose::Change)).collect()
                }
                Some(Batch::Items(_) | Batch::Keys(_) | Batch::Query(_)) | None => {
                    vec![self.said(&Value::Null, Purpose::Change)]
                }
            },
            Action::Answer | Action::List | Action::Read | Action::Delete => Vec::new(),
        }
    }

    /// The items of a list that is sent: as many as are looked at.
    fn sent_items(&self, at: &Pointer) -> &[Value] {
        let items = match at.get(self.body()) {
            Some(Value::Array(items)) => items.as_slice(),
            // Where a list may be sent, the one thing may be, too.
            Some(one @ Value::Object(_)) => std::slice::from_ref(one),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => &[],
        };
        &items[..items.len().min(MAX_EACH)]
    }

    /// What is said of each item to be added.
    fn items(&self) -> Vec<Said> {
        if let Some(for_each) = &self.effect.for_each {
            return match self.evaluate(for_each, &Value::Null) {
                Some(Value::Array(items)) => {
                    items.iter().take(MAX_EACH).map(|each| self.said(each, Purpose::Make)).collect()
                }
                Some(one) => vec![self.said(&one, Purpose::Make)],
                None => Vec::new(),
            };
        }
        match &self.effect.batch {
            Some(Batch::Items(at)) => {
                let schema = self.batch_schema(at);
                let each = |one: &Value| self.said_of(one, schema.clone(), Purpose::Make);
                self.sent_items(at).iter().map(each).collect()
            }
            Some(Batch::Keys(_) | Batch::Query(_)) | None => vec![self.said(&Value::Null, Purpose::Make)],
        }
    }

    /// The keys that the request names.
    fn keys(&self, batch: &Batch) -> Vec<String> {
        let sent = match batch {
            Batch::Items(_) => None,
            Batch::Keys(at) => at.get(self.body()),
            Batch::Query(name) => self.call.parameter(In::Query, name),
        };
        match sent {
            Some(Value::Array(keys)) => keys.iter().take(MAX_EACH).map(text).collect(),
            Some(one) => text(one).split(',').map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).collect(),
            None => Vec::new(),
        }
    }

    /// The schema of one item of a list that is sent.
    fn batch_schema(&self, at: &Pointer) -> Option<Location> {
        let array = shape::within(self.contract, &self.body_schema()?, at)?;
        shape::items(self.contract, &array)
    }

    /// The schema that the body was read by.
    fn body_schema(&self) -> Option<Location> {
        let contents = &self.call.operation.body.as_ref()?.content;
        match &self.call.decoded.body {
            DecodedBody::Value { content, .. } => contents.get(*content)?.schema.clone(),
            DecodedBody::Absent
            | DecodedBody::Malformed { .. }
            | DecodedBody::Beyond { .. }
            | DecodedBody::UndocumentedMediaType { .. }
            | DecodedBody::Opaque { .. } => None,
        }
    }

    /// What the request says of an item: by the expressions of `set` where there are any, else by what was sent.
    fn said(&self, each: &Value, purpose: Purpose) -> Said {
        if self.effect.set.is_empty() {
            let Some(body) = self.sent_body() else { return Said::default() };
            let schema =
                self.body_schema().and_then(|at| shape::within(self.contract, &at, self.effect.sent.as_ref()?));
            // A list of one says that one.
            if let (Value::Array(items), Some(at)) = (body, &schema)
                && let ([one], Some(each)) = (items.as_slice(), shape::items(self.contract, at))
                && one.is_object()
                && self.collection.item.is_some()
            {
                return self.said_of(one, Some(each), purpose);
            }
            return self.said_of(body, schema, purpose);
        }
        let values = self.effect.set.iter().filter_map(|(pointer, expression)| {
            let value = self.evaluate(expression, each);
            (value.is_some() || purpose == Purpose::Make).then(|| (pointer.clone(), value))
        });
        Said::of_expressions(values)
    }

    /// What a value says of an item.
    fn said_of(&self, value: &Value, schema: Option<Location>, purpose: Purpose) -> Said {
        let scope = self.maker(&self.named_place()).scope_members();
        let sent = Sent { contract: self.contract, collection: self.collection, scope };
        let mut said = sent.said(value, schema, purpose);
        if let ([upload, ..], Value::Object(members)) = (self.call.uploads, &mut said.value) {
            let shown = crate::behaviour::inference::success_schema(self.call.operation);
            upload::describe(self.contract, self.collection.item.iter().chain(shown), upload, members);
        }
        said
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
    fn add(&self, state: &mut State, place: &Place, known: &Said, body: Option<&Value>) -> Result<Outcome, Refusal> {
        let maker = Maker { contract: self.contract, collection: self.collection, place, context: *self.context };
        let said = &known.value;
        let same = self.collection.key.get(said).and_then(|key| state.find(place, &text(key)).cloned());
        if let Some(there) = same {
            if self.effect.action != Action::Upsert {
                return Err(self.conflict(&self.collection.key, said, body));
            }
            self.check_unique(state, place, said, Some(&there), body)?;
            let value = maker.change(&there.value, known);
            let item = state.put(place, &self.collection.indexed, there.key.clone(), value).map_err(Refusal::Full)?;
            return Ok(Outcome::Found(item));
        }
        self.check_unique(state, place, said, None, body)?;
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

/// Items as the answer to what made or changed them shows them.
fn listed(items: Vec<Arc<Item>>) -> Outcome {
    Outcome::Listed(Listing { total: items.len(), items, offset: 0, links: Vec::new() })
}

/// How many items a set of a collection holds from the start.
fn initial(collection: &Collection) -> usize {
    match collection.origin {
        Origin::Empty | Origin::Assumed => 0,
        Origin::Populated => POPULATION,
        Origin::Singleton => 1,
    }
}

/// Fills a set that was never touched with what it holds from the start. That depends on the place and the seed alone, so that
/// it is the same whenever it is looked at, and nobody has to keep it.
fn populate(
    contract: &Contract,
    collection: &Collection,
    state: &mut State,
    place: &Place,
    context: &Context,
) -> Result<(), Refusal> {
    let count = initial(collection);
    if count == 0 || state.has_set(place) {
        return Ok(());
    }
    // Before the first request: each is a second later than the one before it.
    let elapsed = i64::try_from(context.number).unwrap_or(i64::MAX);
    let start = Context { seed: context.seed, now: context.now.saturating_sub(elapsed), number: 0 };
    let maker = Maker { contract, collection, place, context: start };
    let mut alone = State::default();
    for _ in 0..count {
        let Made { key, value } = match collection.origin {
            Origin::Singleton => maker.make_only(&Said::default())?,
            Origin::Empty | Origin::Populated | Origin::Assumed => maker.make(&alone, &Said::default(), None)?,
        };
        alone.put(place, &collection.indexed, key.clone(), value.clone()).map_err(Refusal::Full)?;
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
