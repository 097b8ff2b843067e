//! Documented response headers: what is known of them, else what the document shows, else what their schema allows.

use serde_json::Value;

use crate::behaviour::context::Context;
use crate::behaviour::scalar::uuid;
use crate::behaviour::shape;
use crate::codec::{self, Decoded, Reading};
use crate::document::Location;
use crate::generate::{self, Seeded};
use crate::model::{Contract, Direction, Header, Operation, Response};
use crate::validate;

/// A request whose answer has header fields.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'r> {
    /// The operation that was requested.
    pub operation: &'r Operation,
    /// The request as far as it could be read.
    pub decoded: &'r Decoded,
    /// Seed, time and number.
    pub context: Context,
}

/// The documented headers of a response, in order, each valid; optional ones of which nothing is known are left out.
/// `known` are the values that the caller knows, by name.
#[must_use]
pub fn described(
    contract: &Contract,
    asked: &Asked<'_>,
    response: &Response,
    known: &[(String, String)],
) -> Vec<(String, String)> {
    let one = |header: &Header| -> Vec<(String, String)> {
        if header.name.eq_ignore_ascii_case("set-cookie") {
            return cookies(contract, asked, header).into_iter().map(|cookie| (header.name.clone(), cookie)).collect();
        }
        let text = known
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&header.name))
            .map(|(_, value)| value.clone())
            .filter(|text| fits(contract, header, text))
            .or_else(|| made(contract, asked, header));
        text.map(|text| (header.name.clone(), text)).into_iter().collect()
    };
    response.headers.iter().filter(|header| !is_framing(&header.name)).flat_map(one).collect()
}

/// Fields that say how a message is framed, coded and when it was sent (RFC 9110 §6.6.1, §7.6.1, §8.4, §8.6; RFC 9112 §6):
/// whoever carries it sets them, and an invented value would break it.
const FRAMING: [&str; 10] = [
    "content-length",
    "content-type",
    "content-encoding",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "trailer",
    "te",
    "date",
];

/// The most values that are made for one field until one has a wire form.
const MAX_DRAWS: u32 = 8;

/// The cookies that a response sets: one field for each (RFC 6265 §3), as the document shows them.
fn cookies(contract: &Contract, asked: &Asked<'_>, header: &Header) -> Vec<String> {
    let schema = header.shape.schema();
    let in_schema = schema.and_then(|at| {
        shape::keyword(contract, at, "example")
            .or_else(|| shape::keyword(contract, at, "default"))
            .or_else(|| shape::keyword(contract, at, "examples").and_then(|many| many.get(0)))
    });
    let shown = header.examples.first().or(in_schema);
    let made = || {
        (0..MAX_DRAWS).find_map(|draw| {
            let more = if draw == 0 { String::new() } else { draw.to_string() };
            let mut choices = Seeded::new(asked.context.seed, ["header", header.name.as_str(), more.as_str()]);
            let value = generate::value(contract, schema?, Direction::Response, &mut choices).ok()?;
            // White space around a field does not arrive (RFC 9110 §5.5).
            lines(&value).iter().all(|line| line.trim() == line).then_some(value)
        })
    };
    let value = shown.cloned().or_else(|| if header.required { made() } else { None });
    value.as_ref().map(lines).unwrap_or_default()
}

/// The lines of a field that is never joined: one for each item of a list.
fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::Array(many) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(one) => vec![one.clone()],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

fn is_framing(name: &str) -> bool {
    FRAMING.iter().any(|framing| name.eq_ignore_ascii_case(framing))
}

fn fits(contract: &Contract, header: &Header, text: &str) -> bool {
    match codec::decode_header(contract, &header.shape, text) {
        Reading::Value(value) => header
            .shape
            .schema()
            .is_none_or(|at| validate::is_valid(contract, at, Direction::Response, &value).unwrap_or(false)),
        Reading::Absent | Reading::Unreadable(_) => false,
    }
}

fn made(contract: &Contract, asked: &Asked<'_>, header: &Header) -> Option<String> {
    let plain = header.name.to_ascii_lowercase();
    // Values that only what happened can give are not invented unless they must be there.
    let must_be_known = matches!(plain.as_str(), "location" | "link" | "set-cookie" | "etag" | "last-modified");
    if must_be_known && !header.required {
        return None;
    }
    let seeded = |more: &str| Seeded::new(asked.context.seed, ["header", header.name.as_str(), more]);
    let write = |value: &Value| {
        let text = codec::encode_header(contract, &header.shape, value).ok()?;
        fits(contract, header, &text).then_some(text)
    };
    let schema = header.shape.schema();
    if schema.is_some_and(|at| shape::format(contract, at) == Some("uuid")) {
        // A UUID in a header names the request, so no two are alike.
        let id = uuid(&mut seeded(&asked.context.number.to_string()));
        return write(&Value::String(id));
    }
    match echo(asked, &plain) {
        Echo::Exactly(value) => match write(&value) {
            None if !header.required => return None,
            None => {}
            written => return written,
        },
        Echo::InKind(value) => {
            if let Some(text) = write(&value) {
                return Some(text);
            }
        }
        Echo::Missing if !header.required => return None,
        Echo::Missing | Echo::None => {}
    }
    header.examples.iter().find_map(write).or_else(|| {
        let at: &Location = schema?;
        write(shape::keyword(contract, at, "default").unwrap_or(&Value::Null)).or_else(|| {
            // Not every value that the schema allows has a form in a field: an empty list has none.
            (0..MAX_DRAWS).find_map(|draw| {
                let more = if draw == 0 { String::new() } else { draw.to_string() };
                write(&generate::value(contract, at, Direction::Response, &mut seeded(&more)).ok()?)
            })
        })
    })
}

enum Echo {
    /// The value of the parameter that the header repeats.
    Exactly(Value),
    /// The value of the parameter that the header answers; it may have to say something else.
    InKind(Value),
    /// The header repeats a parameter that was not sent.
    Missing,
    /// The header's name speaks of no parameter.
    None,
}

/// `x-version-requested` repeats what was sent as `version`; `x-version-served` answers it in kind where that is valid.
fn echo(asked: &Asked<'_>, name: &str) -> Echo {
    let (stem, is_strict) = match (name.strip_suffix("-requested"), name.strip_suffix("-served")) {
        (Some(stem), _) => (stem, true),
        (None, Some(stem)) => (stem, false),
        (None, None) => return Echo::None,
    };
    let parameters = asked.operation.parameters.iter().zip(&asked.decoded.parameters);
    for (parameter, reading) in parameters {
        let spelled = parameter.name.to_ascii_lowercase();
        if stem != spelled && !stem.ends_with(&format!("-{spelled}")) {
            continue;
        }
        return match reading {
            Reading::Value(value) if is_strict => Echo::Exactly(value.clone()),
            Reading::Value(value) => Echo::InKind(value.clone()),
            Reading::Absent | Reading::Unreadable(_) if is_strict => Echo::Missing,
            Reading::Absent | Reading::Unreadable(_) => Echo::None,
        };
    }
    Echo::None
}
