//! The start-up table of the mock: the contracts that are served, what each operation does, and a line to try. Colours reach
//! terminals only.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use etalon_contract::behaviour::{Populated, begun, describe, held};
use etalon_contract::document::{Severity, visible};

use crate::cli::command::mock::request_to_try::curl;
use crate::server::{Begins, Mock, Service, Shadowed, ways_in};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const METHOD: Style = AnsiColor::Cyan.on_default();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// Everything that a mock says when it starts.
#[must_use]
pub fn banner(mock: &Mock, names: &[String], origin: &str) -> String {
    head(mock, origin) + &tables(mock, names, &[], origin)
}

/// The first line: where the mock is. It needs nothing to be read.
#[must_use]
pub(super) fn head(mock: &Mock, origin: &str) -> String {
    format!("{BOLD}etalon mock{BOLD:#} on {BOLD}{origin}{BOLD:#} {DIM}(seed {}){DIM:#}\n", mock.seed())
}

/// The lines below it: the contracts, what each operation does, and a line to try.
#[must_use]
pub(super) fn tables(mock: &Mock, names: &[String], populated: &[Populated], origin: &str) -> String {
    let mut text = String::new();
    for (number, (service, name)) in mock.services().iter().zip(names).enumerate() {
        table(&mut text, mock, service, name, origin);
        if mock.is_given() {
            given(&mut text, mock, number);
        }
    }
    fewer(&mut text, populated);
    shadows(&mut text, mock, names);
    let _ =
        writeln!(text, "\n{DIM}A state for each test: Etalon-World: NAME, or {origin}/@NAME/. Ctrl-C stops it.{DIM:#}");
    text
}

/// The most operations that are named because they are never reached: enough to see which documents clash.
const SHADOWED: usize = 5;

/// The operations that two contracts describe at one path, and the contract that answers.
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
            "{WARNING}warning{WARNING:#}: {}",
            visible(&format!("{} {} of {lost} is never reached: that of {kept} answers", entry.method, entry.path))
        );
    }
    if shadowed.len() > SHADOWED {
        let _ = writeln!(text, "  {DIM}and {} more{DIM:#}", shadowed.len() - SHADOWED);
    }
    let lost = &names[shadowed[0].shadowed.0];
    let _ = writeln!(text, "  {DIM}give one of them a path of its own: --mount /other={lost}{DIM:#}");
}

/// The most operations of a contract that the start-up table shows: about two screens.
const SHOWN: usize = 80;

/// Of how many operations at most every schema is compiled to say which cannot be served: it takes memory that may never be
/// needed. `etalon check` says it of all.
const COMPILED: usize = 20;

fn table(text: &mut String, mock: &Mock, service: &Service, name: &str, origin: &str) {
    let contract = &service.contract;
    let (title, base, name) = (visible(contract.title()), visible(contract.base()), &visible(name));
    let _ = writeln!(text, "\n{BOLD}{title}{BOLD:#} {DIM}({name}){DIM:#} at {origin}{base}");
    let entries = contract.entries();
    let shown = &entries[..entries.len().min(SHOWN)];
    let widest = |measure: &dyn Fn(usize) -> usize| (0..shown.len()).map(measure).max().unwrap_or(0);
    let methods = widest(&|index| shown[index].method.as_str().chars().count());
    let paths = widest(&|index| shown[index].path.as_str().chars().count());
    for (index, entry) in shown.iter().enumerate() {
        let (method, path) = (visible(entry.method.as_str()), visible(entry.path.as_str()));
        // Of a contract that is shown in part, no operation is read for it.
        if entries.len() > SHOWN {
            let _ = writeln!(text, "  {METHOD}{method:methods$}{METHOD:#}  {path}");
            continue;
        }
        let does = match cannot_be_served(service, index) {
            None => visible(&describe(&service.behaviour, index)),
            Some(reason) => format!("{WARNING}cannot be served{WARNING:#}: {}", visible(&reason)),
        };
        let _ = writeln!(text, "  {METHOD}{method:methods$}{METHOD:#}  {path:paths$}  {DIM}{does}{DIM:#}");
    }
    if entries.len() > shown.len() {
        let more = entries.len() - shown.len();
        let _ =
            writeln!(text, "  {DIM}… and {more} more; `etalon explain {name}` shows all, and what each does{DIM:#}");
    }
    if entries.len() <= SHOWN && mock.begins() == Begins::WithExamples && !mock.is_given() {
        let begun: Vec<String> =
            begun(contract, &service.behaviour).iter().map(|one| visible(&one.describe())).collect();
        if !begun.is_empty() {
            let _ = writeln!(text, "  begins       {}", begun.join("\n               "));
        }
    }
    for defect in service.behaviour.defects() {
        let diagnostic = contract.document().diagnose(defect, Severity::Warning);
        let _ = writeln!(text, "  {WARNING}warning{WARNING:#}: {}", visible(&diagnostic.to_string()));
    }
    let accepted = ways_in(mock.credentials(), &service.contract);
    if !accepted.is_empty() {
        let accepted: Vec<String> = accepted.iter().map(|one| visible(one)).collect();
        let _ = writeln!(text, "  credentials  {}", accepted.join("\n               or "));
    }
    if let Some(line) = curl(mock, service, origin) {
        let _ = writeln!(text, "  try          {line}");
    }
}

/// The collections of which fewer items were made than were wanted, each with the reason.
fn fewer(text: &mut String, populated: &[Populated]) {
    let (homeless, others): (Vec<&Populated>, Vec<&Populated>) =
        populated.iter().filter(|one| one.made < one.wanted).partition(|one| one.is_homeless);
    for one in others {
        let why = one.why.as_deref().unwrap_or("the contract allows no more");
        let told = format!("{} of {} {} were made: {why}", one.made, one.wanted, one.collection);
        let _ = writeln!(text, "  {WARNING}warning{WARNING:#}: {}", visible(&told));
    }
    let names: Vec<&str> = homeless.iter().take(HOMELESS).map(|one| one.collection.as_str()).collect();
    if !names.is_empty() {
        let more = homeless.len() - names.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let told = format!("no {}{more} were made: there is nothing that they could belong to", names.join(", "));
        let _ = writeln!(text, "  {WARNING}warning{WARNING:#}: {}", visible(&told));
    }
}

/// The most collections that are named because there is nothing that their items could belong to.
const HOMELESS: usize = 5;

/// The items that the collections of a contract begin with, where somebody gave them.
fn given(text: &mut String, mock: &Mock, number: usize) {
    let Some((catalogue, state)) = mock.catalogues().into_iter().zip(mock.begun()).nth(number) else { return };
    let lines: Vec<String> = held(mock.services()[number].meaning(), &catalogue, &state, &mock.first_context())
        .into_iter()
        .map(|(collection, count, keys)| {
            let keys: Vec<String> = keys.into_iter().filter(|key| !key.is_empty()).collect();
            let more = if count > keys.len() { ", …" } else { "" };
            let named = if keys.is_empty() { String::new() } else { format!(" ({}{more})", keys.join(", ")) };
            visible(&format!("{collection} with {count} {}{named}", if count == 1 { "item" } else { "items" }))
        })
        .collect();
    if !lines.is_empty() {
        let _ = writeln!(text, "  begins       {}", lines.join("\n               "));
    }
}

/// The reason why an operation cannot be served, if that is known before it is used.
fn cannot_be_served(service: &Service, index: usize) -> Option<String> {
    match service.contract.operation(index) {
        Ok(operation) if service.contract.entries().len() <= COMPILED => {
            service.unusable(operation).map(|defect| defect.reason)
        }
        Ok(_) => None,
        Err(defect) => Some(defect.reason.clone()),
    }
}
