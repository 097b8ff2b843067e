//! `etalon mock`: serve contracts until told to stop.

mod credentials;
pub mod data;
pub mod memory;
pub mod request_to_try;
pub mod rules;
pub mod start_up;
pub mod state;

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use etalon_contract::behaviour::{Examples, Populated};
use etalon_contract::generate::{Data, Locale, choose_data};

use crate::cli::command::mock::credentials::credentials;
use crate::cli::command::mock::data::DataArgs;
use crate::cli::command::mock::rules::RuleArgs;
use crate::cli::command::mock::start_up::{head, tables};
use crate::cli::command::mock::state::StateArgs;
use crate::cli::listen::{listen, origin};
use crate::cli::load_shipped;
use crate::cli::log::{Log, LogArgs, LogFormat, Requests, Secrets};
use crate::cli::signal::Signals;
use crate::cli::source::mount::{Mount, load_all_by};
use crate::cli::source::open::{Reader, overlays_beside};
use crate::cli::source::reading::named;
use crate::cli::watch::{Reload, watch};
use crate::cli::{Exit, Failure, Loaded, Named, Reading};
use crate::server::{Begins, Cors, Credentials, Hosts, Judging, Live, MAX_WORLDS, Mock, PICTURES, Rule, serve_noting};

/// The end of `--help`.
const EXAMPLES: &str = "\
Examples:
  etalon mock                                 the contracts that come with etalon
  etalon mock api.yaml                        one of your own, with api.overlay.yaml beside it
  etalon mock https://example.com/api.yaml    one that is elsewhere
  etalon mock users.yaml orders.yaml          several, each at the path of its servers
  etalon mock --mount /v2=next.yaml           one at a path of your choice
  etalon mock api.yaml -p 8080 --seed 7       on another port, with other data
  etalon mock api.yaml --auth Bearer=secret   with a token of your choice
  etalon mock api.yaml --watch                as it is saved, while it is written
  generate-api | etalon mock -                from the standard input
  etalon mock api.yaml --auth any             with any credentials that are well-formed
  etalon mock api.yaml --no-auth              without credentials
  etalon mock api.yaml --fail createOrder=503 with one operation that fails
  etalon mock api.yaml --delay 200..800       as slow as a bad line
  etalon mock api.yaml --rule 'createOrder: fault=drop, times=3'
  etalon mock api.yaml --seed-data data.yaml  with data of your own
  etalon mock api.yaml --populate users=20    with data of the contract's
  etalon mock --cors https://app.example      for the pages of one site alone
  etalon mock api.yaml --verbose              with header fields and bodies in the log

State lives in memory and is gone when the mock stops, unless --state says where else. The same seed and the same requests give
the same answers, times included: the clock starts at a moment that follows from the seed and
goes one second further with each request. A request that names a world (Etalon-World: NAME, a
cookie etalon-world, or /@NAME before its path) has a state, a clock and a counter of its own.";

/// The flags of `etalon mock`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct MockArgs {
    /// OpenAPI documents, files, URLs or - for the standard input, each served at the base path of its servers [default: the contracts that come with
    /// etalon]
    #[arg(value_name = "CONTRACT", value_parser = named())]
    pub contracts: Vec<Named>,

    /// Serve a document at this path instead
    #[arg(long, value_name = "PATH=FILE", value_parser = Mount::parse)]
    pub mount: Vec<Mount>,

    /// The flags about reading documents.
    #[command(flatten)]
    pub reading: Reading,

    /// Serve documents anew when they are saved: they, their overlays and the files that they refer to
    #[arg(long, short)]
    pub watch: bool,

    /// The address to listen on; of a name, each that it has
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

    /// Ask nobody for credentials
    #[arg(long, conflicts_with = "auth")]
    pub no_auth: bool,

    /// Take requests that break the contract as far as they can be read; answers keep it
    #[arg(long)]
    pub no_validate: bool,

    /// The origins whose pages may call the mock with credentials, or `any`, or `none` [default: pages of this machine with
    /// credentials, others without]
    #[arg(long, value_name = "ORIGIN|any|none")]
    pub cors: Vec<String>,

    /// Make all data anew: do not answer with the documents' own examples
    #[arg(long, short)]
    pub dynamic: bool,

    /// Begin with nothing: the documents' own examples are no items of their collections
    #[arg(long)]
    pub no_examples: bool,

    /// The most that is remembered, in bytes, or with K, M or G: about, and beyond it nothing more is added [default: a quarter of the memory
    /// of the machine or of its container]
    #[arg(long, value_name = "SIZE", value_parser = memory::parse)]
    pub max_memory: Option<usize>,

    /// The most worlds that requests may name, beside the one that they are in otherwise
    #[arg(long, value_name = "NUMBER", default_value_t = MAX_WORLDS)]
    pub max_worlds: usize,

    /// The language and country of made-up people and places
    #[arg(long, value_name = "en|de|es|fr|it|ja|pt", default_value = "en", value_parser = locale)]
    pub locale: Locale,

    /// Let whoever has this token control the mock from other machines, as `Authorization: Bearer TOKEN` [default: programs on this machine
    /// alone, without a token]
    #[arg(long, value_name = "TOKEN", env = "ETALON_CONTROL_TOKEN", hide_env_values = true)]
    pub control_token: Option<String>,

    /// The flags about what collections begin with.
    #[command(flatten)]
    pub data: DataArgs,

    /// The flags about where the state lives.
    #[command(flatten)]
    pub state: StateArgs,

    /// The flags about rules.
    #[command(flatten)]
    pub rules: RuleArgs,

    /// The flags about the log.
    #[command(flatten)]
    pub log: LogArgs,
}

/// Reads a locale by its language tag.
fn locale(tag: &str) -> Result<Locale, String> {
    let known = || Locale::WORDS.map(|(_, word)| word).join(", ");
    Locale::parse(tag).ok_or_else(|| format!("there is {}", known()))
}

/// Serves the documents until Ctrl-C or SIGTERM.
///
/// # Errors
/// A contract, a flag or the address cannot be used.
pub fn run(arguments: &MockArgs) -> Result<Exit, Failure> {
    let log = Log::start(&arguments.log)?;
    if arguments.watch {
        watchable(arguments)?;
    }
    let served = Served::of(arguments);
    let loaded = served.contracts()?;
    let cors = Cors::parse(&arguments.cors).map_err(|reason| {
        Failure::usage(format!("{reason} for --cors"), Some("write --cors https://app.example, any or none"))
    })?;
    let mut credentials = credentials(&arguments.auth, &loaded)?;
    if arguments.no_auth {
        credentials.ask_nobody();
    }
    let served = Served { credentials, cors, rules: arguments.rules.rules(&loaded)?, ..served };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("the server cannot start: {error}"), None))?;
    let signals = Signals::listen();
    let ended = runtime.block_on(async {
        let listeners = listen(&arguments.host, arguments.port).await?;
        let address = listeners[0]
            .local_addr()
            .map_err(|error| Failure::usage(format!("the server cannot start: {error}"), None))?;
        let origin = origin(&arguments.host, address);
        let hosts = Hosts::of(&arguments.host, address.ip());
        let served = Served { hosts, origin: origin.clone(), ..served };
        let (mock, populated) = served.begun(&loaded)?;
        let mock = Arc::new(mock);
        let panel = mock.panel().clone();
        let live = Arc::new(Live::new(mock.clone()));
        let requests = Arc::new(log.requests(Secrets::of(&mock)));
        greet(&log, &head(&mock, &origin));
        if arguments.watch {
            watch(live.clone(), &loaded, Watched { served, requests: requests.clone() })?;
        }
        let names: Vec<String> = loaded.iter().map(|one| one.name.clone()).collect();
        // What is served takes reading, and nobody has to wait for that.
        let silent = arguments.log.quiet || log.format() == LogFormat::Json;
        let told = tokio::task::spawn_blocking(move || {
            if !silent {
                say(&tables(&mock, &names, &populated, &origin));
            }
        });
        let stopped = async {
            tokio::select! {
                () = signals.heard() => {}
                () = panel.stopped() => {}
            }
        };
        serve_noting(listeners, live, requests.clone(), stopped).await;
        requests.finish();
        // A table that is still being made when the mock stops is of no use to anybody.
        told.abort();
        greet(&log, "stopped\n");
        Ok(Exit::Conforms)
    });
    // What still computes is not waited for.
    runtime.shutdown_background();
    ended
}

/// The contracts to serve and the manner of serving them, as the flags say: read when the mock starts, and again when they are
/// saved.
struct Served {
    contracts: Vec<Named>,
    mounts: Vec<Mount>,
    reading: Reading,
    reader: Reader,
    credentials: Credentials,
    cors: Cors,
    hosts: Hosts,
    seed: u64,
    examples: Examples,
    judging: Judging,
    rules: Vec<Rule>,
    begins: Begins,
    data: DataArgs,
    token: Option<String>,
    memory: usize,
    worlds: usize,
    state: StateArgs,
    locale: Locale,
    /// The address at which the mock listens, as pages reach it.
    origin: String,
}

impl Served {
    fn of(arguments: &MockArgs) -> Self {
        let (contracts, mounts) = (arguments.contracts.clone(), arguments.mount.clone());
        let documents = contracts.iter().chain(mounts.iter().map(|mount| &mount.document));
        Self {
            reader: arguments.reading.reader(documents),
            reading: arguments.reading.clone(),
            credentials: Credentials::default(),
            cors: Cors::default(),
            rules: Vec::new(),
            hosts: Hosts::default(),
            seed: arguments.seed,
            examples: if arguments.dynamic { Examples::Ignored } else { Examples::Shown },
            judging: if arguments.no_validate { Judging::Nothing } else { Judging::Contract },
            begins: if arguments.dynamic || arguments.no_examples { Begins::WithNothing } else { Begins::WithExamples },
            data: arguments.data.clone(),
            token: arguments.control_token.clone().filter(|token| !token.is_empty()),
            memory: arguments.max_memory.unwrap_or_else(memory::share),
            worlds: arguments.max_worlds,
            state: arguments.state.clone(),
            locale: arguments.locale,
            origin: String::new(),
            contracts,
            mounts,
        }
    }
}

/// The contracts that are served as they are saved, with the log that must know their secrets.
struct Watched {
    served: Served,
    requests: Arc<Requests>,
}

impl Reload for Watched {
    fn contracts(&self) -> Result<Vec<Loaded>, Failure> {
        self.served.contracts()
    }

    fn mock(&self, contracts: &[Loaded]) -> Result<Mock, Failure> {
        self.served.begun(contracts).map(|(mock, _)| mock)
    }

    fn before(&self, next: &Mock) {
        self.requests.mask(Secrets::of(next));
    }

    fn candidates(&self) -> Vec<PathBuf> {
        self.served.candidates()
    }
}

impl Served {
    fn contracts(&self) -> Result<Vec<Loaded>, Failure> {
        if self.contracts.is_empty() && self.mounts.is_empty() {
            self.reading.without_documents("mock")?;
            return load_shipped();
        }
        load_all_by(&self.reader, &self.contracts, &self.mounts)
    }

    fn mock(&self, contracts: &[Loaded]) -> Mock {
        let pictures: Arc<str> = format!("{}{PICTURES}", self.origin).into();
        // What several mocks have together names none of them.
        let pictures = Some(pictures).filter(|_| !self.state.is_elsewhere());
        for one in contracts {
            choose_data(&one.contract, Data { locale: self.locale, pictures: pictures.clone() });
        }
        let contracts = contracts.iter().map(|one| one.contract.clone());
        Mock::new(contracts, self.credentials.clone(), self.seed)
            .with_examples(self.examples)
            .judging_by(self.judging)
            .ruled_by(self.rules.clone())
            .controlled_by(self.token.clone())
            .beginning_with(self.begins)
            .remembering(self.memory)
            .with_worlds(self.worlds)
            .open_to(self.cors.clone(), self.hosts.clone())
    }

    /// The mock with what its collections begin with, and what was made of what is wanted of them.
    fn begun(&self, contracts: &[Loaded]) -> Result<(Mock, Vec<Populated>), Failure> {
        let (mock, populated) = self.data.applied(self.mock(contracts))?;
        Ok((self.state.applied(mock, &format!("{:?}", self.locale))?, populated))
    }

    fn candidates(&self) -> Vec<PathBuf> {
        let documents = self.contracts.iter().chain(self.mounts.iter().map(|mount| &mount.document));
        documents.flat_map(overlays_beside).chain(self.data.seed_data.clone()).collect()
    }
}

/// Checks that there is a file to watch; else an error, also where the standard input would have to be watched.
fn watchable(arguments: &MockArgs) -> Result<(), Failure> {
    let mut documents = arguments.contracts.iter().chain(arguments.mount.iter().map(|mount| &mount.document));
    if documents.clone().any(|named| *named == Named::Stdin) {
        return Err(Failure::usage("--watch cannot watch the standard input", Some("name a file")));
    }
    if documents.any(|named| matches!(named, Named::File(_))) {
        return Ok(());
    }
    Err(Failure::usage("--watch needs a file to watch", Some("name the contract: etalon mock api.yaml --watch")))
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
