//! Where a request goes: the values of its path parameters. What must exist is created first; what the run was told to use
//! is used; the rest is generated.

use etalon_contract::behaviour::{Action, Effect};
use etalon_contract::codec::Draft;
use etalon_contract::document::Pointer;
use etalon_contract::model::{In, Operation, PathTemplate, Piece};
use etalon_contract::rule::{Row, Subject};
use serde_json::Value;

use crate::plan::roles;
use crate::scenario::answer;
use crate::scenario::setup::{Authorization, Setup};
use crate::session::Session;
use crate::transcript::{Exchange, Pending, Role};

/// Values of path parameters, and of whatever else the run was told to use.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PathValues {
    values: Vec<(In, String, Value)>,
    /// The key of the item, where it travels in the body.
    key: Option<(Pointer, Value)>,
}

impl PathValues {
    /// Puts the values into a draft, but for the part that a row speaks of.
    pub(super) fn put(&self, draft: &mut Draft, spoken_of: Option<&Row>) {
        for (place, name, value) in &self.values {
            let subject = Subject::Parameter { place: *place, name: name.clone() };
            if spoken_of.is_none_or(|row| row.subject != subject) {
                draft.set_parameter(*place, name, value.clone());
            }
        }
        if let Some((at, key)) = &self.key
            && spoken_of.is_none_or(|row| row.subject != Subject::Body || row.pointer != *at)
            && let Some(body) = draft.body_value_mut().filter(|body| body.is_object())
        {
            // Where the way is barred, the body is broken there, and is to stay so.
            let _ = at.put(body, key.clone());
        }
    }

    /// The path parameters with their values.
    #[must_use]
    pub(super) fn path(&self) -> Vec<(String, Value)> {
        let path = self.values.iter().filter(|(place, ..)| *place == In::Path);
        path.map(|(_, name, value)| (name.clone(), value.clone())).collect()
    }
}

/// What was created, and how.
#[derive(Clone, Debug)]
pub(super) struct Created<'r> {
    /// The draft that was sent.
    pub draft: Draft,
    /// The exchange that created it.
    pub exchange: &'r Exchange,
    /// The key of the item, where the answer tells it.
    pub key: Option<Value>,
    /// The path parameters that it was created with.
    pub scope: Vec<(String, Value)>,
}

/// How many creations one request may need before it: one for each level of its path, which seldom has more than three.
const DEEPEST: usize = 6;

/// How often a creation is tried with other values when one met a conflict.
const TRIES: usize = 6;

/// Where a request of an operation goes: pinned values first, then what the run was told, then what is created for it,
/// then those of the draft.
///
/// # Errors
/// Where what it needs cannot be created, or an answer is needed.
pub(super) fn find(
    setup: &mut Setup<'_>,
    operation: &Operation,
    draft: &Draft,
    pinned: &[(String, Value)],
) -> Result<PathValues, Pending> {
    reach(setup, operation, draft, pinned, DEEPEST)
}

/// Creates an item in a scope, given by path parameters of `from`.
///
/// # Errors
/// Where that is refused, or an answer is needed.
pub(super) fn create<'r>(
    setup: &mut Setup<'r>,
    creator: (&Operation, &Effect),
    from: &Operation,
    scope: &[(String, Value)],
) -> Result<Created<'r>, Pending> {
    create_at_depth(setup, creator, carry(&from.path, scope, &creator.0.path), None, DEEPEST)
}

/// Creates another item where one was created before: in its scope, and with the same required parameters.
///
/// # Errors
/// As [`create`].
pub(super) fn create_beside<'r>(
    setup: &mut Setup<'r>,
    creator: (&Operation, &Effect),
    first: &Created<'_>,
) -> Result<Created<'r>, Pending> {
    create_at_depth(setup, creator, first.scope.clone(), Some(&first.draft), DEEPEST)
}

/// The values of one path's parameters under the names of another: by their place where the paths begin alike, else by
/// their name.
#[must_use]
pub(super) fn carry(from: &PathTemplate, values: &[(String, Value)], to: &PathTemplate) -> Vec<(String, Value)> {
    let mut carried = Vec::new();
    let alike = from.segments().iter().zip(to.segments()).take_while(|(a, b)| same_shape(&a.0, &b.0)).count();
    let names = |template: &PathTemplate| -> Vec<(usize, String)> {
        let segments = template.segments().iter().enumerate();
        segments.flat_map(|(index, segment)| parameters(&segment.0).map(move |name| (index, name.to_owned()))).collect()
    };
    let (theirs, ours) = (names(from), names(to));
    for (position, (segment, name)) in ours.iter().enumerate() {
        let source = match theirs.get(position) {
            Some((there, other)) if *segment < alike && there == segment => Some(other),
            _ => theirs.iter().map(|(_, other)| other).find(|other| *other == name),
        };
        let value = source.and_then(|source| values.iter().find(|(known, _)| known == source));
        if let Some((_, value)) = value {
            carried.push((name.clone(), value.clone()));
        }
    }
    carried
}

fn reach(
    setup: &mut Setup<'_>,
    operation: &Operation,
    draft: &Draft,
    pinned: &[(String, Value)],
    depth: usize,
) -> Result<PathValues, Pending> {
    let mut values: Vec<(String, Value)> = Vec::new();
    for name in operation.path.parameters() {
        let value = if let Some((_, value)) = pinned.iter().find(|(known, _)| known == name) {
            Some(answer::typed(setup.session.contract, operation, In::Path, name, value))
        } else if let Some(text) = setup.session.settings.fixed(name) {
            Some(given(setup, operation, In::Path, name, text))
        } else if let Some(creator) = creator_of_parameter(setup, operation, name).filter(|_| depth > 0) {
            let scope = carry(&operation.path, &values, &creator.0.path);
            let created = create_at_depth(setup, creator, scope, None, depth - 1)?;
            let Some(key) = created.key else {
                let why = format!("the answer of {} does not tell the key of what it created", creator.0.id);
                return Err(Pending::inconclusive(why));
            };
            Some(answer::typed(setup.session.contract, operation, In::Path, name, &key))
        } else {
            draft.parameter(In::Path, name).cloned()
        };
        values.extend(value.map(|value| (name.to_owned(), value)));
    }
    let key = key_in_body(setup, operation, &values, depth)?;
    let values = values.into_iter().map(|(name, value)| (In::Path, name, value)).collect();
    let mut path = PathValues { values, key };
    for parameter in operation.parameters.iter().filter(|parameter| parameter.place != In::Path) {
        if let Some(text) = setup.session.settings.fixed(&parameter.name) {
            let value = given(setup, operation, parameter.place, &parameter.name, text);
            path.values.push((parameter.place, parameter.name.clone(), value));
        }
    }
    Ok(path)
}

/// What changes an item that its body names needs that item: it is created, and its key goes where the body has it.
fn key_in_body(
    setup: &mut Setup<'_>,
    operation: &Operation,
    scope: &[(String, Value)],
    depth: usize,
) -> Result<Option<(Pointer, Value)>, Pending> {
    let Some(effect) = setup.effect(operation) else { return Ok(None) };
    let changes = matches!(effect.action, Action::Update | Action::Replace) && effect.key_parameter.is_none();
    let (Some(index), Some(sent), true) = (effect.collection, &effect.sent, changes && depth > 0) else {
        return Ok(None);
    };
    let creator = roles::creator(setup.session.contract, setup.session.behaviour, index);
    let (Some(creator), Some(collection)) = (creator, setup.session.behaviour.collections.get(index)) else {
        return Ok(None);
    };
    let scope = carry(&operation.path, scope, &creator.0.path);
    let created = create_at_depth(setup, creator, scope, None, depth - 1)?;
    Ok(created.key.map(|key| (sent.append(&collection.key), key)))
}

fn create_at_depth<'r>(
    setup: &mut Setup<'r>,
    creator: (&Operation, &Effect),
    scope: Vec<(String, Value)>,
    beside: Option<&Draft>,
    depth: usize,
) -> Result<Created<'r>, Pending> {
    let (operation, effect) = creator;
    let mut tries = TRIES;
    loop {
        let given = setup.first_request(operation);
        // What is given is to be shown, and nothing in its place.
        let last = given.is_some();
        let mut draft = match given {
            Some(given) => given,
            None => {
                let mut fresh = setup.fresh();
                setup.valid(operation, &mut fresh)?
            }
        };
        for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
            let known = beside.and_then(|beside| beside.parameter(parameter.place, &parameter.name));
            if let (Some(value), In::Query) = (known, parameter.place) {
                draft.set_parameter(In::Query, &parameter.name, value.clone());
            }
        }
        let path = reach(setup, operation, &draft, &scope, depth)?;
        path.put(&mut draft, None);
        let request = setup.valid_request(operation, &draft, Authorization::Usual)?;
        let exchange = setup.send(Role::Prepare, operation, request)?;
        tries -= 1;
        if exchange.accepted() {
            let key = answer::key(setup.session, operation, effect, &exchange.response);
            return Ok(Created { draft, exchange, key, scope: path.path() });
        }
        if exchange.response.status != 409 || tries == 0 || last {
            let said = crate::judge::limit::said(&exchange.response);
            return Err(Pending::inconclusive(format!("{} created nothing to go on with: {said}", operation.id)));
        }
    }
}

/// Creates what a path parameter names below a path that is malformed; `None` where that is refused, as it should be, or
/// the answer does not tell the key.
///
/// # Errors
/// Where an answer is needed.
pub(super) fn force(
    setup: &mut Setup<'_>,
    operation: &Operation,
    name: &str,
    malformed: &Draft,
) -> Result<Option<Value>, Pending> {
    let Some((creator, effect)) = creator_of_parameter(setup, operation, name) else { return Ok(None) };
    let path = operation.path.parameters().filter(|known| *known != name);
    let values: Vec<(String, Value)> =
        path.filter_map(|known| Some((known.to_owned(), malformed.parameter(In::Path, known)?.clone()))).collect();
    let mut fresh = setup.fresh();
    let mut draft = setup.valid(creator, &mut fresh)?;
    let path = reach(setup, creator, &draft, &carry(&operation.path, &values, &creator.path), 0)?;
    path.put(&mut draft, None);
    let request = setup.request(creator, &draft, Authorization::Usual)?;
    let exchange = setup.send(Role::Prepare, creator, request)?;
    Ok(if exchange.accepted() { answer::key(setup.session, creator, effect, &exchange.response) } else { None })
}

/// The operation that creates what a path parameter names: the creator of the collection whose items lie there.
fn creator_of_parameter<'c>(
    setup: &Setup<'c>,
    operation: &Operation,
    name: &str,
) -> Option<(&'c Operation, &'c Effect)> {
    makes(setup.session, operation, name)
}

/// Whether what a path parameter names is created before the request is sent, so that its value is the target's.
#[must_use]
pub(crate) fn is_created(session: Session<'_>, operation: &Operation, name: &str) -> bool {
    makes(session, operation, name).is_some()
}

fn makes<'c>(session: Session<'c>, operation: &Operation, name: &str) -> Option<(&'c Operation, &'c Effect)> {
    let (contract, behaviour) = (session.contract, session.behaviour);
    let segments = operation.path.segments();
    let end = segments.iter().position(|segment| parameters(&segment.0).any(|known| known == name))?;
    let collection = contract.operations().find_map(|other| {
        let effect = behaviour.effects.get(other.index)?;
        let key = effect.key_parameter.as_deref()?;
        let theirs = other.path.segments();
        let last = theirs.last()?;
        let ends_there = theirs.len() == end + 1
            && theirs.iter().zip(segments).all(|(a, b)| same_shape(&a.0, &b.0))
            && parameters(&last.0).any(|known| known == key);
        ends_there.then_some(effect.collection?)
    });
    let own = session.effect(operation).filter(|effect| effect.key_parameter.as_deref() == Some(name));
    let creator = roles::creator(contract, behaviour, own.and_then(|effect| effect.collection).or(collection)?)?;
    // What creates it must not itself need it.
    (!creator.0.path.segments().get(end).is_some_and(|segment| parameters(&segment.0).any(|known| known == name)))
        .then_some(creator)
}

fn parameters(pieces: &[Piece]) -> impl Iterator<Item = &str> {
    pieces.iter().filter_map(|piece| match piece {
        Piece::Parameter(name) => Some(name.as_str()),
        Piece::Literal(_) => None,
    })
}

fn same_shape(one: &[Piece], other: &[Piece]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|pair| match pair {
            (Piece::Literal(a), Piece::Literal(b)) => a == b,
            (Piece::Parameter(_), Piece::Parameter(_)) => true,
            (Piece::Literal(_), Piece::Parameter(_)) | (Piece::Parameter(_), Piece::Literal(_)) => false,
        })
}

/// A value that the run was told to use, as the type that the parameter's schema has for such text.
fn given(setup: &Setup<'_>, operation: &Operation, place: In, name: &str, text: &str) -> Value {
    answer::typed(setup.session.contract, operation, place, name, &Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn carried(from: &str, values: &[(&str, i32)], to: &str) -> Vec<(String, Value)> {
        let values: Vec<(String, Value)> =
            values.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        carry(&PathTemplate::parse(from), &values, &PathTemplate::parse(to))
    }

    #[test]
    fn a_parameter_is_carried_by_its_place_rather_than_its_name() {
        assert_eq!(
            carried("/users/{userId}/posts/{id}", &[("userId", 1), ("id", 2)], "/users/{id}/posts"),
            [("id".to_owned(), json!(1))]
        );
        assert_eq!(carried("/a/{x}/b", &[("x", 1)], "/c/{x}"), [("x".to_owned(), json!(1))]);
        assert_eq!(carried("/a/{x}", &[("x", 1)], "/c/{y}"), []);
    }
}
