//! The header fields of a part, as the encoding's `headers` describe them (OpenAPI 3.x "Encoding Object"). A value has
//! no place for them, so what is written is what the contract names itself; what is read is checked and dropped.

use serde_json::{Number, Value};

use crate::codec::body::header::{decode_header, encode_header};
use crate::codec::draft::Reading;
use crate::codec::hints::{Hints, Listing, Types};
use crate::codec::message::is_token;
use crate::model::{Contract, Encoding, Header};

/// The text of a required field that only has to be a string.
const TEXT: &str = "etalon";

/// The longest text that is made up: a part's header is bounded as well.
const MAX_TEXT: usize = 1_000;

/// The lines of the described fields, each with its end. Those that may be left out are, where the contract names no value
/// that they can carry.
///
/// # Errors
/// A required field has no value that the contract names, or none that a field can carry.
pub(crate) fn lines(contract: &Contract, encoding: Option<&Encoding>) -> Result<String, String> {
    let mut lines = String::new();
    for header in described(encoding) {
        let refused = |why: String| format!("the part's header `{}` is required: {why}", header.name);
        let hints = Hints::new(contract, header.shape.schema());
        let value = named_value(header, &hints).or_else(|| simplest(&hints).filter(|_| header.required));
        let text = value.ok_or_else(|| "no value of it is named".to_owned()).and_then(|value| {
            if header.name.is_empty() || !header.name.bytes().all(is_token) {
                return Err("that is no name of a field".to_owned());
            }
            fits(&hints, &value)?;
            encode_header(contract, &header.shape, &value).map_err(|refusal| refusal.why)
        });
        let text = match text {
            Ok(text) => text,
            Err(why) if header.required => return Err(refused(why)),
            Err(_) => continue,
        };
        lines.push_str(&format!("{}: {text}\r\n", header.name));
    }
    Ok(lines)
}

/// Checks the fields of a part; their names are in lower case.
///
/// # Errors
/// A required field is missing, or one cannot be read as what it is described as.
pub(crate) fn check(
    contract: &Contract,
    encoding: Option<&Encoding>,
    fields: &[(String, String)],
) -> Result<(), String> {
    for header in described(encoding) {
        let refused = |why: &str| format!("the part's header `{}` {why}", header.name);
        let sent: Vec<&str> = fields
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(&header.name))
            .map(|(_, text)| text.as_str())
            .collect();
        if sent.is_empty() {
            if header.required {
                return Err(refused("is missing"));
            }
            continue;
        }
        // Fields of one name are one list (RFC 9110 §5.3).
        match decode_header(contract, &header.shape, &sent.join(", ")) {
            Reading::Value(value) => {
                fits(&Hints::new(contract, header.shape.schema()), &value)
                    .map_err(|why| refused(&format!("cannot be accepted: {why}")))?;
            }
            Reading::Absent => {}
            Reading::Unreadable(reason) => return Err(refused(&format!("cannot be read: {reason}"))),
        }
    }
    Ok(())
}

/// The described fields but for those of the part itself, which say how it is read.
fn described(encoding: Option<&Encoding>) -> impl Iterator<Item = &Header> {
    let own = ["content-disposition", "content-type", "content-transfer-encoding"];
    let headers = encoding.map_or(&[][..], |encoding| encoding.headers.as_slice());
    headers.iter().filter(move |header| !own.iter().any(|own| header.name.eq_ignore_ascii_case(own)))
}

/// Tells whether the value is of a type that the schema allows, and among those that it lists. The rest of its keywords
/// are not looked at: this floor does not judge.
fn fits(hints: &Hints<'_>, value: &Value) -> Result<(), String> {
    if !hints.types().has(Types::of(value)) {
        return Err(format!("{value} is of another type than its schema asks for"));
    }
    match hints.lists(value) {
        Some(Listing::Unlisted) => Err(format!("{value} is none of the values that its schema lists")),
        Some(Listing::Listed) | None => Ok(()),
    }
}

/// The value that the contract itself names.
fn named_value(header: &Header, hints: &Hints<'_>) -> Option<Value> {
    let first = |keyword: &str| hints.keyword(keyword).and_then(Value::as_array).and_then(|values| values.first());
    let of_schema = || {
        hints
            .keyword("const")
            .or_else(|| hints.keyword("default"))
            .or_else(|| hints.keyword("example"))
            .or_else(|| first("examples"))
            .or_else(|| first("enum"))
    };
    header.examples.first().or_else(of_schema).cloned()
}

/// A value of a schema that asks for little; `None` where it takes more than its type and a bound to know one.
fn simplest(hints: &Hints<'_>) -> Option<Value> {
    let demands = ["pattern", "format", "multipleOf", "exclusiveMinimum", "exclusiveMaximum", "not", "allOf"];
    if demands.iter().any(|keyword| hints.keyword(keyword).is_some()) {
        return None;
    }
    let types = hints.types();
    let bound = |keyword: &str| hints.keyword(keyword).and_then(Value::as_f64);
    if types.has(Types::STRING) {
        let least = hints.keyword("minLength").and_then(Value::as_u64).unwrap_or(0);
        let most = hints.keyword("maxLength").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let length = u64::try_from(TEXT.len()).ok()?.min(most).max(least);
        let length = usize::try_from(length).ok().filter(|length| (1..=MAX_TEXT).contains(length))?;
        return Some(Value::String(TEXT.chars().cycle().take(length).collect()));
    }
    if types.has(Types::BOOLEAN) {
        return Some(Value::Bool(true));
    }
    if !types.has(Types::NUMBER) {
        return None;
    }
    match (hints.keyword("minimum"), bound("minimum"), bound("maximum")) {
        (Some(minimum), Some(least), _) if least > 0.0 => {
            minimum.as_u64().map(|least| Value::Number(Number::from(least)))
        }
        (_, _, Some(most)) if most < 0.0 => None,
        _ => Some(Value::from(0)),
    }
}
