//! The effect of an operation by its role at its path.

use crate::behaviour::inference::own_effect::around::Around;
use crate::behaviour::inference::own_effect::elsewhere::elsewhere;
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::{Resource, path_parameters};
use crate::behaviour::inference::role::Role;
use crate::behaviour::inference::words::is_caller;
use crate::behaviour::{Action, Batch, Effect, Missing, Reach};
use crate::model::{Contract, Operation, StatusPattern};

/// What an operation does, as its path and method say.
pub(crate) fn by_path(inference: &Inference, contract: &Contract, operation: &Operation) -> Effect {
    let mut effect = Effect::default();
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
    let paths = inference.paths();
    let path = paths.nodes()[collection].path.as_str();
    let own = paths.of_entry(operation.index);
    let resource = inference.resource(contract, collection);
    let item = resource.item.clone();
    let around = Around { inference, contract, operation, name: &name, item: item.as_ref() };
    match role {
        Role::Item { action, parameter, .. } => {
            let is_flat = paths.nodes()[collection].items != Some(own);
            if !is_flat && path_parameters(operation).len() != evidence.scope.len() + 1 {
                let why = "its path names its item in more than one parameter, so it answers as documented";
                effect.because.push(why.to_owned());
                return effect;
            }
            effect.action = action;
            effect.missing = missing(operation, resource);
            effect.because.push(format!("its path ends in {{{parameter}}}, which names one item of {name}"));
            if is_flat {
                effect.reach = Reach::Collection;
                effect
                    .because
                    .push(format!("what it shows is made at {path}, so it is looked for among all of {name}"));
            }
            effect.because.push(format!("{} on an item is {}", operation.method, action.as_str()));
            around.wrap_one(&mut effect, Some(&parameter));
            effect.elsewhere = elsewhere(inference, contract, operation, collection, &parameter);
            effect.key_parameter = Some(parameter);
            if action == Action::Replace {
                around.leave_unsent(&mut effect, resource);
            }
        }
        Role::Collection { action, .. } => {
            effect.action = action;
            effect.because.push(match (&resource.item_path, resource.lists) {
                (Some((_, parameter)), _) => {
                    format!("there is {path}/{{{parameter}}}, so {path} is the collection {name}")
                }
                (None, true) => format!("GET {path} returns a list, so it is the collection {name}"),
                (None, false) => format!("POST {path} is documented with 201, so it is the collection {name}"),
            });
            effect.because.push(format!("{} on a collection is {}", operation.method, action.as_str()));
            let is_narrower = path_parameters(operation).len() < evidence.scope.len();
            if own != collection && (paths.nodes()[collection].items.is_none() || is_narrower) {
                effect.reach = Reach::Collection;
            }
            let parameter = resource.item_path.as_ref().map(|(_, parameter)| parameter.as_str());
            match action {
                Action::List => around.wrap_many(&mut effect),
                Action::Delete => {
                    effect.batch = around.keys();
                    if let (None, Some(item)) = (&effect.batch, &item) {
                        effect.filters = around.meanings(None, item).filters;
                    }
                    around.wrap_one(&mut effect, parameter);
                }
                Action::Create | Action::Upsert | Action::Replace | Action::Update => {
                    around.wrap_one(&mut effect, parameter);
                    effect.batch = around.batch(action, &effect);
                    if effect.batch.is_none() && matches!(action, Action::Replace | Action::Update) {
                        around.without_items(&mut effect);
                    }
                    if let Some(Batch::Items(_)) = effect.batch {
                        around.wrap_shown_items(&mut effect);
                    }
                    effect.shows = around.holder(resource);
                    if effect.shows.is_some() {
                        effect.because.push("its answer is the thing that holds them".to_owned());
                        effect.returned = None;
                    }
                }
                Action::Read | Action::Answer => around.wrap_one(&mut effect, parameter),
            }
            if let Some(batch) = &effect.batch {
                effect.because.push(match batch {
                    Batch::Items(place) if place.as_str().is_empty() => "its body is a list of items".to_owned(),
                    Batch::Items(place) => format!("its body has a list of items at {place}"),
                    Batch::Keys(place) => format!("it names items by their keys at {place} of its body"),
                    Batch::Query(name) => format!("it names items by their keys in {name}"),
                });
            }
            if effect.action == Action::Answer && effect.collection.is_none() && effect.batch.is_none() {
                return effect;
            }
        }
        Role::Verb { word, .. } => {
            effect.action = Action::Create;
            effect.because.push(format!("its path ends in `{word}` below the collection {name}, so it adds to that"));
            let parameter = resource.item_path.as_ref().map(|(_, parameter)| parameter.as_str());
            around.wrap_one(&mut effect, parameter);
            effect.batch = around.batch(Action::Create, &effect);
            effect.verb = Some(word);
        }
        Role::View { .. } => {
            effect.action = Action::List;
            effect.because.push(format!("it returns a list of what {path} holds, so it lists {name}"));
            if path_parameters(operation).len() < evidence.scope.len() {
                effect.reach = Reach::Collection;
                effect.because.push("its path names no owner, so it lists those of all".to_owned());
            }
            around.wrap_many(&mut effect);
        }
        Role::Singleton { action, .. } => {
            effect.action = action;
            effect.because.push(match inference.held(contract, own) {
                Some((place, below)) => {
                    effect.holds = Some((place.clone(), below));
                    format!(
                        "{path} is one thing, which holds at {place} what {} has",
                        inference.paths().nodes()[below].path
                    )
                }
                None if is_caller(&name) => format!("{path} is the one who calls"),
                None if resource.is_thing => {
                    format!("what is sent to {path} is what it shows, so {name} is one thing, whatever lists it has")
                }
                None => format!("{path} can be changed in place and has no items, so {name} is one thing"),
            });
            effect.because.push(format!("{} on it is {}", operation.method, action.as_str()));
            around.wrap_one(&mut effect, None);
            if action == Action::Replace {
                around.leave_unsent(&mut effect, resource);
            }
        }
        Role::Nothing(_) => {}
    }
    effect.collection = Some(collection);
    if effect.key_parameter.is_some() && operation.response(404).is_none() {
        effect.because.push("no 404 is documented, but what is not there is answered with that (RFC 9110)".to_owned());
    }
    effect
}

/// A replacement creates what is not there, unless keys are the server's to give, or 404 is documented and nothing says that
/// it may be created.
pub(super) fn missing(operation: &Operation, resource: &Resource) -> Missing {
    let has = |status| operation.responses.iter().any(|response| response.status == status);
    if has(StatusPattern::Exact(201)) {
        return Missing::Create;
    }
    // Beside a POST that gives the keys, a PUT finds what that made.
    if resource.methods.iter().any(|method| method == "POST") {
        return Missing::Refuse;
    }
    let may_create = operation.success().is_some_and(|response| !matches!(response.status, StatusPattern::Exact(_)));
    if has(StatusPattern::Exact(404)) && !may_create { Missing::Refuse } else { Missing::Create }
}
