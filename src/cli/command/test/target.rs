//! The targets of a run: the server at a URL, with pace and ledger, or a mock that is started for the run. They know nothing of
//! plans and reports.

use std::sync::Arc;
use std::time::Duration;

use etalon_conformance::{Changes, Exchange, Http, Settings, TargetError, schemes};
use etalon_contract::codec::{Request, Response};
use tokio::net::TcpListener;

use crate::cli::command::restraint::LedgerFile;
use crate::cli::command::test::flags::TestArgs;
use crate::cli::signal::Signals;
use crate::cli::{Failure, Loaded};
use crate::server::{Credentials as Issued, Mock, serve};

/// A target, until somebody interrupts the run.
pub(super) struct Interruptible<'s> {
    pub(super) target: Http,
    pub(super) signals: &'s Signals,
    /// The ledger of the target, where it keeps one.
    pub(super) ledger: Option<&'s LedgerFile>,
}

impl Exchange for Interruptible<'_> {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        self.target.send(request).await
    }

    fn note(&self, line: &str) -> Result<(), TargetError> {
        if let Some(ledger) = self.ledger {
            ledger.tell_once();
        }
        self.target.note(line)
    }

    fn mount(&self) -> String {
        self.target.mount()
    }

    fn origin(&self) -> String {
        self.target.origin()
    }

    async fn pause(&self, time: Duration) {
        self.target.pause(time).await;
    }

    async fn stopped(&self) {
        self.signals.heard().await;
    }

    fn now(&self) -> Duration {
        self.target.now()
    }
}

/// Starts a mock of the contracts on a free port, and gives its URL.
///
/// # Errors
/// No port can be listened on.
pub(super) async fn start(loaded: &[Loaded], settings: &[Settings], seed: u64) -> Result<String, Failure> {
    let cannot = |error: std::io::Error| Failure::Unreachable {
        reason: format!("the mock cannot start: {error}"),
        hint: Some("name a target: --url URL".to_owned()),
    };
    let mut issued = Issued::default();
    for (one, settings) in loaded.iter().zip(settings) {
        for name in schemes(&one.contract).keys() {
            if let Some(value) = settings.credentials.value(name) {
                issued.issue(name, value);
            }
        }
    }
    let mock = Arc::new(Mock::new(loaded.iter().map(|one| Arc::clone(&one.contract)), issued, seed));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    tokio::spawn(serve(listener, mock, std::future::pending::<()>()));
    Ok(format!("http://{address}"))
}

/// The server at a URL, for one contract.
///
/// # Errors
/// The URL is none that a request can be sent to.
pub(super) fn target(url: &str, one: &Loaded, arguments: &TestArgs) -> Result<Http, Failure> {
    let timeout = Duration::from_secs(arguments.timeout);
    Http::new(url, one.contract.base(), timeout).map_err(|error| {
        Failure::usage(error.to_string(), Some("name the base URL of the API: --url http://localhost:8080"))
    })
}

/// The target with its pace, and with the ledger of what the run makes there; no ledger where nothing is to be removed.
///
/// # Errors
/// The ledger cannot be written.
pub(super) fn watched(
    target: Http,
    arguments: &TestArgs,
    settings: &Settings,
) -> Result<(Http, Option<LedgerFile>), Failure> {
    let target = match arguments.restraint.pace() {
        Some(pace) => target.with_pace(pace),
        None => target,
    };
    match settings.changes {
        Changes::ReadOnly | Changes::NotAllowed | Changes::Anything => Ok((target, None)),
        Changes::Own | Changes::Destructive => {
            let (ledger, file) = arguments.restraint.open()?;
            let target = target.with_ledger(file).map_err(|error| {
                Failure::usage(format!("the ledger {} cannot be written: {error}", ledger.path().display()), None)
            })?;
            Ok((target, Some(ledger)))
        }
    }
}
