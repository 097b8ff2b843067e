//! Forms by their encodings, and hostile ones.

use proptest::prelude::prop;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::json;

use etalon_contract::codec::{MAX_PAIRS, MAX_PARTS, decode_body};
use etalon_contract::model::Contract;

use crate::wire::bodies::{contents, contract, form_schema, of, read, written};

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
