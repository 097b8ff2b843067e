//! Escapes outside classes, and the characters that escapes stand for anywhere (ECMA-262 §22.2.1, §B.1.2).

use crate::model::ecma::reader::{ENDS, Malformed, Mode, Reader};

/// The thing that an escape stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Escaped {
    /// A character by its code.
    Code(u32),
    /// A character that stands for itself.
    Literal(char),
    /// A backslash that escapes nothing: what follows it stands for itself.
    Backslash,
    /// A class of characters: `\d`, `\p{L}`.
    Class(String),
}

impl Reader {
    /// Writes what an escape outside a class stands for; true where it can be repeated. The backslash is read.
    pub(super) fn escape(&mut self) -> Result<bool, Malformed> {
        match self.peek().ok_or(ENDS)? {
            sign @ ('b' | 'B') => {
                self.skip(1);
                self.written.extend(['\\', sign]);
                return Ok(false);
            }
            '1'..='9' => {
                if let Some(number) = self.back_reference()? {
                    self.refer(number);
                    return Ok(true);
                }
            }
            'k' if self.mode == Mode::Unicode || self.has_names() => {
                let number = self.named_reference()?;
                self.refer(number);
                return Ok(true);
            }
            _ => {}
        }
        match self.escaped(false)? {
            Escaped::Class(class) => self.written.push_str(&class),
            Escaped::Code(code) => self.code(code),
            Escaped::Literal(letter) => self.single(letter),
            Escaped::Backslash => self.written.push_str("\\\\"),
        }
        Ok(true)
    }

    /// Writes a reference to a group, in brackets: digits that follow would be read as its own.
    fn refer(&mut self, number: usize) {
        self.written.push_str(&format!("(?:\\{number})"));
    }

    /// A group by its number; `None` where the digits stand for a character. The digits are not read then.
    fn back_reference(&mut self) -> Result<Option<usize>, Malformed> {
        let digits: String = self.ahead().iter().take_while(|next| next.is_ascii_digit()).collect();
        let number = digits.parse::<usize>().unwrap_or(usize::MAX);
        if number <= self.captures {
            self.skip(digits.len());
            return Ok(Some(number));
        }
        match self.mode {
            Mode::Unicode => Err(Malformed { why: "it refers back to a group that it does not have" }),
            Mode::AnnexB => Ok(None),
        }
    }

    fn named_reference(&mut self) -> Result<usize, Malformed> {
        let unknown = Malformed { why: "it refers back to a group that it does not have" };
        let ['k', '<', rest @ ..] = self.ahead() else { return Err(unknown) };
        let name: String = rest.iter().take_while(|next| **next != '>').collect();
        let number = self.number_of(&name).ok_or(unknown)?;
        self.skip(name.chars().count() + 3);
        Ok(number)
    }

    /// The thing that an escape stands for, within a class or not. The backslash is read.
    pub(super) fn escaped(&mut self, in_class: bool) -> Result<Escaped, Malformed> {
        let unicode = self.mode == Mode::Unicode;
        let next = self.bump().ok_or(ENDS)?;
        Ok(match next {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => Escaped::Class(format!("\\{next}")),
            'f' => Escaped::Code(0x0c),
            'n' => Escaped::Code(0x0a),
            'r' => Escaped::Code(0x0d),
            't' => Escaped::Code(0x09),
            'v' => Escaped::Code(0x0b),
            'b' if in_class => Escaped::Code(0x08),
            'c' => return self.control(in_class),
            'p' | 'P' if unicode => Escaped::Class(format!("\\{next}{}", self.property()?)),
            'x' => self.hexadecimal(2).map_or_else(|| self.itself('x'), |code| Ok(Escaped::Code(code)))?,
            'u' => self.code_point().map_or_else(|| self.itself('u'), |code| Ok(Escaped::Code(code)))?,
            '0' if !self.peek().is_some_and(|next| next.is_ascii_digit()) => Escaped::Code(0),
            '0'..='7' if !unicode => Escaped::Code(self.octal(next)),
            _ if next.is_alphanumeric() => self.itself(next)?,
            _ => Escaped::Literal(next),
        })
    }

    /// A letter or digit whose escape means nothing.
    fn itself(&self, letter: char) -> Result<Escaped, Malformed> {
        match self.mode {
            Mode::Unicode => Err(Malformed { why: "a letter is escaped that means nothing so" }),
            Mode::AnnexB => Ok(Escaped::Literal(letter)),
        }
    }

    fn control(&mut self, in_class: bool) -> Result<Escaped, Malformed> {
        let is_taken = |next: char| {
            next.is_ascii_alphabetic()
                || (in_class && self.mode == Mode::AnnexB && (next.is_ascii_digit() || next == '_'))
        };
        match self.peek().filter(|next| is_taken(*next)) {
            Some(letter) => {
                self.skip(1);
                Ok(Escaped::Code(u32::from(letter) % 32))
            }
            None if self.mode == Mode::Unicode => Err(Malformed { why: "`\\c` names no control character" }),
            None => {
                // The `c` is read again, as itself.
                self.unread();
                Ok(Escaped::Backslash)
            }
        }
    }

    /// The rest of a property: `{Name}` or `{Name=Value}`.
    fn property(&mut self) -> Result<String, Malformed> {
        let end = self.ahead().iter().position(|next| *next == '}').ok_or(ENDS)?;
        let name: String = self.ahead()[..=end].iter().collect();
        let is_word = |next: char| next.is_ascii_alphanumeric() || matches!(next, '_' | '=');
        if !name.starts_with('{') || name.len() < 3 || !name[1..end].chars().all(is_word) {
            return Err(Malformed { why: "`\\p` names no property of characters" });
        }
        self.skip(end + 1);
        Ok(name)
    }

    /// So many hexadecimal digits; nothing is read where there are fewer.
    fn hexadecimal(&mut self, count: usize) -> Option<u32> {
        let digits = self.ahead().get(..count)?;
        let code = digits.iter().try_fold(0, |code, digit| Some(code * 16 + digit.to_digit(16)?))?;
        self.skip(count);
        Some(code)
    }

    /// The code after `\u`: four digits, a pair of them that is one character, or with the `u` flag any number within braces.
    fn code_point(&mut self) -> Option<u32> {
        if self.mode == Mode::Unicode && self.peek() == Some('{') {
            let end = self.ahead().iter().position(|next| *next == '}')?;
            let digits: String = self.ahead()[1..end].iter().collect();
            let code = u32::from_str_radix(digits.trim_start_matches('0'), 16).ok();
            let code =
                code.or_else(|| (!digits.is_empty() && digits.bytes().all(|digit| digit == b'0')).then_some(0))?;
            self.skip(end + 1);
            return (code <= 0x10_ffff).then_some(code);
        }
        let lead = self.hexadecimal(4)?;
        if (0xd800..0xdc00).contains(&lead)
            && let ['\\', 'u', digits @ ..] = self.ahead()
        {
            let trail = digits.get(..4)?.iter().try_fold(0, |code, digit| Some(code * 16 + digit.to_digit(16)?));
            if let Some(trail) = trail.filter(|trail| (0xdc00..0xe000).contains(trail)) {
                self.skip(6);
                return Some(0x1_0000 + ((lead - 0xd800) << 10) + (trail - 0xdc00));
            }
        }
        Some(lead)
    }

    /// Up to three octal digits, the first of which is read (§B.1.2, `LegacyOctalEscapeSequence`).
    fn octal(&mut self, first: char) -> u32 {
        let mut code = first.to_digit(8).unwrap_or(0);
        let more = if first <= '3' { 2 } else { 1 };
        for _ in 0..more {
            let Some(digit) = self.peek().and_then(|next| next.to_digit(8)) else { break };
            code = code * 8 + digit;
            self.skip(1);
        }
        code
    }

    /// Writes a character by its code; half of a pair is in no text, so it never matches.
    pub(super) fn code(&mut self, code: u32) {
        match char::from_u32(code) {
            Some(_) => self.written.push_str(&format!("\\u{{{code:x}}}")),
            None => self.written.push_str("[^\\s\\S]"),
        }
    }

    /// Writes a character that stands for itself.
    pub(super) fn single(&mut self, letter: char) {
        if letter.is_ascii_punctuation() && letter != '<' && letter != '>' && letter != '_' {
            self.written.push('\\');
        }
        self.written.push(letter);
    }
}
