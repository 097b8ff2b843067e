//! Document -> behaviour: which collection each operation acts on and what it does there, from the shapes of paths, the
//! methods and the schemas. Each inference leaves a sentence, and `x-etalon` has the last word.

use std::collections::{BTreeMap, HashMap};

use crate::behaviour::extension::{self, Extension};
use crate::behaviour::survey::{
    Resource, canonical, name_of, parent_of, path_parameters, request_schema, success_schema, survey, tail_parameter,
};
use crate::behaviour::{Action, Behaviour, Collection, Effect, Missing, Origin, Timing, paging, shape, wrapping};
use crate::document::{Location, Pointer};
use crate::model::{Contract, Operation, PathTemplate, StatusPattern};

/// Infers what all operations do. Nothing in the contract can make it fail: what is not understood is answered as
/// documented.
#[must_use]
pub fn infer(contract: &Contract) -> Behaviour {
    let mut inference = Inference::new(contract);
    for operation in contract.operations() {
        inference.infer(operation);
    }
    for operation in contract.operations() {
        inference.declare(operation);
    }
    inference.finish()
}

struct Inference<'c> {
    contract: &'c Contract,
    paths: BTreeMap<String, Resource>,
    behaviour: Behaviour,
    keys: BTreeMap<usize, Pointer>,
}

impl<'c> Inference<'c> {
    fn new(contract: &'c Contract) -> Self {
        let effects = contract.entries().iter().map(|_| Effect::default()).collect();
        let behaviour = Behaviour { effects, ..Behaviour::default() };
        Self { contract, paths: survey(contract), behaviour, keys: BTreeMap::new() }
    }

    fn infer(&mut self, operation: &Operation) {
        let path = canonical(operation.path.as_str());
        let method = operation.method.as_str();
        if let Some(parameter) = tail_parameter(operation) {
            self.infer_item(operation, parent_of(&path), &parameter);
            return;
        }
        let resource = self.paths.get(&path).cloned().unwrap_or_default();
        if method == "GET" && self.is_view(&path, &resource) {
            self.infer_view(operation, parent_of(&path));
            return;
        }
        let is_collection = resource.item_path.is_some() || resource.lists || resource.creates;
        if is_collection {
            self.infer_collection(operation, &path, &resource);
        } else if resource.methods.iter().any(|known| matches!(known.as_str(), "PUT" | "PATCH"))
            && matches!(method, "GET" | "PUT" | "PATCH" | "DELETE")
        {
            self.infer_singleton(operation, &path);
        } else {
            self.because(operation, "its path is neither a collection nor an item, so it answers as documented");
        }
    }

    fn infer_item(&mut self, operation: &Operation, above: &str, parameter: &str) {
        let action = match operation.method.as_str() {
            "GET" => Action::Read,
            "PUT" => Action::Replace,
            "PATCH" => Action::Update,
            "POST" if operation.body.is_some() => Action::Update,
            "DELETE" => Action::Delete,
            _ => return self.because(operation, "its method says nothing of state, so it answers as documented"),
        };
        let collection = self.collection_at(above, operation);
        let name = self.behaviour.collections[collection].name.clone();
        let scope = self.behaviour.collections[collection].scope.len();
        if path_parameters(operation).len() != scope + 1 {
            return self
                .because(operation, "its path names its item in more than one parameter, so it answers as documented");
        }
        let effect = &mut self.behaviour.effects[operation.index];
        effect.collection = Some(collection);
        effect.action = action;
        effect.key_parameter = Some(parameter.to_owned());
        effect.because.push(format!("its path ends in {{{parameter}}}, which names one item of {name}"));
        effect.because.push(format!("{} on an item is {}", operation.method, action.as_str()));
        self.wrap_one(operation, &name, Some(parameter));
    }

    fn infer_collection(&mut self, operation: &Operation, path: &str, resource: &Resource) {
        let action = match operation.method.as_str() {
            "POST" => Action::Create,
            "GET" if resource.lists => Action::List,
            "PUT" if operation.body.is_some() => Action::Replace,
            "PATCH" if operation.body.is_some() => Action::Update,
            "DELETE" => Action::Delete,
            _ => return self.because(operation, "its method says nothing of state here, so it answers as documented"),
        };
        let collection = self.collection_at(path, operation);
        let name = self.behaviour.collections[collection].name.clone();
        let effect = &mut self.behaviour.effects[operation.index];
        effect.collection = Some(collection);
        effect.action = action;
        effect.because.push(match (&resource.item_path, resource.lists) {
            (Some((_, parameter)), _) => format!("there is {path}/{{{parameter}}}, so {path} is the collection {name}"),
            (None, true) => format!("GET {path} returns a list, so it is the collection {name}"),
            (None, false) => format!("POST {path} is documented with 201, so it is the collection {name}"),
        });
        effect.because.push(format!("{} on a collection is {}", operation.method, action.as_str()));
        if action == Action::List {
            self.wrap_many(operation, &name);
        } else {
            self.wrap_one(operation, &name, resource.item_path.as_ref().map(|(_, parameter)| parameter.as_str()));
        }
    }

    /// A list of the very items of the collection above it: `/pets/findByStatus` beside `/pets/{id}`.
    fn is_view(&self, path: &str, resource: &Resource) -> bool {
        let above = self.paths.get(parent_of(path));
        resource.listed.is_some()
            && resource.item_path.is_none()
            && !resource.creates
            && above.is_some_and(|above| above.item_path.is_some() && above.item == resource.listed)
    }

    fn infer_view(&mut self, operation: &Operation, above: &str) {
        let collection = self.collection_at(above, operation);
        let name = self.behaviour.collections[collection].name.clone();
        let effect = &mut self.behaviour.effects[operation.index];
        effect.collection = Some(collection);
        effect.action = Action::List;
        effect.because.push(format!("it returns a list of what {above} holds, so it lists {name}"));
        self.wrap_many(operation, &name);
    }

    fn infer_singleton(&mut self, operation: &Operation, path: &str) {
        let action = match operation.method.as_str() {
            "GET" => Action::Read,
            "PUT" => Action::Replace,
            "PATCH" => Action::Update,
            _ => Action::Delete,
        };
        let collection = self.collection_at(path, operation);
        self.behaviour.collections[collection].origin = Origin::Singleton;
        let name = self.behaviour.collections[collection].name.clone();
        let effect = &mut self.behaviour.effects[operation.index];
        effect.collection = Some(collection);
        effect.action = action;
        effect.because.push(format!("{path} can be changed in place and has no items, so {name} is one thing"));
        effect.because.push(format!("{} on it is {}", operation.method, action.as_str()));
        self.wrap_one(operation, &name, None);
    }

    /// The collection at a path, made now if it is not there.
    fn collection_at(&mut self, path: &str, operation: &Operation) -> usize {
        if let Some(known) = self.paths.get(path).and_then(|resource| resource.collection) {
            return known;
        }
        let depth = path.matches("{}").count();
        let scope: Vec<String> = path_parameters(operation).into_iter().take(depth).collect();
        let item_path =
            self.paths.get(path).and_then(|resource| resource.item_path.as_ref()).map(|(path, _)| path.clone());
        let collection = self.add(name_of(path), scope, item_path);
        self.paths.entry(path.to_owned()).or_default().collection = Some(collection);
        collection
    }

    fn add(&mut self, name: String, scope: Vec<String>, item_path: Option<PathTemplate>) -> usize {
        self.behaviour.collections.push(Collection {
            name,
            scope,
            key: Pointer::root().join("id"),
            item: None,
            item_path,
            indexed: Vec::new(),
            parent: None,
            origin: Origin::Empty,
        });
        self.behaviour.collections.len() - 1
    }

    fn wrap_one(&mut self, operation: &Operation, name: &str, parameter: Option<&str>) {
        let contract = self.contract;
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
        let effect = &mut self.behaviour.effects[operation.index];
        effect.sent = sent;
        effect.returned = returned.map(|(pointer, _)| pointer);
        for (pointer, what) in [(&effect.sent, "request"), (&effect.returned, "response")] {
            if let Some(pointer) = pointer.as_ref().filter(|pointer| !pointer.as_str().is_empty()) {
                effect.because.push(format!("in its {what} the item stands at {pointer}"));
            }
        }
    }

    fn wrap_many(&mut self, operation: &Operation, name: &str) {
        let found = success_schema(operation).and_then(|at| wrapping::many(self.contract, at, name));
        let Some((pointer, item)) = found else { return };
        let paging = paging::of(self.contract, operation);
        let filters = paging::filters(self.contract, operation, paging.as_ref(), &item);
        let effect = &mut self.behaviour.effects[operation.index];
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

    /// Lets the extension of an operation have the last word.
    fn declare(&mut self, operation: &Operation) {
        let Some(value) = &operation.extension else { return };
        match extension::read(value, &operation.at.join("x-etalon")) {
            Ok(declared) => self.apply(operation, declared),
            Err(defects) => self.behaviour.defects.extend(defects),
        }
    }

    fn apply(&mut self, operation: &Operation, declared: Extension) {
        let before = self.behaviour.effects[operation.index].clone();
        let action = declared.action.unwrap_or(before.action);
        let last = path_parameters(operation).pop();
        let key_parameter = match action {
            Action::Read | Action::Replace | Action::Update | Action::Delete => before.key_parameter.clone().or(last),
            Action::Create | Action::Upsert | Action::List | Action::Answer => None,
        };
        let mut scope = path_parameters(operation);
        scope.retain(|name| Some(name) != key_parameter.as_ref());
        let collection = match (&declared.resource, before.collection) {
            (Some(name), _) => Some(self.named(name, scope)),
            (None, known) => known,
        };
        if let (Some(collection), Some(key)) = (collection, declared.key) {
            self.keys.insert(collection, key);
        }
        let effect = &mut self.behaviour.effects[operation.index];
        effect.collection = collection;
        effect.action = if collection.is_some() { action } else { Action::Answer };
        effect.key_parameter = key_parameter;
        effect.unique = declared.unique;
        effect.set = declared.set;
        effect.for_each = declared.for_each;
        effect.timing = declared.timing.unwrap_or(Timing::AtOnce);
        effect.because = vec!["its x-etalon says so".to_owned()];
        let Some(name) = collection.map(|index| self.behaviour.collections[index].name.clone()) else { return };
        match action {
            Action::List => self.wrap_many(operation, &name),
            Action::Create | Action::Upsert | Action::Read | Action::Replace | Action::Update | Action::Delete => {
                let parameter = self.behaviour.effects[operation.index].key_parameter.clone();
                self.wrap_one(operation, &name, parameter.as_deref());
            }
            Action::Answer => {}
        }
    }

    /// The collection of that name and scope, made now if it is not there. Scopes agree by position: the same path may
    /// call its parameters differently.
    fn named(&mut self, name: &str, scope: Vec<String>) -> usize {
        let known = self
            .behaviour
            .collections
            .iter()
            .position(|collection| collection.name == name && collection.scope.len() == scope.len());
        known.unwrap_or_else(|| self.add(name.to_owned(), scope, None))
    }

    fn because(&mut self, operation: &Operation, why: &str) {
        self.behaviour.effects[operation.index].because.push(why.to_owned());
    }

    /// What only the whole can tell: item schemas, keys, parents, what is there from the start.
    fn finish(mut self) -> Behaviour {
        let mut acting: Vec<Vec<&'c Operation>> = vec![Vec::new(); self.behaviour.collections.len()];
        for operation in self.contract.operations() {
            self.behaviour.effects[operation.index].missing = missing(operation);
            if let Some(collection) = self.behaviour.effects[operation.index].collection {
                acting[collection].push(operation);
            }
        }
        for (index, mine) in acting.iter().enumerate() {
            self.finish_collection(index, mine);
        }
        let items: HashMap<String, usize> = self
            .behaviour
            .collections
            .iter()
            .enumerate()
            .filter_map(|(index, collection)| Some((canonical(collection.item_path.as_ref()?.as_str()), index)))
            .collect();
        for (home, resource) in &self.paths {
            let Some(index) = resource.collection else { continue };
            // The closest item path that this collection lies below.
            let mut above = parent_of(home);
            while !above.is_empty() {
                if let Some(parent) = items.get(above).filter(|parent| **parent != index) {
                    self.behaviour.collections[index].parent = Some(*parent);
                    break;
                }
                above = parent_of(above);
            }
        }
        for operation in self.contract.operations() {
            self.find_subject(operation, &items);
        }
        self.behaviour
    }

    /// An operation that only answers still speaks of the item that its path leads through.
    fn find_subject(&mut self, operation: &Operation, items: &HashMap<String, usize>) {
        if self.behaviour.effects[operation.index].collection.is_some() || operation.extension.is_some() {
            return;
        }
        let path = canonical(operation.path.as_str());
        let mut above = path.as_str();
        let found = loop {
            if above.is_empty() {
                return;
            }
            if let Some(index) = items.get(above) {
                break *index;
            }
            above = parent_of(above);
        };
        let collection = &self.behaviour.collections[found];
        let depth = collection.scope.len();
        // A key in more than one parameter names no item that is known.
        if above.matches("{}").count() != depth + 1 {
            return;
        }
        let Some(parameter) = path_parameters(operation).into_iter().nth(depth) else { return };
        let shown = success_schema(operation)
            .map(|at| wrapping::one(self.contract, at, &collection.name, Some(&parameter)))
            .filter(|(_, at)| collection.item.as_ref().is_some_and(|item| is_same(self.contract, item, at)));
        let name = collection.name.clone();
        let effect = &mut self.behaviour.effects[operation.index];
        effect.subject = Some(found);
        effect.because.push(format!("its path leads through {{{parameter}}}, so that one of {name} must be there"));
        if let Some((pointer, _)) = shown {
            effect.because.push(format!("its answer is an item of {name}, so it is the one that is there"));
            effect.returned = Some(pointer);
        }
        effect.key_parameter = Some(parameter);
    }

    fn finish_collection(&mut self, index: usize, mine: &[&'c Operation]) {
        let contract = self.contract;
        let effects = &self.behaviour.effects;
        let does = |action: Action| mine.iter().any(|operation| effects[operation.index].action == action);
        // A read shows the whole item, a list may show less of each.
        let item = [Action::Read, Action::Create, Action::Upsert, Action::Replace, Action::Update, Action::List]
            .into_iter()
            .find_map(|action| {
                mine.iter().filter(|operation| effects[operation.index].action == action).find_map(|operation| {
                    let body = success_schema(operation)?;
                    let at = shape::within(contract, body, effects[operation.index].returned.as_ref()?)?;
                    let at = if action == Action::List { shape::items(contract, &at)? } else { at };
                    shape::is_object(contract, &at).then_some(at)
                })
            });
        let parameter = mine.iter().find_map(|operation| effects[operation.index].key_parameter.clone());
        let mut indexed: Vec<Pointer> = Vec::new();
        for pointer in mine.iter().flat_map(|operation| &effects[operation.index].unique) {
            if !indexed.contains(pointer) {
                indexed.push(pointer.clone());
            }
        }
        let replaces_by_key = mine.iter().any(|operation| {
            let effect = &effects[operation.index];
            effect.action == Action::Replace && effect.key_parameter.is_some() && effect.missing == Missing::Create
        });
        let adds = does(Action::Create) || does(Action::Upsert) || replaces_by_key;
        let lists = does(Action::List);
        let collection = &mut self.behaviour.collections[index];
        if let Some(key) = self.keys.get(&index) {
            collection.key = key.clone();
        } else if let Some(name) =
            item.as_ref().and_then(|at| wrapping::key_of(contract, at, &collection.name, parameter.as_deref()))
        {
            collection.key = Pointer::root().join(&name);
        }
        indexed.retain(|pointer| *pointer != collection.key);
        collection.indexed = indexed;
        collection.item = item;
        if collection.origin != Origin::Singleton {
            collection.origin = match (adds, lists) {
                (true, _) => Origin::Empty,
                (false, true) => Origin::Populated,
                (false, false) => Origin::Assumed,
            };
        }
    }
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::behaviour::{PageBy, Paging};
    use crate::document::{Document, NoFiles, Source};

    fn contract(paths: Value) -> Contract {
        let root = json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths});
        let bytes = root.to_string();
        let source = Source { name: "t.json", bytes: bytes.as_bytes() };
        Contract::new(Document::load(source, &[], &NoFiles).expect("a document"))
    }

    fn told(behaviour: &Behaviour, contract: &Contract) -> Vec<String> {
        contract
            .operations()
            .map(|operation| {
                let effect = &behaviour.effects[operation.index];
                let name = effect.collection.map_or("-", |index| behaviour.collections[index].name.as_str());
                format!("{} {} {name}", operation.id, effect.action.as_str())
            })
            .collect()
    }

    fn parameters(names: &[(&str, &str)]) -> Value {
        names
            .iter()
            .map(|(name, place)| json!({"name": name, "in": place, "required": *place == "path", "schema": {"type": "string"}}))
            .collect()
    }

    fn body(schema: Value) -> Value {
        json!({"content": {"application/json": {"schema": schema}}})
    }

    fn ok(status: &str, schema: Value) -> Value {
        json!({status: {"description": "", "content": {"application/json": {"schema": schema}}}})
    }

    fn pet() -> Value {
        json!({"type": "object", "properties": {"petId": {"type": "integer"}, "name": {"type": "string"}}})
    }

    #[test]
    fn paths_and_methods_tell_collections_items_and_actions() {
        let contract = contract(json!({
            "/pets": {
                "get": {"operationId": "list", "responses": ok("200", json!({"type": "array", "items": pet()}))},
                "post": {"operationId": "create", "requestBody": body(pet()), "responses": ok("201", pet())}
            },
            "/pets/{pet_id}": {
                "parameters": parameters(&[("pet_id", "path")]),
                "get": {"operationId": "read", "responses": ok("200", pet())},
                "put": {"operationId": "replace", "requestBody": body(pet()), "responses": ok("200", pet())},
                "patch": {"operationId": "update", "requestBody": body(pet()), "responses": ok("200", pet())},
                "delete": {"operationId": "delete", "responses": {"204": {"description": ""}}}
            },
            "/pets/{pet_id}/feed": {
                "parameters": parameters(&[("pet_id", "path")]),
                "post": {"operationId": "feed", "responses": {"202": {"description": ""}}}
            },
            "/settings": {
                "get": {"operationId": "settings", "responses": ok("200", json!({"type": "object"}))},
                "put": {"operationId": "set", "requestBody": body(json!({})), "responses": {"204": {"description": ""}}}
            }
        }));
        let behaviour = infer(&contract);
        assert_eq!(
            told(&behaviour, &contract),
            [
                "list list pets",
                "create create pets",
                "read read pets",
                "replace replace pets",
                "delete delete pets",
                "update update pets",
                "feed answer -",
                "settings read settings",
                "set replace settings",
            ]
        );
        assert_eq!(behaviour.collections[0].key.as_str(), "/petId");
        assert_eq!(behaviour.collections[0].origin, Origin::Empty);
        assert_eq!(behaviour.collections[1].origin, Origin::Singleton);
        assert!(behaviour.effects.iter().all(|effect| !effect.because.is_empty()));
    }

    #[test]
    fn envelopes_and_scopes_are_seen_through() {
        let invite =
            json!({"type": "object", "properties": {"id": {"type": "string"}, "attributes": {"type": "object"}}});
        let contract = contract(json!({
            "/orgs/{org}/invites": {
                "parameters": parameters(&[("org", "path")]),
                "get": {"operationId": "list", "parameters": [
                    {"name": "starting_after", "in": "query", "schema": {"type": "string"}},
                    {"name": "ending_before", "in": "query", "schema": {"type": "string"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}}
                ], "responses": ok("200", json!({"type": "object", "properties": {
                    "data": {"type": "array", "items": invite}, "included": {"type": "array", "items": {}}}}))},
                "post": {"operationId": "create",
                    "requestBody": body(json!({"properties": {"data": {"type": "object", "properties": {"type": {}}}}})),
                    "responses": ok("201", json!({"type": "object", "properties": {"data": invite, "links": {"type": "object"}}}))}
            },
            "/orgs/{org}/invites/{invite_id}": {
                "parameters": parameters(&[("org", "path"), ("invite_id", "path")]),
                "delete": {"operationId": "delete", "responses": {"204": {"description": ""}}}
            },
            "/orgs/{o}/invites/{i}/notes": {
                "parameters": parameters(&[("o", "path"), ("i", "path")]),
                "get": {"operationId": "notes", "responses": ok("200", json!({"type": "array", "items": {"type": "object"}}))}
            }
        }));
        let behaviour = infer(&contract);
        let data = Pointer::root().join("data");
        assert_eq!(behaviour.effects[0].returned, Some(data.clone()));
        assert_eq!(behaviour.effects[1].sent, Some(data.clone()));
        assert_eq!(behaviour.effects[1].returned, Some(data));
        let invites = &behaviour.collections[0];
        assert_eq!((invites.key.as_str(), invites.scope.as_slice()), ("/id", &["org".to_owned()][..]));
        assert_eq!(
            behaviour.effects[0].paging,
            Some(Paging {
                by: PageBy::Cursor { after: Some("starting_after".into()), before: Some("ending_before".into()) },
                limit: Some("limit".into())
            })
        );
        assert_eq!(behaviour.collections[1].parent, Some(0));
        assert_eq!(behaviour.collections[1].origin, Origin::Populated);
    }

    #[test]
    fn an_extension_has_the_last_word_and_a_bad_one_none() {
        let with = |extension: Value| {
            contract(json!({"/orgs/{org}/members/invite": {
                "parameters": parameters(&[("org", "path")]),
                "post": {"operationId": "invite", "x-etalon": extension, "responses": {"204": {"description": ""}}}
            }}))
        };
        let good = with(json!({"resource": "members", "action": "create", "unique": ["/mail"], "async": true,
            "for-each": "body.all", "set": {"/mail": "each.mail"}}));
        let behaviour = infer(&good);
        assert_eq!(told(&behaviour, &good), ["invite create members"]);
        assert_eq!(behaviour.effects[0].timing, Timing::Afterwards);
        assert_eq!(behaviour.collections[0].indexed, [Pointer::root().join("mail")]);
        assert_eq!(behaviour.defects, []);

        for (bad, place) in [
            (json!({"resource": "members", "acton": "create"}), "/acton"),
            (json!({"resource": "members", "action": "make"}), "/action"),
            (json!({"unique": ["mail"]}), "/unique/0"),
            (json!({"set": {"/mail": "body.("}}), "/set/~1mail"),
            (json!([]), ""),
        ] {
            let bad = with(bad);
            let behaviour = infer(&bad);
            assert_eq!(told(&behaviour, &bad), ["invite answer -"]);
            let at = behaviour.defects[0].at.pointer.as_str();
            assert!(at.ends_with(&format!("x-etalon{place}")), "{at}");
        }
    }
}
