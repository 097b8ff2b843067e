//! What is known of a collection, from all operations that act on it: the schema of an item, its key, the collection
//! that it belongs to, and what is in it from the start.

use serde_json::Value;

use crate::behaviour::effect::{BYTES_OF_BODY, Settled};
use crate::behaviour::inference::joining;
use crate::behaviour::inference::own_effect;
use crate::behaviour::inference::paths::parent_of;
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::parameter_schema;
use crate::behaviour::inference::wrapping::{self, Wanted};
use crate::behaviour::messages::{request_schema, success_schema};
use crate::behaviour::shape;
use crate::behaviour::{Action, Collection, Missing, Naming, Origin, Test};
use crate::document::{Location, Pointer};
use crate::model::{Contract, In, Operation};

/// The collection at the path of that number.
pub(super) fn at_path(inference: &Inference, contract: &Contract, node: usize) -> Collection {
    let evidence = inference.evidence(contract, node);
    let mine = acting(inference, contract, node);
    let mut collection = Collection {
        name: inference.name(node),
        scope: evidence.map(|evidence| evidence.scope.clone()).unwrap_or_default(),
        key: Pointer::root().join("id"),
        item: None,
        item_path: inference.item_path(contract, node),
        parameter: None,
        shown_key: None,
        alternates: Vec::new(),
        has_caller: false,
        listed_by_default: Vec::new(),
        also: Vec::new(),
        of: None,
        owner: None,
        bytes: None,
        indexed: Vec::new(),
        parent: parent(inference, contract, node),
        origin: if evidence.is_some_and(|evidence| evidence.single) { Origin::Singleton } else { Origin::Empty },
        settled: Settled::default(),
    };
    finish(inference, contract, node, &mine, &mut collection);
    collection.owner = own_effect::owner(inference, contract, node);
    collection.of = joining::joined(inference, contract, node);
    collection
}

/// The operations that act on the collection of that number, by their paths or their declarations, in the order of the
/// document.
pub(super) fn acting(inference: &Inference, contract: &Contract, number: usize) -> Vec<usize> {
    let declarations = inference.declarations(contract);
    let by_path = inference.has_path(number).then(|| inference.acting(contract, number));
    let by_path = by_path.into_iter().flatten().map(|(operation, _)| operation.index);
    let mut mine: Vec<usize> =
        by_path.filter(|index| declarations.of(*index).is_none()).chain(declarations.acting(number)).collect();
    mine.sort_unstable();
    mine
}

/// The collection that is only declared, by its place among such.
pub(super) fn declared(inference: &Inference, contract: &Contract, place: usize) -> Collection {
    let declarations = inference.declarations(contract);
    let number = inference.number_of_declared(place);
    let named = &declarations.collections()[place];
    let mut collection = Collection {
        name: named.name.clone(),
        scope: named.scope.clone(),
        key: Pointer::root().join("id"),
        item: None,
        item_path: None,
        parameter: None,
        shown_key: None,
        alternates: Vec::new(),
        has_caller: false,
        listed_by_default: Vec::new(),
        also: Vec::new(),
        of: None,
        owner: None,
        bytes: None,
        indexed: Vec::new(),
        parent: None,
        origin: Origin::Empty,
        settled: Settled::default(),
    };
    let mine = acting(inference, contract, number);
    finish(inference, contract, number, &mine, &mut collection);
    collection
}

/// The collection with the closest item path that this one lies below.
fn parent(inference: &Inference, contract: &Contract, node: usize) -> Option<usize> {
    let mut above = parent_of(&inference.paths().nodes()[node].path);
    while !above.is_empty() {
        if let Some(parent) =
            own_effect::collection_of_item(inference, contract, above).filter(|parent| *parent != node)
            && !inference.has_format(contract, parent)
        {
            return Some(parent);
        }
        above = parent_of(above);
    }
    None
}

fn finish(inference: &Inference, contract: &Contract, number: usize, mine: &[usize], collection: &mut Collection) {
    let mine: Vec<&Operation> = mine.iter().filter_map(|index| contract.operation(*index).ok()).collect();
    let does = |action: Action| mine.iter().any(|operation| inference.action(contract, operation) == action);
    // One thing is what its own answers show, even if the thing above has a list of that name.
    let held = inference.held_item(contract, number).filter(|_| collection.origin != Origin::Singleton);
    let item = held.or_else(|| item(inference, contract, &mine));
    let parameters: Vec<(Option<Location>, String)> = mine
        .iter()
        .filter_map(|operation| {
            let effect = inference.own_effect(contract, operation);
            let parameter = effect.key_parameter.clone().filter(|_| effect.naming == Naming::Key)?;
            Some((parameter_schema(operation, &parameter).cloned(), parameter))
        })
        .collect();
    // Of several names for the items of one path, an identifier is the key, and the others name it too.
    let is_identifier = |(_, name): &&(Option<Location>, String)| shape::plain(name).ends_with("id");
    let named = parameters.iter().find(is_identifier).or(parameters.first()).cloned();
    let replaces_by_key = mine.iter().any(|operation| {
        let effect = inference.own_effect(contract, operation);
        matches!(effect.action, Action::Replace | Action::Update)
            && operation.method.as_str() == "PUT"
            && (effect.key_parameter.is_some() && effect.missing == Missing::Create || effect.batch.is_some())
    });
    let mut elsewhere = mine.iter().map(|operation| &inference.own_effect(contract, operation).elsewhere);
    collection.also = elsewhere.find(|there| !there.is_empty()).cloned().unwrap_or_default();
    let is_made_elsewhere = !collection.also.is_empty();
    let adds = does(Action::Create) || does(Action::Upsert) || replaces_by_key || is_made_elsewhere;
    let lists = mine.iter().any(|operation| {
        let effect = inference.own_effect(contract, operation);
        effect.action == Action::List && effect.batch.is_none()
    });
    let named_by = NamedBy { mine: &mine, parameters: &parameters, named: named.as_ref(), item: item.as_ref() };
    find_key(inference, contract, number, &named_by, collection);
    collection.listed_by_default = listed_by_default(inference, contract, &mine);
    collection.bytes = mine.iter().find_map(|operation| {
        let sent = inference.own_effect(contract, operation).sent.clone()?;
        file_member(contract, operation).map(|name| sent.join(&name))
    });
    if collection.bytes.is_none() && item.is_some() && mine.iter().any(|operation| takes_bytes(contract, operation)) {
        collection.bytes = Some(Pointer::root().join(BYTES_OF_BODY));
    }
    collection.parameter = named.and_then(|(schema, _)| schema);
    collection.indexed = indexed(inference, contract, &mine, &collection.key);
    collection.item = item;
    if collection.origin != Origin::Singleton {
        collection.origin = match (adds, lists) {
            (true, _) => Origin::Empty,
            (false, true) => Origin::Populated,
            (false, false) => Origin::Assumed,
        };
    }
}

/// The members that are unique, or that items are found by, besides the key.
fn indexed(inference: &Inference, contract: &Contract, mine: &[&Operation], key: &Pointer) -> Vec<Pointer> {
    let effects = || mine.iter().map(|operation| inference.own_effect(contract, operation));
    let unique = effects().flat_map(|effect| &effect.unique);
    let mut found: Vec<Pointer> = Vec::new();
    for pointer in unique.chain(effects().filter_map(|effect| effect.natural_key.as_ref())) {
        if pointer != key && !found.contains(pointer) {
            found.push(pointer.clone());
        }
    }
    found
}

/// All that is known of the names of a collection's items.
struct NamedBy<'n> {
    /// The operations on the collection.
    mine: &'n [&'n Operation],
    /// The path parameters that name an item, each with its schema.
    parameters: &'n [(Option<Location>, String)],
    /// The one of them that is the key's.
    named: Option<&'n (Option<Location>, String)>,
    /// The schema of an item.
    item: Option<&'n Location>,
}

/// Finds the key of a collection's items, and the other members that a path may name them by.
fn find_key(
    inference: &Inference,
    contract: &Contract,
    number: usize,
    named_by: &NamedBy<'_>,
    collection: &mut Collection,
) {
    let NamedBy { mine, parameters, named, item } = *named_by;
    if let Some(key) = inference.declarations(contract).key(number) {
        collection.key = key.clone();
    } else if let Some(key) = item.and_then(|at| {
        let parameter = named.map(|(schema, name)| (name.as_str(), schema.as_ref()));
        wrapping::key_of(contract, at, &Wanted { collection: &collection.name, parameter, ..Wanted::default() })
    }) {
        collection.key = key;
    } else if let Some(key) = key_sent(inference, contract, mine, &collection.name, named) {
        collection.key = key;
    } else if let (Some((_, name)), Some(at)) = (named, item) {
        let is_closed = shape::keyword(contract, at, "additionalProperties") == Some(&Value::Bool(false));
        collection.shown_key = (!is_closed && inference.has_path(number)).then(|| name.clone());
    }
    if let (Some((schema, name)), Some(at)) = (named, item) {
        let parameter = mine.iter().find_map(|operation| operation.parameter(In::Path, name));
        let said = parameter.and_then(|parameter| parameter.description.as_deref());
        let parameter = Some((name.as_str(), schema.as_ref()));
        let wanted = Wanted { collection: &collection.name, parameter, ..Wanted::default() };
        collection.has_caller = says_me(contract, said, schema.as_ref());
        collection.alternates = wrapping::alternates(contract, at, &wanted, said, &collection.key);
    }
    if renames(inference, contract, mine, &collection.key) {
        collection.alternates.push(collection.key.clone());
    }
    if let Some(at) = item {
        for (schema, name) in parameters {
            let parameter = Some((name.as_str(), schema.as_ref()));
            let wanted = Wanted { collection: &collection.name, parameter, ..Wanted::default() };
            let other = wrapping::key_of(contract, at, &wanted);
            let is_known = |pointer: &Pointer| *pointer == collection.key || collection.alternates.contains(pointer);
            collection.alternates.extend(other.filter(|pointer| !is_known(pointer)));
        }
    }
}

/// True where a request may give an item another name than its key: `new_name` where `name` is the key.
fn renames(inference: &Inference, contract: &Contract, mine: &[&Operation], key: &Pointer) -> bool {
    let Some(wanted) = key.last().map(|name| format!("new{}", shape::plain(&name))) else { return false };
    let changes = mine.iter().filter(|operation| inference.action(contract, operation) == Action::Update);
    let sent = changes.filter_map(|operation| request_schema(operation));
    sent.into_iter().any(|at| shape::members(contract, at).iter().any(|(name, _)| shape::plain(name) == wanted))
}

/// True where a path parameter is said to take the word `me` for the one who calls.
fn says_me(contract: &Contract, description: Option<&str>, schema: Option<&Location>) -> bool {
    let is_described =
        description.is_some_and(|text| ["\"me\"", "'me'", "`me`"].iter().any(|word| text.contains(word)));
    let is_listed = schema.and_then(|at| shape::keyword(contract, at, "enum")).and_then(Value::as_array);
    is_described || is_listed.is_some_and(|all| all.iter().any(|word| word == "me"))
}

/// The values of members by which lists choose where a client does not say by which.
fn listed_by_default(inference: &Inference, contract: &Contract, mine: &[&Operation]) -> Vec<(Pointer, Value)> {
    let lists = mine.iter().filter(|operation| inference.action(contract, operation) == Action::List);
    let found = lists.flat_map(|operation| {
        let filters = inference.own_effect(contract, operation).filters.iter();
        let filters = filters.filter(|filter| filter.test == Test::Among && filter.member.is_none());
        filters.filter(|filter| !filter.at.as_str().is_empty()).filter_map(|filter| {
            let schema = operation.parameter(In::Query, &filter.parameter)?.shape.schema()?;
            let default = shape::keyword(contract, schema, "default")?;
            let is_plain = matches!(default, Value::String(_) | Value::Number(_) | Value::Bool(_));
            is_plain.then(|| (filter.at.clone(), default.clone()))
        })
    });
    let mut by_place: Vec<(Pointer, Value)> = Vec::new();
    for (at, value) in found {
        if !by_place.iter().any(|(known, _)| *known == at) {
            by_place.push((at, value));
        }
    }
    by_place
}

/// True where the body of an operation that makes or changes an item is a file as a whole.
fn takes_bytes(contract: &Contract, operation: &Operation) -> bool {
    let contents = operation.body.iter().filter(|_| !operation.method.is_safe()).flat_map(|body| &body.content);
    contents.into_iter().any(|content| {
        let essence = content.media_type.essence();
        let is_other = content.media_type.is_json()
            || essence.starts_with("multipart/")
            || essence.ends_with("xml")
            || essence == "application/x-www-form-urlencoded";
        !is_other && content.schema.as_ref().is_none_or(|at| shape::types(contract, at) == ["string"])
    })
}

/// The member of a multipart body that is a file.
fn file_member(contract: &Contract, operation: &Operation) -> Option<String> {
    let contents = operation.body.as_ref()?.content.iter();
    let schemas = contents
        .filter(|content| content.media_type.essence().starts_with("multipart/"))
        .filter_map(|content| content.schema.as_ref());
    let is_file = |at: &Location| {
        let says = |word: &str| shape::keyword(contract, at, word).is_some();
        shape::format(contract, at) == Some("binary")
            || says("contentMediaType") && !says("contentEncoding")
            || shape::types(contract, at).is_empty() && !says("enum") && !says("const")
    };
    let found = schemas.flat_map(|at| shape::members(contract, at)).find(|(_, at)| is_file(at));
    found.map(|(name, _)| name)
}

/// The key that a client sends with a new item, where no answer shows it.
fn key_sent(
    inference: &Inference,
    contract: &Contract,
    mine: &[&Operation],
    collection: &str,
    named: Option<&(Option<Location>, String)>,
) -> Option<Pointer> {
    let (schema, name) = named?;
    let wanted = Wanted { collection, parameter: Some((name.as_str(), schema.as_ref())), ..Wanted::default() };
    let creates = mine.iter().filter(|operation| inference.action(contract, operation) == Action::Create);
    creates.into_iter().find_map(|operation| {
        let sent = inference.own_effect(contract, operation).sent.clone()?;
        let at = shape::within(contract, request_schema(operation)?, &sent)?;
        wrapping::key_of(contract, &at, &wanted)
    })
}

/// The schema of an item: a read shows the whole of it, a list may show less of each.
fn item(inference: &Inference, contract: &Contract, mine: &[&Operation]) -> Option<Location> {
    [Action::Read, Action::Create, Action::Upsert, Action::Replace, Action::Update, Action::List].into_iter().find_map(
        |action| {
            mine.iter().filter(|operation| inference.action(contract, operation) == action).find_map(|operation| {
                let body = success_schema(operation)?;
                let returned = inference.own_effect(contract, operation).returned.clone()?;
                // Of several parts that describe the place, the one that says most is what the item is.
                let parts = shape::all_within(contract, body, &returned);
                let at = parts.into_iter().rev().max_by_key(|at| shape::members(contract, at).len())?;
                let at = match (action, &inference.own_effect(contract, operation).element) {
                    (Action::List, Some(place)) => shape::within(contract, &shape::items(contract, &at)?, place)?,
                    (Action::List, None) => shape::items(contract, &at)?,
                    _ => at,
                };
                shape::is_object(contract, &at).then_some(at)
            })
        },
    )
}
