//! One expression from its start to its end: alternatives, groups, assertions, quantifiers (ECMA-262 §22.2.1).

/// The reading of what two grammars read differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// With the `u` flag (§22.2.1, `[UnicodeMode]`).
    Unicode,
    /// Without flags, as the web has it (§B.1.2).
    AnnexB,
}

/// The place where a text stops being an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// The reason, a fragment of a sentence.
    pub(crate) why: &'static str,
}

/// The thing before the cursor, which decides whether a quantifier may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Previous {
    /// Nothing that can be repeated: the start, an assertion, a quantifier.
    Nothing,
    /// Something that can be repeated.
    Atom,
    /// A look ahead, by its start in what was written: it can be repeated without the `u` flag.
    LookAhead(usize),
}

/// A group that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    /// One that can be repeated.
    Atom,
    /// A look ahead, by its start in what was written.
    LookAhead(usize),
    /// A look behind the place.
    LookBehind,
}

/// The reader of an expression, which writes it anew on its way.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) mode: Mode,
    pub(super) written: String,
    rest: Vec<char>,
    at: usize,
    previous: Previous,
    open: Vec<Group>,
    /// The names of groups with their numbers, from 1.
    names: Vec<(String, usize)>,
    /// The number of groups that capture, in the whole expression.
    pub(super) captures: usize,
}

pub(super) const ENDS: Malformed = Malformed { why: "it ends in the middle" };

impl Reader {
    pub(super) fn new(pattern: &str, mode: Mode) -> Self {
        let rest: Vec<char> = pattern.chars().collect();
        let (captures, names) = groups(&rest);
        let written = String::with_capacity(pattern.len() + 8);
        Self { mode, written, rest, at: 0, previous: Previous::Nothing, open: Vec::new(), names, captures }
    }

    /// Reads all of it.
    pub(super) fn read(mut self) -> Result<String, Malformed> {
        while let Some(next) = self.bump() {
            match next {
                '|' => self.write('|', Previous::Nothing),
                '^' | '$' => self.write(next, Previous::Nothing),
                '(' => self.open_group()?,
                ')' => self.close_group()?,
                '*' | '+' | '?' => self.quantify(&next.to_string())?,
                '{' => self.brace()?,
                '}' | ']' if self.mode == Mode::Unicode => {
                    return Err(Malformed { why: "a bracket closes nothing" });
                }
                '}' | ']' => self.literal(next),
                '[' => {
                    self.class()?;
                    self.previous = Previous::Atom;
                }
                '\\' => {
                    let repeats = self.escape()?;
                    self.previous = if repeats { Previous::Atom } else { Previous::Nothing };
                }
                _ => self.write(next, Previous::Atom),
            }
        }
        if self.open.is_empty() { Ok(self.written) } else { Err(Malformed { why: "a group is never closed" }) }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    pub(super) fn ahead(&self) -> &[char] {
        &self.rest[self.at..]
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    /// Goes back by one character.
    pub(super) fn unread(&mut self) {
        self.at -= 1;
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.at += count;
    }

    pub(super) fn eat(&mut self, expected: char) -> bool {
        let is_it = self.peek() == Some(expected);
        self.at += usize::from(is_it);
        is_it
    }

    /// The number of the group of a name.
    pub(super) fn number_of(&self, name: &str) -> Option<usize> {
        self.names.iter().find(|(known, _)| known == name).map(|(_, number)| *number)
    }

    pub(super) fn has_names(&self) -> bool {
        !self.names.is_empty()
    }

    fn write(&mut self, next: char, previous: Previous) {
        self.written.push(next);
        self.previous = previous;
    }

    /// A character that stands for itself, though it may be a sign elsewhere.
    fn literal(&mut self, next: char) {
        self.written.push('\\');
        self.write(next, Previous::Atom);
    }

    fn open_group(&mut self) -> Result<(), Malformed> {
        let start = self.written.len();
        let (length, sign, group) = match self.ahead() {
            ['?', ':', ..] => (2, "(?:".to_owned(), Group::Atom),
            ['?', '=', ..] => (2, "(?=".to_owned(), Group::LookAhead(start)),
            ['?', '!', ..] => (2, "(?!".to_owned(), Group::LookAhead(start)),
            ['?', '<', '=', ..] => (3, "(?<=".to_owned(), Group::LookBehind),
            ['?', '<', '!', ..] => (3, "(?<!".to_owned(), Group::LookBehind),
            ['?', '<', rest @ ..] => {
                let length = rest.iter().position(|next| *next == '>').ok_or(ENDS)?;
                if !is_name(&rest[..length]) {
                    return Err(Malformed { why: "a group has a name that is none" });
                }
                (length + 3, "(".to_owned(), Group::Atom)
            }
            ['?', rest @ ..] => {
                let unknown = Malformed { why: "`(?` is followed by what ECMA-262 does not know" };
                let length = modifiers(rest).ok_or(unknown)?;
                (length + 1, format!("(?{}", rest[..length].iter().collect::<String>()), Group::Atom)
            }
            _ => (0, "(".to_owned(), Group::Atom),
        };
        self.written.push_str(&sign);
        self.skip(length);
        self.open.push(group);
        self.previous = Previous::Nothing;
        Ok(())
    }

    fn close_group(&mut self) -> Result<(), Malformed> {
        let previous = match self.open.pop() {
            None => return Err(Malformed { why: "a bracket closes nothing" }),
            Some(Group::Atom) => Previous::Atom,
            Some(Group::LookAhead(start)) => Previous::LookAhead(start),
            Some(Group::LookBehind) => Previous::Nothing,
        };
        self.write(')', previous);
        Ok(())
    }

    fn brace(&mut self) -> Result<(), Malformed> {
        match quantifier(self.ahead()) {
            Some((length, least, most)) => {
                if most.as_deref().is_some_and(|most| is_more(&least, most)) {
                    return Err(Malformed { why: "a repetition ends before it begins" });
                }
                let text: String = self.ahead()[..length].iter().collect();
                self.skip(length);
                self.quantify(&format!("{{{text}"))
            }
            None if self.mode == Mode::Unicode => Err(Malformed { why: "`{` begins no repetition" }),
            None => {
                self.literal('{');
                Ok(())
            }
        }
    }

    fn quantify(&mut self, sign: &str) -> Result<(), Malformed> {
        let lazy = self.eat('?');
        match self.previous {
            Previous::Atom => {
                self.written.push_str(sign);
                self.written.push_str(if lazy { "?" } else { "" });
            }
            Previous::LookAhead(start) if self.mode == Mode::AnnexB => self.repeat_look(start, sign),
            Previous::LookAhead(_) | Previous::Nothing => {
                return Err(Malformed { why: "there is nothing to repeat" });
            }
        }
        self.previous = Previous::Nothing;
        Ok(())
    }

    /// A look ahead takes no text, so once is as good as often; where it need not hold even once, it says nothing.
    fn repeat_look(&mut self, start: usize, sign: &str) {
        let is_needed =
            sign == "+" || sign.strip_prefix('{').is_some_and(|bounds| !bounds.starts_with(['0', ','].as_slice()));
        if !is_needed && self.captures == 0 {
            self.written.truncate(start);
            self.written.push_str("(?:)");
        } else if !is_needed {
            self.written.insert_str(start, "(?:|");
            self.written.push(')');
        }
    }
}

/// The number of groups that capture, and those that have names.
fn groups(rest: &[char]) -> (usize, Vec<(String, usize)>) {
    let (mut count, mut names) = (0, Vec::new());
    let (mut at, mut in_class) = (0, false);
    while let Some(next) = rest.get(at) {
        match next {
            '\\' => at += 1,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => match &rest[at + 1..] {
                ['?', '<', '=' | '!', ..] => {}
                ['?', '<', name @ ..] => {
                    count += 1;
                    let name: String = name.iter().take_while(|next| **next != '>').collect();
                    names.push((name, count));
                }
                ['?', ..] => {}
                _ => count += 1,
            },
            _ => {}
        }
        at += 1;
    }
    (count, names)
}

/// True for the name of a group, as far as letters and digits go.
fn is_name(name: &[char]) -> bool {
    let is_start = |next: &char| next.is_alphabetic() || matches!(next, '$' | '_');
    name.first().is_some_and(is_start) && name.iter().all(|next| is_start(next) || next.is_alphanumeric())
}

/// The length of `ims-ims:` (ECMA-262 §22.2.1, `Modifiers`); `None` where there is none.
fn modifiers(rest: &[char]) -> Option<usize> {
    let length = rest.iter().position(|next| *next == ':')?;
    let flags: Vec<char> = rest[..length].iter().copied().filter(|next| *next != '-').collect();
    let dashes = length - flags.len();
    let is_once = |flag: &char| flags.iter().filter(|other| *other == flag).count() == 1;
    let all = flags.iter().all(|flag| matches!(flag, 'i' | 'm' | 's') && is_once(flag));
    (all && !flags.is_empty() && dashes <= 1).then_some(length + 1)
}

/// The length of `n}`, `n,}` or `n,m}`, and its digits; `None` where a brace begins none.
fn quantifier(rest: &[char]) -> Option<(usize, String, Option<String>)> {
    let digits = |from: usize| rest[from..].iter().take_while(|next| next.is_ascii_digit()).collect::<String>();
    let least = digits(0);
    let mut at = least.len();
    let mut most = None;
    if rest.get(at) == Some(&',') {
        at += 1;
        let end = digits(at);
        at += end.len();
        most = Some(end).filter(|end| !end.is_empty());
    }
    (!least.is_empty() && rest.get(at) == Some(&'}')).then_some((at + 1, least, most))
}

/// Compares digits by their value: a number may have more of them than any type holds.
fn is_more(left: &str, right: &str) -> bool {
    let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
    (left.len(), left) > (right.len(), right)
}
