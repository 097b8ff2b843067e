//! Files that are uploaded: what is told of them, and their bytes: `fixtures/mock/uploads.yaml`.

use serde_json::json;

use crate::mock::{Ask, fixture};

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
