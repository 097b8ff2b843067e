//! The control interface below `/__etalon`: what a mock remembers and does, looked at and changed while it serves. It is served by its
//! own contract, `spec/control.yaml`: requests are routed, read and held against that as those of any other contract are.

mod about;
mod access;
mod clock;
mod contract;
mod example;
mod reply;
mod requests;
mod rules;
mod state;
mod subject;
mod worlds;

use etalon_contract::behaviour::{Call, Context, Kind, Problem};
use etalon_contract::codec::{self, Request, Response};
use etalon_contract::model::Route;

use crate::server::account::{Account, Answered, Cause};
use crate::server::control::contract::service;
use crate::server::control::reply::Reply;
use crate::server::found::Found;
use crate::server::reading::{allow, check, negotiate, refuse, typed};
use crate::server::service::Service;
use crate::server::world::World;

pub(super) use contract::DOCUMENT;
pub(super) use subject::Subject;

/// A request to control a mock, read as its operation has it.
pub(super) struct Ask<'a> {
    /// The mock.
    subject: &'a dyn Subject,
    /// The world that the request is in.
    world: &'a World,
    /// The request.
    call: Call<'a>,
}

/// The contract of the control interface.
pub(super) fn control_service() -> &'static Service {
    service()
}

/// The answer to a request below `/__etalon`; `None` where the control interface has no such path.
pub(super) fn answer(subject: &dyn Subject, world: &World, request: &Request, is_local: bool) -> Option<Answered> {
    let service = service();
    let found = |method: &str| match service.contract.route(method, &request.target) {
        Route::Found { operation, captures } => {
            let operation = service.contract.operation(operation).ok()?;
            Some(Found { service, operation, captures })
        }
        Route::OtherMethods(_) | Route::Unknown => None,
    };
    let context = subject.next_context(world);
    let method = if request.method == "HEAD" { "GET" } else { request.method.as_str() };
    let Some(here) = found(method) else {
        let Route::OtherMethods(methods) = service.contract.route(method, &request.target) else { return None };
        let like = methods.iter().find_map(|method| found(method));
        return Some(other_methods(request, methods, like.as_ref(), context));
    };
    let answered = access::admit(request, is_local, subject.token())
        .and_then(|()| read(subject, world, &here, request))
        .map(Reply::response);
    Some(match answered {
        Ok(response) => Answered::new(response, here.account(Cause::Door("the mock is controlled"))),
        Err(problem) => {
            let response = refuse(Some(&here), request, &problem, context);
            Answered::new(response, here.account(Cause::Problem(problem)))
        }
    })
}

/// The answer to a method that the path does not have.
fn other_methods(request: &Request, methods: Vec<String>, like: Option<&Found<'_>>, context: Context) -> Answered {
    let allow = allow(methods);
    if request.method == "OPTIONS" {
        let mut response = Response { status: 204, ..Response::default() };
        response.headers.add("Allow", allow);
        return Answered::new(response, Account::new(None, Cause::Methods));
    }
    let detail = format!("{} has no method {}, but {allow}", request.path(), request.method);
    let problem = Problem::new(Kind::MethodNotAllowed, detail).header("Allow", allow);
    let response = refuse(like, request, &problem, context);
    Answered::new(response, Account::new(None, Cause::Problem(problem)))
}

/// Reads a request, and lets it be answered.
fn read(subject: &dyn Subject, world: &World, found: &Found<'_>, request: &Request) -> Result<Reply, Problem> {
    let Found { service, operation, captures } = found;
    negotiate(operation, request)?;
    let typed = typed(operation, request);
    let decoded = codec::decode(&service.contract, operation, captures, typed.as_ref().unwrap_or(request));
    let decoded = check(service, operation, decoded)?;
    let call = Call { operation, decoded: &decoded, headers: &request.headers, uploads: &[] };
    let ask = Ask { subject, world, call };
    match operation.id.as_str() {
        "listWorlds" => ask.list_worlds(),
        "createWorld" => ask.create_world(),
        "getWorld" => ask.get_world(),
        "deleteWorld" => ask.delete_world(),
        "resetWorld" => ask.reset_world(),
        "reset" => ask.reset(),
        "restoreWorld" => ask.restore_world(),
        "exportWorld" => ask.export_world(),
        "importWorld" => ask.import_world(&request.body),
        "compareWorlds" => ask.compare_worlds(),
        "getState" => ask.get_state(),
        "setState" => ask.set_state(),
        "getItems" => ask.get_items(),
        "getItem" => ask.get_item(),
        "setItem" => ask.set_item(),
        "deleteItem" => ask.delete_item(),
        "listRequests" => ask.list_requests(),
        "forgetRequests" => ask.forget_requests(),
        "listRules" => ask.list_rules(),
        "addRule" => ask.add_rule(),
        "getRule" => ask.get_rule(),
        "deleteRule" => ask.delete_rule(),
        "getClock" => ask.get_clock(),
        "setClock" => ask.set_clock(),
        "advanceClock" => ask.advance_clock(),
        "listContracts" => ask.list_contracts(),
        "exampleRequest" => ask.example_request(),
        "listDiagnostics" => ask.list_diagnostics(),
        "getMetrics" => ask.get_metrics(),
        "shutdown" => ask.shutdown(),
        other => Err(Problem::new(Kind::Internal, format!("nobody answers {other}"))),
    }
}
