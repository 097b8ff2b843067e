//! The flags of `etalon test`, with their help. They know nothing of contracts: what a value means for one is told in
//! `settings`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use etalon_conformance::{PATIENCE, SHRINKING, TIMEOUT};
use etalon_contract::model::{BasePath, BasePathError};

use crate::cli::command::restraint::Restraint;
use crate::cli::run::reports;
use crate::cli::source::reading::named;
use crate::cli::{Named, Reading};
use crate::criterion::Criterion;

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
      --record run.etr                               and what `etalon judge` computes the verdicts from
  etalon test api.yaml --include 'GET /users/**' --exclude deleteUser --list
                                                     what would be tested of some operations

Exit codes, of several that hold the first: 130 interrupted, 1 the target violates the contract, 3 it is
gone, 2 a flag or the contract is wrong or too little could be tested, 0 the target conforms.";

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
    #[arg(long, value_name = "FORMAT=FILE", help = reports::help())]
    pub report: Vec<String>,

    /// Write down every exchange, so that `etalon judge` gives the same verdicts without the target
    #[arg(long, value_name = "FILE", conflicts_with_all = ["list", "show_credentials"])]
    pub record: Option<PathBuf>,

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
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = time)]
    pub max_time: Duration,

    /// The longest time that an accepted request may take to have its effect, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = PATIENCE.as_secs())]
    pub patience: u64,

    /// The flags about the load and the changes that the target has to bear.
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
