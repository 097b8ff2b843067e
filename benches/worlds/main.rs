//! What worlds cost: the memory of each that nobody wrote to, the time to begin one from another of a million items, whether
//! clients beside each other get the bytes of each alone, and how fast 1 and 1,000 worlds are beside each other, and 1, 2 and 3 mocks
//! with one state. `--short` forks a smaller world. A report, not a timed
//! test.

#![expect(clippy::print_stdout, reason = "a report is printed")]

#[path = "../peers/client.rs"]
#[expect(dead_code, reason = "what loads one request is of no use here")]
mod client;

mod load;
#[cfg(all(unix, feature = "redis"))]
mod replicas;

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use etalon::server::{Answer, Credentials, Mock};
use etalon_contract::codec::{Request, Response};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;

/// The document that the other benches load, too.
const DOCUMENT: &str = include_str!("../peers/things.json");

/// The worlds whose memory is measured.
const WORLDS: usize = 100_000;

/// The items of the world that they begin from.
const SEEDED: usize = 10_000;

/// The items of the world that is forked.
const LARGE: usize = 1_000_000;

/// The forks that are timed.
const FORKS: usize = 1_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    #[cfg(all(unix, feature = "redis"))]
    if let Some(place) = arguments.iter().position(|argument| argument == replicas::REPLICA) {
        return runtime.block_on(replicas::replica(&arguments[place + 1]));
    }
    let is_short = arguments.iter().any(|argument| argument == "--short");
    let large = if is_short { LARGE / 20 } else { LARGE };
    memory();
    forks(large);
    runtime.block_on(load::alone_and_together());
    runtime.block_on(load::one_and_many());
    #[cfg(all(unix, feature = "redis"))]
    runtime.block_on(replicas::one_two_and_three());
}

/// The mock of the document.
pub(crate) fn mock() -> Mock {
    let source = Source { name: "things.json", bytes: DOCUMENT.as_bytes() };
    let document = Document::load(source, &[], &NoFiles).expect("the document is sound");
    Mock::new([Arc::new(Contract::new(document))], Credentials::default(), 7)
        .remembering(usize::MAX / 2)
        .with_worlds(2 * WORLDS)
}

fn ask(mock: &Mock, world: &str, line: &str, from: Option<&str>, body: &str) -> Response {
    let (method, target) = line.split_once(' ').expect("method and target");
    let mut request = Request { method: method.into(), target: target.into(), ..Request::default() };
    request.headers.add("Etalon-World", world);
    if let Some(from) = from {
        request.headers.add("Etalon-World-From", from);
    }
    if !body.is_empty() {
        request.headers.add("Content-Type", "application/json");
        request.body = body.as_bytes().to_vec();
    }
    mock.answer(&request)
}

fn seed(mock: &Mock, world: &str, items: usize) {
    for number in 0..items {
        let note = format!("something about number {number}, as long as such things usually are");
        let body = format!(r#"{{"name":"thing {number}","status":"open","weight":{number},"note":"{note}"}}"#);
        let body = if number > 100_000 { body.replace(&format!(",\"weight\":{number}"), "") } else { body };
        assert_eq!(ask(mock, world, "POST /things", None, &body).status, 201);
    }
}

/// The memory of this process, in bytes.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<usize>().unwrap_or(0) * 1024
}

fn memory() {
    let mock = mock();
    seed(&mock, "seeded", SEEDED);
    assert_eq!(ask(&mock, "seeded", "GET /things/1", None, "").status, 200);
    let before = resident();
    for number in 0..WORLDS {
        let world = format!("test-{number}");
        assert_eq!(ask(&mock, &world, "GET /things/1", Some("seeded"), "").status, 200);
    }
    let each = (resident() - before) / WORLDS;
    println!("memory      {WORLDS} worlds begun from one of {SEEDED} items and read once: {each} bytes each");
    let before = resident();
    for number in 0..WORLDS / 10 {
        let world = format!("test-{number}");
        let body = r#"{"name":"another","status":"open"}"#;
        assert_eq!(ask(&mock, &world, "POST /things", None, body).status, 201);
    }
    let each = (resident() - before) / (WORLDS / 10);
    println!("memory      {} of these with an item of their own: {each} bytes more each", WORLDS / 10);
}

fn forks(items: usize) {
    let mock = mock();
    seed(&mock, "large", items);
    let (mut begun, mut written) = (Vec::new(), Vec::new());
    for number in 0..FORKS {
        // Something has happened since the last one began, so nothing is there already.
        let body = r#"{"name":"another","status":"open"}"#;
        assert_eq!(ask(&mock, "large", "POST /things", None, body).status, 201);
        let (world, at) = (format!("fork-{number}"), Instant::now());
        let fork = mock.worlds().fork(&world, Some("large"));
        begun.push(at.elapsed());
        assert!(fork.is_ok());
        let at = Instant::now();
        assert_eq!(ask(&mock, &world, "POST /things", None, body).status, 201);
        written.push(at.elapsed());
    }
    let told = |took: &mut Vec<Duration>| {
        took.sort_unstable();
        format!("median {:?}, longest {:?}", took[took.len() / 2], took[took.len() - 1])
    };
    println!("fork        of {items} items, {FORKS} times: {}", told(&mut begun));
    println!("fork        the first creation in it: {}", told(&mut written));
}
