//! From a request to its answer: route -> authenticate -> negotiate -> decode -> validate -> behave -> compose. Pure and
//! synchronous; the first step that refuses decides the answer.

use etalon_contract::behaviour::{
    Call, Context, Kind, Occasion, Outcome, Problem, Refusal, compose, ready, undeclared,
};
use etalon_contract::codec::{self, Request, Response};
use etalon_contract::model::{MediaType, Operation, Route};

use crate::server::account::{Account, Answered, Cause};
use crate::server::coding::{ACCEPTED, Unreadable};
use crate::server::demanded::{bare, by_rule, preferences, preferred, wished};
use crate::server::found::Found;
use crate::server::mock::{Judging, Mock};
use crate::server::mounts::Owner;
use crate::server::near::near;
use crate::server::prefer::Preferences;
use crate::server::reading::{allow, check, negotiate, readable, refuse, shortened, typed, unusable};
use crate::server::rule::Decided;
use crate::server::service::Service;
use crate::server::stream::{self, Source};
use crate::server::visit::Visit;

/// Answers a request whose method is not `HEAD`, before cross-origin headers are added.
pub(super) fn answer(visit: Visit<'_>, request: &Request) -> Answered {
    let context = visit.next_context();
    let found = match route(visit.mock, request) {
        Routed::Found(found) => found,
        Routed::Answered(response) => {
            return Answered::new(response, Account::new(None, Cause::Methods));
        }
        Routed::Refused(problem, like) => {
            let response = refuse(like.as_ref(), request, &problem, context);
            return Answered::new(response, Account::new(None, Cause::Problem(problem)));
        }
    };
    let preferences = match preferences(&found, request) {
        Ok(preferences) => preferences,
        Err(problem) => return bare(&found, problem, context),
    };
    let without = preferences.removed_from(request);
    let request = without.as_ref().unwrap_or(request);
    let examples = visit.mock.examples();
    let decided = visit
        .rules()
        .map_or_else(Decided::default, |rules| rules.decide(&found.service.contract, found.operation, &context));
    let ruled = decided.demand.wish(examples).filter(|_| preferences.demand.wish(examples).is_none());
    let answered = match ruled {
        Some(wish) => Ok(by_rule(&found, request, &wish, (examples, context, visit.below))),
        None => proceed(visit, &found, request, &preferences, context),
    };
    let mut answered = match answered {
        Ok(answered) => answered,
        Err(problem) => {
            let response = refuse(Some(&found), request, &problem, context);
            Answered::new(response, found.account(Cause::Problem(problem)))
        }
    };
    preferred(&found, &preferences, decided, &mut answered, &context);
    answered
}

fn proceed(
    visit: Visit<'_>,
    found: &Found<'_>,
    request: &Request,
    preferences: &Preferences,
    context: Context,
) -> Result<Answered, Problem> {
    let Found { service, operation, captures } = found;
    authenticate(visit, service, operation, request)?;
    let accept = negotiate(operation, request)?;
    let typed = typed(operation, request);
    let decoded = codec::decode(&service.contract, operation, captures, typed.as_ref().unwrap_or(request));
    let decoded = match visit.mock.judging() {
        Judging::Contract => check(service, operation, decoded)?,
        Judging::Nothing => readable(decoded),
    };
    let media_type = request.headers.get("content-type").and_then(MediaType::parse);
    let uploads = media_type.map_or_else(Vec::new, |media_type| codec::uploads(&media_type, &request.body));
    let call = Call { operation, decoded: &decoded, headers: &request.headers, uploads: &uploads };
    let wanted = stream::wanted(&decoded);
    let quality = |media_type: &MediaType| stream::quality(wanted, media_type, accept.quality(media_type));
    let examples = visit.mock.examples();
    let occasion = Occasion { request, call, context, quality: &quality, below: visit.below, examples };
    if let Some(wish) = preferences.demand.wish(examples) {
        return Ok(wished(found, &occasion, &wish, preferences.words()));
    }
    // State is held for the step alone; what the step needs is made ready before, and the answer is composed after.
    ready(&service.contract, &service.behaviour, operation);
    let part = visit.world.part(service.number);
    let last = part.feed().map_or(0, |feed| feed.last());
    let (outcome, context) = visit.mock.take_effect(visit, found, (request, &call), context)?;
    let occasion = Occasion { context, ..occasion };
    match compose(&service.contract, &service.behaviour, &occasion, &outcome) {
        Ok(response) => {
            let mut answered = Answered::new(response, Account::default());
            let source = Source { contract: &service.contract, behaviour: &service.behaviour, part };
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

/// Lets a request that was valid when it came take effect, wherever it came.
pub(super) fn replay(visit: Visit<'_>, request: &Request, context: &Context) -> Outcome {
    let Routed::Found(Found { service, operation, captures }) = route(visit.mock, request) else {
        return Outcome::Answered;
    };
    let typed = typed(operation, request);
    let decoded = codec::decode(&service.contract, operation, &captures, typed.as_ref().unwrap_or(request));
    let decoded = readable(decoded);
    let media_type = request.headers.get("content-type").and_then(MediaType::parse);
    let uploads = media_type.map_or_else(Vec::new, |media_type| codec::uploads(&media_type, &request.body));
    let call = Call { operation, decoded: &decoded, headers: &request.headers, uploads: &uploads };
    ready(&service.contract, &service.behaviour, operation);
    service.step(visit.world, &call, context, request.body.len())
}

/// Answers that this host is not served here. No contract speaks of it.
pub(super) fn misdirected(visit: Visit<'_>, request: &Request) -> Answered {
    let host = shortened(request.headers.get("host").unwrap_or_default());
    let detail = format!(
        "the mock listens on a loopback address and answers to its names, not to `{host}`; `etalon mock --host` says what else"
    );
    let problem = Problem::new(Kind::Misdirected, detail);
    let response = undeclared(&problem, visit.next_context());
    Answered::new(response, Account::new(None, Cause::Problem(problem)))
}

/// Answers that the body is larger than the edge takes.
pub(super) fn too_large(visit: Visit<'_>, request: &Request, limit: usize) -> Answered {
    let problem = Problem::new(Kind::ContentTooLarge, format!("a body may have {limit} bytes here"))
        .header("Connection", "close");
    unread(visit, request, problem)
}

/// Answers that the content coding of the body cannot be undone.
pub(super) fn unreadable(visit: Visit<'_>, request: &Request, why: &Unreadable) -> Answered {
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
    unread(visit, request, problem)
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
fn unread(visit: Visit<'_>, request: &Request, problem: Problem) -> Answered {
    let context = visit.next_context();
    let found = match route(visit.mock, request) {
        Routed::Found(found) => Some(found),
        Routed::Answered(_) | Routed::Refused(..) => None,
    };
    let response = refuse(found.as_ref(), request, &problem, context);
    let cause = Cause::Problem(problem);
    let account = match found {
        Some(found) => found.account(cause),
        None => Account::new(None, cause),
    };
    Answered::new(response, account)
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

fn authenticate(visit: Visit<'_>, service: &Service, operation: &Operation, request: &Request) -> Result<(), Problem> {
    let credentials = visit.mock.credentials();
    let with_own = || visit.mock.with_own_cookies(visit.world, operation, request);
    if credentials.admit(operation, request) || credentials.admit(operation, &with_own()) {
        return Ok(());
    }
    let detail = format!("this needs {}", credentials.describe(operation));
    let mut problem = Problem::new(Kind::Unauthorized, detail);
    for challenge in credentials.challenges(operation, request, service.contract.title()) {
        problem = problem.header("WWW-Authenticate", challenge);
    }
    Err(problem)
}
