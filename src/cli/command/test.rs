//! `etalon test`: verify a target against its contract.

use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use etalon_conformance::plan::plan;
use etalon_conformance::report::{Format, Paint, human};
use etalon_conformance::{
    Conclusion, Credentials, Event, Exchange, Http, PATIENCE, Report, RunError, SHRINKING, Settings, Showing, TIMEOUT,
    TargetError, VALID, run, schemes,
};
use etalon_contract::behaviour::infer;
use etalon_contract::codec::{Request, Response};
use etalon_contract::model::{BasePath, BasePathError};
use tokio::net::TcpListener;

use crate::cli::diagnostics::near::near;
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
      --report json=report.json                      and the whole report for a program

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

    /// How the document is read.
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

    /// Accept that a row is violated
    #[arg(long, value_name = "ROW: REASON")]
    pub waive: Vec<String>,

    /// The seed of everything that is generated
    #[arg(long, default_value_t = 0)]
    pub seed: u64,

    /// Write a report to a file, or with `-` to the standard output
    #[arg(long, value_name = "FORMAT=FILE", help = report_help())]
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

    /// The longest time that the run may take, as in 90s, 10m or 1h; it goes on beyond while rows are still being won
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = time)]
    pub max_time: Duration,

    /// The longest time that an accepted request may take to have its effect, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = PATIENCE.as_secs())]
    pub patience: u64,
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

/// Verifies the target.
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
    let files = arguments.report.iter().map(|flag| report_file(flag)).collect::<Result<Vec<_>, Failure>>()?;
    for (_, file) in &files {
        // Better told now than when the run is over; and an older report is none of this run.
        if !is_stdout(file) {
            whole::begin(file).map_err(|error| unwritable(file, &error))?;
        }
    }
    let settings = settings(arguments, &loaded)?;
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
    let shown = if shown.is_empty() { String::new() } else { format!("{}\n", shown.join("\n\n")) };
    let told = if files.iter().any(|(_, file)| is_stdout(file)) {
        whole::print(anstream::stderr(), &shown)
    } else {
        whole::print(anstream::stdout(), &shown)
    };
    let mut untold = told.err().map(|error| Failure::usage(format!("the report cannot be written: {error}"), None));
    let untested = reports.iter().any(|report| report.conclusion() == Conclusion::NothingTested);
    if untested && arguments.auth.is_empty() && loaded.iter().any(|one| !schemes(&one.contract).is_empty()) {
        let _ = writeln!(anstream::stderr(), "hint: the contract asks for credentials: --auth SCHEME=VALUE");
    }
    for (format, file) in files.iter().filter(|_| !reports.is_empty()) {
        untold = write_report(*format, file, &reports).err().or(untold);
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
        let target = match (&started, &arguments.url) {
            (Some(url), _) => target(url, one, arguments)?.shown_as(MOCK),
            (None, Some(url)) => target(url, one, arguments)?,
            (None, None) => unreachable!("without a URL a mock was started"),
        };
        if signals.is_heard() {
            break;
        }
        let target = Interruptible { target, signals };
        let behaviour = infer(&one.contract);
        let mut progress = Line::new();
        let report = run(&one.contract, &behaviour, settings, &target, &mut |event| progress.show(event)).await;
        progress.clear();
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
        let known = |one: &Loaded| one.contract.operations().any(|o| o.parameters.iter().any(|p| p.name == *name));
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
        .flat_map(|chapter| chapter.rows)
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

/// The help of `--report`: the formats, each with what it is.
fn report_help() -> String {
    let formats = Format::ALL.iter().map(|format| format!("{}, {}", format.name(), format.about()));
    let formats = formats.collect::<Vec<_>>().join("; ");
    format!("Write a report to a file, or with `-` to the standard output. Formats: {formats}")
}

/// The format and the file of a value of `--report`.
fn report_file(flag: &str) -> Result<(Format, PathBuf), Failure> {
    let parsed = flag.split_once('=').and_then(|(name, file)| Some((Format::parse(name)?, file)));
    match parsed {
        Some((format, file)) if !file.is_empty() => Ok((format, PathBuf::from(file))),
        Some(_) | None => {
            let forms: Vec<String> = Format::ALL.iter().map(|format| format!("{}=FILE", format.name())).collect();
            let hint = format!("write --report {}", forms.join(", or "));
            Err(Failure::usage(format!("`{flag}` is no value for --report"), Some(&hint)))
        }
    }
}

/// Whether a report goes to the standard output, as programs have it.
fn is_stdout(file: &Path) -> bool {
    file == Path::new("-")
}

fn unwritable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("the report {} cannot be written: {error}", file.display()), None)
}

fn write_report(format: Format, file: &Path, reports: &[Report]) -> Result<(), Failure> {
    let text = format.text(reports);
    if is_stdout(file) {
        let written = whole::print(std::io::stdout(), &text);
        return written.map_err(|error| Failure::usage(format!("the report cannot be written: {error}"), None));
    }
    whole::write(file, &text).map_err(|error| unwritable(file, &error))
}

/// The worst of all (`docs/exit-codes.md`).
fn conclude(reports: &[Report]) -> Exit {
    match Conclusion::of(reports) {
        Conclusion::Interrupted => Exit::Interrupted,
        Conclusion::Violates => Exit::Violates,
        Conclusion::Gone => Exit::Unreachable,
        Conclusion::NothingTested | Conclusion::CutShort | Conclusion::Unanswered | Conclusion::Partly => Exit::Usage,
        Conclusion::Conforms => Exit::Conforms,
    }
}

/// A time in words.
fn said(time: Duration) -> String {
    let seconds = time.as_secs();
    let (number, unit) = if seconds % 60 == 0 { (seconds / 60, "minute") } else { (seconds, "second") };
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

/// One line on a terminal that is written over and over; nothing elsewhere.
struct Line {
    terminal: bool,
    violated: usize,
}

impl Line {
    fn new() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), violated: 0 }
    }

    fn show(&mut self, event: &Event<'_>) {
        match event {
            Event::Planned { max_time, .. } => {
                let time = said(*max_time);
                let _ = writeln!(
                    std::io::stderr(),
                    "at most {time}, longer only while rows are still being won (--max-time)"
                );
            }
            Event::RowViolated { .. } => self.violated += 1,
            Event::Exchanged(_) | Event::RowDecided(_) | Event::Finished(_) => {}
            Event::CaseStarted { done, cases, operation, .. } => {
                let violated = match self.violated {
                    0 => String::new(),
                    some => format!(", {some} violated"),
                };
                self.write(&format!("{done}/{cases} {operation}{violated}"));
            }
        }
    }

    fn clear(&self) {
        self.write("");
    }

    fn write(&self, text: &str) {
        if self.terminal {
            let mut out = std::io::stderr();
            // To the start of the line, the text, and nothing behind it (ECMA-48 CSI K).
            let _ = write!(out, "\r{text}\u{1b}[K");
            let _ = out.flush();
        }
    }
}
