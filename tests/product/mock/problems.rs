//! What a refusal looks like, and that its documentation is complete.

use etalon_contract::codec::Request;
use serde_json::{Value, json};

use crate::mock::{Ask, Told, mock_for, mock_from, mock_of, shipped_mock};
use etalon_contract::behaviour::Kind;

use etalon::server::{Answer as _, Credentials};

#[test]
fn every_problem_has_a_section_in_the_documentation() {
    let page = include_str!("../../../docs/problems.md");
    let documented: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.slug()).collect();
    assert_eq!(documented, known);
}

fn shown(told: &Told) -> String {
    let body = if told.response.body.is_empty() { String::new() } else { format!("{:#}", told.json()) };
    let headers: String = told.headers().iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    format!("{}\n{headers}\n{body}", told.status())
}

#[test]
fn problem_bodies_read_well() {
    let mock = shipped_mock();
    let invites = "/orgs/6a0f3d52-8c1e-4b97-a4d6-e2537f9b0c18/invites";
    let members = "/v1/organizations/42/members";
    insta::assert_snapshot!(
        "problem_details",
        shown(
            &Ask::new(&format!("POST {members}/invite"))
                .basic()
                .json(&json!({"emailAddress": "nobody", "displayName": 1}))
                .of(&mock)
        )
    );
    insta::assert_snapshot!(
        "json_api_errors",
        shown(
            &Ask::new(&format!("POST {invites}?version=1"))
                .bearer()
                .body("application/vnd.api+json", &json!({"data": {"type": "x"}}))
                .of(&mock)
        )
    );
    insta::assert_snapshot!("unauthorized", shown(&Ask::new(&format!("POST {members}")).of(&mock)));
    insta::assert_snapshot!("method_not_allowed", shown(&Ask::new(&format!("DELETE {invites}")).of(&mock)));
    insta::assert_snapshot!("unknown_path", shown(&Ask::new("GET /nowhere").of(&mock)));
}

#[test]
fn declared_errors_of_other_shapes_are_filled_by_the_names_of_their_members() {
    let errors = |schema: Value| {
        mock_of(json!({"/x": {"post": {
            "requestBody": {"required": true, "content": {"application/json": {"schema": {
                "type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}}}},
            "responses": {"204": {"description": ""}, "422": {"description": "", "content": {"application/json": {"schema": schema}}}}
        }}}))
    };
    let ask = |schema: Value| Ask::new("POST /x").json(&json!({"a": "b"})).of(&errors(schema));
    let object = |properties: Value| json!({"type": "object", "required": properties.as_object().expect("an object").keys().collect::<Vec<_>>(), "properties": properties, "additionalProperties": false});
    let text = || json!({"type": "string"});

    let told = ask(object(json!({"code": {"type": "integer"}, "message": text()})));
    assert_eq!((told.status(), told.at("/code")), (422, json!(422)));
    assert!(told.at("/message").as_str().expect("text").contains("/a"), "{}", told.json());

    let told = ask(object(json!({"error": object(json!({"code": text(), "message": text()}))})));
    assert_eq!(told.at("/error/code"), "validation");

    let told =
        ask(object(json!({"detail": {"type": "array", "items": object(json!({"loc": text(), "msg": text()}))}})));
    assert_eq!(told.status(), 422);

    let told =
        ask(object(json!({"errors": {"type": "array", "items": object(json!({"field": text(), "message": text()}))}})));
    assert_eq!(told.at("/errors/0/field"), "/a");

    let told =
        ask(object(json!({"errors": {"type": "object", "additionalProperties": {"type": "array", "items": text()}}})));
    assert!(told.at("/errors/a/0").is_string(), "{}", told.json());

    let told = ask(text());
    assert!(told.json().as_str().expect("text").contains("/a"));
}

#[test]
fn a_shape_without_a_list_names_every_fault_in_its_sentence() {
    let members = |limit: Value| {
        json!({"type": "object", "required": ["code", "message"], "properties": {
        "code": {"type": "integer"}, "message": limit}})
    };
    let ask = |limit: Value, sent: Value| {
        let properties: serde_json::Map<_, _> =
            (0..20).map(|number| (format!("m{number}"), json!({"type": "integer"}))).collect();
        let mock = mock_of(json!({"/x": {"post": {
            "requestBody": {"required": true, "content": {"application/json": {"schema": {
                "type": "object", "properties": properties}}}},
            "responses": {"204": {"description": ""}, "400": {"description": "", "content": {
                "application/json": {"schema": members(limit)}}}}
        }}}));
        Ask::new("POST /x").json(&sent).of(&mock).at("/message").as_str().expect("text").to_owned()
    };
    let told = ask(json!({"type": "string"}), json!({"m1": "x", "m2": "x", "m3": "x"}));
    assert!(["/m1", "/m2", "/m3"].into_iter().all(|name| told.contains(name)), "{told}");
    let many: serde_json::Map<_, _> = (0..20).map(|number| (format!("m{number}"), json!("x"))).collect();
    let told = ask(json!({"type": "string"}), json!(many));
    assert!(told.starts_with("20 faults: ") && told.ends_with("and 8 more"), "{told}");
    let told = ask(json!({"type": "string", "maxLength": 100}), json!({"m1": "x", "m2": "x", "m3": "x"}));
    assert!(told.starts_with("3 faults, the first at body /m1"), "{told}");
}

#[test]
fn any_credentials_are_asked_for_as_such() {
    let paths =
        json!({"/x": {"get": {"security": [{"Token": []}, {"Key": []}], "responses": {"204": {"description": ""}}}}});
    let schemes = json!({"securitySchemes": {"Token": {"type": "http", "scheme": "bearer"},
        "Key": {"type": "apiKey", "in": "query", "name": "key"}}});
    let mut credentials = Credentials::default();
    credentials.accept_any();
    let mock = mock_for(paths, schemes, credentials);
    let told = Ask::new("GET /x").of(&mock);
    assert_eq!(
        told.at("/detail"),
        "this needs `Authorization: Bearer …` with any value, or the query parameter `key` with any value"
    );
}

#[test]
fn an_unknown_path_tells_the_one_that_was_nearly_asked_for() {
    let root = json!({"openapi": "3.1.0", "info": {"title": "Small", "version": "1"}, "servers": [{"url": "/v1"}],
        "paths": {"/pets/{id}": {"get": {"parameters": [{"name": "id", "in": "path", "required": true, "schema": {}}],
            "responses": {"204": {"description": ""}}}}}});
    let mock = mock_from(&root, Credentials::default());
    for (asked, near) in [
        ("/v1/pets/1/", "/v1/pets/1"),
        ("/pets/1", "/v1/pets/1"),
        ("/pets/1/", "/v1/pets/1"),
        ("/api/v1/pets/1", "/v1/pets/1"),
    ] {
        let told = Ask::new(&format!("GET {asked}")).of(&mock);
        assert_eq!(told.status(), 404);
        let detail = told.at("/detail");
        assert!(detail.as_str().is_some_and(|text| text.ends_with(&format!("; there is {near}"))), "{detail}");
    }
    let told = Ask::new("GET /nowhere/1").of(&mock);
    assert_eq!(told.at("/detail"), "no path of Small covers /nowhere/1; what is served begins with /v1/");
}

#[test]
fn what_cannot_be_accepted_is_named() {
    let mock = mock_of(json!({"/x": {"get": {"responses": {"200": {"description": "", "content": {
        "application/json": {"schema": {"type": "string"}}}}}}}}));
    let told = Ask::new("GET /x").header("Accept", "image/png").of(&mock);
    assert_eq!(
        (told.status(), told.at("/detail")),
        (406, json!("this answers in application/json, but Accept is image/png"))
    );
}

#[test]
fn an_expression_that_is_none_and_a_scheme_that_nobody_describes_ask_nothing() {
    let code = json!({"type": "string", "pattern": "^[0-9A-Za-z_-.]+$", "minLength": 2});
    let content = json!({"application/json": {"schema": {"type": "object", "properties": {"code": code}}}});
    let done = json!({"204": {"description": ""}});
    let mock = mock_of(json!({
        "/codes": {"post": {"requestBody": {"content": content}, "responses": done}},
        "/open": {"get": {"security": [{"Nobody": []}], "responses": done}}
    }));
    assert_eq!(Ask::new("POST /codes").json(&json!({"code": "any text"})).of(&mock).status(), 204);
    assert_eq!(Ask::new("POST /codes").json(&json!({"code": "x"})).of(&mock).status(), 400, "the rest of it counts");
    assert_eq!(Ask::new("GET /open").of(&mock).status(), 204);
    let found = etalon_contract::lint::diagnostics(&mock.services()[0].contract);
    for reason in ["is not a regular expression", "there is no security scheme `Nobody`"] {
        assert!(found.iter().any(|one| one.reason.contains(reason)), "{reason}: {found:?}");
    }
}

#[test]
fn an_operation_whose_schema_cannot_be_used_tells_the_place() {
    let nowhere = json!({"$ref": "#/components/schemas/Nowhere"});
    let content = json!({"application/json": {"schema": {"type": "object", "properties": {"a": nowhere}}}});
    let mock = mock_of(json!({
        "/sent": {"post": {"requestBody": {"content": content}, "responses": {"204": {"description": ""}}}},
        "/shown": {"get": {"responses": {"200": {"description": "", "content": content}}}},
        "/sound": {"get": {"responses": {"204": {"description": ""}}}}
    }));
    for line in ["POST /sent", "GET /shown"] {
        let (method, target) = line.split_once(' ').expect("two words");
        let mut request = Request { method: method.into(), target: target.into(), ..Request::default() };
        if method == "POST" {
            request.body = b"{}".to_vec();
            request.headers.set("Content-Type", "application/json");
        }
        let told: Value = serde_json::from_slice(&mock.answer(&request).body).expect("JSON");
        assert_eq!(told["type"], "urn:etalon:problem:unusable-operation", "{line}: {told}");
        let detail = told["detail"].as_str().expect("text");
        assert!(detail.contains("Nowhere") && detail.contains("small.json"), "{detail}");
    }
    assert_eq!(Ask::new("GET /sound").of(&mock).status(), 204);
    let banner = etalon::cli::banner(&mock, &["small.json".to_owned()], "http://localhost");
    assert_eq!(banner.matches("cannot be served").count(), 2, "{banner}");
}

#[test]
fn an_error_whose_schema_cannot_be_read_comes_in_the_documented_media_type() {
    let schema = json!({"$ref": "elsewhere.yaml#/Error"});
    let responses = json!({"200": {"description": "ok"},
        "default": {"description": "no", "content": {"application/json": {"schema": schema}}}});
    let limit = json!({"name": "limit", "in": "query", "schema": {"type": "integer"}});
    let mock =
        mock_of(json!({"/pets": {"get": {"operationId": "listPets", "parameters": [limit], "responses": responses}}}));
    let request = Ask::new("GET /pets?limit=many").request;
    let answer = mock.answer(&request);
    assert_eq!((answer.status, answer.headers.get("content-type")), (400, Some("application/json")));
    let body: Value = serde_json::from_slice(&answer.body).expect("it is JSON");
    assert!(body["detail"].as_str().is_some_and(|detail| detail.contains("limit")), "{body}");
}
