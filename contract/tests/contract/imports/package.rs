//! The modules of a package and the arrows between them: which module names something of which other. Names are followed
//! through re-exports to the module that has the item; each module on the way counts as named too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::imports::paths::Paths;

/// The segments of a module's path below the crate's root.
pub(crate) type Module = Vec<String>;

/// The most names that are followed for one path; re-exports that go in circles end there.
const MOST_NAMES: usize = 32;

/// The modules of a package, by the files that they are in.
#[derive(Debug, Default)]
pub(crate) struct Package {
    modules: BTreeMap<Module, Paths>,
    /// The module of the file that an inline module stands in.
    homes: BTreeMap<Module, Module>,
    /// The names of the files.
    files: BTreeMap<Module, String>,
}

/// A line of one file that names something in another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrow {
    /// The module of the file that has the line.
    pub(crate) from: Module,
    /// The module of the file that is named.
    pub(crate) to: Module,
    /// The file and the line, as `codec/form.rs:12`.
    pub(crate) place: String,
}

impl Package {
    /// The package of these files: the path of each below `src`, with `/`, and its text.
    pub(crate) fn of<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let mut package = Self::default();
        for (file, text) in files {
            let module = module_of(file);
            package.files.insert(module.clone(), file.to_owned());
            package.add(&module, &module, Paths::of(text));
        }
        package
    }

    /// The package of a folder `src`. `main.rs` is a crate of its own, which names nothing of this one by `crate`.
    pub(crate) fn at(src: &Path) -> Self {
        let mut files = Vec::new();
        read(src, "", &mut files);
        files.retain(|(file, _)| file != "main.rs");
        Self::of(files.iter().map(|(file, text)| (file.as_str(), text.as_str())))
    }

    fn add(&mut self, module: &[String], home: &[String], mut paths: Paths) {
        for (name, inner) in std::mem::take(&mut paths.inline) {
            self.add(&[module, &[name]].concat(), home, inner);
        }
        self.modules.insert(module.to_vec(), paths);
        self.homes.insert(module.to_vec(), home.to_vec());
    }

    /// The modules that are files, the root left out.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Module> {
        self.files.keys().filter(|module| !module.is_empty())
    }

    /// True for a module with files below it.
    pub(crate) fn is_folder(&self, module: &[String]) -> bool {
        self.files.keys().any(|file| file.len() > module.len() && file.starts_with(module))
    }

    /// The arrows between files, without those of a file to itself, in order.
    pub(crate) fn arrows(&self) -> Vec<Arrow> {
        self.arrows_to(|named| named)
    }

    /// The same, to the file that has the item alone, and not to those that hand it on.
    pub(crate) fn arrows_to_items(&self) -> Vec<Arrow> {
        self.arrows_to(|named| &named[..named.len().min(1)])
    }

    /// The arrows to those modules that are counted of the ones that a path names: the one that has the item, then those that
    /// hand it on.
    fn arrows_to(&self, counted: impl Fn(&[Module]) -> &[Module]) -> Vec<Arrow> {
        let mut found = BTreeSet::new();
        for (module, paths) in &self.modules {
            let from = &self.homes[module];
            for (path, line) in &paths.named {
                let mut named = Vec::new();
                self.follow(module, path, MOST_NAMES, &mut named);
                let place = format!("{}:{line}", self.files[from]);
                for to in counted(&named).iter().map(|module| &self.homes[module]).filter(|to| *to != from) {
                    found.insert(Arrow { from: from.clone(), to: to.clone(), place: place.clone() });
                }
            }
        }
        found.into_iter().collect()
    }

    /// Adds the modules that a path names, seen from a module. A path of another crate names none.
    fn follow(&self, from: &[String], path: &[String], left: usize, named: &mut Vec<Module>) {
        let Some((first, rest)) = path.split_first() else { return };
        let left = left.saturating_sub(1);
        if left == 0 {
            return;
        }
        let child = [from, std::slice::from_ref(first)].concat();
        match first.as_str() {
            "crate" => self.descend(Vec::new(), rest, left, named),
            "self" => self.descend(from.to_vec(), rest, left, named),
            "super" => {
                let parent = &from[..from.len().saturating_sub(1)];
                match rest.first().map(String::as_str) {
                    Some("super") => self.follow(parent, rest, left, named),
                    Some(_) | None => self.descend(parent.to_vec(), rest, left, named),
                }
            }
            _ if self.modules.contains_key(&child) => self.descend(child, rest, left, named),
            _ => {
                // A name that stands for itself is another crate's.
                let brought = self.modules.get(from).and_then(|paths| paths.brought.get(first));
                if let Some(whole) = brought.filter(|whole| whole.first() != Some(first)) {
                    self.follow(from, &[whole, rest].concat(), left, named);
                }
            }
        }
    }

    /// Goes down from a module by the segments of a path, and adds where that ends.
    fn descend(&self, mut module: Module, path: &[String], left: usize, named: &mut Vec<Module>) {
        for (index, segment) in path.iter().enumerate() {
            let child = [module.as_slice(), std::slice::from_ref(segment)].concat();
            if self.modules.contains_key(&child) {
                module = child;
                continue;
            }
            let brought = self.modules.get(&module).and_then(|paths| paths.brought.get(segment));
            if let Some(whole) = brought.filter(|whole| whole.first() != Some(segment)) {
                self.follow(&module, &[whole, &path[index + 1..]].concat(), left, named);
            }
            break;
        }
        named.push(module);
    }
}

/// The module of a file: `codec/mod.rs` and `codec.rs` are `codec`, `lib.rs` is the root.
fn module_of(file: &str) -> Module {
    let mut module: Module = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod") || module == ["lib"] {
        module.pop();
    }
    module
}

fn read(folder: &Path, below: &str, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let name = format!("{below}{}", path.file_name().and_then(|name| name.to_str()).expect("a plain name"));
        if path.is_dir() {
            read(&path, &format!("{name}/"), files);
        } else if name.ends_with(".rs") {
            files.push((name, fs::read_to_string(path).expect("it can be read")));
        }
    }
}
