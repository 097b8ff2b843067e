//! The value of one path parameter: the key of something that is made, that is there, or that a link or an earlier request leads to.

use etalon_contract::behaviour::{Action, Missing, shape};
use etalon_contract::model::{In, Operation, Piece};
use serde_json::Value;

use crate::knowledge::{KnownKey, Origin, up_to};
use crate::plan::roles;
use crate::scenario::answer;
use crate::scenario::candidates::path_example;
use crate::scenario::path_values::creation::create_at_depth;
use crate::scenario::path_values::named::{carry, makes, may_be_found, named_collection};
use crate::scenario::path_values::unlikely::nobodys;
use crate::scenario::path_values::{PathValues, repeated_key};
use crate::scenario::setup::{Authorization, Setup};
use crate::session::Session;
use crate::transcript::{Pending, Role};

/// The key of what a path parameter names: created anew, or else known to exist; `None` where neither can be had.
pub(super) fn parent(
    setup: &mut Setup<'_>,
    operation: &Operation,
    name: &str,
    values: &[(String, Value)],
    depth: usize,
) -> Result<Option<Value>, Pending> {
    let typed = |setup: &Setup<'_>, key: &Value| answer::typed(setup.session.contract, operation, In::Path, name, key);
    let mut doubt = None;
    // Where nothing may be changed, what is there already must do.
    let creates = setup.session.settings.changes.is_any();
    if let Some(place) = shared(setup.session, operation, name, values) {
        return Ok(Some(typed(setup, &place)));
    }
    if let Some(creator) = makes(setup.session, operation, name).filter(|_| creates && depth > 0) {
        let scope = carry(&operation.path, values, &creator.0.path);
        match create_at_depth(setup, creator, scope, None, depth - 1) {
            Ok(created) => match created.key_for(setup.session, operation, name) {
                Some(key) => return Ok(Some(typed(setup, &key))),
                None => {
                    let why = format!("the answer of {} does not tell the key of what it created", creator.0.id);
                    doubt = Some(Pending::inconclusive(why));
                }
            },
            Err(Pending::Verdict(verdict)) => doubt = Some(Pending::Verdict(verdict)),
            Err(pending) => return Err(pending),
        }
    }
    if creates && let Some(key) = put(setup, operation, name, values)? {
        return Ok(Some(typed(setup, &key)));
    }
    if let Some(key) = existing(setup, operation, name, values)? {
        return Ok(Some(typed(setup, &key)));
    }
    let linked = setup.session.knowledge.borrow().linked(operation.index, name).cloned();
    if let Some(linked) = linked {
        return Ok(Some(typed(setup, &linked)));
    }
    let reads = setup.session.reads(operation) && path_example(setup.session.contract, operation, name).is_none();
    let path = so_far(operation, name, values);
    if reads && operation.path.parameters().last() != Some(name) {
        // Something lies below, and is to be found.
        let down =
            up_to(&operation.path, name).and_then(|shape| setup.session.knowledge.borrow().way_down(&path, &shape));
        if let Some(down) = down {
            return Ok(Some(typed(setup, &down)));
        }
    }
    // What leads somewhere for one operation does so for those below it; but what the run changes is its own.
    if may_follow(setup, operation, name)
        && let Some(reached) = reached(setup.session, operation, name)
    {
        return Ok(Some(typed(setup, &reached)));
    }
    if let Some(shown) = reads.then(|| shown(setup, name, &path)).flatten() {
        return Ok(Some(typed(setup, &shown)));
    }
    // The draft has the document's example, where there is one.
    match doubt {
        Some(doubt)
            if path_example(setup.session.contract, operation, name).is_none() || !setup.session.reads(operation) =>
        {
            Err(doubt)
        }
        Some(_) | None => Ok(None),
    }
}

/// The key of a place that the run made before, where an operation acts on something in that place and not on the place itself: on a
/// real target each place costs requests, and some cannot be removed again.
fn shared(session: Session<'_>, operation: &Operation, name: &str, values: &[(String, Value)]) -> Option<Value> {
    let effect = session.effect(operation).filter(|effect| effect.key_parameter.as_deref() == Some(name));
    let index = named_collection(session, operation, name)?;
    let shares = match effect.map(|effect| effect.action) {
        None => may_be_found(session, operation, name),
        // What nothing removes again is not made anew for each request that reads or changes it.
        Some(Action::Read | Action::Update) => !is_removable(session, index),
        Some(Action::List | Action::Create | Action::Upsert | Action::Replace | Action::Delete | Action::Answer) => {
            false
        }
    };
    if session.settings.budget.is_none() || !shares {
        return None;
    }
    let knowledge = session.knowledge.borrow();
    let here = |known: &KnownKey| {
        let same = |(name, value): &(String, Value)| {
            values.iter().any(|(other, here)| other == name && answer::text(here) == answer::text(value))
        };
        known.origin == Origin::Made && known.scope.iter().all(same)
    };
    let made = knowledge.keys(index).find(|known| here(known));
    made.map(|known| known.key.clone())
}

/// True where the contract has something that removes an item of a collection.
fn is_removable(session: Session<'_>, index: usize) -> bool {
    roles::with_action(session.contract, session.behaviour, index, &[Action::Delete])
        .any(|(_, effect)| effect.key_parameter.is_some())
}

/// True where something known lies where these path parameters lead.
fn is_in_scope(known: &KnownKey, values: &[(String, Value)]) -> bool {
    known.scope.iter().all(|(name, value)| {
        values.iter().all(|(other, here)| other != name || answer::text(here) == answer::text(value))
    })
}

/// True where the value of a path parameter may be one that led somewhere before: nothing is learnt for the operation itself, and it
/// leaves what the parameter names as it is.
fn may_follow(setup: &Setup<'_>, operation: &Operation, name: &str) -> bool {
    let session = setup.session;
    let learnt = session.knowledge.borrow().of(operation.index).is_some_and(|learned| !learned.templates.is_empty());
    !learnt && may_be_found(session, operation, name)
}

/// A value of a path parameter that led somewhere before.
fn reached(session: Session<'_>, operation: &Operation, name: &str) -> Option<Value> {
    let path = up_to(&operation.path, name)?;
    session.knowledge.borrow().reached(&path).cloned()
}

/// A value that answers show for a path parameter: a name of what lies right below the path so far, or else a value under the parameter's
/// own name. Another one for each case, and each time that it is executed.
fn shown(setup: &Setup<'_>, name: &str, path: &str) -> Option<Value> {
    let knowledge = setup.session.knowledge.borrow();
    let case = setup.inputs.case.bytes().map(usize::from).sum::<usize>();
    let turn = usize::try_from(setup.inputs.turn).unwrap_or_default() + case;
    let one_of = |values: &[Value]| values.get(turn % values.len().max(1)).cloned();
    one_of(knowledge.below(path)).or_else(|| one_of(knowledge.shown_under(&shape::plain(name))))
}

/// The path of a request up to the segment of one of its parameters, with the values before it.
fn so_far(operation: &Operation, name: &str, values: &[(String, Value)]) -> String {
    let mut path = String::new();
    for segment in operation.path.segments() {
        let mut text = String::new();
        for piece in &segment.0 {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Parameter(known) if known == name => return path,
                Piece::Parameter(known) => {
                    let value = values.iter().find(|(other, _)| other == known);
                    text.push_str(&value.map(|(_, value)| answer::text(value)).unwrap_or_default());
                }
            }
        }
        path = format!("{path}/{text}");
    }
    path
}

/// The key of what a PUT has made, where that is how the collection gets items.
fn put(
    setup: &mut Setup<'_>,
    operation: &Operation,
    name: &str,
    values: &[(String, Value)],
) -> Result<Option<Value>, Pending> {
    let session = setup.session;
    let Some(index) = named_collection(session, operation, name) else { return Ok(None) };
    let mut putting = roles::with_action(session.contract, session.behaviour, index, &[Action::Replace]);
    let found = putting.find(|(put, effect)| {
        effect.missing == Missing::Create && effect.key_parameter.is_some() && put.index != operation.index
    });
    let Some((put, effect)) = found else { return Ok(None) };
    if roles::creator(session.contract, session.behaviour, index).is_some() {
        return Ok(None);
    }
    let mut fresh = setup.fresh();
    let mut draft = setup.valid(put, &mut fresh)?;
    let Some(key_name) = effect.key_parameter.clone() else { return Ok(None) };
    let drawn = draft.parameter(In::Path, &key_name).cloned().unwrap_or_default();
    let mut path: Vec<(In, String, Value)> = carry(&operation.path, values, &put.path)
        .into_iter()
        .filter(|(known, _)| *known != key_name)
        .map(|(known, value)| (In::Path, known, value))
        .collect();
    path.push((In::Path, key_name.clone(), nobodys(setup, put, &key_name, drawn)));
    let content = repeated_key(session, put, &path, &draft).into_iter().collect();
    PathValues { values: path.clone(), content, ..PathValues::default() }.put(&mut draft, None);
    let Ok(request) = setup.valid_request(put, &draft, Authorization::Usual) else { return Ok(None) };
    let exchange = setup.send(Role::Prepare, put, request)?;
    Ok(path.pop().map(|(_, _, key)| key).filter(|_| exchange.accepted()))
}

/// The key of something that exists: seen before, or in the list of what the parameter names. Only what reads may take it.
fn existing(
    setup: &mut Setup<'_>,
    operation: &Operation,
    name: &str,
    values: &[(String, Value)],
) -> Result<Option<Value>, Pending> {
    let session = setup.session;
    let Some(index) = named_collection(session, operation, name) else { return Ok(None) };
    let others = may_be_found(session, operation, name);
    let may = |known: &&KnownKey| is_in_scope(known, values) && (others || known.origin == Origin::Made);
    let seen = session.knowledge.borrow().keys(index).find(may).map(|known| known.key.clone());
    if seen.is_some() || !others {
        return Ok(seen);
    }
    let Some((list, effect)) = roles::with_action(session.contract, session.behaviour, index, &[Action::List])
        .find(|(list, _)| list.index != operation.index && list.path.parameters().count() <= values.len())
    else {
        return Ok(None);
    };
    let mut fresh = setup.fresh();
    let mut draft = setup.valid(list, &mut fresh)?;
    draft.parameters.retain(|(place, name, _)| {
        *place == In::Path || list.parameter(*place, name).is_some_and(|parameter| parameter.required)
    });
    for (name, value) in carry(&operation.path, values, &list.path) {
        draft.set_parameter(In::Path, &name, value);
    }
    let Ok(request) = setup.valid_request(list, &draft, Authorization::Usual) else { return Ok(None) };
    let exchange = setup.send(Role::Prepare, list, request)?;
    let Some(collection) = session.behaviour.collections.get(index) else { return Ok(None) };
    let items = answer::items(effect, &exchange.response).filter(|_| exchange.accepted()).unwrap_or_default();
    Ok(items.iter().find_map(|item| collection.key.get(item).filter(|key| key.is_string() || key.is_number()).cloned()))
}
