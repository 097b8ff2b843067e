//! What is in one place is not found in another: the operation is sent to a place of its own with the key of what was made elsewhere. That it
//! is answered shows nothing yet, since a target may find things everywhere: the item itself has to show it, or a key that nothing has.

use etalon_contract::behaviour::Action;
use etalon_contract::codec::{Draft, Response};
use etalon_contract::model::Operation;
use serde_json::Value;

use crate::judge::status::{Class, class};
use crate::judge::story::kept::{self, Foreign};
use crate::scenario::acting::Acting;
use crate::scenario::answer;
use crate::scenario::echo;
use crate::scenario::fuller::without_options;
use crate::scenario::path_values::{self, Created};
use crate::scenario::setup::{Authorization, Setup};
use crate::scenario::story::create::{item_path, look};
use crate::scenario::story::created_key;
use crate::transcript::{Pending, Role};
use crate::verdict::Verdict;

/// What is made in one place is not found in another.
pub(super) fn is_missing(setup: &mut Setup<'_>, acting: &Acting<'_>) -> Result<Verdict, Pending> {
    let creator = acting.creator()?;
    let own = acting.effect.key_parameter.as_deref();
    let here = path_values::fresh_place(setup, acting.operation, own)?;
    let there = path_values::fresh_place(setup, acting.operation, own)?;
    let created = path_values::create(setup, creator, acting.operation, &here)?;
    let key = created_key(&created, creator.0)?;
    let name = own.ok_or_else(|| Pending::unreachable("its path names no item"))?;
    let known = created.key_for(setup.session, acting.operation, name).unwrap_or_else(|| key.clone());
    let pinned = |key: Value| there.iter().cloned().chain([(name.to_owned(), key)]).collect::<Vec<_>>();
    let was_there = home(setup, acting, &created, &key)?;
    let (draft, answer) = done(setup, acting.operation, &pinned(known.clone()))?;
    let shown = setup.transcript.latest();
    let mut seen = Foreign { operation: &acting.operation.id, answer, twin: None, is_touched: false, shown };
    if class(answer.status) != Class::Success {
        return Ok(kept::foreign(&seen));
    }
    seen.is_touched = match acting.effect.action {
        Action::Read => {
            answer::item(acting.effect, answer).is_some_and(|item| has(acting, creator.0, &created.draft, &item))
        }
        Action::Delete => {
            let is_gone = |answer: &Response| class(answer.status) == Class::Missing;
            let is_found = was_there.is_some_and(|found| class(found.status) == Class::Success);
            is_found && home(setup, acting, &created, &key)?.is_some_and(is_gone)
        }
        Action::Replace | Action::Update => {
            let read = home(setup, acting, &created, &key)?.and_then(answer::json);
            read.is_some_and(|item| has(acting, acting.operation, &draft, &item))
        }
        Action::Create | Action::Upsert | Action::List | Action::Answer => false,
    };
    // What the client calls a thing may be the name of something that is in every place.
    let is_told = created.draft.body_value().is_none_or(|body| {
        answer::sent_key(setup.session, creator.1, body).is_none_or(|sent| answer::text(&sent) != answer::text(&key))
    });
    if let (false, true, Some(other)) = (seen.is_touched, is_told, another(&known)) {
        seen.twin = match done(setup, acting.operation, &pinned(other)) {
            Ok((_, answer)) => Some(answer),
            Err(Pending::Verdict(_)) => None,
            Err(pending) => return Err(pending),
        };
    }
    Ok(kept::foreign(&seen))
}

/// The answer of the reader to what was made, where it is; `None` where the contract has none.
fn home<'s>(
    setup: &mut Setup<'s>,
    acting: &Acting<'_>,
    created: &Created<'_>,
    key: &Value,
) -> Result<Option<&'s Response>, Pending> {
    let Ok((reader, _)) = acting.with_action(&[Action::Read]) else { return Ok(None) };
    if acting.effect.action == Action::Read {
        return Ok(None);
    }
    let creator = acting.creator()?;
    let there = item_path(setup, creator.0, reader, created, key);
    match look(setup, reader, &there, Role::Twin) {
        Ok(read) => Ok(Some(&read.response)),
        Err(Pending::Verdict(_)) => Ok(None),
        Err(pending) => Err(pending),
    }
}

/// The fewest characters of a text that no item has by chance.
const TELLING: usize = 5;

/// True where an item has a text that was sent in a request, other than its key.
fn has(acting: &Acting<'_>, operation: &Operation, draft: &Draft, item: &Value) -> bool {
    let (Ok(writer), Some(body)) = (Acting::of(acting.session, operation.index), draft.body_value()) else {
        return false;
    };
    let is_telling = |value: &Value| value.as_str().is_some_and(|text| text.chars().count() >= TELLING);
    let key = acting.collection.key.get(item).map(answer::text);
    let members = echo::all_members(&writer, body).into_iter();
    let mut told = members.filter(|(_, value)| is_telling(value) && Some(answer::text(value)) != key);
    told.any(|(at, value)| at.get(item) == Some(&value))
}

/// A key that reads like another one, and that nothing has.
fn another(key: &Value) -> Option<Value> {
    match key {
        Value::Number(number) => number.as_i64()?.checked_add(FAR).map(Value::from),
        Value::String(text) => {
            let last = text.chars().next_back()?;
            let other = match last {
                '0'..='8' | 'a'..='e' | 'g'..='y' | 'A'..='E' | 'G'..='Y' => char::from_u32(u32::from(last) + 1)?,
                '9' => '8',
                'f' | 'F' | 'z' | 'Z' => char::from_u32(u32::from(last) - 1)?,
                _ => return None,
            };
            Some(Value::String(format!("{}{other}", &text[..text.len() - last.len_utf8()])))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The distance to a number that nothing has as its key.
const FAR: i64 = 1_000_003;

/// A valid request with these path parameters, and the answer to it.
fn done<'s>(
    setup: &mut Setup<'s>,
    operation: &Operation,
    pinned: &[(String, Value)],
) -> Result<(Draft, &'s Response), Pending> {
    let mut fresh = setup.fresh();
    let mut draft = setup.valid(operation, &mut fresh)?;
    without_options(operation, &mut draft);
    let path = path_values::find(setup, operation, &draft, pinned)?;
    path.put(&mut draft, None);
    let request = setup.valid_request(operation, &draft, Authorization::Usual)?;
    let answer = &setup.send(Role::Tested, operation, request)?.response;
    Ok((draft, answer))
}
