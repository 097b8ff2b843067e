//! A problem as RFC 9457 has it, where the contract declares no error, or as its sentence alone.

use crate::behaviour::answer::problem::Problem;
use crate::behaviour::answer::refusal::reason::{REASON, reason};
use crate::behaviour::{Context, uuid};
use crate::codec::Response;
use crate::codec::{self, Headers};
use crate::generate::{Choices, Seeded};
use crate::model::Content;

/// A problem where no contract says how: RFC 9457.
pub fn undeclared(problem: &Problem, context: Context) -> Response {
    let mut answer = Response { status: problem.kind.status(), ..Response::default() };
    plain(&mut answer, problem, context);
    answer.headers.set(REASON, reason(problem));
    add_missing(&mut answer.headers, &problem.headers);
    answer
}

pub(super) fn plain(answer: &mut Response, problem: &Problem, context: Context) {
    let value = problem.details(answer.status, Some(&instance(context)));
    answer.headers.set("Content-Type", "application/problem+json");
    answer.body = value.to_string().into_bytes();
}

/// The URI of this occurrence (RFC 9457 §3.1.5): the same for the same seed and number of the request.
pub(super) fn instance(context: Context) -> String {
    let number = context.number.to_string();
    let choices: &mut dyn Choices = &mut Seeded::new(context.seed, ["instance", number.as_str()]);
    format!("urn:uuid:{}", uuid(choices))
}

/// The sentence of a problem as the bytes of a media type that has no other form.
pub(super) fn as_text(content: &Content, problem: &Problem) -> Option<(String, Vec<u8>)> {
    let bytes = problem.in_full().into_bytes();
    (!content.media_type.is_json()).then(|| (codec::content_type(&content.media_type, &bytes), bytes))
}

pub(super) fn add_missing(headers: &mut Headers, more: &[(String, String)]) {
    let described: Vec<String> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    for (name, value) in more {
        if !described.contains(&name.to_ascii_lowercase()) {
            headers.add(name.clone(), value.clone());
        }
    }
}
