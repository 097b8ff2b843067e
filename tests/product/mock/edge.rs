//! The edge on real sockets: framing, bounds, shutdown, and a panic that stays alone.

use std::sync::Arc;

use etalon::server::{Answer, Answered, MAX_BODY, Unreadable, serve};
use etalon_contract::codec::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::mock::shipped_mock;

/// A server of its own for one test.
pub(super) struct Served {
    pub(super) address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    done: tokio::task::JoinHandle<()>,
}

pub(super) async fn served<A: Answer>(answerer: A) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let (stop, stopped) = oneshot::channel::<()>();
    let done = tokio::spawn(serve(listener, Arc::new(answerer), async {
        // Dropped or sent: either way the test is over.
        let _ = stopped.await;
    }));
    Served { address, stop, done }
}

impl Served {
    /// Sends bytes and gives back all that comes until the connection closes.
    pub(super) async fn send(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub(super) async fn stop(self) {
        self.stop.send(()).expect("it is still there");
        self.done.await.expect("it does not panic");
    }
}

const HEAD: &str =
    "Host: x\r\nConnection: close\r\nAuthorization: Basic ZXRhbG9uOmV0YWxvbg==\r\nContent-Type: application/json\r\n";
const INVITE: &str = "POST /v1/organizations/1/members/invite HTTP/1.1\r\n";

#[tokio::test]
async fn a_request_is_answered_over_a_socket_and_state_lasts() {
    let served = served(shipped_mock()).await;
    let body = r#"{"emailAddress":"a@b"}"#;
    let request = format!("{INVITE}{HEAD}Content-Length: {}\r\n\r\n{body}", body.len());
    assert!(served.send(request.as_bytes()).await.starts_with("HTTP/1.1 204 No Content\r\n"));
    let again = served.send(request.as_bytes()).await;
    assert!(again.starts_with("HTTP/1.1 409 Conflict\r\n"), "{again}");
    assert!(again.contains("content-type: application/problem+json\r\n"), "{again}");
    served.stop().await;
}

#[tokio::test]
async fn head_has_the_length_of_get_and_no_content() {
    let served = served(shipped_mock()).await;
    let target = "/orgs/6a0f3d52-8c1e-4b97-a4d6-e2537f9b0c18/invites?version=beta";
    let ask = |method: &str| {
        format!("{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer etalon\r\n\r\n")
    };
    let length = |answer: &str| {
        let line = answer.lines().find(|line| line.starts_with("content-length: ")).expect("a length");
        line["content-length: ".len()..].parse::<usize>().expect("a number")
    };
    let get = served.send(ask("GET").as_bytes()).await;
    let head = served.send(ask("HEAD").as_bytes()).await;
    assert_eq!(length(&head), length(&get));
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    served.stop().await;
}

#[tokio::test]
async fn too_large_a_body_is_refused_whether_it_is_declared_or_not() {
    let served = served(shipped_mock()).await;
    let declared = format!("{INVITE}{HEAD}Content-Length: {}\r\n\r\n", MAX_BODY + 1);
    let answer = served.send(declared.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let mut chunked = format!("{INVITE}{HEAD}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", MAX_BODY + 1).into_bytes();
    chunked.resize(chunked.len() + MAX_BODY + 1, b' ');
    chunked.extend_from_slice(b"\r\n0\r\n\r\n");
    let answer = served.send(&chunked).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413 "), "{answer}");
    served.stop().await;
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let served = served(shipped_mock()).await;
    assert!(served.send(b"nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400 "));
    let long = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "x".repeat(1 << 20));
    let answer = served.send(long.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    served.stop().await;
}

#[tokio::test]
async fn a_head_that_http_forbids_is_a_malformed_request() {
    let served = served(shipped_mock()).await;
    for fields in [
        "",
        "Host: x\r\nHost: y\r\n",
        "Host: a@b\r\n",
        "Host: a b\r\n",
        "Host: x\r\nContent-Type: a/b\r\nContent-Type: a/b\r\n",
    ] {
        let answer = served.send(format!("GET / HTTP/1.1\r\nConnection: close\r\n{fields}\r\n").as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{fields}: {answer}");
        assert!(answer.contains("content-type: application/problem+json\r\n"), "{fields}: {answer}");
        assert!(answer.contains("urn:etalon:problem:malformed-request"), "{fields}: {answer}");
    }
    for head in
        ["1.0\r\n", "1.1\r\nHost:\r\n", "1.1\r\nHost: [::1]:80\r\n"].map(|rest| format!("GET /nothing HTTP/{rest}"))
    {
        let answer = served.send(format!("{head}Connection: close\r\n\r\n").as_bytes()).await;
        assert!(answer.contains(" 404 ") && answer.contains("urn:etalon:problem:unknown-path"), "{head}: {answer}");
    }
    served.stop().await;
}

#[tokio::test]
async fn what_the_http_library_refuses_has_no_body() {
    let served = served(shipped_mock()).await;
    let long = "x".repeat(70_000);
    let cases = [
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n".to_owned(), 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: nonsense\r\n\r\n".to_owned(), 501),
        (format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(1 << 20)), 414),
        (format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"), 414),
        (format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "a: b\r\n".repeat(200)), 431),
    ];
    for (request, status) in cases {
        let answer = served.send(request.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {answer}");
        assert!(answer.contains("content-length: 0\r\n") && answer.ends_with("\r\n\r\n"), "{answer}");
    }
    served.stop().await;
}

/// Panics whenever it is asked for `/panic`.
struct Fragile;

impl Answer for Fragile {
    fn answer(&self, request: &Request) -> Response {
        assert_ne!(request.path(), "/panic", "this panic is meant to be");
        Response { status: 204, ..Response::default() }
    }

    fn too_large(&self, _request: &Request, _limit: usize) -> Answered {
        Response { status: 413, ..Response::default() }.into()
    }

    fn unreadable(&self, _request: &Request, _why: &Unreadable) -> Answered {
        Response { status: 415, ..Response::default() }.into()
    }
}

#[tokio::test]
async fn a_panic_is_answered_and_the_next_request_too() {
    let served = served(Fragile).await;
    let ask = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let answer = served.send(ask("/panic").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert!(answer.contains("urn:etalon:problem:internal"), "{answer}");
    assert!(served.send(ask("/").as_bytes()).await.starts_with("HTTP/1.1 204 "));
    served.stop().await;
}

#[tokio::test]
async fn http_2_is_spoken_on_the_same_port() {
    let served = served(shipped_mock()).await;
    let stream = TcpStream::connect(served.address).await.expect("it listens");
    let (mut sender, connection) = hyper::client::conn::http2::handshake(
        hyper_util::rt::TokioExecutor::new(),
        hyper_util::rt::TokioIo::new(stream),
    )
    .await
    .expect("it speaks HTTP/2");
    let connection = tokio::spawn(connection);
    let request =
        hyper::Request::get("http://x/nothing").body(http_body_util::Empty::<bytes::Bytes>::new()).expect("a request");
    assert_eq!(sender.send_request(request).await.expect("an answer").status(), 404);
    drop(sender);
    connection.await.expect("it does not panic").expect("it closes in order");
    served.stop().await;
}
