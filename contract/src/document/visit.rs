//! Values as the readers hand them over, node by node, and what is noticed meanwhile: duplicate keys, merge keys, and
//! how much aliases expand to.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use crate::document::Pointer;
use crate::document::parsed::{Oddities, Parsed};

/// The most duplicate keys of one file that are remembered: nobody reads more.
pub(super) const MAX_DUPLICATES: usize = 100;

/// The cost of a node besides its text, in bytes, so that a bomb of empty nodes is one too.
pub(super) const NODE_COST: usize = 32;

/// The sentence about an alias bomb.
pub(super) const EXPANSION: &str = "the aliases of this text expand to more than may be read";

/// The syntax that is read, as far as visiting differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    Json,
    Yaml,
}

/// The record of the way to each node, which costs a little for every one: kept or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paths {
    Unknown,
    Known,
}

/// A visitor of the nodes of one text: it notices duplicate keys and how much aliases expand to.
pub(super) struct Visitor {
    syntax: Syntax,
    paths: Paths,
    left: Cell<usize>,
    pub(super) has_duplicates: Cell<bool>,
    path: RefCell<Vec<Step>>,
    duplicates: RefCell<Vec<Pointer>>,
}

/// One step from a node to its child.
enum Step {
    Key(String),
    Index(usize),
}

impl Visitor {
    pub(super) fn new(syntax: Syntax, left: usize, paths: Paths) -> Self {
        Self {
            syntax,
            paths,
            left: Cell::new(left),
            has_duplicates: Cell::new(false),
            path: RefCell::default(),
            duplicates: RefCell::default(),
        }
    }

    pub(super) fn parsed(self, value: Value) -> Parsed {
        Parsed { value, oddities: Oddities { duplicates: self.duplicates.into_inner(), not_json: None } }
    }

    fn spend<E: Error>(&self, bytes: usize) -> Result<(), E> {
        if self.syntax == Syntax::Yaml {
            let left = self.left.get().checked_sub(bytes + NODE_COST).ok_or_else(|| E::custom(EXPANSION))?;
            self.left.set(left);
        }
        Ok(())
    }

    /// Enters a child, if the way is kept.
    fn enter(&self, step: impl FnOnce() -> Step) {
        if self.paths == Paths::Known {
            self.path.borrow_mut().push(step());
        }
    }

    fn leave(&self) {
        if self.paths == Paths::Known {
            self.path.borrow_mut().pop();
        }
    }

    fn duplicate(&self, key: &str) {
        self.has_duplicates.set(true);
        let mut duplicates = self.duplicates.borrow_mut();
        if self.paths == Paths::Unknown || duplicates.len() >= MAX_DUPLICATES {
            return;
        }
        let path = self.path.borrow();
        let parent = path.iter().fold(Pointer::root(), |pointer, step| match step {
            Step::Key(key) => pointer.join(key),
            Step::Index(index) => pointer.index(*index),
        });
        duplicates.push(parent.join(key));
    }
}

/// The reader of one node, for the visitor of its text.
#[derive(Clone, Copy)]
pub(super) struct Seed<'w> {
    pub(super) visitor: &'w Visitor,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

/// The key of the map of one member by which serde_json hands over numbers of any precision.
const NUMBER: &str = "$serde_json::private::Number";

impl<'de> de::Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.visitor.spend(1)?;
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.visitor.spend(1)?;
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.visitor.spend(1)?;
        Ok(Value::Number(value.into()))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        self.visitor.spend(1)?;
        Ok(Number::from_i128(value).map_or(Value::Null, Value::Number))
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        self.visitor.spend(1)?;
        Ok(Number::from_u128(value).map_or(Value::Null, Value::Number))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.visitor.spend(1)?;
        // JSON has no infinities; what YAML calls `.inf` stays visible as text.
        Ok(Number::from_f64(value).map_or_else(|| Value::String(value.to_string()), Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.visitor.spend(value.len())?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.visitor.spend(value.len())?;
        Ok(Value::String(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.visitor.spend(1)?;
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        self.deserialize(reader)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        self.deserialize(reader)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        // A tag of the user's own (YAML 1.2 §6.8) says nothing that JSON can hold.
        let (_, content): (String, A::Variant) = tagged.variant()?;
        content.newtype_variant_seed(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.visitor.spend(0)?;
        let mut found = Vec::new();
        loop {
            self.visitor.enter(|| Step::Index(found.len()));
            let item = items.next_element_seed(self)?;
            self.visitor.leave();
            match item {
                Some(item) => found.push(item),
                None => return Ok(Value::Array(found)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        self.visitor.spend(0)?;
        let mut found = Map::new();
        let mut merges = Vec::new();
        while let Some(key) = members.next_key::<String>()? {
            if self.visitor.syntax == Syntax::Json && found.is_empty() && key == NUMBER {
                let text: String = members.next_value()?;
                return text.parse().map(Value::Number).map_err(A::Error::custom);
            }
            self.visitor.spend(key.len())?;
            self.visitor.enter(|| Step::Key(key.clone()));
            let value = members.next_value_seed(self)?;
            self.visitor.leave();
            if self.visitor.syntax == Syntax::Yaml && key == "<<" && mergeable(&value) {
                merges.push(value);
                continue;
            }
            match found.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(value);
                }
                Entry::Occupied(mut place) => {
                    self.visitor.duplicate(place.key());
                    place.insert(value);
                }
            }
        }
        merges.into_iter().for_each(|merged| merge(&mut found, merged));
        Ok(Value::Object(found))
    }
}

/// True for what a merge key may hold: a mapping or a sequence of them.
pub(super) fn mergeable(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(items) => items.iter().all(Value::is_object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Adds the members of a merge key (YAML "Merge Key Language-Independent Type") that the mapping does not have itself.
pub(super) fn merge(members: &mut Map<String, Value>, merged: Value) {
    match merged {
        Value::Object(more) => {
            for (key, value) in more {
                members.entry(key).or_insert(value);
            }
        }
        Value::Array(items) => items.into_iter().for_each(|item| merge(members, item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
