//! Mocks with one state in a store: how fast 1, 2 and 3 of them are beside each other, in one world and in 64, and whether each key is
//! given once.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use etalon::server::{Redis, serve};
use tokio::net::TcpListener;

use crate::client::Connection;
use crate::load::request;

/// The clients, and the requests of each.
const CLIENTS: usize = 64;
const STEPS: usize = 150;

/// The flag with which this program is a mock of a store.
pub(crate) const REPLICA: &str = "--replica";

/// Serves until the standard input ends.
pub(crate) async fn replica(url: &str) {
    let store = Arc::new(Redis::at(url, "bench:").expect("an address"));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("it has one").port();
    println!("{port}");
    std::io::stdout().flush().expect("somebody reads");
    let mock = Arc::new(crate::mock().stored_in(store));
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().lines().for_each(drop));
    serve(listener, mock, async {
        let _ = ended.await;
    })
    .await;
}

/// A process that ends when this is dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn store(folder: &PathBuf) -> Option<Process> {
    std::fs::create_dir_all(folder).expect("a folder");
    let socket = folder.join("socket");
    let started = Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--unixsocket"])
        .arg(&socket)
        .arg("--dir")
        .arg(folder)
        .stdout(Stdio::null())
        .spawn()
        .ok()?;
    while std::os::unix::net::UnixStream::connect(&socket).is_err() {
        std::thread::yield_now();
    }
    Some(Process(started))
}

fn mock(url: &str) -> (Process, u16) {
    let program = std::env::current_exe().expect("this program has a path");
    let mut child = Command::new(program)
        .args([REPLICA, url])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be started");
    let mut said = String::new();
    let out = child.stdout.take().expect("it is piped");
    BufReader::new(out).read_line(&mut said).expect("it says its port");
    (Process(child), said.trim().parse().expect("a port"))
}

/// What clients were told: how long each took, and the keys that were given in each world.
struct Told {
    rate: f64,
    slowest: Duration,
    refused: usize,
    doubled: usize,
}

async fn clients(ports: &[u16], worlds: usize, line: &'static str, run: usize) -> Told {
    let begun = Instant::now();
    let all: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let port = ports[client % ports.len()];
            let world = format!("Etalon-World: r{run}w{}\r\n", client % worlds);
            tokio::spawn(async move {
                let mut connection = Connection::open(port).await.expect("it listens");
                let mut told = Vec::new();
                for step in 0..STEPS {
                    let body = format!(r#"{{"name":"c{client}s{step}","status":"open"}}"#);
                    let body = if line.starts_with("POST") { body.as_str() } else { "" };
                    let sent = Instant::now();
                    let answer = connection.ask(&request(&world, line, body)).await.expect("it answers");
                    let text = String::from_utf8_lossy(&answer.body);
                    let id = text.split("\"id\":").nth(1).and_then(|rest| {
                        rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u64>().ok()
                    });
                    told.push((sent.elapsed(), answer.status(), client % worlds, id));
                }
                told
            })
        })
        .collect();
    let mut told = Vec::new();
    for one in all {
        told.extend(one.await.expect("it ends"));
    }
    let elapsed = begun.elapsed();
    let mut took: Vec<Duration> = told.iter().map(|one| one.0).collect();
    took.sort_unstable();
    let made: Vec<(usize, Option<u64>)> = told.iter().filter(|one| one.1 == 201).map(|one| (one.2, one.3)).collect();
    let different: BTreeSet<_> = made.iter().collect();
    Told {
        rate: told.len() as f64 / elapsed.as_secs_f64(),
        slowest: took[took.len() * 99 / 100],
        refused: told.iter().filter(|one| !matches!(one.1, 200 | 201 | 404)).count(),
        doubled: made.len() - different.len(),
    }
}

/// Loads 1, 2 and 3 mocks of one store.
pub(crate) async fn one_two_and_three() {
    let folder = std::env::temp_dir().join(format!("etalon-bench-redis-{}", std::process::id()));
    let Some(_store) = store(&folder) else {
        println!("replicas    SKIPPED: redis-server is not installed");
        return;
    };
    let url = format!("redis+unix://{}", folder.join("socket").display());
    for count in 1..=3 {
        let mocks: Vec<(Process, u16)> = (0..count).map(|_| mock(&url)).collect();
        let ports: Vec<u16> = mocks.iter().map(|(_, port)| *port).collect();
        for (kind, line, worlds) in [
            ("created in one world", "POST /things", 1),
            ("created in 64 worlds", "POST /things", 64),
            ("read in one world", "GET /things/1", 1),
            ("read in 64 worlds", "GET /things/1", 64),
        ] {
            let Told { rate, slowest, refused, doubled } = clients(&ports, worlds, line, count).await;
            println!(
                "replicas    {count}, {CLIENTS} clients, {kind}: {rate:.0}/s, 99 of 100 within {slowest:?}; {refused} refused, {doubled} keys given twice"
            );
        }
    }
    let _ = std::fs::remove_dir_all(folder);
}
