//! What becomes of real and of hostile documents: a table of every document of a corpus (loaded whole, loaded with named
//! defects, refused), how long loading takes against parsing the same bytes, how much memory it takes, and whether
//! documents made to do harm are refused in time. Every document is read in a process of its own, so that a panic, a hang
//! or a peak of memory is seen and counted, and ends nothing else.
//!
//! `cargo bench --bench corpus -- FOLDER`, or the folder in `ETALON_CORPUS`; without either only the hostile documents.

#![expect(clippy::print_stdout, reason = "a report program prints its report")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use etalon::cli::check::check;
use etalon::cli::open::open;
use etalon_contract::document::Severity;
use serde::{Deserialize, Serialize};

/// How long one document may take, diagnostics included, before it counts as a hang.
const HANG: Duration = Duration::from_secs(60);

/// From what size on speed and memory are measured.
const LARGE: u64 = 1_000_000;

/// How often a time is taken; the least counts.
const REPEATS: usize = 5;

/// The bounds of a hostile document: seconds and megabytes.
const HOSTILE: (f64, u64) = (2.0, 300);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("--look") => return say(&look(Path::new(&arguments[1]), arguments.get(2).map(Path::new))),
        Some("--load") => return say(&load(Path::new(&arguments[1]), arguments.get(2).map(Path::new))),
        Some("--time") => return say(&time(Path::new(&arguments[1]), arguments.get(2).map(Path::new))),
        _ => {}
    }
    let folder = arguments.first().cloned().or_else(|| std::env::var("ETALON_CORPUS").ok()).map(PathBuf::from);
    match folder.filter(|folder| folder.is_dir()) {
        Some(folder) => {
            documents(&folder);
            suites(&folder);
            large(&folder);
        }
        None => {
            println!("NO CORPUS: give its folder as an argument or in ETALON_CORPUS. Only hostile documents follow.")
        }
    }
    hostile();
}

/// What a process of its own says about one document.
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
    reference: f64,
    peak_kilobytes: u64,
    codes: BTreeMap<String, usize>,
}

fn say(said: &Said) {
    println!("{}", serde_json::to_string(said).expect("it is plain data"));
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
        reference: 0.0,
        peak_kilobytes: peak(),
        codes,
    }
}

/// Loading alone, once, for its memory.
fn load(path: &Path, root: Option<&Path>) -> Said {
    let contract = open(path, &[], root).expect("only what loads is measured");
    let usable = usize::from(contract.entries().is_empty() || contract.operation(0).is_ok());
    Said { usable, peak_kilobytes: peak(), ..Said::default() }
}

/// Loading up to the first operation, and parsing the same bytes into a value.
fn time(path: &Path, root: Option<&Path>) -> Said {
    let mut least = [f64::INFINITY; 2];
    for _ in 0..REPEATS {
        let start = Instant::now();
        let bytes = fs::read(path).expect("it was read before");
        let text = std::str::from_utf8(&bytes).expect("it is text");
        let value: serde_json::Value = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).expect("it was read before")
        } else {
            serde_yaml::from_str(text).expect("it was read before")
        };
        least[0] = least[0].min(start.elapsed().as_secs_f64() * 1e3);
        drop(value);
        let start = Instant::now();
        let contract = open(path, &[], root).expect("it was loaded before");
        let read = contract.entries().is_empty() || contract.operation(0).is_ok();
        least[1] = least[1].min(start.elapsed().as_secs_f64() * 1e3);
        drop((contract, read));
    }
    Said { reference: least[0], milliseconds: least[1], ..Said::default() }
}

/// The most memory this process had, in kilobytes; 0 where the system does not say.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap_or(0)
}

/// Asks a process of its own.
fn ask(how: &str, path: &Path, root: Option<&Path>) -> Said {
    let program = std::env::current_exe().expect("this program has a path");
    let start = Instant::now();
    let mut child = Command::new(program)
        .arg(how)
        .arg(path)
        .args(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this program can be started");
    let mut pipe = child.stdout.take().expect("it is piped");
    let mut errors = child.stderr.take().expect("it is piped");
    let output = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = pipe.read_to_string(&mut text);
        text
    });
    let complaints = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = errors.read_to_string(&mut text);
        text
    });
    let status = loop {
        match child.try_wait().expect("it can be waited for") {
            Some(status) => break Some(status),
            None if start.elapsed() > HANG => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let text = output.join().expect("the reader does not panic");
    let complaint = complaints.join().expect("the reader does not panic");
    let failed = |outcome: &str| Said {
        outcome: outcome.to_owned(),
        first: complaint.lines().take(2).collect::<Vec<_>>().join(" "),
        milliseconds: start.elapsed().as_secs_f64() * 1e3,
        ..Said::default()
    };
    match status {
        None => failed("HANG"),
        Some(status) if status.success() => serde_json::from_str(&text).unwrap_or_else(|_| failed("PANIC")),
        Some(_) => failed("PANIC"),
    }
}

/// Rows of a table with a head line, as cells.
fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let head = lines.next().unwrap_or_default();
    lines.map(|cells| head.iter().cloned().zip(cells).collect()).collect()
}

fn manifest(folder: &Path) -> Vec<BTreeMap<String, String>> {
    let mut rows = Vec::new();
    for name in ["manifest-open.tsv", "manifest.tsv"] {
        rows.extend(table(&folder.join(name)));
    }
    rows.retain(|row| folder.join(&row["path"]).is_file());
    rows
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

/// Speed and memory of the largest documents.
fn large(folder: &Path) {
    println!(
        "{:<52} {:>8} {:>9} {:>9} {:>6} {:>8} {:>8}",
        "large document", "kB", "parse ms", "load ms", "ratio", "peak MB", "bound MB"
    );
    let mut ratios = Vec::new();
    let mut over = 0;
    let mut rows: Vec<_> = manifest(folder);
    rows.sort_by_key(|row| std::cmp::Reverse(row["bytes"].parse::<u64>().unwrap_or(0)));
    for row in rows {
        let path = folder.join(&row["path"]);
        let bytes = fs::metadata(&path).map_or(0, |kind| kind.len());
        if bytes < LARGE {
            continue;
        }
        let (memory, times) = (ask("--load", &path, None), ask("--time", &path, None));
        if times.reference == 0.0 {
            println!("{:<52} {}", row["path"], times.first);
            continue;
        }
        let ratio = times.milliseconds / times.reference;
        let bound = bytes * 12 / 1024 + 30 * 1024;
        over += usize::from(memory.peak_kilobytes > bound);
        ratios.push(ratio);
        println!(
            "{:<52} {:>8} {:>9.1} {:>9.1} {ratio:>6.2} {:>8} {:>8}",
            row["path"],
            bytes / 1024,
            times.reference,
            times.milliseconds,
            memory.peak_kilobytes / 1024,
            bound / 1024
        );
    }
    ratios.sort_by(f64::total_cmp);
    if let (Some(median), Some(worst)) = (ratios.get(ratios.len() / 2), ratios.last()) {
        println!(
            "load over parse: median {median:.2} (bound 2.0), worst {worst:.2} (bound 3.0); {over} over the memory bound\n"
        );
    }
}

/// Documents made to do harm.
fn hostile() {
    let folder = std::env::temp_dir().join(format!("etalon-hostile-{}", std::process::id()));
    let inner = folder.join("inner");
    fs::create_dir_all(&inner).expect("a folder can be made");
    let head = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n";
    let mut cases: Vec<(&str, Vec<u8>)> = Vec::new();
    let mut add = |name: &'static str, text: String| cases.push((name, text.into_bytes()));
    let mut bomb = format!("{head}x-a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..20 {
        bomb.push_str(&format!("x-a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", ")));
    }
    add("alias-bomb.yaml", bomb + "paths: {}\n");
    let mut keys = format!("{head}x-a0: &a0 {{a: 1, b: 2}}\n");
    for level in 1..24 {
        keys.push_str(&format!(
            "x-a{level}: &a{level} {{a: *a{}, b: *a{}, <<: *a{}}}\n",
            level - 1,
            level - 1,
            level - 1
        ));
    }
    add("merge-bomb.yaml", keys + "paths: {}\n");
    add(
        "wide-alias-bomb.yaml",
        format!("{head}x-a: &a \"{}\"\nx-b: [{}]\npaths: {{}}\n", "x".repeat(1 << 20), vec!["*a"; 100_000].join(",")),
    );
    add("deep-json.json", "[".repeat(100_000) + &"]".repeat(100_000));
    add("deep-objects.json", "{\"a\":".repeat(100_000) + "1" + &"}".repeat(100_000));
    add("deep-flow.yaml", format!("{head}x: {}{}\n", "[".repeat(100_000), "]".repeat(100_000)));
    add("deep-block.yaml", format!("{head}x:\n  {}1\n", "- ".repeat(100_000)));
    add("deep-unclosed.yaml", format!("{head}x: {}", "{a: ".repeat(100_000)));
    let deep_schema = "{\"properties\":{\"a\":".repeat(60) + "{}" + &"}}".repeat(60);
    add(
        "deep-schema.json",
        format!(
            "{{\"openapi\":\"3.0.3\",\"info\":{{\"title\":\"t\",\"version\":\"1\"}},\"paths\":{{}},\"components\":{{\"schemas\":{{\"A\":{deep_schema}}}}}}}"
        ),
    );
    add(
        "self-ref.yaml",
        format!("{head}paths:\n  /a: {{get: {{responses: {{'200': {{$ref: '#/paths/~1a/get/responses/200'}}}}}}}}\n"),
    );
    add(
        "path-item-cycle.yaml",
        format!("{head}paths:\n  /a: {{$ref: '#/paths/~1b'}}\n  /b: {{$ref: '#/paths/~1a'}}\n"),
    );
    add("pointer-into-itself.yaml", format!("{head}paths:\n  /a: {{$ref: '#/paths/~1a/get/x'}}\n"));
    let mut ring = format!("{head}paths: {{}}\ncomponents:\n  schemas:\n");
    for number in 0..20_000 {
        ring.push_str(&format!("    S{number}: {{$ref: '#/components/schemas/S{}'}}\n", (number + 1) % 20_000));
    }
    add("ring-of-refs.yaml", ring);
    let mut dense = format!(
        "{head}paths:\n  /a: {{get: {{responses: {{'200': {{description: d, content: {{application/json: {{schema: {{$ref: '#/components/schemas/S0'}}}}}}}}}}}}}}\ncomponents:\n  schemas:\n"
    );
    for number in 0..200 {
        let properties: Vec<String> =
            (0..200).map(|other| format!("p{other}: {{$ref: '#/components/schemas/S{other}'}}")).collect();
        dense.push_str(&format!("    S{number}: {{type: object, properties: {{{}}}}}\n", properties.join(", ")));
    }
    add("dense-cycle.yaml", dense);
    add(
        "long-key.json",
        format!(
            "{{\"openapi\":\"3.0.3\",\"info\":{{\"title\":\"t\",\"version\":\"1\"}},\"paths\":{{}},\"x-{}\":1}}",
            "k".repeat(10 << 20)
        ),
    );
    add(
        "long-path.json",
        format!(
            "{{\"openapi\":\"3.0.3\",\"info\":{{\"title\":\"t\",\"version\":\"1\"}},\"paths\":{{\"{}\":{{\"get\":{{\"responses\":{{}}}}}}}}}}",
            "/a".repeat(5 << 20)
        ),
    );
    add("long-key.yaml", format!("{head}paths: {{}}\nx-{}: 1\n", "k".repeat(10 << 20)));
    let mut many = String::from("{\"openapi\":\"3.0.3\",\"info\":{\"title\":\"t\",\"version\":\"1\"},\"paths\":{");
    for number in 0..10_000 {
        let comma = if number > 0 { "," } else { "" };
        many.push_str(&format!("{comma}\"/r{number}/{{id}}\":{{\"get\":{{\"parameters\":[{{\"name\":\"id\",\"in\":\"path\",\"required\":true,\"schema\":{{\"type\":\"string\"}}}}],\"responses\":{{\"200\":{{\"description\":\"d\"}}}}}}}}"));
    }
    add("ten-thousand-operations.json", many + "}}");
    add("empty.yaml", String::new());
    add("nul.yaml", format!("{head}paths: {{}}\nx: \"a\0b\"\n"));
    add("many-duplicates.json", format!("{{{}\"openapi\":\"3.0.3\",\"paths\":{{}}}}", "\"a\":1,".repeat(300_000)));
    let reference =
        |target: &str| format!("{head}paths:\n  /a: {{get: {{responses: {{'200': {{$ref: '{target}'}}}}}}}}\n");
    for (name, target) in [
        ("ref-passwd.yaml", "/etc/passwd"),
        ("ref-file-uri.yaml", "file:///etc/passwd"),
        ("ref-http.yaml", "http://127.0.0.1:1/x.yaml"),
        ("ref-fifo.yaml", "pipe.yaml"),
        ("ref-folder.yaml", "folder"),
        ("ref-above.yaml", "../../secret.yaml"),
        ("ref-loop.yaml", "loop.yaml"),
        ("ref-link-out.yaml", "out.yaml"),
        ("ref-zero.yaml", "zero.yaml"),
        ("ref-self.yaml", "ref-self.yaml"),
        ("ref-png.yaml", "picture.png"),
    ] {
        add(name, reference(target));
    }
    cases.push(("invalid-utf8.yaml", [head.as_bytes(), b"x: \xFF\xFE\xFD\n"].concat()));
    cases.push(("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()));
    let utf16 = |text: &str| [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    cases.push(("utf16.yaml", utf16(&format!("{head}paths: {{}}\n"))));
    let _ = Command::new("mkfifo").arg(inner.join("pipe.yaml")).status();
    let _ = fs::create_dir(inner.join("folder"));
    fs::write(folder.join("secret.yaml"), "description: secret").expect("it can be written");
    #[cfg(unix)]
    for (target, name) in [("loop.yaml", "loop.yaml"), ("../secret.yaml", "out.yaml"), ("/dev/zero", "zero.yaml")] {
        std::os::unix::fs::symlink(target, inner.join(name)).expect("a link can be made");
    }
    println!("{:<28} {:>8} {:>6} {:>6}  first", "hostile document", "outcome", "s", "MB");
    let mut over = Vec::new();
    for (name, bytes) in &cases {
        let path = inner.join(name);
        fs::write(&path, bytes).expect("it can be written");
        let said = ask("--look", &path, None);
        let seconds = said.milliseconds / 1e3;
        let megabytes = said.peak_kilobytes / 1024;
        let bounded =
            seconds <= HOSTILE.0 && megabytes <= HOSTILE.1 && !["PANIC", "HANG"].contains(&said.outcome.as_str());
        if !bounded {
            over.push(*name);
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
        cases.len() - over.len(),
        cases.len(),
        HOSTILE.0,
        HOSTILE.1
    );
    let _ = fs::remove_dir_all(&folder);
}
