//! The law over the Encoding Object of multipart forms: styles, and the header fields of parts.

use proptest::prelude::{Just, Strategy, any, prop};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use serde_json::{Map, Value, json};

use etalon_contract::codec::{DecodedBody, NoWireForm, content_type, decode_body, encode_body};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::{Content, Contract, Direction};

/// The boundary that is written where no part contains it.
const SENT: &str = "multipart/form-data; boundary=etalon-0000000000000000";

fn contract(version: &str, encoding: &Value) -> Contract {
    let one = |kind: &str| json!({"type": kind});
    let list = json!({"type": "array", "items": {"type": "string"}});
    let schema = json!({"type": "object", "properties": {
        "ids": {"type": "array", "items": {"type": "integer"}},
        "tags": list, "words": list,
        "range": {"type": "object", "properties": {"from": one("integer"), "to": one("string")}},
        "spread": {"type": "object", "properties": {"r": one("integer"), "g": one("string")}, "additionalProperties": false},
        "note": one("string"),
        "file": {"type": "string", "format": "binary"},
    }});
    let content = json!({"multipart/form-data": {"schema": schema, "encoding": encoding}});
    let document = json!({
        "openapi": version,
        "info": {"title": "parts", "version": "1"},
        "paths": {"/x": {"post": {"requestBody": {"content": content}, "responses": {}}}},
    });
    let bytes = document.to_string().into_bytes();
    Contract::new(Document::load(Source { name: "one.json", bytes: &bytes }, &[], &NoFiles).expect("it is OpenAPI"))
}

fn styles() -> Value {
    json!({
        "ids": {"style": "pipeDelimited", "explode": false, "contentType": "application/json"},
        "tags": {"style": "form", "explode": false},
        "words": {"explode": true},
        "range": {"style": "deepObject"},
        "spread": {"style": "form"},
        "note": {"allowReserved": true},
        "file": {"style": "form"},
    })
}

fn contents(contract: &Contract) -> &[Content] {
    &contract.operation(0).expect("it is sound").body.as_ref().expect("it has a body").content
}

fn written(contract: &Contract, value: &Value) -> Result<String, NoWireForm> {
    let bytes = encode_body(contract, &contents(contract)[0], value, Direction::Request)?;
    Ok(String::from_utf8(bytes).expect("it is text here"))
}

fn read(contract: &Contract, sent: &str, body: &[u8]) -> Result<Value, String> {
    match decode_body(contract, contents(contract), Some(sent), body) {
        DecodedBody::Value { value, .. } => Ok(value),
        DecodedBody::Malformed { reason, .. } | DecodedBody::Beyond { bound: reason, .. } => Err(reason),
        other @ (DecodedBody::Absent | DecodedBody::UndocumentedMediaType { .. } | DecodedBody::Opaque { .. }) => {
            panic!("{other:?}")
        }
    }
}

/// Each part: its name, what its head has beyond the name, its text.
fn parts(body: &str) -> Vec<(String, String, String)> {
    let pieces = body.split("--etalon-0000000000000000").filter(|piece| !piece.is_empty() && *piece != "--\r\n");
    pieces
        .map(|piece| {
            let (head, text) = piece.split_once("\r\n\r\n").expect("a head and a text");
            let head = head.trim_start().strip_prefix("Content-Disposition: form-data; name=\"").expect("a name");
            let (name, more) = head.split_once('"').expect("it is quoted");
            let text = text.strip_suffix("\r\n").expect("a line's end");
            (name.to_owned(), more.trim_start().to_owned(), text.to_owned())
        })
        .collect()
}

fn texts(body: &str) -> Vec<(String, String)> {
    parts(body).into_iter().map(|(name, _, text)| (name, text)).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn each_style_looks_as_in_a_query_but_without_escapes() {
    let contract = contract("3.1.0", &styles());
    let value = json!({
        "ids": [1, 2], "tags": ["a b", "é&"], "words": ["x,y", "z"], "range": {"from": 3, "to": "%"},
        "spread": {"r": 4, "g": "="}, "note": "a/b?c\r\n#", "more": "y",
    });
    let body = written(&contract, &value).expect("it has a form");
    let expected = [
        ("ids", "1|2"),
        ("tags", "a b,é&"),
        ("words", "x,y"),
        ("words", "z"),
        ("range[from]", "3"),
        ("range[to]", "%"),
        ("r", "4"),
        ("g", "="),
        ("note", "a/b?c\r\n#"),
        ("more", "y"),
    ];
    assert_eq!(texts(&body), pairs(&expected));
    assert_eq!(read(&contract, SENT, body.as_bytes()), Ok(value));
}

#[test]
fn a_style_means_nothing_to_openapi_3_0_and_to_bytes() {
    let value = json!({"ids": [1, 2], "range": {"from": 3}});
    let body = written(
        &contract("3.0.3", &json!({"ids": {"style": "form", "explode": false}, "range": {"style": "deepObject"}})),
        &value,
    );
    assert_eq!(texts(&body.expect("it has a form")), pairs(&[("ids", "1"), ("ids", "2"), ("range", "{\"from\":3}")]));
    let contract = contract("3.1.0", &styles());
    let bytes = encode_body(&contract, &contents(&contract)[0], &json!({"file": "\u{ff}"}), Direction::Request);
    assert!(bytes.expect("it has a form").contains(&0xff));
}

#[test]
fn what_a_style_cannot_tell_apart_is_refused() {
    let contract = contract("3.1.0", &styles());
    for value in
        [json!({"tags": ["a,b"]}), json!({"tags": []}), json!({"range": {"a": {"b": 1}}}), json!({"spread": {"x": 1}})]
    {
        assert!(written(&contract, &value).is_err(), "{value}");
    }
    let part = |name: &str, text: &str| {
        format!("--etalon-0000000000000000\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    for body in [part("note", "a") + &part("note", "b"), part("range", "x") + &part("range[to]", "y")] {
        let body = body + "--etalon-0000000000000000--\r\n";
        assert!(read(&contract, SENT, body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn what_is_written_in_a_style_is_read_back_or_was_refused() {
    let text = || {
        let awkward = ["", ",", "|", " ", "%2C", "+", "\r\n", "\"", "[a]", "=", "&", "é", "1", "true"];
        proptest::prop_oneof![
            "[a-z]{1,4}",
            prop::sample::select(awkward.to_vec()).prop_map(str::to_owned),
            any::<String>()
        ]
    };
    let list = prop::collection::vec(text().prop_map(Value::String), 0..4).prop_map(Value::Array).boxed();
    let integers = prop::collection::vec(any::<i32>().prop_map(Value::from), 0..4).prop_map(Value::Array).boxed();
    let object = |first: &'static str, second: &'static str| {
        (prop::option::of(any::<i16>()), prop::option::of(text())).prop_map(move |(number, text)| {
            let number = number.map(|number| (first.to_owned(), Value::from(number)));
            let text = text.map(|text| (second.to_owned(), Value::from(text)));
            Value::Object(number.into_iter().chain(text).collect::<Map<_, _>>())
        })
    };
    let member = |name: &'static str, value: proptest::strategy::BoxedStrategy<Value>| (Just(name.to_owned()), value);
    let member = proptest::prop_oneof![
        member("ids", integers),
        member("tags", list.clone()),
        member("words", list),
        member("range", object("from", "to").boxed()),
        member("spread", object("r", "g").boxed()),
        member("note", text().prop_map(Value::String).boxed()),
        (text(), text().prop_map(Value::String)),
    ];
    let values = prop::collection::vec(member, 1..4).prop_map(|members| Value::Object(members.into_iter().collect()));
    let contract = contract("3.2.0", &styles());
    let config = Config { cases: 2_000, rng_seed: RngSeed::Fixed(3), failure_persistence: None, ..Config::default() };
    let count = std::cell::Cell::new(0);
    TestRunner::new(config)
        .run(&values, |value| {
            let Ok(bytes) = encode_body(&contract, &contents(&contract)[0], &value, Direction::Request) else {
                return Ok(());
            };
            count.set(count.get() + 1);
            let sent = content_type(&contents(&contract)[0].media_type, &bytes);
            match read(&contract, &sent, &bytes) {
                Ok(found) if found == value => Ok(()),
                other => Err(TestCaseError::fail(format!("{} gave {other:?}", String::from_utf8_lossy(&bytes)))),
            }
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert!(count.get() >= 800, "only {} of 2000 values were written", count.get());
}

fn headed(headers: &Value) -> Contract {
    contract("3.1.0", &json!({"note": {"headers": headers}, "tags": {"style": "form", "headers": headers}}))
}

#[test]
fn the_described_headers_of_a_part_are_written_with_what_the_contract_names() {
    let field = |required: bool, schema: &Value| json!({"required": required, "schema": schema});
    let contract = headed(&json!({
        "X-Const": field(false, &json!({"const": "c"})),
        "X-Default": field(false, &json!({"type": "integer", "default": 5})),
        "X-Enum": field(true, &json!({"type": "string", "enum": ["e", "f"]})),
        "X-Example": {"schema": {"type": "array", "items": {"type": "string"}}, "example": ["a", "b"]},
        "X-Text": field(true, &json!({"type": "string", "minLength": 8})),
        "X-Number": field(true, &json!({"type": "integer", "minimum": 3})),
        "X-Left-Out": field(false, &json!({"type": "string"})),
        "Content-Type": field(true, &json!({"type": "string"})),
        "Content-Disposition": field(true, &json!({"type": "string"})),
    }));
    let body = written(&contract, &json!({"note": "n", "tags": ["a", "b"]})).expect("it has a form");
    let fields = "X-Const: c\r\nX-Default: 5\r\nX-Enum: e\r\nX-Example: a,b\r\nX-Text: etalonet\r\nX-Number: 3";
    let heads: Vec<String> = parts(&body).into_iter().map(|(_, head, _)| head).collect();
    assert_eq!(heads, [fields, fields, fields]);
}

#[test]
fn a_part_without_a_required_header_or_with_a_wrong_one_is_malformed() {
    let contract = headed(&json!({
        "X-Size": {"required": true, "schema": {"type": "integer"}},
        "X-Kind": {"schema": {"type": "string", "enum": ["a", "b"]}},
    }));
    let told = |name: &str, fields: &str| {
        let body = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n{fields}\r\nx\r\n--b--\r\n");
        read(&contract, "multipart/form-data; boundary=b", body.as_bytes())
    };
    for name in ["note", "tags"] {
        assert!(told(name, "x-size: 5\r\nX-KIND: b\r\nX-Other: 1\r\n").is_ok());
        for (fields, what) in [
            ("", "the part's header `X-Size` is missing"),
            ("X-Size: big\r\n", "another type"),
            ("X-Size: 1\r\nX-Size: 2\r\n", "another type"),
            ("X-Size: 1\r\nX-Kind: c\r\n", "none of the values"),
        ] {
            let reason = told(name, fields).expect_err(fields);
            assert!(reason.starts_with(&format!("`{name}`: ")) && reason.contains(what), "{reason}");
        }
    }
    assert!(told("other", "").is_ok());
}

#[test]
fn a_required_header_of_which_nothing_is_known_has_no_form() {
    let contract =
        headed(&json!({"X-Sum": {"required": true, "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}}));
    let refusal = written(&contract, &json!({"note": "n"})).expect_err("nothing says what it holds");
    assert!(refusal.why.contains("`X-Sum` is required: no value of it is named"), "{}", refusal.why);
    assert!(written(&contract, &json!({"file": "n"})).is_ok());
}
