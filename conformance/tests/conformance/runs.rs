//! Whole runs against a target in the same process.

use etalon_conformance::plan::plan;
use etalon_conformance::report::{Paint, human, json};
use etalon_conformance::verdict::{Verdict, Word};
use etalon_conformance::{Conclusion, Credentials, Report, RunError, Settings, run};
use etalon_contract::behaviour::infer;

use crate::shop::{Shop, Wrong, contract};

fn settings(seed: u64) -> Settings {
    let mut credentials = Credentials::default();
    credentials.set("Key", "secret");
    Settings { seed, credentials, ..Settings::default() }
}

fn ran(shop: &Shop, settings: &Settings) -> Result<Report, RunError> {
    let contract = contract();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(run(&contract, &infer(&contract), settings, shop, &mut |_| {}))
}

fn violated(report: &Report) -> Vec<&str> {
    report.rows().filter(|line| line.verdict.word() == Word::Violated).map(|line| line.id.as_str()).collect()
}

#[test]
fn the_same_seed_sends_the_same_requests_in_the_same_order() {
    let sent = |seed| {
        let shop = Shop::new(Wrong::Length);
        ran(&shop, &settings(seed)).expect("a report");
        shop.sent.into_inner()
    };
    assert_eq!(sent(7), sent(7));
    assert_ne!(sent(7), sent(8));
}

#[test]
fn the_same_plan_has_the_same_cases() {
    let contract = contract();
    let ids = |seed| {
        let plan = plan(&contract, &infer(&contract), &settings(seed));
        plan.operations.into_iter().flat_map(|chapter| chapter.cases).map(|case| case.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(1), ids(2));
    let mut unique = ids(1);
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), ids(1).len());
}

#[test]
fn a_target_that_keeps_the_contract_has_no_violation() {
    for seed in 0..10 {
        let report = ran(&Shop::new(Wrong::Nothing), &settings(seed)).expect("a report");
        assert_eq!(violated(&report), [""; 0], "seed {seed}");
        assert_eq!(report.conclusion(), Conclusion::Conforms);
    }
}

#[test]
fn each_wrong_is_named_by_its_row() {
    for (wrong, row) in [
        (Wrong::Length, "createItem body /name maxLength=8 past"),
        (Wrong::Forgets, "createItem story created-is-read"),
        (Wrong::Renames, "createItem story sent-is-returned"),
    ] {
        let report = ran(&Shop::new(wrong), &settings(0)).expect("a report");
        assert_eq!(violated(&report), [row], "{wrong:?}");
        assert_eq!(report.conclusion(), Conclusion::Violates);
    }
}

#[test]
fn a_failing_request_is_made_small() {
    let report = ran(&Shop::new(Wrong::Length), &settings(3)).expect("a report");
    let line = report.rows().find(|line| line.verdict.word() == Word::Violated).expect("one is violated");
    let evidence = line.evidence.as_ref().expect("it has evidence");
    let body: serde_json::Value =
        serde_json::from_slice(&evidence.exchanges[evidence.at].request.body).expect("it is JSON");
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(1), "{body}");
    assert_eq!(body["name"].as_str().map(|name| name.chars().count()), Some(9), "{body}");
}

#[test]
fn a_waived_violation_does_not_count() {
    let mut settings = settings(0);
    settings.waivers.push(("createItem body /name maxLength=8 past".into(), "known, ticket 7".into()));
    let report = ran(&Shop::new(Wrong::Length), &settings).expect("a report");
    assert_eq!(violated(&report), [""; 0]);
    assert!(report.rows().any(|line| line.verdict == Verdict::Waived("known, ticket 7".into())));
    assert_eq!(report.conclusion(), Conclusion::Conforms);
}

#[test]
fn what_is_not_the_api_is_not_tested() {
    let error = ran(&Shop::new(Wrong::Pages), &settings(0)).expect_err("it is another server");
    assert_eq!(
        error.to_string(),
        "the target answers 200 with text/html to every valid request; is this the base URL of the API?"
    );
    let error = ran(&Shop::new(Wrong::Gone), &settings(0)).expect_err("nobody is there");
    assert_eq!(error.to_string(), "cannot connect to shop:80: nobody is there");
    let unknown = Settings { operations: vec!["nothing".into()], ..settings(0) };
    let error = ran(&Shop::new(Wrong::Nothing), &unknown).expect_err("there is nothing to test");
    assert!(matches!(error, RunError::Nothing(_)), "{error}");
}

#[test]
fn a_target_that_lets_nobody_in_was_not_tested() {
    let only = Settings { operations: vec!["createItem".into()], ..settings(0) };
    let report = ran(&Shop::new(Wrong::Closed), &only).expect("a report");
    assert_eq!(violated(&report), [""; 0]);
    assert_eq!(report.conclusion(), Conclusion::NothingTested);
}

#[test]
fn every_row_has_a_case_or_a_reason() {
    let report = ran(&Shop::new(Wrong::Nothing), &settings(0)).expect("a report");
    for line in report.rows() {
        let reason = match &line.verdict {
            Verdict::Inconclusive(why) | Verdict::Unreachable(why) | Verdict::Waived(why) => !why.is_empty(),
            Verdict::Proved { .. } | Verdict::Violated(_) => true,
        };
        assert!(reason, "{}", line.id);
    }
}

#[test]
fn people_and_programs_read_the_same_report() {
    let report = ran(&Shop::new(Wrong::Length), &settings(0)).expect("a report");
    insta::assert_snapshot!("for people", human(&report, Paint::Plain));
    let mut shown = json(std::slice::from_ref(&report));
    let rows = shown.pointer_mut("/contracts/0/operations/0/rows").and_then(|rows| rows.as_array_mut());
    // One of each kind shows the form.
    rows.expect("the report has rows").retain(|row| row["verdict"] == "violated" || row["group"] == "security");
    shown["contracts"][0]["operations"].as_array_mut().expect("a list").truncate(1);
    insta::assert_snapshot!("for programs", format!("{shown:#}"));
}
