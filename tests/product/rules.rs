//! Rules that stand for all clients: operations that fail, wait or break, always, for so many calls or for a part of them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use etalon::server::{Answer, Client, Credentials, Fault, Mock, Rule};
use etalon_contract::codec::{Request, Response};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;

use crate::process::{Running, etalon, told};

const SHOP: &str = "fixtures/firstday/shop.yaml";

fn shop(rules: &[&str]) -> Mock {
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(SHOP)).expect("it is there");
    let document = Document::load(Source { name: SHOP, bytes: &bytes }, &[], &NoFiles).expect("a document");
    let rules = rules.iter().map(|text| Rule::parse(text).expect("a rule")).collect();
    Mock::new([Arc::new(Contract::new(document))], Credentials::default(), 0).ruled_by(rules)
}

fn request(line: &str, prefer: Option<&str>) -> Request {
    let (method, target) = line.split_once(' ').expect("method and target");
    let headers = prefer.map(|words| ("Prefer", words)).into_iter().collect();
    Request { method: method.into(), target: target.into(), headers, body: Vec::new() }
}

fn ask(mock: &Mock, line: &str) -> Response {
    mock.answer(&request(line, None))
}

fn statuses(mock: &Mock, line: &str, calls: usize) -> Vec<u16> {
    (0..calls).map(|_| ask(mock, line).status).collect()
}

#[test]
fn the_next_calls_are_answered_so_and_then_as_ever() {
    let mock = shop(&["getPet: code=503, times=3"]);
    assert_eq!(statuses(&mock, "GET /pets/1", 5), [503, 503, 503, 200, 200]);
    assert_eq!(ask(&mock, "GET /pets").status, 200);
    mock.reset();
    assert_eq!(statuses(&mock, "GET /pets/1", 4), [503, 503, 503, 200], "the start is the start");
}

#[test]
fn who_is_out_of_service_judges_nobody() {
    let mock = shop(&["addPet: code=503"]);
    let answer = ask(&mock, "POST /pets");
    assert_eq!((answer.status, answer.headers.get("retry-after")), (503, Some("1")));
    let answered = mock.respond(&request("POST /pets", None), Client::Local);
    assert_eq!(answered.account.rules, ["addPet: code=503"]);
}

#[test]
fn a_rate_is_kept_and_the_seed_decides_which_calls() {
    let run = || statuses(&shop(&["getPet: fail, rate=0.25"]), "GET /pets/1", 400);
    let first = run();
    let failed = first.iter().filter(|status| **status == 500 || **status == 503).count();
    assert!((70..130).contains(&failed), "{failed}");
    assert_eq!(first, run());
    assert_eq!(statuses(&shop(&["getPet: fail, rate=0"]), "GET /pets/1", 20), [200; 20]);
    assert!(statuses(&shop(&["getPet: fail, rate=1"]), "GET /pets/1", 20).iter().all(|status| *status != 200));
}

#[test]
fn rules_choose_by_path_method_and_tag_and_the_last_one_decides() {
    let mock = shop(&["GET: delay=800..1200", "/pets/*: fault=html", "getPet: code=404"]);
    let answered = mock.respond(&request("GET /pets/1", None), Client::Local);
    assert_eq!((answered.response.status, answered.account.fault), (404, None));
    assert!(answered.delay >= Duration::from_millis(800), "the wait comes of another rule");
    assert_eq!(answered.account.rules, ["getPet: code=404", "GET: delay=800..1200"]);
    let deleted = mock.respond(&request("DELETE /pets/1", None), Client::Local);
    assert_eq!((deleted.delay, deleted.account.fault), (Duration::ZERO, Some(Fault::Html)));
    let down = shop(&["tag:status: example=down"]);
    assert_eq!(ask(&down, "GET /status").body, br#"{"state":"down","load":99}"#);
}

#[test]
fn what_a_client_asks_for_goes_before_rules() {
    let mock = shop(&["getPet: code=503, delay=500"]);
    let answered = mock.respond(&request("GET /pets/1", Some("code=429, delay=10")), Client::Local);
    assert_eq!((answered.response.status, answered.delay), (429, Duration::from_millis(10)));
    let answered = mock.respond(&request("GET /pets/1", Some("fault=drop")), Client::Local);
    assert_eq!((answered.response.status, answered.account.fault), (503, Some(Fault::Drop)));
}

#[test]
fn an_operation_that_does_not_document_it_is_answered_as_ever_unless_told_by_name() {
    let mock = shop(&["*: code=503"]);
    assert_eq!((ask(&mock, "GET /pets").status, ask(&mock, "GET /pets/1").status), (200, 503));
    let mock = shop(&["*: code=418, fault=undocumented"]);
    let answer = ask(&mock, "GET /pets");
    assert_eq!((answer.status, answer.headers.get("etalon-fault")), (418, Some("undocumented")));
}

#[test]
fn flags_are_rules_and_the_log_says_which_decided() {
    let running = Running::mock(&[
        SHOP,
        "--fail=getPet=503",
        "--delay=1..2",
        "--fault-rate=addPet=1",
        "--rule=getReport: fault=empty, times=1",
    ]);
    assert_eq!(running.send("GET /pets/1", &[], "").status, 503);
    assert_eq!(running.send("POST /pets", &[], "").status, 503);
    assert_eq!(running.send("GET /report", &[], "").body, "");
    let log = running.logged("getReport");
    assert!(
        log.contains("503") && log.contains("getPet: by the rule `getPet: code=503`; by the rule `*: delay=1..2`"),
        "{log}"
    );
    assert!(log.contains("given the fault `empty`; by the rule `getReport: fault=empty, times=1`"), "{log}");
}

#[test]
fn a_flag_about_what_is_not_there_says_what_is() {
    for (flag, part) in [
        ("--fail=getPets=503", "did you mean `getPet`"),
        ("--fail=listPets=503", "listPets documents no response 503, but 200"),
        ("--fault-rate=listPets=0.5", "documents no failure"),
        ("--fault-rate=getPet=2", "`rate` is a number from 0 to 1"),
        ("--fail=getPet", "OPERATION=VALUE"),
        ("--delay=soon", "`delay` is a time"),
        ("--rule=getPet", "a rule is written as"),
        ("--rule=getPet: fault=flood", "`fault` is one of"),
    ] {
        let (code, _, message) = told(&etalon(&["mock", SHOP, "--port", "0", flag]));
        assert!(code == Some(2) && message.contains(part), "{flag}: {message}");
    }
}
