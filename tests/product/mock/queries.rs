//! What query parameters mean: by the names of members, by flags, as one of several things, and none at all.

use etalon_contract::behaviour::describe;
use serde_json::{Value, json};

use crate::mock::{Ask, mock_of};

fn content(schema: &Value) -> Value {
    json!({"content": {"application/json": {"schema": schema}}})
}

fn shown(status: &str, schema: &Value) -> Value {
    json!({status: {"description": "", "content": {"application/json": {"schema": schema}}}})
}

fn query(name: &str, schema: &Value) -> Value {
    json!({"name": name, "in": "query", "schema": schema})
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().filter_map(|one| one["name"].as_str()).collect()
}

#[test]
fn lists_choose_by_the_things_that_an_item_names_and_by_flags() {
    let item = json!({"type": "object", "properties": {
        "id": {"type": "integer", "readOnly": true}, "name": {"type": "string"},
        "labels": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "status": {"type": "string"}, "hidden": {"type": "boolean"},
        "role": {"type": "string", "enum": ["reader", "writer", "owner"]}}});
    let text = json!({"type": "string"});
    let asked = json!([
        query("labels", &text),
        query("label", &text),
        query("batchStatus", &text),
        query("showHidden", &json!({"type": "boolean", "default": false})),
        query("minRole", &text)
    ]);
    let list = json!({"type": "array", "items": item});
    let mock = mock_of(json!({"/batches": {
        "get": {"operationId": "list", "parameters": asked, "responses": shown("200", &list)},
        "post": {"requestBody": content(&item), "responses": shown("201", &item)}}}));
    for one in [
        json!({"name": "a", "labels": [{"name": "bug"}], "status": "open", "role": "owner"}),
        json!({"name": "b", "labels": [{"name": "bug"}, {"name": "old"}], "status": "done", "role": "reader"}),
        json!({"name": "c", "labels": [], "status": "done", "hidden": true}),
    ] {
        assert_eq!(Ask::new("POST /batches").json(&one).of(&mock).status(), 201);
    }
    for (asked, wanted) in [
        ("", &["a", "b"][..]),
        ("labels=bug", &["a", "b"]),
        ("labels=old,none", &["b"]),
        ("label=old", &["b"]),
        ("batchStatus=done", &["b"]),
        ("batchStatus=done&showHidden=true", &["b", "c"]),
        ("minRole=reader", &["a", "b"]),
    ] {
        assert_eq!(names(&Ask::new(&format!("GET /batches?{asked}")).of(&mock).json()), wanted, "{asked}");
    }
}

#[test]
fn a_query_says_members_of_what_is_made_and_all_else_is_said_to_be_unused() {
    let item = json!({"type": "object", "properties": {
        "id": {"type": "string", "readOnly": true}, "name": {"type": "string"}, "closed": {"type": "boolean"}}});
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let asked = json!([query("name", &json!({"type": "string"})), query("notify", &json!({"type": "boolean"}))]);
    let mock = mock_of(json!({
        "/boards": {"post": {"operationId": "add", "parameters": asked, "responses": shown("201", &item)}},
        "/boards/{id}": {"parameters": id,
            "get": {"responses": shown("200", &item)},
            "put": {"operationId": "updateBoard", "responses": shown("200", &item),
                "parameters": [query("closed", &json!({"type": "boolean"}))]}}}));
    let made = Ask::new("POST /boards?name=Plan&notify=true").of(&mock).json();
    let id = made["id"].as_str().expect("an id").to_owned();
    assert_eq!(made["name"], "Plan");
    let closed = Ask::new(&format!("PUT /boards/{id}?closed=true")).of(&mock).json();
    assert_eq!((&closed["name"], &closed["closed"]), (&json!("Plan"), &json!(true)));
    let told = describe(&mock.services()[0].behaviour, 0);
    assert!(told.contains("`notify` is not used") && !told.contains("`name` is not used"), "{told}");
}

#[test]
fn a_required_word_in_the_query_tells_things_at_one_path_apart() {
    let alert = json!({"type": "object", "required": ["volume"], "properties": {"volume": {"type": "integer"}}});
    let meeting = json!({"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}});
    let either = json!({"oneOf": [alert, meeting]});
    let kind = json!([{"name": "kind", "in": "query", "required": true,
        "schema": {"type": "string", "enum": ["alert", "meeting"]}}]);
    let mock = mock_of(json!({"/settings": {"parameters": kind,
        "get": {"responses": shown("200", &either)},
        "patch": {"requestBody": content(&either), "responses": {"204": {"description": ""}}}}}));
    let (loud, plan) = (json!({"volume": 7}), json!({"title": "Plan"}));
    assert_eq!(Ask::new("PATCH /settings?kind=alert").json(&loud).of(&mock).status(), 204);
    assert_eq!(Ask::new("PATCH /settings?kind=meeting").json(&plan).of(&mock).status(), 204);
    assert_eq!(Ask::new("GET /settings?kind=alert").of(&mock).json(), loud);
    assert_eq!(Ask::new("GET /settings?kind=meeting").of(&mock).json(), plan);
}

#[test]
fn a_put_whose_own_schema_asks_for_nothing_leaves_what_is_not_sent() {
    let item = json!({"type": "object", "properties": {
        "id": {"type": "string", "readOnly": true}, "name": {"type": "string"}, "email": {"type": "string"}}});
    let sent = json!({"oneOf": [{"type": "object", "properties": {
        "name": {"type": "string"}, "email": {"type": "string"}}}]});
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let mock = mock_of(json!({
        "/contacts": {"post": {"requestBody": content(&sent), "responses": shown("201", &item)}},
        "/contacts/{id}": {"parameters": id, "get": {"responses": shown("200", &item)},
            "put": {"requestBody": content(&sent), "responses": shown("200", &item)}}}));
    let made = Ask::new("POST /contacts").json(&json!({"name": "A", "email": "a@b.c"})).of(&mock).json();
    let put = format!("PUT /contacts/{}", made["id"].as_str().expect("an id"));
    let changed = Ask::new(&put).json(&json!({"name": "B"})).of(&mock).json();
    assert_eq!((&changed["name"], &changed["email"]), (&json!("B"), &json!("a@b.c")));
}
