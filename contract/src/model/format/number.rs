//! The formats that bound numbers.

use serde_json::Number;

use crate::model::{Exact, Whole};

/// The keyword by which normalised schemas spell the format of a number: `format` of JSON Schema speaks of texts only.
pub const NUMBER_FORMAT_KEYWORD: &str = "x-etalon-format";

/// The formats of numbers (OpenAPI Format Registry), each with its bounds.
const TABLE: [(&str, NumberFormat); 12] = [
    ("int8", NumberFormat::Integer(i8::MIN as i128, i8::MAX as i128)),
    ("int16", NumberFormat::Integer(i16::MIN as i128, i16::MAX as i128)),
    ("int32", NumberFormat::Integer(i32::MIN as i128, i32::MAX as i128)),
    ("int64", NumberFormat::Integer(i64::MIN as i128, i64::MAX as i128)),
    ("uint8", NumberFormat::Integer(0, u8::MAX as i128)),
    ("uint16", NumberFormat::Integer(0, u16::MAX as i128)),
    ("uint32", NumberFormat::Integer(0, u32::MAX as i128)),
    ("uint64", NumberFormat::Integer(0, u64::MAX as i128)),
    ("double-int", NumberFormat::Integer(-(1 << 53) + 1, (1 << 53) - 1)),
    ("float", NumberFormat::Float),
    ("double", NumberFormat::Double),
    ("decimal", NumberFormat::Unbounded),
];

/// A format that bounds numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberFormat {
    /// Integers from the first to the last, both allowed.
    Integer(i128, i128),
    /// Numbers that do not overflow IEEE 754 single precision.
    Float,
    /// Numbers that do not overflow IEEE 754 double precision.
    Double,
    /// Numbers without a bound: the format is a note for people.
    Unbounded,
}

impl NumberFormat {
    /// The format of a name; `None` where it bounds no numbers.
    pub(crate) fn find(name: &str) -> Option<Self> {
        TABLE.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// The smallest and the largest integer, both allowed, where it is a format of integers.
    pub(crate) fn integers(self) -> Option<(i128, i128)> {
        match self {
            Self::Integer(least, most) => Some((least, most)),
            Self::Float | Self::Double | Self::Unbounded => None,
        }
    }

    /// True where the format allows the number. A number with a fraction is no matter of the integer formats: `type` says
    /// whether it may have one.
    pub(crate) fn allows(self, number: &Number) -> bool {
        match self {
            Self::Integer(least, most) => match Exact::of(number).whole() {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(format: &str, number: &str) -> bool {
        let number = serde_json::from_str(number).expect("a number");
        NumberFormat::find(format).expect("it is a format of numbers").allows(&number)
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
        assert!(allows("int64", "9223372036854775807.0") && !allows("int64", "9223372036854775808.0"));
        assert!(allows("int64", "92233720368547758.07e2") && !allows("int64", "9.223372036854775808e18"));
        assert!(allows("int32", "-0") && allows("int32", "0e9999") && allows("uint64", "18446744073709551615"));
        // What has a fraction is no matter of these formats.
        assert!(allows("int32", "1e-400") && allows("int32", "99999999999.5"));
    }

    #[test]
    fn float_formats_refuse_what_overflows() {
        assert!(allows("float", "3.4e38") && !allows("float", "3.5e38"));
    }
}
