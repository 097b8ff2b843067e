//! Clients over sockets: beside each other and alone, in one world and in many.

use std::sync::Arc;
use std::time::Instant;

use etalon::server::{Mock, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::{Answer, Connection};

/// The clients that are beside each other, each in a world.
const CLIENTS: usize = 64;

/// The requests of each of them.
const STEPS: usize = 300;

/// The worlds beside the one, and the items of each.
const MANY: usize = 1_000;

/// The requests of a run, and the connections that they come on.
const REQUESTS: usize = 40_000;
const CONNECTIONS: usize = 8;

/// The runs of each kind, in turns.
const RUNS: usize = 5;

struct Served {
    port: u16,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Served {
    async fn start(mock: Mock) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("it has one").port();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(async move {
            serve(listener, Arc::new(mock), async {
                let _ = stopped.await;
            })
            .await;
        });
        Self { port, stop, serving }
    }

    async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.serving.await;
    }
}

pub(crate) fn request(world: &str, line: &str, body: &str) -> Vec<u8> {
    let content = if body.is_empty() { String::new() } else { "Content-Type: application/json\r\n".to_owned() };
    let length = body.len();
    format!("{line} HTTP/1.1\r\nHost: localhost\r\n{world}{content}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

fn named(world: usize) -> String {
    format!("Etalon-World: w{world}\r\n")
}

/// What a client sends: drawn by its number, the same each time.
fn story(client: usize) -> Vec<Vec<u8>> {
    let mut last = client as u64;
    let mut drawn = move |below: u64| {
        last = last.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (last >> 33) % below
    };
    let steps = (0..STEPS).map(|_| {
        let (kind, id, name) = (drawn(10), drawn(60) + 1, drawn(1_000));
        let body = format!(r#"{{"name":"n{name}","status":"open"}}"#);
        match kind {
            0..4 => request(&named(client), "POST /things", &body),
            4 => request(&named(client), &format!("PUT /things/{id}"), &body),
            5 => request(&named(client), &format!("DELETE /things/{id}"), ""),
            6 => request(&named(client), &format!("GET /things?limit=10&offset={id}"), ""),
            _ => request(&named(client), &format!("GET /things/{id}"), ""),
        }
    });
    steps.collect()
}

async fn told(port: u16, client: usize) -> Vec<Answer> {
    let mut connection = Connection::open(port).await.expect("it listens");
    let mut answers = Vec::new();
    for request in story(client) {
        let mut answer = connection.ask(&request).await.expect("it answers");
        // The time of day is the carrier's.
        answer.head = answer.head.lines().filter(|line| !line.starts_with("date:")).collect::<Vec<_>>().join("\n");
        answers.push(answer);
    }
    answers
}

/// Each client's answers beside the others and alone.
pub(crate) async fn alone_and_together() {
    let served = Served::start(crate::mock()).await;
    let port = served.port;
    let all: Vec<_> = (0..CLIENTS).map(|client| tokio::spawn(told(port, client))).collect();
    let mut together = Vec::new();
    for one in all {
        together.push(one.await.expect("it ends"));
    }
    served.stop().await;
    let mut equal = 0;
    for (client, together) in together.iter().enumerate() {
        let served = Served::start(crate::mock()).await;
        let alone = told(served.port, client).await;
        served.stop().await;
        let same = alone.len() == together.len()
            && alone.iter().zip(together).all(|(one, other)| one.head == other.head && one.body == other.body);
        equal += usize::from(same);
    }
    println!(
        "isolation   {equal} of {CLIENTS} clients of {STEPS} requests, each in a world, get the bytes of each alone"
    );
    assert_eq!(equal, CLIENTS);
}

/// The answers in a second, of requests in turn.
async fn rate(port: u16, requests: Arc<Vec<Vec<u8>>>) -> f64 {
    let begun = Instant::now();
    let all: Vec<_> = (0..CONNECTIONS)
        .map(|number| {
            let requests = requests.clone();
            tokio::spawn(async move {
                let mut connection = Connection::open(port).await.expect("it listens");
                for step in 0..REQUESTS / CONNECTIONS {
                    let request = &requests[(number + step * CONNECTIONS) % requests.len()];
                    assert!(connection.ask(request).await.expect("it answers").status() < 400);
                }
            })
        })
        .collect();
    for one in all {
        one.await.expect("it ends");
    }
    REQUESTS as f64 / begun.elapsed().as_secs_f64()
}

/// Reading and making items in no world, in one and in many.
pub(crate) async fn one_and_many() {
    let served = Served::start(crate::mock()).await;
    let port = served.port;
    let body = r#"{"name":"one","status":"open","note":"something about it"}"#;
    let worlds = |count: usize, line: &str, body: &str| -> Arc<Vec<Vec<u8>>> {
        Arc::new((0..count).map(|world| request(&named(world), line, body)).collect())
    };
    let mut connection = Connection::open(port).await.expect("it listens");
    for made in worlds(MANY, "POST /things", body).iter().chain([&request("", "POST /things", body)]) {
        assert_eq!(connection.ask(made).await.expect("it answers").status(), 201);
    }
    for (kind, line, body) in [("read", "GET /things/1", ""), ("replaced", "PUT /things/1", body)] {
        let none = Arc::new(vec![request("", line, body)]);
        let (one, many) = (worlds(1, line, body), worlds(MANY, line, body));
        let mut rates = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..RUNS {
            for (rates, requests) in rates.iter_mut().zip([&none, &one, &many]) {
                rates.push(rate(port, requests.clone()).await);
            }
        }
        let [none, one, many] = rates.map(|mut rates| {
            rates.sort_by(f64::total_cmp);
            rates[rates.len() / 2]
        });
        println!(
            "throughput  an item {kind}: unnamed {none:.0}/s; one world {one:.0}/s ({:.3} of unnamed); {MANY} worlds {many:.0}/s ({:.3} of one)",
            one / none,
            many / one
        );
    }
    served.stop().await;
}
