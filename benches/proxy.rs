//! What the proxy costs: the time of an answer through it over that of the server alone, and answers in a second, in one run, in turns; with
//! and without a recording. A report, not a timed test.
//!
//! `cargo bench --bench proxy`; `--times=N` for other than 4,000 answers of each.

#![expect(clippy::print_stdout, reason = "a report program prints its report")]

#[path = "peers/client.rs"]
#[expect(dead_code, reason = "it is the client of another program as well")]
mod client;

use std::sync::Arc;
use std::time::{Duration, Instant};

use etalon::proxy::{Proxy, Upstream, Watch, Watching, serve as pass};
use etalon::server::{Credentials, Live, Mock, serve};
use etalon_conformance::recording::Pen;
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;
use tokio::net::TcpListener;

use crate::client::{Connection, load};

/// A small document of a collection.
const DOCUMENT: &[u8] = include_bytes!("peers/things.json");

/// The connections beside each other where answers in a second are counted.
const CONNECTIONS: usize = 8;

/// The turns, of which the median counts.
const TURNS: usize = 5;

fn main() {
    let times = std::env::args().find_map(|one| one.strip_prefix("--times=")?.parse().ok()).unwrap_or(4_000);
    tokio::runtime::Runtime::new().expect("a runtime").block_on(report(times));
}

fn contract() -> Arc<Contract> {
    let source = Source { name: "things.json", bytes: DOCUMENT };
    Arc::new(Contract::new(Document::load(source, &[], &NoFiles).expect("a sound document")))
}

async fn bound() -> (TcpListener, u16) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    (listener, port)
}

/// A proxy before a port.
async fn proxy(upstream: u16, records: bool) -> u16 {
    let contract = contract();
    let upstream = Upstream::new(&format!("http://127.0.0.1:{upstream}"), contract.base()).expect("a URL");
    let watching = Watching::begin(Watch {
        contract: Arc::clone(&contract),
        base: None,
        origin: upstream.origin(),
        key: [0; 32],
        began: 0,
        pen: records
            .then(|| Box::new(|| Pen::new(Box::new(std::io::sink()), [0; 16])) as Box<dyn FnOnce() -> Pen + Send>),
        tell: Box::new(drop),
    });
    let proxy = Arc::new(Proxy::new(contract, upstream, &watching, false));
    let (listener, port) = bound().await;
    // It goes on for as long as the program does.
    std::mem::forget(watching);
    tokio::spawn(pass(vec![listener], proxy, std::future::pending()));
    port
}

async fn report(times: usize) {
    let (listener, direct) = bound().await;
    let mock = Mock::new([contract()], Credentials::default(), 0);
    tokio::spawn(serve(listener, Arc::new(Live::new(Arc::new(mock))), std::future::pending::<()>()));
    let ports = [
        ("the server alone", direct),
        ("through the proxy", proxy(direct, false).await),
        ("and recorded", proxy(direct, true).await),
    ];
    let body = r#"{"name":"a thing of some length","status":"open"}"#;
    let post = format!(
        "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let made = Connection::open(direct).await.expect("it listens").ask(post.as_bytes()).await.expect("it answers");
    println!("POST /things is answered {}", made.status());
    let list = "GET /things HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (what, request) in [("a list", list), ("a creation", post.as_str())] {
        let mut each = vec![(Vec::new(), Vec::new()); ports.len()];
        for _ in 0..TURNS {
            for ((_, port), (waits, rates)) in ports.iter().zip(&mut each) {
                waits.push(median_wait(*port, request.as_bytes(), times / TURNS).await);
                let load = load(*port, request.as_bytes(), times, CONNECTIONS).await.expect("it answers");
                rates.push(load.rate);
            }
        }
        println!("\n{what}: median of one at a time; answers in a second on {CONNECTIONS} connections");
        let alone = middle(&mut each[0].0.clone());
        for ((name, _), (waits, rates)) in ports.iter().zip(&mut each) {
            let wait = middle(waits);
            rates.sort_unstable_by(f64::total_cmp);
            let more = wait.saturating_sub(alone);
            println!(
                "  {name:<18} {:>6} us (+{:>4} us)  {:>8.0}",
                wait.as_micros(),
                more.as_micros(),
                rates[rates.len() / 2]
            );
        }
    }
}

fn middle(waits: &mut [Duration]) -> Duration {
    waits.sort_unstable();
    waits[waits.len() / 2]
}

/// The median of the times that answers took, one after another.
async fn median_wait(port: u16, request: &[u8], times: usize) -> Duration {
    let mut connection = Connection::open(port).await.expect("it listens");
    let mut waits = Vec::with_capacity(times);
    for _ in 0..times {
        let begun = Instant::now();
        connection.ask(request).await.expect("it answers");
        waits.push(begun.elapsed());
    }
    middle(&mut waits)
}
