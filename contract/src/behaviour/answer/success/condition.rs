//! Conditional requests (RFC 9110 §13): the tag of what is shown, and the answer to who has it already.

use crate::behaviour::answer::occasion::Occasion;
use crate::behaviour::call::Outcome;
use crate::behaviour::tag::{has, of_bytes, of_item};
use crate::codec;
use crate::model::{Response, StatusPattern};

/// The entity tag of what came of a request: of the item where it is one, else of the bytes that show it.
pub(crate) fn tag(outcome: &Outcome, body: &[u8]) -> String {
    match outcome {
        Outcome::Created(item) | Outcome::Found(item) | Outcome::Deleted(Some(item)) => of_item(item),
        Outcome::Listed(_) | Outcome::Deleted(None) | Outcome::Accepted | Outcome::Answered | Outcome::Refused(_) => {
            of_bytes(body)
        }
    }
}

/// True where an answer has an entity tag: the contract describes one, or documents what one is for.
pub(crate) fn is_tagged(occasion: &Occasion<'_>, response: &Response) -> bool {
    response.headers.iter().any(|header| header.name.eq_ignore_ascii_case("etag")) || is_conditional(occasion)
}

fn is_conditional(occasion: &Occasion<'_>) -> bool {
    occasion.call.operation.responses.iter().any(|response| response.status == StatusPattern::Exact(304))
}

/// The answer, or 304 where the client has what it would show and the contract documents that (RFC 9110 §13.1.2).
pub(crate) fn unmodified(
    occasion: &Occasion<'_>,
    response: &Response,
    tag: Option<&str>,
    mut answer: codec::Response,
) -> codec::Response {
    let is_read = matches!(occasion.request.method.as_str(), "GET" | "HEAD");
    let sent = occasion.request.headers.get("if-none-match");
    let is_asked = is_read && is_conditional(occasion) && response.status.is_success();
    let (Some(sent), Some(tag)) = (sent.filter(|_| is_asked), tag) else { return answer };
    if !has(sent, tag) {
        return answer;
    }
    answer.status = 304;
    answer.body = Vec::new();
    answer.headers.remove("content-type");
    answer
}

/// The part of an answer's bytes that a client asks for (RFC 9110 §14): one range of bytes, of what is no JSON.
pub(crate) fn ranged(occasion: &Occasion<'_>, mut answer: codec::Response) -> codec::Response {
    let is_json = answer.headers.get("content-type").is_none_or(|media_type| media_type.contains("json"));
    let asked = occasion.request.headers.get("range").and_then(|range| range.strip_prefix("bytes="));
    let Some((from, to)) = asked.filter(|_| answer.status == 200 && !is_json).and_then(|range| range.split_once('-'))
    else {
        return answer;
    };
    let length = answer.body.len();
    let range = match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), Ok(to)) if from <= to => from..to.saturating_add(1).min(length),
        (Ok(from), Err(_)) if to.is_empty() => from..length,
        (Err(_), Ok(last)) if from.is_empty() => length.saturating_sub(last)..length,
        _ => return answer,
    };
    if range.is_empty() || range.start >= length {
        answer.status = 416;
        answer.headers.set("Content-Range", format!("bytes */{length}"));
        answer.body = Vec::new();
        return answer;
    }
    answer.status = 206;
    answer.headers.set("Content-Range", format!("bytes {}-{}/{length}", range.start, range.end - 1));
    answer.body = answer.body[range].to_vec();
    answer
}
