//! What the paths of a contract are, before anything in it is read: which operations stand at each, what lies below,
//! and which operations declare what they do. Nothing here looks at a schema.

use std::collections::HashMap;

use crate::behaviour::shape;
use crate::model::{Contract, PathTemplate, Piece};

/// Every path, its parameters unnamed, and every path that has items below.
#[derive(Debug)]
pub(super) struct Paths {
    nodes: Vec<PathNode>,
    numbers: HashMap<String, usize>,
    /// The paths that end in a literal segment, by its name in the singular.
    named: HashMap<String, Vec<usize>>,
    /// The paths whose items are named by a parameter, by its plain name.
    by_parameter: HashMap<String, Vec<usize>>,
    of_entry: Vec<usize>,
    declaring: Vec<usize>,
}

/// A path of the contract as a node of the tree: its template with every parameter as `{}`, its operations, and its
/// items.
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
            named: HashMap::new(),
            by_parameter: HashMap::new(),
            of_entry: Vec::with_capacity(contract.entries().len()),
            declaring: Vec::new(),
        };
        for (index, entry) in contract.entries().iter().enumerate() {
            let mut path = canonical(entry.path.as_str());
            // What a fixed query tells apart are things of their own: `/{bucket}?cors`.
            for (name, value) in entry.path.fixed_query() {
                let value = value.map_or_else(String::new, |value| format!("={value}"));
                path.push_str(&format!("/{name}{value}"));
            }
            let number = paths.number_of(&path);
            paths.nodes[number].entries.push(index);
            paths.of_entry.push(number);
            if entry.declares {
                paths.declaring.push(index);
            }
            if let Some(parameter) = tail_parameter(&entry.path) {
                let above = paths.number_of(parent_of(&path));
                paths.nodes[above].items = Some(number);
                let named = paths.by_parameter.entry(shape::plain(parameter)).or_default();
                if !named.contains(&above) {
                    named.push(above);
                }
                // `/repos/{}` of `/repos/{}/{}` has a name too.
                if let Some(named) = path.strip_suffix("/{}/{}").filter(|named| literal_end(named).is_some()) {
                    paths.number_of(named);
                }
            }
        }
        paths.pair_plurals(contract);
        for number in 0..paths.nodes.len() {
            if let Some(name) = literal_end(&paths.nodes[number].path) {
                paths.named.entry(shape::singular(&shape::plain(name))).or_default().push(number);
            }
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

    /// The other paths that end in the same word.
    pub(super) fn namesakes(&self, number: usize) -> impl Iterator<Item = usize> {
        let name = literal_end(&self.nodes[number].path).map(|name| shape::singular(&shape::plain(name)));
        let found = name.and_then(|name| self.named.get(&name)).map_or(&[][..], Vec::as_slice);
        found.iter().copied().filter(move |other| *other != number)
    }

    /// The paths whose items a parameter of that name names.
    pub(super) fn named_by(&self, parameter: &str) -> &[usize] {
        self.by_parameter.get(&shape::plain(parameter)).map_or(&[], Vec::as_slice)
    }

    /// The operations that have an `x-etalon`.
    pub(super) fn declaring(&self) -> &[usize] {
        &self.declaring
    }

    /// `/allocation/{id}` names an item of `/allocations` where nothing stands at `/allocation` itself, or only what makes one.
    fn pair_plurals(&mut self, contract: &Contract) {
        let mut by_word: HashMap<(String, String), Vec<usize>> = HashMap::new();
        for (number, node) in self.nodes.iter().enumerate() {
            if let Some(name) = literal_end(&node.path) {
                let word = shape::singular(&shape::plain(name));
                by_word.entry((parent_of(&node.path).to_owned(), word)).or_default().push(number);
            }
        }
        for same in by_word.into_values().filter(|same| same.len() == 2) {
            let makes = |index: &usize| contract.entries()[*index].method.as_str() == "POST";
            let is_bare =
                |number: &usize| self.nodes[*number].entries.iter().all(makes) && self.nodes[*number].items.is_some();
            let takes = |number: &usize| {
                let node = &self.nodes[*number];
                let is_made_there = same.iter().any(|other| !self.nodes[*other].entries.is_empty() && other != number);
                !node.entries.is_empty() && node.items.is_none() && !(is_made_there && node.entries.iter().any(makes))
            };
            let (Some(bare), Some(whole)) = (same.iter().copied().find(is_bare), same.iter().copied().find(takes))
            else {
                continue;
            };
            self.nodes[whole].items = self.nodes[bare].items.take();
            let path = self.nodes[bare].path.clone();
            self.numbers.insert(path, whole);
            for index in std::mem::take(&mut self.nodes[bare].entries) {
                self.of_entry[index] = whole;
                self.nodes[whole].entries.push(index);
            }
        }
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

/// Endings of a path that say in which format it is answered, not what it leads to.
const FORMATS: [&str; 4] = [".json", ".xml", ".csv", ".yaml"];

/// The path with every parameter unnamed and without a slash or a format at its end, so that one thing under several
/// spellings is one.
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
    let mut bare = text.trim_end_matches('/');
    bare = FORMATS.iter().find_map(|format| bare.strip_suffix(format)).unwrap_or(bare);
    FORMATS.iter().fold(bare.to_owned(), |text, format| text.replace(&format!("{format}/"), "/"))
}

/// The parameter that is the whole last segment of a path, but for a format at its end.
pub(super) fn tail_parameter(path: &PathTemplate) -> Option<&str> {
    if path.fixed_query().next().is_some() {
        return None;
    }
    let last = path
        .segments()
        .iter()
        .rev()
        .find(|segment| !matches!(segment.0.as_slice(), [Piece::Literal(text)] if text.is_empty()))?;
    match last.0.as_slice() {
        [Piece::Parameter(name)] => Some(name),
        [Piece::Parameter(name), Piece::Literal(format)] if FORMATS.contains(&format.as_str()) => Some(name),
        _ => None,
    }
}

/// The literal segment that a path ends in.
pub(super) fn literal_end(path: &str) -> Option<&str> {
    path.rsplit('/').next().filter(|segment| !segment.contains('{') && !segment.is_empty())
}

/// The path without its last segment.
pub(super) fn parent_of(path: &str) -> &str {
    path.rfind('/').map_or("", |cut| &path[..cut])
}

/// The name of what a path leads to: its last literal segment.
pub(super) fn name_of(path: &str) -> String {
    path.rsplit('/').find(|segment| !segment.contains('{') && !segment.is_empty()).unwrap_or("items").to_owned()
}
