//! How far the mock reaches over real documents: of all operations, the share that is routed to and answers its first valid
//! generated request, what the others lack, and which answers violate their contract. A report, not a timed test. The corpus
//! is named by the first argument or by `ETALON_CORPUS`; without it the program says so and only measures the shipped
//! contracts. `--all` asks every operation instead of some of each document, `--only=TEXT` those of documents whose path holds
//! the text.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a report is printed")]

#[path = "documents/manifest.rs"]
mod manifest;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use etalon::cli::source::files::DiskFiles;
use etalon::server::{Answer, Credentials, Mock};
use etalon::shipped;
use etalon_contract::behaviour::{Action, Inferred};
use etalon_contract::codec::{Request, encode};
use etalon_contract::document::{Document, Source};
use etalon_contract::generate::{self, Seeded};
use etalon_contract::model::{Contract, In, Operation, Route};
use etalon_contract::validate;

/// Operations of one document that are asked, where not all are.
const SAMPLE: usize = 40;

/// Requests of each kind that are timed.
const ROUNDS: u32 = 500;

/// From how many milliseconds on an answer is slow.
const SLOW: u128 = 200;

/// The most requests that are made for one that has a wire form.
const TRIES: u64 = 8;

/// The most examples of each reason that are shown.
const SHOWN: usize = 4;

/// The number of documents that are read at the same time.
const THREADS: usize = 2;

/// The outcomes of operations, counted, with examples.
#[derive(Default)]
struct Reach {
    documents: usize,
    operations: usize,
    actions: BTreeMap<&'static str, usize>,
    statuses: BTreeMap<u16, usize>,
    answered: usize,
    /// Of those that do not answer, how many the document itself keeps from it.
    documents_own: usize,
    violations: BTreeMap<String, Vec<String>>,
    lacking: BTreeMap<String, Vec<String>>,
    slow: Vec<(u128, String)>,
}

impl Reach {
    fn lacks(&mut self, reason: impl Into<String>, example: String) {
        self.documents_own += usize::from(DOCUMENTS.iter().any(|mark| example.contains(mark)));
        self.lacking.entry(reason.into()).or_default().push(example);
    }
}

fn main() {
    speed();
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let named = arguments.iter().find(|argument| !argument.starts_with("--")).cloned();
    let Some(root) = named.or_else(|| std::env::var("ETALON_CORPUS").ok()).map(PathBuf::from) else {
        println!("SKIPPED: name the unpacked corpus by an argument or by ETALON_CORPUS");
        return;
    };
    let only = arguments.iter().find_map(|argument| argument.strip_prefix("--only=")).unwrap_or("");
    let sample = if arguments.iter().any(|argument| argument == "--all") { usize::MAX } else { SAMPLE };
    let mut paths: Vec<String> =
        manifest::manifest(&root).into_iter().map(|mut row| row.remove("path").unwrap_or_default()).collect();
    paths.retain(|path| path.contains(only));
    // The largest first, so that no thread is left with one at the end.
    paths.sort_by_key(|path| std::cmp::Reverse(fs::metadata(root.join(path)).map_or(0, |kind| kind.len())));
    let (next, reach) = (AtomicUsize::new(0), Mutex::new(Reach::default()));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let begun = Instant::now();
                    let mut found = Reach::default();
                    document(&root, path, sample, &mut found);
                    if begun.elapsed().as_secs() >= 5 {
                        eprintln!("{:>5.1} s  {path}, {} operations", begun.elapsed().as_secs_f64(), found.operations);
                    }
                    merge(&mut reach.lock().expect("no thread panics while it adds"), found);
                }
            });
        }
    });
    print(&mut reach.into_inner().expect("no thread panics while it adds"));
}

fn merge(all: &mut Reach, one: Reach) {
    all.documents += one.documents;
    all.operations += one.operations;
    all.answered += one.answered;
    all.documents_own += one.documents_own;
    one.actions.into_iter().for_each(|(action, count)| *all.actions.entry(action).or_default() += count);
    one.statuses.into_iter().for_each(|(status, count)| *all.statuses.entry(status).or_default() += count);
    one.violations.into_iter().for_each(|(what, found)| all.violations.entry(what).or_default().extend(found));
    one.lacking.into_iter().for_each(|(what, found)| all.lacking.entry(what).or_default().extend(found));
    all.slow.extend(one.slow);
}

fn document(root: &Path, path: &str, sample: usize, reach: &mut Reach) {
    let full = root.join(path);
    let Ok(bytes) = fs::read(&full) else { return };
    let Ok(files) = DiskFiles::of(&full, Some(root)) else { return };
    let Ok(document) = Document::load(Source { name: path, bytes: &bytes }, &[], &files) else { return };
    let contract = Arc::new(Contract::new(document));
    let mut credentials = Credentials::default();
    credentials.accept_any();
    let mock = Mock::new([contract.clone()], credentials, 0);
    reach.documents += 1;
    let behaviour = &mock.services()[0].behaviour;
    let step = contract.entries().len().div_ceil(sample).max(1);
    let mut asked: Vec<usize> = (0..contract.entries().len()).step_by(step).collect();
    for index in &asked {
        *reach.actions.entry(behaviour.effect(*index).action.as_str()).or_default() += 1;
    }
    // What is created first can be read later.
    asked.sort_by_key(|index| behaviour.effect(*index).action != Action::Create);
    for index in asked {
        reach.operations += 1;
        let name = format!("{path} {}", contract.entries()[index].id);
        match contract.operation(index) {
            Ok(operation) => ask(&contract, &mock, operation, &name, reach),
            Err(defect) => reach.lacks(format!("unusable: {}", defect.code.as_str()), format!("{name}: {defect}")),
        }
    }
}

/// A valid request, made anew where it has no wire form, or why there is none.
fn make(contract: &Contract, mock: &Mock, operation: &Operation) -> Result<Request, String> {
    let effect = mock.services()[0].behaviour.effect(operation.index);
    let mut reason = String::new();
    for attempt in 0..TRIES {
        let mut choices = Seeded::new(attempt, [operation.id.as_str()]);
        let mut draft = generate::valid(contract, operation, &mut choices).map_err(|cannot| cannot.to_string())?;
        // No client has a cursor before a list gave one out.
        for name in effect.paging.iter().flat_map(|paging| paging.cursors()) {
            if operation.parameter(In::Query, name).is_some_and(|parameter| !parameter.required) {
                draft.remove_parameter(In::Query, name);
            }
        }
        match encode(contract, operation, &draft) {
            Ok(request) => return Ok(request),
            Err(no_form) => reason = no_form.to_string(),
        }
    }
    Err(format!("no wire form: {reason}"))
}

/// Marks in the reasons that the library gives for what no server could make good.
const DOCUMENTS: [&str; 9] = [
    "cannot be followed",
    "leads nowhere",
    "the schema cannot be used",
    "allows nothing",
    "cannot both be satisfied",
    "does not lead to this operation",
    "there is no security scheme",
    "gives the root element no name",
    "must hold one media type",
];

fn ask(contract: &Contract, mock: &Mock, operation: &Operation, name: &str, reach: &mut Reach) {
    let mut request = match make(contract, mock, operation) {
        Ok(request) => request,
        Err(reason) => {
            return reach.lacks(format!("no valid request: {}", plain(&reason)), format!("{name}: {reason}"));
        }
    };
    authorise(mock, operation, &mut request);
    match contract.route(&request.method, request.path()) {
        Route::Found { operation: found, .. } if found == operation.index => {}
        Route::Found { operation: found, .. } => {
            let other = &contract.entries()[found];
            return reach.lacks("routed to another operation", format!("{name}: {} {}", other.method, other.path));
        }
        Route::OtherMethods(_) | Route::Unknown => {
            return reach.lacks("not routed", format!("{name}: {}", request.target));
        }
    }
    let begun = Instant::now();
    let answer = mock.answer(&request);
    let spent = begun.elapsed().as_millis();
    if spent >= SLOW {
        reach.slow.push((spent, name.to_owned()));
    }
    *reach.statuses.entry(answer.status).or_default() += 1;
    let documented = operation.response(answer.status).is_some();
    match answer.status {
        400 | 401 | 405 | 406 | 415 | 422 | 500.. => {
            let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            let kind =
                told.get("type").and_then(|kind| kind.as_str()).and_then(|kind| kind.rsplit(['/', ':', '#']).next());
            let reason = format!("answered {} {}", answer.status, kind.unwrap_or_default());
            let body = String::from_utf8_lossy(&answer.body);
            reach.lacks(reason, format!("{name}: {body}"));
        }
        _ => reach.answered += 1,
    }
    if documented {
        match validate::response(contract, operation, &request.method, &answer) {
            Ok(found) => {
                for violation in found {
                    let what = violation.subject.to_string();
                    reach.violations.entry(what).or_default().push(format!("{} {name}: {violation}", answer.status));
                }
            }
            Err(defect) => reach.lacks("its answer cannot be judged", format!("{name}: {defect}")),
        }
    }
}

/// A reason without what is particular to one operation.
fn plain(reason: &str) -> String {
    let mut quoted = false;
    let mut text = String::new();
    for character in reason.chars() {
        match character {
            '`' => {
                quoted = !quoted;
                text.push('`');
            }
            _ if quoted => {}
            '0'..='9' => {}
            other => text.push(other),
        }
    }
    // Where it is, and what was found there, is particular too.
    let end =
        [" at /", "path has no wire form", "has no wire form: it would be", ": body: "].iter().filter_map(|mark| {
            text.find(mark)
                .map(|start| start + if mark.starts_with(' ') || mark.starts_with(':') { 0 } else { mark.len() })
        });
    let end = end.min().unwrap_or(text.len());
    text[..end].chars().take(80).collect()
}

/// Adds the credentials of an operation's first alternative.
fn authorise(mock: &Mock, operation: &Operation, request: &mut Request) {
    for (scheme, _) in operation.security.first().into_iter().flat_map(|alternative| &alternative.schemes) {
        mock.credentials().show(scheme, request);
    }
}

fn print(reach: &mut Reach) {
    println!("{} documents, {} operations", reach.documents, reach.operations);
    println!("\nwhat operations do:");
    for (action, count) in &reach.actions {
        println!("  {count:>6}  {action}");
    }
    println!("\nstatuses:");
    for (status, count) in &reach.statuses {
        println!("  {count:>6}  {status}");
    }
    println!("\nanswers that violate their contract:");
    for (subject, found) in &mut reach.violations {
        show(subject, found);
    }
    println!("\noperations that do not answer their first valid request, by reason:");
    for (reason, found) in &mut reach.lacking {
        show(reason, found);
    }
    reach.slow.sort();
    println!("\nslow answers: {}", reach.slow.len());
    for (spent, name) in reach.slow.iter().rev().take(10) {
        println!("  {spent:>6} ms  {name}");
    }
    let share = 100.0 * reach.answered as f64 / reach.operations.max(1) as f64;
    println!("\nrouted and answered: {} of {} operations, {share:.2} %", reach.answered, reach.operations);
    let served = reach.operations - reach.documents_own;
    println!(
        "kept from it by the document itself: {}; of the other {served}: {:.2} %",
        reach.documents_own,
        100.0 * reach.answered as f64 / served.max(1) as f64
    );
}

fn show(what: &str, found: &mut [String]) {
    found.sort();
    println!("  {:>6}  {what}", found.len());
    for one in found.iter().take(SHOWN) {
        println!("          {}", one.chars().take(420).collect::<String>());
    }
}

/// The cost of one answer on the shipped contracts, against reading its body alone.
fn speed() {
    let contracts = shipped::ALL.iter().map(|one| Arc::new(Contract::new(one.load().expect("it is sound"))));
    let mock = Mock::new(contracts, Credentials::default(), 0);
    println!("{:<24} {:>10} {:>10}", "", "us/answer", "x parsing");
    for service in mock.services() {
        for operation in service.contract.operations() {
            let mut choices = Seeded::new(1, [operation.id.as_str()]);
            let Ok(draft) = generate::valid(&service.contract, operation, &mut choices) else { continue };
            let Ok(mut request) = encode(&service.contract, operation, &draft) else { continue };
            authorise(&mock, operation, &mut request);
            let body = mock.answer(&request).body;
            let begun = Instant::now();
            for _ in 0..ROUNDS {
                std::hint::black_box(mock.answer(&request));
            }
            let answer = begun.elapsed() / ROUNDS;
            let begun = Instant::now();
            for _ in 0..ROUNDS {
                let _ = std::hint::black_box(serde_json::from_slice::<serde_json::Value>(&body));
                let _ = std::hint::black_box(serde_json::from_slice::<serde_json::Value>(&request.body));
            }
            let parsing = (begun.elapsed() / ROUNDS).as_secs_f64().max(1e-9);
            println!(
                "{:<24} {:>10.1} {:>10.1}",
                operation.id,
                answer.as_secs_f64() * 1e6,
                answer.as_secs_f64() / parsing
            );
        }
    }
    println!();
}
