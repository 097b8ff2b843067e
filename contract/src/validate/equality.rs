//! Equality of JSON values as JSON Schema has it, at a cost that is linear in their text: numbers by what they are,
//! objects in any order. It knows nothing of schemas.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};

use serde_json::{Number, Value};

use crate::model::Exact;

/// The order of two numbers by their exact values.
pub(super) fn compare(one: &Number, two: &Number) -> Ordering {
    match (one.as_i64(), two.as_i64()) {
        (Some(one), Some(two)) => one.cmp(&two),
        (Some(_), None) | (None, Some(_)) | (None, None) => Exact::of(one).cmp(&Exact::of(two)),
    }
}

/// True where two values are equal as JSON Schema has it (core §4.2.2): numbers by what they are, objects in any order.
pub(super) fn equal(one: &Value, two: &Value) -> bool {
    match (one, two) {
        (Value::Number(one), Value::Number(two)) => one.as_str() == two.as_str() || compare(one, two).is_eq(),
        (Value::Array(one), Value::Array(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| equal(one, two))
        }
        (Value::Object(one), Value::Object(two)) => {
            one.len() == two.len()
                && one.iter().all(|(name, value)| two.get(name).is_some_and(|other| equal(value, other)))
        }
        (Value::Null | Value::Bool(_) | Value::String(_), _) => one == two,
        (Value::Number(_) | Value::Array(_) | Value::Object(_), _) => false,
    }
}

/// Values by what they are equal to: a set that no choice of numbers makes slow, since equal ones alone share a hash.
#[derive(Debug, Default)]
pub(super) struct Distinct<'v> {
    hashes: RandomState,
    known: HashMap<u64, Vec<&'v Value>>,
}

impl<'v> Distinct<'v> {
    /// Adds a value; false where one that is equal to it was there.
    pub(super) fn add(&mut self, value: &'v Value) -> bool {
        let bucket = self.known.entry(hash(&self.hashes, value)).or_default();
        let is_new = !bucket.iter().any(|known| equal(known, value));
        if is_new {
            bucket.push(value);
        }
        is_new
    }
}

/// Values of which it can be asked whether one is among them.
#[derive(Debug, Default)]
pub(super) struct Listed {
    hashes: RandomState,
    known: HashMap<u64, Vec<Value>>,
}

impl Listed {
    /// The list of these values.
    pub(super) fn of(values: &[Value]) -> Self {
        let mut listed = Self::default();
        for value in values {
            listed.known.entry(hash(&listed.hashes, value)).or_default().push(value.clone());
        }
        listed
    }

    /// True where one of them is equal to this value.
    pub(super) fn has(&self, value: &Value) -> bool {
        self.known.get(&hash(&self.hashes, value)).is_some_and(|bucket| bucket.iter().any(|known| equal(known, value)))
    }
}

/// A hash that equal values share.
fn hash(hashes: &RandomState, value: &Value) -> u64 {
    let mut state = hashes.build_hasher();
    match value {
        Value::Null => 0u8.hash(&mut state),
        Value::Bool(flag) => (1u8, flag).hash(&mut state),
        Value::Number(number) => {
            (2u8, Exact::of(number)).hash(&mut state);
        }
        Value::String(text) => (3u8, text).hash(&mut state),
        Value::Array(items) => {
            (4u8, items.len()).hash(&mut state);
            items.iter().for_each(|item| hash(hashes, item).hash(&mut state));
        }
        Value::Object(members) => {
            // The order of members says nothing.
            let sum = members.iter().fold(0u64, |sum, (name, member)| {
                sum.wrapping_add(hashes.hash_one((name.as_str(), hash(hashes, member))))
            });
            (5u8, members.len(), sum).hash(&mut state);
        }
    }
    state.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn spellings_of_a_number_are_equal_and_share_a_hash() {
        for (one, two) in [("1", "1.0"), ("1e2", "100"), ("0", "-0.0e99"), ("0.10", "1e-1"), ("12.5e1", "125")] {
            assert!(equal(&value(one), &value(two)), "{one} {two}");
            assert!(Listed::of(&[value(one)]).has(&value(two)), "{one} {two}");
        }
        assert!(equal(&json!({"a": 1, "b": [2]}), &value(r#"{"b": [2.0], "a": 1e0}"#)));
        assert!(Listed::of(&[json!({"a": 1, "b": 2})]).has(&value(r#"{"b": 2, "a": 1.0}"#)));
        for (one, two) in [("1", "\"1\""), ("1", "true"), ("0", "null"), ("[]", "{}"), ("{\"a\":1}", "{\"b\":1}")] {
            assert!(!equal(&value(one), &value(two)), "{one} {two}");
        }
    }

    #[test]
    fn a_set_finds_what_was_there_whatever_its_spelling() {
        let (one, same, other) = (value("1e-9999"), value("10e-10000"), value("1e-9998"));
        let mut set = Distinct::default();
        assert!(set.add(&one));
        assert!(!set.add(&same));
        assert!(set.add(&other));
    }
}
