//! Creations: an item is made, in its place, for what needs it. It knows of no list.

use etalon_contract::behaviour::{Action, Effect};
use etalon_contract::codec::Draft;
use etalon_contract::document::Pointer;
use etalon_contract::generate::Choices;
use etalon_contract::model::{In, Operation};
use serde_json::Value;

use crate::knowledge::KeySource;
use crate::plan::roles;
use crate::scenario::answer;
use crate::scenario::path_values::named::{carry, makes};
use crate::scenario::path_values::reach;
use crate::scenario::setup::{Authorization, Setup};
use crate::session::Session;
use crate::transcript::{Exchange, Pending, Role};

/// An item that was created, with the request that created it.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct Created<'r> {
    /// The draft that was sent.
    pub draft: Draft,
    /// The exchange that created it.
    pub exchange: &'r Exchange,
    /// The key of the item, where the answer tells it.
    pub key: Option<Value>,
    /// True where that key is what it was called in the request, and not the member that lists show as its key.
    pub is_called: bool,
    /// The path parameters that it was created with.
    pub scope: Vec<(String, Value)>,
}

impl Created<'_> {
    /// The value by which an operation's path parameter knows the item: its key, or another member that was learnt.
    #[must_use]
    pub(in crate::scenario) fn key_for(
        &self,
        session: Session<'_>,
        operation: &Operation,
        name: &str,
    ) -> Option<Value> {
        let knowledge = session.knowledge.borrow();
        match knowledge.known_by(operation.index, name) {
            None => self.key.clone(),
            Some(KeySource::Sent(at)) => at.get(self.draft.body_value()?).cloned(),
            Some(KeySource::Answered(at)) => at.get(&answer::json(&self.exchange.response)?).cloned(),
        }
    }
}

/// The most creations one request that may need before it: one for each level of its path, which seldom has more than three.
pub(super) const DEEPEST: usize = 6;

/// The most times that a creation is tried with other values when one met a conflict.
const TRIES: usize = 6;

/// The letters of a key that is made up in place of one that the client chooses.
const PLAIN_KEY: usize = 10;

/// Creates an item in a scope, given by path parameters of `from`.
///
/// # Errors
/// Where that is refused, or an answer is needed.
pub(in crate::scenario) fn create<'r>(
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
pub(in crate::scenario) fn create_beside<'r>(
    setup: &mut Setup<'r>,
    creator: (&Operation, &Effect),
    first: &Created<'_>,
) -> Result<Created<'r>, Pending> {
    create_at_depth(setup, creator, first.scope.clone(), Some(&first.draft), DEEPEST)
}

/// Creates an item from a draft, once: in the scope of another one, where one is given.
///
/// # Errors
/// As [`create`].
pub(in crate::scenario) fn create_as<'r>(
    setup: &mut Setup<'r>,
    (operation, effect): (&Operation, &Effect),
    mut draft: Draft,
    beside: Option<&Created<'_>>,
) -> Result<Created<'r>, Pending> {
    let scope = beside.map(|beside| beside.scope.clone()).unwrap_or_default();
    for (place, name, value) in beside.into_iter().flat_map(|beside| &beside.draft.parameters) {
        if *place == In::Query && operation.parameter(*place, name).is_some_and(|parameter| parameter.required) {
            draft.set_parameter(*place, name, value.clone());
        }
    }
    let path = reach(setup, operation, &draft, &scope, DEEPEST)?;
    path.put(&mut draft, None);
    let request = setup.valid_request(operation, &draft, Authorization::Usual)?;
    let exchange = setup.send(Role::Prepare, operation, request)?;
    if !exchange.accepted() {
        let said = crate::judge::limit::said(&exchange.response);
        return Err(Pending::inconclusive(format!("{} created nothing to go on with: {said}", operation.id)));
    }
    let told = answer::key(setup.session, operation, effect, &exchange.response);
    let key = told.or_else(|| answer::sent_key(setup.session, effect, draft.body_value()?));
    Ok(Created { draft, exchange, key, is_called: false, scope: path.path() })
}

pub(super) fn create_at_depth<'r>(
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
        if !last {
            with_plain_key(setup, (operation, effect), &mut draft);
            // What may be left out beside the content says how to answer, and is one more reason to refuse.
            draft.parameters.retain(|(place, name, _)| {
                *place == In::Path || operation.parameter(*place, name).is_some_and(|parameter| parameter.required)
            });
        }
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
            let told = answer::key(setup.session, operation, effect, &exchange.response);
            let calls = |body: &Value| answer::is_called(setup.session, effect, body);
            let is_called = told.is_none() && draft.body_value().is_some_and(calls);
            let key = told.or_else(|| answer::sent_key(setup.session, effect, draft.body_value()?));
            return Ok(Created { draft, exchange, key, is_called, scope: path.path() });
        }
        if exchange.response.status != 409 || tries == 0 || last {
            let said = crate::judge::limit::said(&exchange.response);
            return Err(Pending::inconclusive(format!("{} created nothing to go on with: {said}", operation.id)));
        }
    }
}

/// A place of its own for what an operation acts on: what the last parameter of its path names is made anew, where that can be made.
///
/// # Errors
/// Where it cannot, or an answer is needed.
pub(in crate::scenario) fn fresh_place(
    setup: &mut Setup<'_>,
    operation: &Operation,
    own: Option<&str>,
) -> Result<Vec<(String, Value)>, Pending> {
    let names: Vec<&str> = operation.path.parameters().filter(|name| Some(*name) != own).collect();
    let nothing = || Pending::unreachable("nothing makes another place for it");
    let name = names.last().copied().ok_or_else(nothing)?;
    let creator = makes(setup.session, operation, name).ok_or_else(nothing)?;
    let created = create_at_depth(setup, creator, Vec::new(), None, DEEPEST)?;
    let key = created.key_for(setup.session, operation, name).ok_or_else(|| {
        Pending::inconclusive(format!("the answer of {} does not tell the key of what it created", creator.0.id))
    })?;
    let mut place = carry(&creator.0.path, &created.scope, &operation.path);
    place.retain(|(known, _)| known != name);
    place.push((name.to_owned(), answer::typed(setup.session.contract, operation, In::Path, name, &key)));
    Ok(place)
}

/// Gives an item whose key the client chooses one that stands in any path as it is.
fn with_plain_key(setup: &mut Setup<'_>, (operation, effect): (&Operation, &Effect), draft: &mut Draft) {
    let session = setup.session;
    let keyed = effect.collection.is_some_and(|index| session.knowledge.borrow().is_keyed_by_client(index));
    if !keyed {
        return;
    }
    let Some(at) = draft.body_value().and_then(|body| answer::sent_key_at(session, effect, body)) else { return };
    let mut fresh = setup.fresh();
    let letters = |choices: &mut dyn Choices| char::from(b'a' + u8::try_from(choices.below(26)).unwrap_or_default());
    let key: String = (0..PLAIN_KEY).map(|_| letters(&mut fresh)).collect();
    let mut changed = draft.clone();
    let put = changed.body_value_mut().and_then(|body| at.get_mut(body)).filter(|key| key.is_string());
    let Some(place) = put else { return };
    *place = Value::String(key);
    if etalon_contract::generate::is_valid(session.contract, operation, &changed) {
        *draft = changed;
    }
}

/// The key for an item that the body names and the operation changes: the item is created, and its key goes where the
/// body has it. `None` for other operations.
pub(super) fn key_in_body(
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

/// Creates what a path parameter names below a path that is malformed; `None` where that is refused, as it should be, or
/// the answer does not tell the key.
///
/// # Errors
/// Where an answer is needed.
pub(in crate::scenario) fn force(
    setup: &mut Setup<'_>,
    operation: &Operation,
    name: &str,
    malformed: &Draft,
) -> Result<Option<Value>, Pending> {
    let Some((creator, effect)) = makes(setup.session, operation, name) else { return Ok(None) };
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
