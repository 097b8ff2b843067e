//! The proxy: what passes through it, what it tells while that passes, and what it has shown at the end.

use std::io::{Read, Write};
use std::net::{TcpListener as Listener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use etalon::proxy::{Proxy, Told, Upstream, Watch, Watched, Watching, serve};
use etalon_conformance::recording::{Pen, judge, read};
use etalon_conformance::verdict::VerdictKind;
use etalon_conformance::{Conclusion, Format, Grounds, Onlooker, Party, Report, har};
use etalon_contract::model::Contract;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::process::{Answer, ask};

const CONTRACT: &str = "
openapi: 3.1.0
info: { title: Pets, version: '1' }
servers: [{ url: /v1 }]
security: [{ key: [] }]
paths:
  /pets:
    get:
      operationId: listPets
      responses:
        '200': { description: all, content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Pet' } } } } }
    post:
      operationId: addPet
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/New' } } } }
      responses:
        '201': { description: one, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
        '400': { description: no }
  /upload:
    put:
      operationId: upload
      requestBody: { content: { application/octet-stream: {} } }
      responses: { '204': { description: kept } }
  /events:
    get:
      operationId: events
      responses: { '200': { description: on and on, content: { text/event-stream: { schema: { type: string } } } } }
components:
  securitySchemes: { key: { type: apiKey, in: header, name: X-Key } }
  schemas:
    New: { type: object, required: [name], properties: { name: { type: string, minLength: 1, maxLength: 4 } } }
    Pet: { type: object, required: [id, name], properties: { id: { type: string }, name: { type: string } } }
";

const SECRET: &str = "X-Key: very-secret-0123456789";

/// A request as the server saw it.
struct Seen {
    head: String,
    body: Vec<u8>,
}

/// A server that answers each request as a function says, one a connection.
fn server(answer: fn(&Seen) -> String) -> u16 {
    let listener = Listener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it has one").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("somebody connects");
            std::thread::spawn(move || {
                let seen = seen(&mut stream);
                // Who has gone is not waited for.
                let _ = stream.write_all(answer(&seen).as_bytes());
            });
        }
    });
    port
}

fn seen(stream: &mut TcpStream) -> Seen {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("a head is text");
    let length = head
        .to_ascii_lowercase()
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.split("\r\n").next()?.parse::<usize>().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).expect("the body is there");
    Seen { head, body }
}

fn json(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Pets as the contract has them, but that a list holds one without a name; and one that takes names of five letters.
fn pets(seen: &Seen) -> String {
    let body = String::from_utf8_lossy(&seen.body);
    if seen.head.starts_with("GET /v1/pets") {
        return json("200 OK", r#"[{"id": "1"}]"#);
    }
    let name =
        serde_json::from_str::<serde_json::Value>(&body).ok().and_then(|pet| pet["name"].as_str().map(str::to_owned));
    match name {
        Some(name) if (1..=5).contains(&name.len()) => {
            json("201 Created", &format!(r#"{{"id": "1", "name": "{name}"}}"#))
        }
        _ => "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
    }
}

/// A file in memory that threads share.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A running proxy.
struct Running {
    port: u16,
    contract: Arc<Contract>,
    runtime: Runtime,
    stop: oneshot::Sender<()>,
    serving: tokio::task::JoinHandle<()>,
    watching: Watching,
    told: Receiver<Told>,
    recording: Memory,
}

impl Running {
    fn before(upstream: u16, refuses: bool) -> Self {
        let contract = Arc::new(Contract::parse(CONTRACT).expect("the document is sound"));
        let url = format!("http://127.0.0.1:{upstream}/v1");
        let upstream = Upstream::new(&url, contract.base()).expect("it is a URL");
        let (tell, told): (Sender<Told>, _) = channel();
        let recording = Memory::default();
        let memory = recording.clone();
        let watching = Watching::begin(Watch {
            contract: Arc::clone(&contract),
            base: None,
            origin: upstream.origin(),
            key: [3; 32],
            began: 0,
            pen: Some(Box::new(move || Pen::new(Box::new(memory), [4; 16]))),
            tell: Box::new(move |told| drop(tell.send(told))),
        });
        let proxy = Arc::new(Proxy::new(Arc::clone(&contract), upstream, &watching, refuses));
        let runtime = Runtime::new().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let port = listener.local_addr().expect("it has one").port();
        let (stop, stopped) = oneshot::channel();
        let serving = runtime.spawn(serve(vec![listener], proxy, async move { drop(stopped.await) }));
        Self { port, contract, runtime, stop, serving, watching, told, recording }
    }

    fn post(&self, body: &str) -> Answer {
        ask(self.port, "POST /v1/pets", &["Content-Type: application/json", SECRET], body)
    }

    /// Stops it: what its traffic has shown, and the recording.
    fn end(self) -> (Watched, Vec<u8>) {
        self.stop.send(()).expect("it runs");
        self.runtime.block_on(self.serving).expect("it stops");
        self.runtime.shutdown_timeout(std::time::Duration::from_secs(5));
        let watched = self.watching.end().expect("the judge is well");
        let bytes = self.recording.0.lock().expect("nobody panics").clone();
        (watched, bytes)
    }
}

/// The rows with a verdict of this kind.
fn rows(report: &Report, kind: VerdictKind) -> Vec<&str> {
    report.rows().filter(|row| row.verdict.kind() == kind).map(|row| row.id()).collect()
}

#[test]
fn what_passes_is_told_and_decides_rows() {
    let proxy = Running::before(server(pets), false);
    let fine = proxy.post(r#"{"name": "Rex"}"#);
    assert_eq!((fine.status, fine.header("etalon-violations")), (201, None));
    let longest = proxy.post(r#"{"name": "Fido"}"#);
    assert_eq!(longest.json()["name"], "Fido");
    let refused = proxy.post(r#"{"name": ""}"#);
    let said = refused.header("etalon-violations").expect("the request breaks the contract").to_owned();
    assert!(said.starts_with("request: body /name"), "{said}");
    let accepted = proxy.post(r#"{"name": "Bella"}"#);
    assert_eq!(accepted.status, 201);
    let said = accepted.header("etalon-violations").expect("it should not have been accepted").to_owned();
    assert!(said.contains("response: it was accepted with 201"), "{said}");
    let list = ask(proxy.port, "GET /v1/pets", &[SECRET], "");
    assert!(list.header("etalon-violations").expect("a name is missing").contains("/0/name"), "{list:?}");
    let elsewhere = ask(proxy.port, "GET /health", &[], "");
    assert_eq!(elsewhere.status, 400, "what the contract does not have passes all the same");
    let told: Vec<Told> = proxy.told.iter().take(6).collect();
    let by = |party: Party| {
        let broken = |told: &&Told| told.remarks.iter().flatten().any(|remark| remark.party == party);
        told.iter().filter(broken).count()
    };
    assert_eq!((by(Party::Client), by(Party::Server)), (2, 2));
    let (watched, _) = proxy.end();
    assert_eq!((watched.seen, watched.foreign, watched.missed), (5, 1, 0));
    assert_eq!(watched.report.conclusion(), Conclusion::Violates);
    let violated = rows(&watched.report, VerdictKind::Violated);
    assert_eq!(violated, ["listPets response 200 application/json", "addPet body /name maxLength=4 past"]);
    let proved = rows(&watched.report, VerdictKind::Proved);
    for row in [
        "addPet body /name maxLength=4 at",
        "addPet body /name minLength=1 past",
        "addPet response 201 application/json",
    ] {
        assert!(proved.contains(&row), "{row} is not among {proved:#?}");
    }
}

#[test]
fn a_refusal_without_a_twin_in_the_traffic_proves_nothing() {
    let proxy = Running::before(server(pets), false);
    proxy.post(r#"{"name": ""}"#);
    let (watched, _) = proxy.end();
    let row =
        watched.report.rows().find(|row| row.id() == "addPet body /name minLength=1 past").expect("it has the row");
    assert_eq!(row.verdict.kind(), VerdictKind::Inconclusive);
    assert_eq!(row.reason(), Some("it was refused, and no accepted request of the traffic differs in this alone"));
}

#[test]
fn recorded_traffic_gives_the_same_report_and_no_secret() {
    let proxy = Running::before(server(pets), false);
    let contract = Arc::clone(&proxy.contract);
    for body in [r#"{"name": "Rex"}"#, r#"{"name": ""}"#, r#"{"name": "Bella"}"#] {
        proxy.post(body);
    }
    let (watched, file) = proxy.end();
    let recording = read(&file).expect("it is a recording");
    assert_eq!(recording.flaw, None);
    let section = &recording.sections[0];
    assert!(section.is_traffic());
    let key = section.answered()[0].request.headers.get("x-key").expect("it was sent").to_owned();
    assert!(!key.contains("secret") && key.len() == SECRET.len() - "X-Key: ".len(), "{key}");
    let runtime = Runtime::new().expect("a runtime");
    let judgement = runtime.block_on(judge(section, &contract, &mut |_| {}));
    assert_eq!((judgement.flaw, judgement.differences), (None, Vec::new()));
    let text = |report: &Report| Format::Json.text(std::slice::from_ref(report));
    assert_eq!(text(&judgement.report.expect("there is one")), text(&watched.report));

    // The same exchanges as an archive show the same.
    let archive = har::read(har::text(&recording.sections).as_bytes()).expect("it is an archive");
    let grounds = Grounds::of(&contract, &[]);
    let mut onlooker = Onlooker::new(&contract, &grounds);
    for (_, exchange) in &archive.exchanges {
        onlooker.sees(&exchange.request, &exchange.response, exchange.took, exchange.whole);
    }
    let report = onlooker.report("http://elsewhere".to_owned());
    for kind in [VerdictKind::Proved, VerdictKind::Violated] {
        assert_eq!(rows(&report, kind), rows(&watched.report, kind));
    }
}

#[test]
fn with_errors_nothing_that_breaks_the_contract_passes() {
    let proxy = Running::before(server(pets), true);
    let refused = proxy.post(r#"{"name": ""}"#);
    assert_eq!((refused.status, refused.json()["type"].clone()), (400, "urn:etalon:problem:validation".into()));
    let list = ask(proxy.port, "GET /v1/pets", &[SECRET], "");
    assert_eq!((list.status, list.json()["type"].clone()), (502, "urn:etalon:problem:upstream-violation".into()));
    assert_eq!(proxy.post(r#"{"name": "Rex"}"#).status, 201);
    assert_eq!(proxy.post(r#"{"name": ""}"#).status, 400);
    let told: Vec<Told> = proxy.told.iter().take(4).collect();
    assert!(told[0].remarks.iter().flatten().any(|remark| remark.party == Party::Client), "what is refused is told");
    let (watched, _) = proxy.end();
    assert_eq!(watched.seen, 2, "the server has not seen what was refused");
    let row =
        watched.report.rows().find(|row| row.id() == "addPet body /name minLength=1 past").expect("it has the row");
    assert_eq!(row.verdict.kind(), VerdictKind::Inconclusive, "that the proxy refuses shows nothing of the server");
    let closed = Listener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
    let alone = Running::before(closed, false);
    assert_eq!(alone.post("{}").status, 502, "nobody is there");
}

#[test]
fn a_stream_and_an_upload_pass_while_they_come() {
    let listener = Listener::bind("127.0.0.1:0").expect("a free port");
    let upstream = listener.local_addr().expect("it has one").port();
    let proxy = Running::before(upstream, false);

    // A stream: its first event arrives while the server has not sent the second.
    let mut client = TcpStream::connect(("127.0.0.1", proxy.port)).expect("it listens");
    client.write_all(b"GET /v1/events HTTP/1.1\r\nHost: h\r\n\r\n").expect("it reads");
    let (mut server, _) = listener.accept().expect("the proxy comes");
    seen(&mut server);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    server.write_all(format!("{head}9\r\ndata: 1\n\n\r\n").as_bytes()).expect("it reads");
    let mut heard = Vec::new();
    let mut piece = [0; 1024];
    while !heard.ends_with(b"data: 1\n\n\r\n") {
        let read = client.read(&mut piece).expect("it comes");
        assert!(read > 0, "the stream has ended");
        heard.extend_from_slice(&piece[..read]);
    }
    drop((client, server));

    // An upload: the server has its beginning while the client holds its end back.
    let mut client = TcpStream::connect(("127.0.0.1", proxy.port)).expect("it listens");
    let head = "PUT /v1/upload HTTP/1.1\r\nHost: h\r\nContent-Type: application/octet-stream\r\nContent-Length: 20000000\r\n\r\n";
    client.write_all(head.as_bytes()).expect("it reads");
    let megabyte = vec![7; 1_000_000];
    client.write_all(&megabyte).expect("it reads");
    let (mut server, _) = listener.accept().expect("the proxy comes");
    let mut beginning = vec![0; 900_000];
    server.read_exact(&mut beginning).expect("the beginning passes");
    let rest = std::thread::spawn(move || {
        let mut all = beginning.len();
        let mut piece = vec![0; 65_536];
        while all < 20_000_000 {
            all += server.read(&mut piece).expect("the rest passes");
        }
        server.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").expect("it reads");
        all
    });
    for _ in 1..20 {
        client.write_all(&megabyte).expect("it reads");
    }
    assert!(rest.join().expect("the server is well") >= 20_000_000);
    let mut answer = [0; 12];
    client.read_exact(&mut answer).expect("it answers");
    assert_eq!(&answer, b"HTTP/1.1 204");
    drop(client);
    let (watched, _) = proxy.end();
    assert_eq!(watched.missed, 1, "the upload is too large to be judged, and that is said");
}
