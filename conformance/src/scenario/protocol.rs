//! Methods, paths and media types that the contract does not have.

use etalon_contract::codec::Request;
use etalon_contract::generate::Choices;
use etalon_contract::model::{Contract, In, Operation, Route};
use etalon_contract::rule::{Row, Unusual};

use crate::judge::protocol;
use crate::scenario::setup::{Authorization, Setup, cannot_make};
use crate::scenario::{breach, path_values};
use crate::settings::Changes;
use crate::transcript::{Pending, Role};
use crate::verdict::Verdict;

/// The methods that are tried on a path that does not have them, the harmless ones first: a PATCH without content has nothing to
/// say of what is to be changed (RFC 5789 §2).
const METHODS: [&str; 5] = ["GET", "PATCH", "POST", "PUT", "DELETE"];

/// The media type that is asked for when there must be none: valid, in nobody's use.
const NOWHERE: &str = "application/vnd.etalon.nowhere";

/// A method that the path does not have.
pub(super) fn method(setup: &mut Setup<'_>, operation: &Operation) -> Result<Verdict, Pending> {
    let mut request = bare(setup, operation)?;
    let contract = setup.session.contract;
    let free = METHODS.into_iter().find_map(|method| match contract.route(method, request.path()) {
        Route::OtherMethods(_) => Some((method, documented(contract, request.path()))),
        Route::Found { .. } | Route::Unknown => None,
    });
    let Some((method, documented)) = free else {
        return Ok(Verdict::unreachable("the path has every method that is tried"));
    };
    method.clone_into(&mut request.method);
    let exchange = setup.send_stray(Role::Tested, request)?;
    Ok(protocol::method_not_allowed(method, &documented, &exchange.response))
}

/// The methods that the contract has for a path: those of the most concrete template that fits it, which is the one that applies
/// (OpenAPI 3.1.1 §4.8.8.2).
fn documented(contract: &Contract, path: &str) -> Vec<String> {
    let fitting = || contract.entries().iter().filter(|entry| entry.path.capture(path).is_some());
    let Some(closest) = fitting().map(|entry| entry.path.abstractness()).min() else { return Vec::new() };
    let mut methods: Vec<String> = fitting()
        .filter(|entry| entry.path.abstractness() == closest)
        .map(|entry| entry.method.as_str().to_owned())
        .collect();
    methods.sort();
    methods.dedup();
    methods
}

/// A path that the contract does not have.
pub(super) fn path(setup: &mut Setup<'_>, operation: &Operation) -> Result<Verdict, Pending> {
    let mut request = bare(setup, operation)?;
    let token = setup.choices().below(u64::MAX);
    "GET".clone_into(&mut request.method);
    request.target = format!("{}/etalon-{token:016x}", request.path().trim_end_matches('/'));
    if setup.session.contract.route("GET", request.path()) != Route::Unknown {
        request.target.push_str("/nowhere");
    }
    if setup.session.contract.route("GET", request.path()) != Route::Unknown {
        return Ok(Verdict::unreachable("the contract has a path for anything below this one"));
    }
    let exchange = setup.send_stray(Role::Tested, request)?;
    Ok(protocol::unknown_path(&exchange.response))
}

/// An `Accept` that no documented media type satisfies.
pub(super) fn accept(setup: &mut Setup<'_>, operation: &Operation) -> Result<Verdict, Pending> {
    let mut draft = setup.valid(operation, &mut setup.choices())?;
    let path = path_values::find(setup, operation, &draft, &[])?;
    path.put(&mut draft, None);
    let mut request = setup.valid_request(operation, &draft, Authorization::Usual)?;
    request.headers.set("Accept", NOWHERE);
    let exchange = setup.send(Role::Tested, operation, request)?;
    Ok(protocol::not_acceptable(operation, &exchange.response))
}

/// The depth of the arrays of an unusual body: deeper than any parser that recurses without a bound stands, and still a
/// few kilobytes.
const DEEP: usize = 10_000;

/// The bytes of blank space in the large body: JSON allows it (RFC 8259 §2), so that the request stays valid.
const LARGE: usize = 1 << 20;

/// A body that is unusual, whatever the contract says of it; what follows shows whether the target still answers.
pub(super) fn unusual(
    setup: &mut Setup<'_>,
    operation: &Operation,
    row: &Row,
    kind: Unusual,
) -> Result<Verdict, Pending> {
    let wanted = row.content.and_then(|index| operation.body.as_ref()?.content.get(index));
    let media_type = wanted.and_then(|content| content.media_type.concrete());
    let mut draft = breach::with_body(setup.session.contract, operation, &mut setup.choices())
        .map_err(|cannot| cannot_make(&cannot))?;
    let path = path_values::find(setup, operation, &draft, &[])?;
    path.put(&mut draft, None);
    let twin = setup.valid_request(operation, &draft, Authorization::Usual)?;
    let mut request = twin.clone();
    request.body = match kind {
        Unusual::Deep => format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP)).into_bytes(),
        Unusual::Large => {
            let mut body = vec![b' '; LARGE];
            body.extend_from_slice(&twin.body);
            body
        }
    };
    if let Some(media_type) = media_type {
        request.headers.set("Content-Type", media_type.to_string());
    }
    let exchange = setup.send(Role::Tested, operation, request)?;
    let twin = setup.send(Role::Twin, operation, twin)?;
    Ok(protocol::probed(&exchange.response, &twin.response))
}

/// A valid request without its content: method and path are what matters.
fn bare(setup: &mut Setup<'_>, operation: &Operation) -> Result<Request, Pending> {
    let mut draft = setup.valid(operation, &mut setup.choices())?;
    if setup.session.settings.changes == Changes::Own
        && let Some((name, key)) = path_values::fresh_key(setup, operation, &draft)
    {
        draft.set_parameter(In::Path, &name, key);
    }
    for parameter in operation.path.parameters() {
        if let Some(text) = setup.session.settings.fixed(parameter) {
            draft.set_parameter(In::Path, parameter, text.into());
        }
    }
    let mut request = setup.request(operation, &draft, Authorization::Usual)?;
    request.headers.remove("content-type");
    request.body.clear();
    Ok(request)
}
