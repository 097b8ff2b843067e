//! Events -> lines: for people or for programs. Fields keep their order; the ones that only programs want are left out for
//! people.

use std::fmt::{self, Write as _};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anstyle::{AnsiColor, Style};
use etalon_contract::behaviour::timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::cli::log::LogFormat;
use crate::cli::log::escape::{for_json, for_terminal};
use crate::cli::log::requests::REQUEST;
use crate::cli::log::sink::Sink;

const DIM: Style = Style::new().dimmed();
const METHOD: Style = AnsiColor::Cyan.on_default();
const GOOD: Style = AnsiColor::Green.on_default();
const REFUSED: Style = AnsiColor::Yellow.on_default();
const FAILED: Style = AnsiColor::Red.on_default();
const PLAIN: Style = Style::new();

/// The number of fields that the event of a request has.
const PLACES: usize = 11;

/// Room for the texts of most events, in bytes.
const TEXTS: usize = 256;

/// The look of lines: with colours or without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Lines that have colours.
    Coloured,
    /// Lines without any colours.
    Plain,
}

/// The fields of an event that lines have places for.
pub(super) mod field {
    /// The time of the event, in milliseconds since 1970; where it is left out, now.
    pub(crate) const AT: &str = "at";
    /// The time that the request took, in milliseconds.
    pub(crate) const MS: &str = "ms";
    /// The status of the answer.
    pub(crate) const STATUS: &str = "status";
    /// The method of the request.
    pub(crate) const METHOD: &str = "method";
    /// The path and the query of the request.
    pub(crate) const PATH: &str = "path";
    /// The id of the operation.
    pub(crate) const OPERATION: &str = "operation";
    /// The name of the world, where it has one.
    pub(crate) const WORLD: &str = "world";
    /// The cause of the answer, in words.
    pub(crate) const WHY: &str = "why";
    /// A message as JSON text, which is put in as it is; for people as lines.
    pub(crate) const MESSAGES: [&str; 2] = ["request", "response"];
}

/// Writes a line for each event.
#[derive(Debug)]
pub(super) struct Lines {
    sink: Arc<Sink>,
    format: LogFormat,
    look: Look,
}

impl Lines {
    /// Lines on a stream.
    #[must_use]
    pub(super) fn new(sink: Arc<Sink>, format: LogFormat, look: Look) -> Self {
        Self { sink, format, look }
    }

    fn paint(&self, style: Style) -> Style {
        match self.look {
            Look::Coloured => style,
            Look::Plain => PLAIN,
        }
    }

    /// A line for people: when, what, and beneath it the messages where they are wanted.
    fn text(&self, out: &mut String, level: Level, fields: &Fields) {
        let dim = self.paint(DIM);
        let _ = write!(out, "{dim}");
        time(out, fields.at());
        let _ = write!(out, "{dim:#} ");
        let Some(status) = fields.number(field::STATUS) else {
            let style = self.paint(of_level(level));
            let _ = write!(out, "{style}{}{style:#} ", level.as_str().to_ascii_lowercase());
            for_terminal(out, fields.text("message").unwrap_or_default());
            return self.rest(out, fields);
        };
        let (method, style) = (self.paint(METHOD), self.paint(of_status(status)));
        let _ = write!(out, "{method}");
        for_terminal(out, fields.text(field::METHOD).unwrap_or_default());
        let _ = write!(out, "{method:#} ");
        for_terminal(out, fields.text(field::PATH).unwrap_or_default());
        let _ = write!(out, " {style}{status}{style:#} {dim}");
        tenths(out, fields.float(field::MS).unwrap_or_default());
        let _ = write!(out, " ms{dim:#}");
        if let Some(world) = fields.text(field::WORLD) {
            out.push_str(" @");
            for_terminal(out, world);
        }
        if let Some(operation) = fields.text(field::OPERATION) {
            out.push(' ');
            for_terminal(out, operation);
        }
        if let Some(why) = fields.text(field::WHY) {
            out.push_str(": ");
            for_terminal(out, why);
        }
        self.rest(out, fields);
    }

    /// The messages, a line for each of theirs; other fields stay with programs.
    fn rest(&self, out: &mut String, fields: &Fields) {
        let dim = self.paint(DIM);
        for (name, mark) in field::MESSAGES.iter().zip(['>', '<']) {
            for line in fields.text(name).into_iter().flat_map(str::lines) {
                let _ = write!(out, "\n  {dim}{mark}{dim:#} ");
                for_terminal(out, line);
            }
        }
        out.push('\n');
    }

    fn json(out: &mut String, level: Level, fields: &Fields) {
        out.push_str("{\"time\":\"");
        time(out, fields.at());
        let _ = write!(out, "\",\"level\":\"{}\"", level.as_str().to_ascii_lowercase());
        for (name, value) in &fields.known {
            if *name == field::AT {
                continue;
            }
            let _ = write!(out, ",\"{name}\":");
            match value {
                Known::Text(text) if field::MESSAGES.contains(name) => out.push_str(fields.of(text)),
                Known::Text(text) => for_json(out, fields.of(text)),
                Known::Number(number) => {
                    let _ = write!(out, "{number}");
                }
                Known::Float(number) => {
                    let _ = write!(out, "{number:.3}");
                }
            }
        }
        out.push_str("}\n");
    }
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let fields = Fields::of_event(event);
        let metadata = event.metadata();
        self.sink.line(|out| match self.format {
            LogFormat::Text => self.text(out, *metadata.level(), &fields),
            LogFormat::Json => Self::json(out, *metadata.level(), &fields),
        });
        // Requests come in numbers, and whoever tells of them flushes.
        if metadata.target() != REQUEST {
            self.sink.flush();
        }
    }
}

fn of_status(status: u64) -> Style {
    match status {
        500.. => FAILED,
        400..=499 => REFUSED,
        _ => GOOD,
    }
}

fn of_level(level: Level) -> Style {
    if level == Level::ERROR {
        FAILED
    } else if level == Level::WARN {
        REFUSED
    } else {
        DIM
    }
}

/// `2026-11-30T17:52:03.123Z`, of milliseconds since 1970.
fn time(out: &mut String, milliseconds: u64) {
    let seconds = i64::try_from(milliseconds / 1000).unwrap_or(i64::MAX);
    let whole = timestamp(seconds);
    let _ = write!(out, "{}.{:03}Z", whole.trim_end_matches('Z'), milliseconds % 1000);
}

/// The milliseconds from the beginning of 1970 to a time; 0 for an earlier one.
pub(super) fn milliseconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Milliseconds with one digit behind their point; formatting them as a float costs more than the rest of a line.
fn tenths(out: &mut String, milliseconds: f64) {
    let micros = Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or_default().as_micros();
    let tenths = (micros + 50) / 100;
    let _ = write!(out, "{}.{}", tenths / 10, tenths % 10);
}

/// The fields of an event, in order. Their texts stand in one, so that a line costs few allocations.
struct Fields {
    known: Vec<(&'static str, Known)>,
    texts: String,
}

/// The value of a field; a text by its place among the texts.
enum Known {
    Text(Range<usize>),
    Number(u64),
    Float(f64),
}

impl Fields {
    fn of_event(event: &Event<'_>) -> Self {
        let mut fields = Self { known: Vec::with_capacity(PLACES), texts: String::with_capacity(TEXTS) };
        event.record(&mut fields);
        fields
    }

    fn add(&mut self, field: &Field, write: impl FnOnce(&mut String)) {
        let start = self.texts.len();
        write(&mut self.texts);
        self.known.push((field.name(), Known::Text(start..self.texts.len())));
    }

    fn find(&self, name: &str) -> Option<&Known> {
        self.known.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn of(&self, text: &Range<usize>) -> &str {
        self.texts.get(text.clone()).unwrap_or_default()
    }

    fn text(&self, name: &str) -> Option<&str> {
        match self.find(name)? {
            Known::Text(text) => Some(self.of(text)),
            Known::Number(_) | Known::Float(_) => None,
        }
    }

    fn number(&self, name: &str) -> Option<u64> {
        match self.find(name)? {
            Known::Number(number) => Some(*number),
            Known::Text(_) | Known::Float(_) => None,
        }
    }

    fn float(&self, name: &str) -> Option<f64> {
        match self.find(name)? {
            Known::Float(number) => Some(*number),
            Known::Text(_) | Known::Number(_) => None,
        }
    }

    fn at(&self) -> u64 {
        self.number(field::AT).unwrap_or_else(|| milliseconds(SystemTime::now()))
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, |texts| {
            let _ = write!(texts, "{value:?}");
        });
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, |texts| texts.push_str(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.known.push((field.name(), Known::Number(value)));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.known.push((field.name(), Known::Float(value)));
    }
}
