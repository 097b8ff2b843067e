//! The answer that refuses a request: its status, the error that the operation declares for that, and its header
//! fields. What is declared is never violated.

use crate::behaviour::answer::problem::{Kind, Problem};
use crate::behaviour::answer::refusal::plain::{add_missing, as_text, plain};
use crate::behaviour::answer::refusal::reason::{REASON, reason};
use crate::behaviour::{Asked, Context, described_headers, pick};
use crate::codec::{Decoded, Request, Response};
use crate::model::{self, Content, Contract, MediaType, Operation, StatusPattern};

/// A refused request, with the operation that says how its errors look.
pub struct Refused<'r> {
    /// The contract that the operation is of.
    pub contract: &'r Contract,
    /// The operation, or one of the same path where the method is the problem.
    pub operation: &'r Operation,
    /// The request as it came.
    pub request: &'r Request,
    /// The parts of the request that could be read.
    pub decoded: &'r Decoded,
    /// The seed, the time and the number of the request.
    pub context: Context,
    /// The weight that the client gives a media type, in thousandths (RFC 9110 §12.4.2), 0 for one that it does not
    /// want.
    pub quality: &'r dyn Fn(&MediaType) -> u16,
}

impl Refused<'_> {
    /// The answer to a problem: the status and the body that the operation declares for it, else RFC 9457.
    pub fn compose(&self, problem: &Problem) -> Response {
        self.compose_as(problem, self.status(problem))
    }

    /// The answer with a status that is decided already.
    pub(crate) fn compose_as(&self, problem: &Problem, status: u16) -> Response {
        let declared = self.operation.response(status).filter(|response| !response.status.is_success());
        let mut answer = Response { status, ..Response::default() };
        let content = match declared {
            Some(response) if !response.content.is_empty() => best(&response.content, self.quality),
            Some(_) => None,
            None => self.elsewhere(),
        };
        let written = content.and_then(|content| {
            self.body(content, problem, status).or_else(|| declared.and_then(|_| as_text(content, problem)))
        });
        match written {
            Some((content_type, bytes)) => {
                answer.headers.add("Content-Type", content_type);
                answer.body = bytes;
            }
            // An error that is documented without content has none: its reason is in a header.
            None if declared.is_some_and(|one| one.content.is_empty()) => {}
            None => plain(&mut answer, problem, self.context),
        }
        answer.headers.set(REASON, reason(problem));
        if let Some(response) = declared {
            let asked = Asked { operation: self.operation, decoded: self.decoded, context: self.context };
            for (name, value) in described_headers(self.contract, &asked, response, &problem.headers) {
                answer.headers.add(name, value);
            }
        }
        add_missing(&mut answer.headers, &problem.headers);
        answer
    }

    /// The status: for an invalid request the first of 400 and 422 that the contract documents.
    pub(super) fn status(&self, problem: &Problem) -> u16 {
        let status = problem.kind.status();
        let is_exact = |wanted: u16| {
            self.operation.responses.iter().any(|response| response.status == StatusPattern::Exact(wanted))
        };
        let else_documented = match status {
            _ if problem.kind == Kind::NoSuccess => self.operation.only_errors(),
            400 if !is_exact(400) && is_exact(422) => Some(422),
            // A patch that cannot be applied (RFC 5789 §2.2), a value that is there already: what was sent cannot be kept.
            409 if matches!(problem.kind, Kind::Unpatchable | Kind::Conflict)
                && self.operation.response(409).is_none() =>
            {
                [422, 400].into_iter().find(|one| is_exact(*one))
            }
            _ => None,
        };
        else_documented.unwrap_or(status)
    }

    /// The error body that the operation declares for another status: 4xx first.
    fn elsewhere(&self) -> Option<&Content> {
        let mut responses: Vec<&model::Response> =
            self.operation.responses.iter().filter(|response| is_error(response.status)).collect();
        responses.sort_by_key(|response| response.status);
        responses.iter().find_map(|response| best(&response.content, self.quality).filter(|content| is_filled(content)))
    }
}

/// Of what is declared: problem details, then JSON, then what the client wants.
fn best<'c>(content: &'c [Content], quality: &dyn Fn(&MediaType) -> u16) -> Option<&'c Content> {
    let problem = content.iter().find(|content| content.media_type.is_problem_json());
    problem.or_else(|| content.iter().find(|content| is_filled(content))).or_else(|| pick(content, quality))
}

fn is_filled(content: &Content) -> bool {
    content.media_type.is_json()
}

fn is_error(status: StatusPattern) -> bool {
    match status {
        StatusPattern::Exact(status) => status >= 400,
        StatusPattern::Range(digit) => digit >= 4,
        StatusPattern::Default => true,
    }
}
