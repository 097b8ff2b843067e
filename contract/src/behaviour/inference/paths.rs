//! What the paths of a contract are, before anything in it is read: which operations stand at each, what lies below, and
//! which operations declare what they do. Nothing here looks at a schema.

use std::collections::HashMap;

use crate::model::{Contract, Piece};

/// Every path, its parameters unnamed, and every path that has items below.
#[derive(Debug)]
pub(super) struct Paths {
    nodes: Vec<PathNode>,
    numbers: HashMap<String, usize>,
    of_entry: Vec<usize>,
    declaring: Vec<usize>,
}

/// One path.
#[derive(Debug, Default)]
pub(super) struct PathNode {
    /// The path with every parameter unnamed.
    pub(super) path: String,
    /// The operations there, in the order of the contract.
    pub(super) entries: Vec<usize>,
    /// The path of one item below.
    pub(super) items: Option<usize>,
    /// The other paths that are one segment longer.
    pub(super) below: Vec<usize>,
}

impl Paths {
    pub(super) fn of(contract: &Contract) -> Self {
        let mut paths = Self {
            nodes: Vec::new(),
            numbers: HashMap::new(),
            of_entry: Vec::with_capacity(contract.entries().len()),
            declaring: Vec::new(),
        };
        for (index, entry) in contract.entries().iter().enumerate() {
            let path = canonical(entry.path.as_str());
            let number = paths.number_of(&path);
            paths.nodes[number].entries.push(index);
            paths.of_entry.push(number);
            if entry.declares {
                paths.declaring.push(index);
            }
            let ends_in_parameter =
                entry.path.segments().last().is_some_and(|last| matches!(last.0.as_slice(), [Piece::Parameter(_)]));
            if ends_in_parameter {
                let above = paths.number_of(parent_of(&path));
                paths.nodes[above].items = Some(number);
            }
        }
        for number in 0..paths.nodes.len() {
            let above = paths.number(parent_of(&paths.nodes[number].path));
            if let Some(above) = above.filter(|above| *above != number)
                && paths.nodes[above].items != Some(number)
            {
                paths.nodes[above].below.push(number);
            }
        }
        paths
    }

    /// All paths; their numbers are their places in it.
    pub(super) fn nodes(&self) -> &[PathNode] {
        &self.nodes
    }

    /// The number of a path.
    pub(super) fn number(&self, path: &str) -> Option<usize> {
        self.numbers.get(path).copied()
    }

    /// The number of the path that an operation stands at.
    pub(super) fn of_entry(&self, index: usize) -> usize {
        self.of_entry[index]
    }

    /// The operations that have an `x-etalon`.
    pub(super) fn declaring(&self) -> &[usize] {
        &self.declaring
    }

    fn number_of(&mut self, path: &str) -> usize {
        if let Some(known) = self.numbers.get(path) {
            return *known;
        }
        let number = self.nodes.len();
        self.nodes.push(PathNode { path: path.to_owned(), ..PathNode::default() });
        self.numbers.insert(path.to_owned(), number);
        number
    }
}

/// The path with every parameter unnamed, so that the same path under two namings is one.
fn canonical(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, tail)) = after.split_once('}') else { break };
        text.push_str(before);
        text.push_str("{}");
        rest = tail;
    }
    text.push_str(rest);
    text
}

pub(super) fn parent_of(path: &str) -> &str {
    path.rfind('/').map_or("", |cut| &path[..cut])
}

/// The name of what a path leads to: its last literal segment.
pub(super) fn name_of(path: &str) -> String {
    path.rsplit('/').find(|segment| !segment.contains('{') && !segment.is_empty()).unwrap_or("items").to_owned()
}
