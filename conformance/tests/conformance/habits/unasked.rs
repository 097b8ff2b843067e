//! What a target makes beside what it was asked for, and what it knows things by: all of it is found, and gone at the end.

use std::collections::BTreeMap;

use etalon_conformance::Settings;
use etalon_contract::model::Contract;
use serde_json::{Value, json};

use crate::habits::{Target, content, contract, is_proved, must, own, responses, tested, why};

/// Sets with a name; `id` is the name of the parameter in the path of one.
fn sets(id: &str) -> Contract {
    let set = json!({"type": "object", "required": ["name"], "properties": {
        "id": {"type": "string", "readOnly": true}, "name": {"type": "string", "minLength": 8, "maxLength": 20},
        "size": {"type": "integer"}}});
    let shown = |status: u16| {
        let mut all = responses(status, &[400, 404]);
        all[status.to_string()]["content"] = content(&set);
        all
    };
    let key = json!([{"name": id, "in": "path", "required": true, "schema": {"type": "string"}}]);
    let mut paths = json!({"/sets": {
        "post": {"operationId": "makeSet", "requestBody": {"required": true, "content": content(&set)}, "responses": shown(201)},
        "get": {"operationId": "listSets", "responses": {"200": {"description": "ok", "content":
            content(&json!({"type": "array", "items": set}))}}}}});
    paths[format!("/sets/{{{id}}}")] = json!({"parameters": key,
        "get": {"operationId": "getSet", "responses": shown(200)},
        "delete": {"operationId": "dropSet", "responses": responses(204, &[404])}});
    contract(paths)
}

fn plain(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn made(items: &mut BTreeMap<String, Value>, body: Option<&Value>) -> Option<Value> {
    let name = body?.get("name")?.as_str().filter(|name| (8..=20).contains(&name.chars().count()))?;
    let id = format!("set-{:08}", items.len() + 1);
    let set = json!({"id": id, "name": name});
    items.insert(name.to_owned(), set.clone());
    Some(set)
}

#[test]
fn what_is_known_by_its_name_is_read_and_removed_by_it() {
    for seed in 0..3 {
        let target = Target::new(|items, method, path, body| {
            Some(match (method, path.strip_prefix("/sets/")) {
                ("GET", None) => (200, Some(items.values().cloned().collect())),
                ("POST", None) => made(items, body.as_ref()).map_or((400, None), |set| (201, Some(set))),
                ("GET", Some(name)) => items.get(&plain(name)).map_or((404, None), |set| (200, Some(set.clone()))),
                ("DELETE", Some(name)) => (if items.remove(&plain(name)).is_some() { 204 } else { 404 }, None),
                _ => (404, None),
            })
        });
        let report = tested(&sets("setId"), &own(seed), &target).expect("a report");
        for row in ["getSet response 200 application/json", "dropSet response 204"] {
            assert!(is_proved(&report, row), "seed {seed}: {}", why(&report, row));
        }
        assert!(target.items.borrow().is_empty(), "seed {seed}: {:?}", target.items.borrow());
    }
}

#[test]
fn what_a_refused_request_made_all_the_same_is_removed_and_what_was_there_is_not() {
    let target = Target::new(|items, method, path, body| {
        let refuses = body.as_ref().is_some_and(|body| body.get("size").is_some_and(|size| !size.is_i64()));
        Some(match (method, path.strip_prefix("/sets/")) {
            ("GET", None) => (200, Some(items.values().cloned().collect())),
            ("POST", None) => match made(items, body.as_ref()) {
                Some(set) if !refuses => (201, Some(set)),
                Some(_) | None => (400, None),
            },
            ("GET", Some(id)) => {
                items.values().find(|set| set["id"] == json!(id)).map_or((404, None), |set| (200, Some(set.clone())))
            }
            ("DELETE", Some(id)) => {
                let all = items.len();
                items.retain(|_, set| set["id"] != json!(id));
                (if items.len() < all { 204 } else { 404 }, None)
            }
            _ => (404, None),
        })
    });
    let before = json!({"id": "set-of-others", "name": "of others"});
    target.items.borrow_mut().insert("of others".into(), before.clone());
    let report = tested(&sets("id"), &own(1), &target).expect("a report");
    assert!(is_proved(&report, "makeSet body /size type=integer past"));
    let refused = target.sent.borrow().iter().filter(|request| request.method == "POST").count();
    assert!(refused > 3, "{refused} requests");
    assert_eq!(*target.items.borrow(), BTreeMap::from([("of others".to_owned(), before)]));
}

#[test]
fn a_thing_whose_key_has_two_parts_is_removed() {
    let peer = json!({"type": "object", "required": ["ip", "host"],
        "properties": {"ip": {"type": "string", "minLength": 1}, "host": {"type": "string", "minLength": 1}}});
    let part = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    let contract = contract(json!({
        "/peers": {"post": {"operationId": "addPeer", "requestBody": {"required": true, "content": content(&peer)},
                "responses": responses(201, &[400])},
            "get": {"operationId": "listPeers", "responses": {"200": {"description": "ok", "content":
                content(&json!({"type": "array", "items": peer}))}}}},
        "/peers/{ip}/{host}": {"parameters": [part("ip"), part("host")],
            "delete": {"operationId": "dropPeer", "responses": responses(204, &[404])}}}));
    let keeps = std::cell::Cell::new(false);
    let target = Target::new(|items, method, path, body| {
        let text = |name: &str| {
            let text = body.as_ref().and_then(|body| body.get(name)).and_then(Value::as_str);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        Some(match (method, path.strip_prefix("/peers/")) {
            ("GET", None) => (200, Some(items.values().cloned().collect())),
            ("POST", None) => match (text("ip"), text("host")) {
                (Some(ip), Some(host)) => {
                    items.insert(format!("{ip}/{host}"), json!({"ip": ip, "host": host}));
                    (201, None)
                }
                _ => (400, None),
            },
            ("DELETE", Some(_)) if keeps.get() => (204, None),
            ("DELETE", Some(key)) => {
                let key: Vec<String> = key.split('/').map(plain).collect();
                (if items.remove(&key.join("/")).is_some() { 204 } else { 404 }, None)
            }
            _ => (404, None),
        })
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    assert!(is_proved(&report, "addPeer response 201"), "{}", why(&report, "addPeer response 201"));
    assert!(target.items.borrow().is_empty(), "{:?}", target.items.borrow());
    // A target that only says so is told of.
    keeps.set(true);
    let report = tested(&contract, &own(0), &target).expect("a report");
    let told = format!("{} in /peers that are still listed after their removal", target.items.borrow().len());
    assert!(report.left_behind.contains(&told), "{told}: {:?}", report.left_behind);
}

#[test]
fn who_is_let_in_is_not_changed() {
    let settings = json!({"type": "object", "properties": {"open": {"type": "boolean"}}});
    let shown = json!({"200": {"description": "ok", "content": content(&settings)}});
    let put = json!({"required": true, "content": content(&settings)});
    let once = |name: &str| {
        json!({"get": {"operationId": format!("get{name}"), "responses": shown},
            "put": {"operationId": format!("put{name}"), "requestBody": put, "responses": shown}})
    };
    let contract = contract(json!({"/auth/settings": once("Access"), "/theme": once("Theme")}));
    let target = Target::new(|items, method, path, body| {
        let kept = items.entry(path.to_owned()).or_insert_with(|| json!({"open": true}));
        let fits = body.as_ref().is_some_and(|body| body.get("open").is_none_or(Value::is_boolean) && body.is_object());
        Some(match (method, body) {
            ("GET", _) => (200, Some(kept.clone())),
            ("PUT", Some(body)) if fits => {
                *kept = body;
                (200, Some(kept.clone()))
            }
            ("PUT", _) => (400, None),
            _ => (405, None),
        })
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    let put = |path: &str| target.sent.borrow().iter().any(|request| request.method == "PUT" && request.path() == path);
    assert!(put("/theme") && !put("/auth/settings"));
    assert_eq!(target.items.borrow()["/theme"], json!({"open": true}));
    assert!(why(&report, "putAccess response 200 application/json").contains("who is let in"));
}

#[test]
fn a_request_is_corrected_member_by_member_and_a_wrong_turn_is_taken_back() {
    let key = json!({"type": "object", "properties": {"kind": {"type": "string", "enum": ["ksk", "zsk", "csk"]},
        "active": {"type": "boolean"}, "secret": {"type": "string"}, "algorithm": {"type": "string"},
        "bits": {"type": "integer"}}});
    let contract = contract(json!({"/keys": {"post": {"operationId": "makeKey",
        "requestBody": {"required": true, "content": content(&key)}, "responses": responses(201, &[422])}}}));
    let target = Target::new(|_, _, _, body| {
        let has = |name: &str| body.as_ref().is_some_and(|body| body.get(name).is_some());
        let kind = body.as_ref().and_then(|body| body.get("kind")).and_then(Value::as_str);
        let why = if has("secret") {
            "Either you submit just the 'secret' field or you leave 'secret' empty and submit the other fields"
        } else if kind.is_none() {
            "Key 'kind' not present or not a String"
        } else if has("algorithm") {
            "Unknown algorithm"
        } else if has("bits") {
            "The algorithm does not support the given bit size"
        } else if kind != Some("csk") {
            "Creating an algorithm -1 key requires the size (in bits) to be passed"
        } else {
            return Some((201, None));
        };
        Some((422, Some(json!({"error": why}))))
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    assert!(is_proved(&report, "makeKey response 201"), "{}", why(&report, "makeKey response 201"));
    let limits = ["makeKey body /algorithm", "makeKey body /bits", "makeKey body /secret"];
    assert!(must(&report).iter().all(|row| limits.iter().all(|limit| !row.starts_with(limit))), "{:?}", must(&report));
}

#[test]
fn names_that_an_answer_shows_lead_to_what_lies_below_it() {
    let parameter = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    let get = |id: &str, parameters: Value| json!({"get": {"operationId": id, "parameters": parameters, "responses": responses(204, &[])}});
    let mut all = get("all", json!([]));
    all["get"]["responses"] = json!({"200": {"description": "ok", "content": content(&json!({"type": "object"}))}});
    let mut args = all.clone();
    args["get"]["operationId"] = json!("args");
    let mut section = get("section", json!([parameter("section")]));
    section["get"]["responses"] = all["get"]["responses"].clone();
    let contract = contract(json!({"/config": all, "/config/{section}": section,
        "/config/{section}/{item}": get("item", json!([parameter("section"), parameter("item")])),
        "/about/{item}": get("about", json!([parameter("item")])),
        // What lies below one of the fixed names is none of what lies below the others.
        "/args": args, "/args/{item}": get("arg", json!([parameter("item")])),
        "/{kind}/{item}/size": get("size", json!([parameter("kind"), parameter("item")]))}));
    let target = Target::new(|_, method, path, _| {
        let kept = json!({"alpha": {}, "beta": {"gamma": 1, "item": "delta"}});
        let way: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        Some(match (method, way.as_slice()) {
            ("GET", ["config"]) => (200, Some(kept)),
            ("GET", ["config", section]) => kept.get(section).map_or((400, None), |shown| (200, Some(shown.clone()))),
            ("GET", ["config", section, item]) => (if kept[section].get(item).is_some() { 204 } else { 400 }, None),
            ("GET", ["about", "delta"]) => (204, None),
            ("GET", ["args"]) => (200, Some(json!({"one": 1}))),
            ("GET", ["args", item]) => (if *item == "one" { 204 } else { 404 }, None),
            ("GET", [kind, _, "size"]) => (if ["args", "config"].contains(kind) { 400 } else { 204 }, None),
            _ => (404, None),
        })
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    let rows =
        ["section response 200 application/json", "item response 204", "about response 204", "size response 204"];
    for row in rows {
        assert!(is_proved(&report, row), "{}", why(&report, row));
    }
}

#[test]
fn what_is_new_and_nothing_removes_or_shows_to_be_of_the_run_is_told() {
    let shown = json!({"200": {"description": "ok", "content": content(&json!({"type": "array", "items": {
        "type": "object", "properties": {"id": {"type": "string"}, "text": {"type": "string"}}}}))}});
    let note =
        json!({"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}});
    let post = json!({"required": true, "content": content(&json!({"type": "array", "items": note, "minItems": 1}))});
    let key = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let contract = contract(json!({
        "/signals": {"get": {"operationId": "signals", "responses": shown},
            "post": {"operationId": "signal", "requestBody": post, "responses": responses(200, &[400])}},
        "/echoes": {"get": {"operationId": "echoes", "responses": shown}},
        "/echoes/{id}": {"parameters": key, "delete": {"operationId": "dropEcho", "responses": responses(204, &[404])}}}));
    let target = Target::new(|items, method, path, body| {
        let of = |kind: &str| items.values().filter(|item| item["of"] == kind).cloned().collect::<Value>();
        Some(match (method, path) {
            ("GET", "/signals") => (200, Some(of("signals"))),
            ("GET", "/echoes") => (200, Some(of("echoes"))),
            ("POST", "/signals") => {
                let texts = body.as_ref().and_then(Value::as_array).filter(|texts| !texts.is_empty());
                let fits = |text: &&Value| text["text"].as_str().is_some_and(|text| !text.is_empty());
                if !texts.is_some_and(|texts| texts.iter().all(|text| fits(&text))) {
                    return Some((400, None));
                }
                for (kind, id) in [("signals", "s"), ("echoes", "e")] {
                    let id = format!("{id}{}", items.len());
                    items.insert(id.clone(), json!({"of": kind, "id": id, "text": "x"}));
                }
                (200, None)
            }
            _ => (404, None),
        })
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    let told = report.left_behind.join("; ");
    let half = target.items.borrow().len() / 2;
    assert!(half > 0);
    for list in ["/signals", "/echoes"] {
        assert!(told.contains(&format!("{half} in {list} that were not there before")), "{told}");
    }
}

#[test]
fn of_what_nothing_removes_few_are_made_and_what_a_target_makes_up_is_not_compared() {
    let tenant = json!({"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "minLength": 1}, "label": {"type": "string"}, "secret": {"type": "string"}}});
    let shown = |status: u16| {
        let mut all = responses(status, &[400, 404]);
        all[status.to_string()]["content"] = content(&tenant);
        all
    };
    let key = json!([{"name": "name", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let body = json!({"required": true, "content": content(&tenant)});
    let contract = contract(json!({
        "/tenants": {"post": {"operationId": "makeTenant", "requestBody": body, "responses": shown(201)}},
        "/tenants/{name}": {"parameters": key, "get": {"operationId": "getTenant", "responses": shown(200)},
            "patch": {"operationId": "changeTenant", "requestBody": body, "responses": shown(200)}}}));
    let target = Target::new(|items, method, path, body| {
        let name = path.strip_prefix("/tenants/").map(plain);
        let fits = |body: &Value| {
            let text = |name: &str| body.get(name).is_none_or(Value::is_string);
            body["name"].as_str().is_some_and(|name| !name.is_empty()) && text("label") && text("secret")
        };
        let Some(body) = body.filter(|body| method == "GET" || fits(body)).or((method == "GET").then_some(Value::Null))
        else {
            return Some((400, None));
        };
        Some(match (method, name) {
            ("POST", None) => {
                let name = body["name"].as_str().unwrap_or_default().to_owned();
                let made = json!({"name": name, "label": body["label"].as_str().unwrap_or(""), "secret": format!("s-{}", items.len())});
                items.insert(name, made.clone());
                (201, Some(made))
            }
            ("GET", Some(name)) => items.get(&name).map_or((404, None), |tenant| (200, Some(tenant.clone()))),
            ("PATCH", Some(name)) => match items.get_mut(&name) {
                Some(tenant) => {
                    if let Some(label) = body.get("label") {
                        tenant["label"] = label.clone();
                    }
                    (200, Some(tenant.clone()))
                }
                None => (404, None),
            },
            _ => (404, None),
        })
    });
    let report = tested(&contract, &Settings { budget: Some(2_000), ..own(0) }, &target).expect("a report");
    assert!(is_proved(&report, "changeTenant body /label type=string past"));
    let secret = |row: &&etalon_conformance::report::RowReport| {
        row.id().contains(" story ") && row.evidence.is_some() && format!("{:?}", row.verdict).contains("/secret")
    };
    assert_eq!(report.rows().filter(secret).map(|row| row.id().to_owned()).collect::<Vec<_>>(), [""; 0]);
    let posts = target.sent.borrow().iter().filter(|request| request.method == "POST").count();
    let changes = target.sent.borrow().iter().filter(|request| request.method == "PATCH").count();
    assert!(target.items.borrow().len() < changes, "{posts} POSTs for {changes} changes");
}

#[test]
fn what_acts_by_itself_is_removed_before_the_next_case() {
    let hook = json!({"type": "object", "required": ["url"], "properties": {
        "id": {"type": "string", "readOnly": true}, "url": {"type": "string", "minLength": 1}, "active": {"type": "boolean"}}});
    let mut shown = responses(201, &[400]);
    shown["201"]["content"] = content(&hook);
    let key = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let contract = contract(json!({
        "/webhooks": {"post": {"operationId": "makeHook", "requestBody": {"required": true, "content": content(&hook)},
            "responses": shown}},
        "/webhooks/{id}": {"parameters": key, "delete": {"operationId": "dropHook", "responses": responses(204, &[404])}}}));
    let (most, made) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let target = Target::new(|items, method, path, body| {
        let fits = body.as_ref().is_some_and(|body| {
            body["url"].as_str().is_some_and(|url| !url.is_empty()) && body.get("active").is_none_or(Value::is_boolean)
        });
        Some(match (method, path.strip_prefix("/webhooks/")) {
            ("POST", None) if fits => {
                made.set(made.get() + 1);
                let id = format!("hook-{:08}", made.get());
                items.insert(id.clone(), json!({"id": id, "url": body.unwrap_or_default()["url"]}));
                most.set(most.get().max(items.len()));
                (201, Some(items[&id].clone()))
            }
            ("POST", None) => (400, None),
            ("DELETE", Some(id)) => (if items.remove(&plain(id)).is_some() { 204 } else { 404 }, None),
            _ => (404, None),
        })
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    assert!(is_proved(&report, "makeHook body /active type=boolean past"));
    assert!(target.items.borrow().is_empty() && report.left_behind.is_empty(), "{:?}", report.left_behind);
    assert!(made.get() > 10 && most.get() < 5, "{} of {} at a time", most.get(), made.get());
}
