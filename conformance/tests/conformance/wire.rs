//! What goes over the wire is what was written, and what comes back is what was sent.

use std::time::Duration;

use etalon_conformance::{Exchange, Http, HttpError, TargetError};
use etalon_contract::codec::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers one request with these bytes: what the client made of it, and the bytes that it had sent.
fn exchange(path: &str, request: &Request, answer: &'static [u8]) -> (Result<Response, TargetError>, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let mut seen = Vec::new();
            let mut buffer = [0; 4096];
            while !seen.windows(4).any(|window| window == b"\r\n\r\n") {
                let read = stream.read(&mut buffer).await.expect("it can be read");
                if read == 0 {
                    break;
                }
                seen.extend_from_slice(&buffer[..read]);
            }
            stream.write_all(answer).await.expect("it can be written");
            if answer.is_empty() {
                // Never answers; the client gives up first.
                let _ = stream.read(&mut buffer).await;
            }
            String::from_utf8_lossy(&seen).replace(&port.to_string(), "PORT")
        });
        let url = format!("http://127.0.0.1:{port}{path}");
        let target = Http::new(&url, "/v1", Duration::from_millis(500)).expect("it is a URL");
        let got = target.send(request).await;
        drop(target);
        (got, server.await.expect("the server ends"))
    })
}

fn get(target: &str) -> Request {
    Request { method: "GET".into(), target: target.into(), ..Request::default() }
}

#[test]
fn a_target_goes_out_as_it_was_written() {
    let ok = b"HTTP/1.1 204 No Content\r\n\r\n";
    for (path, target, line) in [
        ("", "/v1/a/%2e%2e//b%zz?x=%20&y=a+b&&", "GET /v1/a/%2e%2e//b%zz?x=%20&y=a+b&& HTTP/1.1"),
        ("/proxy/", "/v1/a", "GET /proxy/v1/a HTTP/1.1"),
        ("/proxy/v1/", "/v1/a", "GET /proxy/v1/a HTTP/1.1"),
        ("/v1", "/v1/a", "GET /v1/a HTTP/1.1"),
    ] {
        let (got, seen) = exchange(path, &get(target), ok);
        assert_eq!(got.expect("an answer").status, 204);
        assert_eq!(seen.lines().next(), Some(line), "{path}");
        assert!(seen.to_lowercase().contains("\r\nhost: 127.0.0.1:port\r\n"), "{seen}");
    }
}

#[test]
fn repeated_fields_come_back_one_by_one() {
    let answer = b"HTTP/1.1 200 OK\r\nA: 1\r\nA: 2\r\nContent-Length: 2\r\n\r\nhi";
    let got = exchange("", &get("/"), answer).0.expect("an answer");
    assert_eq!(got.headers.all("a").collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(got.body, b"hi");
}

#[test]
fn whoever_does_not_answer_properly_is_named() {
    assert!(matches!(exchange("", &get("/"), b"").0, Err(TargetError::Timeout(_))));
    assert!(matches!(exchange("", &get("/"), b"SSH-2.0-OpenSSH\r\n").0, Err(TargetError::Broken(_))));
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi";
    assert!(matches!(exchange("", &get("/"), cut).0, Err(TargetError::Broken(_))));
}

#[test]
fn a_url_that_cannot_be_a_target_is_refused() {
    let new = |url: &str| Http::new(url, "", Duration::from_secs(1));
    assert!(new("https://x").is_ok() && matches!(new("ftp://x"), Err(HttpError::Scheme { .. })));
    for url in ["not a url", "localhost:80", "/path", "http://u:p@host", "http://host?x", ""] {
        assert!(matches!(new(url), Err(HttpError::Url { .. } | HttpError::Scheme { .. })), "{url}");
    }
}

#[test]
fn requests_share_a_connection_as_long_as_the_target_keeps_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // A target that keeps connections, and one that closes each after its answer.
    for (answer, expected) in [
        (&b"HTTP/1.1 204 No Content\r\n\r\n"[..], 1),
        (&b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"[..], 25),
    ] {
        let accepted = runtime.block_on(async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
            let port = listener.local_addr().expect("an address").port();
            let accepted = std::rc::Rc::new(std::cell::Cell::new(0));
            let count = accepted.clone();
            let local = tokio::task::LocalSet::new();
            let closes = expected > 1;
            local.spawn_local(async move {
                loop {
                    let (mut stream, _) = listener.accept().await.expect("a client");
                    count.set(count.get() + 1);
                    tokio::task::spawn_local(async move {
                        let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
                        while let Ok(read @ 1..) = stream.read(&mut buffer).await {
                            seen.extend_from_slice(&buffer[..read]);
                            if seen.ends_with(b"\r\n\r\n") {
                                seen.clear();
                                stream.write_all(answer).await.expect("it can be written");
                                if closes {
                                    return;
                                }
                            }
                        }
                    });
                }
            });
            let target =
                Http::new(&format!("http://127.0.0.1:{port}"), "/", Duration::from_secs(5)).expect("it is a URL");
            local
                .run_until(async {
                    for _ in 0..25 {
                        assert_eq!(target.send(&get("/a")).await.expect("an answer").status, 204);
                    }
                })
                .await;
            accepted.get()
        });
        assert_eq!(accepted, expected);
    }
}
