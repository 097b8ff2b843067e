//! How text is escaped where a value travels: percent-encoding in paths, queries and forms, nothing in headers.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The place where a value travels, as far as escaping goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escaping {
    /// A path segment: percent-encoded (RFC 3986 §3.3).
    Path,
    /// A query or form: percent-encoded, and `+` is a space (WHATWG URL §5.1).
    Query,
    /// A header field: as it is (OpenAPI 3.0.4 and later, "Parameter Object": no percent-encoding in headers).
    Header,
    /// A cookie in style `form`: percent-encoded.
    FormCookie,
    /// A cookie in style `cookie`: as it is (OpenAPI 3.2).
    Cookie,
    /// A part of a multipart form: as it is, whatever it is (RFC 7578 §2).
    Part,
}

/// The treatment of reserved characters (RFC 3986 §2.2), as `allowReserved` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reserved {
    /// Reserved characters are percent-encoded.
    Escaped,
    /// Those that mean nothing where they stand are not.
    Kept,
}

impl Reserved {
    pub(crate) fn new(allow_reserved: bool) -> Self {
        if allow_reserved { Self::Kept } else { Self::Escaped }
    }
}

/// All but the unreserved characters (RFC 3986 §2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// With `allowReserved`: the sub-delimiters stay, but for those that a query or a style gives a meaning.
const KEPT: &AsciiSet =
    &RESERVED.remove(b':').remove(b'@').remove(b'!').remove(b'$').remove(b'\'').remove(b'(').remove(b')').remove(b'*');

/// In a query `/` and `?` may stand as well (RFC 3986 §3.4).
const KEPT_IN_QUERY: &AsciiSet = &KEPT.remove(b'/').remove(b'?');

impl Escaping {
    /// Writes a text so that it stands for itself.
    ///
    /// # Errors
    /// The character that cannot travel here.
    pub(crate) fn write(self, text: &str, reserved: Reserved) -> Result<String, String> {
        let set = match (self, reserved) {
            (Self::Path | Self::Query | Self::FormCookie, Reserved::Escaped) | (Self::FormCookie, Reserved::Kept) => {
                RESERVED
            }
            (Self::Path, Reserved::Kept) => KEPT,
            (Self::Query, Reserved::Kept) => KEPT_IN_QUERY,
            (Self::Header, _) => return plain(text, is_field_character, "a header field"),
            (Self::Part, _) => return Ok(text.to_owned()),
            (Self::Cookie, _) => return plain(text, is_cookie_character, "a cookie"),
        };
        Ok(utf8_percent_encode(text, set).to_string())
    }

    /// Reads a text back.
    ///
    /// # Errors
    /// What is wrong with its escapes.
    pub(crate) fn read(self, raw: &str) -> Result<String, String> {
        match self {
            Self::Path | Self::FormCookie => percent_decode(raw),
            Self::Query if raw.contains('+') => percent_decode(&raw.replace('+', " ")),
            Self::Query => percent_decode(raw),
            Self::Header | Self::Cookie | Self::Part => Ok(raw.to_owned()),
        }
    }

    /// True where a delimiter has to be written as an escape, because the character may not stand here.
    pub(crate) fn is_percent_encoded(self) -> bool {
        match self {
            Self::Path | Self::Query | Self::FormCookie => true,
            Self::Header | Self::Cookie | Self::Part => false,
        }
    }
}

fn plain(text: &str, allowed: fn(char) -> bool, place: &str) -> Result<String, String> {
    match text.chars().find(|&character| !allowed(character)) {
        None => Ok(text.to_owned()),
        Some(character) => Err(format!("{place} cannot carry {character:?}")),
    }
}

/// Visible characters and the space (RFC 9110 §5.5, without the obsolete text that recipients treat as opaque).
fn is_field_character(character: char) -> bool {
    matches!(character, ' '..='~')
}

/// `cookie-octet` (RFC 6265 §4.1.1).
fn is_cookie_character(character: char) -> bool {
    matches!(character, '!'..='~') && !matches!(character, '"' | ',' | ';' | '\\')
}

fn percent_decode(raw: &str) -> Result<String, String> {
    let bytes = raw.as_bytes();
    let broken = bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'%')
        .find(|(at, _)| !bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)));
    if broken.is_some() {
        return Err("a `%` is not followed by two hexadecimal digits".to_owned());
    }
    match percent_decode_str(raw).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err("the escapes are not UTF-8".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_checked() {
        for raw in ["%", "%1", "%zz", "a%2", "%é0"] {
            assert!(Escaping::Path.read(raw).is_err(), "{raw}");
        }
        assert_eq!(Escaping::Path.read("%ff"), Err("the escapes are not UTF-8".to_owned()));
        assert_eq!(Escaping::Path.read("a%20b%C3%A9").as_deref(), Ok("a bé"));
    }

    #[test]
    fn plus_is_a_space_in_queries_only() {
        assert_eq!(Escaping::Query.read("a+b%2B").as_deref(), Ok("a b+"));
        assert_eq!(Escaping::Path.read("a+b%2B").as_deref(), Ok("a+b+"));
    }

    #[test]
    fn headers_carry_visible_characters_only() {
        assert!(Escaping::Header.write("a b~", Reserved::Escaped).is_ok());
        for text in ["a\r\nb", "\0", "é", "\t", "\u{7f}"] {
            assert!(Escaping::Header.write(text, Reserved::Escaped).is_err(), "{text:?}");
        }
    }
}
