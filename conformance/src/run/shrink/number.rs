//! Numbers nearer to zero, exactly: a decimal is a whole number of its last digit.

use serde_json::Value;

/// A number as so many of its last digit: 1.25 is 125 with two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exact {
    count: i128,
    places: u32,
}

/// The most digits that are looked at: what has more is left as it is.
const DIGITS: usize = 36;

impl Exact {
    /// Reads a JSON number; `None` where it has an exponent or too many digits.
    #[must_use]
    pub(super) fn of(value: &Value) -> Option<Self> {
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        if text.len() > DIGITS {
            return None;
        }
        let count = format!("{whole}{fraction}").parse().ok()?;
        Some(Self { count, places: u32::try_from(fraction.len()).ok()? })
    }

    /// It as JSON.
    #[must_use]
    pub(super) fn to_json(self) -> Value {
        let text = if self.places == 0 {
            self.count.to_string()
        } else {
            let width = self.places as usize + 1;
            let digits = format!("{:0>width$}", self.count.unsigned_abs());
            let (whole, fraction) = digits.split_at(digits.len() - self.places as usize);
            format!("{}{whole}.{fraction}", if self.count < 0 { "-" } else { "" })
        };
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Without its last `places` behind the point, cut towards zero.
    #[must_use]
    pub(super) fn cut(self, places: u32) -> Self {
        let gone = self.places.saturating_sub(places);
        Self { count: self.count / 10i128.pow(gone), places: self.places - gone }
    }

    /// How many places stand behind the point.
    #[must_use]
    pub(super) fn places(self) -> u32 {
        self.places
    }

    /// Its distance from zero, in its last digit.
    #[must_use]
    pub(super) fn magnitude(self) -> u128 {
        self.count.unsigned_abs()
    }

    /// The number of this sign and place that is so far from zero.
    #[must_use]
    pub(super) fn at(self, magnitude: u128) -> Option<Self> {
        let count = i128::try_from(magnitude).ok()?;
        Some(Self { count: if self.count < 0 { -count } else { count }, places: self.places })
    }

    /// The same without its sign.
    #[must_use]
    pub(super) fn positive(self) -> Self {
        Self { count: self.count.saturating_abs(), places: self.places }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_read_and_written_exactly() {
        for text in ["0", "-7", "1.25", "-0.05", "100.10", "170141183460469231731687303715884"] {
            let value: Value = serde_json::from_str(text).expect("a number");
            assert_eq!(Exact::of(&value).expect("it is short").to_json().to_string(), text);
        }
        assert_eq!(Exact::of(&json!("7")), None);
        assert_eq!(Exact::of(&serde_json::from_str("1e400").expect("a number")), None);
    }

    #[test]
    fn cutting_goes_towards_zero() {
        let cut = |text: &str, places| {
            let value: Value = serde_json::from_str(text).expect("a number");
            Exact::of(&value).expect("it is short").cut(places).to_json().to_string()
        };
        assert_eq!([cut("19.99", 0), cut("-19.99", 1), cut("0.5", 0)], ["19", "-19.9", "0"]);
    }
}
