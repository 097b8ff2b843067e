//! Circles between the entries of folders.
//!
//! What counts: the entries of a folder are its files and its folders; the folder's own `mod.rs` (or the file of the same
//! name beside it) is none of them, but the folder itself. One entry uses another if any file of the first names anything
//! of the second; a re-export counts for the file that has it and for the file that has the item. A circle is a way from a
//! folder back to itself, at each depth: through folders alone, or through the files beside them too (`Ways`). Files alone
//! may name each other: two halves of one recursion do. Tests are left out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::imports::package::{Arrow, Module, Package};

/// One step of a circle: what uses, what is used, and a line that does.
type Step = (Module, Module, String);

/// The entries that a circle may lead through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ways {
    /// Folders alone: a file may hand on to folders beside it that use it.
    Folders,
    /// Folders and the files beside them.
    FoldersAndFiles,
}

/// The circles that folders are on: the shortest through each folder.
pub(crate) fn between_folders(package: &Package, ways: Ways) -> Vec<String> {
    let counts = |entry: &Module| match ways {
        Ways::Folders => package.is_folder(entry),
        Ways::FoldersAndFiles => true,
    };
    let arrows = package.arrows();
    let mut told = BTreeMap::new();
    for (folder, entries) in folders(package) {
        let mut uses = uses(&folder, &arrows);
        uses.retain(|entry, used| {
            used.retain(|entry, _| counts(entry));
            counts(entry)
        });
        for entry in entries.iter().filter(|entry| package.is_folder(entry)) {
            if let Some(circle) = shortest(entry, &uses) {
                let members: BTreeSet<Module> = circle.iter().map(|(from, _, _)| from.clone()).collect();
                told.entry(members).or_insert_with(|| shown(&circle));
            }
        }
    }
    told.into_values().collect()
}

/// The files that use each other in circles: each set of files of which every one uses every other, directly or by others in
/// it. What a folder's own file has to do with the files below it is the folder's story, and no circle.
pub(crate) fn between_files(package: &Package) -> Vec<BTreeSet<String>> {
    let mut uses: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for Arrow { from, to, .. } in package.arrows_to_items() {
        if !to.starts_with(&from) && !from.starts_with(&to) {
            uses.entry(from).or_default().insert(to);
        }
    }
    let reached = |start: &Module| {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![start];
        while let Some(here) = waiting.pop() {
            waiting.extend(uses.get(here).into_iter().flatten().filter(|next| reached.insert((*next).clone())));
        }
        reached
    };
    let reach: BTreeMap<&Module, BTreeSet<Module>> = package.files().map(|file| (file, reached(file))).collect();
    let together = |one: &Module, two: &Module| {
        reach.get(one).is_some_and(|it| it.contains(two)) && reach.get(two).is_some_and(|it| it.contains(one))
    };
    let circles: BTreeSet<BTreeSet<String>> = package
        .files()
        .filter(|file| together(file, file))
        .map(|file| package.files().filter(|other| together(file, other)).map(|other| other.join("/")).collect())
        .collect();
    circles.into_iter().collect()
}

/// The arrows that go up in an order of entries of the root, the lowest first: each may use those before it.
pub(crate) fn against(package: &Package, order: &[&str]) -> Vec<String> {
    let height = |module: &Module| order.iter().position(|floor| module.first().is_some_and(|first| first == floor));
    let arrows = package.arrows();
    let mut told = BTreeMap::new();
    for Arrow { from, to, place } in &arrows {
        if let (Some(low), Some(high)) = (height(from), height(to))
            && high > low
        {
            // One line of each file is enough to find it.
            told.entry((from, high)).or_insert_with(|| format!("{place} uses {}", to.join("/")));
        }
    }
    told.into_values().collect()
}

/// The folders, the root first, with the entries of each.
fn folders(package: &Package) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut folders: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for file in package.files() {
        for depth in 0..file.len() {
            folders.entry(file[..depth].to_vec()).or_default().insert(file[..=depth].to_vec());
        }
    }
    folders
}

/// The uses among the entries of a folder, each with one line that shows it.
fn uses(folder: &[String], arrows: &[Arrow]) -> BTreeMap<Module, BTreeMap<Module, String>> {
    let entry = |module: &Module| {
        (module.len() > folder.len() && module.starts_with(folder)).then(|| module[..=folder.len()].to_vec())
    };
    let mut uses: BTreeMap<Module, BTreeMap<Module, String>> = BTreeMap::new();
    for arrow in arrows {
        if let (Some(from), Some(to)) = (entry(&arrow.from), entry(&arrow.to))
            && from != to
        {
            uses.entry(from).or_default().entry(to).or_insert_with(|| arrow.place.clone());
        }
    }
    uses
}

/// The shortest way from an entry back to itself.
fn shortest(start: &Module, uses: &BTreeMap<Module, BTreeMap<Module, String>>) -> Option<Vec<Step>> {
    let mut came_from: BTreeMap<&Module, (&Module, &String)> = BTreeMap::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(here) = waiting.pop_front() {
        for (next, place) in uses.get(here).into_iter().flatten() {
            if came_from.contains_key(next) {
                continue;
            }
            came_from.insert(next, (here, place));
            if next == start {
                return Some(way_back(start, &came_from));
            }
            waiting.push_back(next);
        }
    }
    None
}

fn way_back(start: &Module, came_from: &BTreeMap<&Module, (&Module, &String)>) -> Vec<Step> {
    let mut way = Vec::new();
    let mut here = start;
    loop {
        let (before, place) = came_from[here];
        way.push((before.clone(), here.clone(), place.clone()));
        here = before;
        if here == start {
            way.reverse();
            return way;
        }
    }
}

fn shown(circle: &[Step]) -> String {
    let step = |(from, to, place): &Step| {
        format!("{} uses {} ({place})", from.join("/"), to.last().map_or("", String::as_str))
    };
    circle.iter().map(step).collect::<Vec<_>>().join(", ")
}
