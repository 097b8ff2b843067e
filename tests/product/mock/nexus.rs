//! Organization members: invite, add, import.

use etalon_contract::codec::Carried;
use serde_json::{Value, json};

use crate::mock::{Ask, Told, shipped_mock};
use etalon::server::Mock;

const MEMBERS: &str = "/v1/organizations/42/members";

fn post(mock: &Mock, path: &str, body: &Value) -> Told {
    Ask::new(&format!("POST {path}")).basic().json(body).of(mock)
}

fn invite(mock: &Mock, path: &str, address: &str) -> Told {
    post(mock, &format!("{path}/invite"), &json!({"emailAddress": address}))
}

fn import(addresses: &[&str]) -> Value {
    let members: Vec<Value> = addresses.iter().map(|address| json!({"emailAddress": address})).collect();
    json!({"id": "1", "importDate": "2025-01-01T00:00:00Z", "importFilename": "f.csv", "importingUserId": "u",
        "newMembers": members, "organizationId": 42})
}

#[test]
fn an_address_is_invited_once_in_each_organization() {
    let mock = shipped_mock();
    let first = invite(&mock, MEMBERS, "ada@example.com");
    assert_eq!((first.status(), first.response.body.len()), (204, 0));
    let again = invite(&mock, MEMBERS, "ada@example.com");
    assert_eq!(again.status(), 409);
    assert_eq!(again.header("content-type"), "application/problem+json");
    assert_eq!(again.at("/type"), "urn:etalon:problem:conflict");
    assert_eq!(again.at("/status"), 409);
    assert_eq!(again.at("/errors/0/pointer"), "/emailAddress");
    assert_eq!(invite(&mock, "/v1/organizations/43/members", "ada@example.com").status(), 204);
}

#[test]
fn an_added_user_comes_back_and_comes_back_the_same() {
    let mock = shipped_mock();
    let body = json!({"userId": "usr-1", "isMfaRequired": true});
    let added = post(&mock, MEMBERS, &body);
    assert_eq!(added.status(), 201);
    assert_eq!(added.at("/userId"), "usr-1");
    assert_eq!(added.at("/user/id"), "usr-1");
    assert_eq!(added.at("/isMfaRequired"), true);
    assert_eq!(added.at("/organizationId"), 42);
    let again = post(&mock, MEMBERS, &json!({"userId": "usr-1", "isMfaRequired": false}));
    assert_eq!(again.at("/id"), added.at("/id"));
    assert_eq!(again.at("/isMfaRequired"), false);
}

#[test]
fn an_import_takes_effect_after_its_answer_and_passes_over_conflicts() {
    let mock = shipped_mock();
    assert_eq!(invite(&mock, MEMBERS, "old@example.com").status(), 204);
    let accepted = post(&mock, &format!("{MEMBERS}/import"), &import(&["old@example.com", "new@example.com"]));
    assert_eq!(accepted.status(), 202);
    assert_eq!(invite(&mock, MEMBERS, "new@example.com").status(), 409);
    assert_eq!(invite(&mock, MEMBERS, "other@example.com").status(), 204);
}

#[test]
fn a_limit_is_kept_to_the_character_and_named_by_pointer() {
    let mock = shipped_mock();
    let address = |length: usize| format!("{}@example.com", "a".repeat(length - "@example.com".len()));
    assert_eq!(invite(&mock, MEMBERS, &address(250)).status(), 204);
    let long = invite(&mock, MEMBERS, &address(251));
    assert_eq!(long.status(), 400);
    assert_eq!(long.header("content-type"), "application/problem+json");
    assert_eq!(long.at("/errors/0/pointer"), "/emailAddress");
    assert_eq!(long.at("/title"), "The request violates the contract");
}

#[test]
fn every_violated_field_is_named() {
    let mock = shipped_mock();
    let body = json!({"displayName": "x".repeat(251), "makeAdmin": "yes"});
    let told = post(&mock, &format!("{MEMBERS}/invite"), &body);
    assert_eq!(told.status(), 400);
    let errors = told.at("/errors");
    let mut pointers: Vec<&str> =
        errors.as_array().expect("a list").iter().filter_map(|error| error["pointer"].as_str()).collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/displayName", "/emailAddress", "/makeAdmin"]);
}

#[test]
fn a_bearer_needs_its_application_token_and_basic_does_not() {
    let mock = shipped_mock();
    let ask = || Ask::new(&format!("POST {MEMBERS}")).json(&json!({"userId": "u", "isMfaRequired": true}));
    let none = ask().of(&mock);
    assert_eq!(none.status(), 401);
    let challenges: Vec<&str> = none.headers().all("www-authenticate").collect();
    assert!(challenges.iter().any(|challenge| challenge.starts_with("Bearer realm=")), "{challenges:?}");
    assert!(challenges.iter().any(|challenge| challenge.starts_with("Basic realm=")), "{challenges:?}");
    assert!(none.at("/detail").as_str().expect("text").contains("`Authorization: Bearer etalon`"), "{}", none.json());
    assert_eq!(ask().bearer().of(&mock).status(), 401);
    let contract = &mock.services()[0].contract;
    let scheme = &contract.operation(0).expect("it is sound").security[0].schemes[1].0;
    let Carried { name, text, .. } = mock.credentials().carried(scheme).expect("it is a header");
    assert_eq!(ask().bearer().header(&name, "wrong").of(&mock).status(), 401);
    assert_eq!(ask().bearer().header(&name, &text).of(&mock).status(), 201);
    assert_eq!(ask().basic().of(&mock).status(), 201);
    assert_eq!(ask().header("Authorization", "Basic !").of(&mock).status(), 401);
}
