//! Parameters on the wire: the law over every style and place, and what is read of requests that others wrote.

mod law;
mod reading;

use serde_json::{Value, json};

use etalon_contract::codec::{DecodedBody, Draft, Reading, Request, decode};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::{Contract, Operation, Route};

/// A contract with one operation, `GET` on the path, with these parameters.
pub(crate) fn contract(path: &str, parameters: &Value) -> Contract {
    let document = json!({
        "openapi": "3.2.0",
        "info": {"title": "one operation", "version": "1"},
        "paths": {path: {"get": {"operationId": "it", "parameters": parameters, "responses": {}}}},
        "components": {"schemas": {"Size": {"type": "integer"}}},
    });
    let bytes = document.to_string().into_bytes();
    Contract::new(Document::load(Source { name: "one.json", bytes: &bytes }, &[], &NoFiles).expect("it is OpenAPI"))
}

/// One parameter `p` in a place and style.
pub(crate) fn parameter(place: &str, style: &str, explode: bool, schema: &Value) -> Contract {
    let path = if place == "path" { "/x/{p}" } else { "/x" };
    let required = place == "path";
    let described = json!([{
        "name": "p", "in": place, "style": style, "explode": explode, "required": required, "schema": schema,
    }]);
    contract(path, &described)
}

pub(crate) fn operation(contract: &Contract) -> &Operation {
    contract.operation(0).expect("it can be read")
}

pub(crate) fn draft(contract: &Contract, value: &Value) -> Draft {
    let place = operation(contract).parameters[0].place;
    Draft { operation: 0, parameters: vec![(place, "p".to_owned(), value.clone())], body: None }
}

pub(crate) fn read(contract: &Contract, request: &Request) -> Reading {
    let captures = match contract.route(&request.method, request.path()) {
        Route::Found { captures, .. } => captures,
        Route::OtherMethods(_) | Route::Unknown => panic!("no route for {}", request.target),
    };
    let mut decoded = decode(contract, operation(contract), &captures, request);
    assert_eq!(decoded.body, DecodedBody::Absent);
    decoded.parameters.remove(0)
}

pub(crate) fn get(target: &str) -> Request {
    Request { method: "GET".to_owned(), target: target.to_owned(), ..Request::default() }
}

/// The part of a request that holds the value: the target, the header `p` or the cookies.
pub(crate) fn wire(request: &Request) -> String {
    let field = request.headers.get("p").or_else(|| request.headers.get("cookie"));
    field.map_or_else(|| request.target.clone(), str::to_owned)
}

pub(crate) fn array_schema() -> Value {
    json!({"type": "array", "items": {"type": "string"}})
}

pub(crate) fn object_schema() -> Value {
    json!({"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}}, "additionalProperties": false})
}
