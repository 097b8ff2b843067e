//! `etalon test`: verify a target against its contract.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use etalon_conformance::plan::plan;
use etalon_conformance::report::{Paint, human};
use etalon_conformance::{
    Changes, Conclusion, Credentials, Exchange, Http, PATIENCE, Report, RunError, SHRINKING, Settings, Showing,
    TIMEOUT, TargetError, VALID, run, schemes,
};
use etalon_contract::behaviour::infer;
use etalon_contract::codec::{Request, Response};
use etalon_contract::document::Pointer;
use etalon_contract::model::{BasePath, BasePathError, Operation};
use tokio::net::TcpListener;

use crate::cli::command::restraint::{LedgerFile, Restraint};
use crate::cli::diagnostics::near::near;
use crate::cli::run::list::list;
use crate::cli::run::progress::Progress;
use crate::cli::run::select::{Criterion, selected};
use crate::cli::run::{ci, reports as files_of};
use crate::cli::signal::Signals;
use crate::cli::source::contracts::load_at;
use crate::cli::source::reading::named;
use crate::cli::{Exit, Failure, Loaded, Named, Reading};
use crate::cli::{error, load_shipped, whole};
use crate::server::{Credentials as Issued, Mock, serve};

/// The end of `--help`.
const EXAMPLES: &str = "\
Examples:
  etalon test                                        the contracts that come with etalon, against a mock
  etalon test api.yaml                               one of your own, against a mock of it
  etalon test api.yaml --url http://localhost:8080   against your server
      --auth Bearer=$TOKEN --auth user:password      with credentials, by scheme, or for HTTP Basic
      --set org_id=6a0f3d52-8c1e-4b97-a4d6-e2537f9b0c18
                                                     with something that exists there
      --report junit=junit.xml --report markdown=summary.md
                                                     and reports for a CI server
  etalon test api.yaml --include 'GET /users/**' --exclude deprecated --list
                                                     what would be tested of some operations

Exit codes, of several that hold the first: 130 interrupted, 1 the target violates the contract, 3 it is
gone, 2 a flag or the contract is wrong or too little could be tested, 0 the target conforms.";

/// The URL by which reports name a mock that was started for the run: its port differs each time, and `etalon mock` serves the
/// same at this one.
const MOCK: &str = "http://127.0.0.1:4010";

/// The flags of `etalon test`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct TestArgs {
    /// An OpenAPI document, a file or a URL [default: the contracts that come with etalon]
    #[arg(value_name = "CONTRACT", value_parser = named())]
    pub contract: Option<Named>,

    /// The flags about reading the document.
    #[command(flatten)]
    pub reading: Reading,

    /// The base URL of the target, with or without the base path of the contract's servers [default: a mock that is started
    /// for the run]
    #[arg(long, short, value_name = "URL")]
    pub url: Option<String>,

    /// The path that the target serves the contract at, instead of that of its servers; / for none
    #[arg(long, value_name = "PATH", value_parser = base_path, requires = "contract")]
    pub base_path: Option<BasePath>,

    /// Credentials: of a security scheme by its name, or for HTTP Basic
    #[arg(long, short, value_name = "SCHEME=VALUE|USER:PASSWORD")]
    pub auth: Vec<String>,

    /// A header field of every request
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE")]
    pub headers: Vec<String>,

    /// A parameter that has this value in every valid request
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,

    /// Test this operation only, by its operationId
    #[arg(long, value_name = "ID")]
    pub operation: Vec<String>,

    /// Test these operations only: operationIds, paths like '/users/**', methods, 'GET /users/*', or tags
    #[arg(long, short, value_name = "WHAT", value_parser = Criterion::parse, conflicts_with = "operation")]
    pub include: Vec<Criterion>,

    /// Do not test these operations, named in the same ways
    #[arg(long, short = 'x', value_name = "WHAT", value_parser = Criterion::parse, conflicts_with = "operation")]
    pub exclude: Vec<Criterion>,

    /// List the operations, their rows and cases, and send nothing
    #[arg(long)]
    pub list: bool,

    /// Accept that a row is violated
    #[arg(long, value_name = "ROW: REASON")]
    pub waive: Vec<String>,

    /// The seed of everything that is generated
    #[arg(long, default_value_t = 0)]
    pub seed: u64,

    /// Write a report to a file, or with `-` to the standard output
    #[arg(long, value_name = "FORMAT=FILE", help = files_of::help())]
    pub report: Vec<String>,

    /// The most requests that may be spent on making one failing request smaller
    #[arg(long, value_name = "N", default_value_t = SHRINKING)]
    pub max_shrink: usize,

    /// Show failing requests as they were found, without making them smaller
    #[arg(long, conflicts_with = "max_shrink")]
    pub no_shrink: bool,

    /// Show credentials in the report, in place of names of environment variables
    #[arg(long)]
    pub show_credentials: bool,

    /// The longest time that an answer may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = TIMEOUT.as_secs(), value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: u64,

    /// The longest time that the run may take, as in 90s, 10m or 1h; most of it for the plan, the rest for making failing requests smaller
    #[arg(long, value_name = "TIME", default_value = "4m", value_parser = time)]
    pub max_time: Duration,

    /// The longest time that an accepted request may take to have its effect, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = PATIENCE.as_secs())]
    pub patience: u64,

    /// What the run may do to the target.
    #[command(flatten)]
    pub restraint: Restraint,
}

/// A time of a number and a unit; without one, seconds.
fn time(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|last: char| last.is_ascii_alphabetic());
    let seconds = match &text[digits.len()..] {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        _ => None,
    };
    let number = digits.parse::<u64>().ok().filter(|number| *number > 0);
    let time = number.zip(seconds).and_then(|(number, seconds)| number.checked_mul(seconds));
    time.map(Duration::from_secs).ok_or_else(|| "write a number of seconds, or 90s, 10m, 1h".to_owned())
}

fn base_path(text: &str) -> Result<BasePath, BasePathError> {
    BasePath::parse(text)
}

/// Verifies the target, and gives the exit code.
///
/// # Errors
/// A flag or a contract is wrong, nothing can be tested, or the target cannot be reached.
pub fn execute(arguments: &TestArgs) -> Result<Exit, Failure> {
    let loaded = match &arguments.contract {
        Some(named) => vec![load_at(named, &arguments.reading.reader([named]), arguments.base_path.as_ref())?],
        None => {
            arguments.reading.without_documents("test")?;
            load_shipped()?
        }
    };
    let mut settings = settings(arguments, &loaded)?;
    let selected = selected(&loaded, &arguments.include, &arguments.exclude)?;
    if !selected.is_empty() {
        settings.iter_mut().for_each(|settings| settings.operations.clone_from(&selected));
    }
    if arguments.list {
        return whole::print(anstream::stdout(), &list(&loaded, &settings))
            .map(|()| Exit::Conforms)
            .map_err(|error| Failure::usage(format!("the list cannot be written: {error}"), None));
    }
    let files = files_of::files(&arguments.report)?;
    if let Some(url) = &arguments.url {
        // A wrong URL is told before anything is started.
        target(url, &loaded[0], arguments)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Unreachable { reason: format!("the runner cannot start: {error}"), hint: None })?;
    let signals = Signals::listen();
    let reports = runtime.block_on(verify(arguments, (&loaded, &settings), &signals));
    // A mock that still serves is not waited for.
    runtime.shutdown_background();
    let reports = reports?;
    if signals.is_heard() {
        let _ = writeln!(anstream::stderr(), "interrupted");
    }
    let shown: Vec<String> = reports.iter().map(|report| human(report, Paint::Colours)).collect();
    let mut text = Vec::new();
    if !shown.is_empty() {
        let _ = writeln!(text, "{}", shown.join("\n\n"));
        ci::tell(&mut text, &reports);
    }
    let told = if files.iter().any(|(_, file)| files_of::is_stdout(file)) {
        whole::print_bytes(anstream::stderr(), &text)
    } else {
        whole::print_bytes(anstream::stdout(), &text)
    };
    let mut untold = told.err().map(|error| Failure::usage(format!("the report cannot be written: {error}"), None));
    let untested = reports.iter().any(|report| report.conclusion() == Conclusion::NothingTested);
    if untested && arguments.auth.is_empty() && loaded.iter().any(|one| !schemes(&one.contract).is_empty()) {
        let _ = writeln!(anstream::stderr(), "hint: the contract asks for credentials: --auth SCHEME=VALUE");
    }
    for (format, file) in files.iter().filter(|_| !reports.is_empty()) {
        untold = files_of::write(*format, file, &reports).err().or(untold);
    }
    let exit = if signals.is_heard() { Exit::Interrupted } else { conclude(&reports) };
    match untold {
        None => Ok(exit),
        Some(failure) => {
            error(&failure);
            // What was shown is never hidden by what could not be written.
            Ok(if matches!(exit, Exit::Conforms) { failure.exit() } else { exit })
        }
    }
}

/// Runs every contract's plan.
async fn verify(
    arguments: &TestArgs,
    (loaded, settings): (&[Loaded], &[Settings]),
    signals: &Signals,
) -> Result<Vec<Report>, Failure> {
    let started = match &arguments.url {
        Some(_) => None,
        None => Some(start(loaded, settings, arguments.seed).await?),
    };
    let mut reports = Vec::new();
    for (one, settings) in loaded.iter().zip(settings) {
        // Contracts that do not have the operation that was asked for are passed over, unless none has it.
        let wanted = one.contract.entries().iter().any(|entry| settings.tests(&entry.id));
        if !wanted && loaded.iter().any(|other| other.contract.entries().iter().any(|entry| settings.tests(&entry.id)))
        {
            continue;
        }
        let (target, ledger) = match (&started, &arguments.url) {
            (Some(url), _) => (target(url, one, arguments)?.shown_as(MOCK), None),
            (None, Some(url)) => watched(target(url, one, arguments)?, arguments, settings)?,
            (None, None) => unreachable!("without a URL a mock was started"),
        };
        if signals.is_heard() {
            break;
        }
        let target = Interruptible { target, signals };
        let behaviour = infer(&one.contract);
        let mut progress = Progress::new();
        let report = run(&one.contract, &behaviour, settings, &target, &mut |event| progress.show(event)).await;
        progress.clear();
        if let (Some(ledger), Ok(report)) = (ledger, &report) {
            ledger.finish(report.left_behind.len());
        }
        reports.push(report.map_err(|error| failed(error, arguments.url.as_deref().unwrap_or(MOCK), &arguments.auth))?);
    }
    Ok(reports)
}

/// A target, until somebody interrupts the run.
struct Interruptible<'s> {
    target: Http,
    signals: &'s Signals,
}

impl Exchange for Interruptible<'_> {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        self.target.send(request).await
    }

    fn note(&self, line: &str) -> Result<(), TargetError> {
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

/// Starts a mock of the contracts on a free port; its URL.
async fn start(loaded: &[Loaded], settings: &[Settings], seed: u64) -> Result<String, Failure> {
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

fn target(url: &str, one: &Loaded, arguments: &TestArgs) -> Result<Http, Failure> {
    let timeout = Duration::from_secs(arguments.timeout);
    Http::new(url, one.contract.base(), timeout).map_err(|error| {
        Failure::usage(error.to_string(), Some("name the base URL of the API: --url http://localhost:8080"))
    })
}

/// The target with its pace, and with the ledger of what the run makes there.
fn watched(target: Http, arguments: &TestArgs, settings: &Settings) -> Result<(Http, Option<LedgerFile>), Failure> {
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

fn failed(error: RunError, url: &str, auth: &[String]) -> Failure {
    match error {
        RunError::Target(error) => Failure::Unreachable {
            reason: format!("{url} gives no answers: {error}"),
            hint: Some("is the target running, and is this its URL?".to_owned()),
        },
        RunError::Nothing(_) => Failure::usage(error.to_string(), None),
        RunError::LockedOut { .. } => {
            let hint = match auth {
                [] => "give credentials: --auth SCHEME=VALUE, or --auth USER:PASSWORD for HTTP Basic",
                [..] => "are the credentials right, and do they have the rights that the operations take?",
            };
            Failure::usage(format!("{url}: {error}"), Some(hint))
        }
        RunError::AnotherServer { .. } => Failure::usage(format!("{url}: {error}"), None),
    }
}

/// The settings for each contract. Credentials belong to whichever contract has their scheme.
fn settings(arguments: &TestArgs, loaded: &[Loaded]) -> Result<Vec<Settings>, Failure> {
    let pairs = |flags: &[String], separator: &str, flag: &str, form: &str| {
        let pair = |text: &String| match text.split_once(separator) {
            Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
            // What was given may be a secret with a slip beside it.
            Some(_) | None => {
                Err(Failure::usage(format!("that is no value for {flag}"), Some(&format!("write {flag} {form}"))))
            }
        };
        flags.iter().map(pair).collect::<Result<Vec<_>, _>>()
    };
    let set = pairs(&arguments.set, "=", "--set", "NAME=VALUE")?;
    for (name, _) in &set {
        let known = |one: &Loaded| one.contract.operations().any(|o| is_set_by(o, name));
        if !loaded.iter().any(known) {
            return Err(Failure::usage(format!("no operation has a parameter `{name}` to set"), None));
        }
    }
    let headers = pairs(&arguments.headers, ":", "--header", "'NAME: VALUE'")?;
    let waivers = pairs(&arguments.waive, ": ", "--waive", "'ROW: REASON'")?;
    known_rows(&waivers, loaded)?;
    let mut credentials: Vec<Credentials> = loaded.iter().map(|_| Credentials::default()).collect();
    for flag in &arguments.auth {
        let mut refused = None;
        let mut taken = 0;
        for (one, credentials) in loaded.iter().zip(&mut credentials) {
            match credentials.give(&one.contract, flag) {
                Ok(()) => taken += 1,
                Err(reason) => refused = Some(reason),
            }
        }
        if let (0, Some(reason)) = (taken, refused) {
            return Err(Failure::usage(reason, None));
        }
    }
    let settings = loaded.iter().zip(credentials).map(|(one, mut credentials)| {
        if arguments.url.is_none() {
            // The mock that is started accepts what it issues by itself where nothing else was given.
            for (name, scheme) in schemes(&one.contract) {
                if credentials.value(&name).is_none() {
                    credentials.set(&name, Issued::default().issued(&scheme));
                }
            }
        }
        for (name, value) in &headers {
            credentials.add_field(name, value);
        }
        Settings {
            seed: arguments.seed,
            credentials,
            set: set.clone(),
            operations: arguments.operation.clone(),
            waivers: waivers.clone(),
            shrinking: if arguments.no_shrink { 0 } else { arguments.max_shrink },
            valid: VALID,
            patience: Duration::from_secs(arguments.patience),
            max_time: arguments.max_time,
            changes: arguments.restraint.changes(arguments.url.as_deref()),
            strictness: arguments.restraint.strictness(),
            enough: arguments.restraint.min_tested,
            budget: arguments.restraint.budget(arguments.url.as_deref(), one.contract.entries().len()),
            // What a mock issues is no secret.
            showing: if arguments.show_credentials || arguments.url.is_none() {
                Showing::Plain
            } else {
                Showing::Masked
            },
        }
    });
    Ok(settings.collect())
}

/// Refuses a waiver of a row that no contract has: a waiver with a slip in it would silently waive nothing.
fn known_rows(waivers: &[(String, String)], loaded: &[Loaded]) -> Result<(), Failure> {
    if waivers.is_empty() {
        return Ok(());
    }
    let rows: BTreeSet<String> = loaded
        .iter()
        .flat_map(|one| plan(&one.contract, &infer(&one.contract), &Settings::default()).operations)
        .flat_map(|planned| planned.rows)
        .map(|row| row.id)
        .collect();
    let Some((row, _)) = waivers.iter().find(|(row, _)| !rows.contains(row)) else { return Ok(()) };
    let meant: Vec<String> = near(row, rows.iter().map(String::as_str)).iter().map(|id| format!("`{id}`")).collect();
    let hint = if meant.is_empty() {
        "write the row's id as the report has it, then `: ` and the reason".to_owned()
    } else {
        format!("did you mean {}?", meant.join(", or "))
    };
    Err(Failure::usage(format!("there is no row `{row}` to waive"), Some(&hint)))
}

/// Whether a name that a value is set for means something of an operation: a parameter's name, alone or behind the operation's
/// id, or a place in its content.
fn is_set_by(operation: &Operation, name: &str) -> bool {
    let has = |name: &str| operation.parameters.iter().any(|parameter| parameter.name == name);
    let own = name.strip_prefix(operation.id.as_str());
    has(name)
        || own.and_then(|rest| rest.strip_prefix('.')).is_some_and(has)
        || own
            .and_then(|rest| rest.strip_prefix(".body#"))
            .is_some_and(|at| operation.body.is_some() && Pointer::parse(at).is_some())
}

/// The exit code of what the runs amount to together: of all that holds, the worst (`docs/exit-codes.md`).
fn conclude(reports: &[Report]) -> Exit {
    match Conclusion::of(reports) {
        Conclusion::Interrupted => Exit::Interrupted,
        Conclusion::Violates => Exit::Violates,
        Conclusion::Gone => Exit::Unreachable,
        Conclusion::NothingTested
        | Conclusion::CutShort
        | Conclusion::Unanswered
        | Conclusion::TooLittle
        | Conclusion::Partly => Exit::Usage,
        Conclusion::Conforms => Exit::Conforms,
    }
}
