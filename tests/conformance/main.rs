//! The conformance suite as ordinary tests: one named test for each operation of a contract, against the target at
//! `ETALON_URL`, or against a mock that is started in this process where that is not set.
//!
//!     cargo test --test conformance
//!     ETALON_URL=http://localhost:8080 ETALON_AUTH='BearerAuth=secret' cargo test --test conformance -- createOrg
//!
//! | variable | what it is |
//! |---|---|
//! | `ETALON_URL` | the base URL of the target |
//! | `ETALON_CONTRACT` | a document; the shipped contracts where it is not set |
//! | `ETALON_AUTH` | `SCHEME=VALUE` or `user:password`, several separated by spaces |
//! | `ETALON_SET` | `name=value` of parameters that must exist on the target, several separated by spaces |
//! | `ETALON_SEED` | the seed; 0 where it is not set |
//! | `ETALON_SNAPSHOTS` | a folder of verdicts that the target is held to, row by row |
//!
//! Requests are generated, and failing ones made smaller, by proptest; verdicts are held against insta snapshots, from
//! which everything that differs from run to run is left out.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::{env, fs};

use etalon::cli::{load, load_shipped};
use etalon::server::{Credentials as Issued, Mock, serve};
use etalon_conformance::report::{Paint, human};
use etalon_conformance::verdict::{Verdict, VerdictKind};
use etalon_conformance::{Credentials, Http, Report, Settings, TIMEOUT, run, schemes};
use etalon_contract::behaviour::infer;
use etalon_contract::model::Contract;
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::net::TcpListener;

fn main() {
    let arguments = Arguments::from_args();
    let contracts: Vec<Arc<Contract>> = match env::var_os("ETALON_CONTRACT").map(PathBuf::from) {
        Some(path) => vec![load(&path, &[]).unwrap_or_else(|failure| stop(&failure.to_string())).contract],
        None => load_shipped().expect("the shipped contracts are sound").into_iter().map(|one| one.contract).collect(),
    };
    let mut trials = Vec::new();
    for contract in contracts {
        for entry in contract.entries() {
            let (contract, operation) = (contract.clone(), entry.id.clone());
            trials.push(Trial::test(entry.id.clone(), move || verify(&contract, &operation)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// The target of the suite.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// A mock in this process, which takes the credentials that it issues.
    Mock,
    /// Whatever is at a URL.
    At(String),
}

/// Ends the suite where it cannot begin.
fn stop(why: &str) -> ! {
    panic!("the suite cannot begin: {why}")
}

fn verify(contract: &Arc<Contract>, operation: &str) -> Result<(), Failed> {
    let target = env::var("ETALON_URL").map_or(Target::Mock, Target::At);
    let settings = settings(contract, operation, &target)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let report = runtime.block_on(async {
        let address = match &target {
            Target::At(url) => url.clone(),
            Target::Mock => {
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                let address = format!("http://{}", listener.local_addr()?);
                let mock = Arc::new(Mock::new([contract.clone()], Issued::default(), settings.seed));
                tokio::spawn(serve(listener, mock, std::future::pending()));
                address
            }
        };
        let http = Http::new(&address, contract.base(), TIMEOUT)?;
        let report = run(contract, &infer(contract), &settings, &http, &mut |_| {}).await?;
        Ok::<Report, Failed>(report)
    });
    runtime.shutdown_background();
    let report = report?;
    if report.count(VerdictKind::Violated) > 0 {
        return Err(human(&report, Paint::Plain).into());
    }
    hold(&report, operation, &target);
    Ok(())
}

fn settings(contract: &Contract, operation: &str, target: &Target) -> Result<Settings, Failed> {
    let mut credentials = Credentials::default();
    for given in words("ETALON_AUTH") {
        credentials.give(contract, &given)?;
    }
    if *target == Target::Mock {
        for (name, scheme) in schemes(contract) {
            if !credentials.has(&scheme) {
                credentials.set(&name, Issued::default().issued(&scheme));
            }
        }
    }
    let split = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    let set = words("ETALON_SET").iter().filter_map(|pair| split(pair)).collect();
    let seed = env::var("ETALON_SEED").ok().map_or(Ok(0), |seed| seed.parse())?;
    Ok(Settings { seed, credentials, set, operations: vec![operation.to_owned()], ..Settings::default() })
}

fn words(variable: &str) -> Vec<String> {
    env::var(variable).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

/// Holds the verdicts against those that were kept: in the folder that is named, or of the shipped contracts' mock.
fn hold(report: &Report, operation: &str, target: &Target) {
    let folder = match (env::var_os("ETALON_SNAPSHOTS").map(PathBuf::from), target) {
        (Some(folder), _) => fs::canonicalize(&folder).unwrap_or(folder),
        (None, Target::Mock) if env::var_os("ETALON_CONTRACT").is_none() => PathBuf::from("snapshots"),
        (None, Target::Mock | Target::At(_)) => return,
    };
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path(folder);
    let name: String = operation.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    settings.bind(|| insta::assert_snapshot!(name, verdicts(report)));
}

/// One line for each row.
fn verdicts(report: &Report) -> String {
    let mut lines = String::new();
    for line in report.rows() {
        let why = match &line.verdict {
            Verdict::Proved { note: None } | Verdict::Violated(_) => String::new(),
            Verdict::Proved { note: Some(note) } => format!("  ({note})"),
            Verdict::Inconclusive(why) | Verdict::Unreachable(why) | Verdict::Waived(why) => format!("  ({why})"),
        };
        writeln!(lines, "{:<12} {}{why}", line.verdict.kind().as_str(), line.id()).expect("a string takes all");
    }
    lines
}
