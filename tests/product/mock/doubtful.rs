//! Schemas that real documents have and that can hardly be read: a value exists, so it is answered.

use serde_json::{Value, json};

use crate::mock::{Ask, mock_of};

fn answered(media_type: &str, schema: &Value) -> (u16, Vec<u8>) {
    let content = json!({media_type: {"schema": schema}});
    let mock = mock_of(json!({"/x": {"get": {"responses": {"200": {"description": "", "content": content}}}}}));
    let told = Ask::new("GET /x").of(&mock);
    (told.status(), told.response.body)
}

#[test]
fn what_cannot_be_read_of_a_schema_keeps_nobody_from_the_rest() {
    let schemas = [
        json!({"type": "string", "pattern": "^k[a-f]{0,2147483647}$"}),
        json!({"type": "object", "required": ["n"], "properties": {"n": {"type": "number", "minimum": 0, "exclusiveMinimum": true}}}),
        json!({"type": "object", "required": ["id", "n", "id"], "properties": {"id": {"type": "string"}, "n": {"type": "string"}}}),
    ];
    for schema in schemas {
        assert_eq!(answered("application/json", &schema).0, 200, "{schema}");
    }
}

#[test]
fn a_text_may_have_a_format_and_a_pattern() {
    let time = json!({"type": "string", "format": "date-time", "maxLength": 20, "pattern": "^\\d{4}-(0?[1-9]|1[0-2])-(0?[1-9]|[12]\\d|3[01])T[^Z]*Z$"});
    assert_eq!(answered("application/json", &time).0, 200);
    let mail = json!({"type": "string", "format": "email", "pattern": "@example\\."});
    assert_eq!(answered("application/json", &mail).0, 200);
}

#[test]
fn an_object_is_the_data_of_one_event_and_a_text_is_the_stream() {
    let schema =
        json!({"type": "object", "required": ["n"], "properties": {"n": {"const": 1}}, "additionalProperties": false});
    assert_eq!(answered("text/event-stream", &schema), (200, b"data: {\"n\":1}\n\n".to_vec()));
    let text = "event: ping\ndata: {}\n\n";
    let schema = json!({"type": "string", "enum": [text]});
    assert_eq!(answered("text/event-stream", &schema), (200, text.as_bytes().to_vec()));
}
