//! Methods, paths and media types that the contract does not have.

use etalon_contract::codec::Request;
use etalon_contract::generate::Choices;
use etalon_contract::model::{Operation, Route};

use crate::judge::protocol;
use crate::script::place;
use crate::script::stage::{Key, Stage};
use crate::talk::{Halt, Role};
use crate::verdict::Verdict;

/// The methods that are tried on a path that does not have them, the harmless ones first.
const METHODS: [&str; 5] = ["GET", "POST", "PATCH", "PUT", "DELETE"];

/// The media type that is asked for when there must be none: valid, in nobody's use.
const NOWHERE: &str = "application/vnd.etalon.nowhere";

/// A method that the path does not have.
pub fn method(stage: &mut Stage<'_, '_, '_, '_>, operation: &Operation) -> Result<Verdict, Halt> {
    let mut request = bare(stage, operation)?;
    let contract = stage.scene.contract;
    let free = METHODS.into_iter().find_map(|method| match contract.route(method, request.path()) {
        Route::OtherMethods(documented) => Some((method, documented)),
        Route::Found { .. } | Route::Unknown => None,
    });
    let Some((method, documented)) = free else {
        return Ok(Verdict::unreachable("the path has every method that is tried"));
    };
    method.clone_into(&mut request.method);
    let exchange = stage.send_stray(Role::Tested, request)?;
    Ok(protocol::method_not_allowed(method, &documented, &exchange.response))
}

/// A path that the contract does not have.
pub fn path(stage: &mut Stage<'_, '_, '_, '_>, operation: &Operation) -> Result<Verdict, Halt> {
    let mut request = bare(stage, operation)?;
    let token = stage.choices().below(u64::MAX);
    "GET".clone_into(&mut request.method);
    request.target = format!("{}/etalon-{token:016x}", request.path().trim_end_matches('/'));
    if stage.scene.contract.route("GET", request.path()) != Route::Unknown {
        request.target.push_str("/nowhere");
    }
    if stage.scene.contract.route("GET", request.path()) != Route::Unknown {
        return Ok(Verdict::unreachable("the contract has a path for anything below this one"));
    }
    let exchange = stage.send_stray(Role::Tested, request)?;
    Ok(protocol::unknown_path(&exchange.response))
}

/// An `Accept` that no documented media type satisfies.
pub fn accept(stage: &mut Stage<'_, '_, '_, '_>, operation: &Operation) -> Result<Verdict, Halt> {
    let mut draft = stage.valid(operation, &mut stage.choices())?;
    let place = place::find(stage, operation, &draft, &[])?;
    place.put(&mut draft, None);
    let mut request = stage.valid_request(operation, &draft, Key::Usual)?;
    request.headers.set("Accept", NOWHERE);
    let exchange = stage.send(Role::Tested, operation, request)?;
    Ok(protocol::not_acceptable(operation, &exchange.response))
}

/// A valid request without its content: method and path are what matters.
fn bare(stage: &mut Stage<'_, '_, '_, '_>, operation: &Operation) -> Result<Request, Halt> {
    let mut draft = stage.valid(operation, &mut stage.choices())?;
    for parameter in operation.path.parameters() {
        if let Some(text) = stage.scene.settings.fixed(parameter) {
            draft.set_parameter(etalon_contract::model::In::Path, parameter, text.into());
        }
    }
    let mut request = stage.request(operation, &draft, Key::Usual)?;
    request.headers.remove("content-type");
    request.body.clear();
    Ok(request)
}
