//! What people read: the start-up table, a `curl` line, an error. Colours reach terminals only.

use std::fmt::Write as _;
use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use etalon_contract::behaviour::Action;
use etalon_contract::codec::{Draft, DraftBody, Request, encode};
use etalon_contract::document::Location;
use etalon_contract::generate::{self, Seeded};
use etalon_contract::model::{Direction, In, Operation, Requirement};
use etalon_contract::validate;
use serde_json::Value;

use crate::cli::Failure;
use crate::server::{Credentials, Mock, Service, Shadowed};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const METHOD: Style = AnsiColor::Cyan.on_default();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Tells an error on stderr.
pub fn error(failure: &Failure) {
    // There is nobody to tell if stderr is closed.
    let _ = writeln!(anstream::stderr(), "{ERROR}error{ERROR:#}: {failure}");
}

/// The table that a mock shows when it starts: what is served, what each operation does, and a line to try.
#[must_use]
pub fn banner(mock: &Mock, names: &[String], origin: &str) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{BOLD}etalon mock{BOLD:#} on {BOLD}{origin}{BOLD:#} {DIM}(seed {}){DIM:#}", mock.seed());
    for (service, name) in mock.services().iter().zip(names) {
        table(&mut text, mock, service, name, origin);
    }
    shadows(&mut text, mock, names);
    let _ = writeln!(text, "\n{DIM}Ctrl-C stops it.{DIM:#}");
    text
}

/// How many operations that are never reached are named: enough to see which documents clash.
const SHADOWED: usize = 5;

/// What is described by two contracts at one path, and who answers.
fn shadows(text: &mut String, mock: &Mock, names: &[String]) {
    let shadowed = mock.shadowed();
    if shadowed.is_empty() {
        return;
    }
    let _ = writeln!(text);
    for Shadowed { shadowed, reached } in shadowed.iter().take(SHADOWED) {
        let entry = &mock.services()[shadowed.0].contract.entries()[shadowed.1];
        let (lost, kept) = (&names[shadowed.0], &names[reached.0]);
        let _ = writeln!(
            text,
            "{WARNING}warning{WARNING:#}: {} {} of {lost} is never reached: that of {kept} answers",
            entry.method, entry.path
        );
    }
    if shadowed.len() > SHADOWED {
        let _ = writeln!(text, "  {DIM}and {} more{DIM:#}", shadowed.len() - SHADOWED);
    }
    let lost = &names[shadowed[0].shadowed.0];
    let _ = writeln!(text, "  {DIM}give one of them a path of its own: --mount /other={lost}{DIM:#}");
}

/// How many operations of a contract the start-up table shows: about two screens.
const SHOWN: usize = 80;

fn table(text: &mut String, mock: &Mock, service: &Service, name: &str, origin: &str) {
    let contract = &service.contract;
    let _ = writeln!(text, "\n{BOLD}{}{BOLD:#} {DIM}({name}){DIM:#} at {origin}{}", contract.title(), contract.base());
    let entries = contract.entries();
    let shown = entries.len().min(SHOWN);
    let widest = |measure: &dyn Fn(usize) -> usize| (0..shown).map(measure).max().unwrap_or(0);
    let methods = widest(&|index| entries[index].method.as_str().chars().count());
    let paths = widest(&|index| entries[index].path.as_str().chars().count());
    for (index, entry) in entries.iter().enumerate().take(shown) {
        let cannot = match contract.operation(index) {
            // Of a contract that is shown in part, not all schemas are compiled for it.
            Ok(operation) if entries.len() <= SHOWN => service.unusable(operation),
            Ok(_) => None,
            Err(defect) => Some(defect.clone()),
        };
        let does = match cannot {
            None => service.behaviour.describe(index),
            Some(defect) => format!("{WARNING}cannot be served{WARNING:#}: {}", defect.reason),
        };
        let _ = writeln!(
            text,
            "  {METHOD}{:methods$}{METHOD:#}  {:paths$}  {DIM}{does}{DIM:#}",
            entry.method.as_str(),
            entry.path.as_str()
        );
    }
    if entries.len() > shown {
        let more = entries.len() - shown;
        let _ = writeln!(text, "  {DIM}and {more} more; etalon explain {name} shows them all{DIM:#}");
    }
    for defect in &service.behaviour.defects {
        let diagnostic = contract.document().diagnose(defect, etalon_contract::document::Severity::Warning);
        let _ = writeln!(text, "  {WARNING}warning{WARNING:#}: {diagnostic}");
    }
    let accepted = accepted(mock.credentials(), service);
    if !accepted.is_empty() {
        let _ = writeln!(text, "  credentials  {}", accepted.join("\n               or "));
    }
    if let Some(line) = curl(mock, service, origin) {
        let _ = writeln!(text, "  try          {line}");
    }
}

/// The ways in that the operations of a contract have, each once.
fn accepted(credentials: &Credentials, service: &Service) -> Vec<String> {
    if credentials.accepts_any() {
        return vec!["anything that is well-formed".to_owned()];
    }
    let mut found: Vec<String> = Vec::new();
    for alternative in service.contract.operations().flat_map(|operation| &operation.security) {
        let parts: Vec<String> = alternative
            .schemes
            .iter()
            .filter_map(|(scheme, _)| credentials.written(scheme))
            .map(|(place, name, value)| match place {
                In::Header => format!("{name}: {value}"),
                In::Path | In::Query | In::QueryString | In::Cookie => format!("{place} {name}={value}"),
            })
            .collect();
        let words = parts.join(" + ");
        if !words.is_empty() && !found.contains(&words) {
            found.push(words);
        }
    }
    found
}

/// A line that works: a valid request for the first operation that adds something, else for one that can be asked.
#[must_use]
pub fn curl(mock: &Mock, service: &Service, origin: &str) -> Option<String> {
    request_to_try(mock, service).map(|request| written(&request, origin))
}

/// The request of that line.
pub(super) fn request_to_try(mock: &Mock, service: &Service) -> Option<Request> {
    let mut operations: Vec<&Operation> = service.contract.operations().collect();
    // What needs nothing to be there goes first.
    operations.sort_by_key(|operation| match service.behaviour.effects[operation.index].action {
        Action::Create | Action::Upsert => 0,
        Action::List => 1,
        Action::Answer | Action::Replace => 2,
        Action::Read | Action::Update | Action::Delete => 3,
    });
    for operation in operations {
        let mut choices = Seeded::new(mock.seed(), ["curl", operation.id.as_str()]);
        let Ok(mut draft) = generate::valid(&service.contract, operation, &mut choices) else { continue };
        show_examples(service, operation, &mut draft);
        let Ok(mut request) = encode(&service.contract, operation, &draft) else { continue };
        if std::str::from_utf8(&request.body).is_err() {
            continue;
        }
        if let Some(alternative) = simplest(&operation.security) {
            for (scheme, _) in &alternative.schemes {
                authorise(&mut request, mock.credentials().written(scheme));
            }
        }
        return Some(request);
    }
    None
}

/// Puts the document's own examples into a request, each where it is valid.
fn show_examples(service: &Service, operation: &Operation, draft: &mut Draft) {
    let is_valid = |at: Option<&Location>, value: &Value| {
        at.is_none_or(|at| validate::is_valid(&service.contract, at, Direction::Request, value).unwrap_or(false))
    };
    for parameter in &operation.parameters {
        let Some(example) = parameter.examples.first() else { continue };
        if draft.parameter(parameter.place, &parameter.name).is_some() && is_valid(parameter.shape.schema(), example) {
            draft.set_parameter(parameter.place, &parameter.name, example.clone());
        }
    }
    if let Some(DraftBody::Value { media_type, value }) = &mut draft.body
        && let Some(content) = operation.body.as_ref().and_then(|body| body.content_for(media_type))
        && let Some(example) = content.examples.iter().find(|example| is_valid(content.schema.as_ref(), example))
    {
        *value = example.clone();
    }
}

/// The alternative that needs least.
fn simplest(security: &[Requirement]) -> Option<&Requirement> {
    security.iter().min_by_key(|alternative| alternative.schemes.len())
}

fn authorise(request: &mut Request, written: Option<(In, String, String)>) {
    let Some((place, name, value)) = written else { return };
    match place {
        In::Header => request.headers.set(&name, value),
        In::Cookie => request.headers.add("Cookie", format!("{name}={value}")),
        In::Query => {
            let separator = if request.target.contains('?') { '&' } else { '?' };
            request.target = format!("{}{separator}{name}={value}", request.target);
        }
        In::Path | In::QueryString => {}
    }
}

fn written(request: &Request, origin: &str) -> String {
    let mut line = "curl -i".to_owned();
    // What curl does of itself: GET, and POST where there is a body.
    let usual = if request.body.is_empty() { "GET" } else { "POST" };
    if request.method != usual {
        let _ = write!(line, " -X {}", request.method);
    }
    let _ = write!(line, " {}", quoted(&format!("{origin}{}", request.target)));
    for (name, value) in request.headers.iter() {
        let _ = write!(line, " -H {}", quoted(&format!("{name}: {value}")));
    }
    if !request.body.is_empty() {
        let _ = write!(line, " -d {}", quoted(&String::from_utf8_lossy(&request.body)));
    }
    line
}

/// Quoted for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
