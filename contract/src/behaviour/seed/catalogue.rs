//! The collections of a contract by the words that data have for them: the name that people see, and the path where two have the
//! same name.

use std::collections::BTreeMap;

use crate::behaviour::carry::Meaning;
use crate::behaviour::shape;
use crate::model::{Entry, Piece};

/// The collections of a contract. Reads every operation.
#[derive(Clone, Debug)]
pub struct Catalogue {
    all: Vec<Catalogued>,
}

/// A collection with the words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogued {
    /// The number of the collection.
    pub number: usize,
    /// The word that data have for it: its name, or its path where another has that name.
    pub word: String,
    /// The path of the collection, the base path of the contract included.
    pub path: String,
    /// The number of collections above it whose items its path leads through.
    depth: usize,
}

impl Catalogue {
    /// The collections of all operations, in the order of these.
    #[must_use]
    pub fn of(meaning: Meaning<'_>) -> Self {
        let Meaning { contract, behaviour } = meaning;
        let mut found: BTreeMap<usize, (usize, String)> = BTreeMap::new();
        for (order, entry) in contract.entries().iter().enumerate() {
            let effect = behaviour.effect(entry.index);
            let Some(number) = effect.collection else { continue };
            let path = path_of(entry, effect.key_parameter.is_some());
            found.entry(number).or_insert((order, path));
        }
        let mut all: Vec<(usize, Catalogued)> = found
            .into_iter()
            .map(|(number, (order, path))| {
                let collection = behaviour.collection(number);
                let (word, depth) = (collection.name.clone(), collection.scope.len());
                (order, Catalogued { number, word, path, depth })
            })
            .collect();
        all.sort_by_key(|(order, _)| *order);
        let mut all: Vec<Catalogued> = all.into_iter().map(|(_, one)| one).collect();
        let mut counted: BTreeMap<String, usize> = BTreeMap::new();
        for one in &all {
            *counted.entry(one.word.clone()).or_default() += 1;
        }
        for one in &mut all {
            if counted.get(&one.word).is_some_and(|count| *count > 1) {
                one.word.clone_from(&one.path);
            }
        }
        // Two at one path are told apart by their order.
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for one in &mut all {
            let times = seen.entry(one.word.clone()).or_default();
            *times += 1;
            if *times > 1 {
                one.word = format!("{}#{times}", one.word);
            }
        }
        Self { all }
    }

    /// All collections, in the order of the operations that act on them.
    #[must_use]
    pub fn all(&self) -> &[Catalogued] {
        &self.all
    }

    /// The collection of a word: its own, or its path.
    #[must_use]
    pub fn find(&self, word: &str) -> Option<&Catalogued> {
        self.all.iter().find(|one| one.word == word).or_else(|| self.all.iter().find(|one| one.path == word))
    }

    /// The collection of a number.
    #[must_use]
    pub fn numbered(&self, number: usize) -> Option<&Catalogued> {
        self.all.iter().find(|one| one.number == number)
    }

    /// The collections with those above them first.
    pub(super) fn by_depth(&self) -> Vec<&Catalogued> {
        let mut sorted: Vec<&Catalogued> = self.all.iter().collect();
        sorted.sort_by_key(|one| one.depth);
        sorted
    }
}

/// The path of the collection of an operation: without the key of an item at its end.
fn path_of(entry: &Entry, names_an_item: bool) -> String {
    let whole = entry.path.as_str();
    if !names_an_item {
        return whole.to_owned();
    }
    let segments = entry.path.segments();
    let is_named = |segment: &crate::model::Segment| segment.0.iter().any(|piece| matches!(piece, Piece::Parameter(_)));
    let Some(last) = segments.iter().rposition(is_named) else { return whole.to_owned() };
    let kept: Vec<&str> = whole.trim_start_matches('/').split('/').take(last).collect();
    format!("/{}", kept.join("/"))
}

/// The plain word for one item of a collection of this name.
pub(super) fn one_of(name: &str) -> String {
    shape::singular(&shape::plain(name))
}
