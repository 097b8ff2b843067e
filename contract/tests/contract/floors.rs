//! The floors: each folder of a package uses those below it only, no folders use each other in a circle, and the contract
//! sees nothing of the outer world. What counts as use, and what as a circle, is said in `imports`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::imports::circles::{Ways, against, between_files, between_folders};
use crate::imports::package::Package;

/// A package whose imports are held.
struct House {
    name: &'static str,
    /// The folder of its sources, seen from this package.
    src: &'static str,
    /// The folders of the package, each of which uses those before it only.
    floors: &'static [&'static str],
    /// The entries that a circle between its folders may not lead through.
    ways: Ways,
    /// The sets of files that may use each other in circles: recursions of what they describe.
    recursions: &'static [&'static [&'static str]],
}

const HOUSES: [House; 3] = [
    House {
        name: "contract",
        src: "src",
        floors: &["document", "model", "lint", "rule", "codec", "validate", "generate", "behaviour"],
        // Recursions of formats and values lead through files: a part of a multipart body is of any format again.
        ways: Ways::Folders,
        recursions: &[
            // The child of a recipe is a recipe, which is compiled when it is first followed.
            &["generate/recipe/compile", "generate/recipe/frame", "generate/recipe/kept", "generate/recipe/proof"],
            // A parameter holds media types, whose encodings have headers, which are like parameters.
            &["model/content", "model/parameter"],
            // What an operation does depends on those of its collection, and the collection on them.
            &[
                "behaviour/inference/collection",
                "behaviour/inference/declaration",
                "behaviour/inference/joining",
                "behaviour/inference/own_effect/by_path",
                "behaviour/inference/own_effect/declared",
                "behaviour/inference/own_effect/elsewhere",
                "behaviour/inference/own_effect/surroundings",
                "behaviour/inference/own_effect/through",
                "behaviour/inference/pieces",
                "behaviour/inference/role",
                "behaviour/inference/view",
            ],
        ],
    },
    House {
        name: "conformance",
        src: "../conformance/src",
        floors: &["knowledge", "target", "judge", "plan", "scenario", "history", "report", "run", "recording", "har"],
        ways: Ways::FoldersAndFiles,
        recursions: &[],
    },
    House {
        name: "etalon",
        src: "../src",
        floors: &["server", "proxy", "cli"],
        ways: Ways::FoldersAndFiles,
        recursions: &[
            // The account of a request is a line of the log.
            &["cli/log/line", "cli/log/requests"],
            // The pages that the mock answers of itself describe the mock that serves them.
            &[
                "server/door_description",
                "server/door_page",
                "server/doors",
                "server/mock",
                "server/mounts",
                "server/pipeline",
                "server/visit",
            ],
        ],
    },
];

/// The words by which code touches the outer world; a pure package has none of them.
const OUTSIDE: [&str; 13] = [
    "tokio::",
    "hyper::",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "println!",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    found.sort();
    found
}

/// The lines of a file that are code of the product: tests may look anywhere.
fn product_lines(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).expect("it can be read");
    text.lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(number, line)| (number + 1, line.to_owned()))
        .collect()
}

impl House {
    fn folder(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(self.src)
    }

    fn package(&self) -> Package {
        Package::at(&self.folder())
    }
}

#[test]
fn a_floor_uses_only_those_below_it() {
    for house in &HOUSES {
        let offending = against(&house.package(), house.floors);
        assert!(offending.is_empty(), "{}: these lines look up a floor:\n{}", house.name, offending.join("\n"));
    }
}

#[test]
fn no_folders_use_each_other_in_a_circle() {
    for house in &HOUSES {
        let circles = between_folders(&house.package(), house.ways);
        assert!(circles.is_empty(), "{}: these folders are in a circle:\n{}", house.name, circles.join("\n"));
    }
}

#[test]
fn no_files_use_each_other_in_a_circle_but_those_of_a_recursion() {
    for house in &HOUSES {
        let found = between_files(&house.package());
        let named: Vec<BTreeSet<String>> =
            house.recursions.iter().map(|files| files.iter().map(|file| (*file).to_owned()).collect()).collect();
        let new: Vec<_> = found.iter().filter(|circle| !named.iter().any(|files| circle.is_subset(files))).collect();
        assert!(new.is_empty(), "{}: these files use each other in circles:\n{new:#?}", house.name);
        let gone: Vec<_> = named.iter().filter(|files| found.iter().all(|circle| circle.is_disjoint(files))).collect();
        assert!(gone.is_empty(), "{}: these files use each other no more:\n{gone:#?}", house.name);
    }
}

#[test]
fn the_contract_is_pure() {
    let mut offending = Vec::new();
    for path in sources(&HOUSES[0].folder()) {
        for (number, line) in product_lines(&path) {
            if OUTSIDE.iter().any(|outside| line.contains(outside)) {
                offending.push(format!("{}:{number}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(offending.is_empty(), "these lines touch the outer world:\n{}", offending.join("\n"));
}

#[test]
fn every_folder_is_a_floor() {
    for house in &HOUSES {
        for entry in fs::read_dir(house.folder()).expect("the folder is there") {
            let path = entry.expect("it can be read").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a plain name");
            let is_known = !path.is_dir() || house.floors.contains(&name);
            assert!(is_known, "{}: {name} is no floor: give it a place in the list", house.name);
        }
        for floor in house.floors {
            assert!(house.folder().join(floor).is_dir(), "{}: there is no folder {floor}", house.name);
        }
    }
}

#[test]
fn the_runner_never_sees_the_mock() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/Cargo.toml");
    let text = fs::read_to_string(manifest).expect("it can be read");
    assert!(
        !text.lines().any(|line| line.starts_with("etalon.") || line.starts_with("etalon ")),
        "the runner must not depend on the package that holds the mock server"
    );
}
