//! The servers that are compared, each in a process of its own: Etalon as `etalon mock` runs it, and a bare hyper server that
//! has the bytes of one answer in hand.

use std::convert::Infallible;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use etalon::cli::command::mock::memory::share;
use etalon::server::{Credentials, Live, Mock, serve};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::client::Answer;

/// Serves in this process until its standard input ends, and says on its standard output at which port.
pub(crate) fn run(what: &str, threads: usize, file: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let (stop, stopped) = oneshot::channel::<()>();
        std::thread::spawn(move || {
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
            drop(stop);
        });
        let port = listener.local_addr().expect("it is bound").port();
        let say = || {
            println!("{port}");
            std::io::stdout().flush().expect("somebody reads it");
        };
        let bytes = std::fs::read(file).expect("it can be read");
        if what == "etalon" {
            let source = Source { name: "document", bytes: &bytes };
            let document = Document::load(source, &[], &NoFiles).expect("a sound document");
            let mock = Mock::new([Arc::new(Contract::new(document))], Credentials::default(), 0).remembering(share());
            say();
            serve(listener, Arc::new(Live::new(Arc::new(mock))), async { drop(stopped.await) }).await;
        } else {
            let answer = Arc::new(Prepared::of(&bytes, what == "bare-reading"));
            say();
            tokio::select! {
                () = bare(listener, answer) => {}
                _ = stopped => {}
            }
        }
    });
}

/// Writes an answer to a file, as a bare server reads it.
pub(crate) fn write(answer: &Answer, file: &Path) {
    std::fs::write(file, [answer.head.as_bytes(), &answer.body].concat()).expect("it can be written");
}

/// An answer in hand.
struct Prepared {
    status: u16,
    fields: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
    /// The body as a value, where the server reads each request as one and writes this.
    value: Option<serde_json::Value>,
}

impl Prepared {
    fn of(bytes: &[u8], reads: bool) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
        let head = std::str::from_utf8(&bytes[..end]).expect("a head of text");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        let fields = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        // What hyper writes by itself is not written twice.
        let fields = fields.filter(|(name, _)| !matches!(name.to_lowercase().as_str(), "content-length" | "date"));
        let fields = fields.map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            (name, HeaderValue::from_str(value).expect("a value"))
        });
        let body = Bytes::copy_from_slice(&bytes[end..]);
        let value = reads.then(|| serde_json::from_slice(&body).expect("JSON"));
        Self { status, fields: fields.collect(), body, value }
    }
}

async fn bare(listener: TcpListener, answer: Arc<Prepared>) {
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        let answer = answer.clone();
        tokio::spawn(async move {
            let service = hyper::service::service_fn(|request| respond(request, answer.clone()));
            let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn respond(
    request: hyper::Request<Incoming>,
    answer: Arc<Prepared>,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    let sent = request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let body = match &answer.value {
        Some(value) => {
            let read: Result<serde_json::Value, _> = serde_json::from_slice(&sent);
            std::hint::black_box(&read);
            Bytes::from(serde_json::to_vec(value).expect("a value has a text"))
        }
        None => answer.body.clone(),
    };
    let mut response = hyper::Response::new(Full::new(body));
    *response.status_mut() = hyper::StatusCode::from_u16(answer.status).expect("a status");
    for (name, value) in &answer.fields {
        response.headers_mut().append(name.clone(), value.clone());
    }
    Ok(response)
}
