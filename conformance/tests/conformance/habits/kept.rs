//! What a target keeps otherwise than a run writes it: things that are read by another name than their key, that are there by default, that
//! are renamed, that lists show in part. None of it is a fault, and beside it faults are found.

use std::collections::BTreeMap;

use etalon_contract::model::Contract;
use serde_json::{Value, json};

use crate::habits::{Target, content, contract, is_proved, must, own, responses, tested, why};

type Items = BTreeMap<String, Value>;

/// An object of texts that stand in a path as they are.
fn thing(members: &[&str]) -> Value {
    let of_letters = json!({"type": "string", "pattern": "^[a-z]{8,12}$"});
    let members: serde_json::Map<String, Value> =
        members.iter().map(|name| ((*name).to_owned(), of_letters.clone())).collect();
    json!({"type": "object", "properties": members})
}

fn shown(status: u16, schema: &Value) -> Value {
    let mut all = responses(status, &[400, 404]);
    all[status.to_string()]["content"] = content(schema);
    all
}

fn named(name: &str) -> Value {
    json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
}

fn text(body: Option<&Value>, name: &str) -> Option<String> {
    body?.get(name).filter(|value| is_word(value))?.as_str().map(str::to_owned)
}

fn is_word(value: &Value) -> bool {
    let is_it = |text: &str| (8..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase());
    value.as_str().is_some_and(is_it)
}

fn bags(list_shows: &[&str]) -> Contract {
    let mut bag = thing(&["id", "name", "colour", "note"]);
    bag["properties"]["id"] = json!({"type": "string"});
    let mut sent = thing(&["name", "colour", "note"]);
    sent["required"] = json!(["name", "colour"]);
    let change = thing(&["colour", "note"]);
    let body = |schema: &Value| json!({"required": true, "content": content(schema)});
    let mut listed = json!({"type": "array", "items": thing(list_shows)});
    listed["items"]["properties"]["id"] = json!({"type": "string"});
    contract(json!({
        "/bags": {"post": {"operationId": "makeBag", "requestBody": body(&sent), "responses": shown(201, &bag)},
            "get": {"operationId": "listBags", "responses": {"200": {"description": "ok", "content": content(&listed)}}}},
        "/bags/{bag}": {"parameters": [named("bag")],
            "get": {"operationId": "getBag", "responses": shown(200, &bag)},
            "patch": {"operationId": "changeBag", "requestBody": body(&change), "responses": responses(204, &[400, 404])},
            "delete": {"operationId": "dropBag", "responses": responses(204, &[404])}},
    }))
}

/// Bags that are changed and deleted by `id`, and read by whatever `found` says.
fn keep_bags(
    items: &mut Items,
    (method, path): (&str, &str),
    body: Option<&Value>,
    found: impl Fn(&Value, &str) -> bool,
) -> Option<(u16, Option<Value>)> {
    let key = path.strip_prefix("/bags/");
    let members = body.and_then(Value::as_object).filter(|sent| {
        sent.iter().all(|(name, value)| !["name", "colour", "note"].contains(&name.as_str()) || is_word(value))
    });
    Some(match (method, key, members) {
        ("GET", None, _) => (200, Some(items.values().cloned().collect())),
        ("POST", None, Some(sent)) if sent.contains_key("name") && sent.contains_key("colour") => {
            let number = items.keys().filter_map(|id| id.strip_prefix("b-")?.parse::<u32>().ok()).max().unwrap_or(100);
            let id = format!("b-{}", number + 1);
            let mut bag = json!({"id": id});
            for name in ["name", "colour", "note"] {
                if let Some(value) = sent.get(name) {
                    bag[name] = value.clone();
                }
            }
            items.insert(id, bag.clone());
            (201, Some(bag))
        }
        ("GET", Some(key), _) => match items.values().find(|bag| found(bag, key)) {
            Some(bag) => (200, Some(bag.clone())),
            None => (404, None),
        },
        ("PATCH", Some(key), Some(sent)) => match items.get_mut(key) {
            Some(bag) => {
                for name in ["colour", "note"] {
                    if let Some(value) = sent.get(name) {
                        bag[name] = value.clone();
                    }
                }
                (204, None)
            }
            None => (404, None),
        },
        ("DELETE", Some(key), _) => (if items.remove(key).is_some() { 204 } else { 404 }, None),
        ("POST" | "PATCH", ..) => (400, None),
        _ => (404, None),
    })
}

#[test]
fn what_is_read_by_another_name_than_its_key_is_not_missed() {
    for seed in 0..4 {
        let target = Target::new(|items: &mut Items, method: &str, path: &str, body: Option<Value>| {
            keep_bags(items, (method, path), body.as_ref(), |bag, key| bag["name"] == key)
        });
        let report = tested(&bags(&["id", "name", "colour", "note"]), &own(seed), &target).expect("a report");
        assert_eq!(must(&report), [""; 0], "seed {seed}");
    }
}

#[test]
fn what_a_list_does_not_show_of_any_thing_is_not_lost() {
    for seed in 0..4 {
        let target = Target::new(|items: &mut Items, method: &str, path: &str, body: Option<Value>| {
            let answer = keep_bags(items, (method, path), body.as_ref(), |bag, key| bag["id"] == key)?;
            Some(match (method, path, answer) {
                ("GET", "/bags", (status, Some(Value::Array(bags)))) => {
                    let few = |bag: &Value| json!({"id": bag["id"], "name": bag["name"]});
                    (status, Some(bags.iter().map(few).collect()))
                }
                (_, _, answer) => answer,
            })
        });
        let report = tested(&bags(&["id", "name", "colour", "note"]), &own(seed), &target).expect("a report");
        assert_eq!(must(&report), [""; 0], "seed {seed}");
        assert!(is_proved(&report, "changeBag story unnamed-stay"), "{}", why(&report, "changeBag story unnamed-stay"));
    }
}

#[test]
fn a_member_that_a_change_does_not_name_and_that_goes_is_found() {
    let target = Target::new(|items: &mut Items, method: &str, path: &str, body: Option<Value>| {
        let answer = keep_bags(items, (method, path), body.as_ref(), |bag, key| bag["id"] == key)?;
        if let ("PATCH", 204, Some(bag)) = (method, answer.0, items.get_mut(path.trim_start_matches("/bags/"))) {
            let names_note = text(body.as_ref(), "note").is_some();
            if let (false, Some(bag)) = (names_note, bag.as_object_mut()) {
                bag.remove("note");
            }
        }
        Some(answer)
    });
    let report = tested(&bags(&["id", "name", "colour", "note"]), &own(0), &target).expect("a report");
    assert!(must(&report).contains(&"changeBag story unnamed-stay".to_owned()), "{:?}", must(&report));
}

fn zones(is_by_default: bool) -> Contract {
    let mut zone = thing(&["id", "name"]);
    zone["properties"]["id"] = json!({"type": "string"});
    let mut new_zone = thing(&["name"]);
    new_zone["required"] = json!(["name"]);
    let mut note = thing(&["kind", "value"]);
    note["required"] = json!(["kind", "value"]);
    if is_by_default {
        note["properties"]["kind"] = json!({"type": "string", "enum": ["notifies"]});
    }
    let body = |schema: &Value| json!({"required": true, "content": content(schema)});
    contract(json!({
        "/zones": {"post": {"operationId": "makeZone", "requestBody": body(&new_zone), "responses": shown(201, &zone)}},
        "/zones/{zone}": {"parameters": [named("zone")],
            "get": {"operationId": "getZone", "responses": shown(200, &zone)},
            "delete": {"operationId": "dropZone", "responses": responses(204, &[404])}},
        "/zones/{zone}/notes": {"parameters": [named("zone")],
            "post": {"operationId": "makeNote", "requestBody": body(&note), "responses": shown(201, &note)}},
        "/zones/{zone}/notes/{kind}": {"parameters": [named("zone"), named("kind")],
            "get": {"operationId": "getNote", "responses": shown(200, &note)},
            "delete": {"operationId": "dropNote", "responses": responses(204, &[404])}},
    }))
}

/// Zones with notes of a kind each; `other` is what is found where none was made.
fn keep_zones(
    items: &mut Items,
    (method, path): (&str, &str),
    body: Option<&Value>,
    other: impl Fn(&Items, &str) -> Option<Value>,
) -> Option<(u16, Option<Value>)> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let there = |items: &Items, zone: &str| items.contains_key(&format!("zones/{zone}"));
    Some(match (method, parts.as_slice()) {
        ("POST", ["zones"]) => match text(body, "name") {
            Some(name) => {
                let id = format!("z{}", items.len() + 1000);
                let zone = json!({"id": id, "name": name});
                items.insert(format!("zones/{id}"), zone.clone());
                (201, Some(zone))
            }
            None => (400, None),
        },
        ("GET", ["zones", zone]) => {
            items.get(&format!("zones/{zone}")).map_or((404, None), |zone| (200, Some(zone.clone())))
        }
        ("DELETE", ["zones", zone]) => (if items.remove(&format!("zones/{zone}")).is_some() { 204 } else { 404 }, None),
        ("POST", ["zones", zone, "notes"]) if there(items, zone) => match (text(body, "kind"), text(body, "value")) {
            (Some(kind), Some(value)) => {
                let note = json!({"kind": kind, "value": value});
                items.insert(format!("{zone}/{kind}"), note.clone());
                (201, Some(note))
            }
            _ => (400, None),
        },
        ("GET", ["zones", zone, "notes", kind]) if there(items, zone) => {
            let found = items.get(&format!("{zone}/{kind}")).cloned().or_else(|| other(items, kind));
            found.map_or((404, None), |note| (200, Some(note)))
        }
        ("DELETE", ["zones", zone, "notes", kind]) if there(items, zone) => {
            let was = items.remove(&format!("{zone}/{kind}")).is_some();
            (if was || other(items, kind).is_some() { 204 } else { 404 }, None)
        }
        _ => (404, None),
    })
}

#[test]
fn what_every_place_has_by_default_is_not_found_elsewhere() {
    for seed in 0..4 {
        let target = Target::new(|items: &mut Items, method: &str, path: &str, body: Option<Value>| {
            let default = |_: &Items, kind: &str| (kind == "notifies").then(|| json!({"kind": kind, "value": "none"}));
            keep_zones(items, (method, path), body.as_ref(), default)
        });
        let report = tested(&zones(true), &own(seed), &target).expect("a report");
        assert_eq!(must(&report), [""; 0], "seed {seed}");
    }
}

#[test]
fn what_is_found_below_another_thing_is_a_fault() {
    let target = Target::new(|items: &mut Items, method: &str, path: &str, body: Option<Value>| {
        let anywhere = |items: &Items, kind: &str| {
            items.iter().find(|(key, _)| key.ends_with(&format!("/{kind}"))).map(|(_, note)| note.clone())
        };
        keep_zones(items, (method, path), body.as_ref(), anywhere)
    });
    let report = tested(&zones(false), &own(0), &target).expect("a report");
    let found = must(&report);
    assert!(found.contains(&"getNote story foreign-is-missing".to_owned()), "{found:?}");
}

#[test]
fn what_a_list_shows_as_deleted_is_deleted() {
    let target = Target::new(|items: &mut Items, method: &str, path: &str, body: Option<Value>| {
        let key = path.strip_prefix("/bags/").unwrap_or_default();
        let is_there = |bag: &Value| bag.get("deleted").is_none();
        match (method, items.get_mut(key)) {
            ("DELETE", Some(bag)) if is_there(bag) => {
                bag["deleted"] = json!(true);
                Some((204, None))
            }
            (_, Some(bag)) if !is_there(bag) => Some((404, None)),
            _ => keep_bags(items, (method, path), body.as_ref(), |bag, key| bag["id"] == key && is_there(bag)),
        }
    });
    let report = tested(&bags(&["id", "name", "colour", "note"]), &own(0), &target).expect("a report");
    assert_eq!(must(&report), [""; 0]);
}
