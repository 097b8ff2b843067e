//! The edge under attack: bounds of time and memory, refusals of a bounded size, hosts and origins, and an innocent request
//! beside heavy ones.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::edge::{Served, served};
use super::{Ask, mock_for, mock_of, shipped_mock};
use etalon::server::{Answer, Answered, Cors, Credentials, Hosts, Unreadable};
use etalon_contract::codec::{Request, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Takes a second for `/heavy`, and nothing for anything else.
struct Slow;

impl Answer for Slow {
    fn may_take_long(&self, request: &Request) -> bool {
        request.path() == "/heavy"
    }

    fn answer(&self, request: &Request) -> Response {
        if request.path() == "/heavy" {
            std::thread::sleep(Duration::from_secs(1));
        }
        Response { status: 204, ..Response::default() }
    }

    fn too_large(&self, _request: &Request, _limit: usize) -> Answered {
        Response { status: 413, ..Response::default() }.into()
    }

    fn unreadable(&self, _request: &Request, _why: &Unreadable) -> Answered {
        Response { status: 415, ..Response::default() }.into()
    }
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").into_bytes()
}

async fn asked(address: std::net::SocketAddr, request: Vec<u8>) -> String {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    // The server may answer before it has read everything.
    let _ = stream.write_all(&request).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn heavy_requests_wait_for_each_other_and_the_innocent_for_none() {
    let served = served(Slow).await;
    let heavy: Vec<_> = (0..40).map(|_| tokio::spawn(asked(served.address, get("/heavy")))).collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let began = Instant::now();
    assert!(served.send(&get("/")).await.starts_with("HTTP/1.1 204 "));
    assert!(began.elapsed() < Duration::from_millis(700), "{:?}", began.elapsed());
    let mut turned_away = 0;
    for one in heavy {
        let answer = one.await.expect("it does not panic");
        if answer.starts_with("HTTP/1.1 503 ") {
            assert!(answer.contains("retry-after: 1\r\n") && answer.contains("urn:etalon:problem:busy"), "{answer}");
            turned_away += 1;
        } else {
            assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
        }
    }
    assert!(turned_away >= 4, "thirty-six are answered or wait, {turned_away} were turned away");
    served.stop().await;
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_waits_for_no_slow_client() {
    let served = served(Slow).await;
    let mut slow = Vec::new();
    for begun in
        [&b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"[..], b"GET / HT", b"PRI * HTTP/2.0\r\n"]
    {
        let mut stream = TcpStream::connect(served.address).await.expect("it listens");
        stream.write_all(begun).await.expect("it reads");
        slow.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let began = Instant::now();
    served.stop().await;
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    drop(slow);
}

async fn closes(served: &Served, begun: &[u8]) -> Duration {
    let mut stream = TcpStream::connect(served.address).await.expect("it listens");
    stream.write_all(begun).await.expect("it reads");
    let began = Instant::now();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    began.elapsed()
}

#[tokio::test]
async fn silent_connections_are_closed() {
    let served = served(Slow).await;
    let waited = tokio::time::timeout(Duration::from_secs(30), async {
        tokio::join!(
            closes(&served, b""),
            closes(&served, b"PRI * HTTP/2.0\r\n"),
            closes(&served, b"GET / HTTP/1.1\r\nHost:"),
            closes(&served, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        )
    });
    let (silent, preface, head, idle) = waited.await.expect("each is closed");
    for waited in [silent, preface, head, idle] {
        assert!(waited > Duration::from_secs(5) && waited < Duration::from_secs(20), "{waited:?}");
    }
    served.stop().await;
}

#[tokio::test]
async fn a_client_that_closes_its_writing_half_gets_its_answer() {
    let served = served(Slow).await;
    for path in ["/", "/heavy"] {
        let mut stream = TcpStream::connect(served.address).await.expect("it listens");
        stream.write_all(&get(path)).await.expect("it reads");
        stream.shutdown().await.expect("it is open");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 204 "), "{path}: {answer}");
    }
    served.stop().await;
}

#[tokio::test]
async fn a_transfer_coding_beside_chunked_is_not_implemented() {
    let served = served(shipped_mock()).await;
    for coding in ["gzip, chunked", "gzip", "identity, chunked", "chunked, chunked"] {
        let head =
            format!("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {coding}\r\nConnection: close\r\n\r\n0\r\n\r\n");
        let answer = served.send(head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 501 "), "{coding}: {answer}");
    }
    served.stop().await;
}

#[tokio::test]
async fn a_reader_that_stalls_keeps_nobody_else_from_answers() {
    /// A server that answers eight megabytes.
    struct Large;
    impl Answer for Large {
        fn answer(&self, request: &Request) -> Response {
            let body = if request.path() == "/large" { vec![b'x'; 8 << 20] } else { Vec::new() };
            Response { status: 200, body, ..Response::default() }
        }

        fn too_large(&self, _request: &Request, _limit: usize) -> Answered {
            Response::default().into()
        }

        fn unreadable(&self, _request: &Request, _why: &Unreadable) -> Answered {
            Response::default().into()
        }
    }
    let served = served(Large).await;
    let mut stalled = Vec::new();
    for _ in 0..30 {
        let mut stream = TcpStream::connect(served.address).await.expect("it listens");
        stream.write_all(&get("/large")).await.expect("it reads");
        stalled.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(served.send(&get("/")).await.starts_with("HTTP/1.1 200 "), "a small answer finds room or waits a little");
    drop(stalled);
    let whole = served.send(&get("/large")).await;
    assert_eq!(whole.split("\r\n\r\n").nth(1).map(str::len), Some(8 << 20));
    served.stop().await;
}

#[test]
fn refusals_are_small_however_large_the_request() {
    let schema = json!({"type": "object", "additionalProperties": false, "properties": {"list": {"type": "array", "items": {"type": "string"}}}});
    let content = json!({"application/json": {"schema": schema}});
    let mock = mock_of(
        json!({"/x": {"post": {"requestBody": {"content": content}, "responses": {"204": {"description": ""}}}}}),
    );
    let long = "x".repeat(4_000_000);
    let many: serde_json::Map<String, Value> = (0..5_000).map(|n| (format!("m{n}"), json!(1))).collect();
    for (body, told) in [
        (json!({ long.clone(): 1 }), "may not be here"),
        (json!({"list": [long]}), ""),
        (Value::Object(many), "100 faults and 4,900 more"),
        (json!({"list": vec![1; 5_000]}), "100 faults and 4,900 more"),
    ] {
        let answer = mock.answer(&Ask::new("POST /x").json(&body).request);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(text.len() < 100_000 && text.contains(told), "{} bytes: {}", text.len(), &text[..text.len().min(300)]);
    }
}

#[test]
fn numbers_beyond_a_bound_are_refused_by_its_name_and_the_rest_is_quick() {
    let content = json!({"application/json": {"schema": {"type": "array", "uniqueItems": true, "items": {"type": "number", "minimum": 0, "multipleOf": 1e-9}}}});
    let mock = mock_of(
        json!({"/x": {"post": {"requestBody": {"content": content}, "responses": {"204": {"description": ""}}}}}),
    );
    let ask = |body: String| {
        let mut ask = Ask::new("POST /x").header("Content-Type", "application/json").request;
        ask.body = body.into_bytes();
        let began = Instant::now();
        let answer = mock.answer(&ask);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        (answer.status, String::from_utf8_lossy(&answer.body).into_owned())
    };
    let numbers = |text: &str, count: usize| format!("[{}]", vec![text; count].join(","));
    let (status, told) = ask(numbers("1e-9999", 1_000));
    assert!(status == 400 && told.contains("the exponent of a number may be 1000 at most"), "{told}");
    let (status, told) = ask(numbers("1e-999", 1_000));
    assert!(status == 400 && told.contains("more than 200000 values"), "{told}");
    let distinct: Vec<String> = (1..=700).map(|n| format!("{n}e290")).collect();
    assert_eq!(ask(format!("[{}]", distinct.join(","))).0, 204);
}

#[test]
fn a_parameter_beyond_a_bound_is_refused_by_its_name() {
    let number = |place: &str| json!({"name": "n", "in": place, "required": true, "schema": {"type": "number"}});
    let answers = json!({"204": {"description": ""}});
    let mock = mock_of(json!({
        "/path/{n}": {"get": {"parameters": [number("path")], "responses": answers}},
        "/query": {"get": {"parameters": [number("query")], "responses": answers}},
        "/header": {"get": {"parameters": [number("header")], "responses": answers}},
    }));
    for ask in [
        Ask::new("GET /path/1e-9999"),
        Ask::new("GET /query?n=1e9999"),
        Ask::new("GET /header").header("n", "1e99999999999"),
    ] {
        let answer = mock.answer(&ask.request);
        let told = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status == 400 && told.contains("the exponent of a number may be 1000 at most"), "{told}");
    }
}

#[test]
fn reads_of_new_scopes_and_deletes_of_nothing_keep_no_state() {
    let item = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}, "at": {"type": "string", "format": "date-time"}}});
    let list = json!({"type": "array", "items": item});
    let answers = |schema: &Value| json!({"200": {"description": "", "content": {"application/json": {"schema": schema}}}, "404": {"description": ""}});
    let team = json!({"name": "team", "in": "path", "required": true, "schema": {"type": "string"}});
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}});
    let mock = mock_of(json!({
        "/{team}/things": {"parameters": [team], "get": {"responses": answers(&list)}},
        "/{team}/things/{id}": {"parameters": [team, id], "get": {"responses": answers(&item)},
            "delete": {"responses": {"204": {"description": ""}, "404": {"description": ""}}}}
    }));
    let weight = || mock.worlds().default_world().weight();
    let first = Ask::new("GET /a/things").of(&mock).json();
    for team in 0..200 {
        assert_eq!(Ask::new(&format!("GET /t{team}/things")).of(&mock).status(), 200);
    }
    assert_eq!(weight(), 0, "nothing was changed");
    assert_eq!(Ask::new("GET /a/things").of(&mock).json(), first, "and all is as it was");
    let id = first[0]["id"].as_str().expect("it has one").to_owned();
    assert_eq!(Ask::new(&format!("GET /a/things/{id}")).of(&mock).json(), first[0]);
    assert_eq!(Ask::new(&format!("DELETE /a/things/{id}")).of(&mock).status(), 204);
    assert_eq!(
        Ask::new("GET /a/things").of(&mock).json().as_array().map(Vec::len),
        first.as_array().map(|all| all.len() - 1)
    );
    assert_eq!(Ask::new(&format!("DELETE /a/things/{id}")).of(&mock).status(), 404);
}

#[test]
fn a_refusal_never_shows_what_somebody_gave_as_credentials() {
    let schemes = json!({"securitySchemes": {
        "Bearer": {"type": "http", "scheme": "bearer"}, "Key": {"type": "apiKey", "in": "query", "name": "key"},
        "Own": {"type": "apiKey", "in": "header", "name": "X-Own"}
    }});
    let responses = json!({"204": {"description": ""}});
    let paths =
        json!({"/x": {"get": {"security": [{"Bearer": []}, {"Key": []}, {"Own": []}], "responses": responses}}});
    let mut credentials = Credentials::default();
    credentials.issue("Bearer", "s3cr3t with=all/sorts");
    credentials.issue("Key", "k3y & ä");
    let mock = mock_for(paths, schemes, credentials);
    let refused = Ask::new("GET /x").header("Authorization", "Bearer wrong").of(&mock);
    let told = refused.at("/detail").as_str().expect("a sentence").to_owned();
    assert_eq!(refused.status(), 401);
    assert!(!told.contains("s3cr3t") && !told.contains("k3y"), "{told}");
    assert!(told.contains("`Authorization: Bearer …` with the value that --auth gave for Bearer"), "{told}");
    assert!(told.contains("`X-Own: etalon`"), "its own default is no secret: {told}");
}

#[test]
fn a_foreign_page_reads_nothing_under_a_name_of_its_own() {
    let mock = shipped_mock().open_to(Cors::default(), Hosts::of("127.0.0.1", [127, 0, 0, 1].into()));
    let mut ask = Ask::new("GET /orgs/x/invites?version=beta").bearer();
    for (host, status) in [("localhost:4010", 200), ("evil.example:4010", 421), ("[::1]:4010", 200)] {
        ask = ask.header("Host", host);
        let answer = mock.answer(&ask.request);
        assert_eq!(answer.status == 421, status == 421, "{host}: {}", answer.status);
        assert!(status != 421 || answer.headers.get("content-type") == Some("application/problem+json"));
    }
    let foreign = ask.header("Host", "localhost").header("Origin", "https://evil.example");
    let answer = mock.answer(&foreign.request);
    assert_eq!(answer.headers.get("access-control-allow-credentials"), None);
    let near = foreign.header("Origin", "http://localhost:3000");
    assert_eq!(mock.answer(&near.request).headers.get("access-control-allow-credentials"), Some("true"));
}

#[test]
fn exactly_one_of_many_large_requests_at_once_wins() {
    let content = json!({"application/json": {"schema": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "text": {"type": "string"}}}}});
    let created = json!({"201": {"description": "", "content": content}, "409": {"description": ""}});
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}});
    let found = json!({"200": {"description": "", "content": content}, "404": {"description": ""}});
    let mock = Arc::new(mock_of(json!({
        "/x": {"post": {"requestBody": {"content": content}, "responses": created}},
        "/x/{id}": {"get": {"parameters": [id], "responses": found}}
    })));
    let body = json!({"id": "one", "text": "x".repeat(100_000)});
    let racing: Vec<_> = (0..8)
        .map(|_| {
            let (mock, request) = (mock.clone(), Ask::new("POST /x").json(&body).request);
            std::thread::spawn(move || mock.answer(&request).status)
        })
        .collect();
    let statuses: Vec<u16> = racing.into_iter().map(|one| one.join().expect("it does not panic")).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 7, "{statuses:?}");
}
