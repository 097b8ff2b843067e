//! Making items: what the request says, laid over what the schema allows, with a key of its own. An item in state never
//! violates its schema.

use serde_json::{Map, Number, Value};

use crate::behaviour::Collection;
use crate::behaviour::call::{Context, Refusal};
use crate::behaviour::form::{Base, Completion, Fill, described, shown};
use crate::behaviour::known::{Known, lay_over, merge};
use crate::behaviour::scalar::{typed, uuid};
use crate::behaviour::shape;
use crate::behaviour::state::{Item, Place, State, text};
use crate::behaviour::step::request_members::Said;
use crate::document::{Location, Pointer};
use crate::generate::{self, Choices, Seeded};
use crate::model::{Contract, Direction, Piece};
use crate::validate;

/// How often another key or other data are tried where those at hand are taken.
const MAX_ATTEMPTS: u64 = 16;

/// How many keys are drawn from each schema that a key must satisfy.
const KEY_DRAWS: usize = 4;

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

/// Which of the attempts to make an item it is, and the number that the item will have in the order of items.
#[derive(Clone, Copy, Default)]
struct Making {
    attempt: u64,
    serial: u64,
}

/// Members that identify an item wherever they are.
const IDENTIFIERS: [&str; 4] = ["id", "uuid", "guid", "uid"];

/// A new item, not yet in its set.
pub(crate) struct Made {
    pub(crate) key: String,
    pub(crate) value: Value,
}

impl Maker<'_> {
    /// Makes an item of which this is said, and its key where a path names it.
    pub(crate) fn make(&self, state: &State, said: &Said, key: Option<&str>) -> Result<Made, Refusal> {
        let sent = self.collection.key.get(&said.value).filter(|value| self.is_key(value));
        for attempt in 0..MAX_ATTEMPTS {
            let key = match (key, sent) {
                (Some(key), _) => Some(self.typed_key(key)),
                (None, Some(sent)) => Some(sent.clone()),
                (None, None) => self.fresh_key(state, attempt),
            };
            // Where no key can be new, the item is told from others by one that nobody sees.
            let name = key.as_ref().map_or_else(|| self.hidden_key(state), text);
            let value = self.complete(&name, Making { attempt, serial: state.next_sequence() }, said, key, None)?;
            if self.generated_clash(state, &said.value, &value) {
                continue;
            }
            return Ok(Made { key: name, value });
        }
        Err(Refusal::Unmakeable {
            reason: format!("no new item of {} could be told from those that are there", self.collection.name),
        })
    }

    /// Makes the one item of a collection that has no keys.
    pub(crate) fn make_only(&self, said: &Said) -> Result<Made, Refusal> {
        Ok(Made { key: String::new(), value: self.complete("", Making::default(), said, None, None)? })
    }

    /// Makes an item anew in the place of one that is there: what a client can say and did not is gone unless it must be there;
    /// all else stays as it was.
    pub(crate) fn remake(&self, there: &Item, said: &Said) -> Result<Value, Refusal> {
        let key = (!there.key.is_empty()).then(|| self.typed_key(&there.key));
        let base = self.touched(&there.value, &said.value);
        let mut said = said.clone();
        // When it came stays the same, unless the client says otherwise.
        for (pointer, _) in self.times(Moment::Created) {
            if let (None, Some(kept)) = (pointer.get(&said.value), pointer.get(&base))
                && !is_modified(&pointer)
            {
                let _ = pointer.put(&mut said.value, kept.clone());
            }
        }
        self.complete(&there.key, Making::default(), &said, key, Some(&base))
    }

    /// A null that an item's schema does not have means that the member is not there any more (RFC 7396 §2).
    fn unset(&self, at: &Location, value: &mut Value, said: &Value) {
        let (Value::Object(members), Value::Object(said)) = (value, said) else { return };
        let description = described(self.contract, at);
        for (name, one) in said {
            let Some(Some(at)) = description.member(name) else { continue };
            if one.is_null() {
                if !validate::is_valid(self.contract, at, Direction::Response, one).unwrap_or(false) {
                    members.shift_remove(name);
                }
            } else if let Some(member) = members.get_mut(name) {
                self.unset(at, member, one);
            }
        }
    }

    /// Changes the members of an item that are said.
    pub(crate) fn change(&self, there: &Value, said: &Said) -> Value {
        let mut base = self.touched(there, &said.value);
        for pointer in &said.absent {
            remove(&mut base, pointer);
        }
        if let Some(at) = &self.collection.item {
            self.unset(at, &mut base, &said.value);
        }
        let mut merged = base.clone();
        if said.value.is_object() || self.collection.item.is_none() && !said.value.is_null() {
            merge(&mut merged, &said.value);
        }
        if let Some(at) = &self.collection.item {
            self.unset(at, &mut merged, &said.value);
        }
        // An item stays where it is found.
        if let Some(kept) = self.collection.key.get(there) {
            let _ = self.collection.key.put(&mut merged, kept.clone());
        }
        self.whole("change", &merged, None, Base::There(&base)).unwrap_or(base)
    }

    /// An item whose shown part was exchanged for another.
    pub(crate) fn changed_to(&self, there: &Value, shown: &Value, patched: &Value) -> Result<Value, Refusal> {
        let mut base = self.touched(there, patched);
        // What was shown and is not there any more was taken away.
        if let (Value::Object(base), Value::Object(shown), Value::Object(patched)) = (&mut base, shown, patched) {
            for name in shown.keys().filter(|name| !patched.contains_key(*name)) {
                base.shift_remove(name);
            }
        }
        let mut known = patched.clone();
        if let Some(kept) = self.collection.key.get(there) {
            let _ = self.collection.key.put(&mut known, kept.clone());
        }
        for (pointer, time) in self.times(Moment::Modified) {
            if pointer.get(&known).is_some() && pointer.get(patched) == pointer.get(shown) {
                let _ = pointer.put(&mut known, time);
            }
        }
        self.whole("patch", &known, None, Base::There(&base))
    }

    /// The value with the time of its change, where nobody said one.
    fn touched(&self, there: &Value, said: &Value) -> Value {
        let mut touched = there.clone();
        for (pointer, time) in self.times(Moment::Modified) {
            if pointer.get(said).is_none() && pointer.parent().is_some_and(|parent| parent.get(there).is_some()) {
                let _ = pointer.put(&mut touched, time);
            }
        }
        touched
    }

    /// A whole item from what is said of it, and from one that is there.
    fn complete(
        &self,
        name: &str,
        making: Making,
        said: &Said,
        key: Option<Value>,
        there: Option<&Value>,
    ) -> Result<Value, Refusal> {
        let Some(at) = &self.collection.item else {
            let mut value = there.cloned().unwrap_or_else(|| Value::Object(Map::new()));
            if !said.value.is_null() {
                merge(&mut value, &said.value);
            }
            return Ok(value);
        };
        let mut base = match there {
            Some(there) => there.clone(),
            None => self.base(at, name, making, said)?,
        };
        for pointer in &said.absent {
            remove(&mut base, pointer);
        }
        let attempt = making.attempt.to_string();
        let mut known = said.value.clone();
        if !known.is_object() {
            known = Value::Object(Map::new());
        }
        for (pointer, value) in key.iter().filter(|_| self.shows_key()).map(|key| (&self.collection.key, key)) {
            let _ = pointer.put(&mut known, value.clone());
        }
        let is_within = |value: &Value, pointer: &Pointer| {
            pointer.parent().is_some_and(|parent| parent.get(value).is_some_and(Value::is_object))
        };
        for one in self.known_scope() {
            if let Known::At(pointer, value) = one
                && (is_within(&base, &pointer) || is_within(&known, &pointer))
            {
                let _ = pointer.put(&mut known, value);
            }
        }
        let base = if there.is_some() { Base::There(&base) } else { Base::Made(&base) };
        self.whole_of(&[name, &attempt], &known, said.request.as_ref(), base)
    }

    /// What a new item is made on: generated data, with defaults and times.
    fn base(&self, at: &Location, name: &str, making: Making, said: &Said) -> Result<Value, Refusal> {
        let attempt = making.attempt;
        let mut seeded = self.choices("item", &[name, &attempt.to_string()]);
        let mut plain = Plain(seeded.clone());
        // The document's own examples are the same every time, so where they are taken they are of no use.
        let choices: &mut dyn Choices = if attempt < BELIEVABLE_ATTEMPTS { &mut seeded } else { &mut plain };
        let mut base = generate::value(self.contract, at, Direction::Response, choices)
            .map_err(|cannot| Refusal::Unmakeable { reason: cannot.to_string() })?;
        let known = self.known_default().into_iter().chain(self.times(Moment::Created));
        let known = known.chain(self.other_keys(at, name, making.serial));
        let known: Vec<Known> = known
            // What lies within something that was left out is left out with it.
            .filter(|(pointer, _)| {
                pointer.parent().is_some_and(|parent| parent.get(&base).is_some_and(Value::is_object))
            })
            .filter(|(pointer, _)| pointer.get(&said.value).is_none())
            .map(|(pointer, value)| Known::At(pointer, value))
            .collect();
        base = lay_over(base, &known, &mut |tried| self.is_valid(tried));
        Ok(base)
    }

    /// What identifies the item besides its key is another for each item, too: a path may name it by `name`, and it has an
    /// `id` none the less.
    fn other_keys(&self, at: &Location, name: &str, serial: u64) -> Vec<(Pointer, Value)> {
        let mut found = Vec::new();
        for (member, at) in shape::members(self.contract, at) {
            let pointer = Pointer::root().join(&member);
            if !IDENTIFIERS.contains(&shape::plain(&member).as_str()) || pointer == self.collection.key {
                continue;
            }
            let types = shape::types(self.contract, &at);
            if types.contains(&"integer") {
                found.push((pointer, Value::Number(Number::from(serial))));
            } else if types.contains(&"string") && matches!(shape::format(self.contract, &at), None | Some("uuid")) {
                let id = uuid(&mut self.choices("other key", &[name, &member, &serial.to_string()]));
                found.push((pointer, Value::String(id)));
            }
        }
        found
    }

    fn whole(&self, name: &str, known: &Value, request: Option<&Location>, base: Base<'_>) -> Result<Value, Refusal> {
        self.whole_of(&[name], known, request, base)
    }

    /// What is known as the item's schema allows it, and beside it what the schema does not describe: other answers may.
    fn whole_of(
        &self,
        name: &[&str],
        known: &Value,
        request: Option<&Location>,
        base: Base<'_>,
    ) -> Result<Value, Refusal> {
        let Some(at) = &self.collection.item else { return Ok(known.clone()) };
        let shown = shown(self.contract, at, known);
        let path = ["item", self.collection.name.as_str()].into_iter();
        let path = path.chain(self.place.scope.iter().map(String::as_str)).chain(name.iter().copied());
        let completion = Completion {
            contract: self.contract,
            seed: self.context.seed,
            path: path.map(str::to_owned).collect(),
            fill: Fill::Described,
        };
        let whole = completion.complete(at, request, &shown, base).map_err(|reason| Refusal::Unmakeable { reason })?;
        let mut kept = match base {
            Base::There(there) => self.unshown(at, there),
            Base::Made(_) | Base::Fresh => Value::Object(Map::new()),
        };
        merge(&mut kept, known);
        lay(&mut kept, &whole);
        Ok(kept)
    }

    /// The members of a value that the item's schema does not show at its top.
    fn unshown(&self, at: &Location, value: &Value) -> Value {
        let Value::Object(members) = value else { return Value::Object(Map::new()) };
        let description = described(self.contract, at);
        let is_shown = |name: &str| {
            description.member(name).is_some()
                && !description.members.get(name).is_some_and(|member| member.is_write_only)
        };
        Value::Object(
            members
                .iter()
                .filter(|(name, _)| !is_shown(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
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
    fn known_default(&self) -> Vec<(Pointer, Value)> {
        self.members_with("default")
            .into_iter()
            .filter(|(pointer, _)| *pointer != self.collection.key && !self.collection.indexed.contains(pointer))
            .map(|(pointer, default)| (pointer, default.clone()))
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
            && value.as_str() != Some("")
            && self
                .key_schema()
                .is_none_or(|at| validate::is_valid(self.contract, &at, Direction::Response, value).unwrap_or(false))
    }

    /// True where the parameter of the item's path can be this key.
    fn is_addressable(&self, key: &str) -> bool {
        self.collection.parameter.as_ref().is_none_or(|at| {
            typed(self.contract, at, key)
                .is_some_and(|value| validate::is_valid(self.contract, at, Direction::Request, &value).unwrap_or(false))
        })
    }

    /// True where an item shows its key.
    fn shows_key(&self) -> bool {
        self.key_schema().is_some()
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

    /// A key that no item of the set has, of the type and format of its schema and of the path parameter that names it.
    fn fresh_key(&self, state: &State, attempt: u64) -> Option<Value> {
        let at = self.key_schema();
        let parameter = self.collection.parameter.as_ref();
        let number = state.next_number(self.place.collection).saturating_add(attempt);
        let mut choices = self.choices("key", &[&state.next_sequence().to_string(), &attempt.to_string()]);
        let sources: Vec<&Location> = at.iter().chain(parameter).collect();
        let types: Vec<&str> = sources.iter().flat_map(|at| shape::types(self.contract, at)).collect();
        let format = sources.iter().find_map(|at| shape::format(self.contract, at));
        let counted = Value::Number(Number::from(number));
        let mut candidates = Vec::new();
        if types.contains(&"integer") || types.contains(&"number") {
            candidates.extend([counted.clone(), Value::String(number.to_string())]);
        }
        if types.is_empty() || types.contains(&"string") && matches!(format, None | Some("uuid")) {
            candidates.push(Value::String(uuid(&mut choices)));
        }
        let is_free = |key: &Value| {
            self.is_key(key) && {
                let text = text(key);
                self.is_addressable(&text) && state.find(self.place, &text).is_none()
            }
        };
        if let Some(found) = candidates.iter().find(|key| is_free(key)) {
            return Some(found.clone());
        }
        let drawn = sources.iter().flat_map(|at| (0..KEY_DRAWS).map(move |_| *at)).filter_map(|at| {
            // Probing makes other values each time, where examples are the same for all.
            let mut plain = Plain(Seeded::new(choices.bits(), ["key"]));
            generate::value(self.contract, at, Direction::Response, &mut plain).ok()
        });
        let counted = [Value::String(number.to_string()), counted].into_iter();
        let spelled = self.spelled(at.as_ref().or(parameter), number);
        drawn.chain(counted).chain(spelled).find(|key| is_free(key))
    }

    /// The document's own example with its end counted on, where a key must look like that.
    fn spelled(&self, at: Option<&Location>, number: u64) -> Option<Value> {
        let at = at?;
        let example = shape::keyword(self.contract, at, "example")
            .or_else(|| shape::keyword(self.contract, at, "examples").and_then(|many| many.get(0)));
        let Some(Value::String(example)) = example else { return None };
        let digits = number.to_string();
        let stem = example.get(..example.len().checked_sub(digits.len())?)?;
        Some(Value::String(format!("{stem}{digits}")))
    }

    fn hidden_key(&self, state: &State) -> String {
        uuid(&mut self.choices("hidden key", &[&state.next_sequence().to_string()]))
    }

    fn key_schema(&self) -> Option<Location> {
        shape::within(self.contract, self.collection.item.as_ref()?, &self.collection.key)
    }

    /// A key from a path as the item's schema has it.
    fn typed_key(&self, key: &str) -> Value {
        let at = self.key_schema().or_else(|| self.collection.parameter.clone());
        at.and_then(|at| typed(self.contract, &at, key)).unwrap_or_else(|| Value::String(key.to_owned()))
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

    /// The members that say when an item came or was changed, and the time now as each has it.
    fn times(&self, moment: Moment) -> Vec<(Pointer, Value)> {
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
                    known.push((root.join(&name), time));
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

/// Lays a completed value over what was known, whose members beside it stay; items are laid one by one.
fn lay(there: &mut Value, whole: &Value) {
    match (there, whole) {
        (Value::Object(there), Value::Object(whole)) => {
            for (name, member) in whole {
                match there.get_mut(name) {
                    Some(inner) => lay(inner, member),
                    None => {
                        there.insert(name.clone(), member.clone());
                    }
                }
            }
        }
        (Value::Array(there), Value::Array(whole)) if there.len() == whole.len() => {
            for (inner, member) in there.iter_mut().zip(whole) {
                lay(inner, member);
            }
        }
        (there, whole) => *there = whole.clone(),
    }
}

fn remove(value: &mut Value, pointer: &Pointer) {
    let (Some(parent), Some(name)) = (pointer.parent(), pointer.last()) else { return };
    if let Some(Value::Object(members)) = parent.get_mut(value) {
        members.shift_remove(name.as_ref());
    }
}

fn is_modified(pointer: &Pointer) -> bool {
    pointer.last().is_some_and(|name| MODIFIED.contains(&shape::plain(&name).as_str()))
}
