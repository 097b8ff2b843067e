//! The edge: sockets, HTTP/1.1 and HTTP/2 by hyper. It reads a request to its end, lets it be answered as a value, and
//! writes the answer. Every wait and every size has a bound, and so has what is under way at a time (`room`, `pool`).

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime};

use etalon_contract::behaviour::{Kind, Problem, REASON, reason};
use etalon_contract::codec::{Headers, Request, Response};
use http::Version;
use http::request::Parts;
use http::uri::Authority;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::server::account::{Account, Answered, Cause};
use crate::server::client::Client;
use crate::server::coding;
use crate::server::connection::{Activity, Watched};
use crate::server::demand::Delivery;
use crate::server::journal::{Detail, Exchange, Journal, NoJournal};
use crate::server::mock::Answer;
use crate::server::outgoing::{Asked, Outgoing};
use crate::server::pool::{Pool, RETRY_AFTER, Undone};
use crate::server::room::{Room, Taken};
use crate::server::world::DEFAULT;

/// The largest body that is read, in bytes: room for an upload, too little to fill the memory.
pub const MAX_BODY: usize = 10 * 1024 * 1024;

/// The longest time that a client may take for the head of a request: longer is an attack or a dead line.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest time that a client may take for a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// The longest time that requests under way may take once the server is told to stop. Connections that are not done by then
/// are closed: no client decides when a server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// The pause after `accept` failed, which it does when there are no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The most requests of one HTTP/2 connection that are under way at a time.
const MAX_STREAMS: u32 = 100;

/// The most clients that may follow streams at a time: more than any page opens, and few enough to be told of every change.
const MAX_FOLLOWERS: usize = 100;

/// Serves until `shutdown` is ready, then lets the requests under way be answered, for a little while.
pub async fn serve<A: Answer>(listener: TcpListener, answerer: Arc<A>, shutdown: impl Future<Output = ()>) {
    serve_noting(vec![listener], answerer, Arc::new(NoJournal), shutdown).await;
}

/// The same on several addresses, with a note of every exchange.
pub async fn serve_noting<A: Answer, J: Journal>(
    listeners: Vec<TcpListener>,
    answerer: Arc<A>,
    journal: Arc<J>,
    shutdown: impl Future<Output = ()>,
) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // Who closes the writing half after a request still wants the answer (RFC 9112 §9.6).
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).half_close(true);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD_TIMEOUT).max_concurrent_streams(MAX_STREAMS);
    let shared = Shared {
        answerer,
        journal,
        room: Room::default(),
        pool: Pool::default(),
        waiting: Pool::of_waiting(),
        followers: Arc::new(Semaphore::new(MAX_FOLLOWERS)),
    };
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listeners) => accepted,
            // What has ended is forgotten as it ends.
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            () = &mut shutdown => break,
        };
        let Ok((stream, address)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // Without it small answers wait for the client's acknowledgement; a socket that refuses is closed already.
        let _ = stream.set_nodelay(true);
        let activity = Arc::new(Activity::default());
        let client = Client::at(address.ip());
        let service = hyper::service::service_fn({
            let (shared, activity) = (shared.clone(), activity.clone());
            move |request| {
                let (shared, asked) = (shared.clone(), Asked::on(activity.clone()));
                async move { Ok::<_, Infallible>(shared.exchange(asked, client, request).await) }
            }
        });
        let stream = TokioIo::new(Watched::new(stream, activity.clone()));
        let connection = graceful.watch(builder.serve_connection(stream, service).into_owned());
        connections.spawn(async move {
            tokio::select! {
                // A connection that breaks concerns nobody but its client.
                _ = connection => {}
                () = activity.given_up() => {}
            }
        });
    }
    drop(listeners);
    let _ = tokio::time::timeout(DRAIN_TIMEOUT, graceful.shutdown()).await;
    connections.shutdown().await;
}

/// The next connection of any of the addresses.
async fn accept(listeners: &[TcpListener]) -> std::io::Result<(TcpStream, SocketAddr)> {
    std::future::poll_fn(|context| {
        let accepted = listeners.iter().map(|listener| listener.poll_accept(context));
        accepted.into_iter().find(Poll::is_ready).unwrap_or(Poll::Pending)
    })
    .await
}

/// The parts that all connections share.
struct Shared<A, J> {
    answerer: Arc<A>,
    journal: Arc<J>,
    room: Room,
    pool: Pool,
    waiting: Pool,
    /// Places for those who follow a stream.
    followers: Arc<Semaphore>,
}

impl<A, J> Clone for Shared<A, J> {
    fn clone(&self) -> Self {
        let (answerer, journal) = (self.answerer.clone(), self.journal.clone());
        Self {
            answerer,
            journal,
            room: self.room.clone(),
            pool: self.pool.clone(),
            waiting: self.waiting.clone(),
            followers: self.followers.clone(),
        }
    }
}

impl<A: Answer, J: Journal> Shared<A, J> {
    /// Answers a request, and takes note of it.
    async fn exchange(
        &self,
        asked: Asked,
        client: Client,
        incoming: hyper::Request<Incoming>,
    ) -> hyper::Response<Outgoing> {
        let detail = self.journal.wants();
        let (at, begun) = (SystemTime::now(), Instant::now());
        let (head, body) = incoming.into_parts();
        let mut request = Request {
            method: head.method.as_str().to_owned(),
            target: head.uri.path_and_query().map_or_else(|| head.uri.to_string(), ToString::to_string),
            headers: headers(&head),
            body: Vec::new(),
        };
        let answered = match self.read(&head, body, &mut request).await {
            Ok(taken) => self.answered(client, &mut request, taken).await,
            Err(refused) => *refused,
        };
        let Answered { mut response, mut account, delay, mut delivery, mut follow } = answered;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        // A stream is taken for as long as it is followed, and so many and no more are.
        let place = match follow.is_some().then(|| self.followers.clone().try_acquire_owned()).transpose() {
            Ok(place) => place,
            Err(_) => {
                follow = None;
                Answered { response, account, .. } = busy();
                None
            }
        };
        let room = match self.room.take(response.body.len()).await {
            Some(room) => room,
            None => {
                follow = None;
                delivery = Delivery::Whole;
                Answered { response, account, .. } = busy();
                Taken::nothing()
            }
        };
        if let Some(follow) = follow.as_mut().filter(|_| self.answerer.waits()) {
            let answerer = self.answerer.clone();
            let world = account.world.as_ref().map_or_else(|| DEFAULT.into(), |world| world.name.clone());
            follow.listen = Some(Arc::new(move || answerer.listen(&world)));
        }
        let (method, target) = (request.method.clone(), request.target.clone());
        let (took, status) = (begun.elapsed(), response.status);
        let exchange = Exchange { at, took, method, target, status, account, messages: None };
        self.answerer.note(&exchange);
        if detail != Detail::Nothing {
            let messages = (detail == Detail::Whole).then(|| Box::new((request, response.clone())));
            self.journal.note(Exchange { messages, ..exchange });
        }
        // Of an answer without content there is no half.
        if delivery == Delivery::Nothing || delivery == Delivery::Half && response.body.is_empty() {
            match asked.reset().await {}
        }
        written(response, |body| match follow {
            Some(follow) => asked.answer_on(body, follow.pieces(place)),
            None => asked.answer_by(delivery, body, room),
        })
    }

    /// Reads the body of a request, and takes room for it; or the answer to one that cannot be read.
    async fn read(&self, head: &Parts, mut body: Incoming, request: &mut Request) -> Result<Taken, Box<Answered>> {
        let refused = |answered: Answered| Err(Box::new(answered));
        if let Some(problem) = unsound(head) {
            return refused(bare(problem));
        }
        let declared = head.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if declared.is_some_and(|length| length > MAX_BODY) {
            return refused(guarded(|| self.answerer.too_large(request, MAX_BODY)));
        }
        let Some(mut taken) = self.room.take(declared.unwrap_or(0)).await else { return refused(busy()) };
        // The room that was taken, and not twice of it as a growing vector would.
        request.body.reserve_exact(declared.unwrap_or(0));
        let deadline = tokio::time::Instant::now() + BODY_TIMEOUT;
        let mut room = declared.unwrap_or(0);
        loop {
            let frame = match tokio::time::timeout_at(deadline, body.frame()).await {
                Ok(None) => return Ok(taken),
                Ok(Some(Ok(frame))) => frame,
                Ok(Some(Err(error))) => {
                    let why = format!("the body could not be read: {error}");
                    return refused(bare(Problem::new(Kind::MalformedRequest, why)));
                }
                Err(_) => {
                    let why = format!("the body took longer than {BODY_TIMEOUT:?}");
                    return refused(bare(Problem::new(Kind::Timeout, why)));
                }
            };
            let Ok(data) = frame.into_data() else { continue };
            if request.body.len() + data.len() > MAX_BODY {
                request.body = Vec::new();
                return refused(guarded(|| self.answerer.too_large(request, MAX_BODY)));
            }
            request.body.extend_from_slice(&data);
            // Where no length was declared, room is taken as the body grows.
            if request.body.len() > room {
                let more = request.body.len().max(CHUNK);
                let Some(grown) = self.room.take(more).await else { return refused(busy()) };
                taken.and(grown);
                room += more;
            }
        }
    }

    /// The answer to a request that was read. One that may take long is answered on a thread of the pool.
    async fn answered(&self, client: Client, request: &mut Request, taken: Taken) -> Answered {
        let coded = coding::is_coded(&request.headers) && !request.body.is_empty();
        let waits = self.answerer.waits();
        if !coded && !waits && !self.answerer.may_take_long(request) {
            let answered = guarded(|| self.answerer.respond(request, client));
            drop(taken);
            return answered;
        }
        // A coded body unfolds to as much as a plain one may have.
        let unfolded = if coded { self.room.take(MAX_BODY).await } else { Some(Taken::nothing()) };
        let Some(unfolded) = unfolded else { return busy() };
        let (answerer, mut read) = (self.answerer.clone(), std::mem::take(request));
        let pool = if waits { &self.waiting } else { &self.pool };
        let done = pool.run(move || {
            let (_taken, _unfolded) = (taken, unfolded);
            let body = std::mem::take(&mut read.body);
            let answered = match coding::decoded(&read.headers, body, MAX_BODY) {
                Ok(body) => {
                    read.body = body;
                    guarded(|| answerer.respond(&read, client))
                }
                Err(why) => guarded(|| answerer.unreadable(&read, &why)),
            };
            (answered, read)
        });
        match done.await {
            Ok((answered, read)) => {
                *request = read;
                answered
            }
            Err(Undone::Busy) => busy(),
            Err(Undone::Broken) => defect(),
        }
    }
}

/// The room that is taken at a time for a body whose length was not declared, in bytes.
const CHUNK: usize = 64 * 1024;

/// That there is too much to do already.
fn busy() -> Answered {
    let mut answered = bare(Problem::new(Kind::Busy, "too much is under way; ask again later"));
    answered.response.headers.add("Retry-After", RETRY_AFTER);
    answered.response.headers.add("Connection", "close");
    answered
}

/// The problem of a head that HTTP itself forbids and the library lets pass: fields whose meaning would be a guess. `None` for
/// a sound head.
fn unsound(head: &Parts) -> Option<Problem> {
    let malformed = |why: &str| Some(Problem::new(Kind::MalformedRequest, why));
    let mut codings = head.headers.get_all(TRANSFER_ENCODING).iter();
    if let Some(coding) = codings.next()
        && (codings.next().is_some() || !coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked"))
    {
        let why = "the only transfer coding that is known here is `chunked` (RFC 9112 §6.1)";
        return Some(Problem::new(Kind::UnknownTransferCoding, why));
    }
    let hosts: Vec<&HeaderValue> = head.headers.get_all(HOST).iter().collect();
    match (hosts.as_slice(), head.version) {
        ([], Version::HTTP_11) => return malformed("a request of HTTP/1.1 names its `Host` (RFC 9112 §3.2)"),
        ([_, _, ..], _) => return malformed("`Host` is given twice (RFC 9112 §3.2)"),
        ([host], _) if !is_host(host.as_bytes()) => return malformed("`Host` is no host and port (RFC 9112 §3.2)"),
        _ => {}
    }
    if head.headers.get_all(CONTENT_TYPE).iter().count() > 1 {
        return malformed("`Content-Type` is given twice, so the media type would be a guess (RFC 9110 §8.3)");
    }
    None
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
fn guarded(answer: impl FnOnce() -> Answered) -> Answered {
    catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(|_| defect())
}

fn defect() -> Answered {
    bare(Problem::new(Kind::Internal, "this is a defect of etalon, not of the request; please report it"))
}

/// A problem that no contract speaks of.
fn bare(problem: Problem) -> Answered {
    let mut headers = Headers::new();
    headers.add("Content-Type", "application/problem+json");
    headers.add(REASON, reason(&problem));
    let status = problem.kind.status();
    let response = Response { status, headers, body: problem.details(status, None).to_string().into_bytes() };
    Answered::new(response, Account::new(None, Cause::Problem(problem)))
}

fn written(mut answer: Response, outgoing: impl FnOnce(Vec<u8>) -> Outgoing) -> hyper::Response<Outgoing> {
    let body = std::mem::take(&mut answer.body);
    let mut response = hyper::Response::new(outgoing(body));
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
