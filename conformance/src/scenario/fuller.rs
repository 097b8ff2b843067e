//! Valid requests that the target takes, with as much in them as may be there, or as little: what is known to be accepted is filled up
//! member by member. What names another thing is left as it is, or names one that is known.

use etalon_contract::codec::Draft;
use etalon_contract::document::Pointer;
use etalon_contract::generate::is_valid;
use etalon_contract::model::{In, Operation};
use serde_json::Value;

use crate::plan::roles;
use crate::scenario::probe;
use crate::scenario::setup::Setup;
use crate::session::Session;
use crate::transcript::Pending;

/// A request with all members that may be there.
///
/// # Errors
/// Where no valid one can be made.
pub(super) fn fuller(setup: &mut Setup<'_>, operation: &Operation) -> Result<Draft, Pending> {
    let session = setup.session;
    let mut fresh = setup.fresh();
    let mut draft = setup.valid(operation, &mut fresh)?;
    without_options(operation, &mut draft);
    let at = root(session, operation);
    let filled = probe::filled(session, operation, &mut fresh).ok();
    let filled = filled.as_ref().and_then(|filled| at.get(filled.body_value()?)?.as_object()).cloned();
    for (name, value) in filled.into_iter().flatten() {
        let place = at.join(&name);
        if draft.body_value().is_none_or(|body| place.get(body).is_some()) {
            continue;
        }
        let value = match reference(session, &name) {
            Some(known) => known,
            None => Some(value),
        };
        let mut changed = draft.clone();
        let put = value.and_then(|value| place.put(changed.body_value_mut()?, value).ok());
        if put.is_some() && is_valid(session.contract, operation, &changed) {
            draft = changed;
        }
    }
    Ok(draft)
}

/// The request without the members that may be left out.
#[must_use]
pub(super) fn least(session: Session<'_>, operation: &Operation, draft: &Draft) -> Draft {
    lacking(session, operation, draft).into_iter().next().unwrap_or_else(|| draft.clone())
}

/// The requests that lack members: first all that may be lacking, then one each.
#[must_use]
pub(super) fn lacking(session: Session<'_>, operation: &Operation, whole: &Draft) -> Vec<Draft> {
    let at = root(session, operation);
    let members = whole.body_value().and_then(|body| at.get(body)).and_then(Value::as_object);
    let names: Vec<String> = members.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let without = |draft: &Draft, name: &str| {
        let mut draft = draft.clone();
        draft.body_value_mut().and_then(|body| at.get_mut(body)).and_then(Value::as_object_mut)?.remove(name)?;
        is_valid(session.contract, operation, &draft).then_some(draft)
    };
    let mut least = whole.clone();
    for name in &names {
        least = without(&least, name).unwrap_or(least);
    }
    std::iter::once(least).chain(names.iter().filter_map(|name| without(whole, name))).collect()
}

/// The requests that have one member of a thing each.
#[must_use]
pub(super) fn single(session: Session<'_>, operation: &Operation, whole: &Draft) -> Vec<Draft> {
    let at = root(session, operation);
    let members = whole.body_value().and_then(|body| at.get(body)).and_then(Value::as_object);
    let names: Vec<String> = members.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let only = |name: &String| {
        let mut draft = whole.clone();
        let members = at.get_mut(draft.body_value_mut()?)?.as_object_mut()?;
        members.retain(|known, _| known == name);
        is_valid(session.contract, operation, &draft).then_some(draft)
    };
    names.iter().filter_map(only).collect()
}

/// Leaves out what may be left out beside the content: it says how to answer, and is one more reason to refuse.
pub(super) fn without_options(operation: &Operation, draft: &mut Draft) {
    draft.parameters.retain(|(place, name, _)| {
        *place == In::Path || operation.parameter(*place, name).is_some_and(|parameter| parameter.required)
    });
}

/// The place of the item in the content of an operation.
fn root(session: Session<'_>, operation: &Operation) -> Pointer {
    session.effect(operation).and_then(|effect| effect.sent.clone()).unwrap_or_default()
}

/// The key of something that a member of this name may refer to; `None` where it refers to nothing, none within where none is known.
#[expect(
    clippy::option_option,
    reason = "a reference to something that is not known is no value, and is no member that refers to nothing"
)]
fn reference(session: Session<'_>, name: &str) -> Option<Option<Value>> {
    let mut collections = session.behaviour.collections.iter().enumerate();
    let (index, _) = collections.find(|(_, collection)| roles::refers(name, &collection.name))?;
    let knowledge = session.knowledge.borrow();
    Some(knowledge.keys(index).last().map(|known| known.key.clone()))
}
