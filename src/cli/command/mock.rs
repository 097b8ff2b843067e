//! `etalon mock`: serve contracts until told to stop.

use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use etalon_contract::behaviour::Examples;
use tokio::net::TcpListener;

use crate::cli::load_shipped;
use crate::cli::log::{Log, LogArgs, LogFormat, Secrets};
use crate::cli::print;
use crate::cli::source::mount::{Mount, load_all};
use crate::cli::source::reading::named;
use crate::cli::{Exit, Failure, Loaded, Named, Reading};
use crate::server::{Credentials, Mock, serve_noting};

/// What `--help` shows at its end.
const EXAMPLES: &str = "\
Examples:
  etalon mock                                 the contracts that come with etalon
  etalon mock api.yaml                        one of your own, with api.overlay.yaml beside it
  etalon mock https://example.com/api.yaml    one that is elsewhere
  etalon mock users.yaml orders.yaml          several, each at the path of its servers
  etalon mock --mount /v2=next.yaml           one at a path of your choice
  etalon mock api.yaml -p 8080 --seed 7       on another port, with other data
  etalon mock api.yaml --auth Bearer=secret   with a token of your choice
  etalon mock api.yaml --auth any             with any credentials that are well-formed
  etalon mock api.yaml --verbose              with header fields and bodies in the log

State lives in memory and is gone when the mock stops. The same seed and the same requests give
the same answers, times included: the clock starts at a moment that follows from the seed and
goes one second further with each request.";

/// The flags of `etalon mock`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct MockArgs {
    /// OpenAPI documents, files or URLs, each served at the base path of its servers [default: the contracts that come with
    /// etalon]
    #[arg(value_name = "CONTRACT", value_parser = named())]
    pub contracts: Vec<Named>,

    /// Serve a document at this path instead
    #[arg(long, value_name = "PATH=FILE", value_parser = Mount::parse)]
    pub mount: Vec<Mount>,

    /// How documents are read.
    #[command(flatten)]
    pub reading: Reading,

    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,

    /// The port to listen on; 0 takes a free one
    #[arg(short, long, default_value_t = 4010)]
    pub port: u16,

    /// The seed of ids, times and generated data
    #[arg(long, default_value_t = 0)]
    pub seed: u64,

    /// The credentials of a security scheme (`user:password` for Basic), or `any` to accept whatever is well-formed
    #[arg(long, value_name = "SCHEME=VALUE|any")]
    pub auth: Vec<String>,

    /// Make all data anew: do not answer with the documents' own examples
    #[arg(long, short)]
    pub dynamic: bool,

    /// What is logged.
    #[command(flatten)]
    pub log: LogArgs,
}

/// Serves until Ctrl-C.
///
/// # Errors
/// A contract, a flag or the address cannot be used.
pub fn run(arguments: &MockArgs) -> Result<Exit, Failure> {
    let log = Log::start(&arguments.log)?;
    let loaded = contracts(arguments)?;
    let credentials = credentials(&arguments.auth, &loaded)?;
    let examples = if arguments.dynamic { Examples::Ignored } else { Examples::Shown };
    let names: Vec<String> = loaded.iter().map(|one| one.name.clone()).collect();
    let mock = Arc::new(Mock::new(loaded.into_iter().map(|one| one.contract), credentials, arguments.seed).with_examples(examples));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("the server cannot start: {error}"), None))?;
    runtime.block_on(async {
        let listener = listen(&arguments.host, arguments.port).await?;
        let address =
            listener.local_addr().map_err(|error| Failure::usage(format!("the server cannot start: {error}"), None))?;
        let origin = origin(&arguments.host, address);
        let requests = Arc::new(log.requests(Secrets::of(mock.services())));
        greet(&log, &print::head(&mock, &origin));
        // What is served takes reading, and nobody has to wait for that.
        let told = tokio::task::spawn_blocking({
            let (mock, silent) = (mock.clone(), arguments.log.quiet || log.format() == LogFormat::Json);
            move || {
                if !silent {
                    say(&print::tables(&mock, &names, &origin));
                }
            }
        });
        serve_noting(vec![listener], mock, requests.clone(), interrupted()).await;
        requests.finish();
        // Only a bug stops the telling half-way, and then there is nothing more to tell.
        let _ = told.await;
        greet(&log, "stopped\n");
        Ok(Exit::Conforms)
    })
}

fn contracts(arguments: &MockArgs) -> Result<Vec<Loaded>, Failure> {
    if arguments.contracts.is_empty() && arguments.mount.is_empty() {
        arguments.reading.without_documents("mock")?;
        return load_shipped();
    }
    load_all(&arguments.contracts, &arguments.mount, &arguments.reading)
}

/// The credentials of the flags.
fn credentials(flags: &[String], loaded: &[Loaded]) -> Result<Credentials, Failure> {
    if flags.is_empty() {
        // Without flags nothing has to be looked up, and no operation has to be read.
        return Ok(Credentials::default());
    }
    let mut known: Vec<String> = Vec::new();
    for operation in loaded.iter().flat_map(|one| one.contract.operations()) {
        for (scheme, _) in operation.security.iter().flat_map(|alternative| &alternative.schemes) {
            if !known.contains(&scheme.name) {
                known.push(scheme.name.clone());
            }
        }
    }
    let mut credentials = Credentials::default();
    for flag in flags {
        match flag.split_once('=') {
            None if flag == "any" => credentials.accept_any(),
            Some((scheme, value)) if known.iter().any(|name| name == scheme) && !value.is_empty() => {
                credentials.issue(scheme, value);
            }
            Some((scheme, _)) if !known.iter().any(|name| name == scheme) => {
                let hint = if known.is_empty() {
                    "the contract has no security schemes".to_owned()
                } else {
                    format!("the contract has {}", known.join(", "))
                };
                return Err(Failure::usage(format!("there is no security scheme `{scheme}`"), Some(&hint)));
            }
            Some(_) | None => {
                return Err(Failure::usage(
                    format!("`{flag}` is no value for --auth"),
                    Some("write --auth SCHEME=VALUE, or --auth any"),
                ));
            }
        }
    }
    Ok(credentials)
}

async fn listen(host: &str, port: u16) -> Result<TcpListener, Failure> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    TcpListener::bind((host, port)).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Failure::usage(
            format!("port {port} of {host} is in use"),
            Some("take another one: --port 4011, or --port 0 for a free one"),
        ),
        ErrorKind::PermissionDenied => Failure::usage(
            format!("port {port} of {host} may not be used"),
            Some("ports from 1024 on are free for all"),
        ),
        _ => Failure::usage(format!("{host}:{port} cannot be listened on: {error}"), None),
    })
}

/// How a client on this machine reaches the server.
fn origin(host: &str, address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        return format!("http://localhost:{}", address.port());
    }
    if host.parse::<std::net::IpAddr>().is_err() && !host.starts_with('[') {
        return format!("http://{host}:{}", address.port());
    }
    format!("http://{address}")
}

async fn interrupted() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without signals the server can only be killed, and then nothing is lost that it promised to keep.
    let _ = interrupt.await;
}

/// Says what happens to the mock as a whole: as text, or as an event where the log is for programs.
fn greet(log: &Log, text: &str) {
    match log.format() {
        LogFormat::Text => say(text),
        LogFormat::Json => tracing::info!("{}", anstream::adapter::strip_str(text.trim_end())),
    }
}

fn say(text: &str) {
    // There is nobody to tell if stdout is closed; the server serves all the same.
    let mut out = anstream::stdout();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}
