//! A problem in the contract's own shape: the body that the operation declares for the status, filled by the names of its
//! members; RFC 9457 where the contract declares none. What is declared is never violated.

use crate::behaviour::{Asked, Context, Known, described_headers, lay_over, pick, shape, simplest, uuid};
use crate::codec::{self, Decoded, Headers, Request, Response};
use crate::document::{Location, Pointer};
use crate::generate::{Choices, Seeded};
use crate::model::{self, Content, Contract, Direction, In, MediaType, Operation, StatusPattern};
use crate::validate;
use serde_json::{Map, Number, Value, json};

use crate::behaviour::answer::problem::{Fault, FaultPlace, Kind, Problem};

/// How deep a declared error is filled: none has its texts further down.
const MAX_DEPTH: usize = 4;

/// What a problem is told about.
pub struct Refused<'r> {
    /// The contract that the operation is of.
    pub contract: &'r Contract,
    /// The operation, or one of the same path where the method is the problem.
    pub operation: &'r Operation,
    /// The request as it came.
    pub request: &'r Request,
    /// What could be read of it.
    pub decoded: &'r Decoded,
    /// The seed, the time and the number of the request.
    pub context: Context,
    /// How much the client wants a media type: its `q` in thousandths (RFC 9110 §12.4.2), 0 for not at all.
    pub quality: &'r dyn Fn(&MediaType) -> u16,
}

impl Refused<'_> {
    /// The answer.
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
    fn status(&self, problem: &Problem) -> u16 {
        let status = problem.kind.status();
        let is_exact = |wanted: u16| {
            self.operation.responses.iter().any(|response| response.status == StatusPattern::Exact(wanted))
        };
        let else_documented = match status {
            400 if !is_exact(400) && is_exact(422) => Some(422),
            // A patch that cannot be applied (RFC 5789 §2.2).
            409 if problem.kind == Kind::Unpatchable && !is_exact(409) => {
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

    fn body(&self, content: &Content, problem: &Problem, status: u16) -> Option<(String, Vec<u8>)> {
        let value = self.value(content, problem, status)?;
        let bytes = codec::encode_body(self.contract, content, &value, Direction::Response).ok()?;
        Some((codec::content_type(&content.media_type, &bytes), bytes))
    }

    fn value(&self, content: &Content, problem: &Problem, status: u16) -> Option<Value> {
        let Some(at) = &content.schema else {
            return Some(if content.media_type.is_json() {
                problem.details(status, Some(&instance(self.context)))
            } else {
                Value::String(problem.in_full())
            });
        };
        // Problem details whose members nobody describes are those of the standard.
        if content.media_type.is_problem_json() && shape::members(self.contract, at).is_empty() {
            let whole = problem.details(status, Some(&instance(self.context)));
            if validate::is_valid(self.contract, at, Direction::Response, &whole).unwrap_or(false) {
                return Some(whole);
            }
        }
        let (brief, listing) =
            self.laid(content, at, &Telling { problem, status, fault: None, detail: &problem.detail })?;
        if problem.faults.len() < 2 || listing == Listing::Each {
            return Some(brief);
        }
        // The shape has no list, or none that takes them all: so they are named in its sentence.
        let full = problem.in_full();
        self.laid(content, at, &Telling { problem, status, fault: None, detail: &full }).map(|(full, _)| full)
    }

    fn laid(&self, content: &Content, at: &Location, telling: &Telling<'_>) -> Option<(Value, Listing)> {
        let problem = telling.problem;
        let base = simplest(self.contract, at).ok()?;
        let mut known = Vec::new();
        if base.is_string() {
            known.push(Known::At(Pointer::root(), Value::String(telling.detail.to_owned())));
        }
        self.fill(at, &Pointer::root(), telling, content.media_type.is_problem_json(), 0, &mut known);
        if content.media_type.is_problem_json()
            && !problem.faults.is_empty()
            && shape::member(self.contract, at, "errors").is_none()
        {
            // RFC 9457 §3.2: an extension member, as its own example has it.
            let errors = problem.faults.iter().map(Fault::details).collect();
            known.push(Known::At(Pointer::root().join("errors"), Value::Array(errors)));
        }
        let is_valid =
            |value: &Value| validate::is_valid(self.contract, at, Direction::Response, value).unwrap_or(false);
        let laid = lay_over(base, &known, &mut |tried| is_valid(tried));
        let is_there = |one: &Known| match one {
            Known::At(pointer, told) => pointer.get(&laid).is_some_and(|there| holds(there, told)),
            Known::Absent(_) => false,
        };
        let listing = if known.iter().any(is_there) { Listing::Each } else { Listing::None };
        is_valid(&laid).then_some((laid, listing))
    }

    /// What is known of the members of a declared error, by their names.
    fn fill(
        &self,
        at: &Location,
        here: &Pointer,
        telling: &Telling<'_>,
        is_problem: bool,
        depth: usize,
        known: &mut Vec<Known>,
    ) {
        if depth > MAX_DEPTH {
            return;
        }
        for (name, at) in shape::members(self.contract, at) {
            let place = here.join(&name);
            let plain = shape::plain(&name);
            let types = shape::types(self.contract, &at);
            if types.contains(&"array") {
                if ["errors", "details", "violations", "fielderrors", "invalidparams", "causes"]
                    .contains(&plain.as_str())
                    && telling.fault.is_none()
                    && let Some(items) = self.list(&at, telling, depth)
                {
                    known.push(Known::At(place, items));
                }
                continue;
            }
            if types.contains(&"object") || types.is_empty() && !shape::members(self.contract, &at).is_empty() {
                if plain == "source" && !telling.has_place() {
                    known.push(Known::Absent(place));
                } else if plain == "jsonapi" {
                    known.push(Known::At(place.join("version"), json!("1.0")));
                } else if ["error", "source", "fault", "problem", "status"].contains(&plain.as_str()) {
                    self.fill(&at, &place, telling, false, depth + 1, known);
                } else if plain == "errors" && telling.fault.is_none() && !telling.problem.faults.is_empty() {
                    // Messages by field, as ASP.NET and Laravel have them.
                    known.push(Known::At(place, by_field(&telling.problem.faults)));
                }
                continue;
            }
            if let Some(value) = self.text(&plain, &at, &types, telling, is_problem) {
                known.push(Known::At(place, value));
            }
        }
    }

    /// The array of single faults; the problem itself where it has none.
    fn list(&self, at: &Location, telling: &Telling<'_>, depth: usize) -> Option<Value> {
        let items = shape::items(self.contract, at)?;
        let whole = [Fault { detail: telling.problem.detail.clone(), place: FaultPlace::Request }];
        let faults = if telling.problem.faults.is_empty() { &whole[..] } else { &telling.problem.faults };
        let listed = faults
            .iter()
            .map(|fault| {
                let base = simplest(self.contract, &items).ok()?;
                let telling = Telling { fault: Some(fault), ..*telling };
                let mut known = Vec::new();
                if base.is_string() {
                    known.push(Known::At(Pointer::root(), Value::String(fault.describe())));
                }
                self.fill(&items, &Pointer::root(), &telling, false, depth + 1, &mut known);
                Some(lay_over(base, &known, &mut |tried| {
                    validate::is_valid(self.contract, &items, Direction::Response, tried).unwrap_or(false)
                }))
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Value::Array(listed))
    }

    fn text(
        &self,
        plain: &str,
        at: &Location,
        types: &[&str],
        telling: &Telling<'_>,
        is_problem: bool,
    ) -> Option<Value> {
        let string = |text: &str| Some(Value::String(text.to_owned()));
        let problem = telling.problem;
        let is_number = types.iter().any(|word| matches!(*word, "integer" | "number")) && !types.contains(&"string");
        let value = match plain {
            "type" if is_problem => string(&problem.type_uri()),
            "title" | "name" => string(problem.kind.title()),
            "error" | "reason" => {
                let detail = Value::String(telling.detail());
                let fits = validate::is_valid(self.contract, at, Direction::Response, &detail).unwrap_or(false);
                if fits { Some(detail) } else { string(problem.kind.title()) }
            }
            "status" | "statuscode" | "httpstatus" | "httpcode" => string(&telling.status.to_string()),
            "code" | "errorcode" if is_number => string(&telling.status.to_string()),
            "code" | "errorcode" | "slug" => string(problem.kind.slug()),
            "detail" | "message" | "msg" | "errordescription" | "description" | "errormessage" | "text" => {
                // A text that may not be so long is told in brief.
                let fits = |text: &str| {
                    let text = Value::String(text.to_owned());
                    validate::is_valid(self.contract, at, Direction::Response, &text).unwrap_or(false)
                };
                let full = telling.detail();
                if fits(&full) { string(&full) } else { string(&problem.detail) }
            }
            "instance" => string(&instance(self.context)),
            "id" | "requestid" | "traceid" | "correlationid" => string(&self.id(telling)),
            "timestamp" | "time" | "datetime" => string(&timestamp(self.context)),
            "path" if telling.fault.is_none() => string(self.request.path()),
            "method" => string(&self.request.method),
            "pointer" => match &telling.fault?.place {
                FaultPlace::Body(pointer) => string(pointer.as_str()),
                FaultPlace::Parameter(..) | FaultPlace::Request => None,
            },
            "parameter" | "param" => match &telling.fault?.place {
                FaultPlace::Parameter(In::Path | In::Query | In::QueryString | In::Cookie, name) => string(name),
                FaultPlace::Parameter(In::Header, _) | FaultPlace::Body(_) | FaultPlace::Request => None,
            },
            "header" => match &telling.fault?.place {
                FaultPlace::Parameter(In::Header, name) => string(name),
                FaultPlace::Parameter(..) | FaultPlace::Body(_) | FaultPlace::Request => None,
            },
            "field" | "path" | "property" | "location" | "loc" | "source" | "target" => match &telling.fault?.place {
                FaultPlace::Body(pointer) => string(pointer.as_str()),
                FaultPlace::Parameter(_, name) => string(name),
                FaultPlace::Request => None,
            },
            "success" | "ok" => return Some(Value::Bool(false)),
            _ => None,
        }?;
        if is_number {
            let number: Number = value.as_str()?.parse().ok()?;
            return Some(Value::Number(number));
        }
        // A name of few values (`code`) says what it can.
        let fits = validate::is_valid(self.contract, at, Direction::Response, &value).unwrap_or(false);
        fits.then_some(value)
    }

    fn id(&self, telling: &Telling<'_>) -> String {
        let number = self.context.number.to_string();
        let place = telling.fault.map(|fault| fault.place.describe()).unwrap_or_default();
        uuid(&mut Seeded::new(self.context.seed, ["error", number.as_str(), place.as_str()]))
    }
}

/// What is told at one place of a declared error: the problem, or one of its faults.
#[derive(Clone, Copy)]
struct Telling<'t> {
    problem: &'t Problem,
    status: u16,
    fault: Option<&'t Fault>,
    /// What is said of the problem as a whole.
    detail: &'t str,
}

impl Telling<'_> {
    fn detail(&self) -> String {
        self.fault.map_or_else(|| self.detail.to_owned(), Fault::describe)
    }

    fn has_place(&self) -> bool {
        self.fault.is_some_and(|fault| fault.place != FaultPlace::Request)
    }
}

/// Whether a declared error has a place for every single fault.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listing {
    Each,
    None,
}

/// True where a list of faults, or an object of them by field, stands as it was told.
fn holds(there: &Value, told: &Value) -> bool {
    match (there, told) {
        (Value::Array(_), Value::Array(_)) => there == told,
        (Value::Object(there), Value::Object(told)) => {
            told.iter().all(|(name, member)| there.get(name) == Some(member))
        }
        _ => false,
    }
}

/// A problem where no contract says how: RFC 9457.
pub fn undeclared(problem: &Problem, context: Context) -> Response {
    let mut answer = Response { status: problem.kind.status(), ..Response::default() };
    plain(&mut answer, problem, context);
    answer.headers.set(REASON, reason(problem));
    add_missing(&mut answer.headers, &problem.headers);
    answer
}

/// The header field that has the reason of every refusal, whatever its body may say.
pub const REASON: &str = "Etalon-Reason";

/// How much of a reason a header field has: enough to understand it, and far below what servers and proxies take.
const MAX_REASON: usize = 200;

/// The reason of a refusal in one line of visible ASCII: the problem's short name, then its sentence.
#[must_use]
pub fn reason(problem: &Problem) -> String {
    let text = format!("{}: {}", problem.kind.slug(), problem.in_full());
    let ascii = text.chars().map(|sign| if sign.is_ascii_graphic() || sign == ' ' { sign } else { '?' });
    let mut line: String = ascii.take(MAX_REASON).collect();
    if text.chars().count() > MAX_REASON {
        line.push_str("...");
    }
    line
}

/// The sentence of a problem as the bytes of a media type that has no other form.
fn as_text(content: &Content, problem: &Problem) -> Option<(String, Vec<u8>)> {
    let bytes = problem.in_full().into_bytes();
    (!content.media_type.is_json()).then(|| (codec::content_type(&content.media_type, &bytes), bytes))
}

fn plain(answer: &mut Response, problem: &Problem, context: Context) {
    let value = problem.details(answer.status, Some(&instance(context)));
    answer.headers.set("Content-Type", "application/problem+json");
    answer.body = value.to_string().into_bytes();
}

fn by_field(faults: &[Fault]) -> Value {
    let mut members = Map::new();
    for fault in faults {
        let name = match &fault.place {
            FaultPlace::Body(pointer) => pointer.as_str().trim_start_matches('/').replace('/', "."),
            FaultPlace::Parameter(_, name) => name.clone(),
            FaultPlace::Request => String::new(),
        };
        let there = members.entry(name).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(messages) = there {
            messages.push(Value::String(fault.detail.clone()));
        }
    }
    Value::Object(members)
}

/// The URI of this occurrence (RFC 9457 §3.1.5): the same for the same seed and number of the request.
fn instance(context: Context) -> String {
    let number = context.number.to_string();
    let choices: &mut dyn Choices = &mut Seeded::new(context.seed, ["instance", number.as_str()]);
    format!("urn:uuid:{}", uuid(choices))
}

fn timestamp(context: Context) -> String {
    crate::behaviour::timestamp(context.now)
}

fn add_missing(headers: &mut Headers, more: &[(String, String)]) {
    let described: Vec<String> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    for (name, value) in more {
        if !described.contains(&name.to_ascii_lowercase()) {
            headers.add(name.clone(), value.clone());
        }
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
