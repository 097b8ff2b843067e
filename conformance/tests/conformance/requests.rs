//! The requests that a target gets: the document's examples, keys that nothing has, tags that were read first, content that may be
//! left out; and what a refusal of a valid request weighs.

use etalon_conformance::target::TargetError;
use etalon_conformance::verdict::{Level, Verdict};
use etalon_conformance::{Exchange, Settings};
use etalon_contract::codec::{Request, Response};
use serde_json::{Value, json};
use std::cell::RefCell;

use crate::habits::{Target, content, contract, is_proved, must, own, responses, tested, why};

/// A target that sees whole requests and gives whole answers.
pub(crate) struct Whole<F> {
    pub(crate) answer: F,
    pub(crate) sent: RefCell<Vec<Request>>,
}

impl<F: Fn(&Request) -> Response> Exchange for Whole<F> {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        self.sent.borrow_mut().push(request.clone());
        Ok((self.answer)(request))
    }

    fn origin(&self) -> String {
        "http://target".to_owned()
    }
}

pub(crate) fn reply(status: u16, fields: &[(&str, &str)], body: Option<&Value>) -> Response {
    let mut headers: etalon_contract::codec::Headers = fields.iter().copied().collect();
    if body.is_some() {
        headers.set("Content-Type", "application/json");
    }
    Response { status, headers, body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default() }
}

fn id() -> Value {
    json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}])
}

#[test]
fn where_a_precondition_is_asked_for_the_tag_is_read_first() {
    let note = json!({"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}});
    let body = json!({"required": true, "content": content(&note)});
    let read = json!({"200": {"description": "ok", "content": content(&note)}});
    let contract = contract(json!({"/note": {
        "get": {"operationId": "readNote", "responses": read},
        "put": {"operationId": "putNote", "requestBody": body, "responses": responses(204, &[400, 412, 428])}}}));
    let target = Whole {
        answer: |request: &Request| {
            let body: Option<Value> = serde_json::from_slice(&request.body).ok();
            let fits = body.is_some_and(|body| body["text"].is_string());
            match (request.method.as_str(), request.path(), request.headers.get("if-match")) {
                ("GET", "/note", _) => reply(200, &[("ETag", "\"seven\"")], Some(&json!({"text": "a"}))),
                ("PUT", "/note", None) => reply(428, &[], None),
                ("PUT", "/note", Some("\"seven\"")) => reply(if fits { 204 } else { 400 }, &[], None),
                ("PUT", "/note", Some(_)) => reply(412, &[], None),
                _ => reply(404, &[], None),
            }
        },
        sent: RefCell::default(),
    };
    let report = tested(&contract, &Settings::default(), &target).expect("a report");
    for row in ["putNote response 204", "putNote body required=text past", "putNote response 428"] {
        assert!(is_proved(&report, row), "{}", why(&report, row));
    }
    // It keeps nothing, and knows no `*`.
    assert_eq!(must(&report), ["putNote request if-match", "putNote story changed-is-read"]);
}

#[test]
fn a_documented_404_is_tried_with_a_key_that_nothing_has() {
    let item = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}});
    let list = json!({"200": {"description": "ok", "content": content(&json!({"type": "array", "items": item}))}});
    let contract = contract(json!({
        "/things": {"get": {"operationId": "list", "responses": list}},
        "/things/{id}": {"parameters": id(), "get": {"operationId": "read", "responses": responses(204, &[404])}},
        "/things/{id}/state": {"parameters": id(), "get": {"operationId": "state", "responses": responses(204, &[410])}},
    }));
    let target = Target::new(|_, method, path, _| match (method, path) {
        ("GET", "/things") => Some((200, Some(json!([{"id": "only"}])))),
        ("GET", "/things/only" | "/things/only/state") => Some((204, None)),
        (_, path) if path.ends_with("/state") => Some((410, None)),
        _ => Some((404, None)),
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    for row in ["read response 204", "read response 404", "state response 204", "state response 410"] {
        assert!(is_proved(&report, row), "{}", why(&report, row));
    }
}

#[test]
fn examples_of_the_document_are_requests_of_their_own() {
    let parameters = json!([
        {"name": "city", "in": "query", "required": true, "schema": {"type": "string"}, "examples": {
            "a": {"value": "Bern"}, "b": {"value": "Chur"}}},
        {"name": "unit", "in": "query", "schema": {"type": "string"}, "example": "metric"},
    ]);
    let text = json!({"type": "string"});
    let contract = contract(json!({"/weather": {"get": {"operationId": "weather", "parameters": parameters,
        "responses": {"200": {"description": "ok", "content": content(&text)}, "404": {"description": "no"}}}}}));
    let target = Whole {
        // Only the second example shows that the answer is wrong.
        answer: |request: &Request| match request.query().unwrap_or("") {
            query if query.contains("city=Bern") => reply(200, &[], Some(&json!("rain"))),
            query if query.contains("city=Chur") => reply(200, &[], Some(&json!(7))),
            _ => reply(404, &[], None),
        },
        sent: RefCell::default(),
    };
    let report = tested(&contract, &Settings::default(), &target).expect("a report");
    assert_eq!(must(&report), ["weather response 200 application/json"]);
}

#[test]
fn content_that_may_be_left_out_is_sent_all_the_same() {
    let schema = json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}});
    let body = json!({"content": content(&schema)});
    let contract = contract(json!({"/sum": {"post": {"operationId": "sum", "requestBody": body,
        "responses": responses(204, &[400])}}}));
    let target = Target::new(|_, method, path, body| {
        let fits = body.as_ref().is_some_and(|body| body["a"].as_i64().is_some() || body["a"].as_u64().is_some());
        Some((
            if (method, path) != ("POST", "/sum") {
                404
            } else if fits {
                204
            } else {
                400
            },
            None,
        ))
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    let bare = |request: &&Request| request.method == "POST" && request.path() == "/sum" && request.body.is_empty();
    let (without, all) = (target.sent.borrow().iter().filter(bare).count(), target.sent.borrow().len());
    assert!(without * 10 < all, "{without} of {all} requests have no content");
    // That it may be left out is the document's default, not its statement.
    let row = report.rows().find(|row| row.id() == "sum body omitted").expect("the contract has it");
    let Verdict::Violated(failure) = &row.verdict else { panic!("{:?}", row.verdict) };
    assert_eq!(failure.level, Level::Should);
    assert_eq!(must(&report), [""; 0]);
}

#[test]
fn a_valid_request_that_is_refused_as_nobody_documents_is_told() {
    let query = json!([{"name": "n", "in": "query", "required": true, "schema": {"type": "integer"}}]);
    let documented = responses(204, &[404]);
    let operation = |id: &str| json!({"operationId": id, "parameters": query, "responses": documented});
    let contract = contract(json!({"/taste": {"get": operation("taste")}, "/method": {"get": operation("method")},
        "/state": {"get": operation("state")}}));
    let target = Target::new(|_, _, path, _| {
        Some((
            match path {
                "/taste" => 418,
                "/method" => 405,
                "/state" => 409,
                _ => 404,
            },
            None,
        ))
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    let level = |row: &str| {
        report.rows().find(|known| known.id() == row).and_then(|known| match &known.verdict {
            Verdict::Violated(failure) => Some(failure.level),
            Verdict::Proved { .. } | Verdict::Inconclusive(_) | Verdict::Unreachable(_) | Verdict::Waived(_) => None,
        })
    };
    assert_eq!(level("taste response 204"), Some(Level::Should), "{}", why(&report, "taste response 204"));
    assert_eq!(level("method response 204"), Some(Level::Must), "{}", why(&report, "method response 204"));
    assert_eq!(level("state response 204"), None, "{}", why(&report, "state response 204"));
}

#[test]
fn the_methods_of_a_resource_are_those_of_its_most_concrete_path() {
    let contract = contract(json!({
        "/users/{id}": {"parameters": id(), "get": {"operationId": "read", "responses": responses(204, &[404])},
            "put": {"operationId": "write", "responses": responses(204, &[404])}},
        "/users/me": {"post": {"operationId": "me", "responses": responses(204, &[])}},
    }));
    let target = Whole {
        answer: |request: &Request| match (request.method.as_str(), request.path()) {
            ("POST", "/users/me") => reply(204, &[], None),
            (_, "/users/me") => reply(405, &[("Allow", "POST")], None),
            ("GET" | "PUT", _) => reply(204, &[], None),
            _ => reply(405, &[("Allow", "GET, PUT")], None),
        },
        sent: RefCell::default(),
    };
    let report = tested(&contract, &Settings::default(), &target).expect("a report");
    assert!(is_proved(&report, "me request method past"), "{}", why(&report, "me request method past"));
    assert_eq!(must(&report), [""; 0]);
}

#[test]
fn values_that_a_refusal_names_are_tried_and_lead_others_there() {
    let plugin = json!([{"name": "plugin", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let get = |id: &str| json!({"operationId": id, "responses": responses(204, &[400])});
    let contract = contract(json!({
        "/api/{plugin}": {"parameters": plugin, "get": get("show")},
        "/api/{plugin}/history": {"parameters": plugin, "get": get("history")},
    }));
    let target = Target::new(|_, _, path, _| {
        let name = path.strip_prefix("/api/").map(|rest| rest.trim_end_matches("/history").to_owned());
        Some(match name.as_deref() {
            Some("cpu" | "load") => (204, None),
            // Only one of the two is so kind.
            Some(name) if !path.ends_with("/history") => {
                (400, Some(json!({"detail": format!("Unknown plugin {name} (available plugins: ['cpu', 'load'])")})))
            }
            Some(_) => (400, None),
            None => (404, None),
        })
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    for row in ["show response 204", "history response 204"] {
        assert!(is_proved(&report, row), "{}", why(&report, row));
    }
}

#[test]
fn a_link_leads_where_its_references_end() {
    let place = json!({"type": "object", "required": ["qty"], "properties": {"qty": {"type": "integer"}}});
    let placed = json!({"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}});
    let shown = json!({"type": "object", "required": ["qty"], "properties": {"qty": {"type": "integer"}}});
    let root = json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {
        "/purchases": {"post": {"operationId": "buy", "requestBody": {"required": true, "content": content(&place)}, "responses": {
            "201": {"description": "ok", "content": content(&placed), "links": {"Look": {"$ref": "#/components/links/Near"}}},
            "400": {"description": "no"}}}},
        "/counter/{slip}": {"get": {"operationId": "look", "parameters": [
            {"name": "slip", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": {
            "200": {"description": "ok", "content": content(&shown)}, "404": {"description": "no"}}}}},
        "components": {"links": {"Near": {"$ref": "#/components/links/Far"},
            "Far": {"operationId": "look", "parameters": {"path.slip": "$response.body#/code"}}}}});
    let contract = etalon_contract::model::Contract::parse(&root.to_string()).expect("it is OpenAPI");
    let target = Target::new(|items, method, path, body| match (method, path, path.strip_prefix("/counter/")) {
        ("POST", "/purchases", _) => {
            match body.as_ref().and_then(|body| body.get("qty")).filter(|qty| qty.is_i64() || qty.is_u64()) {
                Some(qty) => {
                    let code = format!("s{}", items.len());
                    items.insert(code.clone(), qty.clone());
                    Some((201, Some(json!({ "code": code }))))
                }
                None => Some((400, None)),
            }
        }
        // The fault that only who follows the link can see.
        ("GET", _, Some(slip)) => {
            Some(items.get(slip).map_or((404, None), |qty| (200, Some(json!({"qty": qty.to_string()})))))
        }
        _ => Some((404, None)),
    });
    let report = tested(&contract, &Settings::default(), &target).expect("a report");
    assert!(must(&report).contains(&"look response 200 application/json".to_owned()), "{:?}", must(&report));
}

#[test]
fn a_field_that_was_given_is_sent_whatever_the_document_calls_it() {
    let root = json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "security": [{"b": []}],
        "paths": {"/mine": {"get": {"operationId": "mine", "responses": responses(204, &[401])}}},
        "components": {"securitySchemes": {"b": {"type": "http", "scheme": "bearer"}}}});
    let contract = etalon_contract::model::Contract::parse(&root.to_string()).expect("it is OpenAPI");
    let target = Whole {
        // It takes a scheme of its own.
        answer: |request: &Request| match (request.path(), request.headers.get("authorization")) {
            ("/mine", Some("token abc")) => reply(204, &[], None),
            ("/mine", _) => reply(401, &[("WWW-Authenticate", "Bearer")], None),
            _ => reply(404, &[], None),
        },
        sent: RefCell::default(),
    };
    let mut settings = Settings::default();
    settings.credentials.add_field("Authorization", "token abc");
    let report = tested(&contract, &settings, &target).expect("a report");
    let row = "mine response 204";
    assert!(is_proved(&report, row), "{}", why(&report, row));
}

#[test]
fn what_removes_by_its_content_alone_is_not_sent() {
    let filter = json!({"type": "object", "properties": {"text": {"type": "string"}}});
    let body = json!({"required": true, "content": content(&filter)});
    let item = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}});
    let list = json!({"200": {"description": "ok", "content": content(&json!({"type": "array", "items": item}))}});
    let contract = contract(json!({
        "/logs": {"get": {"operationId": "listLogs", "responses": list}},
        "/logs/remove": {"post": {"operationId": "removeLogs", "requestBody": body, "responses": responses(204, &[400])}},
        "/logs/purge_by": {"post": {"operationId": "bulk_delete_logs", "requestBody": body, "responses": responses(204, &[400])}},
    }));
    let target = Target::new(|items, method, path, _| match (method, path) {
        ("GET", "/logs") => Some((200, Some(items.values().cloned().collect()))),
        ("POST", "/logs/remove" | "/logs/purge_by") => {
            items.clear();
            Some((204, None))
        }
        _ => Some((404, None)),
    });
    target.items.borrow_mut().insert("old".into(), json!({"id": "old"}));
    let report = tested(&contract, &own(0), &target).expect("a report");
    assert_eq!(target.items.borrow().len(), 1, "{}", why(&report, "removeLogs response 204"));
}

#[test]
fn credentials_that_end_in_the_middle_are_noticed_and_said() {
    let query = json!([{"name": "n", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 9}}]);
    let get = |id: &str| json!({"operationId": id, "parameters": query, "responses": responses(204, &[400, 401]), "security": [{"k": []}]});
    let contract = contract(json!({"/a": {"get": get("a")}, "/b": {"get": get("b")}}));
    let served = std::cell::Cell::new(0);
    let target = Whole {
        answer: |request: &Request| {
            served.set(served.get() + 1);
            let n = request.query().and_then(|query| query.strip_prefix("n=")).map(str::parse::<u8>);
            match (request.headers.get("x-key"), n) {
                (Some("good"), _) if served.get() > 40 => reply(401, &[], None),
                (Some("good"), None | Some(Ok(1..=9))) => reply(204, &[], None),
                (Some("good"), _) => reply(400, &[], None),
                _ => reply(401, &[("WWW-Authenticate", "Key")], None),
            }
        },
        sent: RefCell::default(),
    };
    let mut settings = Settings::default();
    settings.credentials.set("k", "good");
    let report = tested(&contract, &settings, &target).expect("a report");
    let said =
        report.rows().filter(|row| row.reason().is_some_and(|why| why.contains("the credentials ended"))).count();
    assert!(said > 2, "{said} rows say it");
    assert!(target.sent.borrow().len() < 60, "{} requests", target.sent.borrow().len());
    assert_eq!(must(&report), [""; 0]);
}

#[test]
fn a_problem_is_as_the_document_describes_it_where_the_standard_says_otherwise() {
    let problem = |status: &str| json!({"type": "object", "properties": {"status": {"type": status}}});
    let no = |status: &str| json!({"description": "no", "content": {"application/problem+json": {"schema": problem(status)}}});
    let query = json!([{"name": "n", "in": "query", "required": true, "schema": {"type": "integer", "maximum": 9}}]);
    let get = |id: &str, status: &str| json!({"operationId": id, "parameters": query, "responses": {"204": {"description": "ok"}, "400": no(status)}});
    let contract =
        contract(json!({"/text": {"get": get("text", "string")}, "/number": {"get": get("number", "integer")}}));
    let target = Whole {
        answer: |request: &Request| {
            let n =
                request.query().and_then(|query| query.strip_prefix("n=")).and_then(|text| text.parse::<i64>().ok());
            if n.is_some_and(|n| n <= 9) {
                return reply(204, &[], None);
            }
            let mut refusal = reply(400, &[], Some(&json!({"status": "400"})));
            refusal.headers.set("Content-Type", "application/problem+json");
            refusal
        },
        sent: RefCell::default(),
    };
    let report = tested(&contract, &Settings::default(), &target).expect("a report");
    let blamed = must(&report);
    assert!(blamed.contains(&"number response 400 application/problem+json".to_owned()), "{blamed:?}");
    assert!(!blamed.contains(&"text response 400 application/problem+json".to_owned()), "{blamed:?}");
}

#[test]
fn what_is_called_by_its_name_is_read_by_it_and_looked_for_in_no_list() {
    let sent = json!({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}});
    let item = json!({"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}});
    let body = json!({"required": true, "content": content(&sent)});
    let database = json!([{"name": "database", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let list = json!({"200": {"description": "ok", "content": content(&json!({"type": "array", "items": item}))}});
    let read = json!({"200": {"description": "ok", "content": content(&item)}, "404": {"description": "no"}});
    let contract = contract(json!({
        "/databases": {"post": {"operationId": "make", "requestBody": body, "responses": {"200": {"description": "ok",
            "content": content(&json!({"type": "object"}))}, "400": {"description": "no"}}},
            "get": {"operationId": "list", "responses": list}},
        "/databases/{database}": {"parameters": database, "get": {"operationId": "read", "responses": read}},
    }));
    let target = Target::new(|items, method, path, body| {
        let key = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
        match (method, path, key.strip_prefix("/databases/")) {
            ("POST", "/databases", _) => match body.as_ref().and_then(|body| body["name"].as_str()) {
                Some(name) => {
                    items.insert(name.to_owned(), json!({"id": format!("id-{}", items.len()), "name": name}));
                    Some((200, Some(json!({}))))
                }
                None => Some((400, None)),
            },
            ("GET", "/databases", _) => Some((200, Some(items.values().cloned().collect()))),
            ("GET", _, Some(name)) => Some(items.get(name).map_or((404, None), |item| (200, Some(item.clone())))),
            _ => Some((404, None)),
        }
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    let blamed: Vec<&str> = report
        .rows()
        .filter(|row| matches!(row.verdict, Verdict::Violated(_)) && row.id().contains("story"))
        .map(etalon_conformance::report::RowReport::id)
        .collect();
    assert_eq!(blamed, [""; 0]);
    assert!(
        is_proved(&report, "read response 200 application/json"),
        "{}",
        why(&report, "read response 200 application/json")
    );
}
