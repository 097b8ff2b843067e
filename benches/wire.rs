//! The wire over real documents: is every example valid, what becomes of every style and media type, and does each value
//! come back from its own bytes. A report, not a timed test. The corpus is named by the first argument or by
//! `ETALON_CORPUS`; without it the program says so and stops. `--list` prints every example that violates its own schema,
//! `--json` prints them for a second validator, `--examples` looks at
//! examples alone, `--only=TEXT` looks at the documents whose path has it.

#![expect(clippy::print_stdout, reason = "a report program prints its report")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use etalon_contract::codec::{self, DecodedBody, DraftBody, Reading};
use etalon_contract::document::{Document, Files, Location, Source};
use etalon_contract::generate::{self, Choices, Numbers, Seeded};
use etalon_contract::model::{Content, Contract, Direction, Operation, Shape};
use etalon_contract::rule::Subject;
use etalon_contract::validate;
use serde_json::{Value, json};

/// The number of values that are made for each parameter, header and body.
const VALUES: u64 = 3;

/// Operations of one document for which values are made; examples are judged in all of them.
const SAMPLE: usize = 60;

struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        fs::read(self.0.join(name)).map_err(|error| error.to_string())
    }
}

#[derive(Default)]
struct Count {
    kept: usize,
    refused: BTreeMap<String, (usize, String)>,
}

impl Count {
    fn refuse(&mut self, reason: &str, place: &dyn Fn() -> String) {
        self.refused.entry(class(reason)).or_insert_with(|| (0, format!("{}: {reason}", place()))).0 += 1;
    }

    fn merge(&mut self, other: Self) {
        self.kept += other.kept;
        for (reason, (count, place)) in other.refused {
            self.refused.entry(reason).or_insert((0, place)).0 += count;
        }
    }
}

/// A reason without what differs from case to case.
fn class(reason: &str) -> String {
    let plain = reason.split_whitespace().filter(|word| !word.contains(['"', '`', '{', '[', '/', '\\', '%', '&', '=']));
    let words: Vec<&str> = plain.filter(|word| !word.chars().any(|character| character.is_ascii_digit())).collect();
    words.join(" ").chars().take(100).collect()
}

#[derive(Default)]
struct Report {
    documents: usize,
    refused: usize,
    examples: BTreeMap<&'static str, [usize; 3]>,
    verdicts: Vec<Value>,
    styles: BTreeMap<String, Count>,
    media: BTreeMap<String, Count>,
    unmade: usize,
    broken: Vec<String>,
}

impl Report {
    fn merge(&mut self, other: Self) {
        self.documents += other.documents;
        self.refused += other.refused;
        for (kind, counts) in other.examples {
            let sum = self.examples.entry(kind).or_default();
            sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        self.verdicts.extend(other.verdicts);
        for (style, count) in other.styles {
            self.styles.entry(style).or_default().merge(count);
        }
        for (media, count) in other.media {
            self.media.entry(media).or_default().merge(count);
        }
        self.unmade += other.unmade;
        self.broken.extend(other.broken);
    }
}

/// The laws of round trips, shown of values that are made and sent round, or left alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Laws {
    Shown,
    Left,
}

/// A document being looked at.
struct Look<'c> {
    contract: &'c Contract,
    path: &'c str,
    report: Report,
}

impl Look<'_> {
    /// One example of a value. `text` reads it where it is written as text.
    fn example(
        &mut self,
        kind: &'static str,
        at: &Location,
        schema: Option<&Location>,
        direction: Direction,
        example: &Value,
        content: Option<&Content>,
    ) {
        let counts = self.report.examples.entry(kind).or_default();
        let Some(schema) = schema else {
            counts[2] += 1;
            return;
        };
        // OpenAPI 3.x "Example Object": what JSON cannot say stands in a string as it travels.
        let written = content.filter(|content| !content.media_type.is_json()).zip(example.as_str());
        let value = match written {
            Some((content, text)) => {
                let media_type = codec::concrete(&content.media_type).to_string();
                let documented = std::slice::from_ref(content);
                match codec::decode_body(self.contract, documented, Some(&media_type), text.as_bytes()) {
                    DecodedBody::Value { value, .. } => value,
                    DecodedBody::Absent
                    | DecodedBody::Opaque { .. }
                    | DecodedBody::Beyond { .. }
                    | DecodedBody::Malformed { .. }
                    | DecodedBody::UndocumentedMediaType { .. } => {
                        counts[2] += 1;
                        return;
                    }
                }
            }
            None => example.clone(),
        };
        let Ok(violations) = validate::value(self.contract, schema, direction, &Subject::Body, &value) else {
            counts[2] += 1;
            return;
        };
        counts[usize::from(!violations.is_empty())] += 1;
        if violations.is_empty() {
            return;
        }
        let place = self.contract.document().place(at);
        let messages: Vec<String> =
            violations.iter().map(|found| format!("{}: {}", found.target(), found.message)).collect();
        self.report.verdicts.push(json!({
            "path": self.path, "kind": kind, "file": place.file, "line": place.line, "at": at.pointer.as_str(),
            "schema_file": self.contract.document().place(schema).file, "schema": schema.pointer.as_str(),
            "direction": match direction { Direction::Request => "request", Direction::Response => "response" },
            "instance": value, "messages": messages,
        }));
    }

    fn content(&mut self, kind: &'static str, content: &Content, direction: Direction) {
        for example in &content.examples {
            self.example(kind, &content.at, content.schema.as_ref(), direction, example, Some(content));
        }
    }

    fn shape(&mut self, kind: &'static str, shape: &Shape, at: &Location, examples: &[Value], direction: Direction) {
        match shape {
            Shape::Schema { schema, .. } => {
                for example in examples {
                    self.example(kind, at, schema.as_ref(), direction, example, None);
                }
            }
            Shape::Content(content) => self.content(kind, content, direction),
        }
    }

    fn examples(&mut self, operation: &Operation) {
        for parameter in &operation.parameters {
            self.shape("parameter", &parameter.shape, &parameter.at, &parameter.examples, Direction::Request);
        }
        for content in operation.body.iter().flat_map(|body| &body.content) {
            self.content("request body", content, Direction::Request);
        }
        for response in &operation.responses {
            for header in &response.headers {
                self.shape("header", &header.shape, &header.at, &header.examples, Direction::Response);
            }
            for content in &response.content {
                self.content("response body", content, Direction::Response);
            }
        }
    }

    /// The law: what is written is read back as the same value, or the reason is told why it cannot be written.
    fn law(&mut self, operation: &Operation) {
        for seed in 0..VALUES {
            let name = seed.to_string();
            let mut source = Seeded::new(seed, ["wire", name.as_str()]);
            let numbers: Vec<u64> = (0..256).map(|_| source.below(u64::MAX)).collect();
            self.parameters(operation, &numbers);
            for content in operation.body.iter().flat_map(|body| &body.content) {
                self.body(content, Direction::Request, &numbers);
            }
            for content in operation.responses.iter().flat_map(|response| &response.content) {
                self.body(content, Direction::Response, &numbers);
            }
            for header in operation.responses.iter().flat_map(|response| &response.headers) {
                let Some(value) = self.made(header.shape.schema(), Direction::Response, &numbers) else { continue };
                let key = format!("response header {}", style(&header.shape, &value));
                let place = format!("{} {}", self.path, header.at);
                let count = self.report.styles.entry(key).or_default();
                match codec::encode_header(self.contract, &header.shape, &value) {
                    Ok(text) if codec::decode_header(self.contract, &header.shape, &text) == Reading::Value(value) => {
                        count.kept += 1;
                    }
                    Ok(text) => self.report.broken.push(format!("{place} {text}")),
                    Err(none) => count.refuse(&none.why, &|| place.clone()),
                }
            }
        }
    }

    fn made(&mut self, schema: Option<&Location>, direction: Direction, numbers: &[u64]) -> Option<Value> {
        let made = generate::value(self.contract, schema?, direction, &mut Numbers::new(numbers)).ok();
        self.report.unmade += usize::from(made.is_none());
        made
    }

    fn parameters(&mut self, operation: &Operation, numbers: &[u64]) {
        let Ok(mut base) = generate::valid(self.contract, operation, &mut Numbers::new(numbers)) else {
            self.report.unmade += operation.parameters.len();
            return;
        };
        if matches!(base.body, Some(DraftBody::Value { .. })) {
            base.body = None;
        }
        for (index, parameter) in operation.parameters.iter().enumerate() {
            let Some(value) = self.made(parameter.shape.schema(), Direction::Request, numbers) else { continue };
            let mut draft = base.clone();
            draft.set_parameter(parameter.place, &parameter.name, value.clone());
            let key = format!("{} {}", parameter.place, style(&parameter.shape, &value));
            let place = format!("{} {} {}", self.path, operation.id, parameter.name);
            let count = self.report.styles.entry(key).or_default();
            match codec::encode(self.contract, operation, &draft) {
                Ok(request) => {
                    let captures = operation.path.capture(request.path()).unwrap_or_default();
                    let decoded = codec::decode(self.contract, operation, &captures, &request);
                    if decoded.parameters[index] == Reading::Value(value) {
                        count.kept += 1;
                    } else {
                        self.report.broken.push(format!("{place} {}", request.target));
                    }
                }
                Err(none) => count.refuse(&none.why, &|| place.clone()),
            }
        }
    }

    fn body(&mut self, content: &Content, direction: Direction, numbers: &[u64]) {
        let key = codec::concrete(&content.media_type).essence();
        let schema = content.schema.as_ref();
        let Some(value) = self.made(schema, direction, numbers) else {
            if schema.is_none() {
                let place = format!("{} {}", self.path, content.at);
                self.report.media.entry(key).or_default().refuse("the document gives no schema", &|| place.clone());
            }
            return;
        };
        let place = format!("{} {}", self.path, content.at);
        let count = self.report.media.entry(key).or_default();
        match codec::encode_body(self.contract, content, &value, direction) {
            Ok(bytes) => {
                let sent = codec::content_type(&content.media_type, &bytes);
                let documented = std::slice::from_ref(content);
                match codec::decode_body(self.contract, documented, Some(&sent), &bytes) {
                    DecodedBody::Value { value: read, .. } if read == value => count.kept += 1,
                    DecodedBody::Value { .. }
                    | DecodedBody::Absent
                    | DecodedBody::Malformed { .. }
                    | DecodedBody::Beyond { .. }
                    | DecodedBody::UndocumentedMediaType { .. }
                    | DecodedBody::Opaque { .. } => self.report.broken.push(place),
                }
            }
            Err(none) => count.refuse(&none.why, &|| place.clone()),
        }
    }
}

/// The style of a parameter or header and the kind of value.
fn style(shape: &Shape, value: &Value) -> String {
    let kind = match value {
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => "primitive",
    };
    match shape {
        Shape::Schema { style, explode, .. } => {
            let explode = if *explode { " explode" } else { "" };
            format!("{}{explode} {kind}", style.as_str())
        }
        Shape::Content(content) => format!("content {}", content.media_type.essence()),
    }
}

fn document(root: &Path, path: &str, laws: Laws) -> Report {
    let refused = Report { documents: 1, refused: 1, ..Report::default() };
    let file = root.join(path);
    let Ok(bytes) = fs::read(&file) else { return refused };
    let folder = Folder(file.parent().map(Path::to_path_buf).unwrap_or_default());
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("document").to_owned();
    let Ok(document) = Document::load(Source { name: &name, bytes: &bytes }, &[], &folder) else { return refused };
    let contract = Contract::new(document);
    let mut look = Look { contract: &contract, path, report: Report { documents: 1, ..Report::default() } };
    let step = contract.entries().len().div_ceil(SAMPLE).max(1);
    for (index, operation) in contract.operations().enumerate() {
        look.examples(operation);
        if laws == Laws::Shown && index % step == 0 {
            look.law(operation);
        }
    }
    look.report
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let named = arguments.iter().find(|argument| !argument.starts_with("--")).cloned();
    let Some(root) = named.or_else(|| std::env::var("ETALON_CORPUS").ok()).map(PathBuf::from) else {
        println!("SKIPPED: name the unpacked corpus by an argument or by ETALON_CORPUS");
        return;
    };
    let only = arguments.iter().find_map(|argument| argument.strip_prefix("--only="));
    let asked = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let laws = if asked("--examples") { Laws::Left } else { Laws::Shown };
    let manifest = fs::read_to_string(root.join("manifest-open.tsv")).expect("the corpus has a manifest");
    let paths: Vec<&str> = manifest
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').next())
        .filter(|path| only.is_none_or(|only| path.contains(only)))
        .collect();
    let next = AtomicUsize::new(0);
    let whole = Mutex::new(Report::default());
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = document(&root, path, laws);
                    whole.lock().expect("no thread panicked").merge(found);
                }
            });
        }
    });
    let mut whole = whole.into_inner().expect("no thread panicked");
    whole.verdicts.sort_by_key(|verdict| (verdict["path"].to_string(), verdict["at"].to_string()));
    if asked("--json") {
        whole.verdicts.iter().for_each(|verdict| println!("{verdict}"));
        return;
    }
    if asked("--list") {
        for verdict in &whole.verdicts {
            let text = |name: &str| verdict[name].as_str().unwrap_or_default().to_owned();
            println!("{} {}:{} {} {}", text("path"), text("file"), verdict["line"], text("kind"), text("at"));
            verdict["messages"].as_array().into_iter().flatten().for_each(|message| println!("    {message}"));
        }
    }
    println!("{} documents, {} refused, {:.1} s", whole.documents, whole.refused, started.elapsed().as_secs_f64());
    println!("\nexamples             valid  violating  not judged");
    for (kind, [valid, violating, unjudged]) in &whole.examples {
        println!("  {kind:<16} {valid:>8} {violating:>9} {unjudged:>10}");
    }
    table("parameters and headers by style", &whole.styles);
    table("bodies by media type", &whole.media);
    println!("\nvalues that the generator could not make: {}", whole.unmade);
    println!("values that came back as others (none may be): {}", whole.broken.len());
    whole.broken.iter().take(20).for_each(|place| println!("  {place}"));
}

fn table(title: &str, counts: &BTreeMap<String, Count>) {
    println!("\n{title}: values that came back the same, values without a wire form");
    let sum = |count: &Count| count.refused.values().map(|(count, _)| count).sum::<usize>();
    let mut rows: Vec<_> = counts.iter().collect();
    rows.sort_by_key(|(_, count)| std::cmp::Reverse(count.kept + sum(count)));
    for (key, count) in rows {
        println!("  {key:<56} {:>8} {:>8}", count.kept, sum(count));
        let mut reasons: Vec<_> = count.refused.iter().collect();
        reasons.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        for (reason, (count, place)) in reasons.into_iter().take(3) {
            println!("      {count:>6} {reason}  e.g. {}", place.chars().take(160).collect::<String>());
        }
    }
}
