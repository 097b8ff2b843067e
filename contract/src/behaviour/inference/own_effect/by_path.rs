//! The effect of an operation by its role at its path: one function for each role, each with the sentences that say
//! why.

use crate::behaviour::inference::joining;
use crate::behaviour::inference::own_effect::elsewhere::elsewhere;
use crate::behaviour::inference::own_effect::surroundings::Surroundings;
use crate::behaviour::inference::paths::{name_of, parent_of};
use crate::behaviour::inference::pieces::{Evidence, Inference};
use crate::behaviour::inference::resource::{Resource, path_parameters};
use crate::behaviour::inference::role::Role;
use crate::behaviour::inference::said;
use crate::behaviour::inference::words::is_caller;
use crate::behaviour::inference::wrapping;
use crate::behaviour::messages::request_schema;
use crate::behaviour::shape;
use crate::behaviour::{Action, Batch, Effect, Filter, Missing, Naming, Reach, Test};
use crate::model::{Contract, In, Operation, StatusPattern};

/// The effect of an operation, as its path and method say it.
pub(crate) fn by_path(inference: &Inference, contract: &Contract, operation: &Operation) -> Effect {
    let role = Role::of(inference, contract, operation);
    let Some((collection, evidence)) =
        role.collection().and_then(|collection| Some((collection, inference.evidence(contract, collection)?)))
    else {
        let why = if let Role::Nothing(why) = role { vec![why.to_owned()] } else { Vec::new() };
        return Effect { because: why, ..Effect::default() };
    };
    let name = inference.name(collection);
    let resource = inference.resource(contract, collection);
    let paths = inference.paths();
    let known = resource.item.as_ref().or(resource.listed.as_ref().map(|(_, item)| item));
    let here = PathOperation {
        surroundings: Surroundings {
            inference,
            contract,
            operation,
            name: &name,
            item: known,
            made_of: resource.sent.as_ref(),
        },
        collection,
        resource,
        evidence,
        path: &paths.nodes()[collection].path,
        own: paths.of_entry(operation.index),
    };
    let surroundings = here.surroundings;
    let mut effect = match role {
        Role::Item { action, parameter, .. } => here.on_item(action, parameter),
        Role::Collection { action, .. } => here.on_collection(action),
        Role::Verb { word, .. } => here.adding(word),
        Role::View { .. } => here.view(),
        Role::Several { parameter, .. } => here.several(&parameter),
        Role::Named { action, parameter, naming, .. } => here.named(action, parameter, naming),
        Role::Singleton { action, .. } => here.on_singleton(action),
        Role::Nothing(_) => Effect { collection: Some(collection), ..Effect::default() },
    };
    surroundings.say_by_query(&mut effect);
    effect
}

/// An operation at its path, with the collection that its role is about.
struct PathOperation<'a> {
    surroundings: Surroundings<'a>,
    /// The collection, as the number of its path.
    collection: usize,
    resource: &'a Resource,
    evidence: &'a Evidence,
    /// The path of the collection.
    path: &'a str,
    /// The number of the operation's own path.
    own: usize,
}

impl PathOperation<'_> {
    /// The effect on the item that the last parameter of the path names.
    fn on_item(&self, action: Action, parameter: String) -> Effect {
        let Surroundings { inference, contract, operation, name, .. } = self.surroundings;
        let mut effect = Effect::default();
        let paths = inference.paths();
        let own = &paths.nodes()[self.own].path;
        // A verb stands below the item that it is about.
        let item = if own.ends_with("{}") { own.as_str() } else { parent_of(own) };
        let is_flat = paths.nodes()[self.collection].items != paths.number(item);
        if !is_flat && path_parameters(operation).len() != self.evidence.scope.len() + 1 {
            let why = "its path names its item in more than one parameter, so it answers as documented";
            effect.because.push(why.to_owned());
            return effect;
        }
        effect.collection = Some(self.collection);
        effect.action = action;
        effect.missing = missing(operation, self.resource);
        let is_made_there = operation.method.as_str() == "POST" && said::is_creation(operation);
        if is_made_there {
            effect.action = Action::Replace;
        }
        let action = effect.action;
        if is_made_there || action == Action::Replace && said::is_upsert(contract, operation) {
            effect.missing = Missing::Create;
        }
        if let Some(whole) = joining::joined(inference, contract, self.collection).filter(|_| operation.body.is_none())
        {
            effect.missing = Missing::Create;
            effect.because.push(format!("it is one of {}, which are made there", paths.nodes()[whole].path));
        }
        effect.because.push(if own.ends_with("{}") {
            format!("its path ends in {{{parameter}}}, which names one item of {name}")
        } else {
            format!("its path ends in `{}` below one item of {name}, which is {}", name_of(own), action.as_str())
        });
        if is_flat {
            effect.reach = Reach::Collection;
            let path = self.path;
            effect.because.push(format!("its items are made at {path}, so one is looked for among all of {name}"));
        }
        if own.ends_with("{}") {
            effect.because.push(format!("{} on an item is {}", operation.method, action.as_str()));
        }
        self.surroundings.wrap_one(&mut effect, Some(&parameter));
        self.surroundings.wrap_sent_list(&mut effect);
        effect.elsewhere = elsewhere(inference, contract, operation, self.collection, &parameter);
        effect.key_parameter = Some(parameter);
        if action == Action::Replace {
            self.surroundings.leave_unsent(&mut effect, self.resource);
        }
        effect
    }

    /// The effect on the collection at the operation's own path.
    fn on_collection(&self, action: Action) -> Effect {
        let Surroundings { inference, contract, operation, name, .. } = self.surroundings;
        let path = self.path;
        let is_upsert = action == Action::Create && said::is_upsert(contract, operation);
        let creates = action == Action::Replace && said::is_creation(operation);
        let action = match (is_upsert, creates) {
            (true, _) => Action::Upsert,
            (false, true) => Action::Create,
            (false, false) => action,
        };
        let mut effect = Effect { action, ..Effect::default() };
        effect.because.push(match (&self.resource.item_path, self.resource.lists) {
            (Some((_, parameter)), _) => format!("there is {path}/{{{parameter}}}, so {path} is the collection {name}"),
            (None, true) => format!("GET {path} returns a list, so it is the collection {name}"),
            (None, false) => format!("POST {path} is documented with 201, so it is the collection {name}"),
        });
        effect.because.push(format!("{} on a collection is {}", operation.method, action.as_str()));
        let is_narrower = path_parameters(operation).len() < self.evidence.scope.len();
        if self.own != self.collection && (inference.paths().nodes()[self.collection].items.is_none() || is_narrower) {
            effect.reach = Reach::Collection;
        }
        match action {
            Action::List => {
                self.surroundings.wrap_many(&mut effect);
                if self.surroundings.operation.method.as_str() == "POST" {
                    effect.because.push("its body says which items are wanted, and its answer is a list".to_owned());
                    effect.batch = self.surroundings.keys();
                }
            }
            Action::Delete => self.deleting(&mut effect),
            Action::Create | Action::Upsert | Action::Replace | Action::Update => self.writing(action, &mut effect),
            Action::Read | Action::Answer => self.surroundings.wrap_one(&mut effect, self.parameter()),
        }
        effect.because.extend(effect.batch.as_ref().map(named_by));
        if effect.action != Action::Answer || effect.batch.is_some() {
            effect.collection = Some(self.collection);
        }
        effect
    }

    /// The items that a DELETE on a collection is about: those that are named, or those that its filters choose.
    fn deleting(&self, effect: &mut Effect) {
        effect.batch = self.surroundings.keys();
        if let (None, Some(item)) = (&effect.batch, self.surroundings.item) {
            effect.filters = self.surroundings.meanings(None, item).filters;
            let sent = request_schema(self.surroundings.operation);
            let is_like = sent.is_some_and(|at| wrapping::overlap(self.surroundings.contract, at, item) > 0);
            effect.batch = (is_like && effect.filters.is_empty()).then_some(Batch::Like);
        }
        self.surroundings.wrap_one(effect, self.parameter());
    }

    /// The items that a request to a collection makes or changes, and what its answer shows of them.
    fn writing(&self, action: Action, effect: &mut Effect) {
        self.surroundings.wrap_one(effect, self.parameter());
        effect.batch = self.surroundings.batch(action, effect);
        if effect.batch.is_none() && matches!(action, Action::Replace | Action::Update) {
            self.surroundings.without_items(effect);
        }
        if action == Action::Upsert {
            effect.natural_key = self.surroundings.natural_key(effect);
            effect.because.push("it says of itself that it creates or updates".to_owned());
            effect.because.extend(effect.natural_key.as_ref().map(|at| format!("one that is there is found by {at}")));
        }
        if let Some(Batch::Items(_)) = effect.batch {
            self.surroundings.wrap_shown_items(effect);
        }
        effect.shows = self.surroundings.holder(self.resource);
        if effect.shows.is_some() {
            effect.because.push("its answer is the thing that holds the items".to_owned());
            effect.returned = None;
        }
    }

    /// The creation that a verb at the end of the path says: `/users/create`.
    fn adding(&self, word: String) -> Effect {
        let mut effect = Effect { collection: Some(self.collection), action: Action::Create, ..Effect::default() };
        let name = self.surroundings.name;
        effect.because.push(format!("its path ends in `{word}` below the collection {name}, so it adds to that"));
        self.surroundings.wrap_one(&mut effect, self.parameter());
        effect.batch = self.surroundings.batch(Action::Create, &effect);
        if let Some(batch @ Batch::Items(_)) = &effect.batch {
            let why = named_by(batch);
            effect.because.push(why);
            self.surroundings.wrap_shown_items(&mut effect);
        }
        effect.verb = Some(word);
        effect
    }

    /// The list of a collection at another path than its own.
    fn view(&self) -> Effect {
        let mut effect = Effect { collection: Some(self.collection), action: Action::List, ..Effect::default() };
        effect
            .because
            .push(format!("it returns a list of the items of {}, so it lists {}", self.path, self.surroundings.name));
        if path_parameters(self.surroundings.operation).len() < self.evidence.scope.len() {
            effect.reach = Reach::Collection;
            effect.because.push("its path names no owner, so it lists the items of all owners".to_owned());
        }
        self.surroundings.wrap_many(&mut effect);
        let Surroundings { inference, contract, operation, .. } = self.surroundings;
        if let Some(belonging) = joining::belonging(inference, contract, operation) {
            effect.because.push(format!("those whose {} is {{{}}}", belonging.at, belonging.parameter));
            effect.filters.push(Filter {
                parameter: belonging.parameter,
                member: None,
                at: belonging.at,
                test: Test::Among,
            });
        }
        effect
    }

    /// The effect on an item that the path names otherwise than by its key.
    fn named(&self, action: Action, parameter: Option<String>, naming: Naming) -> Effect {
        let mut effect = Effect { collection: Some(self.collection), action, ..Effect::default() };
        let name = self.surroundings.name;
        effect.because.extend(match (&naming, &parameter) {
            (Naming::Member(at), Some(parameter)) => {
                Some(format!("its path names one of {name} by {at}, which {{{parameter}}} says"))
            }
            (Naming::Youngest, _) => Some(format!("its path names the one of {name} that came last")),
            (Naming::Key | Naming::Member(_), _) => {
                Some(format!("its path names one of {name} behind a verb, which is {}", action.as_str()))
            }
        });
        self.surroundings.wrap_one(&mut effect, self.parameter());
        effect.missing = if action == Action::Replace { Missing::Create } else { Missing::Refuse };
        effect.key_parameter = parameter;
        effect.naming = naming;
        effect
    }

    /// The list of the items whose keys the path names.
    fn several(&self, parameter: &str) -> Effect {
        let mut effect = Effect { collection: Some(self.collection), action: Action::List, ..Effect::default() };
        let Surroundings { contract, item, name, .. } = self.surroundings;
        effect.because.push(format!("its path names several items of {name} by their keys in {{{parameter}}}"));
        self.surroundings.wrap_many(&mut effect);
        let key = item.and_then(|item| wrapping::key_of(contract, item, &self.surroundings.wanted(self.parameter())));
        effect.filters.push(Filter {
            parameter: parameter.to_owned(),
            member: None,
            at: key.unwrap_or_default(),
            test: Test::Among,
        });
        effect
    }

    /// The effect on the one thing at the operation's path.
    fn on_singleton(&self, action: Action) -> Effect {
        let Surroundings { inference, contract, operation, name, .. } = self.surroundings;
        let path = self.path;
        let mut effect = Effect { collection: Some(self.collection), action, ..Effect::default() };
        effect.because.push(match inference.held(contract, self.own) {
            Some((place, below)) => {
                effect.holds = Some((place.clone(), below));
                let held = &inference.paths().nodes()[below].path;
                format!("{path} is one thing, which holds the items of {held} at {place}")
            }
            None if is_caller(name) => format!("{path} is the caller"),
            None if self.resource.is_thing => {
                format!("{path} takes what it returns, so {name} is one thing, whatever lists it has")
            }
            None => format!("{path} can be changed in place and has no items, so {name} is one thing"),
        });
        effect.because.push(format!("{} on it is {}", operation.method, action.as_str()));
        self.surroundings.wrap_one(&mut effect, None);
        if action == Action::Replace {
            self.surroundings.leave_unsent(&mut effect, self.resource);
        }
        effect.variant = self.variant();
        effect.because.extend(effect.variant.as_ref().map(|name| format!("{name} says which of several it is")));
        effect
    }

    /// The query parameter that says which of several things at the path is meant: every operation there asks for it, as one of
    /// some words.
    fn variant(&self) -> Option<String> {
        let Surroundings { inference, contract, operation, .. } = self.surroundings;
        let there = &inference.paths().nodes()[self.own].entries;
        let all: Vec<&Operation> = there.iter().filter_map(|index| contract.operation(*index).ok()).collect();
        let is_word = |name: &str, operation: &Operation| {
            let parameter = operation.parameter(In::Query, name).filter(|parameter| parameter.required);
            let schema = parameter.and_then(|parameter| parameter.shape.schema());
            schema.is_some_and(|at| shape::keyword(contract, at, "enum").is_some())
        };
        let mut query = operation.parameters.iter().filter(|parameter| parameter.place == In::Query);
        let found = query.find(|parameter| all.iter().all(|operation| is_word(&parameter.name, operation)))?;
        (all.len() > 1).then(|| found.name.clone())
    }

    /// The parameter by which the item's own path names one of the collection.
    fn parameter(&self) -> Option<&str> {
        self.resource.item_path.as_ref().map(|(_, parameter)| parameter.as_str())
    }
}

/// The way in which a request names several items, as a sentence.
fn named_by(batch: &Batch) -> String {
    match batch {
        Batch::Items(place) if place.as_str().is_empty() => "its body is a list of items".to_owned(),
        Batch::Items(place) => format!("its body has a list of items at {place}"),
        Batch::Keys(place) => format!("it names items by their keys at {place} of its body"),
        Batch::Query(name) => format!("it names items by their keys in {name}"),
        Batch::Like => "its body has members of the items that it is about".to_owned(),
        Batch::Chosen => "it says members of the items that its filters choose".to_owned(),
    }
}

/// A replacement creates what is not there, unless keys are the server's to give, or 404 is documented and nothing says that
/// it may be created.
fn missing(operation: &Operation, resource: &Resource) -> Missing {
    let has = |status| operation.responses.iter().any(|response| response.status == status);
    if has(StatusPattern::Exact(201)) {
        return Missing::Create;
    }
    // Beside a POST that gives the keys, a PUT finds what that made.
    if resource.has("POST") {
        return Missing::Refuse;
    }
    let may_create = operation.success().is_some_and(|response| !matches!(response.status, StatusPattern::Exact(_)));
    if has(StatusPattern::Exact(404)) && !may_create { Missing::Refuse } else { Missing::Create }
}
