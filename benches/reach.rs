//! How far the generator reaches over real documents: valid requests, valid response bodies, rows broken alone. A report,
//! not a timed test. The corpus is named by the first argument or by `ETALON_CORPUS`; without it the program says so and
//! stops. `--all` looks at every operation, otherwise at an even sample of each document; `--failures` lists every row that
//! was not broken, with its reason.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a report is printed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use etalon_contract::document::{Document, Files, Source};
use etalon_contract::generate::{self, Cannot, Numbers, Why};
use etalon_contract::model::{Contract, Direction, Operation};
use etalon_contract::rule::{self, Rule, Side};

/// Operations of one document that are looked at without `--all`.
const SAMPLE: usize = 40;

/// Reasons of one kind that are printed.
const SHOWN: usize = 12;

/// Rows of one operation that are broken without `--all`.
const ROWS: usize = 120;

struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        fs::read(self.0.join(name)).map_err(|error| error.to_string())
    }
}

#[derive(Default)]
struct Tally {
    good: usize,
    reasons: BTreeMap<(Why, String), (usize, String)>,
}

impl Tally {
    fn add<T>(&mut self, result: Result<T, Cannot>, place: &dyn Fn() -> String) {
        match result {
            Ok(_) => self.good += 1,
            Err(cannot) => {
                self.reasons
                    .entry((cannot.why, class(&cannot.reason)))
                    .or_insert_with(|| (0, format!("{}: {}", place(), cannot.reason)))
                    .0 += 1
            }
        }
    }

    fn of(&self, why: Why) -> usize {
        self.reasons.iter().filter(|((known, _), _)| *known == why).map(|(_, (count, _))| count).sum()
    }

    /// The number that could be made, as far as the place goes: not what the document rules out or the wire cannot carry.
    fn possible(&self) -> usize {
        self.good + self.of(Why::Implied) + self.of(Why::Budget) + self.of(Why::NotFound)
    }

    /// The number that could be made at all: not what is implied either.
    fn makeable(&self) -> usize {
        self.possible() - self.of(Why::Implied)
    }

    fn print(&self, what: &str) {
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        let total = self.good + self.reasons.values().map(|(count, _)| count).sum::<usize>();
        println!("\n{what}: {}", self.good);
        for (of, whole) in [
            ("of all, whatever the reason", total),
            ("of those whose place can be reached (not: unsatisfiable, defective, no wire form)", self.possible()),
            ("of those that can be made at all (nor: implied)", self.makeable()),
        ] {
            println!("  {:>6.2} % of {whole:>6} {of}", share(self.good, whole));
        }
        for why in [Why::Unsatisfiable, Why::Defective, Why::NoWireForm, Why::Implied, Why::Budget, Why::NotFound] {
            let mut reasons: Vec<_> = self.reasons.iter().filter(|((known, _), _)| *known == why).collect();
            reasons.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
            if !reasons.is_empty() {
                println!("  {}: {}", why.as_str(), self.of(why));
            }
            for ((_, reason), (count, example)) in reasons.iter().take(SHOWN) {
                println!("  {count:>7}  {reason}");
                println!("           e.g. {}", example.chars().take(330).collect::<String>());
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.good += other.good;
        for (reason, (count, example)) in other.reasons {
            self.reasons.entry(reason).or_insert((0, example)).0 += count;
        }
    }
}

/// A reason without what differs from case to case.
fn class(reason: &str) -> String {
    let mut kept = String::new();
    let mut quoted = false;
    for word in reason.split_whitespace() {
        quoted ^= word.matches('"').count() % 2 == 1;
        let plain = word.chars().all(|character| character.is_alphabetic() || ",.:;-".contains(character));
        if plain && !quoted && !word.ends_with(':') || ["form:", "body:"].contains(&word) {
            kept.push_str(word);
            kept.push(' ');
        }
    }
    kept.chars().take(90).collect::<String>().trim_end().to_owned()
}

#[derive(Default)]
struct Reach {
    documents: usize,
    refused: Vec<String>,
    defective: usize,
    requests: Tally,
    responses: Tally,
    rows: Tally,
    failures: Vec<String>,
    slow: Vec<(u128, String)>,
}

impl Reach {
    fn merge(&mut self, found: Self) {
        self.documents += found.documents;
        self.refused.extend(found.refused);
        self.defective += found.defective;
        self.requests.merge(found.requests);
        self.responses.merge(found.responses);
        self.rows.merge(found.rows);
        self.slow.extend(found.slow);
        self.failures.extend(found.failures);
    }

    fn print(&self, took: Duration) {
        println!(
            "{} documents, {} refused, {} defective operations, {:.1} s",
            self.documents,
            self.refused.len(),
            self.defective,
            took.as_secs_f64()
        );
        for refused in &self.refused {
            println!("  refused {}", refused.chars().take(200).collect::<String>());
        }
        self.requests.print("valid requests");
        self.responses.print("valid response bodies");
        self.rows.print("rows broken alone");
    }

    fn print_failures(&self) {
        let mut failures: Vec<&String> = self.failures.iter().collect();
        failures.sort();
        println!("\nrows not broken:");
        for failure in failures {
            println!("{failure}");
        }
    }

    fn print_slow(&self) {
        let mut slow: Vec<_> = self.slow.iter().collect();
        slow.sort();
        println!("\nslow operations:");
        for (spent, name) in slow.iter().rev().take(15) {
            println!("  {spent:>6} ms  {name}");
        }
    }
}

fn numbers(seed: u64) -> Vec<u64> {
    use generate::Choices;
    let mut source = generate::Seeded::new(seed, ["reach"]);
    (0..512).map(|_| source.below(u64::MAX)).collect()
}

fn look(contract: &Contract, operation: &Operation, name: &str, all: bool, reach: &mut Reach) {
    let started = Instant::now();
    let place = || format!("{name} {}", operation.id);
    let drawn = numbers(1);
    let valid = generate::valid(contract, operation, &mut Numbers::new(&drawn));
    reach.requests.add(valid, &place);
    for content in operation.responses.iter().flat_map(|response| &response.content) {
        if let Some(at) = &content.schema {
            let body = generate::value(contract, at, Direction::Response, &mut Numbers::new(&drawn));
            reach.responses.add(body, &|| format!("{name} {}", content.at));
        }
    }
    let rows = rule::rows(contract, operation);
    let past: Vec<_> =
        rows.iter().filter(|row| matches!(&row.rule, Rule::Limit(limit) if limit.side() == Side::Past)).collect();
    let step = if all { 1 } else { past.len().div_ceil(ROWS).max(1) };
    for row in past.iter().step_by(step) {
        let mut last = Err(Cannot::because("the row has no kinds"));
        for variant in 0..generate::variants(row) {
            last = generate::breach(contract, operation, row, variant, &mut Numbers::new(&drawn)).map(|_| ());
            if last.is_ok() {
                break;
            }
        }
        if let Err(cannot) = &last {
            reach.failures.push(format!("{}\t{name}\t{}\t{}", cannot.why.as_str(), row.id, cannot.reason));
        }
        reach.rows.add(last, &|| format!("{name} {}", row.id));
    }
    let spent = started.elapsed().as_millis();
    if spent > 500 {
        reach.slow.push((spent, format!("{name} {} ({} rows)", operation.id, rows.len())));
    }
}

fn document(root: &Path, path: &str, all: bool) -> Reach {
    let mut reach = Reach { documents: 1, ..Reach::default() };
    let file = root.join(path);
    let Ok(bytes) = fs::read(&file) else {
        reach.refused.push(format!("{path}: cannot be read"));
        return reach;
    };
    let folder = Folder(file.parent().map(Path::to_path_buf).unwrap_or_default());
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("document").to_owned();
    let document = match Document::load(Source { name: &name, bytes: &bytes }, &[], &folder) {
        Ok(document) => document,
        Err(problems) => {
            reach.refused.push(format!("{path}: {}", problems.first().map_or(String::new(), ToString::to_string)));
            return reach;
        }
    };
    let contract = Contract::new(document);
    let count = contract.entries().len();
    let step = if all { 1 } else { count.div_ceil(SAMPLE).max(1) };
    for index in (0..count).step_by(step) {
        match contract.operation(index) {
            Ok(operation) => look(&contract, operation, path, all, &mut reach),
            Err(_) => reach.defective += 1,
        }
    }
    reach
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let all = arguments.iter().any(|argument| argument == "--all");
    let named = arguments.iter().find(|argument| !argument.starts_with("--")).cloned();
    let Some(root) = named.or_else(|| std::env::var("ETALON_CORPUS").ok()).map(PathBuf::from) else {
        println!("SKIPPED: name the unpacked corpus by an argument or by ETALON_CORPUS");
        return;
    };
    let filter = arguments.iter().find_map(|argument| argument.strip_prefix("--only="));
    let manifest = fs::read_to_string(root.join("manifest-open.tsv")).expect("the corpus has a manifest");
    let paths: Vec<&str> = manifest
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').next())
        .filter(|path| filter.is_none_or(|filter| path.contains(filter)))
        .collect();
    let started = Instant::now();
    let whole = look_at_all(&root, &paths, all);
    whole.print(started.elapsed());
    if arguments.iter().any(|argument| argument == "--failures") {
        whole.print_failures();
    }
    whole.print_slow();
}

/// The reach over documents of a corpus, two at a time.
fn look_at_all(root: &Path, paths: &[&str], all: bool) -> Reach {
    let next = AtomicUsize::new(0);
    let whole = Mutex::new(Reach::default());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let begun = Instant::now();
                    let found = document(root, path, all);
                    if begun.elapsed().as_secs() >= 5 {
                        eprintln!("{:>5.1} s  {path}", begun.elapsed().as_secs_f64());
                    }
                    whole.lock().expect("no thread panicked").merge(found);
                }
            });
        }
    });
    whole.into_inner().expect("no thread panicked")
}
