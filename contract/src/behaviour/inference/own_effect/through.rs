//! The effect of an operation that only answers, but whose path leads through an item: the item that it speaks of, and
//! what a verb makes of it.

use serde_json::Value;

use crate::behaviour::inference::own_effect::laying::laid;
use crate::behaviour::inference::paths::{name_of, parent_of};
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::path_parameters;
use crate::behaviour::inference::words::{self, Flag, OnItem, is_of_actions, verb};
use crate::behaviour::inference::wrapping::{self, Wanted};
use crate::behaviour::messages::{request_schema, success_schema};
use crate::behaviour::shape;
use crate::behaviour::{Action, Collection, Effect, Part};
use crate::document::{Location, Pointer};
use crate::model::{Contract, Operation};

/// The effect of an operation that only answers, but whose path leads through an item: it speaks of that one. `None` where
/// there is nothing to add.
pub(crate) fn through(
    inference: &Inference,
    contract: &Contract,
    operation: &Operation,
    own_effect: &Effect,
) -> Option<Effect> {
    // What may be done at a path is told whether or not something is there (RFC 9110 §9.3.7).
    let is_about_the_path = matches!(operation.method.as_str(), "OPTIONS" | "TRACE");
    if own_effect.collection.is_some() || operation.extension.is_some() || is_about_the_path {
        return None;
    }
    if let Some(effect) = part(inference, contract, operation, own_effect) {
        return Some(effect);
    }
    let paths = inference.paths();
    let path = paths.nodes()[paths.of_entry(operation.index)].path.as_str();
    let by_path = nearest_item(inference, contract, path).and_then(|(found, above)| {
        let depth = inference.collection(contract, found).scope.len();
        // A key in more than one parameter names no item that is known.
        let is_key = above.matches("{}").count() == depth + 1;
        Some((found, above, path_parameters(operation).into_iter().nth(depth).filter(|_| is_key)?))
    });
    let (found, above, parameter) =
        by_path.or_else(|| named_elsewhere(inference, contract, operation).map(|(found, name)| (found, path, name)))?;
    let collection = inference.collection(contract, found);
    let name = &collection.name;
    let mut effect = own_effect.clone();
    effect.subject = Some(found);
    effect.elsewhere.clone_from(&collection.also);
    effect.because.push(format!("its path leads through {{{parameter}}}, so that item of {name} must exist"));
    returned(contract, operation, collection, &parameter, &mut effect);
    let word = name_of(path);
    let is_right_below =
        parent_of(path) == above || parent_of(parent_of(path)) == above && is_of_actions(&name_of(parent_of(path)));
    if operation.method.as_str() == "POST"
        && is_right_below
        && words::on_item(&word) == Some(OnItem::Copy)
        && effect.returned.is_some()
    {
        effect.copies = true;
        effect.sent = request_schema(operation).map(|_| Pointer::root());
        effect.because.push(format!("`{word}` adds another one like it"));
    }
    if matches!(operation.method.as_str(), "POST" | "PUT" | "PATCH")
        && is_right_below
        && verb(&word).is_some()
        && let Some(item) = &collection.item
    {
        effect.marks = marks(contract, item, &word);
        for (pointer, value) in &effect.marks {
            effect.because.push(format!("`{word}` sets {pointer} to {value}"));
        }
    }
    if matches!(operation.method.as_str(), "POST" | "PUT" | "PATCH")
        && is_right_below
        && operation.body.is_some()
        && let Some(item) = &collection.item
    {
        effect.lay = laid(contract, item, &word);
        effect.because.extend(effect.lay.as_ref().map(|(at, _)| format!("`{word}` is about its {at}")));
    }
    effect.key_parameter = Some(parameter);
    Some(effect)
}

/// The effect of an operation on a member of the thing above.
fn part(inference: &Inference, contract: &Contract, operation: &Operation, own_effect: &Effect) -> Option<Effect> {
    let member = inference.member(contract, operation)?;
    let evidence = inference.evidence(contract, member.holder).filter(|evidence| evidence.single != member.is_item)?;
    let parameter = path_parameters(operation).into_iter().nth(evidence.scope.len()).filter(|_| member.is_item);
    if member.is_item && parameter.is_none() {
        return None;
    }
    let action = match operation.method.as_str() {
        "GET" => Action::Read,
        "PUT" => Action::Replace,
        "DELETE" => Action::Delete,
        _ => Action::Update,
    };
    let mut effect = own_effect.clone();
    let name = inference.name(member.holder);
    effect.because =
        vec![format!("its path is {} of {name}, so it is about that, which is {}", member.at, action.as_str())];
    effect.subject = Some(member.holder);
    effect.elsewhere.clone_from(&inference.collection(contract, member.holder).also);
    effect.key_parameter = parameter;
    let is_it = |at: &Location| shape::target(contract, at) == shape::target(contract, &member.schema);
    let place = |body: &Location| {
        let members = shape::members(contract, body);
        let inner = members.into_iter().find(|(_, at)| is_it(at)).filter(|_| !is_it(body));
        inner.map_or_else(Pointer::root, |(name, _)| Pointer::root().join(&name))
    };
    effect.sent = request_schema(operation).map(place);
    effect.returned = success_schema(operation).map(place);
    effect.part = Some(Part { at: member.at, action });
    Some(effect)
}

/// The collection whose items a parameter of the path names by its name alone: `/text-to-speech/{voice_id}/stream` is about one of
/// `/voices/{voice_id}`.
fn named_elsewhere(inference: &Inference, contract: &Contract, operation: &Operation) -> Option<(usize, String)> {
    path_parameters(operation).into_iter().rev().find_map(|parameter| {
        let found = inference.named_elsewhere(contract, None, &parameter)?;
        let collection = inference.evidence(contract, found).map(|_| inference.collection(contract, found))?;
        (collection.scope.is_empty() && collection.item_path.is_some()).then_some((found, parameter))
    })
}

/// The collection of the item that the path of an operation leads to or through, and the parameter that names the item.
pub(crate) fn led_to(inference: &Inference, contract: &Contract, operation: &Operation) -> Option<(usize, String)> {
    let paths = inference.paths();
    let path = paths.nodes()[paths.of_entry(operation.index)].path.as_str();
    let (found, above) = nearest_item(inference, contract, path)?;
    let parameter = path_parameters(operation).into_iter().nth(above.matches("{}").count().checked_sub(1)?)?;
    Some((found, parameter))
}

/// The collection whose item a path leads through, the nearest one, with the part of the path that names the item.
fn nearest_item<'p>(inference: &Inference, contract: &Contract, path: &'p str) -> Option<(usize, &'p str)> {
    let mut above = path;
    while !above.is_empty() {
        if let Some(collection) = collection_of_item(inference, contract, above) {
            return Some((collection, above));
        }
        above = parent_of(above);
    }
    None
}

/// The item in the answer, where the answer is the item or the file that it was made of.
fn returned(contract: &Contract, operation: &Operation, collection: &Collection, parameter: &str, effect: &mut Effect) {
    let name = &collection.name;
    let wanted = Wanted { item: collection.item.as_ref(), ..Wanted::named(name, Some(parameter)) };
    let shown = success_schema(operation).map(|at| wrapping::one(contract, at, &wanted)).filter(|(_, at)| {
        let item = collection.item.as_ref();
        item.is_some_and(|item| is_same(contract, item, at) || is_reference(contract, (item, collection), at))
    });
    if let Some((pointer, _)) = shown {
        effect.because.push(format!("its answer is an item of {name}, so it shows the one that the path names"));
        effect.returned = Some(pointer);
    }
    if effect.returned.is_none()
        && operation.method.as_str() == "GET"
        && shows_bytes(contract, operation)
        && collection.bytes.is_some()
    {
        effect.because.push(format!("its answer is the file of one of {name}, as it was uploaded"));
        effect.returned = Some(Pointer::root());
    }
}

/// Words for what a file holds.
const CONTENTS: [&str; 9] = ["content", "contents", "download", "raw", "file", "data", "body", "blob", "bytes"];

/// True where what an operation shows is bytes or text in no form that is looked into; below a word for what a file holds also a
/// text in JSON.
fn shows_bytes(contract: &Contract, operation: &Operation) -> bool {
    let contents =
        operation.responses.iter().filter(|response| response.status.is_success()).flat_map(|one| &one.content);
    let mut contents = contents.peekable();
    let word = name_of(operation.path.as_str());
    let is_content = CONTENTS.contains(&shape::plain(&word).as_str());
    contents.peek().is_some()
        && contents.all(|content| {
            let types = content.schema.as_ref().map(|at| shape::types(contract, at)).unwrap_or_default();
            let is_json = content.media_type.is_json();
            types.iter().all(|kind| *kind == "string") && (!is_json || is_content && !types.is_empty())
        })
}

/// The members that a verb sets on an item, with their values: the status is the word for that, a flag of that name is
/// on or off.
fn marks(contract: &Contract, item: &Location, verb: &str) -> Vec<(Pointer, Value)> {
    let (statuses, flags) = words::after(verb);
    let mut found = Vec::new();
    for (name, at) in shape::members(contract, item) {
        let plain = shape::plain(&name);
        let here = Pointer::root().join(&name);
        if matches!(plain.as_str(), "status" | "state")
            && let Some(Value::Array(few)) = shape::keyword(contract, &at, "enum")
        {
            let wanted = |word: &&String| {
                few.iter().find(|value| value.as_str().is_some_and(|value| shape::plain(value) == **word))
            };
            found.extend(statuses.iter().find_map(|word| wanted(&word)).map(|value| (here.clone(), value.clone())));
        }
        if shape::types(contract, &at).contains(&"boolean") {
            let bare = plain.strip_prefix("is").unwrap_or(&plain);
            let flag = flags.iter().find(|(name, _)| name == bare);
            found.extend(flag.map(|(_, flag)| (here, Value::Bool(*flag == Flag::On))));
        }
    }
    found
}

/// The collection whose items a path names, where there is one.
pub(crate) fn collection_of_item(inference: &Inference, contract: &Contract, path: &str) -> Option<usize> {
    let collection = inference.paths().number(path.strip_suffix("/{}")?)?;
    // What the paths of items are is cheap to know; whether the collection is one takes reading.
    inference.paths().nodes()[collection].items?;
    inference.resource(contract, collection).item_path.as_ref()?;
    inference.evidence(contract, collection).map(|_| collection)
}

/// True for a schema that shows nothing but the key of an item and what envelopes say: `{object, id}`.
fn is_reference(contract: &Contract, (item, collection): (&Location, &Collection), at: &Location) -> bool {
    let Some(key) = collection.key.last().filter(|_| collection.key.tokens().count() == 1) else { return false };
    let members = shape::members(contract, at);
    let has_key = members.iter().any(|(name, at)| {
        *name == *key
            && shape::member(contract, item, name)
                .is_some_and(|known| shape::types(contract, &known) == shape::types(contract, at))
    });
    has_key && members.iter().all(|(name, _)| *name == *key || words::is_envelope(&shape::plain(name)))
}

/// True for two uses of one schema, or two that read the same.
fn is_same(contract: &Contract, left: &Location, right: &Location) -> bool {
    let (left, right) = (shape::target(contract, left), shape::target(contract, right));
    left == right || contract.document().node(&left) == contract.document().node(&right)
}
