//! The control interface: worlds, state, requests, rules and the clock, looked at and changed while the mock serves; and the contract
//! that says how.

use std::path::Path;
use std::sync::Arc;

use etalon::server::{Answer, Client, Credentials, Mock};
use etalon_contract::codec::{Request, Response};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::lint;
use etalon_contract::model::{Contract, Route};
use etalon_contract::validate;
use serde_json::{Value, json};

use crate::process::{Running, etalon, told};

const STORE: &str = "fixtures/firstday/store.yaml";
const CONTROL: &str = "spec/control.yaml";

fn contract(name: &str) -> Arc<Contract> {
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("it is there");
    let document = Document::load(Source { name, bytes: &bytes }, &[], &NoFiles).expect("a document");
    Arc::new(Contract::new(document))
}

struct Controlled {
    mock: Mock,
    control: Arc<Contract>,
}

impl Controlled {
    fn new(mock: impl FnOnce(Mock) -> Mock) -> Self {
        let served = Mock::new([contract(STORE)], Credentials::default(), 0);
        Self { mock: mock(served), control: contract(CONTROL) }
    }

    /// Sends a request, and holds that the answer is as the control contract has it.
    fn send(&self, line: &str, fields: &[(&str, &str)], body: Option<&Value>, client: Client) -> Response {
        let (method, target) = line.split_once(' ').expect("method and target");
        let mut request = Request { method: method.into(), target: target.into(), ..Request::default() };
        request.headers = fields.iter().copied().collect();
        if let Some(body) = body {
            request.headers.add("Content-Type", "application/json");
            request.body = body.to_string().into_bytes();
        }
        let response = self.mock.respond(&request, client).response;
        if let Route::Found { operation, .. } = self.control.route(method, target) {
            let operation = self.control.operation(operation).expect("it is sound");
            let found = validate::response(&self.control, operation, method, &response).expect("it is sound");
            assert!(found.is_empty(), "{line}: {found:?}\n{}", String::from_utf8_lossy(&response.body));
        }
        response
    }

    fn ask(&self, line: &str, body: Option<&Value>) -> (u16, Value) {
        let line = line.replace(" /", " /__etalon/");
        let response = self.send(&line, &[], body, Client::Local);
        (response.status, serde_json::from_slice(&response.body).unwrap_or_default())
    }

    /// A request to the contract that is served, in a world.
    fn call(&self, world: &str, line: &str, body: Option<&Value>) -> (u16, Value) {
        let response = self.send(&line.replace(" /", " /v1/"), &[("Etalon-World", world)], body, Client::Local);
        (response.status, serde_json::from_slice(&response.body).unwrap_or_default())
    }
}

fn store() -> Controlled {
    Controlled::new(|mock| mock)
}

#[test]
fn the_contract_is_sound_and_every_operation_of_it_is_answered() {
    let mock = store();
    assert_eq!(lint::diagnostics(&mock.control), []);
    for entry in mock.control.entries() {
        let path: String = entry.path.as_str().replace("{id}", "1").replace(['{', '}'], "");
        let query = if entry.id == "compareWorlds" { "?to=default" } else { "" };
        let body = json!({});
        let line = format!("{} {path}{query}", entry.method);
        let response = mock.send(&line, &[], Some(&body).filter(|_| entry.method.as_str() != "GET"), Client::Local);
        assert!(response.status < 500, "{line}: {response:?}");
    }
}

#[test]
fn worlds_are_made_compared_restored_and_taken_away() {
    let mock = store();
    assert_eq!(mock.ask("GET /worlds", None).1[0]["name"], "default");
    assert_eq!(mock.ask("POST /worlds", Some(&json!({"name": "a"}))).0, 201);
    assert_eq!(mock.ask("POST /worlds", Some(&json!({"name": "a"}))).0, 409);
    assert_eq!(mock.ask("POST /worlds", Some(&json!({"name": "b", "from": "nowhere"}))).0, 422);
    assert_eq!(mock.ask("POST /worlds", Some(&json!({"name": "b c"}))).0, 400);
    mock.call("a", "POST /categories", Some(&json!({"title": "Tools"})));
    assert_eq!(mock.ask("POST /worlds", Some(&json!({"name": "kept", "from": "a"}))).0, 201);
    mock.call("a", "POST /categories", Some(&json!({"title": "More"})));
    let told = mock.ask("GET /worlds/kept/differences?to=a", None).1;
    assert_eq!(told.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&told[0]["collection"], &told[0]["was"], &told[0]["is"]["title"]),
        (&json!("categories"), &Value::Null, &json!("More"))
    );
    assert_eq!(mock.ask("POST /worlds/a/restore", Some(&json!({"from": "kept"}))).0, 204);
    assert_eq!(mock.ask("GET /worlds/kept/differences?to=a", None).1, json!([]));
    let file = mock.ask("GET /worlds/a/file", None).1;
    assert_eq!(mock.ask("POST /worlds/a/reset", None).0, 204);
    assert_eq!(mock.call("a", "GET /categories", None).1.as_array().map(Vec::len), Some(1), "the document's example");
    assert_eq!(mock.ask("PUT /worlds/a/file", Some(&file)), (200, json!({"dropped": []})));
    assert_eq!(mock.call("a", "GET /categories", None).1.as_array().map(Vec::len), Some(2));
    assert_eq!(mock.ask("PUT /worlds/a/file", Some(&json!({"etalon": "world"}))).0, 400);
    assert_eq!((mock.ask("DELETE /worlds/a", None).0, mock.ask("GET /worlds/a", None).0), (204, 404));
    assert_eq!(mock.ask("DELETE /worlds/default", None).0, 422);
}

#[test]
fn state_is_read_and_written_whole_and_item_by_item() {
    let mock = store();
    assert_eq!(mock.ask("PUT /state/categories/1", Some(&json!({"title": "Books"}))).0, 200);
    assert_eq!(mock.call("default", "GET /categories/1", None), (200, json!({"id": 1, "title": "Books"})));
    assert_eq!(mock.ask("PUT /state/categories/1", Some(&json!({"id": 1, "title": "Toys"}))).0, 200);
    assert_eq!(
        mock.ask("GET /state/categories/1", None).1,
        json!({"key": "1", "scope": [], "value": {"id": 1, "title": "Toys"}})
    );
    assert_eq!(mock.ask("GET /state/categories", None).1.as_array().map(Vec::len), Some(2));
    let wrong = mock.ask("PUT /state/categories/2", Some(&json!({"title": ""})));
    assert_eq!((wrong.0, &wrong.1["errors"][0]["pointer"]), (422, &json!("/title")));
    for (key, body) in [("x", json!({"title": "A"})), ("3", json!({"id": 4, "title": "A"}))] {
        assert_eq!(mock.ask(&format!("PUT /state/categories/{key}"), Some(&body)).0, 422, "{key}");
    }
    let robot = "11111111-1111-4111-8111-111111111111";
    assert_eq!(mock.ask(&format!("PUT /state/products/{robot}"), Some(&json!({"name": "R", "categoryId": 99}))).0, 422);
    assert_eq!(mock.ask(&format!("PUT /state/products/{robot}"), Some(&json!({"name": "R", "categoryId": 1}))).0, 200);
    let review = format!("PUT /state/reviews/4?scope={robot}");
    assert_eq!(mock.ask(&review, Some(&json!({"stars": 3}))).0, 200);
    assert_eq!(mock.ask("PUT /state/reviews/4?scope=other", Some(&json!({"stars": 3}))).0, 422);
    assert_eq!(mock.ask("PUT /state/settings/-", Some(&json!({"currency": "USD"}))).0, 200);
    let all = mock.ask("GET /state", None).1;
    assert_eq!((&all["settings"], &all["reviews"][robot][0]["stars"]), (&json!({"currency": "USD"}), &json!(3)));
    // What belongs to an item goes with it.
    assert_eq!(mock.ask(&format!("DELETE /state/products/{robot}"), None).0, 204);
    assert_eq!(mock.ask("GET /state/reviews/4", None).0, 404);
    assert_eq!(mock.ask("PUT /state", Some(&all)).0, 204);
    assert_eq!(mock.ask("GET /state", None).1, all);
    assert_eq!(mock.ask("PUT /state", Some(&json!({"categories": [{"id": 5, "title": "Only"}]}))).0, 204);
    assert_eq!(mock.call("default", "GET /categories", None).1, json!([{"id": 5, "title": "Only"}]));
    let wrong = mock.ask("PUT /state", Some(&json!({"categories": [{"id": "x"}]})));
    assert_eq!((wrong.0, &wrong.1["errors"][0]["pointer"]), (422, &json!("/categories/0/id")));
    assert_eq!(mock.ask("GET /state/nothing", None).0, 404);
}

#[test]
fn state_is_changed_in_the_world_that_is_named_and_in_no_other() {
    let mock = store();
    let put = mock.send(
        "PUT /__etalon/state/categories/1",
        &[("Etalon-World", "a")],
        Some(&json!({"title": "A"})),
        Client::Local,
    );
    assert_eq!(put.status, 200);
    assert_eq!((mock.call("a", "GET /categories/1", None).0, mock.call("b", "GET /categories/1", None).0), (200, 404));
    let below = mock.send("GET /@a/__etalon/state/categories/1", &[], None, Client::Local);
    assert_eq!(below.status, 200);
}

#[test]
fn requests_are_told_with_the_reason() {
    let mock = store();
    // The edge takes note of them.
    let running = Running::mock(&[STORE, "--fail=listProducts=200"]);
    running.send("GET /v1/products", &[], "");
    running.send("GET /v1/categories/x", &["Etalon-World: a"], "");
    running.send("GET /v1/categories/7", &["Prefer: fault=html"], "");
    running.send("GET /__etalon/worlds/nowhere", &[], "");
    let told = running.send("GET /__etalon/requests?limit=2", &[], "").json();
    let shown = |number: usize, name: &str| told[number][name].clone();
    assert_eq!(told.as_array().map(Vec::len), Some(2), "{told}");
    assert_eq!(
        (shown(0, "number"), shown(0, "fault"), shown(0, "why")),
        (json!(3), json!("html"), json!("showed item 7 of categories"))
    );
    assert_eq!(
        (shown(1, "world"), shown(1, "status"), shown(1, "operation")),
        (json!("a"), json!(400), json!("getCategory"))
    );
    let first = running.send("GET /__etalon/requests", &[], "").json();
    assert_eq!(first[2]["rules"], json!(["listProducts: code=200"]));
    let metrics = running.send("GET /__etalon/metrics", &[], "").body;
    assert!(metrics.contains("etalon_requests_total{operation=\"getCategory\",status=\"400\"} 1\n"), "{metrics}");
    assert!(metrics.contains("etalon_worlds 2\n"), "{metrics}");
    assert_eq!(running.send("DELETE /__etalon/requests", &[], "").status, 204);
    assert_eq!(running.send("GET /__etalon/requests", &[], "").json(), json!([]));
    assert_eq!(mock.ask("GET /requests?limit=0", None).0, 400);
}

#[test]
fn rules_are_added_and_taken_away() {
    let mock = store();
    let added = mock.ask("POST /rules", Some(&json!({"rule": "getCategory: code=404, times=2"})));
    assert_eq!(added, (201, json!({"id": 1, "rule": "getCategory: code=404, times=2", "decided": 0})));
    assert_eq!(mock.call("default", "GET /categories/7", None).0, 404);
    assert_eq!(mock.ask("GET /rules/1", None).1["decided"], 1);
    assert_eq!(mock.call("other", "GET /categories/7", None).0, 200, "it stands in one world");
    assert_eq!((mock.ask("DELETE /rules/1", None).0, mock.ask("DELETE /rules/1", None).0), (204, 404));
    assert_eq!(mock.call("default", "GET /categories/7", None).0, 200);
    let unknown = mock.ask("POST /rules", Some(&json!({"rule": "getCategoy: code=404"})));
    assert!(
        unknown.0 == 422 && unknown.1["detail"].as_str().is_some_and(|text| text.contains("`getCategory`")),
        "{unknown:?}"
    );
    assert_eq!(mock.ask("POST /rules", Some(&json!({"rule": "getCategory: code=503"}))).0, 422, "it is not documented");
    assert_eq!(mock.ask("GET /rules", None).1, json!([]));
}

#[test]
fn the_clock_is_put_forward_and_stands_still() {
    let mock = store();
    let now = |told: (u16, Value)| told.1["now"].as_str().map(str::to_owned).expect("a time");
    assert_eq!(now(mock.ask("GET /clock", None)), "2025-01-01T00:00:01Z");
    assert_eq!(now(mock.ask("POST /clock/advance", Some(&json!({"seconds": 86_400})))), "2025-01-02T00:00:01Z");
    let made = || {
        let body = json!({"name": "x", "categoryId": 7});
        mock.call("default", "POST /products", Some(&body)).1["createdAt"].as_str().map(str::to_owned).expect("a time")
    };
    assert_eq!((made(), made()), ("2025-01-02T00:00:01Z".into(), "2025-01-02T00:00:02Z".into()));
    mock.ask("PUT /clock", Some(&json!({"now": "2030-01-01T00:00:00Z", "frozen": true})));
    assert_eq!((made(), made()), ("2030-01-01T00:00:00Z".into(), "2030-01-01T00:00:00Z".into()));
    mock.ask("POST /clock/advance", Some(&json!({"seconds": 1})));
    assert_eq!(made(), "2030-01-01T00:00:01Z");
    mock.ask("PUT /clock", Some(&json!({"now": "2031-01-01T00:00:00Z"})));
    assert_eq!((made(), made()), ("2031-01-01T00:00:00Z".into(), "2031-01-01T00:00:01Z".into()));
    assert_eq!(mock.ask("POST /worlds/default/reset", None).0, 204);
    assert_eq!(now(mock.ask("GET /clock", None)), "2025-01-01T00:00:01Z");
}

#[test]
fn only_programs_of_this_machine_or_with_the_token_control_it() {
    let mock = store();
    assert_eq!(mock.send("GET /__etalon/state", &[], None, Client::Remote).status, 403);
    assert_eq!(mock.send("POST /__etalon/reset", &[], None, Client::Remote).status, 403);
    assert_eq!(mock.send("GET /__etalon/health", &[], None, Client::Remote).status, 200);
    let foreign = [("Host", "localhost"), ("Origin", "https://evil.example")];
    assert_eq!(mock.send("POST /__etalon/reset", &foreign, None, Client::Local).status, 403);
    let rebound = [("Host", "evil.example")];
    assert_eq!(mock.send("GET /__etalon/state", &rebound, None, Client::Local).status, 403);
    let open = Controlled::new(|mock| mock.controlled_by(Some("s3cret".to_owned())));
    let refused = open.send("GET /__etalon/state", &[], None, Client::Remote);
    assert_eq!((refused.status, refused.headers.get("www-authenticate")), (401, Some("Bearer realm=\"etalon\"")));
    let sent = [("Authorization", "Bearer s3cret")];
    assert_eq!(open.send("GET /__etalon/state", &sent, None, Client::Remote).status, 200);
    assert_eq!(open.send("GET /__etalon/state", &[], None, Client::Local).status, 200);
}

#[test]
fn its_contract_is_served_and_a_mock_stops_when_it_is_told_to() {
    let running = Running::mock(&[STORE]);
    let document = running.send("GET /__etalon/openapi/control.json", &[], "").json();
    assert_eq!(document["info"]["title"], "Etalon control");
    assert_eq!(running.send("GET /__etalon/openapi/control.yaml", &[], "").status, 200);
    let methods = running.send("OPTIONS /__etalon/state", &[], "");
    assert_eq!((methods.status, methods.header("allow")), (204, Some("get, head, options, put")));
    assert_eq!(running.send("PATCH /__etalon/state", &[], "").status, 405);
    assert_eq!(running.send("GET /__etalon/nowhere", &[], "").status, 404);
    assert_eq!(running.send("POST /__etalon/shutdown", &[], "").status, 202);
    running.logged("stopped");
}

#[test]
fn etalon_proves_its_own_control_interface() {
    let running = Running::mock(&[STORE, "--quiet"]);
    let url = format!("http://127.0.0.1:{}/__etalon", running.port);
    let shown = etalon(&["test", CONTROL, "--url", &url, "--exclude", "shutdown", "--budget", "12", "--workers", "4"]);
    let (code, out, message) = told(&shown);
    assert!(matches!(code, Some(0 | 1)) && !out.contains("violated "), "{code:?} {out}\n{message}");
}
