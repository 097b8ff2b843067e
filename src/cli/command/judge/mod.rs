//! `etalon judge`: computes the verdicts of a recorded run again. Nothing is sent and no clock is read: recording and contract are all
//! that counts, so whoever has both gets the same report, byte for byte.

mod archive;
mod telling;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use etalon_conformance::recording::{Flaw, Judgement, Section, judge, read};
use etalon_conformance::{Report, har};
use etalon_contract::model::{BasePath, Contract};

use crate::cli::run::{reports, told};
use crate::cli::source::files::read_named;
use crate::cli::source::reading::named;
use crate::cli::{Exit, Failure, Loaded, Named, Reading, load_shipped, whole};

/// The end of `--help`.
const EXAMPLES: &str = "\
Examples:
  etalon test api.yaml --url http://localhost:8080 --record run.etr
                                                     run and record
  etalon judge run.etr api.yaml                      the same verdicts, without the server
  etalon judge run.etr api.yaml --report json=report.json --report junit=junit.xml
                                                     the same reports, byte for byte
  etalon judge run.etr                               a run of the contracts that come with etalon
  etalon judge run.etr api.yaml --har run.har        and the exchanges as browsers read them
  etalon judge traffic.har api.yaml --url https://api.example.com/v1
                                                     what a browser or a test tool has recorded

Exit codes, of several that hold the first: 4 the recording is not what a run has written, or of another
contract, and otherwise what the run ended with: 130, 1, 3, 2 or 0.";

/// The flags of `etalon judge`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct JudgeArgs {
    /// The recording that `etalon test --record` or `etalon proxy --record` wrote, or an HTTP archive (HAR)
    #[arg(value_name = "RECORDING|HAR")]
    pub recording: PathBuf,

    /// The OpenAPI document of the run, a file or a URL [default: the contracts that come with etalon]
    #[arg(value_name = "CONTRACT", value_parser = named())]
    pub contract: Option<Named>,

    /// The flags about reading the document.
    #[command(flatten)]
    pub reading: Reading,

    /// Of an HTTP archive, judge only what was sent below this URL, at which the contract's paths begin
    #[arg(long, value_name = "URL", requires = "contract")]
    pub url: Option<String>,

    /// Write the exchanges of a recording to a file as an HTTP archive (HAR 1.2)
    #[arg(long, value_name = "FILE")]
    pub har: Option<PathBuf>,

    /// Write a report to a file, or with `-` to the standard output
    #[arg(long, value_name = "FORMAT=FILE", help = reports::help())]
    pub report: Vec<String>,
}

/// Judges the recording, and gives the exit code.
///
/// # Errors
/// A flag or the contract is wrong, or the recording cannot be read or believed.
pub fn execute(arguments: &JudgeArgs) -> Result<Exit, Failure> {
    let path = arguments.recording.display();
    let bytes = read_named(&arguments.recording)
        .map_err(|why| Failure::usage(format!("{path} cannot be read: {why}"), None))?;
    if archive::is_one(&bytes) {
        return archive::execute(arguments, &bytes);
    }
    if arguments.url.is_some() {
        return Err(Failure::usage("--url is for HTTP archives: a recording names its server", None));
    }
    let refuted = |flaw: &Flaw| Failure::Refuted { reason: format!("{path}: {flaw}") };
    let recording = read(&bytes).map_err(|flaw| {
        Failure::usage(format!("{path}: {flaw}"), Some("etalon test --record FILE writes one that this etalon reads"))
    })?;
    // What is cut off is judged as far as it goes; of anything else nothing is believed.
    if let Some(flaw) = recording.flaw.as_ref().filter(|flaw| !matches!(flaw, Flaw::Cut { .. })) {
        return Err(refuted(flaw));
    }
    let files = reports::files(&arguments.report)?;
    if let Some(file) = &arguments.har {
        whole::write(file, &har::text(&recording.sections))
            .map_err(|error| Failure::usage(format!("{} cannot be written: {error}", file.display()), None))?;
    }
    let mut judgements = Vec::new();
    for section in &recording.sections {
        let contract = contract(arguments, section)?;
        judgements.push(judged(section, &contract)?);
    }
    let mut flaw = recording.flaw.clone();
    flaw = flaw.or_else(|| judgements.iter().find_map(|judgement| judgement.flaw.clone()));
    telling::about(&recording, &judgements, flaw.as_ref());
    if let Some(flaw) = &flaw
        && !matches!(flaw, Flaw::Cut { .. })
    {
        return Err(refuted(flaw));
    }
    let (reports, failed): (Vec<_>, Vec<_>) =
        judgements.into_iter().map(|judgement| judgement.report).partition(Result::is_ok);
    let reports: Vec<Report> = reports.into_iter().flatten().collect();
    let mut shown = told::show(&files, &reports);
    for (format, file) in files.iter().filter(|_| !reports.is_empty()) {
        shown = reports::write(*format, file, &reports).and(shown);
    }
    shown?;
    if let Some(flaw) = &flaw {
        return Err(refuted(flaw));
    }
    match failed.into_iter().find_map(Result::err) {
        Some(failed) => Err(Failure::usage(format!("the run ended without a report: {failed}"), None)),
        None => Ok(told::conclude(&reports)),
    }
}

/// The contract of a run: the one that was named, or the one of those that come with etalon that the run was of, under the names that
/// its files had.
fn contract(arguments: &JudgeArgs, section: &Section) -> Result<Arc<Contract>, Failure> {
    let Some(named) = &arguments.contract else {
        arguments.reading.without_documents("judge RECORDING")?;
        let shipped = load_shipped()?;
        let digest = |one: &Loaded| one.contract.document().digest().to_string();
        return shipped
            .iter()
            .find(|one| digest(one) == section.digest())
            .map(|one| Arc::clone(&one.contract))
            .ok_or_else(|| {
                Failure::usage(
                    format!("the run was of {}, which does not come with this etalon", section.title()),
                    Some("name its contract: etalon judge RECORDING api.yaml"),
                )
            });
    };
    let reader = arguments.reading.reader([named]);
    let document = reader.document(named).map_err(Failure::Document)?.shown_as(section.files());
    let contract = match section.base() {
        Some(base) => {
            let base =
                BasePath::parse(base).map_err(|why| Failure::Refuted { reason: format!("its base path: {why}") })?;
            Contract::mounted(document, &base)
        }
        None => Contract::new(document),
    };
    Ok(Arc::new(contract))
}

/// The judgement of one run.
fn judged(section: &Section, contract: &Contract) -> Result<Judgement, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| Failure::Unreachable { reason: format!("the judge cannot start: {error}"), hint: None })?;
    Ok(runtime.block_on(judge(section, contract, &mut |_| {})))
}
