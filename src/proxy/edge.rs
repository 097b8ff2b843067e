//! The edge of the proxy: a server for clients and a client of the server, which pass heads and contents on as they come.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use etalon_conformance::{Party, Remark};
use etalon_contract::codec::Response;
use etalon_contract::model::{Contract, MediaType};
use http::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::uri::{Authority, PathAndQuery, Scheme};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::proxy::passing::{Passing, fields};
use crate::proxy::refusing;
use crate::proxy::under_way::UnderWay;
use crate::proxy::watching::{Taker, Watching};

/// The largest answer that is read whole before it goes on, so that its header says what breaks the contract: a page of JSON.
const READ_FIRST: u64 = 256 * 1024;

/// The largest request that is read whole before it goes on, where what breaks the contract is refused.
const REFUSABLE: usize = 10 * 1024 * 1024;

/// The longest time that a client may take for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The pause after `accept` failed, which it does when there are no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The longest time that exchanges under way may take once the proxy is told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// The header that tells what breaks the contract.
const VIOLATIONS: HeaderName = HeaderName::from_static("etalon-violations");

/// The most bytes of that header.
const MOST_TOLD: usize = 2_000;

/// Fields that are for one connection and not for the next (RFC 9110 §7.6.1).
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// A content on its way, whoever it is of.
type Content = UnsyncBoxBody<Bytes, hyper::Error>;

/// The client that requests travel on by.
#[derive(Clone, Debug)]
enum Wire {
    Plain(Client<HttpConnector, Content>),
    Secure(Client<HttpsConnector<HttpConnector>, Content>),
}

/// The server before which a proxy stands.
#[derive(Clone, Debug)]
pub struct Upstream {
    client: Wire,
    scheme: Scheme,
    authority: Authority,
    /// The path before every path of the contract.
    prefix: String,
}

/// The reason why a URL is no server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// It is not a URL.
    #[error("`{0}` is not a URL of http or https, such as http://localhost:8080")]
    Url(String),
    /// Nothing is there to believe a certificate by.
    #[error("https needs the certificates that this system trusts, and there are none: {0}")]
    Trust(String),
}

impl Upstream {
    /// The server at a URL. Where its path already ends in `base`, the contract's own base path, that is not repeated.
    ///
    /// # Errors
    /// Where the URL is none.
    pub fn new(url: &str, base: &str) -> Result<Self, UpstreamError> {
        let wrong = || UpstreamError::Url(url.to_owned());
        let parsed: http::Uri = url.parse().map_err(|_| wrong())?;
        let scheme = parsed.scheme().filter(|scheme| matches!(scheme.as_str(), "http" | "https")).ok_or_else(wrong)?;
        let authority = parsed.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(wrong)?;
        if parsed.query().is_some() {
            return Err(wrong());
        }
        let path = parsed.path().trim_end_matches('/');
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new());
        let client = if scheme == &Scheme::HTTPS {
            let trusted = HttpsConnectorBuilder::new()
                .with_native_roots()
                .map_err(|error| UpstreamError::Trust(error.to_string()))?;
            Wire::Secure(builder.build(trusted.https_only().enable_http1().build()))
        } else {
            let mut connector = HttpConnector::new();
            connector.set_nodelay(true);
            Wire::Plain(builder.build(connector))
        };
        Ok(Self {
            client,
            scheme: scheme.clone(),
            authority: authority.clone(),
            prefix: path.strip_suffix(base).unwrap_or(path).to_owned(),
        })
    }

    /// The URL, as reports name it.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}

impl Upstream {
    /// Sends a request on.
    async fn send(&self, mut head: Parts, content: Content) -> Result<http::Response<Incoming>, String> {
        let path = head.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        let path: PathAndQuery =
            format!("{}{path}", self.prefix).parse().map_err(|_| "its path cannot be sent on".to_owned())?;
        let uri =
            http::Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone()).path_and_query(path);
        head.uri = uri.build().map_err(|error| error.to_string())?;
        head.version = http::Version::HTTP_11;
        without_hops(&mut head.headers);
        // The server is called by its own name; it sees the other one beside it.
        if let Some(host) = head.headers.remove(HOST) {
            head.headers.entry("x-forwarded-host").or_insert(host);
        }
        let message = http::Request::from_parts(head, content);
        let answer = match &self.client {
            Wire::Plain(client) => client.request(message).await,
            Wire::Secure(client) => client.request(message).await,
        };
        answer.map_err(|error| format!("{}: {}", self.origin(), innermost(&error)))
    }
}

/// A proxy before a server.
#[derive(Debug)]
pub struct Proxy {
    contract: Arc<Contract>,
    upstream: Upstream,
    taker: Taker,
    /// True where what breaks the contract is refused.
    refuses: bool,
    began: Instant,
}

impl Proxy {
    /// A proxy before a server, whose exchanges are watched; `refuses` says that what breaks the contract does not pass.
    #[must_use]
    pub fn new(contract: Arc<Contract>, upstream: Upstream, watching: &Watching, refuses: bool) -> Self {
        Self { contract, upstream, taker: watching.taker(), refuses, began: Instant::now() }
    }

    async fn pass(self: Arc<Self>, message: http::Request<Incoming>) -> http::Response<Content> {
        let (head, content) = message.into_parts();
        let under_way = Arc::new(UnderWay::begin(self.taker.clone(), self.began, &head));
        let content = if self.refuses {
            let Ok(read) = Limited::new(content, REFUSABLE).collect().await else {
                let why = format!("a request may have {REFUSABLE} bytes where what breaks the contract is refused");
                return outgoing(&refusing::too_large(&why), &[]);
            };
            let bytes = read.to_bytes();
            under_way.request.all(&bytes);
            let broken = under_way.remarks(&self.contract);
            if !broken.is_empty() {
                let answer = refusing::of_request(&broken);
                under_way.refused(&answer);
                return outgoing(&answer, &broken);
            }
            Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
        } else {
            Passing::new(content, under_way.request.clone(), Arc::clone(&under_way)).boxed_unsync()
        };
        match self.upstream.send(head, content).await {
            Ok(answer) => self.comes_back(under_way, answer).await,
            Err(why) => outgoing(&refusing::unreachable(&why), &[]),
        }
    }

    async fn comes_back(&self, under_way: Arc<UnderWay>, answer: http::Response<Incoming>) -> http::Response<Content> {
        let (mut head, content) = answer.into_parts();
        under_way.answered(head.status.as_u16(), &fields(&head.headers));
        without_hops(&mut head.headers);
        let length = content.size_hint().exact();
        if !(length.is_some_and(|length| length <= READ_FIRST) && is_json(&head.headers)) {
            tell(&mut head.headers, &under_way.remarks(&self.contract));
            let passing = Passing::new(content, under_way.response.clone(), under_way);
            return http::Response::from_parts(head, passing.boxed_unsync());
        }
        let Ok(read) = content.collect().await else {
            return outgoing(&refusing::unreachable("the connection broke within the answer"), &[]);
        };
        let bytes = read.to_bytes();
        under_way.response.all(&bytes);
        let broken = under_way.remarks(&self.contract);
        if self.refuses && broken.iter().any(|remark| remark.party == Party::Server) {
            return outgoing(&refusing::of_answer(head.status.as_u16(), &broken), &broken);
        }
        tell(&mut head.headers, &broken);
        http::Response::from_parts(head, Full::new(bytes).map_err(|never| match never {}).boxed_unsync())
    }
}

/// Serves until `shutdown` is ready, then lets exchanges under way come to their end, for a little while.
pub async fn serve(listeners: Vec<TcpListener>, proxy: Arc<Proxy>, shutdown: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let mut accepting = JoinSet::new();
    let (arrived, mut arrivals) = tokio::sync::mpsc::channel(64);
    for listener in listeners {
        let arrived = arrived.clone();
        accepting.spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else {
                    // There are no file descriptors left for a moment.
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                };
                if arrived.send(stream).await.is_err() {
                    return;
                }
            }
        });
    }
    let mut shutdown = pin!(shutdown);
    let mut connections = JoinSet::new();
    loop {
        let stream = tokio::select! {
            biased;
            () = &mut shutdown => break,
            arrival = arrivals.recv() => match arrival { Some(stream) => stream, None => break },
        };
        // What is small goes on at once, as it does without a proxy.
        let _ = stream.set_nodelay(true);
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).half_close(true);
        builder.http2().timer(TokioTimer::new());
        let proxy = Arc::clone(&proxy);
        let service = hyper::service::service_fn(move |message| {
            let proxy = Arc::clone(&proxy);
            async move { Ok::<_, Infallible>(proxy.pass(message).await) }
        });
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
        let connection = graceful.watch(connection);
        connections.spawn(async move {
            // A client that breaks off has nobody to be told.
            let _ = connection.await;
        });
        while connections.try_join_next().is_some() {}
    }
    accepting.abort_all();
    let _ = tokio::time::timeout(DRAIN_TIMEOUT, graceful.shutdown()).await;
    connections.shutdown().await;
}

/// Leaves out the fields that are for this connection alone (RFC 9110 §7.6.1).
fn without_hops(headers: &mut HeaderMap) {
    let named: Vec<String> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    for name in HOP_BY_HOP.into_iter().chain(named.iter().map(String::as_str)) {
        headers.remove(name);
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).and_then(MediaType::parse);
    media_type.is_some_and(|media_type| media_type.is_json())
}

/// Tells in a field what breaks the contract, as far as that is known before the answer goes out.
fn tell(headers: &mut HeaderMap, remarks: &[Remark]) {
    let mut text = String::new();
    for remark in remarks {
        let party = match remark.party {
            Party::Client => "request",
            Party::Server => "response",
        };
        let separator = if text.is_empty() { "" } else { "; " };
        let what: String = remark.what.chars().map(|c| if (' '..='~').contains(&c) { c } else { '?' }).collect();
        text.push_str(&format!("{separator}{party}: {what}"));
    }
    text.truncate(MOST_TOLD);
    if let Some(value) = HeaderValue::from_str(&text).ok().filter(|_| !text.is_empty()) {
        headers.insert(VIOLATIONS, value);
    }
}

/// An answer of the proxy's own.
fn outgoing(answer: &Response, remarks: &[Remark]) -> http::Response<Content> {
    let content = Full::new(Bytes::from(answer.body.clone())).map_err(|never| match never {}).boxed_unsync();
    let mut outgoing = http::Response::new(content);
    *outgoing.status_mut() = http::StatusCode::from_u16(answer.status).unwrap_or(http::StatusCode::BAD_GATEWAY);
    for (name, value) in answer.headers.iter() {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            outgoing.headers_mut().append(name, value);
        }
    }
    tell(outgoing.headers_mut(), remarks);
    outgoing
}

/// The last of an error's causes: the operating system's words rather than a library's.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut here = error;
    while let Some(source) = here.source() {
        here = source;
    }
    here.to_string()
}
