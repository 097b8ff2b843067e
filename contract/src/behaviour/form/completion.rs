//! Completing what is known of a value to one that its schema allows: the alternative is chosen by what is known, arrays are
//! completed item by item, and what is missing is taken from a base or made. What is known is never exchanged for other data
//! while the schema allows it.

use serde_json::{Map, Number, Value};

use crate::behaviour::form::description::{Choice, Description, described};
use crate::behaviour::known::{Known, lay_over};
use crate::behaviour::scalar::uuid;
use crate::behaviour::shape;
use crate::document::{Location, Pointer};
use crate::generate::{self, Seeded};
use crate::model::{Contract, Direction};
use crate::rule::Subject;
use crate::validate;

/// How deep objects are completed: what stands deeper is taken as it is.
const MAX_DEPTH: usize = 24;

/// How many alternatives are tried, those first that suit what is known.
const MAX_TRIES: usize = 6;

/// How many times what violates a schema is taken out: taking one thing out may show another.
const MAX_MENDS: usize = 4;

/// Members by which a client names a whole object.
const REFERENCES: [&str; 8] = ["id", "gid", "uuid", "uid", "sid", "key", "slug", "name"];

/// How many items of an array are completed one by one; what a client sends beyond is taken as it is.
const MAX_ITEMS: usize = 1_000;

/// What is added to what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// What the schema describes and is not the client's to say.
    Described,
    /// What the schema asks for.
    Required,
}

/// What members are taken from where nobody said them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Base<'b> {
    /// Generated ones.
    Fresh,
    /// Those of a value that was generated for this.
    Made(&'b Value),
    /// Those of a value that is there, and generated ones where it has none.
    There(&'b Value),
}

/// How values are completed.
pub(crate) struct Completion<'c> {
    pub(crate) contract: &'c Contract,
    pub(crate) seed: u64,
    /// What the generated data depend on: names from the outside in.
    pub(crate) path: Vec<String>,
    pub(crate) fill: Fill,
}

impl Completion<'_> {
    /// A whole value from what is known; `request` is the schema by which the client says it, `None` where none did.
    ///
    /// # Errors
    /// Why no value can be made at all, as a fragment.
    pub(crate) fn complete(
        &self,
        at: &Location,
        request: Option<&Location>,
        known: &Value,
        base: Base<'_>,
    ) -> Result<Value, String> {
        for attempt in 0..MAX_TRIES {
            let made = self.value(at, request, known, base, &Pointer::root(), Turn { depth: 0, attempt });
            if self.is_valid(at, &made) {
                return Ok(made);
            }
            if described(self.contract, at).choices.is_empty() {
                break;
            }
        }
        let made = self.value(at, request, known, base, &Pointer::root(), Turn { depth: 0, attempt: 0 });
        if let Some(mended) = self.mended(at, made, base) {
            return Ok(mended);
        }
        // Something known does not fit, and it cannot be told what: all else is kept.
        let fresh = match base {
            Base::There(value) | Base::Made(value) if self.is_valid(at, value) => value.clone(),
            Base::There(_) | Base::Made(_) | Base::Fresh => self.generated(at, &Pointer::root())?,
        };
        let known = [Known::At(Pointer::root(), known.clone())];
        Ok(lay_over(fresh, &known, &mut |tried| self.is_valid(at, tried)))
    }

    /// The value without what violates its schema, where that is told: in its place stands what the schema asks for there, or
    /// nothing.
    fn mended(&self, at: &Location, mut made: Value, base: Base<'_>) -> Option<Value> {
        for _ in 0..MAX_MENDS {
            let found = validate::value(self.contract, at, Direction::Response, &Subject::ResponseBody, &made).ok()?;
            if found.is_empty() {
                return Some(made);
            }
            for violation in &found {
                let (parent, name) = (violation.pointer.parent()?, violation.pointer.last()?);
                let there = match base {
                    Base::There(value) | Base::Made(value) => violation.pointer.get(value).cloned(),
                    Base::Fresh => None,
                };
                let fresh = there.or_else(|| {
                    let at = shape::within(self.contract, at, &violation.pointer)?;
                    self.generated(&at, &violation.pointer).ok()
                });
                let holder = shape::within(self.contract, at, &parent);
                let must_be = holder.is_some_and(|at| shape::required(self.contract, &at).contains(name.as_ref()));
                match (parent.get_mut(&mut made), fresh) {
                    (Some(Value::Object(members)), Some(fresh)) if must_be => {
                        members.insert(name.into_owned(), fresh);
                    }
                    (Some(Value::Object(members)), _) => {
                        members.shift_remove(name.as_ref());
                    }
                    (Some(Value::Array(items)), Some(fresh)) => {
                        let there = name.parse::<usize>().ok().and_then(|index| items.get_mut(index));
                        *there? = fresh;
                    }
                    (Some(_) | None, _) => return None,
                }
            }
        }
        None
    }

    fn value(
        &self,
        at: &Location,
        request: Option<&Location>,
        known: &Value,
        base: Base<'_>,
        here: &Pointer,
        turn: Turn,
    ) -> Value {
        if turn.depth > MAX_DEPTH {
            return known.clone();
        }
        match known {
            Value::Object(members) => Value::Object(self.object(at, request, members, base, here, turn)),
            Value::Array(items) => Value::Array(self.array(at, request, items, base, here, turn)),
            Value::String(_) | Value::Number(_) => self.named(at, known, here).unwrap_or_else(|| known.clone()),
            Value::Null | Value::Bool(_) => known.clone(),
        }
    }

    /// The object that a client names by its key, where the schema shows the object itself.
    fn named(&self, at: &Location, key: &Value, here: &Pointer) -> Option<Value> {
        let types = shape::types(self.contract, at);
        if types.iter().any(|kind| !matches!(*kind, "object" | "null")) || !types.contains(&"object") {
            return None;
        }
        let description = described(self.contract, at);
        let name = REFERENCES
            .iter()
            .find(|name| description.members.get(**name).is_some_and(|member| self.is_valid(&member.at, key)))?;
        let mut whole = self.generated(at, here).ok()?;
        whole.as_object_mut()?.insert((*name).to_owned(), key.clone());
        self.is_valid(at, &whole).then_some(whole)
    }

    fn object(
        &self,
        at: &Location,
        request: Option<&Location>,
        known: &Map<String, Value>,
        base: Base<'_>,
        here: &Pointer,
        turn: Turn,
    ) -> Map<String, Value> {
        let description = described(self.contract, at);
        let said = request.map(|at| described(self.contract, at));
        let is_said = |name: &str| {
            said.as_ref().and_then(|said| said.members.get(name)).is_some_and(|member| !member.is_read_only)
                && !description.members.get(name).is_some_and(|member| member.is_read_only)
        };
        let chosen: Vec<&Location> =
            description.choices.iter().filter_map(|choice| self.chosen(choice, &description, known, turn)).collect();
        let chosen_descriptions: Vec<_> = chosen.iter().map(|at| described(self.contract, at)).collect();
        let fits_choice = |name: &str| {
            chosen.is_empty()
                || description.members.get(name).is_none_or(|member| member.is_certain)
                || chosen_descriptions.iter().any(|one| one.members.contains_key(name))
        };
        let bases = self.bases(at, &chosen, base, here, &description);
        let mut whole = Map::new();
        for (name, value) in bases.iter().flat_map(|base| base.iter()) {
            // What was drawn for another alternative does not suit this one.
            let is_barred_here = || {
                let branches = chosen_descriptions.iter().filter_map(|one| one.members.get(name));
                branches.into_iter().any(|member| is_barred(self.contract, &member.at, value))
            };
            if whole.contains_key(name) || known.contains_key(name) || !fits_choice(name) || is_barred_here() {
                continue;
            }
            let is_required = description.members.get(name).is_some_and(|member| member.is_required)
                || chosen_descriptions.iter().any(|one| one.members.get(name).is_some_and(|member| member.is_required));
            let is_wanted = match self.fill {
                Fill::Described => !is_said(name),
                Fill::Required => false,
            };
            if is_required || is_wanted {
                whole.insert(name.clone(), value.clone());
            }
        }
        if let (Fill::Described, Some(said)) = (self.fill, &said) {
            // What a client could have said and did not has its default.
            for (name, member) in &said.members {
                let Some(own) = description.members.get(name).filter(|_| !known.contains_key(name)) else { continue };
                let default = shape::keyword(self.contract, &member.at, "default")
                    .or_else(|| shape::keyword(self.contract, &own.at, "default"));
                if let Some(default) = default
                    && is_said(name)
                    && fits_choice(name)
                    && self.is_valid(&own.at, default)
                {
                    whole.insert(name.clone(), default.clone());
                }
            }
        }
        for (name, member) in known {
            let below = description.member(name).flatten();
            // A branch may say more of a member than what stands around it.
            let branch = chosen_descriptions.iter().find_map(|one| one.members.get(name)).map(|member| &member.at);
            let value = match branch.or(below) {
                Some(at) => {
                    let request = said.as_ref().and_then(|said| said.member(name).flatten());
                    let there = match base {
                        Base::There(value) => value.get(name).map_or(Base::Fresh, Base::There),
                        Base::Made(value) => value.get(name).map_or(Base::Fresh, Base::Made),
                        Base::Fresh => Base::Fresh,
                    };
                    self.value(at, request, member, there, &here.join(name), turn.below())
                }
                None => member.clone(),
            };
            whole.insert(name.clone(), value);
        }
        for (name, member) in &description.members {
            let is_missing = member.is_required && !member.is_write_only && !whole.contains_key(name);
            if is_missing && let Ok(value) = self.generated(&member.at, &here.join(name)) {
                whole.insert(name.clone(), value);
            }
        }
        whole
    }

    /// The objects that missing members are taken from, those of the chosen branches first.
    fn bases(
        &self,
        at: &Location,
        chosen: &[&Location],
        base: Base<'_>,
        here: &Pointer,
        description: &Description,
    ) -> Vec<Map<String, Value>> {
        let mut found = Vec::new();
        if let Base::There(Value::Object(members)) | Base::Made(Value::Object(members)) = base {
            found.push(members.clone());
            // What is there was whole already, so that only what is new is missing.
            if chosen.is_empty() {
                return found;
            }
        }
        for branch in chosen {
            if let Ok(Value::Object(members)) = self.generated(branch, here) {
                found.push(members);
            }
        }
        let needs_own = self.fill == Fill::Described
            && !matches!(base, Base::There(Value::Object(_)) | Base::Made(Value::Object(_)));
        if needs_own
            && !(chosen.len() == description.choices.len()
                && !chosen.is_empty()
                && description.members.values().all(|member| !member.is_certain))
            && let Ok(Value::Object(members)) = self.generated(at, here)
        {
            found.push(members);
        }
        found
    }

    /// The branch of a choice that suits what is known; `None` where what is known says nothing of it.
    fn chosen<'d>(
        &self,
        choice: &'d Choice,
        around: &Description,
        known: &Map<String, Value>,
        turn: Turn,
    ) -> Option<&'d Location> {
        if let Some(name) = &choice.discriminator
            && let Some(Value::String(value)) = known.get(name)
            && let Some(index) = choice.by_value.get(value)
            && turn.attempt == 0
        {
            return choice.branches.get(*index);
        }
        let mut suits: Vec<(usize, usize, usize, usize)> = Vec::new();
        let mut tells = false;
        for (index, branch) in choice.branches.iter().enumerate() {
            let description = described(self.contract, branch);
            let mut conflicts = usize::from(!allows_objects(self.contract, branch));
            let mut unknown = 0;
            for (name, value) in known {
                match description.members.get(name) {
                    Some(member) => {
                        tells |= !around.members.get(name).is_some_and(|member| member.is_certain);
                        conflicts += usize::from(is_barred(self.contract, &member.at, value));
                    }
                    None if around.members.get(name).is_some_and(|member| member.is_certain) => {}
                    None => unknown += usize::from(description.member(name).is_none()),
                }
            }
            let missing = description
                .members
                .iter()
                .filter(|(name, member)| member.is_required && !member.is_read_only && !known.contains_key(*name))
                .count();
            suits.push((conflicts, unknown, missing, index));
        }
        suits.sort_unstable();
        let (_, _, _, index) = suits.get(turn.attempt.min(suits.len().saturating_sub(1)))?;
        (tells || turn.attempt > 0).then(|| choice.branches.get(*index)).flatten()
    }

    fn array(
        &self,
        at: &Location,
        request: Option<&Location>,
        items: &[Value],
        base: Base<'_>,
        here: &Pointer,
        turn: Turn,
    ) -> Vec<Value> {
        let description = described(self.contract, at);
        let Some(each) = &description.items else { return items.to_vec() };
        let said = request.map(|at| described(self.contract, at));
        let request = said.as_ref().and_then(|said| said.items.as_ref());
        let mut whole = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            if index >= MAX_ITEMS {
                whole.push(item.clone());
                continue;
            }
            let there = match base {
                Base::There(value) => value.get(index).map_or(Base::Fresh, Base::There),
                // Generated lists say nothing of what a client sends.
                Base::Made(_) | Base::Fresh => Base::Fresh,
            };
            let here = here.index(index);
            let mut made = self.value(each, request, item, there, &here, turn.below());
            if let Base::Fresh = there {
                self.number(each, item, &mut made, index, &here);
            }
            whole.push(made);
        }
        whole
    }

    /// Gives an item of an array a key of its own where the client said none: examples are the same for all.
    fn number(&self, each: &Location, said: &Value, made: &mut Value, index: usize, here: &Pointer) {
        let (Value::Object(said), Value::Object(made)) = (said, made) else { return };
        let description = described(self.contract, each);
        for name in ["id", "uuid", "key"] {
            let Some(member) = description.members.get(name) else { continue };
            if said.contains_key(name) || !made.contains_key(name) {
                continue;
            }
            let types = shape::types(self.contract, &member.at);
            let key = if types.contains(&"integer") {
                Value::Number(Number::from(index as u64 + 1))
            } else {
                Value::String(uuid(&mut self.choices(&here.join(name))))
            };
            if self.is_valid(&member.at, &key) {
                made.insert(name.to_owned(), key);
            }
        }
    }

    fn generated(&self, at: &Location, here: &Pointer) -> Result<Value, String> {
        generate::value(self.contract, at, Direction::Response, &mut self.choices(here))
            .map_err(|cannot| cannot.to_string())
    }

    fn choices(&self, here: &Pointer) -> Seeded {
        Seeded::new(self.seed, self.path.iter().map(String::as_str).chain([here.as_str()]))
    }

    /// What takes too many steps to tell is not thereby invalid.
    fn is_valid(&self, at: &Location, value: &Value) -> bool {
        !matches!(validate::decide(self.contract, at, Direction::Response, value), Ok(Some(false)) | Err(_))
    }
}

/// Where in a value, and which time.
#[derive(Clone, Copy)]
struct Turn {
    depth: usize,
    attempt: usize,
}

impl Turn {
    fn below(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }
}

fn allows_objects(contract: &Contract, at: &Location) -> bool {
    let types = shape::types(contract, at);
    types.is_empty() || types.contains(&"object")
}

/// True where `const`, `enum` or `type` of a member says that it is not this value.
fn is_barred(contract: &Contract, at: &Location, value: &Value) -> bool {
    if shape::keyword(contract, at, "const").is_some_and(|only| only != value) {
        return true;
    }
    if let Some(Value::Array(few)) = shape::keyword(contract, at, "enum")
        && !few.contains(value)
    {
        return true;
    }
    let types = shape::types(contract, at);
    let word = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => return !types.is_empty() && !types.iter().any(|one| matches!(*one, "number" | "integer")),
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    !types.is_empty() && !types.contains(&word)
}
