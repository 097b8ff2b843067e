//! The page at `/`: what is served, how to be let in, and links. Plain HTML for a browser, plain text for everyone else.

use std::fmt::Write as _;

use etalon_contract::behaviour::describe;
use etalon_contract::codec::Response;

use crate::server::doors::{CONSOLE, CONTROL, HEALTH, RESET, description_path, written};
use crate::server::service::Service;
use crate::server::visit::Visit;
use crate::server::ways::ways_in;

/// The most operations of a contract that are listed with what they do; of larger contracts, none is read for this.
const DESCRIBED: usize = 80;

/// The most operations of a contract that are listed.
const LISTED: usize = 1000;

/// The Content-Security-Policy of the page: in a browser, it may do nothing but be shown.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color-scheme:light dark}\
table{border-collapse:collapse;width:100%}td{padding:.15rem .8rem .15rem 0;vertical-align:top}\
code,td:first-child,td:nth-child(2){font-family:ui-monospace,monospace;font-size:.9em}td:last-child{opacity:.75}";

/// The reader of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// A person with a browser.
    Browser,
    /// A person with a terminal.
    Terminal,
}

pub(super) fn answer(visit: Visit<'_>, reader: Reader) -> Response {
    let sections: Vec<Section> = (0..visit.mock.services().len()).map(|number| Section::of(visit, number)).collect();
    match reader {
        Reader::Browser => {
            let mut response = written("text/html; charset=utf-8", html(visit, &sections));
            response.headers.add("Content-Security-Policy", POLICY);
            response
        }
        Reader::Terminal => written("text/plain; charset=utf-8", text(visit, &sections)),
    }
}

/// The section of the page about one contract.
struct Section {
    title: String,
    base: String,
    /// Method, path, and what it does.
    operations: Vec<(String, String, String)>,
    more: usize,
    ways: Vec<String>,
    json: String,
    yaml: String,
}

impl Section {
    fn of(visit: Visit<'_>, number: usize) -> Self {
        let (mock, below) = (visit.mock, visit.below);
        let service: &Service = &mock.services()[number];
        let entries = service.contract.entries();
        let does = |index: usize| match service.contract.operation(index) {
            Ok(_) if entries.len() <= DESCRIBED => describe(&service.behaviour, index),
            Ok(_) => String::new(),
            Err(defect) => format!("cannot be served: {}", defect.reason),
        };
        let operation = |entry: &etalon_contract::model::Entry| {
            let does = if entries.len() <= DESCRIBED { does(entry.index) } else { String::new() };
            (entry.method.as_str().to_owned(), entry.path.as_str().to_owned(), does)
        };
        Self {
            title: service.contract.title().to_owned(),
            base: service.contract.base().to_owned(),
            operations: entries.iter().take(LISTED).map(operation).collect(),
            more: entries.len().saturating_sub(LISTED),
            ways: ways_in(mock.credentials(), &service.contract),
            json: format!("{below}{}", description_path(mock, number, "json")),
            yaml: format!("{below}{}", description_path(mock, number, "yaml")),
        }
    }
}

fn html(visit: Visit<'_>, sections: &[Section]) -> String {
    let (below, seed) = (visit.below, visit.mock.seed());
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>etalon mock</title><style>{STYLE}</style></head><body>\n<h1>etalon mock</h1>\n"
    );
    let _ = writeln!(
        out,
        "<p>This server implements the contracts below in memory (seed {seed}). \
         <a href=\"{below}{HEALTH}\">Health</a>; <code>POST {below}{RESET}</code> takes everything back to the start; \
         the <a href=\"{below}{CONSOLE}\">console</a> and the <a href=\"{below}{CONTROL}\">control interface</a> do more.</p>"
    );
    for section in sections {
        let _ = writeln!(out, "<h2>{}</h2>", escaped(&section.title));
        let at = if section.base.is_empty() { "/" } else { &section.base };
        let _ = writeln!(
            out,
            "<p>at <code>{}</code>; the document: <a href=\"{}\">JSON</a>, <a href=\"{}\">YAML</a></p>",
            escaped(at),
            escaped(&section.json),
            escaped(&section.yaml)
        );
        if !section.ways.is_empty() {
            let ways: Vec<String> = section.ways.iter().map(|way| format!("<code>{}</code>", escaped(way))).collect();
            let _ = writeln!(out, "<p>To be let in, send {}.</p>", ways.join(" or "));
        }
        out.push_str("<table>\n");
        for (method, path, does) in &section.operations {
            let _ = writeln!(
                out,
                "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
                escaped(method),
                escaped(path),
                escaped(does)
            );
        }
        out.push_str("</table>\n");
        if section.more > 0 {
            let _ = writeln!(out, "<p>… and {} more</p>", section.more);
        }
    }
    out.push_str("</body></html>\n");
    out
}

fn text(visit: Visit<'_>, sections: &[Section]) -> String {
    let (below, seed) = (visit.below, visit.mock.seed());
    let mut out = format!(
        "etalon mock (seed {seed})\nhealth {below}{HEALTH}; back to the start: POST {below}{RESET}; console {below}{CONSOLE}; control {below}{CONTROL}\n"
    );
    for section in sections {
        let at = if section.base.is_empty() { "/" } else { &section.base };
        let _ = writeln!(out, "\n{} at {at}\n  document     {} {}", section.title, section.json, section.yaml);
        if !section.ways.is_empty() {
            let _ = writeln!(out, "  credentials  {}", section.ways.join("\n               or "));
        }
        let widest =
            |of: &dyn Fn(&(String, String, String)) -> usize| section.operations.iter().map(of).max().unwrap_or(0);
        let (methods, paths) = (widest(&|one| one.0.chars().count()), widest(&|one| one.1.chars().count()));
        for (method, path, does) in &section.operations {
            let line = format!("  {method:methods$}  {path:paths$}  {does}");
            let _ = writeln!(out, "{}", line.trim_end());
        }
        if section.more > 0 {
            let _ = writeln!(out, "  … and {} more", section.more);
        }
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}
