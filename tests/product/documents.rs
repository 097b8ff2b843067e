//! What `check` and `explain` report on documents: for people, for programs and for workflows.

use std::path::Path;

use etalon::cli::command::check::{Components, check, check_with};
use etalon::cli::diagnostics::{Format, report};
use etalon::cli::source::open::Reader;
use etalon::cli::{Named, load};
use etalon_conformance::Settings;
use etalon_conformance::plan::plan;
use etalon_contract::behaviour::infer;
use serde_json::Value;

use crate::process::{etalon, told};

/// The report on a fixture, without colours.
fn reported(format: Format, name: &str) -> String {
    let findings = check(&Path::new("fixtures/documents").join(name), &[], None);
    let mut out = Vec::new();
    report(&mut out, format, &[findings]).expect("memory can be written");
    anstream::adapter::strip_str(std::str::from_utf8(&out).expect("reports are text")).to_string()
}

#[test]
fn people_see_the_line_the_reason_and_a_hint() {
    insta::assert_snapshot!("check-human", reported(Format::Human, "typos.yaml"));
}

#[test]
fn doubts_about_values_are_shown_within_them_and_what_is_unused_on_demand() {
    let path = Named::from(Path::new("fixtures/documents/doubts.yaml"));
    let codes = |components: Components| {
        let findings = check_with(&path, &Reader::default(), components);
        let found = findings.diagnostics.iter();
        found.map(|one| (one.code.as_str(), one.place.line)).collect::<Vec<(&str, usize)>>()
    };
    let used = codes(Components::Used);
    let examples: Vec<usize> =
        used.iter().filter(|(code, _)| *code == "invalid-example").map(|(_, line)| *line).collect();
    assert_eq!(examples, [13, 13, 15, 16, 21, 21, 21, 32]);
    assert!(!used.iter().any(|(code, _)| *code == "unused"));
    let all = codes(Components::AlsoUnused);
    let unused: Vec<usize> = all.iter().filter(|(code, _)| *code == "unused").map(|(_, line)| *line).collect();
    assert_eq!(unused, [25, 36, 41, 45, 46]);
    assert_eq!(all.len(), used.len() + unused.len());
}

#[test]
fn workflows_see_annotations() {
    insta::assert_snapshot!("check-github", reported(Format::Github, "typos.yaml"));
}

#[test]
fn machines_see_every_diagnostic_in_each_format() {
    let json: Value = serde_json::from_str(&reported(Format::Json, "typos.yaml")).expect("it is JSON");
    let sarif: Value = serde_json::from_str(&reported(Format::Sarif, "typos.yaml")).expect("it is JSON");
    let diagnostics = json["documents"][0]["diagnostics"].as_array().expect("there are some");
    let results = sarif["runs"][0]["results"].as_array().expect("there are some");
    assert_eq!(diagnostics.len(), results.len());
    for (diagnostic, result) in diagnostics.iter().zip(results) {
        assert_eq!(diagnostic["code"], result["ruleId"]);
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(diagnostic["place"]["line"], region["startLine"]);
        assert_eq!(diagnostic["place"]["column"], region["startColumn"]);
    }
    assert_eq!(json["documents"][0]["errors"], 7);
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    let folder = std::env::temp_dir().join(format!("etalon-check-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let path = folder.join("api.yaml");
    std::fs::write(&path, "openapi: 3.0.3\ninfo: {title: [\npaths: {}\n").expect("it can be written");
    let findings = check(&path, &[], None);
    let mut out = Vec::new();
    report(&mut out, Format::Human, std::slice::from_ref(&findings)).expect("memory can be written");
    std::fs::remove_dir_all(&folder).expect("it is ours");
    assert!(findings.contract.is_none() && findings.counts().0 == 1, "{findings:?}");
    assert!(String::from_utf8_lossy(&out).contains("title: ["), "{}", String::from_utf8_lossy(&out));
    assert_eq!(check(&folder, &[], None).diagnostics[0].code.as_str(), "unreadable");
}

#[test]
fn people_see_each_operation_and_what_was_left_out() {
    let (code, text, _) = told(&etalon(&["explain", "fixtures/documents/swagger2.yaml"]));
    assert_eq!(code, Some(0));
    insta::assert_snapshot!("explain", text);
}

#[test]
fn rows_are_counted_as_a_test_counts_them() {
    for path in ["spec/invites.yaml", "spec/nexus-members.yaml"] {
        let (code, text, _) = told(&etalon(&["explain", "--json", path]));
        assert_eq!(code, Some(0));
        let explained: Value = serde_json::from_str(&text).expect("it is JSON");
        let rows = explained["rows"].as_object().expect("rows by group");
        let counted: u64 = rows.values().filter_map(Value::as_u64).sum();
        let contract = load(Path::new(path), &[]).expect("it is sound").contract;
        let planned = plan(&contract, &infer(&contract), &Settings::default()).operations;
        let expected: usize = planned.iter().map(|operation| operation.rows.len()).sum();
        assert_eq!(usize::try_from(counted).expect("it fits"), expected, "{path}");
        assert!(rows.contains_key("stateful"), "{path} tells stories");
    }
}
