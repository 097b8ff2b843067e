//! Lists in pages, from the outside: the mock tells of further pages as each document describes them, and the runner follows
//! what the mock tells to the end of the list.

use std::fs;

use serde_json::Value;

use crate::process::{etalon, told};

const FOLDER: &str = "fixtures/paging";

/// The verdict on a row, wherever it stands in a JSON report.
fn verdict<'r>(report: &'r Value, row: &str) -> Option<&'r str> {
    match report {
        Value::Object(members) if members.get("id").and_then(Value::as_str) == Some(row) => {
            members.get("verdict").and_then(Value::as_str)
        }
        Value::Object(members) => members.values().find_map(|member| verdict(member, row)),
        Value::Array(items) => items.iter().find_map(|item| verdict(item, row)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[test]
fn the_runner_follows_every_way_in_which_the_mock_tells_of_further_pages() {
    let mut names: Vec<String> = fs::read_dir(FOLDER)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path().display().to_string())
        .collect();
    names.sort();
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        let (code, output, errors) = told(&etalon(&["test", &name, "--report", "json=-"]));
        assert_eq!(code, Some(0), "{name}\n{output}\n{errors}");
        let report: Value = serde_json::from_str(&output).expect("the report is JSON");
        let row = "listThings story pages-are-complete";
        assert_eq!(verdict(&report, row), Some("proved"), "{name}\n{errors}");
    }
}
