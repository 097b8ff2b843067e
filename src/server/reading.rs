//! A request as its operation has it: what it takes and sends, read and held against the contract; and the refusal of one that
//! does not keep it.

use etalon_contract::behaviour::{Context, Kind, Problem, Refused, undeclared};
use etalon_contract::codec::{self, Decoded, DecodedBody, Request, Response};
use etalon_contract::document::{Defect, Severity};
use etalon_contract::model::{MediaType, Operation};
use etalon_contract::rule::Breach;
use etalon_contract::validate;

use crate::server::accept::Accept;
use crate::server::found::Found;
use crate::server::service::Service;

/// The request with the media type of its body, where it says none (RFC 9110 §8.3 lets a server look at the body): JSON, if
/// it reads as such and nothing else, or anything, is documented.
pub(super) fn typed(operation: &Operation, request: &Request) -> Option<Request> {
    if request.body.is_empty() || request.headers.get("content-type").is_some() {
        return None;
    }
    let content = &operation.body.as_ref()?.content;
    let any = content.iter().any(|content| content.media_type.essence() == "*/*");
    let is_json = || serde_json::from_slice::<serde::de::IgnoredAny>(&request.body).is_ok();
    let media_type = match content.as_slice() {
        [only] if only.media_type.is_json() && is_json() => only.media_type.to_string(),
        _ if any && is_json() => "application/json".to_owned(),
        _ if any => "application/octet-stream".to_owned(),
        _ => return None,
    };
    let mut typed = request.clone();
    typed.headers.set("Content-Type", media_type);
    Some(typed)
}

/// That an operation cannot be served, and what in the document is why.
pub(super) fn unusable(service: &Service, defect: &Defect) -> Problem {
    let diagnostic = service.contract.document().diagnose(defect, Severity::Error);
    let hint = diagnostic.hint.as_ref().map_or_else(String::new, |hint| format!("; {hint}"));
    Problem::new(Kind::UnusableOperation, format!("{diagnostic}{hint}"))
}

/// The value of `Allow`: the methods of a path, and those that the mock adds.
pub(super) fn allow(mut methods: Vec<String>) -> String {
    if methods.iter().any(|method| method == "GET") {
        methods.push("HEAD".to_owned());
    }
    methods.push("OPTIONS".to_owned());
    methods.sort();
    methods.dedup();
    methods.join(", ")
}

/// The media types that the client takes, where it takes one that the operation answers in.
pub(super) fn negotiate(operation: &Operation, request: &Request) -> Result<Accept, Problem> {
    let accept = Accept::of(&request.headers);
    let successes = operation.responses.iter().filter(|response| response.status.is_success());
    let mut offered: Vec<MediaType> =
        successes.flat_map(|response| &response.content).map(|content| codec::concrete(&content.media_type)).collect();
    offered.dedup();
    if offered.is_empty() || offered.iter().any(|media_type| accept.quality(media_type) > 0) {
        return Ok(accept);
    }
    let offered: Vec<String> = offered.iter().map(MediaType::to_string).collect();
    let sent: Vec<&str> = request.headers.all("accept").collect();
    let detail = format!("this answers in {}, but Accept is {}", offered.join(" or "), shortened(&sent.join(", ")));
    Err(Problem::new(Kind::NotAcceptable, detail))
}

/// The most characters of a header field that are repeated: enough to recognise it.
const MAX_QUOTED: usize = 200;

pub(super) fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_QUOTED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The request as read, whether it keeps the contract or not; a body that cannot be read is none.
pub(super) fn readable(decoded: Decoded) -> Decoded {
    let body = match decoded.body {
        body @ (DecodedBody::Value { .. } | DecodedBody::Opaque { .. } | DecodedBody::Absent) => body,
        DecodedBody::Malformed { .. } | DecodedBody::Beyond { .. } | DecodedBody::UndocumentedMediaType { .. } => {
            DecodedBody::Absent
        }
    };
    Decoded { body, ..decoded }
}

/// The request as read, if it keeps the contract.
pub(super) fn check(service: &Service, operation: &Operation, mut decoded: Decoded) -> Result<Decoded, Problem> {
    if let DecodedBody::UndocumentedMediaType { sent } = &decoded.body {
        let Some(body) = &operation.body else {
            // RFC 9110 §9.3: content has no meaning where the operation describes none, so it is not looked at.
            decoded.body = DecodedBody::Absent;
            return check(service, operation, decoded);
        };
        let accepted: Vec<String> = body.content.iter().map(|content| content.media_type.to_string()).collect();
        let sent = sent.as_deref().unwrap_or("none");
        let detail = format!("the body's Content-Type must be {}, but is {sent}", accepted.join(" or "));
        // RFC 9110 §15.5.16: what would be accepted is told in Accept.
        return Err(Problem::new(Kind::UnsupportedMediaType, detail).header("Accept", accepted.join(", ")));
    }
    match validate::request(&service.contract, operation, &decoded) {
        Ok(mut violations) => {
            // What takes too many steps to tell is not thereby invalid; what was not read for its size is.
            violations.retain(|violation| violation.breach != Breach::Undecided);
            if violations.is_empty() { Ok(decoded) } else { Err(Problem::of_violations(&violations)) }
        }
        Err(defect) => Err(unusable(service, &defect)),
    }
}

/// The answer to a problem, as the operation says that its errors look.
pub(super) fn refuse(like: Option<&Found<'_>>, request: &Request, problem: &Problem, context: Context) -> Response {
    let Some(Found { service, operation, captures }) = like else {
        return undeclared(problem, context);
    };
    let accept = Accept::of(&request.headers);
    // Parameters only: what the headers of an error repeat.
    let (method, target) = (request.method.clone(), request.target.clone());
    let head = Request { method, target, headers: request.headers.clone(), body: Vec::new() };
    let decoded = codec::decode(&service.contract, operation, captures, &head);
    let quality = |media_type: &MediaType| accept.quality(media_type);
    Refused { contract: &service.contract, operation, request, decoded: &decoded, context, quality: &quality }
        .compose(problem)
}
