//! One value against one schema: valid or not, and its violations.

use jsonschema::Validator;
use serde_json::Value;

use crate::document::{Defect, Location};
use crate::model::{Contract, Direction};
use crate::rule::{Breach, Keyword, Subject};
use crate::validate::Violation;
use crate::validate::budget::{TO_EXPLAIN, TO_JUDGE, within};
use crate::validate::compile::validator;
use crate::validate::error::{MAX_VIOLATIONS, breadth, collect};

/// The violations of a value against the schema at a location, 100 at most; empty where it is valid.
///
/// # Errors
/// The defect that makes the schema itself unusable.
pub fn value(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    subject: &Subject,
    instance: &Value,
) -> Result<Vec<Violation>, Defect> {
    Ok(judge(contract, &*validator(contract, at, direction)?, (at, direction), subject, instance))
}

/// The violations of a value of a schema that is compiled already; `at` and `direction` are those of the schema.
pub(crate) fn judge(
    contract: &Contract,
    validator: &Validator,
    (at, direction): (&Location, Direction),
    subject: &Subject,
    instance: &Value,
) -> Vec<Violation> {
    let whole = |breach: Breach, message: &str| vec![Violation::whole(subject.clone(), breach, message)];
    match within(TO_JUDGE, || validator.is_valid(instance)) {
        Some(true) => return Vec::new(),
        Some(false) => {}
        None => return whole(Breach::Undecided, "it takes too many steps to compare it with all alternatives"),
    }
    let explained = within(TO_EXPLAIN, || {
        let (mut found, mut counted) = (Vec::new(), 0usize);
        for error in validator.iter_errors(instance) {
            counted = counted.saturating_add(breadth(&error));
            if found.len() < MAX_VIOLATIONS {
                collect(contract, &error, subject, (at, direction), &mut found);
            }
        }
        found.truncate(MAX_VIOLATIONS);
        let more = counted.saturating_sub(found.len());
        if let Some(last) = found.last_mut() {
            last.more = more;
        }
        found
    });
    let first = || {
        let mut found = Vec::new();
        if let Err(error) = validator.validate(instance) {
            collect(contract, &error, subject, (at, direction), &mut found);
        }
        found
    };
    match explained.or_else(|| within(TO_EXPLAIN, first)) {
        Some(found) => found,
        None => whole(
            Breach::Keyword { keyword: Keyword::False, at: at.clone(), member: None },
            "it breaks the schema in more ways than can be told",
        ),
    }
}

/// True where a value violates nothing; false also where that takes too many steps to tell.
///
/// # Errors
/// The defect that makes the schema itself unusable.
pub fn is_valid(contract: &Contract, at: &Location, direction: Direction, instance: &Value) -> Result<bool, Defect> {
    Ok(decide(contract, at, direction, instance)?.unwrap_or(false))
}

/// The same; `None` where it takes too many steps to tell.
pub(crate) fn decide(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    instance: &Value,
) -> Result<Option<bool>, Defect> {
    let validator = validator(contract, at, direction)?;
    Ok(within(TO_JUDGE, || validator.is_valid(instance)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Document, NoFiles, Pointer, Source};

    fn contract(schema: &Value) -> (Contract, Location) {
        let root = json!({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}, "components": {"schemas": {
            "It": schema,
            "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}, "lives": {"type": "integer", "maximum": 9}}},
            "Dog": {"type": "object", "required": ["kind", "bark"], "properties": {"kind": {"type": "string"}, "bark": {"type": "string", "maxLength": 3}}}
        }}});
        let text = root.to_string();
        let source = Source { name: "api.json", bytes: text.as_bytes() };
        let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("a document"));
        (contract, Location::entry(Pointer::parse("/components/schemas/It").expect("a pointer")))
    }

    fn found(schema: &Value, instance: &str) -> Vec<Violation> {
        let (contract, at) = contract(schema);
        let instance: Value = serde_json::from_str(instance).expect("JSON");
        value(&contract, &at, Direction::Request, &Subject::Body, &instance).expect("a schema")
    }

    fn told(schema: &Value, instance: &str) -> Vec<(String, String)> {
        let causes = found(schema, instance).into_iter().flat_map(|violation| violation.causes);
        causes.map(|cause| (cause.pointer.as_str().to_owned(), cause.message)).collect()
    }

    fn pets(mapping: &Value) -> Value {
        json!({
            "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
            "discriminator": {"propertyName": "kind", "mapping": mapping}
        })
    }

    #[test]
    fn the_alternative_that_the_discriminator_names_is_the_one_that_speaks() {
        let long = vec![("/bark".to_owned(), "\"woof\" has 4 characters, more than 3".to_owned())];
        let mapping = json!({"d": "Dog", "dog": "#/components/schemas/Dog"});
        for kind in ["d", "dog", "Dog"] {
            let sent = format!(r#"{{"kind": "{kind}", "bark": "woof", "lives": 10}}"#);
            assert_eq!(told(&pets(&mapping), &sent), long, "{kind}");
        }
        let sent = r#"{"kind": "Dog", "lives": 10}"#;
        assert_eq!(told(&pets(&json!({})), sent), [("/bark".into(), "the member \"bark\" is missing".into())]);
        // It says whose complaints are told, never whether a value is valid.
        assert_eq!(found(&pets(&json!({})), r#"{"kind": "Dog", "lives": 9}"#), []);
    }

    #[test]
    fn a_discriminator_that_names_nothing_is_told_at_its_place() {
        let sent = r#"{"kind": "Fish", "lives": 10}"#;
        let known = "\"Fish\" names none of the alternatives \"Cat\", \"Dog\"";
        assert_eq!(told(&pets(&json!({})), sent), [("/kind".into(), known.into())]);
        let unsaid = told(&pets(&json!({})), "{}");
        assert_eq!(unsaid.len(), 1);
        assert_eq!(unsaid[0].0, "/kind");
    }

    #[test]
    fn without_a_discriminator_the_nearest_alternative_speaks() {
        let schema = json!({"anyOf": [{"type": "string"}, {"type": "object", "properties": {"a": {"minimum": 3}}}]});
        assert_eq!(told(&schema, r#"{"a": 1}"#), [("/a".into(), "1 is less than 3".into())]);
    }

    #[test]
    fn decimals_are_exact() {
        let cents = json!({"multipleOf": 0.01});
        for good in ["0.07", "1.10", "19.99", "123456789012345678.91", "1e2", "4.35", "-0.29"] {
            assert_eq!(found(&cents, good), [], "{good}");
        }
        for bad in ["0.075", "19.999", "1e-3", "123456789012345678.911"] {
            assert_eq!(found(&cents, bad).len(), 1, "{bad}");
        }
        let large: Value = serde_json::from_str(r#"{"maximum": 9007199254740993}"#).expect("JSON");
        assert_eq!(found(&large, "9007199254740993"), []);
        assert_eq!(found(&large, "9007199254740994").len(), 1);
        let only: Value = serde_json::from_str(r#"{"const": 9007199254740993}"#).expect("JSON");
        assert_eq!(found(&only, "9007199254740992").len(), 1);
        assert_eq!(found(&json!({"type": "integer"}), "1.0"), []);
        assert_eq!(found(&json!({"type": "integer"}), "1e400"), []);
        assert_eq!(found(&json!({"type": "integer"}), "1e-400").len(), 1);
    }

    #[test]
    fn numbers_of_large_exponents_are_compared_by_them() {
        let numbers = |count: u32| {
            let texts: Vec<String> = (0..count).map(|number| format!("1e-{}", 999 - number % 300)).collect();
            format!("[{}]", texts.join(","))
        };
        let some = json!({"items": {"minimum": 0, "maximum": 1, "multipleOf": 0.5, "enum": [1, 2, "x", null]}});
        assert_eq!(found(&some, &numbers(40)).len(), 2 * 40, "no multiple, and none of the list");
        assert_eq!(found(&json!({"uniqueItems": true}), &numbers(300)), []);
        assert_eq!(found(&json!({"uniqueItems": true}), &numbers(301)).len(), 1);
        let told = found(&json!({"minimum": 1}), "1e-999");
        assert_eq!((told[0].message.as_str(), &told[0].limit), ("1e-999 is less than 1", &json!(1)));
        let told = found(&json!({"properties": {"a": {"enum": [1.0, "b"]}}}), r#"{"a": 2}"#);
        assert_eq!((told[0].message.as_str(), told[0].pointer.as_str()), ("2 is none of [1.0,\"b\"]", "/a"));
        let it = json!({"$defs": {"n": {"maximum": 3}}, "properties": {"a": {"$ref": "#/components/schemas/Cat/properties/lives"}}});
        let told = found(&it, r#"{"a": 10}"#);
        let Breach::Keyword { keyword, at, .. } = &told[0].breach else { panic!("{told:?}") };
        assert_eq!(
            (*keyword, at.pointer.as_str()),
            (Keyword::Maximum, "/components/schemas/Cat/properties/lives/maximum")
        );
        for (schema, good, bad) in [
            (json!({"const": {"a": [1]}}), r#"{"a": [1.0]}"#, r#"{"a": [2]}"#),
            (json!({"enum": ["a", "b"]}), "\"a\"", "\"c\""),
            (json!({"enum": [0, null]}), "-0.0", "false"),
            (json!({"exclusiveMaximum": 1}), "0.99999999999999999999", "1.0"),
            (json!({"exclusiveMinimum": 0}), "1e-999", "0"),
            (
                json!({"uniqueItems": true}),
                "[1, \"1\", true, [1], {}]",
                "[{\"a\": 1, \"b\": 2}, {\"b\": 2.0, \"a\": 1}]",
            ),
        ] {
            assert_eq!(found(&schema, good), [], "{schema}");
            assert_eq!(found(&schema, bad).len(), 1, "{schema}");
        }
    }

    #[test]
    fn length_is_counted_in_code_points() {
        assert_eq!(found(&json!({"maxLength": 1}), "\"😀\""), []);
        assert_eq!(found(&json!({"minLength": 2}), "\"😀\"").len(), 1);
    }

    #[test]
    fn violations_are_bounded_and_short_however_large_the_value() {
        let many = format!("[{}1]", "1,".repeat(5_000));
        let told = found(&json!({"items": {"type": "string"}}), &many);
        assert_eq!(told.len(), MAX_VIOLATIONS);
        assert_eq!(told.last().map(|last| last.more), Some(5_001 - MAX_VIOLATIONS));
        let members: Vec<String> = (0..5_000).map(|number| format!("\"m{number}\":0")).collect();
        let told = found(
            &json!({"properties": {"a": {}}, "additionalProperties": false}),
            &format!("{{{}}}", members.join(",")),
        );
        assert_eq!((told.len(), told.last().map(|last| last.more)), (MAX_VIOLATIONS, Some(4_900)));
        // To look at all of these would take too much memory; one is enough to refuse it.
        let more = format!("[{}1]", "1,".repeat(50_000));
        assert_eq!(found(&json!({"items": {"type": "string"}}), &more).len(), 1);
        let long = format!(r#"["{}"]"#, "x".repeat(1_000_000));
        let told = found(&json!({"type": "object"}), &long);
        assert!(told[0].message.len() < 300, "{}", told[0].message);
        let named = format!(r#"{{"{}": 1}}"#, "x".repeat(1_000_000));
        let told = found(&json!({"additionalProperties": false}), &named);
        assert!(told[0].message.len() < 300, "{}", told[0].message);
    }

    #[test]
    fn a_pattern_that_would_explode_is_decided_or_said_to_be_undecided() {
        let text = format!("\"{}!\"", "a".repeat(50_000));
        assert_eq!(found(&json!({"pattern": "^(a+)+$"}), &text).len(), 1);
        let told = found(&json!({"pattern": "^(?=(a+)+$)(a+)+$"}), &text);
        assert_eq!(told.len(), 1);
    }

    #[test]
    fn references_that_double_without_going_deeper_end() {
        for word in ["oneOf", "anyOf"] {
            let mut schemas = serde_json::Map::new();
            for number in 0..40 {
                let next = json!({"$ref": format!("#/components/schemas/S{}", number + 1)});
                schemas.insert(format!("S{number}"), json!({word: [next, next, {"type": "null"}]}));
            }
            schemas.insert("S40".to_owned(), json!({"type": "string"}));
            let root = json!({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {},
                "components": {"schemas": schemas}});
            let text = root.to_string();
            let source = Source { name: "api.json", bytes: text.as_bytes() };
            let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("a document"));
            let at = Location::entry(Pointer::parse("/components/schemas/S0").expect("a pointer"));
            let told = value(&contract, &at, Direction::Request, &Subject::Body, &json!(7)).expect("a schema");
            assert_eq!(
                told.iter().map(|violation| &violation.breach).collect::<Vec<_>>(),
                [&Breach::Undecided],
                "{word}"
            );
        }
    }

    #[test]
    fn alternatives_that_double_at_each_level_end() {
        let it = json!({"$ref": "#/components/schemas/It"});
        let again = json!({"required": ["a"], "properties": {"a": it, "b": {"type": "string"}}});
        for word in ["oneOf", "anyOf", "allOf"] {
            let schema = json!({word: [again, again], "type": "object"});
            let deep = format!("{}1{}", "{\"a\":".repeat(100), "}".repeat(100));
            let told = found(&schema, &deep);
            assert_eq!(told.len(), 1, "{word} {told:?}");
        }
    }

    #[test]
    fn too_few_and_too_many_matching_items_are_counted() {
        let messages = |schema: Value, instance: &str| -> Vec<String> {
            found(&schema, instance).into_iter().map(|violation| violation.message).collect()
        };
        let even = json!({"multipleOf": 2});
        assert_eq!(messages(json!({"contains": even}), "[1, 3]"), ["no item matches `contains`"]);
        assert_eq!(
            messages(json!({"contains": even, "minContains": 2}), "[1, 2]"),
            ["1 item matches `contains`, fewer than 2"]
        );
        assert_eq!(
            messages(json!({"contains": even, "maxContains": 1}), "[2, 3, 4]"),
            ["2 items match `contains`, more than 1"]
        );
        assert_eq!(messages(json!({"not": {"type": "integer"}}), "7"), ["7 matches the schema under `not`"]);
    }
}
