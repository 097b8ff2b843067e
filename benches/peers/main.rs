//! Etalon beside a bare hyper server that returns the same bytes, loaded in turns by the same client: throughput, processor
//! time and the slowest of a hundred answers, as medians and ratios; and the instructions of one request of each kind, where
//! valgrind is on the machine. A report, not a timed test.
//!
//! `cargo bench --bench peers`; `--items=N` is the number of items in the set, `--threads=N` those of each server,
//! `--kinds=item,page` takes some kinds only, `--count` counts instructions and nothing else, `--curve` shows what answers cost as
//! a set grows to `--items` of them.

#![expect(clippy::print_stdout, reason = "a report is printed")]

mod client;
mod curve;
mod kind;
mod process;
mod server;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::client::{Connection, Load, load};
use crate::kind::{Kind, filling};
use crate::process::Server;

/// The number of turns that each server is loaded in; the median counts.
const TURNS: usize = 5;

/// The number of connections of the client.
const CONNECTIONS: usize = 8;

/// The requests that are sent before any are counted.
const WARM: usize = 400;

/// The requests of one turn.
const REQUESTS: usize = 6_000;

/// The requests whose instructions are counted.
const COUNTED: usize = 200;

/// The document that is served: things that are made, listed, filtered and sorted.
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/things.json");

/// The settings of the command line.
struct Settings {
    items: usize,
    threads: usize,
    kinds: Vec<Kind>,
    folder: PathBuf,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [serve, what, threads, file] = arguments.as_slice()
        && serve == "--serve"
    {
        return server::run(what, threads.parse().expect("a number"), Path::new(file));
    }
    let option = |name: &str| arguments.iter().find_map(|argument| argument.strip_prefix(name)).map(str::to_owned);
    let number = |name: &str, default: usize| option(name).map_or(default, |text| text.parse().expect("a number"));
    let wanted = option("--kinds=");
    let is_wanted = |kind: &Kind| wanted.as_ref().is_none_or(|words| words.split(',').any(|word| word == kind.word()));
    let folder = std::env::temp_dir().join(format!("etalon-peers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for what passes between processes");
    let settings = Settings {
        items: number("--items=", 1_000),
        threads: number("--threads=", 1),
        kinds: Kind::ALL.into_iter().filter(is_wanted).collect(),
        folder,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let asks = |word: &str| arguments.iter().any(|argument| argument == word);
        if asks("--curve") {
            return curve::curve(settings.items).await;
        }
        if !asks("--count") {
            compare(&settings).await;
        }
        count(&settings).await;
    });
    let _ = std::fs::remove_dir_all(&settings.folder);
}

/// A server of the document with so many items in its set.
async fn filled(server: &Server, items: usize) {
    let mut connection = Connection::open(server.port).await.expect("it listens");
    for number in 1..=items {
        let answer = connection.ask(&filling(number)).await.expect("it answers");
        assert_eq!(answer.status(), 201, "{}{}", answer.head, String::from_utf8_lossy(&answer.body));
    }
}

/// The name of the bare server that does the same with a request, and the file that it answers from.
async fn bare(settings: &Settings, port: u16, kind: Kind) -> (&'static str, PathBuf) {
    let mut connection = Connection::open(port).await.expect("it listens");
    let answer = connection.ask(&kind.request(settings.items)).await.expect("it answers");
    let wanted = match kind {
        Kind::Created => 201,
        Kind::Refused => 422,
        Kind::Item | Kind::Page | Kind::LastPage | Kind::Filter | Kind::Sort | Kind::Replaced => 200,
    };
    assert_eq!(answer.status(), wanted, "{}{}", answer.head, String::from_utf8_lossy(&answer.body));
    let file = settings.folder.join(kind.word());
    server::write(&answer, &file);
    (if kind.has_body() { "bare-reading" } else { "bare" }, file)
}

/// One turn: the load, and the processor time of a request in microseconds.
async fn turn(server: &Server, settings: &Settings, kind: Kind) -> (Load, f64) {
    let request = kind.request(settings.items);
    load(server.port, &request, WARM, CONNECTIONS).await.expect("it answers");
    let before = server.seconds();
    let loaded = load(server.port, &request, REQUESTS, CONNECTIONS).await.expect("it answers");
    (loaded, (server.seconds() - before) * 1e6 / REQUESTS as f64)
}

async fn compare(settings: &Settings) {
    println!("{} items, {} threads, median of {TURNS} turns of {REQUESTS} requests", settings.items, settings.threads);
    println!(
        "{:<10} {:>10} {:>10} {:>7} {:>17} {:>9} {:>9} {:>7} {:>9} {:>9} {:>9}",
        "",
        "etalon/s",
        "hyper/s",
        "ratio",
        "least..most",
        "us",
        "hyper us",
        "ratio",
        "p99 us",
        "hyper p99",
        "memory kB"
    );
    for kind in &settings.kinds {
        let (mut ours, mut theirs, mut memory) = (Vec::new(), Vec::new(), 0);
        for _ in 0..TURNS {
            let server = Server::start("etalon", settings.threads, Path::new(DOCUMENT));
            filled(&server, settings.items).await;
            let (what, file) = bare(settings, server.port, *kind).await;
            ours.push(turn(&server, settings, *kind).await);
            memory = server.memory();
            server.end();
            let server = Server::start(what, settings.threads, &file);
            theirs.push(turn(&server, settings, *kind).await);
            server.end();
        }
        let ratios: Vec<f64> = ours.iter().zip(&theirs).map(|(one, other)| one.0.rate / other.0.rate).collect();
        let of = |all: &[(Load, f64)], look: &dyn Fn(&(Load, f64)) -> f64| median(all.iter().map(look).collect());
        let rate = |one: &(Load, f64)| one.0.rate;
        let slowest = |one: &(Load, f64)| micros(one.0.slowest);
        let spent = |one: &(Load, f64)| one.1;
        println!(
            "{:<10} {:>10.0} {:>10.0} {:>7.2} {:>17} {:>9.1} {:>9.1} {:>7.2} {:>9.0} {:>9.0} {:>9}",
            kind.word(),
            of(&ours, &rate),
            of(&theirs, &rate),
            median(ratios.clone()),
            format!("{:.2}..{:.2}", least(&ratios), most(&ratios)),
            of(&ours, &spent),
            of(&theirs, &spent),
            of(&theirs, &spent) / of(&ours, &spent),
            of(&ours, &slowest),
            of(&theirs, &slowest),
            memory,
        );
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn least(all: &[f64]) -> f64 {
    all.iter().copied().fold(f64::INFINITY, f64::min)
}

fn most(all: &[f64]) -> f64 {
    all.iter().copied().fold(0.0, f64::max)
}

/// Counts the instructions of one request of each kind, in user space, without what starting takes.
async fn count(settings: &Settings) {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("SKIPPED: valgrind is not on this machine, so no instructions are counted");
        return;
    }
    println!("\ninstructions of a request in user space, {} items", settings.items);
    println!("{:<10} {:>10} {:>10} {:>7}", "", "etalon", "hyper", "ratio");
    for kind in &settings.kinds {
        let server = Server::start("etalon", 1, Path::new(DOCUMENT));
        filled(&server, settings.items).await;
        let (what, file) = bare(settings, server.port, *kind).await;
        server.end();
        let ours = instructions(settings, *kind, "etalon", Path::new(DOCUMENT)).await;
        let theirs = instructions(settings, *kind, what, &file).await;
        println!("{:<10} {ours:>10.0} {theirs:>10.0} {:>7.2}", kind.word(), ours / theirs);
    }
}

/// The instructions of one request: the difference between a process that answers many and one that answers few.
async fn instructions(settings: &Settings, kind: Kind, what: &str, file: &Path) -> f64 {
    let mut counts = Vec::new();
    for times in [1, 1 + COUNTED] {
        let server = Server::counted(what, file, &settings.folder);
        if what == "etalon" {
            filled(&server, settings.items).await;
        }
        let mut connection = Connection::open(server.port).await.expect("it listens");
        for _ in 0..20 + times {
            connection.ask(&kind.request(settings.items)).await.expect("it answers");
        }
        drop(connection);
        counts.push(server.end().expect("valgrind says how many") as f64);
    }
    (counts[1] - counts[0]) / COUNTED as f64
}
