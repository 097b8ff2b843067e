//! Numbers as JSON writes them, exact at a cost that is linear in their text: the one reader of their digits. Numbers
//! are compared by sign, then by the place of their first digit, then by their digits: no integer is ever built of an
//! exponent, so `1e-9999` costs what its seven characters do. [`Decimal`](crate::model::Decimal) computes with those
//! that are small enough.

use std::cmp::Ordering;

use serde_json::Number;

/// A number as its text says it: `±digits × 10^exponent`, without zeros at either end of the digits. Zero has no digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Exact {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

/// A number as an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whole {
    /// The number is this integer.
    Is(i128),
    /// The number is an integer that exceeds 128 bits.
    TooLarge,
    /// The number has a fraction.
    Fraction,
}

impl Exact {
    /// The number that a JSON number is. An exponent beyond `i64` is as large as that can be.
    pub(crate) fn of(number: &Number) -> Self {
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

    /// The integer that this is, if it is one.
    pub(crate) fn whole(&self) -> Whole {
        if self.exponent < 0 {
            return Whole::Fraction;
        }
        self.units(0).map_or(Whole::TooLarge, Whole::Is)
    }

    /// The number in units of a decimal place, 125 for 1.25 and `scale` 2; `None` where it has more places or exceeds 128 bits.
    pub(crate) fn units(&self, scale: u32) -> Option<i128> {
        let zeros = u32::try_from(self.exponent.checked_add(i64::from(scale))?).ok()?;
        let digits = self.digits.iter().try_fold(0i128, |value, digit| {
            let digit = i128::from(digit - b'0');
            value.checked_mul(10)?.checked_add(if self.negative { -digit } else { digit })
        })?;
        if digits == 0 { Some(0) } else { digits.checked_mul(10i128.checked_pow(zeros)?) }
    }

    /// The number of decimal places; `None` where there are more than `u32` counts.
    pub(crate) fn places(&self) -> Option<u32> {
        u32::try_from(self.exponent.saturating_neg().max(0)).ok()
    }

    /// Tells whether a whole number times `step` gives this one; `None` where the step has too many digits to tell in
    /// linear time.
    pub(crate) fn is_multiple_of(&self, step: &Self) -> Option<bool> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::of(&serde_json::from_str(text).expect("a number"))
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
    fn whole_numbers_are_told_from_fractions_at_any_size() {
        for (number, whole) in [
            ("-120", Whole::Is(-120)),
            ("1.20e2", Whole::Is(120)),
            ("-0e9999", Whole::Is(0)),
            ("1e400", Whole::TooLarge),
            ("0.5", Whole::Fraction),
            ("1e-99999999999999999999", Whole::Fraction),
        ] {
            assert_eq!(exact(number).whole(), whole, "{number}");
        }
    }
}
