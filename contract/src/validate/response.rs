//! A response against the documented ones of its operation.

use serde_json::Value;

use crate::codec::{self, DecodedBody, Framing, Reading};
use crate::document::{Defect, Location};
use crate::model::{self, Contract, Direction, MediaType, Operation};
use crate::rule::{Breach, Subject};
use crate::validate::problem::{is_uri_reference, problem};
use crate::validate::{Violation, value};

/// The violations of a response: its status, its headers, its media type, its body, and RFC 9457 where it is a problem.
///
/// # Errors
/// The defect that makes a schema of the operation unusable.
pub fn response(
    contract: &Contract,
    operation: &Operation,
    method: &str,
    response: &codec::Response,
) -> Result<Vec<Violation>, Defect> {
    let mut found = Vec::new();
    let documented = operation.response(response.status);
    match documented {
        None => found.push(Violation::whole(
            Subject::Response,
            Breach::Status,
            format!("the status {} is not documented for {}", response.status, operation.id),
        )),
        Some(documented) => {
            headers(contract, documented, response, &mut found)?;
            if may_have_body(method, response.status) {
                body(contract, documented, response, &mut found)?;
            }
        }
    }
    if !may_have_body(method, response.status) && !response.body.is_empty() {
        found.push(Violation::whole(
            Subject::ResponseBody,
            Breach::Unexpected,
            format!("a response to {method} with status {} has no body (RFC 9110 §6.4.1)", response.status),
        ));
    }
    framing(method, response, &mut found);
    if may_have_body(method, response.status) {
        found.extend(problem(response));
    }
    Ok(found)
}

/// RFC 9110 §6.4.1 and §15.3.6: no content in answers to HEAD, in 1xx, 204, 205 and 304.
fn may_have_body(method: &str, status: u16) -> bool {
    method != "HEAD" && !matches!(status, 100..=199 | 204 | 205 | 304)
}

/// Adds the violations of rules that hold whatever the contract says: `Content-Length` is the length of the content
/// (RFC 9110 §8.6), `Location` is a URI reference (RFC 9110 §10.2.2).
fn framing(method: &str, response: &codec::Response, found: &mut Vec<Violation>) {
    let mut malformed = |name: &str, message: String| {
        found.push(Violation::whole(Subject::ResponseHeader { name: name.to_owned() }, Breach::Malformed, message));
    };
    // In answers to HEAD and in 304 it is the length that GET would have had.
    if method != "HEAD" && response.status != 304 {
        for length in response.headers.all("content-length") {
            if length.trim().parse() != Ok(response.body.len()) {
                let message = format!(
                    "Content-Length says {length}, but the content has {} bytes (RFC 9110 §8.6)",
                    response.body.len()
                );
                malformed("Content-Length", message);
            }
        }
    }
    if let Some(location) = response.headers.get("location").filter(|location| !is_uri_reference(location)) {
        malformed("Location", format!("{location:?} is no URI reference (RFC 9110 §10.2.2)"));
    }
}

fn headers(
    contract: &Contract,
    documented: &model::Response,
    response: &codec::Response,
    found: &mut Vec<Violation>,
) -> Result<(), Defect> {
    for header in &documented.headers {
        let subject = Subject::ResponseHeader { name: header.name.clone() };
        let lines: Vec<&str> = response.headers.all(&header.name).collect();
        if lines.is_empty() && header.required {
            let message = format!("the response header {} is missing", header.name);
            found.push(Violation::whole(subject.clone(), Breach::Absent, message));
        }
        for reading in readings(contract, header, &lines) {
            match reading {
                Reading::Absent => {}
                Reading::Unreadable(unread) => found.push(Violation::unread(subject.clone(), &unread)),
                Reading::Value(instance) => {
                    if let Some(at) = header.shape.schema() {
                        found.extend(value(contract, at, Direction::Response, &subject, &instance)?);
                    }
                }
            }
        }
    }
    Ok(())
}

/// The values of a header field that stands on some lines. The lines of a list are one list (RFC 9110 §5.3), but for
/// `Set-Cookie`, whose lines are never joined (RFC 9110 §5.3): each is an item of a documented array, else a value of its own.
fn readings(contract: &Contract, header: &model::Header, lines: &[&str]) -> Vec<Reading> {
    let types = |at: &Location| contract.conjuncts(at).schemas.iter().any(|schema| schema.types().contains(&"array"));
    let is_list = header.shape.schema().is_some_and(types);
    let read = |text: &str| codec::decode_header(contract, &header.shape, text);
    match (header.name.eq_ignore_ascii_case("set-cookie"), is_list, lines) {
        (_, _, []) => Vec::new(),
        (true, true, lines) => {
            vec![Reading::Value(lines.iter().map(|line| Value::from(line.trim())).collect())]
        }
        (true, false, lines) => lines.iter().map(|line| read(line)).collect(),
        (false, true, lines) => vec![read(&lines.join(", "))],
        (false, false, [first, ..]) => vec![read(first)],
    }
}

/// True for the media type of a stream of items.
fn is_stream(content_type: Option<&str>) -> bool {
    let media_type = content_type.and_then(MediaType::parse);
    media_type.is_some_and(|media_type| Framing::of(&media_type.essence()).is_some())
}

fn body(
    contract: &Contract,
    documented: &model::Response,
    response: &codec::Response,
    found: &mut Vec<Violation>,
) -> Result<(), Defect> {
    if documented.content.is_empty() {
        // Nothing is promised of the body, so nothing can be broken.
        return Ok(());
    }
    let content_type = response.headers.get("content-type");
    match codec::decode_body(contract, &documented.content, content_type, &response.body) {
        // A stream on which nothing has happened yet.
        DecodedBody::Absent if is_stream(content_type) => {}
        DecodedBody::Absent => found.push(Violation::whole(
            Subject::ResponseBody,
            Breach::Absent,
            format!("the response {} is documented with a body, but has none", documented.status),
        )),
        DecodedBody::Malformed { reason, .. } => {
            found.push(Violation::whole(Subject::ResponseBody, Breach::Malformed, reason));
        }
        DecodedBody::Beyond { bound, .. } => {
            found.push(Violation::whole(Subject::ResponseBody, Breach::Beyond, bound));
        }
        DecodedBody::UndocumentedMediaType { sent } => found.push(Violation::whole(
            Subject::Response,
            Breach::MediaType,
            match sent {
                Some(sent) => {
                    format!("the media type {sent} is not documented for the response {}", documented.status)
                }
                None => "the response has a body, but no Content-Type".to_owned(),
            },
        )),
        DecodedBody::Opaque { .. } => {}
        DecodedBody::Value { content, value: instance, .. } => {
            if let Some(at) = documented.content.get(content).and_then(|content| content.schema.as_ref()) {
                found.extend(value(contract, at, Direction::Response, &Subject::ResponseBody, &instance)?);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, NoFiles, Source};

    fn judged(method: &str, status: u16, headers: &[(&str, &str)], body: &str) -> Vec<String> {
        let root = serde_json::json!({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {"/": {"get": {
            "responses": {"200": {"description": "", "content": {"application/json": {}}}, "204": {"description": ""}, "304": {"description": ""}, "201": {"description": ""}}
        }}}});
        let text = root.to_string();
        let source = Source { name: "api.json", bytes: text.as_bytes() };
        let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("a document"));
        let operation = contract.operation(0).expect("it is sound");
        let sent =
            codec::Response { status, headers: headers.iter().copied().collect(), body: body.as_bytes().to_vec() };
        let found = response(&contract, operation, method, &sent).expect("it has no schema");
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn framing_is_judged_whatever_the_contract_says() {
        let json = ("Content-Type", "application/json");
        assert_eq!(judged("GET", 200, &[json, ("Content-Length", "2")], "{}"), Vec::<String>::new());
        assert_eq!(judged("GET", 200, &[json, ("Content-Length", "3")], "{}").len(), 1);
        assert_eq!(judged("HEAD", 200, &[json, ("Content-Length", "3")], ""), Vec::<String>::new());
        assert_eq!(judged("HEAD", 200, &[json], "{}").len(), 1);
        let problem = ("Content-Type", "application/problem+json");
        assert_eq!(judged("HEAD", 200, &[problem], ""), Vec::<String>::new());
        assert_eq!(judged("GET", 304, &[("Content-Length", "3")], ""), Vec::<String>::new());
        assert_eq!(judged("GET", 204, &[], "x").len(), 1);
        assert_eq!(judged("GET", 201, &[("Location", "/a/b?c")], ""), Vec::<String>::new());
        assert_eq!(judged("GET", 201, &[("Location", "http://[a b")], "").len(), 1);
    }

    #[test]
    fn lines_of_one_field_are_a_list_but_cookies_are_never_joined() {
        let judged = |schema: Value, name: &str, lines: &[&str]| {
            let root = serde_json::json!({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {"/": {"get": {
                "responses": {"204": {"description": "", "headers": {name: {"required": true, "schema": schema}}}}
            }}}});
            let text = root.to_string();
            let source = Source { name: "api.json", bytes: text.as_bytes() };
            let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("a document"));
            let operation = contract.operation(0).expect("it is sound");
            let headers = lines.iter().map(|line| (name, *line)).collect();
            let sent = codec::Response { status: 204, headers, body: Vec::new() };
            response(&contract, operation, "GET", &sent).expect("its schemas are sound").len()
        };
        let cookie = serde_json::json!({"type": "string", "pattern": "^(a|b)=[^,]*(, [^,]*)?$"});
        let two = serde_json::json!({"type": "array", "items": cookie, "minItems": 2});
        let dated = ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2"];
        assert_eq!(judged(two.clone(), "Set-Cookie", &dated), 0);
        assert_eq!(judged(two.clone(), "Set-Cookie", &["a=1, b=2"]), 1);
        assert_eq!(judged(cookie.clone(), "Set-Cookie", &dated), 0);
        assert_eq!(judged(cookie, "Set-Cookie", &["a=1", "c=2"]), 1);
        let tokens = serde_json::json!({"type": "array", "items": {"type": "string", "maxLength": 3}, "minItems": 2});
        assert_eq!(judged(tokens.clone(), "Link", &["abc", "def"]), 0);
        assert_eq!(judged(tokens.clone(), "Link", &["abc", "defg"]), 1);
        assert_eq!(judged(tokens, "Link", &[]), 1);
    }
}
