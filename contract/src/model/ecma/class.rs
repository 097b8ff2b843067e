//! Classes of characters, `[…]` (ECMA-262 §22.2.1, §B.1.2). What other engines read as more than a character is escaped.

use crate::model::ecma::escape::Escaped;
use crate::model::ecma::reader::{Malformed, Mode, Reader};

const OPEN: Malformed = Malformed { why: "a class of characters is never closed" };

/// One member of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Member {
    /// A character by its code.
    One(u32),
    /// A class of characters within the class.
    Many(String),
}

impl Reader {
    /// Writes a class. The opening bracket is read.
    pub(super) fn class(&mut self) -> Result<(), Malformed> {
        let negated = self.eat('^');
        if self.eat(']') {
            self.written.push_str(if negated { "[\\s\\S]" } else { "[^\\s\\S]" });
            return Ok(());
        }
        self.written.push_str(if negated { "[^" } else { "[" });
        loop {
            if self.eat(']') {
                self.written.push(']');
                return Ok(());
            }
            let from = self.member()?;
            if !matches!(self.ahead(), ['-', next, ..] if *next != ']') {
                self.put(&from);
                continue;
            }
            self.skip(1);
            let to = self.member()?;
            self.range(&from, &to)?;
        }
    }

    fn member(&mut self) -> Result<Member, Malformed> {
        let next = self.bump().ok_or(OPEN)?;
        if next != '\\' {
            return Ok(Member::One(u32::from(next)));
        }
        Ok(match self.escaped(true)? {
            Escaped::Class(class) => Member::Many(class),
            Escaped::Code(code) => Member::One(code),
            Escaped::Literal(letter) => Member::One(u32::from(letter)),
            Escaped::Backslash => Member::One(u32::from('\\')),
        })
    }

    fn range(&mut self, from: &Member, to: &Member) -> Result<(), Malformed> {
        match (from, to) {
            (Member::One(first), Member::One(last)) if first > last => {
                Err(Malformed { why: "a range of characters ends before it begins" })
            }
            (Member::One(first), Member::One(last)) => {
                // Halves of pairs are in no text.
                let (first, last) = (in_texts(*first, 0xe000), in_texts(*last, 0xd7ff));
                if first <= last {
                    self.put(&Member::One(first));
                    self.written.push('-');
                    self.put(&Member::One(last));
                }
                Ok(())
            }
            _ if self.mode == Mode::Unicode => Err(Malformed { why: "a class of characters ends a range" }),
            // A class is no end of a range: all three stand for themselves.
            _ => {
                self.put(from);
                self.written.push_str("\\-");
                self.put(to);
                Ok(())
            }
        }
    }

    fn put(&mut self, member: &Member) {
        match member {
            Member::Many(class) => self.written.push_str(class),
            Member::One(code) => match char::from_u32(*code) {
                Some(letter) if letter.is_ascii_graphic() || *code > 0x9f => self.plain(letter),
                Some(' ') => self.written.push(' '),
                Some(_) => self.code(*code),
                None => {}
            },
        }
    }

    fn plain(&mut self, letter: char) {
        if matches!(letter, '[' | ']' | '\\' | '^' | '-' | '&' | '~') {
            self.written.push('\\');
        }
        self.written.push(letter);
    }
}

/// The code itself, or the next one in texts where it is half of a pair.
fn in_texts(code: u32, other: u32) -> u32 {
    if (0xd800..0xe000).contains(&code) { other } else { code }
}
