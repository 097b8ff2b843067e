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
