//! The floors: each folder stands on those before it in the list, and the package sees nothing of the outer world.

use std::fs;
use std::path::{Path, PathBuf};

const FLOORS: [&str; 8] = ["document", "model", "lint", "rule", "codec", "validate", "generate", "behaviour"];

/// What a pure package does not touch.
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

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn a_floor_uses_only_those_above_it() {
    let mut offending = Vec::new();
    for (height, floor) in FLOORS.iter().enumerate() {
        for path in sources(&src().join(floor)) {
            for (number, line) in product_lines(&path) {
                for below in &FLOORS[height + 1..] {
                    if line.contains(&format!("crate::{below}")) {
                        offending.push(format!("{}:{number}: {}", path.display(), line.trim()));
                    }
                }
            }
        }
    }
    assert!(offending.is_empty(), "these lines look down a floor:\n{}", offending.join("\n"));
}

#[test]
fn the_contract_is_pure() {
    let mut offending = Vec::new();
    for path in sources(&src()) {
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
    for entry in fs::read_dir(src()).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            let name = path.file_name().and_then(|name| name.to_str()).expect("a plain name").to_owned();
            assert!(FLOORS.contains(&name.as_str()), "{name} is no floor: give it a place in the list");
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
