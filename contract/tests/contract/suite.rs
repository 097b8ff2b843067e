//! The schemas of the JSON-Schema-Test-Suite (2020-12): whether a valid value is made of each that has one, and an invalid
//! one. The suite is not part of the repository: `ETALON_CORPUS` names the folder that holds it, and without it the test
//! says that it was skipped.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use etalon_contract::document::{Document, Location, NoFiles, Source};
use etalon_contract::generate::{self, Numbers, Seeded};
use etalon_contract::model::{Contract, Direction};
use etalon_contract::rule::{self, Row, Rule, Side, Subject};
use etalon_contract::validate;
use serde_json::{Value, json};

/// The folder of the suite within the corpus.
const FOLDER: &str = "open/_suites/json-schema-test-suite/tests/draft2020-12";

/// Files about what documents of OpenAPI do not have: other dialects, remote schemas, dynamic references.
const OUTSIDE: [&str; 4] = ["dynamicRef.json", "refRemote.json", "vocabulary.json", "format.json"];

/// Schemas of which no value, or no invalid value, is made though there is one: file, schema, what is missing.
const EXCEPTIONS: &[(&str, &str, &str)] = &include!("suite_exceptions.in");

struct Case {
    file: String,
    description: String,
    schema: Value,
    valid: bool,
    invalid: bool,
}

fn cases() -> Option<Vec<Case>> {
    let folder = PathBuf::from(std::env::var("ETALON_CORPUS").ok()?).join(FOLDER);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    let mut cases = Vec::new();
    for path in files {
        let file = path.file_name().and_then(|name| name.to_str()).expect("a plain name").to_owned();
        if OUTSIDE.contains(&file.as_str()) {
            continue;
        }
        let groups: Value = serde_json::from_slice(&fs::read(&path).expect("it can be read")).expect("it is JSON");
        for group in groups.as_array().expect("a list of groups") {
            let tests = group["tests"].as_array().expect("a list of tests");
            cases.push(Case {
                file: file.clone(),
                description: group["description"].as_str().expect("a text").to_owned(),
                schema: group["schema"].clone(),
                valid: tests.iter().any(|test| test["valid"] == true),
                invalid: tests.iter().any(|test| test["valid"] == false),
            });
        }
    }
    Some(cases)
}

/// The schema as the body of an operation; references to the whole of it lead to where it stands now.
fn contract(schema: &Value) -> Option<Contract> {
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "suite", "version": "1"},
        "paths": {"/": {"post": {
            "operationId": "send",
            "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/case"}}}},
            "responses": {"200": {"description": "done"}},
        }}},
        "components": {"schemas": {"case": moved(schema.clone())}},
    });
    let text = document.to_string();
    let source = Source { name: "suite.json", bytes: text.as_bytes() };
    Document::load(source, &[], &NoFiles).ok().map(Contract::new)
}

fn moved(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| match (name.as_str(), &value) {
                    ("$ref", Value::String(reference)) if reference == "#" || reference.starts_with("#/") => {
                        let tail = reference.trim_start_matches('#');
                        (name, Value::String(format!("#/components/schemas/case{tail}")))
                    }
                    _ => (name, moved(value)),
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(moved).collect()),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
    }
}

fn makes_valid(contract: &Contract) -> bool {
    let at = Location::entry(["components", "schemas", "case"].iter().collect());
    let made = generate::value(contract, &at, Direction::Request, &mut Numbers::new(&[]))
        .or_else(|_| generate::value(contract, &at, Direction::Request, &mut Seeded::new(1, ["suite"])));
    made.is_ok_and(|made| {
        validate::value(contract, &at, Direction::Request, &Subject::Body, &made).is_ok_and(|found| found.is_empty())
    })
}

/// An invalid body: by a row of the contract, which names what is broken, or any where there is no valid one beside it.
fn makes_invalid(contract: &Contract) -> bool {
    let Ok(operation) = contract.operation(0) else { return false };
    let past = |row: &Row| {
        row.subject == Subject::Body && matches!(&row.rule, Rule::Limit(limit) if limit.side() == Side::Past)
    };
    let at = Location::entry(["components", "schemas", "case"].iter().collect());
    let broken = rule::rows(contract, operation).iter().filter(|row| past(row)).any(|row| {
        (0..generate::variants(row))
            .any(|variant| generate::breach(contract, operation, row, variant, &mut Seeded::new(1, ["suite"])).is_ok())
    });
    broken
        || generate::invalid(contract, &at, Direction::Request, &mut Seeded::new(1, ["suite"])).is_ok_and(|made| {
            validate::value(contract, &at, Direction::Request, &Subject::Body, &made)
                .is_ok_and(|found| !found.is_empty())
        })
}

#[test]
#[expect(clippy::print_stdout, reason = "what was skipped, and how far it reaches, is told to whoever runs it")]
fn each_schema_of_the_suite_has_a_valid_and_an_invalid_value() {
    let Some(cases) = cases() else {
        println!("SKIPPED: ETALON_CORPUS names no folder with the JSON-Schema-Test-Suite");
        return;
    };
    let mut missing: Vec<(String, String, &str)> = Vec::new();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for case in &cases {
        let contract = contract(&case.schema);
        let mut see = |what: &'static str, wanted: bool, made: &dyn Fn(&Contract) -> bool| {
            if !wanted {
                return;
            }
            let count = counts.entry(what).or_default();
            count.1 += 1;
            if contract.as_ref().is_some_and(made) {
                count.0 += 1;
            } else {
                missing.push((case.file.clone(), case.description.clone(), what));
            }
        };
        see("valid", case.valid, &makes_valid);
        see("invalid", case.invalid, &makes_invalid);
    }
    println!("{} schemas: {counts:?}", cases.len());
    let known = |(file, description, what): &(String, String, &str)| {
        EXCEPTIONS.contains(&(file.as_str(), description.as_str(), *what))
    };
    let unexpected: Vec<String> = missing
        .iter()
        .filter(|case| !known(case))
        .map(|(file, description, what)| format!("    ({file:?}, {description:?}, {what:?}),"))
        .collect();
    assert!(unexpected.is_empty(), "nothing was made for these:\n{}", unexpected.join("\n"));
}
