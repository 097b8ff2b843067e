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
    Conclusion, Credentials, Event, Http, PATIENCE, Report, RunError, SHRINKING, Settings, Showing, TIMEOUT, VALID,
    run, schemes,
};
use etalon_contract::behaviour::infer;
use etalon_contract::model::{BasePath, BasePathError};
use tokio::net::TcpListener;

use crate::cli::diagnostics::near::near;
use crate::cli::load_shipped;
use crate::cli::source::contracts::load_at;
use crate::cli::source::reading::named;
use crate::cli::{Exit, Failure, Loaded, Named, Reading};
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

Exit codes: 0 the target conforms, 1 it violates the contract, 2 a flag or the contract is wrong or
too little could be tested, 3 the target cannot be reached, 130 interrupted.";

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

    /// The longest time that an accepted request may take to have its effect, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = PATIENCE.as_secs())]
    pub patience: u64,
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
        // Better told now than when the run is over.
        writable(file)?;
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
    let reports = runtime.block_on(async {
        tokio::select! {
            reports = verify(arguments, &loaded, &settings) => reports.map(Some),
            _ = tokio::signal::ctrl_c() => Ok(None),
        }
    });
    // A mock that still serves is not waited for.
    runtime.shutdown_background();
    let Some(reports) = reports? else {
        let _ = writeln!(anstream::stderr(), "interrupted");
        return Ok(Exit::Interrupted);
    };
    let shown: Vec<String> = reports.iter().map(|report| human(report, Paint::Colours)).collect();
    // There is nobody to tell if stdout is closed; the exit code says it all the same.
    if files.iter().any(|(_, file)| is_stdout(file)) {
        let _ = writeln!(anstream::stderr(), "{}", shown.join("\n\n"));
    } else {
        let _ = writeln!(anstream::stdout(), "{}", shown.join("\n\n"));
    }
    let untested = reports.iter().any(|report| report.conclusion() == Conclusion::NothingTested);
    if untested && arguments.auth.is_empty() && loaded.iter().any(|one| !schemes(&one.contract).is_empty()) {
        let _ = writeln!(anstream::stderr(), "hint: the contract asks for credentials: --auth SCHEME=VALUE");
    }
    for (format, file) in files {
        write_report(format, &file, &reports)?;
    }
    Ok(conclude(&reports))
}

/// Runs every contract's plan.
async fn verify(arguments: &TestArgs, loaded: &[Loaded], settings: &[Settings]) -> Result<Vec<Report>, Failure> {
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
        let behaviour = infer(&one.contract);
        let mut progress = Line::new();
        let report = run(&one.contract, &behaviour, settings, &target, &mut |event| progress.show(event)).await;
        progress.clear();
        reports.push(report.map_err(|error| failed(error, arguments.url.as_deref().unwrap_or(MOCK), &arguments.auth))?);
    }
    Ok(reports)
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
            Some(_) | None => {
                Err(Failure::usage(format!("`{text}` is no value for {flag}"), Some(&format!("write {flag} {form}"))))
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

fn writable(file: &Path) -> Result<(), Failure> {
    if is_stdout(file) {
        return Ok(());
    }
    let opened = std::fs::OpenOptions::new().append(true).create(true).open(file);
    opened.map(drop).map_err(|error| unwritable(file, &error))
}

fn unwritable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("the report {} cannot be written: {error}", file.display()), None)
}

fn write_report(format: Format, file: &Path, reports: &[Report]) -> Result<(), Failure> {
    let text = format.text(reports);
    if is_stdout(file) {
        let _ = std::io::stdout().write_all(text.as_bytes());
        return Ok(());
    }
    std::fs::write(file, text).map_err(|error| unwritable(file, &error))
}

/// The exit code of what the runs amount to together.
fn conclude(reports: &[Report]) -> Exit {
    match Conclusion::of(reports) {
        Conclusion::Violates => Exit::Violates,
        Conclusion::NothingTested | Conclusion::Partly => Exit::Usage,
        Conclusion::Conforms => Exit::Conforms,
    }
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
            Event::RowViolated { .. } => self.violated += 1,
            Event::Planned { .. } | Event::Exchanged(_) | Event::RowDecided(_) | Event::Finished(_) => {}
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
