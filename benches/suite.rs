//! The required part of the JSON-Schema-Test-Suite, judged by the way that contracts are: draft 2020-12 as schemas of an
//! OpenAPI 3.1 document, draft 4 as schemas of an OpenAPI 3.0 document where that dialect has all of their keywords. The
//! suite is named by the first argument, or by `ETALON_CORPUS` with the suite within; without it the program says so and
//! stops. Exceptions are named with their reason; one without a reason is a failure.

#![expect(clippy::print_stdout, reason = "a report program prints its report")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use etalon_contract::document::{Document, Location, NoFiles, Pointer, Source};
use etalon_contract::model::{Contract, Direction};
use etalon_contract::rule::Subject;
use etalon_contract::validate;
use serde_json::{Value, json};

/// The keywords of the Schema Object of OpenAPI 3.0 that act (OpenAPI 3.0.4 §4.7.24).
const ACTING_IN_3_0: [&str; 25] = [
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
    "required",
    "enum",
    "type",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "items",
    "properties",
    "additionalProperties",
    "format",
    "$ref",
];

/// Keywords that say nothing about values.
const SILENT: [&str; 4] = ["$schema", "$comment", "description", "default"];

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: Vec<(String, String)>,
    inapplicable: BTreeMap<String, usize>,
}

fn main() {
    let argument = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let within = |corpus: String| Path::new(&corpus).join("open/_suites/json-schema-test-suite");
    let Some(suite) = argument.map(PathBuf::from).or_else(|| std::env::var("ETALON_CORPUS").ok().map(within)) else {
        println!("SKIPPED: name the JSON-Schema-Test-Suite by an argument, or its corpus by ETALON_CORPUS");
        return;
    };
    let mut unexplained = report("draft 2020-12 in OpenAPI 3.1", &run(&suite.join("tests/draft2020-12"), &new_dialect));
    unexplained += report("draft 4 in OpenAPI 3.0", &run(&suite.join("tests/draft4"), &old_dialect));
    assert!(unexplained == 0, "{unexplained} exceptions have no reason");
}

fn report(name: &str, tally: &Tally) -> usize {
    let inapplicable: usize = tally.inapplicable.values().sum();
    let total = tally.passed + tally.failed.len();
    println!("\n{name}: {} of {total} as the suite says, {inapplicable} not applicable", tally.passed);
    for (reason, count) in &tally.inapplicable {
        println!("  {count:>4} not applicable: {reason}");
    }
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (test, _) in &tally.failed {
        reasons.entry(reason(test)).or_default().push(test);
    }
    for (reason, tests) in &reasons {
        println!("  {:>4} exceptions: {reason}", tests.len());
        for test in tests {
            let why = &tally.failed.iter().find(|(failed, _)| failed == test).expect("it is one of them").1;
            println!("         {test} ({why})");
        }
    }
    reasons.get(UNEXPLAINED).map_or(0, Vec::len)
}

const UNEXPLAINED: &str = "UNEXPLAINED";

/// The reason why a test comes out otherwise than the suite says; `UNEXPLAINED` where none is known.
fn reason(test: &str) -> &'static str {
    let file = test.split('.').next().unwrap_or("");
    match file {
        "format" => "formats are asserted, as contracts mean them; the suite takes them as annotations",
        "refRemote" => "nothing is fetched from a network",
        "vocabulary" => "dialects of one's own are refused; nothing is fetched from a network",
        "dynamicRef" | "unevaluatedItems" | "unevaluatedProperties"
            if file == "dynamicRef" || test.contains("$dynamicRef") =>
        {
            "`$dynamicRef` is followed to what it means where it stands, not where it is used; the lint says so"
        }
        _ if test.contains("remote ref, containing refs itself")
            || test.contains("validate definition against metaschema")
            || test.contains("ref to meta") =>
        {
            "nothing is fetched from a network, the meta-schemas neither"
        }
        _ => UNEXPLAINED,
    }
}

/// A function that makes a document of a schema, or says why it has none.
type Dialect = dyn Fn(&Value) -> Result<Value, String>;

fn new_dialect(schema: &Value) -> Result<Value, String> {
    let mut schema = schema.clone();
    if let Value::Object(members) = &mut schema {
        // Its references are relative to itself, not to the document.
        members.entry("$id").or_insert_with(|| json!("https://suite.example/it"));
    }
    Ok(
        json!({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}, "components": {"schemas": {"It": schema}}}),
    )
}

fn old_dialect(schema: &Value) -> Result<Value, String> {
    check_old(schema)?;
    let mut schema = schema.clone();
    relocate(&mut schema);
    Ok(
        json!({"openapi": "3.0.4", "info": {"title": "x", "version": "1"}, "paths": {}, "components": {"schemas": {"It": schema}}}),
    )
}

fn check_old(schema: &Value) -> Result<(), String> {
    let Value::Object(members) = schema else { return Ok(()) };
    for (keyword, value) in members {
        match (keyword.as_str(), value) {
            ("type", Value::Array(_)) => return Err("OpenAPI 3.0 has no list of types".to_owned()),
            ("type", Value::String(name)) if name == "null" => {
                return Err("OpenAPI 3.0 has no type null".to_owned());
            }
            ("items", Value::Array(_)) => return Err("OpenAPI 3.0 has no list of item schemas".to_owned()),
            ("$ref", _) if members.len() > 1 => {
                return Err("a `$ref` with others beside it is no Reference Object".to_owned());
            }
            ("$ref", Value::String(to)) if !to.starts_with('#') => {
                return Err("it refers to another document".to_owned());
            }
            ("$ref", Value::String(to)) if to.contains("definitions") => {
                return Err("OpenAPI 3.0 does not know `definitions`".to_owned());
            }
            ("properties", Value::Object(named)) => named.values().try_for_each(check_old)?,
            ("allOf" | "anyOf" | "oneOf", Value::Array(all)) => all.iter().try_for_each(check_old)?,
            ("items" | "not" | "additionalProperties", child) => check_old(child)?,
            (known, _) if ACTING_IN_3_0.contains(&known) || SILENT.contains(&known) => {}
            (unknown, _) => return Err(format!("OpenAPI 3.0 does not know `{unknown}`")),
        }
    }
    Ok(())
}

/// References of a schema that is its own document, as references within the OpenAPI document.
fn relocate(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (keyword, value) in members {
                if let Value::String(to) = value
                    && keyword == "$ref"
                {
                    *to = format!("#/components/schemas/It{}", to.trim_start_matches('#').trim_end_matches('/'));
                } else {
                    relocate(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(relocate),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn run(folder: &Path, dialect: &Dialect) -> Tally {
    let mut tally = Tally::default();
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    for file in files {
        let bytes = fs::read(&file).expect("it is listed");
        let groups: Value = serde_json::from_slice(&bytes).expect("the suite is JSON");
        let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        for group in groups.as_array().into_iter().flatten() {
            let tests = group["tests"].as_array().map_or(&[][..], Vec::as_slice);
            let root = match dialect(&group["schema"]) {
                Ok(root) => root.to_string(),
                Err(why) => {
                    *tally.inapplicable.entry(why).or_default() += tests.len();
                    continue;
                }
            };
            let source = Source { name: "suite.json", bytes: root.as_bytes() };
            let contract = Document::load(source, &[], &NoFiles).map(Contract::new);
            let at = Location::entry(Pointer::parse("/components/schemas/It").expect("it is a pointer"));
            for test in tests {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let name = format!("{stem}. {}: {}", text(&group["description"]), text(&test["description"]));
                let verdict = match &contract {
                    Ok(contract) => validate::value(contract, &at, Direction::Request, &Subject::Body, &test["data"])
                        .map(|violations| violations.is_empty())
                        .map_err(|defect| defect.reason),
                    Err(diagnostics) => Err(diagnostics.first().map_or(String::new(), ToString::to_string)),
                };
                match verdict {
                    Ok(valid) if Some(valid) == test["valid"].as_bool() => tally.passed += 1,
                    Ok(valid) => tally.failed.push((name, format!("valid: {valid}"))),
                    Err(why) => tally.failed.push((name, why.chars().take(120).collect())),
                }
            }
        }
    }
    tally
}
