//! What fuzzing tries, as plain functions of bytes: the fuzz targets call them, and the product's suite replays the corpus
//! through them on the stable toolchain. A body panics where a promise is broken, and else says nothing.

use std::sync::LazyLock;

use etalon_conformance::recording;
use etalon_contract::behaviour::{Expression, Scope, infer};
use etalon_contract::codec::{self, DecodedBody, Request, Response};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::lint;
use etalon_contract::model::{Contract, Direction, Operation};
use etalon_contract::validate;
use serde_json::{Value, json};

/// A fuzz target: its name, which is that of its folder in `corpus`, and its body.
pub(super) type Target = (&'static str, fn(&[u8]));

/// The fuzz targets, all of them.
pub(super) const ALL: [Target; 12] = [
    ("document", document),
    ("overlay", overlay),
    ("expression", expression),
    ("json", json_body),
    ("form", form),
    ("multipart", multipart),
    ("xml", xml),
    ("stream", stream),
    ("text", text),
    ("parameters", parameters),
    ("response", response),
    ("recording", recording),
];

/// The most operations of a document that are read.
const OPERATIONS: usize = 20;

/// A document of any bytes is read or refused, and so is each of its operations.
pub(super) fn document(bytes: &[u8]) {
    if let Ok(document) = Document::load(Source { name: "api.yaml", bytes }, &[], &NoFiles) {
        let contract = Contract::new(document);
        read(&contract);
    }
}

fn read(contract: &Contract) {
    for index in 0..contract.entries().len().min(OPERATIONS) {
        // Refused is as good as read.
        let _ = contract.operation(index);
    }
    if contract.entries().len() <= OPERATIONS {
        let _ = infer(contract);
    }
    let _ = lint::diagnostics(contract);
}

/// An overlay of any bytes is applied to a sound document or refused.
pub(super) fn overlay(bytes: &[u8]) {
    let base = BASE.as_bytes();
    let overlay = Source { name: "api.overlay.yaml", bytes };
    if let Ok(document) = Document::load(Source { name: "api.yaml", bytes: base }, &[overlay], &NoFiles) {
        read(&Contract::new(document));
    }
}

/// An expression of any text is read or refused, and has a value or none for any body: the text stands before the first line
/// break, the body behind it.
pub(super) fn expression(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (text, body) = text.split_once('\n').unwrap_or((text, "{}"));
    let Ok(expression) = Expression::parse(text) else { return };
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let (path, query) = (json!({"id": "7", "list": [1, 2.5, "x"]}), json!({"page": 2}));
    let first = expression.evaluate(&Scope { body: &body, path: &path, query: &query, each: &Value::Null });
    let again = expression.evaluate(&Scope { body: &body, path: &path, query: &query, each: &Value::Null });
    assert_eq!(first, again, "the same has the same value");
}

/// A JSON body of any bytes.
pub(super) fn json_body(bytes: &[u8]) {
    round("/json", "application/json", bytes);
}

/// A form of any bytes.
pub(super) fn form(bytes: &[u8]) {
    round("/form", "application/x-www-form-urlencoded", bytes);
}

/// A multipart body of any bytes, with the boundary `b`.
pub(super) fn multipart(bytes: &[u8]) {
    round("/multipart", "multipart/form-data; boundary=b", bytes);
}

/// An XML body of any bytes.
pub(super) fn xml(bytes: &[u8]) {
    round("/xml", "application/xml", bytes);
}

/// A stream of any bytes: the first says which framing.
pub(super) fn stream(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    match first % 3 {
        0 => round("/lines", "application/jsonl", rest),
        1 => round("/sequence", "application/json-seq", rest),
        _ => round("/events", "text/event-stream", rest),
    }
}

/// A text of any bytes: the first says which charset.
pub(super) fn text(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let charset = ["text/plain", "text/plain; charset=iso-8859-1", "text/plain; charset=us-ascii"];
    round("/text", charset[usize::from(first % 3)], rest);
}

/// Parameters of any text: a target, a header field and a cookie, each on a line.
pub(super) fn parameters(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.splitn(3, '\n').map(str::to_owned);
    let (target, field, cookie) = (lines.next(), lines.next(), lines.next());
    let operation = operation("/parameters/{id}");
    let mut request = Request { method: "GET".into(), ..Request::default() };
    request.target = format!("/parameters/{}", target.unwrap_or_default());
    field.into_iter().for_each(|field| request.headers.add("X-Ids", field));
    cookie.into_iter().for_each(|cookie| request.headers.add("Cookie", cookie));
    let captures = vec![("id".to_owned(), request.path().trim_start_matches("/parameters/").to_owned())];
    let decoded = codec::decode(&CONTRACT, operation, &captures, &request);
    validate::request(&CONTRACT, operation, &decoded).expect("the contract is sound");
}

/// A response of any bytes is judged: the first says its status and its media type, the rest is its body.
pub(super) fn response(bytes: &[u8]) {
    let Some((first, body)) = bytes.split_first() else { return };
    let operation = operation("/response");
    let status = [200, 201, 204, 404, 500][usize::from(first % 5)];
    let types = ["application/json", "application/problem+json", "application/xml", "text/html", ""];
    let mut response = Response { status, body: body.to_vec(), ..Response::default() };
    let media_type = types[usize::from(first / 5 % 5)];
    if !media_type.is_empty() {
        response.headers.add("Content-Type", media_type);
    }
    let found = validate::response(&CONTRACT, operation, "GET", &response).expect("the contract is sound");
    let again = validate::response(&CONTRACT, operation, "GET", &response).expect("the contract is sound");
    assert_eq!(found, again, "the same is judged the same");
    for violation in &found {
        assert!(violation.message.len() < 10_000, "it is short however long the body is");
    }
}

/// A round trip: a value that is read of bytes is read again of the bytes that are written of it.
fn round(path: &str, content_type: &str, bytes: &[u8]) {
    let operation = operation(path);
    let content = &operation.body.as_ref().expect("it takes one").content;
    let DecodedBody::Value { content: index, value, .. } =
        codec::decode_body(&CONTRACT, content, Some(content_type), bytes)
    else {
        return;
    };
    let request = Request {
        method: "POST".into(),
        target: path.into(),
        headers: [("Content-Type", content_type)].into_iter().collect(),
        body: bytes.to_vec(),
    };
    let decoded = codec::decode(&CONTRACT, operation, &[], &request);
    validate::request(&CONTRACT, operation, &decoded).expect("the contract is sound");
    // Not every value that can be read has one form that is written; what is written is read back the same.
    if let Ok(written) = codec::encode_body(&CONTRACT, &content[index], &value, Direction::Request) {
        let media_type = codec::content_type(&content[index].media_type, &written);
        let read = codec::decode_body(&CONTRACT, content, Some(&media_type), &written);
        let DecodedBody::Value { value: read, .. } = &read else { panic!("what was written is not read: {read:?}") };
        assert_eq!(*read, value, "{media_type}");
    }
}

fn operation(path: &str) -> &'static Operation {
    let entry = CONTRACT.entries().iter().find(|entry| entry.path.as_str() == path).expect("it is described");
    CONTRACT.operation(entry.index).expect("it is sound")
}

/// A sound document for overlays.
const BASE: &str = "openapi: 3.1.0
info: {title: Base, version: '1'}
paths:
  /teams/{team}/people:
    parameters: [{name: team, in: path, required: true, schema: {type: string}}]
    get: {operationId: list, responses: {'200': {description: '', content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Person'}}}}}}}
    post: {operationId: add, requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}, responses: {'201': {description: ''}}}
components:
  schemas:
    Person: {type: object, required: [id], properties: {id: {type: string, format: uuid}, mail: {type: string}, tags: {type: array, items: {type: string}}}}
";

/// A contract that has every media type and every style of parameters.
static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
    let thing = json!({"type": "object", "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 20, "pattern": "^[^x]*$"},
        "size": {"type": ["integer", "null"], "minimum": -5, "maximum": 100, "multipleOf": 5},
        "price": {"type": "number", "multipleOf": 0.01, "exclusiveMaximum": 1e30},
        "tags": {"type": "array", "uniqueItems": true, "maxItems": 50, "items": {"enum": ["a", "b", 1, 2.5, null]}},
        "at": {"type": "string", "format": "date-time"},
        "kind": {"const": {"a": [1]}},
        "inner": {"type": "object", "additionalProperties": {"type": "boolean"}, "maxProperties": 3},
        "either": {"oneOf": [{"type": "integer"}, {"type": "string", "format": "uuid"}]}
    }, "additionalProperties": false});
    let plain = json!({"type": "object", "properties": {
        "name": {"type": "string"}, "size": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}},
        "at": {"type": "object", "properties": {"x": {"type": "number"}}}, "file": {"type": "string"}
    }});
    let takes = |media_type: &str, content: Value| json!({"post": {"requestBody": {"content": {media_type: content}}, "responses": {"204": {"description": ""}}}});
    let body = |media_type: &str, schema: &Value| takes(media_type, json!({"schema": schema}));
    let event = json!({"type": "object", "properties": {"data": {"type": "string"}, "id": {"type": "string"}, "retry": {"type": "integer"}}});
    let query =
        |name: &str, style: &str, schema: Value| json!({"name": name, "in": "query", "style": style, "schema": schema});
    let problem = json!({"application/problem+json": {"schema": {"type": "object", "required": ["title"]}}});
    let root = json!({"openapi": "3.2.0", "info": {"title": "Fuzz", "version": "1"}, "paths": {
        "/json": body("application/json", &thing),
        "/form": body("application/x-www-form-urlencoded", &plain),
        "/multipart": body("multipart/form-data", &plain),
        "/xml": body("application/xml", &plain),
        "/lines": takes("application/jsonl", json!({"itemSchema": thing})),
        "/sequence": takes("application/json-seq", json!({"itemSchema": thing})),
        "/events": takes("text/event-stream", json!({"itemSchema": event})),
        "/text": body("text/plain", &json!({"type": "string", "maxLength": 100})),
        "/parameters/{id}": {"get": {"parameters": [
            {"name": "id", "in": "path", "required": true, "style": "matrix", "explode": true, "schema": {"type": "array", "items": {"type": "integer"}}},
            query("deep", "deepObject", json!({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "array", "items": {"type": "string"}}}})),
            query("pipe", "pipeDelimited", json!({"type": "array", "items": {"type": "number"}})),
            query("form", "form", json!({"type": "object", "additionalProperties": {"type": "integer"}})),
            {"name": "document", "in": "query", "content": {"application/json": {"schema": thing}}},
            {"name": "X-Ids", "in": "header", "schema": {"type": "array", "items": {"type": "integer"}}},
            {"name": "sid", "in": "cookie", "schema": {"type": ["integer", "string"]}}
        ], "responses": {"204": {"description": ""}}}},
        "/response": {"get": {"responses": {
            "200": {"description": "", "content": {"application/json": {"schema": thing}, "application/xml": {"schema": plain}}},
            "404": {"description": "", "content": problem},
            "default": {"description": ""}
        }}}
    }});
    let bytes = root.to_string();
    let document = Document::load(Source { name: "fuzz.json", bytes: bytes.as_bytes() }, &[], &NoFiles);
    Contract::new(document.expect("it is sound"))
});

/// A recording of any bytes, packed or not, is read or refused; what is read is judged without a word of what is not there.
pub(super) fn recording(bytes: &[u8]) {
    let _ = recording::read(bytes);
    let Ok(read) = recording::read_lines(bytes, false) else { return };
    let Some(section) = read.sections.first() else { return };
    assert!(read.flaw.is_some() || section.root().is_some(), "a recording without an end is whole");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let contract = Contract::parse(BASE).expect("it is sound");
    let judgement = runtime.block_on(recording::judge(section, &contract, &mut |_| {}));
    let report = judgement.report.map_or(0, |report| report.requests);
    assert!(report <= section.exchanges() + 1, "more was judged than is recorded");
}
