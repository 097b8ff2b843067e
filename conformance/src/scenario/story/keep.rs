//! What is kept: requests after which the target must show what was written, and nothing else. What they show is for `history` to say.

use etalon_contract::behaviour::{Action, Effect};
use etalon_contract::codec::Draft;
use etalon_contract::generate::is_valid;
use etalon_contract::model::Operation;
use serde_json::Value;

use crate::judge::limit::said;
use crate::judge::story::kept;
use crate::scenario::acting::Acting;
use crate::scenario::fuller::{fuller, lacking, least, single, without_options};
use crate::scenario::list_filters::ListFilters;
use crate::scenario::path_values::{self, Created};
use crate::scenario::setup::{Authorization, Setup};
use crate::scenario::story::create::{item_path, look};
use crate::scenario::story::created_key;
use crate::scenario::story::world::large_of;
use crate::scenario::{list_filters, pages};
use crate::session::Session;
use crate::transcript::{Pending, Role};
use crate::verdict::Verdict;

/// The verdict of a story whose exchanges are read by `history`.
#[must_use]
pub(super) fn nothing_seen() -> Verdict {
    Verdict::unreachable("nothing that was seen shows it")
}

/// Something is made, read by itself, and looked up in its list.
pub(super) fn read_and_list(setup: &mut Setup<'_>, acting: &Acting<'_>) -> Result<Verdict, Pending> {
    let creates = matches!(acting.effect.action, Action::Create | Action::Upsert);
    let creator = if creates { (acting.operation, acting.effect) } else { acting.creator()? };
    let created = whole(setup, creator, None)?;
    let key = created_key(&created, creator.0)?;
    if let Ok((reader, _)) = acting.with_action(&[Action::Read]) {
        let pinned = item_path(setup, creator.0, reader, &created, &key);
        look(setup, reader, &pinned, Role::Tested)?;
    }
    if let Ok(list) = acting.with_action(&[Action::List]) {
        let scope = path_values::carry(&creator.0.path, &created.scope, &list.0.path);
        let filters = list_filters::showing(setup, list, creator.0, &[&created]);
        pages::all(setup, list, &scope, &filters, None, Role::Tested)?;
    }
    Ok(nothing_seen())
}

/// Something is made with all that it may have, where the target takes that, beside another one.
fn whole<'r>(
    setup: &mut Setup<'r>,
    creator: (&Operation, &Effect),
    beside: Option<&Created<'_>>,
) -> Result<Created<'r>, Pending> {
    if let Some(given) = setup.first_request(creator.0) {
        return path_values::create_as(setup, creator, given, beside);
    }
    let draft = fuller(setup, creator.0)?;
    match path_values::create_as(setup, creator, draft, beside) {
        Err(Pending::Verdict(_)) => match beside {
            Some(first) => path_values::create_beside(setup, creator, first),
            None => path_values::create(setup, creator, creator.0, &[]),
        },
        other => other,
    }
}

/// Two things are made beside each other, and a third once the second is gone.
pub(super) fn keys(setup: &mut Setup<'_>, acting: &Acting<'_>) -> Result<Verdict, Pending> {
    let creator = (acting.operation, acting.effect);
    let first = path_values::create(setup, creator, acting.operation, &[])?;
    let second = path_values::create_beside(setup, creator, &first)?;
    let key = created_key(&second, creator.0)?;
    if let Ok((delete, _)) = acting.with_action(&[Action::Delete]) {
        let pinned = item_path(setup, creator.0, delete, &second, &key);
        look(setup, delete, &pinned, Role::Prepare)?;
        path_values::create_beside(setup, creator, &first)?;
    }
    Ok(nothing_seen())
}

/// One of two things is changed or removed, and the other one is read before and after.
pub(super) fn others(setup: &mut Setup<'_>, acting: &Acting<'_>) -> Result<Verdict, Pending> {
    let creator = acting.creator()?;
    let (reader, _) = acting.with_action(&[Action::Read])?;
    let first = whole(setup, creator, None)?;
    let mut fresh = setup.fresh();
    let few = setup.valid(creator.0, &mut fresh)?;
    let mut few = least(setup.session, creator.0, &few);
    without_options(creator.0, &mut few);
    let second = match path_values::create_as(setup, creator, few, Some(&first)) {
        Err(Pending::Verdict(_)) => path_values::create_beside(setup, creator, &first)?,
        other => other?,
    };
    let key = created_key(&first, creator.0)?;
    let there = item_path(setup, creator.0, reader, &first, &key);
    look(setup, reader, &there, Role::Prepare)?;
    let other = created_key(&second, creator.0)?;
    let pinned = item_path(setup, creator.0, acting.operation, &second, &other);
    let done = match acting.effect.action {
        Action::Delete => look(setup, acting.operation, &pinned, Role::Tested)?,
        Action::Create
        | Action::Upsert
        | Action::Read
        | Action::List
        | Action::Replace
        | Action::Update
        | Action::Answer => {
            let draft = fuller(setup, acting.operation)?;
            change(setup, acting.operation, draft, &pinned)?
        }
    };
    if !done.accepted() {
        return Err(Pending::inconclusive(format!("{} was answered {}", acting.operation.id, said(&done.response))));
    }
    look(setup, reader, &there, Role::Tested)?;
    if acting.effect.action == Action::Delete {
        // What says that it is not so, or is nought, is removed like any other.
        let third = switched_off(setup, creator, &first)?;
        let key = created_key(&third, creator.0)?;
        let pinned = item_path(setup, creator.0, acting.operation, &third, &key);
        look(setup, acting.operation, &pinned, Role::Tested)?;
        let there = item_path(setup, creator.0, reader, &third, &key);
        look(setup, reader, &there, Role::Tested)?;
    }
    Ok(nothing_seen())
}

/// Something is made whose members say no, as far as the target takes that.
fn switched_off<'r>(
    setup: &mut Setup<'r>,
    creator: (&Operation, &Effect),
    beside: &Created<'_>,
) -> Result<Created<'r>, Pending> {
    let mut draft = fuller(setup, creator.0)?;
    if let Some(Value::Object(members)) = draft.body_value_mut() {
        members.values_mut().filter(|value| value.is_boolean()).for_each(|value| *value = Value::Bool(false));
    }
    match path_values::create_as(setup, creator, draft, Some(beside)) {
        Err(Pending::Verdict(_)) => path_values::create_beside(setup, creator, beside),
        other => other,
    }
}

/// The most members that are changed by themselves.
const MEMBERS: usize = 6;

/// A thing with all that it may have is changed in one member after another, and read after each.
pub(super) fn unnamed(setup: &mut Setup<'_>, acting: &Acting<'_>) -> Result<Verdict, Pending> {
    let session = setup.session;
    let (reader, _) = acting.with_action(&[Action::Read])?;
    let whole = fuller(setup, acting.operation)?;
    let path = path_values::find(setup, acting.operation, &whole, &[])?;
    let place = path.path();
    let there = path_values::carry(&acting.operation.path, &place, &reader.path);
    look(setup, reader, &there, Role::Prepare)?;
    // Whatever the contract has to say of all members together comes first.
    let all = change(setup, acting.operation, whole, &place)?;
    if all.accepted() {
        look(setup, reader, &there, Role::Tested)?;
    }
    let other = fuller(setup, acting.operation)?;
    let fewer = if acting.effect.action == Action::Replace {
        lacking(session, acting.operation, &other)
    } else {
        single(session, acting.operation, &other)
    };
    for draft in fewer.into_iter().take(MEMBERS) {
        let done = change(setup, acting.operation, draft, &place)?;
        if done.accepted() {
            look(setup, reader, &there, Role::Tested)?;
        }
    }
    // Nothing is there: null where it may be, false, nought, and empty lists.
    for draft in emptied(session, acting.operation, &other) {
        let all = fuller(setup, acting.operation)?;
        change(setup, acting.operation, all, &place)?;
        look(setup, reader, &there, Role::Prepare)?;
        let done = change(setup, acting.operation, draft, &place)?;
        if done.accepted() {
            look(setup, reader, &there, Role::Tested)?;
        }
    }
    if let Ok(list) = acting.with_action(&[Action::List]) {
        let scope = path_values::carry(&acting.operation.path, &place, &list.0.path);
        pages::all(setup, list, &scope, &ListFilters::default(), large_of(session, list), Role::Tested)?;
    }
    Ok(nothing_seen())
}

/// The requests whose members are as empty as they may be: null first, then false, nought and empty.
fn emptied(session: Session<'_>, operation: &Operation, whole: &Draft) -> Vec<Draft> {
    let at = session.effect(operation).and_then(|effect| effect.sent.clone()).unwrap_or_default();
    let names: Vec<String> = whole
        .body_value()
        .and_then(|body| at.get(body)?.as_object())
        .map(|members| members.keys().cloned().collect())
        .unwrap_or_default();
    let kinds: [fn(&Value) -> Option<Value>; 2] = [
        |_| Some(Value::Null),
        |value| match value {
            Value::Bool(_) => Some(Value::Bool(false)),
            Value::Number(_) => Some(Value::from(0)),
            Value::String(_) => Some(Value::String(String::new())),
            Value::Array(_) => Some(Value::Array(Vec::new())),
            Value::Null | Value::Object(_) => None,
        },
    ];
    let emptied = |kind: fn(&Value) -> Option<Value>| {
        let mut draft = whole.clone();
        for name in &names {
            let mut changed = draft.clone();
            let here = changed.body_value_mut().and_then(|body| at.join(name).get_mut(body));
            let Some(here) = here else { continue };
            let Some(empty) = kind(here) else { continue };
            *here = empty;
            if is_valid(session.contract, operation, &changed) {
                draft = changed;
            }
        }
        (draft != *whole).then_some(draft)
    };
    kinds.into_iter().filter_map(emptied).collect()
}

/// The same change twice is the change once.
pub(super) fn twice(setup: &mut Setup<'_>, acting: &Acting<'_>) -> Result<Verdict, Pending> {
    let (reader, _) = acting.with_action(&[Action::Read])?;
    let draft = fuller(setup, acting.operation)?;
    let path = path_values::find(setup, acting.operation, &draft, &[])?;
    let place = path.path();
    let there = path_values::carry(&acting.operation.path, &place, &reader.path);
    let first = change(setup, acting.operation, draft.clone(), &place)?;
    if !first.accepted() {
        return Err(Pending::inconclusive(format!("{} was answered {}", acting.operation.id, said(&first.response))));
    }
    look(setup, reader, &there, Role::Prepare)?;
    let second = change(setup, acting.operation, draft, &place)?;
    let verdict = kept::twice(&second.response);
    if second.accepted() {
        look(setup, reader, &there, Role::Tested)?;
    }
    Ok(verdict)
}

/// Changes the item that path parameters lead to.
fn change<'r>(
    setup: &mut Setup<'r>,
    operation: &Operation,
    mut draft: Draft,
    pinned: &[(String, Value)],
) -> Result<&'r crate::transcript::Exchange, Pending> {
    let path = path_values::find(setup, operation, &draft, pinned)?;
    path.put(&mut draft, None);
    let request = setup.valid_request(operation, &draft, Authorization::Usual)?;
    setup.send(Role::Tested, operation, request)
}
