//! The run itself: each contract's plan against its target, with progress on the standard error. What comes of it is told in
//! `outcome`.

use etalon_conformance::recording::{Recorded, Recorder};
use etalon_conformance::{Event, Report, RunError, Settings, run};
use etalon_contract::behaviour::infer;
use etalon_contract::model::BasePath;

use crate::cli::command::test::flags::TestArgs;
use crate::cli::command::test::target::{Interruptible, start, target, watched};
use crate::cli::run::progress::Progress;
use crate::cli::run::recording::{RecordingFile, now};
use crate::cli::signal::Signals;
use crate::cli::{Failure, Loaded};

/// The URL by which reports name a mock that was started for the run: its port differs each time, and `etalon mock` serves the
/// same at this one.
const MOCK: &str = "http://127.0.0.1:4010";

/// Runs every contract's plan, and gives their reports in the contracts' order; fewer where somebody interrupts.
///
/// # Errors
/// The mock cannot start, the ledger cannot be written, or a run ends without a report.
pub(super) async fn verify(
    arguments: &TestArgs,
    (loaded, settings): (&[Loaded], &[Settings]),
    recording: Option<&RecordingFile>,
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
        let target = Interruptible { target, signals, ledger: ledger.as_ref() };
        let behaviour = infer(&one.contract);
        let mut progress = Progress::new();
        let listener = &mut |event: &Event<'_>| progress.show(event);
        let report = match recording {
            None => run(&one.contract, &behaviour, settings, &target, listener).await,
            Some(recording) => {
                let base = arguments.base_path.as_ref().map(BasePath::as_str);
                let (settings, veil) = recording.veil(&one.contract, settings);
                let began = now();
                let run_of = Recorded { contract: &one.contract, base, settings: &settings, began, veil };
                let recorder = Recorder::new(recording.pen(), &target, run_of);
                // Nothing but the target makes the run wait: what it does is to be done again without one.
                let run = tokio::task::unconstrained(run(&one.contract, &behaviour, &settings, &recorder, listener));
                let report = run.await;
                recorder.end(&report);
                report
            }
        };
        progress.clear();
        if let (Some(ledger), Ok(report)) = (ledger, &report) {
            ledger.finish(report.left_behind.len());
        }
        reports.push(report.map_err(|error| failed(error, arguments.url.as_deref().unwrap_or(MOCK), &arguments.auth))?);
    }
    Ok(reports)
}

/// The failure that a run without a report is told as, with a hint that fits the credentials that were given.
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
