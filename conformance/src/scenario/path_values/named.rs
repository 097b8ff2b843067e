//! What the parameters of a path name: the collection whose items lie there, and who makes them. By the contract alone.

use etalon_contract::behaviour::{Action, Effect};
use etalon_contract::model::{Operation, PathTemplate, Piece};
use serde_json::Value;

use crate::plan::roles;
use crate::session::Session;

/// The values of one path's parameters under the names of another: by their place where the paths begin alike, else by
/// their name.
#[must_use]
pub(crate) fn carry(from: &PathTemplate, values: &[(String, Value)], to: &PathTemplate) -> Vec<(String, Value)> {
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

/// True where what a path parameter names is created before the request is sent, so that its value is the target's.
#[must_use]
pub(crate) fn is_created(session: Session<'_>, operation: &Operation, name: &str) -> bool {
    makes(session, operation, name).is_some()
}

/// The index of the operation that makes what a path parameter names; `None` where nothing does.
#[must_use]
pub(crate) fn creator_of(session: Session<'_>, operation: &Operation, name: &str) -> Option<usize> {
    makes(session, operation, name).map(|(creator, _)| creator.index)
}

/// True where a path parameter may name something that the run did not make: the operation leaves that as it is, or what it changes
/// lies below. An action upon a thing may change it, so that it takes one of the run's own where such can be made.
#[must_use]
pub(crate) fn may_be_found(session: Session<'_>, operation: &Operation, name: &str) -> bool {
    let Some(effect) = session.effect(operation) else { return operation.method.is_safe() };
    if operation.method.is_safe() || effect.action == Action::Create {
        return true;
    }
    let changes_it = match effect.action {
        Action::Update | Action::Replace | Action::Upsert | Action::Delete => {
            effect.key_parameter.as_deref() == Some(name)
        }
        Action::Create | Action::Read | Action::List | Action::Answer => false,
    };
    if changes_it {
        return false;
    }
    if operation.path.parameters().last() != Some(name) {
        return true;
    }
    match effect.action {
        Action::Answer => operation.method.as_str() == "POST" && makes(session, operation, name).is_none(),
        // A thing that is there once is read before, and put back.
        Action::Update | Action::Replace | Action::Upsert => true,
        Action::Delete => false,
        Action::Create | Action::Read | Action::List => true,
    }
}

pub(super) fn makes<'c>(
    session: Session<'c>,
    operation: &Operation,
    name: &str,
) -> Option<(&'c Operation, &'c Effect)> {
    let (contract, behaviour) = (session.contract, session.behaviour);
    let segments = operation.path.segments();
    let end = segments.iter().position(|segment| parameters(&segment.0).any(|known| known == name))?;
    let collection = named_collection(session, operation, name)?;
    let creator = roles::creator(contract, behaviour, collection)?;
    // What creates it must not itself need it.
    (!creator.0.path.segments().get(end).is_some_and(|segment| parameters(&segment.0).any(|known| known == name)))
        .then_some(creator)
}

/// The collection of what a path parameter names: the operation's own, or the one whose items lie there.
pub(crate) fn named_collection(session: Session<'_>, operation: &Operation, name: &str) -> Option<usize> {
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
    // Where no operation is about the item itself, its collection is the one of the path before it.
    let above = || {
        contract.operations().find_map(|other| {
            let effect = behaviour.effects.get(other.index)?;
            let theirs = other.path.segments();
            let is_above = theirs.len() == end
                && end > 0
                && theirs.iter().zip(segments).all(|(a, b)| same_shape(&a.0, &b.0))
                && matches!(effect.action, Action::List | Action::Create);
            effect.collection.filter(|_| is_above)
        })
    };
    own.and_then(|effect| effect.collection).or(collection).or_else(above)
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
