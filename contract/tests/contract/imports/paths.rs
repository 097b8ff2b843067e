//! The paths that a source file names: those of its `use` items, and those that stand in its code, its attributes and its
//! macros. Code of tests is left out. It reads tokens and knows no files.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The paths of one module, inline modules of the same file apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paths {
    /// Paths as they are written, with the line of each, counted from 1.
    pub(crate) named: Vec<(Vec<String>, usize)>,
    /// The names that `use` items bring in, with the path that each stands for.
    pub(crate) brought: BTreeMap<String, Vec<String>>,
    /// The modules that are declared here.
    pub(crate) declared: BTreeSet<String>,
    /// The modules that are written out here.
    pub(crate) inline: BTreeMap<String, Paths>,
}

impl Paths {
    /// The paths of a file.
    ///
    /// # Panics
    /// If the text is no Rust.
    pub(crate) fn of(text: &str) -> Self {
        let mut paths = Self::default();
        paths.read(&tokens(text.parse().unwrap_or_else(|error| panic!("this is no Rust: {error}\n{text}"))));
        paths
    }

    fn read(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while at < tokens.len() {
            at = match word(tokens.get(at)) {
                _ if is_of_tests(tokens, at) => past_item(tokens, at),
                Some("use") => self.read_use(tokens, at + 1),
                Some("mod") => self.read_module(tokens, at + 1),
                Some(_) if !follows(tokens, at) => self.read_path(tokens, at),
                Some(_) => at + 1,
                None => {
                    if let Some(TokenTree::Group(group)) = tokens.get(at) {
                        self.read(&self::tokens(group.stream()));
                    }
                    at + 1
                }
            };
        }
    }

    /// A path of two segments or more; one name alone is known where it was brought in.
    fn read_path(&mut self, tokens: &[TokenTree], start: usize) -> usize {
        let line = tokens[start].span().start().line;
        let mut path = vec![name(&tokens[start])];
        let mut at = start + 1;
        while is_colons(tokens, at) && word(tokens.get(at + 2)).is_some() {
            path.push(name(&tokens[at + 2]));
            at += 3;
        }
        if path.len() > 1 {
            self.named.push((path, line));
        }
        at
    }

    /// `use` up to its semicolon.
    fn read_use(&mut self, tokens: &[TokenTree], start: usize) -> usize {
        // A capture bound, `impl Trait + use<'a>`, brings nothing in.
        let end = (start..tokens.len()).find(|at| is_mark(tokens.get(*at), ';'));
        let Some(end) = end.filter(|_| !is_mark(tokens.get(start), '<')) else { return start };
        self.read_tree(&tokens[start..end], &[]);
        end + 1
    }

    /// A tree of `use`: a path that ends in a name, another name for it, a star, or braces with trees.
    fn read_tree(&mut self, tokens: &[TokenTree], before: &[String]) {
        let mut path = before.to_vec();
        let mut line = 0;
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(ident) if ident == "as" => {
                    let known_as = tokens.get(at + 1).map(name).unwrap_or_default();
                    return self.bring(known_as, path, line);
                }
                TokenTree::Ident(_) => {
                    line = token.span().start().line;
                    path.push(name(token));
                }
                TokenTree::Group(group) => {
                    for tree in self::tokens(group.stream()).split(|token| is_mark(Some(token), ',')) {
                        if !tree.is_empty() {
                            self.read_tree(tree, &path);
                        }
                    }
                    return;
                }
                TokenTree::Punct(mark) if mark.as_char() == '*' => {
                    self.named.push((path, token.span().start().line));
                    return;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        // `use a::{self}` brings in `a`.
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let last = path.last().cloned().unwrap_or_default();
        self.bring(last, path, line);
    }

    fn bring(&mut self, known_as: String, path: Vec<String>, line: usize) {
        self.named.push((path.clone(), line));
        self.brought.insert(known_as, path);
    }

    /// `mod name;` or `mod name { … }`.
    fn read_module(&mut self, tokens: &[TokenTree], start: usize) -> usize {
        let Some(name) = tokens.get(start).filter(|token| matches!(token, TokenTree::Ident(_))).map(name) else {
            return start;
        };
        if let Some(TokenTree::Group(group)) = tokens.get(start + 1) {
            let mut inner = Self::default();
            inner.read(&self::tokens(group.stream()));
            self.inline.insert(name.clone(), inner);
        }
        self.declared.insert(name);
        start + 2
    }
}

fn tokens(stream: TokenStream) -> Vec<TokenTree> {
    stream.into_iter().collect()
}

/// An identifier without the mark of a raw one.
fn name(token: &TokenTree) -> String {
    token.to_string().trim_start_matches("r#").to_owned()
}

/// The word of an identifier; none for other tokens.
fn word(token: Option<&TokenTree>) -> Option<&'static str> {
    match token {
        Some(TokenTree::Ident(ident)) if ident == "use" => Some("use"),
        Some(TokenTree::Ident(ident)) if ident == "mod" => Some("mod"),
        Some(TokenTree::Ident(_)) => Some(""),
        Some(TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_)) | None => None,
    }
}

fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == mark)
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    is_mark(tokens.get(at), ':') && is_mark(tokens.get(at + 1), ':')
}

/// True where the name at a place goes on with what stands before it: a member, a lifetime, the end of a path.
fn follows(tokens: &[TokenTree], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|before| tokens.get(before));
    let range = is_mark(before(1), '.') && is_mark(before(2), '.');
    (is_mark(before(1), '.') && !range)
        || is_mark(before(1), '\'')
        || at.checked_sub(2).is_some_and(|start| is_colons(tokens, start))
}

/// True where an attribute at a place says `cfg(test)`, alone or within `all`.
fn is_of_tests(tokens: &[TokenTree], at: usize) -> bool {
    let (true, Some(TokenTree::Group(attribute))) = (is_mark(tokens.get(at), '#'), tokens.get(at + 1)) else {
        return false;
    };
    let inner = self::tokens(attribute.stream());
    match inner.as_slice() {
        [TokenTree::Ident(cfg), TokenTree::Group(condition)] if cfg == "cfg" => demands_tests(condition),
        _ => false,
    }
}

fn demands_tests(condition: &Group) -> bool {
    let inner = tokens(condition.stream());
    match inner.as_slice() {
        [TokenTree::Ident(test)] => test == "test",
        [TokenTree::Ident(all), TokenTree::Group(parts)] if all == "all" => {
            tokens(parts.stream()).iter().any(|part| matches!(part, TokenTree::Ident(test) if test == "test"))
        }
        _ => false,
    }
}

/// The place past the item that begins with the attributes at a place: past its semicolon or its braces.
fn past_item(tokens: &[TokenTree], start: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(mark) => mark.as_char() == ';',
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    };
    tokens.iter().skip(start).position(ends).map_or(tokens.len(), |length| start + length + 1)
}
