//! What one operation does: by its role at its path, or as its `x-etalon` says, which has the last word. Each inference
//! leaves a sentence.

use crate::behaviour::inference::declaration::Declared;
use crate::behaviour::inference::paths::parent_of;
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::{path_parameters, request_schema, success_schema};
use crate::behaviour::inference::role::Role;
use crate::behaviour::inference::wrapping;
use crate::behaviour::paging::parameters;
use crate::behaviour::shape;
use crate::behaviour::{Action, Effect, Missing, Timing};
use crate::document::{Location, Pointer};
use crate::model::{Contract, Operation, StatusPattern};

/// What an operation does, as its path and method say.
pub(super) fn by_path(inference: &Inference, contract: &Contract, operation: &Operation) -> Effect {
    let mut effect = Effect { missing: missing(operation), ..Effect::default() };
    let role = Role::of(inference, contract, operation);
    let Some((collection, evidence)) =
        role.collection().and_then(|collection| Some((collection, inference.evidence(contract, collection)?)))
    else {
        if let Role::Nothing(why) = role {
            effect.because.push(why.to_owned());
        }
        return effect;
    };
    let name = inference.name(collection);
    let path = inference.paths().nodes()[collection].path.as_str();
    match role {
        Role::Item { action, parameter, .. } => {
            if path_parameters(operation).len() != evidence.scope.len() + 1 {
                let why = "its path names its item in more than one parameter, so it answers as documented";
                effect.because.push(why.to_owned());
                return effect;
            }
            effect.action = action;
            effect.because.push(format!("its path ends in {{{parameter}}}, which names one item of {name}"));
            effect.because.push(format!("{} on an item is {}", operation.method, action.as_str()));
            wrap_one(&mut effect, contract, operation, &name, Some(&parameter));
            effect.key_parameter = Some(parameter);
        }
        Role::Collection { action, .. } => {
            let resource = inference.resource(contract, collection);
            effect.action = action;
            effect.because.push(match (&resource.item_path, resource.lists) {
                (Some((_, parameter)), _) => {
                    format!("there is {path}/{{{parameter}}}, so {path} is the collection {name}")
                }
                (None, true) => format!("GET {path} returns a list, so it is the collection {name}"),
                (None, false) => format!("POST {path} is documented with 201, so it is the collection {name}"),
            });
            effect.because.push(format!("{} on a collection is {}", operation.method, action.as_str()));
            if action == Action::List {
                wrap_many(&mut effect, contract, operation, &name);
            } else {
                let parameter = resource.item_path.as_ref().map(|(_, parameter)| parameter.as_str());
                wrap_one(&mut effect, contract, operation, &name, parameter);
            }
        }
        Role::View { .. } => {
            effect.action = Action::List;
            effect.because.push(format!("it returns a list of what {path} holds, so it lists {name}"));
            wrap_many(&mut effect, contract, operation, &name);
        }
        Role::Singleton { action, .. } => {
            effect.action = action;
            effect.because.push(format!("{path} can be changed in place and has no items, so {name} is one thing"));
            effect.because.push(format!("{} on it is {}", operation.method, action.as_str()));
            wrap_one(&mut effect, contract, operation, &name, None);
        }
        Role::Nothing(_) => {}
    }
    effect.collection = Some(collection);
    effect
}

/// What an operation does that says so itself.
pub(super) fn declared(contract: &Contract, operation: &Operation, by_path: &Effect, declared: &Declared) -> Effect {
    let extension = &declared.extension;
    let mut effect = Effect {
        collection: declared.collection,
        action: if declared.collection.is_some() { declared.action } else { Action::Answer },
        key_parameter: declared.key_parameter.clone(),
        unique: extension.unique.clone(),
        set: extension.set.clone(),
        for_each: extension.for_each.clone(),
        timing: extension.timing.unwrap_or(Timing::AtOnce),
        because: vec!["its x-etalon says so".to_owned()],
        ..by_path.clone()
    };
    if declared.collection.is_none() {
        return effect;
    }
    match declared.action {
        Action::List => wrap_many(&mut effect, contract, operation, &declared.name),
        Action::Create | Action::Upsert | Action::Read | Action::Replace | Action::Update | Action::Delete => {
            let parameter = effect.key_parameter.clone();
            wrap_one(&mut effect, contract, operation, &declared.name, parameter.as_deref());
        }
        Action::Answer => {}
    }
    effect
}

/// The effect of an operation that only answers, but whose path leads through an item: it speaks of that one. `None` where
/// there is nothing to add.
pub(super) fn through(
    inference: &Inference,
    contract: &Contract,
    operation: &Operation,
    own_effect: &Effect,
) -> Option<Effect> {
    if own_effect.collection.is_some() || operation.extension.is_some() {
        return None;
    }
    let paths = inference.paths();
    let mut above = paths.nodes()[paths.of_entry(operation.index)].path.as_str();
    let found = loop {
        if above.is_empty() {
            return None;
        }
        if let Some(collection) = collection_of_item(inference, contract, above) {
            break collection;
        }
        above = parent_of(above);
    };
    let collection = inference.collection(contract, found);
    let depth = collection.scope.len();
    // A key in more than one parameter names no item that is known.
    if above.matches("{}").count() != depth + 1 {
        return None;
    }
    let parameter = path_parameters(operation).into_iter().nth(depth)?;
    let shown = success_schema(operation)
        .map(|at| wrapping::one(contract, at, &collection.name, Some(&parameter)))
        .filter(|(_, at)| collection.item.as_ref().is_some_and(|item| is_same(contract, item, at)));
    let name = &collection.name;
    let mut effect = own_effect.clone();
    effect.subject = Some(found);
    effect.because.push(format!("its path leads through {{{parameter}}}, so that one of {name} must be there"));
    if let Some((pointer, _)) = shown {
        effect.because.push(format!("its answer is an item of {name}, so it is the one that is there"));
        effect.returned = Some(pointer);
    }
    effect.key_parameter = Some(parameter);
    Some(effect)
}

/// The collection whose items a path names, where there is one.
pub(super) fn collection_of_item(inference: &Inference, contract: &Contract, path: &str) -> Option<usize> {
    let collection = inference.paths().number(path.strip_suffix("/{}")?)?;
    // What the paths of items are is cheap to know; whether the collection is one takes reading.
    inference.paths().nodes()[collection].items?;
    inference.resource(contract, collection).item_path.as_ref()?;
    inference.evidence(contract, collection).map(|_| collection)
}

fn wrap_one(effect: &mut Effect, contract: &Contract, operation: &Operation, name: &str, parameter: Option<&str>) {
    let returned = success_schema(operation).map(|at| wrapping::one(contract, at, name, parameter));
    let sent = request_schema(operation).map(|at| {
        let wrapped = returned.as_ref().and_then(|(pointer, _)| {
            shape::within(contract, at, pointer)
                .filter(|inner| !pointer.as_str().is_empty() && shape::is_object(contract, inner))
                .map(|_| pointer.clone())
        });
        wrapped.unwrap_or_else(|| {
            let (pointer, _) = wrapping::one(contract, at, name, parameter);
            // An envelope of the request alone is believed only where the answer tells what an item is.
            if pointer.as_str() == "/data" { pointer } else { Pointer::root() }
        })
    });
    effect.sent = sent;
    effect.returned = returned.map(|(pointer, _)| pointer);
    for (pointer, what) in [(&effect.sent, "request"), (&effect.returned, "response")] {
        if let Some(pointer) = pointer.as_ref().filter(|pointer| !pointer.as_str().is_empty()) {
            effect.because.push(format!("in its {what} the item stands at {pointer}"));
        }
    }
}

fn wrap_many(effect: &mut Effect, contract: &Contract, operation: &Operation, name: &str) {
    let found = success_schema(operation).and_then(|at| wrapping::many(contract, at, name));
    let Some((pointer, item)) = found else { return };
    let paging = parameters::of(contract, operation);
    let filters = parameters::filters(contract, operation, paging.as_ref(), &item);
    let place = if pointer.as_str().is_empty() { "the body itself".to_owned() } else { pointer.to_string() };
    effect.because.push(format!("the items stand at {place}"));
    effect.returned = Some(pointer);
    if let Some(paging) = &paging {
        effect.because.push(format!("its pages are found {}", paging.describe()));
    }
    effect.paging = paging;
    for (parameter, pointer) in &filters {
        effect.because.push(format!("{parameter} chooses by {pointer}"));
    }
    effect.filters = filters;
}

/// True for two uses of one schema, or two that read the same.
fn is_same(contract: &Contract, left: &Location, right: &Location) -> bool {
    let (left, right) = (shape::target(contract, left), shape::target(contract, right));
    left == right || contract.document().node(&left) == contract.document().node(&right)
}

/// A replacement creates what is not there, unless 404 is documented and nothing says that it may be created.
fn missing(operation: &Operation) -> Missing {
    let has = |status| operation.responses.iter().any(|response| response.status == status);
    let may_create = has(StatusPattern::Exact(201))
        || operation.success().is_some_and(|response| !matches!(response.status, StatusPattern::Exact(_)));
    if has(StatusPattern::Exact(404)) && !may_create { Missing::Refuse } else { Missing::Create }
}
