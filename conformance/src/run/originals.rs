//! Things that are there once, such as settings: read before the run changes them, and put back at its end. Pure.

use etalon_contract::behaviour::{Action, Origin};
use etalon_contract::codec::{Request, Response};
use etalon_contract::model::Route;
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
    let collection = session.behaviour.collections.get(effect.collection?)?;
    let once = collection.origin == Origin::Singleton || effect.key_parameter.is_none() && effect.sent.is_none();
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
    let mut request = outgoing.request.clone();
    request.body = serde_json::to_vec(&answer::json(read)?).ok()?;
    Some(request)
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
