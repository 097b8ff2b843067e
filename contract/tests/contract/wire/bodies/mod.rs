//! The law over every media type.

mod forms;
mod law;
mod looks;
mod reading;

use serde_json::{Value, json};

use etalon_contract::codec::{DecodedBody, NoWireForm, decode_body, encode_body};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::{Content, Contract, Direction, Operation};

/// A contract with one operation, `POST /x`, whose body has these contents.
fn contract(content: &Value) -> Contract {
    let document = json!({
        "openapi": "3.2.0",
        "info": {"title": "one body", "version": "1"},
        "paths": {"/x": {"post": {"operationId": "it", "requestBody": {"content": content}, "responses": {}}}},
    });
    let bytes = document.to_string().into_bytes();
    Contract::new(Document::load(Source { name: "one.json", bytes: &bytes }, &[], &NoFiles).expect("it is OpenAPI"))
}

fn of(media_type: &str, schema: &Value) -> Contract {
    contract(&json!({media_type: {"schema": schema}}))
}

fn operation(contract: &Contract) -> &Operation {
    contract.operation(0).expect("it can be read")
}

fn contents(contract: &Contract) -> &[Content] {
    &operation(contract).body.as_ref().expect("it has a body").content
}

fn written(contract: &Contract, value: &Value) -> Result<Vec<u8>, NoWireForm> {
    encode_body(contract, &contents(contract)[0], value, Direction::Request)
}

fn read(contract: &Contract, content_type: &str, bytes: &[u8]) -> Result<Value, String> {
    match decode_body(contract, contents(contract), Some(content_type), bytes) {
        DecodedBody::Value { value, .. } => Ok(value),
        DecodedBody::Malformed { reason, .. } | DecodedBody::Beyond { bound: reason, .. } => Err(reason),
        other @ (DecodedBody::Absent | DecodedBody::UndocumentedMediaType { .. } | DecodedBody::Opaque { .. }) => {
            panic!("{} was read as {other:?}", String::from_utf8_lossy(bytes))
        }
    }
}

fn form_schema() -> Value {
    json!({"type": "object", "properties": {
        "name": {"type": "string"},
        "size": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "at": {"type": "object", "properties": {"x": {"type": "number"}}},
        "rows": {"type": "array", "items": {"type": "object"}},
        "file": {"type": "string", "format": "binary"},
    }})
}
