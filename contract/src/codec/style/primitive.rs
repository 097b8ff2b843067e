//! A primitive value <-> its text. Text is a number, boolean or null only where the schema allows that type and the
//! text is its JSON spelling; everything else is a string, and validation says whether a string may stand there.

use serde_json::{Number, Value};

use crate::codec::bounds::{MAX_EXPONENT, MAX_NUMBER_LENGTH, Unread};
use crate::codec::hints::{Hints, Listing, Types};

/// The text of a primitive value; strings stand for themselves.
///
/// # Errors
/// Why the value has no text: OpenAPI leaves `null` and nested values undefined in every style.
pub(crate) fn write(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Null => Err("no style defines a form for null".to_owned()),
        Value::Array(_) => Err("no style defines a form for an array within a value".to_owned()),
        Value::Object(_) => Err("no style defines a form for an object within a value".to_owned()),
    }
}

/// The value that a text stands for. Where a string may stand there as well, the text is a string, unless `enum` or
/// `const` list the other reading and not the string.
///
/// # Errors
/// The bound that a number is beyond, where no string may stand.
pub(crate) fn read(hints: &Hints<'_>, text: &str) -> Result<Value, Unread> {
    let string = Value::String(text.to_owned());
    let types = hints.types();
    let literal = match literal(types, text) {
        Ok(Some(literal)) => literal,
        Err(bound) if !types.has(Types::STRING) => return Err(Unread::Beyond(bound)),
        Ok(None) | Err(_) => return Ok(string),
    };
    let listed = |value: &Value| hints.lists(value) == Some(Listing::Listed);
    let is_named = listed(&literal) && !listed(&string);
    if types.has(Types::STRING) && !is_named {
        return Ok(string);
    }
    Ok(literal)
}

/// The value of a text that is no string; an error is the bound that a number is beyond.
fn literal(types: Types, text: &str) -> Result<Option<Value>, String> {
    match text {
        "true" | "false" if types.has(Types::BOOLEAN) => Ok(Some(Value::Bool(text == "true"))),
        "null" if types.has(Types::NULL) => Ok(Some(Value::Null)),
        _ if types.has(Types::NUMBER) => match spelling(text) {
            Spelling::Number { number, .. } => Ok(Some(Value::Number(number))),
            Spelling::Beyond(bound) => Err(bound),
            Spelling::Other => Ok(None),
        },
        _ => Ok(None),
    }
}

/// The reading of a text as a number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Spelling {
    /// A number, and how many digits it has with the zeros that its exponent stands for.
    Number {
        /// The number, spelt as it was.
        number: Number,
        /// The number of its digits, with the zeros that its exponent stands for.
        digits: usize,
    },
    /// A JSON number, but beyond a bound: which, in words.
    Beyond(String),
    /// The text is neither of these.
    Other,
}

/// Reads the JSON spelling of a number exactly (RFC 8259 §6).
pub(crate) fn spelling(text: &str) -> Spelling {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)));
    if !well_formed {
        return Spelling::Other;
    }
    if text.len() > MAX_NUMBER_LENGTH {
        return Spelling::Beyond(format!("a number may have {MAX_NUMBER_LENGTH} characters at most"));
    }
    let size = exponent.map_or(Ok(0), |exponent| exponent.trim_start_matches(['+', '-']).parse::<u32>());
    let Some(size) = size.ok().filter(|size| *size <= MAX_EXPONENT) else {
        return Spelling::Beyond(format!("the exponent of a number may be {MAX_EXPONENT} at most"));
    };
    let digits = mantissa.len() + usize::try_from(size).unwrap_or(usize::MAX);
    text.parse().map_or(Spelling::Other, |number| Spelling::Number { number, digits })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<Number> {
        literal(Types::NUMBER, text).ok().flatten().map(|value| value.as_number().expect("a number").clone())
    }

    #[test]
    fn only_the_json_spelling_is_a_number() {
        for text in ["0", "-0", "10", "1.5", "-1.25e+10", "1e400", "9007199254740993", "1E5"] {
            assert!(number(text).is_some(), "{text}");
        }
        for text in ["", "+1", " 1", "1 ", "0x1", "01", "1.", ".5", "1e", "1e+", "--1", "NaN", "Infinity", "1_0", "١"]
        {
            assert!(number(text).is_none(), "{text}");
        }
    }

    #[test]
    fn numbers_stay_exact() {
        for text in ["9007199254740993", "0.10", "1e+400", "123456789012345678901234567890.5"] {
            assert_eq!(number(text).expect("a number").to_string(), text);
        }
    }

    #[test]
    fn numbers_beyond_a_bound_name_it() {
        for (text, bound) in [
            ("9".repeat(MAX_NUMBER_LENGTH + 1), "a number may have 1000 characters at most"),
            ("1e1001".to_owned(), "the exponent of a number may be 1000 at most"),
            ("-1.5e-99999999999999999999".to_owned(), "the exponent of a number may be 1000 at most"),
        ] {
            assert_eq!(literal(Types::NUMBER, &text), Err(bound.to_owned()), "{text}");
            assert_eq!(literal(Types::STRING, &text), Ok(None), "{text}");
        }
    }
}
