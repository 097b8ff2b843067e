//! The look of each media type, as its specification shows it.

use serde_json::{Value, json};

use etalon_contract::codec::content_type;

use crate::wire::bodies::{contents, form_schema, of, read, written};

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
