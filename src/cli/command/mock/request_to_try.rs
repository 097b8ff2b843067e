//! A request to try: one that the mock answers well, as a line for the shell.

use etalon_conformance::report::Mask;
use etalon_contract::behaviour::{Action, Inferred};
use etalon_contract::codec::{self, Draft, DraftBody, Request, encode, parameter_examples};
use etalon_contract::document::Location;
use etalon_contract::generate::{self, Seeded};
use etalon_contract::model::{Direction, Entry, In, Operation, Requirement};
use etalon_contract::validate;
use serde_json::Value;

use crate::cli::log::given_to;
use crate::server::{Mock, Service};

/// A line that works: a valid request for the first operation that adds something, else for one that can be asked.
#[must_use]
pub fn curl(mock: &Mock, service: &Service, origin: &str) -> Option<String> {
    request_to_try(mock, service).map(|request| {
        let (masked, variables) = masked(mock, service, &request);
        let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
        codec::curl(origin, &masked, &variables)
    })
}

/// The request with what somebody gave as credentials replaced by environment variables, and their names.
fn masked(mock: &Mock, service: &Service, request: &Request) -> (Request, Vec<String>) {
    let mask = if mock.credentials().accepts_any() { Mask::default() } else { given_to(mock, [service]) };
    (mask.request(request), mask.variables().map(str::to_owned).collect())
}

/// Of how many operations it is found out what they do, to take the one that shows most; of more, that would take a while.
const WEIGHED: usize = 80;

/// The most requests that are made for one operation until one has a wire form.
const MADE: u32 = 4;

/// The most operations of a larger contract that are tried.
const TRIED: usize = 20;

/// The rank of a method: the lower, the more of a story it begins.
fn by_method(method: &str) -> u8 {
    match method {
        "POST" => 0,
        "GET" => 1,
        _ => 2,
    }
}

/// The request of that line, with the credentials that the mock takes; none where no operation has a request that goes
/// on a line.
#[must_use]
pub fn request_to_try(mock: &Mock, service: &Service) -> Option<Request> {
    let contract = &service.contract;
    let mut entries: Vec<&Entry> = contract.entries().iter().collect();
    if entries.len() > WEIGHED {
        // Methods and paths alone tell enough.
        entries.sort_by_key(|entry| (entry.path.parameters().count(), by_method(entry.method.as_str())));
        entries.truncate(TRIED);
    } else {
        // What needs nothing to be there goes first.
        entries.sort_by_key(|entry| match service.behaviour.effect(entry.index).action {
            Action::Create | Action::Upsert => 0,
            Action::List => 1,
            Action::Answer | Action::Replace => 2,
            Action::Read | Action::Update | Action::Delete => 3,
        });
    }
    for operation in entries.into_iter().filter_map(|entry| contract.operation(entry.index).ok()) {
        let Some(mut request) = made(mock, service, operation) else { continue };
        if std::str::from_utf8(&request.body).is_err() {
            continue;
        }
        if let Some(alternative) = simplest(&operation.security) {
            for (scheme, _) in &alternative.schemes {
                mock.credentials().show(scheme, &mut request);
            }
        }
        return Some(request);
    }
    None
}

/// A request for one operation, made anew where it has no wire form.
fn made(mock: &Mock, service: &Service, operation: &Operation) -> Option<Request> {
    let names = ["curl", operation.id.as_str()];
    (0..MADE).find_map(|attempt| {
        let again = (attempt > 0).then(|| attempt.to_string());
        let mut choices = Seeded::new(mock.seed(), names.into_iter().chain(again.as_deref()));
        let mut draft = generate::valid(&service.contract, operation, &mut choices).ok()?;
        show_examples(service, operation, &mut draft);
        leave_cursors_out(service, operation, &mut draft);
        encode(&service.contract, operation, &draft).ok()
    })
}

/// Takes out what only a list can give out.
fn leave_cursors_out(service: &Service, operation: &Operation, draft: &mut Draft) {
    let effect = service.behaviour.effect(operation.index);
    for name in effect.paging.iter().flat_map(|paging| paging.cursors()) {
        if operation.parameter(In::Query, name).is_some_and(|parameter| !parameter.required) {
            draft.remove_parameter(In::Query, name);
        }
    }
}

/// Puts the document's own examples into a request, each where it is valid.
fn show_examples(service: &Service, operation: &Operation, draft: &mut Draft) {
    let is_valid = |at: Option<&Location>, value: &Value| {
        at.is_none_or(|at| validate::is_valid(&service.contract, at, Direction::Request, value).unwrap_or(false))
    };
    for parameter in &operation.parameters {
        let Some(example) = parameter_examples(&service.contract, parameter).into_iter().next() else { continue };
        if draft.parameter(parameter.place, &parameter.name).is_some() && is_valid(parameter.shape.schema(), &example) {
            draft.set_parameter(parameter.place, &parameter.name, example);
        }
    }
    if let Some(DraftBody::Value { media_type, value }) = &mut draft.body
        && let Some(content) = operation.body.as_ref().and_then(|body| body.content_for(media_type))
        && let Some(example) = content.examples.iter().find(|example| is_valid(content.schema.as_ref(), example))
    {
        *value = example.clone();
    }
}

/// The alternative that needs least.
fn simplest(security: &[Requirement]) -> Option<&Requirement> {
    security.iter().min_by_key(|alternative| alternative.schemes.len())
}
