//! Streams that tell what becomes of a collection: which collection an operation's stream is about and where in an item of the
//! stream a thing stands (`place`), the words for what happened (`words`), and the bytes that tell of a change. It knows no
//! connection, and nothing of what was told before.

mod place;
mod words;

use serde_json::{Map, Value};

use crate::behaviour::Action;
use crate::behaviour::following::place::{Step, is_event, item_schema, place_of};
use crate::behaviour::following::words::words;
use crate::behaviour::form::shown;
use crate::behaviour::inference::Inferred;
use crate::behaviour::known::{Known, lay_over};
use crate::behaviour::shape;
use crate::behaviour::state::{Change, ChangeKind, Item, Place};
use crate::codec::{self, Framing};
use crate::document::{Location, Pointer};
use crate::generate::{self, Seeded};
use crate::model::{Content, Contract, Direction, Operation};
use crate::validate;

/// The most items of a stream that are made until one can tell a change.
const MAX_ATTEMPTS: usize = 8;

/// A stream of an operation that tells what becomes of a collection.
#[derive(Clone, Debug)]
pub struct Following {
    /// The collection, by its number.
    pub collection: usize,
    /// The values of the scope that the request names, outermost first; `None` where its path says nothing of one.
    scope: Vec<Option<String>>,
    content: Content,
    framing: Framing,
    /// The schema of one item of the stream.
    each: Location,
    place: Vec<Step>,
}

/// The stream of an answer of an operation, where some collection of the contract has things of its shape; `said` tells the
/// values of path parameters.
#[must_use]
pub fn following(
    contract: &Contract,
    behaviour: &dyn Inferred,
    operation: &Operation,
    content: &Content,
    said: &dyn Fn(&str) -> Option<String>,
) -> Option<Following> {
    let framing = Framing::of(&content.media_type.essence())?;
    let each = item_schema(contract, content)?;
    let own = behaviour.effect(operation.index).collection;
    // What nothing changes has nothing to tell.
    let changes = |action: Action| match action {
        Action::Create | Action::Upsert | Action::Replace | Action::Update | Action::Delete => true,
        Action::Read | Action::List | Action::Answer => false,
    };
    let mut candidates: Vec<(usize, usize)> = Vec::new();
    for entry in contract.entries() {
        let effect = behaviour.effect(entry.index);
        let Some(number) = effect.collection.filter(|_| changes(effect.action)) else { continue };
        if !candidates.iter().any(|(known, _)| *known == number) {
            candidates.push((number, in_common(operation.path.as_str(), entry.path.as_str())));
        }
    }
    // Its own collection first, then what stands nearest to its path.
    candidates.sort_by_key(|(number, common)| (own != Some(*number), std::cmp::Reverse(*common)));
    candidates.into_iter().find_map(|(number, _)| {
        let collection = behaviour.collection(number);
        let place = place_of(contract, &each, collection)?;
        // Lines of the things themselves are all of them, and end: who reads them to the end waits for that.
        if place.is_empty() && framing != Framing::Events {
            return None;
        }
        let scope = collection.scope.iter().map(|name| said(name)).collect();
        Some(Following { collection: number, scope, content: content.clone(), framing, each: each.clone(), place })
    })
}

/// The number of bytes that two paths have in common at their beginnings.
fn in_common(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count()
}

/// A change that is being told: what happened to which item, under which number.
struct Telling<'t> {
    contract: &'t Contract,
    seed: u64,
    /// The number of the change; `None` for an item that is there already.
    number: Option<u64>,
    kind: ChangeKind,
    item: &'t Item,
    framing: Framing,
}

impl Following {
    /// True where a change is of a set that the request is about.
    #[must_use]
    pub fn concerns(&self, place: &Place) -> bool {
        let mut both = self.scope.iter().zip(&place.scope);
        place.collection == self.collection && both.all(|(said, value)| said.as_ref().is_none_or(|said| said == value))
    }

    /// The framing of the stream.
    #[must_use]
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// The bytes that tell of a change, with its number where the stream has a place for that; `None` where the stream has no
    /// words for such a change.
    #[must_use]
    pub fn told(&self, contract: &Contract, seed: u64, number: u64, change: &Change) -> Option<Vec<u8>> {
        let (kind, item, framing) = (change.kind, change.item.as_ref(), self.framing);
        self.bytes(&Telling { contract, seed, number: Some(number), kind, item, framing })
    }

    /// The bytes that show an item which is there already.
    #[must_use]
    pub fn listed(&self, contract: &Contract, seed: u64, item: &Item) -> Option<Vec<u8>> {
        let (kind, framing) = (ChangeKind::Created, self.framing);
        self.bytes(&Telling { contract, seed, number: None, kind, item, framing })
    }

    fn bytes(&self, telling: &Telling<'_>) -> Option<Vec<u8>> {
        let (value, says) = telling.about(&self.each, &self.place)?;
        // What is gone must not look as if it were there.
        if telling.kind == ChangeKind::Deleted && !says {
            return None;
        }
        let mut bytes = Vec::new();
        let has_id = is_event(telling.contract, &self.each) && value.get("id").is_some();
        if let (Framing::Events, Some(number), false) = (self.framing, telling.number, has_id) {
            bytes.extend(format!("id: {number}\n").into_bytes());
        }
        bytes.extend(codec::encode_item(telling.contract, &self.content, &value).ok()?);
        Some(bytes)
    }
}

impl Telling<'_> {
    /// A value of a schema with the thing at a place, and whether it says what happened.
    fn about(&self, at: &Location, place: &[Step]) -> Option<(Value, bool)> {
        let Some((step, rest)) = place.split_first() else {
            let thing = shown(self.contract, at, &self.item.value);
            return self.fits(at, &thing).then_some((thing, false));
        };
        let (name, (inner, says)) = match step {
            Step::Member(name) => (name, self.about(&shape::member(self.contract, at, name)?, rest)?),
            Step::Text(name) => {
                let text = shape::target(self.contract, &shape::member(self.contract, at, name)?);
                let (inner, says) = self.about(&text.join("contentSchema"), rest)?;
                (name, (Value::String(inner.to_string()), says))
            }
        };
        let words = words(self.contract, at, name, self.kind)?;
        let says = says || words.says;
        let mut known = words.known;
        known.push(Known::At(Pointer::root().join(name), inner));
        known.extend(self.fields(at));
        let is_told = |whole: &Value| {
            known.iter().all(|one| match one {
                Known::At(place, value) => place.get(whole) == Some(value),
                Known::Absent(place) => place.get(whole).is_none(),
            })
        };
        let bare = lay_over(Value::Object(Map::new()), &known, &mut |_| true);
        if self.fits(at, &bare) {
            return Some((bare, says));
        }
        (0..MAX_ATTEMPTS).find_map(|attempt| {
            let path = ["stream".to_owned(), self.item.key.clone(), attempt.to_string()];
            let mut choices = Seeded::new(self.seed, path.iter().map(String::as_str));
            let base = generate::value(self.contract, at, Direction::Response, &mut choices).ok()?;
            let whole = lay_over(base, &known, &mut |tried| self.fits(at, tried));
            is_told(&whole).then_some((whole, says))
        })
    }

    /// The fields of an event that say something of itself: its number, and nothing of when to come again.
    fn fields(&self, at: &Location) -> Vec<Known> {
        if self.framing != Framing::Events || !is_event(self.contract, at) {
            return Vec::new();
        }
        let id = Pointer::root().join("id");
        let number = self.number.map(|number| Value::String(number.to_string()));
        let number =
            number.filter(|number| shape::member(self.contract, at, "id").is_some_and(|at| self.fits(&at, number)));
        let id = number.map_or_else(|| Known::Absent(id.clone()), |number| Known::At(id.clone(), number));
        vec![id, Known::Absent(Pointer::root().join("retry"))]
    }

    fn fits(&self, at: &Location, value: &Value) -> bool {
        validate::is_valid(self.contract, at, Direction::Response, value).unwrap_or(false)
    }
}
