//! An answer that the client asked for: any documented status, a named example, or data made anew. It looks at no state
//! and changes none; what is not documented is not answered, and the documented is listed instead.

use serde_json::Value;

use crate::behaviour::answer::phrase::reason_phrase;
use crate::behaviour::answer::problem::{Kind, Problem};
use crate::behaviour::answer::refusal::{Refused, undeclared};
use crate::behaviour::answer::{header, wait};
use crate::behaviour::example::{self, Examples, Shown};
use crate::behaviour::{Context, Occasion, pick};
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
    /// The word that data are made from, so that the same word gives the same data; `None` for others with each request.
    pub seed: Option<String>,
    /// True where the status is answered though it is not documented: whoever asks so says it to the client.
    pub is_undocumented: bool,
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
        Some(asked) => match operation.response(asked) {
            Some(response) => response,
            None if wish.is_undocumented => return Ok(undocumented(asked, occasion.context)),
            None => {
                let documented = operation.responses.iter().map(|response| response.status).collect();
                return Err(Declined::Status { asked, documented });
            }
        },
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

/// An answer with a status that no contract speaks of: a problem as RFC 9457 has it.
fn undocumented(status: u16, context: Context) -> codec::Response {
    if EMPTY.contains(&status) || status < 400 {
        return codec::Response { status, ..codec::Response::default() };
    }
    let mut answer = codec::Response { status, ..undeclared(&of_status(status), context) };
    let details = of_status(status).details(status, None);
    answer.body = details.to_string().into_bytes();
    answer.headers.set("Content-Type", "application/problem+json");
    wait::add(&mut answer.headers, status);
    answer
}

/// The problem that says which status was asked for.
fn of_status(status: u16) -> Problem {
    Problem::new(Kind::AskedFor, format!("{status} {}, as was asked for", reason_phrase(status)))
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
        let problem = of_status(status);
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
            // Data made anew differ from request to request, unless a word says which.
            match &self.wish.seed {
                Some(seed) => names.push(seed),
                None if self.wish.examples == Examples::Ignored => names.push(&number),
                None => {}
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
                if let Some(must) = wait::must_be(&header.name, answer.status) {
                    return Some((header.name.clone(), must));
                }
                let example = header.examples.first()?;
                let text = codec::encode_header(self.contract, &header.shape, example).ok()?;
                Some((header.name.clone(), text))
            })
            .chain(wait::likely(self.contract, &response.headers, self.occasion.context))
            .collect();
        let asked = header::Asked {
            operation: self.occasion.call.operation,
            decoded: self.occasion.call.decoded,
            context: self.occasion.context,
        };
        for (name, value) in header::described(self.contract, &asked, response, &known) {
            answer.headers.add(name, value);
        }
        wait::add(&mut answer.headers, answer.status);
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
