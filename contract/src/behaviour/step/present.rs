//! Items that are there for whoever asks: kept ones, those that a set holds from the start, and those of a collection
//! that assumes every key. It keeps nothing.

use std::borrow::Cow;
use std::sync::Arc;

use crate::behaviour::call::Refusal;
use crate::behaviour::state::{Item, Place, State, text};
use crate::behaviour::statement::Statement;
use crate::behaviour::step::initial::{initial, populate, start};
use crate::behaviour::step::item::{Maker, NewItem};
use crate::behaviour::step::place::ME;
use crate::behaviour::step::transition::Step;
use crate::behaviour::{Collection, Naming, Origin};

/// True where an item of that name was made under another path.
fn is_made_elsewhere(state: &State, collection: &Collection, above: &Place, key: &str) -> bool {
    collection.also.iter().any(|there| {
        let owner = there.owner.as_ref().and(above.scope.last());
        let is_it = |place: &Place, item: &Item| {
            there.key.get(&item.value).is_some_and(|value| text(value) == key)
                && (place.scope.is_empty() || owner.is_none_or(|owner| place.scope.contains(owner)))
        };
        state.find_where(there.collection, is_it).is_some()
    })
}

impl Step<'_> {
    /// State as a reader sees it: with what a set holds from the start, of which nothing is kept until something changes.
    pub(super) fn seen<'a>(
        &self,
        state: &'a State,
        collection: &Collection,
        place: &Place,
    ) -> Result<Cow<'a, State>, Refusal> {
        if state.has_set(place) || initial(collection) == 0 {
            return Ok(Cow::Borrowed(state));
        }
        let mut seen = State::default();
        populate(self.contract, self.behaviour, state, &mut seen, place, self.context)?;
        Ok(Cow::Owned(seen))
    }

    /// The item that the request names, made where such an item is taken to be there.
    pub(super) fn find(&self, state: &State, place: &Place, key: Option<String>) -> Result<Arc<Item>, Refusal> {
        let state = &*self.seen(state, self.collection, place)?;
        match &self.effect.naming {
            Naming::Key => {}
            Naming::Member(at) => {
                let named = |item: &&Arc<Item>| at.get(&item.value).map(text) == key;
                return state.items(place).find(named).cloned().ok_or_else(|| self.not_found());
            }
            Naming::Youngest => return state.items(place).next_back().cloned().ok_or_else(|| self.not_found()),
        }
        let key = match (key, self.collection.origin) {
            (Some(key), _) => self.resolved(state, place, key),
            (None, Origin::Singleton) => String::new(),
            (None, Origin::Empty | Origin::Populated | Origin::Assumed) => return Err(self.not_found()),
        };
        if let Some(item) = state.find(place, &key) {
            return Ok(item.clone());
        }
        if self.collection.has_caller && key == ME && !state.is_gone(place, &key) {
            let made = self.maker(place).make(&State::default(), &Statement::default(), None)?;
            return Ok(Arc::new(Item::new(made.key, made.value, 0)));
        }
        if self.collection.origin == Origin::Assumed && !state.is_gone(place, &key) {
            let made = match self.assumed(state, place, &key) {
                Some(shown) => shown,
                None => self.maker(place).make(state, &Statement::default(), Some(&key))?,
            };
            return Ok(Arc::new(Item::new(made.key, made.value, 0)));
        }
        Err(self.not_found())
    }

    /// The item that an example shows, where it is taken to be there.
    fn assumed(&self, state: &State, place: &Place, key: &str) -> Option<NewItem> {
        let beginning = state.shows_examples().then(|| self.behaviour.beginning(self.contract, place.collection))?;
        let named = beginning.items.iter().find(|shown| shown.key.as_deref() == Some(key));
        let maker = Maker { context: start(self.context), ..self.maker(place) };
        maker.shown_as(state, named.or(beginning.items.first())?, key)
    }

    /// Fills a set with what is there from the start.
    pub(super) fn populate(&self, state: &mut State, place: &Place) -> Result<(), Refusal> {
        let known = if state.shows_examples() { State::with_examples() } else { State::default() };
        state.unnoted(|state| populate(self.contract, self.behaviour, &known, state, place, self.context))
    }

    /// The item that everything here belongs to must be there, if this contract has operations for it.
    pub(super) fn parent_is_there(&self, state: &State, index: usize, place: &Place) -> Result<(), Refusal> {
        let Some(parent) = self.behaviour.collection(index).parent else { return Ok(()) };
        let collection = self.behaviour.collection(parent);
        let depth = collection.scope.len();
        let Some(key) = place.scope.get(depth) else { return Ok(()) };
        let above = Place { collection: parent, scope: place.scope[..depth].to_vec() };
        self.parent_is_there(state, parent, &above)?;
        let seen = self.seen(state, collection, &above)?;
        let is_there = match collection.origin {
            Origin::Empty | Origin::Populated => {
                seen.find(&above, key).is_some() || is_made_elsewhere(state, collection, &above, key)
            }
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
}
