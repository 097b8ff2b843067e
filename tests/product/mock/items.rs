//! What a client may say of an item, and what only the server says.

use serde_json::{Value, json};

use crate::mock::{Ask, mock_of};
use etalon::server::Mock;

fn body(schema: &Value) -> Value {
    json!({"content": {"application/json": {"schema": schema}}})
}

fn answers(status: &str, schema: &Value) -> Value {
    json!({status: {"description": "", "content": {"application/json": {"schema": schema}}}})
}

fn in_path(names: &[&str]) -> Value {
    names
        .iter()
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "integer"}}))
        .collect()
}

/// Lists of todos, as a task manager has them.
fn todos() -> Mock {
    let list = json!({"type": "object", "required": ["id", "title"], "properties": {
        "id": {"type": "integer", "readOnly": true}, "title": {"type": "string"}}});
    let todo = json!({"type": "object", "required": ["id", "list_id", "text", "status"], "properties": {
        "id": {"type": "integer", "readOnly": true}, "list_id": {"type": "integer"}, "text": {"type": "string"},
        "note": {"type": "string"}, "etag": {"type": "string", "readOnly": true},
        "status": {"type": "string", "enum": ["done", "open", "late"]},
        "colour": {"type": "string", "enum": ["red", "blue", "grey"], "default": "grey"}}});
    let new = json!({"type": "object", "required": ["text"], "properties": {
        "text": {"type": "string"}, "note": {"type": "string"},
        "status": {"type": "string", "enum": ["done", "open", "late"], "default": "open"}}});
    let mut put = answers("200", &todo);
    put["404"] = json!({"description": ""});
    mock_of(json!({
        "/lists": {"post": {"requestBody": body(&json!({"type": "object"})), "responses": answers("201", &list)}},
        "/lists/{l}": {"parameters": in_path(&["l"]), "get": {"responses": answers("200", &list)}},
        "/lists/{l}/todos": {
            "parameters": in_path(&["l"]),
            "get": {"responses": answers("200", &json!({"type": "array", "items": todo}))},
            "post": {"requestBody": body(&new), "responses": answers("201", &todo)}},
        "/lists/{l}/todos/{id}": {
            "parameters": in_path(&["l", "id"]),
            "get": {"responses": answers("200", &todo)},
            "put": {"requestBody": body(&new), "responses": put},
            "patch": {"requestBody": body(&json!({"type": "object"})), "responses": answers("200", &todo)}},
        "/lists/{l}/todos/{id}/complete": {
            "parameters": in_path(&["l", "id"]), "post": {"responses": answers("200", &todo)}},
        "/lists/{l}/todos/{id}/notify": {
            "parameters": in_path(&["l", "id"]), "post": {"responses": {"204": {"description": ""}}}}
    }))
}

/// A mock with list 1, and todo 2 in it.
fn with_a_todo(sent: &Value) -> (Mock, String, Value) {
    let mock = todos();
    let list = Ask::new("POST /lists").json(&json!({"title": "home"})).of(&mock).at("/id");
    let created = Ask::new(&format!("POST /lists/{list}/todos")).json(sent).of(&mock);
    assert_eq!(created.status(), 201);
    let here = created.header("location").to_owned();
    assert_eq!(here, format!("/lists/{list}/todos/{}", created.at("/id")));
    let value = created.json();
    (mock, here, value)
}

#[test]
fn a_key_that_a_client_cannot_choose_is_passed_over() {
    for id in [json!("abc"), json!(77), Value::Null, json!({})] {
        let (mock, here, created) = with_a_todo(&json!({"text": "x", "id": id, "list_id": 99, "etag": "mine"}));
        assert_ne!(created["id"], id);
        assert_ne!(created["list_id"], 99);
        assert_ne!(created["etag"], "mine");
        assert_eq!(Ask::new(&format!("GET {here}")).of(&mock).json(), created);
    }
}

#[test]
fn a_change_leaves_key_scope_and_read_only_members() {
    let (mock, here, created) = with_a_todo(&json!({"text": "x"}));
    let sent = json!({"id": 900, "list_id": 900, "etag": "mine", "text": "y"});
    let changed = Ask::new(&format!("PATCH {here}")).json(&sent).of(&mock).json();
    assert_eq!(changed["text"], "y");
    for name in ["id", "list_id", "etag"] {
        assert_eq!(changed.get(name), created.get(name), "{name}");
    }
    let replaced = Ask::new(&format!("PUT {here}")).json(&sent).of(&mock).json();
    for name in ["id", "list_id", "etag"] {
        assert_eq!(replaced.get(name), created.get(name), "{name}");
    }
    assert_eq!(Ask::new(&format!("GET {here}")).of(&mock).json(), replaced);
}

#[test]
fn what_was_not_sent_has_its_default() {
    let (mock, here, _) = with_a_todo(&json!({"text": "x"}));
    let (todos, _) = here.rsplit_once('/').expect("a path");
    for number in 0..8 {
        let created = Ask::new(&format!("POST {todos}")).json(&json!({"text": number.to_string()})).of(&mock);
        assert_eq!((created.at("/status"), created.at("/colour")), (json!("open"), json!("grey")));
    }
    let (mock, here, created) = with_a_todo(&json!({"text": "x", "status": "late"}));
    assert_eq!(created["status"], "late");
    assert_eq!(Ask::new(&format!("PATCH {here}")).json(&json!({"text": "y"})).of(&mock).at("/status"), "late");
}

#[test]
fn what_is_done_with_an_item_needs_it_and_shows_it() {
    let (mock, here, created) = with_a_todo(&json!({"text": "x"}));
    let done = Ask::new(&format!("POST {here}/complete")).of(&mock);
    let mut expected = created;
    expected["status"] = json!("done");
    assert_eq!((done.status(), done.json()), (200, expected));
    assert_eq!(Ask::new(&format!("POST {here}/notify")).of(&mock).status(), 204);
    for action in ["complete", "notify"] {
        assert_eq!(Ask::new(&format!("POST {here}9/{action}")).of(&mock).status(), 404);
        let elsewhere = here.replace("/lists/", "/lists/9");
        assert_eq!(Ask::new(&format!("POST {elsewhere}/{action}")).of(&mock).status(), 404);
    }
}

#[test]
fn a_replacement_that_documents_404_creates_nothing() {
    let (mock, here, _) = with_a_todo(&json!({"text": "x"}));
    assert_eq!(Ask::new(&format!("PUT {here}9")).json(&json!({"text": "y"})).of(&mock).status(), 404);
    assert_eq!(Ask::new(&format!("GET {here}9")).of(&mock).status(), 404);
}
