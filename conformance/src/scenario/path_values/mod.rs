//! The place that a request goes to: the values of its path parameters, and of whatever else the run was told to use. What must
//! exist is created first (`creation`), or known to exist (`parent`); the rest is generated.

mod creation;
mod named;
mod parent;
mod unlikely;

pub(super) use creation::{Created, create, create_as, create_beside, force, fresh_place};
pub(crate) use named::{carry, creator_of, is_created, may_be_found, named_collection};
pub(crate) use unlikely::is_unlikely;
pub(super) use unlikely::{fresh_key, nobodys_breach};

use etalon_contract::behaviour::Action;
use etalon_contract::codec::Draft;
use etalon_contract::document::Pointer;
use etalon_contract::model::{In, Operation};
use etalon_contract::rule::{Row, Subject};
use serde_json::Value;

use crate::scenario::answer;
use crate::scenario::path_values::creation::{DEEPEST, key_in_body};
use crate::scenario::path_values::parent::parent;
use crate::scenario::path_values::unlikely::nobodys;
use crate::scenario::setup::Setup;
use crate::session::Session;
use crate::settings::Changes;
use crate::transcript::Pending;

/// Values of path parameters, and of whatever else the run was told to use.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PathValues {
    values: Vec<(In, String, Value)>,
    /// The key of the item, where it travels in the body.
    key: Option<(Pointer, Value)>,
    /// Members of the content that have a certain value: those the run was told, and the key that the path has as well.
    content: Vec<(Pointer, Value)>,
    /// True where a value of the path stands for nothing that is known to be there.
    pub made_up: bool,
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

/// The path values of a request of an operation: pinned values first, then what the run was told, then what is created
/// for it, then those of the draft.
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

fn reach(
    setup: &mut Setup<'_>,
    operation: &Operation,
    draft: &Draft,
    pinned: &[(String, Value)],
    depth: usize,
) -> Result<PathValues, Pending> {
    let mut values: Vec<(String, Value)> = Vec::new();
    let mut made_up = false;
    for name in operation.path.parameters() {
        let value = if let Some((_, value)) = pinned.iter().find(|(known, _)| known == name) {
            Some(answer::typed(setup.session.contract, operation, In::Path, name, value))
        } else if let Some(text) = given_for(setup, operation, name) {
            Some(given(setup, operation, In::Path, name, &text))
        } else {
            let known = parent(setup, operation, name, &values, depth)?;
            made_up |= known.is_none();
            known.or_else(|| {
                draft.parameter(In::Path, name).cloned().map(|drawn| nobodys(setup, operation, name, drawn))
            })
        };
        values.extend(value.map(|value| (name.to_owned(), value)));
    }
    let key = key_in_body(setup, operation, &values, depth)?;
    let values = values.into_iter().map(|(name, value)| (In::Path, name, value)).collect();
    let mut path = PathValues { values, key, content: Vec::new(), made_up };
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

/// A value that the run was told to use, as the type that the parameter's schema has for such text.
fn given(setup: &Setup<'_>, operation: &Operation, place: In, name: &str, text: &str) -> Value {
    answer::typed(setup.session.contract, operation, place, name, &Value::String(text.to_owned()))
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
