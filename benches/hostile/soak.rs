//! A long mixed load with hostile requests in it: whether memory stays flat, whether an innocent request ever fails, and how
//! long one waits beside the hostile ones and without them. `cargo bench --bench hostile -- soak 1200` runs it for so many
//! seconds, of which the first twentieth is without hostile requests. It prints a line a minute; nothing here is a test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::client::{self, ask, open, post};
use crate::process::Mock;

/// Clients at the same time: twice the cores of a small machine.
const CLIENTS: u64 = 4;

/// One request of so many is hostile.
const ONE_IN: u64 = 20;

/// The pause of a client after a request: the machine shall be busy and not full, so that waiting tells of the mock.
const PAUSE: Duration = Duration::from_millis(4);

/// The growth of memory from the second minute on that still counts as flat, as a share.
const FLAT: f64 = 0.1;

/// Runs it for so many seconds, and prints whether the bounds were kept.
pub(crate) fn report(seconds: u64) {
    let mock = Mock::start();
    let alone = Duration::from_secs(seconds.div_ceil(20).max(5));
    println!(
        "{:<8} {:>9} {:>7} {:>8} {:>8} {:>8} {:>8}",
        "second", "requests", "errors", "p50 ms", "p99 ms", "max ms", "MB"
    );
    let without = phase(&mock, Load::Innocent, alone);
    let with = phase(&mock, Load::Mixed, Duration::from_secs(seconds).saturating_sub(alone));
    let errors = without.errors + with.errors;
    let ratio = with.p99.as_secs_f64() / without.p99.as_secs_f64().max(1e-6);
    let growth = with.last_memory / with.memory_of_second_minute.max(1.0) - 1.0;
    println!(
        "innocent requests: {}, errors {errors}{}",
        without.requests + with.requests,
        if errors == 0 { "" } else { "  OUT OF BOUNDS" }
    );
    println!(
        "p99 {:.2} ms alone, {:.2} ms beside hostile ones: ratio {ratio:.2}{}",
        without.p99.as_secs_f64() * 1e3,
        with.p99.as_secs_f64() * 1e3,
        if ratio <= 2.0 { "" } else { "  OUT OF BOUNDS" }
    );
    println!(
        "memory {:.1} MB in the second minute, {:.1} MB at the end{}",
        with.memory_of_second_minute,
        with.last_memory,
        if growth <= FLAT { "" } else { "  OUT OF BOUNDS" }
    );
}

/// The requests that clients send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Load {
    Innocent,
    Mixed,
}

/// The measures of a phase, with memory in megabytes.
struct Shown {
    requests: usize,
    errors: u64,
    p99: Duration,
    memory_of_second_minute: f64,
    last_memory: f64,
}

fn phase(mock: &Mock, load: Load, lasts: Duration) -> Shown {
    let (over, errors) = (AtomicBool::new(false), AtomicU64::new(0));
    let (told, waits) = channel();
    let began = Instant::now();
    let mut memory = Vec::new();
    let mut all = Vec::new();
    std::thread::scope(|scope| {
        for number in 0..CLIENTS {
            let (told, over, errors) = (told.clone(), &over, &errors);
            scope.spawn(move || client(mock.port, number, load, over, errors, &told));
        }
        while began.elapsed() < lasts {
            sleep(Duration::from_secs(60).min(lasts.saturating_sub(began.elapsed())));
            memory.push(mock.resident());
            let minute = drained(&waits);
            println!(
                "{:<8} {:>9} {:>7} {:>8.2} {:>8.2} {:>8.1} {:>8.1}",
                began.elapsed().as_secs(),
                minute.len(),
                errors.load(Ordering::Relaxed),
                at(&minute, 50).as_secs_f64() * 1e3,
                at(&minute, 99).as_secs_f64() * 1e3,
                minute.last().copied().unwrap_or_default().as_secs_f64() * 1e3,
                mock.resident()
            );
            all.extend(minute);
        }
        over.store(true, Ordering::Relaxed);
    });
    all.sort();
    Shown {
        requests: all.len(),
        errors: errors.into_inner(),
        p99: at(&all, 99),
        memory_of_second_minute: memory.get(1).or(memory.first()).copied().unwrap_or(0.0),
        last_memory: memory.last().copied().unwrap_or(0.0),
    }
}

/// The waits that came so far, the shortest first.
fn drained(waits: &Receiver<Duration>) -> Vec<Duration> {
    let mut minute: Vec<Duration> = waits.try_iter().collect();
    minute.sort();
    minute
}

/// The wait that so many of a hundred stay below.
fn at(sorted: &[Duration], share: usize) -> Duration {
    sorted.get((sorted.len() * share / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// Numbers that look like chance and are the same in each run (Knuth's multiplier for 64 bits).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A client: it creates, reads, lists and deletes on a kept connection, and now and then does harm on another one.
fn client(port: u16, number: u64, load: Load, over: &AtomicBool, errors: &AtomicU64, told: &Sender<Duration>) {
    let mut numbers = Numbers(number);
    let mut kept = Kept::open(port);
    let mut last: Option<String> = None;
    while !over.load(Ordering::Relaxed) {
        sleep(PAUSE);
        if load == Load::Mixed && numbers.next(ONE_IN) == 0 {
            harm(port, &mut numbers);
            continue;
        }
        let (request, wanted) = match (&last, numbers.next(3)) {
            (None, _) => (text("POST", "/notes", Some("{\"text\":\"innocent\"}")), 201),
            (Some(id), 0) => (text("DELETE", &format!("/notes/{id}"), None), 204),
            (Some(id), 1) => (text("GET", &format!("/notes/{id}"), None), 200),
            (Some(_), _) => (text("GET", "/notes", None), 200),
        };
        let began = Instant::now();
        let answer = kept.ask(&request);
        // Whoever listens has all that was told when the phase ends.
        let _ = told.send(began.elapsed());
        match answer {
            Some((status, body)) if status == wanted => match status {
                201 => last = id(&body),
                204 => last = None,
                _ => {}
            },
            Some(_) | None => {
                errors.fetch_add(1, Ordering::Relaxed);
                kept = Kept::open(port);
                last = None;
            }
        }
    }
}

/// The id of a note that was answered.
fn id(body: &str) -> Option<String> {
    let note: serde_json::Value = serde_json::from_str(body).ok()?;
    note.get("id")?.as_str().map(str::to_owned)
}

/// A request that does harm, of one kind or another. What is answered is no matter here.
fn harm(port: u16, numbers: &mut Numbers) {
    let request = match numbers.next(8) {
        0 => post("/numbers", format!("[{}]", vec!["1e-9999"; 1_000].join(",")).as_bytes()),
        1 => post("/strict", format!("{{\"{}\":0}}", "x".repeat(2_000_000)).as_bytes()),
        2 => post("/strict", "[".repeat(100_000).as_bytes()),
        3 => b"GET / HTTP/1.1\r\nHost: \x00\r\n\r\n".to_vec(),
        4 => {
            let members: Vec<String> = (0..20_000).map(|number| format!("\"{number}\":0")).collect();
            post("/strict", format!("{{{}}}", members.join(",")).as_bytes())
        }
        5 => client::get(&format!("/teams/t{}/things", numbers.next(u64::MAX))),
        6 => post("/unique", format!("[{}]", vec!["0.1"; 50_000].join(",")).as_bytes()),
        // The head says more than ever comes, and the connection is dropped.
        _ => {
            let head = b"POST /strict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n{";
            // Whether it is taken is the mock's affair.
            let _ = open(port).write_all(head);
            return;
        }
    };
    ask(port, &request);
}

fn text(method: &str, path: &str, body: Option<&str>) -> Vec<u8> {
    let content = body.map_or_else(String::new, |body| {
        format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len())
    });
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{content}\r\n{}", body.unwrap_or_default()).into_bytes()
}

/// A connection that is kept for many requests.
struct Kept {
    stream: BufReader<TcpStream>,
}

impl Kept {
    fn open(port: u16) -> Self {
        Self { stream: BufReader::new(open(port)) }
    }

    /// The status and the body; none where the connection is no use any more.
    fn ask(&mut self, request: &[u8]) -> Option<(u16, String)> {
        self.stream.get_mut().write_all(request).ok()?;
        let (mut status, mut length) = (None, 0);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.trim().parse().ok()?;
                }
            } else {
                status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        Some((status?, String::from_utf8(body).ok()?))
    }
}
