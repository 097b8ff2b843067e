//! The words with which an item of a stream says what happened: `type: created`, `action: todo.deleted`.

use serde_json::Value;

use crate::behaviour::known::Known;
use crate::behaviour::shape;
use crate::behaviour::state::ChangeKind;
use crate::document::{Location, Pointer};
use crate::model::Contract;

/// Members that say what happened.
const TELLING: [&str; 11] =
    ["type", "event", "eventtype", "eventname", "action", "kind", "op", "operation", "change", "changetype", "verb"];

/// The words for a change, and whether they tell it from others.
pub(super) struct Words {
    pub(super) known: Vec<Known>,
    pub(super) says: bool,
}

/// The words of a schema for a change, but for the member that holds the thing; `None` where all that it could say is of
/// other changes.
pub(super) fn words(contract: &Contract, at: &Location, holder: &str, kind: ChangeKind) -> Option<Words> {
    let mut found = Words { known: Vec::new(), says: false };
    for (name, at) in shape::members(contract, at) {
        if name == holder || !TELLING.contains(&shape::plain(&name).as_str()) {
            continue;
        }
        let place = Pointer::root().join(&name);
        let listed = shape::keyword(contract, &at, "enum").and_then(Value::as_array).cloned();
        let listed = listed.or_else(|| shape::keyword(contract, &at, "const").map(|one| vec![one.clone()]));
        let Some(listed) = listed else {
            if shape::types(contract, &at).contains(&"string") && shape::format(contract, &at).is_none() {
                found.known.push(Known::At(place, Value::String(plain_word(kind).to_owned())));
                found.says = true;
            }
            continue;
        };
        let told: Vec<(&Value, Option<ChangeKind>)> =
            listed.iter().map(|value| (value, value.as_str().and_then(meaning))).collect();
        if let Some((value, _)) = told.iter().find(|(_, meaning)| *meaning == Some(kind)) {
            found.known.push(Known::At(place, (*value).clone()));
            found.says = true;
        } else if let Some((value, _)) = told.iter().find(|(_, meaning)| meaning.is_none()) {
            found.known.push(Known::At(place, (*value).clone()));
        } else {
            return None;
        }
    }
    Some(found)
}

fn plain_word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Created => "created",
        ChangeKind::Changed => "updated",
        ChangeKind::Deleted => "deleted",
    }
}

/// The change that a word means; `None` for one that means none.
fn meaning(word: &str) -> Option<ChangeKind> {
    let plain = shape::plain(word);
    let has = |stems: &[&str]| stems.iter().any(|stem| plain.contains(stem));
    if has(&["delet", "remov", "destroy", "gone"]) {
        Some(ChangeKind::Deleted)
    } else if has(&["updat", "chang", "modif", "edit", "patch", "replac"]) {
        Some(ChangeKind::Changed)
    } else if has(&["creat", "add", "insert", "new", "put"]) {
        Some(ChangeKind::Created)
    } else {
        None
    }
}
