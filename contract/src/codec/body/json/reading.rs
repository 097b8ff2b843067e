//! JSON text -> value, strictly: duplicate names, lone surrogates and what is not UTF-8 are refused, numbers stay
//! exact.

use serde_json::{Map, Value};

use crate::codec::body::json::bound::too_many;
use crate::codec::bounds::{DIGITS_OF_A_VALUE, MAX_DEPTH, MAX_VALUES, Unread};
use crate::codec::style::primitive::{self, Spelling};

/// Reads a document. A byte order mark before it is ignored, as RFC 8259 §8.1 lets a reader do.
///
/// # Errors
/// What is wrong, and at which byte.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, Unread> {
    let mut left = MAX_VALUES;
    read_within(bytes, &mut left)
}

/// Reads a document of no more than `left` values, and takes those that it holds from `left`.
///
/// # Errors
/// As for [`read`].
pub(crate) fn read_within(bytes: &[u8], left: &mut usize) -> Result<Value, Unread> {
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

pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) left: usize,
}

impl Reader<'_> {
    pub(super) fn value(&mut self, depth: usize) -> Result<Value, Unread> {
        self.charge(1)?;
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

    fn object(&mut self, depth: usize) -> Result<Value, Unread> {
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

    fn array(&mut self, depth: usize) -> Result<Value, Unread> {
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

    fn enter(&mut self, depth: usize) -> Result<usize, Unread> {
        let deeper =
            depth.checked_sub(1).ok_or_else(|| self.beyond(&format!("it nests more than {MAX_DEPTH} deep")))?;
        self.at += 1;
        Ok(deeper)
    }

    pub(super) fn number(&mut self) -> Result<Value, Unread> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest
            .iter()
            .position(|byte| !matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
            .unwrap_or(rest.len());
        let text = &self.text[self.at..self.at + length];
        let number = match primitive::spelling(text) {
            Spelling::Other => return Err(self.wrong("this is not a JSON number")),
            Spelling::Beyond(bound) => return Err(self.beyond(&bound)),
            Spelling::Number { number, digits } => {
                self.charge((digits / DIGITS_OF_A_VALUE).pow(2))?;
                number
            }
        };
        self.at += length;
        Ok(Value::Number(number))
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Unread> {
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

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    /// Takes values from those that are left.
    fn charge(&mut self, values: usize) -> Result<(), Unread> {
        self.left = self.left.checked_sub(values).ok_or_else(|| Unread::Beyond(too_many()))?;
        Ok(())
    }

    pub(super) fn wrong(&self, what: &str) -> Unread {
        Unread::Malformed(format!("{what}, at byte {}", self.at))
    }

    fn beyond(&self, bound: &str) -> Unread {
        Unread::Beyond(format!("{bound}, at byte {}", self.at))
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
        assert_eq!(
            read(b"{\"a\":1,\"\\u0061\":2}"),
            Err(Unread::Malformed("a member name is there twice, at byte 7".to_owned()))
        );
    }

    #[test]
    fn a_byte_order_mark_is_ignored() {
        assert_eq!(read("\u{feff}{}".as_bytes()), Ok(json!({})));
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert!(matches!(read(nested(MAX_DEPTH + 1).as_bytes()), Err(Unread::Beyond(_))));
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
    fn numbers_cost_by_their_digits_and_a_bound_is_named() {
        let numbers = |text: &str, count: usize| format!("[{}1]", format!("{text},").repeat(count));
        assert!(read(numbers("1e-999", 100).as_bytes()).is_ok());
        assert!(read(numbers("1e-30", 100_000).as_bytes()).is_ok());
        let Err(Unread::Beyond(bound)) = read(numbers("1e-999", 1_000).as_bytes()) else { panic!("it is too much") };
        assert!(bound.contains("200000 values"), "{bound}");
        let Err(Unread::Beyond(bound)) = read(b"[1e-9999]") else { panic!("it is beyond") };
        assert_eq!(bound, "the exponent of a number may be 1000 at most, at byte 1");
        let Err(Unread::Beyond(bound)) = read("9".repeat(1_001).as_bytes()) else { panic!("it is beyond") };
        assert_eq!(bound, "a number may have 1000 characters at most, at byte 0");
        assert!(matches!(read(b"[1e-]"), Err(Unread::Malformed(_))));
    }
}
