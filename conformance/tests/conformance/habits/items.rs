//! Keys that clients choose, and things that lie below others: made where they can be, and found where they are.

use etalon_conformance::Settings;
use serde_json::{Value, json};

use crate::habits::{Target, content, contract, is_proved, is_slug, keep_notes, must, own, responses, tested, why};

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

#[test]
fn what_is_listed_as_another_kind_of_thing_is_not_missed_on_its_pages() {
    let of = |name: &str| json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, name: {"type": "string"}}});
    let (prompt, version) = (of("name"), of("text"));
    let shown = |status: &str, schema: Value| json!({status: {"description": "ok", "content": content(&schema)}});
    let whole =
        |name: &str, least: u8| json!({"name": name, "in": "query", "schema": {"type": "integer", "minimum": least}});
    let sent = json!({"required": true, "content": content(&json!({"type": "object", "required": ["text"],
        "properties": {"text": {"type": "string"}}}))});
    let key = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let contract = contract(json!({
        "/prompts": {"post": {"operationId": "make", "requestBody": sent, "responses": shown("201", version)},
            "get": {"operationId": "list", "parameters": [whole("limit", 1), whole("offset", 0)],
                "responses": shown("200", json!({"type": "array", "items": prompt}))}},
        "/prompts/{id}": {"parameters": key, "get": {"operationId": "read", "responses": shown("200", prompt.clone())}}}));
    let target = Target::new(|items, method, path, body| {
        Some(match (method, path, path.strip_prefix("/prompts/")) {
            ("POST", "/prompts", _) if body.as_ref().is_some_and(|body| body["text"].is_string()) => {
                let number = items.len();
                let id = format!("prompt-{number:04}");
                items.insert(id.clone(), json!({"id": id, "name": "n"}));
                (201, Some(json!({"id": format!("version-{number:04}"), "text": body.unwrap_or_default()["text"]})))
            }
            ("GET", "/prompts", _) => (200, Some(items.values().cloned().collect())),
            ("GET", _, Some(id)) => items.get(id).map_or((404, None), |prompt| (200, Some(prompt.clone()))),
            _ => (404, None),
        })
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    let story = "list story pages-are-complete";
    assert!(why(&report, story).contains("another kind of item"), "{}", why(&report, story));
}
