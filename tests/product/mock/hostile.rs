//! Requests made to do harm: each is refused, or taken where it is harmless, and the next one is served.

use std::io::Write;

use etalon_contract::codec::Request;
use serde_json::json;

use crate::hostile_bodies as bodies;
use crate::mock::edge::served;
use crate::mock::{Ask, mock_of};
use etalon::server::{Answer, MAX_BODY};

fn request(hostile: &bodies::Hostile) -> Request {
    let mut request = Request { target: hostile.target.clone(), body: hostile.body.clone(), ..Request::default() };
    request.method = if hostile.content_type.is_some() { "POST".to_owned() } else { "GET".to_owned() };
    hostile.content_type.into_iter().for_each(|media_type| request.headers.add("Content-Type", media_type));
    request
}

#[test]
fn what_is_made_to_do_harm_is_refused_and_the_next_request_is_served() {
    let mock = mock_of(bodies::paths());
    for hostile in bodies::all() {
        assert!(hostile.body.len() <= MAX_BODY, "{} would not be read", hostile.name);
        let answer = mock.answer(&request(&hostile));
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, hostile.status, "{}: {}", hostile.name, said.chars().take(300).collect::<String>());
        assert!(answer.body.len() < 64 * 1024, "{}: the answer has {} bytes", hostile.name, answer.body.len());
    }
    assert_eq!(Ask::new("POST /any").json(&json!({"a": 1})).of(&mock).status(), 204);
}

const HEAD: &str = "POST /any HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("it is in memory");
    encoder.finish().expect("it is in memory")
}

fn coded(coding: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{HEAD}Content-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn a_gigabyte_that_is_announced_and_never_comes_is_refused_at_once() {
    let served = served(mock_of(bodies::paths())).await;
    let answer = served.send(format!("{HEAD}Content-Length: 1000000000\r\n\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let answer = served.send(format!("{HEAD}Content-Length: 99999999999999999999999\r\n\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    served.stop().await;
}

#[tokio::test]
async fn coded_bodies_are_read_and_bombs_are_refused() {
    let served = served(mock_of(bodies::paths())).await;
    let answer = served.send(&coded("gzip", &gzip(b"{\"a\":1}"))).await;
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    let answer = served.send(&coded("gzip", &gzip(b"{\"a\":"))).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    let bomb = gzip(&vec![b' '; MAX_BODY + 1]);
    assert!(bomb.len() < 100_000);
    let answer = served.send(&coded("gzip", &bomb)).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let answer = served.send(&coded("gzip, gzip", &gzip(&bomb))).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let answer = served.send(&coded("br", b"no brotli at all")).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    served.stop().await;
}

#[tokio::test]
async fn an_unknown_coding_is_refused_with_those_that_are_known() {
    let served = served(mock_of(bodies::paths())).await;
    let answer = served.send(&coded("compress", b"{}")).await;
    assert!(answer.starts_with("HTTP/1.1 415 "), "{answer}");
    assert!(answer.contains("accept-encoding: gzip, deflate, br, zstd\r\n"), "{answer}");
    assert!(answer.contains("urn:etalon:problem:unsupported-media-type"), "{answer}");
    served.stop().await;
}

#[tokio::test]
async fn chunks_past_the_limit_and_chunks_that_are_none_are_refused() {
    let served = served(mock_of(bodies::paths())).await;
    let mut chunks = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for _ in 0..=MAX_BODY / 65_536 {
        chunks.extend_from_slice(b"10000\r\n");
        chunks.resize(chunks.len() + 65_536, b' ');
        chunks.extend_from_slice(b"\r\n");
    }
    // The end never comes; the server has to answer before it.
    let answer = served.send(&chunks).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let answer = served.send(format!("{HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n").as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    let answer = served.send(&coded("identity", b"{}")).await;
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    served.stop().await;
}
