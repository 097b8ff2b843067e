//! Requests <-> values. What is written is read back before it is given away, so that a draft either arrives as it was
//! meant or is refused with the reason.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::codec::body;
use crate::codec::body::header::encode_header;
use crate::codec::body::{content_type, decode_body, encode_body};
use crate::codec::draft::{Decoded, Draft, DraftBody, NoWireForm, Reading};
use crate::codec::message::{Request, is_token};
use crate::codec::parameter::{Claims, Sent, is_bracketed, is_form, is_key, write_pairs, write_segment};
use crate::codec::style::escape::{Escaping, Reserved};
use crate::codec::style::pairs::pairs;
use crate::codec::style::primitive;
use crate::document::Location;
use crate::model::{Content, Contract, Direction, In, MediaType, Operation, Piece, Route, Shape};

/// Writes a request: path, query, header fields, cookies, content and `Content-Type`, without `Accept` and credentials.
/// Parameters that the operation does not describe are written in the default style of their place.
///
/// # Errors
/// The first part that has no form on the wire, or that would be read back as something else: the message always arrives as
/// the draft says, or is not written.
pub fn encode(contract: &Contract, operation: &Operation, draft: &Draft) -> Result<Request, NoWireForm> {
    let mut request = Request { method: operation.method.as_str().to_owned(), ..Request::default() };
    request.target = path(contract, operation, draft)?;
    let query = query(contract, operation, draft)?;
    if !query.is_empty() {
        request.target = format!("{}?{query}", request.target);
    }
    leads_here(contract, operation, &request)?;
    headers(contract, operation, draft, &mut request)?;
    cookies(contract, operation, draft, &mut request)?;
    content(contract, operation, draft, &mut request)?;
    read_back(contract, operation, draft, &request)?;
    Ok(request)
}

/// Reads a request. `captures` are the raw texts of the path parameters, as [`Contract::route`] gives them.
#[must_use]
pub fn decode(contract: &Contract, operation: &Operation, captures: &[(String, String)], request: &Request) -> Decoded {
    let documented = operation.body.as_ref().map_or(&[][..], |body| &body.content);
    Decoded {
        parameters: parameters(contract, operation, captures, request),
        body: decode_body(contract, documented, request.headers.get("content-type"), &request.body),
    }
}

/// The names in the query that no parameter of the operation has, each once, in order. It goes by names alone: the members
/// of an object that is spread over the query count as unknown here, see [`undescribed_query`].
#[must_use]
pub fn unknown_query(operation: &Operation, request: &Request) -> Vec<String> {
    names_but(request, |name| {
        operation.parameters.iter().any(|parameter| match parameter.place {
            In::QueryString => true,
            In::Query => parameter.name == name || is_bracketed(parameter, name),
            In::Path | In::Header | In::Cookie => false,
        }) || is_key(operation, In::Query, name)
    })
}

/// As [`unknown_query`], but for the names that the schema of a parameter lays claim to: members of an object that is
/// spread over the query.
#[must_use]
pub fn undescribed_query(contract: &Contract, operation: &Operation, request: &Request) -> Vec<String> {
    let claims = Claims::new(contract, operation, In::Query, None);
    let takes_all = claims.has_all() || operation.parameters.iter().any(|parameter| parameter.place == In::QueryString);
    names_but(request, |name| takes_all || claims.has(name))
}

fn names_but(request: &Request, known: impl Fn(&str) -> bool) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let names = pairs(request.query().unwrap_or("")).unwrap_or_default().into_iter().map(|pair| pair.name);
    names.filter(|name| seen.insert(name.clone()) && !known(name)).collect()
}

fn parameters(
    contract: &Contract,
    operation: &Operation,
    captures: &[(String, String)],
    request: &Request,
) -> Vec<Reading> {
    let sent = Sent::new(captures, request);
    operation.parameters.iter().map(|parameter| sent.reading(contract, operation, parameter)).collect()
}

fn refused(place: In, name: &str, why: impl Into<String>) -> NoWireForm {
    NoWireForm { what: format!("{place} {name}"), why: why.into() }
}

fn drafted(draft: &Draft, place: In) -> impl Iterator<Item = (&str, &Value)> {
    draft.parameters.iter().filter(move |(at, _, _)| *at == place).map(|(_, name, value)| (name.as_str(), value))
}

fn path(contract: &Contract, operation: &Operation, draft: &Draft) -> Result<String, NoWireForm> {
    let mut path = String::new();
    for segment in operation.path.segments() {
        let mut text = String::new();
        let mut last = None;
        for piece in &segment.0 {
            match piece {
                // A template may be written with or without its escapes; both stand for the same path.
                Piece::Literal(literal) => text.push_str(&literal_text(literal)),
                Piece::Parameter(name) => {
                    let parameter = operation
                        .parameter(In::Path, name)
                        .ok_or_else(|| refused(In::Path, name, "the operation does not describe it"))?;
                    let value =
                        draft.parameter(In::Path, name).ok_or_else(|| refused(In::Path, name, "it is not given"))?;
                    let written =
                        write_segment(contract, parameter, value).map_err(|why| refused(In::Path, name, why))?;
                    text.push_str(&written);
                    last = Some(name);
                }
            }
        }
        if let (Some(name), "" | "." | "..") = (last, text.as_str()) {
            return Err(refused(In::Path, name, format!("the segment would be `{text}`, which clients take away")));
        }
        path.push('/');
        path.push_str(&text);
    }
    if let Some((name, _)) = drafted(draft, In::Path).find(|(name, _)| operation.parameter(In::Path, name).is_none()) {
        return Err(refused(In::Path, name, "the path has no place for it"));
    }
    Ok(path)
}

fn leads_here(contract: &Contract, operation: &Operation, request: &Request) -> Result<(), NoWireForm> {
    match contract.route(operation.method.as_str(), &request.target) {
        Route::Found { operation: found, .. } if found == operation.index => Ok(()),
        Route::Found { .. } | Route::OtherMethods(_) | Route::Unknown => {
            let why = format!("{} does not lead to this operation", request.path());
            Err(NoWireForm { what: "path".to_owned(), why })
        }
    }
}

/// Escapes what may not stand in a path (RFC 3986 §3.3) and leaves escapes that are there already.
fn literal_text(literal: &str) -> String {
    const PATH: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'<')
        .add(b'>')
        .add(b'?')
        .add(b'`')
        .add(b'{')
        .add(b'}')
        .add(b'\\')
        .add(b'^')
        .add(b'|')
        .add(b'[')
        .add(b']');
    percent_encoding::utf8_percent_encode(literal, PATH).to_string()
}

fn query(contract: &Contract, operation: &Operation, draft: &Draft) -> Result<String, NoWireForm> {
    let mut pieces = Vec::new();
    // What the document writes behind the path, unless a parameter says it.
    for (name, value) in operation.path.fixed_query() {
        if draft.parameter(In::Query, &name).is_some() {
            continue;
        }
        let write = |text: &str| Escaping::Query.write(text, Reserved::Escaped);
        let pair = write(&name).and_then(|name| match &value {
            Some(value) => Ok(format!("{name}={}", write(value)?)),
            None => Ok(name),
        });
        pieces.push(pair.map_err(|why| refused(In::Query, &name, why))?);
    }
    for (name, value) in drafted(draft, In::QueryString) {
        let refused = |why: String| refused(In::QueryString, name, why);
        let parameter = operation.parameter(In::QueryString, name);
        let Some(Shape::Content(content)) = parameter.map(|parameter| &parameter.shape) else {
            return Err(refused("the operation gives no media type for it".to_owned()));
        };
        let text = body::write_text(contract, content, value).map_err(refused)?;
        pieces.push(if is_form(content) {
            text
        } else {
            Escaping::Path.write(&text, Reserved::Escaped).map_err(refused)?
        });
    }
    for (name, value) in drafted(draft, In::Query) {
        let pairs = match operation.parameter(In::Query, name) {
            Some(parameter) => write_pairs(contract, parameter, value),
            None => undescribed(value).and_then(|text| {
                Ok(vec![(
                    Escaping::Query.write(name, Reserved::Escaped)?,
                    Escaping::Query.write(&text, Reserved::Escaped)?,
                )])
            }),
        };
        let pairs = pairs.map_err(|why| refused(In::Query, name, why))?;
        pieces.extend(pairs.into_iter().map(|(name, value)| format!("{name}={value}")));
    }
    Ok(pieces.join("&"))
}

fn undescribed(value: &Value) -> Result<String, String> {
    primitive::write(value).map_err(|why| format!("the operation does not describe it, and {why}"))
}

fn headers(contract: &Contract, operation: &Operation, draft: &Draft, request: &mut Request) -> Result<(), NoWireForm> {
    for (name, value) in drafted(draft, In::Header) {
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(refused(In::Header, name, "this cannot be the name of a header field"));
        }
        let text = match operation.parameter(In::Header, name) {
            Some(parameter) => encode_header(contract, &parameter.shape, value).map_err(|error| error.why),
            None => undescribed(value).and_then(|text| Escaping::Header.write(&text, Reserved::Escaped)),
        };
        request.headers.add(name, text.map_err(|why| refused(In::Header, name, why))?);
    }
    Ok(())
}

fn cookies(contract: &Contract, operation: &Operation, draft: &Draft, request: &mut Request) -> Result<(), NoWireForm> {
    let mut pieces = Vec::new();
    for (name, value) in drafted(draft, In::Cookie) {
        let pairs = match operation.parameter(In::Cookie, name) {
            Some(parameter) => write_pairs(contract, parameter, value),
            None => undescribed(value)
                .and_then(|text| Ok(vec![(name.to_owned(), Escaping::Cookie.write(&text, Reserved::Escaped)?)])),
        };
        let pairs = pairs.map_err(|why| refused(In::Cookie, name, why))?;
        pieces.extend(pairs.into_iter().map(|(name, value)| format!("{name}={value}")));
    }
    if !pieces.is_empty() {
        request.headers.add("Cookie", pieces.join("; "));
    }
    Ok(())
}

fn content(contract: &Contract, operation: &Operation, draft: &Draft, request: &mut Request) -> Result<(), NoWireForm> {
    match &draft.body {
        None => {}
        Some(DraftBody::Raw { media_type, bytes }) => {
            if let Some(media_type) = media_type {
                request.headers.set("Content-Type", media_type.to_string());
            }
            request.body.clone_from(bytes);
        }
        Some(DraftBody::Value { media_type, value }) => {
            let media_type = body::concrete(media_type);
            let mut content = operation
                .body
                .as_ref()
                .and_then(|body| body.content_for(&media_type))
                .cloned()
                .unwrap_or_else(|| undocumented(operation, &media_type));
            content.media_type = media_type;
            request.body = encode_body(contract, &content, value, Direction::Request)?;
            request.headers.set("Content-Type", content_type(&content.media_type, &request.body));
        }
    }
    Ok(())
}

fn undocumented(operation: &Operation, media_type: &MediaType) -> Content {
    Content {
        media_type: media_type.clone(),
        schema: None::<Location>,
        item_schema: None,
        encoding: BTreeMap::new(),
        examples: Vec::new(),
        at: operation.at.clone(),
    }
}

fn read_back(contract: &Contract, operation: &Operation, draft: &Draft, request: &Request) -> Result<(), NoWireForm> {
    let Some(captures) = operation.path.capture(request.path()) else {
        return Err(NoWireForm { what: "path".to_owned(), why: "it would not fit the template".to_owned() });
    };
    let readings = parameters(contract, operation, &captures, request);
    for (parameter, reading) in operation.parameters.iter().zip(readings) {
        let found =
            |name: &str| operation.parameter(parameter.place, name).is_some_and(|it| std::ptr::eq(it, parameter));
        let meant = drafted(draft, parameter.place).find(|(name, _)| found(name)).map(|(_, value)| value);
        let why = match (meant, reading) {
            (None, Reading::Absent) => continue,
            (Some(meant), Reading::Value(read)) if *meant == read => continue,
            (Some(_), Reading::Value(read)) => format!("it would be read as {read}"),
            (None, Reading::Value(read)) => format!("it is not given, but {read} would be read for it"),
            (Some(_), Reading::Absent) => "it would be read as none".to_owned(),
            (_, Reading::Unreadable(unread)) => unread.into(),
        };
        return Err(refused(parameter.place, &parameter.name, why));
    }
    match &draft.body {
        Some(DraftBody::Value { .. }) if request.body.is_empty() => {
            Err(NoWireForm { what: "body".to_owned(), why: "it would be empty".to_owned() })
        }
        Some(DraftBody::Value { .. } | DraftBody::Raw { .. }) | None => Ok(()),
    }
}
