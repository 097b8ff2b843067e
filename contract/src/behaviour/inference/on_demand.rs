//! Document -> behaviour, for whoever wants all of it at once, and for whoever asks operation by operation. Both read
//! the same inference, so they cannot disagree. Nothing in a contract can make it fail: what is not understood is
//! answered as documented.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::shown_items::{self, Beginning};
use crate::behaviour::{Behaviour, Collection, Effect, Elsewhere};
use crate::document::Defect;
use crate::model::{Contract, Operation};

/// The behaviour of a contract's operations, as `step` and `compose` ask for it.
pub trait Inferred {
    /// The effect of an operation, by its index.
    ///
    /// # Panics
    /// Where the contract has no such operation.
    fn effect(&self, operation: usize) -> &Effect;

    /// A collection, by the number that an effect or another collection has of it.
    ///
    /// # Panics
    /// Where no effect has that number.
    fn collection(&self, number: usize) -> &Collection;

    /// The operations that act on a collection, by its number.
    fn acting(&self, number: usize) -> Vec<usize>;

    /// The items that the document's own examples show of a collection, by its number.
    ///
    /// # Panics
    /// Where no effect has that number.
    fn beginning(&self, contract: &Contract, number: usize) -> Arc<Beginning>;
}

/// Reads the examples of the operations that act on a collection.
fn beginning(inferred: &dyn Inferred, contract: &Contract, number: usize, acting: &[usize]) -> Arc<Beginning> {
    let acting: Vec<(&Operation, &Effect)> = acting
        .iter()
        .filter_map(|index| Some((contract.operation(*index).ok()?, inferred.effect(*index))))
        .filter(|(_, effect)| effect.collection == Some(number))
        .collect();
    Arc::new(shown_items::read(contract, inferred.collection(number), &acting))
}

impl Inferred for Behaviour {
    fn effect(&self, operation: usize) -> &Effect {
        &self.effects[operation]
    }

    fn collection(&self, number: usize) -> &Collection {
        &self.collections[number]
    }

    fn acting(&self, number: usize) -> Vec<usize> {
        self.acting.get(number).cloned().unwrap_or_default()
    }

    fn beginning(&self, contract: &Contract, number: usize) -> Arc<Beginning> {
        beginning(self, contract, number, &self.showing[number])
    }
}

/// The behaviour of a contract, inferred piece by piece when it is first asked for. The order of questions changes no
/// answer.
#[derive(Debug)]
pub struct OnDemand {
    contract: Arc<Contract>,
    inference: Inference,
    /// The examples of collections that were asked for, by the numbers of these.
    beginnings: Mutex<BTreeMap<usize, Arc<Beginning>>>,
}

impl OnDemand {
    /// Looks at paths and methods alone.
    #[must_use]
    pub fn of(contract: Arc<Contract>) -> Self {
        let inference = Inference::of(&contract);
        Self { contract, inference, beginnings: Mutex::default() }
    }

    /// The defects of the contract's `x-etalon` extensions. Reads the operations that have one.
    #[must_use]
    pub fn defects(&self) -> &[Defect] {
        self.inference.declarations(&self.contract).defects()
    }
}

impl Inferred for OnDemand {
    fn effect(&self, operation: usize) -> &Effect {
        self.inference.effect(&self.contract, operation)
    }

    fn collection(&self, number: usize) -> &Collection {
        self.inference.collection(&self.contract, number)
    }

    fn acting(&self, number: usize) -> Vec<usize> {
        let mut acting = self.inference.operations_of(&self.contract, number);
        acting.retain(|index| self.effect(*index).collection == Some(number));
        acting
    }

    fn beginning(&self, contract: &Contract, number: usize) -> Arc<Beginning> {
        let kept = || self.beginnings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept().get(&number) {
            return known.clone();
        }
        let acting = self.inference.operations_of(&self.contract, number);
        let read = beginning(self, contract, number, &acting);
        kept().entry(number).or_insert(read).clone()
    }
}

/// Infers what all operations do, reading all of them. Collections are numbered in the order of the operations that show
/// them.
#[must_use]
pub fn infer(contract: &Contract) -> Behaviour {
    let inference = Inference::of(contract);
    let numbers = inference.all_collections(contract);
    let places: BTreeMap<usize, usize> = numbers.iter().enumerate().map(|(place, number)| (*number, place)).collect();
    let renumbered = |number: usize| places.get(&number).copied();
    let mut collections: Vec<Collection> =
        numbers.iter().map(|number| inference.collection(contract, *number).clone()).collect();
    let mut effects: Vec<Effect> =
        (0..contract.entries().len()).map(|index| inference.effect(contract, index).clone()).collect();
    for collection in &mut collections {
        collection.parent = collection.parent.and_then(renumbered);
        renumber(&mut collection.also, &renumbered);
        collection.of = collection.of.and_then(renumbered);
    }
    for effect in &mut effects {
        effect.collection = effect.collection.and_then(renumbered);
        effect.subject = effect.subject.and_then(renumbered);
        effect.shows = effect.shows.and_then(renumbered);
        renumber(&mut effect.elsewhere, &renumbered);
        effect.holds = effect.holds.take().and_then(|(at, number)| Some((at, renumbered(number)?)));
    }
    let mut acting = vec![Vec::new(); collections.len()];
    for (index, effect) in effects.iter().enumerate() {
        if let Some(number) = effect.collection {
            acting[number].push(index);
        }
    }
    let showing = numbers.iter().map(|number| inference.operations_of(contract, *number)).collect();
    Behaviour { collections, effects, acting, showing, defects: inference.declarations(contract).defects().to_vec() }
}

/// Calls other collections by their new numbers, and leaves out those that have none.
fn renumber(elsewhere: &mut Vec<Elsewhere>, renumbered: &dyn Fn(usize) -> Option<usize>) {
    elsewhere.retain_mut(|one| match renumbered(one.collection) {
        Some(number) => {
            one.collection = number;
            true
        }
        None => false,
    });
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::behaviour::{Origin, PageBy, Paging, Timing};
    use crate::document::{Document, NoFiles, Pointer, Source};

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
                or: None,
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
            (json!({"action": "delete"}), ""),
        ] {
            let bad = with(bad);
            let behaviour = infer(&bad);
            assert_eq!(told(&behaviour, &bad), ["invite answer -"]);
            let at = behaviour.defects[0].at.pointer.as_str();
            assert!(at.ends_with(&format!("x-etalon{place}")), "{at}");
        }
    }
}
