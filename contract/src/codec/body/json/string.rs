//! Strings of JSON text: plain characters, escapes and pairs of surrogates.

use crate::codec::body::json::reading::Reader;
use crate::codec::bounds::Unread;

impl Reader<'_> {
    pub(super) fn string(&mut self) -> Result<String, Unread> {
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

    fn escape(&mut self) -> Result<char, Unread> {
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

    fn unicode_escape(&mut self) -> Result<char, Unread> {
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

    pub(super) fn unit(&self, at: usize) -> Result<u16, Unread> {
        self.text
            .as_bytes()
            .get(at..at + 6)
            .filter(|escape| escape.starts_with(b"\\u") && escape[2..].iter().all(u8::is_ascii_hexdigit))
            .and_then(|escape| std::str::from_utf8(&escape[2..]).ok())
            .and_then(|digits| u16::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.wrong("`\\u` is not followed by four hexadecimal digits"))
    }

    fn lone(&self) -> Unread {
        self.wrong("a surrogate stands alone")
    }
}
