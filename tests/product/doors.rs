//! The mock's own doors, and what the command line says to those who know other tools.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::process::{Running, command, etalon, told};

const SHOP: &str = "fixtures/firstday/shop.yaml";

#[test]
fn a_page_says_what_is_served_and_how_to_be_let_in() {
    let mock = Running::mock(&[]);
    let text = mock.send("GET /", &["Accept: */*"], "");
    assert!(text.status == 200 && text.header("content-type") == Some("text/plain; charset=utf-8"), "{text:?}");
    for part in ["/v1/organizations", "Authorization: Bearer etalon", "/openapi.json", "/__etalon/health"] {
        assert!(text.body.contains(part), "{part}: {}", text.body);
    }
    let html = mock.send("GET /", &["Accept: text/html,application/xhtml+xml,*/*;q=0.8"], "");
    assert!(
        html.header("content-type") == Some("text/html; charset=utf-8") && html.body.starts_with("<!doctype html>")
    );
    assert!(html.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'none'")));
    assert_eq!(mock.send("POST /", &[], "").status, 405);
}

#[test]
fn each_contract_is_to_be_had_as_json_and_yaml_that_say_the_same() {
    let mock = Running::mock(&[SHOP]);
    let json = mock.send("GET /openapi.json", &[], "").json();
    assert_eq!(json["components"]["schemas"]["Pet"]["required"], serde_json::json!(["id", "name"]));
    assert_eq!(json["openapi"], "3.0.3");
    let yaml = mock.send("GET /openapi.yaml", &[], "");
    assert_eq!(yaml.header("content-type"), Some("application/yaml"));
    let read: Value = serde_yaml::from_str(&yaml.body).expect("it is YAML");
    assert_eq!(read, json);
    assert_eq!(mock.send("GET /__etalon/openapi/1.json", &[], "").json(), json);
    assert_eq!(mock.send("GET /__etalon/openapi/2.json", &[], "").status, 404);
}

#[test]
fn a_contract_keeps_the_paths_that_it_has() {
    let mut child = command(&["check", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {/: {get: {responses: {'204': {description: n}}}}, '/{name}': {get: {parameters: [{name: name, in: path, required: true, schema: {type: string}}], responses: {'204': {description: n}}}}}\n";
    child.stdin.take().expect("it is piped").write_all(text.as_bytes()).expect("it reads");
    let (code, out, _) = told(&child.wait_with_output().expect("it ends"));
    assert!(code == Some(0) && out.contains("<stdin>: OpenAPI"), "{out}");
    let path = std::env::temp_dir().join(format!("etalon-doors-{}.yaml", std::process::id()));
    std::fs::write(&path, text).expect("it can be written");
    let mock = Running::mock(&[path.to_str().expect("a name")]);
    assert_eq!((mock.send("GET /", &[], "").status, mock.send("GET /openapi.json", &[], "").status), (204, 204));
    assert_eq!(mock.send("GET /__etalon/openapi/1.json", &[], "").status, 200);
    drop(mock);
    std::fs::remove_file(path).expect("it is ours");
}

#[test]
fn health_and_reset_are_always_there() {
    let mock = Running::mock(&[SHOP]);
    let body = r#"{"id":1,"name":"x"}"#;
    let made = mock.send("POST /pets", &["Content-Type: application/json"], body);
    assert_eq!(made.status, 201);
    let health = mock.send("GET /__etalon/health", &[], "").json();
    assert_eq!((&health["status"], &health["requests"]), (&"ok".into(), &1.into()));
    assert_eq!(mock.send("GET /__etalon/reset", &[], "").status, 405);
    assert_eq!(mock.send("POST /__etalon/reset", &[], "").status, 204);
    // The document's own examples are there again, and nothing else.
    let named = serde_json::json!([{"id": 2, "name": "Fluffy"}, {"id": 1, "name": "Spot"}]);
    assert_eq!(mock.send("GET /pets", &[], "").json(), named);
    // From the start, the same requests have the same answers.
    mock.send("POST /__etalon/reset", &[], "");
    assert_eq!(mock.send("POST /pets", &["Content-Type: application/json"], body).body, made.body);
    let there = format!("http://127.0.0.1:{}", mock.port);
    assert_eq!(told(&etalon(&["health", &there])).0, Some(0));
    drop(mock);
    let (code, _, message) = told(&etalon(&["health", &there]));
    assert!(code == Some(3) && message.contains("is not well"), "{message}");
}

#[test]
fn the_standard_input_is_served() {
    let text = std::fs::read(SHOP).expect("it is there");
    let mut child =
        command(&["mock", "-", "--port", "0"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("it is piped").write_all(&text).expect("it reads");
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().expect("it is piped")));
    assert!(lines.any(|line| line.is_ok_and(|line| line.contains("(<stdin>)"))));
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}

#[test]
fn both_families_of_localhost_are_listened_on() {
    let mock = Running::mock(&["--host", "localhost", SHOP]);
    let families = ["127.0.0.1", "::1"];
    let reached = |host: &&str| std::net::TcpStream::connect((*host, mock.port)).is_ok();
    let has_six = std::net::TcpListener::bind("[::1]:0").is_ok();
    assert_eq!(families.iter().filter(|host| reached(host)).count(), if has_six { 2 } else { 1 });
}

#[test]
fn slips_of_those_who_know_other_tools_are_understood() {
    for (arguments, hint) in [
        (["api.yaml"].as_slice(), "etalon mock api.yaml"),
        (["mock", "api.yaml", "-h", "0.0.0.0"].as_slice(), "--host 0.0.0.0"),
    ] {
        let (code, _, message) = told(&etalon(arguments));
        assert!(code == Some(2) && message.contains(hint), "{message}");
    }
}
