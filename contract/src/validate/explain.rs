//! A validator's error -> one plain sentence, and the limit that it speaks of.

use std::fmt::{self, Write};

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use crate::document::{Location, Pointer};
use crate::model::Contract;
use crate::validate::branch::{Meant, meant, nearest};
use crate::validate::violation::Cause;

/// The most characters of a value that are shown: enough to recognise it, too little to flood a report.
const SHOWN: usize = 60;

/// The most complaints of the nearest alternative that are told.
const MAX_CAUSES: usize = 20;

/// One sentence without a full stop, and the limit.
pub(crate) fn explain(error: &ValidationError<'_>) -> (String, Value) {
    let found = show(error.instance());
    match error.kind() {
        Kind::Type { kind } => (format!("{found} is not {}", types(kind)), Value::String(types(kind))),
        Kind::Enum { options } => (format!("{found} is none of {}", show(options)), options.as_ref().clone()),
        Kind::Constant { expected_value } => {
            (format!("{found} is not {}", show(expected_value)), expected_value.as_ref().clone())
        }
        Kind::Minimum { limit } => (format!("{found} is less than {limit}"), limit.clone()),
        Kind::ExclusiveMinimum { limit } => (format!("{found} is not greater than {limit}"), limit.clone()),
        Kind::Maximum { limit } => (format!("{found} is greater than {limit}"), limit.clone()),
        Kind::ExclusiveMaximum { limit } => (format!("{found} is not less than {limit}"), limit.clone()),
        Kind::MultipleOf { multiple_of } => {
            (format!("{found} is not a multiple of {multiple_of}"), multiple_of.clone())
        }
        Kind::MinLength { limit } => {
            (format!("{found} has {}, fewer than {limit}", size(error.instance())), (*limit).into())
        }
        Kind::MaxLength { limit } => {
            (format!("{found} has {}, more than {limit}", size(error.instance())), (*limit).into())
        }
        Kind::Pattern { pattern } => (format!("{found} does not match {pattern}"), Value::String(pattern.clone())),
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            (format!("{found} could not be matched within the bounds of the pattern engine"), Value::Null)
        }
        Kind::Format { format } => (format!("{found} is not of the format {format}"), Value::String(format.clone())),
        Kind::MinItems { limit } | Kind::MinProperties { limit } => {
            (format!("there are {}, fewer than {limit}", size(error.instance())), (*limit).into())
        }
        Kind::MaxItems { limit } | Kind::MaxProperties { limit } => {
            (format!("there are {}, more than {limit}", size(error.instance())), (*limit).into())
        }
        Kind::AdditionalItems { limit } => (format!("there are more than {}", count(*limit, "item")), (*limit).into()),
        Kind::UniqueItems => ("two items are alike".to_owned(), Value::Bool(true)),
        Kind::Contains => ("too few or too many items match `contains`".to_owned(), Value::Null),
        Kind::Required { property } => (
            format!("the member {} is missing", property.as_str().map_or_else(|| show(property), quoted)),
            property.clone(),
        ),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            (uninvited(unexpected), Value::Bool(false))
        }
        Kind::UnevaluatedItems { .. } => ("there are items that may not be here".to_owned(), Value::Bool(false)),
        Kind::PropertyNames { error } => (format!("a member's name is not allowed: {}", explain(error).0), Value::Null),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => (alternatives(&found, context), Value::Null),
        Kind::OneOfMultipleValid { .. } => {
            (format!("{found} fits more than one of the alternatives; it must fit exactly one"), Value::Null)
        }
        Kind::Not { .. } => (format!("{found} matches the schema under `not`"), Value::Null),
        Kind::FalseSchema => (format!("{found} may not be here at all"), Value::Bool(false)),
        Kind::ContentEncoding { content_encoding: wanted } | Kind::ContentMediaType { content_media_type: wanted } => {
            (format!("{found} is not {wanted}"), Value::String(wanted.clone()))
        }
        Kind::FromUtf8 { .. } => (format!("{found} does not decode to UTF-8"), Value::Null),
        Kind::Custom { message, .. } => (format!("{found} is {message}"), Value::Null),
        Kind::Referencing(error) => (format!("a reference of the schema cannot be followed: {error}"), Value::Null),
    }
}

/// The types that are allowed, each with its article: `a string or null`.
fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => article(&one.to_string()),
        TypeKind::Multiple(many) => many.iter().map(|one| article(&one.to_string())).collect::<Vec<_>>().join(" or "),
    }
}

/// The size of a value, counted in characters, items or members.
fn size(value: &Value) -> String {
    match value {
        Value::String(text) => count(text.chars().count(), "character"),
        Value::Array(items) => count(items.len(), "item"),
        Value::Object(members) => count(members.len(), "member"),
        Value::Null | Value::Bool(_) | Value::Number(_) => count(1, "value"),
    }
}

/// The sentence about members that no keyword allows.
fn uninvited(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    let what = if names.len() == 1 { "the member" } else { "the members" };
    format!("{what} {} may not be here", clip(&names.join(", ")))
}

fn alternatives(found: &str, branches: &[Vec<ValidationError<'static>>]) -> String {
    let all = format!("{found} fits none of the {} alternatives", branches.len());
    match nearest(branches) {
        None => all,
        Some((index, errors)) => {
            let error = &errors[0];
            format!("{all}; nearest is number {}{}: {}", index + 1, shown_place(error), explain(error).0)
        }
    }
}

fn shown_place(error: &ValidationError<'_>) -> String {
    let at = error.instance_path().as_str();
    if at.is_empty() { String::new() } else { format!(" at {}", clip(at)) }
}

/// The complaints of the alternative that was meant, where an `anyOf` or `oneOf` that stands at `keyword` is broken,
/// and the sentence that goes with them; `None` for other errors and where no alternative is near.
pub(super) fn causes(
    contract: &Contract,
    keyword: &Location,
    error: &ValidationError<'_>,
) -> Option<(String, Vec<Cause>)> {
    let (Kind::AnyOf { context } | Kind::OneOfNotValid { context }) = error.kind() else { return None };
    let here = Pointer::parse(error.instance_path().as_str()).unwrap_or_default();
    let (sentence, errors) = match meant(contract, keyword, error.instance()) {
        Meant::Nothing => {
            let (_, errors) = nearest(context)?;
            (explain(error).0, errors)
        }
        Meant::Unsaid { member } => {
            let message =
                format!("the member {}, which tells the alternatives apart, is no string or missing", quoted(&member));
            return Some((message.clone(), vec![Cause { pointer: here.join(&member), message, overlaps: false }]));
        }
        Meant::Unknown { member, known } => {
            let known: Vec<String> = known.iter().map(|name| quoted(name)).collect();
            let sent = error.instance().get(&member).map(show).unwrap_or_default();
            let message = format!("{sent} names none of the alternatives {}", clip(&known.join(", ")));
            return Some((message.clone(), vec![Cause { pointer: here.join(&member), message, overlaps: false }]));
        }
        Meant::Branch { index, name } => {
            let errors = context.get(index).filter(|errors| !errors.is_empty())?;
            let first = errors.first()?;
            (format!("it is no {}{}: {}", quoted(&name), shown_place(first), explain(first).0), errors.as_slice())
        }
    };
    let causes = errors
        .iter()
        .take(MAX_CAUSES)
        .map(|error| {
            let pointer = Pointer::parse(error.instance_path().as_str()).unwrap_or_default();
            let missing = if let Kind::Required { property } = error.kind() { property.as_str() } else { None };
            let pointer = missing.map_or(pointer.clone(), |name| pointer.join(name));
            Cause { pointer, message: explain(error).0, overlaps: overlaps(error) }
        })
        .collect();
    Some((sentence, causes))
}

/// True where all that is wrong is that values fit more than one alternative, here or within the alternative that came nearest.
fn overlaps(error: &ValidationError<'_>) -> bool {
    let below = match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => nearest(context),
        kind => return matches!(kind, Kind::OneOfMultipleValid { .. }),
    };
    below.is_some_and(|(_, errors)| errors.iter().all(overlaps))
}

fn article(kind: &str) -> String {
    match kind {
        "null" => "null".to_owned(),
        "array" | "integer" | "object" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A text within quotes, as much of it as is shown.
pub(super) fn quoted(text: &str) -> String {
    Value::String(clip(text)).to_string()
}

/// A value as people recognise it: short, on one line. Takes time for what is shown only, however large the value is.
pub(crate) fn show(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Object(members) if members.len() > 3 => format!("an object of {} members", members.len()),
        Value::Array(items) if items.len() > 8 => format!("an array of {} items", items.len()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            let mut start = Start(String::new());
            // It fails where there is more than is shown, which is as it should be.
            let whole = write!(start, "{value}").is_ok();
            if whole { clip(&start.0) } else { clip(&format!("{}…", start.0)) }
        }
    }
}

/// Keeps the first of what is written to it and refuses the rest.
struct Start(String);

impl Write for Start {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // Four bytes are the longest character, so this is more than is shown.
        let left = (4 * SHOWN).saturating_sub(self.0.len());
        self.0.extend(text.chars().scan(0, |taken, character| {
            *taken += character.len_utf8();
            (*taken <= left).then_some(character)
        }));
        if text.len() > left { Err(fmt::Error) } else { Ok(()) }
    }
}

fn clip(text: &str) -> String {
    // The first character that is left out, if any: the rest is not looked at.
    if text.char_indices().nth(SHOWN).is_none() {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(SHOWN - 1).collect();
    short.push('…');
    short
}
