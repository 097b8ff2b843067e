//! What HTTP itself asks for, whatever the contract.

use etalon::server::{Answer, MAX_BODY};
use serde_json::json;

use crate::mock::{Ask, mock_of, shipped_mock};

const INVITE: &str = "/v1/organizations/42/members/invite";

#[test]
fn another_method_is_refused_with_what_is_allowed() {
    let mock = shipped_mock();
    let told = Ask::new(&format!("GET {INVITE}")).of(&mock);
    assert_eq!((told.status(), told.header("allow")), (405, "OPTIONS, POST"));
    assert_eq!(told.header("content-type"), "application/problem+json");
    let told = Ask::new("PUT /orgs/6a0f3d52-8c1e-4b97-a4d6-e2537f9b0c18/invites").of(&mock);
    assert_eq!((told.status(), told.header("allow")), (405, "GET, HEAD, OPTIONS, POST"));
    assert_eq!(told.header("content-type"), "application/vnd.api+json");
    assert_eq!(told.at("/errors/0/status"), "405");
}

#[test]
fn an_unknown_path_is_not_found() {
    let told = Ask::new("GET /nothing/here").of(&shipped_mock());
    assert_eq!(told.status(), 404);
    assert_eq!(told.at("/type"), "urn:etalon:problem:unknown-path");
}

#[test]
fn another_media_type_is_refused_with_what_is_accepted() {
    let mock = shipped_mock();
    let told = Ask::new(&format!("POST {INVITE}")).basic().body("text/plain", &json!("x")).of(&mock);
    assert_eq!((told.status(), told.header("accept")), (415, "application/json"));
    let mut none = Ask::new(&format!("POST {INVITE}")).basic();
    none.request.body = b"{}".to_vec();
    assert_eq!(none.of(&mock).status(), 400, "it reads as the one type that is documented");
    none.request.body = b"a=b".to_vec();
    assert_eq!(none.of(&mock).status(), 415);
}

#[test]
fn a_body_that_is_missing_or_malformed_is_invalid() {
    let mock = shipped_mock();
    assert_eq!(Ask::new(&format!("POST {INVITE}")).basic().of(&mock).status(), 400);
    let mut broken = Ask::new(&format!("POST {INVITE}")).basic().header("Content-Type", "application/json");
    for bytes in [&b"{"[..], b"{\"emailAddress\":\"a@b\"}}", b"\xff\xfe", b"nul"] {
        broken.request.body = bytes.to_vec();
        assert_eq!(broken.of(&mock).status(), 400);
    }
}

#[test]
fn what_cannot_be_accepted_is_not_answered() {
    let mock = shipped_mock();
    let ask = |accept: &str| {
        let body = json!({"userId": "u", "isMfaRequired": true});
        Ask::new("POST /v1/organizations/1/members").basic().json(&body).header("Accept", accept).of(&mock).status()
    };
    assert_eq!(ask("text/html"), 406);
    assert_eq!(ask("application/json;q=0"), 406);
    assert_eq!(ask("text/html, application/*;q=0.1"), 201);
    assert_eq!(ask("*/*"), 201);
}

#[test]
fn head_is_get_without_the_content() {
    let mock = shipped_mock();
    let target = "/orgs/6a0f3d52-8c1e-4b97-a4d6-e2537f9b0c18/invites?version=beta";
    let get = Ask::new(&format!("GET {target}")).bearer().of(&mock);
    let head = Ask::new(&format!("HEAD {target}")).bearer().of(&mock);
    assert_eq!((head.status(), head.response.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), get.response.body.len().to_string());
    assert_eq!(head.header("content-type"), get.header("content-type"));
}

#[test]
fn options_tells_the_methods_and_a_preflight_is_answered() {
    let mock = shipped_mock();
    let told = Ask::new(&format!("OPTIONS {INVITE}")).of(&mock);
    assert_eq!((told.status(), told.header("allow")), (204, "OPTIONS, POST"));
    let told = Ask::new(&format!("OPTIONS {INVITE}"))
        .header("Origin", "http://localhost:3000")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "authorization,content-type")
        .of(&mock);
    assert_eq!(told.header("access-control-allow-origin"), "http://localhost:3000");
    assert_eq!(told.header("access-control-allow-headers"), "authorization,content-type");
    assert!(told.header("access-control-allow-methods").contains("POST"));
    let told = Ask::new(&format!("POST {INVITE}")).header("Origin", "http://a").of(&mock);
    assert_eq!(told.header("access-control-allow-origin"), "http://a");
    assert!(told.header("access-control-expose-headers").contains("WWW-Authenticate"));
}

#[test]
fn a_body_that_is_too_large_is_told_so_in_the_contract_s_shape() {
    let mock = shipped_mock();
    let ask = Ask::new("POST /orgs/6a0f3d52-8c1e-4b97-a4d6-e2537f9b0c18/invites?version=beta");
    let answer = mock.too_large(&ask.request, MAX_BODY).response;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.headers.get("content-type"), Some("application/vnd.api+json"));
}

#[test]
fn an_operation_that_the_contract_breaks_is_told_so_and_the_others_are_served() {
    let mock = mock_of(json!({
        "/broken": {"get": {"responses": {"200": {"$ref": "#/nowhere"}}}},
        "/sound": {"get": {"responses": {"204": {"description": ""}}}}
    }));
    let told = Ask::new("GET /sound").of(&mock);
    assert_eq!(told.status(), 204);
    let answer = mock.answer(&Ask::new("GET /broken").request);
    assert_eq!(answer.status, 501);
}
