//! Valid requests that are refused as nobody documents: beside others that are accepted they are a finding of their own, one for all
//! operations that refuse alike.

use std::cell::RefCell;

use etalon_conformance::verdict::{Level, Verdict};
use etalon_conformance::{Conclusion, Report, Settings, Strictness, report};
use etalon_contract::codec::Request;
use etalon_contract::model::Contract;
use serde_json::{Value, json};

use crate::habits::{contract, is_proved, must, own, responses, tested, why};
use crate::requests::{Whole, reply};

const NAMES: [&str; 4] = ["one", "two", "three", "four"];

/// Operations that may be asked in some version, which no document describes.
fn versioned() -> Contract {
    let version =
        json!([{"name": "X-Version", "in": "header", "required": false, "schema": {"type": "string", "minLength": 1}}]);
    let operation = |id: &str| json!({"operationId": id, "parameters": version, "responses": responses(204, &[])});
    contract(NAMES.iter().map(|name| (format!("/{name}"), json!({"get": operation(name)}))).collect())
}

/// The answer of a target that wants a version of another form.
fn refuse_versions(request: &Request) -> u16 {
    let known = NAMES.contains(&request.path().trim_start_matches('/'));
    match (request.method.as_str(), known) {
        ("GET", true) if request.headers.get("x-version").is_some() => 400,
        ("GET", true) => 204,
        _ => 404,
    }
}

fn run(settings: &Settings, status: fn(&Request) -> u16) -> Report {
    let answer = move |request: &Request| match status(request) {
        400 => reply(400, &[], Some(&json!("the version must be x.y.z"))),
        other => reply(other, &[], None),
    };
    tested(&versioned(), settings, &Whole { answer, sent: RefCell::default() }).expect("a report")
}

fn findings(report: &Report) -> Vec<Value> {
    let report = report::json(std::slice::from_ref(report));
    report["contracts"][0]["findings"].as_array().expect("a list").clone()
}

#[test]
fn what_refuses_a_value_everywhere_is_one_finding_and_violates_no_success() {
    let report = run(&own(0), refuse_versions);
    for name in NAMES {
        let row = format!("{name} response 204");
        assert!(is_proved(&report, &row), "{}", why(&report, &row));
    }
    let found = findings(&report);
    let refusals: Vec<&Value> = found.iter().filter(|finding| finding["refusal"] == true).collect();
    assert_eq!(refusals.len(), 1, "{found:?}");
    let rows = refusals[0]["rows"].as_array().expect("a list");
    assert!(rows.len() >= 2, "most of them were sent with a version: {rows:?}");
    assert_eq!(refusals[0]["level"], "should");
    assert_eq!(must(&report), [""; 0]);
    let shown = report.shown().find(|shown| shown.is_refusal()).expect("one is told");
    let evidence = shown.evidence.expect("it is shown");
    assert_eq!(evidence.exchanges[evidence.at].response.status, 400);
}

#[test]
fn a_refusal_beside_the_success_fails_a_strict_run_alone() {
    // Only the refusal is against the target: the header itself may be sent.
    assert_ne!(run(&own(0), refuse_versions).conclusion(), Conclusion::Violates);
    let strict = Settings { strictness: Strictness::Should, ..own(0) };
    assert_eq!(run(&strict, refuse_versions).conclusion(), Conclusion::Violates);
}

#[test]
fn where_nothing_is_accepted_the_success_is_violated_by_the_refusal() {
    let report = run(&own(0), |request| if refuse_versions(request) == 404 { 404 } else { 400 });
    let row = report.rows().find(|row| row.id() == "one response 204").expect("the contract has it");
    assert!(
        matches!(&row.verdict, Verdict::Violated(failure) if failure.level == Level::Should),
        "{}",
        why(&report, row.id())
    );
    assert!(row.refusal.is_none(), "it is told once");
}

#[test]
fn a_refusal_is_waived_with_its_row() {
    let waivers = NAMES.iter().map(|name| (format!("{name} response 204"), "known".to_owned())).collect();
    let report = run(&Settings { waivers, ..own(0) }, refuse_versions);
    assert!(report.shown().all(|shown| !shown.is_refusal()), "{:?}", findings(&report));
}
