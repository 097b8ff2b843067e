//! The formats of the OpenAPI format registry that JSON Schema does not know: those of numbers, of encoded bytes, of HTTP
//! fields and of local times.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::{Number, Value};

use crate::model::MediaType;

/// The keyword by which normalised schemas spell the format of a number.
pub(crate) const NUMBER_FORMAT: &str = "x-etalon-format";

/// Teaches the validator these formats.
pub(crate) fn register<'i, R>(options: ValidationOptions<'i, R>) -> ValidationOptions<'i, R> {
    options
        .with_format("byte", is_base64)
        .with_format("base64url", is_base64url)
        .with_format("char", |text: &str| text.chars().take(2).count() == 1)
        .with_format("http-date", is_http_date)
        .with_format("date-time-local", is_local_date_time)
        .with_format("time-local", is_local_time)
        .with_format("media-range", |text: &str| MediaType::parse(text).is_some())
        .with_keyword(NUMBER_FORMAT, |_, value, _| {
            let format = NumberFormat::parse(value.as_str().unwrap_or(""));
            Ok(Box::new(Range { format }))
        })
}

/// RFC 9110 §5.6.7, the preferred form: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn is_http_date(text: &str) -> bool {
    text.len() == 29
        && text.ends_with(" GMT")
        && text.as_bytes()[4] == b' '
        && jiff::fmt::rfc2822::parse(&text.replace("GMT", "+0000")).is_ok()
}

/// RFC 3339 §5.6 `partial-time`: a time without an offset.
fn is_local_time(text: &str) -> bool {
    let digits = text.as_bytes();
    let shaped = digits.len() >= 8
        && digits.iter().enumerate().all(|(at, byte)| match at {
            2 | 5 => *byte == b':',
            8 => *byte == b'.' && digits.len() > 9,
            _ => byte.is_ascii_digit(),
        });
    let number = |at: usize| u32::from(digits[at] - b'0') * 10 + u32::from(digits[at + 1] - b'0');
    shaped && number(0) < 24 && number(3) < 60 && number(6) <= 60
}

/// RFC 3339 §5.6 `full-date "T" partial-time`: a date and time without an offset.
fn is_local_date_time(text: &str) -> bool {
    text.split_once(['T', 't', ' ']).is_some_and(|(date, time)| {
        date.len() == 10 && date.parse::<jiff::civil::Date>().is_ok() && is_local_time(time)
    })
}

/// RFC 4648 §4, padding required as in RFC 2045. Bits of the last character that stand for nothing may be set: decoders may
/// refuse that (§3.5), but need not.
fn is_base64(text: &str) -> bool {
    static LENIENT: LazyLock<Encoding> = LazyLock::new(|| lenient(data_encoding::BASE64.specification()));
    LENIENT.decode(text.as_bytes()).is_ok()
}

/// RFC 4648 §5, with or without padding.
fn is_base64url(text: &str) -> bool {
    static LENIENT: LazyLock<Encoding> = LazyLock::new(|| lenient(data_encoding::BASE64URL_NOPAD.specification()));
    LENIENT.decode(text.trim_end_matches('=').as_bytes()).is_ok()
}

fn lenient(mut specification: Specification) -> Encoding {
    specification.check_trailing_bits = false;
    specification.encoding().expect("it differs from a known one in strictness alone")
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

/// The exact value, read from the number's own digits: a double would move the largest integers.
fn whole(number: &Number) -> Whole {
    let text = number.to_string();
    let (sign, unsigned) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (units, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{units}{fraction}");
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Whole::Is(0);
    }
    let Ok(exponent) = exponent.parse::<i64>() else {
        return if exponent.starts_with('-') { Whole::Fraction } else { Whole::TooLarge };
    };
    // How many zeros follow the significant digits, or how many of those stand behind the point.
    let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    let zeros = exponent.saturating_sub(length(fraction)).saturating_add(length(digits) - length(significant));
    if zeros < 0 {
        return Whole::Fraction;
    }
    // No format above has more digits than 2^64.
    if zeros.saturating_add(length(significant)) > 30 {
        return Whole::TooLarge;
    }
    let zeros = usize::try_from(zeros).expect("it is from 0 to 30");
    format!("{significant}{}", "0".repeat(zeros)).parse().map_or(Whole::TooLarge, |value: i128| Whole::Is(sign * value))
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

    #[test]
    fn the_formats_of_the_registry_take_what_their_standards_take() {
        let cases: [(&str, &[&str], &[&str]); 7] = [
            ("byte", &["", "YQ==", "YWI=", "abcd123="], &["YQ", "Y===", "a b="]),
            ("base64url", &["YQ", "_-8", "YQ=="], &["+/8=", "a b"]),
            ("char", &["a", "é", "😀"], &["", "ab"]),
            (
                "http-date",
                &["Sun, 06 Nov 1994 08:49:37 GMT"],
                &["1994-11-06", "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 99 Nov 1994 08:49:37 GMT"],
            ),
            (
                "date-time-local",
                &["2024-02-29T10:00:00", "2024-02-29T10:00:00.5"],
                &["2023-02-29T10:00:00", "2024-02-29T10:00:00Z", "2024-02-29"],
            ),
            ("time-local", &["10:00:00", "23:59:60", "10:00:00.123"], &["24:00:00", "10:00", "10:00:00Z", "10:00:00."]),
            ("media-range", &["text/*", "a/b;q=1"], &["text", "a/b/c"]),
        ];
        for (format, good, bad) in cases {
            let judge = crate::validate::format_judge(&serde_json::json!({"format": format}));
            for text in good {
                assert!(judge.is_valid(&serde_json::json!(text)), "{format} {text}");
            }
            for text in bad {
                assert!(!judge.is_valid(&serde_json::json!(text)), "{format} {text}");
            }
            assert!(judge.is_valid(&serde_json::json!(1)));
        }
    }
}
