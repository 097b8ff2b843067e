//! What an operation is to the path that it acts on, by its method, its path and the resources that it knows of there.

use crate::behaviour::inference::joining::{self, Belonging};
use crate::behaviour::inference::method::{member_named, on_collection, on_item, on_one, on_thing, shows_sent};
use crate::behaviour::inference::own_effect::laid;
use crate::behaviour::inference::paths::{name_of, parent_of};
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::{path_parameters, tail_parameter};
use crate::behaviour::inference::view::{view_of, view_of_all};
use crate::behaviour::inference::words::{
    self, OnItem, Verb, is_caller, is_only_verb, on_item as verb_on_item, shows_all, shows_whole, verb,
};
use crate::behaviour::inference::wrapping;
use crate::behaviour::messages::{request_schema, success_schema};
use crate::behaviour::shape;
use crate::behaviour::{Action, Naming};
use crate::document::Location;
use crate::model::{Contract, Operation};

/// The role of an operation at the path that it acts on; paths by their numbers among all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It acts on the item that the last parameter of its path names.
    Item {
        /// The path of the collection.
        collection: usize,
        /// The action on the item.
        action: Action,
        /// The name of the parameter.
        parameter: String,
    },
    /// It acts on the item of the collection that its path names by another member than the key, or as the youngest.
    Named {
        /// The path of the collection.
        collection: usize,
        /// The action on the item.
        action: Action,
        /// The name of the parameter, where there is one.
        parameter: Option<String>,
        /// The way in which the path names the item.
        naming: Naming,
    },
    /// It acts on the collection at its own path.
    Collection {
        /// The number of that path.
        collection: usize,
        /// The action on the collection.
        action: Action,
    },
    /// It adds to the collection above it, as the verb that it ends in says: `/users/create`.
    Verb {
        /// The path of the collection.
        collection: usize,
        /// The verb in plain spelling.
        word: String,
    },
    /// It lists the very items of the collection above it: `/pets/findByStatus` beside `/pets/{id}`.
    View {
        /// The path of the collection.
        collection: usize,
    },
    /// It lists those items of the collection whose keys the last parameter of its path names: `/answers/{ids}`.
    Several {
        /// The path of the collection.
        collection: usize,
        /// The name of the parameter.
        parameter: String,
    },
    /// It acts on the one thing at its path.
    Singleton {
        /// The number of that path.
        collection: usize,
        /// The action on the thing.
        action: Action,
    },
    /// None, for this reason.
    Nothing(&'static str),
}

impl Role {
    pub(super) fn of(inference: &Inference, contract: &Contract, operation: &Operation) -> Self {
        let paths = inference.paths();
        let own = paths.of_entry(operation.index);
        let path = paths.nodes()[own].path.as_str();
        let method = operation.method.as_str();
        if let Some(parameter) = tail_parameter(operation)
            && !inference.is_collection(contract, own)
            && let Some(collection) = paths.number(parent_of(path))
        {
            if names_several(inference, contract, operation, (collection, &parameter)) {
                return Self::Several { collection: inference.home(contract, collection), parameter };
            }
            if let Some(role) = Self::of_named(inference, contract, operation, path) {
                return role;
            }
            if let Some(role) = Self::of_verb_before(inference, contract, operation, (path, &parameter)) {
                return role;
            }
            if is_of_another(inference, contract, own, &parameter) {
                return Self::Nothing("its key is that of another thing, so it answers as documented");
            }
            return match on_item(operation) {
                Some(action) => Self::Item { collection: inference.home(contract, collection), action, parameter },
                None => Self::Nothing("its method says nothing of state, so it answers as documented"),
            };
        }
        if let Some(role) = Self::of_named(inference, contract, operation, path) {
            return role;
        }
        if inference.is_member(contract, operation) {
            return Self::Nothing("its path is a member of the thing above");
        }
        if let Some(Belonging { collection, .. }) = joining::belonging(inference, contract, operation) {
            return Self::View { collection };
        }
        let verbal = || Self::of_verb_on_item(inference, contract, operation, path);
        let worded = || Self::of_word(inference, contract, operation, path);
        if let Some(role) = verbal().or_else(worded).or_else(|| Self::of_part(inference, contract, operation, path)) {
            return role;
        }
        if method == "GET" && is_only_verb(&name_of(path)) && !path.ends_with('}') && !has_items(inference, own) {
            return Self::Nothing("its path ends in a verb, so it does that and lists nothing");
        }
        let view = || view_of(inference, contract, (own, operation)).or_else(|| view_of_all(inference, contract, own));
        if method == "GET"
            && let Some(collection) = view()
        {
            return Self::View { collection: inference.home(contract, collection) };
        }
        let resource = inference.resource(contract, own);
        // What a GET of that name shows is a part of the list above, or what the verb would do.
        let is_read_so = || is_only_verb(&name_of(path)) || resource.lists && view().is_some();
        let is_bare = resource.item_path.is_none() && (!resource.has("GET") || is_read_so());
        let is_bare = is_bare || acts_before_keys(inference, contract, own) || searches(inference, contract, operation);
        if is_bare
            && matches!(method, "POST" | "PUT" | "PATCH")
            && let Some(word) = verb(&name_of(path))
            && !path.ends_with('}')
        {
            return Self::of_verb(inference, contract, operation, own, word);
        }
        let is_single = resource.item_path.is_none() && resource.has("GET") && !resource.lists;
        if resource.item_path.is_some() || resource.lists || resource.creates && !is_single {
            return match on_collection(operation, resource) {
                Some(action) => Self::Collection { collection: inference.home(contract, own), action },
                None => Self::Nothing("its method says nothing of state here, so it answers as documented"),
            };
        }
        // What nobody can read, and no answer shows, is done rather than kept.
        let is_seen = resource.has("GET") || resource.has("DELETE") || shows_sent(contract, operation);
        let is_changed = is_seen && (resource.has("PUT") || resource.has("PATCH"))
            || is_single && resource.has("POST") && resource.item.is_some();
        let is_held = is_single && inference.held(contract, own).is_some();
        match on_thing(operation, resource) {
            Some(action) if is_changed || is_held || is_single && is_caller(&name_of(path)) => {
                Self::Singleton { collection: own, action }
            }
            Some(_) | None => {
                Self::Nothing("its path is neither a collection nor an item, so it answers as documented")
            }
        }
    }

    /// The role of an operation whose path ends in a verb below an item that takes it away or changes it.
    fn of_verb_on_item(inference: &Inference, contract: &Contract, operation: &Operation, path: &str) -> Option<Self> {
        let paths = inference.paths();
        let above = paths.number(parent_of(path)).filter(|_| parent_of(path).ends_with("{}"))?;
        let is_bare = !has_items(inference, paths.of_entry(operation.index));
        if !is_bare || !matches!(operation.method.as_str(), "POST" | "PUT" | "PATCH") || path.ends_with('}') {
            return None;
        }
        let action = match verb_on_item(&name_of(path))? {
            OnItem::Remove if takes_several(contract, operation) => return None,
            OnItem::Remove => Action::Delete,
            OnItem::Change if operation.body.is_some() => Action::Update,
            OnItem::Change | OnItem::Copy => return None,
        };
        let collection = paths.number(parent_of(&paths.nodes()[above].path))?;
        let is_item = paths.nodes()[collection].items == Some(above)
            && !inference.is_collection(contract, above)
            && inference.resource(contract, collection).item_path.is_some();
        let parameter = path_parameters(operation).pop()?;
        is_item.then(|| Self::Item { collection: inference.home(contract, collection), action, parameter })
    }

    /// The role of an operation that shows an item of the collection above, named by another member (`/releases/tags/{tag}`) or
    /// as the last one (`/releases/latest`).
    fn of_named(inference: &Inference, contract: &Contract, operation: &Operation, path: &str) -> Option<Self> {
        let paths = inference.paths();
        let parameter = tail_parameter(operation);
        let way = if parameter.is_some() { parent_of(path) } else { path };
        let is_youngest = parameter.is_none() && matches!(shape::plain(&name_of(path)).as_str(), "latest" | "newest");
        let is_bare = |number: usize| paths.nodes()[number].entries.is_empty();
        if way.ends_with('}') || !is_youngest && (parameter.is_none() || !paths.number(way).is_some_and(is_bare)) {
            return None;
        }
        let collection = paths.number(parent_of(way)).filter(|above| has_items(inference, *above))?;
        let resource = inference.resource(contract, collection);
        let item = resource.item.as_ref().filter(|item| !shape::members(contract, item).is_empty())?;
        let name = inference.name(collection);
        let wanted = wrapping::Wanted { collection: &name, item: Some(item), ..wrapping::Wanted::default() };
        let (_, shown) = wrapping::one(contract, success_schema(operation)?, &wanted);
        let action = on_one(operation).filter(|_| shape::target(contract, &shown) == *item)?;
        let naming = match &parameter {
            Some(parameter) => Naming::Member(member_named(contract, item, parameter, &name_of(way))?),
            None => Naming::Youngest,
        };
        Some(Self::Named { collection: inference.home(contract, collection), action, parameter, naming })
    }

    /// The role of an operation whose path has a verb before the key: `/members/update/{id}`, `/requests/cancel/{id}`.
    fn of_verb_before(
        inference: &Inference,
        contract: &Contract,
        operation: &Operation,
        (path, parameter): (&str, &str),
    ) -> Option<Self> {
        let paths = inference.paths();
        let before = parent_of(path);
        let word = name_of(path);
        let is_bare = paths.number(before).is_none_or(|number| {
            paths.nodes()[number].entries.is_empty() || acts_before_keys(inference, contract, number)
        });
        if before.ends_with('}') || !is_bare || verb(&word).is_none() && !is_only_verb(&word) {
            return None;
        }
        let acts = Self::Nothing("its path has a verb before the key, so it does that");
        let Some(above) = paths.number(parent_of(before)).filter(|above| has_items(inference, *above)) else {
            return Some(acts);
        };
        let has_body = operation.body.is_some();
        let makes = verb(&word) == Some(Verb::Create) || words::adds(&word);
        if makes
            && matches!(operation.method.as_str(), "POST" | "PUT")
            && shows_item_of(inference, contract, operation, above)
        {
            let (collection, parameter) = (inference.home(contract, above), Some(parameter.to_owned()));
            return Some(Self::Named { collection, action: Action::Replace, parameter, naming: Naming::Key });
        }
        let action = match (verb_on_item(&word), operation.method.as_str()) {
            (Some(OnItem::Remove), "POST" | "PUT" | "PATCH" | "DELETE") => Action::Delete,
            (Some(OnItem::Change), "POST" | "PUT" | "PATCH") if has_body => Action::Update,
            (Some(_) | None, _) => return Some(acts),
        };
        let collection = inference.home(contract, above);
        Some(Self::Named { collection, action, parameter: Some(parameter.to_owned()), naming: Naming::Key })
    }

    /// The role of a GET that a word below a key or a collection makes one of the whole: `/containers/{id}/json`, where nothing
    /// is read at `/containers/{id}` itself, and `/containers/json`.
    fn of_word(inference: &Inference, contract: &Contract, operation: &Operation, path: &str) -> Option<Self> {
        let paths = inference.paths();
        let nodes = paths.nodes();
        let above = paths.number(parent_of(path)).filter(|_| operation.method.as_str() == "GET")?;
        let reads = |number: usize| {
            nodes[number].entries.iter().any(|index| contract.entries()[*index].method.as_str() == "GET")
        };
        if has_items(inference, paths.of_entry(operation.index)) || reads(above) {
            return None;
        }
        let shown = success_schema(operation)?;
        if parent_of(path).ends_with("{}") {
            let collection = paths.number(parent_of(&nodes[above].path))?;
            let is_item = nodes[collection].items == Some(above) && !inference.is_collection(contract, above);
            let parameter = path_parameters(operation).pop()?;
            let is_it = is_item && shows_whole(&name_of(path)) && shape::is_object(contract, shown);
            return is_it.then(|| Self::Item {
                collection: inference.home(contract, collection),
                action: Action::Read,
                parameter,
            });
        }
        let is_list = shows_all(&name_of(path)) && shape::is_array(contract, shown) && nodes[above].items.is_some();
        is_list.then(|| Self::View { collection: inference.home(contract, above) })
    }

    /// The role of an operation below an item that is about the item itself: a PUT or PATCH that takes members of it and answers
    /// it (`/users/{id}/email`), or any at a path that shows and takes it (`/pods/{name}/status`).
    fn of_part(inference: &Inference, contract: &Contract, operation: &Operation, path: &str) -> Option<Self> {
        let paths = inference.paths();
        let own = paths.of_entry(operation.index);
        let above = paths.number(parent_of(path)).filter(|_| parent_of(path).ends_with("{}"))?;
        let action = match operation.method.as_str() {
            "PUT" | "PATCH" => Action::Update,
            "GET" => Action::Read,
            _ => return None,
        };
        if path.ends_with('}') || verb(&name_of(path)).is_some() || has_items(inference, own) {
            return None;
        }
        let collection = paths.number(parent_of(&paths.nodes()[above].path))?;
        if paths.nodes()[collection].items != Some(above) || inference.is_collection(contract, above) {
            return None;
        }
        let resource = inference.resource(contract, collection);
        let item = resource.item.as_ref().filter(|_| resource.item_path.is_some())?;
        let shows_item =
            |operation: &Operation| success_schema(operation).is_some_and(|at| shape::target(contract, at) == *item);
        let mut there = paths.nodes()[own].entries.iter().filter_map(|index| contract.operation(*index).ok());
        let is_shown = |operation: &Operation| operation.method.as_str() == "GET" && shows_item(operation);
        let changes = |operation: &Operation| matches!(operation.method.as_str(), "PUT" | "PATCH");
        let is_view = there.clone().any(is_shown) && there.any(changes);
        let sent = request_schema(operation);
        let said = sent.map_or(0, |at| shape::members(contract, at).len());
        let is_of_item = said > 0 && sent.is_some_and(|at| wrapping::overlap(contract, at, item) == said);
        let parameter = path_parameters(operation).pop()?;
        let is_it = shows_item(operation) && (is_of_item || is_view) && !shape::members(contract, item).is_empty();
        is_it.then(|| Self::Item { collection: inference.home(contract, collection), action, parameter })
    }

    /// The role of an operation whose path ends in a verb.
    fn of_verb(inference: &Inference, contract: &Contract, operation: &Operation, own: usize, word: Verb) -> Self {
        let paths = inference.paths();
        let above = paths.number(parent_of(&paths.nodes()[own].path));
        let collection = above.filter(|above| {
            let resource = inference.resource(contract, *above);
            resource.item_path.is_some() || resource.lists
        });
        let acts = Self::Nothing("its path ends in a verb that says nothing of state, so it answers as documented");
        let name = name_of(&paths.nodes()[own].path);
        if lays_on_item(inference, contract, own) && operation.body.is_some() {
            return Self::Nothing("its path ends in a verb and a member of the item above");
        }
        let removes = verb_on_item(&name) == Some(OnItem::Remove);
        match (word, collection) {
            (Verb::Act, Some(collection)) if removes && names_keys(contract, operation) => {
                Self::Collection { collection: inference.home(contract, collection), action: Action::Delete }
            }
            (Verb::Create | Verb::Act, Some(collection))
                if adds_one(inference, contract, operation, (collection, word)) =>
            {
                Self::Verb { collection: inference.home(contract, collection), word: name_of(&paths.nodes()[own].path) }
            }
            (Verb::Act, Some(collection)) if makes_several(inference, contract, operation, collection) => {
                Self::Verb { collection: inference.home(contract, collection), word: name_of(&paths.nodes()[own].path) }
            }
            (Verb::Search, Some(collection)) if inference.lists_items_of(contract, operation, collection) => {
                Self::View { collection: inference.home(contract, collection) }
            }
            (Verb::Create | Verb::Search | Verb::Act, _) => acts,
        }
    }

    /// The path that it acts on.
    pub(super) fn collection(&self) -> Option<usize> {
        match self {
            Self::Item { collection, .. }
            | Self::Collection { collection, .. }
            | Self::Verb { collection, .. }
            | Self::View { collection }
            | Self::Several { collection, .. }
            | Self::Named { collection, .. }
            | Self::Singleton { collection, .. } => Some(*collection),
            Self::Nothing(_) => None,
        }
    }
}

/// True where one more segment names an item at the path of that number.
fn has_items(inference: &Inference, number: usize) -> bool {
    inference.paths().nodes()[number].items.is_some()
}

/// True where the content of an operation names several things: what it takes away lies within the item before it.
fn takes_several(contract: &Contract, operation: &Operation) -> bool {
    let sent = request_schema(operation).map(|at| shape::members(contract, at));
    sent.is_some_and(|members| members.iter().any(|(_, member)| shape::items(contract, member).is_some()))
}

/// True where a GET returns a list of items, and the last parameter of its path is called as several keys.
fn names_several(
    inference: &Inference,
    contract: &Contract,
    operation: &Operation,
    (collection, parameter): (usize, &str),
) -> bool {
    let plain = shape::plain(parameter);
    let is_plural = words::is_key_list(&plain, &inference.name(collection));
    operation.method.as_str() == "GET"
        && is_plural
        && (success_schema(operation).is_some_and(|at| shape::is_array(contract, at))
            || inference.lists_items_of(contract, operation, collection))
}

/// True where a verb below a collection adds to it: one that says so, or, where nothing else does, one whose answer is a new item.
fn adds_one(
    inference: &Inference,
    contract: &Contract,
    operation: &Operation,
    (collection, word): (usize, Verb),
) -> bool {
    const SENDS: [&str; 7] = ["send", "submit", "upload", "register", "start", "generate", "open"];
    if operation.method.as_str() != "POST" || operation.body.is_none() {
        return word == Verb::Create && operation.method.as_str() == "POST";
    }
    let paths = inference.paths();
    let name = name_of(&paths.nodes()[paths.of_entry(operation.index)].path);
    let plain = shape::plain(&name);
    let resource = inference.resource(contract, collection);
    let is_plain_creation = word == Verb::Create && !name.contains(['_', '-']);
    let is_sent = SENDS.contains(&plain.as_str()) && !resource.has("POST");
    let is_other = is_sent || word == Verb::Create || words::adds(&name);
    is_plain_creation || is_other && shows_item_of(inference, contract, operation, collection)
}

/// True where a path ends in a verb and the name of a member of the item above it.
fn lays_on_item(inference: &Inference, contract: &Contract, own: usize) -> bool {
    let paths = inference.paths();
    let path = &paths.nodes()[own].path;
    let above = parent_of(path);
    let above = if words::is_of_actions(&name_of(above)) && !above.ends_with('}') { parent_of(above) } else { above };
    let collection = above.strip_suffix("/{}").and_then(|collection| paths.number(collection));
    let item = collection.and_then(|collection| inference.resource(contract, collection).item.as_ref());
    item.is_some_and(|item| laid(contract, item, &name_of(path)).is_some())
}

/// True where the answer of an operation is one item of a collection.
fn shows_item_of(inference: &Inference, contract: &Contract, operation: &Operation, collection: usize) -> bool {
    let resource = inference.resource(contract, collection);
    let name = inference.name(collection);
    let wanted = wrapping::Wanted { collection: &name, item: resource.item.as_ref(), ..wrapping::Wanted::default() };
    let shown = success_schema(operation).map(|at| wrapping::one(contract, at, &wanted).1);
    shown.zip(resource.item.as_ref()).is_some_and(|(shown, item)| wrapping::is_one(contract, item, &shown))
}

/// True where the content of an operation has a list of keys and nothing that a thing has.
fn names_keys(contract: &Contract, operation: &Operation) -> bool {
    let Some(at) = request_schema(operation) else { return false };
    let is_keys = |at: &Location| {
        let each = shape::items(contract, at).filter(|_| shape::is_array(contract, at));
        each.is_some_and(|each| !shape::is_object(contract, &each))
    };
    let members = shape::members(contract, at);
    is_keys(at) || members.len() == 1 && members.iter().all(|(_, at)| is_keys(at))
}

/// True for a path that ends in a verb with a key behind it, where the thing that the verb is done to stands before:
/// `/keys/generate` beside `/keys/generate/{key}` and `/keys/{key}`.
fn acts_before_keys(inference: &Inference, contract: &Contract, number: usize) -> bool {
    let paths = inference.paths();
    let node = &paths.nodes()[number];
    let is_verb = matches!(verb(&name_of(&node.path)), Some(Verb::Create | Verb::Act));
    let below = node.items.map(|items| paths.nodes()[items].entries.as_slice()).unwrap_or_default();
    let mut all = node.entries.iter().chain(below);
    is_verb
        && !node.path.ends_with('}')
        && all.all(|index| matches!(contract.entries()[*index].method.as_str(), "POST" | "PUT"))
        && paths.number(parent_of(&node.path)).is_some_and(|above| has_items(inference, above))
}

/// True for a POST on a word for searching whose answer lists what the collection above has, whatever else stands there.
fn searches(inference: &Inference, contract: &Contract, operation: &Operation) -> bool {
    let paths = inference.paths();
    let own = paths.of_entry(operation.index);
    let path = &paths.nodes()[own].path;
    let above = paths.number(parent_of(path)).filter(|_| !has_items(inference, own));
    operation.method.as_str() == "POST"
        && verb(&name_of(path)) == Some(Verb::Search)
        && above.is_some_and(|above| inference.lists_items_of(contract, operation, above))
}

/// True where the last parameter of a path names an item of another collection, and nothing makes or shows one of its own there:
/// `POST /text-to-speech/{voice_id}` beside `/voices/{voice_id}`.
fn is_of_another(inference: &Inference, contract: &Contract, own: usize, parameter: &str) -> bool {
    let paths = inference.paths();
    let node = &paths.nodes()[own];
    let above = paths.number(parent_of(&node.path));
    let methods = node.entries.iter().map(|index| contract.entries()[*index].method.as_str());
    let mut methods = methods.peekable();
    let posts = node.entries.iter().any(|index| contract.entries()[*index].method.as_str() == "POST");
    posts
        && methods.all(|method| matches!(method, "POST" | "DELETE" | "PATCH"))
        && above.is_some_and(|above| paths.nodes()[above].entries.is_empty())
        && inference.named_elsewhere(contract, above, parameter).is_some()
}

/// True where a request below a collection has a list of what the collection holds or takes.
fn makes_several(inference: &Inference, contract: &Contract, operation: &Operation, collection: usize) -> bool {
    const WORDS: [&str; 5] = ["batch", "bulk", "batchcreate", "bulkcreate", "createmany"];
    let paths = inference.paths();
    let word = shape::plain(&name_of(&paths.nodes()[paths.of_entry(operation.index)].path));
    let Some(sent) = request_schema(operation) else { return false };
    if operation.method.as_str() != "POST" || !WORDS.contains(&word.as_str()) {
        return false;
    }
    let mut makers = paths.nodes()[collection].entries.iter();
    let maker = makers.find(|index| contract.entries()[**index].method.as_str() == "POST");
    let taken = maker.and_then(|index| contract.operation(*index).ok()).and_then(request_schema);
    let resource = inference.resource(contract, collection);
    let name = inference.name(collection);
    let wanted = wrapping::Wanted { collection: &name, item: resource.item.as_ref(), ..wrapping::Wanted::default() };
    let Some((_, each)) = wrapping::many(contract, sent, &wanted) else { return false };
    let is_like = |at: &Location| wrapping::overlap(contract, &each, at) > 0;
    taken.is_some_and(is_like) || resource.item.as_ref().is_some_and(is_like)
}
