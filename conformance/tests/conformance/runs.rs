//! Whole runs against a target in the same process.

use std::cell::RefCell;

use etalon_conformance::plan::plan;
use etalon_conformance::report::{Paint, human, json};
use etalon_conformance::verdict::{Verdict, VerdictKind};
use etalon_conformance::{
    Conclusion, Credentials, Exchange, Report, RunError, Settings, Showing, ShrinkEnd, TargetError, run,
};
use etalon_contract::behaviour::infer;
use etalon_contract::codec::{Request, Response};
use etalon_contract::generate::{Choices, Seeded};

use crate::shop::{Shop, Wrong, contract, reply};

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
    report.rows().filter(|line| line.verdict.kind() == VerdictKind::Violated).map(|line| line.id()).collect()
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
        plan.operations.into_iter().flat_map(|planned| planned.cases).map(|case| case.id).collect::<Vec<_>>()
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
    let line = report.rows().find(|line| line.verdict.kind() == VerdictKind::Violated).expect("one is violated");
    let evidence = line.evidence.as_ref().expect("it has evidence");
    let body: serde_json::Value =
        serde_json::from_slice(&evidence.exchanges[evidence.at].request.body).expect("it is JSON");
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(1), "{body}");
    assert_eq!(body["name"].as_str().map(|name| name.chars().count()), Some(9), "{body}");
}

#[test]
fn a_story_that_fails_opens_with_a_minimal_request() {
    let mut shrunk = 0;
    for (wrong, row) in
        [(Wrong::Forgets, "createItem story created-is-read"), (Wrong::Renames, "createItem story sent-is-returned")]
    {
        for seed in 0..4 {
            let report = ran(&Shop::new(wrong), &settings(seed)).expect("a report");
            let line = report.rows().find(|line| line.id() == row).expect("the contract has it");
            let evidence = line.evidence.as_ref().expect("it is violated");
            let effort = evidence.effort.expect("it was made smaller");
            assert_eq!(effort.end, ShrinkEnd::Minimal, "{effort:?}");
            shrunk += usize::from(effort.to < effort.from);
            let created: serde_json::Value =
                serde_json::from_slice(&evidence.exchanges[0].request.body).expect("it is JSON");
            assert_eq!(created["name"].as_str().map(str::len), Some(1), "{created}");
        }
    }
    assert!(shrunk > 0, "no story began with anything that could go");
}

#[test]
fn without_a_budget_failing_requests_stay_as_they_were_found() {
    let settings = Settings { shrinking: 0, ..settings(3) };
    let report = ran(&Shop::new(Wrong::Length), &settings).expect("a report");
    let line = report.rows().find(|line| line.verdict.kind() == VerdictKind::Violated).expect("one is violated");
    assert_eq!(line.evidence.as_ref().expect("it has evidence").effort, None);
}

#[test]
fn credentials_are_masked_unless_they_are_asked_for() {
    for (showing, masked) in [(Showing::Masked, true), (Showing::Plain, false)] {
        let settings = Settings { showing, ..settings(0) };
        let report = ran(&Shop::new(Wrong::Length), &settings).expect("a report");
        let told = human(&report, Paint::Plain);
        assert_eq!(told.contains("secret"), !masked, "{told}");
        assert_eq!(json(&[report]).to_string().contains("secret"), !masked);
        assert_eq!(told.contains("set ETALON_KEY for the curl lines"), masked, "{told}");
        assert_eq!(told.contains(r#"-H 'X-Key: '"$ETALON_KEY""#), masked, "{told}");
    }
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
fn a_target_that_lets_nobody_in_is_asked_no_further() {
    let only = Settings { operations: vec!["createItem".into()], ..settings(0) };
    let shop = Shop::new(Wrong::Closed);
    let error = ran(&shop, &only).expect_err("nothing can be tested");
    let told = "the target lets no valid request in: it answers 401; the contract asks for Key";
    assert_eq!(error.to_string(), told);
    assert_eq!(shop.sent.borrow().len(), only.valid);
}

/// Has no time for every other request, and counts how long it was waited for.
struct Busy {
    shop: Shop,
    asked: RefCell<usize>,
    waited: RefCell<std::time::Duration>,
}

impl Exchange for Busy {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        *self.asked.borrow_mut() += 1;
        if *self.asked.borrow() % 2 == 1 {
            let mut answer = reply(429, "", Vec::new());
            answer.headers.set("Retry-After", "0");
            return Ok(answer);
        }
        self.shop.send(request).await
    }

    fn origin(&self) -> String {
        "http://busy".to_owned()
    }

    async fn pause(&self, time: std::time::Duration) {
        *self.waited.borrow_mut() += time;
    }
}

#[test]
fn a_target_that_asks_for_time_gets_it_and_is_judged_as_any_other() {
    let contract = contract();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let ran = |target: &Busy| {
        runtime.block_on(run(&contract, &infer(&contract), &settings(0), target, &mut |_| {})).expect("a report")
    };
    let busy = Busy { shop: Shop::new(Wrong::Nothing), asked: RefCell::new(0), waited: RefCell::default() };
    let verdicts = |report: &Report| -> Vec<(String, VerdictKind)> {
        report.rows().map(|line| (line.id().to_owned(), line.verdict.kind())).collect()
    };
    let calm = crate::runs::ran(&Shop::new(Wrong::Nothing), &settings(0)).expect("a report");
    assert_eq!(verdicts(&ran(&busy)), verdicts(&calm));
}

/// Never has time, and asks for some each time.
struct Never(RefCell<std::time::Duration>);

impl Exchange for Never {
    async fn send(&self, _request: &Request) -> Result<Response, TargetError> {
        let mut answer = reply(503, "", Vec::new());
        answer.headers.set("Retry-After", "7");
        Ok(answer)
    }

    fn origin(&self) -> String {
        "http://never".to_owned()
    }

    async fn pause(&self, time: std::time::Duration) {
        *self.0.borrow_mut() += time;
    }
}

#[test]
fn a_target_that_never_has_time_is_not_waited_for_without_end() {
    let contract = contract();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let never = Never(RefCell::default());
    let report = runtime.block_on(run(&contract, &infer(&contract), &settings(0), &never, &mut |_| {}));
    assert_eq!(report.expect("a report").conclusion(), Conclusion::NothingTested);
    assert!(never.0.borrow().as_secs() <= 60, "{:?}", never.0);
}

/// Answers at random, with everything that a broken server may say.
struct Chaos(RefCell<Seeded>);

impl Exchange for Chaos {
    async fn send(&self, _request: &Request) -> Result<Response, TargetError> {
        let mut source = self.0.borrow_mut();
        let mut pick = |count: usize| usize::try_from(source.below(count as u64)).expect("it is small");
        let deep = "[".repeat(100_000);
        let bodies =
            ["", "{", "null", "[]", r#"{"id":1,"name":"x"}"#, r#"{"id":{},"next":"/","has_more":true}"#, &deep];
        let types = ["application/json", "text/html", "application/problem+json", "nonsense", ""];
        let statuses = [200, 201, 204, 302, 400, 401, 404, 405, 409, 500, 503, 999];
        let mut answer =
            reply(statuses[pick(statuses.len())], types[pick(types.len())], bodies[pick(bodies.len())].into());
        let fields =
            [("Location", "//x"), ("Location", "/items/%zz"), ("Allow", ", ,"), ("Link", "<>;rel=next"), ("X", "")];
        let (name, value) = fields[pick(fields.len())];
        answer.headers.add(name, value);
        if pick(20) == 0 { Err(TargetError::Broken("cut off".into())) } else { Ok(answer) }
    }

    fn origin(&self) -> String {
        "http://chaos".to_owned()
    }
}

#[test]
fn nothing_that_a_target_answers_makes_the_runner_fail() {
    let contract = contract();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    for seed in 0..20 {
        let chaos = Chaos(RefCell::new(Seeded::new(seed, ["chaos"])));
        let settings = Settings { shrinking: 10, ..settings(seed) };
        let ran = runtime.block_on(run(&contract, &infer(&contract), &settings, &chaos, &mut |_| {}));
        if let Ok(report) = ran {
            assert!(!human(&report, Paint::Colours).is_empty());
            assert!(json(&[report]).is_object());
        }
    }
}

#[test]
fn every_row_has_a_case_or_a_reason() {
    let report = ran(&Shop::new(Wrong::Nothing), &settings(0)).expect("a report");
    for line in report.rows() {
        let reason = match &line.verdict {
            Verdict::Inconclusive(why) | Verdict::Unreachable(why) | Verdict::Waived(why) => !why.is_empty(),
            Verdict::Proved { .. } | Verdict::Violated(_) => true,
        };
        assert!(reason, "{}", line.id());
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
