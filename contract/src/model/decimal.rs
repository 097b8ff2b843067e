//! Exact decimal numbers, as JSON writes them: bounds, multiples and shrunk numbers must not be off by a binary
//! fraction.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use crate::model::Exact;

/// An exact decimal number: `digits / 10^scale`, with at most 38 digits.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    digits: i128,
    scale: u32,
}

/// The most decimal places and the highest exponent that are computed with exactly.
const MAX_SCALE: u32 = 18;

impl Decimal {
    /// The decimal of a whole number.
    #[must_use]
    pub fn whole(value: i128) -> Self {
        Self { digits: value, scale: 0 }
    }

    /// One unit in a decimal place: `unit(2)` is 0.01.
    #[must_use]
    pub fn unit(scale: u32) -> Self {
        Self { digits: 1, scale }
    }

    /// A JSON number; `None` where it is too large to compute with, or has more than 18 decimal places.
    #[must_use]
    pub fn of(value: &Value) -> Option<Self> {
        Self::with_places(value, MAX_SCALE)
    }

    /// A JSON number of at most so many decimal places; `None` for any other value, and where it is too large to compute with.
    #[must_use]
    pub fn with_places(value: &Value, places: u32) -> Option<Self> {
        let Value::Number(number) = value else { return None };
        let exact = Exact::of(number);
        let scale = exact.places().filter(|scale| *scale <= places)?;
        Some(Self { digits: exact.units(scale)?, scale })
    }

    /// The number's distance from zero, in units of its last decimal place: 125 for -1.25.
    #[must_use]
    pub fn magnitude(self) -> u128 {
        self.digits.unsigned_abs()
    }

    /// The number of this sign and these decimal places that is so far from zero; `None` where that overflows.
    #[must_use]
    pub fn at_magnitude(self, magnitude: u128) -> Option<Self> {
        let digits = i128::try_from(magnitude).ok()?;
        Some(Self { digits: if self.digits < 0 { -digits } else { digits }, scale: self.scale })
    }

    /// The number without its sign.
    #[must_use]
    pub fn positive(self) -> Self {
        Self { digits: self.digits.saturating_abs(), scale: self.scale }
    }

    /// The number with at most so many decimal places, cut towards zero.
    #[must_use]
    pub fn cut(self, places: u32) -> Self {
        let gone = self.scale.saturating_sub(places);
        Self { digits: self.digits / 10i128.checked_pow(gone).unwrap_or(i128::MAX), scale: self.scale - gone }
    }

    /// The number of decimal places.
    #[must_use]
    pub fn scale(self) -> u32 {
        self.scale
    }

    /// The digits at a scale that is not smaller than its own.
    fn at(self, scale: u32) -> Option<i128> {
        self.digits.checked_mul(10i128.checked_pow(scale - self.scale)?)
    }

    fn with(self, other: Self, combine: impl Fn(i128, i128) -> Option<i128>) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        Some(Self { digits: combine(self.at(scale)?, other.at(scale)?)?, scale })
    }

    /// The sum; `None` where it overflows.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.with(other, i128::checked_add)
    }

    /// The difference; `None` where it overflows.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.with(other, i128::checked_sub)
    }

    /// The largest multiple of a step that is not above; `None` where the step is not positive.
    #[must_use]
    pub fn floor_to(self, step: Self) -> Option<Self> {
        self.with(step, |value, step| {
            (step > 0).then(|| value.div_euclid(step)).and_then(|times| times.checked_mul(step))
        })
    }

    /// The smallest multiple of a step that is not below.
    #[must_use]
    pub fn ceil_to(self, step: Self) -> Option<Self> {
        let floor = self.floor_to(step)?;
        if floor == self { Some(floor) } else { floor.plus(step) }
    }

    /// The number of times that a step fits; `None` where that overflows or the step is not positive.
    #[must_use]
    pub fn times(self, step: Self) -> Option<u64> {
        let scale = self.scale.max(step.scale);
        let (value, step) = (self.at(scale)?, step.at(scale)?);
        if step <= 0 || value < 0 { None } else { u64::try_from(value / step).ok() }
    }

    /// The number that many times.
    #[must_use]
    pub fn scaled(self, times: u64) -> Option<Self> {
        Some(Self { digits: self.digits.checked_mul(i128::from(times))?, scale: self.scale })
    }

    /// The smallest number that both divide; `None` where it overflows or one is not positive.
    #[must_use]
    pub fn least_common_multiple(self, other: Self) -> Option<Self> {
        self.with(other, |one, two| {
            (one > 0 && two > 0).then(|| one / greatest_common_divisor(one, two)).and_then(|part| part.checked_mul(two))
        })
    }

    /// The number as JSON, without an exponent.
    #[must_use]
    pub fn to_json(self) -> Value {
        if let (0, Ok(whole)) = (self.scale, i64::try_from(self.digits)) {
            return Value::Number(whole.into());
        }
        let text = if self.scale == 0 {
            self.digits.to_string()
        } else {
            let scale = usize::try_from(self.scale).expect("a scale is at most 38");
            let sign = if self.digits < 0 { "-" } else { "" };
            let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = scale + 1);
            let (whole, fraction) = digits.split_at(digits.len() - scale);
            let fraction = fraction.trim_end_matches('0');
            if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
        };
        Value::Number(text.parse::<Number>().expect("decimal digits are a JSON number"))
    }
}

fn greatest_common_divisor(one: i128, two: i128) -> i128 {
    if two == 0 { one } else { greatest_common_divisor(two, one % two) }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        match (self.at(scale), other.at(scale)) {
            (Some(one), Some(two)) => one.cmp(&two),
            // One of them is so large that it cannot be scaled: its sign decides.
            (None, _) => self.digits.cmp(&0),
            (_, None) => 0.cmp(&other.digits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::of(&serde_json::from_str(text).expect("a number")).expect("a decimal")
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(decimal("0.1").plus(decimal("0.2")), Some(decimal("0.3")));
        assert_eq!(decimal("1e3"), decimal("1000"));
        assert_eq!(decimal("-0.05").to_json().to_string(), "-0.05");
        assert_eq!(decimal("19.995").floor_to(decimal("0.01")), Some(decimal("19.99")));
        assert_eq!(decimal("-1.5").ceil_to(decimal("1")), Some(decimal("-1")));
        assert_eq!(decimal("0.4").least_common_multiple(decimal("0.6")), Some(decimal("1.2")));
        assert_eq!(decimal("9007199254740993").to_json().to_string(), "9007199254740993");
    }
    #[test]
    fn cutting_goes_towards_zero() {
        let cut = |text, places| decimal(text).cut(places).to_json().to_string();
        assert_eq!([cut("19.99", 0), cut("-19.99", 1), cut("0.5", 0)], ["19", "-19.9", "0"]);
    }

    #[test]
    fn numbers_are_read_and_written_exactly() {
        for text in ["0", "-7", "1.25", "-0.05", "100.1", "170141183460469231731687303715884"] {
            assert_eq!(decimal(text).to_json().to_string(), text);
        }
        assert_eq!(Decimal::of(&Value::from("7")), None);
        assert_eq!(Decimal::of(&serde_json::from_str("1e400").expect("a number")), None);
    }
}
