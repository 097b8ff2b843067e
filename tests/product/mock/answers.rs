//! Answers that took more than one look: media that not every value has a form in, problems that are successes, and cursors
//! that nobody gave out.

use serde_json::{Value, json};

use crate::mock::{Ask, mock_of};

fn ok(media_type: &str, schema: Value) -> Value {
    json!({"200": {"description": "", "content": {media_type: {"schema": schema}}}})
}

#[test]
fn a_value_without_a_form_in_its_medium_is_made_anew() {
    // An element that is repeated cannot show an array that is empty.
    let tags = json!({"type": "object", "xml": {"name": "tagged"}, "required": ["tags"], "properties": {"tags": {"type": "array", "items": {"type": "string"}}}});
    let paths: serde_json::Map<String, Value> = (0..30)
        .map(|number| (format!("/tags{number}"), json!({"get": {"responses": ok("application/xml", tags.clone())}})))
        .collect();
    let mock = mock_of(Value::Object(paths));
    for number in 0..30 {
        assert_eq!(Ask::new(&format!("GET /tags{number}")).of(&mock).status(), 200, "/tags{number}");
    }
}

#[test]
fn a_problem_that_is_a_success_has_the_status_of_its_answer() {
    let problem = json!({"type": "object", "required": ["status"], "properties": {"status": {"type": "integer", "minimum": 100}}});
    let mock = mock_of(json!({"/moved": {"get": {"responses": ok("application/problem+json", problem)}}}));
    assert_eq!(Ask::new("GET /moved").of(&mock).at("/status"), json!(200));
}

#[test]
fn an_unknown_cursor_is_refused_where_the_contract_says_how() {
    let list = json!({"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}});
    let cursor = json!([{"name": "cursor", "in": "query", "schema": {"type": "string"}}]);
    let documented = json!({"200": ok("application/json", list.clone())["200"], "400": {"description": ""}});
    let mock = mock_of(json!({
        "/strict": {"get": {"parameters": cursor, "responses": documented}},
        "/lenient": {"get": {"parameters": cursor, "responses": ok("application/json", list)}}
    }));
    assert_eq!(Ask::new("GET /strict?cursor=made-up").of(&mock).status(), 400);
    let first = Ask::new("GET /lenient").of(&mock).json();
    assert!(first.as_array().is_some_and(|items| !items.is_empty()), "{first}");
    assert_eq!(Ask::new("GET /lenient?cursor=made-up").of(&mock).json(), first);
}

#[test]
fn an_example_is_shown_without_what_only_requests_may_hold() {
    let card = json!({"type": "object", "required": ["number", "cvc"],
        "properties": {"number": {"type": "string"}, "cvc": {"type": "string", "writeOnly": true}}});
    let payment = json!({"type": "object", "properties": {"source": card, "cards": {"type": "array", "items": card}}});
    let shown = json!({"number": "*4242", "cvc": "123"});
    let example = json!({"source": shown, "cards": [shown, shown]});
    let content = json!({"application/json": {"schema": payment, "example": example}});
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}});
    let mock = mock_of(
        json!({"/bookings/{id}/pay": {"parameters": [id], "post": {"operationId": "payBooking", "responses": {"200":
        {"description": "ok", "content": content}}}}}),
    );
    let answer = Ask::new("POST /bookings/7/pay").of(&mock).response;
    let shown = json!({"number": "*4242"});
    let body: Value = serde_json::from_slice(&answer.body).expect("it is JSON");
    assert_eq!(body, json!({"source": shown, "cards": [shown, shown]}));
}

#[test]
fn an_operation_that_documents_errors_alone_changes_nothing_and_says_so() {
    let thing = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "integer", "readOnly": true}, "name": {"type": "string"}}});
    let content = json!({"application/json": {"schema": thing}});
    let error = json!({"description": "bad", "content": {"application/json": {"schema": {
        "type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}}}});
    let mock = mock_of(json!({
        "/things": {
            "post": {"requestBody": {"content": content}, "responses": {"201": {"description": "", "content": content}}}},
        "/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}],
            "get": {"responses": {"200": {"description": "", "content": content}, "404": {"description": ""}}},
            "patch": {"requestBody": {"content": content}, "responses": {"422": error, "400": error, "500": error}},
            "delete": {"responses": {"403": {"description": ""}}}}
    }));
    let made = Ask::new("POST /things").json(&json!({"name": "a"})).of(&mock).json();
    let path = format!("/things/{}", made["id"]);
    let changed = Ask::new(&format!("PATCH {path}")).json(&json!({"name": "b"})).of(&mock);
    assert_eq!(changed.status(), 400);
    let said = changed.at("/message");
    assert!(said.as_str().is_some_and(|said| said.contains("documents errors alone")), "{said}");
    assert_eq!(Ask::new(&format!("DELETE {path}")).of(&mock).status(), 403);
    assert_eq!(Ask::new("DELETE /things/99").of(&mock).status(), 404);
    assert_eq!(Ask::new(&format!("GET {path}")).of(&mock).json(), made);
}
