//! The formats of the OpenAPI format registry that JSON Schema does not know: those of numbers, and `byte`.

use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::{Number, Value};

/// The keyword by which normalised schemas spell the format of a number.
pub(crate) const NUMBER_FORMAT: &str = "x-etalon-format";

/// Teaches the validator these formats.
pub(crate) fn register<'i, R>(options: ValidationOptions<'i, R>) -> ValidationOptions<'i, R> {
    options.with_format("byte", is_base64).with_format("base64url", is_base64url).with_keyword(
        NUMBER_FORMAT,
        |_, value, _| {
            let format = NumberFormat::parse(value.as_str().unwrap_or(""));
            Ok(Box::new(Range { format }))
        },
    )
}

/// RFC 4648 §4, padding required as in RFC 2045.
fn is_base64(text: &str) -> bool {
    data_encoding::BASE64.decode(text.as_bytes()).is_ok()
}

/// RFC 4648 §5, with or without padding.
fn is_base64url(text: &str) -> bool {
    data_encoding::BASE64URL_NOPAD.decode(text.trim_end_matches('=').as_bytes()).is_ok()
}

/// A format that bounds numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberFormat {
    /// Integers from the first to the last, both allowed.
    Integer(i128, i128),
    /// Numbers that do not overflow IEEE 754 single precision.
    Float,
    /// Numbers that do not overflow IEEE 754 double precision.
    Double,
    /// No bound that we know.
    Unbounded,
}

impl NumberFormat {
    /// The bounds of a format's name (OpenAPI format registry).
    pub(crate) fn parse(name: &str) -> Self {
        match name {
            "int8" => Self::Integer(i8::MIN.into(), i8::MAX.into()),
            "int16" => Self::Integer(i16::MIN.into(), i16::MAX.into()),
            "int32" => Self::Integer(i32::MIN.into(), i32::MAX.into()),
            "int64" => Self::Integer(i64::MIN.into(), i64::MAX.into()),
            "uint8" => Self::Integer(0, u8::MAX.into()),
            "uint16" => Self::Integer(0, u16::MAX.into()),
            "uint32" => Self::Integer(0, u32::MAX.into()),
            "uint64" => Self::Integer(0, u64::MAX.into()),
            "double-int" => Self::Integer(-(1 << 53) + 1, (1 << 53) - 1),
            "float" => Self::Float,
            "double" => Self::Double,
            _ => Self::Unbounded,
        }
    }

    /// True where the format allows the number. A number with a fraction is no matter of the integer formats: `type` says
    /// whether it may have one.
    pub(crate) fn allows(self, number: &Number) -> bool {
        match self {
            Self::Integer(least, most) => match whole(number) {
                Whole::Is(value) => (least..=most).contains(&value),
                Whole::TooLarge => false,
                Whole::Fraction => true,
            },
            Self::Float => number.as_f64().is_none_or(|value| value.abs() <= f64::from(f32::MAX)),
            Self::Double => number.as_f64().is_none_or(f64::is_finite),
            Self::Unbounded => true,
        }
    }
}

/// The smallest and the largest integer of a format, where it is one of integers.
pub(crate) fn integer_range(format: &str) -> Option<(i128, i128)> {
    match NumberFormat::parse(format) {
        NumberFormat::Integer(least, most) => Some((least, most)),
        NumberFormat::Float | NumberFormat::Double | NumberFormat::Unbounded => None,
    }
}

enum Whole {
    Is(i128),
    TooLarge,
    Fraction,
}

fn whole(number: &Number) -> Whole {
    if let Some(value) = number.as_i128() {
        return Whole::Is(value);
    }
    let Some(value) = number.as_f64() else { return Whole::TooLarge };
    if value.fract() != 0.0 {
        return Whole::Fraction;
    }
    // Beyond 2^64 every format above refuses; below, the double is the exact value or close enough to its bound.
    if value.abs() > 2f64.powi(100) {
        return Whole::TooLarge;
    }
    format!("{value:.0}").parse().map_or(Whole::TooLarge, Whole::Is)
}

struct Range {
    format: NumberFormat,
}

impl Range {
    fn allows(&self, instance: &Value) -> bool {
        match instance {
            Value::Number(number) => self.format.allows(number),
            _ => true,
        }
    }
}

impl<'i> Keyword<'i> for Range {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.allows(instance) { Ok(()) } else { Err(ValidationError::custom("out of the format's range")) }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        self.allows(instance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(format: &str, number: &str) -> bool {
        NumberFormat::parse(format).allows(&serde_json::from_str(number).expect("a number"))
    }

    #[test]
    fn integer_formats_end_exactly_at_their_bounds() {
        assert!(allows("int32", "2147483647"));
        assert!(!allows("int32", "2147483648"));
        assert!(allows("int64", "-9223372036854775808"));
        assert!(!allows("int64", "9223372036854775808"));
        assert!(!allows("int64", "1e400"));
        assert!(allows("int32", "1e3"));
        assert!(allows("uint8", "255") && !allows("uint8", "-1"));
    }

    #[test]
    fn float_formats_refuse_what_overflows() {
        assert!(allows("float", "3.4e38") && !allows("float", "3.5e38"));
    }
}
