//! Keys of items: valid by the schema of the item and by the parameter of its path, and free in the set; and the other
//! members that identify an item.

use serde_json::{Number, Value};

use crate::behaviour::scalar::{typed, uuid};
use crate::behaviour::shape;
use crate::behaviour::state::{State, text};
use crate::behaviour::step::item::maker::{Maker, Plain};
use crate::document::{Location, Pointer};
use crate::generate::{self, Choices, Seeded};
use crate::model::Direction;
use crate::validate;

/// The number of keys that are drawn from each schema that a key must satisfy.
const KEY_DRAWS: usize = 4;

/// Members that identify an item wherever they are.
const IDENTIFIERS: [&str; 4] = ["id", "uuid", "guid", "uid"];

impl Maker<'_> {
    /// True for what can be the key of an item.
    pub(super) fn is_key(&self, value: &Value) -> bool {
        matches!(value, Value::String(_) | Value::Number(_))
            && value.as_str() != Some("")
            && self
                .key_schema()
                .is_none_or(|at| validate::is_valid(self.contract, &at, Direction::Response, value).unwrap_or(false))
    }

    /// True where the parameter of the item's path can be this key.
    pub(super) fn is_addressable(&self, key: &str) -> bool {
        self.collection.parameter.as_ref().is_none_or(|at| {
            typed(self.contract, at, key)
                .is_some_and(|value| validate::is_valid(self.contract, at, Direction::Request, &value).unwrap_or(false))
        })
    }

    /// True where an item shows its key.
    pub(super) fn shows_key(&self) -> bool {
        self.facts().key.is_some()
    }

    /// A key that no item of the set has, of the type and format of its schema and of the path parameter that names it.
    pub(super) fn fresh_key(&self, state: &State, attempt: u64) -> Option<Value> {
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
        if types.contains(&"string") && format.is_none() {
            let example = at.iter().chain(parameter).find_map(|at| self.example(at));
            candidates.extend(example.and_then(|example| alike(example, &mut choices)).map(Value::String));
        }
        if types.contains(&"string") && format.is_none() {
            candidates.extend(self.named_key(number, &mut choices));
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

    /// A key of the kind that its name says, where people read it: a domain name, an address, a code. None for identifiers.
    fn named_key(&self, number: u64, choices: &mut dyn Choices) -> Vec<Value> {
        let parameter = self.collection.item_path.as_ref().and_then(|path| path.parameters().last());
        let own = self.collection.key.last();
        let names = own.as_deref().into_iter().chain(parameter);
        let mut texts = names.filter_map(|name| generate::telling_text(name, choices));
        let Some(text) = texts.next() else { return Vec::new() };
        let counted = match text.split_once('.') {
            Some((first, rest)) => format!("{first}{number}.{rest}"),
            None => format!("{text}{number}"),
        };
        vec![Value::String(text), Value::String(counted)]
    }

    /// The document's own example with its end counted on, where a key must look like that.
    pub(super) fn spelled(&self, at: Option<&Location>, number: u64) -> Option<Value> {
        let example = self.example(at?)?;
        let digits = number.to_string();
        let stem = example.get(..example.len().checked_sub(digits.len())?)?;
        Some(Value::String(format!("{stem}{digits}")))
    }

    /// The document's own example of a text.
    fn example(&self, at: &Location) -> Option<&str> {
        let one = shape::keyword(self.contract, at, "example");
        one.or_else(|| shape::keyword(self.contract, at, "examples").and_then(|many| many.get(0)))?.as_str()
    }

    pub(super) fn hidden_key(&self, state: &State) -> String {
        uuid(&mut self.choices("hidden key", &[&state.next_sequence().to_string()]))
    }

    fn key_schema(&self) -> Option<Location> {
        self.facts().key.clone()
    }

    /// A key from a path as the item's schema has it.
    pub(super) fn typed_key(&self, key: &str) -> Value {
        let at = self.key_schema().or_else(|| self.collection.parameter.clone());
        at.and_then(|at| typed(self.contract, &at, key)).unwrap_or_else(|| Value::String(key.to_owned()))
    }

    /// The members that identify an item besides its key, another value for each item: a path may name it by `name`,
    /// and it has an `id` none the less.
    pub(super) fn other_keys(&self, name: &str, serial: u64) -> Vec<(Pointer, Value)> {
        let made = |key: &OtherKey| {
            if key.is_counted {
                return (key.at.clone(), Value::Number(Number::from(serial)));
            }
            let id = uuid(&mut self.choices("other key", &[name, &key.member, &serial.to_string()]));
            (key.at.clone(), Value::String(id))
        };
        self.facts().other_keys.iter().map(made).collect()
    }

    /// The members that identify an item besides its key.
    pub(super) fn find_other_keys(&self, item: &Location) -> Vec<OtherKey> {
        let mut found = Vec::new();
        for (index, (member, at)) in shape::members(self.contract, item).into_iter().enumerate() {
            let pointer = Pointer::root().join(&member);
            let plain = shape::plain(&member);
            // An identifier of another name stands first in what it identifies.
            let is_own = index == 0 && plain.ends_with("id") && shape::format(self.contract, &at) == Some("uuid");
            if !(is_own || IDENTIFIERS.contains(&plain.as_str())) || pointer == self.collection.key {
                continue;
            }
            let types = shape::types(self.contract, &at);
            let is_counted = types.contains(&"integer");
            let is_text = types.contains(&"string") && matches!(shape::format(self.contract, &at), None | Some("uuid"));
            if is_counted || is_text {
                found.push(OtherKey { at: pointer, member, is_counted });
            }
        }
        found
    }
}

/// A member that identifies an item besides its key.
pub(super) struct OtherKey {
    at: Pointer,
    member: String,
    /// True where it is the number of the item, else it is drawn.
    is_counted: bool,
}

/// The fewest signs that are drawn anew: fewer would soon be the same again.
const MIN_DRAWN: usize = 8;

/// Another text of the look of an example: what stands before its last `_`, and signs of the same kinds, letters among those
/// that the example has. `None` where it does not look drawn, but like a word or a count.
fn alike(example: &str, choices: &mut dyn Choices) -> Option<String> {
    let (prefix, drawn) = example.rsplit_once('_').map_or(("", example), |(prefix, drawn)| (prefix, drawn));
    let is_drawn = drawn.len() >= MIN_DRAWN
        && drawn.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && drawn.bytes().any(|byte| byte.is_ascii_digit())
        && drawn.bytes().any(|byte| byte.is_ascii_alphabetic());
    if !is_drawn {
        return None;
    }
    let letters = |upper: bool| -> Vec<char> {
        drawn.chars().filter(|sign| sign.is_ascii_alphabetic() && sign.is_ascii_uppercase() == upper).collect()
    };
    let kinds: [Vec<char>; 3] = [letters(true), letters(false), ('0'..='9').collect()];
    let mut pick = |kind: &[char]| {
        let bound = u64::try_from(kind.len()).unwrap_or(1).max(1);
        let at = usize::try_from(choices.below(bound)).unwrap_or_default();
        kind.get(at).copied().unwrap_or('0')
    };
    // The first sign often says more than the others: a version, or the most significant digit.
    let anew = drawn.chars().enumerate().map(|(index, sign)| match sign {
        _ if index == 0 => sign,
        'A'..='Z' => pick(&kinds[0]),
        'a'..='z' => pick(&kinds[1]),
        _ => pick(&kinds[2]),
    });
    let anew: String = anew.collect();
    Some(if prefix.is_empty() { anew } else { format!("{prefix}_{anew}") })
}
