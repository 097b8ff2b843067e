//! Breaches and their twins: those that are values come from the generator, those that are bytes or headers are made here.

use etalon_contract::codec::{self, Draft, DraftBody};
use etalon_contract::generate::{self, Broken, Cannot, Choices};
use etalon_contract::model::{Contract, MediaType, Operation};
use etalon_contract::rule::{Malformation, Protocol, Row, Rule};

/// Media types that are sent where they are not documented. The first is what a person would try.
const STRANGE: [&str; 3] = ["text/plain", "application/xml", "application/vnd.etalon.nowhere"];

/// The most drafts that are made until one has a body, where a body is optional.
const DRAFTS: usize = 16;

/// A request that breaks a row, and its twin.
///
/// # Errors
/// Why there is none.
pub(super) fn breach(
    contract: &Contract,
    operation: &Operation,
    row: &Row,
    variant: usize,
    choices: &mut dyn Choices,
) -> Result<Broken, Cannot> {
    match &row.rule {
        Rule::Protocol(Protocol::Empty | Protocol::Malformed(_) | Protocol::UnsupportedMediaType) => {
            let twin = with_body(contract, operation, choices)?;
            let broken =
                break_content(contract, operation, row, &twin).expect("the row is about the bytes of the content");
            Ok(Broken { draft: broken?, twin })
        }
        Rule::Protocol(
            Protocol::Unusual(_)
            | Protocol::NotAcceptable
            | Protocol::MethodNotAllowed
            | Protocol::UnknownPath
            | Protocol::Usual(_)
            | Protocol::HeadIsGet
            | Protocol::Tag(_),
        )
        | Rule::Limit(_)
        | Rule::Advice(_)
        | Rule::Security(_)
        | Rule::Response(_)
        | Rule::Story(_) => generate::breach(contract, operation, row, variant, choices),
    }
}

/// The draft that breaks a row about the bytes of the content rather than its value, made of its twin; `None` for all
/// other rows.
#[must_use]
pub(crate) fn break_content(
    contract: &Contract,
    operation: &Operation,
    row: &Row,
    twin: &Draft,
) -> Option<Result<Draft, Cannot>> {
    match &row.rule {
        Rule::Protocol(Protocol::Empty) => Some(Ok(Draft { body: None, ..twin.clone() })),
        Rule::Protocol(Protocol::Malformed(kind)) => {
            let documented = operation.body.as_ref().and_then(|body| body.content.get(row.content?));
            let media_type = documented.map(|content| content.media_type.clone());
            Some(raw(contract, operation, twin, media_type, |bytes| malformed(*kind, bytes)))
        }
        Rule::Protocol(Protocol::UnsupportedMediaType) => {
            let strange = STRANGE
                .into_iter()
                .filter_map(MediaType::parse)
                .find(|strange| operation.body.as_ref().is_some_and(|body| body.content_for(strange).is_none()));
            Some(match strange {
                Some(strange) => raw(contract, operation, twin, Some(strange), Some),
                None => Err(Cannot::because("every media type that is tried is documented")),
            })
        }
        Rule::Protocol(
            Protocol::Unusual(_)
            | Protocol::NotAcceptable
            | Protocol::MethodNotAllowed
            | Protocol::UnknownPath
            | Protocol::Usual(_)
            | Protocol::HeadIsGet
            | Protocol::Tag(_),
        )
        | Rule::Limit(_)
        | Rule::Advice(_)
        | Rule::Security(_)
        | Rule::Response(_)
        | Rule::Story(_) => None,
    }
}

/// A request whose bytes are the twin's, changed.
fn raw(
    contract: &Contract,
    operation: &Operation,
    twin: &Draft,
    media_type: Option<MediaType>,
    change: impl Fn(Vec<u8>) -> Option<Vec<u8>>,
) -> Result<Draft, Cannot> {
    let written = codec::encode(contract, operation, twin).map_err(|none| Cannot::because(none.to_string()))?;
    let bytes = change(written.body).ok_or_else(|| Cannot::because("its content cannot be malformed so"))?;
    Ok(Draft { body: Some(DraftBody::Raw { media_type, bytes }), ..twin.clone() })
}

/// A valid request as clients send it: with its content, where it may have some and its method is one that has.
///
/// # Errors
/// Why there is none.
pub(crate) fn ordinary(contract: &Contract, operation: &Operation, choices: &mut dyn Choices) -> Result<Draft, Cannot> {
    let first = generate::valid(contract, operation, choices)?;
    let lacks = first.body.is_none() && operation.body.as_ref().is_some_and(|body| !body.content.is_empty());
    if lacks && matches!(operation.method.as_str(), "POST" | "PUT" | "PATCH") {
        return Ok(with_body(contract, operation, choices).unwrap_or(first));
    }
    Ok(first)
}

/// A valid request with a body.
///
/// # Errors
/// Why there is none.
pub(super) fn with_body(
    contract: &Contract,
    operation: &Operation,
    choices: &mut dyn Choices,
) -> Result<Draft, Cannot> {
    for _ in 0..DRAFTS {
        let draft = generate::valid(contract, operation, choices)?;
        if draft.body.is_some() {
            return Ok(draft);
        }
    }
    Err(Cannot::because("no valid request with a body was found"))
}

/// JSON that breaks off.
fn cut(mut bytes: Vec<u8>) -> Vec<u8> {
    let ends_something = matches!(bytes.pop(), Some(b'}' | b']' | b'"'));
    if ends_something { bytes } else { b"{\"".to_vec() }
}

/// JSON that is none, for one reason; `None` where these bytes cannot be so.
fn malformed(kind: Malformation, bytes: Vec<u8>) -> Option<Vec<u8>> {
    let inserted = |at: usize, what: &[u8]| {
        let mut bytes = bytes.clone();
        bytes.splice(at..at, what.iter().copied());
        bytes
    };
    let last = |wanted: u8| bytes.iter().rposition(|byte| *byte == wanted);
    let is_filled = bytes.len() > 2 && matches!(bytes.last(), Some(b'}' | b']'));
    match kind {
        Malformation::CutOff => Some(cut(bytes)),
        Malformation::TrailingComma => is_filled.then(|| inserted(bytes.len() - 1, b",")),
        Malformation::TextBehind => Some(inserted(bytes.len(), b" x")),
        Malformation::Comment => is_filled.then(|| inserted(1, b"/* all */")),
        Malformation::SingleQuotes => {
            let quotes = is_filled && bytes.contains(&b'"') && !bytes.contains(&b'\'') && !bytes.contains(&b'\\');
            quotes.then(|| bytes.iter().map(|byte| if *byte == b'"' { b'\'' } else { *byte }).collect())
        }
        Malformation::Utf16 => {
            let text = String::from_utf8(bytes.clone()).ok()?;
            let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
            Some(units.flat_map(u16::to_le_bytes).collect())
        }
        Malformation::BadUtf8 => last(b'"').map(|at| inserted(at, b"\xff")),
        Malformation::Control => last(b'"').map(|at| inserted(at, b"\n")),
    }
}
