//! Where a request goes: the values of its path parameters. What must exist is created first; what the run was told to use
//! is used; the rest is generated.

use etalon_contract::behaviour::{Action, Effect, Missing};
use etalon_contract::codec::Draft;
use etalon_contract::document::Pointer;
use etalon_contract::generate::Choices;
use etalon_contract::model::{Direction, In, Operation, PathTemplate, Piece};
use etalon_contract::rule::{Row, Subject};
use serde_json::Value;

use crate::knowledge::{KnownKey, Origin, up_to};
use crate::plan::roles;
use crate::scenario::answer;
use crate::scenario::candidates::path_example;
use crate::scenario::setup::{Authorization, Setup};
use crate::session::Session;
use crate::settings::Changes;
use crate::transcript::{Exchange, Pending, Role};

/// Values of path parameters, and of whatever else the run was told to use.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PathValues {
    values: Vec<(In, String, Value)>,
    /// The key of the item, where it travels in the body.
    key: Option<(Pointer, Value)>,
    /// Members of the content that have a certain value: those the run was told, and the key that the path has as well.
    content: Vec<(Pointer, Value)>,
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
        for (at, value) in self.key.iter().chain(&self.content) {
            if spoken_of.is_none_or(|row| row.subject != Subject::Body || row.pointer != *at)
                && let Some(body) = draft.body_value_mut().filter(|body| body.is_object())
            {
                // Where the way is barred, the body is broken there, and is to stay so.
                let _ = at.put(body, value.clone());
            }
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

/// The most creations one request that may need before it: one for each level of its path, which seldom has more than three.
const DEEPEST: usize = 6;

/// The most times that a creation is tried with other values when one met a conflict.
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
        } else if let Some(text) = given_for(setup, operation, name) {
            Some(given(setup, operation, In::Path, name, &text))
        } else {
            let known = parent(setup, operation, name, &values, depth)?;
            known.or_else(|| {
                draft.parameter(In::Path, name).cloned().map(|drawn| nobodys(setup, operation, name, drawn))
            })
        };
        values.extend(value.map(|value| (name.to_owned(), value)));
    }
    let key = key_in_body(setup, operation, &values, depth)?;
    let values = values.into_iter().map(|(name, value)| (In::Path, name, value)).collect();
    let mut path = PathValues { values, key, content: Vec::new() };
    for parameter in operation.parameters.iter().filter(|parameter| parameter.place != In::Path) {
        let settings = setup.session.settings;
        let text = settings.fixed_for(&operation.id, &parameter.name).or_else(|| settings.fixed(&parameter.name));
        if let Some(text) = text {
            let value = given(setup, operation, parameter.place, &parameter.name, text);
            path.values.push((parameter.place, parameter.name.clone(), value));
        }
    }
    path.content = setup
        .session
        .settings
        .fixed_content(&operation.id)
        .filter_map(|(at, text)| {
            let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
            Some((Pointer::parse(at)?, value))
        })
        .collect();
    path.content.extend(repeated_key(setup.session, operation, &path.values, draft));
    Ok(path)
}

/// The key that the path names, where the content of a replacement has it as well: the two must say the same.
fn repeated_key(
    session: Session<'_>,
    operation: &Operation,
    values: &[(In, String, Value)],
    draft: &Draft,
) -> Option<(Pointer, Value)> {
    let effect = session.effect(operation)?;
    if !matches!(effect.action, Action::Update | Action::Replace) {
        return None;
    }
    let name = effect.key_parameter.as_ref()?;
    let collection = session.behaviour.collections.get(effect.collection?)?;
    let at = effect.sent.as_ref()?.append(&collection.key);
    let there = at.get(draft.body_value()?)?;
    let (_, _, key) = values.iter().find(|(place, known, _)| *place == In::Path && known == name)?;
    let key = match (there, key) {
        (Value::Number(_), Value::String(text)) => serde_json::from_str(text).unwrap_or_else(|_| key.clone()),
        (Value::String(_), Value::Number(number)) => Value::String(number.to_string()),
        _ => key.clone(),
    };
    Some((at, key))
}

/// The value that the run was told to use for a path parameter. What an operation changes or removes is not what others
/// are told to read, unless the run may change anything.
fn given_for(setup: &Setup<'_>, operation: &Operation, name: &str) -> Option<String> {
    let settings = setup.session.settings;
    if let Some(text) = settings.fixed_for(&operation.id, name) {
        return Some(text.to_owned());
    }
    let effect = setup.effect(operation)?;
    let changed = matches!(effect.action, Action::Update | Action::Replace | Action::Delete)
        && effect.key_parameter.as_deref() == Some(name);
    let anything = matches!(settings.changes, Changes::Anything | Changes::Destructive);
    settings.fixed(name).filter(|_| !changed || anything).map(str::to_owned)
}

/// The key of what a path parameter names: created anew, or else known to exist; `None` where neither can be had.
fn parent(
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
    if let Some(creator) = creator_of_parameter(setup, operation, name).filter(|_| creates && depth > 0) {
        let scope = carry(&operation.path, values, &creator.0.path);
        match create_at_depth(setup, creator, scope, None, depth - 1) {
            Ok(Created { key: Some(key), .. }) => return Ok(Some(typed(setup, &key))),
            Ok(Created { key: None, .. }) => {
                let why = format!("the answer of {} does not tell the key of what it created", creator.0.id);
                doubt = Some(Pending::inconclusive(why));
            }
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
    // What leads somewhere for one operation does so for those below it; but what the run changes is its own.
    if may_follow(setup, operation, name)
        && let Some(reached) = reached(setup.session, operation, name)
    {
        return Ok(Some(typed(setup, &reached)));
    }
    // The draft has the document's example, where there is one.
    match doubt {
        Some(doubt) if path_example(operation, name).is_none() || !setup.session.reads(operation) => Err(doubt),
        Some(_) | None => Ok(None),
    }
}

/// The key of a place that the run made before, where an operation acts on something in that place and not on the place itself: on a
/// real target each place costs requests, and some cannot be removed again.
fn shared(session: Session<'_>, operation: &Operation, name: &str, values: &[(String, Value)]) -> Option<Value> {
    let is_item = session.effect(operation).is_some_and(|effect| effect.key_parameter.as_deref() == Some(name));
    if session.settings.budget.is_none() || is_item || !may_be_found(session, operation, name) {
        return None;
    }
    let index = named_collection(session, operation, name)?;
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

/// Whether something known lies where these path parameters lead.
fn is_in_scope(known: &KnownKey, values: &[(String, Value)]) -> bool {
    known.scope.iter().all(|(name, value)| {
        values.iter().all(|(other, here)| other != name || answer::text(here) == answer::text(value))
    })
}

/// Whether the value of a path parameter may be one that led somewhere before: nothing is learnt for the operation itself, and it
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
    PathValues { values: path.clone(), key: None, content }.put(&mut draft, None);
    let Ok(request) = setup.valid_request(put, &draft, Authorization::Usual) else { return Ok(None) };
    let exchange = setup.send(Role::Prepare, put, request)?;
    Ok(path.pop().map(|(_, _, key)| key).filter(|_| exchange.accepted()))
}

/// Whether a path parameter may name something that the run did not make: the operation leaves that as it is, or what it changes
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

/// The last parameter of an operation's path, with a key that nothing has by chance; `None` where its schema allows none such.
#[must_use]
pub(super) fn fresh_key(setup: &Setup<'_>, operation: &Operation, draft: &Draft) -> Option<(String, Value)> {
    let name = operation.path.parameters().last()?;
    let drawn = draft.parameter(In::Path, name)?;
    let key = unlikely(setup, operation, name, drawn.clone());
    (key != *drawn).then(|| (name.to_owned(), key))
}

/// A drawn key of what an operation changes or removes, as one that nothing has by chance: where the run may change only what
/// it made, such a request must find nothing.
fn nobodys(setup: &Setup<'_>, operation: &Operation, name: &str, drawn: Value) -> Value {
    let settings = setup.session.settings;
    if settings.changes != Changes::Own || may_be_found(setup.session, operation, name) {
        return drawn;
    }
    unlikely(setup, operation, name, drawn)
}

/// A key that nothing has by chance, or the drawn one where the schema of the parameter allows none such.
fn unlikely(setup: &Setup<'_>, operation: &Operation, name: &str, drawn: Value) -> Value {
    let mut choices = setup.choices();
    let token = choices.below(FAR);
    let wanted = [
        Value::String(format!("etalon-{token:08}")),
        Value::String(format!("{:08}-0000-4000-8000-{token:012}", token % FAR)),
        Value::from(token + FAR * 10),
        Value::String((token + FAR * 10).to_string()),
    ];
    let schema = operation.parameter(In::Path, name).and_then(|parameter| parameter.shape.schema());
    let fits = |value: &Value| {
        schema.is_none_or(|at| {
            etalon_contract::validate::is_valid(setup.session.contract, at, Direction::Request, value).unwrap_or(false)
        })
    };
    wanted.into_iter().find(fits).unwrap_or(drawn)
}

/// A number of eight digits: nothing has it as its key by chance.
const FAR: u64 = 100_000_000;

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
        if !last {
            with_plain_key(setup, (operation, effect), &mut draft);
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
            let key = answer::key(setup.session, operation, effect, &exchange.response)
                .or_else(|| answer::sent_key(setup.session, effect, draft.body_value()?));
            return Ok(Created { draft, exchange, key, scope: path.path() });
        }
        if exchange.response.status != 409 || tries == 0 || last {
            let said = crate::judge::limit::said(&exchange.response);
            return Err(Pending::inconclusive(format!("{} created nothing to go on with: {said}", operation.id)));
        }
    }
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

/// How long such a key is.
const PLAIN_KEY: usize = 10;

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

/// True where what a path parameter names is created before the request is sent, so that its value is the target's.
#[must_use]
pub(crate) fn is_created(session: Session<'_>, operation: &Operation, name: &str) -> bool {
    makes(session, operation, name).is_some()
}

fn makes<'c>(session: Session<'c>, operation: &Operation, name: &str) -> Option<(&'c Operation, &'c Effect)> {
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
