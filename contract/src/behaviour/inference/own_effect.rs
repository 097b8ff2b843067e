//! What one operation does: by its role at its path, or as its `x-etalon` says, which has the last word. Each inference
//! leaves a sentence.

use serde_json::Value;

use crate::behaviour::inference::declaration::Declared;
use crate::behaviour::inference::paths::{name_of, parent_of};
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::{
    Resource, other_success_schemas, parameter_schema, path_parameters, request_schema, success_schema,
};
use crate::behaviour::inference::role::Role;
use crate::behaviour::inference::words::{self, Flag, is_caller, verb};
use crate::behaviour::inference::wrapping::{self, Wanted};
use crate::behaviour::paging::parameters::{self, Meanings};
use crate::behaviour::shape;
use crate::behaviour::{Action, Batch, Effect, Elsewhere, Missing, Paging, Reach, Test, Timing};
use crate::document::{Location, Pointer};
use crate::model::{Contract, In, Operation, StatusPattern};

/// What an operation does, as its path and method say.
pub(super) fn by_path(inference: &Inference, contract: &Contract, operation: &Operation) -> Effect {
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

/// Collections under other paths whose items this one may name: they are called the same and show the same.
fn elsewhere(
    inference: &Inference,
    contract: &Contract,
    operation: &Operation,
    collection: usize,
    parameter: &str,
) -> Vec<Elsewhere> {
    let paths = inference.paths();
    let path = paths.nodes()[collection].path.as_str();
    let resource = inference.resource(contract, collection);
    let Some(item) = resource.item.as_ref().filter(|item| !shape::members(contract, item).is_empty()) else {
        return Vec::new();
    };
    // Only where nothing is made or listed at the path itself.
    let Some(named) =
        path.strip_suffix("/{}").and_then(|above| paths.number(above)).filter(|_| resource.methods.is_empty())
    else {
        return Vec::new();
    };
    let names = path_parameters(operation);
    let owner = names.len().checked_sub(2).and_then(|index| names.get(index)).cloned();
    let wanted = Wanted {
        collection: &name_of(path),
        parameter: Some((parameter, parameter_schema(operation, parameter))),
        item: None,
    };
    let Some(key) = wrapping::key_of(contract, item, &wanted) else { return Vec::new() };
    let makers = paths.namesakes(named).filter(|other| {
        let makes = paths.nodes()[*other].entries.iter();
        makes.into_iter().any(|index| contract.entries()[*index].method.as_str() == "POST")
            && inference.resource(contract, *other).posted.as_ref() == Some(item)
            && inference.evidence(contract, *other).is_some()
    });
    makers.map(|collection| Elsewhere { collection, key: key.clone(), owner: owner.clone() }).collect()
}

/// What an operation does that says so itself.
pub(super) fn declared(
    inference: &Inference,
    contract: &Contract,
    operation: &Operation,
    by_path: &Effect,
    declared: &Declared,
) -> Effect {
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
    effect.missing = Missing::default();
    if declared.action == Action::Replace && by_path.action == Action::Replace {
        effect.missing = by_path.missing;
    }
    let around = Around { inference, contract, operation, name: &declared.name, item: None };
    match declared.action {
        Action::List => around.wrap_many(&mut effect),
        Action::Create | Action::Upsert | Action::Read | Action::Replace | Action::Update | Action::Delete => {
            let parameter = effect.key_parameter.clone();
            around.wrap_one(&mut effect, parameter.as_deref());
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
    // What may be done at a path is told whether or not something is there (RFC 9110 §9.3.7).
    let is_about_the_path = matches!(operation.method.as_str(), "OPTIONS" | "TRACE");
    if own_effect.collection.is_some() || operation.extension.is_some() || is_about_the_path {
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
        .map(|at| {
            wrapping::one(
                contract,
                at,
                &Wanted { item: collection.item.as_ref(), ..Wanted::named(&collection.name, Some(&parameter)) },
            )
        })
        .filter(|(_, at)| collection.item.as_ref().is_some_and(|item| is_same(contract, item, at)));
    let name = &collection.name;
    let mut effect = own_effect.clone();
    effect.subject = Some(found);
    effect.because.push(format!("its path leads through {{{parameter}}}, so that one of {name} must be there"));
    if let Some((pointer, _)) = shown {
        effect.because.push(format!("its answer is an item of {name}, so it is the one that is there"));
        effect.returned = Some(pointer);
    }
    let path = paths.nodes()[paths.of_entry(operation.index)].path.as_str();
    if effect.returned.is_none()
        && operation.method.as_str() == "GET"
        && shows_bytes(contract, operation)
        && collection.bytes.is_some()
    {
        effect.because.push(format!("its answer is the file of one of {name}, as it was uploaded"));
        effect.returned = Some(Pointer::root());
    }
    let word = name_of(path);
    if matches!(operation.method.as_str(), "POST" | "PUT" | "PATCH")
        && parent_of(path) == above
        && verb(&word).is_some()
        && let Some(item) = &collection.item
    {
        effect.marks = marks(contract, item, &word);
        for (pointer, value) in &effect.marks {
            effect.because.push(format!("`{word}` makes {pointer} {value}"));
        }
    }
    effect.key_parameter = Some(parameter);
    Some(effect)
}

/// True where what an operation shows is bytes or text in no form that is looked into.
fn shows_bytes(contract: &Contract, operation: &Operation) -> bool {
    let contents =
        operation.responses.iter().filter(|response| response.status.is_success()).flat_map(|one| &one.content);
    let mut contents = contents.peekable();
    contents.peek().is_some()
        && contents.all(|content| {
            let is_text = |at: &Location| shape::types(contract, at).iter().all(|kind| *kind == "string");
            !content.media_type.is_json() && content.schema.as_ref().is_none_or(is_text)
        })
}

/// What an item is after a verb was done to it: its status is the word for that, a flag of that name is set.
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
            let flag = flags.iter().find(|(name, _)| *name == bare);
            found.extend(flag.map(|(_, flag)| (here, Value::Bool(*flag == Flag::On))));
        }
    }
    found
}

/// The collection whose items a path names, where there is one.
pub(super) fn collection_of_item(inference: &Inference, contract: &Contract, path: &str) -> Option<usize> {
    let collection = inference.paths().number(path.strip_suffix("/{}")?)?;
    // What the paths of items are is cheap to know; whether the collection is one takes reading.
    inference.paths().nodes()[collection].items?;
    inference.resource(contract, collection).item_path.as_ref()?;
    inference.evidence(contract, collection).map(|_| collection)
}

/// An operation, and what is known of the collection that it acts on.
struct Around<'a> {
    inference: &'a Inference,
    contract: &'a Contract,
    operation: &'a Operation,
    name: &'a str,
    item: Option<&'a Location>,
}

/// Words for the keys of several items.
const KEY_LISTS: [&str; 8] = ["ids", "idlist", "uuids", "keys", "uris", "names", "slugs", "idlists"];

impl<'a> Around<'a> {
    fn wanted<'w>(&'w self, parameter: Option<&'w str>) -> Wanted<'w> {
        let parameter = parameter.map(|name| (name, parameter_schema(self.operation, name)));
        Wanted { collection: self.name, parameter, item: self.item }
    }

    fn wrap_one(&self, effect: &mut Effect, parameter: Option<&str>) {
        let (contract, operation) = (self.contract, self.operation);
        let returned = success_schema(operation).map(|at| wrapping::one(contract, at, &self.wanted(parameter)));
        let shown = returned.as_ref().map(|(_, at)| at).filter(|at| !shape::members(contract, at).is_empty());
        let sent = request_schema(operation).map(|at| self.sent(at, shown, parameter));
        effect.sent = sent;
        effect.returned = returned.as_ref().map(|(pointer, _)| pointer.clone());
        let others = other_success_schemas(operation).into_iter();
        let item = self.item.or(shown);
        let others =
            others.map(|at| (at.clone(), wrapping::one(contract, at, &Wanted { item, ..self.wanted(parameter) }).0));
        effect.returned_else = others.filter(|(_, place)| Some(place) != effect.returned.as_ref()).collect();
        for (pointer, what) in [(&effect.sent, "request"), (&effect.returned, "response")] {
            if let Some(pointer) = pointer.as_ref().filter(|pointer| !pointer.as_str().is_empty()) {
                effect.because.push(format!("in its {what} the item stands at {pointer}"));
            }
        }
    }

    /// Where in a request the item stands: where most of its members are those of the item.
    fn sent(&self, at: &Location, shown: Option<&Location>, parameter: Option<&str>) -> Pointer {
        let contract = self.contract;
        let item = self.item.or(shown);
        let Some(item) = item else {
            let (pointer, _) = wrapping::one(contract, at, &self.wanted(parameter));
            return pointer;
        };
        let own = wrapping::overlap(contract, at, item);
        let members = shape::members(contract, at);
        let known = shape::by_name(contract, item);
        let inner = members.iter().filter(|(_, at)| shape::is_object(contract, at)).filter_map(|(name, at)| {
            let common = wrapping::overlap(contract, at, item);
            // What the item has by that name is a member of it, unless nothing else of the request is.
            let is_member = known.contains_key(name) && own > usize::from(common > 1);
            (common > 0 && !is_member && common >= own).then_some((common, name))
        });
        match inner.max_by_key(|(common, _)| *common) {
            Some((common, name)) if common > own || common == own && members.len() == 1 => Pointer::root().join(name),
            Some(_) | None if own == 0 && members.len() == 1 => match members.first() {
                Some((name, at)) if shape::is_object(contract, at) && !known.contains_key(name) => {
                    Pointer::root().join(name)
                }
                Some(_) | None => Pointer::root(),
            },
            Some(_) | None => Pointer::root(),
        }
    }

    fn wrap_many(&self, effect: &mut Effect) {
        let (contract, operation) = (self.contract, self.operation);
        let found = success_schema(operation).and_then(|at| wrapping::many(contract, at, &self.wanted(None)));
        let Some((pointer, item)) = found else { return };
        let paging = parameters::of(contract, operation);
        let meanings = self.meanings(paging.as_ref(), &item);
        let place = if pointer.as_str().is_empty() { "the body itself".to_owned() } else { pointer.to_string() };
        effect.because.push(format!("the items stand at {place}"));
        effect.returned = Some(pointer);
        let others = other_success_schemas(operation).into_iter();
        let others = others.filter_map(|at| Some((at.clone(), wrapping::many(contract, at, &self.wanted(None))?.0)));
        effect.returned_else = others.filter(|(_, place)| Some(place) != effect.returned.as_ref()).collect();
        if let Some(paging) = &paging {
            effect.because.push(format!("its pages are found {}", paging.describe()));
        }
        effect.paging = paging;
        for filter in &meanings.filters {
            let name = filter
                .member
                .as_ref()
                .map_or_else(|| filter.parameter.clone(), |member| format!("{}[{member}]", filter.parameter));
            effect.because.push(match (filter.test, filter.at.as_str()) {
                (Test::Contains, "") => format!("{name} searches all texts"),
                (_, "") => format!("{name} chooses by the key"),
                _ => format!("{name} chooses by {}", filter.at),
            });
        }
        if let Some(sort) = &meanings.sort {
            effect.because.push(format!("{} says the order", sort.by));
        }
        effect.filters = meanings.filters;
        effect.sort = meanings.sort;
        effect.unused = meanings.unused;
    }

    fn meanings(&self, paging: Option<&Paging>, item: &Location) -> Meanings {
        let keys = |plain: &str| {
            if !self.is_key_list(plain) {
                return None;
            }
            let wanted = self.wanted(None);
            Some(wrapping::key_of(self.contract, item, &wanted).unwrap_or_default())
        };
        parameters::meanings(self.contract, self.operation, paging, item, &keys)
    }

    /// Where the answer is a list of what was sent, each of it is shown.
    fn wrap_shown_items(&self, effect: &mut Effect) {
        let found = success_schema(self.operation).and_then(|at| wrapping::many(self.contract, at, &self.wanted(None)));
        if let Some((pointer, _)) = found {
            effect.because.push("its answer is a list of them".to_owned());
            effect.returned = Some(pointer);
        }
    }

    /// The thing that the answer shows, where that is the one which holds the items.
    fn holder(&self, resource: &Resource) -> Option<usize> {
        let shown = shape::target(self.contract, success_schema(self.operation)?);
        let paths = self.inference.paths();
        let own = &paths.nodes()[paths.of_entry(self.operation.index)].path;
        (resource.holder.as_ref()? == &shown).then(|| paths.number(parent_of(own))).flatten()
    }

    /// What a request to a collection names several items by.
    fn batch(&self, action: Action, effect: &Effect) -> Option<Batch> {
        let at = request_schema(self.operation)?;
        let contract = self.contract;
        if shape::is_array(contract, at) {
            let each = shape::items(contract, at)?;
            let is_plain = !shape::is_object(contract, &each) && !shape::types(contract, &each).is_empty();
            return Some(if is_plain { Batch::Keys(Pointer::root()) } else { Batch::Items(Pointer::root()) });
        }
        if let Some(keys) = self.keys_in_body(at).filter(|_| action != Action::Create) {
            return Some(Batch::Keys(keys));
        }
        let item = self.item?;
        if effect.sent.as_ref().is_none_or(|sent| !sent.as_str().is_empty())
            || wrapping::overlap(contract, at, item) > 0
        {
            return None;
        }
        let (place, each) = wrapping::many(contract, at, &self.wanted(None))?;
        (wrapping::overlap(contract, &each, item) > 0).then_some(Batch::Items(place))
    }

    /// The keys that a request names, in its query or its body.
    fn keys(&self) -> Option<Batch> {
        let query = self.operation.parameters.iter().filter(|parameter| parameter.place == In::Query);
        let named = query.filter(|parameter| self.is_key_list(&parameter.name));
        let by_query = named.map(|parameter| Batch::Query(parameter.name.clone())).next();
        by_query.or_else(|| {
            let at = request_schema(self.operation)?;
            let is_list = shape::is_array(self.contract, at)
                && shape::items(self.contract, at).is_some_and(|each| !shape::is_object(self.contract, &each));
            if is_list { Some(Batch::Keys(Pointer::root())) } else { self.keys_in_body(at).map(Batch::Keys) }
        })
    }

    fn keys_in_body(&self, at: &Location) -> Option<Pointer> {
        let members = shape::members(self.contract, at);
        let found = members.iter().find(|(name, at)| {
            self.is_key_list(name)
                && shape::is_array(self.contract, at)
                && shape::items(self.contract, at).is_some_and(|each| !shape::is_object(self.contract, &each))
        });
        found.map(|(name, _)| Pointer::root().join(name))
    }

    fn is_key_list(&self, name: &str) -> bool {
        let plain = shape::plain(name);
        let singular = shape::singular(&shape::plain(self.name));
        KEY_LISTS.contains(&plain.as_str())
            || plain.strip_prefix(&singular).is_some_and(|rest| KEY_LISTS.contains(&rest))
    }

    /// A PUT or PATCH on a list that has no items in it changes nothing that is kept, unless it says which one by its key.
    fn without_items(&self, effect: &mut Effect) {
        let names_one = effect.sent.as_ref().and_then(|sent| {
            let at = shape::within(self.contract, request_schema(self.operation)?, sent)?;
            wrapping::key_of(self.contract, &at, &self.wanted(None))
        });
        if names_one.is_none() {
            effect.action = Action::Answer;
            effect.because.push("it names no item and holds none, so it answers as documented".to_owned());
        }
    }

    /// A replacement that asks for nothing changes what is sent and leaves the rest: it is a PATCH by another name.
    fn leave_unsent(&self, effect: &mut Effect, resource: &Resource) {
        let Some(at) =
            request_schema(self.operation).and_then(|at| shape::within(self.contract, at, effect.sent.as_ref()?))
        else {
            return;
        };
        let Some(item) = &resource.item else { return };
        let needed = shape::required(self.contract, item);
        let members = shape::by_name(self.contract, &at);
        let asks = shape::required(self.contract, &at);
        let may_omit = members.keys().any(|name| needed.contains(name.as_str()) && !asks.contains(name.as_str()));
        if asks.is_empty() && may_omit {
            effect.action = Action::Update;
            effect.because.push("it asks for no member of the item, so what is not sent stays as it was".to_owned());
        }
    }
}

/// True for two uses of one schema, or two that read the same.
fn is_same(contract: &Contract, left: &Location, right: &Location) -> bool {
    let (left, right) = (shape::target(contract, left), shape::target(contract, right));
    left == right || contract.document().node(&left) == contract.document().node(&right)
}

/// A replacement creates what is not there, unless keys are the server's to give, or 404 is documented and nothing says that
/// it may be created.
fn missing(operation: &Operation, resource: &Resource) -> Missing {
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
