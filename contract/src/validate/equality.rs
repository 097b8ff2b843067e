//! Exact comparison of JSON values at a cost that is linear in their text. Numbers are compared by sign, then by the place
//! of their first digit, then by their digits: no integer is ever built of an exponent, so `1e-9999` costs what its seven
//! characters do. It knows nothing of schemas.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};

use serde_json::{Number, Value};

/// A number as its text says it: `±digits × 10^exponent`, without zeros at either end of the digits. Zero has no digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exact {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Exact {
    /// The number that a JSON number is. An exponent beyond `i64` is as large as that can be.
    pub(super) fn of(number: &Number) -> Self {
        let text = number.as_str();
        let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let written = || whole.bytes().chain(fraction.bytes());
        let mut digits: Vec<u8> = written().skip_while(|digit| *digit == b'0').collect();
        let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
        digits.truncate(digits.len() - zeros);
        if digits.is_empty() {
            return Self { negative: false, digits, exponent: 0 };
        }
        let most = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
        let exponent: i64 = exponent.trim_start_matches('+').parse().unwrap_or(most);
        let places = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let exponent = exponent.saturating_sub(places(fraction.len())).saturating_add(places(zeros));
        Self { negative, digits, exponent }
    }

    /// The place of the first digit: the larger, the further from zero.
    fn leading(&self) -> i64 {
        self.exponent.saturating_add(i64::try_from(self.digits.len()).unwrap_or(i64::MAX))
    }

    /// -1, 0 or 1.
    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    /// Whether a whole number times `step` gives this one; `None` where the step has too many digits to tell in linear time.
    pub(super) fn is_multiple_of(&self, step: &Self) -> Option<bool> {
        if self.digits.is_empty() {
            return Some(true);
        }
        let modulus = step
            .digits
            .iter()
            .try_fold(0u64, |value, digit| value.checked_mul(10)?.checked_add(u64::from(digit - b'0')))?;
        if modulus == 0 {
            return Some(false);
        }
        // Neither ends in a zero, so nothing that lies below the step's last place divides.
        let Some(shift) = self.exponent.checked_sub(step.exponent) else { return Some(false) };
        let Ok(shift) = u64::try_from(shift) else { return Some(false) };
        let modulus = u128::from(modulus);
        let rest = self.digits.iter().fold(0u128, |rest, digit| (rest * 10 + u128::from(digit - b'0')) % modulus);
        Some((rest * power_of_ten(shift, modulus)).is_multiple_of(modulus))
    }
}

/// `10^exponent mod modulus`, of a modulus below 2^64.
fn power_of_ten(mut exponent: u64, modulus: u128) -> u128 {
    let (mut result, mut base) = (1 % modulus, 10 % modulus);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % modulus;
        }
        base = base * base % modulus;
        exponent >>= 1;
    }
    result
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        let away = |one: &Self, two: &Self| one.leading().cmp(&two.leading()).then_with(|| one.digits.cmp(&two.digits));
        self.sign().cmp(&other.sign()).then_with(|| if self.negative { away(other, self) } else { away(self, other) })
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How one number compares with another.
pub(super) fn compare(one: &Number, two: &Number) -> Ordering {
    match (one.as_i64(), two.as_i64()) {
        (Some(one), Some(two)) => one.cmp(&two),
        (Some(_), None) | (None, Some(_)) | (None, None) => Exact::of(one).cmp(&Exact::of(two)),
    }
}

/// Whether two values are equal as JSON Schema has it (core §4.2.2): numbers by what they are, objects in any order.
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
    /// These values.
    pub(super) fn of(values: &[Value]) -> Self {
        let mut listed = Self::default();
        for value in values {
            listed.known.entry(hash(&listed.hashes, value)).or_default().push(value.clone());
        }
        listed
    }

    /// Whether one of them is equal to this value.
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
            let Exact { negative, digits, exponent } = Exact::of(number);
            (2u8, negative, digits, exponent).hash(&mut state);
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

    fn exact(text: &str) -> Exact {
        Exact::of(&serde_json::from_str(text).expect("a number"))
    }

    fn value(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn numbers_are_ordered_by_sign_place_and_digits() {
        let ascending = [
            "-1e9999",
            "-1e400",
            "-10.5",
            "-10.25",
            "-1",
            "-1e-9999",
            "0",
            "1e-9999",
            "1e-400",
            "0.1",
            "0.10000000000000001",
            "1",
            "9",
            "10",
            "10.25",
            "9007199254740992",
            "9007199254740993",
            "1e400",
            "1.1e400",
            "1e9999",
        ];
        for (at, one) in ascending.iter().enumerate() {
            for (other_at, two) in ascending.iter().enumerate() {
                assert_eq!(exact(one).cmp(&exact(two)), at.cmp(&other_at), "{one} and {two}");
            }
        }
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
    fn multiples_are_exact_at_any_size() {
        for (number, step, is) in [
            ("0.3", "0.1", true),
            ("19.99", "0.01", true),
            ("19.995", "0.01", false),
            ("1e9999", "3", false),
            ("3e9999", "3", true),
            ("1e-9999", "1", false),
            ("0", "7", true),
            ("-9", "3", true),
            ("1e2", "8", false),
            ("1e3", "8", true),
            ("0.5", "5", false),
            ("7e-9999", "7e-9999", true),
        ] {
            assert_eq!(exact(number).is_multiple_of(&exact(step)), Some(is), "{number} of {step}");
        }
        assert_eq!(exact("1").is_multiple_of(&exact("123456789012345678901")), None);
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
