//! How far the mock reaches over real documents: valid requests, what they are answered with, and which answers violate
//! their contract. A report, not a timed test. The corpus is named by the first argument or by `ETALON_CORPUS`; without it
//! the program says so and only measures the shipped contracts.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a report is printed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use etalon::server::{Answer, Credentials, Mock};
use etalon::shipped;
use etalon_contract::behaviour::{Action, Known};
use etalon_contract::codec::{Request, encode};
use etalon_contract::document::{Document, Files, Source};
use etalon_contract::generate::{self, Seeded};
use etalon_contract::model::Contract;
use etalon_contract::validate;

/// Operations of one document that are asked.
const SAMPLE: usize = 40;

/// Requests of each kind that are timed.
const ROUNDS: u32 = 500;

struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        fs::read(self.0.join(name)).map_err(|error| error.to_string())
    }
}

#[derive(Default)]
struct Reach {
    documents: usize,
    operations: usize,
    actions: BTreeMap<&'static str, usize>,
    statuses: BTreeMap<u16, usize>,
    violations: BTreeMap<String, Vec<String>>,
    failures: Vec<String>,
    slow: Vec<(u128, String)>,
}

fn main() {
    speed();
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let named = arguments.iter().find(|argument| !argument.starts_with("--")).cloned();
    let Some(root) = named.or_else(|| std::env::var("ETALON_CORPUS").ok()).map(PathBuf::from) else {
        println!("SKIPPED: name the unpacked corpus by an argument or by ETALON_CORPUS");
        return;
    };
    let only = arguments.iter().find_map(|argument| argument.strip_prefix("--only="));
    let manifest = fs::read_to_string(root.join("manifest-open.tsv")).expect("the corpus has a manifest");
    let paths = manifest.lines().skip(1).filter_map(|line| line.split('\t').next());
    let mut reach = Reach::default();
    for path in paths.filter(|path| only.is_none_or(|only| path.contains(only))) {
        let begun = Instant::now();
        document(&root, path, &mut reach);
        if begun.elapsed().as_secs() >= 5 {
            eprintln!("{:>5.1} s  {path}", begun.elapsed().as_secs_f64());
        }
    }
    print(&mut reach);
}

fn document(root: &Path, path: &str, reach: &mut Reach) {
    let full = root.join(path);
    let Ok(bytes) = fs::read(&full) else { return };
    let folder = Folder(full.parent().map(Path::to_owned).unwrap_or_default());
    let Ok(document) = Document::load(Source { name: path, bytes: &bytes }, &[], &folder) else { return };
    let contract = Arc::new(Contract::new(document));
    let mut credentials = Credentials::default();
    credentials.accept_any();
    let mock = Mock::new([contract.clone()], credentials, 0);
    reach.documents += 1;
    let operations: Vec<_> = contract.operations().collect();
    let step = operations.len().div_ceil(SAMPLE).max(1);
    let behaviour = &mock.services()[0].behaviour;
    for index in 0..contract.entries().len() {
        *reach.actions.entry(behaviour.effect(index).action.as_str()).or_default() += 1;
    }
    // What is created first can be read later.
    let mut asked: Vec<_> = operations.iter().step_by(step).collect();
    asked.sort_by_key(|operation| behaviour.effect(operation.index).action != Action::Create);
    for operation in asked {
        let mut choices = Seeded::new(1, [operation.id.as_str()]);
        let Ok(draft) = generate::valid(&contract, operation, &mut choices) else { continue };
        let Ok(mut request) = encode(&contract, operation, &draft) else { continue };
        authorise(&mock, operation, &mut request);
        reach.operations += 1;
        let begun = Instant::now();
        let name = format!("{path} {}", operation.id);
        let answer = mock.answer(&request);
        let spent = begun.elapsed().as_millis();
        if spent >= 200 {
            reach.slow.push((spent, name.clone()));
        }
        *reach.statuses.entry(answer.status).or_default() += 1;
        if answer.status >= 500 || matches!(answer.status, 400 | 401 | 405 | 406 | 415 | 422) {
            let body: String = String::from_utf8_lossy(&answer.body).chars().take(300).collect();
            reach.failures.push(format!("{} {name}: {body}", answer.status));
        }
        if operation.response(answer.status).is_none() {
            continue;
        }
        match validate::response(&contract, operation, &request.method, &answer) {
            Ok(found) => {
                for violation in found {
                    reach
                        .violations
                        .entry(violation.subject.to_string())
                        .or_default()
                        .push(format!("{} {name}: {violation}", answer.status));
                }
            }
            Err(defect) => reach.failures.push(format!("unusable {name}: {defect}")),
        }
    }
}

fn authorise(mock: &Mock, operation: &etalon_contract::model::Operation, request: &mut Request) {
    use etalon_contract::model::In;
    for (scheme, _) in operation.security.first().into_iter().flat_map(|alternative| &alternative.schemes) {
        match mock.credentials().written(scheme) {
            Some((In::Header, name, value)) => request.headers.set(&name, value),
            Some((In::Query, name, value)) => {
                let separator = if request.target.contains('?') { '&' } else { '?' };
                request.target = format!("{}{separator}{name}={value}", request.target);
            }
            Some((In::Cookie, name, value)) => request.headers.add("Cookie", format!("{name}={value}")),
            Some(_) | None => {}
        }
    }
}

fn print(reach: &mut Reach) {
    println!("{} documents, {} operations asked", reach.documents, reach.operations);
    println!("\nwhat operations do, over all of them:");
    for (action, count) in &reach.actions {
        println!("  {count:>6}  {action}");
    }
    println!("\nstatuses:");
    for (status, count) in &reach.statuses {
        println!("  {count:>6}  {status}");
    }
    println!("\nanswers that violate their contract:");
    for (subject, found) in &reach.violations {
        println!("  {:>6}  {subject}", found.len());
        for one in found.iter().take(6) {
            println!("          {}", one.chars().take(300).collect::<String>());
        }
    }
    println!("\nvalid requests that were refused, and failures: {}", reach.failures.len());
    for failure in reach.failures.iter().take(40) {
        println!("  {failure}");
    }
    reach.slow.sort();
    println!("\nslow answers:");
    for (spent, name) in reach.slow.iter().rev().take(10) {
        println!("  {spent:>6} ms  {name}");
    }
}

/// What one answer costs on the shipped contracts, against reading its body alone.
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
