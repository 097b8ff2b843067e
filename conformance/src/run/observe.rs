//! What the exchanges of a case teach about the target: what exists there, and what it accepts.

use std::collections::BTreeSet;

use etalon_contract::behaviour::{Action, Effect, shape};
use etalon_contract::codec::Draft;
use etalon_contract::model::{In, Operation, Piece};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::judge::status::{Class, class_for};
use crate::knowledge::{Fact, KnownKey, Origin, up_to};
use crate::run::guard::captured;
use crate::run::ledger::Made;
use crate::run::{ledger, links};
use crate::scenario::{answer, read_back};
use crate::session::Session;
use crate::transcript::{Exchange, Role};

/// The most bytes of an answer that is remembered: what a thing is known by stands in short ones.
const SHORT: usize = 16_384;

/// Notes what an exchange teaches. `plain` says that its case sends nothing but valid requests; `is_old` knows the things that were there
/// before the run, by the targets of their removals.
pub(crate) fn learn(session: Session<'_>, plain: bool, exchange: &Exchange, is_old: &dyn Fn(&Made) -> bool) {
    let Some(operation) = exchange.operation.and_then(|index| session.contract.operation(index).ok()) else { return };
    let valid = match exchange.role {
        Role::Tested => plain,
        // Whatever a case is about, what it makes before is asked for as the contract allows.
        Role::Prepare => true,
        Role::Twin => false,
    };
    if valid {
        note_outcome(session, operation, exchange);
    }
    if !exchange.accepted() {
        return;
    }
    for (target, parameter, value) in links::linked(session, operation, &exchange.request, &exchange.response) {
        session.knowledge.borrow_mut().learn(Fact::Links(target, parameter, value));
    }
    if let Some(made) = ledger::made(session, 0, exchange).filter(|made| !is_old(made)) {
        session.knowledge.borrow_mut().learn(Fact::Exists(made.known));
    }
    if operation.method.is_safe() && exchange.response.body.len() < LONG {
        seen(session, operation, exchange);
    }
    let Some(effect) = session.effect(operation) else { return };
    let Some(index) = effect.collection else { return };
    match effect.action {
        Action::List => listed(session, operation, (index, effect), exchange),
        Action::Delete => {
            let name = effect.key_parameter.as_deref().unwrap_or("");
            if let Some(key) = captured(session, operation, exchange.request.path(), name) {
                session.knowledge.borrow_mut().learn(Fact::Gone(index, key));
            }
        }
        Action::Create | Action::Upsert => {
            let sent = serde_json::from_slice(&exchange.request.body).ok();
            if answer::key(session, operation, effect, &exchange.response).is_none()
                && sent.is_some_and(|sent| answer::sent_key(session, effect, &sent).is_some())
            {
                session.knowledge.borrow_mut().learn(Fact::ClientKeyed(index));
            }
            made_up(session, (index, effect), exchange);
            if let Some(told) = answer::json(&exchange.response).filter(|_| exchange.response.body.len() < SHORT) {
                session.knowledge.borrow_mut().learn(Fact::Shows(operation.index, told));
            }
        }
        Action::Read => {
            let name = effect.key_parameter.as_deref().unwrap_or("");
            let key = captured(session, operation, exchange.request.path(), name);
            if key.is_some_and(|key| session.knowledge.borrow().made(index, &key)) {
                session.knowledge.borrow_mut().learn(Fact::Finds(operation.index));
            }
        }
        Action::Update | Action::Replace | Action::Answer => {}
    }
}

/// Notes what the target put into members of a new item that were not sent.
fn made_up(session: Session<'_>, (index, effect): (usize, &Effect), exchange: &Exchange) {
    let sent: Option<Value> = serde_json::from_slice(&exchange.request.body).ok();
    let sent = sent.as_ref().and_then(|sent| effect.sent.as_ref()?.get(sent)).and_then(Value::as_object);
    let (Some(sent), Some(Value::Object(item))) = (sent, answer::item(effect, &exchange.response)) else { return };
    for (name, value) in item {
        let says = match &value {
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Number(_) => true,
            Value::Null | Value::Bool(_) | Value::Object(_) => false,
        };
        if says && !sent.contains_key(&name) {
            session.knowledge.borrow_mut().learn(Fact::MakesUp(index, name, value));
        }
    }
}

/// Notes what became of a valid request.
fn note_outcome(session: Session<'_>, operation: &Operation, exchange: &Exchange) {
    let class = class_for(operation, exchange.response.status);
    match class {
        Class::Success => {
            let Some(draft) = read_back(session, &exchange.request) else { return };
            if operation.method.is_safe() {
                reached(session, operation, &draft);
            }
            session.knowledge.borrow_mut().learn(Fact::Accepted(draft));
        }
        Class::Invalid | Class::Missing | Class::Conflict | Class::Server => {
            // That something is missing, or there already, says nothing of what was to be made.
            let counts = exchange.role == Role::Tested
                || class == Class::Invalid && read_back(session, &exchange.request).is_some();
            if counts {
                let status = exchange.response.status;
                session.knowledge.borrow_mut().learn(Fact::Refused(operation.index, status));
            }
        }
        Class::Protocol | Class::Unrelated(_) => {}
    }
}

/// Notes what the path of an accepted request led to.
fn reached(session: Session<'_>, operation: &Operation, draft: &Draft) {
    for name in operation.path.parameters() {
        if let (Some(path), Some(value)) = (up_to(&operation.path, name), draft.parameter(In::Path, name)) {
            session.knowledge.borrow_mut().learn(Fact::Reaches(path, value.clone()));
        }
    }
}

/// The most bytes of an answer that is looked through for values of path parameters, and the most values in it.
const LONG: usize = 262_144;
const VALUES: usize = 2_000;

/// Notes what an answer shows that may stand in other paths: the names of what lies below its own, and values of parameters by their name.
fn seen(session: Session<'_>, operation: &Operation, exchange: &Exchange) {
    let Some(body) = answer::json(&exchange.response) else { return };
    let mut knowledge = session.knowledge.borrow_mut();
    let wanted: BTreeSet<String> = session
        .contract
        .operations()
        .flat_map(|other| other.path.parameters().map(shape::plain).collect::<Vec<_>>())
        .collect();
    let ours = operation.path.segments();
    let goes_on = session.contract.operations().any(|other| {
        let theirs = other.path.segments();
        let is_parameter = |piece: &Piece| matches!(piece, Piece::Parameter(_));
        theirs.len() > ours.len() && theirs[..ours.len()] == *ours && theirs[ours.len()].0.iter().all(is_parameter)
    });
    if goes_on {
        let names = match &body {
            Value::Object(members) => members.keys().map(|name| Value::String(name.clone())).take(FIRST).collect(),
            Value::Array(items) => items.iter().filter(|item| item.is_string()).take(FIRST).cloned().collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        };
        let path = percent_decode_str(exchange.request.path()).decode_utf8_lossy();
        let ends = ours.last().is_some_and(|last| last.0.iter().all(|piece| matches!(piece, Piece::Parameter(_))));
        let shape = operation.path.parameters().last().filter(|_| ends).and_then(|name| up_to(&operation.path, name));
        knowledge.learn(Fact::LiesBelow(path.trim_end_matches('/').to_owned(), shape, names));
    }
    let mut left = vec![&body];
    for _ in 0..VALUES {
        match left.pop() {
            Some(Value::Object(members)) => {
                for (name, value) in members {
                    let plain = shape::plain(name);
                    if (value.is_string() || value.is_number()) && wanted.contains(&plain) {
                        knowledge.learn(Fact::ShowsAs(plain.clone(), value.clone()));
                    }
                    left.push(value);
                }
            }
            Some(Value::Array(items)) => left.extend(items.iter().rev().take(VALUES)),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {}
            None => break,
        }
    }
}

/// The most names below a path that are remembered.
const FIRST: usize = 6;

/// Notes what a list shows: how an item looks, and which keys there are.
fn listed(session: Session<'_>, operation: &Operation, (index, effect): (usize, &Effect), exchange: &Exchange) {
    let Some(collection) = session.behaviour.collections.get(index) else { return };
    let items = answer::items(effect, &exchange.response).unwrap_or_default();
    if let Some(item) = items.iter().find(|item| item.is_object()) {
        session.knowledge.borrow_mut().learn(Fact::Looks(index, item.clone()));
    }
    let keys: Vec<_> = items
        .iter()
        .filter_map(|item| collection.key.get(item).cloned())
        .filter(|key| key.is_string() || key.is_number())
        .collect();
    for key in keys {
        let scope = ledger::scope(session, operation, &exchange.request);
        let known = KnownKey { collection: index, key, scope, origin: Origin::Found };
        session.knowledge.borrow_mut().learn(Fact::Exists(known));
    }
}
