//! Targets with rules that no document tells: they are learnt from what refusals say, and blame no row.

use serde_json::{Value, json};

use crate::habits::{Target, content, contract, is_proved, must, own, responses, tested, why};

/// Zones: the name ends with a dot, as its description shows by an example, and a kind must be given.
fn zones() -> etalon_contract::model::Contract {
    let name =
        json!({"type": "string", "description": "Name of the zone (e.g. “example.org.”), with a dot at its end"});
    let kind = json!({"type": "string", "enum": ["Native", "Primary"]});
    let zone = json!({"type": "object", "properties": {"id": {"type": "string"}, "name": name, "kind": kind,
        "serial": {"type": "integer"}, "account": {"type": "string"}}});
    let body = json!({"required": true, "content": content(&zone)});
    let shown = |status: u16| {
        let mut all = responses(status, &[404, 409, 422]);
        all[status.to_string()]["content"] = content(&zone);
        all
    };
    let id = json!([{"name": "zone_id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    contract(json!({
        "/zones": {"post": {"operationId": "createZone", "requestBody": body, "responses": shown(201)}},
        "/zones/{zone_id}": {"parameters": id,
            "get": {"operationId": "getZone", "responses": shown(200)},
            "delete": {"operationId": "deleteZone", "responses": responses(204, &[404])}},
    }))
}

#[test]
fn a_refusal_that_names_a_member_says_how_the_next_request_is_made() {
    for seed in 0..2 {
        let target = Target::new(|items, method, path, body| {
            let no = |why: String| Some((422, Some(json!({ "error": why }))));
            let member = |name: &str| body.as_ref().and_then(|body| body.get(name)).cloned();
            let key = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
            match (method, path, key.strip_prefix("/zones/")) {
                ("POST", "/zones", _) => {
                    let Some(Value::String(name)) = member("name") else {
                        return no("Key 'name' not present or not a String".to_owned());
                    };
                    if name.len() < 4 || !name.ends_with('.') {
                        return no(format!("DNS Name '{name}' is not canonical"));
                    }
                    match member("kind").as_ref().and_then(Value::as_str) {
                        Some("Native" | "Primary") => {}
                        _ => return no("Key 'kind' not present or not a String".to_owned()),
                    }
                    if items.contains_key(&name) {
                        return Some((409, None));
                    }
                    let zone = json!({"id": name, "name": name, "kind": member("kind")});
                    items.insert(name, zone.clone());
                    Some((201, Some(zone)))
                }
                ("GET", _, Some(id)) => Some(items.get(id).map_or((404, None), |zone| (200, Some(zone.clone())))),
                ("DELETE", _, Some(id)) => Some((if items.remove(id).is_some() { 204 } else { 404 }, None)),
                _ => Some((404, None)),
            }
        });
        let report = tested(&zones(), &own(seed), &target).expect("a report");
        for row in [
            "createZone response 201 application/json",
            "getZone response 200 application/json",
            "deleteZone response 204",
        ] {
            assert!(is_proved(&report, row), "seed {seed}: {}", why(&report, row));
        }
        let left: Vec<String> = target.items.borrow().keys().cloned().collect();
        assert_eq!(left, [""; 0], "seed {seed}: {:?}", report.left_behind);
    }
}

/// Watches: any proxy is refused, since none is configured; whatever else is sent is taken.
#[test]
fn a_value_that_a_target_does_not_know_is_no_limit_that_it_breaks() {
    let watch = json!({"type": "object", "required": ["url"], "properties": {"url": {"type": "string", "maxLength": 50},
        "proxy": {"type": "string", "nullable": true, "maxLength": 20}, "muted": {"type": "boolean"}, "paused": {"type": "boolean"}}});
    let body = json!({"required": true, "content": content(&watch)});
    let contract = contract(json!({
        "/watch": {"post": {"operationId": "watch", "requestBody": body, "responses": responses(204, &[400])}},
    }));
    for seed in 0..6 {
        let target = Target::new(|_, method, path, body| {
            let fits = |body: &Value| {
                let text = |name: &str, most: usize| {
                    body.get(name).is_none_or(|value| value.as_str().is_some_and(|text| text.chars().count() <= most))
                };
                let flag = |name: &str| body.get(name).is_none_or(Value::is_boolean);
                let url = body.get("url").is_some_and(Value::is_string) && text("url", 50);
                url && flag("muted") && flag("paused") && body.get("proxy").is_none_or(Value::is_null)
            };
            let taken = (method, path) == ("POST", "/watch") && body.as_ref().is_some_and(fits);
            Some((
                if taken {
                    204
                } else if path == "/watch" {
                    400
                } else {
                    404
                },
                None,
            ))
        });
        let report = tested(&contract, &own(seed), &target).expect("a report");
        // That a proxy may be left out and that the others may be sent is what the target keeps.
        assert_eq!(must(&report), [""; 0], "seed {seed}");
        assert!(is_proved(&report, "watch body /url maxLength=50 at"), "seed {seed}");
    }
}

/// Two flags that may be sent alone and not together.
#[test]
fn members_that_are_refused_only_together_are_found() {
    let pair = json!({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"},
        "left": {"type": "boolean"}, "right": {"type": "boolean"}}});
    let body = json!({"required": true, "content": content(&pair)});
    let contract = contract(json!({
        "/pairs": {"post": {"operationId": "pairs", "requestBody": body, "responses": responses(204, &[400])}},
    }));
    let target = Target::new(|_, method, path, body| {
        let fits = |body: &Value| {
            let flag = |name: &str| body.get(name).is_none_or(Value::is_boolean);
            let both = body.get("left").is_some() && body.get("right").is_some();
            body.get("name").is_some_and(Value::is_string) && flag("left") && flag("right") && !both
        };
        let taken = (method, path) == ("POST", "/pairs") && body.as_ref().is_some_and(fits);
        Some((
            if taken {
                204
            } else if path == "/pairs" {
                400
            } else {
                404
            },
            None,
        ))
    });
    let report = tested(&contract, &own(1), &target).expect("a report");
    assert_eq!(must(&report), ["pairs body properties=2 at"]);
}

#[test]
fn what_only_the_server_sets_need_not_come_back_as_it_was_sent() {
    let refund = |amount: Value| {
        json!({"type": "object", "required": ["amount"], "properties": {"id": {"type": "string", "readOnly": true},
            "amount": amount, "note": {"type": "string"}}})
    };
    let body = json!({"required": true, "content": content(&refund(json!({"type": "integer", "minimum": 1})))});
    let shown = |status: u16| {
        let mut all = responses(status, &[400, 404]);
        all[status.to_string()]["content"] = content(&refund(json!({"type": "integer", "readOnly": true})));
        all
    };
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let contract = contract(json!({
        "/refunds": {"post": {"operationId": "makeRefund", "requestBody": body, "responses": shown(201)}},
        "/refunds/{id}": {"parameters": id, "get": {"operationId": "getRefund", "responses": shown(200)}},
    }));
    let kept = |loses_notes: bool| {
        let target = Target::new(move |items, method, path, body| match (method, path.strip_prefix("/refunds/")) {
            ("POST", _) => {
                let amount = body.as_ref().and_then(|body| body.get("amount")).and_then(Value::as_u64).unwrap_or(0);
                let note = body.as_ref().and_then(|body| body.get("note"));
                if amount == 0 || note.is_some_and(|note| !note.is_string()) {
                    return Some((400, None));
                }
                let id = items.len().to_string();
                // What is still to be had decides what is refunded.
                let mut refund = json!({"id": id, "amount": 12});
                if let Some(note) = note {
                    refund["note"] = if loses_notes { json!("lost") } else { note.clone() };
                }
                items.insert(id, refund.clone());
                Some((201, Some(refund)))
            }
            (_, Some(id)) => Some(items.get(id).map_or((404, None), |refund| (200, Some(refund.clone())))),
            _ => Some((404, None)),
        });
        tested(&contract, &own(0), &target).expect("a report")
    };
    let row = "makeRefund story sent-is-returned";
    assert!(is_proved(&kept(false), row), "{}", why(&kept(false), row));
    assert_eq!(must(&kept(true)), [row]);
}
