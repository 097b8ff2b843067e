//! What a target makes beside what it was asked for is found in its lists, also where they come in pages or are asked for by POST, and
//! removed or told.

use std::cell::RefCell;
use std::collections::BTreeMap;

use etalon_contract::codec::{Request, Response};
use etalon_contract::model::Contract;
use serde_json::{Value, json};

use crate::habits::{content, contract, own, responses, tested};
use crate::requests::{Whole, reply};

/// Jobs that are made one by one; what lists their copies is of the operations given.
fn jobs(copies: Value) -> Contract {
    let job = json!({"type": "object", "required": ["name"], "properties": {
        "id": {"type": "string", "readOnly": true}, "name": {"type": "string", "minLength": 8}}});
    let mut made = responses(201, &[400]);
    made["201"]["content"] = content(&job);
    let key = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let mut paths = json!({
        "/jobs": {"post": {"operationId": "makeJob", "requestBody": {"required": true, "content": content(&job)}, "responses": made}},
        "/jobs/{id}": {"parameters": key, "delete": {"operationId": "dropJob", "responses": responses(204, &[404])}}});
    paths.as_object_mut().expect("an object").extend(copies.as_object().cloned().unwrap_or_default());
    contract(paths)
}

/// The schema of an answer that lists copies.
fn listed() -> Value {
    let copy = json!({"$ref": "#/paths/~1copies~1{id}/get/responses/200/content/application~1json/schema"});
    json!({"200": {"description": "ok", "content": content(&json!({"type": "array", "items": copy}))}})
}

/// The state of a target: its jobs, and the copies that it makes of them.
#[derive(Default)]
struct Kept {
    jobs: BTreeMap<String, Value>,
    copies: BTreeMap<String, Value>,
    made: usize,
}

/// The answer of a target that keeps a copy of every job; its pages hold two.
fn answer(kept: &RefCell<Kept>, request: &Request) -> Response {
    let kept = &mut *kept.borrow_mut();
    let body: Option<Value> = serde_json::from_slice(&request.body).ok();
    let number = |name: &str, least: usize| {
        let query = request.query().unwrap_or("").split('&').filter_map(|pair| pair.split_once('='));
        query.filter(|(key, _)| *key == name).find_map(|(_, value)| value.parse().ok()).unwrap_or(least)
    };
    let all = || kept.copies.values().cloned();
    match (request.method.as_str(), request.path()) {
        ("POST", "/jobs") => {
            let Some(name) =
                body.and_then(|body| body["name"].as_str().map(str::to_owned)).filter(|n| n.chars().count() > 7)
            else {
                return reply(400, &[], None);
            };
            kept.made += 1;
            let id = format!("{:012}", kept.made);
            kept.copies.insert(id.clone(), json!({"id": format!("c{id}"), "name": name}));
            kept.jobs.insert(id.clone(), json!({"id": id, "name": name}));
            reply(201, &[], Some(&kept.jobs[&id]))
        }
        ("GET", "/copies") => {
            let page = all().skip(number("offset", 0)).take(number("limit", 2).min(2)).collect();
            reply(200, &[], Some(&page))
        }
        ("POST", "/copies/filter") if body.as_ref().is_none_or(Value::is_object) => {
            reply(200, &[], Some(&all().collect()))
        }
        ("DELETE", path) if path.starts_with("/jobs/") => {
            reply(if kept.jobs.remove(&path["/jobs/".len()..]).is_some() { 204 } else { 404 }, &[], None)
        }
        ("DELETE", path) if path.starts_with("/copies/c") => {
            reply(if kept.copies.remove(&path["/copies/c".len()..]).is_some() { 204 } else { 404 }, &[], None)
        }
        _ => reply(404, &[], None),
    }
}

/// The copies that are left after a run, and what the report says is left.
fn left(contract: &Contract) -> (usize, usize, String) {
    let kept = RefCell::new(Kept::default());
    kept.borrow_mut().copies.insert("old".into(), json!({"id": "cold", "name": "was here before"}));
    let target = Whole { answer: |request: &Request| answer(&kept, request), sent: RefCell::default() };
    let report = tested(contract, &own(0), &target).expect("a report");
    let kept = kept.borrow();
    assert!(kept.made > 5 && kept.jobs.is_empty(), "{} of {} jobs are left", kept.jobs.len(), kept.made);
    assert!(kept.copies.contains_key("old"), "what was there before stays");
    (kept.copies.len() - 1, kept.made, report.left_behind.join("; "))
}

fn item() -> Value {
    let key = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let copy = json!({"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}});
    let read = json!({"200": {"description": "ok", "content": content(&copy)}, "404": {"description": "no"}});
    json!({"parameters": key, "get": {"operationId": "getCopy", "responses": read},
        "delete": {"operationId": "dropCopy", "responses": responses(204, &[404])}})
}

fn pages() -> Value {
    let number = |name: &str, most: u32| json!({"name": name, "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": most}});
    json!({"get": {"operationId": "listCopies", "parameters": [number("limit", 2), number("offset", 1000)], "responses": listed()}})
}

fn filter() -> Value {
    let criteria = json!({"type": "object", "properties": {"name": {"type": "string"}}});
    json!({"post": {"operationId": "filterCopies", "requestBody": {"content": content(&criteria)}, "responses": listed()}})
}

#[test]
fn what_is_new_in_a_list_of_several_pages_is_removed() {
    let (copies, _, told) = left(&jobs(json!({"/copies": pages(), "/copies/{id}": item()})));
    assert_eq!((copies, told.as_str()), (0, ""));
}

#[test]
fn what_is_new_in_a_list_that_is_asked_for_by_post_is_removed() {
    let (copies, _, told) = left(&jobs(json!({"/copies/filter": filter(), "/copies/{id}": item()})));
    assert_eq!((copies, told.as_str()), (0, ""));
}
