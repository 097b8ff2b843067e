//! What becomes of real and of hostile documents: a table of every document of a corpus (loaded whole, loaded with named
//! defects, refused), and whether documents made to do harm are refused in time. Every document is read in a process of its
//! own, so that a panic, a hang or a peak of memory is seen and counted, and ends nothing else. How fast it goes is in
//! `first.rs`.
//!
//! `cargo bench --bench corpus -- FOLDER`, or the folder in `ETALON_CORPUS`; without either only the hostile documents.

#![expect(clippy::print_stdout, reason = "a report program prints its report")]

#[path = "documents/child.rs"]
mod child;
#[path = "documents/hostile.rs"]
mod hostile;
#[path = "documents/manifest.rs"]
mod manifest;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use etalon::cli::command::check::check;
use etalon_contract::document::Severity;
use serde::{Deserialize, Serialize};

use crate::child::{Ended, peak, say};
use crate::manifest::manifest;

/// The bounds of a hostile document: seconds and megabytes.
const HOSTILE: (f64, u64) = (2.0, 300);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [how, path, root @ ..] = arguments.as_slice()
        && how == "--look"
    {
        return say(&look(Path::new(path), root.first().map(Path::new)));
    }
    let folder = arguments.first().cloned().or_else(|| std::env::var("ETALON_CORPUS").ok()).map(PathBuf::from);
    match folder.filter(|folder| folder.is_dir()) {
        Some(folder) => {
            documents(&folder);
            suites(&folder);
        }
        None => {
            println!("NO CORPUS: give its folder as an argument or in ETALON_CORPUS. Only hostile documents follow.")
        }
    }
    hostile();
}

/// The findings of a process of its own on one document.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Said {
    outcome: String,
    version: String,
    operations: usize,
    usable: usize,
    errors: usize,
    warnings: usize,
    first: String,
    milliseconds: f64,
    peak_kilobytes: u64,
    codes: BTreeMap<String, usize>,
}

/// The whole check of a document.
fn look(path: &Path, root: Option<&Path>) -> Said {
    let start = Instant::now();
    let checked = check(path, &[], root);
    let (errors, warnings) = checked.counts();
    let mut codes = BTreeMap::new();
    for diagnostic in &checked.diagnostics {
        *codes.entry(diagnostic.code.as_str().to_owned()).or_default() += 1;
    }
    let worst = checked.diagnostics.iter().min_by_key(|one| one.severity);
    let contract = checked.contract.as_ref();
    let outcome = match worst.map(|one| one.severity) {
        _ if contract.is_none() => "refused",
        Some(Severity::Fatal | Severity::Error) => "defects",
        Some(Severity::Warning) | None => "whole",
    };
    Said {
        outcome: outcome.to_owned(),
        version: contract.map(|contract| contract.document().version().to_string()).unwrap_or_default(),
        operations: contract.map_or(0, |contract| contract.entries().len()),
        usable: contract.map_or(0, |contract| contract.operations().count()),
        errors,
        warnings,
        first: worst.map(ToString::to_string).unwrap_or_default(),
        milliseconds: start.elapsed().as_secs_f64() * 1e3,
        peak_kilobytes: peak("self"),
        codes,
    }
}

/// Asks a process of its own.
fn ask(how: &str, path: &Path, root: Option<&Path>) -> Said {
    let start = Instant::now();
    match child::ask(how, path, root) {
        Ended::Said(said) => said,
        Ended::Otherwise(outcome, first) => {
            let milliseconds = start.elapsed().as_secs_f64() * 1e3;
            Said { outcome: outcome.to_owned(), first, milliseconds, ..Said::default() }
        }
    }
}

/// The folder of a document's vendor: several keep what their documents share beside them, which `--root` allows.
fn vendor(folder: &Path, path: &str) -> PathBuf {
    let depth = if path.starts_with("swagger2/") { 3 } else { 2 };
    let mut vendor = folder.to_owned();
    vendor.extend(path.split('/').take(depth.min(path.split('/').count() - 1)));
    vendor
}

fn documents(folder: &Path) {
    println!(
        "{:<58} {:>7} {:>8} {:>6} {:>6} {:>5} {:>5} {:>8} {:>6}  first",
        "document", "version", "outcome", "ops", "usable", "err", "warn", "ms", "MB"
    );
    let mut totals: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    let (mut operations, mut usable) = (0, 0);
    let mut wrongly_refused = Vec::new();
    for row in manifest(folder) {
        let said = ask("--look", &folder.join(&row["path"]), Some(&vendor(folder, &row["path"])));
        let family: String = row["openapi_version"].chars().take(3).collect();
        *totals.entry(family).or_default().entry(said.outcome.clone()).or_default() += 1;
        for (code, count) in &said.codes {
            *codes.entry(code.clone()).or_default() += count;
        }
        operations += said.operations;
        usable += said.usable;
        if said.outcome == "refused" && row.get("oas_meta_schema").is_some_and(|verdict| verdict == "valid") {
            wrongly_refused.push(row["path"].clone());
        }
        let first: String = said.first.chars().take(170).collect();
        println!(
            "{:<58} {:>7} {:>8} {:>6} {:>6} {:>5} {:>5} {:>8.0} {:>6}  {first}",
            row["path"],
            row["openapi_version"],
            said.outcome,
            said.operations,
            said.usable,
            said.errors,
            said.warnings,
            said.milliseconds,
            said.peak_kilobytes / 1024
        );
    }
    println!("\nby version:");
    for (version, outcomes) in &totals {
        println!("  {version}: {outcomes:?}");
    }
    println!("operations: {operations}, usable: {usable}");
    println!("diagnostics by code: {codes:?}");
    println!("refused although the official meta-schema accepts them: {} {wrongly_refused:?}\n", wrongly_refused.len());
}

/// The initiative's own documents, and what other projects hold for right and wrong.
fn suites(folder: &Path) {
    let root = folder.join("open/_suites");
    for (suite, right) in [
        ("oai-schema-tests/v3.1/pass", true),
        ("oai-schema-tests/v3.2/pass", true),
        ("oai-schema-tests/v3.3/pass", true),
        ("oai-schema-tests/v3.1/fail", false),
        ("oai-schema-tests/v3.2/fail", false),
        ("oai-schema-tests/v3.3/fail", false),
        ("apidevtools-swagger-parser/specs/validate-schema/valid", true),
        ("apidevtools-swagger-parser/specs/validate-schema/invalid", false),
        ("apidevtools-swagger-parser/specs/validate-spec/valid", true),
        ("apidevtools-swagger-parser/specs/validate-spec/invalid", false),
        ("apidevtools-swagger-parser/specs/invalid", false),
        ("oai-learn-examples", true),
    ] {
        let mut all = 0;
        let mut otherwise = Vec::new();
        for path in files(&root.join(suite)) {
            let said = ask("--look", &path, None);
            all += 1;
            let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
            let line = format!("{name}: {} {}", said.outcome, said.first);
            match (right, said.outcome.as_str()) {
                (true, "whole") => {}
                // Accepted, but a part of it leads nowhere, which the suite does not look at.
                (true, "defects") => println!("    accepted with a defect: {line}"),
                (false, _) if said.errors + said.warnings > 0 => {}
                _ => otherwise.push(line),
            }
        }
        let expected = if right { "accepted" } else { "diagnosed" };
        println!("{suite}: {} of {all} {expected}", all - otherwise.len());
        otherwise.iter().for_each(|line| println!("    not {expected}: {line}"));
    }
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    for path in files(&root) {
        let said = ask("--look", &path, None);
        if ["PANIC", "HANG"].contains(&said.outcome.as_str()) {
            println!("    {}: {} {}", path.display(), said.outcome, said.first);
        }
        *outcomes.entry(said.outcome).or_default() += 1;
    }
    println!("every file of the suites, whatever it is: {outcomes:?}\n");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path
            .extension()
            .is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Documents made to do harm.
fn hostile() {
    let folder = std::env::temp_dir().join(format!("etalon-hostile-{}", std::process::id()));
    let paths = hostile::make(&folder);
    println!("{:<28} {:>8} {:>6} {:>6}  first", "hostile document", "outcome", "s", "MB");
    let mut over = Vec::new();
    for path in &paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let said = ask("--look", path, None);
        let seconds = said.milliseconds / 1e3;
        let megabytes = said.peak_kilobytes / 1024;
        let bounded =
            seconds <= HOSTILE.0 && megabytes <= HOSTILE.1 && !["PANIC", "HANG"].contains(&said.outcome.as_str());
        if !bounded {
            over.push(name.clone());
        }
        let first: String = said.first.chars().take(150).collect();
        println!(
            "{name:<28} {:>8} {seconds:>6.2} {megabytes:>6}  {}",
            said.outcome,
            first.replace(&folder.display().to_string(), "")
        );
    }
    println!(
        "hostile documents: {} of {} within {} s and {} MB; not: {over:?}",
        paths.len() - over.len(),
        paths.len(),
        HOSTILE.0,
        HOSTILE.1
    );
    let _ = fs::remove_dir_all(&folder);
}
