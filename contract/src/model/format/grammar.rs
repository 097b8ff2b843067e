//! The checks of the formats that JSON Schema does not know: encoded bytes, HTTP fields, local times. And of one that
//! it does, with a bound on what judging it may cost.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};

/// The longest text that is judged as a regular expression, in bytes: the names of its groups are compared with one
/// another, so that judging a megabyte of them takes hours. Nobody writes one of 16 KiB.
const MAX_REGEX: usize = 16 * 1024;

/// ECMA-262 §22.2.1, read with the `u` flag (JSON Schema Validation §7.3.8). A text beyond the bound is not judged.
pub(super) fn is_regex(text: &str) -> bool {
    text.len() > MAX_REGEX || jsonschema_regex::is_valid_ecma_regex(text)
}

/// RFC 9110 §5.6.7, the preferred form: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(super) fn is_http_date(text: &str) -> bool {
    text.len() == 29
        && text.ends_with(" GMT")
        && text.as_bytes()[4] == b' '
        && jiff::fmt::rfc2822::parse(&text.replace("GMT", "+0000")).is_ok()
}

/// RFC 9651 §3.3.4: a token of a structured field.
pub(super) fn is_field_token(text: &str) -> bool {
    let begins = text.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '*');
    begins && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte))
}

/// RFC 9651 §3.3.3: a string of a structured field, with its quotation marks.
pub(super) fn is_field_string(text: &str) -> bool {
    let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let Some(inner) = inner.filter(|inner| inner.bytes().all(|byte| (0x20..0x7f).contains(&byte))) else {
        return false;
    };
    let mut signs = inner.chars();
    while let Some(sign) = signs.next() {
        let is_sound = match sign {
            '"' => false,
            '\\' => matches!(signs.next(), Some('"' | '\\')),
            _ => true,
        };
        if !is_sound {
            return false;
        }
    }
    true
}

/// RFC 9651 §3.3.5: bytes of a structured field, with their colons.
pub(super) fn is_field_bytes(text: &str) -> bool {
    text.strip_prefix(':').and_then(|rest| rest.strip_suffix(':')).is_some_and(is_base64)
}

/// RFC 3339 §5.6 `partial-time`: a time without an offset.
pub(super) fn is_local_time(text: &str) -> bool {
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
pub(super) fn is_local_date_time(text: &str) -> bool {
    text.split_once(['T', 't', ' ']).is_some_and(|(date, time)| {
        date.len() == 10 && date.parse::<jiff::civil::Date>().is_ok() && is_local_time(time)
    })
}

/// RFC 4648 §4, padding required as in RFC 2045. Bits of the last character that stand for nothing may be set: decoders may
/// refuse that (§3.5), but need not.
pub(super) fn is_base64(text: &str) -> bool {
    static LENIENT: LazyLock<Encoding> = LazyLock::new(|| lenient(data_encoding::BASE64.specification()));
    LENIENT.decode(text.as_bytes()).is_ok()
}

/// RFC 4648 §5, with or without padding.
pub(super) fn is_base64url(text: &str) -> bool {
    static LENIENT: LazyLock<Encoding> = LazyLock::new(|| lenient(data_encoding::BASE64URL_NOPAD.specification()));
    LENIENT.decode(text.trim_end_matches('=').as_bytes()).is_ok()
}

fn lenient(mut specification: Specification) -> Encoding {
    specification.check_trailing_bits = false;
    specification.encoding().expect("it differs from a known one in strictness alone")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regular_expression_of_megabytes_is_not_judged() {
        let names = (0..400_000).map(|name| format!("(?<a{name}>)")).collect::<String>();
        assert!(is_regex(&names) && is_regex("(".repeat(MAX_REGEX + 1).as_str()));
        assert!(is_regex("a+(?<year>[0-9]{4})") && !is_regex("(") && !is_regex(&"(".repeat(MAX_REGEX)));
    }
}
