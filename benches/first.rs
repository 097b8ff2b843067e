//! How soon a mock answers: the time from bytes in hand to the first answer over the time that parsing the same bytes takes,
//! and the most memory that takes, for every document of a corpus over 1 MB. Measured twice: in a process that is warm, in
//! processor time; and of the real binary, from the start of its process to an answer over a loopback socket, over a
//! process that only reads and parses the file. A report, not a timed test.
//!
//! `cargo bench --bench first -- FOLDER`, or the folder in `ETALON_CORPUS`; `--only=TEXT` takes the documents whose path holds
//! the text, `--over=BYTES` those that are larger.

#![expect(clippy::print_stdout, reason = "a report program prints its report")]

#[path = "documents/child.rs"]
mod child;
#[path = "documents/manifest.rs"]
mod manifest;
#[path = "first/report.rs"]
mod report;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use etalon::cli::source::files::DiskFiles;
use etalon::server::{Answer, Credentials, Mock};
use etalon_contract::codec::{Request, encode};
use etalon_contract::document::{Document, Source};
use etalon_contract::generate::{self, Seeded};
use etalon_contract::model::{Contract, Operation};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::child::{peak, say};
use crate::report::report;

/// From what size on a document is large.
const LARGE: u64 = 1_000_000;

/// The most times that are taken; the least counts, since whatever else the machine does can only add to it.
const REPEATS: usize = 25;

/// After how long no more times are taken of one operation.
const ENOUGH: Duration = Duration::from_millis(1500);

/// The number of starts of a process; the quickest counts.
const PROCESSES: usize = 5;

/// The number of times that a profiler sees the way to the first answer.
const AGAIN: usize = 40;

/// The most operations that are tried for one that can be asked.
const TRIES: usize = 50;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let given = |number: usize| arguments.get(number).map(Path::new);
    match (arguments.first().map(String::as_str), given(1)) {
        (Some("--time"), Some(path)) => return say(&time(path, given(2))),
        (Some("--once"), Some(path)) => return say(&once(path, given(2))),
        (Some("--parse"), Some(path)) => {
            parsed(&fs::read(path).expect("it can be read"));
            println!();
            return;
        }
        // For a profiler.
        (Some("--again"), Some(path)) => {
            let bytes = fs::read(path).expect("it can be read");
            for _ in 0..AGAIN {
                std::hint::black_box(first(&bytes, path, given(2), Pick::First));
            }
            return;
        }
        _ => {}
    }
    let option = |name: &str| arguments.iter().find_map(|argument| argument.strip_prefix(name)).map(str::to_owned);
    let named = arguments.iter().find(|argument| !argument.starts_with("--")).cloned();
    let Some(folder) = named.or_else(|| std::env::var("ETALON_CORPUS").ok()).map(PathBuf::from) else {
        println!("SKIPPED: name the unpacked corpus by an argument or by ETALON_CORPUS");
        return;
    };
    let over = option("--over=").and_then(|text| text.parse().ok()).unwrap_or(LARGE);
    report(&folder, option("--only=").as_deref().unwrap_or(""), over);
}

/// The measures of a process of its own, in milliseconds and kilobytes.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
struct Times {
    parse: f64,
    document: f64,
    contract: f64,
    mock: f64,
    request: f64,
    answer: f64,
    /// The slowest whole, over the first, a middle and a late operation, and what was asked then.
    slowest: f64,
    slowest_asked: String,
    status: u16,
    operations: usize,
    asked: String,
    peak: u64,
    sent: Sent,
}

/// The request that was made, for another process to send.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
struct Sent {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Times {
    fn whole(&self) -> f64 {
        self.document + self.contract + self.mock + self.request + self.answer
    }
}

/// The processor time of this thread where the system tells it, so that whatever else the machine does counts little; else the
/// time of the clock.
enum Spent {
    Processor(u64),
    Clock(Instant),
}

impl Spent {
    fn now() -> Self {
        Self::nanoseconds().map_or_else(|| Self::Clock(Instant::now()), Self::Processor)
    }

    fn nanoseconds() -> Option<u64> {
        // Linux brings the figure up to date where a thread gives way.
        std::thread::yield_now();
        fs::read_to_string("/proc/thread-self/schedstat").ok()?.split_whitespace().next()?.parse().ok()
    }

    fn milliseconds(self) -> f64 {
        match self {
            Self::Processor(before) => Self::nanoseconds().unwrap_or(before).saturating_sub(before) as f64 / 1e6,
            Self::Clock(before) => milliseconds(before),
        }
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// The operation to ask, by its place in the document.
#[derive(Clone, Copy)]
enum Pick {
    First,
    Middle,
    Late,
}

/// From bytes to the first answer.
fn first(bytes: &[u8], path: &Path, root: Option<&Path>, pick: Pick) -> Option<(Times, Arc<Contract>)> {
    let name = path.display().to_string();
    let files = DiskFiles::of(path, root).expect("it is there");
    let mut times = Times::default();
    let start = Spent::now();
    let document = Document::load(Source { name: &name, bytes }, &[], &files).ok()?;
    times.document = start.milliseconds();
    let start = Spent::now();
    let contract = Arc::new(Contract::new(document));
    times.contract = start.milliseconds();
    let start = Spent::now();
    let mock = Mock::new([contract.clone()], Credentials::default(), 0);
    times.mock = start.milliseconds();
    times.operations = contract.entries().len();
    let from = match pick {
        Pick::First => 0,
        Pick::Middle => times.operations / 2,
        Pick::Late => times.operations * 9 / 10,
    };
    let start = Spent::now();
    let made = (from..times.operations).take(TRIES).find_map(|index| {
        let operation = contract.operation(index).ok()?;
        let mut choices = Seeded::new(1, [operation.id.as_str()]);
        let draft = generate::valid(&contract, operation, &mut choices).ok()?;
        let mut request = encode(&contract, operation, &draft).ok()?;
        authorise(&mock, operation, &mut request);
        Some((operation.id.clone(), request))
    });
    let (id, request) = made?;
    times.request = start.milliseconds();
    let start = Spent::now();
    let answer = mock.answer(&request);
    times.answer = start.milliseconds();
    times.status = answer.status;
    times.asked = id;
    let headers = request.headers.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    times.sent = Sent { method: request.method, target: request.target, headers, body: request.body };
    Some((times, contract))
}

fn authorise(mock: &Mock, operation: &Operation, request: &mut Request) {
    let simplest = operation.security.iter().min_by_key(|alternative| alternative.schemes.len());
    for (scheme, _) in simplest.into_iter().flat_map(|alternative| &alternative.schemes) {
        mock.credentials().show(scheme, request);
    }
}

/// Once, for the memory.
fn once(path: &Path, root: Option<&Path>) -> Times {
    let bytes = fs::read(path).expect("it can be read");
    let (times, contract) = first(&bytes, path, root, Pick::First).expect("only what loads is measured");
    drop(contract);
    Times { peak: peak("self"), ..times }
}

/// Parsing alone and the way to the first answer, by turns; the least of each counts.
fn time(path: &Path, root: Option<&Path>) -> Times {
    let bytes = fs::read(path).expect("it can be read");
    let mut best: Option<Times> = None;
    let mut parse = f64::INFINITY;
    let mut slowest: f64 = 0.0;
    let mut slowest_asked = String::new();
    for pick in [Pick::First, Pick::Middle, Pick::Late] {
        let mut least = f64::INFINITY;
        let mut asked = String::new();
        let begun = Instant::now();
        for _ in 0..REPEATS {
            if begun.elapsed() > ENOUGH && least.is_finite() {
                break;
            }
            parse = parse.min(parsed(&bytes));
            let Some((times, contract)) = first(&bytes, path, root, pick) else { break };
            drop(contract);
            least = least.min(times.whole());
            asked.clone_from(&times.asked);
            if matches!(pick, Pick::First) && best.as_ref().is_none_or(|best| times.whole() < best.whole()) {
                best = Some(times);
            }
        }
        if least.is_finite() && least > slowest {
            (slowest, slowest_asked) = (least, asked);
        }
    }
    Times { parse, slowest, slowest_asked, ..best.unwrap_or_default() }
}

/// The time that serde_json takes to parse a text into a value, or the YAML reader alone, in milliseconds.
fn parsed(bytes: &[u8]) -> f64 {
    let start = Spent::now();
    let text = std::str::from_utf8(bytes).expect("it is text");
    let value: Value = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).expect("it can be read")
    } else {
        serde_yaml::from_str(text).expect("it can be read")
    };
    let spent = start.milliseconds();
    drop(value);
    spent
}

/// The measures of the real binary: to its first line and to its first answer in milliseconds, and its peak in kilobytes.
struct Process {
    line: f64,
    answer: f64,
    status: u16,
    peak: u64,
}

fn process(path: &Path, times: &Times) -> Option<Process> {
    let Sent { method, target, headers, body } = &times.sent;
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_etalon"))
        .args(["mock", "--port", "0"])
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut lines = BufReader::new(child.stdout.take()?);
    let mut said = String::new();
    lines.read_line(&mut said).ok()?;
    let line = milliseconds(start);
    // Somebody has to take the rest of what it says.
    let rest = std::thread::spawn(move || {
        let _ = std::io::copy(&mut lines, &mut std::io::sink());
    });
    let exchanged = || -> std::io::Result<u16> {
        let authority = said.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap_or("");
        let mut stream = TcpStream::connect(authority)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0))
    };
    let status = exchanged().unwrap_or(0);
    let answer = milliseconds(start);
    let peak = peak(&child.id().to_string());
    let _ = child.kill();
    let _ = child.wait();
    let _ = rest.join();
    Some(Process { line, answer, status, peak })
}

/// The time of a process that reads the file, parses it, says so and is done, in milliseconds.
fn parsing_process(path: &Path) -> f64 {
    let program = std::env::current_exe().expect("this program has a path");
    let once = || {
        let start = Instant::now();
        let child = Command::new(&program).arg("--parse").arg(path).stdin(Stdio::null()).stderr(Stdio::null()).output();
        child.map_or(f64::INFINITY, |_| milliseconds(start))
    };
    (0..PROCESSES).map(|_| once()).fold(f64::INFINITY, f64::min)
}
