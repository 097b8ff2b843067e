//! The law of bodies: what was written is read back, or was refused.

use proptest::prelude::{Strategy, any, prop};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use serde_json::{Map, Value, json};

use etalon_contract::codec::{DecodedBody, Draft, DraftBody, content_type, decode, encode};
use etalon_contract::model::MediaType;

use crate::wire::bodies::{contents, form_schema, of, operation, read, written};

fn text() -> impl Strategy<Value = String> {
    let awkward = [
        "",
        "+",
        "%",
        "%22",
        "\"",
        "\\\"",
        "&",
        "=",
        "\r\n",
        "\n",
        "--etalon-0000000000000000",
        "\0",
        "é",
        "ÿ",
        "😀",
        "1",
        "\u{1e}",
        "data: x",
        " x ",
        "<&>",
        "]]>",
    ];
    proptest::prop_oneof!["[a-z]{1,4}", prop::sample::select(awkward.to_vec()).prop_map(str::to_owned), any::<String>()]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = proptest::prop_oneof![
        text().prop_map(Value::String),
        prop::sample::select(vec![json!(0), json!(1.5), json!(true), Value::Null, json!(9_007_199_254_740_993_u64)]),
    ];
    let names = ["name", "size", "tags", "at", "rows", "file", "data", "x"];
    let name = proptest::prop_oneof![4 => prop::sample::select(names.to_vec()).prop_map(str::to_owned), 1 => text()];
    let object = move |value: proptest::strategy::BoxedStrategy<Value>| {
        prop::collection::vec((name.clone(), value), 0..4)
            .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
    };
    let list =
        |value: proptest::strategy::BoxedStrategy<Value>| prop::collection::vec(value, 0..4).prop_map(Value::Array);
    let flat = object(leaf.clone().boxed());
    let nested = leaf.clone().prop_recursive(3, 24, 4, {
        let object = object.clone();
        move |inner| proptest::prop_oneof![list(inner.clone()), object(inner)]
    });
    proptest::prop_oneof![leaf, flat.clone(), list(flat.boxed()), nested]
}

fn events() -> impl Strategy<Value = Value> {
    let field = prop::sample::select(vec!["data", "event", "id", "retry", "other"]).prop_map(str::to_owned);
    let value = proptest::prop_oneof![3 => text().prop_map(Value::String), 1 => prop::sample::select(vec![json!(3), json!(true)])];
    let event = prop::collection::vec((field, value), 1..3)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()));
    prop::collection::vec(event, 1..3).prop_map(Value::Array)
}

#[test]
fn what_is_written_is_read_back_or_was_refused() {
    let items = json!({"type": "array", "items": {"type": "object", "properties": {"data": {"type": "string"}}}});
    let cases = [
        ("application/json", json!({}), 900),
        ("text/plain", json!({"type": "string"}), 80),
        ("text/plain; charset=iso-8859-1", json!({}), 60),
        ("application/octet-stream", json!({"type": "string", "format": "binary"}), 60),
        ("application/x-www-form-urlencoded", form_schema(), 40),
        ("application/x-www-form-urlencoded", json!({}), 40),
        ("multipart/form-data", form_schema(), 40),
        ("multipart/form-data", json!({"type": "object"}), 40),
        ("application/jsonl", json!({}), 100),
        ("application/json-seq", json!({}), 100),
        ("text/event-stream", items, 100),
    ];
    for (number, (media_type, schema, least)) in cases.into_iter().enumerate() {
        let contract = of(media_type, &schema);
        let seed = u64::try_from(number).expect("a small number");
        let config =
            Config { cases: 1_000, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
        let count = std::cell::Cell::new(0);
        TestRunner::new(config)
            .run(&if media_type == "text/event-stream" { events().boxed() } else { values().boxed() }, |value| {
                let Ok(bytes) = written(&contract, &value) else { return Ok(()) };
                count.set(count.get() + 1);
                let sent = content_type(&contents(&contract)[0].media_type, &bytes);
                match read(&contract, &sent, &bytes) {
                    Ok(found) if found == value => Ok(()),
                    other => Err(TestCaseError::fail(format!("{} gave {other:?}", String::from_utf8_lossy(&bytes)))),
                }
            })
            .unwrap_or_else(|failure| panic!("{media_type} {schema}: {failure}"));
        assert!(count.get() >= least, "{media_type} {schema} wrote only {} of 1000 values", count.get());
    }
}

#[test]
fn a_request_carries_its_body_and_says_what_it_is() {
    let contract = of("multipart/form-data", &form_schema());
    let value = json!({"name": "n"});
    let media_type = MediaType::parse("multipart/form-data").expect("a media type");
    let body = Some(DraftBody::Value { media_type, value: value.clone() });
    let draft = Draft { operation: 0, parameters: Vec::new(), body };
    let request = encode(&contract, operation(&contract), &draft).expect("it has a form");
    assert_eq!(
        request.headers.get("content-type"),
        Some("multipart/form-data; boundary=etalon-0000000000000000"),
        "{request:?}"
    );
    let decoded = decode(&contract, operation(&contract), &[], &request).body;
    let DecodedBody::Value { value: read, .. } = &decoded else { panic!("{decoded:?}") };
    assert_eq!(*read, value);
}

#[test]
fn raw_bytes_are_sent_as_they_are() {
    let contract = of("application/json", &json!({}));
    let body = Some(DraftBody::Raw { media_type: MediaType::parse("application/json"), bytes: b"{".to_vec() });
    let draft = Draft { operation: 0, parameters: Vec::new(), body };
    let request = encode(&contract, operation(&contract), &draft).expect("it has a form");
    let body = decode(&contract, operation(&contract), &[], &request).body;
    assert!(matches!(body, DecodedBody::Malformed { content: 0, .. }), "{body:?}");
}
