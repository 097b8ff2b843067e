//! Documented responses. Every exchange of a run is looked at: it shows that its response can be reached, and whether it
//! conforms. What was never seen is left unproved, with the reason.

use std::collections::BTreeSet;

use etalon_contract::behaviour::shape;
use etalon_contract::codec::{self, DecodedBody, Request, Response};
use etalon_contract::document::Version;
use etalon_contract::model::{Contract, MediaType, Operation, StatusPattern};
use etalon_contract::rule::{Breach, ResponseRule, Row, Rule, Subject};
use etalon_contract::validate::{self, Violation};
use serde_json::Value;

use crate::judge::limit::said;
use crate::judge::status::{Class, NOT_IMPLEMENTED, Unrelated, class};
use crate::verdict::{FailureKind, Verdict};

/// The evidence of one answer about the documented responses of an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The documented response that it belongs to.
    pub pattern: StatusPattern,
    /// The names of its header fields, lower case.
    pub fields: Vec<String>,
    /// The violations; or the reason why the contract cannot tell.
    pub violations: Result<Vec<Violation>, String>,
    /// The content, where it is JSON.
    pub content: Option<Value>,
    /// The version of the document that describes it.
    pub version: Version,
}

/// Looks at one answer; `None` where its status is not documented.
#[must_use]
pub fn observe(
    contract: &Contract,
    operation: &Operation,
    request: &Request,
    response: &Response,
) -> Option<Observation> {
    let violations = validate::response(contract, operation, &request.method, response).map(|mut violations| {
        violations.retain(|violation| !is_described_otherwise(contract, operation, response, violation));
        violations.extend(misleading(contract, operation, request, response));
        violations
    });
    Some(Observation {
        pattern: operation.response(response.status)?.status,
        fields: response.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect(),
        violations: violations.map_err(|defect| defect.reason),
        content: json(response),
        version: contract.document().version(),
    })
}

/// True where RFC 9457 asks for another type of a problem's member than the document does: nobody can keep both, and the document is
/// what is tested.
fn is_described_otherwise(
    contract: &Contract,
    operation: &Operation,
    response: &Response,
    violation: &Violation,
) -> bool {
    let asked: &[&str] = match violation.pointer.as_str() {
        "/status" => &["integer", "number"],
        "/type" | "/title" | "/detail" | "/instance" => &["string"],
        _ => return false,
    };
    let described = || {
        let sent = response.headers.get("content-type").and_then(MediaType::parse)?;
        let schema = operation.response(response.status)?.content_for(&sent)?.schema.as_ref()?;
        let member = shape::member(contract, schema, violation.pointer.last()?.as_ref())?;
        Some(shape::types(contract, &member))
    };
    violation.breach == Breach::Problem
        && described().is_some_and(|types| !types.is_empty() && !types.iter().any(|known| asked.contains(known)))
}

fn json(response: &Response) -> Option<Value> {
    let sent = response.headers.get("content-type").and_then(MediaType::parse)?;
    sent.is_json().then(|| serde_json::from_slice(&response.body).ok())?
}

/// The places that a problem names and the request does not have. Nothing where the request's body was not understood:
/// what cannot be read has no places.
fn misleading(contract: &Contract, operation: &Operation, request: &Request, response: &Response) -> Vec<Violation> {
    if request.body.is_empty() || response.status / 100 != 4 {
        return Vec::new();
    }
    let documented = operation.body.as_ref().map_or(&[][..], |body| &body.content);
    match codec::decode_body(contract, documented, request.headers.get("content-type"), &request.body) {
        DecodedBody::Value { value, .. } => validate::unresolved_pointers(response, &value),
        DecodedBody::Absent
        | DecodedBody::Opaque { .. }
        | DecodedBody::Malformed { .. }
        | DecodedBody::Beyond { .. }
        | DecodedBody::UndocumentedMediaType { .. } => Vec::new(),
    }
}

/// The verdict of an observation on one row; `None` where it says nothing about it.
#[must_use]
pub fn verdict(row: &Row, observation: &Observation) -> Option<Verdict> {
    let violations = |pick: &dyn Fn(&Subject) -> bool| match &observation.violations {
        Ok(violations) => Ok(violations.iter().find(|violation| pick(&violation.subject))),
        Err(reason) => Err(Verdict::Inconclusive(format!("the contract cannot be asked: {reason}"))),
    };
    let Rule::Response(rule) = &row.rule else { return None };
    if observation.pattern != rule.status() {
        return None;
    }
    match rule {
        ResponseRule::Conforms(_) => match violations(&|subject| !matches!(subject, Subject::ResponseHeader { .. })) {
            Ok(Some(violation)) => Some(nonconforming(violation)),
            Ok(None) => Some(Verdict::proved()),
            Err(cannot) => Some(cannot),
        },
        ResponseRule::Header { name, .. } => {
            let same = |subject: &Subject| matches!(subject, Subject::ResponseHeader { name: n } if n.eq_ignore_ascii_case(name));
            match violations(&same) {
                Ok(Some(violation)) => Some(nonconforming(violation)),
                Ok(None) => observation.fields.contains(&name.to_ascii_lowercase()).then(Verdict::proved),
                Err(cannot) => Some(cannot),
            }
        }
        ResponseRule::WriteOnly(_) => write_only(row, observation),
    }
}

/// The verdict on a member that is only sent, from one answer; `None` where the answer has no object that could have
/// it.
fn write_only(row: &Row, observation: &Observation) -> Option<Verdict> {
    let mut owners = vec![observation.content.as_ref()?];
    let tokens: Vec<String> = row.pointer.tokens().map(|token| token.into_owned()).collect();
    let (name, way) = tokens.split_last()?;
    for token in way {
        owners = owners
            .into_iter()
            .flat_map(|value| match value {
                Value::Array(items) if token == "*" => items.iter().collect(),
                Value::Object(members) if token == "*" => members.values().collect(),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_)
                | Value::Object(_) => value.get(token).into_iter().collect::<Vec<_>>(),
            })
            .collect();
    }
    let mut members = owners.into_iter().filter_map(Value::as_object).peekable();
    members.peek()?;
    if !members.any(|members| members.get(name).is_some_and(|value| !value.is_null())) {
        return Some(Verdict::proved());
    }
    Some(match observation.version {
        Version::OpenApi31 | Version::OpenApi32 => Verdict::violated(
            FailureKind::Nonconforming(format!("writeOnly {}", row.pointer)),
            "a member that is writeOnly is never in an answer (JSON Schema Validation §9.4)",
            format!("{} is there", row.pointer),
        ),
        Version::Swagger2 | Version::OpenApi30 => Verdict::inconclusive(
            "it is there: a writeOnly member should not be in an answer, but may be (OpenAPI 3.0.4 §4.7.24.2)",
        ),
    })
}

/// The verdict against the row of the documented success that a valid request's answer gives: the target failed over it, whether it
/// documents that or not, or succeeded otherwise than documented. Statuses that any server may answer say nothing.
#[must_use]
pub fn unserved(operation: &Operation, response: &Response) -> Option<Verdict> {
    const EXPECTED: &str = "a valid request is answered with a documented status";
    let status = response.status;
    match (class(status), operation.response(status)) {
        (Class::Success | Class::Server, None) => Some(Verdict::violated(
            FailureKind::UndocumentedStatus(status),
            EXPECTED,
            format!("{}, which the operation does not document", said(response)),
        )),
        (Class::Server, Some(_)) => Some(Verdict::violated(
            FailureKind::ServerError(status),
            "a valid request is served",
            format!("the server failed over it: {}", said(response)),
        )),
        (Class::Success, Some(_))
        | (Class::Invalid | Class::Missing | Class::Conflict | Class::Protocol | Class::Unrelated(_), _) => None,
    }
}

/// The verdict on the documented 404 where a key that nothing has by chance was answered otherwise. `twin` is the operation that does not
/// find it; where none says so, a target may make things up as they are asked for.
#[must_use]
pub fn not_missing(operation: &Operation, answer: &Response, twin: Option<&str>) -> Verdict {
    const EXPECTED: &str = "what nothing has the key of is not found, as documented";
    let status = answer.status;
    let violated = |kind: FailureKind| Verdict::violated(kind, EXPECTED, said(answer));
    match (class(status), twin) {
        (Class::Success, Some(reader)) if operation.method.as_str() != "DELETE" => {
            let found = format!("{}, though {reader} does not find it", said(answer));
            Verdict::violated(FailureKind::State("what is not there is served"), EXPECTED, found)
        }
        (Class::Server, _) => violated(FailureKind::ServerError(status)),
        // The key is valid, and nothing else of the request is wrong.
        (Class::Invalid, _) if status == 400 && operation.body.is_none() => violated(FailureKind::WrongStatus(status)),
        (
            Class::Success | Class::Invalid | Class::Missing | Class::Conflict | Class::Protocol | Class::Unrelated(_),
            _,
        ) => Verdict::Unreachable(format!("a key that nothing has was answered {status}")),
    }
}

/// The verdict against the row of the documented success where the connection broke over a valid request, twice, and others were answered.
#[must_use]
pub fn crashed(broken: &Response) -> Verdict {
    Verdict::violated(
        FailureKind::Crash,
        "it is accepted or refused: a connection that breaks is neither (RFC 9110 §15.6)",
        format!(
            "the connection broke over it, twice, and another request was answered: {}",
            String::from_utf8_lossy(&broken.body)
        ),
    )
}

/// The verdict on a documented response that was not seen. `valid` is what valid requests were answered; `unsent` is why the
/// last could not be sent, where that was so.
#[must_use]
pub fn unseen(operation: &Operation, pattern: StatusPattern, valid: &[Response], unsent: Option<&str>) -> Verdict {
    if pattern.is_success() {
        return Verdict::Inconclusive(not_accepted(operation, pattern, valid, unsent));
    }
    Verdict::unreachable(match pattern {
        StatusPattern::Exact(403) => "it takes credentials with fewer rights, and none are known to be such",
        StatusPattern::Exact(500..) | StatusPattern::Range(5) => "no request is meant to make a server fail",
        StatusPattern::Exact(401) => "no request without credentials was refused with it",
        StatusPattern::Exact(404) => "nothing that this operation asks for was missing",
        StatusPattern::Exact(409) => "no request met a conflict",
        StatusPattern::Exact(_) | StatusPattern::Range(_) | StatusPattern::Default => "no request led there",
    })
}

/// The reason why no documented success was seen, as a sentence fragment: other successes, no valid request, or
/// refusals.
fn not_accepted(operation: &Operation, pattern: StatusPattern, valid: &[Response], unsent: Option<&str>) -> String {
    let accepted: BTreeSet<u16> =
        valid.iter().map(|answer| answer.status).filter(|status| class(*status) == Class::Success).collect();
    if !accepted.is_empty() {
        let accepted: Vec<String> = accepted.iter().map(u16::to_string).collect();
        return format!("valid requests were answered {}, never {pattern}", accepted.join(", "));
    }
    let Some(last) = valid.last() else {
        return format!("no valid request could be sent: {}", unsent.unwrap_or("none was tried"));
    };
    if valid.iter().all(|answer| answer.status == NOT_IMPLEMENTED) {
        return "every valid request was answered 501: the target does not implement the operation".to_owned();
    }
    let named: Vec<&str> = operation.path.parameters().collect();
    match class(last.status) {
        Class::Missing if !named.is_empty() => format!(
            "what its path names was not there, and has to be: {}, with --set {}; the last valid request was answered {}",
            named.join(", "),
            named.iter().map(|name| format!("{name}=VALUE")).collect::<Vec<_>>().join(" --set "),
            said(last)
        ),
        Class::Unrelated(Unrelated::Credentials) => {
            format!("the credentials let no valid request in; the last was answered {}", said(last))
        }
        Class::Success
        | Class::Invalid
        | Class::Missing
        | Class::Conflict
        | Class::Protocol
        | Class::Server
        | Class::Unrelated(Unrelated::Redirect | Unrelated::Busy | Unrelated::Odd) => {
            format!("no valid request was accepted; the last was answered {}", said(last))
        }
    }
}

/// The verdict on a documented header that was not seen, given the one on its response.
#[must_use]
pub fn unseen_header(response: &Verdict) -> Verdict {
    match response {
        Verdict::Inconclusive(_) | Verdict::Unreachable(_) => response.clone(),
        Verdict::Proved { .. } | Verdict::Violated(_) | Verdict::Waived(_) => {
            Verdict::inconclusive("it was never there, which is allowed: it is not marked as required")
        }
    }
}

/// The verdict on a member that is only sent, where its response was not seen, given the one on that.
#[must_use]
pub fn unseen_owner(response: &Verdict) -> Verdict {
    match response {
        Verdict::Inconclusive(_) | Verdict::Unreachable(_) => response.clone(),
        Verdict::Proved { .. } | Verdict::Violated(_) | Verdict::Waived(_) => {
            Verdict::inconclusive("the object that could have it was never there")
        }
    }
}

/// The verdict on the documented success where a valid request was refused as the contract does not foresee: with a status that is
/// not documented, for what it holds; or since the target does not have what the contract has. `None` where it was not: that
/// something is missing, taken or not allowed is a matter of state and credentials.
#[must_use]
pub fn unforeseen(operation: &Operation, request: &Request, answer: &Response) -> Option<Verdict> {
    let status = answer.status;
    if contradicts(operation, request, status) {
        return Some(Verdict::violated(
            FailureKind::WrongStatus(status),
            "the methods and media types that the contract has are taken (RFC 9110 §15.5.6, §15.5.7, §15.5.16)",
            format!("a valid request was refused: {}", said(answer)),
        ));
    }
    (class(status) == Class::Invalid && operation.response(status).is_none()).then(|| {
        Verdict::violated(
            FailureKind::UndocumentedStatus(status),
            "a valid request is accepted, or refused with a documented status",
            format!("it was refused: {}, which the operation does not document", said(answer)),
        )
    })
}

/// True where a refusal of a valid request says that the target does not have what the contract has: the method of the path, a media
/// type for the answer, that of the content. Another value in a path may lead to another resource.
fn contradicts(operation: &Operation, request: &Request, status: u16) -> bool {
    match status {
        405 => operation.path.parameters().next().is_none(),
        406 => true,
        415 => request.headers.get("content-type").is_some(),
        _ => false,
    }
}

fn nonconforming(violation: &Violation) -> Verdict {
    if matches!(violation.breach, Breach::Beyond | Breach::Undecided) {
        // What is beyond a bound of ours is no fault of the target's.
        return Verdict::inconclusive(format!("{}: {}", violation.subject, violation.message));
    }
    let place = if violation.pointer.as_str().is_empty() {
        violation.subject.to_string()
    } else {
        format!("{} {}", violation.subject, violation.pointer)
    };
    let breach = match &violation.breach {
        Breach::Keyword { keyword, at, .. } => format!("{keyword} {at}"),
        Breach::Absent => "absent".to_owned(),
        Breach::Unexpected => "unexpected".to_owned(),
        Breach::Malformed => "malformed".to_owned(),
        Breach::MediaType => "media-type".to_owned(),
        Breach::Status => "status".to_owned(),
        Breach::Problem => "problem".to_owned(),
        Breach::Beyond => "beyond".to_owned(),
        Breach::Undecided => "undecided".to_owned(),
    };
    Verdict::violated(
        FailureKind::Nonconforming(format!("{} {breach}", violation.subject)),
        "the answer conforms to what is documented",
        format!("{place}: {}", violation.message),
    )
}

#[cfg(test)]
mod tests {
    use etalon_contract::document::{Document, NoFiles, Source};
    use serde_json::{Value, json};

    use super::*;

    fn contract() -> Contract {
        let response = json!({"description": "no", "content": {"application/problem+json": {}}});
        let body = json!({"content": {"application/json": {"schema": {"type": "object"}}}});
        let operation = json!({"requestBody": body, "responses": {"400": response, "500": response}});
        let root =
            json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/x": {"post": operation}}});
        let bytes = root.to_string().into_bytes();
        let source = Source { name: "one.json", bytes: &bytes };
        Contract::new(Document::load(source, &[], &NoFiles).expect("it is OpenAPI"))
    }

    fn told(sent: &str, status: u16, errors: &Value) -> Verdict {
        let contract = contract();
        let operation = contract.operation(0).expect("it is sound");
        let mut request = Request { method: "POST".into(), target: "/x".into(), ..Request::default() };
        request.headers.set("Content-Type", "application/json");
        request.body = sent.as_bytes().to_vec();
        let mut response = Response { status, ..Response::default() };
        response.headers.set("Content-Type", "application/problem+json");
        response.body = json!({"errors": errors}).to_string().into_bytes();
        let observation = observe(&contract, operation, &request, &response).expect("it is documented");
        let rows = etalon_contract::rule::rows(&contract, operation);
        let row = rows
            .iter()
            .find(|row| matches!(row.rule, Rule::Response(ResponseRule::Conforms(StatusPattern::Exact(s))) if s == status))
            .expect("a row");
        verdict(row, &observation).expect("it speaks of the row")
    }

    #[test]
    fn a_problem_that_points_beside_the_request_violates_its_response() {
        let Verdict::Violated(failure) = told(r#"{"a":{}}"#, 400, &json!([{"pointer": "/a"}, {"pointer": "/b/c"}]))
        else {
            panic!("it is not violated");
        };
        assert!(failure.found.contains("/errors/1/pointer") && failure.found.contains("/b/c"), "{}", failure.found);
        assert!(matches!(told(r#"{"a":{}}"#, 400, &json!([{"pointer": "/body/b/c"}])), Verdict::Violated(_)));
    }

    #[test]
    fn a_problem_that_points_into_the_request_or_nowhere_at_all_conforms() {
        // Some lead into other parts of the request.
        let elsewhere = ["/path/id", "/header/X-Key/0", "#/query/limit/minimum", "/body/a", "/body/missing"];
        for pointer in ["", "/a", "#/a", "/a/missing", "/missing", "name", "$.b.c"].into_iter().chain(elsewhere) {
            assert_eq!(told(r#"{"a":{}}"#, 400, &json!([{"pointer": pointer}])), Verdict::proved(), "{pointer}");
        }
        // What cannot be read has no places, and a server's own failure is not about the request.
        assert_eq!(told("{", 400, &json!([{"pointer": "/b/c"}])), Verdict::proved());
        assert_eq!(told("{}", 500, &json!([{"pointer": "/b/c"}])), Verdict::proved());
    }
}
