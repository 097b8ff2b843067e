//! JSON (RFC 8259) <-> value, strictly: duplicate names, lone surrogates and what is not UTF-8 are refused, numbers stay
//! exact, depth and size are bounded.

use serde_json::{Map, Value};

use crate::codec::bounds::{MAX_DEPTH, MAX_VALUES};
use crate::codec::style::primitive;

/// Writes a value.
///
/// # Errors
/// It is nested deeper than would be read back.
pub(crate) fn write(value: &Value) -> Result<Vec<u8>, String> {
    let mut left = MAX_VALUES;
    check(value, MAX_DEPTH, &mut left)?;
    serde_json::to_vec(value).map_err(|error| error.to_string())
}

/// Writes a value with nothing but ASCII, for places that carry no more.
///
/// # Errors
/// As for [`write`].
pub(crate) fn write_ascii(value: &Value) -> Result<String, String> {
    let bytes = write(value)?;
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    let mut ascii = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() && character != '\u{7f}' {
            ascii.push(character);
        } else {
            // Outside strings, JSON text is ASCII, so this is within one.
            for unit in character.encode_utf16(&mut [0; 2]) {
                ascii.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    Ok(ascii)
}

/// Reads a document. A byte order mark before it is ignored, as RFC 8259 §8.1 lets a reader do.
///
/// # Errors
/// What is wrong, and at which byte.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, String> {
    let mut left = MAX_VALUES;
    read_within(bytes, &mut left)
}

/// Reads a document of no more than `left` values, and takes those that it holds from `left`.
///
/// # Errors
/// As for [`read`].
pub(crate) fn read_within(bytes: &[u8], left: &mut usize) -> Result<Value, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))?;
    let mut reader = Reader { text, at: 0, left: *left };
    reader.skip_space();
    let value = reader.value(MAX_DEPTH)?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.wrong("something follows the end of the document"));
    }
    *left = reader.left;
    Ok(value)
}

/// Refuses what [`read`] would refuse: depth, the number of values, the length of numbers.
///
/// # Errors
/// Which limit it is beyond.
pub(crate) fn check(value: &Value, depth: usize, left: &mut usize) -> Result<(), String> {
    *left = left.checked_sub(1).ok_or_else(|| format!("it holds more than {MAX_VALUES} values"))?;
    let too_deep = || "it is nested too deep".to_owned();
    match value {
        Value::Array(items) => {
            let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
            items.iter().try_for_each(|item| check(item, depth, left))
        }
        Value::Object(members) => {
            let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
            members.values().try_for_each(|item| check(item, depth, left))
        }
        Value::Number(number) if primitive::number(number.as_str()).is_none() => {
            Err("it holds a number beyond what is read".to_owned())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    left: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Value, String> {
        self.left = self.left.checked_sub(1).ok_or_else(|| format!("it holds more than {MAX_VALUES} values"))?;
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(_) => Err(self.wrong("a value was expected")),
            None => Err(self.wrong("the document ends where a value was expected")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, String> {
        let depth = self.enter(depth)?;
        let mut members = Map::new();
        self.skip_space();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a member name was expected"));
            }
            let start = self.at;
            let name = self.string()?;
            self.skip_space();
            if !self.take(b':') {
                return Err(self.wrong("`:` was expected"));
            }
            self.skip_space();
            let value = self.value(depth)?;
            if let Some(_before) = members.insert(name, value) {
                self.at = start;
                return Err(self.wrong("a member name is there twice"));
            }
            self.skip_space();
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return Err(self.wrong("`,` or `}` was expected"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, String> {
        let depth = self.enter(depth)?;
        let mut items = Vec::new();
        self.skip_space();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            self.skip_space();
            items.push(self.value(depth)?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Value::Array(items));
            }
            if !self.take(b',') {
                return Err(self.wrong("`,` or `]` was expected"));
            }
        }
    }

    fn enter(&mut self, depth: usize) -> Result<usize, String> {
        let deeper = depth.checked_sub(1).ok_or_else(|| self.wrong(&format!("it nests more than {MAX_DEPTH} deep")))?;
        self.at += 1;
        Ok(deeper)
    }

    fn string(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut string = String::new();
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let plain =
                rest.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20).unwrap_or(rest.len());
            string.push_str(&self.text[self.at..self.at + plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => string.push(self.escape()?),
                Some(_) => return Err(self.wrong("a control character stands in a string unescaped")),
                None => return Err(self.wrong("the document ends within a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, String> {
        let character = match self.text.as_bytes().get(self.at + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.wrong("this escape is not JSON")),
        };
        self.at += 2;
        Ok(character)
    }

    fn unicode_escape(&mut self) -> Result<char, String> {
        let first = self.unit(self.at)?;
        let units = match first {
            0xd800..=0xdbff => vec![first, self.unit(self.at + 6).map_err(|_| self.lone())?],
            _ => vec![first],
        };
        let character =
            char::decode_utf16(units.iter().copied()).next().and_then(Result::ok).ok_or_else(|| self.lone())?;
        self.at += units.len() * 6;
        Ok(character)
    }

    fn unit(&self, at: usize) -> Result<u16, String> {
        self.text
            .as_bytes()
            .get(at..at + 6)
            .filter(|escape| escape.starts_with(b"\\u") && escape[2..].iter().all(u8::is_ascii_hexdigit))
            .and_then(|escape| std::str::from_utf8(&escape[2..]).ok())
            .and_then(|digits| u16::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.wrong("`\\u` is not followed by four hexadecimal digits"))
    }

    fn lone(&self) -> String {
        self.wrong("a surrogate stands alone")
    }

    fn number(&mut self) -> Result<Value, String> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest
            .iter()
            .position(|byte| !matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
            .unwrap_or(rest.len());
        let number = primitive::number(&self.text[self.at..self.at + length])
            .ok_or_else(|| self.wrong("this is not a JSON number, or one beyond what is read"))?;
        self.at += length;
        Ok(Value::Number(number))
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, String> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.wrong("a value was expected"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn wrong(&self, what: &str) -> String {
        format!("{what}, at byte {}", self.at)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_are_read_as_serde_json_reads_them() {
        for text in [
            "null",
            " [1, 2.50, -0, 1e400]\n",
            "{\"a\":{\"b\":[]},\"c\":\"\\u00e9\\ud83d\\ude00\\n\\/\"}",
            "\"\\u0000\"",
            "[[],{}]",
        ] {
            assert_eq!(read(text.as_bytes()).expect(text), serde_json::from_str::<Value>(text).expect(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in [
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "[1 2]",
            "01",
            "+1",
            "1.",
            "tru",
            "\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\n\"",
            "1 2",
            "[1]]",
            "'a'",
            "NaN",
            "{\"a\" 1}",
            "\"\\ud800\"",
            "\"\\udc00\"",
            "\"\\ud800\\u0041\"",
            "\"\\ud800\\",
            "/**/1",
            "\u{a0}1",
            "\"\\u+123\"",
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
        assert!(read(b"\"\xff\"").is_err());
        assert!(read(b"\xff\xfe1\0").is_err());
    }

    #[test]
    fn a_member_name_may_stand_once() {
        assert_eq!(read(b"{\"a\":1,\"\\u0061\":2}"), Err("a member name is there twice, at byte 7".to_owned()));
    }

    #[test]
    fn a_byte_order_mark_is_ignored() {
        assert_eq!(read("\u{feff}{}".as_bytes()), Ok(json!({})));
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert!(read(nested(MAX_DEPTH + 1).as_bytes()).is_err());
        assert!(read("[".repeat(100_000).as_bytes()).is_err());
        assert!(read("{\"a\":".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn the_number_of_values_is_bounded() {
        let many = |count: usize| format!("[{}1]", "1,".repeat(count));
        assert!(read(many(MAX_VALUES - 2).as_bytes()).is_ok());
        assert!(read(many(MAX_VALUES - 1).as_bytes()).is_err());
        let members: String = (0..1_000_000).map(|number| format!("\"m{number}\":{number},")).collect();
        assert!(read(format!("{{{members}\"end\":0}}").as_bytes()).is_err());
    }

    #[test]
    fn ascii_text_is_read_as_the_same_value() {
        let value = json!({"é😀": "\u{7f}\0ü"});
        let text = write_ascii(&value).expect("it has a form");
        assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{text}");
        assert_eq!(read(text.as_bytes()), Ok(value));
    }
}
