//! Rules that no document tells are learnt from refusals, and nobody is blamed for them.

use etalon_conformance::verdict::VerdictKind;
use etalon_conformance::{Conclusion, RunError, Settings, Strictness};
use etalon_contract::model::Contract;
use serde_json::{Value, json};

use crate::habits::{Target, content, contract, is_proved, is_slug, must, own, responses, tested};

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
fn a_value_that_only_fits_two_alternatives_is_taste_however_deep_it_lies() {
    let number = json!({"oneOf": [{"type": "boolean"}, {"type": "integer"}, {"type": "number"}]});
    let deep = json!({"oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": number}]});
    let schema = json!({"type": "object", "properties": {"meta": deep}});
    let body = json!({"required": true, "content": content(&schema)});
    let contract = contract(
        json!({"/sets": {"post": {"operationId": "put", "requestBody": body, "responses": responses(204, &[400])}}}),
    );
    let target = Target::new(|_, method, path, body| {
        let plain = |value: &Value| value.is_boolean() || value.is_number();
        let fits = body.as_ref().and_then(Value::as_object).is_some_and(|body| match body.get("meta") {
            None | Some(Value::String(_)) => true,
            Some(Value::Object(meta)) => meta.values().all(plain),
            Some(_) => false,
        });
        Some((
            if (method, path) != ("POST", "/sets") {
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
    assert_eq!(must(&report), [""; 0]);
    assert!(report.rows().any(|row| row.verdict.kind() == VerdictKind::Violated), "nothing was told");
}

#[test]
fn a_crash_that_the_twin_shares_is_told_of_the_success_and_blames_no_member() {
    let vector = json!({"type": "object", "required": ["x"], "properties": {
        "x": {"type": "integer", "maximum": 9}, "tokens": {"type": "boolean"}}});
    let schema = json!({"type": "object", "required": ["vector"], "properties": {"vector": vector}});
    let body = json!({"required": true, "content": content(&schema)});
    let contract = contract(
        json!({"/add": {"post": {"operationId": "add", "requestBody": body, "responses": responses(204, &[400])}},
            "/ready": {"get": {"operationId": "ready", "responses": responses(204, &[])}}}),
    );
    let target = Target::new(|_, method, path, body| match (method, path) {
        ("GET", "/ready") => Some((204, None)),
        // Every vector breaks it, whatever it has.
        ("POST", "/add") if body.as_ref().is_some_and(|body| body["vector"].is_object()) => None,
        ("POST", "/add") => Some((400, None)),
        _ => Some((404, None)),
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    assert_eq!(must(&report), ["add response 204"]);
}
