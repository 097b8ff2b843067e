//! An attack on a running mock, with its bounds: what each kind of hostile request takes in processor time and memory of the
//! process, and how long an innocent request beside it waits. It prints a line for each and whether it is within its bound;
//! nothing here is a test. `ETALON=/path/to/another/etalon` measures that one.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::client::{self, ask, open, post};
use crate::process::Mock;

/// The measures of an attack.
struct Took {
    name: &'static str,
    /// The answers, in short.
    answered: String,
    cpu: f64,
    peak: f64,
    innocent: Duration,
}

/// Attacks a mock in each way, and prints what it took.
pub(crate) fn report() {
    println!("{:<44} {:>8} {:>9} {:>11}  answered", "attack", "CPU s", "peak MB", "innocent ms");
    let mut worst = 0;
    for (name, bound, attack) in ATTACKS {
        let mock = Mock::start();
        let took = beside(name, &mock, *attack);
        let within = took.cpu <= bound.cpu && took.peak <= bound.peak && took.innocent <= bound.innocent;
        worst += usize::from(!within);
        let mark = if within { "" } else { "  OUT OF BOUNDS" };
        println!(
            "{:<44} {:>8.2} {:>9.1} {:>11.1}  {}{mark}",
            took.name,
            took.cpu,
            took.peak,
            took.innocent.as_secs_f64() * 1e3,
            took.answered
        );
    }
    println!("{}", stopping());
    println!("{worst} out of bounds");
}

/// The most that an attack may take. Processor time depends on the machine; these leave a slow one room.
struct Bound {
    cpu: f64,
    peak: f64,
    innocent: Duration,
}

const fn bound(cpu: f64, peak: f64) -> Bound {
    Bound { cpu, peak, innocent: Duration::from_millis(50) }
}

type Attack = fn(&Mock) -> String;

const ATTACKS: &[(&str, Bound, Attack)] = &[
    ("nothing", bound(0.5, 60.0), |_| {
        std::thread::sleep(Duration::from_secs(2));
        String::new()
    }),
    ("3 x 1,000 numbers of 1e-9999, 8 kB", bound(1.0, 100.0), |mock| {
        many(mock, 3, "/numbers", &list("1e-9999", 1_000))
    }),
    ("3 x 200 numbers of 1e-999", bound(1.0, 100.0), |mock| many(mock, 3, "/numbers", &list("1e-999", 200))),
    ("300 distinct numbers, uniqueItems", bound(1.0, 100.0), |mock| {
        let numbers: Vec<String> = (1..=300).map(|number| format!("{number}e-9{}", number % 10)).collect();
        many(mock, 1, "/unique", &format!("[{}]", numbers.join(",")))
    }),
    ("100,000 numbers that differ in the 20th digit", bound(2.0, 250.0), |mock| {
        let numbers: Vec<String> = (0..100_000).map(|number| format!("0.100000000000000000{number:06}1")).collect();
        many(mock, 1, "/unique", &format!("[{}]", numbers.join(",")))
    }),
    ("4 x 5 MB of members that may not be there", bound(6.0, 700.0), |mock| {
        let members: Vec<String> = (0..150_000).map(|number| format!("\"{number:030}\":0")).collect();
        many(mock, 4, "/strict", &format!("{{{}}}", members.join(",")))
    }),
    ("4 x a member's name of 5 MB", bound(4.0, 500.0), |mock| {
        many(mock, 4, "/strict", &format!("{{\"{}\":0}}", "x".repeat(5_000_000)))
    }),
    ("100 clients that hold 9 MB each", bound(4.0, 350.0), held),
    ("16 readers that take nothing of 8 MB", bound(6.0, 500.0), stalled),
    ("1,000 silent connections", bound(1.0, 100.0), silent),
    ("a gzip body of 500,000 empty members", bound(1.0, 150.0), |mock| {
        let member = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let body = member.repeat(500_000);
        let head = "POST /strict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n";
        let request = [format!("{head}Content-Length: {}\r\n\r\n", body.len()).as_bytes(), &body[..]].concat();
        ask(mock.port, &request).summary()
    }),
    ("20,000 lists of scopes that nobody has used", bound(20.0, 100.0), |mock| {
        let last = (0..20_000)
            .map(|team| ask(mock.port, &client::get(&format!("/teams/t{team}/things"))))
            .fold(None, |_, answer| Some(answer));
        last.map(|answer| answer.summary()).unwrap_or_default()
    }),
];

fn list(number: &str, count: usize) -> String {
    format!("[{}]", vec![number; count].join(","))
}

/// So many of one request at once.
fn many(mock: &Mock, count: usize, path: &str, body: &str) -> String {
    let request = Arc::new(post(path, body.as_bytes()));
    let port = mock.port;
    let asked: Vec<_> = (0..count)
        .map(|_| {
            let request = request.clone();
            std::thread::spawn(move || ask(port, &request).summary())
        })
        .collect();
    let mut answers: Vec<String> = asked.into_iter().filter_map(|one| one.join().ok()).collect();
    answers.sort();
    answers.dedup();
    answers.join("; ")
}

/// A hundred bodies of nine megabytes of which the last byte never comes.
fn held(mock: &Mock) -> String {
    let mut request = post("/strict", &vec![b' '; 9_000_000]);
    request.pop();
    let request = Arc::new(request);
    let port = mock.port;
    let clients: Vec<_> = (0..100)
        .map(|_| {
            let request = request.clone();
            std::thread::spawn(move || {
                let mut stream = open(port);
                let sent = stream.write_all(&request).is_ok();
                std::thread::sleep(Duration::from_secs(6));
                sent
            })
        })
        .collect();
    let sent = clients.into_iter().filter_map(|one| one.join().ok()).filter(|sent| *sent).count();
    format!("{sent} were read to their last byte but one")
}

/// Readers of a large answer who take nothing of it.
fn stalled(mock: &Mock) -> String {
    let item = format!("{{\"text\":\"{}\"}}", "x".repeat(1_000_000));
    for _ in 0..8 {
        ask(mock.port, &post("/large", item.as_bytes()));
    }
    let mut readers = Vec::new();
    for _ in 0..16 {
        let mut stream = open(mock.port);
        if stream.write_all(&client::get("/large")).is_ok() {
            readers.push(stream);
        }
    }
    std::thread::sleep(Duration::from_secs(4));
    format!("{} readers", readers.len())
}

/// Connections on which nothing is ever sent: how many are closed, and when the last is.
fn silent(mock: &Mock) -> String {
    let streams: Vec<_> = (0..1_000).map(|_| open(mock.port)).collect();
    let began = Instant::now();
    let closed = streams.into_iter().filter(|stream| client::is_closed(stream, Duration::from_secs(15))).count();
    format!("{closed} closed after {:.1} s", began.elapsed().as_secs_f64())
}

/// An attack, with an innocent request every few milliseconds beside it.
fn beside(name: &'static str, mock: &Mock, attack: Attack) -> Took {
    let over = Arc::new(AtomicBool::new(false));
    let innocent = std::thread::spawn({
        let (over, port) = (over.clone(), mock.port);
        move || {
            let mut waits = Vec::new();
            while !over.load(Ordering::SeqCst) || waits.is_empty() {
                let began = Instant::now();
                let answer = ask(port, &client::get("/innocent"));
                waits.push(if answer.status == 200 { began.elapsed() } else { Duration::from_secs(60) });
                std::thread::sleep(Duration::from_millis(20));
            }
            waits.sort();
            // The slowest of a hundred: machines that measure are seldom alone.
            waits[(waits.len() * 99 / 100).min(waits.len() - 1)]
        }
    });
    let before = mock.cpu();
    let answered = attack(mock);
    let cpu = mock.cpu() - before;
    over.store(true, Ordering::SeqCst);
    let innocent = innocent.join().expect("it does not panic");
    Took { name, answered, cpu, peak: mock.peak(), innocent }
}

/// The time that a mock takes to stop while slow and heavy requests are under way, as a line to print.
fn stopping() -> String {
    let mut mock = Mock::start();
    let body = list("1e-9999", 1_000);
    let mut slow = Vec::new();
    for request in [
        post("/numbers", body.as_bytes()),
        b"POST /strict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{".to_vec(),
    ] {
        for _ in 0..4 {
            let mut stream = open(mock.port);
            // Whether it is read is the mock's affair.
            let _ = stream.write_all(&request);
            slow.push(stream);
        }
    }
    std::thread::sleep(Duration::from_millis(300));
    let took = mock.terminate(Duration::from_secs(60));
    format!("told to stop beside slow and heavy requests: {:.1} s", took.as_secs_f64())
}
