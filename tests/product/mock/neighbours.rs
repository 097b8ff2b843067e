//! Members that are sent under other names than the item shows them by, and items that are named by other members than the key.

use serde_json::{Value, json};

use crate::mock::{Ask, mock_of};

fn content(schema: &Value) -> Value {
    json!({"content": {"application/json": {"schema": schema}}})
}

fn shown(status: &str, schema: &Value) -> Value {
    json!({status: {"description": "", "content": {"application/json": {"schema": schema}}}})
}

fn parameter(name: &str, description: &str) -> Value {
    json!([{"name": name, "in": "path", "required": true, "description": description, "schema": {"type": "string"}}])
}

#[test]
fn what_is_sent_is_shown_under_the_name_that_the_item_has_for_it() {
    let text = json!({"type": "string"});
    let sent = json!({"type": "object", "properties": {"accountName": text, "currency": text, "site_id": text}});
    let named = |member: &str| json!({"type": "object", "properties": {member: text, "label": text}});
    let item = json!({"type": "object", "required": ["id", "name", "currency", "site"], "properties": {
        "id": {"type": "integer", "readOnly": true}, "name": text, "currency": named("code"), "site": named("id")}});
    let mock = mock_of(json!({
        "/accounts": {"post": {"requestBody": content(&sent), "responses": shown("201", &item)}},
        "/accounts/{id}": {"parameters": parameter("id", ""), "get": {"responses": shown("200", &item)}}}));
    Ask::new("POST /accounts").json(&json!({"accountName": "A1", "currency": "EUR", "site_id": "s"})).of(&mock);
    let account = Ask::new("GET /accounts/1").of(&mock).json();
    assert_eq!(account["name"], "A1", "{account}");
    assert_eq!((&account["currency"]["code"], &account["site"]["id"]), (&json!("EUR"), &json!("s")), "{account}");
}

#[test]
fn what_is_sent_by_the_name_of_the_path_parameter_is_the_key() {
    let item = json!({"type": "object", "properties": {"id": {"type": "string"}, "owner": {"type": "string"}}});
    let sent = json!({"type": "object", "required": ["address"], "properties": {"address": {"type": "string"}}});
    let mock = mock_of(json!({
        "/addresses": {"post": {"requestBody": content(&sent), "responses": shown("201", &item)}},
        "/addresses/{address}": {"parameters": parameter("address", ""), "get": {"responses": shown("200", &item)}}}));
    Ask::new("POST /addresses").json(&json!({"address": "a@b.c"})).of(&mock);
    assert_eq!(Ask::new("GET /addresses/a@b.c").of(&mock).at("/id"), "a@b.c");
}

#[test]
fn a_description_says_by_what_else_an_item_is_named() {
    let item = json!({"type": "object", "properties": {
        "sid": {"type": "string", "readOnly": true}, "unique_name": {"type": "string"}}});
    let named = parameter("Sid", "The SID of the talk. Can also be the `unique_name` of the talk.");
    let mock = mock_of(json!({
        "/talks": {"post": {"requestBody": content(&item), "responses": shown("201", &item)}},
        "/talks/{Sid}": {"parameters": named, "get": {"responses": shown("200", &item)}}}));
    let made = Ask::new("POST /talks").json(&json!({"unique_name": "first"})).of(&mock).json();
    assert_eq!(Ask::new("GET /talks/first").of(&mock).json(), made);
}

#[test]
fn the_servers_id_names_an_item_beside_the_one_that_the_client_gave() {
    let company = json!({"type": "object", "properties": {
        "id": {"type": "string", "readOnly": true}, "company_id": {"type": "string"}, "name": {"type": "string"}}});
    let mock = mock_of(json!({
        "/companies": {"post": {"requestBody": content(&company), "responses": shown("201", &company)}},
        "/companies/{company_id}": {"parameters": parameter("company_id", ""),
            "get": {"responses": shown("200", &company)}}}));
    let made = Ask::new("POST /companies").json(&json!({"company_id": "x1", "name": "A"})).of(&mock).json();
    for name in ["x1", made["id"].as_str().expect("an id")] {
        assert_eq!(Ask::new(&format!("GET /companies/{name}")).of(&mock).json(), made, "{name}");
    }
}

#[test]
fn me_is_the_one_who_called_where_the_description_says_so() {
    let user = json!({"type": "object", "required": ["gid"], "properties": {
        "gid": {"type": "string", "readOnly": true}, "name": {"type": "string"}}});
    let named = parameter("user_gid", "A string identifying a user. This can either be the string \"me\", or the gid.");
    let list = json!({"type": "array", "items": user});
    let mock = mock_of(json!({
        "/users": {"get": {"responses": shown("200", &list)}},
        "/users/{user_gid}": {"parameters": named, "get": {"responses": shown("200", &user)}}}));
    let me = Ask::new("GET /users/me").of(&mock).json();
    let gid = me["gid"].as_str().expect("a gid");
    assert_ne!(gid, "me");
    assert_eq!(Ask::new(&format!("GET /users/{gid}")).of(&mock).json(), me);
}
