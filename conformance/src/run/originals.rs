//! Things that are there once, such as settings: read before the run changes them, and put back at its end. Pure.

use etalon_contract::behaviour::{Action, Origin, shape};
use etalon_contract::codec::{Request, Response};
use etalon_contract::document::Location;
use etalon_contract::model::{Direction, Route};
use etalon_contract::validate;
use serde_json::{Value, json};

use crate::scenario::answer;
use crate::session::Session;
use crate::settings::Changes;
use crate::transcript::Outgoing;

/// The request that reads what another one would change; `None` where it changes nothing that is there once, or may.
#[must_use]
pub(crate) fn reading(session: Session<'_>, outgoing: &Outgoing) -> Option<Request> {
    match session.settings.changes {
        Changes::Own | Changes::Destructive => {}
        Changes::Anything | Changes::ReadOnly | Changes::NotAllowed => return None,
    }
    let operation = session.contract.operation(outgoing.operation?).ok()?;
    let effect = session.effect(operation)?;
    let collection = effect.collection.and_then(|index| session.behaviour.collections.get(index));
    let is_singleton = collection.is_none_or(|collection| collection.origin == Origin::Singleton);
    let names_none = effect.key_parameter.is_none() && effect.sent.is_none();
    let once = is_singleton && effect.key_parameter.is_none() || names_none;
    if !matches!(effect.action, Action::Update | Action::Replace) || !once {
        return None;
    }
    let mut request = outgoing.request.clone();
    "GET".clone_into(&mut request.method);
    request.body.clear();
    request.headers.remove("content-type");
    Some(request)
}

/// The request that puts back what was read; `None` where it could not be read.
#[must_use]
pub(crate) fn restoring(session: Session<'_>, outgoing: &Outgoing, read: &Response) -> Option<Request> {
    let found = session.contract.route("GET", outgoing.request.path());
    if !matches!(found, Route::Found { .. }) || read.status / 100 != 2 {
        return None;
    }
    let original = answer::json(read)?;
    let operation = session.contract.operation(outgoing.operation?).ok()?;
    let content = operation.body.as_ref().and_then(|body| body.content.iter().find(|of| of.media_type.is_json()))?;
    let fits = content.schema.as_ref().is_none_or(|at| {
        validate::is_valid(session.contract, at, Direction::Request, &original).unwrap_or(false)
            && is_alike(session, at, &original)
    });
    if !fits {
        return None;
    }
    let mut request = outgoing.request.clone();
    request.body = serde_json::to_vec(&original).ok()?;
    Some(request)
}

/// True where what was read is what a request changes: it has a member that the content of the request is described with.
fn is_alike(session: Session<'_>, at: &Location, original: &Value) -> bool {
    let members = shape::members(session.contract, at);
    let described = |name: &String| members.iter().any(|(known, _)| known == name);
    members.is_empty() || original.as_object().is_none_or(|read| read.is_empty() || read.keys().any(described))
}

/// The line in the ledger before the change.
#[must_use]
pub(crate) fn line(original: &Request) -> Value {
    let body: Value = serde_json::from_slice(&original.body).unwrap_or(Value::Null);
    json!({
        "original": original.target,
        "method": original.method,
        "content_type": original.headers.get("content-type"),
        "body": body,
    })
}

/// The line after it was put back.
#[must_use]
pub(crate) fn restored(original: &Request) -> Value {
    json!({ "original": original.target, "restored": true })
}
