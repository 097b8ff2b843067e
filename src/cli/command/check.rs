//! `etalon check`: everything that is wrong with a document, in one run, for people and for machines.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use etalon_contract::behaviour::infer;
use etalon_contract::document::{Diagnostic, Severity, SourceFile};
use etalon_contract::lint;
use etalon_contract::model::Contract;
use etalon_contract::validate::samples;
use serde::Serialize;

use crate::cli::Named;
use crate::cli::diagnostics::sarif;
use crate::cli::diagnostics::show;
use crate::cli::source::open::Reader;
use crate::cli::source::reading::{Reading, named};
use crate::cli::source::remote::Remote;

/// The exit code for a document that cannot be used as it is.
const REFUSED: u8 = 2;

/// Check OpenAPI documents and report everything that is wrong with them.
#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    /// The OpenAPI documents (Swagger 2.0, OpenAPI 3.0, 3.1 or 3.2; YAML or JSON)
    #[arg(value_name = "CONTRACT", required = true, value_parser = named())]
    pub contracts: Vec<Named>,

    /// How documents are read.
    #[command(flatten)]
    pub reading: Reading,

    /// Let warnings fail the check as well
    #[arg(long)]
    pub strict: bool,

    /// Report components that nothing refers to as well
    #[arg(long)]
    pub unused: bool,

    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, with the lines of the document
    Human,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, as code scanners read it
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

/// Which components are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Components {
    /// All, and nothing is said of those that nothing refers to.
    Used,
    /// All, and those that nothing refers to are reported.
    AlsoUnused,
}

/// What was found in one document.
#[derive(Debug)]
pub struct Checked {
    /// The document as the user named it.
    pub name: String,
    /// The contract, if it could be read at all.
    pub contract: Option<Contract>,
    /// Everything that is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

impl Checked {
    /// How many diagnostics are at least errors, and how many are warnings.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let warnings = self.diagnostics.iter().filter(|one| one.severity == Severity::Warning).count();
        (self.diagnostics.len() - warnings, warnings)
    }
}

/// Runs the command: 0 where every document can be used, 2 where one cannot, or has a warning and `--strict` is given.
#[must_use]
pub fn run(args: &CheckArgs) -> ExitCode {
    let reader = args.reading.reader(&args.contracts);
    let components = if args.unused { Components::AlsoUnused } else { Components::Used };
    let checked: Vec<Checked> = args.contracts.iter().map(|named| check_with(named, &reader, components)).collect();
    let refused =
        checked.iter().map(Checked::counts).any(|(errors, warnings)| errors > 0 || args.strict && warnings > 0);
    // A reader that has gone away has seen enough.
    let _ = report(&mut anstream::stdout().lock(), args.format, &checked);
    if refused { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS }
}

/// Checks a document on disk.
#[must_use]
pub fn check(path: &Path, overlays: &[PathBuf], root: Option<&Path>) -> Checked {
    let overlays = overlays.iter().map(|path| Named::from(path.as_path())).collect();
    let reader = Reader::new(overlays, root.map(Path::to_owned), Remote::default());
    check_with(&path.into(), &reader, Components::Used)
}

/// Checks one document.
#[must_use]
pub fn check_with(named: &Named, reader: &Reader, components: Components) -> Checked {
    let name = named.to_string();
    match reader.document(named).map(Contract::new) {
        Ok(contract) => {
            let mut more = infer(&contract).defects;
            more.extend(samples(&contract));
            if let Components::AlsoUnused = components {
                more.extend(lint::unused(&contract));
            }
            let diagnostics = lint::diagnostics_with(&contract, &more);
            Checked { name, diagnostics, contract: Some(contract) }
        }
        Err(diagnostics) => Checked { name, diagnostics, contract: None },
    }
}

/// Writes the report.
///
/// # Errors
/// Where the output cannot be written.
pub fn report(out: &mut dyn Write, format: Format, checked: &[Checked]) -> io::Result<()> {
    match format {
        Format::Human => checked.iter().try_for_each(|one| show::show(out, one)),
        Format::Json => json(out, checked),
        Format::Sarif => sarif::write(out, checked),
        Format::Github => github(out, checked),
    }
}

#[derive(Serialize)]
struct JsonReport<'c> {
    version: u8,
    documents: Vec<JsonDocument<'c>>,
}

#[derive(Serialize)]
struct JsonDocument<'c> {
    file: &'c str,
    openapi: Option<String>,
    operations: Option<usize>,
    errors: usize,
    warnings: usize,
    sources: Vec<JsonSource<'c>>,
    diagnostics: &'c [Diagnostic],
}

/// A file that was read, as reports for programs have it.
#[derive(Debug, Serialize)]
pub(crate) struct JsonSource<'c> {
    file: &'c str,
    role: &'static str,
    /// Whether it was fetched from `file`.
    remote: bool,
    /// The URL that a reference named, where that led on to `file`.
    asked: Option<&'c str>,
    bytes: usize,
}

impl fmt::Display for JsonSource<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({}", self.file, self.role)?;
        match (self.remote, self.asked) {
            (false, _) => {}
            (true, None) => write!(out, ", remote")?,
            (true, Some(asked)) => write!(out, ", remote, asked for as {asked}")?,
        }
        write!(out, ", {} bytes)", self.bytes)
    }
}

impl<'c> JsonSource<'c> {
    pub(crate) fn of(source: SourceFile<'c>) -> Self {
        let SourceFile { name, role, is_remote, asked, bytes } = source;
        Self { file: name, role: role.as_str(), remote: is_remote, asked, bytes }
    }
}

fn json(out: &mut dyn Write, checked: &[Checked]) -> io::Result<()> {
    let document = |one| {
        let Checked { name, contract, diagnostics }: &Checked = one;
        let (errors, warnings) = one.counts();
        JsonDocument {
            file: name,
            openapi: contract.as_ref().map(|contract| contract.document().version().to_string()),
            operations: contract.as_ref().map(|contract| contract.entries().len()),
            errors,
            warnings,
            sources: contract.iter().flat_map(|contract| contract.document().sources()).map(JsonSource::of).collect(),
            diagnostics,
        }
    };
    let report = JsonReport { version: 1, documents: checked.iter().map(document).collect() };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn github(out: &mut dyn Write, checked: &[Checked]) -> io::Result<()> {
    for diagnostic in checked.iter().flat_map(|one| &one.diagnostics) {
        let word = match diagnostic.severity {
            Severity::Fatal | Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let place = &diagnostic.place;
        write!(out, "::{word} file={}", property(&place.file))?;
        if place.line > 0 {
            write!(out, ",line={},col={}", place.line, place.column)?;
        }
        let hint = diagnostic.hint.as_ref().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
        let message = format!("{}{hint}", diagnostic.reason);
        writeln!(out, ",title={}::{}", property(diagnostic.code.as_str()), data(&message))?;
    }
    Ok(())
}

/// Escapes the message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The report on a fixture, without colours.
    fn reported(format: Format, name: &str) -> String {
        let checked = check(&Path::new("fixtures/documents").join(name), &[], None);
        let mut out = Vec::new();
        report(&mut out, format, &[checked]).expect("memory can be written");
        anstream::adapter::strip_str(std::str::from_utf8(&out).expect("reports are text")).to_string()
    }

    #[test]
    fn people_see_the_line_the_reason_and_a_hint() {
        insta::assert_snapshot!("check-human", reported(Format::Human, "typos.yaml"));
    }

    #[test]
    fn doubts_about_values_are_shown_within_them_and_what_is_unused_on_demand() {
        let path = Named::from(Path::new("fixtures/documents/doubts.yaml"));
        let codes = |components: Components| {
            let checked = check_with(&path, &Reader::default(), components);
            let found = checked.diagnostics.iter();
            found.map(|one| (one.code.as_str(), one.place.line)).collect::<Vec<(&str, usize)>>()
        };
        let used = codes(Components::Used);
        let examples: Vec<usize> =
            used.iter().filter(|(code, _)| *code == "invalid-example").map(|(_, line)| *line).collect();
        assert_eq!(examples, [13, 13, 15, 16, 21, 21, 21, 32]);
        assert!(!used.iter().any(|(code, _)| *code == "unused"));
        let all = codes(Components::AlsoUnused);
        let unused: Vec<usize> = all.iter().filter(|(code, _)| *code == "unused").map(|(_, line)| *line).collect();
        assert_eq!(unused, [25, 36, 41, 45, 46]);
        assert_eq!(all.len(), used.len() + unused.len());
    }

    #[test]
    fn workflows_see_annotations() {
        insta::assert_snapshot!("check-github", reported(Format::Github, "typos.yaml"));
    }

    #[test]
    fn machines_see_every_diagnostic_in_each_format() {
        let json: serde_json::Value = serde_json::from_str(&reported(Format::Json, "typos.yaml")).expect("it is JSON");
        let sarif: serde_json::Value =
            serde_json::from_str(&reported(Format::Sarif, "typos.yaml")).expect("it is JSON");
        let diagnostics = json["documents"][0]["diagnostics"].as_array().expect("there are some");
        let results = sarif["runs"][0]["results"].as_array().expect("there are some");
        assert_eq!(diagnostics.len(), results.len());
        for (diagnostic, result) in diagnostics.iter().zip(results) {
            assert_eq!(diagnostic["code"], result["ruleId"]);
            let region = &result["locations"][0]["physicalLocation"]["region"];
            assert_eq!(diagnostic["place"]["line"], region["startLine"]);
            assert_eq!(diagnostic["place"]["column"], region["startColumn"]);
        }
        assert_eq!(json["documents"][0]["errors"], 6);
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_place() {
        let folder = std::env::temp_dir().join(format!("etalon-check-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        let path = folder.join("api.yaml");
        std::fs::write(&path, "openapi: 3.0.3\ninfo: {title: [\npaths: {}\n").expect("it can be written");
        let checked = check(&path, &[], None);
        let mut out = Vec::new();
        report(&mut out, Format::Human, std::slice::from_ref(&checked)).expect("memory can be written");
        std::fs::remove_dir_all(&folder).expect("it is ours");
        assert!(checked.contract.is_none() && checked.counts().0 == 1, "{checked:?}");
        assert!(String::from_utf8_lossy(&out).contains("title: ["), "{}", String::from_utf8_lossy(&out));
        assert_eq!(check(&folder, &[], None).diagnostics[0].code.as_str(), "unreadable");
    }
}
