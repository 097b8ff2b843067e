//! The law over every media type.

use proptest::prelude::{Strategy, any, prop};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use serde_json::{Map, Value, json};

use etalon_contract::codec::{
    DecodedBody, Draft, DraftBody, MAX_PAIRS, MAX_PARTS, NoWireForm, Request, content_type, decode, decode_body,
    encode, encode_body,
};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::{Content, Contract, Direction, MediaType, Operation};

/// A contract with one operation, `POST /x`, whose body has these contents.
fn contract(content: &Value) -> Contract {
    let document = json!({
        "openapi": "3.2.0",
        "info": {"title": "one body", "version": "1"},
        "paths": {"/x": {"post": {"operationId": "it", "requestBody": {"content": content}, "responses": {}}}},
    });
    let bytes = document.to_string().into_bytes();
    Contract::new(Document::load(Source { name: "one.json", bytes: &bytes }, &[], &NoFiles).expect("it is OpenAPI"))
}

fn of(media_type: &str, schema: &Value) -> Contract {
    contract(&json!({media_type: {"schema": schema}}))
}

fn operation(contract: &Contract) -> &Operation {
    contract.operation(0).expect("it can be read")
}

fn contents(contract: &Contract) -> &[Content] {
    &operation(contract).body.as_ref().expect("it has a body").content
}

fn written(contract: &Contract, value: &Value) -> Result<Vec<u8>, NoWireForm> {
    encode_body(contract, &contents(contract)[0], value, Direction::Request)
}

fn read(contract: &Contract, content_type: &str, bytes: &[u8]) -> Result<Value, String> {
    match decode_body(contract, contents(contract), Some(content_type), bytes) {
        DecodedBody::Value { value, .. } => Ok(value),
        DecodedBody::Malformed { reason, .. } | DecodedBody::Beyond { bound: reason, .. } => Err(reason),
        other @ (DecodedBody::Absent | DecodedBody::UndocumentedMediaType { .. } | DecodedBody::Opaque { .. }) => {
            panic!("{} was read as {other:?}", String::from_utf8_lossy(bytes))
        }
    }
}

fn form_schema() -> Value {
    json!({"type": "object", "properties": {
        "name": {"type": "string"},
        "size": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "at": {"type": "object", "properties": {"x": {"type": "number"}}},
        "rows": {"type": "array", "items": {"type": "object"}},
        "file": {"type": "string", "format": "binary"},
    }})
}

#[test]
fn each_media_type_looks_as_its_specification_shows() {
    let form = form_schema();
    let object = json!({"name": "a b&é", "size": 5, "tags": ["x", "y"], "at": {"x": 1.5}, "rows": [{"r": 1}, {}]});
    let rows = json!({"type": "array", "items": {"type": "object", "properties": {
        "id": {"type": "integer"}, "name": {"type": "string"}, "note": {"type": ["string", "null"]}}}});
    let cases: [(&str, Value, Value, &str); 14] = [
        ("application/json", json!({}), json!({"a": [1, null]}), "{\"a\":[1,null]}"),
        ("application/vnd.api+json", json!({}), json!("é"), "\"é\""),
        ("*/*", json!({}), json!(1), "1"),
        ("text/plain", json!({"type": "string"}), json!("é\n"), "é\n"),
        ("text/*", json!({"type": "integer"}), json!(12), "12"),
        ("text/plain", json!({"type": "boolean"}), json!(true), "true"),
        ("application/octet-stream", json!({"type": "string", "format": "binary"}), json!("a\u{0}b"), "a\u{0}b"),
        (
            "application/x-www-form-urlencoded",
            form,
            object,
            "name=a%20b%26%C3%A9&size=5&tags=x&tags=y&at=%7B%22x%22%3A1.5%7D&rows=%7B%22r%22%3A1%7D&rows=%7B%7D",
        ),
        (
            "multipart/form-data",
            form_schema(),
            json!({"name": "n", "tags": ["x"], "at": {"x": 1}, "file": "\u{1}"}),
            "--etalon-0000000000000000\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nn\r\n\
             --etalon-0000000000000000\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\nx\r\n\
             --etalon-0000000000000000\r\nContent-Disposition: form-data; name=\"at\"\r\n\
             Content-Type: application/json\r\n\r\n{\"x\":1}\r\n\
             --etalon-0000000000000000\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n\u{1}\r\n--etalon-0000000000000000--\r\n",
        ),
        (
            "text/csv",
            rows,
            json!([{"id": 1, "name": "a,\"b\"", "note": null}, {"id": 2, "name": "", "note": "c\r\nd"}]),
            "id,name,note\r\n1,\"a,\"\"b\"\"\",\r\n2,,\"c\r\nd\"\r\n",
        ),
        ("text/csv; header=absent", json!({"type": "array"}), json!([["a", "b"], ["", "c"]]), "a,b\r\n\"\",c\r\n"),
        ("application/jsonl", json!({}), json!([{"a": 1}, "b"]), "{\"a\":1}\n\"b\"\n"),
        ("application/json-seq", json!({}), json!([{"a": 1}, 2]), "\u{1e}{\"a\":1}\n\u{1e}2\n"),
        (
            "text/event-stream",
            json!({"type": "array", "items": {"properties": {"retry": {"type": "integer"}, "data": {}}}}),
            json!([{"data": "a\nb", "retry": 10}, {"event": "e", "data": ""}]),
            "retry: 10\ndata: a\ndata: b\n\nevent: e\ndata: \n\n",
        ),
    ];
    for (media_type, schema, value, expected) in cases {
        let contract = of(media_type, &schema);
        let bytes = written(&contract, &value).unwrap_or_else(|refused| panic!("{media_type}: {refused}"));
        assert_eq!(String::from_utf8_lossy(&bytes), expected, "{media_type}");
        let sent = content_type(&contents(&contract)[0].media_type, &bytes);
        assert_eq!(read(&contract, &sent, &bytes), Ok(value), "{sent}");
    }
}

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

#[test]
fn the_most_specific_content_is_chosen() {
    let contract = contract(&json!({
        "*/*": {}, "application/*": {}, "application/json": {}, "application/json; v=2": {}, "application/problem+json": {},
    }));
    let chosen = |sent: Option<&str>| match decode_body(&contract, contents(&contract), sent, b"1") {
        DecodedBody::Value { content, .. }
        | DecodedBody::Opaque { content }
        | DecodedBody::Malformed { content, .. }
        | DecodedBody::Beyond { content, .. } => Some(content),
        DecodedBody::Absent => None,
        DecodedBody::UndocumentedMediaType { sent: told } => {
            assert_eq!(told.as_deref(), sent);
            None
        }
    };
    assert_eq!(chosen(Some("image/png")), Some(0));
    assert_eq!(chosen(Some("application/pdf")), Some(1));
    assert_eq!(chosen(Some("Application/JSON; charset=UTF-8")), Some(2));
    assert_eq!(chosen(Some("application/json; v=2")), Some(3));
    assert_eq!(chosen(Some("application/problem+json")), Some(4));
    assert_eq!(chosen(Some("nonsense")), None);
    assert_eq!(chosen(None), None);
}

#[test]
fn a_body_of_no_bytes_is_absent() {
    let contract = of("application/json", &json!({}));
    assert_eq!(decode_body(&contract, contents(&contract), Some("application/json"), b""), DecodedBody::Absent);
    assert!(written(&of("text/plain", &json!({})), &json!("")).is_err());
}

#[test]
fn charsets_are_read_or_named() {
    let contract = of("text/plain", &json!({"type": "string"}));
    assert_eq!(read(&contract, "text/plain; charset=ISO-8859-1", b"\xe9"), Ok(json!("é")));
    assert_eq!(read(&contract, "text/plain", b"\xe9"), Err("not UTF-8 at byte 0".to_owned()));
    assert_eq!(
        read(&contract, "text/plain; charset=utf-16", b"a"),
        Err("the charset `utf-16` is not known here".to_owned())
    );
    let json = of("application/json", &json!({}));
    assert!(read(&json, "application/json; charset=iso-8859-1", b"1").is_err());
}

#[test]
fn bytes_are_a_string_where_one_may_stand_and_else_opaque() {
    for schema in [json!({}), json!({"type": "string"}), json!({"minLength": 2})] {
        let contract = of("image/png", &schema);
        assert_eq!(read(&contract, "image/png", b"\x89PNG"), Ok(json!("\u{89}PNG")), "{schema}");
        assert_eq!(written(&contract, &json!("\u{89}PNG")).ok(), Some(b"\x89PNG".to_vec()), "{schema}");
    }
    let object = of("image/png", &json!({"type": "object"}));
    let body = decode_body(&object, contents(&object), Some("image/png"), b"\x89PNG");
    assert_eq!(body, DecodedBody::Opaque { content: 0 });
    let rows = of("text/vcard", &json!({"type": "array"}));
    assert_eq!(decode_body(&rows, contents(&rows), Some("text/vcard"), b"a,b"), DecodedBody::Opaque { content: 0 });
}

#[test]
fn yaml_that_is_described_is_read_as_its_value() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "array"}, "b": {"type": "string"}}});
    for media_type in ["application/yaml", "text/x-yaml", "application/vnd.example+yaml"] {
        let contract = of(media_type, &schema);
        let value = json!({"a": [1, 2.5, null, true, 18_446_744_073_709_551_615_u64], "b": "no"});
        let bytes = written(&contract, &value).expect(media_type);
        assert_eq!(read(&contract, media_type, &bytes), Ok(value), "{}", String::from_utf8_lossy(&bytes));
        let malformed = read(&contract, media_type, b"a: [1\nb: x\n");
        assert!(malformed.is_err(), "{malformed:?}");
        assert_eq!(read(&contract, media_type, b"b: x\nb: y\n"), Err("the name at /b is there twice".to_owned()));
        let bomb = "- [".repeat(100_001);
        assert_eq!(read(&contract, media_type, bomb.as_bytes()), Err("it holds more than 200000 values".to_owned()));
    }
    let text = of("application/yaml", &json!({"type": "string"}));
    assert_eq!(read(&text, "application/yaml", b"a: 1\n"), Ok(json!("a: 1\n")), "a string is its own text");
}

#[test]
fn other_multipart_types_hold_named_parts_as_forms_do() {
    let contract = of("multipart/related", &form_schema());
    let value = json!({"name": "x", "file": "\u{0}\u{ff}"});
    let bytes = written(&contract, &value).expect("it has a form");
    let sent = content_type(&contents(&contract)[0].media_type, &bytes);
    assert!(sent.starts_with("multipart/related; boundary="), "{sent}");
    assert_eq!(read(&contract, &sent, &bytes), Ok(value));
    let whole = of("multipart/mixed", &json!({"type": "string"}));
    assert_eq!(read(&whole, "multipart/mixed; boundary=b", b"--b--"), Ok(json!("--b--")));
}

#[test]
fn forms_follow_their_encoding() {
    let content = json!({"application/x-www-form-urlencoded": {
        "schema": {"type": "object", "properties": {
            "ids": {"type": "array", "items": {"type": "integer"}},
            "range": {"type": "object", "properties": {"from": {"type": "integer"}}},
            "spread": {"type": "object", "properties": {"r": {"type": "integer"}}, "additionalProperties": false},
            "note": {"type": "string"},
        }},
        "encoding": {
            "ids": {"style": "pipeDelimited", "explode": false},
            "range": {"style": "deepObject"},
            "spread": {"style": "form", "explode": true},
            "note": {"contentType": "application/json"},
        },
    }});
    let contract = contract(&content);
    let value = json!({"ids": [1, 2], "range": {"from": 3}, "spread": {"r": 4}, "note": "x", "more": "y"});
    let bytes = written(&contract, &value).expect("it has a form");
    assert_eq!(String::from_utf8_lossy(&bytes), "ids=1%7C2&range%5Bfrom%5D=3&r=4&note=%22x%22&more=y");
}

#[test]
fn parts_of_a_type_that_the_encoding_lacks_are_refused() {
    let content = json!({"multipart/form-data": {
        "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}},
        "encoding": {"file": {"contentType": "image/png, image/*"}},
    }});
    let contract = contract(&content);
    let body = |kind: &str| {
        let text = format!(
            "--b\r\ncontent-disposition: FORM-DATA; filename=\"x;y\"; name=file\r\nContent-Type: {kind}\r\n\r\n\u{7f}\r\n--b--"
        );
        read(&contract, "multipart/form-data; boundary=b", text.as_bytes())
    };
    assert_eq!(body("image/gif"), Ok(json!({"file": "\u{7f}"})));
    assert_eq!(body("text/html"), Err("`file`: its media type text/html is none that the encoding allows".to_owned()));
}

#[test]
fn hostile_forms_are_refused_and_nothing_worse() {
    let multipart = of("multipart/form-data", &form_schema());
    let part = "--b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nx\r\n";
    let cases = [
        String::new() + "x",
        "--b".to_owned(),
        "--b\r\n".to_owned(),
        "--b\r\n--b--".to_owned(),
        "--b\r\n\r\n--b--".to_owned(),
        "--b\r\n\r\nx\r\n--b--".to_owned(),
        part.to_owned(),
        format!("{part}--bx"),
        format!("{part}--b\r\nContent-Disposition: attachment\r\n\r\n\r\n--b--"),
        format!("{part}--b\r\nnonsense\r\n\r\n\r\n--b--"),
        format!("--b\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\nx\r\n--b--", "n".repeat(100_000)),
        format!("{}--b--", part.repeat(MAX_PARTS + 1)),
        part.repeat(100_000),
        "\r\n--".repeat(100_000),
        "--b\r\nContent-Disposition: form-data; name=\"file\"\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--b--"
            .to_owned(),
        "--b\r\nContent-Disposition: form-data; name=\"n\r\n\r\nx\r\n--b--".to_owned(),
    ];
    for body in cases {
        let found = read(&multipart, "multipart/form-data; boundary=b", body.as_bytes());
        assert!(found.is_err(), "{} was read as {found:?}", &body[..body.len().min(99)]);
    }
    assert!(read(&multipart, "multipart/form-data", part.as_bytes()).is_err());
    let form = of("application/x-www-form-urlencoded", &form_schema());
    let many: String = (0..=MAX_PAIRS).map(|number| format!("k{number}=1&")).collect();
    for body in ["size=%", "size=%ff", "size=1&size=2", "at=%7B", "at={}&at={}", many.as_str()] {
        assert!(read(&form, "application/x-www-form-urlencoded", body.as_bytes()).is_err(), "{body}");
    }
    assert!(read(&form, "application/x-www-form-urlencoded", b"\xff=1").is_err());
}

#[test]
fn any_bytes_are_read_without_harm() {
    let media_types = [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "application/jsonl",
        "application/json-seq",
        "text/event-stream",
        "application/xml",
    ];
    let pieces = prop::sample::select(vec![
        "{",
        "[",
        "\"",
        "a",
        ":",
        "1",
        ",",
        "}",
        "]",
        "\\u",
        "d800",
        "\r\n",
        "--b",
        "Content-Disposition: form-data; name=",
        "=",
        "&",
        "%",
        "data:",
        "\u{1e}",
        "é",
        "<a>",
        "</a>",
        "<!--",
        "<![CDATA[",
        "&amp;",
        " ",
        "\n\n",
        "<x y='",
        ">",
    ]);
    let contracts: Vec<Contract> = media_types
        .iter()
        .map(|media_type| of(media_type.split(';').next().unwrap_or(media_type), &form_schema()))
        .collect();
    let config = Config { cases: 2_000, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&prop::collection::vec(pieces, 0..20), |pieces| {
            let bytes = pieces.concat().into_bytes();
            for (media_type, contract) in media_types.iter().zip(&contracts) {
                let _ = decode_body(contract, contents(contract), Some(media_type), &bytes);
            }
            Ok(())
        })
        .expect("nothing panics");
}

#[test]
fn an_unfinished_event_is_not_dispatched() {
    let contract = of("text/event-stream", &json!({}));
    let read = |text: &str| read(&contract, "text/event-stream", text.as_bytes());
    assert_eq!(read("\u{feff}: hi\r\ndata:a\rdata: b\n\ndata: c\n"), Ok(json!([{"data": "a\nb"}])));
    assert_eq!(read("other: 1\n\nid\n\n"), Ok(json!([{"id": ""}])));
}

#[test]
fn a_body_that_nothing_describes_is_told() {
    let bytes = json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/x": {"post": {"responses": {}}}}})
        .to_string()
        .into_bytes();
    let document = Document::load(Source { name: "one.json", bytes: &bytes }, &[], &NoFiles).expect("it is OpenAPI");
    let contract = Contract::new(document);
    let request = Request { method: "POST".into(), target: "/x".into(), body: b"1".to_vec(), ..Request::default() };
    let body = decode(&contract, operation(&contract), &[], &request).body;
    assert_eq!(body, DecodedBody::UndocumentedMediaType { sent: None });
}
