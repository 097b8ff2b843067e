//! The nodes of a text that is JSON (RFC 8259, section 2), read once from its first byte to its last.

use std::ops::Range;

use crate::document::span::Node;
use crate::document::span::tree::{Kind, Tree};

/// The nodes of a text; `None` where it is not JSON, so that another reader has to tell.
pub(super) fn nodes(text: &str) -> Option<Vec<Node>> {
    let mut reader = Reader { text, at: 0 };
    let mut tree = Tree::default();
    reader.value(&mut tree)?;
    while let Some(kind) = tree.kind() {
        match (kind, reader.peek()?) {
            (Kind::Sequence, b']') | (Kind::Mapping, b'}') => {
                reader.at += 1;
                tree.end(reader.offset()?);
            }
            (_, b',') => {
                reader.at += 1;
                reader.member(kind, &mut tree)?;
            }
            (_, _) => return None,
        }
    }
    reader.peek().is_none().then(|| tree.into_nodes())
}

/// A place in the text.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    /// The next byte that is not a blank.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.text.as_bytes().get(self.at).copied()
    }

    fn offset(&self) -> Option<u32> {
        u32::try_from(self.at).ok()
    }

    /// Reads a value, or the opening of one and what it begins with.
    fn value(&mut self, tree: &mut Tree) -> Option<()> {
        loop {
            let (kind, end) = match self.peek()? {
                b'[' => (Kind::Sequence, b']'),
                b'{' => (Kind::Mapping, b'}'),
                b'"' => {
                    let range = self.string()?;
                    tree.node(range);
                    return Some(());
                }
                _ => {
                    let range = self.word()?;
                    tree.node(range);
                    return Some(());
                }
            };
            let start = self.offset()?;
            self.at += 1;
            tree.start(start..start + 1, kind);
            if self.peek()? == end {
                return Some(());
            }
            self.key(kind, tree)?;
        }
    }

    /// Reads what follows a comma: a value, behind its key where it is a member.
    fn member(&mut self, kind: Kind, tree: &mut Tree) -> Option<()> {
        self.key(kind, tree)?;
        self.value(tree)
    }

    /// Reads the key of a member and the colon behind it.
    fn key(&mut self, kind: Kind, tree: &mut Tree) -> Option<()> {
        match kind {
            Kind::Sequence => return Some(()),
            Kind::Mapping if self.peek()? == b'"' => {}
            Kind::Mapping => return None,
        }
        let range = self.string()?;
        let written = self.text.get(range.start as usize..range.end as usize)?;
        let name = match written.contains('\\') {
            true => Some(serde_json::from_str::<Box<str>>(written).ok()?),
            false => None,
        };
        tree.key(range, name);
        (self.peek()? == b':').then(|| self.at += 1)
    }

    /// A string on one line, quotes included.
    fn string(&mut self) -> Option<Range<u32>> {
        let start = self.offset()?;
        let mut rest = self.text.as_bytes().get(self.at + 1..)?;
        loop {
            let length = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n'))?;
            match rest[length] {
                b'"' => {
                    self.at = self.text.len() - rest.len() + length + 1;
                    return Some(start..self.offset()?);
                }
                b'\\' => rest = rest.get(length + 2..)?,
                _ => return None,
            }
        }
    }

    /// A number or a word such as `true`.
    fn word(&mut self) -> Option<Range<u32>> {
        let start = self.offset()?;
        let rest = self.text.as_bytes().get(self.at..)?;
        let length =
            rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')).count();
        self.at += length;
        (length > 0).then_some(start..self.offset()?)
    }
}
