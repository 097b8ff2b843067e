//! The reading of a body: which content it is, in which charset, and what is told of bytes that nothing describes.

use serde_json::json;

use etalon_contract::codec::{DecodedBody, Request, content_type, decode, decode_body};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;

use crate::wire::bodies::{contents, contract, form_schema, of, operation, read, written};

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
