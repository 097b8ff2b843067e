//! The place of each node in its text: a second pass over the text that is only run when somebody asks for a place. JSON is
//! read as it stands (`json`), which is most of the large documents; everything else by the events of YAML (`events`). Both
//! put what they meet into one `tree`.

mod events;
mod json;
mod tree;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{PoisonError, RwLock};

use crate::document::Pointer;

/// No node: the end of a list of siblings.
const NONE: u32 = u32::MAX;

/// A node of the text.
#[derive(Clone, Debug)]
struct Node {
    /// The characters of the node's key, from the first to behind the last; those of the node, if it has none.
    key: Range<u32>,
    /// The key, where it is not the text as it stands, without the quotes around it.
    name: Option<Box<str>>,
    /// The characters of the node's value, from the first to behind the last.
    value: Range<u32>,
    first_child: u32,
    next: u32,
    /// The node that an alias stands for.
    target: u32,
    sequence: bool,
}

impl Node {
    /// The name of the node in the mapping that it stands in.
    fn name<'a>(&'a self, text: &'a str) -> &'a str {
        self.name.as_deref().unwrap_or_else(|| unquoted(text.get(widen(&self.key)).unwrap_or("")))
    }
}

/// The text of a key that has no escapes.
fn unquoted(key: &str) -> &str {
    key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key)
}

/// The most siblings that are looked through one by one; of more, the names are kept, so that finding each of many paths takes no
/// time that grows with their number.
const MAX_SIBLINGS: usize = 32;

/// The most bytes of a long line that are counted one by one to find a column.
const STRIDE: usize = 1 << 12;

/// The places of all nodes of one text.
#[derive(Debug, Default)]
pub(super) struct Spans {
    nodes: Vec<Node>,
    /// The offset of each line's first character.
    lines: Vec<u32>,
    /// The number of characters before each stride of the text.
    strides: Vec<u32>,
    /// The children of large mappings by name, each made when it is first looked into.
    named: RwLock<HashMap<u32, HashMap<Box<str>, u32>>>,
}

impl Spans {
    /// Reads the places from a text; where it stops being readable, the nodes before that are known.
    pub(super) fn of(text: &str) -> Self {
        let nodes = json::nodes(text).unwrap_or_else(|| events::nodes(text));
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let after = breaks.map(|(offset, _)| u32::try_from(offset + 1).unwrap_or(u32::MAX));
        let lines = std::iter::once(0).chain(after).collect();
        let mut strides = vec![0];
        let mut count = 0_u32;
        for stride in text.as_bytes().chunks(STRIDE) {
            count = count.saturating_add(
                u32::try_from(stride.iter().filter(|byte| **byte & 0xC0 != 0x80).count()).unwrap_or(u32::MAX),
            );
            strides.push(count);
        }
        Self { lines, strides, nodes, named: RwLock::default() }
    }

    /// The byte range to show for a node, or for its nearest ancestor that stands in the text: the key with its scalar,
    /// or the key alone.
    pub(super) fn find(&self, text: &str, pointer: &Pointer) -> Option<Range<usize>> {
        let mut here = 0_u32;
        self.nodes.first()?;
        for token in pointer.tokens() {
            match self.child(text, here, &token) {
                Some(child) => here = child,
                // Swagger 2.0 writes a parameter's schema without a `schema` around it.
                None if token == "schema" => {}
                None => break,
            }
        }
        let node = &self.nodes[here as usize];
        let (key, value) = (widen(&node.key), widen(&node.value));
        let one_line = |range: &Range<usize>| !text.get(range.clone()).unwrap_or("").contains('\n');
        let both = key.start..value.end.max(key.end);
        if node.first_child == NONE && node.target == NONE && value.end > value.start && one_line(&both) {
            Some(both)
        } else if key.end > key.start && one_line(&key) {
            Some(key)
        } else {
            let start = key.start.min(text.len());
            let last = value.end.max(start).min(text.len());
            let end = text.get(start..last).and_then(|text| text.find(['\n', '\r'])).map_or(last, |end| start + end);
            Some(start..end)
        }
    }

    /// Line and column (both from 1) of a node.
    pub(super) fn line_column(&self, text: &str, pointer: &Pointer) -> (usize, usize) {
        let Some(range) = self.find(text, pointer) else { return (0, 0) };
        let line = self.lines.partition_point(|start| *start as usize <= range.start);
        let start = self.lines[line - 1] as usize;
        (line, self.before(text, range.start) - self.before(text, start) + 1)
    }

    /// The number of characters before a byte offset.
    fn before(&self, text: &str, offset: usize) -> usize {
        let stride = (offset / STRIDE).min(self.strides.len().saturating_sub(1));
        let known = self.strides.get(stride).map_or(0, |known| *known as usize);
        // A character begins with any byte that does not continue one.
        let rest = text.as_bytes().get(stride * STRIDE..offset).unwrap_or_default();
        known + rest.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
    }

    fn child(&self, text: &str, of: u32, token: &str) -> Option<u32> {
        let mut of = self.nodes.get(of as usize)?;
        if of.target != NONE {
            of = self.nodes.get(of.target as usize)?;
        }
        if !of.sequence && self.is_large(of) {
            return self.named_child(text, of, token);
        }
        let (mut found, mut merged) = (None, None);
        let mut child = of.first_child;
        let mut index = 0_usize;
        while child != NONE {
            let node = self.nodes.get(child as usize)?;
            if of.sequence {
                if token.parse() == Ok(index) {
                    return Some(child);
                }
            } else {
                let name = node.name(text);
                if name == token {
                    // Of a key that stands twice, the last one holds.
                    found = Some(child);
                } else if name == "<<" {
                    merged = Some(child);
                }
            }
            index += 1;
            child = node.next;
        }
        if found.is_some() {
            return found;
        }
        self.merged_child(text, merged?, token)
    }

    fn merged_child(&self, text: &str, merged: u32, token: &str) -> Option<u32> {
        (self.nodes[merged as usize].target != NONE).then(|| self.child(text, merged, token)).flatten()
    }

    fn is_large(&self, of: &Node) -> bool {
        let mut child = of.first_child;
        for _ in 0..MAX_SIBLINGS {
            let Some(node) = self.nodes.get(child as usize) else { return false };
            child = node.next;
        }
        true
    }

    /// A child of a large mapping.
    fn named_child(&self, text: &str, of: &Node, token: &str) -> Option<u32> {
        let first = of.first_child;
        if !self.named.read().unwrap_or_else(PoisonError::into_inner).contains_key(&first) {
            let mut names = HashMap::new();
            let mut child = first;
            while let Some(node) = self.nodes.get(child as usize) {
                let name = node.name(text);
                // Of a key that stands twice, the last one holds.
                names.insert(name.into(), child);
                child = node.next;
            }
            self.named.write().unwrap_or_else(PoisonError::into_inner).insert(first, names);
        }
        let known = self.named.read().unwrap_or_else(PoisonError::into_inner);
        let names = known.get(&first)?;
        let (found, merged) = (names.get(token).copied(), names.get("<<").copied());
        drop(known);
        found.or_else(|| self.merged_child(text, merged?, token))
    }
}

fn widen(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, pointer: &str) -> (usize, usize, String) {
        let spans = Spans::of(text);
        let pointer = Pointer::parse(pointer).expect("a pointer");
        let (line, column) = spans.line_column(text, &pointer);
        (line, column, text[spans.find(text, &pointer).expect("a place")].to_owned())
    }

    #[test]
    fn every_node_of_yaml_has_its_line_and_column() {
        let text =
            "a:\n  - x: 1\n    'y/z': [2, three]\n  - &n {q: 4}\nb: *n\nc:\n  <<: *n\n  d: |\n    long\n    text\n";
        assert_eq!(shown(text, "/a/0/x"), (2, 5, "x: 1".into()));
        assert_eq!(shown(text, "/a/0/y~1z/1"), (3, 16, "three".into()));
        assert_eq!(shown(text, "/a/1/q"), (4, 9, "q: 4".into()));
        assert_eq!(shown(text, "/b/q"), (4, 9, "q: 4".into()));
        assert_eq!(shown(text, "/c/q"), (4, 9, "q: 4".into()));
        assert_eq!(shown(text, "/c/d"), (8, 3, "d".into()));
        assert_eq!(shown(text, "/c/d/nowhere"), (8, 3, "d".into()));
    }

    #[test]
    fn many_siblings_and_long_lines_have_their_places() {
        let members: Vec<String> =
            (0..9_000).map(|number| format!("\"\u{e4}{number}\": {{\"x\": {number}}}")).collect();
        let text = format!("{{{}, \"\u{e4}7\": 1}}", members.join(", "));
        for number in [0, 1, 31, 32, 33, 8_999] {
            let key = format!("\"\u{e4}{number}\"");
            let column = text[..text.find(&key).expect("it is there")].chars().count() + 1;
            let spans = Spans::of(&text);
            let pointer = Pointer::root().join(&format!("\u{e4}{number}"));
            assert_eq!(spans.line_column(&text, &pointer), (1, column));
            assert_eq!(spans.line_column(&text, &pointer.join("x")), (1, column + key.chars().count() + 3));
        }
        // Of a key that stands twice, the last one holds.
        let last = text[..text.rfind("\"\u{e4}7\"").expect("it is there")].chars().count() + 1;
        assert_eq!(Spans::of(&text).line_column(&text, &Pointer::root().join("\u{e4}7")), (1, last));
    }

    #[test]
    fn every_node_of_json_has_its_line_and_column() {
        let text = "{\n\t\"a\": {\"b\\u0063\": [1,\n {\"x\": \"\\ud83d\\ude00\"}]},\n \"$ref\": \"#/a\"}";
        assert_eq!(shown(text, "/a/bc/1/x"), (3, 3, "\"x\": \"\\ud83d\\ude00\"".into()));
        assert_eq!(shown(text, "/$ref"), (4, 2, "\"$ref\": \"#/a\"".into()));
        assert_eq!(shown(text, ""), (1, 1, "{".into()));
    }

    #[test]
    fn json_has_the_places_that_the_events_of_yaml_give() {
        let text = "{\"a\": [], \"b\": {}, \"c\": [true, null, -1.5e3, \"\u{e4}\\\"\", [[{}]]],\r\n \"k\\\\\" : {\"\": 0}, \"a\": 1}\n";
        let shown = |nodes: &[Node]| nodes.iter().map(|node| format!("{node:?}")).collect::<Vec<_>>();
        assert_eq!(shown(&json::nodes(text).expect("it is JSON")), shown(&events::nodes(text)));
        for other in [
            "{a: 1}",
            "{\"a\": 1,}",
            "{\"a\": 1} # x",
            "[1 2]",
            "{\"a\" 1}",
            "[\"a\nb\"]",
            "[&a 1]",
            "{\"\\ud800\": 1}",
            "[1",
            "",
        ] {
            assert!(json::nodes(other).is_none(), "{other} is not read as JSON");
        }
    }
}
