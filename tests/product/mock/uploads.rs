//! Files that are uploaded: what is told of them, and their bytes: `fixtures/mock/uploads.yaml`.

use serde_json::json;

use crate::mock::{Ask, fixture, mock_of};

const BYTES: &[u8] = b"\x89PNG\r\n\x1a\n\x00\xff";

fn upload(target: &str, member: &str, file_name: &str) -> Ask {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--b\r\nContent-Disposition: form-data; name=\"{member}\"; \
         filename=\"{file_name}\"\r\nContent-Type: image/png\r\n\r\n"
    );
    let mut ask = Ask::new(target).header("Content-Type", "multipart/form-data; boundary=b");
    ask.request.body = [head.as_bytes(), BYTES, b"\r\n--b--\r\n"].concat();
    ask
}

#[test]
fn what_was_uploaded_comes_back_with_its_name_its_size_and_its_type() {
    let mock = fixture("uploads");
    let made = upload("POST /files", "file", "C:\\dir\\ä \\\"1\\\".png").of(&mock);
    assert_eq!(made.status(), 201);
    assert_eq!(
        (made.at("/size"), made.at("/mimeType"), made.at("/note")),
        (json!(10), json!("image/png"), json!("hello"))
    );
    assert_eq!(made.json().get("file"), None, "the bytes are not described there");
    let id = made.at("/id").as_str().map(str::to_owned).unwrap_or_default();
    assert_eq!(Ask::new(&format!("GET /files/{id}")).of(&mock).json(), made.json());
    let content = Ask::new(&format!("GET /files/{id}/content")).of(&mock);
    assert_eq!(content.response.body, BYTES);
    let part = Ask::new(&format!("GET /files/{id}/content")).header("Range", "bytes=1-3").of(&mock);
    assert_eq!(
        (part.status(), part.response.body.as_slice(), part.header("content-range")),
        (206, &b"PNG"[..], "bytes 1-3/10")
    );
    assert_eq!(Ask::new("GET /files/none/content").of(&mock).status(), 404);
}

#[test]
fn a_file_below_an_item_is_read_where_it_was_put() {
    let mock = fixture("uploads");
    let put = upload("POST /people/7/portrait", "image", "me.png").of(&mock);
    assert_eq!((put.at("/file_name"), put.at("/bytes")), (json!("me.png"), json!(10)));
    assert_eq!(Ask::new("GET /people/7/portrait").of(&mock).response.body, BYTES);
}

#[test]
fn bytes_are_shown_below_their_item_whatever_carried_them() {
    let file = json!({"type": "object", "required": ["id"], "properties": {
        "id": {"type": "string"}, "size": {"type": "integer"}, "contentType": {"type": "string"}}});
    let shown = json!({"200": {"description": "", "content": {"application/json": {"schema": file}}}});
    let bytes = json!({"200": {"description": "", "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}});
    let text = json!({"200": {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}}});
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let body = json!({"required": true, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}});
    let mock = mock_of(json!({
        "/blobs": {"post": {"requestBody": body, "responses": shown}},
        "/blobs/{id}": {"parameters": id, "get": {"responses": shown}, "put": {"requestBody": body, "responses": shown}},
        "/blobs/{id}/raw": {"parameters": id, "get": {"responses": bytes}},
        "/blobs/{id}/content": {"parameters": id, "get": {"responses": text}}
    }));
    let send = |line: &str, bytes: &[u8]| {
        let mut ask = Ask::new(line).header("Content-Type", "application/octet-stream");
        ask.request.body = bytes.to_vec();
        ask.of(&mock)
    };
    let made = send("POST /blobs", b"one\x00two");
    assert_eq!((made.at("/size"), made.at("/contentType")), (json!(7), json!("application/octet-stream")));
    assert_eq!(made.json().as_object().map(serde_json::Map::len), Some(3), "the bytes are no member: {}", made.json());
    let path = format!("/blobs/{}", made.at("/id").as_str().expect("a key"));
    assert_eq!(Ask::new(&format!("GET {path}/raw")).of(&mock).response.body, b"one\x00two");
    send(&format!("PUT {path}"), b"three");
    assert_eq!(Ask::new(&format!("GET {path}/raw")).of(&mock).response.body, b"three");
    assert_eq!(Ask::new(&format!("GET {path}/content")).of(&mock).json(), "three");
    assert_eq!(Ask::new("GET /blobs/none/raw").of(&mock).status(), 404);
}
