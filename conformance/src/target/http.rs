//! A target over HTTP/1.1 on TCP, with or without TLS. Requests go out exactly as they were written: nothing is normalised, followed, retried
//! or decoded.

use std::fs::File;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use etalon_contract::codec::{Framing, Headers, Request, Response};
use etalon_contract::model::MediaType;
use http::Uri;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Builder, Client, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::target::{Exchange, TargetError};

/// The largest answer that is looked at, in bytes: far more than a page of any list, far less than would fill memory.
const LARGEST: usize = 16 * 1024 * 1024;

/// The version of the ledger's format: a new one where a reader of the old would go wrong.
pub(crate) const LEDGER_FORMAT: u32 = 1;

/// The time that an answer may take unless told otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// The part of the patience for an answer after which nobody listens to a silent stream any more.
const SILENCE: u32 = 10;

/// A target at a URL.
#[derive(Debug)]
pub struct Http {
    wire: Wire,
    /// Scheme and authority, as every URL begins.
    origin: String,
    authority: String,
    prefix: String,
    timeout: Duration,
    start: Instant,
    shown: Option<String>,
    /// The ledger file, where the things that the run makes are written down.
    ledger: Option<Mutex<File>>,
    /// The least time between two requests, and when the next may go out.
    pace: Option<(Duration, Mutex<Instant>)>,
}

/// The reason why a URL is no target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// It is not a URL.
    #[error("`{url}` is not a URL: {why}")]
    Url {
        /// The URL as it was given.
        url: String,
        /// The reason why it is refused.
        why: String,
    },
    /// It is neither an http nor an https URL.
    #[error("`{url}`: {scheme} is not spoken here, only http and https")]
    Scheme {
        /// The URL as it was given.
        url: String,
        /// The scheme of the URL.
        scheme: String,
    },
    /// Nothing is there to believe a certificate by.
    #[error("https needs the certificates that this system trusts, and there are none: {why}")]
    Trust {
        /// The reason why nothing is trusted.
        why: String,
    },
}

/// The client that requests travel by.
#[derive(Debug)]
enum Wire {
    Plain(Client<HttpConnector, Full<Bytes>>),
    /// TLS, believed where the system trusts the certificate.
    Secure(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
}

impl Wire {
    fn secure() -> Result<Self, HttpError> {
        let trusted = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|error| HttpError::Trust { why: error.to_string() })?;
        Ok(Self::Secure(pool().build(trusted.https_only().enable_http1().build())))
    }

    fn request(&self, message: http::Request<Full<Bytes>>) -> ResponseFuture {
        match self {
            Self::Plain(client) => client.request(message),
            Self::Secure(client) => client.request(message),
        }
    }
}

fn pool() -> Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new());
    builder
}

impl Http {
    /// A target at a URL. Its path is put before every request's path; where it already ends in `base`, the contract's
    /// own base path, that is not repeated.
    ///
    /// # Errors
    /// Where the URL is none, or not one of http or https, or nothing is trusted that https needs.
    pub fn new(url: &str, base: &str, timeout: Duration) -> Result<Self, HttpError> {
        let wrong = |why: &str| HttpError::Url { url: url.to_owned(), why: why.to_owned() };
        let parsed: Uri = url.parse().map_err(|error: http::uri::InvalidUri| wrong(&error.to_string()))?;
        let wire = match parsed.scheme_str() {
            Some("http") => Wire::Plain(pool().build_http()),
            Some("https") => Wire::secure()?,
            Some(scheme) => return Err(HttpError::Scheme { url: url.to_owned(), scheme: scheme.to_owned() }),
            None => return Err(wrong("it has no scheme; write http://HOST:PORT")),
        };
        let authority = parsed.authority().ok_or_else(|| wrong("it has no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("credentials do not belong in it; use --auth"));
        }
        if parsed.query().is_some() {
            return Err(wrong("it has a query"));
        }
        let path = parsed.path().trim_end_matches('/');
        let prefix = path.strip_suffix(base).unwrap_or(path).to_owned();
        let scheme = if matches!(wire, Wire::Secure(_)) { "https" } else { "http" };
        Ok(Self {
            wire,
            origin: format!("{scheme}://{authority}"),
            authority: authority.as_str().to_owned(),
            prefix,
            timeout,
            start: Instant::now(),
            shown: None,
            ledger: None,
            pace: None,
        })
    }

    /// Host and port as the URL has them.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The prefix of every request's path.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Writes down what the run makes, a line of JSON each: the first names the target.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn with_ledger(mut self, file: File) -> std::io::Result<Self> {
        let first = serde_json::json!({ "format": LEDGER_FORMAT, "url": format!("{}{}", self.origin, self.prefix) });
        write_line(&file, &first.to_string())?;
        self.ledger = Some(Mutex::new(file));
        Ok(self)
    }

    /// Lets at least so much time pass between two requests.
    #[must_use]
    pub fn with_pace(mut self, pace: Duration) -> Self {
        self.pace = Some((pace, Mutex::new(Instant::now())));
        self
    }

    /// Waits until the next request may go out.
    async fn turn(&self) {
        let Some((pace, next)) = &self.pace else { return };
        let wait = {
            let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let at = (*next).max(now);
            *next = at + *pace;
            at - now
        };
        tokio::time::sleep(wait).await;
    }

    /// Names it otherwise in reports: a server that was started for the run has another port each time.
    #[must_use]
    pub fn shown_as(mut self, origin: &str) -> Self {
        self.shown = Some(origin.to_owned());
        self
    }

    fn message(&self, request: &Request) -> Result<http::Request<Full<Bytes>>, TargetError> {
        let unsendable = |error: &dyn std::fmt::Display| TargetError::Unsendable(error.to_string());
        let uri: Uri =
            format!("{}{}{}", self.origin, self.prefix, request.target).parse().map_err(|error| unsendable(&error))?;
        let mut message = http::Request::builder().method(request.method.as_str()).uri(uri);
        for (name, value) in request.headers.iter() {
            let value = http::HeaderValue::from_bytes(value.as_bytes()).map_err(|error| unsendable(&error))?;
            message = message.header(name, value);
        }
        message.body(Full::from(request.body.clone())).map_err(|error| unsendable(&error))
    }

    fn failed(&self, error: &hyper_util::client::legacy::Error) -> TargetError {
        let why = innermost(error);
        if error.is_connect() {
            TargetError::Unreachable { address: self.authority.clone(), why }
        } else {
            TargetError::Broken(why)
        }
    }

    async fn exchange(&self, request: &Request) -> Result<Response, TargetError> {
        let message = self.message(request)?;
        let answer = self.wire.request(message).await.map_err(|error| self.failed(&error))?;
        let (head, body) = answer.into_parts();
        let headers: Headers = head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let is_stream = is_stream(&headers);
        let body = Limited::new(body, LARGEST);
        if is_stream {
            return Ok(Response { status: head.status.as_u16(), headers, body: self.heard(body).await });
        }
        let body = body.collect().await.map_err(|error| {
            if error.downcast_ref::<LengthLimitError>().is_some() {
                TargetError::TooLarge(LARGEST)
            } else {
                TargetError::Broken(innermost(error.as_ref()))
            }
        })?;
        Ok(Response { status: head.status.as_u16(), headers, body: body.to_bytes().to_vec() })
    }
}

impl Http {
    /// What comes of a stream that may never end: until nothing comes for a while, or half of the patience is over. What is not
    /// whole by then is left out.
    async fn heard(&self, mut body: impl BodyExt<Data = Bytes> + Unpin) -> Vec<u8> {
        let mut heard = Vec::new();
        let end = tokio::time::Instant::now() + self.timeout / 2;
        loop {
            let silent = tokio::time::Instant::now() + self.timeout / SILENCE;
            match tokio::time::timeout_at(end.min(silent), body.frame()).await {
                Ok(Some(Ok(frame))) => heard.extend(frame.into_data().unwrap_or_default()),
                // It has ended; a break in it is the end of what can be judged.
                Ok(None) => return heard,
                Ok(Some(Err(_))) | Err(_) => break,
            }
        }
        let whole = heard.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        heard.truncate(whole);
        heard
    }
}

/// True for an answer whose media type is a stream of items.
fn is_stream(headers: &Headers) -> bool {
    let media_type = headers.get("content-type").and_then(MediaType::parse);
    media_type.is_some_and(|media_type| Framing::of(&media_type.essence()).is_some())
}

impl Exchange for Http {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        self.turn().await;
        match tokio::time::timeout(self.timeout, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(TargetError::Timeout(self.timeout)),
        }
    }

    fn note(&self, line: &str) -> Result<(), TargetError> {
        let Some(file) = &self.ledger else { return Ok(()) };
        let file = file.lock().unwrap_or_else(PoisonError::into_inner);
        write_line(&file, line).map_err(|error| TargetError::Ledger(error.to_string()))
    }

    fn mount(&self) -> String {
        self.prefix.clone()
    }

    fn origin(&self) -> String {
        self.shown.clone().unwrap_or_else(|| format!("{}{}", self.origin, self.prefix))
    }

    async fn pause(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}

/// Writes a line whole: what a killed process has written stays with the system.
fn write_line(mut file: &File, line: &str) -> std::io::Result<()> {
    file.write_all(format!("{line}\n").as_bytes())
}

/// The last of an error's causes: the operating system's words rather than a library's.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut here = error;
    while let Some(source) = here.source() {
        here = source;
    }
    here.to_string()
}
