//! Targets with the habits of real ones: rules that no document tells, keys that the client chooses, things that were there
//! before. Nobody is blamed wrongly, what can be tested is, and what the run made is gone at its end.

use std::cell::RefCell;
use std::collections::BTreeMap;

use etalon_conformance::sweep::{Entry, Sweep, sweep};
use etalon_conformance::verdict::{Level, Verdict};
use etalon_conformance::{Changes, Conclusion, Exchange, Report, RunError, Settings, Strictness, TargetError, run};
use etalon_contract::behaviour::infer;
use etalon_contract::codec::{Request, Response};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;
use serde_json::{Value, json};

/// A target: a function of its state and the request. `None` breaks the connection.
pub(crate) struct Target<F> {
    pub(crate) items: RefCell<BTreeMap<String, Value>>,
    pub(crate) sent: RefCell<Vec<Request>>,
    ledger: RefCell<Vec<String>>,
    /// The items, and the length of the ledger, before each request is handled and while its answer is on its way.
    moments: RefCell<Vec<(BTreeMap<String, Value>, usize)>>,
    answer: F,
}

impl<F: Fn(&mut BTreeMap<String, Value>, &str, &str, Option<Value>) -> Option<(u16, Option<Value>)>> Target<F> {
    pub(crate) fn new(answer: F) -> Self {
        Self {
            items: RefCell::default(),
            sent: RefCell::default(),
            ledger: RefCell::new(vec![r#"{"format":1,"url":"http://target"}"#.to_owned()]),
            moments: RefCell::default(),
            answer,
        }
    }

    fn remember(&self) {
        self.moments.borrow_mut().push((self.items.borrow().clone(), self.ledger.borrow().len()));
    }
}

impl<F: Fn(&mut BTreeMap<String, Value>, &str, &str, Option<Value>) -> Option<(u16, Option<Value>)>> Exchange
    for Target<F>
{
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        self.remember();
        self.sent.borrow_mut().push(request.clone());
        let body = serde_json::from_slice(&request.body).ok();
        let answered = (self.answer)(&mut self.items.borrow_mut(), &request.method, request.path(), body);
        self.remember();
        let Some((status, content)) = answered else { return Err(TargetError::Broken("closed".into())) };
        let mut response = Response { status, ..Response::default() };
        if let Some(content) = content {
            response.headers.set("Content-Type", "application/json");
            response.body = content.to_string().into_bytes();
        }
        Ok(response)
    }

    fn note(&self, line: &str) -> Result<(), TargetError> {
        self.ledger.borrow_mut().push(line.to_owned());
        Ok(())
    }

    fn origin(&self) -> String {
        "http://target".to_owned()
    }
}

pub(crate) fn contract(paths: Value) -> Contract {
    let schemas = json!({"Note": {"type": "object", "required": ["text"],
        "properties": {"id": {"type": "string"}, "text": {"type": "string"}}}});
    let root = json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths, "components": {
        "schemas": schemas, "securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "X-Key"}}}});
    let bytes = root.to_string().into_bytes();
    Contract::new(Document::load(Source { name: "t.json", bytes: &bytes }, &[], &NoFiles).expect("it is OpenAPI"))
}

pub(crate) fn content(schema: &Value) -> Value {
    json!({"application/json": {"schema": schema}})
}

pub(crate) fn responses(success: u16, others: &[u16]) -> Value {
    let mut all = serde_json::Map::new();
    all.insert(success.to_string(), json!({"description": "ok"}));
    for status in others {
        all.insert(status.to_string(), json!({"description": "no"}));
    }
    Value::Object(all)
}

pub(crate) fn tested<E: Exchange>(contract: &Contract, settings: &Settings, target: &E) -> Result<Report, RunError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(run(contract, &infer(contract), settings, target, &mut |_| {}))
}

pub(crate) fn own(seed: u64) -> Settings {
    Settings { seed, changes: Changes::Own, ..Settings::default() }
}

pub(crate) fn must(report: &Report) -> Vec<String> {
    let heavy = |verdict: &Verdict| matches!(verdict, Verdict::Violated(failure) if failure.level == Level::Must);
    report.rows().filter(|row| heavy(&row.verdict)).map(|row| row.id().to_owned()).collect()
}

pub(crate) fn is_proved(report: &Report, id: &str) -> bool {
    report.rows().any(|row| row.id() == id && matches!(row.verdict, Verdict::Proved { .. }))
}

pub(crate) fn why(report: &Report, id: &str) -> String {
    report.rows().find(|row| row.id() == id).map_or_else(String::new, |row| format!("{id}: {:?}", row.verdict))
}

fn is_slug(text: &str) -> bool {
    (3..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn names() -> Contract {
    let schema = json!({"type": "object", "required": ["name"],
        "properties": {"name": {"type": "string"}, "flag": {"type": "boolean"}}});
    let body = json!({"required": true, "content": content(&schema)});
    contract(
        json!({"/names": {"post": {"operationId": "names", "requestBody": body, "responses": responses(204, &[400])}}}),
    )
}

fn name_rules(body: Option<&Value>) -> u16 {
    let name = body.and_then(|body| body.get("name")).and_then(Value::as_str);
    let flag = body.and_then(|body| body.get("flag")).is_none_or(Value::is_boolean);
    if name.is_some_and(is_slug) && flag { 204 } else { 400 }
}

#[test]
fn a_rule_that_no_document_tells_is_learnt_and_blames_no_row() {
    for seed in 0..12 {
        let target = Target::new(|_, method, path, body| {
            Some((if (method, path) == ("POST", "/names") { name_rules(body.as_ref()) } else { 404 }, None))
        });
        let report = tested(&names(), &own(seed), &target).expect("a report");
        assert_eq!(must(&report), [""; 0], "seed {seed}");
        for row in ["names body /flag omitted", "names body /flag type=boolean past", "names response 204"] {
            assert!(is_proved(&report, row), "seed {seed}: {row} is not proved");
        }
    }
}

#[test]
fn a_limit_is_found_broken_behind_such_a_rule_and_shown_beside_its_twin() {
    let target = Target::new(|_, method, path, body| {
        let without_flag = body.as_ref().is_some_and(|body| body.get("flag").is_none());
        let status = if (method, path) == ("POST", "/names") { name_rules(body.as_ref()) } else { 404 };
        Some((if status == 204 && without_flag { 400 } else { status }, None))
    });
    let report = tested(&names(), &own(3), &target).expect("a report");
    assert_eq!(must(&report), ["names body /flag omitted"]);
    let row = report.rows().find(|row| row.id() == "names body /flag omitted").expect("the contract has it");
    let evidence = row.evidence.as_ref().expect("it is violated");
    let body: Value = serde_json::from_slice(&evidence.exchanges[evidence.at].request.body).expect("it is JSON");
    assert!(body["name"].as_str().is_some_and(is_slug), "the evidence would be refused with the flag as well: {body}");
    assert!(evidence.exchanges.iter().any(|exchange| exchange.response.status == 204), "no twin was accepted");
}

#[test]
fn a_connection_that_breaks_over_one_request_alone_is_a_violation() {
    let schema = json!({"type": "object", "properties": {"note": {"type": "string", "nullable": true}}});
    let body = json!({"required": true, "content": content(&schema)});
    let contract = contract(
        json!({"/crash": {"post": {"operationId": "crash", "requestBody": body, "responses": responses(204, &[400])}}}),
    );
    let target = Target::new(|_, method, path, body| match (method, path, body) {
        ("POST", "/crash", Some(body)) if body.get("note").is_some_and(Value::is_null) => None,
        ("POST", "/crash", Some(Value::Object(members))) => {
            Some((if members.get("note").is_none_or(Value::is_string) { 204 } else { 400 }, None))
        }
        ("POST", "/crash", _) => Some((400, None)),
        _ => Some((404, None)),
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    assert!(must(&report).contains(&"crash body /note null at".to_owned()), "{:?}", must(&report));
    assert_eq!(report.conclusion(), Conclusion::Violates);
}

#[test]
fn who_is_let_in_without_the_credentials_that_are_asked_for_is_found_without_any() {
    let contract = contract(json!({"/secret": {"get": {"operationId": "secret", "security": [{"k": []}],
        "responses": responses(204, &[401])}}}));
    let target =
        Target::new(|_, method, path, _| Some((if (method, path) == ("GET", "/secret") { 204 } else { 404 }, None)));
    let report = tested(&contract, &own(0), &target).expect("a report");
    assert_eq!(must(&report), ["secret request security none-of"]);
}

fn notes() -> Contract {
    let note = json!({"$ref": "#/components/schemas/Note"});
    let body = json!({"required": true, "content": content(&note)});
    let shown = |status: u16| {
        let mut all = responses(status, &[400, 404]);
        all[status.to_string()]["content"] = content(&note);
        all
    };
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    contract(json!({
        "/notes": {"post": {"operationId": "makeNote", "requestBody": body, "responses": shown(201)},
            "get": {"operationId": "listNotes", "responses": {"200": {"description": "ok", "content":
                content(&json!({"type": "array", "items": note}))}}}},
        "/notes/{id}": {"parameters": id,
            "get": {"operationId": "getNote", "responses": shown(200)},
            "put": {"operationId": "putNote", "requestBody": body, "responses": shown(200)},
            "delete": {"operationId": "dropNote", "responses": responses(204, &[404])}},
    }))
}

fn keep_notes(
    items: &mut BTreeMap<String, Value>,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Option<(u16, Option<Value>)> {
    let text = body.as_ref().and_then(|body| body.get("text")).and_then(Value::as_str).map(str::to_owned);
    let sent_id = body.as_ref().and_then(|body| body.get("id")).cloned();
    let note = |id: &str, text: &str| json!({"id": id, "text": text});
    Some(match (method, path, path.strip_prefix("/notes/")) {
        ("GET", "/notes", _) => (200, Some(items.values().cloned().collect())),
        ("POST", "/notes", _) => match text {
            Some(text) if sent_id.as_ref().is_none_or(Value::is_string) => {
                let id = (items.len() + items.keys().filter_map(|id| id.parse::<usize>().ok()).max().unwrap_or(0) + 1)
                    .to_string();
                items.insert(id.clone(), note(&id, &text));
                (201, Some(note(&id, &text)))
            }
            _ => (400, None),
        },
        ("GET", _, Some(id)) => items.get(id).map_or((404, None), |note| (200, Some(note.clone()))),
        ("PUT", _, Some(id)) if items.contains_key(id) => match text {
            // The path says which: a body with another id is refused.
            Some(text) if sent_id.is_none() || sent_id == Some(json!(id)) => {
                items.insert(id.to_owned(), note(id, &text));
                (200, Some(note(id, &text)))
            }
            _ => (400, None),
        },
        ("DELETE", _, Some(id)) => (if items.remove(id).is_some() { 204 } else { 404 }, None),
        _ => (404, None),
    })
}

#[test]
fn what_was_there_stays_and_what_the_run_made_is_gone() {
    for seed in 0..4 {
        let target = Target::new(keep_notes);
        let precious = json!({"id": "keep", "text": "precious"});
        target.items.borrow_mut().insert("keep".into(), precious.clone());
        let mut settings = own(seed);
        settings.set.push(("id".into(), "keep".into()));
        let report = tested(&notes(), &settings, &target).expect("a report");
        assert_eq!(must(&report), [""; 0], "seed {seed}");
        assert_eq!(*target.items.borrow(), BTreeMap::from([("keep".to_owned(), precious)]), "seed {seed}");
        assert!(report.left_behind.is_empty());
        for row in ["getNote response 200 application/json", "putNote response 200 application/json"] {
            assert!(is_proved(&report, row), "seed {seed}: {row} is not proved");
        }
    }
}

#[test]
fn a_run_that_only_reads_sends_nothing_that_changes() {
    let target = Target::new(keep_notes);
    target.items.borrow_mut().insert("keep".into(), json!({"id": "keep", "text": "precious"}));
    let settings = Settings { changes: Changes::ReadOnly, ..Settings::default() };
    let report = tested(&notes(), &settings, &target).expect("a report");
    assert!(target.sent.borrow().iter().all(|request| request.method == "GET"));
    // The key comes from the list.
    assert!(is_proved(&report, "getNote response 200 application/json"));
    assert_eq!(report.conclusion(), Conclusion::TooLittle);
}

#[test]
fn whenever_a_run_is_killed_its_ledger_tells_all_that_it_left() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let target = Target::new(keep_notes);
    tested(&notes(), &own(0), &target).expect("a report");
    let (moments, ledger) = (target.moments.take(), target.ledger.take());
    assert!(moments.len() > 400, "{} moments", moments.len());
    // The first ones one by one, then a few all over the run.
    let moments: Vec<_> =
        moments.into_iter().enumerate().filter(|(number, _)| *number < 200 || number % 7 == 0).collect();
    let (mut clean, all) = (0, moments.len());
    for (number, (items, lines)) in moments {
        let killed = Target::new(keep_notes);
        killed.items.replace(items);
        let entries: Vec<Entry> = Sweep::read(&ledger[..lines].join("\n")).expect("it is a ledger").entries;
        let swept = runtime.block_on(sweep(&killed, &entries, &[], false)).expect("the target is there again");
        let left = killed.items.borrow().len();
        // What may have been made by chance like something else is named, not touched.
        assert!(left <= swept.left.len(), "killed at moment {number}: {:?}", killed.items.borrow());
        clean += usize::from(left == 0);
    }
    assert!(clean * 100 >= all * 95, "{clean} of {all} moments were cleaned up after");
}

#[test]
fn the_key_that_the_client_sends_is_the_key() {
    let schema = json!({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}});
    let body = json!({"required": true, "content": content(&schema)});
    let name = json!([{"name": "tag_name", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let contract = contract(json!({
        "/tags": {"post": {"operationId": "makeTag", "requestBody": body, "responses": responses(201, &[400])}},
        "/tags/{tag_name}": {"parameters": name, "get": {"operationId": "getTag", "responses": responses(204, &[404])}},
    }));
    let target = Target::new(|items, method, path, body| {
        let name = body.as_ref().and_then(|body| body.get("name")).and_then(Value::as_str).map(str::to_owned);
        Some(match (method, path, name, path.strip_prefix("/tags/")) {
            ("POST", "/tags", Some(name), _) => {
                items.insert(name, Value::Null);
                (201, None)
            }
            ("POST", "/tags", None, _) => (400, None),
            // It compares the path as it stands.
            ("GET", _, _, Some(name)) => (if items.contains_key(name) { 204 } else { 404 }, None),
            _ => (404, None),
        })
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    assert!(is_proved(&report, "getTag response 204"), "{:?}", must(&report));
}

#[test]
fn a_wrong_base_path_is_told_after_tens_of_requests() {
    let paths: serde_json::Map<String, Value> = (0..40)
        .map(|number| {
            let ok = json!({"description": "ok", "content": content(&json!({"type": "object"}))});
            let get = json!({"operationId": format!("get{number}"), "responses": {"200": ok}});
            (format!("/things{number}"), json!({"get": get}))
        })
        .collect();
    let contract = contract(Value::Object(paths));
    // Whether it is told as the contract tells such things or not.
    for told in [None, Some(json!({"detail": "Not Found"}))] {
        let target = Target::new(|_, _, _, _| Some((404, told.clone())));
        let error = tested(&contract, &own(0), &target).expect_err("it is another server");
        assert!(matches!(error, RunError::AnotherServer { .. }), "{error}");
        assert!(target.sent.borrow().len() <= 40, "{} requests", target.sent.borrow().len());
    }
}

#[test]
fn taste_is_told_and_fails_only_who_is_strict() {
    // More methods than the document has.
    let target = Target::new(|_, _, path, _| Some((if path == "/a" { 204 } else { 404 }, None)));
    let contract = contract(json!({"/a": {"get": {"operationId": "a", "responses": responses(204, &[])}}}));
    let settings = Settings::default();
    let report = tested(&contract, &settings, &target).expect("a report");
    assert_eq!((must(&report).len(), report.conclusion()), (0, Conclusion::Conforms));
    let strict = Settings { strictness: Strictness::Should, ..settings };
    assert_eq!(tested(&contract, &strict, &target).expect("a report").conclusion(), Conclusion::Violates);
}

#[test]
fn an_action_is_done_to_what_the_run_made_and_to_nothing_else() {
    let mut paths = serde_json::Map::new();
    let note = json!({"$ref": "#/components/schemas/Note"});
    let body = json!({"required": true, "content": content(&note)});
    let mut made = responses(201, &[400]);
    made["201"]["content"] = content(&note);
    let listed = json!({"200": {"description": "ok", "content": content(&json!({"type": "array", "items": note}))}});
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    paths.insert(
        "/notes".into(),
        json!({"post": {"operationId": "makeNote", "requestBody": body, "responses": made},
            "get": {"operationId": "listNotes", "responses": listed}}),
    );
    paths.insert(
        "/notes/{id}/archive".into(),
        json!({"parameters": id, "post": {"operationId": "archiveNote", "responses": responses(204, &[404])}}),
    );
    let target = Target::new(|items, method, path, body| {
        if let Some(id) = path.strip_prefix("/notes/").and_then(|rest| rest.strip_suffix("/archive")) {
            return Some(match items.get_mut(id) {
                Some(note) => {
                    note["text"] = json!("archived");
                    (204, None)
                }
                None => (404, None),
            });
        }
        keep_notes(items, method, path, body)
    });
    let precious = json!({"id": "keep", "text": "precious"});
    target.items.borrow_mut().insert("keep".into(), precious.clone());
    let report = tested(&contract(Value::Object(paths)), &own(0), &target).expect("a report");
    assert_eq!(target.items.borrow().get("keep"), Some(&precious));
    assert!(is_proved(&report, "archiveNote response 204"), "{}", why(&report, "archiveNote response 204"));
}

#[test]
fn what_lies_below_a_thing_that_nobody_can_make_is_made_below_one_that_is_there() {
    let note = json!({"$ref": "#/components/schemas/Note"});
    let body = json!({"required": true, "content": content(&note)});
    let shown = |status: u16| {
        let mut all = responses(status, &[400, 404]);
        all[status.to_string()]["content"] = content(&note);
        all
    };
    let list = |items: &Value| json!({"200": {"description": "ok", "content": content(&json!({"type": "array", "items": items}))}});
    let named = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    let site = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}});
    let contract = contract(json!({
        "/sites": {"get": {"operationId": "listSites", "responses": list(&site)}},
        "/sites/{site}": {"parameters": [named("site")], "get": {"operationId": "getSite", "responses": responses(204, &[404])}},
        "/sites/{site}/notes": {"parameters": [named("site")],
            "post": {"operationId": "makeNote", "requestBody": body, "responses": shown(201)},
            "get": {"operationId": "listNotes", "responses": list(&note)}},
        "/sites/{site}/notes/{id}": {"parameters": [named("site"), named("id")],
            "put": {"operationId": "putNote", "requestBody": body, "responses": shown(200)},
            "delete": {"operationId": "dropNote", "responses": responses(204, &[404])}},
    }));
    let target = Target::new(|items, method, path, body| match (method, path) {
        ("GET", "/sites") => Some((200, Some(json!([{"id": "localhost"}])))),
        ("GET", "/sites/localhost") => Some((204, None)),
        _ => match path.strip_prefix("/sites/localhost") {
            Some(below) if below.starts_with("/notes") => keep_notes(items, method, below, body),
            _ => Some((404, None)),
        },
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    for row in ["putNote response 200 application/json", "dropNote response 204"] {
        assert!(is_proved(&report, row), "{}", why(&report, row));
    }
    assert_eq!(must(&report), [""; 0]);
    assert!(target.items.borrow().is_empty(), "{:?}", target.items.borrow());
}

#[test]
fn what_a_list_shows_is_what_is_made_like_it_and_never_the_same() {
    let zone = json!({"type": "object", "required": ["name"],
        "properties": {"name": {"type": "string"}, "kind": {"type": "string"}}});
    let body = json!({"required": true, "content": content(&zone)});
    let contract = contract(json!({"/zones": {
        "post": {"operationId": "makeZone", "requestBody": body, "responses": responses(204, &[400])},
        "get": {"operationId": "listZones", "responses": {"200": {"description": "ok",
            "content": content(&json!({"type": "array", "items": zone}))}}}}}));
    let target = Target::new(|items, method, _, body| {
        // Every name ends with a dot, says no document.
        let name = body.as_ref().and_then(|body| body.get("name")).and_then(Value::as_str).map(str::to_owned);
        let kind = body.as_ref().and_then(|body| body.get("kind")).is_none_or(|kind| kind == "Native");
        Some(match (method, name) {
            ("GET", _) => (200, Some(items.values().cloned().collect())),
            ("POST", Some(name)) if name.len() > 2 && name.ends_with('.') && kind => {
                items.insert(name.clone(), json!({"name": name, "kind": "Native"}));
                (204, None)
            }
            ("POST", _) => (400, None),
            _ => (405, None),
        })
    });
    let precious = json!({"name": "keep.example.", "kind": "Native", "secret": 1});
    target.items.borrow_mut().insert("keep.example.".into(), precious.clone());
    let report = tested(&contract, &own(0), &target).expect("a report");
    assert!(is_proved(&report, "makeZone response 204"), "{}", why(&report, "makeZone response 204"));
    assert_eq!(target.items.borrow().get("keep.example."), Some(&precious));
}

#[test]
fn what_lies_below_something_that_is_learnt_to_be_made_is_tried_once_more() {
    let schema = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}});
    let body = json!({"required": true, "content": content(&schema)});
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let mut made = responses(201, &[400]);
    made["201"]["content"] = content(&schema);
    let contract = contract(json!({
        "/shelves": {"post": {"operationId": "makeShelf", "requestBody": body, "responses": made}},
        "/shelves/{id}": {"parameters": id, "get": {"operationId": "getShelf", "responses": responses(204, &[404])},
            "delete": {"operationId": "dropShelf", "responses": responses(204, &[404])}},
        "/shelves/{id}/count": {"parameters": id,
            "get": {"operationId": "countShelf", "responses": responses(204, &[404])}},
    }));
    let target = Target::new(|items, method, path, body| {
        let sent = body.as_ref().and_then(|body| body.get("id")).and_then(Value::as_str).map(str::to_owned);
        let below = path.strip_prefix("/shelves/").map(|rest| rest.trim_end_matches("/count").to_owned());
        Some(match (method, sent, below) {
            ("POST", Some(id), None) if is_slug(&id) => {
                items.insert(id.clone(), Value::Null);
                (201, Some(json!({"id": id})))
            }
            ("POST", _, None) => (400, None),
            ("GET", _, Some(id)) => (if items.contains_key(&id) { 204 } else { 404 }, None),
            ("DELETE", _, Some(id)) => (if items.remove(&id).is_some() { 204 } else { 404 }, None),
            _ => (404, None),
        })
    });
    // No request is left for anything but plain valid ones.
    let report = tested(&contract, &Settings { budget: Some(0), ..own(0) }, &target).expect("a report");
    for row in ["getShelf response 204", "countShelf response 204", "dropShelf response 204"] {
        assert!(is_proved(&report, row), "{}", why(&report, row));
    }
    assert!(target.items.borrow().is_empty(), "{:?}", target.items.borrow());
}
