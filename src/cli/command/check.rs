//! `etalon check`: everything that is wrong with a document, in one run, for people and for machines.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use etalon_contract::behaviour::{Behaviour, infer};
use etalon_contract::generate::impossible;
use etalon_contract::lint;
use etalon_contract::model::Contract;
use etalon_contract::validate::samples;

use crate::cli::diagnostics::{Findings, Format, report};
use crate::cli::source::open::Reader;
use crate::cli::source::reading::{Reading, named};
use crate::cli::source::remote::Remote;
use crate::cli::{Failure, Named, error, whole};

/// The exit code for a document that cannot be used as it is.
const REFUSED: u8 = 2;

/// Check OpenAPI documents and report everything that is wrong with them.
#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    /// The OpenAPI documents (Swagger 2.0, OpenAPI 3.0, 3.1 or 3.2; YAML or JSON)
    #[arg(value_name = "CONTRACT", required = true, value_parser = named())]
    pub contracts: Vec<Named>,

    /// The flags about reading documents.
    #[command(flatten)]
    pub reading: Reading,

    /// Let warnings fail the check as well
    #[arg(long)]
    pub strict: bool,

    /// Report components that nothing refers to as well
    #[arg(long)]
    pub unused: bool,

    /// The format of the report
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// The components that are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Components {
    /// All, and nothing is said of those that nothing refers to.
    Used,
    /// All, and those that nothing refers to are reported.
    AlsoUnused,
}

/// Runs the command: 0 where every document can be used, 2 where one cannot, or has a warning and `--strict` is given.
#[must_use]
pub fn run(args: &CheckArgs) -> ExitCode {
    let reader = args.reading.reader(&args.contracts);
    let components = if args.unused { Components::AlsoUnused } else { Components::Used };
    let findings: Vec<Findings> = args.contracts.iter().map(|named| check_with(named, &reader, components)).collect();
    let refused =
        findings.iter().map(Findings::counts).any(|(errors, warnings)| errors > 0 || args.strict && warnings > 0);
    let mut text = Vec::new();
    let written =
        report(&mut text, args.format, &findings).and_then(|()| whole::print_bytes(anstream::stdout(), &text));
    if let Err(why) = written {
        error(&Failure::usage(format!("the report cannot be written: {why}"), None));
        return ExitCode::from(REFUSED);
    }
    if refused { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS }
}

/// Checks a document on disk.
#[must_use]
pub fn check(path: &Path, overlays: &[PathBuf], root: Option<&Path>) -> Findings {
    let overlays = overlays.iter().map(|path| Named::from(path.as_path())).collect();
    let reader = Reader::new(overlays, root.map(Path::to_owned), Remote::default());
    check_with(&path.into(), &reader, Components::Used)
}

/// Checks one document and gives its diagnostics.
#[must_use]
pub fn check_with(named: &Named, reader: &Reader, components: Components) -> Findings {
    examined(named, reader, components).0
}

/// Checks one document and gives its diagnostics, with what was inferred on the way where it could be read.
pub(super) fn examined(named: &Named, reader: &Reader, components: Components) -> (Findings, Option<Behaviour>) {
    let name = named.to_string();
    match reader.document(named).map(Contract::new) {
        Ok(contract) => {
            let behaviour = infer(&contract);
            let mut more = behaviour.defects.clone();
            more.extend(samples(&contract));
            more.extend(impossible(&contract));
            if let Components::AlsoUnused = components {
                more.extend(lint::unused(&contract));
            }
            let diagnostics = lint::diagnostics_with(&contract, &more);
            (Findings { name, diagnostics, contract: Some(contract) }, Some(behaviour))
        }
        Err(diagnostics) => (Findings { name, diagnostics, contract: None }, None),
    }
}
