//! An answer that the client asked for: any documented status, a named example, or data made anew. It looks at no state
//! and changes none; what is not documented is not answered, and the documented is listed instead.

use serde_json::Value;

use crate::behaviour::answer::header;
use crate::behaviour::answer::problem::{Kind, Problem};
use crate::behaviour::answer::refusal::Refused;
use crate::behaviour::example::{self, Examples, Shown};
use crate::behaviour::{Occasion, pick};
use crate::codec::{self, Headers};
use crate::document::Pointer;
use crate::generate::{self, Seeded};
use crate::model::{Content, Contract, Direction, Operation, Response, StatusPattern};
use crate::validate;

/// The answer that a client asks for in `Prefer`, among those that are documented.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// The status; `None` for that of a success.
    pub status: Option<u16>,
    /// The name of an example.
    pub example: Option<String>,
    /// The use of the document's examples where the client names none.
    pub examples: Examples,
}

/// The reason why a client does not get the answer that it asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Declined {
    /// The status is not documented.
    Status {
        /// The status that was asked for.
        asked: u16,
        /// The statuses that are documented, in the order of the document.
        documented: Vec<StatusPattern>,
    },
    /// No example has the name.
    Example {
        /// The media type that was asked for.
        asked: String,
        /// The status of the response that was looked at.
        status: StatusPattern,
        /// The names that it has, over all its media types.
        documented: Vec<String>,
    },
    /// The example does not fit its own schema, so it is no answer.
    Misfit {
        /// The name of the example that was asked for.
        asked: String,
    },
    /// No answer can be made that the contract allows.
    Unmakeable {
        /// The reason, as a fragment.
        reason: String,
    },
}

/// The most bodies that are made until one has a wire form.
const MAX_ATTEMPTS: u32 = 8;

/// Statuses without content (RFC 9110 §15.3.5, §15.3.6, §15.4.5).
const EMPTY: [u16; 3] = [204, 205, 304];

/// The answer that a client asked for.
///
/// # Errors
/// It is not documented, or nothing can be made that the contract allows.
pub fn requested(contract: &Contract, occasion: &Occasion<'_>, wish: &Wish) -> Result<codec::Response, Declined> {
    let asking = Asking { contract, occasion, wish };
    let operation = occasion.call.operation;
    let response = match wish.status {
        Some(asked) => operation.response(asked).ok_or_else(|| Declined::Status {
            asked,
            documented: operation.responses.iter().map(|response| response.status).collect(),
        })?,
        None => match operation.success().or_else(|| operation.responses.first()) {
            Some(response) => response,
            None => return Ok(codec::Response { status: 204, ..codec::Response::default() }),
        },
    };
    let status = wish.status.unwrap_or(match response.status {
        StatusPattern::Exact(status) => status,
        StatusPattern::Range(digit) => u16::from(digit) * 100,
        StatusPattern::Default => 200,
    });
    asking.answer(response, status)
}

struct Asking<'a> {
    contract: &'a Contract,
    occasion: &'a Occasion<'a>,
    wish: &'a Wish,
}

impl Asking<'_> {
    fn answer(&self, response: &Response, status: u16) -> Result<codec::Response, Declined> {
        let empty = || codec::Response { status, headers: Headers::new(), body: Vec::new() };
        if let Some(name) = &self.wish.example {
            let (content, shown) = self.named(response, name)?;
            let bytes = shown.bytes(self.contract, content).map_err(|_| Declined::Misfit { asked: name.clone() })?;
            return Ok(self.with_headers(self.with_body(empty(), content, bytes), response));
        }
        let content = pick(&response.content, self.occasion.quality).filter(|_| !EMPTY.contains(&status));
        let Some(content) = content else { return Ok(self.with_headers(empty(), response)) };
        if self.wish.examples == Examples::Shown
            && let Some(shown) = example::first(self.contract, content)
            && let Ok(bytes) = shown.bytes(self.contract, content)
        {
            return Ok(self.with_headers(self.with_body(empty(), content, bytes), response));
        }
        if status >= 400
            && let Some(answer) = self.problem(response, status)
        {
            return Ok(answer);
        }
        let bytes = self.made(content, status)?;
        Ok(self.with_headers(self.with_body(empty(), content, bytes), response))
    }

    /// The example of that name, in the media type that is wanted most of those that have it.
    fn named<'r>(&self, response: &'r Response, name: &str) -> Result<(&'r Content, Shown), Declined> {
        let mut contents: Vec<&Content> = response.content.iter().collect();
        contents.sort_by_key(|content| {
            let wanted = (self.occasion.quality)(&codec::concrete(&content.media_type));
            (std::cmp::Reverse(wanted), !content.media_type.is_json())
        });
        let mut documented: Vec<String> = Vec::new();
        for content in contents {
            for (known, value) in example::named(self.contract, content) {
                if known != name {
                    if !documented.contains(&known) {
                        documented.push(known);
                    }
                } else {
                    let shown = example::shown(self.contract, content, &value);
                    return shown.map(|shown| (content, shown)).ok_or(Declined::Misfit { asked: known });
                }
            }
        }
        Err(Declined::Example { asked: name.to_owned(), status: response.status, documented })
    }

    /// An error in the contract's own shape, with a text that says what it is.
    fn problem(&self, response: &Response, status: u16) -> Option<codec::Response> {
        let problem = Problem::new(Kind::AskedFor, format!("{status} {}, as was asked for", reason_phrase(status)));
        let Occasion { request, call, context, quality, .. } = *self.occasion;
        let refused = Refused {
            contract: self.contract,
            operation: call.operation,
            request,
            decoded: call.decoded,
            context,
            quality,
        };
        let answer = refused.compose_as(&problem, status);
        let answer = self.with_headers(codec::Response { headers: only_content(&answer.headers), ..answer }, response);
        let violations = validate::response(self.contract, call.operation, &request.method, &answer).ok()?;
        violations.is_empty().then_some(answer)
    }

    fn made(&self, content: &Content, status: u16) -> Result<Vec<u8>, Declined> {
        let Some(at) = &content.schema else {
            let value = if content.media_type.is_json() {
                Value::Object(serde_json::Map::new())
            } else {
                Value::String(reason_phrase(status).to_owned())
            };
            return codec::encode_body(self.contract, content, &value, Direction::Response)
                .map_err(|no_form| Declined::Unmakeable { reason: no_form.to_string() });
        };
        let mut last = String::new();
        let (status_word, number) = (status.to_string(), self.occasion.context.number.to_string());
        for attempt in 0..MAX_ATTEMPTS {
            let attempt = attempt.to_string();
            let mut names = vec!["requested", self.occasion.call.operation.id.as_str(), status_word.as_str(), &attempt];
            // Data made anew differ from request to request.
            if self.wish.examples == Examples::Ignored {
                names.push(&number);
            }
            let mut choices = Seeded::new(self.occasion.context.seed, names);
            let mut value = generate::value(self.contract, at, Direction::Response, &mut choices)
                .map_err(|cannot| Declined::Unmakeable { reason: cannot.to_string() })?;
            // RFC 9457 §3.1.2: it is the status that the answer has.
            if content.media_type.is_problem_json() {
                let mut told = value.clone();
                if Pointer::root().join("status").put(&mut told, status.into()).is_ok()
                    && example::shown(self.contract, content, &told).is_some()
                {
                    value = told;
                }
            }
            match codec::encode_body(self.contract, content, &value, Direction::Response) {
                Ok(bytes) => return Ok(bytes),
                Err(no_form) => last = no_form.to_string(),
            }
        }
        Err(Declined::Unmakeable { reason: last })
    }

    fn with_body(&self, mut answer: codec::Response, content: &Content, bytes: Vec<u8>) -> codec::Response {
        answer.headers.add("Content-Type", codec::content_type(&content.media_type, &bytes));
        answer.body = bytes;
        answer
    }

    /// The documented headers; of those that are never invented, the document's own example.
    fn with_headers(&self, mut answer: codec::Response, response: &Response) -> codec::Response {
        let known: Vec<(String, String)> = response
            .headers
            .iter()
            .filter_map(|header| {
                let example = header.examples.first()?;
                let text = codec::encode_header(self.contract, &header.shape, example).ok()?;
                Some((header.name.clone(), text))
            })
            .collect();
        let asked = header::Asked {
            operation: self.occasion.call.operation,
            decoded: self.occasion.call.decoded,
            context: self.occasion.context,
        };
        for (name, value) in header::described(self.contract, &asked, response, &known) {
            answer.headers.add(name, value);
        }
        answer
    }
}

impl Problem {
    /// The problem of a client that does not get the answer that it asked for; its sentence lists the documented ones.
    #[must_use]
    pub fn of_declined(operation: &Operation, declined: &Declined) -> Self {
        let id = &operation.id;
        match declined {
            Declined::Status { asked, documented } => {
                let documented: Vec<String> = documented.iter().map(StatusPattern::to_string).collect();
                let detail = format!("{id} documents no response {asked}; it documents {}", listed(&documented));
                Self::new(Kind::NotDocumented, detail)
            }
            Declined::Example { asked, status, documented } => {
                let named: Vec<String> = documented.iter().map(|name| format!("`{name}`")).collect();
                let detail = format!(
                    "the response {status} of {id} has no example `{asked}`; it has {}",
                    if named.is_empty() { "none with a name".to_owned() } else { listed(&named) }
                );
                Self::new(Kind::NotDocumented, detail)
            }
            Declined::Misfit { asked } => {
                let detail = format!(
                    "the example `{asked}` of {id} does not fit its schema, so it is no answer; `etalon check` says where"
                );
                Self::new(Kind::Unmakeable, detail)
            }
            Declined::Unmakeable { reason } => Self::new(Kind::Unmakeable, reason.clone()),
        }
    }
}

/// The most documented statuses, media types or examples that a sentence lists: more do not help to choose.
const LISTED: usize = 40;

/// `a, b and c`.
fn listed(words: &[String]) -> String {
    match words {
        [] => "none".to_owned(),
        [one] => one.clone(),
        many if many.len() > LISTED => format!("{} and {} more", many[..LISTED].join(", "), many.len() - LISTED),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn only_content(headers: &Headers) -> Headers {
    headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-type")).collect()
}

/// The registered phrase of a status (RFC 9110 §15, RFC 6585), for texts; of others their class.
#[must_use]
pub fn reason_phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        418 => "I'm a teapot",
        422 => "Unprocessable Content",
        423 => "Locked",
        425 => "Too Early",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        507 => "Insufficient Storage",
        _ => match status / 100 {
            1 => "Information",
            2 => "Success",
            3 => "Redirection",
            4 => "Client Error",
            _ => "Server Error",
        },
    }
}
