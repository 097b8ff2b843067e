//! The nodes of a text, as a reader meets them.

use std::ops::Range;

use crate::document::span::{NONE, Node};

/// The kinds of collection.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Sequence,
    Mapping,
}

/// A collection that is being read.
struct Open {
    node: u32,
    last_child: u32,
    key: Option<(Range<u32>, Option<Box<str>>)>,
}

/// The nodes that were met, and the collections that are open.
#[derive(Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    open: Vec<Open>,
}

impl Tree {
    /// True where what comes next is the key of a mapping.
    pub(super) fn awaits_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.key.is_none() && !self.nodes[open.node as usize].sequence)
    }

    /// The kind of the collection that is open, of those within each other the innermost.
    pub(super) fn kind(&self) -> Option<Kind> {
        let open = self.open.last()?;
        Some(if self.nodes[open.node as usize].sequence { Kind::Sequence } else { Kind::Mapping })
    }

    /// Takes the key of the next node, with its name where that is not its text.
    pub(super) fn key(&mut self, range: Range<u32>, name: Option<Box<str>>) {
        if let Some(open) = self.open.last_mut() {
            open.key = Some((range, name));
        }
    }

    /// Opens a collection.
    pub(super) fn start(&mut self, range: Range<u32>, kind: Kind) -> u32 {
        let node = self.node(range);
        self.nodes[node as usize].sequence = matches!(kind, Kind::Sequence);
        self.open.push(Open { node, last_child: NONE, key: None });
        node
    }

    /// Closes the innermost collection, at the end of its text.
    pub(super) fn end(&mut self, end: u32) {
        if let Some(open) = self.open.pop() {
            self.nodes[open.node as usize].value.end = end;
        }
    }

    /// Takes a node with the text of its value; answers its number.
    pub(super) fn node(&mut self, value: Range<u32>) -> u32 {
        let number = u32::try_from(self.nodes.len()).unwrap_or(NONE - 1);
        let (key, name) = match self.open.last_mut().and_then(|open| open.key.take()) {
            Some((key, name)) => (key, name),
            None => (value.start..value.start, None),
        };
        self.nodes.push(Node { key, name, value, first_child: NONE, next: NONE, target: NONE, sequence: false });
        if let Some(open) = self.open.last_mut() {
            match open.last_child {
                NONE => self.nodes[open.node as usize].first_child = number,
                last => self.nodes[last as usize].next = number,
            }
            open.last_child = number;
        }
        number
    }

    /// Says which node an alias stands for.
    pub(super) fn aim(&mut self, alias: u32, target: u32) {
        self.nodes[alias as usize].target = target;
    }

    /// All nodes, in the order of their text.
    pub(super) fn into_nodes(self) -> Vec<Node> {
        self.nodes
    }
}
