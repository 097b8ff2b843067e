//! A large contract is served at once, and costs memory only for what is used.

use etalon_contract::validate;
use serde_json::{Value, json};

use crate::mock::{Ask, mock_with};
use etalon::server::Mock;

/// The number of resources that the contract has, four operations each.
const RESOURCES: usize = 2_500;

/// The most operations that an answer may read: its own, those of its collection and of the one above.
const READ: usize = 8;

fn large() -> Mock {
    let thing = json!({"$ref": "#/components/schemas/Thing"});
    let body = json!({"content": {"application/json": {"schema": thing}}});
    let ok = json!({"200": {"description": "", "content": {"application/json": {"schema": thing}}}});
    let made = json!({"201": {"description": "", "content": {"application/json": {"schema": thing}}}});
    let all = json!({"200": {"description": "", "content": {"application/json": {"schema": {"type": "array", "items": thing}}}}});
    let mut paths = serde_json::Map::new();
    for number in 0..RESOURCES {
        let list = json!({"get": {"responses": all}, "post": {"requestBody": body, "responses": made}});
        let item = json!({"get": {"responses": ok}, "delete": {"responses": {"204": {"description": ""}}}});
        paths.insert(format!("/things{number}"), list);
        paths.insert(format!("/things{number}/{{id}}"), item);
    }
    let thing = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}});
    mock_with(Value::Object(paths), json!({"schemas": {"Thing": thing}}))
}

fn read(mock: &Mock) -> usize {
    let contract = &mock.services()[0].contract;
    (0..contract.entries().len()).filter(|index| contract.has_read(*index)).count()
}

#[test]
fn a_mock_of_ten_thousand_operations_reads_those_that_are_used() {
    let mock = large();
    assert_eq!((mock.services()[0].contract.entries().len(), read(&mock)), (4 * RESOURCES, 0));
    assert_eq!(Ask::new("POST /things7").body("application/json", &json!({"id": "a"})).of(&mock).status(), 201);
    assert_eq!(Ask::new("GET /things7/a").of(&mock).status(), 200);
    assert!(read(&mock) <= READ, "{} operations were read", read(&mock));
    let compiled = validate::compiled(&mock.services()[0].contract);
    assert!(compiled <= READ, "{compiled} validators were compiled");
}

#[test]
fn the_start_up_table_of_a_large_contract_is_short_and_reads_next_to_nothing() {
    let mock = large();
    let told = etalon::cli::banner(&mock, &["large.json".to_owned()], "http://localhost");
    assert!(
        told.contains(&format!("… and {} more; `etalon explain large.json` shows all", 4 * RESOURCES - 80)),
        "{told}"
    );
    assert!(told.contains("try          curl"), "{told}");
    assert!(told.lines().count() < 100, "{told}");
    assert!(read(&mock) <= READ, "{} operations were read", read(&mock));
}
