//! The edge: sockets, HTTP/1.1 and HTTP/2 by hyper. It reads a request to its end, lets it be answered as a value, and
//! writes the answer; nothing is awaited in between. Every wait and every size has a bound.

use std::convert::Infallible;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use etalon_contract::codec::{Headers, Request, Response};
use http::Version;
use http::request::Parts;
use http::uri::Authority;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;

use crate::server::coding;
use crate::server::mock::Answer;
use etalon_contract::behaviour::{Kind, Problem, REASON, reason};

/// The largest body that is read, in bytes: room for an upload, too little to fill the memory.
pub const MAX_BODY: usize = 10 * 1024 * 1024;

/// The longest time that a client may take for the head of a request: longer is an attack or a dead line.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest time that a client may take for a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// The longest time that requests under way may take once the server is told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// The pause after `accept` failed, which it does when there are no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `shutdown` is ready, then lets the requests under way be answered.
pub async fn serve<A: Answer>(listener: TcpListener, answerer: Arc<A>, shutdown: impl Future<Output = ()>) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD_TIMEOUT);
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // Without it small answers wait for the client's acknowledgement; a socket that refuses is closed already.
        let _ = stream.set_nodelay(true);
        let answerer = answerer.clone();
        let service = hyper::service::service_fn(move |request| {
            let answerer = answerer.clone();
            async move { Ok::<_, Infallible>(exchange(answerer.as_ref(), request).await) }
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that breaks concerns nobody but its client.
            let _ = connection.await;
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(DRAIN_TIMEOUT, graceful.shutdown()).await;
}

async fn exchange<A: Answer>(answerer: &A, incoming: hyper::Request<Incoming>) -> hyper::Response<Full<Bytes>> {
    let (head, body) = incoming.into_parts();
    if let Some(why) = unsound(&head) {
        return written(&bare(Problem::new(Kind::MalformedRequest, why)));
    }
    let mut request = Request {
        method: head.method.as_str().to_owned(),
        target: head.uri.path_and_query().map_or_else(|| head.uri.to_string(), ToString::to_string),
        headers: headers(&head),
        body: Vec::new(),
    };
    let declared = head.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > MAX_BODY) {
        return written(&guarded(|| answerer.too_large(&request, MAX_BODY)));
    }
    let answer = match tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(body)) => match coding::decoded(&request.headers, body.to_bytes().to_vec(), MAX_BODY) {
            Ok(body) => {
                request.body = body;
                guarded(|| answerer.answer(&request))
            }
            Err(why) => guarded(|| answerer.unreadable(&request, &why)),
        },
        Ok(Err(error)) if error.is::<LengthLimitError>() => guarded(|| answerer.too_large(&request, MAX_BODY)),
        Ok(Err(error)) => bare(Problem::new(Kind::MalformedRequest, format!("the body could not be read: {error}"))),
        Err(_) => bare(Problem::new(Kind::Timeout, format!("the body took longer than {BODY_TIMEOUT:?}"))),
    };
    written(&answer)
}

/// The reason why HTTP forbids a head that the library lets pass: a field whose meaning would be a guess.
fn unsound(head: &Parts) -> Option<&'static str> {
    let hosts: Vec<&HeaderValue> = head.headers.get_all(HOST).iter().collect();
    match (hosts.as_slice(), head.version) {
        ([], Version::HTTP_11) => return Some("a request of HTTP/1.1 names its `Host` (RFC 9112 §3.2)"),
        ([_, _, ..], _) => return Some("`Host` is given twice (RFC 9112 §3.2)"),
        ([host], _) if !is_host(host.as_bytes()) => return Some("`Host` is no host and port (RFC 9112 §3.2)"),
        _ => {}
    }
    let types = head.headers.get_all(CONTENT_TYPE).iter().count();
    (types > 1).then_some("`Content-Type` is given twice, so the media type would be a guess (RFC 9110 §8.3)")
}

/// `uri-host [":" port]`, which may be empty (RFC 9110 §7.2).
fn is_host(text: &[u8]) -> bool {
    text.is_empty() || (!text.contains(&b'@') && Authority::try_from(text).is_ok())
}

fn headers(head: &Parts) -> Headers {
    let mut headers: Headers = head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    // In HTTP/2 the host is no header field (RFC 9113 §8.3.1).
    if let (None, Some(authority)) = (headers.get("host"), head.uri.authority()) {
        headers.add("host", authority.as_str());
    }
    headers
}

/// A request that makes us panic is answered, and the others are served on. The panic itself is told on stderr by Rust.
fn guarded(answer: impl FnOnce() -> Response) -> Response {
    catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(|_| {
        bare(Problem::new(Kind::Internal, "this is a defect of etalon, not of the request; please report it"))
    })
}

/// A problem that no contract speaks of.
fn bare(problem: Problem) -> Response {
    let mut headers = Headers::new();
    headers.add("Content-Type", "application/problem+json");
    headers.add(REASON, reason(&problem));
    let status = problem.kind.status();
    Response { status, headers, body: problem.details(status, None).to_string().into_bytes() }
}

fn written(answer: &Response) -> hyper::Response<Full<Bytes>> {
    let mut response = hyper::Response::new(Full::new(Bytes::from(answer.body.clone())));
    *response.status_mut() =
        hyper::StatusCode::from_u16(answer.status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers.iter() {
        // What is no header field cannot be sent; contracts may name such things.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
