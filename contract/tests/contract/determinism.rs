//! The same seed gives the same bytes: on two runs, in any order of operations, on any thread.

use std::collections::BTreeMap;
use std::fmt::Write;

use etalon_contract::codec;
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::generate::{self, Seeded};
use etalon_contract::model::Contract;
use serde_json::json;

/// The number of operations that are looked at.
const OPERATIONS: usize = 1_000;

/// A contract of many operations, each with a schema of its own making.
fn contract() -> Contract {
    let mut paths = serde_json::Map::new();
    for number in 0..OPERATIONS {
        let schema = json!({
            "type": "object",
            "required": ["name", format!("field{}", number % 7)],
            "properties": {
                "name": {"type": "string", "minLength": number % 5, "maxLength": 20 + number % 30},
                "kind": {"enum": ["a", "b", number]},
                "price": {"type": "number", "minimum": 0, "multipleOf": 0.01},
                "when": {"type": "string", "format": "date-time"},
                "code": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{3,5}$"},
                "tags": {"type": "array", "uniqueItems": true, "items": {"type": "string"}, "minItems": number % 3},
                "parent": {"$ref": "#/components/schemas/Node"},
                "one": {"oneOf": [{"type": "integer", "multipleOf": 3}, {"type": "integer", "multipleOf": 5}]},
            },
        });
        let operation = json!({"post": {
            "operationId": format!("op{number}"),
            "parameters": [{"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}}],
            "requestBody": {"required": true, "content": {"application/json": {"schema": schema}}},
            "responses": {"204": {"description": "done"}},
        }});
        paths.insert(format!("/things{number}"), operation);
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "many", "version": "1"},
        "paths": paths,
        "components": {"schemas": {"Node": {"type": "object", "properties": {
            "id": {"type": "string", "format": "uuid"},
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
        }}}},
    });
    let text = document.to_string();
    let source = Source { name: "many.json", bytes: text.as_bytes() };
    Contract::new(Document::load(source, &[], &NoFiles).expect("it is sound"))
}

/// The bytes of each operation's request, made in this order.
fn bytes(contract: &Contract, order: impl Iterator<Item = usize>) -> BTreeMap<usize, String> {
    let mut made = BTreeMap::new();
    for index in order {
        let operation = contract.operation(index).expect("it is sound");
        let mut choices = Seeded::new(7, ["determinism", operation.id.as_str()]);
        let draft = generate::valid(contract, operation, &mut choices).expect("there is one");
        let request = codec::encode(contract, operation, &draft).expect("it has a wire form");
        let mut text = format!("{} {}\n", request.method, request.target);
        for (name, value) in request.headers.iter() {
            writeln!(text, "{name}: {value:?}").expect("a text grows");
        }
        text.push_str(&String::from_utf8_lossy(&request.body));
        made.insert(index, text);
    }
    made
}

#[test]
fn the_same_seed_gives_the_same_bytes_in_any_order_and_on_any_thread() {
    let first = contract();
    let forwards = bytes(&first, 0..OPERATIONS);
    assert_eq!(forwards.len(), OPERATIONS);
    // Another run: nothing is remembered.
    let second = contract();
    assert_eq!(forwards, bytes(&second, (0..OPERATIONS).rev()));
    let third = contract();
    let halves: Vec<BTreeMap<usize, String>> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..4)
            .map(|part| {
                let third = &third;
                scope.spawn(move || bytes(third, (part..OPERATIONS).step_by(4)))
            })
            .collect();
        running.into_iter().map(|thread| thread.join().expect("it ends")).collect()
    });
    assert_eq!(forwards, halves.into_iter().flatten().collect());
}

#[test]
fn a_new_member_changes_no_other_members_data() {
    let make = |extra: bool| {
        let mut properties = json!({
            "name": {"type": "string"}, "city": {"type": "string"},
            "owner": {"type": "object", "required": ["age"], "properties": {"age": {"type": "integer"}}},
        });
        if extra {
            properties["aNewOne"] = json!({"type": "string"});
        }
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "one", "version": "1"}, "paths": {},
            "components": {"schemas": {"Thing": {"type": "object", "properties": properties}}},
        });
        let text = document.to_string();
        let source = Source { name: "one.json", bytes: text.as_bytes() };
        let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("it is sound"));
        let at = etalon_contract::document::Location::entry(["components", "schemas", "Thing"].iter().collect());
        let direction = etalon_contract::model::Direction::Response;
        generate::value(&contract, &at, direction, &mut Seeded::new(3, ["thing"])).expect("there is one")
    };
    let (before, mut after) = (make(false), make(true));
    assert!(after.as_object_mut().expect("an object").shift_remove("aNewOne").is_some());
    assert_eq!(before, after);
}

#[test]
fn members_of_one_object_agree() {
    let document = json!({
        "openapi": "3.1.0", "info": {"title": "one", "version": "1"}, "paths": {},
        "components": {"schemas": {"Person": {"type": "object", "properties": {
            "email": {"type": "string"}, "givenName": {"type": "string"}, "familyName": {"type": "string"},
            "startDate": {"type": "string", "format": "date-time"}, "endDate": {"type": "string", "format": "date-time"},
        }}}},
    });
    let text = document.to_string();
    let source = Source { name: "one.json", bytes: text.as_bytes() };
    let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("it is sound"));
    let at = etalon_contract::document::Location::entry(["components", "schemas", "Person"].iter().collect());
    let direction = etalon_contract::model::Direction::Response;
    for seed in 0..50 {
        let made =
            generate::value(&contract, &at, direction, &mut Seeded::new(seed, ["person"])).expect("there is one");
        let text = |name: &str| made[name].as_str().expect("a text").to_lowercase();
        let fits = format!("{}.{}.", text("givenName"), text("familyName"));
        assert!(text("email").starts_with(&fits) && text("email").ends_with("@example.com"), "{made}");
        assert!(text("startDate") <= text("endDate"), "{made}");
    }
}
