//! Several contracts at once: each at its base path or mount, the longest first, those of one path together.

use std::sync::Arc;

use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::{BasePath, Contract};
use serde_json::{Value, json};

use crate::mock::{Ask, Told};
use etalon::server::{Answer, Credentials, Mock, Shadowed};

/// A contract whose operations answer with their contract's name.
fn contract(name: &str, servers: &Value, mount: Option<&str>, operations: &[&str]) -> Arc<Contract> {
    let schema = json!({"type": "object", "required": ["from"], "properties": {"from": {"const": name}}});
    let answer = json!({"description": "it", "content": {"application/json": {"schema": schema}}});
    let mut paths = json!({});
    for line in operations {
        let (method, path) = line.split_once(' ').expect("method and path");
        paths[path][method.to_lowercase()] = json!({"responses": {"200": answer}});
    }
    let info = json!({"title": name, "version": "1"});
    let root = json!({"openapi": "3.1.0", "info": info, "servers": servers, "paths": paths}).to_string();
    let source = Source { name: "small.json", bytes: root.as_bytes() };
    let document = Document::load(source, &[], &NoFiles).expect("a document");
    Arc::new(match mount {
        Some(mount) => Contract::mounted(document, &BasePath::parse(mount).expect("a base path")),
        None => Contract::new(document),
    })
}

fn mock(contracts: impl IntoIterator<Item = Arc<Contract>>) -> Mock {
    Mock::new(contracts, Credentials::default(), 7)
}

/// The answer; which contract it must keep is what these tests are about.
fn told(mock: &Mock, ask: Ask) -> Told {
    Told { response: mock.answer(&ask.request) }
}

/// The name of the contract that answers, or the status of the refusal.
fn who(mock: &Mock, line: &str) -> Result<String, u16> {
    let told = told(mock, Ask::new(line));
    match told.response.status {
        200 => Ok(told.json()["from"].as_str().expect("a name").to_owned()),
        status => Err(status),
    }
}

#[test]
fn each_contract_is_served_below_its_servers_path_or_its_mount() {
    let v1 = json!([{"url": "https://{region}.x.org/{version}", "variables": {"region": {"default": "eu"}, "version": {"default": "v1", "enum": ["v1"]}}}]);
    let mock = mock([
        contract("root", &json!([]), None, &["GET /a"]),
        contract("v1", &v1, None, &["GET /a"]),
        contract("mounted", &v1, Some("/v2"), &["GET /a"]),
    ]);
    assert_eq!(who(&mock, "GET /a"), Ok("root".to_owned()));
    assert_eq!(who(&mock, "GET /v1/a"), Ok("v1".to_owned()));
    assert_eq!(who(&mock, "GET /v2/a"), Ok("mounted".to_owned()));
    assert_eq!(who(&mock, "GET /v3/a"), Err(404));
    let told = told(&mock, Ask::new("GET /v3/b")).json();
    let detail = told["detail"].as_str().expect("a detail").to_owned();
    assert!(detail.contains("root (at /) or v1 (at /v1) or mounted (at /v2)"), "{detail}");
}

#[test]
fn the_longest_mount_that_has_the_path_owns_it() {
    let mock = mock([
        contract(
            "short",
            &json!([]),
            None,
            &["GET /v2/a", "POST /v2/a", "GET /v2/{any}", "HEAD /v2/a", "GET /v2/only/short"],
        ),
        contract("long", &json!([]), Some("/v2"), &["GET /a", "GET /{x}/y"]),
    ]);
    assert_eq!(who(&mock, "GET /v2/a"), Ok("long".to_owned()));
    assert_eq!(who(&mock, "GET /v2/only/short"), Ok("short".to_owned()), "what the longest does not have is not lost");
    assert_eq!(who(&mock, "GET /v2/b"), Ok("short".to_owned()));
    let refused = told(&mock, Ask::new("POST /v2/a"));
    assert_eq!((refused.response.status, refused.response.headers.get("allow")), (405, Some("GET, HEAD, OPTIONS")));
    assert_eq!(told(&mock, Ask::new("HEAD /v2/a")).response.status, 200, "the owner's GET stands for its HEAD");
}

#[test]
fn contracts_of_one_base_path_are_one_api() {
    let mock = mock([
        contract("reads", &json!([]), None, &["GET /a", "GET /a/{id}", "GET /health"]),
        contract("writes", &json!([]), None, &["POST /a", "GET /a/mine", "GET /health"]),
    ]);
    assert_eq!(who(&mock, "GET /a"), Ok("reads".to_owned()));
    assert_eq!(who(&mock, "POST /a"), Ok("writes".to_owned()));
    assert_eq!(who(&mock, "GET /a/mine"), Ok("writes".to_owned()), "the more concrete template answers");
    assert_eq!(who(&mock, "GET /health"), Ok("reads".to_owned()), "the first answers");
    let refused = told(&mock, Ask::new("DELETE /a"));
    assert_eq!(
        (refused.response.status, refused.response.headers.get("allow")),
        (405, Some("GET, HEAD, OPTIONS, POST"))
    );
    assert_eq!(mock.shadowed(), [Shadowed { shadowed: (1, 2), reached: (0, 2) }]);
}

#[test]
fn one_document_at_two_mounts_has_two_memories() {
    let root = json!({
        "openapi": "3.1.0", "info": {"title": "Pets", "version": "1"},
        "paths": {"/pets": {
            "get": {"responses": {"200": {"description": "all", "content": {"application/json": {"schema": {
                "type": "array", "items": {"$ref": "#/components/schemas/Pet"}}}}}}},
            "post": {"requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
                "responses": {"201": {"description": "made"}}}
        }},
        "components": {"schemas": {"Pet": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}}
    })
    .to_string();
    let at = |mount: &str| {
        let source = Source { name: "pets.json", bytes: root.as_bytes() };
        let document = Document::load(source, &[], &NoFiles).expect("a document");
        Arc::new(Contract::mounted(document, &BasePath::parse(mount).expect("a base path")))
    };
    let mock = mock([at("/eu"), at("/us")]);
    assert_eq!(mock.shadowed(), []);
    let count = |mount: &str| told(&mock, Ask::new(&format!("GET {mount}/pets"))).json().as_array().map(Vec::len);
    let before = (count("/eu"), count("/us"));
    assert_eq!(told(&mock, Ask::new("POST /eu/pets").json(&json!({"name": "Ada"}))).response.status, 201);
    assert_eq!(count("/us"), before.1);
    assert_eq!(count("/eu"), before.0.map(|count| count + 1));
}

#[test]
fn below_every_server_of_a_document_and_every_value_of_their_variables_the_same_is_served() {
    let servers = json!([
        {"url": "https://{region}.example.com/{version}/t/{tenant}", "variables": {
            "region": {"default": "us"}, "version": {"default": "v1", "enum": ["v1", "v2"]}, "tenant": {"default": "a"}}},
        {"url": "/sandbox"}
    ]);
    let operations = ["GET /pets", "GET /pets/{id}"];
    let served = mock([contract("P", &servers, None, &operations)]);
    for path in ["/v1/t/a/pets", "/v2/t/a/pets", "/v1/t/other/pets/3?x=1", "/sandbox/pets"] {
        assert_eq!(who(&served, &format!("GET {path}")), Ok("P".to_owned()), "{path}");
    }
    for path in ["/v3/t/a/pets", "/v1/pets", "/sandbox/cats", "/pets"] {
        assert_eq!(who(&served, &format!("GET {path}")), Err(404), "{path}");
    }
    let mounted = mock([contract("P", &servers, Some("/here"), &operations)]);
    assert_eq!(who(&mounted, "GET /here/pets"), Ok("P".to_owned()));
    assert_eq!(who(&mounted, "GET /sandbox/pets"), Err(404), "who mounts a contract says where it is");
}
