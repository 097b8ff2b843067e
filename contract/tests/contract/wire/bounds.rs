//! Values that are sound but beyond a bound: each place names the bound, and none takes the value for another type.

use etalon_contract::codec::{DecodedBody, Reading, Unread, decode, decode_body, decode_header};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::{Contract, Shape};
use etalon_contract::rule::Breach;
use etalon_contract::validate;
use serde_json::{Value, json};

use crate::wire::parameters::{get, operation, parameter, read};

const EXPONENT: &str = "the exponent of a number may be 1000 at most";

fn number() -> Value {
    json!({"type": "number"})
}

/// A contract whose body is an object with the number `n`, and whose answer has the header `X-N`.
fn body_of(media_type: &str, schema: &Value) -> Contract {
    let document = json!({
        "openapi": "3.2.0",
        "info": {"title": "one body", "version": "1"},
        "paths": {"/x": {"post": {
            "requestBody": {"content": {media_type: {"schema": schema}}},
            "responses": {"200": {"description": "", "headers": {"X-N": {"schema": number()}}}},
        }}},
    });
    let bytes = document.to_string().into_bytes();
    Contract::new(Document::load(Source { name: "one.json", bytes: &bytes }, &[], &NoFiles).expect("it is OpenAPI"))
}

#[test]
fn a_number_beyond_a_bound_names_it_wherever_a_parameter_stands() {
    let beyond = |reading: Reading, what: &str| match reading {
        Reading::Unreadable(Unread::Beyond(bound)) => assert!(bound.ends_with(EXPONENT), "{what}: {bound}"),
        other @ (Reading::Absent | Reading::Value(_) | Reading::Unreadable(_)) => {
            panic!("{what} was read as {other:?}")
        }
    };
    let list = json!({"type": "array", "items": {"type": "integer"}});
    let object = json!({"type": "object", "properties": {"n": {"type": ["integer", "null"]}}});
    for (place, style, target) in [
        ("path", "simple", "/x/1e-9999"),
        ("path", "label", "/x/.1e9999"),
        ("path", "matrix", "/x/;p=1e9999"),
        ("query", "form", "/x?p=1e9999"),
    ] {
        beyond(read(&parameter(place, style, false, &number()), &get(target)), target);
    }
    for (style, explode, target) in [
        ("form", true, "/x?p=1&p=1e9999"),
        ("form", false, "/x?p=1,1e9999"),
        ("spaceDelimited", false, "/x?p=1%201e9999"),
    ] {
        beyond(read(&parameter("query", style, explode, &list), &get(target)), target);
    }
    beyond(read(&parameter("query", "deepObject", true, &object), &get("/x?p[n]=1e9999")), "deepObject");
    for (place, field, value) in [("header", "p", "1e9999"), ("cookie", "Cookie", "p=1e9999")] {
        let style = if place == "header" { "simple" } else { "form" };
        let mut request = get("/x");
        request.headers.add(field, value);
        beyond(read(&parameter(place, style, false, &number()), &request), place);
    }
}

#[test]
fn a_number_beyond_a_bound_stays_a_text_where_a_text_may_stand() {
    let either = json!({"type": ["string", "number"]});
    assert_eq!(read(&parameter("query", "form", true, &either), &get("/x?p=1e9999")), Reading::Value(json!("1e9999")));
}

#[test]
fn a_body_beyond_a_bound_names_it_in_each_media_type() {
    let object = json!({"type": "object", "properties": {"n": {"type": "number"}}});
    let part = "--b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n1e9999\r\n--b--\r\n";
    let document = "--b\r\nContent-Disposition: form-data; name=\"n\"\r\nContent-Type: application/json\r\n\r\n1e9999\r\n--b--\r\n";
    let pairs = "n=1&".repeat(10_001);
    for (media_type, schema, bytes, told) in [
        ("application/json", &object, "{\"n\":1e9999}", EXPONENT),
        ("application/x-www-form-urlencoded", &object, "n=1e9999", EXPONENT),
        ("application/x-www-form-urlencoded", &object, &pairs, "there are more than 10000 pairs"),
        ("multipart/form-data; boundary=b", &object, part, EXPONENT),
        ("multipart/form-data; boundary=b", &object, document, EXPONENT),
        ("application/xml", &object, "<root><n>1e9999</n></root>", EXPONENT),
        ("text/plain", &number(), "1e9999", EXPONENT),
    ] {
        let documented = media_type.split(';').next().expect("it has an essence");
        let contract = body_of(documented, schema);
        let operation = operation(&contract);
        let contents = &operation.body.as_ref().expect("it has a body").content;
        match decode_body(&contract, contents, Some(media_type), bytes.as_bytes()) {
            DecodedBody::Beyond { bound, .. } => assert!(bound.contains(told), "{media_type}: {bound}"),
            other @ (DecodedBody::Absent
            | DecodedBody::Value { .. }
            | DecodedBody::Malformed { .. }
            | DecodedBody::UndocumentedMediaType { .. }
            | DecodedBody::Opaque { .. }) => panic!("{media_type} was read as {other:?}"),
        }
    }
}

#[test]
fn a_part_beyond_a_bound_is_never_called_malformed() {
    let asked = parameter("query", "form", true, &number());
    let decoded = decode(&asked, operation(&asked), &[], &get("/x?p=1e9999"));
    let found = validate::request(&asked, operation(&asked), &decoded).expect("the contract is sound");
    assert!(matches!(found.as_slice(), [only] if only.breach == Breach::Beyond), "{found:?}");
    let contract = body_of("application/json", &json!({}));
    let header = &operation(&contract).responses[0].headers[0];
    assert!(matches!(header.shape, Shape::Schema { .. }));
    let reading = decode_header(&contract, &header.shape, "1e9999");
    assert!(matches!(reading, Reading::Unreadable(Unread::Beyond(_))), "{reading:?}");
}
