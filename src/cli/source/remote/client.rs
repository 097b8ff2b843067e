//! One GET of one URL: no credentials, no cookies, no redirect followed, no more read than is allowed.

use std::error::Error;
use std::io;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_ENCODING, LOCATION, USER_AGENT};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::TokioExecutor;

use crate::cli::source::remote::RemoteUrl;

/// The value of `Accept`: descriptions of APIs, and anything else, since servers seldom label them so.
const ACCEPTED: &str = "application/vnd.oai.openapi, application/yaml, application/json;q=0.9, */*;q=0.5";

/// The value of `User-Agent`.
const AGENT: &str = concat!("etalon/", env!("CARGO_PKG_VERSION"));

/// The answer of a server.
pub(super) enum Fetched {
    /// The content of a 200.
    Content(Vec<u8>),
    /// The `Location` of a redirect.
    Redirect(String),
}

/// The reason why there is no content.
pub(super) enum FetchError {
    /// It has more bytes than were allowed.
    TooLarge,
    /// Anything else: a fragment.
    Because(String),
}

/// Asks for the content of a URL, of at most `limit` bytes.
pub(super) async fn get(url: &RemoteUrl, limit: usize) -> Result<Fetched, FetchError> {
    if !url.is_secure() {
        return ask(HttpConnector::new(), url, limit).await;
    }
    let trusted = HttpsConnectorBuilder::new().with_native_roots().map_err(|error| {
        FetchError::Because(format!(
            "https needs the certificates that this system trusts, and there are none: {error}"
        ))
    })?;
    ask(trusted.https_only().enable_http1().build(), url, limit).await
}

async fn ask<C>(connector: C, url: &RemoteUrl, limit: usize) -> Result<Fetched, FetchError>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let pool: Pool<C, Empty<Bytes>> = Pool::builder(TokioExecutor::new()).build(connector);
    let request = Request::get(url.as_str())
        .header(ACCEPT, ACCEPTED)
        .header(USER_AGENT, AGENT)
        .body(Empty::new())
        .map_err(|error| FetchError::Because(error.to_string()))?;
    let answer = pool.request(request).await.map_err(|error| FetchError::Because(innermost(&error)))?;
    read(answer, limit).await
}

async fn read(answer: Response<Incoming>, limit: usize) -> Result<Fetched, FetchError> {
    let status = answer.status();
    let text = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
    if let (301 | 302 | 303 | 307 | 308, Some(location)) = (status.as_u16(), text(LOCATION)) {
        return Ok(Fetched::Redirect(location.to_owned()));
    }
    if status != StatusCode::OK {
        return Err(FetchError::Because(format!("the answer is {status}")));
    }
    // None was asked for (RFC 9110 §12.5.3), and a document that unfolds to more than was sent could be of any size.
    if let Some(coding) = text(CONTENT_ENCODING).filter(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(FetchError::Because(format!("the answer is coded as {coding}, which was not asked for")));
    }
    let body = Limited::new(answer.into_body(), limit).collect().await.map_err(|error| {
        if error.downcast_ref::<LengthLimitError>().is_some() {
            FetchError::TooLarge
        } else {
            FetchError::Because(format!("the answer breaks off: {}", innermost(error.as_ref())))
        }
    })?;
    Ok(Fetched::Content(body.to_bytes().to_vec()))
}

/// The last of an error's causes: the operating system's words rather than a library's.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut here = error;
    loop {
        // What an io::Error was made of is not told as its source.
        let inner =
            here.downcast_ref::<io::Error>().and_then(io::Error::get_ref).map(|inner| inner as &(dyn Error + 'static));
        match here.source().or(inner) {
            Some(source) => here = source,
            None => return here.to_string(),
        }
    }
}
