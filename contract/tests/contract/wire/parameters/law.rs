//! The law over every parameter style and place: what is written is read back, or was refused.

use proptest::prelude::{Strategy, any, prop};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use serde_json::{Map, Value, json};

use etalon_contract::codec::{Reading, encode};

use crate::wire::parameters::{array_schema, draft, object_schema, operation, parameter, read, wire};

/// The table of OpenAPI "Style Examples", with the escapes of 3.0.4 and later.
pub(crate) const TABLE: &[(&str, &str, bool, &str, &str, &str)] = &[
    ("path", "simple", false, "/x/blue", "/x/blue,black,brown", "/x/R,100,G,200"),
    ("path", "simple", true, "/x/blue", "/x/blue,black,brown", "/x/R=100,G=200"),
    ("path", "label", false, "/x/.blue", "/x/.blue,black,brown", "/x/.R,100,G,200"),
    ("path", "label", true, "/x/.blue", "/x/.blue.black.brown", "/x/.R=100.G=200"),
    ("path", "matrix", false, "/x/;p=blue", "/x/;p=blue,black,brown", "/x/;p=R,100,G,200"),
    ("path", "matrix", true, "/x/;p=blue", "/x/;p=blue;p=black;p=brown", "/x/;R=100;G=200"),
    ("query", "form", false, "/x?p=blue", "/x?p=blue,black,brown", "/x?p=R,100,G,200"),
    ("query", "form", true, "/x?p=blue", "/x?p=blue&p=black&p=brown", "/x?R=100&G=200"),
    ("query", "spaceDelimited", false, "/x?p=blue", "/x?p=blue%20black%20brown", "/x?p=R%20100%20G%20200"),
    ("query", "spaceDelimited", true, "/x?p=blue", "/x?p=blue&p=black&p=brown", "/x?R=100&G=200"),
    ("query", "pipeDelimited", false, "/x?p=blue", "/x?p=blue%7Cblack%7Cbrown", "/x?p=R%7C100%7CG%7C200"),
    (
        "query",
        "deepObject",
        true,
        "/x?p=blue",
        "/x?p%5B0%5D=blue&p%5B1%5D=black&p%5B2%5D=brown",
        "/x?p%5BR%5D=100&p%5BG%5D=200",
    ),
    ("header", "simple", false, "blue", "blue,black,brown", "R,100,G,200"),
    ("header", "simple", true, "blue", "blue,black,brown", "R=100,G=200"),
    ("cookie", "form", false, "p=blue", "p=blue,black,brown", "p=R,100,G,200"),
    ("cookie", "form", true, "p=blue", "", ""),
    ("cookie", "cookie", false, "p=blue", "p=blue,black,brown", "p=R,100,G,200"),
    ("cookie", "cookie", true, "p=blue", "p=blue; p=black; p=brown", "R=100; G=200"),
];

#[test]
fn every_style_is_written_and_read_as_the_specification_shows() {
    for &(place, style, explode, one, list, members) in TABLE {
        let cases = [
            (json!({"type": "string"}), json!("blue"), one),
            (array_schema(), json!(["blue", "black", "brown"]), list),
            (object_schema(), json!({"R": 100, "G": 200}), members),
        ];
        for (schema, value, expected) in cases {
            let contract = parameter(place, style, explode, &schema);
            let written = encode(&contract, operation(&contract), &draft(&contract, &value));
            match written {
                Ok(request) => {
                    assert_eq!(wire(&request), expected, "{place} {style} explode={explode} {value}");
                    assert_eq!(read(&contract, &request), Reading::Value(value));
                }
                Err(refused) => assert_eq!(expected, "", "{place} {style} explode={explode} {value}: {refused}"),
            }
        }
    }
}

/// Texts that are hard to carry, and texts that are easily mistaken for something else.
fn text() -> impl Strategy<Value = String> {
    let awkward = [
        "", " ", ".", "..", ",", ";", "=", "&", "|", "+", "%", "%20", "%2C", "/", "\\", "?", "#", "[", "]", "a,b",
        "a b", "a.b", "a|b", "a;b=c", "null", "true", "1", "1.50", "é", "😀", "\0", "\r\n", "\t", "\u{7f}", "\"", "p",
        "R", "x=1",
    ];
    proptest::prop_oneof!["[a-z]{1,4}", prop::sample::select(awkward.to_vec()).prop_map(str::to_owned), any::<String>(),]
}

fn schemas() -> impl Strategy<Value = Value> {
    let one = prop::sample::select(vec![
        json!({"type": "string"}),
        json!({"type": "integer"}),
        json!({"type": "boolean"}),
        json!({"type": ["number", "null"]}),
        json!({"$ref": "#/components/schemas/Size"}),
        json!({"enum": [1, "a", true, null]}),
        json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}),
        json!({}),
    ]);
    let list = one.clone().prop_map(|items| json!({"type": "array", "items": items}));
    let members = one.clone().prop_map(|member| json!({"type": "object", "properties": {"R": member, "a,b": {}}}));
    let closed = one.clone().prop_map(
        |member| json!({"type": "object", "properties": {"R": member, "p": {}}, "additionalProperties": false}),
    );
    proptest::prop_oneof![
        one.clone(),
        list,
        members,
        closed,
        one.prop_map(|one| json!({"type": ["string", "array"], "items": one}))
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let one = proptest::prop_oneof![
        text().prop_map(Value::String),
        prop::sample::select(vec![
            json!(0),
            json!(-1),
            json!(1.5),
            json!(9_007_199_254_740_993_u64),
            json!(true),
            Value::Null
        ]),
    ];
    let key = proptest::prop_oneof![prop::sample::select(vec!["R", "G", "p", "a,b"]).prop_map(str::to_owned), text()];
    let list = prop::collection::vec(one.clone(), 0..4).prop_map(Value::Array);
    let members = prop::collection::vec((key, one.clone()), 0..3)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()));
    proptest::prop_oneof![one.clone(), list, members, one.prop_map(|one| json!([[one]]))]
}

#[test]
fn what_is_written_is_read_back_or_was_refused() {
    for (number, &(place, style, explode, ..)) in TABLE.iter().enumerate() {
        let seed = u64::try_from(number).expect("a small number");
        let config =
            Config { cases: 600, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new(config);
        let counter = std::cell::Cell::new(0);
        runner
            .run(&(schemas(), values()), |(schema, value)| {
                let contract = parameter(place, style, explode, &schema);
                let Ok(request) = encode(&contract, operation(&contract), &draft(&contract, &value)) else {
                    return Ok(());
                };
                counter.set(counter.get() + 1);
                if !request.target.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Err(TestCaseError::fail(format!("not a request target: {}", request.target)));
                }
                let read = read(&contract, &request);
                if matches!(&read, Reading::Value(found) if *found == value) {
                    return Ok(());
                }
                Err(TestCaseError::fail(format!("{} was read as {read:?}", wire(&request))))
            })
            .unwrap_or_else(|failure| panic!("{place} {style} explode={explode}: {failure}"));
        let written = counter.get();
        assert!(written > 15, "{place} {style} explode={explode} wrote only {written} of 600 values");
    }
}

/// Texts that a style must be able to carry: all but its own delimiters where it cannot escape them.
fn carried(place: &str, style: &str) -> &'static str {
    match (place, style) {
        (_, "spaceDelimited") => "[a-z0-9é😀,;=/%+&|?#]{1,6}",
        ("header", "pipeDelimited") => "[a-z0-9,;=/%+&?#]{1,6}",
        (_, "pipeDelimited") => "[a-z0-9é😀,;=/%+& ?#]{1,6}",
        ("header", _) => "[a-z0-9;=/%+&|?#.]{1,6}",
        ("cookie", "cookie") => "[a-z0-9=/%+&|?#.]{1,6}",
        (_, "label") => "[a-z0-9é😀,;=/%+& |?#]{1,6}",
        _ => "[a-z0-9é😀,;=/%+& |?#]{1,6}\\.?",
    }
}

#[test]
fn nothing_that_a_style_can_carry_is_refused() {
    let strings = json!({"type": "object", "properties": {"R": {"type": "string"}, "G": {"type": "string"}}});
    for (number, &(place, style, explode, _, list, members)) in TABLE.iter().enumerate() {
        let one = parameter(place, style, explode, &json!({"type": "string"}));
        let array = parameter(place, style, explode, &array_schema());
        let object = parameter(place, style, explode, &strings);
        let seed = u64::try_from(number).expect("a small number");
        let config =
            Config { cases: 100, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
        TestRunner::new(config)
            .run(&prop::collection::vec(carried(place, style), 2..4), |texts| {
                let two = json!({"R": texts[0], "G": texts[1]});
                let cases = [(&one, json!(texts[0]), "always"), (&array, json!(texts), list), (&object, two, members)];
                for (contract, value, expected) in cases {
                    if let Err(refused) = encode(contract, operation(contract), &draft(contract, &value))
                        && !expected.is_empty()
                    {
                        return Err(TestCaseError::fail(format!("{value}: {refused}")));
                    }
                }
                Ok(())
            })
            .unwrap_or_else(|failure| panic!("{place} {style} explode={explode}: {failure}"));
    }
}

#[test]
fn what_servers_read_differently_is_refused() {
    let refused = [
        ("path", "simple", false, json!({"type": "string"}), json!("")),
        ("path", "simple", false, json!({"type": "string"}), json!(".")),
        ("path", "simple", false, json!({"type": "string"}), json!("..")),
        ("path", "label", true, array_schema(), json!(["a.b"])),
        ("query", "form", true, array_schema(), json!([])),
        ("query", "form", true, array_schema(), json!([""])),
        ("query", "form", true, json!({"type": "string"}), Value::Null),
        ("query", "form", true, json!({"type": "string"}), json!(5)),
        ("query", "form", true, json!({"type": "integer"}), json!("5")),
        ("query", "form", true, object_schema(), json!({})),
        ("query", "form", true, object_schema(), json!({"B": 1})),
        ("query", "form", false, json!({"type": "array"}), json!([["a"]])),
        ("query", "spaceDelimited", false, array_schema(), json!(["a b", "c"])),
        ("query", "pipeDelimited", false, array_schema(), json!(["a|b", "c"])),
        ("query", "deepObject", true, json!({"type": "object"}), json!({"a": {"b": 1}})),
        ("query", "deepObject", true, json!({"type": "object"}), json!({"a]": "b"})),
        ("header", "simple", false, array_schema(), json!(["a,b"])),
        ("header", "simple", false, array_schema(), json!(["a", "", "b"])),
        ("header", "simple", false, json!({"type": "string"}), json!("a\r\nb: c")),
        ("header", "simple", false, json!({"type": "string"}), json!(" a")),
        ("header", "simple", false, json!({"type": "string"}), json!("é")),
        ("header", "simple", true, object_schema(), json!({"R": "1,G=2"})),
        ("cookie", "cookie", false, json!({"type": "string"}), json!("a;b")),
        ("cookie", "cookie", false, json!({"type": "string"}), json!("a b")),
    ];
    for (place, style, explode, schema, value) in refused {
        let contract = parameter(place, style, explode, &schema);
        let written = encode(&contract, operation(&contract), &draft(&contract, &value));
        assert!(written.is_err(), "{place} {style} {value} was written as {:?}", written.map(|request| wire(&request)));
    }
}
