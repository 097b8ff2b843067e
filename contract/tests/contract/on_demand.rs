//! What operations do is found out when it is first asked for: in any order with the same result, and without reading what
//! the answer does not depend on.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use etalon_contract::behaviour::{Behaviour, Inferred, OnDemand, infer};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;
use serde_json::{Value, json};

use crate::shipped;

/// Everything that is known of an operation, its collections spelled out instead of numbered.
fn known(behaviour: &dyn Inferred, operation: usize) -> String {
    let mut effect = behaviour.effect(operation).clone();
    let mut text = String::new();
    for (what, number) in [("acts on", effect.collection.take()), ("leads through", effect.subject.take())] {
        let mut next = number;
        while let Some(number) = next {
            let mut collection = behaviour.collection(number).clone();
            next = collection.parent.take();
            text.push_str(&format!("{what} {collection:?}\nbelow "));
        }
    }
    format!("{text}{effect:?}")
}

/// The numbers below `count` in an order of its own for each seed.
fn shuffled(count: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut state = seed;
    for place in (1..count).rev() {
        // Knuth's MMIX constants; any order will do.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(place, usize::try_from(state >> 33).expect("it is 31 bits") % (place + 1));
    }
    order
}

fn agree(name: &str, make: &dyn Fn() -> Contract) {
    let contract = make();
    let whole: Behaviour = infer(&contract);
    let count = contract.entries().len();
    let expected: Vec<String> = (0..count).map(|operation| known(&whole, operation)).collect();
    let mut orders = vec![(0..count).collect(), (0..count).rev().collect()];
    orders.extend((1..4).map(|seed| shuffled(count, seed)));
    for order in orders {
        let behaviour = OnDemand::of(Arc::new(make()));
        for operation in order {
            let found = known(&behaviour, operation);
            assert_eq!(found, expected[operation], "{name} {}", contract.entries()[operation].id);
        }
        assert_eq!(behaviour.defects(), whole.defects, "{name}");
    }
}

fn load(name: &str, bytes: &[u8]) -> Option<Contract> {
    Document::load(Source { name, bytes }, &[], &NoFiles).ok().map(Contract::new)
}

fn folder(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(below)
}

fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            _ if path.is_dir() => found.extend(documents(&path)),
            Some("yaml" | "yml" | "json") => found.push(path),
            _ => {}
        }
    }
    found.sort();
    found
}

/// Collections in collections, lists of a part of one, single things, actions, paths under two namings, keys in two
/// parameters, broken operations, and extensions that name collections of paths and of their own.
fn town() -> Value {
    let ok = |schema: Value| json!({"200": {"description": "", "content": {"application/json": {"schema": schema}}}});
    let body = |schema: Value| json!({"content": {"application/json": {"schema": schema}}});
    let made = |schema: Value| json!({"201": {"description": "", "content": {"application/json": {"schema": schema}}}});
    let done = json!({"204": {"description": ""}});
    let one = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let many = |name: &str| json!({"type": "array", "items": {"$ref": format!("#/components/schemas/{name}")}});
    let thing = json!({"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}});
    json!({
        "openapi": "3.1.0", "info": {"title": "town", "version": "1"},
        "paths": {
            "/houses/byStreet": {"get": {"parameters": [{"name": "page", "in": "query"}], "responses": ok(many("House"))}},
            "/houses/{h}/rooms/{r}/lamps/{l}": {"get": {"responses": ok(one("Lamp"))}, "put": {"requestBody": body(one("Lamp")), "responses": ok(one("Lamp"))}},
            "/houses/{house}/rooms": {"get": {"responses": ok(many("Room"))}, "post": {"requestBody": body(one("Room")), "responses": made(one("Room"))}},
            "/houses/{house}/rooms/{room}": {"delete": {"responses": done}},
            "/houses/{x}/sell": {"post": {"responses": ok(one("House"))}},
            "/houses/{x}/roof": {"get": {"responses": ok(one("Roof"))}, "patch": {"requestBody": body(one("Roof")), "responses": done}},
            "/houses": {"get": {"responses": ok(json!({"properties": {"data": many("House")}}))}, "post": {"requestBody": body(one("House")), "responses": made(one("House"))}},
            "/houses/{id}": {"get": {"responses": ok(one("House"))}, "put": {"requestBody": body(one("House")), "responses": ok(one("House"))}},
            "/shops/{a}-{b}": {"get": {"responses": ok(one("Shop"))}},
            "/shops/{a}/{b}": {"get": {"responses": ok(one("Shop"))}},
            "/mayor": {"get": {"responses": ok(one("House"))}, "put": {"requestBody": body(one("House")), "responses": done}},
            "/broken": {"get": {"parameters": 7, "responses": done}},
            "/broken/{id}": {"get": {"responses": ok(one("Nothing"))}},
            "/visit": {"post": {"x-etalon": {"resource": "houses", "action": "create", "unique": ["/name"]}, "requestBody": body(one("House")), "responses": done}},
            "/guests": {"post": {"x-etalon": {"resource": "visitors", "action": "create", "key": "/name"}, "requestBody": body(one("Shop")), "responses": made(one("Shop"))}},
            "/guests/{g}": {"get": {"x-etalon": {"resource": "visitors"}, "responses": ok(one("Shop"))}},
            "/guests/{g}/hat": {"get": {"responses": ok(one("Shop"))}},
            "/odd": {"get": {"x-etalon": {"acton": "read"}, "responses": done}}
        },
        "components": {"schemas": {"House": thing, "Room": thing, "Lamp": thing, "Roof": {"type": "object"}, "Shop": thing}}
    })
}

#[test]
fn the_order_of_questions_changes_no_answer() {
    for name in shipped::NAMES {
        agree(name, &|| shipped::contract(name));
    }
    let town = town().to_string();
    agree("town", &|| load("town.json", town.as_bytes()).expect("it can be loaded"));
    for path in documents(&folder("fixtures/documents")) {
        let bytes = fs::read(&path).expect("it is there");
        let name = path.display().to_string();
        if load(&name, &bytes).is_some() {
            agree(&name, &|| load(&name, &bytes).expect("it was loaded before"));
        }
    }
}

#[test]
#[ignore = "needs a folder of documents in ETALON_CORPUS, which is far too large to live beside the code"]
fn the_order_of_questions_changes_no_answer_over_a_corpus() {
    let folder = std::env::var_os("ETALON_CORPUS").expect("ETALON_CORPUS names a folder of documents");
    let mut compared = 0;
    for path in documents(Path::new(&folder)) {
        let bytes = fs::read(&path).expect("it is there");
        let name = path.display().to_string();
        if load(&name, &bytes).is_some_and(|contract| !contract.entries().is_empty()) {
            agree(&name, &|| load(&name, &bytes).expect("it was loaded before"));
            compared += 1;
        }
    }
    assert!(compared > 0, "no document of the corpus could be compared");
}

#[test]
fn the_town_is_understood() {
    let town = town().to_string();
    let contract = load("town.json", town.as_bytes()).expect("it can be loaded");
    let behaviour = infer(&contract);
    let told: Vec<String> = contract
        .entries()
        .iter()
        .map(|entry| format!("{} {}: {}", entry.method, entry.path, behaviour.describe(entry.index)))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn an_answer_reads_what_it_depends_on_and_no_more() {
    let many = 2_000;
    let ok = json!({"200": {"description": "", "content": {"application/json": {"schema": {"type": "object", "properties": {"id": {}}}}}}});
    let mut paths = serde_json::Map::new();
    for number in 0..many {
        paths.insert(format!("/things{number}"), json!({"get": {"responses": ok}, "post": {"responses": ok}}));
        paths.insert(format!("/things{number}/{{id}}"), json!({"get": {"responses": ok}}));
        paths.insert(format!("/things{number}/{{id}}/parts"), json!({"get": {"responses": ok}}));
    }
    let text = json!({"openapi": "3.1.0", "info": {"title": "many", "version": "1"}, "paths": paths}).to_string();
    let contract = Arc::new(load("many.json", text.as_bytes()).expect("it can be loaded"));
    let behaviour = OnDemand::of(contract.clone());
    let read = || (0..contract.entries().len()).filter(|index| contract.has_read(*index)).count();
    assert_eq!(read(), 0, "a survey reads no operation");
    let deep = contract.entries().iter().find(|entry| entry.path.as_str() == "/things7/{id}/parts").expect("it is one");
    let subject = behaviour.effect(deep.index).subject.expect("its path leads through an item");
    assert_eq!(behaviour.collection(subject).name, "things7");
    assert!(read() <= 4, "{} operations were read for one", read());
}
