//! Answers that clients ask for: `Prefer` as RFC 7240 and Prism have it, and the documents' own examples.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use etalon::server::{Answer, Begins, Client, Credentials, Delivery, Fault, Judging, Mock};
use etalon_contract::behaviour::Examples;
use etalon_contract::codec::{Request, Response};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::{Contract, Route};
use etalon_contract::validate;
use serde_json::{Value, json};

use crate::process::Running;

const SHOP: &str = "fixtures/firstday/shop.yaml";

fn shop() -> Mock {
    fixture(SHOP)
}

fn fixture(name: &str) -> Mock {
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("it is there");
    let document = Document::load(Source { name, bytes: &bytes }, &[], &NoFiles).expect("a document");
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

#[test]
fn one_word_gives_the_same_data_and_another_word_others() {
    let mock = shop();
    let made = |word: &str| json_of(&prefer(&mock, "GET /pets/7", &format!("seed={word}")));
    assert_eq!(made("a"), made("a"));
    assert_ne!(made("a"), made("b"));
    assert_eq!(json_of(&ask(&mock, "GET /pets/7?__seed=a", &[], None)), made("a"));
    assert_eq!(json_of(&prefer(&mock, "GET /pets/7", "seed=a, dynamic=false"))["name"], "Fluffy");
}

#[test]
fn a_delay_may_be_a_range_that_seed_and_number_decide() {
    let delays = || -> Vec<Duration> {
        let mock = shop();
        let request = Request { method: "GET".into(), target: "/pets?__delay=800..1200".into(), ..Request::default() };
        (0..20).map(|_| mock.respond(&request, Client::Local).delay).collect()
    };
    let first = delays();
    assert_eq!(first, delays());
    let range = Duration::from_millis(800)..=Duration::from_millis(1200);
    assert!(first.iter().all(|one| range.contains(one)) && first.iter().any(|one| *one != first[0]), "{first:?}");
}

#[test]
fn whoever_is_told_to_wait_is_told_how_long_and_has_nothing_left() {
    let mock = fixture("fixtures/firstday/limits.yaml");
    let many = prefer(&mock, "GET /jobs", "code=429");
    for (name, value) in [
        ("retry-after", "1"),
        ("x-ratelimit-limit", "100"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1735689661"),
    ] {
        assert_eq!(many.headers.get(name), Some(value), "{name}: {many:?}");
    }
    let later = prefer(&mock, "GET /jobs", "code=503");
    assert_eq!((later.status, later.headers.get("retry-after")), (503, Some("30")), "the document shows it");
    assert_eq!(prefer(&mock, "GET /jobs", "code=500").headers.get("retry-after"), None);
    let fine = prefer(&mock, "GET /jobs", "code=200");
    assert_eq!((fine.status, fine.headers.get("x-ratelimit-remaining")), (200, Some("42")));
}

#[test]
fn a_fault_is_had_by_name_alone_and_the_answer_says_so() {
    let mock = shop().beginning_with(Begins::WithNothing);
    let request = |target: &str, prefer: &str| {
        let headers = [("Prefer", prefer), ("Content-Type", "application/json")].into_iter().collect();
        let body = br#"{"id": 1, "name": "x"}"#.to_vec();
        Request { method: "POST".into(), target: target.into(), headers, body }
    };
    let broken = mock.respond(&request("/pets", "fault=drop, return=minimal"), Client::Local);
    assert_eq!(
        (broken.response.status, broken.delivery, broken.account.fault),
        (201, Delivery::Half, Some(Fault::Drop))
    );
    assert_eq!(broken.response.headers.get("etalon-fault"), Some("drop"));
    assert_eq!(broken.response.headers.get("preference-applied"), Some("fault=drop"));
    // The request took effect all the same, as it does where a line breaks.
    assert_eq!(json_of(&ask(&mock, "GET /pets", &[], None)).as_array().map(Vec::len), Some(1));
    let undocumented = mock.answer(&request("/pets", "code=418, fault=undocumented"));
    assert_eq!((undocumented.status, undocumented.headers.get("etalon-fault")), (418, Some("undocumented")));
    let documented = mock.answer(&request("/pets", "code=503, fault=undocumented"));
    assert_eq!((documented.status, documented.headers.get("etalon-fault")), (503, None), "it is no fault");
    let refused = mock.answer(&Request { body: b"[]".to_vec(), ..request("/pets", "fault=html") });
    assert_eq!((refused.status, refused.headers.get("content-type")), (400, Some("text/html; charset=utf-8")));
    for wrong in ["fault=flood", "fault", "fault=undocumented"] {
        assert_eq!(mock.answer(&request("/pets", wrong)).status, 422, "{wrong}");
    }
}

#[test]
fn lines_break_where_that_is_asked_for_and_the_mock_serves_on() {
    let running = Running::mock(&[SHOP]);
    let received = |fault: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", running.port)).expect("it listens");
        let text = format!("GET /pets/1 HTTP/1.1\r\nHost: 127.0.0.1\r\nPrefer: fault={fault}\r\n\r\n");
        stream.write_all(text.as_bytes()).expect("it reads");
        let mut bytes = Vec::new();
        let ended = stream.read_to_end(&mut bytes);
        (String::from_utf8_lossy(&bytes).into_owned(), ended.map_err(|error| error.kind()))
    };
    let (half, ended) = received("drop");
    assert!(half.contains("content-length: 22") && half.ends_with("\r\n\r\n{\"id\":1,\"na") && ended.is_ok(), "{half}");
    assert_eq!(received("reset"), (String::new(), Err(ErrorKind::ConnectionReset)));
    assert_eq!(running.send("GET /pets/1", &[], "").status, 200);
    let log = running.logged("`reset`");
    assert!(log.contains("getPet: showed item 1 of pets; given the fault `drop`"), "{log}");
}

#[test]
fn without_judging_all_is_taken_that_can_be_read_and_answers_still_conform() {
    let mock = shop().beginning_with(Begins::WithNothing).judging_by(Judging::Nothing);
    let made = ask(&mock, "POST /pets", &[], Some(json!({"id": "one", "name": 7, "colour": "red"})));
    assert_eq!(made.status, 201);
    assert_eq!(ask(&mock, "POST /pets", &[], None).status, 201, "nothing was sent");
    assert_eq!(json_of(&ask(&mock, "GET /pets", &[], None)).as_array().map(Vec::len), Some(2));
    assert_eq!(ask(&mock, "GET /pets/seven", &[], None).status, 404);
}

#[test]
fn nobody_is_asked_for_credentials_where_that_is_said() {
    let path = "/orgs/6a0f3d52-8c1e-4b97-a4d6-e2537f9b0c18/invites?version=2024-10-15";
    let line = format!("GET {path}");
    let asking = Running::mock(&[]);
    assert_eq!(asking.send(&line, &[], "").status, 401);
    let open = Running::mock(&["--no-auth"]);
    assert_ne!(open.send(&line, &[], "").status, 401);
    assert!(!open.greeting.contains("credentials"), "{}", open.greeting);
}
