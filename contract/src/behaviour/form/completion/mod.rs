//! Completing what is known of a value to one that its schema allows: the alternative is chosen by what is known
//! (`branch`), arrays are completed item by item (`array`), and what objects lack is taken from a base or made
//! (`object`, `reference`). What is known is never exchanged for other data while the schema allows it; what does not
//! fit is taken out (`mending`).

mod branch;

mod array;
mod object;
mod reference;

mod mending;

use serde_json::Value;

use crate::behaviour::form::description::described;
use crate::behaviour::known::{Known, lay_over};
use crate::document::{Location, Pointer};
use crate::generate::{self, Seeded};
use crate::model::{Contract, Direction};
use crate::validate;

/// The most levels of a value that are completed; deeper parts stay as they are.
const MAX_DEPTH: usize = 24;

/// The most alternatives that are tried, those first that suit what is known.
const MAX_TRIES: usize = 6;

/// The members that are added to those that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// Members that the schema describes and that are not the client's to say.
    Described,
    /// Members that the schema requires.
    Required,
}

/// The source of members that nobody said.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Base<'b> {
    /// Values that are generated when they are needed.
    Fresh,
    /// Those of a value that was generated for this.
    Made(&'b Value),
    /// Those of a value that is there, and generated ones where it has none.
    There(&'b Value),
}

impl Base<'_> {
    /// The base of a member.
    fn member(self, name: &str) -> Self {
        match self {
            Self::There(value) => value.get(name).map_or(Self::Fresh, Self::There),
            Self::Made(value) => value.get(name).map_or(Self::Fresh, Self::Made),
            Self::Fresh => Self::Fresh,
        }
    }
}

/// A way to complete values: the contract, the seed of generated data, and which members are added.
pub(crate) struct Completion<'c> {
    pub(crate) contract: &'c Contract,
    pub(crate) seed: u64,
    /// The names that generated data depend on, from the outside in.
    pub(crate) path: Vec<String>,
    pub(crate) fill: Fill,
}

/// The depth within the value, and the number of the attempt.
#[derive(Clone, Copy)]
pub(super) struct Turn {
    depth: usize,
    attempt: usize,
}

impl Turn {
    pub(super) fn below(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }
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
        let told = |alternatives: &Location, value: &Value| self.told(alternatives, value);
        if let Some(apart) = generate::apart(self.contract, at, Direction::Response, &made, known, &told) {
            return Ok(apart);
        }
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

    pub(super) fn value(
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

    pub(super) fn generated(&self, at: &Location, here: &Pointer) -> Result<Value, String> {
        generate::value(self.contract, at, Direction::Response, &mut self.choices(here))
            .map_err(|cannot| cannot.to_string())
    }

    pub(super) fn choices(&self, here: &Pointer) -> Seeded {
        Seeded::new(self.seed, self.path.iter().map(String::as_str).chain([here.as_str()]))
    }

    /// True unless the value is known to violate the schema: one that takes too many steps to judge passes.
    pub(super) fn is_valid(&self, at: &Location, value: &Value) -> bool {
        !matches!(validate::decide(self.contract, at, Direction::Response, value), Ok(Some(false)) | Err(_))
    }
}
