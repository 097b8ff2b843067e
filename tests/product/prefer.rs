//! Answers that clients ask for: `Prefer` as RFC 7240 and Prism have it, and the documents' own examples.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use etalon::server::{Answer, Begins, Client, Credentials, Mock};
use etalon_contract::behaviour::Examples;
use etalon_contract::codec::{Request, Response};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::{Contract, Route};
use etalon_contract::validate;
use serde_json::{Value, json};

use crate::process::Running;

const SHOP: &str = "fixtures/firstday/shop.yaml";

fn shop() -> Mock {
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(SHOP)).expect("it is there");
    let document = Document::load(Source { name: SHOP, bytes: &bytes }, &[], &NoFiles).expect("a document");
    Mock::new([Arc::new(Contract::new(document))], Credentials::default(), 0)
}

/// Asks, and holds that the answer is as the contract has it where it documents the status.
fn ask(mock: &Mock, line: &str, headers: &[(&str, &str)], body: Option<Value>) -> Response {
    let (method, target) = line.split_once(' ').expect("method and target");
    let mut request = Request { method: method.into(), target: target.into(), ..Request::default() };
    request.headers = headers.iter().copied().collect();
    if let Some(body) = body {
        request.headers.add("Content-Type", "application/json");
        request.body = body.to_string().into_bytes();
    }
    let response = mock.answer(&request);
    let contract = &mock.services()[0].contract;
    if let Route::Found { operation, .. } = contract.route(method, request.path()) {
        let operation = contract.operation(operation).expect("it is sound");
        let is_own = response.body.windows(19).any(|window| window == b"urn:etalon:problem:");
        if operation.response(response.status).is_some() && !is_own {
            let violations = validate::response(contract, operation, method, &response).expect("it is sound");
            assert!(violations.is_empty(), "{line}: {violations:?}");
        }
    }
    response
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_else(|error| panic!("{error}: {response:?}"))
}

fn prefer(mock: &Mock, line: &str, prefer: &str) -> Response {
    ask(mock, line, &[("Prefer", prefer)], None)
}

#[test]
fn any_documented_status_can_be_had_with_a_body_and_headers_that_fit() {
    let mock = shop();
    let missing = prefer(&mock, "GET /pets/7", "code=404");
    assert_eq!((missing.status, json_of(&missing)), (404, json!({"code": "missing", "message": "no such pet"})));
    assert_eq!(missing.headers.get("preference-applied"), Some("code=404"));
    assert_eq!(missing.headers.get("vary"), Some("Prefer"));
    let many = prefer(&mock, "GET /pets/7", "code=429");
    assert_eq!((many.status, &json_of(&many)["status"]), (429, &json!(429)));
    assert!(json_of(&many)["detail"].as_str().is_some_and(|text| text.contains("Too Many Requests")), "{many:?}");
    assert!(many.headers.get("retry-after").is_some_and(|seconds| seconds.parse::<u8>().is_ok()), "{many:?}");
    for (code, is_there) in [("500", true), ("503", true), ("403", false), ("418", false)] {
        let answer = prefer(&mock, "GET /pets/7", &format!("code={code}"));
        assert_eq!(answer.status.to_string() == code, is_there, "{code}: {answer:?}");
    }
    let other = prefer(&mock, "DELETE /pets/7", "code=403");
    assert!(other.status == 403 && other.headers.get("content-type") == Some("text/plain"), "{other:?}");
    let empty = ask(&mock, "POST /pets", &[("Prefer", "code=503")], Some(json!({"id": 1, "name": "x"})));
    assert_eq!((empty.status, empty.body.len()), (503, 0));
}

#[test]
fn what_is_not_documented_is_404_with_the_list_of_what_is() {
    let mock = shop();
    let status = prefer(&mock, "GET /pets/7", "code=418");
    assert_eq!((status.status, &json_of(&status)["type"]), (404, &json!("urn:etalon:problem:not-documented")));
    assert!(
        json_of(&status)["detail"].as_str().is_some_and(|text| text.contains("200, 404, 429 and 5XX")),
        "{status:?}"
    );
    let example = prefer(&mock, "GET /pets/7", "example=cow");
    assert!(json_of(&example)["detail"].as_str().is_some_and(|text| text.contains("`cat`, `dog`")), "{example:?}");
    assert_eq!((example.status, example.headers.get("preference-applied")), (404, None));
    assert_eq!(prefer(&mock, "GET /pets/7", "example=wrong").status, 501, "it does not fit its schema");
    for wrong in ["code=abc", "dynamic=maybe", "delay=soon"] {
        assert_eq!(prefer(&mock, "GET /pets/7", wrong).status, 422, "{wrong}");
    }
}

#[test]
fn examples_can_be_had_by_name_and_in_each_media_type() {
    let mock = shop();
    let dog = prefer(&mock, "GET /pets/7", "example=dog");
    assert_eq!((dog.status, json_of(&dog)), (200, json!({"id": 1, "name": "Spot"})));
    assert_eq!(dog.headers.get("x-trace"), Some("abc"));
    let xml = ask(&mock, "GET /pets/7", &[("Prefer", "example=cat"), ("Accept", "application/xml")], None);
    assert_eq!(xml.body, b"<Pet><id>2</id><name>Fluffy</name></Pet>");
    let first = prefer(&mock, "GET /pets/7", "code=200");
    assert_eq!(json_of(&first), json!({"id": 2, "name": "Fluffy"}));
    let made = prefer(&mock, "GET /pets/7", "code=200, dynamic=true");
    let again = prefer(&mock, "GET /pets/7", "dynamic=true");
    assert!(json_of(&made) != json_of(&first) && json_of(&made) != json_of(&again), "{made:?} {again:?}");
}

#[test]
fn the_query_asks_where_no_field_does() {
    let mock = shop();
    assert_eq!(ask(&mock, "GET /pets/7?__code=404&sort=name", &[], None).status, 404);
    assert_eq!(json_of(&ask(&mock, "GET /pets/7?__example=dog", &[], None)), json!({"id": 1, "name": "Spot"}));
    let both = ask(&mock, "GET /pets/7?__code=404", &[("Prefer", "example=dog")], None);
    assert_eq!((both.status, both.headers.get("vary")), (200, Some("Prefer")));
    // What an operation documents is the operation's.
    assert_eq!(ask(&mock, "GET /odd?__code=418", &[], None).status, 200);
}

#[test]
fn an_invalid_request_is_refused_whatever_it_asks_for_and_state_stays() {
    let mock = shop().beginning_with(Begins::WithNothing);
    assert_eq!(prefer(&mock, "GET /pets/seven", "code=429").status, 400);
    let asked = ask(&mock, "POST /pets", &[("Prefer", "code=201")], Some(json!({"id": 1, "name": "x"})));
    assert_eq!(asked.status, 201);
    assert_eq!(json_of(&ask(&mock, "GET /pets", &[], None)), json!([]));
    ask(&mock, "POST /pets", &[("Prefer", "return=representation, wait=3")], Some(json!({"id": 1, "name": "x"})));
    assert_eq!(json_of(&ask(&mock, "GET /pets", &[], None)).as_array().map(Vec::len), Some(1));
    assert_eq!(prefer(&mock, "DELETE /pets/1", "code=204").status, 204);
    assert_eq!(json_of(&ask(&mock, "GET /pets", &[], None)).as_array().map(Vec::len), Some(1));
}

#[test]
fn what_has_no_state_is_answered_with_the_example_that_fits() {
    let mock = shop();
    assert_eq!(json_of(&ask(&mock, "GET /free", &[], None)), json!({"hello": "world"}));
    assert_eq!(ask(&mock, "GET /report", &[], None).body, b"a,b\n1,2\n");
    let status = prefer(&mock, "GET /status", "example=down");
    assert_eq!(json_of(&status), json!({"state": "down", "load": 99}));
    let dynamic = shop().with_examples(Examples::Ignored);
    assert_ne!(ask(&dynamic, "GET /report", &[], None).body, b"a,b\n1,2\n");
    assert_eq!(json_of(&prefer(&dynamic, "GET /pets/7", "code=200, dynamic=false"))["name"], "Fluffy");
}

#[test]
fn a_delay_keeps_the_client_waiting_and_the_state_changing() {
    let mock = shop();
    let request = Request { method: "GET".into(), target: "/pets?__delay=1.5s".into(), ..Request::default() };
    let answered = mock.respond(&request, Client::Local);
    assert_eq!((answered.delay, answered.response.status), (Duration::from_millis(1500), 200));
    let running = Running::mock(&[SHOP]);
    let begun = Instant::now();
    let answer = running.send("GET /pets", &["Prefer: delay=300"], "");
    assert!(begun.elapsed() >= Duration::from_millis(300) && answer.status == 200);
    assert_eq!(answer.header("preference-applied"), Some("delay=300"));
}
