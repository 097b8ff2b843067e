//! From a request to its answer: route -> authenticate -> negotiate -> decode -> validate -> behave -> compose. Pure and
//! synchronous; the first step that refuses decides the answer.

use etalon_contract::behaviour::{Call, Context, Inferred as _, Occasion, Outcome, Refusal, compose, ready, requested};
use etalon_contract::behaviour::{Kind, Problem};
use etalon_contract::behaviour::{Refused, undeclared};
use etalon_contract::codec::{self, Decoded, DecodedBody, Request, Response};
use etalon_contract::document::{Defect, Severity};
use etalon_contract::model::{In, MediaType, Operation, Route};
use etalon_contract::rule::Breach;
use etalon_contract::validate;

use crate::server::accept::Accept;
use crate::server::account::{Account, Answered, Cause};
use crate::server::coding::{ACCEPTED, Unreadable};
use crate::server::mock::Mock;
use crate::server::mounts::Owner;
use crate::server::near::near;
use crate::server::prefer::Preferences;
use crate::server::service::Service;
use crate::server::stream::{self, Source};

/// Answers a request whose method is not `HEAD`, before cross-origin headers are added.
pub(super) fn answer(mock: &Mock, request: &Request) -> Answered {
    let context = mock.next_context();
    let found = match route(mock, request) {
        Routed::Found(found) => found,
        Routed::Answered(response) => {
            return Answered::new(response, Account { operation: None, cause: Cause::Methods });
        }
        Routed::Refused(problem, like) => {
            let response = refuse(like.as_ref(), request, &problem, context);
            return Answered::new(response, Account { operation: None, cause: Cause::Problem(problem) });
        }
    };
    let preferences = match preferences(&found, request) {
        Ok(preferences) => preferences,
        Err(problem) => return bare(&found, problem, context),
    };
    let without = preferences.removed_from(request);
    let request = without.as_ref().unwrap_or(request);
    let mut answered = match proceed(mock, &found, request, &preferences, context) {
        Ok(answered) => answered,
        Err(problem) => {
            let response = refuse(Some(&found), request, &problem, context);
            Answered::new(response, found.account(Cause::Problem(problem)))
        }
    };
    preferred(&preferences, &mut answered);
    answered
}

/// The preferences of the client. Query parameters that the operation itself documents are the operation's.
fn preferences(found: &Found<'_>, request: &Request) -> Result<Preferences, Problem> {
    let preferences = Preferences::of(request).map_err(|why| Problem::new(Kind::BadPreference, why))?;
    let is_documented = |name: String| found.operation.parameter(In::Query, &name).is_some();
    if preferences.is_from_query() && Preferences::query_names().any(is_documented) {
        return Ok(Preferences::default());
    }
    Ok(preferences)
}

/// Says which preferences were kept (RFC 7240 §3), and lets the answer wait.
fn preferred(preferences: &Preferences, answered: &mut Answered) {
    answered.delay = preferences.delay();
    let applied = match answered.account.cause {
        Cause::AskedFor(_) => preferences.words(),
        Cause::Untold | Cause::Outcome { .. } | Cause::Problem(_) | Cause::Methods | Cause::Door(_) => {
            preferences.words_of_delay()
        }
    };
    if !applied.is_empty() {
        answered.response.headers.add("Preference-Applied", applied);
        if preferences.is_from_header() {
            answered.response.headers.add("Vary", "Prefer");
        }
    }
}

/// The answer to a client that asks for something that cannot be had: in the mock's own words, since the contract's would not
/// have room for what is documented.
fn bare(found: &Found<'_>, problem: Problem, context: Context) -> Answered {
    Answered::new(undeclared(&problem, context), found.account(Cause::Problem(problem)))
}

fn proceed(
    mock: &Mock,
    found: &Found<'_>,
    request: &Request,
    preferences: &Preferences,
    context: Context,
) -> Result<Answered, Problem> {
    let Found { service, operation, captures } = found;
    authenticate(mock, service, operation, request)?;
    let accept = negotiate(operation, request)?;
    let typed = typed(operation, request);
    let decoded = codec::decode(&service.contract, operation, captures, typed.as_ref().unwrap_or(request));
    let decoded = check(service, operation, decoded)?;
    let media_type = request.headers.get("content-type").and_then(MediaType::parse);
    let uploads = media_type.map_or_else(Vec::new, |media_type| codec::uploads(&media_type, &request.body));
    let call = Call { operation, decoded: &decoded, headers: &request.headers, uploads: &uploads };
    let wanted = stream::wanted(&decoded);
    let quality = |media_type: &MediaType| stream::quality(wanted, media_type, accept.quality(media_type));
    let occasion = Occasion { request, call, context, quality: &quality, examples: mock.examples() };
    if let Some(wish) = preferences.wish(mock.examples()) {
        return Ok(match requested(&service.contract, &occasion, &wish) {
            Ok(response) => Answered::new(response, found.account(Cause::AskedFor(preferences.words()))),
            Err(declined) => bare(found, Problem::of_declined(operation, &declined), context),
        });
    }
    // State is held for the step alone; what the step needs is made ready before, and the answer is composed after.
    ready(&service.contract, &service.behaviour, operation);
    let last = service.feed.last();
    let outcome = service.step(&call, &context, request.body.len());
    match compose(&service.contract, &service.behaviour, &occasion, &outcome) {
        Ok(response) => {
            let mut answered = Answered::new(response, Account::default());
            let source = Source { contract: &service.contract, behaviour: &service.behaviour, feed: &service.feed };
            stream::follow(&source, &call, (&context, last), &outcome, &mut answered);
            answered.account = found.account(found.cause(outcome));
            Ok(answered)
        }
        // Nothing can be made of a schema that cannot be used: then that is what is wrong.
        Err(refusal @ Refusal::Unmakeable { .. }) => Err(service
            .unusable(operation)
            .map_or_else(|| Problem::of_refusal(&refusal), |defect| unusable(service, &defect))),
        Err(
            refusal @ (Refusal::NotFound { .. }
            | Refusal::Conflict(_)
            | Refusal::BadCursor { .. }
            | Refusal::Unpatchable { .. }
            | Refusal::PreconditionFailed
            | Refusal::PreconditionRequired
            | Refusal::KeyReused { .. }
            | Refusal::NoSuccess
            | Refusal::Full(_)),
        ) => Err(Problem::of_refusal(&refusal)),
    }
}

/// The request with the media type of its body, where it says none (RFC 9110 §8.3 lets a server look at the body): JSON, if
/// it reads as such and nothing else, or anything, is documented.
fn typed(operation: &Operation, request: &Request) -> Option<Request> {
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
fn unusable(service: &Service, defect: &Defect) -> Problem {
    let diagnostic = service.contract.document().diagnose(defect, Severity::Error);
    let hint = diagnostic.hint.as_ref().map_or_else(String::new, |hint| format!("; {hint}"));
    Problem::new(Kind::UnusableOperation, format!("{diagnostic}{hint}"))
}

/// Answers that this host is not served here. No contract speaks of it.
pub(super) fn misdirected(mock: &Mock, request: &Request) -> Answered {
    let host = shortened(request.headers.get("host").unwrap_or_default());
    let detail = format!(
        "the mock listens on a loopback address and answers to its names, not to `{host}`; `etalon mock --host` says what else"
    );
    let problem = Problem::new(Kind::Misdirected, detail);
    let response = undeclared(&problem, mock.next_context());
    Answered::new(response, Account { operation: None, cause: Cause::Problem(problem) })
}

/// Answers that the body is larger than the edge takes.
pub(super) fn too_large(mock: &Mock, request: &Request, limit: usize) -> Answered {
    let problem = Problem::new(Kind::ContentTooLarge, format!("a body may have {limit} bytes here"))
        .header("Connection", "close");
    unread(mock, request, problem)
}

/// Answers that the content coding of the body cannot be undone.
pub(super) fn unreadable(mock: &Mock, request: &Request, why: &Unreadable) -> Answered {
    let problem = match why {
        // RFC 9110 §15.5.16: what would be taken is told in Accept-Encoding.
        Unreadable::UnknownCoding(_) => {
            Problem::new(Kind::UnsupportedMediaType, why.to_string()).header("Accept-Encoding", ACCEPTED)
        }
        Unreadable::TooLarge(limit) => {
            Problem::new(Kind::ContentTooLarge, format!("a body may have {limit} bytes here, but {why}"))
        }
        Unreadable::Malformed { .. } | Unreadable::TooManyParts => {
            Problem::new(Kind::Validation, format!("the body cannot be read: {why}"))
        }
    };
    unread(mock, request, problem)
}

/// Answers the request that a browser sends before the one it means: with the methods of the path, whatever it may be.
pub(super) fn preflight(mock: &Mock, request: &Request) -> Response {
    let wanted = request.headers.get("access-control-request-method").unwrap_or("GET").to_owned();
    let mut methods = vec![wanted.clone()];
    match mock.owner("", &request.target) {
        Owner::OtherMethods(others) => methods.extend(others.into_iter().flat_map(|(_, methods)| methods)),
        Owner::Operation { .. } | Owner::Nobody => {}
    }
    let mut response = Response { status: 204, ..Response::default() };
    response.headers.add("Allow", allow(methods));
    response
}

/// Refuses a request whose body was not looked at.
fn unread(mock: &Mock, request: &Request, problem: Problem) -> Answered {
    let context = mock.next_context();
    let found = match route(mock, request) {
        Routed::Found(found) => Some(found),
        Routed::Answered(_) | Routed::Refused(..) => None,
    };
    let response = refuse(found.as_ref(), request, &problem, context);
    let cause = Cause::Problem(problem);
    let account = match found {
        Some(found) => found.account(cause),
        None => Account { operation: None, cause },
    };
    Answered::new(response, account)
}

/// An operation of a contract, and the texts of its path parameters.
struct Found<'m> {
    service: &'m Service,
    operation: &'m Operation,
    captures: Vec<(String, String)>,
}

impl Found<'_> {
    fn account(&self, cause: Cause) -> Account {
        Account { operation: Some(self.operation.id.clone()), cause }
    }

    /// The cause of an answer that has this outcome, with the collection that it is about.
    fn cause(&self, outcome: Outcome) -> Cause {
        let effect = self.service.behaviour.effect(self.operation.index);
        let collection = effect.collection.or(effect.subject);
        let collection = collection.map(|number| self.service.behaviour.collection(number).name.clone());
        Cause::Outcome { outcome, action: effect.action, collection }
    }
}

enum Routed<'m> {
    Found(Found<'m>),
    Answered(Response),
    /// The problem, and an operation whose declared errors it may look like.
    Refused(Problem, Option<Found<'m>>),
}

fn route<'m>(mock: &'m Mock, request: &Request) -> Routed<'m> {
    let path = request.path();
    let others = match mock.owner(&request.method, &request.target) {
        Owner::Operation { service, operation, captures } => {
            return match service.contract.operation(operation) {
                Ok(operation) => Routed::Found(Found { service, operation, captures }),
                Err(defect) => Routed::Refused(unusable(service, defect), None),
            };
        }
        Owner::OtherMethods(others) => others,
        Owner::Nobody => Vec::new(),
    };
    if others.is_empty() && request.target != "*" {
        let mut detail = format!("no path of {} covers {path}", mock.served().join(" or "));
        if let Some(near) = near(mock.services(), path) {
            detail.push_str(&format!("; there is {near}"));
        } else {
            let bases: Vec<&str> = mock.services().iter().map(|service| service.contract.base()).collect();
            if bases.iter().any(|base| !base.is_empty()) {
                let bases: Vec<String> = bases.iter().map(|base| format!("{base}/")).collect();
                detail.push_str(&format!("; what is served begins with {}", bases.join(" or ")));
            }
        }
        return Routed::Refused(Problem::new(Kind::UnknownPath, detail), None);
    }
    let like = others.iter().find_map(|(service, methods)| other(service, path, methods));
    let allow = allow(others.into_iter().flat_map(|(_, methods)| methods).collect());
    if request.method == "OPTIONS" {
        let mut response = Response { status: 204, ..Response::default() };
        response.headers.add("Allow", allow);
        return Routed::Answered(response);
    }
    let detail = format!("{path} has no method {}, but {allow}", request.method);
    Routed::Refused(Problem::new(Kind::MethodNotAllowed, detail).header("Allow", allow), like)
}

/// The operation of another method of the path.
fn other<'m>(service: &'m Service, path: &str, methods: &[String]) -> Option<Found<'m>> {
    methods.iter().find_map(|method| match service.contract.route(method, path) {
        Route::Found { operation, captures } => {
            let operation = service.contract.operation(operation).ok()?;
            Some(Found { service, operation, captures })
        }
        Route::OtherMethods(_) | Route::Unknown => None,
    })
}

/// The value of `Allow`: the methods of a path, and those that the mock adds.
fn allow(mut methods: Vec<String>) -> String {
    if methods.iter().any(|method| method == "GET") {
        methods.push("HEAD".to_owned());
    }
    methods.push("OPTIONS".to_owned());
    methods.sort();
    methods.dedup();
    methods.join(", ")
}

fn authenticate(mock: &Mock, service: &Service, operation: &Operation, request: &Request) -> Result<(), Problem> {
    let credentials = mock.credentials();
    if credentials.admit(operation, request) || credentials.admit(operation, &mock.with_own_cookies(operation, request))
    {
        return Ok(());
    }
    let detail = format!("this needs {}", credentials.describe(operation));
    let mut problem = Problem::new(Kind::Unauthorized, detail);
    for challenge in credentials.challenges(operation, request, service.contract.title()) {
        problem = problem.header("WWW-Authenticate", challenge);
    }
    Err(problem)
}

fn negotiate(operation: &Operation, request: &Request) -> Result<Accept, Problem> {
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

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_QUOTED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The request as read, if it keeps the contract.
fn check(service: &Service, operation: &Operation, mut decoded: Decoded) -> Result<Decoded, Problem> {
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

fn refuse(like: Option<&Found<'_>>, request: &Request, problem: &Problem, context: Context) -> Response {
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
