//! `etalon explain`: what was understood of a document, operation by operation, and what was not.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use etalon_conformance::plan::count;
use etalon_conformance::report::Group;
use etalon_contract::behaviour::{Begun, Behaviour, begun};
use etalon_contract::document::{Diagnostic, visible_lines};
use etalon_contract::model::{Content, Contract, Operation};
use etalon_contract::rule::RowCounter;
use serde::Serialize;

use crate::cli::command::check::{Components, examined};
use crate::cli::diagnostics::{Format, SourceReport, report, spot};
use crate::cli::source::reading::{Reading, named};
use crate::cli::{Failure, Named, error, whole};

/// The exit code for a document that cannot be read at all.
const REFUSED: u8 = 2;

/// Explain what was understood of an OpenAPI document.
#[derive(Args, Clone, Debug)]
pub struct ExplainArgs {
    /// The OpenAPI document, a file or a URL
    #[arg(value_name = "CONTRACT", value_parser = named())]
    pub contract: Named,

    /// The flags about reading documents.
    #[command(flatten)]
    pub reading: Reading,

    /// Write one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Runs the command: 0 where the document could be read, 2 where not.
#[must_use]
pub fn run(args: &ExplainArgs) -> ExitCode {
    let (findings, behaviour) = examined(&args.contract, &args.reading.reader([&args.contract]), Components::Used);
    let mut out = Vec::new();
    let understood = findings.contract.as_ref().zip(behaviour.as_ref());
    let explanation =
        understood.map(|(contract, behaviour)| Explanation::of(contract, behaviour, &findings.diagnostics));
    let told = match (explanation, args.json) {
        (Some(explanation), false) => {
            let mut plain = Vec::new();
            text(&mut plain, &explanation)
                .and_then(|()| out.write_all(visible_lines(&String::from_utf8_lossy(&plain)).as_bytes()))
        }
        (Some(explanation), true) => json(&mut out, &explanation),
        (None, false) => report(&mut out, Format::Human, std::slice::from_ref(&findings)),
        (None, true) => report(&mut out, Format::Json, std::slice::from_ref(&findings)),
    };
    if let Err(why) = told.and_then(|()| whole::print_bytes(anstream::stdout(), &out)) {
        error(&Failure::usage(format!("the report cannot be written: {why}"), None));
        return ExitCode::from(REFUSED);
    }
    if findings.contract.is_some() { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) }
}

/// A contract as far as it can be told in words.
#[derive(Debug, Serialize)]
pub struct Explanation<'c> {
    title: &'c str,
    openapi: String,
    base_path: &'c str,
    /// Every file that was read, and where it came from.
    sources: Vec<SourceReport<'c>>,
    operations: Vec<ExplainedOperation<'c>>,
    /// The things that the mock's collections begin with, by the document's own examples.
    begins: Vec<Begun>,
    rows: BTreeMap<&'static str, usize>,
    problems: &'c [Diagnostic],
}

#[derive(Debug, Serialize)]
struct ExplainedOperation<'c> {
    id: &'c str,
    method: &'c str,
    path: &'c str,
    summary: Option<&'c str>,
    place: String,
    /// The effect on state that the mock infers, in words.
    behaviour: String,
    /// The reasons for that effect, one fragment each.
    because: Vec<String>,
    parameters: Vec<ExplainedParameter<'c>>,
    body: Option<ExplainedBody>,
    responses: Vec<ExplainedResponse<'c>>,
    /// Alternatives of schemes that must be satisfied together.
    security: Vec<Vec<&'c str>>,
    rows: BTreeMap<&'static str, usize>,
    /// The number of positions of its schemas that have no rows: they lie too deep, or are too many.
    positions_left_out: usize,
    /// The defect that keeps the operation from being used.
    defect: Option<String>,
}

#[derive(Debug, Serialize)]
struct ExplainedParameter<'c> {
    name: &'c str,
    r#in: &'static str,
    required: bool,
}

#[derive(Debug, Serialize)]
struct ExplainedBody {
    required: bool,
    media_types: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ExplainedResponse<'c> {
    status: String,
    media_types: Vec<String>,
    headers: Vec<&'c str>,
}

impl<'c> Explanation<'c> {
    /// The explanation of a contract and what was inferred of it; `problems` are its diagnostics.
    #[must_use]
    pub fn of(contract: &'c Contract, behaviour: &Behaviour, problems: &'c [Diagnostic]) -> Self {
        let mut counter = RowCounter::new(contract, Group::of);
        let operations: Vec<ExplainedOperation<'c>> = (0..contract.entries().len())
            .map(|index| ExplainedOperation::of(contract, behaviour, &mut counter, index))
            .collect();
        let mut all = BTreeMap::new();
        for (kind, count) in operations.iter().flat_map(|operation| &operation.rows) {
            *all.entry(*kind).or_default() += count;
        }
        Self {
            title: contract.title(),
            openapi: contract.document().version().to_string(),
            base_path: contract.base(),
            sources: contract.document().sources().map(SourceReport::of).collect(),
            operations,
            begins: begun(contract, behaviour),
            rows: all,
            problems,
        }
    }
}

impl<'c> ExplainedOperation<'c> {
    fn of(contract: &'c Contract, behaviour: &Behaviour, counter: &mut RowCounter<'c, Group>, index: usize) -> Self {
        let entry = &contract.entries()[index];
        let place = contract.document().place(&entry.at);
        let mut explained = Self {
            id: &entry.id,
            method: entry.method.as_str(),
            path: entry.path.as_str(),
            summary: None,
            behaviour: behaviour.describe(index),
            because: behaviour.effects.get(index).map(|effect| effect.because.clone()).unwrap_or_default(),
            place: format!("{}:{}:{}", place.file, place.line, place.column),
            parameters: Vec::new(),
            body: None,
            responses: Vec::new(),
            security: Vec::new(),
            rows: BTreeMap::new(),
            positions_left_out: 0,
            defect: None,
        };
        match contract.operation(index) {
            Ok(operation) => explained.fill(contract, behaviour, counter, operation),
            Err(defect) => {
                let hint = defect.hint.as_ref().map_or_else(String::new, |hint| format!("; {hint}"));
                explained.defect = Some(format!("{defect}{hint}"));
            }
        }
        explained
    }

    fn fill(
        &mut self,
        contract: &'c Contract,
        behaviour: &Behaviour,
        counter: &mut RowCounter<'c, Group>,
        operation: &'c Operation,
    ) {
        self.summary = operation.summary.as_deref();
        self.parameters = operation
            .parameters
            .iter()
            .map(|one| ExplainedParameter { name: &one.name, r#in: one.place.as_str(), required: one.required })
            .collect();
        self.body = operation
            .body
            .as_ref()
            .map(|body| ExplainedBody { required: body.required, media_types: media_types(&body.content) });
        self.responses = operation
            .responses
            .iter()
            .map(|response| ExplainedResponse {
                status: response.status.to_string(),
                media_types: media_types(&response.content),
                headers: response.headers.iter().map(|header| header.name.as_str()).collect(),
            })
            .collect();
        self.security = operation
            .security
            .iter()
            .map(|one| one.schemes.iter().map(|(scheme, _)| scheme.name.as_str()).collect())
            .collect();
        // What `etalon test` would decide: the rows of the contract, and the stories that its operations tell together.
        let counts = count(counter, contract, behaviour, operation);
        self.rows = counts.rows.into_iter().map(|(group, count)| (group.as_str(), count)).collect();
        self.positions_left_out = counts.left_out;
    }
}

fn media_types(contents: &[Content]) -> Vec<String> {
    contents.iter().map(|content| content.media_type.to_string()).collect()
}

fn json(out: &mut dyn Write, explanation: &Explanation<'_>) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, explanation)?;
    writeln!(out)
}

fn operation_text(out: &mut dyn Write, operation: &ExplainedOperation<'_>) -> io::Result<()> {
    writeln!(out, "\n{} {}  {}", operation.method, operation.path, operation.id)?;
    writeln!(out, "  at         {}", operation.place)?;
    if let Some(defect) = &operation.defect {
        writeln!(out, "  unusable   {defect}")?;
        return Ok(());
    }
    if let Some(summary) = operation.summary {
        writeln!(out, "  does       {summary}")?;
    }
    writeln!(out, "  is mocked  {}", operation.behaviour)?;
    for because in &operation.because {
        writeln!(out, "  because    {because}")?;
    }
    for parameter in &operation.parameters {
        let required = if parameter.required { ", required" } else { "" };
        writeln!(out, "  takes      {} ({}{required})", parameter.name, parameter.r#in)?;
    }
    if let Some(body) = &operation.body {
        let required = if body.required { " (required)" } else { "" };
        writeln!(out, "  body       {}{required}", body.media_types.join(", "))?;
    }
    for response in &operation.responses {
        let types =
            if response.media_types.is_empty() { "no body".to_owned() } else { response.media_types.join(", ") };
        writeln!(out, "  answers    {} {types}", response.status)?;
    }
    let alternatives: Vec<String> = operation
        .security
        .iter()
        .map(|schemes| if schemes.is_empty() { "nobody".to_owned() } else { schemes.join(" and ") })
        .collect();
    if !alternatives.is_empty() {
        writeln!(out, "  asks for   {}", alternatives.join(", or "))?;
    }
    writeln!(out, "  rows       {}", counts(&operation.rows))?;
    if operation.positions_left_out > 0 {
        writeln!(
            out,
            "             {} positions lie too deep, or are too many, to have rows",
            operation.positions_left_out
        )?;
    }
    Ok(())
}

fn text(out: &mut dyn Write, explanation: &Explanation<'_>) -> io::Result<()> {
    writeln!(out, "{} ({}), served under {}/", explanation.title, explanation.openapi, explanation.base_path)?;
    for source in explanation.sources.iter().skip(1) {
        writeln!(out, "with {source}")?;
    }
    for operation in &explanation.operations {
        operation_text(out, operation)?;
    }
    if !explanation.begins.is_empty() {
        writeln!(out, "\nbegins, by the document's own examples:")?;
        for begun in &explanation.begins {
            writeln!(out, "  {}", begun.describe())?;
        }
    }
    writeln!(out, "\nrows in all: {}", counts(&explanation.rows))?;
    if explanation.problems.is_empty() {
        return writeln!(out, "nothing was left out");
    }
    writeln!(out, "\nleft out or doubtful:")?;
    for problem in explanation.problems {
        writeln!(out, "  {}: {} [{}]", spot(problem), problem.reason, problem.code.as_str())?;
    }
    Ok(())
}

fn counts(rows: &BTreeMap<&'static str, usize>) -> String {
    let all: usize = rows.values().sum();
    let kinds: Vec<String> = rows.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    if kinds.is_empty() { all.to_string() } else { format!("{all}: {}", kinds.join(", ")) }
}
