//! Several mocks with one state: `--state`, against a `redis-server` of the test's own. Where there is none, these tests say so
//! and hold nothing.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use etalon::server::{Answer as _, Credentials, Mock};
use etalon_contract::codec::Request;
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;
use serde_json::{Value, json};

use crate::process::{Answer, Running};
use crate::streams::{Open, add, data};

const DOCUMENT: &str = "benches/peers/things.json";

/// A store that is stopped when dropped.
struct Redis {
    child: Child,
    folder: PathBuf,
}

impl Redis {
    /// Starts one; `None`, loudly, where it is not installed.
    fn start(name: &str) -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("etalon-redis-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let Some(child) = Self::spawn(&folder) else {
            let _ = writeln!(std::io::stderr(), "** SKIPPED: redis-server is not installed; `--state` is not tested");
            return None;
        };
        Some(Self { child, folder })
    }

    fn spawn(folder: &PathBuf) -> Option<Child> {
        let socket = folder.join("socket");
        let _ = std::fs::remove_file(&socket);
        let child = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--unixsocket"])
            .arg(&socket)
            .arg("--dir")
            .arg(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let begun = Instant::now();
        while std::os::unix::net::UnixStream::connect(&socket).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "redis-server does not listen");
            std::thread::yield_now();
        }
        Some(child)
    }

    fn url(&self) -> String {
        format!("redis+unix://{}", self.folder.join("socket").display())
    }

    /// A mock with its state here.
    fn mock(&self) -> Running {
        Running::mock(&[DOCUMENT, "--quiet", "--state", &self.url()])
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn start_again(&mut self) {
        self.child = Self::spawn(&self.folder).expect("it was there before");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()));
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.signal("-CONT");
        self.end();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn create(mock: &Running, world: &str, name: &str) -> Answer {
    let body = json!({"name": name, "status": "open"}).to_string();
    mock.send("POST /things", &["Content-Type: application/json", &format!("Etalon-World: {world}")], &body)
}

fn ask(mock: &Running, world: &str, line: &str) -> Answer {
    mock.send(line, &[&format!("Etalon-World: {world}")], "")
}

fn names(mock: &Running, world: &str) -> Vec<String> {
    let listed = ask(mock, world, "GET /things?limit=100").json();
    let things = listed["things"].as_array().unwrap_or_else(|| panic!("a list: {listed}"));
    things.iter().map(|thing| thing["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn what_one_mock_does_every_other_has_at_once() {
    let Some(redis) = Redis::start("at-once") else { return };
    let mocks = [redis.mock(), redis.mock(), redis.mock()];
    for round in 0..12 {
        let made = create(&mocks[round % 3], "default", &format!("n{round}"));
        assert_eq!((made.status, &made.json()["id"]), (201, &json!(round + 1)));
        let found = ask(&mocks[(round + 1) % 3], "default", &format!("GET /things/{}", round + 1));
        assert_eq!((found.status, found.body), (200, made.body));
    }
    assert_eq!(ask(&mocks[0], "default", "DELETE /things/3").status, 204);
    assert_eq!(ask(&mocks[1], "default", "GET /things/3").status, 404);
    assert_eq!(names(&mocks[2], "default").len(), 11);
    assert_eq!(ask(&mocks[2], "default", "POST /__etalon/reset").status, 204);
    assert_eq!(names(&mocks[1], "default"), Vec::<String>::new());
    assert_eq!(create(&mocks[0], "default", "again").json()["id"], json!(1));
}

#[test]
fn a_client_of_several_mocks_gets_the_bytes_of_one_in_memory() {
    let Some(redis) = Redis::start("bytes") else { return };
    let alone = Running::mock(&[DOCUMENT, "--quiet"]);
    let mocks = [redis.mock(), redis.mock()];
    let told = |answer: Answer| {
        let head: Vec<String> =
            answer.head.lines().filter(|line| !line.starts_with("date:")).map(str::to_owned).collect();
        (head, answer.body)
    };
    let put = |mock: &Running, id: u64| {
        let body = r#"{"name":"changed","status":"closed"}"#;
        mock.send(&format!("PUT /things/{id}"), &["Content-Type: application/json", "Etalon-World: w"], body)
    };
    for step in 0..30_u64 {
        let mock = &mocks[usize::try_from(step % 2).expect("it is small")];
        let id = step / 3 + 1;
        let both = [&alone, mock].map(|mock| {
            told(match step % 5 {
                0 | 1 => create(mock, "w", &format!("n{step}")),
                2 => ask(mock, "w", &format!("GET /things/{id}")),
                3 => put(mock, id),
                _ => ask(mock, "w", &format!("DELETE /things/{id}")),
            })
        });
        assert_eq!(both[0], both[1], "step {step}");
    }
}

#[test]
fn worlds_begin_from_others_and_a_reset_takes_them_back() {
    let Some(redis) = Redis::start("worlds") else { return };
    let (one, other) = (redis.mock(), redis.mock());
    create(&one, "seeded", "one");
    let from = ["Etalon-World: a", "Etalon-World-From: seeded"];
    assert_eq!(other.send("GET /things/1", &from, "").status, 200);
    create(&one, "a", "two");
    assert_eq!(
        (names(&other, "a"), names(&other, "seeded")),
        (vec!["one".into(), "two".into()], vec!["one".to_owned()])
    );
    assert_eq!(ask(&other, "a", "POST /__etalon/reset").status, 204);
    assert_eq!(names(&one, "a"), ["one"]);
    let nowhere = one.send("GET /things", &["Etalon-World: b", "Etalon-World-From: nowhere"], "");
    assert_eq!(nowhere.status, 400);
}

#[test]
fn every_history_of_clients_of_three_mocks_is_one_of_a_single_one() {
    let Some(redis) = Redis::start("history") else { return };
    let mocks = [redis.mock(), redis.mock(), redis.mock()];
    let clock = AtomicU64::new(0);
    // Each client makes things and reads its own and the others'; when each began and ended is noted.
    let noted: Vec<Vec<(u64, u64, &str, Value)>> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..12)
            .map(|client| {
                let (mocks, clock) = (&mocks, &clock);
                scope.spawn(move || {
                    let mut noted = Vec::new();
                    for step in 0..8 {
                        let mock = &mocks[(client + step) % 3];
                        let began = clock.fetch_add(1, Ordering::SeqCst);
                        let (what, told) = if step % 2 == 0 {
                            let made = create(mock, "default", &format!("c{client}s{step}"));
                            assert_eq!(made.status, 201, "{made:?}");
                            ("made", made.json()["id"].clone())
                        } else {
                            ("counted", ask(mock, "default", "GET /things?limit=1").json()["total"].clone())
                        };
                        noted.push((began, clock.fetch_add(1, Ordering::SeqCst), what, told));
                    }
                    noted
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().expect("it ends")).collect()
    });
    let all: Vec<(u64, u64, &str, u64)> = noted
        .into_iter()
        .flatten()
        .map(|(began, ended, what, told)| (began, ended, what, told.as_u64().expect("a number")))
        .collect();
    let mut ids: Vec<u64> = all.iter().filter(|one| one.2 == "made").map(|one| one.3).collect();
    ids.sort_unstable();
    assert_eq!(ids, (1..=48).collect::<Vec<_>>(), "each is made once, and none is lost");
    // Ids are given in the one order of all. Whatever ended before something else began stands before it in that order.
    for (_, ended, what, told) in &all {
        for (began, _, later, then) in &all {
            if began > ended {
                let is_in_order = match (*what, *later) {
                    ("made", "made") | ("counted", "made") => told < then,
                    (_, _) => told <= then,
                };
                assert!(is_in_order, "{what} {told} ended before {later} {then} began");
            }
        }
    }
}

#[test]
fn without_the_store_nothing_is_answered_and_with_it_everything_again() {
    let Some(mut redis) = Redis::start("gone") else { return };
    let (one, other) = (redis.mock(), redis.mock());
    create(&one, "default", "kept");
    redis.end();
    for line in ["GET /things", "GET /__etalon/health"] {
        let gone = ask(&one, "default", line);
        assert_eq!((gone.status, gone.header("retry-after")), (503, Some("1")), "{gone:?}");
        assert!(gone.body.contains("urn:etalon:problem:store-gone"), "{gone:?}");
    }
    assert_eq!(create(&other, "default", "lost").status, 503);
    redis.start_again();
    let begun = Instant::now();
    while ask(&one, "default", "GET /things").status == 503 {
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
    assert_eq!(names(&one, "default"), ["kept"]);
    let begun = Instant::now();
    while create(&other, "default", "new").status == 503 {
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
    assert_eq!(names(&one, "default"), ["kept", "new"]);
}

#[test]
fn a_store_that_came_back_empty_is_noticed_and_said() {
    let Some(mut redis) = Redis::start("empty") else { return };
    let mock = redis.mock();
    create(&mock, "default", "lost");
    redis.end();
    std::fs::remove_dir_all(redis.folder.join("appendonlydir")).expect("it was kept there");
    redis.start_again();
    let begun = Instant::now();
    while ask(&mock, "default", "GET /things").status == 503 {
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
    assert_eq!(names(&mock, "default"), Vec::<String>::new());
    mock.logged("came back without the world default");
}

#[test]
fn a_store_that_is_paused_holds_answers_up_and_a_mock_that_dies_takes_nothing_along() {
    let Some(redis) = Redis::start("paused") else { return };
    let (one, other) = (redis.mock(), redis.mock());
    create(&one, "default", "first");
    redis.signal("-STOP");
    let paused = create(&one, "default", "second");
    assert_eq!(paused.status, 503, "{paused:?}");
    redis.signal("-CONT");
    drop(one);
    let begun = Instant::now();
    while ask(&other, "default", "GET /things").status == 503 {
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
    // Whether it took effect is not known to its client; that it did so at most once is.
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in names(&other, "default") {
        *counts.entry(name).or_default() += 1;
    }
    assert!(counts["first"] == 1 && counts.get("second").is_none_or(|count| *count == 1), "{counts:?}");
}

#[test]
fn after_many_requests_a_new_mock_begins_from_what_they_have_come_to() {
    let Some(redis) = Redis::start("many") else { return };
    let one = redis.mock();
    for number in 0..1_100 {
        assert_eq!(create(&one, "default", &format!("n{number}")).status, 201);
    }
    let other = redis.mock();
    let told = |mock: &Running| ask(mock, "default", "GET /things?limit=3&offset=1097").body;
    assert_eq!(told(&other), told(&one));
    assert_eq!(create(&other, "default", "more").json()["id"], json!(1_101));
    assert_eq!(ask(&one, "default", "GET /things/1101").status, 200);
}

#[test]
fn a_mock_without_room_takes_no_changes_and_has_those_of_others() {
    let Some(redis) = Redis::start("room") else { return };
    let (large, small) =
        (redis.mock(), Running::mock(&[DOCUMENT, "--quiet", "--state", &redis.url(), "--max-memory", "20K"]));
    for number in 0..60 {
        assert_eq!(create(&large, "default", &format!("n{number}")).status, 201);
    }
    assert_eq!(names(&small, "default").len(), 60);
    assert_eq!(create(&small, "default", "more").status, 507);
    assert_eq!(ask(&small, "default", "DELETE /things/1").status, 204);
    assert_eq!((names(&large, "default").len(), names(&small, "default").len()), (59, 59));
}

#[test]
fn a_stream_tells_what_is_done_at_another_mock() {
    let Some(redis) = Redis::start("stream") else { return };
    let mocks = [0, 1].map(|_| Running::mock(&["fixtures/mock/streams.yaml", "--quiet", "--state", &redis.url()]));
    let mut stream = Open::at(&mocks[0], "/todo-events", "");
    let added = add(&mocks[1], "from elsewhere");
    assert_eq!(data(&stream.event()), json!({"type": "created", "todo": added}));
}

#[test]
fn what_is_done_to_a_world_from_outside_is_done_for_all() {
    let Some(redis) = Redis::start("outside") else { return };
    let document = std::fs::read(DOCUMENT).expect("it is there");
    let mock = || {
        let source = Source { name: DOCUMENT, bytes: &document };
        let document = Document::load(source, &[], &NoFiles).expect("a document");
        let mock = Mock::new([Arc::new(Contract::new(document))], Credentials::default(), 7);
        mock.stored_in(Arc::new(etalon::server::Redis::at(&redis.url(), "test:").expect("an address")))
    };
    let (one, other) = (mock(), mock());
    let asked = |mock: &Mock, line: &str, name: &str| -> Value {
        let (method, target) = line.split_once(' ').expect("method and target");
        let mut request = Request { method: method.into(), target: target.into(), ..Request::default() };
        if !name.is_empty() {
            request.headers.add("Content-Type", "application/json");
            request.body = json!({"name": name, "status": "open"}).to_string().into_bytes();
        }
        let answer = mock.answer(&request);
        serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
    };
    let first = asked(&one, "POST /things", "first");
    let world = |mock: &Mock| mock.worlds().default_world().clone();
    let before = world(&one).snapshot();
    one.advance_world(&world(&one), 3_600).expect("the store is there");
    let second = asked(&other, "POST /things", "second");
    assert!(first["createdAt"].as_str() < second["createdAt"].as_str());
    let hour = |thing: &Value| thing["createdAt"].as_str().expect("a time")[11..13].to_owned();
    assert_ne!(hour(&first), hour(&second), "{first} {second}");
    other.restore_world(&world(&other), &before).expect("the store is there");
    assert_eq!(asked(&one, "GET /things", "")["total"], json!(1));
    let third = asked(&one, "POST /things", "third");
    assert_eq!((&third["id"], hour(&third)), (&json!(2), hour(&first)), "the clock is that of then");
    world(&other).reset();
    assert_eq!(asked(&other, "GET /things", "")["total"], json!(2), "what is in the store is what counts");
}
