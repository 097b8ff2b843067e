//! Making items: what the request says, laid over what the schema allows, with a key of its own. An item in state never
//! violates its schema.

use serde_json::{Map, Number, Value};

use crate::behaviour::Collection;
use crate::behaviour::call::{Context, Refusal};
use crate::behaviour::known::{Known, lay_over};
use crate::behaviour::shape;
use crate::behaviour::state::{Place, State, text};
use crate::document::{Location, Pointer};
use crate::generate::{self, Choices, Seeded};
use crate::model::{Contract, Direction, Piece};
use crate::validate;

/// How often another key or other data are tried where those at hand are taken.
const MAX_ATTEMPTS: u64 = 16;

/// How many of these attempts use what people find believable.
const BELIEVABLE_ATTEMPTS: u64 = 2;

/// Seeded decisions for values that are seldom the same twice.
struct Plain(Seeded);

impl Choices for Plain {
    fn below(&mut self, bound: u64) -> u64 {
        self.0.below(bound)
    }
}

/// What an item is made for.
pub(crate) struct Maker<'c> {
    pub(crate) contract: &'c Contract,
    pub(crate) collection: &'c Collection,
    pub(crate) place: &'c Place,
    pub(crate) context: Context,
}

/// A new item, not yet in its set.
pub(crate) struct Made {
    pub(crate) key: String,
    pub(crate) value: Value,
}

impl Maker<'_> {
    /// Makes an item of which this is known, and its key where a path names it.
    pub(crate) fn make(&self, state: &State, known: &[Known], key: Option<&str>) -> Result<Made, Refusal> {
        let said = lay_over(Value::Object(Map::new()), known, &mut |_| true);
        let sent = self.collection.key.get(&said).filter(|value| self.is_key(value));
        for attempt in 0..MAX_ATTEMPTS {
            let key = match (key, sent) {
                (Some(key), _) => Some(self.typed_key(key)),
                (None, Some(sent)) => Some(sent.clone()),
                (None, None) => self.fresh_key(state, attempt),
            };
            // Where the schema lets no key be new, the item is told from others by one that is not shown.
            let name = key.as_ref().map_or_else(|| self.hidden_key(state), text);
            let value = self.complete(&name, attempt, known, key)?;
            if self.generated_clash(state, &said, &value) {
                continue;
            }
            return Ok(Made { key: name, value });
        }
        Err(Refusal::Unmakeable {
            reason: format!("no new item of {} could be told from those that are there", self.collection.name),
        })
    }

    /// Makes the one item of a collection that has no keys.
    pub(crate) fn make_only(&self, known: &[Known]) -> Result<Made, Refusal> {
        Ok(Made { key: String::new(), value: self.complete("", 0, known, None)? })
    }

    /// Makes an item anew that keeps its key.
    pub(crate) fn remake(&self, known: &[Known], key: &str) -> Result<Made, Refusal> {
        Ok(Made { key: key.to_owned(), value: self.complete(key, 0, known, Some(self.typed_key(key)))? })
    }

    /// Lays what is known over an item that is there.
    pub(crate) fn change(&self, value: &Value, known: &[Known]) -> Value {
        let mut all = known.to_vec();
        all.extend(self.known_time(Moment::Modified));
        // An item stays where it is found.
        let key = &self.collection.key;
        all.extend(key.get(value).map(|kept| Known::At(key.clone(), kept.clone())));
        lay_over(value.clone(), &all, &mut |tried| self.is_valid(tried))
    }

    /// A whole item from what is known of it.
    fn complete(&self, name: &str, attempt: u64, known: &[Known], key: Option<Value>) -> Result<Value, Refusal> {
        let base = match &self.collection.item {
            None => Value::Object(Map::new()),
            Some(at) => {
                let mut seeded = self.choices("item", &[name, &attempt.to_string()]);
                let mut plain = Plain(seeded.clone());
                // The document's own examples are the same every time, so where they are taken they are of no use.
                let choices: &mut dyn Choices = if attempt < BELIEVABLE_ATTEMPTS { &mut seeded } else { &mut plain };
                generate::value(self.contract, at, Direction::Response, choices)
                    .map_err(|cannot| Refusal::Unmakeable { reason: cannot.to_string() })?
            }
        };
        let is_within = |base: &Value, one: &Known| match one {
            Known::At(pointer, _) => {
                pointer.parent().is_some_and(|parent| parent.get(base).is_some_and(Value::is_object))
            }
            Known::Absent(_) => true,
        };
        let mut all = self.known_default();
        all.extend(self.known_time(Moment::Created));
        // What lies within something that was left out is left out with it.
        all.retain(|one| is_within(&base, one));
        all.extend(known.iter().cloned());
        let bare = lay_over(base.clone(), known, &mut |_| true);
        all.extend(self.known_scope().into_iter().filter(|one| is_within(&bare, one)));
        all.extend(key.map(|key| Known::At(self.collection.key.clone(), key)));
        Ok(lay_over(base, &all, &mut |tried| self.is_valid(tried)))
    }

    /// What stays of an item in the one that replaces it: when it came, and what no client can set.
    pub(crate) fn kept(&self, value: &Value) -> Vec<Known> {
        let times = self.known_time(Moment::Created).into_iter().filter_map(|one| match one {
            Known::At(pointer, _) => Some(pointer),
            Known::Absent(_) => None,
        });
        let read_only = self.members_with("readOnly").into_iter().filter(|(_, said)| *said == &Value::Bool(true));
        times
            .chain(read_only.map(|(pointer, _)| pointer))
            .filter(|pointer| !is_modified(pointer))
            .filter_map(|pointer| pointer.get(value).cloned().map(|kept| Known::At(pointer, kept)))
            .collect()
    }

    /// The members that the path of the set says.
    pub(crate) fn scope_members(&self) -> Vec<Pointer> {
        let known = self.known_scope().into_iter();
        known
            .map(|one| match one {
                Known::At(pointer, _) | Known::Absent(pointer) => pointer,
            })
            .collect()
    }

    /// Members have their default until somebody says otherwise, unless no two items may share the value.
    fn known_default(&self) -> Vec<Known> {
        self.members_with("default")
            .into_iter()
            .filter(|(pointer, _)| *pointer != self.collection.key && !self.collection.indexed.contains(pointer))
            .map(|(pointer, default)| Known::At(pointer, default.clone()))
            .collect()
    }

    /// The members of the item, and of its `attributes`, whose schema has a keyword.
    fn members_with(&self, word: &str) -> Vec<(Pointer, &Value)> {
        let Some(item) = &self.collection.item else { return Vec::new() };
        let mut found = Vec::new();
        let mut look = |at: &Location, root: &Pointer| {
            for (name, at) in shape::members(self.contract, at) {
                found.extend(shape::keyword(self.contract, &at, word).map(|said| (root.join(&name), said)));
            }
        };
        look(item, &Pointer::root());
        if let Some(at) = shape::member(self.contract, item, "attributes") {
            look(&at, &Pointer::root().join("attributes"));
        }
        found
    }

    /// True for what can be the key of an item.
    fn is_key(&self, value: &Value) -> bool {
        matches!(value, Value::String(_) | Value::Number(_))
            && self
                .key_schema()
                .is_none_or(|at| validate::is_valid(self.contract, &at, Direction::Response, value).unwrap_or(false))
    }

    fn is_valid(&self, value: &Value) -> bool {
        match &self.collection.item {
            None => true,
            Some(at) => validate::is_valid(self.contract, at, Direction::Response, value).unwrap_or(false),
        }
    }

    /// True where something generated has a value that only one item may have.
    fn generated_clash(&self, state: &State, known: &Value, value: &Value) -> bool {
        self.collection.indexed.iter().enumerate().any(|(index, pointer)| {
            pointer.get(known).is_none()
                && pointer.get(value).is_some_and(|value| state.find_by(self.place, index, value).is_some())
        })
    }

    /// A key that no item of the set has, of the type and format of its schema.
    fn fresh_key(&self, state: &State, attempt: u64) -> Option<Value> {
        let sequence = state.next_sequence();
        let at = self.key_schema();
        let mut choices = self.choices("key", &[&sequence.to_string(), &attempt.to_string()]);
        let types = at.as_ref().map(|at| shape::types(self.contract, at)).unwrap_or_default();
        let format = at.as_ref().and_then(|at| shape::format(self.contract, at));
        let mut candidates = Vec::new();
        if types.contains(&"integer") || types.contains(&"number") {
            candidates.push(Value::Number(Number::from(sequence.saturating_add(attempt))));
        }
        if types.is_empty() || types.contains(&"string") && matches!(format, None | Some("uuid")) {
            candidates.push(Value::String(uuid(&mut choices)));
        }
        if let Some(at) = &at {
            candidates.extend(generate::value(self.contract, at, Direction::Response, &mut choices).ok());
        }
        let is_free = |key: &Value| {
            let fits = at
                .as_ref()
                .is_none_or(|at| validate::is_valid(self.contract, at, Direction::Response, key).unwrap_or(false));
            fits && matches!(key, Value::String(_) | Value::Number(_)) && state.find(self.place, &text(key)).is_none()
        };
        candidates.into_iter().find(is_free)
    }

    fn hidden_key(&self, state: &State) -> String {
        uuid(&mut self.choices("hidden key", &[&state.next_sequence().to_string()]))
    }

    fn key_schema(&self) -> Option<Location> {
        shape::within(self.contract, self.collection.item.as_ref()?, &self.collection.key)
    }

    /// A key from a path as the item's schema has it.
    fn typed_key(&self, key: &str) -> Value {
        self.key_schema().and_then(|at| typed(self.contract, &at, key)).unwrap_or_else(|| Value::String(key.to_owned()))
    }

    /// The path parameters that name the set, where the item has members for them.
    fn known_scope(&self) -> Vec<Known> {
        let Some(item) = &self.collection.item else { return Vec::new() };
        let mut known = Vec::new();
        let owners = self.owners();
        for (index, (name, value)) in self.collection.scope.iter().zip(&self.place.scope).enumerate() {
            let plain = shape::plain(name);
            let owner = owners.get(index).map(|owner| format!("{owner}id"));
            let bare = plain.strip_suffix("id").filter(|bare| !bare.is_empty()).unwrap_or(&plain).to_owned();
            let root = Pointer::root();
            for (member, at) in shape::members(self.contract, item) {
                let spelled = shape::plain(&member);
                let is_named = spelled == plain || owner.as_ref() == Some(&spelled);
                if is_named && root.join(&member) != self.collection.key {
                    known.extend(typed(self.contract, &at, value).map(|value| Known::At(root.join(&member), value)));
                } else if spelled == bare {
                    let id = root.join(&member).join("id");
                    known.extend(self.typed_at(item, &id, value));
                } else if spelled == "relationships" {
                    // JSON:API §7.2.2.2: a relationship holds a resource identifier object.
                    for (relation, _) in shape::members(self.contract, &at) {
                        if shape::plain(&relation) == bare {
                            let data = root.join(&member).join(&relation).join("data");
                            known.extend(self.typed_at(item, &data.join("id"), value));
                            known.extend(self.typed_at(item, &data.join("type"), &relation));
                        }
                    }
                }
            }
        }
        known
    }

    /// What the scope's parameters name, by the words before them: `list` in `/lists/{l}/todos/{id}`.
    fn owners(&self) -> Vec<String> {
        let mut owners = Vec::new();
        let mut word = String::new();
        for piece in self.collection.item_path.iter().flat_map(|path| path.segments()).flat_map(|segment| &segment.0) {
            match piece {
                Piece::Literal(text) => word.clone_from(text),
                Piece::Parameter(_) => owners.push(shape::plain(&shape::singular(&word))),
            }
        }
        owners
    }

    fn typed_at(&self, item: &Location, pointer: &Pointer, value: &str) -> Option<Known> {
        let at = shape::within(self.contract, item, pointer)?;
        typed(self.contract, &at, value).map(|value| Known::At(pointer.clone(), value))
    }

    /// The members that say when an item came or was changed.
    fn known_time(&self, moment: Moment) -> Vec<Known> {
        let Some(item) = &self.collection.item else { return Vec::new() };
        let mut known = Vec::new();
        let mut look = |at: &Location, root: &Pointer| {
            for (name, at) in shape::members(self.contract, at) {
                let plain = shape::plain(&name);
                let wanted = match moment {
                    Moment::Created => CREATED.contains(&plain.as_str()) || MODIFIED.contains(&plain.as_str()),
                    Moment::Modified => MODIFIED.contains(&plain.as_str()),
                };
                if wanted && let Some(time) = self.time(&at) {
                    known.push(Known::At(root.join(&name), time));
                }
            }
        };
        look(item, &Pointer::root());
        if let Some(at) = shape::member(self.contract, item, "attributes") {
            look(&at, &Pointer::root().join("attributes"));
        }
        known
    }

    fn time(&self, at: &Location) -> Option<Value> {
        let now = jiff::Timestamp::from_second(self.context.now).ok()?;
        let types = shape::types(self.contract, at);
        match shape::format(self.contract, at) {
            Some("date-time") => Some(Value::String(now.to_string())),
            Some("date") => Some(Value::String(now.strftime("%Y-%m-%d").to_string())),
            _ if types.contains(&"integer") => Some(Value::Number(Number::from(self.context.now))),
            _ => None,
        }
    }

    fn choices(&self, what: &str, more: &[&str]) -> Seeded {
        let path = [what, self.collection.name.as_str()].into_iter();
        Seeded::new(
            self.context.seed,
            path.chain(self.place.scope.iter().map(String::as_str)).chain(more.iter().copied()),
        )
    }
}

#[derive(Clone, Copy)]
enum Moment {
    Created,
    Modified,
}

const CREATED: [&str; 9] = [
    "created",
    "createdat",
    "createdon",
    "createddate",
    "creationdate",
    "creationtime",
    "createtime",
    "datecreated",
    "createdtime",
];

const MODIFIED: [&str; 13] = [
    "modified",
    "modifiedat",
    "modifiedon",
    "modifieddate",
    "updated",
    "updatedat",
    "updatedon",
    "updatetime",
    "lastmodified",
    "lastmodifiedat",
    "lastupdated",
    "datemodified",
    "dateupdated",
];

/// A random UUID in the form of version 4 (RFC 9562 §5.4), from decisions.
#[must_use]
pub fn uuid(choices: &mut dyn Choices) -> String {
    let mut bytes = [0; 16];
    for byte in &mut bytes {
        *byte = u8::try_from(choices.below(256)).expect("a number below 256 is a byte");
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// A time in seconds since 1970-01-01T00:00:00Z as RFC 3339 writes it.
#[must_use]
pub fn timestamp(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

/// A text from a path or query as a value of the schema's type; `None` where it cannot be one.
#[must_use]
pub fn typed(contract: &Contract, at: &Location, text: &str) -> Option<Value> {
    let types = shape::types(contract, at);
    if types.is_empty() || types.contains(&"string") {
        return Some(Value::String(text.to_owned()));
    }
    if types.contains(&"integer") {
        return text.parse::<i64>().ok().map(|number| Value::Number(Number::from(number)));
    }
    if types.contains(&"number") {
        return serde_json::from_str::<Number>(text).ok().map(Value::Number);
    }
    if types.contains(&"boolean") {
        return text.parse::<bool>().ok().map(Value::Bool);
    }
    None
}

fn is_modified(pointer: &Pointer) -> bool {
    pointer.last().is_some_and(|name| MODIFIED.contains(&shape::plain(&name).as_str()))
}
