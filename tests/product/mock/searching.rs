//! Searches by POST: criteria, members of items and pages in the body; patches that a document calls objects; keys that people
//! read.

use serde_json::{Value, json};

use crate::mock::{Ask, mock_of};

fn content(schema: &Value) -> Value {
    json!({"content": {"application/json": {"schema": schema}}})
}

fn shown(status: &str, schema: &Value) -> Value {
    json!({status: {"description": "", "content": {"application/json": {"schema": schema}}}})
}

fn contacts() -> crate::mock::Mock {
    let contact = json!({"type": "object", "properties": {
        "id": {"type": "string", "readOnly": true}, "email": {"type": "string"}, "age": {"type": "integer"}}});
    let query = json!({"type": "object", "properties": {
        "field": {"type": "string"}, "operator": {"type": "string"}, "value": {}}});
    let search = json!({"type": "object", "properties": {"query": query, "email": {"type": "string"},
        "pagination": {"type": "object", "properties": {"limit": {"type": "integer"}, "offset": {"type": "integer"}}}}});
    let found = json!({"type": "object", "required": ["contacts", "total"], "properties": {
        "contacts": {"type": "array", "items": contact}, "total": {"type": "integer"}, "hasMore": {"type": "boolean"}}});
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    mock_of(json!({
        "/contacts": {"post": {"requestBody": content(&contact), "responses": shown("201", &contact)}},
        "/contacts/{id}": {"parameters": id, "get": {"responses": shown("200", &contact)}},
        "/contacts/search": {"post": {"requestBody": content(&search), "responses": shown("200", &found)}}}))
}

#[test]
fn a_search_by_post_follows_its_body() {
    let mock = contacts();
    for (email, age) in [("a@b.c", 30), ("b@b.c", 40), ("c@x.y", 50)] {
        assert_eq!(Ask::new("POST /contacts").json(&json!({"email": email, "age": age})).of(&mock).status(), 201);
    }
    let emails = |body: &Value| {
        let found = Ask::new("POST /contacts/search").json(body).of(&mock).json();
        let all =
            found["contacts"].as_array().expect("a list").iter().map(|one| one["email"].clone()).collect::<Vec<_>>();
        (Value::Array(all), found["total"].clone(), found["hasMore"].clone())
    };
    for (body, wanted) in [
        (json!({}), json!(["a@b.c", "b@b.c", "c@x.y"])),
        (json!({"query": {"field": "email", "operator": "=", "value": "c@x.y"}}), json!(["c@x.y"])),
        (json!({"query": {"field": "age", "operator": ">", "value": 35}}), json!(["b@b.c", "c@x.y"])),
        (json!({"email": "b@b.c"}), json!(["b@b.c"])),
        (json!({"pagination": {"limit": 1, "offset": 1}}), json!(["b@b.c"])),
    ] {
        let found = emails(&body);
        assert_eq!(found.0, wanted, "{body}: {found:?}");
    }
    assert_eq!(emails(&json!({"pagination": {"limit": 2}})), (json!(["a@b.c", "b@b.c"]), json!(3), json!(true)));
}

#[test]
fn a_json_patch_is_a_list_of_changes_whatever_its_schema_is_called() {
    let thing = json!({"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}});
    let patch = json!({"content": {"application/json-patch+json": {"schema": {"type": "object"}},
        "application/merge-patch+json": {"schema": {"type": "object"}}}});
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let mock = mock_of(json!({
        "/things": {"post": {"requestBody": content(&thing), "responses": shown("201", &thing)}},
        "/things/{id}": {"parameters": id, "get": {"responses": shown("200", &thing)},
            "patch": {"requestBody": patch, "responses": shown("200", &thing)}}}));
    Ask::new("POST /things").json(&json!({"id": "t", "name": "a"})).of(&mock);
    let changes = json!([{"op": "replace", "path": "/name", "value": "b"}]);
    let changed = Ask::new("PATCH /things/t").body("application/json-patch+json", &changes).of(&mock);
    assert_eq!((changed.status(), changed.at("/name")), (200, json!("b")));
    assert_eq!(Ask::new("PATCH /things/t").body("application/json-patch+json", &json!({})).of(&mock).status(), 400);
    let merged = Ask::new("PATCH /things/t").body("application/merge-patch+json", &json!({"name": "c"})).of(&mock);
    assert_eq!(merged.at("/name"), "c");
}

#[test]
fn keys_are_what_their_names_say_and_examples_of_members_are_taken_whole() {
    let domain = json!({"type": "object", "required": ["domain_name", "tags", "owner"], "properties": {
        "domain_name": {"type": "string", "readOnly": true},
        "since": {"type": "string", "format": "date-time", "example": "2018-01-01T00:01:01", "readOnly": true},
        "tags": {"type": "array", "items": {"type": "string"}, "example": ["x", "y"], "readOnly": true},
        "owner": {"type": "object", "properties": {"z": {"type": "string"}}, "example": {"z": "deep"}, "readOnly": true}}});
    let name = json!([{"name": "domain_name", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let list = json!({"type": "array", "items": domain});
    let mock = mock_of(json!({
        "/domains": {"get": {"responses": shown("200", &list)}},
        "/domains/{domain_name}": {"parameters": name, "get": {"responses": shown("200", &domain)}}}));
    let all = Ask::new("GET /domains").of(&mock).json();
    for one in all.as_array().expect("a list") {
        assert!(one["domain_name"].as_str().is_some_and(|name| name.ends_with(".example.com")), "{one}");
        assert_eq!((&one["tags"], &one["owner"]), (&json!(["x", "y"]), &json!({"z": "deep"})), "{one}");
        assert!(one["since"].is_string(), "{one}");
    }
}
